/* window_input.c: see window_input.h.
 *
 * The usual batch has no row that could be late: then its slices come out of one loop with a division per change of
 * slice. Only when a row is not younger than what its split has seen are rows judged one by one, with the answers of
 * the last slice remembered. */
#include "runtime/operators/window_input.h"

#include "runtime/operators/late.h"
#include "runtime/operators/null_rowtime.h"
#include "runtime/time/watermark.h"

void window_input_open(WindowInput *input, const PlanWindowSpec *spec, const Zone *zone)
{
    *input = (WindowInput){ .spec = spec, .closed = TIME_MIN };
    input->grid = window_grid(spec, zone);
    input->zone = spec->is_local && zone != zone_utc ? zone : NULL;
}

/* ---- times ----------------------------------------------------------------------------------------------------------- */

/* Instants, or for windows that rows bring themselves the windows' ends. */
static Status row_times(const WindowInput *input, const Op *op, const Batch *batch, Time *times, Error *err)
{
    const PlanWindowSpec *spec = input->spec;
    if (spec->is_proctime && spec->kind != WINDOW_ATTACHED) {
        for (int64_t i = 0; i < batch->rows; i++)
            times[i] = op->now_ms;
        return STATUS_OK;
    }
    int32_t column = spec->kind == WINDOW_ATTACHED ? spec->end_column : spec->time;
    if (column_times(&batch->columns[column], batch->rows, 0, times) && !spec->is_legacy)
        return null_rowtime_error(op, err);
    return STATUS_OK;
}

/* Could any window of these rows have closed? A window closes after the times in it, so old rows alone can tell. The
 * clock may be set back, which makes no row late. */
static bool may_be_late(const WindowInput *input, const Batch *batch, const Time *times)
{
    Time lowest = TIME_MAX;
    if (input->spec->is_proctime)
        return false;
    if (batch->seen_watermark)
        return true;
    for (int64_t i = 0; i < batch->rows; i++)
        lowest = times[i] < lowest ? times[i] : lowest;
    if (input->spec->kind == WINDOW_ATTACHED)
        return window_fire_time(input->zone, lowest) <= input->closed;
    return lowest <= input->closed;
}

/* ---- the usual way ------------------------------------------------------------------------------------------------ */

static bool has_gaps(const WindowGrid *grid)
{
    return grid->kind == WINDOW_HOP && grid->step > grid->size;
}

static void first_windows(const WindowInput *input, const Batch *batch, WindowRows *rows)
{
    Time end = TIME_MIN;
    Time from = TIME_MIN;
    for (int64_t i = 0; i < batch->rows; i++) {
        if (rows->ends[i] != end) {
            end = rows->ends[i];
            from = window_first_end(&input->grid, end);
        }
        rows->froms[i] = from;
    }
}

/* ---- row by row ----------------------------------------------------------------------------------------------------- */

/* Windows of one slice. */
typedef struct SliceWindows {
    Time slice_end;
    Time first_end, last_end;
    Time first_fires, last_fires;
    bool has_window;
} SliceWindows;

static SliceWindows slice_windows(const WindowInput *input, Time slice_end)
{
    SliceWindows windows = { .slice_end = slice_end, .first_end = slice_end, .last_end = slice_end };
    if (input->spec->kind != WINDOW_ATTACHED) {
        windows.first_end = window_first_end(&input->grid, slice_end);
        windows.last_end = window_last_end(&input->grid, slice_end);
    }
    windows.has_window = windows.first_end <= windows.last_end;
    windows.first_fires = window_fire_time(input->zone, windows.first_end);
    windows.last_fires = window_fire_time(input->zone, windows.last_end);
    return windows;
}

/* Time of the row for the lateness figures: its own, or for brought windows the end's instant. */
static Time time_for_count(const WindowInput *input, const Time *instants, int64_t row, const SliceWindows *windows)
{
    return input->spec->kind == WINDOW_ATTACHED ? windows->last_fires : instants[row];
}

static Time first_open_window(const WindowInput *input, const SliceWindows *windows, Time watermark)
{
    if (windows->first_fires > watermark)
        return windows->first_end;
    return window_first_open_end(&input->grid, windows->first_end, watermark);
}

static Status judge_rows(const WindowInput *input, Op *op, Batch *batch, const Time *instants, WindowRows *rows, Error *err)
{
    int32_t     *kept = buf_new(batch->buf, int32_t, batch->rows);
    int64_t      count = 0;
    LateCount    late = late_begin(op, batch);
    SliceWindows windows = slice_windows(input, rows->ends[0]);
    bool         is_attached = input->spec->kind == WINDOW_ATTACHED;
    Time         closed = input->spec->is_proctime ? TIME_MIN : input->closed;
    for (int64_t i = 0; i < batch->rows; i++) {
        Time seen = batch->seen_watermark ? batch->seen_watermark[i] : TIME_MIN;
        Time watermark = seen > closed ? seen : closed;
        if (rows->ends[i] != windows.slice_end)
            windows = slice_windows(input, rows->ends[i]);
        if (!windows.has_window)
            continue;
        if (windows.last_fires <= watermark) {
            late_add(&late, watermark, time_for_count(input, instants, i, &windows), i);
            continue;
        }
        if (!is_attached)
            rows->froms[i] = first_open_window(input, &windows, watermark);
        rows->ends[count] = rows->ends[i];
        rows->froms[count] = rows->froms[i];
        kept[count++] = (int32_t)i;
    }
    TRY(late_publish(&late, op, batch, err));
    batch_select(batch, kept, count);
    return STATUS_OK;
}

/* ---- together -------------------------------------------------------------------------------------------------------- */

static bool is_one_slice(const WindowRows *rows, int64_t count)
{
    for (int64_t i = 1; i < count; i++)
        if (rows->ends[i] != rows->ends[0] || rows->froms[i] != rows->froms[0])
            return false;
    return true;
}

Status window_input_rows(const WindowInput *input, Op *op, Batch *batch, WindowRows *out, Error *err)
{
    bool is_attached = input->spec->kind == WINDOW_ATTACHED;
    if (op->plan->errors != ERROR_POLICY_FAIL && !is_attached && !input->spec->is_proctime && !input->spec->is_legacy)
        TRY(null_rowtime_drop(op, batch, input->spec->time, NULL, err));
    Time *times = buf_new(batch->buf, Time, batch->rows);
    out->ends = buf_new(batch->buf, Time, batch->rows);
    out->froms = buf_new(batch->buf, Time, batch->rows);
    TRY(row_times(input, op, batch, times, err));
    bool is_judged = may_be_late(input, batch, times) || (!is_attached && has_gaps(&input->grid));
    if (is_attached) {
        memcpy(out->ends, times, (size_t)batch->rows * sizeof(Time));
        column_times(&batch->columns[input->spec->start_column], batch->rows, 0, out->froms);
        out->is_one = false;
    } else {
        Time *local = times;
        if (input->zone && is_judged) {
            local = buf_new(batch->buf, Time, batch->rows);
            memcpy(local, times, (size_t)batch->rows * sizeof(Time));
        }
        times_to_local(input->zone, local, batch->rows);
        out->is_one = slice_ends_of(&input->grid, local, batch->rows, out->ends);
    }
    if (is_judged) {
        TRY(judge_rows(input, op, batch, times, out, err));
        out->is_one = is_one_slice(out, batch->rows);
    } else if (!is_attached) {
        first_windows(input, batch, out);
    }
    return STATUS_OK;
}

int64_t window_rows_run(const WindowRows *rows, int64_t start, int64_t count)
{
    int64_t end = start + 1;
    if (rows->is_one)
        return count;
    while (end < count && rows->ends[end] == rows->ends[start] && rows->froms[end] == rows->froms[start])
        end++;
    return end;
}

bool window_input_place(const WindowInput *input, Time end, Time *from, Time *next_end)
{
    if (input->closed == TIME_MAX)
        return false;
    if (input->spec->kind == WINDOW_ATTACHED) {
        *next_end = end;
        return window_fire_time(input->zone, end) > input->closed;
    }
    *from = window_first_open_end(&input->grid, *from, input->closed);
    *next_end = *from;
    return *from <= window_last_end(&input->grid, end);
}
