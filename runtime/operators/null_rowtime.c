/* null_rowtime.c: see null_rowtime.h. */
#include "runtime/operators/null_rowtime.h"

Status null_rowtime_error(const Op *op, Error *err)
{
    return error_set(err, STATUS_DATA, op->plan->span,
                     "RowTime field should not be null, please convert it to a non-null long value.");
}

bool null_rowtime_drop(Op *op, Batch *batch, int32_t column)
{
    const Column *times = &batch->columns[column];
    if (!times->valid)
        return false;
    int32_t *rows = buf_new(batch->buf, int32_t, batch->rows);
    int64_t  count = 0;
    for (int64_t i = 0; i < batch->rows; i++) {
        rows[count] = (int32_t)i;
        count += !column_is_null(times, i);
    }
    if (count == batch->rows)
        return false;
    counter_add(&op->counters->null_rowtime, batch->rows - count);
    batch_select(batch, rows, count);
    return true;
}
