/* values.c: constant rows, in batches of the job's size, then the end. They have no event time: the end closes what is
 * open. */
#include "runtime/operators/operators.h"

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

const OpType op_values = { .name = "values", .state_size = sizeof(Values), .step = values_step };
