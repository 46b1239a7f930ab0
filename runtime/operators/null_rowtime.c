/* null_rowtime.c: see null_rowtime.h. */
#include "runtime/operators/null_rowtime.h"

Status null_rowtime_error(const Op *op, Error *err)
{
    return error_set(err, STATUS_DATA, op->plan->span,
                     "RowTime field should not be null, please convert it to a non-null long value.");
}

static Str time_column(const Op *op, int32_t column)
{
    const Plan *plan = op->plan->input_count > 0 ? op->plan->inputs[0] : op->plan;
    return plan->fields[column].name;
}

Status null_rowtime_drop(Op *op, Batch *batch, int32_t column, KeptRows *kept, Error *err)
{
    const Column *times = &batch->columns[column];
    if (kept)
        *kept = (KeptRows){ 0 };
    if (!times->valid)
        return STATUS_OK;
    int32_t *rows = buf_new(batch->buf, int32_t, batch->rows);
    int32_t *nulls = buf_new(batch->buf, int32_t, batch->rows);
    int64_t  count = 0;
    for (int64_t i = 0; i < batch->rows; i++) {
        nulls[i - count] = (int32_t)i;
        rows[count] = (int32_t)i;
        count += !column_is_null(times, i);
    }
    if (count == batch->rows)
        return STATUS_OK;
    counter_add(&op->counters->null_rowtime, batch->rows - count);
    TRY(row_errors_send(op, batch, nulls, batch->rows - count, "late", "no event time", time_column(op, column),
                        "the row has no event time, so it belongs to no window", err));
    batch_select(batch, rows, count);
    if (kept)
        *kept = (KeptRows){ rows, count };
    return STATUS_OK;
}
