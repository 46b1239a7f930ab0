/* late.h: rows that came too late: counted once per batch, and sent to the dead-letter table if there is one. */
#ifndef RUNTIME_OPERATORS_LATE_H
#define RUNTIME_OPERATORS_LATE_H

#include "runtime/op.h"

typedef struct LateCount {
    int64_t  rows;
    int64_t  sum_ms;
    int64_t  max_ms;
    int32_t *refused; /* which rows of the batch; NULL: nobody wants to know */
    int64_t  refused_count;
} LateCount;

/* For the rows of a batch. */
LateCount late_begin(const Op *op, const Batch *batch);

/* watermark: the one that closed the row's window; time: the row's, both instants. row: of the batch; -1: it is known no more. */
static inline void late_add(LateCount *late, Time watermark, Time time, int64_t row)
{
    int64_t behind_ms = watermark == TIME_MAX ? 0 : watermark - time;
    late->rows++;
    late->sum_ms += behind_ms;
    late->max_ms = behind_ms > late->max_ms ? behind_ms : late->max_ms;
    if (late->refused && row >= 0)
        late->refused[late->refused_count++] = (int32_t)row;
}

/* Before the batch is changed. batch NULL: only counts. */
Status late_publish(const LateCount *late, Op *op, const Batch *batch, Error *err);

#endif
