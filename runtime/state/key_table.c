/* key_table.c: open addressing over stable entries.
 *
 *   slots    one word each: high half of the hash | entry number + 1; 0 = free. A power of two, at most 5/8 full, linear probing
 *   entries  header (hash, key) and block side by side, in pages that double: entry n is in page log2(n + 16) - 4
 *
 * A probe touches a key only when 32 bits of the hash agree. For tables beyond the cache, slots and then entries of a
 * run of keys are prefetched before any is looked at. Removal shifts the cluster back: no tombstones. Keys up to 16
 * bytes lie in the header.
 *
 * For snapshots entries lie in pieces of some 64 KiB (neighbouring entry numbers). Each has a flag that is set when one of its
 * entries is handed out to be changed, and cleared when the piece is saved. */
#include "runtime/state/key_table.h"

#include "core/env.h"
#include "functions/aggregate.h"

#include <assert.h>

enum {
    KEY_INLINE = 16,
    PAGE_FIRST_LOG = 4,
    PAGE_MAX = 32,
    SLOTS_FIRST = 32,
    PREFETCH_RUN = 64,
    PREFETCH_SLOTS_MIN = 1 << 15, /* smaller tables are in the cache anyway */
    PIECE_SIZE = 64 * 1024,
    PIECE_LOG_MIN = 4,
    PIECE_LOG_MAX = 10
};

typedef struct Entry {
    uint64_t hash;
    uint32_t key_size;
    uint32_t number; /* + 1; 0 = not used */
    union {
        char  bytes[KEY_INLINE];
        char *ptr;
        int64_t next_free; /* entry number + 1, of an entry that is not used */
    } key;
    char block[];
} Entry;

_Static_assert(sizeof(Entry) == 32, "blocks behind it stay aligned to 16");

struct KeyTable {
    uint64_t    *slots;
    uint64_t     mask;
    int64_t      count;      /* used entries */
    int64_t      entry_end;  /* entries handed out so far, freed ones included */
    int64_t      first_free; /* entry number + 1; 0 = none */
    char        *pages[PAGE_MAX];
    int64_t      stride;
    int32_t      block_size;
    StateMemory *long_keys;  /* created with the first */
    int64_t      page_bytes;
    int32_t      piece_log;  /* entries in a piece: a power of two */
    bool        *changed;    /* per piece: since it was saved */
    int64_t      piece_capacity;
};

static int32_t piece_log_of(int64_t stride)
{
    int32_t log = PIECE_LOG_MAX;
    while (log > PIECE_LOG_MIN && stride << log > PIECE_SIZE)
        log--;
    return log;
}

KeyTable *key_table_create(int32_t block_size)
{
    assert(block_size % 16 == 0);
    KeyTable *table = env_alloc((int64_t)sizeof(KeyTable));
    table->block_size = block_size;
    table->stride = (int64_t)sizeof(Entry) + block_size;
    table->piece_log = piece_log_of(table->stride);
    table->slots = env_alloc(SLOTS_FIRST * (int64_t)sizeof(uint64_t));
    table->mask = SLOTS_FIRST - 1;
    return table;
}

static void free_long_keys(KeyTable *table)
{
    if (table->long_keys)
        state_memory_destroy(table->long_keys);
    table->long_keys = NULL;
}

void key_table_destroy(KeyTable *table)
{
    if (!table)
        return;
    free_long_keys(table);
    for (int i = 0; i < PAGE_MAX; i++)
        env_free(table->pages[i]);
    env_free(table->slots);
    env_free(table->changed);
    env_free(table);
}

void key_table_clear(KeyTable *table)
{
    free_long_keys(table);
    memset(table->slots, 0, (size_t)(table->mask + 1) * sizeof(uint64_t));
    table->count = 0;
    table->entry_end = 0;
    table->first_free = 0;
}

int64_t key_table_count(const KeyTable *table)
{
    return table->count;
}

int64_t key_table_size(const KeyTable *table)
{
    int64_t long_keys = table->long_keys ? state_memory_size(table->long_keys) : 0;
    return table->page_bytes + (int64_t)(table->mask + 1) * (int64_t)sizeof(uint64_t) + long_keys;
}

/* ---- entries ------------------------------------------------------------------------------------------------------- */

static inline int32_t page_of(int64_t number)
{
    return 63 - __builtin_clzll((uint64_t)number + (1 << PAGE_FIRST_LOG)) - PAGE_FIRST_LOG;
}

static inline Entry *entry_at(const KeyTable *table, int64_t number)
{
    int32_t page = page_of(number);
    int64_t in_page = number + (1 << PAGE_FIRST_LOG) - (1LL << (page + PAGE_FIRST_LOG));
    return (Entry *)(void *)(table->pages[page] + in_page * table->stride);
}

static inline Entry *entry_of_block(const void *block)
{
    return (Entry *)(void *)((char *)(uintptr_t)block - sizeof(Entry));
}

static inline Str entry_key(const Entry *entry)
{
    return (Str){ entry->key_size <= KEY_INLINE ? entry->key.bytes : entry->key.ptr, entry->key_size };
}

Str key_of_block(const void *block)
{
    return entry_key(entry_of_block(block));
}

uint64_t hash_of_block(const void *block)
{
    return entry_of_block(block)->hash;
}

/* Pieces of entries that the table may come to have. */
static void need_pieces(KeyTable *table, int64_t entries)
{
    int64_t pieces = (entries >> table->piece_log) + 1;
    if (pieces <= table->piece_capacity)
        return;
    table->changed = env_realloc(table->changed, pieces * (int64_t)sizeof(bool));
    table->piece_capacity = pieces;
}

static int64_t take_number(KeyTable *table)
{
    if (table->first_free) {
        int64_t number = table->first_free - 1;
        table->first_free = entry_at(table, number)->key.next_free;
        return number;
    }
    int64_t number = table->entry_end;
    int32_t page = page_of(number);
    if (!table->pages[page]) {
        int64_t size = (1LL << (page + PAGE_FIRST_LOG)) * table->stride;
        need_pieces(table, 1LL << (page + 1 + PAGE_FIRST_LOG));
        table->pages[page] = env_alloc_raw(size);
        table->page_bytes += size;
    }
    table->entry_end++;
    return number;
}

static void set_key(KeyTable *table, Entry *entry, Str key)
{
    char *bytes = entry->key.bytes;
    if (key.len > KEY_INLINE) {
        if (!table->long_keys)
            table->long_keys = state_memory_create();
        bytes = entry->key.ptr = state_alloc(table->long_keys, key.len);
    }
    entry->key_size = (uint32_t)key.len;
    if (key.len > 0)
        memcpy(bytes, key.ptr, (size_t)key.len);
}

static Entry *add_entry(KeyTable *table, Str key, uint64_t hash)
{
    int64_t number = take_number(table);
    Entry  *entry = entry_at(table, number);
    entry->hash = hash;
    entry->number = (uint32_t)(number + 1);
    set_key(table, entry, key);
    memset(entry->block, 0, (size_t)table->block_size);
    table->count++;
    return entry;
}

/* ---- slots ----------------------------------------------------------------------------------------------------------- */

static inline uint64_t slot_word(const Entry *entry)
{
    return (entry->hash & 0xffffffff00000000u) | entry->number;
}

static inline bool same_key(const Entry *entry, Str key)
{
    return entry->key_size == (uint64_t)key.len &&
        (key.len == 0 || memcmp(entry_key(entry).ptr, key.ptr, (size_t)key.len) == 0);
}

/* The slot of the key, with its entry, or the free one where it belongs. */
static inline uint64_t find_slot(const KeyTable *table, Str key, uint64_t hash, Entry **entry)
{
    for (uint64_t at = hash & table->mask;; at = (at + 1) & table->mask) {
        uint64_t word = table->slots[at];
        if (word == 0) {
            *entry = NULL;
            return at;
        }
        if ((word ^ hash) >> 32 != 0)
            continue;
        *entry = entry_at(table, (int64_t)(uint32_t)word - 1);
        if (same_key(*entry, key))
            return at;
    }
}

static void grow(KeyTable *table)
{
    uint64_t *old = table->slots;
    uint64_t  old_mask = table->mask;
    table->mask = old_mask * 2 + 1;
    table->slots = env_alloc((int64_t)((table->mask + 1) * sizeof(uint64_t)));
    for (uint64_t i = 0; i <= old_mask; i++) {
        if (old[i] == 0)
            continue;
        uint64_t at = entry_at(table, (int64_t)(uint32_t)old[i] - 1)->hash & table->mask;
        while (table->slots[at] != 0)
            at = (at + 1) & table->mask;
        table->slots[at] = old[i];
    }
    env_free(old);
}

static void make_room(KeyTable *table, int64_t more)
{
    while ((uint64_t)(table->count + more) * 8 > (table->mask + 1) * 5)
        grow(table);
}

/* First the slots of the run, then the entries that they point at. */
static void prefetch_run(const KeyTable *table, const uint64_t *hashes, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        __builtin_prefetch(&table->slots[hashes[i] & table->mask]);
    for (int64_t i = 0; i < count; i++) {
        uint64_t word = table->slots[hashes[i] & table->mask];
        if (word != 0)
            __builtin_prefetch(entry_at(table, (int64_t)(uint32_t)word - 1));
    }
}

static int64_t add_run(KeyTable *table, const Str *keys, const uint64_t *hashes, int64_t start, int64_t end,
                       void **blocks,
                       int32_t *new_rows, int64_t new_count)
{
    for (int64_t i = start; i < end; i++) {
        Entry   *entry;
        uint64_t at = find_slot(table, keys[i], hashes[i], &entry);
        if (!entry) {
            entry = add_entry(table, keys[i], hashes[i]);
            table->slots[at] = slot_word(entry);
            new_rows[new_count++] = (int32_t)i;
        }
        blocks[i] = entry->block;
        table->changed[(entry->number - 1) >> table->piece_log] = true;
    }
    return new_count;
}

int64_t key_table_add(KeyTable *table, const Str *keys, const uint64_t *hashes, int64_t count, void **blocks,
                      int32_t *new_rows)
{
    int64_t new_count = 0;
    for (int64_t start = 0; start < count; start += PREFETCH_RUN) {
        int64_t end = count - start < PREFETCH_RUN ? count : start + PREFETCH_RUN;
        make_room(table, end - start);
        if (table->mask >= PREFETCH_SLOTS_MIN)
            prefetch_run(table, hashes + start, end - start);
        new_count = add_run(table, keys, hashes, start, end, blocks, new_rows, new_count);
    }
    return new_count;
}

void *key_table_find(KeyTable *table, Str key, uint64_t hash)
{
    Entry *entry;
    find_slot(table, key, hash, &entry);
    return entry ? entry->block : NULL;
}

/* Closes the hole: what was pushed past it by the removed entry moves back. */
static void free_slot(KeyTable *table, uint64_t hole)
{
    for (uint64_t at = (hole + 1) & table->mask; table->slots[at] != 0; at = (at + 1) & table->mask) {
        uint64_t home = entry_at(table, (int64_t)(uint32_t)table->slots[at] - 1)->hash & table->mask;
        if (((at - home) & table->mask) < ((at - hole) & table->mask))
            continue;
        table->slots[hole] = table->slots[at];
        hole = at;
    }
    table->slots[hole] = 0;
}

void key_table_remove(KeyTable *table, void *block)
{
    Entry   *entry = entry_of_block(block);
    uint64_t at = find_slot(table, entry_key(entry), entry->hash, &entry);
    int64_t  number = (int64_t)entry->number - 1;
    free_slot(table, at);
    if (entry->key_size > KEY_INLINE)
        state_free(table->long_keys, entry->key.ptr, entry->key_size);
    entry->number = 0;
    table->changed[number >> table->piece_log] = true;
    entry->key.next_free = table->first_free;
    table->first_free = number + 1;
    table->count--;
}

void *key_table_next(const KeyTable *table, int64_t *position)
{
    while (*position < table->entry_end) {
        Entry *entry = entry_at(table, (*position)++);
        if (entry->number)
            return entry->block;
    }
    return NULL;
}

/* ---- pieces ---------------------------------------------------------------------------------------------------------- */

void key_table_touch(KeyTable *table, const void *block)
{
    table->changed[(entry_of_block(block)->number - 1) >> table->piece_log] = true;
}

int64_t key_table_pieces(const KeyTable *table)
{
    return (table->entry_end + (1LL << table->piece_log) - 1) >> table->piece_log;
}

bool key_table_has_changed(const KeyTable *table, int64_t piece)
{
    return table->changed[piece];
}

void key_table_saved(KeyTable *table, int64_t piece)
{
    table->changed[piece] = false;
}

void *key_table_next_in(const KeyTable *table, int64_t piece, int64_t *position)
{
    int64_t first = piece << table->piece_log;
    int64_t end = first + (1LL << table->piece_log);
    end = end < table->entry_end ? end : table->entry_end;
    while (first + *position < end) {
        Entry *entry = entry_at(table, first + (*position)++);
        if (entry->number)
            return entry->block;
    }
    return NULL;
}
