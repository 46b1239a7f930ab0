/* figures.h: clocks and percentiles of the programs in this folder. */
#ifndef BENCH_FIGURES_H
#define BENCH_FIGURES_H

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

static inline double figures_cpu_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static inline int64_t figures_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline int figures_by_value(const void *left, const void *right)
{
    double l = *(const double *)left, r = *(const double *)right;
    return (l > r) - (l < r);
}

/* Ascending, as figures_percentile wants them. */
static inline void figures_sort(double *figures, int64_t count)
{
    qsort(figures, (size_t)count, sizeof(double), figures_by_value);
}

/* share: 0.99 for p99; 1 is the largest. */
static inline double figures_percentile(const double *sorted, int64_t count, double share)
{
    return sorted[(int64_t)((double)(count - 1) * share)];
}

#endif
