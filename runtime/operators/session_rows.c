/* session_rows.c: SESSION as a table function: a row leaves with its session's window when the session has ended.
 *
 * Rows wait as bytes in their session, in order of arrival; sessions that a row connects put their lists one behind the
 * other. */
#include "runtime/operators/operators.h"

#include "data/key.h"
#include "runtime/operators/late.h"
#include "runtime/operators/session_input.h"
#include "runtime/operators/window_output.h"

typedef struct KeptRow {
    struct KeptRow *next;
    int64_t         size; /* of bytes */
    char            bytes[];
} KeptRow;

/* The operator's part of a session. */
typedef struct RowList {
    KeptRow *first, *last;
} RowList;

typedef struct SessionRows {
    Sessions       sessions;
    const Column **key_columns;
    Text           scratch;
    Time           closed;
    Time           upto;     /* firing in progress */
    bool           forwards;
    Batch         *out;      /* being filled */
    Time           starts[BATCH_ROWS];
    Time           ends[BATCH_ROWS];
    Session       *session;  /* being emitted */
} SessionRows;

static Status session_rows_open(Op *op, Error *err)
{
    (void)err;
    const PlanWindow *plan = &op->plan->window;
    SessionRows      *state = op->state;
    bool              is_zoned = plan->window.is_local && op->eval.zone != zone_utc;
    state->closed = TIME_MIN;
    state->key_columns = arena_new(op->arena, const Column *, plan->key_count);
    sessions_init(&state->sessions, (int32_t)sizeof(RowList), plan->window.size, is_zoned ? op->eval.zone : NULL);
    return STATUS_OK;
}

static void session_rows_close(Op *op)
{
    SessionRows *state = op->state;
    if (state->sessions.keys)
        sessions_free(&state->sessions);
    text_free(&state->scratch);
    batch_release(state->out);
    state->out = NULL;
}

/* ---- rows in -------------------------------------------------------------------------------------------------------------- */

static void keep_row(SessionRows *state, RowList *list, const Batch *batch, int64_t row)
{
    text_clear(&state->scratch);
    for (int32_t c = 0; c < batch->column_count; c++)
        value_encode(&batch->columns[c], row, &state->scratch);
    Str      bytes = text_str(&state->scratch);
    KeptRow *kept = state_alloc(state->sessions.memory, (int64_t)sizeof(KeptRow) + bytes.len);
    kept->size = bytes.len;
    memcpy(kept->bytes, bytes.ptr, (size_t)bytes.len);
    if (list->last)
        list->last->next = kept;
    else
        list->first = kept;
    list->last = kept;
}

static void take_over(SessionRows *state, SessionHit *hit)
{
    RowList *into = session_block(hit->session);
    for (Session *session = hit->connected; session; session = sessions_forget(&state->sessions, session)) {
        const RowList *from = session_block(session);
        if (!from->first)
            continue;
        if (into->last)
            into->last->next = from->first;
        else
            into->first = from->first;
        into->last = from->last;
    }
}

static Status add_rows(Op *op, const Batch *batch, const SessionInput *input, Error *err)
{
    SessionRows *state = op->state;
    LateCount    late = late_begin(op, batch);
    for (int64_t i = 0; i < batch->rows; i++) {
        Time       watermark = session_row_watermark(batch, i, state->closed);
        SessionHit hit = sessions_add(&state->sessions, input->entries[i], input->times[i], watermark);
        if (!hit.session) {
            late_add(&late, watermark, input->instants[i], i);
            continue;
        }
        take_over(state, &hit);
        keep_row(state, session_block(hit.session), batch, i);
    }
    for (int64_t i = 0; late.rows > 0 && i < batch->rows; i++)
        sessions_remove_empty(&state->sessions, input->keys[i], input->hashes[i]);
    return late_publish(&late, op, batch, err);
}

static void set_timer(Op *op)
{
    SessionRows *state = op->state;
    Time         next = sessions_next_time(&state->sessions);
    op->timer_ms = next == TIME_MAX ? TIME_MAX : next + 1;
}

static Status session_rows_batch(Op *op, Batch *batch, Error *err)
{
    const PlanWindow *plan = &op->plan->window;
    SessionRows      *state = op->state;
    SessionInput      input;
    Status status = session_input_rows(op, &state->sessions, &plan->window, plan->keys, plan->key_count, state->key_columns, batch,
                                       &input, err);
    if (status == STATUS_OK)
        status = add_rows(op, batch, &input, err);
    batch_release(batch);
    if (plan->window.is_proctime)
        set_timer(op);
    return status;
}

/* ---- rows out -------------------------------------------------------------------------------------------------------------- */

static int32_t input_columns(const Op *op)
{
    return op->plan->field_count - 3;
}

static void start_batch(Op *op)
{
    SessionRows *state = op->state;
    state->out = batch_create(op->plan->field_count);
    for (int32_t c = 0; c < input_columns(op); c++)
        column_init(&state->out->columns[c], state->out->buf, op->plan->fields[c].type, BATCH_ROWS);
}

static Status send_batch(Op *op, Error *err)
{
    static const WindowProperty properties[] = { WINDOW_START, WINDOW_END, WINDOW_ROWTIME };
    SessionRows                *state = op->state;
    Batch                      *out = state->out;
    state->out = NULL;
    for (int32_t i = 0; i < 3; i++) {
        int32_t column = input_columns(op) + i;
        window_property_column(properties[i], op->plan->fields[column].type, state->sessions.zone, op->now_ms,
                               state->starts,
                               state->ends, out->rows, out->buf, &out->columns[column]);
    }
    return op_emit(op, out, err);
}

static Status give_row(Op *op, const KeptRow *kept, Error *err)
{
    SessionRows *state = op->state;
    Batch       *out = state->out;
    const char  *cursor = kept->bytes;
    for (int32_t c = 0; c < input_columns(op); c++)
        if (!value_decode(&cursor, kept->bytes + kept->size, &out->columns[c], out->rows, out->buf))
            return error_set(err, STATUS_INTERNAL, op->plan->span, "a kept row cannot be read back");
    state->starts[out->rows] = state->session->start;
    state->ends[out->rows++] = state->session->end;
    return STATUS_OK;
}

/* Moves rows of the session into the batch until one of them is through. */
static Status give_rows(Op *op, Error *err)
{
    SessionRows *state = op->state;
    RowList     *list = session_block(state->session);
    if (!state->out)
        start_batch(op);
    while (list->first && state->out->rows < BATCH_ROWS) {
        KeptRow *kept = list->first;
        list->first = kept->next;
        TRY(give_row(op, kept, err));
        state_free(state->sessions.memory, kept, (int64_t)sizeof(KeptRow) + kept->size);
    }
    if (!list->first) {
        sessions_remove(&state->sessions, state->session);
        state->session = NULL;
    }
    return STATUS_OK;
}

static Status finish_firing(Op *op, Error *err)
{
    const SessionRows *state = op->state;
    if (state->out)
        TRY(send_batch(op, err));
    op_unblock(op);
    counter_set(&op->counters->state_rows, state->sessions.count);
    counter_set(&op->counters->state_bytes, sessions_size(&state->sessions));
    if (op->plan->window.window.is_proctime)
        set_timer(op);
    return state->forwards ? op_emit_watermark(op, state->upto, err) : STATUS_OK;
}

static Status fire(Op *op, Error *err)
{
    SessionRows *state = op->state;
    for (;;) {
        if (state->out && state->out->rows == BATCH_ROWS)
            TRY(send_batch(op, err));
        if (!state->out && !op_can_emit(op)) {
            op_block(op);
            return STATUS_OK;
        }
        if (!state->session)
            state->session = sessions_next_due(&state->sessions, state->upto);
        if (!state->session)
            return finish_firing(op, err);
        TRY(give_rows(op, err));
    }
}

static Status start_firing(Op *op, Time upto, bool forwards, Error *err)
{
    SessionRows *state = op->state;
    state->upto = upto;
    state->forwards = forwards;
    state->closed = upto > state->closed ? upto : state->closed;
    return fire(op, err);
}

static Status session_rows_watermark(Op *op, Time watermark, Error *err)
{
    if (op->plan->window.window.is_proctime)
        return op_emit_watermark(op, watermark, err);
    return start_firing(op, watermark, true, err);
}

static Status session_rows_timer(Op *op, int64_t now_ms, Error *err)
{
    return start_firing(op, now_ms - 1, false, err);
}

const OpType op_session_rows = {
    .name = "session rows",
    .state_size = sizeof(SessionRows),
    .open = session_rows_open,
    .on_batch = session_rows_batch,
    .on_watermark = session_rows_watermark,
    .on_timer = session_rows_timer,
    .resume = fire,
    .close = session_rows_close,
};
