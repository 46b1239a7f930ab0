/* window_partial.c: see window_partial.h.
 *
 * A state that is the first of its key and slice is read straight into its place, not merged into an empty one: what
 * was computed in one task is the same to the last bit as without the exchange. */
#include "runtime/operators/window_partial.h"

#include "core/env.h"
#include "data/key.h"
#include "runtime/operators/late.h"

/* ---- sending --------------------------------------------------------------------------------------------------------------- */

static int64_t next_states(const Slice *slice, int64_t *position, Str *keys, void **blocks)
{
    int64_t count = 0;
    while (count < BATCH_ROWS) {
        void *block = key_table_next(slice->table, position);
        if (!block)
            break;
        keys[count] = key_of_block(block);
        blocks[count++] = block;
    }
    return count;
}

static void time_column(Column *out, Buf *buf, Time time)
{
    column_init(out, buf, &type_bigint_not_null, 1);
    COLUMN_DATA(out, int64_t)[0] = time;
    out->constant = true;
}

static void state_column(const WindowState *state, void *const *blocks, int64_t count, Buf *buf, Column *out)
{
    Text bytes = TEXT_EMPTY;
    column_init(out, buf, &type_bytes, count);
    for (int64_t i = 0; i < count; i++) {
        text_clear(&bytes);
        aggregate_set_encode(state->set, blocks[i], &bytes);
        COLUMN_DATA(out, View)[i] = view_copy(buf, text_str(&bytes));
    }
    text_free(&bytes);
}

Batch *window_partial_rows(const WindowState *state, const Op *op, const Slice *slice, int64_t *position)
{
    const PlanWindowAggregate *plan = &op->plan->window_aggregate;
    Str                        keys[BATCH_ROWS];
    void                      *blocks[BATCH_ROWS];
    int64_t                    count = next_states(slice, position, keys, blocks);
    if (count == 0)
        return NULL;
    Batch       *batch = batch_create(plan->key_count + 3);
    const Type **types = buf_new(batch->buf, const Type *, plan->key_count);
    for (int32_t i = 0; i < plan->key_count; i++)
        types[i] = op->plan->fields[i].type;
    batch->rows = count;
    keys_decode(keys, count, types, plan->key_count, batch->buf, batch->columns);
    time_column(&batch->columns[plan->key_count], batch->buf, slice->end);
    time_column(&batch->columns[plan->key_count + 1], batch->buf, slice->from);
    state_column(state, blocks, count, batch->buf, &batch->columns[plan->key_count + 2]);
    return batch;
}

/* ---- receiving ------------------------------------------------------------------------------------------------------------- */

static Status read_state(WindowState *state, const Column *states, int64_t row, void *block, Error *err)
{
    Str         bytes = view_str(&COLUMN_DATA(states, View)[column_index(states, row)]);
    const char *cursor = bytes.ptr;
    if (!aggregate_set_decode(state->set, state->slices.memory, &cursor, bytes.ptr + bytes.len, block))
        return error_set(err, STATUS_INTERNAL, SPAN_NONE, "a partial aggregate cannot be read back");
    return STATUS_OK;
}

static Status merge_state(WindowState *state, const Column *states, int64_t row, void *into, void *scratch, Error *err)
{
    memset(scratch, 0, (size_t)aggregate_set_size(state->set));
    TRY(read_state(state, states, row, scratch, err));
    Status status = aggregate_set_merge(state->set, state->slices.memory, &into, &scratch, 1, err);
    if (!state->slices.is_flat)
        aggregate_set_drop(state->set, state->slices.memory, scratch);
    return status;
}

/* All rows of the batch go to one table. */
static Status add_states(WindowState *state, KeyTable *table, const Column *states, const Str *keys,
                         const uint64_t *hashes, int64_t start,
                         int64_t count, Buf *buf, Error *err)
{
    void   **blocks = buf_new(buf, void *, count);
    int32_t *new_rows = buf_new(buf, int32_t, count);
    void    *scratch = buf_alloc(buf, aggregate_set_size(state->set));
    int64_t  added = key_table_add(table, keys + start, hashes + start, count, blocks, new_rows);
    for (int64_t i = 0, next_new = 0; i < count; i++) {
        bool is_new = next_new < added && new_rows[next_new] == i;
        next_new += is_new;
        TRY(is_new ? read_state(state, states, start + i, blocks[i], err)
                   : merge_state(state, states, start + i, blocks[i], scratch, err));
    }
    return STATUS_OK;
}

/* Fired here while the sender was idle: the rows in it are late. */
static Status count_late(WindowState *state, Op *op, const Column *states, int64_t start, int64_t count, Time end,
                         Error *err)
{
    LateCount late = { 0 };
    void     *scratch = env_alloc(aggregate_set_size(state->set));
    Status    status = STATUS_OK;
    for (int64_t i = start; i < start + count && status == STATUS_OK; i++) {
        status = read_state(state, states, i, scratch, err);
        if (status != STATUS_OK)
            break;
        for (int64_t rows = aggregate_set_row_count(state->set, scratch); rows > 0; rows--)
            late_add(&late, state->input.closed, end - 1, -1);
        aggregate_set_drop(state->set, state->slices.memory, scratch);
        memset(scratch, 0, (size_t)aggregate_set_size(state->set));
    }
    env_free(scratch);
    TRY(status);
    return late_publish(&late, op, NULL, err);
}

Status window_partial_add(WindowState *state, Op *op, Batch *batch, Error *err)
{
    const PlanWindowAggregate *plan = &op->plan->window_aggregate;
    const Column              *ends = &batch->columns[plan->key_count];
    const Column              *froms = &batch->columns[plan->key_count + 1];
    const Column              *states = &batch->columns[plan->key_count + 2];
    Str                       *keys = buf_new(batch->buf, Str, batch->rows);
    uint64_t                  *hashes = buf_new(batch->buf, uint64_t, batch->rows);
    for (int32_t i = 0; i < plan->key_count; i++)
        state->key_columns[i] = &batch->columns[i];
    keys_encode(state->key_columns, plan->key_count, batch->rows, batch->buf, keys, hashes);
    for (int64_t start = 0, next; start < batch->rows; start = next) {
        Time end = COLUMN_DATA(ends, int64_t)[column_index(ends, start)];
        Time from = COLUMN_DATA(froms, int64_t)[column_index(froms, start)];
        Time next_end;
        for (next = start + 1; next < batch->rows; next++)
            if (COLUMN_DATA(ends, int64_t)[column_index(ends, next)] != end ||
                COLUMN_DATA(froms, int64_t)[column_index(froms, next)] != from)
                break;
        if (!window_input_place(&state->input, end, &from, &next_end)) {
            TRY(count_late(state, op, states, start, next - start, end, err));
            continue;
        }
        const Slice *slice = slices_get(&state->slices, end, from, next_end);
        TRY(add_states(state, slice->table, states, keys, hashes, start, next - start, batch->buf, err));
    }
    return STATUS_OK;
}
