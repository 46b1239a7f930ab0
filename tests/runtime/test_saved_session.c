/* test_saved_session.c: sessions over a break: aggregated, and as a table function. */
#include "tests/runtime/saved_bed.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static Bed bed;
static const int32_t by_key[] = { BED_KEY };

static void setup(void)
{
    bed_open(&bed);
}

static void teardown(void)
{
    bed_close(&bed);
}

#define ROW(k, v, t, delay) { .key = (k), .value = (v), .time = (t), .watermark = (t) - (delay) }

/* Sessions of 10: connected by a row (17), several of a key, late rows. */
static const BedRow mixed[] = {
    ROW("a", 1, 0, 20),      ROW("b", 2, 3, 20),   ROW(NULL, 4, 5, 20),    ROW("a", 8, 25, 20),   ROW(LONG_KEY, 16, 26, 20),
    ROW("a", 32, 14, 20),    ROW("a", 64, 17, 20), ROW("a", 128, 8, 20),   ROW("b", 256, 33, 20), ROW("a", 512, 60, 20),
    ROW(NULL, 1024, 3, 20),  ROW("b", 2048, 45, 20), ROW("a", 4096, 51, 20), ROW(LONG_KEY, 8192, 80, 20), ROW("b", 1, 2, 20),
};

static Plan *aggregated(const char *third)
{
    Plan           *scan = bed_scan(&bed, true);
    AggregateCall **calls = arena_new(bed.arena, AggregateCall *, 3);
    calls[0] = bed_call(&bed, scan, "count", -1);
    calls[1] = bed_call(&bed, scan, "sum", BED_VALUE);
    calls[2] = bed_call(&bed, scan, third, third[0] == 'l' ? BED_KEY : BED_VALUE);
    calls[2]->is_distinct = third[0] == 'c';
    return bed_window_aggregate(&bed, scan, bed_window(WINDOW_SESSION, 10, 0), by_key, 1, calls, 3);
}

static Plan *of_rows(void)
{
    return bed_window_table(&bed, bed_scan(&bed, true), bed_window(WINDOW_SESSION, 10, 0), by_key, 1);
}

START_TEST(sessions_of_aggregates)
{
    SAVED_TABLE(bed, mixed);
    saved_expect_unbroken(&bed, aggregated("max"));
    saved_expect_unbroken(&bed, aggregated("listagg"));
    saved_expect_unbroken(&bed, aggregated("count"));
}
END_TEST

START_TEST(sessions_of_rows)
{
    SAVED_TABLE(bed, mixed);
    saved_expect_unbroken(&bed, of_rows());
}
END_TEST

/* The watermark alone ends a session between two saves, of a key far from the rows that come. */
START_TEST(a_session_that_ended_is_not_kept)
{
    enum { KEYS = 1500 };
    static BedRow rows[KEYS + 3];
    static char   names[KEYS][8];
    rows[0] = (BedRow)ROW("first", 1, 0, 1000);
    rows[1] = (BedRow)ROW("first", 2, 50, 1000);
    for (int i = 0; i < KEYS; i++) {
        snprintf(names[i], sizeof(names[i]), "k%d", i);
        rows[i + 2] = (BedRow)ROW(names[i], i, 51, 1000);
    }
    rows[KEYS + 2] = (BedRow)ROW(names[KEYS - 1], 4, 60, 48);
    SAVED_TABLE(bed, rows);
    Plan    *plan = aggregated("max");
    BedBreak at = { KEYS + 3, 1 };
    bed.options.parallelism = 1;
    char *expected = bed_run(&bed, plan);
    char *lines = bed_run_broken(&bed, plan, &at, 1);
    ck_assert_ptr_nonnull(strstr(lines, "+I first 1 1 1 0 10\n"));
    ck_assert_msg(strcmp(lines, expected) == 0, "other rows than without the break");
    free(lines);
    free(expected);
}
END_TEST

START_TEST(processing_time)
{
    static const BedRow rows[] = { ROW("a", 1, 0, 0), ROW("b", 2, 0, 0), ROW("a", 4, 0, 0), ROW("c", 8, 0, 0) };
    SAVED_TABLE(bed, rows);
    Plan *plan = _i == 0 ? aggregated("max") : of_rows();
    (_i == 0 ? &plan->window_aggregate.window : &plan->window.window)->is_proctime = true;
    (_i == 0 ? &plan->window_aggregate.window : &plan->window.window)->size = 1500;
    bed.clock_steps_ms = 1000;
    BedBreak breaks[] = { { 2, 2 }, { 3, 4 }, { 4, 1 }, { 4, 2 }, { 4, 2 } };
    bed.options.parallelism = 4;
    char *lines = bed_run_broken(&bed, plan, breaks, 5);
    ck_assert_ptr_nonnull(strstr(lines, _i == 0 ? "+I a 2 5 4 1000000 1002500\n" : "+I a 1 0 0 1000000 1002500 1002499\n"));
    ck_assert_ptr_nonnull(strstr(lines, _i == 0 ? "+I b 1 2 2 1000000 1001500\n" : "+I b 2 0 0 1000000 1001500 1001499\n"));
    ck_assert_ptr_nonnull(strstr(lines, _i == 0 ? "+I c 1 8 8 1002000 1003500\n" : "+I c 8 0 0 1002000 1003500 1003499\n"));
    free(lines);
}
END_TEST

START_TEST(instances_at_watermarks_of_their_own)
{
    SAVED_TABLE(bed, mixed);
    saved_expect_own_watermarks(&bed, aggregated("max"), (BedBreak){ 8, 2 }, "session aggregate", 0);
    saved_expect_own_watermarks(&bed, of_rows(), (BedBreak){ 8, 2 }, "session rows", 0);
}
END_TEST

START_TEST(damaged_bytes_are_an_error_or_a_value)
{
    static const int masks[] = { 0, 1, 0x80, 0xff };
    SAVED_TABLE(bed, mixed);
    bed.options.parallelism = 1;
    Plan *plan = _i % 2 == 0 ? aggregated("listagg") : of_rows();
    saved_expect_survives(&bed, plan, (BedBreak){ 9, 1 }, _i % 2 == 0 ? "session aggregate" : "session rows", masks[_i / 2]);
}
END_TEST

Suite *suite_saved_session(void)
{
    Suite *suite = suite_create("saved_session");
    TCase *tcase = tcase_create("saved_session");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, sessions_of_aggregates);
    tcase_add_test(tcase, sessions_of_rows);
    tcase_add_test(tcase, a_session_that_ended_is_not_kept);
    tcase_add_loop_test(tcase, processing_time, 0, 2);
    tcase_add_test(tcase, instances_at_watermarks_of_their_own);
    tcase_add_loop_test(tcase, damaged_bytes_are_an_error_or_a_value, 0, 8);
    suite_add_tcase(suite, tcase);
    return suite;
}
