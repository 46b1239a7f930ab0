/* distinct.h: the values of one group that a DISTINCT aggregate has seen, each with how often. */
#ifndef FUNCTIONS_DISTINCT_H
#define FUNCTIONS_DISTINCT_H

#include "functions/aggregate.h"

/* Short keys lie inside; longer ones in StateMemory. */
#define DISTINCT_INLINE 16

typedef struct DistinctEntry {
    uint64_t hash;
    int64_t  count; /* 0: the slot is free or was freed (size -1) */
    int64_t  size;
    union {
        char  bytes[DISTINCT_INLINE];
        char *ptr;
    };
} DistinctEntry;

/* Open addressing. All zero is empty. */
typedef struct DistinctSet {
    DistinctEntry *entries;
    int64_t        capacity; /* 0 or a power of two */
    int64_t        used;     /* slots that are not free, removed ones included */
    int64_t        live;
} DistinctSet;

/* Adds `by` to the count of the key. Returns true when the key has come (by > 0 and it was not there) or gone (by < 0
 * and none is left). Taking back a key that is not there does nothing. */
bool distinct_add(DistinctSet *set, StateMemory *memory, Str key, uint64_t hash, int64_t by);
/* Walks the keys: start with *slot = 0; false at the end. */
bool distinct_next(const DistinctSet *set, int64_t *slot, Str *key, uint64_t *hash, int64_t *count);
void distinct_drop(DistinctSet *set, StateMemory *memory);
void distinct_encode(const DistinctSet *set, Text *out);
bool distinct_decode(DistinctSet *set, StateMemory *memory, const char **cursor, const char *end);

#endif
