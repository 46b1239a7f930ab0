/* slices.c: see slices.h. There are few slices, so they lie in one sorted array; the newest are at its end, where most
 * rows go. */
#include "runtime/state/slices.h"

#include "core/env.h"

enum { SPARE_MAX = 8, MERGE_RUN = 512 };

void slices_init(Slices *slices, AggregateSet *set, bool is_flat)
{
    *slices = (Slices){ .set = set, .is_flat = is_flat, .memory = state_memory_create() };
}

static void free_tables(KeyTable **tables, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        key_table_destroy(tables[i]);
    env_free(tables);
}

void slices_free(Slices *slices)
{
    for (int64_t i = 0; i < slices->count; i++)
        key_table_destroy(slices->items[i].table);
    env_free(slices->items);
    free_tables(slices->spare, slices->spare_count);
    free_tables(slices->retired, slices->retired_count);
    env_free(slices->new_rows);
    if (slices->memory)
        state_memory_destroy(slices->memory);
    *slices = (Slices){ 0 };
}

/* ---- tables -------------------------------------------------------------------------------------------------------- */

static void push_table(KeyTable ***tables, int64_t *count, int64_t *capacity, KeyTable *table)
{
    if (*count == *capacity) {
        *capacity = *capacity ? *capacity * 2 : 8;
        *tables = env_realloc(*tables, *capacity * (int64_t)sizeof(KeyTable *));
    }
    (*tables)[(*count)++] = table;
}

KeyTable *slices_take_table(Slices *slices)
{
    if (slices->spare_count > 0)
        return slices->spare[--slices->spare_count];
    return key_table_create(aggregate_set_size(slices->set));
}

void slices_retire(Slices *slices, KeyTable *table)
{
    push_table(&slices->retired, &slices->retired_count, &slices->retired_capacity, table);
}

static void drop_states(Slices *slices, const KeyTable *table)
{
    int64_t position = 0;
    if (slices->is_flat)
        return;
    for (void *block = key_table_next(table, &position); block; block = key_table_next(table, &position))
        aggregate_set_drop(slices->set, slices->memory, block);
}

void slices_recycle(Slices *slices)
{
    for (int64_t i = 0; i < slices->retired_count; i++) {
        KeyTable *table = slices->retired[i];
        drop_states(slices, table);
        if (slices->spare_count >= SPARE_MAX) {
            key_table_destroy(table);
            continue;
        }
        key_table_clear(table);
        push_table(&slices->spare, &slices->spare_count, &slices->spare_capacity, table);
    }
    slices->retired_count = 0;
}

/* ---- slices -------------------------------------------------------------------------------------------------------- */

static inline bool is_before(const Slice *slice, Time end, Time from)
{
    return slice->end != end ? slice->end < end : slice->from < from;
}

static void insert(Slices *slices, int64_t at, Slice slice)
{
    if (slices->count == slices->capacity) {
        slices->capacity = slices->capacity ? slices->capacity * 2 : 8;
        slices->items = env_realloc(slices->items, slices->capacity * (int64_t)sizeof(Slice));
    }
    memmove(&slices->items[at + 1], &slices->items[at], (size_t)(slices->count - at) * sizeof(Slice));
    slices->items[at] = slice;
    slices->count++;
}

Slice *slices_get(Slices *slices, Time end, Time from, Time next_end)
{
    int64_t low = 0;
    int64_t high = slices->count;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (is_before(&slices->items[middle], end, from))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == slices->count || slices->items[low].end != end || slices->items[low].from != from)
        insert(slices, low, (Slice){ end, from, next_end, ++slices->last_id, slices_take_table(slices) });
    return &slices->items[low];
}

Time slices_next_end(const Slices *slices)
{
    Time next = TIME_MAX;
    for (int64_t i = 0; i < slices->count; i++)
        next = slices->items[i].next_end < next ? slices->items[i].next_end : next;
    return next;
}

void slices_drop(Slices *slices, int64_t index)
{
    slices_retire(slices, slices->items[index].table);
    slices->count--;
    memmove(&slices->items[index], &slices->items[index + 1], (size_t)(slices->count - index) * sizeof(Slice));
}

int64_t slices_rows(const Slices *slices)
{
    int64_t rows = 0;
    for (int64_t i = 0; i < slices->count; i++)
        rows += key_table_count(slices->items[i].table);
    return rows;
}

int64_t slices_size(const Slices *slices)
{
    int64_t size = state_memory_size(slices->memory);
    for (int64_t i = 0; i < slices->count; i++)
        size += key_table_size(slices->items[i].table);
    for (int64_t i = 0; i < slices->spare_count; i++)
        size += key_table_size(slices->spare[i]);
    return size;
}

/* ---- states -------------------------------------------------------------------------------------------------------- */

void slices_blocks(Slices *slices, KeyTable *table, const Str *keys, const uint64_t *hashes, int64_t count,
                   void **blocks)
{
    if (count > slices->new_capacity) {
        slices->new_capacity = count;
        slices->new_rows = env_realloc(slices->new_rows, count * (int64_t)sizeof(int32_t));
    }
    int64_t added = key_table_add(table, keys, hashes, count, blocks, slices->new_rows);
    for (int64_t i = 0; i < added; i++)
        aggregate_set_init(slices->set, blocks[slices->new_rows[i]]);
}

/* Up to MERGE_RUN entries of a table, and the blocks of the same keys in another. */
typedef struct MergeRun {
    void   *into[MERGE_RUN];
    void   *from[MERGE_RUN];
    int64_t count;
} MergeRun;

static void take_run(Slices *slices, KeyTable *into, const KeyTable *from, int64_t *position, MergeRun *run)
{
    Str      keys[MERGE_RUN];
    uint64_t hashes[MERGE_RUN];
    for (run->count = 0; run->count < MERGE_RUN; run->count++) {
        void *block = key_table_next(from, position);
        if (!block)
            break;
        run->from[run->count] = block;
        keys[run->count] = key_of_block(block);
        hashes[run->count] = hash_of_block(block);
    }
    slices_blocks(slices, into, keys, hashes, run->count, run->into);
}

Status slices_merge(Slices *slices, KeyTable *into, const KeyTable *from, Error *err)
{
    MergeRun run;
    int64_t  position = 0;
    do {
        take_run(slices, into, from, &position, &run);
        TRY(aggregate_set_merge(slices->set, slices->memory, run.into, run.from, run.count, err));
    } while (run.count == MERGE_RUN);
    return STATUS_OK;
}

void slices_unmerge(Slices *slices, KeyTable *into, const KeyTable *from)
{
    MergeRun run;
    int64_t  position = 0;
    do {
        take_run(slices, into, from, &position, &run);
        aggregate_set_unmerge(slices->set, run.into, run.from, run.count);
        for (int64_t i = 0; i < run.count; i++)
            if (aggregate_set_row_count(slices->set, run.into[i]) == 0)
                key_table_remove(into, run.into[i]);
    } while (run.count == MERGE_RUN);
}
