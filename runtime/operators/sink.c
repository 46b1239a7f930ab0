/* sink.c: the end of a branch that writes to a table.
 *
 *   batch:  rows of kinds the sink does not want are left out; a NULL in a NOT NULL column is an error or drops the row;
 *           then written piece by piece: a sink that takes only a part blocks the operator with the rest
 *   end:    flush until everything has been accepted, then finish
 *
 * Between batches the sink gets its tick: rolling of files, partial batches, the client library's own needs. */
#include "runtime/operators/operators.h"

enum { TICK_MS = 10, QUIET_TICK_MS = 100, BUSY_RETRY_MS = 2 };

typedef struct SinkState {
    Sink           *sink;
    const SinkType *type;
    Batch          *batch; /* being written */
    int64_t         written;
    bool            is_flushing;
    bool            has_written; /* since the last tick */
} SinkState;

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
    state->type = plan->connector->sink;
    if (state->type->tick)
        op->timer_ms = op->now_ms + TICK_MS;
    return state->type->open(spec, &state->sink, err);
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

static Status enforce_not_null(const Op *op, Batch *batch, Error *err)
{
    int32_t column;
    int64_t count = 0;
    if (!op->plan->sink.not_null)
        return STATUS_OK;
    uint8_t *keep = buf_new(batch->buf, uint8_t, batch->rows);
    find_nulls(op, batch, keep, &column);
    if (column < 0)
        return STATUS_OK;
    if (!op->plan->sink.drops_null_rows)
        return null_error(op, column, err);
    int32_t *rows = buf_new(batch->buf, int32_t, batch->rows);
    for (int64_t i = 0; i < batch->rows; i++) {
        rows[count] = (int32_t)i;
        count += keep[i];
    }
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

/* As much as it takes now. */
static Status write_some(Op *op, Error *err)
{
    SinkState *state = op->state;
    while (state->written < state->batch->rows) {
        int64_t taken = 0;
        TRY(state->type->write(state->sink, state->batch, state->written, &taken, err));
        state->written += taken;
        if (taken == 0)
            break;
    }
    if (state->written == state->batch->rows) {
        batch_done(state);
        op_unblock(op);
        return STATUS_OK;
    }
    op->timer_ms = op->now_ms + BUSY_RETRY_MS;
    op_block(op);
    return STATUS_OK;
}

static Status sink_batch(Op *op, Batch *batch, Error *err)
{
    SinkState *state = op->state;
    state->batch = batch;
    state->has_written = true;
    if (state->type->tick && op->timer_ms > op->now_ms + TICK_MS)
        op->timer_ms = op->now_ms + TICK_MS;
    drop_kinds(batch, op->plan->sink.accepts);
    TRY(enforce_not_null(op, batch, err));
    return write_some(op, err);
}

static Status flush_and_finish(Op *op, Error *err)
{
    SinkState *state = op->state;
    bool       is_done = false;
    TRY(state->type->flush(state->sink, &is_done, err));
    if (!is_done) {
        op->timer_ms = op->now_ms + BUSY_RETRY_MS;
        op_block(op);
        return STATUS_OK;
    }
    if (state->type->finish)
        TRY(state->type->finish(state->sink, err));
    state->is_flushing = false;
    op->timer_ms = TIME_MAX;
    op_unblock(op);
    return STATUS_OK;
}

static Status sink_end(Op *op, Error *err)
{
    SinkState *state = op->state;
    state->is_flushing = true;
    return flush_and_finish(op, err);
}

static Status sink_tick(Op *op, int64_t now_ms, Error *err)
{
    SinkState *state = op->state;
    if (!state->type->tick || op->has_ended)
        return STATUS_OK;
    op->timer_ms = now_ms + (state->has_written ? TICK_MS : QUIET_TICK_MS);
    state->has_written = false;
    return state->type->tick(state->sink, now_ms, err);
}

/* A busy sink gets its tick too: it may be what makes room. */
static Status sink_resume(Op *op, Error *err)
{
    const SinkState *state = op->state;
    if (state->type->tick)
        TRY(state->type->tick(state->sink, op->now_ms, err));
    TRY(state->is_flushing ? flush_and_finish(op, err) : write_some(op, err));
    if (!op->is_blocked && !op->has_ended && state->type->tick)
        op->timer_ms = op->now_ms + TICK_MS;
    return STATUS_OK;
}

const OpType op_sink = {
    .name = "sink",
    .state_size = sizeof(SinkState),
    .open = sink_open,
    .on_batch = sink_batch,
    .on_timer = sink_tick,
    .on_end = sink_end,
    .resume = sink_resume,
    .close = sink_close,
};
