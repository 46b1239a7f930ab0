/* distinct.h: the values of one group that DISTINCT calls have seen, each with how often. Calls over the same values, which mostly differ in
 * their filter, share a set: an entry has a count for each of them. */
#ifndef FUNCTIONS_DISTINCT_H
#define FUNCTIONS_DISTINCT_H

#include "functions/aggregate.h"

/* Short keys lie inside; longer ones in StateMemory. */
#define DISTINCT_INLINE 16
/* Calls of one set. */
#define DISTINCT_CALLS_MAX 64

typedef struct DistinctLong {
    int64_t size;
    char    bytes[];
} DistinctLong;

typedef struct DistinctEntry {
    union {
        uint64_t      words[DISTINCT_INLINE / 8]; /* zeros behind the key */
        DistinctLong *longer;
    };
    uint32_t hash;
    uint8_t  size;     /* of a key inside, or what distinct.c says */
    int64_t  counts[]; /* of each call; some are above 0 */
} DistinctEntry;

/* Open addressing. All zero is empty. Who uses a set says each time how many calls share it. */
typedef struct DistinctSet {
    char   *entries;
    int64_t capacity; /* 0 or a power of two */
    int64_t used;     /* slots that are not free, removed ones included */
    int64_t live;
} DistinctSet;

/* Adds `by` to the counts of the key for some calls, a bit each. Returns those for which the key has come (by > 0 and it was not there) or gone
 * (by < 0 and none is left). Taking back a key that is not there does nothing. */
uint64_t distinct_add(DistinctSet *set, StateMemory *memory, int32_t call_count, uint64_t calls, Str key, uint64_t hash, int64_t by);
/* Where a key with this hash is looked for first, to be prefetched; NULL: nowhere. */
const void *distinct_home(const DistinctSet *set, int32_t call_count, uint64_t hash);
/* Walks the keys: start with *slot = 0; NULL at the end. */
const DistinctEntry *distinct_next(const DistinctSet *set, int32_t call_count, int64_t *slot);
Str  distinct_key(const DistinctEntry *entry);
void distinct_drop(DistinctSet *set, StateMemory *memory, int32_t call_count);
/* The bytes of one call are the same whether it shares its set or not. */
void distinct_encode(const DistinctSet *set, int32_t call_count, int32_t call, Text *out);
/* Adds the keys of one call to a set in which it has none yet. false: not such bytes, or keys that `is_key` refuses. */
typedef bool (*DistinctIsKey)(const void *context, Str key);
bool distinct_decode(DistinctSet *set, StateMemory *memory, int32_t call_count, int32_t call, const char **cursor, const char *end,
                     DistinctIsKey is_key, const void *context);

#endif
