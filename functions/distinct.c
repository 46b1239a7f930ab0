/* distinct.c: a hash set with counts, per group.
 *
 * Slots: free (size 0, no key has size 0: an encoded value has at least its NULL byte), removed (size -1), or a key.
 * The table doubles when seven eighths are not free, and is rebuilt without the removed ones. */
#include "functions/distinct.h"

#include "functions/state_bytes.h"

#include "data/key.h"

enum { SLOT_FREE = 0, SLOT_REMOVED = -1, CAPACITY_FIRST = 4 };

static const char *entry_key(const DistinctEntry *entry)
{
    return entry->size <= DISTINCT_INLINE ? entry->bytes : entry->ptr;
}

/* The slot of the key, or the slot to put it in. */
static DistinctEntry *find(DistinctSet *set, Str key, uint64_t hash)
{
    uint64_t       mask    = (uint64_t)set->capacity - 1;
    DistinctEntry *removed = NULL;
    for (uint64_t slot = hash & mask;; slot = (slot + 1) & mask) {
        DistinctEntry *entry = &set->entries[slot];
        if (entry->size == SLOT_FREE)
            return removed ? removed : entry;
        if (entry->size == SLOT_REMOVED)
            removed = removed ? removed : entry;
        else if (entry->hash == hash && entry->size == key.len &&
                 memcmp(entry_key(entry), key.ptr, (size_t)key.len) == 0)
            return entry;
    }
}

static void rebuild(DistinctSet *set, StateMemory *memory)
{
    DistinctSet old = *set;
    set->capacity   = old.capacity ? old.capacity : CAPACITY_FIRST;
    while (set->capacity * 3 < (old.live + 1) * 4)
        set->capacity *= 2;
    set->entries = state_alloc(memory, set->capacity * (int64_t)sizeof(DistinctEntry));
    set->used    = old.live;
    for (int64_t i = 0; i < old.capacity; i++) {
        DistinctEntry *entry = &old.entries[i];
        if (entry->size > 0)
            *find(set, (Str){ entry_key(entry), entry->size }, entry->hash) = *entry;
    }
    state_free(memory, old.entries, old.capacity * (int64_t)sizeof(DistinctEntry));
}

static void entry_init(DistinctEntry *entry, StateMemory *memory, Str key, uint64_t hash, int64_t count)
{
    *entry     = (DistinctEntry){ .hash = hash, .count = count, .size = key.len };
    char *into = entry->bytes;
    if (key.len > DISTINCT_INLINE)
        into = entry->ptr = state_alloc(memory, key.len);
    memcpy(into, key.ptr, (size_t)key.len);
}

static void entry_remove(DistinctEntry *entry, StateMemory *memory)
{
    if (entry->size > DISTINCT_INLINE)
        state_free(memory, entry->ptr, entry->size);
    *entry = (DistinctEntry){ .size = SLOT_REMOVED };
}

bool distinct_add(DistinctSet *set, StateMemory *memory, Str key, uint64_t hash, int64_t by)
{
    if (set->used * 8 >= set->capacity * 7)
        rebuild(set, memory);
    DistinctEntry *entry = find(set, key, hash);
    if (entry->size <= 0) {
        if (by < 0)
            return false;
        set->used += entry->size == SLOT_FREE;
        set->live++;
        entry_init(entry, memory, key, hash, by);
        return true;
    }
    entry->count += by;
    if (entry->count > 0)
        return false;
    entry_remove(entry, memory);
    set->live--;
    return true;
}

bool distinct_next(const DistinctSet *set, int64_t *slot, Str *key, uint64_t *hash, int64_t *count)
{
    for (; *slot < set->capacity; ++*slot) {
        const DistinctEntry *entry = &set->entries[*slot];
        if (entry->size <= 0)
            continue;
        *key   = (Str){ entry_key(entry), entry->size };
        *hash  = entry->hash;
        *count = entry->count;
        ++*slot;
        return true;
    }
    return false;
}

void distinct_drop(DistinctSet *set, StateMemory *memory)
{
    for (int64_t i = 0; i < set->capacity; i++)
        if (set->entries[i].size > DISTINCT_INLINE)
            state_free(memory, set->entries[i].ptr, set->entries[i].size);
    state_free(memory, set->entries, set->capacity * (int64_t)sizeof(DistinctEntry));
    *set = (DistinctSet){ 0 };
}

void distinct_encode(const DistinctSet *set, Text *out)
{
    int64_t  slot = 0, count;
    uint64_t hash;
    Str      key;
    encode_i64(set->live, out);
    while (distinct_next(set, &slot, &key, &hash, &count)) {
        encode_i64(count, out);
        encode_i64(key.len, out);
        text_append(out, key);
    }
}

bool distinct_decode(DistinctSet *set, StateMemory *memory, const char **cursor, const char *end)
{
    int64_t live, count, size;
    if (!decode_i64(cursor, end, &live))
        return false;
    for (int64_t i = 0; i < live; i++) {
        if (!decode_i64(cursor, end, &count) || !decode_i64(cursor, end, &size))
            return false;
        if (count <= 0 || size <= 0 || size > end - *cursor)
            return false;
        Str key = { *cursor, size };
        distinct_add(set, memory, key, key_hash(key), count);
        *cursor += size;
    }
    return true;
}
