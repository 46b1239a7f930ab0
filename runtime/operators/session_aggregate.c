/* session_aggregate.c: GROUP BY key, SESSION window.
 *
 *   row:        joins the sessions of its key that it touches; their states become one; late when even the joined session has closed
 *   watermark:  sessions that end at or before it, lowest end first: emit, forget
 *
 * Rows are added to their states per batch. Only a row that connects two sessions makes the rows before it be added
 * first, so that states see rows and merges in the order of arrival whatever the batch size. */
#include "runtime/operators/operators.h"

#include "data/key.h"
#include "runtime/operators/late.h"
#include "runtime/operators/session_input.h"
#include "runtime/operators/window_output.h"
#include "runtime/state/aggregate_facts.h"
#include "runtime/state/session_state.h"

typedef struct SessionAggregate {
    Sessions       sessions;
    AggregateSet  *set;
    bool           is_flat;
    WindowOutput   output;
    Session       *emitted[BATCH_ROWS]; /* those in the output: removed when it is flushed */
    const Column **key_columns;
    Time           closed;   /* fired up to here */
    Time           upto;     /* firing in progress */
    bool           forwards;
} SessionAggregate;

static Status session_aggregate_open(Op *op, Error *err)
{
    (void)err;
    const PlanWindowAggregate *plan = &op->plan->window_aggregate;
    SessionAggregate          *state = op->state;
    bool                       retracts = op->plan->inputs[0]->changelog != CHANGELOG_INSERT;
    state->set = aggregate_set_create(op->arena, (const AggregateCall *const *)plan->calls, plan->call_count, retracts);
    state->is_flat = aggregates_are_flat(plan->calls, plan->call_count);
    state->key_columns = arena_new(op->arena, const Column *, plan->key_count);
    state->closed = TIME_MIN;
    window_output_open(&state->output, op, state->set);
    sessions_init(&state->sessions, aggregate_set_size(state->set), plan->window.size, state->output.zone);
    return STATUS_OK;
}

static void session_aggregate_close(Op *op)
{
    SessionAggregate *state = op->state;
    if (state->sessions.keys)
        sessions_free(&state->sessions);
}

/* ---- rows in ------------------------------------------------------------------------------------------------------------ */

/* Rows whose state is known but that are not added yet. */
typedef struct Pending {
    int32_t *rows;
    void   **blocks;
    int64_t  count;
} Pending;

static Status add_pending(SessionAggregate *state, Batch *batch, Pending *pending, Error *err)
{
    if (pending->count == 0)
        return STATUS_OK;
    if (pending->count == batch->rows)
        return aggregate_set_update(state->set, state->sessions.memory, batch, pending->blocks, err);
    Batch *part = batch_share(batch);
    batch_select(part, pending->rows, pending->count);
    Status status = aggregate_set_update(state->set, state->sessions.memory, part, pending->blocks, err);
    batch_release(part);
    pending->count = 0;
    return status;
}

static Status take_over(SessionAggregate *state, SessionHit *hit, Error *err)
{
    for (Session *session = hit->connected; session; session = sessions_forget(&state->sessions, session)) {
        void *into = session_block(hit->session);
        void *from = session_block(session);
        TRY(aggregate_set_merge(state->set, state->sessions.memory, &into, &from, 1, err));
        if (!state->is_flat)
            aggregate_set_drop(state->set, state->sessions.memory, from);
    }
    return STATUS_OK;
}

static Status add_rows(Op *op, Batch *batch, const SessionInput *input, Error *err)
{
    SessionAggregate *state = op->state;
    LateCount         late = late_begin(op, batch);
    int32_t          *late_rows = buf_new(batch->buf, int32_t, batch->rows);
    Pending           pending = { buf_new(batch->buf, int32_t, batch->rows), buf_new(batch->buf, void *, batch->rows),
                                  0 };
    for (int64_t i = 0; i < batch->rows; i++) {
        Time       watermark = session_row_watermark(batch, i, state->closed);
        SessionHit hit = sessions_add(&state->sessions, input->entries[i], input->times[i], watermark);
        if (!hit.session) {
            late_add(&late, watermark, input->instants[i], i);
            late_rows[late.rows - 1] = (int32_t)i;
            continue;
        }
        if (hit.is_new)
            aggregate_set_init(state->set, session_block(hit.session));
        if (hit.connected) {
            TRY(add_pending(state, batch, &pending, err));
            TRY(take_over(state, &hit, err));
        }
        pending.rows[pending.count] = (int32_t)i;
        pending.blocks[pending.count++] = session_block(hit.session);
    }
    for (int64_t i = 0; i < late.rows; i++)
        sessions_remove_empty(&state->sessions, input->keys[late_rows[i]], input->hashes[late_rows[i]]);
    TRY(late_publish(&late, op, batch, err));
    return add_pending(state, batch, &pending, err);
}

/* The clock's turn; a window has ended when the clock is behind its last millisecond. */
static void set_timer(Op *op)
{
    SessionAggregate *state = op->state;
    Time              next = sessions_next_time(&state->sessions);
    op->timer_ms = next == TIME_MAX ? TIME_MAX : next + 1;
}

static Status session_aggregate_batch(Op *op, Batch *batch, Error *err)
{
    const PlanWindowAggregate *plan = &op->plan->window_aggregate;
    SessionAggregate          *state = op->state;
    SessionInput               input;
    Status status = session_input_rows(op, &state->sessions, &plan->window, plan->keys, plan->key_count, state->key_columns, batch,
                                       &input, err);
    if (status == STATUS_OK)
        status = add_rows(op, batch, &input, err);
    batch_release(batch);
    if (plan->window.is_proctime)
        set_timer(op);
    return status;
}

/* ---- sessions out -------------------------------------------------------------------------------------------------------- */

static Status flush(Op *op, Error *err)
{
    SessionAggregate *state = op->state;
    int64_t           count = state->output.count;
    TRY(window_output_flush(&state->output, op, err));
    for (int64_t i = 0; i < count; i++) {
        if (!state->is_flat)
            aggregate_set_drop(state->set, state->sessions.memory, session_block(state->emitted[i]));
        sessions_remove(&state->sessions, state->emitted[i]);
    }
    return STATUS_OK;
}

static void count_state(const Op *op)
{
    const SessionAggregate *state = op->state;
    counter_set(&op->counters->state_rows, state->sessions.count);
    counter_set(&op->counters->state_bytes, sessions_size(&state->sessions));
}

static Status finish_firing(Op *op, Error *err)
{
    const SessionAggregate *state = op->state;
    TRY(flush(op, err));
    op_unblock(op);
    count_state(op);
    if (op->plan->window_aggregate.window.is_proctime)
        set_timer(op);
    return state->forwards ? op_emit_watermark(op, state->upto, err) : STATUS_OK;
}

static Status fire(Op *op, Error *err)
{
    SessionAggregate *state = op->state;
    for (;;) {
        if (window_output_is_full(&state->output))
            TRY(flush(op, err));
        if (state->output.count == 0 && !op_can_emit(op)) {
            op_block(op);
            return STATUS_OK;
        }
        Session *session = sessions_next_due(&state->sessions, state->upto);
        if (!session)
            return finish_firing(op, err);
        state->emitted[state->output.count] = session;
        window_output_add(&state->output, key_of_block(session->key), session_block(session), session->start,
                          session->end);
    }
}

static Status start_firing(Op *op, Time upto, bool forwards, Error *err)
{
    SessionAggregate *state = op->state;
    state->upto = upto;
    state->forwards = forwards;
    state->closed = upto > state->closed ? upto : state->closed;
    return fire(op, err);
}

static Status session_aggregate_watermark(Op *op, Time watermark, Error *err)
{
    if (op->plan->window_aggregate.window.is_proctime)
        return op_emit_watermark(op, watermark, err);
    return start_firing(op, watermark, true, err);
}

static Status session_aggregate_timer(Op *op, int64_t now_ms, Error *err)
{
    return start_firing(op, now_ms - 1, false, err);
}

/* ---- checkpoints -------------------------------------------------------------------------------------------------------- */

static void encode_session(const void *owner, const void *block, Text *out)
{
    const SessionAggregate *state = owner;
    aggregate_set_encode(state->set, block, out);
}

static bool decode_session(void *owner, const char **cursor, const char *end, void *block)
{
    const SessionAggregate *state = owner;
    return aggregate_set_decode(state->set, state->sessions.memory, cursor, end, block);
}

static SessionCodec codec_of(const Op *op)
{
    SessionAggregate *state = op->state;
    return (SessionCodec){ .key_types = state->output.key_types, .key_count = op->plan->window_aggregate.key_count,
                           .encode = encode_session, .decode = decode_session, .owner = state };
}

/* Sessions that the end has left open give nothing any more. */
static Status session_aggregate_save(Op *op, Snapshot *out, Error *err)
{
    SessionAggregate *state = op->state;
    SessionCodec      codec = codec_of(op);
    return op->has_ended ? STATUS_OK : sessions_save(&state->sessions, &codec, state->closed, out, err);
}

static Status session_aggregate_load(Op *op, const SavedState *saved, Error *err)
{
    SessionAggregate *state = op->state;
    SessionCodec      codec = codec_of(op);
    TRY(sessions_load(&state->sessions, &codec, saved, op->task_index, op->task_count, &state->closed, err));
    count_state(op);
    if (op->plan->window_aggregate.window.is_proctime)
        set_timer(op);
    return STATUS_OK;
}

const OpType op_session_aggregate = {
    .name = "session aggregate",
    .state_size = sizeof(SessionAggregate),
    .open = session_aggregate_open,
    .on_batch = session_aggregate_batch,
    .on_watermark = session_aggregate_watermark,
    .on_timer = session_aggregate_timer,
    .resume = fire,
    .save = session_aggregate_save,
    .load = session_aggregate_load,
    .close = session_aggregate_close,
};
