/* window.c: see window.h.
 *
 *   TUMBLE    slice = window
 *   HOP       slice = gcd(size, slide): covers windows whose start is at or before the slice and whose end is at or behind it
 *   CUMULATE  slice = step: covers the windows from its own end to the end of the largest window around it
 *
 * floor_mod makes it right before 1970 too. Times are clamped (runtime/time/watermark.h), so nothing overflows. */
#include "runtime/time/window.h"

static int64_t gcd(int64_t left, int64_t right)
{
    while (right != 0) {
        int64_t rest = left % right;
        left = right;
        right = rest;
    }
    return left;
}

WindowGrid window_grid(const PlanWindowSpec *spec, const Zone *zone)
{
    WindowGrid grid = { .kind = spec->kind, .size = spec->size, .offset = spec->offset };
    grid.step = spec->kind == WINDOW_TUMBLE ? spec->size : spec->slide;
    grid.slice = spec->kind == WINDOW_HOP ? gcd(spec->size, spec->slide) : grid.step;
    if (spec->is_local && zone != zone_utc)
        grid.zone = zone;
    return grid;
}

/* Start of the largest window that holds the time. */
static Time largest_start(const WindowGrid *grid, Time time)
{
    return time - floor_mod(time - grid->offset, grid->size);
}

/* HOP: the lowest end at or behind slice_end that lies on the grid offset + size + n * step. */
Time window_first_end(const WindowGrid *grid, Time slice_end)
{
    if (grid->kind != WINDOW_HOP)
        return slice_end;
    return slice_end + floor_mod(grid->offset + grid->size - slice_end, grid->step);
}

Time window_last_end(const WindowGrid *grid, Time slice_end)
{
    Time slice_start = slice_end - grid->slice;
    if (grid->kind == WINDOW_TUMBLE)
        return slice_end;
    if (grid->kind == WINDOW_CUMULATE)
        return largest_start(grid, slice_start) + grid->size;
    return slice_start - floor_mod(slice_start - grid->offset, grid->step) + grid->size;
}

Time window_start_of(const WindowGrid *grid, Time window_end)
{
    if (grid->kind == WINDOW_CUMULATE)
        return largest_start(grid, window_end - 1);
    return window_end - grid->size;
}

int64_t window_count(const WindowGrid *grid, Time time, Time *first_end)
{
    Time slice_end = slice_end_of(grid, time);
    *first_end = window_first_end(grid, slice_end);
    Time last_end = window_last_end(grid, slice_end);
    return last_end < *first_end ? 0 : (last_end - *first_end) / grid->step + 1;
}

Time window_fire_time(const Zone *zone, Time window_end)
{
    return zone ? zone_to_utc_for_timer(zone, window_end - 1) : window_end - 1;
}

Time window_first_open_end(const WindowGrid *grid, Time first_end, Time watermark)
{
    Time end = first_end;
    if (!grid->zone && watermark >= end - 1)
        return end + (watermark + 1 - end) / grid->step * grid->step + grid->step;
    while (window_fire_time(grid->zone, end) <= watermark)
        end += grid->step;
    return end;
}

Time window_row_time(const Zone *zone, Time window_end)
{
    return zone ? zone_to_utc(zone, window_end - 1) : window_end - 1;
}

/* Offsets change at most twice a year: days that lie close together have one offset when both ends have the same. */
static bool has_one_offset(const Zone *zone, const Time *times, int64_t count, int64_t *offset)
{
    Time lowest = times[0];
    Time highest = times[0];
    for (int64_t i = 1; i < count; i++) {
        lowest = times[i] < lowest ? times[i] : lowest;
        highest = times[i] > highest ? times[i] : highest;
    }
    *offset = zone_offset_at(zone, lowest);
    return highest - lowest < 7 * DAY_MS && *offset == zone_offset_at(zone, highest);
}

void times_to_local(const Zone *zone, Time *times, int64_t count)
{
    int64_t offset;
    if (!zone || count == 0)
        return;
    if (has_one_offset(zone, times, count, &offset)) {
        for (int64_t i = 0; i < count; i++)
            times[i] += offset;
        return;
    }
    for (int64_t i = 0; i < count; i++)
        times[i] = zone_to_local(zone, times[i]);
}

/* Rows mostly follow each other in one slice: one division per change, not per row. */
bool slice_ends_of(const WindowGrid *grid, const Time *times, int64_t count, Time *ends)
{
    bool is_one = true;
    Time end = count > 0 ? slice_end_of(grid, times[0]) : 0;
    for (int64_t i = 0; i < count; i++) {
        if (times[i] >= end || times[i] < end - grid->slice) {
            end = slice_end_of(grid, times[i]);
            is_one = false;
        }
        ends[i] = end;
    }
    return is_one;
}
