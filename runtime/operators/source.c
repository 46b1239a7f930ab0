/* source.c: reads a table: poll, computed columns, event time, watermark.
 *
 *   poll -> batch of the wanted columns, in runs of splits
 *        -> output columns (computed ones included)
 *        -> watermark expression for all rows; running maximum per split
 *        -> batch->seen_watermark, only when some row is not younger than what its split has seen
 *   emit the batch, then the watermark it causes (lowest of the active splits)
 *
 * Every split has a watermark of its own. Two kinds of source, as in the dialect: one that pushes watermarks down lets
 * rows without event time pass; any other fails at a NULL row time, and never gives a watermark before 1970.
 *
 * A row stamped too far ahead of the clock is counted and does not move the watermark. */
#include "runtime/operators/operators.h"

#include "data/calendar.h"
#include "runtime/operators/late.h"
#include "runtime/operators/null_rowtime.h"
#include "runtime/operators/source_state.h"
#include "runtime/operators/row_errors.h"
#include "runtime/time/alignment.h"
#include "runtime/time/watermark.h"

typedef struct Scan {
    Source         *source;
    const SourceType *type;
    Program       **programs;  /* computed output columns; NULL = the batch as it is */
    Program        *watermark; /* NULL: none */
    Field           watermark_field; /* with NULL in its type */
    SourceTime      time;
    Poll            poll;
    Time            sent_watermark;
    bool            sent_idle;
    int64_t         asked_ms;  /* when the source was last polled */
    bool            had_rows;  /* ... and gave rows: the time since then was spent elsewhere */
    AlignmentGroup *group;
    int32_t         member;
    RestoredSplits  restored;
    bool            is_restored; /* the watermark that was sent before the restore is to be sent again */
} Scan;

/* ---- open and close -------------------------------------------------------------------------------------------- */

static void join_alignment(Op *op)
{
    const PlanScan *plan = &op->plan->scan;
    Scan           *scan = op->state;
    for (int32_t i = 0; i < op->shared->alignment_count; i++) {
        if (plan->alignment_group.len > 0 && str_eq(alignment_name(op->shared->alignment[i]), plan->alignment_group)) {
            scan->group = op->shared->alignment[i];
            scan->member = alignment_join(scan->group);
        }
    }
}

static Status open_programs(Op *op, Error *err)
{
    const PlanScan *plan = &op->plan->scan;
    Scan           *scan = op->state;
    if (plan->exprs) {
        scan->programs = arena_new(op->arena, Program *, op->plan->field_count);
        TRY(programs_create(op->arena, plan->exprs, op->plan->field_count, &op->eval, scan->programs, err));
    }
    if (plan->watermark)
        TRY(program_create(op->arena, plan->watermark, &op->eval, &scan->watermark, err));
    if (plan->watermark)
        scan->watermark_field = (Field){ .name = STR("watermark"), .type = type_with_null(op->arena, plan->watermark->type, true) };
    return STATUS_OK;
}

static Status source_open(Op *op, Error *err)
{
    const PlanScan *plan = &op->plan->scan;
    Scan           *scan = op->state;
    IoSpec         *spec = arena_new(op->arena, IoSpec, 1);
    *spec = (IoSpec){
        .table = plan->table, .arena = op->arena, .columns = plan->columns, .column_count = plan->column_count,
        .fields = plan->fields, .task_index = op->task_index, .task_count = op->task_count, .is_batch = op->shared->plan->is_batch,
        .clock = op->shared->clock, .zone = op->eval.zone, .wakeup = op->wakeup, .counters = op->io,
        .host = op->shared->host, .job_name = op->shared->plan->name, .rowtime = -1, .error_policy = op->plan->errors,
        .is_general = op->eval.is_general,
    };
    scan->type = plan->connector->source;
    scan->sent_watermark = TIME_MIN;
    scan->asked_ms = op->now_ms;
    source_time_init(&scan->time, plan->idle_timeout_ms);
    join_alignment(op);
    TRY(open_programs(op, err));
    return scan->type->open(spec, &scan->source, err);
}

static void source_close(Op *op)
{
    Scan *scan = op->state;
    source_time_free(&scan->time);
    if (scan->group)
        alignment_publish(scan->group, scan->member, TIME_MAX);
    if (scan->source)
        scan->type->close(scan->source);
    scan->source = NULL;
}

/* ---- columns ------------------------------------------------------------------------------------------------------ */

/* Rows were dropped: the runs of splits have what is left of them. */
static void shorten_runs(Poll *poll, const KeptRows *kept)
{
    int64_t end = 0, at = 0;
    for (int32_t i = 0; kept->rows && i < poll->run_count; i++) {
        int64_t first = at;
        end += poll->runs[i].rows;
        while (at < kept->count && kept->rows[at] < end)
            at++;
        poll->runs[i].rows = (int32_t)(at - first);
    }
}

static Status compute_columns(Op *op, Batch *batch, Error *err)
{
    Scan *scan = op->state;
    if (!scan->programs)
        return STATUS_OK;
    KeptRows kept;
    Column  *out = buf_zalloc(batch->buf, op->plan->field_count * (int64_t)sizeof(Column));
    TRY(row_errors_run(op, scan->programs, op->plan->fields, op->plan->field_count, batch, out, &kept, err));
    shorten_runs(&scan->poll, &kept);
    batch->columns = out;
    batch->column_count = op->plan->field_count;
    return STATUS_OK;
}

/* ---- event time ------------------------------------------------------------------------------------------------- */

static void count_nulls(Op *op, const Time *times, int64_t rows)
{
    int64_t nulls = 0;
    for (int64_t i = 0; i < rows; i++)
        nulls += times[i] == TIME_MAX;
    counter_add(&op->counters->null_rowtime, nulls);
}

/* A zone-less stamp may be of UTC or of the local clock: the later of the two readings counts. */
static void hold_back_future(Op *op, const Time *times, Time *marks, int64_t rows)
{
    int64_t local_ms = zone_to_local(op->eval.zone, op->now_ms);
    Time    limit = (local_ms > op->now_ms ? local_ms : op->now_ms) + op->plan->scan.max_future_ms;
    int64_t future = 0;
    for (int64_t i = 0; i < rows; i++) {
        bool is_ahead = times[i] > limit && times[i] != TIME_MAX;
        future += is_ahead;
        marks[i] = is_ahead ? TIME_MIN : marks[i];
    }
    if (future > 0)
        counter_add(&op->counters->future, future);
}

static void ignore_before_1970(Time *marks, int64_t rows)
{
    for (int64_t i = 0; i < rows; i++)
        marks[i] = marks[i] > 0 ? marks[i] : TIME_MIN;
}

/* A watermark that cannot be computed is none, whatever becomes of the row under the policy. */
static Status run_watermark(Op *op, Batch *batch, Column *values, Error *err)
{
    const Scan *scan = op->state;
    Status      status = program_run(scan->watermark, batch, batch->buf, values, err);
    if (status == STATUS_OK || op->plan->errors == ERROR_POLICY_FAIL)
        return status;
    return row_errors_null(op, scan->watermark, &scan->watermark_field, batch, values, err);
}

/* Event times (NULL: TIME_MAX, never late) and the watermark each row causes. */
static Status rows_times(Op *op, Batch *batch, Time *times, Time *marks, Error *err)
{
    const PlanScan *plan = &op->plan->scan;
    const Scan     *scan = op->state;
    Column          values;
    if (column_times(&batch->columns[plan->rowtime], batch->rows, TIME_MAX, times)) {
        if (!scan->type->pushes_watermark)
            return null_rowtime_error(op, err);
        count_nulls(op, times, batch->rows);
    }
    TRY(run_watermark(op, batch, &values, err));
    column_times(&values, batch->rows, TIME_MIN, marks);
    if (plan->max_future_ms >= 0)
        hold_back_future(op, times, marks, batch->rows);
    if (!scan->type->pushes_watermark)
        ignore_before_1970(marks, batch->rows);
    return STATUS_OK;
}

/* Of a source that would fail at them. */
static Status drop_untimed(Op *op, Batch *batch, Error *err)
{
    KeptRows kept;
    Scan    *scan = op->state;
    if (op->plan->errors == ERROR_POLICY_FAIL || scan->type->pushes_watermark)
        return STATUS_OK;
    TRY(null_rowtime_drop(op, batch, op->plan->scan.rowtime, &kept, err));
    shorten_runs(&scan->poll, &kept);
    return STATUS_OK;
}

/* Rows behind the watermark of their own split: what the table brings late, whoever may still take it. */
static Status count_late(Op *op, const Time *times, const Time *seen, int64_t rows, Error *err)
{
    LateCount late = { 0 };
    for (int64_t i = 0; i < rows; i++)
        if (times[i] <= seen[i])
            late_add(&late, seen[i], times[i], -1);
    return late_publish(&late, op, NULL, err);
}

static Status watch_rows(Op *op, Batch *batch, Error *err)
{
    Scan *scan = op->state;
    if (!scan->watermark || batch->rows == 0)
        return STATUS_OK;
    TRY(drop_untimed(op, batch, err));
    if (batch->rows == 0)
        return STATUS_OK;
    Time   *times = buf_new(batch->buf, Time, batch->rows);
    Time   *marks = buf_new(batch->buf, Time, batch->rows);
    Time   *seen = buf_new(batch->buf, Time, batch->rows);
    bool    has_late = false;
    int64_t start = 0;
    TRY(rows_times(op, batch, times, marks, err));
    for (int32_t i = 0; i < scan->poll.run_count; i++) {
        const SplitRun *run = &scan->poll.runs[i];
        int32_t         split = run->split;
        has_late |= source_time_rows(&scan->time, split, times + start, marks + start, run->rows, seen + start,
                                     op->now_ms);
        if (scan->poll.run_watermark[i] != TIME_MIN)
            source_time_mark(&scan->time, split, scan->poll.run_watermark[i]);
        start += run->rows;
    }
    if (has_late)
        TRY(count_late(op, times, seen, batch->rows, err));
    if (has_late || op->shared->is_watermark_read)
        batch->seen_watermark = seen;
    return STATUS_OK;
}

/* Watermarks that the input itself says, for a table without an expression or a poll without rows. */
static void watch_marks(Scan *scan)
{
    for (int32_t i = 0; i < scan->poll.run_count; i++)
        if (scan->poll.run_watermark[i] != TIME_MIN)
            source_time_mark(&scan->time, scan->poll.runs[i].split, scan->poll.run_watermark[i]);
}

static void end_splits(Scan *scan)
{
    for (int32_t i = 0; i < scan->poll.run_count; i++)
        if (scan->poll.runs[i].is_end)
            source_time_end_split(&scan->time, scan->poll.runs[i].split);
}

static Status send_watermark(Op *op, Error *err)
{
    Scan *scan = op->state;
    source_time_merge(&scan->time);
    Merged merged = scan->time.merged;
    if (merged.watermark > scan->sent_watermark) {
        scan->sent_watermark = merged.watermark;
        scan->sent_idle = false;
        TRY(op_emit_watermark(op, merged.watermark, err));
    }
    counter_set(&op->counters->watermark, merged.is_idle ? TIME_MAX : merged.watermark);
    if (scan->group)
        alignment_publish(scan->group, scan->member, merged.is_idle ? TIME_MAX : merged.watermark);
    if (merged.is_idle && !scan->sent_idle) {
        scan->sent_idle = true;
        return op_emit_idle(op, err);
    }
    return STATUS_OK;
}

/* ---- step ---------------------------------------------------------------------------------------------------------- */

static Status source_finish(Op *op, bool is_drained, Error *err)
{
    Scan *scan = op->state;
    op->has_ended = true;
    op->timer_ms = TIME_MAX;
    if (scan->group)
        alignment_publish(scan->group, scan->member, TIME_MAX);
    if (is_drained)
        TRY(op_emit_watermark(op, TIME_MAX, err));
    return op_emit_end(op, err);
}

static int64_t rows_of_runs(const Poll *poll)
{
    int64_t rows = 0;
    for (int32_t i = 0; i < poll->run_count; i++)
        rows += poll->runs[i].rows;
    return rows;
}

static Status take_rows(Op *op, Batch *batch, Error *err)
{
    Scan  *scan = op->state;
    Status status = STATUS_OK;
    if (rows_of_runs(&scan->poll) != batch->rows)
        status = error_set(err, STATUS_INTERNAL, op->plan->span,
                           "the runs of splits do not add up to the rows that were read");
    if (status == STATUS_OK && batch->rows > 0)
        status = compute_columns(op, batch, err);
    if (status == STATUS_OK)
        status = watch_rows(op, batch, err);
    if (status != STATUS_OK) {
        batch_release(batch);
        return status;
    }
    if (batch->rows > 0)
        scan->sent_idle = false;
    return op_emit(op, batch, err);
}

static void prepare_poll(Op *op)
{
    Scan *scan = op->state;
    if (scan->had_rows)
        source_time_forgive(&scan->time, op->now_ms - scan->asked_ms);
    scan->asked_ms = op->now_ms;
    scan->poll.state = POLL_EMPTY;
    scan->poll.wait_ms = -1;
    scan->poll.run_count = 0;
    scan->poll.rejected = NULL;
    for (int32_t i = 0; i < POLL_RUNS_MAX; i++)
        scan->poll.run_watermark[i] = TIME_MIN;
}

static void add_splits(Op *op)
{
    Scan   *scan = op->state;
    int32_t first = scan->time.split_count;
    source_time_add_splits(&scan->time, scan->poll.split_count, op->now_ms);
    source_state_restore(&scan->restored, scan->source, scan->type, &scan->time, first);
}

/* Asks the source and passes on what it gives. */
static Status read_source(Op *op, bool *progress, Error *err)
{
    Scan  *scan = op->state;
    Batch *batch = batch_create(op->plan->scan.column_count);
    prepare_poll(op);
    Status status = scan->type->poll(scan->source, op->shared->batch_rows, batch, &scan->poll, err);
    if (status == STATUS_OK)
        status = op_reject(op, scan->poll.rejected, err);
    else
        batch_release(scan->poll.rejected);
    if (status != STATUS_OK) {
        batch_release(batch);
        return error_at(err, op->plan->span);
    }
    scan->had_rows = scan->poll.state == POLL_ROWS;
    *progress = scan->poll.state != POLL_EMPTY;
    scan->time.has_no_splits = scan->poll.has_no_splits;
    add_splits(op);
    TRY(take_rows(op, batch, err));
    watch_marks(scan);
    end_splits(scan);
    return STATUS_OK;
}

static Status repeat_watermark(Op *op, Error *err)
{
    Scan *scan = op->state;
    scan->is_restored = false;
    scan->sent_watermark = scan->time.merged.watermark;
    return op_emit_watermark(op, scan->sent_watermark, err);
}

/* Or that there are none. Before, positions that a checkpoint gave the source are known to nobody else: no barrier may pass.
 * And it is not held back for the sake of others, who could not go on behind that barrier. */
static bool knows_splits(const Scan *scan)
{
    return scan->time.split_count > 0 || scan->time.has_no_splits;
}

static Status source_step(Op *op, bool *progress, Error *err)
{
    Scan           *scan = op->state;
    const PlanScan *plan = &op->plan->scan;
    StopRequest     stop = op_stop_request(op);
    if (stop != STOP_NOT) {
        *progress = true;
        return source_finish(op, stop == STOP_DRAIN, err);
    }
    if (scan->is_restored)
        TRY(repeat_watermark(op, err));
    if (scan->group && knows_splits(scan) && !alignment_allows(scan->group, scan->time.merged.watermark, plan->alignment_max_drift_ms)) {
        scan->had_rows = true; /* not silent, only held back */
        op->timer_ms = op->now_ms + plan->alignment_interval_ms;
        return STATUS_OK;
    }
    TRY(read_source(op, progress, err));
    int64_t idle_at = source_time_check_idle(&scan->time, op->now_ms);
    op->timer_ms = scan->poll.wait_ms >= 0 ? op->now_ms + scan->poll.wait_ms : TIME_MAX;
    if (idle_at < op->timer_ms)
        op->timer_ms = idle_at;
    if (scan->poll.state == POLL_END) {
        *progress = true;
        return source_finish(op, true, err);
    }
    return send_watermark(op, err);
}

/* The time has come to look again; the step does so. */
static Status source_timer(Op *op, int64_t now_ms, Error *err)
{
    (void)op;
    (void)now_ms;
    (void)err;
    return STATUS_OK;
}

static bool source_may_save(const Op *op)
{
    const Scan *scan = op->state;
    return !scan->type->save || knows_splits(scan);
}

static Status source_save(Op *op, Snapshot *out, Error *err)
{
    (void)err;
    const Scan *scan = op->state;
    source_state_save(scan->source, scan->type, &scan->time, snapshot_part(out, 0));
    return STATUS_OK;
}

static Status source_durable(Op *op, int64_t epoch, Error *err)
{
    (void)epoch;
    (void)err;
    const Scan *scan = op->state;
    if (scan->type->confirm)
        scan->type->confirm(scan->source);
    return STATUS_OK;
}

static Status source_load(Op *op, const SavedState *saved, Error *err)
{
    Scan *scan = op->state;
    TRY(source_state_load(scan->source, scan->type, saved, op->arena, &scan->restored, err));
    scan->time.merged.watermark = scan->restored.merged.watermark;
    scan->is_restored = scan->time.merged.watermark != TIME_MIN;
    return STATUS_OK;
}

const OpType op_source = {
    .name = "source",
    .state_size = sizeof(Scan),
    .open = source_open,
    .step = source_step,
    .may_save = source_may_save,
    .on_timer = source_timer,
    .save = source_save,
    .load = source_load,
    .on_durable = source_durable,
    .close = source_close,
};
