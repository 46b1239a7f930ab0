/* values.c: constant rows, in batches of the job's size, then the end. They have no event time: the end closes what is
 * open. */
#include "runtime/operators/operators.h"

#include "core/bytes.h"

typedef struct Values {
    int64_t next_row;
} Values;

static Batch *values_piece(const Op *op, int64_t start, int64_t count)
{
    const PlanValues *plan = &op->plan->values;
    Batch            *batch = batch_create(op->plan->field_count);
    batch->rows = count;
    for (int32_t i = 0; i < batch->column_count; i++) {
        column_init(&batch->columns[i], batch->buf, plan->columns[i].type, count);
        column_append(&batch->columns[i], 0, &plan->columns[i], start, count, batch->buf, true);
    }
    return batch;
}

static Status values_step(Op *op, bool *progress, Error *err)
{
    Values *values = op->state;
    int64_t left = op->plan->values.row_count - values->next_row;
    *progress = true;
    if (left == 0 || op_stop_request(op) != STOP_NOT) {
        op->has_ended = true;
        if (op_stop_request(op) != STOP_SOURCES)
            TRY(op_emit_watermark(op, TIME_MAX, err));
        return op_emit_end(op, err);
    }
    int64_t count = left < op->shared->batch_rows ? left : op->shared->batch_rows;
    int64_t start = values->next_row;
    values->next_row += count;
    return op_emit(op, values_piece(op, start, count), err);
}

static Status values_save(Op *op, Snapshot *out, Error *err)
{
    const Values *values = op->state;
    (void)err;
    encode_i64(values->next_row, snapshot_part(out, 0));
    return STATUS_OK;
}

static Status values_load(Op *op, const SavedState *saved, Error *err)
{
    Values *values = op->state;
    for (int64_t i = 0; i < saved->count; i++) {
        const char *cursor = saved->parts[i].bytes.ptr;
        const char *end = cursor + saved->parts[i].bytes.len;
        if (!decode_i64(&cursor, end, &values->next_row) || cursor != end || values->next_row < 0 ||
            values->next_row > op->plan->values.row_count)
            return saved_damaged("VALUES", err);
    }
    return STATUS_OK;
}

const OpType op_values = { .name = "values", .state_size = sizeof(Values), .step = values_step, .save = values_save, .load = values_load };
