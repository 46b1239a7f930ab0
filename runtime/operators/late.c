/* late.c: see late.h. */
#include "runtime/operators/late.h"

#include "runtime/operators/row_errors.h"

LateCount late_begin(const Op *op, const Batch *batch)
{
    return (LateCount){ .refused = op->rejects ? buf_new(batch->buf, int32_t, batch->rows) : NULL };
}

Status late_publish(const LateCount *late, Op *op, const Batch *batch, Error *err)
{
    OpCounters *counters = op->counters;
    if (late->rows == 0)
        return STATUS_OK;
    counter_add(&counters->late, late->rows);
    counter_add(&counters->late_sum_ms, late->sum_ms);
    if (late->max_ms > counter_get(&counters->late_max_ms))
        counter_set(&counters->late_max_ms, late->max_ms);
    if (!batch)
        return STATUS_OK;
    return row_errors_send(op, batch, late->refused, late->refused_count, "late", "late", STR_EMPTY,
                           "the row came after the watermark had closed its window", err);
}
