/* window.h: window arithmetic: pure functions on int64 milliseconds.
 *
 * Time is cut into slices so that every window begins and ends at slice borders; a row belongs to exactly one slice, a
 * slice to the windows that cover it. Windows and slices are half-open and named by their end. For windows over local
 * time all values here are of the local clock, but for watermarks and fire times, which are instants. */
#ifndef RUNTIME_TIME_WINDOW_H
#define RUNTIME_TIME_WINDOW_H

#include "data/batch.h"
#include "data/calendar.h"
#include "planner/plan.h"

typedef struct WindowGrid {
    WindowKind  kind;  /* TUMBLE, HOP or CUMULATE; the others have no grid */
    int64_t     size;
    int64_t     step;  /* distance between window ends: TUMBLE size, HOP slide, CUMULATE step */
    int64_t     offset;
    int64_t     slice; /* TUMBLE size; HOP gcd(size, slide); CUMULATE step */
    const Zone *zone;  /* NULL: times need no conversion */
} WindowGrid;

WindowGrid window_grid(const PlanWindowSpec *spec, const Zone *zone);

/* End of the slice that holds the time. */
static inline Time slice_end_of(const WindowGrid *grid, Time time)
{
    return time - floor_mod(time - grid->offset, grid->slice) + grid->slice;
}
/* The windows that cover a slice end at first, first + step, ..., last. last < first: none (a hop wider than the window
 * leaves gaps). */
Time window_first_end(const WindowGrid *grid, Time slice_end);
Time window_last_end(const WindowGrid *grid, Time slice_end);
Time window_start_of(const WindowGrid *grid, Time window_end);

/* Windows of one time, first to last end: HOP in the dialect's order is last to first, the caller decides. */
int64_t window_count(const WindowGrid *grid, Time time, Time *first_end);

/* The watermark (or clock) that closes a window: end - 1 as an instant. */
Time window_fire_time(const Zone *zone, Time window_end);
/* The first end in first, first + step ... that `watermark` has not closed. */
Time window_first_open_end(const WindowGrid *grid, Time first_end, Time watermark);
/* Event time of a window's result: end - 1 as an instant. */
Time window_row_time(const Zone *zone, Time window_end);

/* times[i] of instants to the local clock, in place. NULL zone: nothing to do. */
void times_to_local(const Zone *zone, Time *times, int64_t count);
/* Slice end of each time. true when all are the same. */
bool slice_ends_of(const WindowGrid *grid, const Time *times, int64_t count, Time *ends);

#endif
