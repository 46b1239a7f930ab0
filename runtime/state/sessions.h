/* sessions.h: the open session windows of every key.
 *
 * A session is [start, end), end = its last row + gap. A row joins every session of its key that it touches (a gap of
 * exactly `gap` still joins), and sessions that a row connects become one. A session that the row's watermark has
 * closed is out of reach, also while it waits to be fired. Closing goes by end, through one heap; the heap's ends may
 * be old and are corrected when they come up. */
#ifndef RUNTIME_STATE_SESSIONS_H
#define RUNTIME_STATE_SESSIONS_H

#include "data/batch.h"
#include "data/calendar.h"
#include "functions/aggregate.h"
#include "runtime/state/key_table.h"

typedef struct Session Session;
struct Session {
    Time     start, end;
    Time     queued_end;  /* in the heap */
    void    *key;         /* block of the key's entry */
    Session *next_connected; /* see SessionHit */
    bool     is_merged;   /* lives on in another; freed when the heap comes to it */
};

/* The operator's part of a session, 16-byte aligned. */
static inline void *session_block(Session *session)
{
    return (char *)session + (sizeof(Session) + 15) / 16 * 16;
}

typedef struct Sessions {
    KeyTable    *keys;      /* key -> its sessions */
    StateMemory *memory;    /* sessions, and what the operator hangs from them */
    int32_t      block_size;
    int64_t      gap;
    const Zone  *zone;      /* of local windows; NULL otherwise */
    Session    **heap;
    int64_t      heap_count, heap_capacity;
    int64_t      count;     /* open sessions */
} Sessions;

void sessions_init(Sessions *sessions, int32_t block_size, int64_t gap, const Zone *zone);
void sessions_free(Sessions *sessions);

/* What a row at `time` meets in its key. */
typedef struct SessionHit {
    Session *session;   /* it joins this one (whose start and end now cover it); NULL: late */
    bool     is_new;    /* just created, its block is zeroed */
    Session *connected; /* others that it connects to `session`: merge their blocks, then sessions_forget each */
} SessionHit;
/* key: the row's entry in sessions->keys. */
SessionHit sessions_add(Sessions *sessions, void *key, Time time, Time watermark);
/* A session of `connected`, after its block has been taken over. Returns the next. */
Session   *sessions_forget(Sessions *sessions, Session *session);
/* The next session, by end, whose fire time is at or before upto; taken off the heap. NULL: none. */
Session   *sessions_next_due(Sessions *sessions, Time upto);
/* When the next one may be due; TIME_MAX = never. */
Time       sessions_next_time(Sessions *sessions);
/* A due session whose result is out: gone, and its key with it when it was the last. */
void       sessions_remove(Sessions *sessions, Session *session);
/* A key that has no session (its rows were late). */
void       sessions_remove_empty(Sessions *sessions, Str key, uint64_t hash);
/* For snapshots: the sessions of a key, by end, and one more. */
int64_t    sessions_of_key(const void *key);
Session   *session_of_key(const void *key, int64_t index);
Session   *sessions_put(Sessions *sessions, void *key, Time start, Time end);
int64_t    sessions_size(const Sessions *sessions); /* bytes */

#endif
