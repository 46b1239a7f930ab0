/* test_saved_window.c: window aggregation over a break: the same rows at any break, from and to any parallelism. */
#include "tests/runtime/saved_bed.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static Bed bed;
static void make_names(void);
static const int32_t by_key[] = { BED_KEY };

static void setup(void)
{
    bed_open(&bed);
    make_names();
}

static void teardown(void)
{
    bed_close(&bed);
}

#define ROW(s, k, v, t, delay) { .split = (s), .key = (k), .value = (v), .time = (t), .watermark = (t) - (delay) }

/* Two splits, late and partly late rows, a NULL key, a key that does not fit into an entry. */
static const BedRow mixed[] = {
    ROW(0, "a", 1, 1, 3),    ROW(1, "b", 2, 3, 3),    ROW(0, "a", 4, 6, 3),     ROW(1, NULL, 8, 9, 3),
    ROW(0, LONG_KEY, 16, 12, 3),       ROW(1, "a", 32, 13, 3),   ROW(0, "a", 64, 4, 3),
    ROW(1, "b", 128, 14, 3), ROW(0, "b", 256, 21, 3), ROW(1, NULL, 512, 22, 3), ROW(0, "a", 1024, 9, 3),
    ROW(1, "a", 2048, 25, 3), ROW(0, LONG_KEY, 4096, 17, 3),     ROW(1, "b", 8192, 33, 3),
    ROW(0, "a", 16384, 41, 3),
};

static Plan *windowed(PlanWindowSpec window, const char *const *names, int32_t count)
{
    Plan           *scan = bed_scan(&bed, true);
    AggregateCall **calls = arena_new(bed.arena, AggregateCall *, count);
    for (int32_t i = 0; i < count; i++)
        calls[i] = bed_call(&bed, scan, names[i], strcmp(names[i], "count") == 0 ? -1 : strcmp(names[i], "listagg") == 0 ? BED_KEY : BED_VALUE);
    return bed_window_aggregate(&bed, scan, window, by_key, 1, calls, count);
}

static char        name_texts[2000][8];
static const char *names[2000];

static void make_names(void)
{
    for (int i = 0; i < 2000; i++) {
        snprintf(name_texts[i], sizeof(name_texts[i]), "k%d", i);
        names[i] = name_texts[i];
    }
}

static const char *const flat[] = { "count", "sum" };
static const char *const kept[] = { "count", "max", "listagg" };

START_TEST(windows_of_every_kind)
{
    static const struct {
        WindowKind kind;
        int64_t    size, slide;
    } windows[] = { { WINDOW_TUMBLE, 10, 0 }, { WINDOW_HOP, 10, 5 }, { WINDOW_HOP, 20, 5 }, { WINDOW_CUMULATE, 20, 5 } };
    SAVED_TABLE(bed, mixed);
    bed.table.split_count = 2;
    saved_expect_unbroken(&bed, windowed(bed_window(windows[_i].kind, windows[_i].size, windows[_i].slide), flat, 2));
}
END_TEST

/* What hangs from states: texts, lists, sets of values. LISTAGG keeps the order of arrival, so one split. */
START_TEST(states_of_any_size)
{
    static const struct {
        WindowKind kind;
        int64_t    size, slide;
    } windows[] = { { WINDOW_TUMBLE, 10, 0 }, { WINDOW_HOP, 10, 5 }, { WINDOW_CUMULATE, 20, 5 } };
    static BedRow one_split[sizeof(mixed) / sizeof(mixed[0])];
    memcpy(one_split, mixed, sizeof(mixed));
    for (size_t i = 0; i < sizeof(mixed) / sizeof(mixed[0]); i++)
        one_split[i].split = 0;
    SAVED_TABLE(bed, one_split);
    saved_expect_unbroken(&bed, windowed(bed_window(windows[_i].kind, windows[_i].size, windows[_i].slide), kept, 3));
}
END_TEST

/* Two phases at more than one task: sets of values are merged. */
START_TEST(distinct_and_filter)
{
    SAVED_TABLE(bed, mixed);
    bed.table.split_count = 2;
    Plan           *scan = bed_scan(&bed, true);
    Plan           *input = bed_with_test(&bed, scan, 200);
    AggregateCall **calls = arena_new(bed.arena, AggregateCall *, 3);
    calls[0] = bed_call(&bed, input, "count", BED_KEY);
    calls[1] = bed_call(&bed, input, "sum", BED_VALUE);
    calls[2] = bed_call(&bed, input, "max", BED_KEY);
    calls[0]->is_distinct = true;
    calls[1]->filter = BED_COLUMNS;
    saved_expect_unbroken(&bed, bed_window_aggregate(&bed, input, bed_window(WINDOW_HOP, 20, 10), NULL, 0, calls, 3));
}
END_TEST

START_TEST(changelog_in_hop_windows)
{
    static BedRow rows[] = {
        ROW(0, "a", 1, 1, 9), ROW(0, "b", 2, 2, 9), ROW(0, "a", 1, 1, 9), ROW(0, "a", 4, 7, 9), ROW(0, "b", 2, 2, 9), ROW(0, "a", 4, 7, 9),
        ROW(0, "b", 8, 12, 9), ROW(0, "a", 16, 29, 9), ROW(0, "a", 16, 29, 9), ROW(0, "b", 32, 30, 9),
    };
    rows[2].kind = rows[4].kind = rows[8].kind = ROW_DELETE;
    SAVED_TABLE(bed, rows);
    Plan *scan = bed_scan(&bed, true);
    scan->changelog = CHANGELOG_ALL;
    AggregateCall **calls = arena_new(bed.arena, AggregateCall *, 2);
    calls[0] = bed_call(&bed, scan, "count", -1);
    calls[1] = bed_call(&bed, scan, "max", BED_VALUE);
    saved_expect_unbroken(&bed, bed_window_aggregate(&bed, scan, bed_window(WINDOW_HOP, 10, 5), by_key, 1, calls, 2));
}
END_TEST

/* The windows are the clock's: a timer is set again, and fires once the clock has moved. */
START_TEST(processing_time)
{
    static const BedRow rows[] = { ROW(0, "a", 1, 0, 0), ROW(0, "b", 2, 0, 0), ROW(0, "a", 4, 0, 0), ROW(0, "a", 8, 0, 0) };
    static const int32_t parallelisms[] = { 1, 2, 4 };
    SAVED_TABLE(bed, rows);
    PlanWindowSpec window = bed_window(WINDOW_TUMBLE, 10000, 0);
    window.is_proctime = true;
    Plan    *plan = windowed(window, flat, 2);
    BedBreak breaks[] = { { 2, parallelisms[_i % 3] }, { 3, 2 } };
    bed.options.parallelism = parallelisms[_i / 3];
    bed.clock_steps_ms = 10000;
    char *lines = bed_run_broken(&bed, plan, breaks, 2);
    ck_assert_str_eq(lines, "+I a 1 1 1000000 1010000\n+I a 1 4 1010000 1020000\n+I b 1 2 1000000 1010000\n");
    free(lines);
}
END_TEST

/* A slice that gets no more rows is not written again. */
START_TEST(sealed_slices_are_kept)
{
    int64_t       unchanged, written;
    static BedRow rows[3000];
    for (int i = 0; i < 3000; i++)
        rows[i] = (BedRow)ROW(0, names[i % 2000], i, i / 1000 * 10, 100);
    SAVED_TABLE(bed, rows);
    Plan *plan = windowed(bed_window(WINDOW_TUMBLE, 10, 0), flat, 2);
    bed_count_parts(&bed, plan, (BedBreak){ 2000, 1 }, (BedBreak){ 3000, 1 }, "window aggregate", &unchanged, &written);
    ck_assert_int_eq(unchanged, 2);
    ck_assert_int_eq(written, 2);
}
END_TEST

/* (Found by the simulation: a row whose window another instance had fired was taken for late.) */
START_TEST(instances_at_watermarks_of_their_own)
{
    SAVED_TABLE(bed, mixed);
    bed.table.split_count = 2;
    saved_expect_own_watermarks(&bed, windowed(bed_window(WINDOW_TUMBLE, 10, 0), flat, 2), (BedBreak){ 8, 2 }, "window aggregate", 1);
}
END_TEST

START_TEST(damaged_bytes_are_an_error_or_a_value)
{
    static const int masks[] = { 0, 1, 0x80, 0xff };
    SAVED_TABLE(bed, mixed);
    bed.table.split_count = 2;
    Plan *plan = windowed(bed_window(WINDOW_HOP, 10, 5), _i % 2 == 0 ? flat : kept, _i % 2 == 0 ? 2 : 3);
    bed.options.parallelism = 1;
    saved_expect_survives(&bed, plan, (BedBreak){ 9, 1 }, "window aggregate", masks[_i / 2]);
}
END_TEST

Suite *suite_saved_window(void)
{
    Suite *suite = suite_create("saved_window");
    TCase *tcase = tcase_create("saved_window");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, windows_of_every_kind, 0, 4);
    tcase_add_loop_test(tcase, states_of_any_size, 0, 3);
    tcase_add_test(tcase, distinct_and_filter);
    tcase_add_test(tcase, changelog_in_hop_windows);
    tcase_add_loop_test(tcase, processing_time, 0, 9);
    tcase_add_test(tcase, sealed_slices_are_kept);
    tcase_add_test(tcase, instances_at_watermarks_of_their_own);
    tcase_add_loop_test(tcase, damaged_bytes_are_an_error_or_a_value, 0, 8);
    suite_add_tcase(suite, tcase);
    return suite;
}
