/* aggregate_set.c: the states of all aggregates of one GROUP BY, side by side in one block.
 *
 *   block:  [rows behind it, when asked for] then per call [set of its values, if it is DISTINCT and the first of them] [state], each at a
 *           multiple of 16
 *
 *   update: the batch is cut into runs of rows of one direction (added or taken back), so that order of arrival holds;
 *           per run and call: rows that pass FILTER and have no NULL argument -> those whose values are new to a DISTINCT call
 *           -> one call of add or retract with the states of these rows
 *
 *   DISTINCT calls of the same arguments share one set of values: a row looks its value up once for all of them. Saved states do not tell:
 *   there each call has values of its own.
 *
 *   follow: the rows of a call are found in the same way, for the whole batch; then row by row: add, result
 *
 * Scratch memory belongs to the set and is used again for each batch: one task at a time works with a set. */
#include "functions/distinct.h"
#include "functions/state_bytes.h"

#include "data/key.h"

#include <assert.h>

typedef struct Values Values;

typedef struct Slot {
    const AggregateCall *call;
    int32_t              state;    /* offset in the block */
    Values              *values;   /* that it is DISTINCT over, or NULL */
    int32_t              member;   /* its number among the calls of these values */
    int32_t             *changing; /* DISTINCT: of the run at hand, the rows whose values come or go, ... */
    int64_t              changes;  /* ... and how many there are */
    Column              *args;
    const Column       **arg_list; /* &args[i], for keys_encode */
} Slot;

/* What DISTINCT calls of the same arguments share. */
struct Values {
    int32_t   offset; /* of the DistinctSet in the block */
    Slot    **members;
    int32_t   member_count;
    Str      *keys; /* of the batch at hand */
    uint64_t *hashes;
};

struct AggregateSet {
    Slot   *slots;
    int32_t slot_count;
    Values *values;
    int32_t values_count;
    int32_t size;
    bool    counts_rows;
    Buf    *scratch;
};

/* ---- layout ---------------------------------------------------------------------------------------------------- */

static int32_t place(AggregateSet *set, int64_t size)
{
    int32_t offset = set->size;
    set->size += (int32_t)((size + 15) / 16 * 16);
    return offset;
}

static void release_scratch(void *buf)
{
    buf_release(buf);
}

static bool has_same_args(const AggregateCall *left, const AggregateCall *right)
{
    if (left->arg_count != right->arg_count)
        return false;
    for (int32_t i = 0; i < left->arg_count; i++)
        if (left->args[i] != right->args[i] || left->args[i] < 0)
            return false;
    return true;
}

/* Those of earlier calls, if one has the same arguments. */
static Values *values_of(AggregateSet *set, Arena *arena, const AggregateCall *call, int32_t call_count)
{
    for (int32_t i = 0; i < set->values_count; i++) {
        Values *values = &set->values[i];
        if (has_same_args(values->members[0]->call, call) && values->member_count < DISTINCT_CALLS_MAX)
            return values;
    }
    Values *values  = &set->values[set->values_count++];
    values->offset  = place(set, sizeof(DistinctSet));
    values->members = arena_new(arena, Slot *, call_count);
    return values;
}

static void make_distinct(AggregateSet *set, Arena *arena, Slot *slot, int32_t call_count)
{
    slot->values = values_of(set, arena, slot->call, call_count);
    slot->member = slot->values->member_count++;
    slot->values->members[slot->member] = slot;
}

AggregateSet *aggregate_set_create(Arena *arena, const AggregateCall *const *calls, int32_t call_count, bool count_rows)
{
    AggregateSet *set = arena_new(arena, AggregateSet, 1);
    set->slots        = arena_new(arena, Slot, call_count + 1);
    set->values       = arena_new(arena, Values, call_count + 1);
    set->slot_count   = call_count;
    set->counts_rows  = count_rows;
    set->scratch      = buf_create();
    arena_defer(arena, release_scratch, set->scratch);
    if (count_rows)
        place(set, sizeof(int64_t));
    for (int32_t i = 0; i < call_count; i++) {
        Slot *slot     = &set->slots[i];
        slot->call     = calls[i];
        if (calls[i]->is_distinct)
            make_distinct(set, arena, slot, call_count);
        slot->state    = place(set, calls[i]->aggregate->state_size);
        slot->args     = arena_new(arena, Column, calls[i]->arg_count + 1);
        slot->arg_list = arena_new(arena, const Column *, calls[i]->arg_count + 1);
        for (int32_t k = 0; k < calls[i]->arg_count; k++)
            slot->arg_list[k] = &slot->args[k];
    }
    return set;
}

int32_t aggregate_set_size(const AggregateSet *set)
{
    return set->size;
}

bool aggregate_set_is_mergeable(const AggregateSet *set)
{
    for (int32_t i = 0; i < set->slot_count; i++)
        if (set->slots[i].call->aggregate->flags & AGG_ORDERED)
            return false;
    return true;
}

static void *state_in(const Slot *slot, void *block)
{
    return (char *)block + slot->state;
}

static void **states_in(AggregateSet *set, const Slot *slot, void *const *blocks, int64_t count)
{
    void **states = buf_new(set->scratch, void *, count + 1);
    for (int64_t i = 0; i < count; i++)
        states[i] = state_in(slot, blocks[i]);
    return states;
}

static DistinctSet *distinct_in(const Values *values, void *block)
{
    return (DistinctSet *)((char *)block + values->offset);
}

void aggregate_set_init(const AggregateSet *set, void *block)
{
    memset(block, 0, (size_t)set->size);
    for (int32_t i = 0; i < set->slot_count; i++) {
        const Slot *slot = &set->slots[i];
        if (slot->call->aggregate->init)
            slot->call->aggregate->init(slot->call, state_in(slot, block));
    }
}

int64_t aggregate_set_row_count(const AggregateSet *set, const void *block)
{
    assert(set->counts_rows);
    (void)set;
    return *(const int64_t *)block;
}

/* ---- which rows count ------------------------------------------------------------------------------------------ */

static void bind_args(Slot *slot, const Batch *batch)
{
    const AggregateCall *call = slot->call;
    for (int32_t k = 0; k < call->arg_count; k++)
        slot->args[k] = call->args[k] >= 0 ? batch->columns[call->args[k]] : call->constants[k];
}

/* Leaves out the rows where keep says 0. */
static int64_t keep_rows(int32_t *rows, int64_t count, const Column *keep, bool by_value)
{
    int64_t        kept  = 0;
    const uint8_t *value = COLUMN_DATA(keep, uint8_t), *valid = keep->valid;
    for (int64_t i = 0; i < count; i++) {
        int32_t row   = rows[i];
        int64_t index = column_index(keep, row);
        bool    is_in = (!valid || valid[index]) && (!by_value || value[index]);
        rows[kept]    = row;
        kept += is_in;
    }
    return kept;
}

/* The rows of [start, start + count) that the call counts; NULL when it is all of a batch. */
static int32_t *counted_rows(AggregateSet *set, const Slot *slot, const Batch *batch, int64_t start, int64_t *count)
{
    const AggregateCall *call       = slot->call;
    bool                 has_filter = call->filter >= 0, has_nulls = false;
    for (int32_t k = 0; k < call->arg_count; k++)
        has_nulls = has_nulls || slot->args[k].valid;
    has_nulls = has_nulls && !(call->aggregate->flags & AGG_SEES_NULL);
    if (!has_filter && !has_nulls && *count == batch->rows)
        return NULL;
    int32_t *rows = buf_new(set->scratch, int32_t, *count);
    for (int64_t i = 0; i < *count; i++)
        rows[i] = (int32_t)(start + i);
    if (has_filter)
        *count = keep_rows(rows, *count, &batch->columns[call->filter], true);
    for (int32_t k = 0; has_nulls && k < call->arg_count; k++)
        if (slot->args[k].valid)
            *count = keep_rows(rows, *count, &slot->args[k], false);
    return rows;
}

/* ---- DISTINCT --------------------------------------------------------------------------------------------------- */

/* For each row of [start, start + count) the calls that count it, a bit each. */
static uint64_t *counting_calls(AggregateSet *set, const Values *values, const Batch *batch, int64_t start, int64_t count)
{
    uint64_t *calls = buf_zalloc(set->scratch, count * (int64_t)sizeof(uint64_t));
    for (int32_t k = 0; k < values->member_count; k++) {
        int64_t  counted = count;
        int32_t *rows    = counted_rows(set, values->members[k], batch, start, &counted);
        for (int64_t i = 0; i < counted; i++)
            calls[rows ? rows[i] - start : i] |= UINT64_C(1) << k;
    }
    return calls;
}

static void note_changes(const Values *values, uint64_t calls, int64_t row)
{
    for (; calls; calls &= calls - 1) {
        Slot *slot = values->members[__builtin_ctzll(calls)];
        slot->changing[slot->changes++] = (int32_t)row;
    }
}

/* Finds the rows of the run whose values come or go for each call. What a row is going to look at is fetched some rows before. */
static void find_changes(AggregateSet *set, StateMemory *memory, const Values *values, const Batch *batch, int64_t start, int64_t count,
                         void *const *blocks, int64_t by)
{
    enum { AHEAD = 8 };
    const uint64_t *calls = counting_calls(set, values, batch, start, count);
    for (int32_t k = 0; k < values->member_count; k++) {
        values->members[k]->changing = buf_new(set->scratch, int32_t, count);
        values->members[k]->changes  = 0;
    }
    for (int64_t i = 0; i < count; i++) {
        int64_t row = start + i;
        if (i + 2 * AHEAD < count)
            __builtin_prefetch(distinct_in(values, blocks[row + 2 * AHEAD]));
        if (i + AHEAD < count)
            __builtin_prefetch(distinct_home(distinct_in(values, blocks[row + AHEAD]), values->member_count, values->hashes[row + AHEAD]));
        if (calls[i])
            note_changes(values, distinct_add(distinct_in(values, blocks[row]), memory, values->member_count, calls[i], values->keys[row],
                                              values->hashes[row], by), row);
    }
}

static void find_all_changes(AggregateSet *set, StateMemory *memory, const Batch *batch, int64_t start, int64_t count, void *const *blocks,
                             int64_t by)
{
    for (int32_t i = 0; i < set->values_count; i++)
        find_changes(set, memory, &set->values[i], batch, start, count, blocks, by);
}

/* ---- update ---------------------------------------------------------------------------------------------------- */

/* The rows of [start, start + *count) that change the state of the call; NULL when it is all of a batch. */
static int32_t *changing_rows(AggregateSet *set, const Slot *slot, const Batch *batch, int64_t start, int64_t *count)
{
    if (!slot->values)
        return counted_rows(set, slot, batch, start, count);
    *count = slot->changes;
    return slot->changing;
}

static Status update_call(AggregateSet *set, StateMemory *memory, const Slot *slot, const Batch *batch, int64_t start, int64_t count,
                          void *const *blocks, bool is_add, Error *err)
{
    int32_t *rows = changing_rows(set, slot, batch, start, &count);
    if (count == 0)
        return STATUS_OK;
    void **states = buf_new(set->scratch, void *, count);
    for (int64_t i = 0; i < count; i++)
        states[i] = state_in(slot, blocks[rows ? rows[i] : i]);
    AggregateAdd apply = is_add ? slot->call->aggregate->add : slot->call->aggregate->retract;
    assert(apply);
    return apply(slot->call, memory, slot->args, rows, count, states, err);
}

static void count_rows(void *const *blocks, int64_t start, int64_t count, bool is_add)
{
    for (int64_t i = start; i < start + count; i++)
        *(int64_t *)blocks[i] += is_add ? 1 : -1;
}

static int64_t run_length(const Batch *batch, int64_t start)
{
    if (!batch->kinds)
        return batch->rows - start;
    bool    is_add = row_kind_is_add(batch->kinds[start]);
    int64_t end    = start + 1;
    while (end < batch->rows && row_kind_is_add(batch->kinds[end]) == is_add)
        end++;
    return end - start;
}

/* Readies the calls for a batch. */
static void bind_batch(AggregateSet *set, const Batch *batch)
{
    for (int32_t k = 0; k < set->slot_count; k++)
        bind_args(&set->slots[k], batch);
    for (int32_t i = 0; i < set->values_count; i++) {
        Values     *values = &set->values[i];
        const Slot *slot   = values->members[0];
        values->keys   = buf_new(set->scratch, Str, batch->rows);
        values->hashes = buf_new(set->scratch, uint64_t, batch->rows);
        keys_encode(slot->arg_list, slot->call->arg_count, batch->rows, set->scratch, values->keys, values->hashes);
    }
}

Status aggregate_set_update(AggregateSet *set, StateMemory *memory, const Batch *batch, void *const *blocks, Error *err)
{
    buf_reset(set->scratch);
    bind_batch(set, batch);
    for (int64_t start = 0, count; start < batch->rows; start += count) {
        bool is_add = !batch->kinds || row_kind_is_add(batch->kinds[start]);
        count       = run_length(batch, start);
        if (set->counts_rows)
            count_rows(blocks, start, count, is_add);
        find_all_changes(set, memory, batch, start, count, blocks, is_add ? 1 : -1);
        for (int32_t k = 0; k < set->slot_count; k++)
            TRY(update_call(set, memory, &set->slots[k], batch, start, count, blocks, is_add, err));
    }
    return STATUS_OK;
}

/* ---- follow ---------------------------------------------------------------------------------------------------- */

bool aggregate_set_can_follow(const AggregateSet *set)
{
    for (int32_t k = 0; k < set->slot_count; k++) {
        Layout layout = type_layout(set->slots[k].call->type);
        if (layout == LAYOUT_LIST || layout == LAYOUT_ROW)
            return false;
    }
    return true;
}

/* `results` is moved from row to row, so that each is row 0 for the function. changing: as changing_rows gives them. */
static Status follow_rows(StateMemory *memory, const Slot *slot, const int32_t *changing, int64_t changes, int64_t rows, void *const *blocks,
                          Buf *buf, Column results, Error *err)
{
    const Aggregate *aggregate = slot->call->aggregate;
    int32_t          size = layout_size(type_layout(results.type));
    int64_t          done = 0;
    for (int64_t i = 0; i < rows; i++, results.data = (char *)results.data + size, results.valid++) {
        void   *state = state_in(slot, blocks[i]);
        int32_t row = (int32_t)i;
        if (!changing || (done < changes && changing[done] == row)) {
            TRY(aggregate->add(slot->call, memory, slot->args, &row, 1, &state, err));
            done++;
        }
        TRY(aggregate->result(slot->call, &state, 1, buf, &results, err));
    }
    return STATUS_OK;
}

static Status follow_call(AggregateSet *set, StateMemory *memory, const Slot *slot, const Batch *batch, void *const *blocks, Buf *buf,
                          Column *out, Error *err)
{
    int64_t  rows = batch->rows, changes = rows;
    int32_t *changing = changing_rows(set, slot, batch, 0, &changes);
    column_init(out, buf, slot->call->type, rows);
    if (slot->call->aggregate->follow) {
        slot->call->aggregate->follow(changing, changes, states_in(set, slot, blocks, rows), rows, out);
        return STATUS_OK;
    }
    column_need_valid(out, buf, rows);
    TRY(follow_rows(memory, slot, changing, changes, rows, blocks, buf, *out, err));
    if (rows > 0 && !memchr(out->valid, 0, (size_t)rows))
        out->valid = NULL;
    return STATUS_OK;
}

Status aggregate_set_follow(AggregateSet *set, StateMemory *memory, const Batch *batch, void *const *blocks, Buf *buf, Column *out,
                            Error *err)
{
    assert(aggregate_set_can_follow(set));
    buf_reset(set->scratch);
    bind_batch(set, batch);
    if (set->counts_rows)
        count_rows(blocks, 0, batch->rows, true);
    find_all_changes(set, memory, batch, 0, batch->rows, blocks, 1);
    for (int32_t k = 0; k < set->slot_count; k++)
        TRY(follow_call(set, memory, &set->slots[k], batch, blocks, buf, &out[k], err));
    return STATUS_OK;
}

/* ---- merge ----------------------------------------------------------------------------------------------------- */

/* Keys that are new to a call. */
typedef struct Fresh {
    Str    *keys;
    int64_t count;
} Fresh;

static Status add_fresh(AggregateSet *set, StateMemory *memory, const Slot *slot, const Fresh *fresh, void *into, Error *err)
{
    const AggregateCall *call = slot->call;
    if (fresh->count == 0)
        return STATUS_OK;
    Column *args   = buf_new(set->scratch, Column, call->arg_count);
    void  **states = buf_new(set->scratch, void *, fresh->count);
    keys_decode(fresh->keys, fresh->count, call->arg_types, call->arg_count, set->scratch, args);
    for (int64_t i = 0; i < fresh->count; i++)
        states[i] = state_in(slot, into);
    return call->aggregate->add(call, memory, args, NULL, fresh->count, states, err);
}

/* The keys of `from` that are new to a call in `into` are added to its state as values; the state of `from` is not needed. */
static Status merge_values(AggregateSet *set, StateMemory *memory, const Values *values, void *into, void *from, Error *err)
{
    const DistinctSet   *more  = distinct_in(values, from);
    Fresh               *fresh = buf_zalloc(set->scratch, values->member_count * (int64_t)sizeof(Fresh));
    const DistinctEntry *entry;
    for (int32_t k = 0; k < values->member_count; k++)
        fresh[k].keys = buf_new(set->scratch, Str, more->live + 1);
    for (int64_t next = 0; (entry = distinct_next(more, values->member_count, &next));)
        for (int32_t k = 0; k < values->member_count; k++) {
            Str key = distinct_key(entry);
            if (entry->counts[k] > 0 && distinct_add(distinct_in(values, into), memory, values->member_count, UINT64_C(1) << k, key,
                                                     entry->hash, entry->counts[k]))
                fresh[k].keys[fresh[k].count++] = key;
        }
    for (int32_t k = 0; k < values->member_count; k++)
        TRY(add_fresh(set, memory, values->members[k], &fresh[k], into, err));
    return STATUS_OK;
}

static Status merge_call(AggregateSet *set, StateMemory *memory, const Slot *slot, void *const *into, void *const *from,
                         int64_t count, Error *err)
{
    return slot->call->aggregate->merge(slot->call, memory, states_in(set, slot, into, count), states_in(set, slot, from, count), count, err);
}

Status aggregate_set_merge(AggregateSet *set, StateMemory *memory, void *const *into, void *const *from, int64_t count,
                           Error *err)
{
    buf_reset(set->scratch);
    for (int64_t i = 0; set->counts_rows && i < count; i++)
        *(int64_t *)into[i] += *(const int64_t *)from[i];
    for (int32_t k = 0; k < set->values_count; k++)
        for (int64_t i = 0; i < count; i++)
            TRY(merge_values(set, memory, &set->values[k], into[i], from[i], err));
    for (int32_t k = 0; k < set->slot_count; k++)
        if (!set->slots[k].values)
            TRY(merge_call(set, memory, &set->slots[k], into, from, count, err));
    return STATUS_OK;
}

bool aggregate_set_can_unmerge(const AggregateSet *set)
{
    for (int32_t i = 0; i < set->slot_count; i++)
        if (set->slots[i].values || !set->slots[i].call->aggregate->unmerge)
            return false;
    return true;
}

void aggregate_set_unmerge(AggregateSet *set, void *const *into, void *const *from, int64_t count)
{
    assert(set->counts_rows && aggregate_set_can_unmerge(set));
    buf_reset(set->scratch);
    for (int64_t i = 0; i < count; i++)
        *(int64_t *)into[i] -= *(const int64_t *)from[i];
    for (int32_t k = 0; k < set->slot_count; k++) {
        const Slot *slot = &set->slots[k];
        slot->call->aggregate->unmerge(states_in(set, slot, into, count), states_in(set, slot, from, count), count);
    }
}

/* ---- results, bytes, end --------------------------------------------------------------------------------------- */

Status aggregate_set_results(AggregateSet *set, void *const *blocks, int64_t count, Buf *buf, Column *out, Error *err)
{
    buf_reset(set->scratch);
    for (int32_t k = 0; k < set->slot_count; k++) {
        const Slot *slot = &set->slots[k];
        column_init(&out[k], buf, slot->call->type, count);
        TRY(slot->call->aggregate->result(slot->call, states_in(set, slot, blocks, count), count, buf, &out[k], err));
    }
    return STATUS_OK;
}

void aggregate_set_drop(AggregateSet *set, StateMemory *memory, void *block)
{
    for (int32_t i = 0; i < set->values_count; i++)
        distinct_drop(distinct_in(&set->values[i], block), memory, set->values[i].member_count);
    for (int32_t k = 0; k < set->slot_count; k++) {
        const Slot *slot = &set->slots[k];
        if (slot->call->aggregate->drop)
            slot->call->aggregate->drop(slot->call, memory, state_in(slot, block));
    }
}

bool aggregate_set_is_flat(const AggregateSet *set)
{
    for (int32_t i = 0; i < set->slot_count; i++)
        if (set->slots[i].values || !(set->slots[i].call->aggregate->flags & AGG_FLAT))
            return false;
    return true;
}

int32_t aggregate_set_count_size(const AggregateSet *set)
{
    return set->counts_rows ? 16 : 0;
}

void aggregate_set_encode(const AggregateSet *set, const void *block, Text *out)
{
    if (set->counts_rows)
        encode_i64(*(const int64_t *)block, out);
    aggregate_set_encode_states(set, block, out);
}

void aggregate_set_encode_states(const AggregateSet *set, const void *block, Text *out)
{
    const char *bytes = block;
    for (int32_t k = 0; k < set->slot_count; k++) {
        const Slot *slot = &set->slots[k];
        if (slot->values)
            distinct_encode((const DistinctSet *)(bytes + slot->values->offset), slot->values->member_count, slot->member, out);
        if (slot->call->aggregate->flags & AGG_FLAT)
            text_append(out, (Str){ bytes + slot->state, slot->call->aggregate->state_size });
        else
            slot->call->aggregate->encode(slot->call, bytes + slot->state, out);
    }
}

/* Keys are read as values when sets are merged. */
static bool is_key_of(const void *context, Str key)
{
    const AggregateCall *call = context;
    return key_is_sound(key, call->arg_types, call->arg_count);
}

static bool decode_state(const Slot *slot, StateMemory *memory, const char **cursor, const char *end, void *state)
{
    const Aggregate *aggregate = slot->call->aggregate;
    if (!(aggregate->flags & AGG_FLAT))
        return aggregate->decode(slot->call, memory, cursor, end, state);
    if (end - *cursor < aggregate->state_size)
        return false;
    memcpy(state, *cursor, (size_t)aggregate->state_size);
    *cursor += aggregate->state_size;
    return true;
}

bool aggregate_set_decode(AggregateSet *set, StateMemory *memory, const char **cursor, const char *end, void *block)
{
    int64_t rows = 0;
    if (set->counts_rows && !decode_i64(cursor, end, &rows))
        return false;
    if (!aggregate_set_decode_states(set, memory, cursor, end, block))
        return false;
    if (set->counts_rows)
        *(int64_t *)block = rows;
    return true;
}

bool aggregate_set_decode_states(AggregateSet *set, StateMemory *memory, const char **cursor, const char *end, void *block)
{
    aggregate_set_init(set, block);
    for (int32_t k = 0; k < set->slot_count; k++) {
        const Slot *slot = &set->slots[k];
        if (slot->values && !distinct_decode(distinct_in(slot->values, block), memory, slot->values->member_count, slot->member, cursor, end,
                                             is_key_of, slot->call))
            return false;
        if (!decode_state(slot, memory, cursor, end, state_in(slot, block)))
            return false;
    }
    return true;
}
