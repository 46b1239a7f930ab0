/* stopwatch.c: the two clocks of the system. */
#include "stopwatch.h"

#include <time.h>

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t stopwatch_ms(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t wall_clock_ms(void)
{
    return read_clock(CLOCK_REALTIME);
}
