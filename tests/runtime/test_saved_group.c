/* test_saved_group.c: GROUP BY without windows over a break: results at the end, changelogs, retractions, groups that expire. */
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

#define ROW(k, v, of_kind) { .key = (k), .value = (v), .time = 1, .watermark = 0, .kind = (of_kind) }

static const BedRow added[] = {
    ROW("a", 1, ROW_INSERT),      ROW(NULL, 2, ROW_INSERT), ROW(LONG_KEY, 4, ROW_INSERT), ROW("a", 1, ROW_INSERT),
    ROW("b", 500, ROW_INSERT),    ROW(NULL, 16, ROW_INSERT), ROW("b", 300, ROW_INSERT),   ROW("a", 7, ROW_INSERT),
    ROW(LONG_KEY, 4, ROW_INSERT), ROW("a", 900, ROW_INSERT),
};

static const BedRow changed[] = {
    ROW("a", 1, ROW_INSERT),        ROW("b", 2, ROW_INSERT),    ROW("a", 4, ROW_INSERT), ROW("a", 4, ROW_UPDATE_BEFORE),
    ROW("a", 3, ROW_UPDATE_AFTER),  ROW("b", 2, ROW_DELETE),    ROW(NULL, 8, ROW_INSERT), ROW("b", 16, ROW_INSERT),
    ROW(LONG_KEY, 5, ROW_INSERT),   ROW("a", 1, ROW_DELETE),    ROW(LONG_KEY, 5, ROW_DELETE), ROW("a", 3, ROW_INSERT),
    ROW("nobody", 1, ROW_DELETE),   ROW(NULL, 8, ROW_DELETE),
};

static Plan *grouped(bool is_changing, const int32_t *keys, int32_t key_count)
{
    Plan *scan = bed_scan(&bed, true);
    if (is_changing)
        scan->changelog = CHANGELOG_ALL;
    Plan           *input = bed_with_test(&bed, scan, 400);
    AggregateCall **calls = arena_new(bed.arena, AggregateCall *, 5);
    calls[0] = bed_call(&bed, input, "count", -1);
    calls[1] = bed_call(&bed, input, "sum", BED_VALUE);
    calls[2] = bed_call(&bed, input, "max", BED_VALUE);
    calls[3] = bed_call(&bed, input, "listagg", BED_KEY);
    calls[4] = bed_call(&bed, input, "count", BED_VALUE);
    calls[1]->filter = BED_COLUMNS;
    calls[4]->is_distinct = true;
    return bed_group(&bed, input, keys, key_count, calls, 5);
}

static Plan *summed(bool is_changing)
{
    Plan *scan = bed_scan(&bed, true);
    if (is_changing)
        scan->changelog = CHANGELOG_ALL;
    AggregateCall **calls = arena_new(bed.arena, AggregateCall *, 1);
    calls[0] = bed_call(&bed, scan, "sum", BED_VALUE);
    return bed_group(&bed, scan, by_key, 1, calls, 1);
}

START_TEST(changelog_of_rows_that_only_come)
{
    SAVED_TABLE(bed, added);
    saved_expect_unbroken(&bed, grouped(false, by_key, 1));
    saved_expect_unbroken(&bed, grouped(false, NULL, 0));
    saved_expect_unbroken(&bed, summed(false));
}
END_TEST

START_TEST(changelog_of_rows_that_change)
{
    SAVED_TABLE(bed, changed);
    saved_expect_unbroken(&bed, grouped(true, by_key, 1));
    saved_expect_unbroken(&bed, summed(true));
}
END_TEST

START_TEST(one_result_at_the_end)
{
    bed.is_batch = true;
    SAVED_TABLE(bed, added);
    saved_expect_unbroken(&bed, grouped(false, by_key, 1));
    saved_expect_unbroken(&bed, grouped(false, NULL, 0));
    saved_expect_unbroken(&bed, summed(false));
}
END_TEST

/* DISTINCT only: blocks without aggregates. */
START_TEST(no_calls)
{
    SAVED_TABLE(bed, added);
    saved_expect_unbroken(&bed, bed_group(&bed, bed_scan(&bed, true), by_key, 1, NULL, 0));
}
END_TEST

/* A group is as old after the break as it was before. */
START_TEST(groups_expire)
{
    static const BedRow rows[] = { ROW("a", 1, ROW_INSERT), ROW("b", 2, ROW_INSERT), ROW("a", 4, ROW_INSERT), ROW("b", 8, ROW_INSERT),
                                   ROW("a", 16, ROW_INSERT) };
    static const int32_t parallelisms[] = { 1, 2, 4 };
    SAVED_TABLE(bed, rows);
    Plan *plan = summed(false);
    plan->group_aggregate.state_ttl_ms = 1500;
    bed.clock_steps_ms = 1000;
    BedBreak breaks[] = { { 2, parallelisms[_i % 3] }, { 3, 2 } };
    bed.options.parallelism = parallelisms[_i / 3];
    char *lines = bed_run_broken(&bed, plan, breaks, 2);
    /* a: written at 0, 1000 and 2000 ms; b at 0 and 2000 */
    ck_assert_str_eq(lines, "+I a 1\n+I b 2\n+I b 8\n+U a 21\n+U a 5\n-U a 1\n-U a 5\n");
    free(lines);
}
END_TEST

START_TEST(pieces_without_news_are_kept)
{
    int64_t       unchanged, written;
    static BedRow rows[5001];
    static char   names[5000][8];
    for (int i = 0; i < 5001; i++) {
        snprintf(names[i % 5000], sizeof(names[0]), "k%d", i % 5000);
        rows[i] = (BedRow)ROW(names[i % 5000], i, ROW_INSERT);
    }
    SAVED_TABLE(bed, rows);
    bed.options.parallelism = 1;
    bed_count_parts(&bed, summed(false), (BedBreak){ 5000, 1 }, (BedBreak){ 5001, 1 }, "group changelog", &unchanged, &written);
    ck_assert_int_eq(written, 1);
    ck_assert_int_ge(unchanged, 4);
}
END_TEST

START_TEST(damaged_bytes_are_an_error_or_a_value)
{
    static const int masks[] = { 0, 1, 0x80, 0xff };
    SAVED_TABLE(bed, changed);
    bed.options.parallelism = 1;
    saved_expect_survives(&bed, _i % 2 == 0 ? grouped(true, by_key, 1) : summed(true), (BedBreak){ 9, 1 }, "group changelog", masks[_i / 2]);
}
END_TEST

Suite *suite_saved_group(void)
{
    Suite *suite = suite_create("saved_group");
    TCase *tcase = tcase_create("saved_group");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, changelog_of_rows_that_only_come);
    tcase_add_test(tcase, changelog_of_rows_that_change);
    tcase_add_test(tcase, one_result_at_the_end);
    tcase_add_test(tcase, no_calls);
    tcase_add_loop_test(tcase, groups_expire, 0, 9);
    tcase_add_test(tcase, pieces_without_news_are_kept);
    tcase_add_loop_test(tcase, damaged_bytes_are_an_error_or_a_value, 0, 8);
    suite_add_tcase(suite, tcase);
    return suite;
}
