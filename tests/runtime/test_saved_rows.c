/* test_saved_rows.c: operators that keep rows, or only count them, over a break: ORDER BY, LIMIT, VALUES. */
#include "tests/runtime/saved_bed.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static Bed bed;

static void setup(void)
{
    bed_open(&bed);
}

static void teardown(void)
{
    bed_close(&bed);
}

#define ROW(k, v, t, delay) { .key = (k), .value = (v), .time = (t), .watermark = (t) - (delay) }

static const BedRow mixed[] = {
    ROW("a", 5, 7, 4),  ROW("b", 3, 9, 4),  ROW(NULL, 8, 8, 4),  ROW(LONG_KEY, 1, 12, 4), ROW("a", 5, 3, 4),
    ROW("c", 9, 11, 4), ROW("b", 0, 20, 4), ROW("a", 2, 10, 4),  ROW("d", 7, 19, 4),      ROW("d", 4, 30, 4),
};

static BedRow many[3000];

static void make_many(void)
{
    for (int i = 0; i < 3000; i++)
        many[i] = (BedRow)ROW(i % 3 == 0 ? LONG_KEY : "k", i * 7919 % 3001, i, 5000);
}

/* One task: the rows come in the order of the script only from one source. */
static void expect_in_order(Plan *plan)
{
    bed.options.parallelism = 1;
    bed.keeps_order = true;
    char *expected = bed_run(&bed, plan);
    for (int64_t at = 0; at <= bed.table.row_count; at++) {
        BedBreak breaks[] = { { at, 1 }, { (at + bed.table.row_count) / 2, 1 } };
        bed.options.batch_rows = at % 2 ? 2 : BATCH_ROWS;
        char *lines = bed_run_broken(&bed, plan, breaks, at % 3 == 0 ? 2 : 1);
        ck_assert_msg(strcmp(lines, expected) == 0, "after %d rows:\n%s--- expected\n%s", (int)at, lines, expected);
        free(lines);
    }
    free(expected);
}

static Plan *by_time(void)
{
    Plan *plan = bed_sort(&bed, bed_scan(&bed, true), BED_TIME, false, -1, 0);
    plan->sort.by_rowtime = true;
    return plan;
}

static Plan *changing_sort(void)
{
    Plan *scan = bed_scan(&bed, true);
    scan->changelog = CHANGELOG_ALL;
    return bed_sort(&bed, scan, BED_VALUE, false, -1, 0);
}

START_TEST(sorts)
{
    SAVED_TABLE(bed, mixed);
    expect_in_order(bed_sort(&bed, bed_scan(&bed, true), BED_VALUE, false, -1, 0));
    expect_in_order(bed_sort(&bed, bed_scan(&bed, true), BED_KEY, true, 4, 2));
    expect_in_order(by_time());
    saved_expect_unbroken(&bed, bed_sort(&bed, bed_scan(&bed, true), BED_VALUE, false, -1, 0));
}
END_TEST

START_TEST(sort_of_rows_that_change)
{
    static BedRow rows[] = { ROW("a", 5, 1, 0), ROW("b", 3, 1, 0), ROW("a", 5, 1, 0), ROW("a", 4, 1, 0), ROW("b", 3, 1, 0), ROW("c", 1, 1, 0) };
    rows[2].kind = ROW_UPDATE_BEFORE;
    rows[3].kind = ROW_UPDATE_AFTER;
    rows[4].kind = ROW_DELETE;
    SAVED_TABLE(bed, rows);
    expect_in_order(changing_sort());
}
END_TEST

START_TEST(full_runs_are_kept)
{
    int64_t unchanged, written;
    make_many();
    SAVED_TABLE(bed, many);
    Plan *plan = bed_sort(&bed, bed_scan(&bed, true), BED_VALUE, false, -1, 0);
    bed_count_parts(&bed, plan, (BedBreak){ 2900, 1 }, (BedBreak){ 3000, 1 }, "sort", &unchanged, &written);
    ck_assert_int_eq(unchanged, 2);
    ck_assert_int_eq(written, 1);
    plan = by_time();
    bed_count_parts(&bed, plan, (BedBreak){ 2900, 1 }, (BedBreak){ 3000, 1 }, "rowtime sort", &unchanged, &written);
    ck_assert_int_eq(unchanged, 2);
    ck_assert_int_eq(written, 2);
    bed.options.parallelism = 1;
    bed.keeps_order = true;
    char    *expected = bed_run(&bed, plan);
    BedBreak at = { 2950, 1 };
    char    *lines = bed_run_broken(&bed, plan, &at, 1);
    ck_assert_str_eq(lines, expected);
    free(lines);
    free(expected);
}
END_TEST

START_TEST(limits)
{
    SAVED_TABLE(bed, mixed);
    expect_in_order(bed_limit(&bed, bed_scan(&bed, true), 3, 2));
    expect_in_order(bed_limit(&bed, bed_scan(&bed, true), -1, 4));
    expect_in_order(bed_limit(&bed, bed_scan(&bed, true), 0, 0));
}
END_TEST

/* Rows that were given are not given again. */
START_TEST(constant_rows)
{
    static const int64_t numbers[] = { 1, 2, 3 };
    static const Field   fields[] = { { .type = &type_bigint_not_null } };
    Plan                *plan = plan_new(bed.arena, PLAN_VALUES, SPAN_NONE, NULL);
    Column               column = { .type = &type_bigint_not_null, .data = (void *)(uintptr_t)numbers };
    plan->id = ++bed.next_id;
    plan->fields = fields;
    plan->field_count = 1;
    plan->values = (PlanValues){ .columns = &column, .row_count = 3 };
    expect_in_order(plan);
}
END_TEST

START_TEST(damaged_bytes_are_an_error_or_a_value)
{
    static const int masks[] = { 0, 1, 0x80, 0xff };
    SAVED_TABLE(bed, mixed);
    bed.options.parallelism = 1;
    Plan       *plans[] = { by_time(), changing_sort(), bed_limit(&bed, bed_scan(&bed, true), 5, 2) };
    const char *names[] = { "rowtime sort", "sort", "limit" };
    saved_expect_survives(&bed, plans[_i % 3], (BedBreak){ 4, 1 }, names[_i % 3], masks[_i / 3]);
}
END_TEST

Suite *suite_saved_rows(void)
{
    Suite *suite = suite_create("saved_rows");
    TCase *tcase = tcase_create("saved_rows");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, sorts);
    tcase_add_test(tcase, sort_of_rows_that_change);
    tcase_add_test(tcase, full_runs_are_kept);
    tcase_add_test(tcase, limits);
    tcase_add_test(tcase, constant_rows);
    tcase_add_loop_test(tcase, damaged_bytes_are_an_error_or_a_value, 0, 12);
    suite_add_tcase(suite, tcase);
    return suite;
}
