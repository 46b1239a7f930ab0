/* rowtime_sort.c: ORDER BY event time without end: rows wait until the watermark has passed their time.
 *
 * A row is late when a row of its time or a later one has been given out already; not merely when the watermark is
 * ahead of it. What has been given out is judged by the row's own split, so that the answer does not depend on when the
 * watermark reaches this operator: a row counts as given out when its time and the watermark it arrived under both lie
 * below what the newcomer has seen. So a watermark gives out no row that arrived under it, which may be here already. */
#include "runtime/operators/operators.h"

#include "core/bytes.h"
#include "core/env.h"
#include "runtime/operators/late.h"
#include "runtime/operators/null_rowtime.h"
#include "runtime/operators/row_order.h"
#include "runtime/state/table_state.h"
#include "runtime/time/watermark.h"

typedef struct Waiting {
    Time time;
    Time seen; /* the watermark under which it arrived */
} Waiting;

typedef struct RowtimeSort {
    RowStore store;
    Waiting *waiting;      /* per row of the store */
    int64_t  waiting_capacity;
    Time     given;        /* highest time given out; TIME_MIN = none */
    int32_t *due;          /* rows to give, in order */
    int64_t  due_count, next_due;
    Time     upto;
} RowtimeSort;

static Status rowtime_open(Op *op, Error *err)
{
    (void)err;
    RowtimeSort *sort = op->state;
    sort->given = TIME_MIN;
    row_store_init(&sort->store, op->plan->fields, op->plan->field_count);
    return STATUS_OK;
}

static void rowtime_close(Op *op)
{
    RowtimeSort *sort = op->state;
    row_store_free(&sort->store);
    env_free(sort->waiting);
    env_free(sort->due);
    *sort = (RowtimeSort){ 0 };
}

/* Rare: only rows that are not younger than what they have seen are looked at twice. */
static bool is_overtaken(const Waiting *waiting, int64_t count, Time time, Time seen)
{
    for (int64_t i = 0; i < count; i++)
        if (waiting[i].time >= time && waiting[i].time <= seen && waiting[i].seen < seen)
            return true;
    return false;
}

static void need_room(RowtimeSort *sort, int64_t more)
{
    if (sort->store.rows + more <= sort->waiting_capacity)
        return;
    sort->waiting_capacity = (sort->store.rows + more) * 2;
    sort->waiting = env_realloc(sort->waiting, sort->waiting_capacity * (int64_t)sizeof(Waiting));
}

/* Late rows are left out of the batch; the others get their place behind the store's rows. */
static Status judge_rows(Op *op, Batch *batch, Error *err)
{
    RowtimeSort *sort = op->state;
    int64_t      before = sort->store.rows;
    Time        *times = buf_new(batch->buf, Time, batch->rows);
    int32_t     *kept = buf_new(batch->buf, int32_t, batch->rows);
    int64_t      count = 0;
    LateCount    late = late_begin(op, batch);
    need_room(sort, batch->rows);
    column_times(&batch->columns[op->plan->sort.keys[0].column], batch->rows, 0, times);
    for (int64_t i = 0; i < batch->rows; i++) {
        Time seen = batch->seen_watermark ? batch->seen_watermark[i] : TIME_MIN;
        bool is_late = times[i] <= sort->given && sort->given != TIME_MIN;
        if (!is_late && times[i] <= seen)
            is_late = is_overtaken(sort->waiting, before + count, times[i], seen);
        if (is_late) {
            late_add(&late, seen > op->watermark ? seen : op->watermark, times[i], i);
            continue;
        }
        sort->waiting[before + count] = (Waiting){ times[i], seen };
        kept[count++] = (int32_t)i;
    }
    TRY(late_publish(&late, op, batch, err));
    batch_select(batch, kept, count);
    return STATUS_OK;
}

static Status rowtime_batch(Op *op, Batch *batch, Error *err)
{
    RowtimeSort *sort = op->state;
    Status       status = null_rowtime_drop(op, batch, op->plan->sort.keys[0].column, NULL, err);
    if (status == STATUS_OK)
        status = judge_rows(op, batch, err);
    if (status == STATUS_OK)
        status = row_store_append(&sort->store, batch, err);
    batch_release(batch);
    return status;
}

static bool is_due(const Waiting *row, Time upto)
{
    return row->time <= upto && row->seen < upto;
}

static void collect_due(Op *op, Time upto)
{
    RowtimeSort *sort = op->state;
    int64_t      rows = sort->store.rows;
    int32_t     *scratch = env_alloc_raw(rows * (int64_t)sizeof(int32_t));
    sort->due = env_realloc(sort->due, rows * (int64_t)sizeof(int32_t));
    sort->due_count = 0;
    sort->next_due = 0;
    for (int64_t i = 0; i < rows; i++)
        if (is_due(&sort->waiting[i], upto))
            sort->due[sort->due_count++] = (int32_t)i;
    row_order_sort(&sort->store, op->plan->sort.keys, op->plan->sort.key_count, sort->due, scratch, sort->due_count);
    env_free(scratch);
}

static void forget_due(RowtimeSort *sort)
{
    int64_t  left = 0;
    int32_t *kept = env_alloc_raw(sort->store.rows * (int64_t)sizeof(int32_t));
    for (int64_t i = 0; i < sort->store.rows; i++) {
        if (is_due(&sort->waiting[i], sort->upto)) {
            sort->given = sort->waiting[i].time > sort->given ? sort->waiting[i].time : sort->given;
            continue;
        }
        sort->waiting[left] = sort->waiting[i];
        kept[left++] = (int32_t)i;
    }
    if (left < sort->store.rows)
        row_store_keep(&sort->store, kept, left);
    env_free(kept);
}

static void count_state(const Op *op)
{
    const RowtimeSort *sort = op->state;
    counter_set(&op->counters->state_rows, sort->store.rows);
    counter_set(&op->counters->state_bytes, row_store_size(&sort->store));
}

static Status rowtime_resume(Op *op, Error *err)
{
    RowtimeSort *sort = op->state;
    while (sort->next_due < sort->due_count) {
        if (!op_can_emit(op)) {
            op_block(op);
            return STATUS_OK;
        }
        int64_t start = sort->next_due;
        int64_t count = sort->due_count - start < BATCH_ROWS ? sort->due_count - start : BATCH_ROWS;
        sort->next_due += count;
        TRY(op_emit(op, row_store_batch(&sort->store, sort->due + start, count), err));
    }
    op_unblock(op);
    forget_due(sort);
    count_state(op);
    return op_emit_watermark(op, sort->upto, err);
}

static Status rowtime_watermark(Op *op, Time watermark, Error *err)
{
    RowtimeSort *sort = op->state;
    sort->upto = watermark;
    collect_due(op, watermark);
    return rowtime_resume(op, err);
}

/* ---- checkpoints: part 0 = [given], then the rows, each with its Waiting ------------------------------------------------------ */

static Status rowtime_save(Op *op, Snapshot *out, Error *err)
{
    RowtimeSort *sort = op->state;
    if (op->has_ended)
        return STATUS_OK;
    encode_i64(sort->given, snapshot_part(out, 0));
    return row_store_save(&sort->store, sort->waiting, (int64_t)sizeof(Waiting), 1, out, err);
}

static Status load_parts(RowtimeSort *sort, const SavedState *saved, Text *waiting, Error *err)
{
    for (int64_t i = 0; i < saved->count; i++) {
        const SavedPart *part = &saved->parts[i];
        const char      *cursor = part->bytes.ptr;
        if (part->number != 0)
            TRY(row_store_load(&sort->store, part->bytes, (int64_t)sizeof(Waiting), waiting, "a sort", err));
        else if (part->bytes.len != (int64_t)sizeof(Time) || !decode_time(&cursor, cursor + part->bytes.len, &sort->given))
            return saved_damaged("a sort", err);
    }
    return STATUS_OK;
}

static Status rowtime_load(Op *op, const SavedState *saved, Error *err)
{
    RowtimeSort *sort = op->state;
    Text         waiting = TEXT_EMPTY;
    Status       status = load_parts(sort, saved, &waiting, err);
    if (status == STATUS_OK && waiting.len > 0) {
        sort->waiting_capacity = waiting.len / (int64_t)sizeof(Waiting);
        sort->waiting = env_alloc(waiting.len);
        memcpy(sort->waiting, waiting.ptr, (size_t)waiting.len);
    }
    text_free(&waiting);
    count_state(op);
    return status;
}

const OpType op_rowtime_sort = {
    .name = "rowtime sort",
    .state_size = sizeof(RowtimeSort),
    .open = rowtime_open,
    .on_batch = rowtime_batch,
    .on_watermark = rowtime_watermark,
    .resume = rowtime_resume,
    .save = rowtime_save,
    .load = rowtime_load,
    .close = rowtime_close,
};
