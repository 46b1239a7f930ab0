/* distinct.c: a hash set with counts, per group.
 *
 * Slots: free, removed, or a key with its counts; linear probing. The table doubles when three quarters are not free, and is rebuilt without
 * the removed ones. 32 bits of the hash are kept: beyond 2^32 slots probing would become long, not wrong. */
#include "functions/distinct.h"

#include "functions/state_bytes.h"

#include "data/key.h"

#include <stddef.h>

/* In DistinctEntry.size: no key has size 0, for an encoded value has at least its NULL byte. */
enum { SLOT_FREE = 0, SLOT_LONG = DISTINCT_INLINE + 1, SLOT_REMOVED = DISTINCT_INLINE + 2 };
enum { CAPACITY_FIRST = 4 };

/* A key that is looked for. */
typedef struct Wanted {
    Str      key;
    uint64_t words[DISTINCT_INLINE / 8];
    uint32_t hash;
} Wanted;

static Wanted wanted(Str key, uint64_t hash)
{
    Wanted out = { .key = key, .hash = (uint32_t)hash };
    if (key.len <= DISTINCT_INLINE)
        memcpy(out.words, key.ptr, (size_t)key.len);
    return out;
}

static int64_t entry_size(int32_t call_count)
{
    return (int64_t)sizeof(DistinctEntry) + call_count * (int64_t)sizeof(int64_t);
}

static DistinctEntry *entry_at(const DistinctSet *set, int64_t size, uint64_t slot)
{
    return (DistinctEntry *)(set->entries + (int64_t)slot * size);
}

static bool has_key(const DistinctEntry *entry)
{
    return entry->size != SLOT_FREE && entry->size != SLOT_REMOVED;
}

Str distinct_key(const DistinctEntry *entry)
{
    if (entry->size == SLOT_LONG)
        return (Str){ entry->longer->bytes, entry->longer->size };
    return (Str){ (const char *)entry->words, entry->size };
}

static bool is_wanted(const DistinctEntry *entry, const Wanted *want)
{
    if (entry->hash != want->hash)
        return false;
    if (entry->size == want->key.len)
        return entry->words[0] == want->words[0] && entry->words[1] == want->words[1];
    return entry->size == SLOT_LONG && str_eq(distinct_key(entry), want->key);
}

/* The slot of the key, or the slot to put it in. */
static DistinctEntry *find(const DistinctSet *set, int64_t size, const Wanted *want)
{
    uint64_t       mask    = (uint64_t)set->capacity - 1;
    DistinctEntry *removed = NULL;
    for (uint64_t slot = want->hash & mask;; slot = (slot + 1) & mask) {
        DistinctEntry *entry = entry_at(set, size, slot);
        if (entry->size == SLOT_FREE)
            return removed ? removed : entry;
        if (entry->size == SLOT_REMOVED)
            removed = removed ? removed : entry;
        else if (is_wanted(entry, want))
            return entry;
    }
}

const void *distinct_home(const DistinctSet *set, int32_t call_count, uint64_t hash)
{
    return set->capacity ? entry_at(set, entry_size(call_count), (uint32_t)hash & ((uint64_t)set->capacity - 1)) : NULL;
}

/* ---- adding and taking back -------------------------------------------------------------------------------------------- */

static void rebuild(DistinctSet *set, StateMemory *memory, int64_t size)
{
    DistinctSet old = *set;
    set->capacity   = old.capacity ? old.capacity : CAPACITY_FIRST;
    while (set->capacity * 5 < (old.live + 1) * 8)
        set->capacity *= 2;
    set->entries = state_alloc(memory, set->capacity * size);
    set->used    = old.live;
    for (int64_t i = 0; i < old.capacity; i++) {
        const DistinctEntry *entry = entry_at(&old, size, (uint64_t)i);
        if (!has_key(entry))
            continue;
        uint64_t mask = (uint64_t)set->capacity - 1, slot = entry->hash & mask;
        while (entry_at(set, size, slot)->size != SLOT_FREE)
            slot = (slot + 1) & mask;
        memcpy(entry_at(set, size, slot), entry, (size_t)size);
    }
    state_free(memory, old.entries, old.capacity * size);
}

static void entry_init(DistinctEntry *entry, StateMemory *memory, int64_t size, const Wanted *want)
{
    memset(entry, 0, (size_t)size);
    entry->hash = want->hash;
    if (want->key.len <= DISTINCT_INLINE) {
        entry->size = (uint8_t)want->key.len;
        memcpy(entry->words, want->words, sizeof(entry->words));
        return;
    }
    entry->size         = SLOT_LONG;
    entry->longer       = state_alloc(memory, (int64_t)sizeof(DistinctLong) + want->key.len);
    entry->longer->size = want->key.len;
    memcpy(entry->longer->bytes, want->key.ptr, (size_t)want->key.len);
}

static void free_long(DistinctEntry *entry, StateMemory *memory)
{
    if (entry->size == SLOT_LONG)
        state_free(memory, entry->longer, (int64_t)sizeof(DistinctLong) + entry->longer->size);
}

static bool has_counts(const DistinctEntry *entry, int32_t call_count)
{
    for (int32_t i = 0; i < call_count; i++)
        if (entry->counts[i] > 0)
            return true;
    return false;
}

static uint64_t add_counts(DistinctEntry *entry, uint64_t calls, int64_t by)
{
    uint64_t changed = 0;
    for (; calls; calls &= calls - 1) {
        int64_t *count  = &entry->counts[__builtin_ctzll(calls)];
        int64_t  before = *count;
        *count          = before + by > 0 ? before + by : 0;
        if ((before > 0) != (*count > 0))
            changed |= calls & -calls;
    }
    return changed;
}

uint64_t distinct_add(DistinctSet *set, StateMemory *memory, int32_t call_count, uint64_t calls, Str key, uint64_t hash, int64_t by)
{
    int64_t size = entry_size(call_count);
    Wanted  want = wanted(key, hash);
    if (set->used * 4 >= set->capacity * 3)
        rebuild(set, memory, size);
    DistinctEntry *entry = find(set, size, &want);
    if (!has_key(entry)) {
        if (by < 0)
            return 0;
        set->used += entry->size == SLOT_FREE;
        set->live++;
        entry_init(entry, memory, size, &want);
    }
    uint64_t changed = add_counts(entry, calls, by);
    if (by < 0 && changed && !has_counts(entry, call_count)) {
        free_long(entry, memory);
        entry->size = SLOT_REMOVED;
        set->live--;
    }
    return changed;
}

/* ---- all of them ----------------------------------------------------------------------------------------------------------- */

const DistinctEntry *distinct_next(const DistinctSet *set, int32_t call_count, int64_t *slot)
{
    int64_t size = entry_size(call_count);
    while (*slot < set->capacity) {
        const DistinctEntry *entry = entry_at(set, size, (uint64_t)(*slot)++);
        if (has_key(entry))
            return entry;
    }
    return NULL;
}

void distinct_drop(DistinctSet *set, StateMemory *memory, int32_t call_count)
{
    int64_t size = entry_size(call_count);
    for (int64_t i = 0; i < set->capacity; i++)
        free_long(entry_at(set, size, (uint64_t)i), memory);
    state_free(memory, set->entries, set->capacity * size);
    *set = (DistinctSet){ 0 };
}

void distinct_encode(const DistinctSet *set, int32_t call_count, int32_t call, Text *out)
{
    const DistinctEntry *entry;
    int64_t              seen = 0;
    for (int64_t slot = 0; (entry = distinct_next(set, call_count, &slot));)
        seen += entry->counts[call] > 0;
    encode_i64(seen, out);
    for (int64_t slot = 0; (entry = distinct_next(set, call_count, &slot));) {
        if (entry->counts[call] == 0)
            continue;
        encode_i64(entry->counts[call], out);
        encode_i64(distinct_key(entry).len, out);
        text_append(out, distinct_key(entry));
    }
}

bool distinct_decode(DistinctSet *set, StateMemory *memory, int32_t call_count, int32_t call, const char **cursor, const char *end,
                     DistinctIsKey is_key, const void *context)
{
    int64_t seen, count, size;
    if (!decode_i64(cursor, end, &seen))
        return false;
    for (int64_t i = 0; i < seen; i++) {
        if (!decode_i64(cursor, end, &count) || !decode_i64(cursor, end, &size))
            return false;
        if (count <= 0 || size <= 0 || size > end - *cursor)
            return false;
        Str key = { *cursor, size };
        if (!is_key(context, key))
            return false;
        distinct_add(set, memory, call_count, UINT64_C(1) << call, key, key_hash(key), count);
        *cursor += size;
    }
    return true;
}
