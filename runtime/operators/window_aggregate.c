/* window_aggregate.c: GROUP BY key, window.
 *
 *   on_batch:      row -> slice; states[slice, key].add(row)
 *   on_watermark:  for each window that ends at or before it, lowest first:
 *                      result = states of its slices, merged; emit; drop slices that no later window needs
 *                  then pass the watermark on
 *
 * A row is stored once, in its slice, however many windows overlap it. TUMBLE, and windows that rows bring themselves, have one slice
 * per window; HOP merges the slices of a window into a table of its own; CUMULATE merges into its oldest slice, which only grows.
 * Windows without rows do not exist. Processing-time windows do the same by the clock; those that are open at the end of a bounded
 * input give nothing, as in the dialect.
 *
 * Emission stops when the next operators have had enough and goes on in resume. */
#include "runtime/operators/operators.h"

#include "data/key.h"
#include "runtime/operators/window_input.h"
#include "runtime/operators/window_output.h"
#include "runtime/state/aggregate_facts.h"
#include "runtime/state/slices.h"

/* The window whose results are on their way. */
typedef struct Firing {
    bool      forwards; /* the watermark goes on when all is emitted */
    Time      upto;     /* windows with a fire time at or before this */
    KeyTable *table;    /* NULL: take the next window */
    bool      is_merged; /* table belongs to no slice */
    Time      start, end;
    int64_t   position;
} Firing;

typedef struct WindowAggregate {
    WindowInput    input;
    AggregateSet  *set;
    Slices         slices;
    WindowOutput   output;
    Firing         firing;
    const Column **key_columns;
    bool           skips_empty; /* HOP: a key whose rows were all retracted has no window */
} WindowAggregate;

static Status window_aggregate_open(Op *op, Error *err)
{
    (void)err;
    const PlanWindowAggregate *plan = &op->plan->window_aggregate;
    WindowAggregate           *window = op->state;
    bool                       retracts = op->plan->inputs[0]->changelog != CHANGELOG_INSERT;
    window_input_open(&window->input, &plan->window, op->eval.zone);
    window->set = aggregate_set_create(op->arena, (const AggregateCall *const *)plan->calls, plan->call_count, retracts);
    window->skips_empty = retracts && plan->window.kind == WINDOW_HOP;
    window->key_columns = arena_new(op->arena, const Column *, plan->key_count);
    slices_init(&window->slices, window->set, aggregates_are_flat(plan->calls, plan->call_count));
    window_output_open(&window->output, op, window->set);
    return STATUS_OK;
}

static void window_aggregate_close(Op *op)
{
    WindowAggregate *window = op->state;
    if (window->firing.is_merged && window->firing.table)
        slices_retire(&window->slices, window->firing.table);
    slices_free(&window->slices);
}

/* ---- rows in ---------------------------------------------------------------------------------------------------------- */

static void find_blocks(WindowAggregate *window, const Batch *batch, const WindowRows *rows, const Str *keys, const uint64_t *hashes,
                        void **blocks)
{
    for (int64_t start = 0, end; start < batch->rows; start = end) {
        end = window_rows_run(rows, start, batch->rows);
        Time   next_end = window_rows_next_end(&window->input, rows, start);
        Slice *slice = slices_get(&window->slices, rows->ends[start], rows->froms[start], next_end);
        slices_blocks(&window->slices, slice->table, keys + start, hashes + start, end - start, blocks + start);
    }
}

static Status add_rows(Op *op, Batch *batch, Error *err)
{
    const PlanWindowAggregate *plan = &op->plan->window_aggregate;
    WindowAggregate           *window = op->state;
    WindowRows                 rows;
    TRY(window_input_rows(&window->input, op, batch, &rows, err));
    if (batch->rows == 0)
        return STATUS_OK;
    Str      *keys = buf_new(batch->buf, Str, batch->rows);
    uint64_t *hashes = buf_new(batch->buf, uint64_t, batch->rows);
    void    **blocks = buf_new(batch->buf, void *, batch->rows);
    for (int32_t i = 0; i < plan->key_count; i++)
        window->key_columns[i] = &batch->columns[plan->keys[i]];
    keys_encode(window->key_columns, plan->key_count, batch->rows, batch->buf, keys, hashes);
    find_blocks(window, batch, &rows, keys, hashes, blocks);
    return aggregate_set_update(window->set, window->slices.memory, batch, blocks, err);
}

/* The clock's turn; a window has ended when the clock is behind its last millisecond. */
static void set_timer(Op *op)
{
    const WindowAggregate *window = op->state;
    Time                   next_end = slices_next_end(&window->slices);
    op->timer_ms = next_end == TIME_MAX ? TIME_MAX : window_fire_time(window->input.zone, next_end) + 1;
}

static Status window_aggregate_batch(Op *op, Batch *batch, Error *err)
{
    const WindowAggregate *window = op->state;
    Status                 status = add_rows(op, batch, err);
    batch_release(batch);
    if (window->input.spec->is_proctime)
        set_timer(op);
    return status;
}

/* ---- windows out ------------------------------------------------------------------------------------------------------ */

static bool is_attached(const WindowAggregate *window)
{
    return window->input.spec->kind == WINDOW_ATTACHED;
}

static Status flush(Op *op, Error *err)
{
    WindowAggregate *window = op->state;
    TRY(window_output_flush(&window->output, op, err));
    slices_recycle(&window->slices);
    return STATUS_OK;
}

/* The slices of the window are exactly those that it is the next one of: all earlier windows have been fired. */
static Slice *next_slice(WindowAggregate *window, Time end, int64_t *index)
{
    for (; *index < window->slices.count; (*index)++)
        if (window->slices.items[*index].next_end == end)
            return &window->slices.items[(*index)++];
    return NULL;
}

static Status merge_hop(WindowAggregate *window, Time end, Error *err)
{
    Firing *firing = &window->firing;
    firing->table = slices_take_table(&window->slices);
    firing->is_merged = true;
    int64_t index = 0;
    for (Slice *slice = next_slice(window, end, &index); slice; slice = next_slice(window, end, &index))
        TRY(slices_merge(&window->slices, firing->table, slice->table, err));
    return STATUS_OK;
}

/* Rows that wait in the output would change: they go first. */
static Status merge_cumulate(Op *op, Slice *oldest, int64_t index, Error *err)
{
    WindowAggregate *window = op->state;
    Time             end = oldest->next_end;
    KeyTable        *into = oldest->table;
    TRY(flush(op, err));
    for (Slice *slice = next_slice(window, end, &index); slice; slice = next_slice(window, end, &index)) {
        TRY(slices_merge(&window->slices, into, slice->table, err));
        slices_drop(&window->slices, --index);
    }
    window->firing.table = into;
    return STATUS_OK;
}

static bool has_one_slice(WindowAggregate *window, Time end, int64_t index)
{
    return is_attached(window) || !next_slice(window, end, &index);
}

/* false: no window is due. */
static Status take_window(Op *op, bool *is_due, Error *err)
{
    WindowAggregate *window = op->state;
    Firing          *firing = &window->firing;
    int64_t          index = 0;
    Time             end = slices_next_end(&window->slices);
    *is_due = end != TIME_MAX && window_fire_time(window->input.zone, end) <= firing->upto;
    if (!*is_due)
        return STATUS_OK;
    Slice *oldest = next_slice(window, end, &index);
    firing->end = end;
    firing->start = is_attached(window) ? oldest->from : window_start_of(&window->input.grid, end);
    firing->position = 0;
    firing->is_merged = false;
    if (window->input.spec->kind == WINDOW_CUMULATE)
        return merge_cumulate(op, oldest, index, err);
    if (!has_one_slice(window, end, index))
        return merge_hop(window, end, err);
    firing->table = oldest->table;
    return STATUS_OK;
}

/* false: stopped, the output is not wanted now. */
static Status emit_window(Op *op, bool *is_complete, Error *err)
{
    WindowAggregate *window = op->state;
    Firing          *firing = &window->firing;
    *is_complete = false;
    for (;;) {
        if (window_output_is_full(&window->output))
            TRY(flush(op, err));
        if (window->output.count == 0 && !op_can_emit(op))
            return STATUS_OK;
        void *block = key_table_next(firing->table, &firing->position);
        if (!block)
            break;
        if (!window->skips_empty || aggregate_set_row_count(window->set, block) > 0)
            window_output_add(&window->output, key_of_block(block), block, firing->start, firing->end);
    }
    *is_complete = true;
    return STATUS_OK;
}

/* Slices go on to their next window, or go. */
static void finish_window(WindowAggregate *window)
{
    Firing *firing = &window->firing;
    if (firing->is_merged)
        slices_retire(&window->slices, firing->table);
    firing->table = NULL;
    firing->is_merged = false;
    for (int64_t i = window->slices.count - 1; i >= 0; i--) {
        Slice *slice = &window->slices.items[i];
        bool   is_in = slice->next_end == firing->end && (!is_attached(window) || slice->from == firing->start);
        if (!is_in)
            continue;
        if (is_attached(window) || firing->end >= window_last_end(&window->input.grid, slice->end))
            slices_drop(&window->slices, i);
        else
            slice->next_end += window->input.grid.step;
    }
}

static void count_state(Op *op)
{
    const WindowAggregate *window = op->state;
    counter_set(&op->counters->state_rows, slices_rows(&window->slices));
    counter_set(&op->counters->state_bytes, slices_size(&window->slices));
}

static Status finish_firing(Op *op, Error *err)
{
    WindowAggregate *window = op->state;
    Firing          *firing = &window->firing;
    TRY(flush(op, err));
    op_unblock(op);
    count_state(op);
    if (window->input.spec->is_proctime)
        set_timer(op);
    return firing->forwards ? op_emit_watermark(op, firing->upto, err) : STATUS_OK;
}

static Status fire(Op *op, Error *err)
{
    WindowAggregate *window = op->state;
    Firing          *firing = &window->firing;
    for (;;) {
        bool is_due = true;
        bool is_complete = true;
        if (!firing->table)
            TRY(take_window(op, &is_due, err));
        if (!is_due)
            return finish_firing(op, err);
        TRY(emit_window(op, &is_complete, err));
        if (!is_complete) {
            op_block(op);
            return STATUS_OK;
        }
        finish_window(window);
    }
}

static Status start_firing(Op *op, Time upto, bool forwards, Error *err)
{
    WindowAggregate *window = op->state;
    window->firing = (Firing){ .forwards = forwards, .upto = upto };
    if (upto > window->input.closed)
        window->input.closed = upto;
    return fire(op, err);
}

static Status window_aggregate_watermark(Op *op, Time watermark, Error *err)
{
    const WindowAggregate *window = op->state;
    if (window->input.spec->is_proctime)
        return op_emit_watermark(op, watermark, err);
    return start_firing(op, watermark, true, err);
}

static Status window_aggregate_timer(Op *op, int64_t now_ms, Error *err)
{
    return start_firing(op, now_ms - 1, false, err);
}

const OpType op_window_aggregate = {
    .name = "window aggregate",
    .state_size = sizeof(WindowAggregate),
    .open = window_aggregate_open,
    .on_batch = window_aggregate_batch,
    .on_watermark = window_aggregate_watermark,
    .on_timer = window_aggregate_timer,
    .resume = fire,
    .close = window_aggregate_close,
};
