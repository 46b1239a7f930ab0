/* session_state.h: open sessions as parts of a snapshot: by key, see table_state.h. What is saved of a key is
 *
 *   [sessions: int64] and per session, by end, [start] [end] [the operator's part of it]
 */
#ifndef RUNTIME_STATE_SESSION_STATE_H
#define RUNTIME_STATE_SESSION_STATE_H

#include "runtime/state/sessions.h"
#include "runtime/state/table_state.h"

typedef struct SessionCodec {
    const Type *const *key_types;
    int32_t            key_count;
    /* block: see session_block; zeroed before decode. */
    void             (*encode)(const void *owner, const void *block, Text *out);
    bool             (*decode)(void *owner, const char **cursor, const char *end, void *block);
    void              *owner;
} SessionCodec;

/* Part 0 = [closed]: what has been fired, the same in every instance. Behind it the pieces of the table of keys. */
Status sessions_save(Sessions *sessions, const SessionCodec *codec, Time closed, Snapshot *out, Error *err);
/* The sessions of this instance's keys, and the highest `closed`. */
Status sessions_load(Sessions *sessions, const SessionCodec *codec, const SavedState *saved, int32_t task_index, int32_t task_count,
                     Time *closed, Error *err);

#endif
