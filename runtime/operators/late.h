/* late.h: counting rows that came too late, once per batch. */
#ifndef RUNTIME_OPERATORS_LATE_H
#define RUNTIME_OPERATORS_LATE_H

#include "runtime/op.h"

typedef struct LateCount {
    int64_t rows;
    int64_t sum_ms;
    int64_t max_ms;
} LateCount;

/* watermark: the one that closed the row's window; time: the row's, both instants. */
static inline void late_add(LateCount *late, Time watermark, Time time)
{
    int64_t behind_ms = watermark == TIME_MAX ? 0 : watermark - time;
    late->rows++;
    late->sum_ms += behind_ms;
    late->max_ms = behind_ms > late->max_ms ? behind_ms : late->max_ms;
}

static inline void late_publish(const LateCount *late, OpCounters *counters)
{
    if (late->rows == 0)
        return;
    counter_add(&counters->late, late->rows);
    counter_add(&counters->late_sum_ms, late->sum_ms);
    if (late->max_ms > counter_get(&counters->late_max_ms))
        counter_set(&counters->late_max_ms, late->max_ms);
}

#endif
