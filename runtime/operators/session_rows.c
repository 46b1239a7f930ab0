/* session_rows.c: SESSION as a table function: a row leaves with its session's window when the session has ended.
 *
 * Rows wait as bytes in their session, in order of arrival; sessions that a row connects put their lists one behind the
 * other. */
#include "runtime/operators/operators.h"

#include "core/bytes.h"
#include "data/key.h"
#include "runtime/operators/late.h"
#include "runtime/operators/session_input.h"
#include "runtime/operators/window_output.h"
#include "runtime/state/session_state.h"

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
    const Type   **key_types;
    const Type   **row_types;
    int32_t        row_columns;
    Text           scratch;
    Time           closed;
    Time           upto;     /* firing in progress */
    bool           forwards;
    Batch         *out;      /* being filled */
    Time           starts[BATCH_ROWS];
    Time           ends[BATCH_ROWS];
    Session       *session;  /* being emitted */
} SessionRows;

/* What follows are the three of the window. */
static int32_t input_columns(const Op *op)
{
    return op->plan->field_count - 3;
}

static Status session_rows_open(Op *op, Error *err)
{
    (void)err;
    const PlanWindow *plan = &op->plan->window;
    SessionRows      *state = op->state;
    bool              is_zoned = plan->window.is_local && op->eval.zone != zone_utc;
    state->closed = TIME_MIN;
    state->key_columns = arena_new(op->arena, const Column *, plan->key_count);
    state->row_columns = input_columns(op);
    state->row_types = arena_new(op->arena, const Type *, state->row_columns);
    for (int32_t i = 0; i < state->row_columns; i++)
        state->row_types[i] = op->plan->fields[i].type;
    state->key_types = arena_new(op->arena, const Type *, plan->key_count);
    for (int32_t i = 0; i < plan->key_count; i++)
        state->key_types[i] = state->row_types[plan->keys[i]];
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

static void keep_bytes(SessionRows *state, RowList *list, Str bytes)
{
    KeptRow *kept = state_alloc(state->sessions.memory, (int64_t)sizeof(KeptRow) + bytes.len);
    kept->size = bytes.len;
    memcpy(kept->bytes, bytes.ptr, (size_t)bytes.len);
    if (list->last)
        list->last->next = kept;
    else
        list->first = kept;
    list->last = kept;
}

static void keep_row(SessionRows *state, RowList *list, const Batch *batch, int64_t row)
{
    text_clear(&state->scratch);
    for (int32_t c = 0; c < batch->column_count; c++)
        value_encode(&batch->columns[c], row, &state->scratch);
    keep_bytes(state, list, text_str(&state->scratch));
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

static void count_state(const Op *op)
{
    const SessionRows *state = op->state;
    counter_set(&op->counters->state_rows, state->sessions.count);
    counter_set(&op->counters->state_bytes, sessions_size(&state->sessions));
}

static Status finish_firing(Op *op, Error *err)
{
    const SessionRows *state = op->state;
    if (state->out)
        TRY(send_batch(op, err));
    op_unblock(op);
    count_state(op);
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

/* ---- checkpoints: the rows of a session, in order of arrival ---------------------------------------------------------------- */

static void encode_rows(const void *owner, const void *block, Text *out)
{
    const RowList *list = block;
    int64_t        count = 0;
    (void)owner;
    for (const KeptRow *kept = list->first; kept; kept = kept->next)
        count++;
    encode_i64(count, out);
    for (const KeptRow *kept = list->first; kept; kept = kept->next)
        encode_str((Str){ kept->bytes, kept->size }, out);
}

static bool decode_rows(void *owner, const char **cursor, const char *end, void *block)
{
    SessionRows *state = owner;
    int64_t      count;
    Str          bytes;
    if (!decode_i64(cursor, end, &count) || count < 1)
        return false;
    for (int64_t i = 0; i < count; i++) {
        if (!decode_str(cursor, end, &bytes) || !key_is_sound(bytes, state->row_types, state->row_columns))
            return false;
        keep_bytes(state, block, bytes);
    }
    return true;
}

static SessionCodec codec_of(const Op *op)
{
    SessionRows *state = op->state;
    return (SessionCodec){ .key_types = state->key_types, .key_count = op->plan->window.key_count, .encode = encode_rows,
                           .decode = decode_rows, .owner = state };
}

/* Sessions that the end has left open give nothing any more. */
static Status session_rows_save(Op *op, Snapshot *out, Error *err)
{
    SessionRows *state = op->state;
    SessionCodec codec = codec_of(op);
    return op->has_ended ? STATUS_OK : sessions_save(&state->sessions, &codec, state->closed, out, err);
}

static Status session_rows_load(Op *op, const SavedState *saved, Error *err)
{
    SessionRows *state = op->state;
    SessionCodec codec = codec_of(op);
    TRY(sessions_load(&state->sessions, &codec, saved, op->task_index, op->task_count, &state->closed, err));
    count_state(op);
    if (op->plan->window.window.is_proctime)
        set_timer(op);
    return STATUS_OK;
}

const OpType op_session_rows = {
    .name = "session rows",
    .state_size = sizeof(SessionRows),
    .open = session_rows_open,
    .on_batch = session_rows_batch,
    .on_watermark = session_rows_watermark,
    .on_timer = session_rows_timer,
    .resume = fire,
    .save = session_rows_save,
    .load = session_rows_load,
    .close = session_rows_close,
};
