/* key_table.c: open addressing over stable entries.
 *
 *   slots    one word each: high half of the hash | entry number + 1; 0 = free. A power of two, at most 5/8 full, linear probing from
 *            where the high half says, so that growing looks at no entry
 *   entries  header (hash, key) and block side by side, in pages that double: entry n is in page log2(n + 16) - 4
 *
 * A probe touches a key only when 32 bits of the hash agree. For tables beyond the cache, slots and then entries are
 * prefetched some keys ahead. Removal shifts the cluster back: no tombstones. Keys up to 16 bytes lie in the header.
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
    SMALL_RUN = 64,
    LARGE_RUN = 1024,
    PREFETCH_AHEAD = 16,
    PREFETCH_SLOTS_MIN = 1 << 11, /* smaller tables are in the cache anyway */
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
        table->pages[page] = env_alloc_huge(size);
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

/* Of a hash, or of a slot's word. */
static inline uint64_t home_of(const KeyTable *table, uint64_t hash)
{
    return hash >> 32 & table->mask;
}

static inline uint64_t slot_word(const Entry *entry)
{
    return (entry->hash & 0xffffffff00000000u) | entry->number;
}

static inline bool same_key(const Entry *entry, Str key)
{
    return entry->key_size == (uint64_t)key.len &&
        (key.len == 0 || memcmp(entry_key(entry).ptr, key.ptr, (size_t)key.len) == 0);
}

/* The slot of the key, with its entry, or the free one where it belongs. at: its home, or a slot behind that before which it does not lie. */
static inline uint64_t find_slot(const KeyTable *table, Str key, uint64_t hash, uint64_t at, Entry **entry)
{
    for (;; at = (at + 1) & table->mask) {
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
    table->slots = env_alloc_huge((int64_t)((table->mask + 1) * sizeof(uint64_t)));
    memset(table->slots, 0, (size_t)(table->mask + 1) * sizeof(uint64_t));
    for (uint64_t i = 0; i <= old_mask; i++) {
        if (old[i] == 0)
            continue;
        uint64_t at = home_of(table, old[i]);
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

/* As find_slot, but goes by the hash alone: no entry is touched. */
static inline uint64_t find_likely(const KeyTable *table, uint64_t hash)
{
    for (uint64_t at = home_of(table, hash);; at = (at + 1) & table->mask) {
        uint64_t word = table->slots[at];
        if (word == 0 || (word ^ hash) >> 32 == 0)
            return at;
    }
}

/* The key's block, added if need be. at: from where on the key may lie. */
static inline void *add_one(KeyTable *table, Str key, uint64_t hash, uint64_t at, bool *is_new)
{
    Entry *entry;
    at = find_slot(table, key, hash, at, &entry);
    *is_new = !entry;
    if (!entry) {
        entry = add_entry(table, key, hash);
        table->slots[at] = slot_word(entry);
    }
    table->changed[(entry->number - 1) >> table->piece_log] = true;
    return entry->block;
}

static int64_t add_run(KeyTable *table, const Str *keys, const uint64_t *hashes, int64_t start, int64_t end, void **blocks,
                       int32_t *new_rows, int64_t new_count)
{
    for (int64_t i = start; i < end; i++) {
        bool is_new;
        blocks[i] = add_one(table, keys[i], hashes[i], home_of(table, hashes[i]), &is_new);
        new_rows[new_count] = (int32_t)i;
        new_count += is_new;
    }
    return new_count;
}

/* Rows are at three steps at a time: the slot is fetched, then the entry, then both are looked at. What a row adds in between takes a free
 * slot: the key lies at the likely slot found before, or behind it. (The prefetches stand here and not in a function of their own: gcc 12
 * takes a function that only prefetches for one without effect, and leaves the call out.) */
static int64_t add_run_ahead(KeyTable *table, const Str *keys, const uint64_t *hashes, int64_t start, int64_t end, void **blocks,
                             int32_t *new_rows, int64_t new_count)
{
    uint64_t likely[PREFETCH_AHEAD];
    for (int64_t i = start; i < end + 2 * PREFETCH_AHEAD; i++) {
        int64_t probed = i - PREFETCH_AHEAD, done = i - 2 * PREFETCH_AHEAD;
        if (done >= start) {
            bool is_new;
            blocks[done] = add_one(table, keys[done], hashes[done], likely[done % PREFETCH_AHEAD], &is_new);
            new_rows[new_count] = (int32_t)done;
            new_count += is_new;
        }
        if (probed >= start && probed < end) {
            uint64_t at = find_likely(table, hashes[probed]);
            uint64_t word = table->slots[at];
            likely[probed % PREFETCH_AHEAD] = at;
            if (word != 0) {
                const char *entry = (const char *)entry_at(table, (int64_t)(uint32_t)word - 1);
                __builtin_prefetch(entry);
                __builtin_prefetch(entry + table->stride - 1); /* a block may end in the next line */
            }
        }
        if (i < end)
            __builtin_prefetch(&table->slots[home_of(table, hashes[i])]);
    }
    return new_count;
}

int64_t key_table_add(KeyTable *table, const Str *keys, const uint64_t *hashes, int64_t count, void **blocks,
                      int32_t *new_rows)
{
    int64_t new_count = 0;
    for (int64_t start = 0, end; start < count; start = end) {
        bool    is_large = table->mask >= PREFETCH_SLOTS_MIN;
        int64_t run = is_large ? LARGE_RUN : SMALL_RUN;
        end = count - start < run ? count : start + run;
        make_room(table, end - start);
        new_count = (is_large ? add_run_ahead : add_run)(table, keys, hashes, start, end, blocks, new_rows, new_count);
    }
    return new_count;
}

void *key_table_find(KeyTable *table, Str key, uint64_t hash)
{
    Entry *entry;
    find_slot(table, key, hash, home_of(table, hash), &entry);
    return entry ? entry->block : NULL;
}

/* Closes the hole: what was pushed past it by the removed entry moves back. */
static void free_slot(KeyTable *table, uint64_t hole)
{
    for (uint64_t at = (hole + 1) & table->mask; table->slots[at] != 0; at = (at + 1) & table->mask) {
        uint64_t home = home_of(table, table->slots[at]);
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
    uint64_t at = find_slot(table, entry_key(entry), entry->hash, home_of(table, entry->hash), &entry);
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

typedef struct EntryRange {
    int64_t first, end;
} EntryRange;

static EntryRange entries_of(const KeyTable *table, int64_t piece)
{
    int64_t first = piece << table->piece_log, end = first + (1LL << table->piece_log);
    return (EntryRange){ first, end < table->entry_end ? end : table->entry_end };
}

void *key_table_next_in(const KeyTable *table, int64_t piece, int64_t *position)
{
    EntryRange range = entries_of(table, piece);
    while (range.first + *position < range.end) {
        Entry *entry = entry_at(table, range.first + (*position)++);
        if (entry->number)
            return entry->block;
    }
    return NULL;
}

int64_t key_table_write_room(const KeyTable *table, int64_t piece, int32_t from)
{
    EntryRange range = entries_of(table, piece);
    int64_t    each = (int64_t)sizeof(uint32_t) + KEY_INLINE + table->block_size - from;
    int64_t    room = (range.end - range.first) * each + KEY_INLINE;
    for (int64_t number = range.first; table->long_keys && number < range.end; number++)
        room += entry_at(table, number)->number ? entry_at(table, number)->key_size : 0;
    return room;
}

/* A short key's inline bytes are copied whole: what is too much is written over by what follows. */
static inline char *write_entry(const Entry *entry, int32_t from, int32_t size, char *out)
{
    memcpy(out, &entry->key_size, sizeof(uint32_t));
    out += sizeof(uint32_t);
    if (entry->key_size <= KEY_INLINE)
        memcpy(out, entry->key.bytes, KEY_INLINE);
    else
        memcpy(out, entry->key.ptr, entry->key_size);
    out += entry->key_size;
    for (int32_t i = 0; i < size; i += 8)
        memcpy(out + i, entry->block + from + i, 8);
    return out + size;
}

/* Entries lie side by side up to the end of their page. */
static int64_t page_end(int64_t number)
{
    return (2LL << (page_of(number) + PAGE_FIRST_LOG)) - (1 << PAGE_FIRST_LOG);
}

char *key_table_write(const KeyTable *table, int64_t piece, int32_t from, char *out, int64_t *count)
{
    EntryRange range = entries_of(table, piece);
    int32_t    size = table->block_size - from;
    assert(from % 8 == 0);
    *count = 0;
    while (range.first < range.end) {
        int64_t     end = page_end(range.first) < range.end ? page_end(range.first) : range.end;
        const char *entry = (const char *)entry_at(table, range.first);
        for (; range.first < end; range.first++, entry += table->stride) {
            if (((const Entry *)(const void *)entry)->number == 0)
                continue;
            out = write_entry((const Entry *)(const void *)entry, from, size, out);
            ++*count;
        }
    }
    return out;
}
