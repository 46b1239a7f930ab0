/* test_window.c: window arithmetic: slices, windows of a slice, fire times, local clocks. */
#include "runtime/time/window.h"

#include <check.h>

static WindowGrid grid_of(WindowKind kind, int64_t size, int64_t slide, int64_t offset)
{
    PlanWindowSpec spec = { .kind = kind, .size = size, .slide = slide, .offset = offset };
    return window_grid(&spec, NULL);
}

typedef struct Row {
    WindowKind kind;
    int64_t    size, slide, offset;
    Time       time;
    int64_t    count;
    Time       first_end, first_start; /* of the window that ends first */
    Time       last_end, last_start;
} Row;

START_TEST(windows_of_a_time)
{
    static const Row rows[] = {
        { WINDOW_TUMBLE, 10, 0, 0, 0, 1, 10, 0, 10, 0 },
        { WINDOW_TUMBLE, 10, 0, 0, 9, 1, 10, 0, 10, 0 },
        { WINDOW_TUMBLE, 10, 0, 0, 10, 1, 20, 10, 20, 10 },
        { WINDOW_TUMBLE, 10, 0, 0, -1, 1, 0, -10, 0, -10 },
        { WINDOW_TUMBLE, 10, 0, 0, -10, 1, 0, -10, 0, -10 },
        { WINDOW_TUMBLE, 10, 0, 3, 12, 1, 13, 3, 13, 3 },
        { WINDOW_TUMBLE, 10, 0, 3, 13, 1, 23, 13, 23, 13 },
        { WINDOW_TUMBLE, 10, 0, -3, 6, 1, 7, -3, 7, -3 },
        { WINDOW_TUMBLE, 10, 0, -3, -4, 1, -3, -13, -3, -13 },
        { WINDOW_HOP, 10, 5, 0, 4, 2, 5, -5, 10, 0 },
        { WINDOW_HOP, 10, 5, 0, 5, 2, 10, 0, 15, 5 },
        { WINDOW_HOP, 10, 5, 0, -1, 2, 0, -10, 5, -5 },
        { WINDOW_HOP, 10, 5, 2, 5, 2, 7, -3, 12, 2 },
        { WINDOW_HOP, 5, 4, 0, 3, 1, 5, 0, 5, 0 },
        { WINDOW_HOP, 5, 4, 0, 4, 2, 5, 0, 9, 4 },
        { WINDOW_HOP, 5, 4, 0, 8, 2, 9, 4, 13, 8 },
        { WINDOW_HOP, 5, 4, 0, -4, 2, -3, -8, 1, -4 },
        { WINDOW_HOP, 2, 5, 0, 1, 1, 2, 0, 2, 0 },
        { WINDOW_HOP, 2, 5, 0, 2, 0, 0, 0, 0, 0 },
        { WINDOW_HOP, 2, 5, 0, 4, 0, 0, 0, 0, 0 },
        { WINDOW_HOP, 2, 5, 0, -5, 1, -3, -5, -3, -5 },
        { WINDOW_HOP, 2, 5, 0, -3, 0, 0, 0, 0, 0 },
        { WINDOW_CUMULATE, 30, 10, 0, 0, 3, 10, 0, 30, 0 },
        { WINDOW_CUMULATE, 30, 10, 0, 25, 1, 30, 0, 30, 0 },
        { WINDOW_CUMULATE, 30, 10, 0, 30, 3, 40, 30, 60, 30 },
        { WINDOW_CUMULATE, 30, 10, 0, -11, 2, -10, -30, 0, -30 },
        { WINDOW_CUMULATE, 30, 10, 5, 4, 1, 5, -25, 5, -25 },
    };
    const Row *row = &rows[_i];
    WindowGrid grid = grid_of(row->kind, row->size, row->slide, row->offset);
    Time       first_end;
    int64_t    count = window_count(&grid, row->time, &first_end);
    ck_assert_int_eq(count, row->count);
    if (count == 0)
        return;
    Time last_end = first_end + (count - 1) * grid.step;
    ck_assert_int_eq(first_end, row->first_end);
    ck_assert_int_eq(window_start_of(&grid, first_end), row->first_start);
    ck_assert_int_eq(last_end, row->last_end);
    ck_assert_int_eq(window_start_of(&grid, last_end), row->last_start);
    Time slice_end = slice_end_of(&grid, row->time);
    ck_assert(slice_end > row->time && slice_end - grid.slice <= row->time);
    ck_assert_int_eq(window_first_end(&grid, slice_end), first_end);
    ck_assert_int_eq(window_last_end(&grid, slice_end), last_end);
}
END_TEST

/* The definition itself, for every window on the grid around. */
START_TEST(windows_by_definition)
{
    static const int64_t shapes[][3] = { { 10, 5, 0 }, { 10, 4, 1 }, { 7, 3, -2 }, { 3, 7, 0 }, { 12, 12, 5 },
                                         { 9, 6, 4 } };
    const int64_t       *shape = shapes[_i];
    WindowGrid           grid = grid_of(WINDOW_HOP, shape[0], shape[1], shape[2]);
    for (Time time = -50; time < 50; time++) {
        int64_t expected = 0;
        Time    lowest = TIME_MAX;
        for (int64_t n = -100; n < 100; n++) {
            Time start = shape[2] + n * shape[1];
            if (start > time || time >= start + shape[0])
                continue;
            expected++;
            lowest = start + shape[0] < lowest ? start + shape[0] : lowest;
        }
        Time first_end;
        ck_assert_int_eq(window_count(&grid, time, &first_end), expected);
        if (expected > 0)
            ck_assert_int_eq(first_end, lowest);
    }
}
END_TEST

START_TEST(first_open_end)
{
    WindowGrid grid = grid_of(WINDOW_HOP, 20, 5, 0);
    for (Time watermark = -3; watermark < 60; watermark++) {
        Time expected = 10;
        while (expected - 1 <= watermark)
            expected += 5;
        ck_assert_int_eq(window_first_open_end(&grid, 10, watermark), expected);
    }
}
END_TEST

START_TEST(slices_of_many)
{
    WindowGrid grid = grid_of(WINDOW_TUMBLE, 10, 0, 0);
    Time       same[] = { 3, 9, 0, 5 };
    Time       several[] = { 3, 12, -1, 13 };
    Time       ends[4];
    ck_assert(slice_ends_of(&grid, same, 4, ends));
    ck_assert(!slice_ends_of(&grid, several, 4, ends));
    ck_assert_int_eq(ends[0], 10);
    ck_assert_int_eq(ends[1], 20);
    ck_assert_int_eq(ends[2], 0);
    ck_assert_int_eq(ends[3], 20);
}
END_TEST

#define HOUR 3600000LL

/* Berlin 2021: on March 28 the clock jumps from 02:00 to 03:00 (01:00 UTC), on October 31 from 03:00 to 02:00 (01:00
 * UTC). */
START_TEST(local_windows_at_clock_changes)
{
    Arena      *arena = arena_create();
    Error       err = ERROR_NONE;
    const Zone *zone;
    ck_assert_int_eq(zone_load(arena, STR("Europe/Berlin"), &zone, &err), STATUS_OK);
    int64_t spring = date_from_civil(2021, 3, 28) * DAY_MS;
    int64_t autumn = date_from_civil(2021, 10, 31) * DAY_MS;
    /* an ordinary window [00:00, 01:00) of the local clock ends at 23:59:59.999 UTC */
    ck_assert_int_eq(window_fire_time(zone, spring + HOUR), spring - 1);
    /* the skipped hour [02:00, 03:00) ends at the jump */
    ck_assert(window_fire_time(zone, spring + 3 * HOUR) >= spring + HOUR - 1);
    ck_assert(window_fire_time(zone, spring + 3 * HOUR) <= spring + HOUR);
    /* the doubled hour [02:00, 03:00) ends after the second one: 02:00 UTC */
    ck_assert_int_eq(window_fire_time(zone, autumn + 3 * HOUR), autumn + 2 * HOUR - 1);
    /* and [01:00, 02:00) before the first: 00:00 UTC */
    ck_assert_int_eq(window_fire_time(zone, autumn + 2 * HOUR), autumn - 1);
    /* fire times never go back along the ends */
    for (Time end = autumn - 6 * HOUR; end < autumn + 8 * HOUR; end += HOUR / 4)
        ck_assert(window_fire_time(zone, end) <= window_fire_time(zone, end + HOUR / 4));
    for (Time end = spring - 6 * HOUR; end < spring + 8 * HOUR; end += HOUR / 4)
        ck_assert(window_fire_time(zone, end) <= window_fire_time(zone, end + HOUR / 4));
    /* instants to the local clock, over the jump and all on one side of it */
    Time over[] = { spring + HOUR - 1, spring + HOUR };
    times_to_local(zone, over, 2);
    ck_assert_int_eq(over[0], spring + 2 * HOUR - 1);
    ck_assert_int_eq(over[1], spring + 3 * HOUR);
    Time before[] = { spring - HOUR, spring };
    times_to_local(zone, before, 2);
    ck_assert_int_eq(before[0], spring);
    ck_assert_int_eq(before[1], spring + HOUR);
    arena_destroy(arena);
}
END_TEST

Suite *suite_window(void)
{
    Suite *suite = suite_create("window");
    TCase *tcase = tcase_create("window");
    tcase_add_loop_test(tcase, windows_of_a_time, 0, 27);
    tcase_add_loop_test(tcase, windows_by_definition, 0, 6);
    tcase_add_test(tcase, first_open_end);
    tcase_add_test(tcase, slices_of_many);
    tcase_add_test(tcase, local_windows_at_clock_changes);
    suite_add_tcase(suite, tcase);
    return suite;
}
