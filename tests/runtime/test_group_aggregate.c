/* test_group_aggregate.c: GROUP BY: the changelog row by row, retractions, TTL, batch mode. */
#include "tests/runtime/bed.h"

#include <check.h>
#include <stdatomic.h>
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

#define TABLE(array)                                                       \
    do {                                                                   \
        bed.table.rows = (array);                                          \
        bed.table.row_count = (int64_t)(sizeof(array) / sizeof((array)[0])); \
    } while (0)
#define ROW(k, v) { .key = (k), .value = (v), .time = 0, .watermark = BED_NULL }
#define CHANGE(op, k, v) { .kind = (op), .key = (k), .value = (v), .time = 0, .watermark = BED_NULL }

static Plan *grouped(Plan *input, bool has_key)
{
    AggregateCall **calls = arena_new(bed.arena, AggregateCall *, 2);
    calls[0] = bed_call(&bed, input, "count", -1);
    calls[1] = bed_call(&bed, input, "sum", BED_VALUE);
    return bed_group(&bed, input, by_key, has_key ? 1 : 0, calls, 2);
}

START_TEST(changes_in_the_order_of_rows)
{
    static const BedRow rows[] = { ROW("a", 1), ROW("b", 2), ROW("a", 3), ROW("a", 4), ROW(NULL, 5), ROW("b", 6) };
    TABLE(rows);
    bed.keeps_order = true;
    for (bed.options.batch_rows = 1; bed.options.batch_rows < 9; bed.options.batch_rows++) {
        char *lines = bed_run(&bed, grouped(bed_scan(&bed, false), true));
        ck_assert_str_eq(lines,
                         "+I a 1 1\n+I b 1 2\n-U a 1 1\n+U a 2 4\n-U a 2 4\n+U a 3 8\n+I - 1 5\n-U b 1 2\n+U b 2 8\n");
        free(lines);
    }
    bed.keeps_order = false;
    bed_expect(&bed, grouped(bed_scan(&bed, false), true),
               "+I - 1 5\n+I a 1 1\n+I b 1 2\n+U a 2 4\n+U a 3 8\n+U b 2 8\n-U a 1 1\n-U a 2 4\n-U b 1 2\n");
}
END_TEST

START_TEST(without_update_before)
{
    static const BedRow rows[] = { ROW("a", 1), ROW("a", 3) };
    TABLE(rows);
    bed.keeps_order = true;
    Plan *plan = grouped(bed_scan(&bed, false), true);
    plan->group_aggregate.emits_update_before = false;
    bed_expect(&bed, plan, "+I a 1 1\n+U a 2 4\n");
}
END_TEST

START_TEST(global_group)
{
    static const BedRow rows[] = { ROW("a", 1), ROW("b", 2), ROW("a", 3) };
    TABLE(rows);
    bed.keeps_order = true;
    bed_expect(&bed, grouped(bed_scan(&bed, false), false), "+I 1 1\n-U 1 1\n+U 2 3\n-U 2 3\n+U 3 6\n");
    bed.table.row_count = 0;
    bed_expect(&bed, grouped(bed_scan(&bed, false), false), "");
}
END_TEST

START_TEST(distinct_rows)
{
    static const BedRow rows[] = { ROW("a", 1), ROW("b", 2), ROW("a", 3), ROW(NULL, 4), ROW(NULL, 4) };
    TABLE(rows);
    bed_expect(&bed, bed_group(&bed, bed_scan(&bed, false), by_key, 1, NULL, 0), "+I -\n+I a\n+I b\n");
}
END_TEST

START_TEST(retractions)
{
    static const BedRow rows[] = {
        CHANGE(ROW_DELETE, "a", 9),       CHANGE(ROW_INSERT, "a", 1), CHANGE(ROW_UPDATE_BEFORE, "a",
                                                                             1), CHANGE(ROW_UPDATE_AFTER, "a", 2),
        CHANGE(ROW_INSERT, "a", 3),       CHANGE(ROW_DELETE, "a", 2), CHANGE(ROW_DELETE, "a",
                                                                             3),        CHANGE(ROW_DELETE, "a", 3),
        CHANGE(ROW_INSERT, "a", 7),
    };
    TABLE(rows);
    bed.keeps_order = true;
    Plan *scan = bed_scan(&bed, false);
    scan->changelog = CHANGELOG_ALL;
    bed_expect(&bed, grouped(scan, true),
               "+I a 1 1\n-D a 1 1\n+I a 1 2\n-U a 1 2\n+U a 2 5\n-U a 2 5\n+U a 1 3\n-D a 1 3\n+I a 1 7\n");
}
END_TEST

/* COUNT per count: the outer group sees -U and +U of the inner one. One task: across keys the order is nobody's. */
START_TEST(groups_of_groups)
{
    static const BedRow rows[] = { ROW("a", 1), ROW("b", 1), ROW("a", 1) };
    static const int32_t by_count[] = { 1 };
    TABLE(rows);
    bed.keeps_order = true;
    Plan           *inner = grouped(bed_scan(&bed, false), true);
    AggregateCall **calls = arena_new(bed.arena, AggregateCall *, 1);
    calls[0] = bed_call(&bed, inner, "count", -1);
    for (bed.options.batch_rows = 1; bed.options.batch_rows < 5; bed.options.batch_rows++) {
        char *lines = bed_run(&bed, bed_group(&bed, inner, by_count, 1, calls, 1));
        ck_assert_str_eq(lines, "+I 1 1\n-U 1 1\n+U 1 2\n-U 1 2\n+U 1 1\n+I 2 1\n");
        free(lines);
    }
}
END_TEST

START_TEST(unchanged_result_says_nothing)
{
    static const BedRow rows[] = { ROW("a", 5), ROW("a", 3), ROW("a", 9) };
    TABLE(rows);
    bed.keeps_order = true;
    Plan           *scan = bed_scan(&bed, false);
    AggregateCall **calls = arena_new(bed.arena, AggregateCall *, 1);
    calls[0] = bed_call(&bed, scan, "max", BED_VALUE);
    Plan *plan = bed_group(&bed, scan, by_key, 1, calls, 1);
    bed_expect(&bed, plan, "+I a 5\n-U a 5\n+U a 9\n");
    plan->group_aggregate.state_ttl_ms = 1000;
    bed_expect(&bed, plan, "+I a 5\n-U a 5\n+U a 5\n-U a 5\n+U a 9\n");
}
END_TEST

START_TEST(batch_mode)
{
    static const BedRow rows[] = { ROW("a", 1), ROW("b", 2), ROW("a", 3), ROW(NULL, 4) };
    TABLE(rows);
    bed.is_batch = true;
    bed_expect(&bed, grouped(bed_scan(&bed, false), true), "+I - 1 4\n+I a 2 4\n+I b 1 2\n");
    bed_expect(&bed, grouped(bed_scan(&bed, false), false), "+I 4 10\n");
    bed.table.row_count = 0;
    bed_expect(&bed, grouped(bed_scan(&bed, false), true), "");
    bed_expect(&bed, grouped(bed_scan(&bed, false), false), "+I 0 -\n");
}
END_TEST

START_TEST(sort_of_a_changelog)
{
    static const BedRow rows[] = { ROW("a", 1), ROW("b", 2), ROW("a", 3), ROW("c", 1) };
    TABLE(rows);
    bed.keeps_order = true;
    bed_expect(&bed, bed_sort(&bed, grouped(bed_scan(&bed, false), true), 0, true, -1, 0),
               "+I c 1 1\n+I b 1 2\n+I a 2 4\n");
}
END_TEST

Suite *suite_group_aggregate(void)
{
    Suite *suite = suite_create("group_aggregate");
    TCase *tcase = tcase_create("group_aggregate");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, changes_in_the_order_of_rows);
    tcase_add_test(tcase, without_update_before);
    tcase_add_test(tcase, global_group);
    tcase_add_test(tcase, distinct_rows);
    tcase_add_test(tcase, retractions);
    tcase_add_test(tcase, groups_of_groups);
    tcase_add_test(tcase, unchanged_result_says_nothing);
    tcase_add_test(tcase, batch_mode);
    tcase_add_test(tcase, sort_of_a_changelog);
    suite_add_tcase(suite, tcase);
    return suite;
}
