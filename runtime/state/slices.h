/* slices.h: the open slices of a window operator: for each a table of keys with their aggregate states.
 *
 * A slice is (end, from). `from` is the first window end that its rows count in: rows that came after some of their
 * windows had closed lie in a slice of their own beside the one that those windows have seen. (For windows that the
 * rows bring themselves it is the window's start.) next_end is the next window that needs the slice. Slices are kept in
 * order of (end, from). */
#ifndef RUNTIME_STATE_SLICES_H
#define RUNTIME_STATE_SLICES_H

#include "data/batch.h"
#include "functions/aggregate.h"
#include "runtime/state/key_table.h"

typedef struct Slice {
    Time      end;
    Time      from;
    Time      next_end;
    int64_t   id; /* from 1, never given again: names it in snapshots */
    KeyTable *table;
} Slice;

typedef struct Slices {
    AggregateSet *set;
    StateMemory  *memory;     /* what hangs from the states */
    bool          is_flat;    /* nothing does */
    Slice        *items;
    int64_t       count, capacity;
    int64_t       last_id;
    KeyTable    **spare;      /* cleared tables, to be used again */
    int64_t       spare_count, spare_capacity;
    KeyTable    **retired;    /* no longer a slice's, but rows to be emitted still point into them */
    int64_t       retired_count, retired_capacity;
    int32_t      *new_rows;   /* scratch of add */
    int64_t       new_capacity;
} Slices;

void slices_init(Slices *slices, AggregateSet *set, bool is_flat);
void slices_free(Slices *slices);
/* The slice, added if need be with next_end. Valid until the next add or drop. */
Slice *slices_get(Slices *slices, Time end, Time from, Time next_end);
/* The lowest next_end of all; TIME_MAX when there is none. */
Time   slices_next_end(const Slices *slices);
/* States for the keys in a table; new ones are initialised. */
void   slices_blocks(Slices *slices, KeyTable *table, const Str *keys, const uint64_t *hashes, int64_t count,
                     void **blocks);
/* into's states += from's. */
Status slices_merge(Slices *slices, KeyTable *into, const KeyTable *from, Error *err);
/* into's states -= from's, which were merged into it; keys of which no row is left are removed. aggregate_set_can_unmerge. */
void   slices_unmerge(Slices *slices, KeyTable *into, const KeyTable *from);
/* A table that belongs to no slice (the merged states of a window); give it back with slices_retire. */
KeyTable *slices_take_table(Slices *slices);
/* The table may be used again after the next slices_recycle. */
void   slices_retire(Slices *slices, KeyTable *table);
void   slices_recycle(Slices *slices);
/* Takes slice number index out; its table is retired. */
void   slices_drop(Slices *slices, int64_t index);
int64_t slices_rows(const Slices *slices);
int64_t slices_size(const Slices *slices); /* bytes */

#endif
