/* window_state.c: see window_state.h. Keys are encoded and hashed once per batch; then every run of rows in one slice
 * looks up its states, and one call adds all rows. */
#include "runtime/operators/window_state.h"

#include "data/key.h"
#include "runtime/state/aggregate_facts.h"

enum { TOTAL_SLICES_MIN = 3 }; /* fewer slices in a window are merged as fast */

/* Rows that only come, and calls that can take their part back. A matter of the plan (and of tests) alone: both halves save the same. */
static bool can_keep_total(const Op *op)
{
    const PlanWindowAggregate *plan = &op->plan->window_aggregate;
    WindowGrid                 grid = window_grid(&plan->window, zone_utc);
    if (plan->window.kind != WINDOW_HOP || op->plan->inputs[0]->changelog != CHANGELOG_INSERT ||
        grid.size / grid.slice < TOTAL_SLICES_MIN || op->eval.is_general)
        return false;
    const AggregateCall *const *calls = (const AggregateCall *const *)plan->calls;
    return aggregate_set_can_unmerge(aggregate_set_create(op->arena, calls, plan->call_count, true));
}

void window_state_open(WindowState *state, Op *op, bool count_rows)
{
    const PlanWindowAggregate *plan = &op->plan->window_aggregate;
    window_input_open(&state->input, &plan->window, op->eval.zone);
    state->keeps_total = can_keep_total(op);
    state->saves_count = state->keeps_total || op->plan->inputs[0]->changelog != CHANGELOG_INSERT;
    state->set = aggregate_set_create(op->arena, (const AggregateCall *const *)plan->calls, plan->call_count,
                                      count_rows || state->keeps_total);
    state->key_columns = arena_new(op->arena, const Column *, plan->key_count);
    state->key_types = arena_new(op->arena, const Type *, plan->key_count);
    for (int32_t i = 0; i < plan->key_count; i++)
        state->key_types[i] = op->plan->fields[i].type;
    slices_init(&state->slices, state->set, aggregates_are_flat(plan->calls, plan->call_count));
}

void window_state_free(WindowState *state)
{
    slices_free(&state->slices);
}

static void find_blocks(WindowState *state, const Batch *batch, const WindowRows *rows, const Str *keys,
                        const uint64_t *hashes,
                        void **blocks)
{
    for (int64_t start = 0, end; start < batch->rows; start = end) {
        end = window_rows_run(rows, start, batch->rows);
        Time   next_end = window_rows_next_end(&state->input, rows, start);
        Slice *slice = slices_get(&state->slices, rows->ends[start], rows->froms[start], next_end);
        slices_blocks(&state->slices, slice->table, keys + start, hashes + start, end - start, blocks + start);
    }
}

Status window_state_add(WindowState *state, Op *op, Batch *batch, Error *err)
{
    const PlanWindowAggregate *plan = &op->plan->window_aggregate;
    WindowRows                 rows;
    TRY(window_input_rows(&state->input, op, batch, &rows, err));
    if (batch->rows == 0)
        return STATUS_OK;
    Str      *keys = buf_new(batch->buf, Str, batch->rows);
    uint64_t *hashes = buf_new(batch->buf, uint64_t, batch->rows);
    void    **blocks = buf_new(batch->buf, void *, batch->rows);
    for (int32_t i = 0; i < plan->key_count; i++)
        state->key_columns[i] = &batch->columns[plan->keys[i]];
    keys_encode(state->key_columns, plan->key_count, batch->rows, batch->buf, keys, hashes);
    find_blocks(state, batch, &rows, keys, hashes, blocks);
    return aggregate_set_update(state->set, state->slices.memory, batch, blocks, err);
}

void window_state_count(const WindowState *state, OpCounters *counters)
{
    counter_set(&counters->state_rows, slices_rows(&state->slices));
    counter_set(&counters->state_bytes, slices_size(&state->slices));
}
