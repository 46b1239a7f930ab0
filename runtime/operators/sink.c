/* sink.c: the end of a branch that writes to a table.
 *
 *   batch:  rows of kinds the sink does not want are left out; a NULL in a NOT NULL column is an error or drops the row;
 *           then written piece by piece: a sink that takes only a part blocks the operator with the rest
 *   barrier: a sink that commits epochs seals one; any other is flushed first
 *   end:    flush until everything has been accepted, then finish; in a job with checkpoints, one of them must say so before that is
 *           the end
 *
 * Between batches the sink gets its tick: rolling of files, partial batches, the client library's own needs. */
#include "runtime/operators/operators.h"

#include "runtime/operators/row_errors.h"
#include "runtime/operators/sink_epochs.h"

enum { TICK_MS = 10, QUIET_TICK_MS = 100, BUSY_RETRY_MS = 2, COMMIT_RETRY_MS = 1 };

/* What it is blocked with. */
typedef enum SinkWork {
    WORK_NONE,
    WORK_RECOVER,       /* which epoch does the other side hold? */
    WORK_WRITE,         /* the rest of a batch */
    WORK_FLUSH_BARRIER, /* then the barrier goes on */
    WORK_FLUSH_END,
    WORK_AWAIT_EPOCH    /* the end is to be in a checkpoint */
} SinkWork;

typedef struct SinkState {
    Sink           *sink;
    const SinkType *type;
    Batch          *batch; /* being written */
    int64_t         written;
    SinkWork        work;
    int64_t         barrier;     /* FLUSH_BARRIER: its epoch */
    bool            has_written; /* since the last tick */
    SinkEpochs      epochs;
} SinkState;

static void block(Op *op, SinkWork work)
{
    SinkState *state = op->state;
    state->work = work;
    op_block(op);
}

static void unblock(Op *op)
{
    SinkState *state = op->state;
    state->work = WORK_NONE;
    op_unblock(op);
}

static Status sink_open(Op *op, Error *err)
{
    const PlanSink *plan = &op->plan->sink;
    SinkState      *state = op->state;
    IoSpec         *spec = arena_new(op->arena, IoSpec, 1);
    *spec = (IoSpec){
        .table = plan->table, .arena = op->arena, .columns = plan->columns, .column_count = op->plan->field_count,
        .task_index = op->task_index, .task_count = op->task_count, .is_batch = op->shared->plan->is_batch,
        .clock = op->shared->clock, .zone = op->eval.zone, .wakeup = op->wakeup, .counters = op->io,
        .host = op->shared->host, .job_name = op->shared->plan->name, .rowtime = plan->rowtime,
    };
    if (op->shared->epochs) {
        spec->has_epochs = true;
        spec->job_id = op->shared->epochs->job_id;
        spec->sink_number = op->number;
        spec->hurry = epochs_hurry;
        spec->hurry_context = op->shared->epochs;
    }
    state->type = plan->connector->sink;
    if (state->type->tick)
        op->timer_ms = op->now_ms + TICK_MS;
    TRY(state->type->open(spec, &state->sink, err));
    sink_epochs_open(&state->epochs, op, state->type, state->sink);
    if (!state->epochs.is_recovered)
        block(op, WORK_RECOVER);
    return STATUS_OK;
}

static void sink_close(Op *op)
{
    SinkState *state = op->state;
    batch_release(state->batch);
    state->batch = NULL;
    if (state->sink)
        state->type->close(state->sink);
    state->sink = NULL;
}

/* ---- rows it does not take ----------------------------------------------------------------------------------------- */

static bool drops_bad_rows(const Op *op)
{
    return op->plan->errors == ERROR_POLICY_SKIP || op->plan->errors == ERROR_POLICY_DEAD_LETTER;
}

static void drop_kinds(Batch *batch, Changelog accepts)
{
    if (!batch->kinds)
        return;
    int32_t *rows = buf_new(batch->buf, int32_t, batch->rows);
    int64_t  count = 0;
    for (int64_t i = 0; i < batch->rows; i++) {
        rows[count] = (int32_t)i;
        count += accepts >> batch->kinds[i] & 1;
    }
    batch_select(batch, rows, count);
}

static Status null_error(const Op *op, int32_t column, Error *err)
{
    const PlanSink *plan = &op->plan->sink;
    Str             name = plan->table->columns[plan->columns[column]].name;
    error_set(err, STATUS_DATA, op->plan->span,
              "Column '%.*s' is NOT NULL, however, a null value is being written into it. You can set job configuration "
              "'table.exec.sink.not-null-enforcer'='DROP' to suppress this exception and drop such records silently.",
              STR_FMT(name));
    return STATUS_DATA;
}

/* keep[i] = 0 for rows with a NULL where none may be; *column is the first such column of the first such row, or -1. */
static void find_nulls(const Op *op, const Batch *batch, uint8_t *keep, int32_t *column)
{
    int64_t first_row = batch->rows;
    memset(keep, 1, (size_t)batch->rows);
    *column = -1;
    for (int32_t c = 0; c < batch->column_count; c++) {
        if (!op->plan->sink.not_null[c] || !batch->columns[c].valid)
            continue;
        for (int64_t i = 0; i < batch->rows; i++) {
            if (!column_is_null(&batch->columns[c], i))
                continue;
            keep[i] = 0;
            if (i < first_row) {
                first_row = i;
                *column = c;
            }
        }
    }
}

/* Each with the name of its first column that is wrong: one column after the other, as they stand in the table. */
static Status send_null_rows(Op *op, const Batch *batch, const uint8_t *keep, Error *err)
{
    const PlanSink *plan = &op->plan->sink;
    int32_t        *rows = buf_new(batch->buf, int32_t, batch->rows);
    uint8_t        *is_sent = buf_zalloc(batch->buf, batch->rows);
    for (int32_t c = 0; op->rejects && c < batch->column_count; c++) {
        int64_t count = 0;
        if (!plan->not_null[c] || !batch->columns[c].valid)
            continue;
        for (int64_t i = 0; i < batch->rows; i++) {
            if (keep[i] || is_sent[i] || !column_is_null(&batch->columns[c], i))
                continue;
            is_sent[i] = 1;
            rows[count++] = (int32_t)i;
        }
        TRY(row_errors_send(op, batch, rows, count, "sink", "null", plan->table->columns[plan->columns[c]].name,
                            "a NULL for a column that is NOT NULL in the table that is written", err));
    }
    return STATUS_OK;
}

static Status enforce_not_null(Op *op, Batch *batch, Error *err)
{
    int32_t column;
    int64_t count = 0;
    if (!op->plan->sink.not_null)
        return STATUS_OK;
    uint8_t *keep = buf_new(batch->buf, uint8_t, batch->rows);
    find_nulls(op, batch, keep, &column);
    if (column < 0)
        return STATUS_OK;
    if (!op->plan->sink.drops_null_rows && !drops_bad_rows(op))
        return null_error(op, column, err);
    if (drops_bad_rows(op))
        TRY(send_null_rows(op, batch, keep, err));
    int32_t *rows = buf_new(batch->buf, int32_t, batch->rows);
    for (int64_t i = 0; i < batch->rows; i++) {
        rows[count] = (int32_t)i;
        count += keep[i];
    }
    counter_add(&op->counters->refused, batch->rows - count);
    batch_select(batch, rows, count);
    return STATUS_OK;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static void batch_done(SinkState *state)
{
    batch_release(state->batch);
    state->batch = NULL;
    state->written = 0;
}

/* Rows up to `end`. */
static Status write_until(SinkState *state, int64_t end, int64_t *taken, Error *err)
{
    Batch part = *state->batch;
    part.rows = end;
    *taken = 0;
    Status status = state->type->write(state->sink, &part, state->written, taken, err);
    state->written += *taken;
    return status;
}

static Status send_refused(Op *op, int64_t row, Error *why, Error *err)
{
    const SinkState *state = op->state;
    int32_t          rows[] = { (int32_t)row };
    Str              column = state->type->refused_column ? state->type->refused_column(state->sink) : (Str){ NULL, 0 };
    counter_add(&op->counters->refused, 1);
    return row_errors_send(op, state->batch, rows, 1, "sink", "refused", column, why->message, err);
}

/* Some row from `written` on is refused: finds the first by halves, those before it being written meanwhile, and leaves it out. Of a sink that
 * knows which it is, it is the first of all. */
static Status leave_out_refused(Op *op, bool *is_full, Error *err)
{
    SinkState *state = op->state;
    int64_t    end = state->batch->rows, taken;
    Error      why = ERROR_NONE;
    for (int64_t size = 1;; size = (end - state->written + 1) / 2) {
        int64_t middle = state->written + size;
        error_clear(&why);
        Status status = write_until(state, middle, &taken, &why);
        if (status == STATUS_REFUSED && middle - state->written == 1)
            return send_refused(op, state->written++, &why, err);
        if (status == STATUS_REFUSED) {
            end = middle;
        } else if (status != STATUS_OK) {
            *err = why;
            return status;
        } else if (state->written < middle || state->written == end) {
            *is_full = state->written < middle;
            return STATUS_OK;
        }
    }
}

/* As much as it takes now. */
static Status write_some(Op *op, Error *err)
{
    SinkState *state = op->state;
    bool       is_full = false;
    while (state->written < state->batch->rows && !is_full) {
        int64_t taken;
        Status  status = write_until(state, state->batch->rows, &taken, err);
        if (status == STATUS_REFUSED && drops_bad_rows(op)) {
            error_clear(err);
            TRY(leave_out_refused(op, &is_full, err));
            continue;
        }
        error_at(err, op->plan->span);
        TRY(status);
        is_full = taken == 0;
    }
    if (state->written == state->batch->rows) {
        batch_done(state);
        unblock(op);
        return STATUS_OK;
    }
    op->timer_ms = op->now_ms + BUSY_RETRY_MS;
    block(op, WORK_WRITE);
    return STATUS_OK;
}

static Status sink_batch(Op *op, Batch *batch, Error *err)
{
    SinkState *state = op->state;
    state->batch = batch;
    state->has_written = true;
    sink_epochs_note_rows(&state->epochs);
    if (state->type->tick && op->timer_ms > op->now_ms + TICK_MS)
        op->timer_ms = op->now_ms + TICK_MS;
    drop_kinds(batch, op->plan->sink.accepts);
    TRY(enforce_not_null(op, batch, err));
    return write_some(op, err);
}

/* ---- barriers and the end ----------------------------------------------------------------------------------------------- */

/* false: blocked, there is more to do. */
static Status flush_some(Op *op, SinkWork work, bool *is_done, Error *err)
{
    SinkState *state = op->state;
    TRY(state->type->flush(state->sink, is_done, err));
    if (*is_done)
        return STATUS_OK;
    op->timer_ms = op->now_ms + BUSY_RETRY_MS;
    block(op, work);
    return STATUS_OK;
}

static Status flush_before_barrier(Op *op, Error *err)
{
    const SinkState *state = op->state;
    bool             is_done = false;
    TRY(flush_some(op, WORK_FLUSH_BARRIER, &is_done, err));
    if (!is_done)
        return STATUS_OK;
    unblock(op);
    return op_pass_barrier(op, state->barrier, err);
}

static Status sink_barrier(Op *op, int64_t epoch, Error *err)
{
    SinkState *state = op->state;
    state->barrier = epoch;
    return state->epochs.commits ? op_pass_barrier(op, epoch, err) : flush_before_barrier(op, err);
}

static Status finish(Op *op, Error *err)
{
    const SinkState *state = op->state;
    return state->type->finish ? state->type->finish(state->sink, err) : STATUS_OK;
}

static void await_epoch(Op *op)
{
    const SinkState *state = op->state;
    op->awaits_epoch = true;
    block(op, WORK_AWAIT_EPOCH);
    epochs_ending(state->epochs.epochs);
}

static Status flush_and_finish(Op *op, Error *err)
{
    const SinkState *state = op->state;
    bool             is_done = false;
    TRY(flush_some(op, WORK_FLUSH_END, &is_done, err));
    if (!is_done)
        return STATUS_OK;
    TRY(finish(op, err));
    op->timer_ms = TIME_MAX;
    if (state->epochs.epochs)
        await_epoch(op);
    else
        unblock(op);
    return STATUS_OK;
}

static Status sink_end(Op *op, Error *err)
{
    const SinkState *state = op->state;
    if (!state->epochs.commits)
        return flush_and_finish(op, err);
    await_epoch(op);
    return STATUS_OK;
}

static Status end_when_durable(Op *op, Error *err)
{
    SinkState *state = op->state;
    if (!sink_epochs_may_end(&state->epochs))
        return STATUS_OK;
    if (state->epochs.commits)
        TRY(finish(op, err));
    op->awaits_epoch = false;
    unblock(op);
    return STATUS_OK;
}

static Status recover(Op *op, Error *err)
{
    SinkState *state = op->state;
    bool       is_done = false;
    TRY(sink_epochs_recover(&state->epochs, &is_done, err));
    if (is_done)
        unblock(op);
    return STATUS_OK;
}

static Status commit(Op *op, Error *err)
{
    SinkState *state = op->state;
    TRY(sink_epochs_commit(&state->epochs, err));
    sink_epochs_count_final(&state->epochs, op);
    return STATUS_OK;
}

/* ---- between batches ----------------------------------------------------------------------------------------------------- */

static Status tick(Op *op, Error *err)
{
    SinkState *state = op->state;
    if (state->type->tick && !op->has_ended)
        TRY(state->type->tick(state->sink, op->now_ms, err));
    return commit(op, err);
}

static void set_timer(Op *op, int64_t tick_ms)
{
    const SinkState *state = op->state;
    op->timer_ms = state->type->tick && !op->has_ended ? op->now_ms + tick_ms : TIME_MAX;
    if (sink_epochs_is_committing(&state->epochs))
        op->timer_ms = op->now_ms + COMMIT_RETRY_MS;
}

static Status sink_timer(Op *op, int64_t now_ms, Error *err)
{
    (void)now_ms;
    SinkState *state = op->state;
    TRY(tick(op, err));
    set_timer(op, state->has_written ? TICK_MS : QUIET_TICK_MS);
    state->has_written = false;
    return STATUS_OK;
}

static Status sink_durable(Op *op, int64_t epoch, Error *err)
{
    (void)epoch;
    const SinkState *state = op->state;
    TRY(commit(op, err));
    if (sink_epochs_is_committing(&state->epochs))
        op->timer_ms = op->now_ms + COMMIT_RETRY_MS;
    return STATUS_OK;
}

static Status do_work(Op *op, Error *err)
{
    const SinkState *state = op->state;
    switch (state->work) {
    case WORK_RECOVER:
        return recover(op, err);
    case WORK_WRITE:
        return write_some(op, err);
    case WORK_FLUSH_BARRIER:
        return flush_before_barrier(op, err);
    case WORK_FLUSH_END:
        return flush_and_finish(op, err);
    case WORK_AWAIT_EPOCH:
        return end_when_durable(op, err);
    case WORK_NONE:
        break;
    }
    return STATUS_OK;
}

/* A busy sink gets its tick too: it may be what makes room. */
static Status sink_resume(Op *op, Error *err)
{
    TRY(tick(op, err));
    TRY(do_work(op, err));
    if (!op->is_blocked)
        set_timer(op, TICK_MS);
    return STATUS_OK;
}

static Status sink_save(Op *op, Snapshot *out, Error *err)
{
    SinkState *state = op->state;
    return sink_epochs_save(&state->epochs, op, out, err);
}

static Status sink_load(Op *op, const SavedState *saved, Error *err)
{
    SinkState *state = op->state;
    return sink_epochs_load(&state->epochs, op, saved, err);
}

const OpType op_sink = {
    .name = "sink",
    .state_size = sizeof(SinkState),
    .open = sink_open,
    .on_batch = sink_batch,
    .on_timer = sink_timer,
    .on_barrier = sink_barrier,
    .on_end = sink_end,
    .resume = sink_resume,
    .save = sink_save,
    .load = sink_load,
    .on_durable = sink_durable,
    .close = sink_close,
};
