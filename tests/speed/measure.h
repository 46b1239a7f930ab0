/* measure.h: how the programs of this folder measure, and the table that they print together (bench/micro).
 *
 * Time is the process's CPU, so that other work on the machine does not count; of many passes the best one. */
#ifndef TESTS_SPEED_MEASURE_H
#define TESTS_SPEED_MEASURE_H

#include <stdint.h>
#include <stdio.h>
#include <time.h>

typedef void (*MeasurePass)(void *context);

static inline double measure_cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ns per row of a pass over so many rows, the best of those within `seconds`; at least three. */
static inline double measure_ns(MeasurePass pass, void *context, int64_t rows, double seconds)
{
    double best = 1e30;
    double end = measure_cpu_seconds() + seconds;
    for (int32_t done = 0; done < 3 || measure_cpu_seconds() < end; done++) {
        double begin = measure_cpu_seconds();
        pass(context);
        double ns = (measure_cpu_seconds() - begin) * 1e9 / (double)rows;
        best = ns < best ? ns : best;
    }
    return best;
}

/* One row of the table. */
static inline void measure_print(const char *what, double ns, double floor_ns)
{
    printf("| %-52s | %9.2f | %9.2f | %6.1f |\n", what, ns, floor_ns, ns / floor_ns);
    fflush(stdout);
}

#endif
