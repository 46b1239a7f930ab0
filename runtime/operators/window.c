/* window.c: a window function without aggregation: each row once per window that holds it, with the window in three
 * more columns.
 *
 * TUMBLE is one row per row. HOP gives a row's windows latest first, CUMULATE shortest first, as the dialect does; one
 * batch may become many, so they are made piece by piece and stop when the next operators have had enough. Rows without
 * a time are left out and counted; late rows pass (what follows judges them). */
#include "runtime/operators/operators.h"

#include "runtime/operators/null_rowtime.h"
#include "runtime/operators/window_output.h"
#include "runtime/time/watermark.h"
#include "runtime/time/window.h"

typedef struct Window {
    WindowGrid  grid;
    const Zone *zone;
    Batch      *batch;  /* in progress */
    Time       *times;
    int64_t     row;    /* next row ... */
    int64_t     nth;    /* ... and which of its windows */
    int32_t     rows[BATCH_ROWS]; /* the piece: input rows and their windows */
    Time        starts[BATCH_ROWS];
    Time        ends[BATCH_ROWS];
    int64_t     count;
} Window;

static Status window_open(Op *op, Error *err)
{
    (void)err;
    Window *window = op->state;
    window->grid = window_grid(&op->plan->window.window, op->eval.zone);
    window->zone = window->grid.zone;
    return STATUS_OK;
}

static void window_close(Op *op)
{
    Window *window = op->state;
    batch_release(window->batch);
    window->batch = NULL;
}

/* Fills the piece; false when all rows are done. */
static bool fill_piece(Window *window)
{
    const WindowGrid *grid = &window->grid;
    window->count = 0;
    for (; window->row < window->batch->rows; window->row++, window->nth = 0) {
        Time    first_end;
        int64_t windows = window_count(grid, window->times[window->row], &first_end);
        for (; window->nth < windows; window->nth++) {
            if (window->count == BATCH_ROWS)
                return true;
            int64_t at = grid->kind == WINDOW_HOP ? windows - 1 - window->nth : window->nth;
            window->rows[window->count] = (int32_t)window->row;
            window->ends[window->count] = first_end + at * grid->step;
            window->starts[window->count] = window_start_of(grid, window->ends[window->count]);
            window->count++;
        }
    }
    return window->count > 0;
}

static void gather_marks(const Window *window, const Batch *in, Batch *out)
{
    batch_gather_origins(out, in, window->rows, window->count);
    if (in->kinds) {
        out->kinds = buf_new(out->buf, uint8_t, window->count);
        for (int64_t i = 0; i < window->count; i++)
            out->kinds[i] = in->kinds[window->rows[i]];
    }
    if (in->seen_watermark) {
        out->seen_watermark = buf_new(out->buf, Time, window->count);
        for (int64_t i = 0; i < window->count; i++)
            out->seen_watermark[i] = in->seen_watermark[window->rows[i]];
    }
}

static Batch *make_piece(const Op *op)
{
    const Window *window = op->state;
    const Batch  *in = window->batch;
    Batch        *out = batch_create(in->column_count + 3);
    batch_hold_all(out, in);
    out->rows = window->count;
    for (int32_t i = 0; i < in->column_count; i++)
        column_gather(&in->columns[i], window->rows, window->count, out->buf, &out->columns[i]);
    static const WindowProperty properties[] = { WINDOW_START, WINDOW_END, WINDOW_ROWTIME };
    for (int32_t i = 0; i < 3; i++) {
        int32_t column = in->column_count + i;
        window_property_column(properties[i], op->plan->fields[column].type, window->zone, op->now_ms, window->starts,
                               window->ends,
                               window->count, out->buf, &out->columns[column]);
    }
    gather_marks(window, in, out);
    return out;
}

static Status window_resume(Op *op, Error *err)
{
    Window *window = op->state;
    while (window->batch) {
        if (!op_can_emit(op)) {
            op_block(op);
            return STATUS_OK;
        }
        if (!fill_piece(window)) {
            batch_release(window->batch);
            window->batch = NULL;
            break;
        }
        TRY(op_emit(op, make_piece(op), err));
    }
    op_unblock(op);
    return STATUS_OK;
}

static Status window_batch(Op *op, Batch *batch, Error *err)
{
    const PlanWindowSpec *spec = &op->plan->window.window;
    Window               *window = op->state;
    window->batch = batch;
    window->row = window->nth = 0;
    if (!spec->is_proctime)
        TRY(null_rowtime_drop(op, batch, spec->time, NULL, err)); /* the batch is closed with the operator */
    window->times = buf_new(batch->buf, Time, batch->rows);
    if (spec->is_proctime) {
        for (int64_t i = 0; i < batch->rows; i++)
            window->times[i] = op->now_ms;
    } else {
        column_times(&batch->columns[spec->time], batch->rows, 0, window->times);
    }
    times_to_local(window->zone, window->times, batch->rows);
    return window_resume(op, err);
}

const OpType op_window = {
    .name = "window",
    .state_size = sizeof(Window),
    .open = window_open,
    .on_batch = window_batch,
    .resume = window_resume,
    .close = window_close,
};
