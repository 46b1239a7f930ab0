/* table_state.h: a key table as parts of a snapshot, one per piece of the table, and back.
 *
 *   part = [entries: int64] and per entry [size of key: uint32] [key] [state]
 *
 * A state that is flat is the end of its block as it lies in memory, always of the same size; any other is [size: int64] [bytes]. Hashes
 * are not saved: they follow from the keys. A piece that did not change since it was saved is only named (snapshot_keep). */
#ifndef RUNTIME_STATE_TABLE_STATE_H
#define RUNTIME_STATE_TABLE_STATE_H

#include "functions/aggregate.h"
#include "runtime/state/key_table.h"
#include "runtime/state/snapshot.h"

typedef struct TableCodec TableCodec;
struct TableCodec {
    const Type *const *key_types;
    int32_t            key_count;
    int32_t            block_size;
    /* What is saved of a block begins here; what is before it is zero after a load. */
    int32_t            saved_from;
    bool               is_flat; /* then encode and decode are not needed */
    void             (*encode)(const TableCodec *codec, const void *block, Text *out);
    /* block is zeroed. false: the bytes are bad. */
    bool             (*decode)(const TableCodec *codec, const char **cursor, const char *end, void *block);
    /* A second state of the same key comes: takes it in, and drops it. NULL: that is damage. */
    Status           (*merge)(const TableCodec *codec, void *into, void *from, Error *err);
    void              *owner;
    const char        *name;    /* for errors: "a window" */
    /* Of aggregate_codec: */
    AggregateSet      *set;
    StateMemory       *memory;
    int32_t            states_from;
    bool               leaves_count;
};

/* Blocks are aggregate states only. saves_count: with the hidden row count, if there is one. */
TableCodec aggregate_codec(AggregateSet *set, StateMemory *memory, bool saves_count, const Type *const *key_types, int32_t key_count,
                           const char *name);
/* Blocks are [what is not saved] [what is, of fixed size] [states, with their row count]. */
TableCodec aggregate_codec_behind(AggregateSet *set, StateMemory *memory, int32_t saved_from, int32_t states_from,
                                  const Type *const *key_types, int32_t key_count, const char *name);

/* Parts first, first + 1, ... STATUS_LIMIT when a piece is larger than a part can be. */
Status table_state_save(KeyTable *table, const TableCodec *codec, int64_t first, Snapshot *out, Error *err);
/* Adds the entries of a part whose keys belong to this instance; instance 0 of 1 takes all. */
Status table_state_load(KeyTable *table, const TableCodec *codec, Str part, int32_t task_index, int32_t task_count, Error *err);

/* A time in a file: TIME_MIN, TIME_MAX, or one with which can be reckoned. */
bool decode_time(const char **cursor, const char *end, Time *time);

#endif
