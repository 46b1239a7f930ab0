/* window_aggregate.c: GROUP BY key, window.
 *
 *   on_batch:      row -> slice; states[slice, key].add(row)
 *   on_watermark:  for each window that ends at or before it, lowest first:
 *                      result = states of its slices, merged; emit; drop slices that no later window needs
 *                  then pass the watermark on
 *
 * A row is stored once, in its slice, however many windows overlap it. TUMBLE, and windows that rows bring themselves,
 * have one slice per window; HOP merges the slices of a window into a table of its own, or keeps that table from window to window (Total) if
 * states can be taken out again: then a window costs its newest and its oldest slice, however many overlap; CUMULATE merges into its oldest
 * slice, which only grows. Windows without rows do not exist. Processing-time windows do the same by the clock; those
 * that are open at the end of a bounded input give nothing, as in the dialect.
 *
 * Emission stops when the next operators have had enough and goes on in resume. */
#include "runtime/operators/operators.h"

#include "runtime/operators/window_output.h"
#include "runtime/operators/window_partial.h"

/* The window whose results are on their way. */
typedef struct Firing {
    bool      forwards; /* the watermark goes on when all is emitted */
    Time      upto;     /* windows with a fire time at or before this */
    KeyTable *table;    /* NULL: take the next window */
    bool      is_merged; /* table belongs to no slice */
    Time      start, end;
    int64_t   position;
} Firing;

/* HOP: the merged states of all slices of the window that ends at `end`. Not saved: the first window after a restore merges them all. */
typedef struct Total {
    KeyTable *table; /* NULL: none yet */
    Time      end;
} Total;

typedef struct WindowAggregate {
    WindowState  state;
    WindowOutput output;
    Firing       firing;
    Total        total;
    bool         takes_partials; /* the rows have been aggregated once, see window_local.c */
    bool         skips_empty;    /* HOP: a key whose rows were all retracted has no window */
} WindowAggregate;

static Status window_aggregate_open(Op *op, Error *err)
{
    (void)err;
    const PlanWindowAggregate   *plan = &op->plan->window_aggregate;
    const WindowAggregateConfig *config = op->config;
    WindowAggregate             *window = op->state;
    bool                         retracts = op->plan->inputs[0]->changelog != CHANGELOG_INSERT;
    window->takes_partials = config && config->takes_partials;
    window->skips_empty = retracts && plan->window.kind == WINDOW_HOP;
    window_state_open(&window->state, op, retracts || window->takes_partials);
    window_output_open(&window->output, op, window->state.set);
    return STATUS_OK;
}

static void window_aggregate_close(Op *op)
{
    WindowAggregate *window = op->state;
    if (window->firing.is_merged && window->firing.table)
        slices_retire(&window->state.slices, window->firing.table);
    if (window->total.table)
        slices_retire(&window->state.slices, window->total.table);
    window_state_free(&window->state);
}

/* ---- rows in ---------------------------------------------------------------------------------------------------------- */

/* The clock's turn; a window has ended when the clock is behind its last millisecond. */
static void set_timer(Op *op)
{
    const WindowAggregate *window = op->state;
    Time                   next_end = slices_next_end(&window->state.slices);
    op->timer_ms = next_end == TIME_MAX ? TIME_MAX : window_fire_time(window->state.input.zone, next_end) + 1;
}

static Status window_aggregate_batch(Op *op, Batch *batch, Error *err)
{
    WindowAggregate *window = op->state;
    Status           status = window->takes_partials ? window_partial_add(&window->state, op, batch, err)
                                                     : window_state_add(&window->state, op, batch, err);
    batch_release(batch);
    if (window->state.input.spec->is_proctime)
        set_timer(op);
    return status;
}

/* ---- windows out ------------------------------------------------------------------------------------------------------ */

static bool is_attached(const WindowAggregate *window)
{
    return window->state.input.spec->kind == WINDOW_ATTACHED;
}

static Status flush(Op *op, Error *err)
{
    WindowAggregate *window = op->state;
    TRY(window_output_flush(&window->output, op, err));
    slices_recycle(&window->state.slices);
    return STATUS_OK;
}

/* The slices of the window are exactly those that it is the next one of: all earlier windows have been fired. */
static Slice *next_slice(WindowAggregate *window, Time end, int64_t *index)
{
    for (; *index < window->state.slices.count; (*index)++)
        if (window->state.slices.items[*index].next_end == end)
            return &window->state.slices.items[(*index)++];
    return NULL;
}

/* Merges the window's slices with indexes in [first, last). */
static Status merge_slices(WindowAggregate *window, Time end, int64_t first, int64_t last, Error *err)
{
    Slices *slices = &window->state.slices;
    for (int64_t i = first; i < last; i++)
        if (slices->items[i].next_end == end)
            TRY(slices_merge(slices, window->firing.table, slices->items[i].table, err));
    return STATUS_OK;
}

/* In the dialect's order, which aggregates such as LISTAGG show: the window function merges the newest slice first, the
 * old group window the oldest. Slices of the same time (see Slice) stay in the order of their rows. */
static Status merge_hop(WindowAggregate *window, Time end, Error *err)
{
    const Slices *slices = &window->state.slices;
    window->firing.table = slices_take_table(&window->state.slices);
    window->firing.is_merged = true;
    if (window->state.input.spec->is_legacy)
        return merge_slices(window, end, 0, slices->count, err);
    for (int64_t last = slices->count, first; last > 0; last = first) {
        for (first = last - 1; first > 0 && slices->items[first - 1].end == slices->items[last - 1].end; first--)
            ;
        TRY(merge_slices(window, end, first, last, err));
    }
    return STATUS_OK;
}

/* Slices that are in the window of the total are there already: only those whose rows count for the first time are added. */
static Status add_to_total(WindowAggregate *window, Time end, Error *err)
{
    Total  *total = &window->total;
    Slices *slices = &window->state.slices;
    bool    is_next = total->table && total->end == end - window->state.input.grid.step;
    if (!is_next && total->table)
        slices_retire(slices, total->table);
    if (!is_next)
        total->table = slices_take_table(slices);
    for (int64_t i = 0; i < slices->count; i++) {
        const Slice *slice = &slices->items[i];
        if (slice->next_end == end && (!is_next || slice->from == end))
            TRY(slices_merge(slices, total->table, slice->table, err));
    }
    total->end = end;
    window->firing.table = total->table;
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
        TRY(slices_merge(&window->state.slices, into, slice->table, err));
        slices_drop(&window->state.slices, --index);
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
    Time             end = slices_next_end(&window->state.slices);
    *is_due = end != TIME_MAX && window_fire_time(window->state.input.zone, end) <= firing->upto;
    if (!*is_due)
        return STATUS_OK;
    Slice *oldest = next_slice(window, end, &index);
    firing->end = end;
    firing->start = is_attached(window) ? oldest->from : window_start_of(&window->state.input.grid, end);
    firing->position = 0;
    firing->is_merged = false;
    if (window->state.input.spec->kind == WINDOW_CUMULATE)
        return merge_cumulate(op, oldest, index, err);
    if (window->state.keeps_total)
        return add_to_total(window, end, err);
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
        if (!window->skips_empty || aggregate_set_row_count(window->state.set, block) > 0)
            window_output_add(&window->output, key_of_block(block), block, firing->start, firing->end);
    }
    *is_complete = true;
    return STATUS_OK;
}

static void drop_slice(WindowAggregate *window, int64_t index)
{
    if (window->total.table)
        slices_unmerge(&window->state.slices, window->total.table, window->state.slices.items[index].table);
    slices_drop(&window->state.slices, index);
}

/* Slices go on to their next window, or go. */
static Status finish_window(Op *op, Error *err)
{
    WindowAggregate *window = op->state;
    Firing          *firing = &window->firing;
    if (window->total.table)
        TRY(flush(op, err)); /* rows that wait in the output would change */
    if (firing->is_merged)
        slices_retire(&window->state.slices, firing->table);
    firing->table = NULL;
    firing->is_merged = false;
    for (int64_t i = window->state.slices.count - 1; i >= 0; i--) {
        Slice *slice = &window->state.slices.items[i];
        bool   is_in = slice->next_end == firing->end && (!is_attached(window) || slice->from == firing->start);
        if (!is_in)
            continue;
        if (is_attached(window) || firing->end >= window_last_end(&window->state.input.grid, slice->end))
            drop_slice(window, i);
        else
            slice->next_end += window->state.input.grid.step;
    }
    return STATUS_OK;
}

static Status finish_firing(Op *op, Error *err)
{
    WindowAggregate *window = op->state;
    Firing          *firing = &window->firing;
    TRY(flush(op, err));
    op_unblock(op);
    window_state_count(&window->state, op->counters);
    if (window->state.input.spec->is_proctime)
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
        TRY(finish_window(op, err));
    }
}

static Status start_firing(Op *op, Time upto, bool forwards, Error *err)
{
    WindowAggregate *window = op->state;
    window->firing = (Firing){ .forwards = forwards, .upto = upto };
    if (upto > window->state.input.closed)
        window->state.input.closed = upto;
    return fire(op, err);
}

static Status window_aggregate_watermark(Op *op, Time watermark, Error *err)
{
    const WindowAggregate *window = op->state;
    if (window->state.input.spec->is_proctime)
        return op_emit_watermark(op, watermark, err);
    return start_firing(op, watermark, true, err);
}

static Status window_aggregate_timer(Op *op, int64_t now_ms, Error *err)
{
    return start_firing(op, now_ms - 1, false, err);
}

/* ---- checkpoints ------------------------------------------------------------------------------------------------------ */

/* No window is on its way then: barriers wait behind it. Those that the end has left open give nothing any more. */
static Status window_aggregate_save(Op *op, Snapshot *out, Error *err)
{
    WindowAggregate *window = op->state;
    return op->has_ended ? STATUS_OK : window_state_save(&window->state, op, false, out, err);
}

static Status window_aggregate_load(Op *op, const SavedState *saved, Error *err)
{
    WindowAggregate *window = op->state;
    TRY(window_state_load(&window->state, op, saved, err));
    window_state_count(&window->state, op->counters);
    if (window->state.input.spec->is_proctime)
        set_timer(op);
    return STATUS_OK;
}

const OpType op_window_aggregate = {
    .name = "window aggregate",
    .state_size = sizeof(WindowAggregate),
    .open = window_aggregate_open,
    .on_batch = window_aggregate_batch,
    .on_watermark = window_aggregate_watermark,
    .on_timer = window_aggregate_timer,
    .resume = fire,
    .save = window_aggregate_save,
    .load = window_aggregate_load,
    .takes_over = &op_window_local,
    .close = window_aggregate_close,
};
