/* test_window_aggregate.c: windows from rows to results: firing, late rows, HOP and CUMULATE on slices, sessions,
 * attached windows, NULL times, idle splits, zones, processing time. Each case runs at several batch sizes,
 * parallelisms and ring sizes. */
#include "tests/runtime/bed.h"

#include <check.h>
#include <stdatomic.h>
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

#define TABLE(array)                                                       \
    do {                                                                   \
        bed.table.rows = (array);                                          \
        bed.table.row_count = (int64_t)(sizeof(array) / sizeof((array)[0])); \
    } while (0)

/* One split, watermark = time - delay: (key, value, time). */
#define ROW(k, v, t, delay) { .key = (k), .value = (v), .time = (t), .watermark = (t) - (delay) }
#define SPLIT(s, k, v, t, delay) { .split = (s), .key = (k), .value = (v), .time = (t), .watermark = (t) - (delay) }

static Plan *windowed(PlanWindowSpec window, const char *second)
{
    Plan           *scan = bed_scan(&bed, true);
    AggregateCall **calls = arena_new(bed.arena, AggregateCall *, 2);
    calls[0] = bed_call(&bed, scan, "count", -1);
    calls[1] = bed_call(&bed, scan, second, second[0] == 'l' ? BED_KEY : BED_VALUE);
    return bed_window_aggregate(&bed, scan, window, by_key, 1, calls, 2);
}

static void expect_late(int64_t rows, int64_t max_ms, int64_t sum_ms)
{
    for (int32_t i = 0; i < bed.stats.operator_count; i++) {
        ck_assert_int_eq(bed.stats.operators[i].late, rows);
        ck_assert_int_eq(bed.stats.operators[i].late_max_ms, max_ms);
        ck_assert_int_eq(bed.stats.operators[i].late_sum_ms, sum_ms);
    }
    ck_assert_int_eq(bed.stats.late, rows);
}

START_TEST(tumble_counts_per_key)
{
    static const BedRow rows[] = {
        ROW("a", 1, 0, 0), ROW("b", 2, 4, 0), ROW("a", 3, 9, 0), ROW("a", 4, 10, 0), ROW(NULL, 5, 25, 0), ROW("a", 6,
                                                                                                              31, 0),
    };
    TABLE(rows);
    bed_expect(&bed, windowed(bed_window(WINDOW_TUMBLE, 10, 0), "sum"),
               "+I - 1 5 20 30\n+I a 1 4 10 20\n+I a 1 6 30 40\n+I a 2 4 0 10\n+I b 1 2 0 10\n");
    expect_late(0, 0, 0);
}
END_TEST

START_TEST(tumble_before_1970_and_with_offset)
{
    static const BedRow rows[] = { ROW("a", 1, -11, 5), ROW("a", 2, -1, 5), ROW("a", 3, 2, 5), ROW("a", 4, 3, 5) };
    TABLE(rows);
    bed_expect(&bed, windowed(bed_window(WINDOW_TUMBLE, 10, 0), "sum"),
               "+I a 1 1 -20 -10\n+I a 1 2 -10 0\n+I a 2 7 0 10\n");
    PlanWindowSpec window = bed_window(WINDOW_TUMBLE, 10, 0);
    window.offset = 3;
    bed_expect(&bed, windowed(window, "sum"), "+I a 1 1 -17 -7\n+I a 1 4 3 13\n+I a 2 5 -7 3\n");
}
END_TEST

/* Delay 0: the row at end - 1 closes its window; a row of the same window behind it is late, one of the next is not. */
START_TEST(tumble_late_rows_inside_a_batch)
{
    static const BedRow rows[] = {
        ROW("a", 1, 3, 0), ROW("a", 2, 1, 0), ROW("a", 3, 9, 0), ROW("a", 4, 8, 0), ROW("a", 5, 12, 0), ROW("a", 6, 11,
                                                                                                            0),
        ROW("a", 7, 19, 0), ROW("a", 8, 5, 0), ROW("a", 9, 20, 0),
    };
    TABLE(rows);
    bed_expect(&bed, windowed(bed_window(WINDOW_TUMBLE, 10, 0), "sum"),
               "+I a 1 9 20 30\n+I a 3 18 10 20\n+I a 3 6 0 10\n");
    expect_late(2, 14, 15);
}
END_TEST

/* The dialect's own case: a row that is late for [-5,5) counts in [0,10). */
START_TEST(hop_partly_late_row)
{
    static const BedRow rows[] = {
        ROW("a", 1, 1, 0), ROW("a", 10, 6, 0), ROW("a", 100, 4, 0), ROW("a", 1000, 12, 0), ROW("a", 10000, 4,
                                                                                               0), ROW("a", 100000, 8,
                                                                                                       0),
    };
    TABLE(rows);
    bed_expect(&bed, windowed(bed_window(WINDOW_HOP, 10, 5), "sum"),
               "+I a 1 1 -5 5\n+I a 1 1000 10 20\n+I a 3 101010 5 15\n+I a 3 111 0 10\n");
    expect_late(1, 8, 8);
}
END_TEST

START_TEST(hop_of_many_slices_and_gaps)
{
    static const BedRow rows[] = { ROW("a", 1, 3, 2), ROW("b", 2, 4, 2), ROW("a", 4, 7, 2), ROW("a", 8, 8, 2) };
    TABLE(rows);
    PlanWindowSpec window = bed_window(WINDOW_HOP, 5, 4);
    window.is_legacy = true;
    bed_expect(&bed, windowed(window, "sum"),
               "+I a 1 1 0 5\n+I a 1 8 8 13\n+I a 2 12 4 9\n+I b 1 2 0 5\n+I b 1 2 4 9\n");
    window = bed_window(WINDOW_HOP, 2, 5);
    window.is_legacy = true;
    bed_expect(&bed, windowed(window, "sum"), "");
    static const BedRow in_window[] = { ROW("a", 1, 5, 2), ROW("a", 2, 6, 2), ROW("a", 4, 7, 2), ROW("a", 8, 11, 2) };
    TABLE(in_window);
    bed_expect(&bed, windowed(window, "sum"), "+I a 1 8 10 12\n+I a 2 3 5 7\n");
    expect_late(0, 0, 0);
}
END_TEST

/* The window grows although no more rows come; a late row counts in the steps that are still open. */
START_TEST(cumulate_grows)
{
    static const BedRow rows[] = {
        ROW("a", 1, 1, 0), ROW("b", 2, 2, 0), ROW("a", 4, 12, 0), ROW("b", 8, 3, 0), ROW("a", 16, 34, 0), ROW("a", 32,
                                                                                                              5, 0),
    };
    TABLE(rows);
    bed_expect(&bed, windowed(bed_window(WINDOW_CUMULATE, 30, 10), "sum"),
               "+I a 1 1 0 10\n+I a 1 16 30 40\n+I a 1 16 30 50\n+I a 1 16 30 60\n+I a 2 5 0 20\n+I a 2 5 0 30\n"
               "+I b 1 2 0 10\n+I b 2 10 0 20\n+I b 2 10 0 30\n");
    expect_late(1, 29, 29);
}
END_TEST

/* Split 1 is read long before split 0, or in turn with it: the same rows are late, by their own split alone. */
START_TEST(late_by_the_own_split)
{
    static const BedRow rows[] = {
        SPLIT(0, "a", 1, 1, 0),  SPLIT(1, "b", 10, 25, 0), SPLIT(0, "a", 2, 12, 0), SPLIT(1, "b", 20, 8, 0), SPLIT(0,
                                                                                                                   "a", 4, 5, 0),
        SPLIT(1, "b", 40, 26, 0), SPLIT(0, "a", 8, 13, 0), SPLIT(1, "a", 80, 21, 0), SPLIT(0, "a", 16, 22, 0), SPLIT(1,
                                                                                                                     "b", 160, 27, 0),
    };
    TABLE(rows);
    bed.table.split_count = 2;
    for (int lag = 0; lag < 6; lag++) {
        bed.table.lag = lag;
        bed_expect(&bed, windowed(bed_window(WINDOW_TUMBLE, 10, 0), "sum"),
                   "+I a 1 1 0 10\n+I a 2 10 10 20\n+I a 2 96 20 30\n+I b 3 210 20 30\n");
        expect_late(2, 17, 24);
    }
}
END_TEST

START_TEST(partly_late_rows_of_splits_at_different_speeds)
{
    static const BedRow rows[] = {
        SPLIT(0, "a", 1, 4, 0),  SPLIT(1, "a", 100, 12, 0), SPLIT(0, "a", 2, 6, 0),   SPLIT(1, "a", 200, 9, 0),
        SPLIT(0, "a", 4, 13, 0), SPLIT(1, "a", 400, 14, 0), SPLIT(0, "a", 8, 9, 0),   SPLIT(1, "a", 800, 16, 0),
    };
    TABLE(rows);
    bed.table.split_count = 2;
    for (int lag = 0; lag < 6; lag++) {
        bed.table.lag = lag;
        bed_expect(&bed, windowed(bed_window(WINDOW_HOP, 10, 5), "sum"),
                   "+I a 1 1 -5 5\n+I a 1 800 15 25\n+I a 2 3 0 10\n+I a 4 1304 10 20\n+I a 6 714 5 15\n");
    }
}
END_TEST

/* A source that does not push watermarks down: still one per split, but never one before 1970. */
START_TEST(no_watermark_before_1970)
{
    static const BedRow rows[] = {
        ROW("a", 1, -30, 0), ROW("a", 2, -45, 0), SPLIT(1, "a", 4, 15, 0), SPLIT(1, "a", 8, 9, 0), SPLIT(2, "a", 16, 7,
                                                                                                         0),
        SPLIT(2, "a", 32, 16, 0),
    };
    TABLE(rows);
    bed.table.split_count = 3;
    bed.table.pushes_watermark = false;
    bed_expect(&bed, windowed(bed_window(WINDOW_TUMBLE, 10, 0), "sum"),
               "+I a 1 1 -30 -20\n+I a 1 16 0 10\n+I a 1 2 -50 -40\n+I a 2 36 10 20\n");
    expect_late(1, 6, 6);
}
END_TEST

START_TEST(null_times)
{
    static const BedRow rows[] = {
        ROW("a", 1, 1, 0), { .key = "a", .value = 2, .time = BED_NULL, .watermark = BED_NULL }, ROW("a", 4, 2, 0),
    };
    static const char *const message = "error: RowTime field should not be null, please convert it to a non-null long value.\n";
    TABLE(rows);
    PlanWindowSpec tumble = bed_window(WINDOW_TUMBLE, 10, 0);
    bed_expect(&bed, windowed(tumble, "sum"), message);
    bed_expect(&bed, windowed(bed_window(WINDOW_SESSION, 10, 0), "sum"), "+I a 2 5 1 12\n");
    static const int32_t columns[] = { BED_VALUE };
    bed_expect(&bed, bed_project(&bed, bed_window_table(&bed, bed_scan(&bed, true), tumble, NULL, 0), columns, 1),
               "+I 1\n+I 4\n");
    bed_expect(&bed, bed_project(&bed, bed_scan(&bed, true), columns, 1), "+I 1\n+I 2\n+I 4\n");
    bed.table.pushes_watermark = false;
    bed_expect(&bed, bed_project(&bed, bed_scan(&bed, true), columns, 1), message);
}
END_TEST

START_TEST(sessions_touch_and_connect)
{
    static const BedRow rows[] = {
        ROW("a", 1, 0, 50), ROW("a", 2, 10, 50), ROW("a", 4, 21, 50), ROW("b", 8, 5, 50), ROW("a", 16, 40, 50), ROW("a",
                                                                                                                    32, 31, 50),
        ROW("b", 64, 100, 50), ROW("b", 128, 111, 50),
    };
    TABLE(rows);
    bed_expect(&bed, windowed(bed_window(WINDOW_SESSION, 10, 0), "sum"),
               "+I a 2 3 0 20\n+I a 3 52 21 50\n+I b 1 128 111 121\n+I b 1 64 100 110\n+I b 1 8 5 15\n");
}
END_TEST

/* Merging and adding in the order of arrival, whatever the batch. */
START_TEST(sessions_of_ordered_aggregates)
{
    static const BedRow rows[] = {
        { .key = "a", .time = 0, .watermark = -50 },  { .key = "b", .time = 18, .watermark = -50 },
        { .key = "c", .time = 1, .watermark = -50 },  { .key = "d", .time = 9, .watermark = -50 },
        { .key = "e", .time = 2, .watermark = -50 },
    };
    TABLE(rows);
    Plan           *scan = bed_scan(&bed, true);
    AggregateCall **calls = arena_new(bed.arena, AggregateCall *, 1);
    calls[0] = bed_call(&bed, scan, "listagg", BED_KEY);
    bed.table.split_count = 1;
    char *first = NULL;
    for (int64_t batch = 1; batch < 8; batch++) {
        bed.options.batch_rows = batch;
        char *lines = bed_run(&bed,
                              bed_window_aggregate(&bed, scan, bed_window(WINDOW_SESSION, 10, 0), NULL, 0, calls, 1));
        if (!first)
            first = strdup(lines);
        ck_assert_str_eq(lines, first);
        free(lines);
    }
    free(first);
}
END_TEST

/* A row cannot join a session that its watermark has closed, and is late when its own has ended, too. */
START_TEST(late_sessions)
{
    static const BedRow rows[] = {
        ROW("a", 1, 0, 0), ROW("a", 2, 9, 0), ROW("b", 4, 30, 0), ROW("a", 8, 15, 0), ROW("a", 16, 25, 0), ROW("a", 32,
                                                                                                               19, 0),
        ROW("c", 64, 1, 0),
    };
    TABLE(rows);
    bed_expect(&bed, windowed(bed_window(WINDOW_SESSION, 10, 0), "sum"),
               "+I a 2 3 0 19\n+I a 2 48 19 35\n+I b 1 4 30 40\n");
    expect_late(2, 29, 44);
}
END_TEST

START_TEST(window_functions_without_aggregation)
{
    static const BedRow rows[] = { ROW("a", 1, 4, 0), ROW("b", 2, 12, 0), ROW("a", 3, 1, 0) };
    static const int32_t columns[] = { BED_VALUE, 4, 5, 6 };
    TABLE(rows);
    Plan *tumble = bed_window_table(&bed, bed_scan(&bed, true), bed_window(WINDOW_TUMBLE, 10, 0), NULL, 0);
    bed_expect(&bed, bed_project(&bed, tumble, columns, 4), "+I 1 0 10 9\n+I 2 10 20 19\n+I 3 0 10 9\n");
    Plan *hop = bed_window_table(&bed, bed_scan(&bed, true), bed_window(WINDOW_HOP, 10, 5), NULL, 0);
    bed_expect(&bed, bed_project(&bed, hop, columns, 4),
               "+I 1 -5 5 4\n+I 1 0 10 9\n+I 2 10 20 19\n+I 2 5 15 14\n+I 3 -5 5 4\n+I 3 0 10 9\n");
    Plan *cumulate = bed_window_table(&bed, bed_scan(&bed, true), bed_window(WINDOW_CUMULATE, 10, 5), NULL, 0);
    bed_expect(&bed, bed_project(&bed, cumulate, columns, 4),
               "+I 1 0 10 9\n+I 1 0 5 4\n+I 2 10 15 14\n+I 2 10 20 19\n+I 3 0 10 9\n+I 3 0 5 4\n");
    Plan *session = bed_window_table(&bed, bed_scan(&bed, true), bed_window(WINDOW_SESSION, 10, 0), by_key, 1);
    bed_expect(&bed, bed_project(&bed, session, columns, 4), "+I 1 1 14 13\n+I 2 12 22 21\n+I 3 1 14 13\n");
    expect_late(0, 0, 0);
}
END_TEST

/* What follows a window function judges its rows: HOP row by row of its windows. */
START_TEST(attached_windows)
{
    static const BedRow rows[] = { ROW("a", 1, 4, 0), ROW("b", 2, 12, 0), ROW("a", 4, 8, 0), ROW("a", 8, 1, 0) };
    TABLE(rows);
    Plan           *hop = bed_window_table(&bed, bed_scan(&bed, true), bed_window(WINDOW_HOP, 10, 5), NULL, 0);
    AggregateCall **calls = arena_new(bed.arena, AggregateCall *, 1);
    calls[0] = bed_call(&bed, hop, "sum", BED_VALUE);
    PlanWindowSpec window = { .kind = WINDOW_ATTACHED, .time = -1, .start_column = 4, .end_column = 5 };
    bed_expect(&bed, bed_window_aggregate(&bed, hop, window, by_key, 1, calls, 1),
               "+I a 1 -5 5\n+I a 1 0 10\n+I a 4 5 15\n+I b 2 10 20\n+I b 2 5 15\n");
}
END_TEST

START_TEST(windows_of_windows)
{
    static const BedRow rows[] = { ROW("a", 1, 4, 0), ROW("b", 2, 12, 0), ROW("a", 4, 21, 0), ROW("a", 8, 33, 0),
                                   ROW("a", 16, 45, 0) };
    static const WindowProperty time_of_window[] = { WINDOW_ROWTIME };
    TABLE(rows);
    Plan *inner = windowed(bed_window(WINDOW_TUMBLE, 10, 0), "sum");
    inner->field_count = 4;
    inner->window_aggregate.properties = time_of_window;
    inner->window_aggregate.property_count = 1;
    AggregateCall **calls = arena_new(bed.arena, AggregateCall *, 1);
    calls[0] = bed_call(&bed, inner, "sum", 2);
    PlanWindowSpec outer = bed_window(WINDOW_TUMBLE, 20, 0);
    outer.time = 3;
    bed_expect(&bed, bed_window_aggregate(&bed, inner, outer, NULL, 0, calls, 1),
               "+I 12 20 40\n+I 16 40 60\n+I 3 0 20\n");
}
END_TEST

/* States that are not a plain number travel between tasks, and those that depend on order stay with their rows: same
 * bits, same text. */
START_TEST(any_aggregate_at_any_parallelism)
{
    static const char *const names[] = { "stddev_pop", "avg", "min", "max", "listagg", "first_value", "last_value",
                                         "count" };
    static BedRow rows[200];
    for (int i = 0; i < 200; i++)
        rows[i] = (BedRow){ .key = i % 3 ? "a" : "b", .value = (i * 37) % 101, .time = i, .watermark = i - 20 };
    TABLE(rows);
    Plan           *scan = bed_scan(&bed, true);
    AggregateCall **calls = arena_new(bed.arena, AggregateCall *, 1);
    calls[0] = bed_call(&bed, scan, names[_i], _i == 4 ? BED_KEY : BED_VALUE);
    calls[0]->is_distinct = _i == 7;
    for (int shape = 0; shape < 3; shape++) {
        PlanWindowSpec window = shape == 0   ? bed_window(WINDOW_TUMBLE, 50, 0)
                                : shape == 1 ? bed_window(WINDOW_HOP, 60, 20)
                                             : bed_window(WINDOW_CUMULATE, 60, 20);
        Plan *plan = bed_window_aggregate(&bed, scan, window, by_key, 1, calls, 1);
        bed.options = (JobOptions){ .parallelism = 1, .clock = bed.options.clock, .host = bed.options.host };
        char *expected = bed_run(&bed, plan);
        ck_assert(strlen(expected) > 100 && !strstr(expected, "error"));
        bed_expect(&bed, plan, expected);
        free(expected);
    }
}
END_TEST

START_TEST(order_by_event_time)
{
    static const BedRow rows[] = {
        ROW("a", 1, 5, 0), ROW("late", 2, 3, 0), ROW("b", 3, 10, 0), ROW("late", 4, 10, 0), ROW("c", 5, 30, 5), ROW("d",
                                                                                                                    6, 22, 5),
        ROW("e", 7, 21, 5), ROW("f", 8, 32, 5), ROW("late", 9, 22, 5), ROW("g", 10, 31, 5),
    };
    static const int32_t columns[] = { BED_KEY, BED_VALUE, BED_TIME };
    TABLE(rows);
    bed.keeps_order = true;
    Plan *sort = bed_sort(&bed, bed_project(&bed, bed_scan(&bed, true), columns, 3), 2, false, -1, 0);
    sort->sort.by_rowtime = true;
    bed_expect(&bed, sort, "+I a 1 5\n+I b 3 10\n+I e 7 21\n+I d 6 22\n+I c 5 30\n+I g 10 31\n+I f 8 32\n");
    expect_late(3, 5, 7);
}
END_TEST

/* Days of Berlin; in spring the one of the change has 23 hours. */
START_TEST(local_days)
{
    static BedRow rows[5];
    int64_t       day = date_from_civil(2021, 3, 28) * DAY_MS;
    int64_t       hour = DAY_MS / 24;
    int64_t       times[] = { day - hour - 1, day - hour, day, day + 22 * hour - 1, day + 22 * hour };
    for (int i = 0; i < 5; i++)
        rows[i] = (BedRow){ .key = "a", .value = 1LL << i, .time = times[i], .watermark = times[i] - 1 };
    TABLE(rows);
    bed.zone = "Europe/Berlin";
    PlanWindowSpec window = bed_window(WINDOW_TUMBLE, DAY_MS, 0);
    window.is_local = true;
    Text expected = TEXT_EMPTY;
    text_printf(&expected, "+I a 1 1 %lld %lld\n+I a 1 16 %lld %lld\n+I a 3 14 %lld %lld\n", (long long)(day - DAY_MS),
                (long long)day,
                (long long)(day + DAY_MS), (long long)(day + 2 * DAY_MS), (long long)day, (long long)(day + DAY_MS));
    bed_expect(&bed, windowed(window, "sum"), text_cstr(&expected));
    text_free(&expected);
}
END_TEST

Suite *suite_window_aggregate(void)
{
    Suite *suite = suite_create("window_aggregate");
    TCase *tcase = tcase_create("window_aggregate");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, tumble_counts_per_key);
    tcase_add_test(tcase, tumble_before_1970_and_with_offset);
    tcase_add_test(tcase, tumble_late_rows_inside_a_batch);
    tcase_add_test(tcase, hop_partly_late_row);
    tcase_add_test(tcase, hop_of_many_slices_and_gaps);
    tcase_add_test(tcase, cumulate_grows);
    tcase_add_test(tcase, late_by_the_own_split);
    tcase_add_test(tcase, partly_late_rows_of_splits_at_different_speeds);
    tcase_add_test(tcase, no_watermark_before_1970);
    tcase_add_test(tcase, null_times);
    tcase_add_test(tcase, sessions_touch_and_connect);
    tcase_add_test(tcase, sessions_of_ordered_aggregates);
    tcase_add_test(tcase, late_sessions);
    tcase_add_test(tcase, window_functions_without_aggregation);
    tcase_add_test(tcase, attached_windows);
    tcase_add_test(tcase, windows_of_windows);
    tcase_add_loop_test(tcase, any_aggregate_at_any_parallelism, 0, 8);
    tcase_add_test(tcase, order_by_event_time);
    tcase_add_test(tcase, local_days);
    suite_add_tcase(suite, tcase);
    return suite;
}
