/* test_time.c: what depends on the clock: processing-time windows, idle splits, rows of the future, alignment, state
 * TTL; and how watermarks are merged. The clock stands still until a test moves it. */
#include "tests/runtime/bed.h"

#include "runtime/time/merge.h"

#include <check.h>
#include <stdatomic.h>
#include <stdlib.h>

static Bed bed;
static const int32_t by_key[] = { BED_KEY };

static void setup(void)
{
    bed_open(&bed);
    bed.table.is_unbounded = true;
    atomic_store(&bed.clock.now_ms, 1000);
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
#define SPLIT(s, k, v, t) { .split = (s), .key = (k), .value = (v), .time = (t), .watermark = (t) }

static Plan *counted(Plan *scan, PlanWindowSpec window)
{
    AggregateCall **calls = arena_new(bed.arena, AggregateCall *, 1);
    calls[0] = bed_call(&bed, scan, "sum", BED_VALUE);
    return bed_window_aggregate(&bed, scan, window, by_key, 1, calls, 1);
}

static Job *start(Plan *plan)
{
    Plan *result = bed_result(&bed, plan);
    Error err = ERROR_NONE;
    Job  *job;
    ck_assert_int_eq(bed_create(&bed, &result, 1, &job, &err), STATUS_OK);
    ck_assert_int_eq(job_start(job, &err), STATUS_OK);
    return job;
}

static void expect_next(Job *job, const char *expected)
{
    char *lines = bed_next(job);
    ck_assert_str_eq(lines, expected);
    free(lines);
}

/* Lets the steps that have read the old time end, and new ones begin. */
static void set_clock(int64_t now_ms)
{
    env_sleep_ms(10);
    atomic_store(&bed.clock.now_ms, now_ms);
    env_sleep_ms(10);
}

static const BedRow three[] = { SPLIT(0, "a", 1, 0), SPLIT(0, "b", 2, 0), SPLIT(0, "a", 4, 0) };

START_TEST(processing_time_windows)
{
    PlanWindowSpec window = bed_window(_i == 2 ? WINDOW_SESSION : WINDOW_TUMBLE, 100, 0);
    window.is_proctime = true;
    window.is_legacy = _i == 1;
    TABLE(three);
    atomic_store(&bed.table.hidden, 1);
    set_clock(1050);
    Job *job = start(counted(bed_scan(&bed, false), window));
    bed_await_rows(&bed, job, 2);
    set_clock(1099);
    expect_next(job, "");
    if (_i == 2) {
        set_clock(1149);
        expect_next(job, "");
        set_clock(1150);
        expect_next(job, "+I a 1 1050 1150\n+I b 2 1050 1150\n");
    } else {
        set_clock(1100);
        expect_next(job, "+I a 1 1000 1100\n+I b 2 1000 1100\n");
    }
    atomic_store(&bed.table.hidden, 0);
    bed_await_rows(&bed, job, 3);
    job_stop(job, true); /* what is open at the end gives nothing */
    expect_next(job, "");
    job_destroy(job);
}
END_TEST

START_TEST(idle_split_lets_the_others_go_on)
{
    static const BedRow rows[] = { SPLIT(0, "a", 1, 5),  SPLIT(0, "a", 2, 25), SPLIT(0, "a", 4, 26),
                                   SPLIT(1, "b", 8, 7),  SPLIT(1, "b", 16, 24), SPLIT(1, "b", 32, 45) };
    TABLE(rows);
    bed.table.split_count = 2;
    bed.options.parallelism = _i;
    atomic_store(&bed.table.hidden, 4);
    Plan *scan = bed_scan(&bed, true);
    scan->scan.idle_timeout_ms = 100;
    Job *job = start(counted(scan, bed_window(WINDOW_TUMBLE, 10, 0)));
    bed_await_rows(&bed, job, 2);
    set_clock(1099);
    expect_next(job, "");
    atomic_store(&bed.table.hidden, 3);
    bed_await_rows(&bed, job, 3);
    expect_next(job, ""); /* split 1 still holds the watermark back */
    set_clock(1100);
    expect_next(job, "+I a 1 0 10\n");
    set_clock(1300); /* all idle: nothing more closes */
    expect_next(job, "");
    /* split 1 comes back: what was fired without it is lost to it, what is open is not */
    atomic_store(&bed.table.hidden, 1);
    bed_await_rows(&bed, job, 5);
    expect_next(job, "");
    JobStats stats;
    job_stats(job, bed.arena, &stats);
    ck_assert_int_eq(stats.late, 1);
    atomic_store(&bed.table.hidden, 0);
    char *lines = bed_next(job); /* split 0 is idle: split 1 alone leads */
    ck_assert(strstr(lines, "+I a 6 20 30\n") && strstr(lines, "+I b 16 20 30\n"));
    ck_assert_int_eq(strlen(lines), 27);
    free(lines);
    job_stop(job, true);
    expect_next(job, "+I b 32 40 50\n");
    job_destroy(job);
}
END_TEST

START_TEST(two_idle_tables)
{
    static const BedRow rows[] = { SPLIT(0, "a", 1, 5), SPLIT(0, "a", 2, 25) };
    static const int32_t columns[] = { BED_KEY, BED_VALUE, BED_TIME };
    TABLE(rows);
    bed.options.parallelism = _i;
    Plan *ahead = bed_scan(&bed, true);
    Plan *behind = bed_scan(&bed, true);
    ahead->scan.idle_timeout_ms = behind->scan.idle_timeout_ms = 100;
    behind->scan.max_future_ms = 5; /* its second row is of the future: its watermark stays at 5 */
    set_clock(10);
    Plan *both = bed_union(&bed, bed_project(&bed, ahead, columns, 3), bed_project(&bed, behind, columns, 3));
    Job *job = start(counted(both, bed_window(WINDOW_TUMBLE, 10, 0)));
    expect_next(job, "");
    set_clock(110);
    expect_next(job, "+I a 2 0 10\n"); /* the highest of both watermarks */
    job_destroy(job);
}
END_TEST

START_TEST(future_rows_do_not_move_the_watermark)
{
    static const BedRow rows[] = { SPLIT(0, "a", 1, 1005), SPLIT(0, "a", 2, 9000), SPLIT(0, "a", 4, 1006),
                                   SPLIT(0, "a", 8, 1025) };
    TABLE(rows);
    bed.table.is_unbounded = false;
    Plan *scan = bed_scan(&bed, true);
    scan->scan.max_future_ms = 100;
    bed_expect(&bed, counted(scan, bed_window(WINDOW_TUMBLE, 10, 0)),
               "+I a 2 9000 9010\n+I a 5 1000 1010\n+I a 8 1020 1030\n");
    ck_assert_int_eq(bed.stats.tables[0].future + bed.stats.tables[1].future, 1);
}
END_TEST

/* Each row by its own split: 9 is behind 12, 11 behind 12 (and its window is open), 3 of the other split is in time. */
START_TEST(tables_count_what_they_bring_late)
{
    static const BedRow rows[] = { SPLIT(0, "a", 1, 5), SPLIT(0, "a", 2, 12), SPLIT(0, "a", 4, 9), SPLIT(0, "a", 8, 11),
                                   SPLIT(1, "a", 16, 3) };
    TABLE(rows);
    bed.table.is_unbounded = false;
    bed.table.split_count = 2;
    bed_expect(&bed, counted(bed_scan(&bed, true), bed_window(WINDOW_TUMBLE, 10, 0)), "+I a 10 10 20\n+I a 17 0 10\n");
    const JobTableStats *table = bed.stats.tables[0].is_sink ? &bed.stats.tables[1] : &bed.stats.tables[0];
    ck_assert_int_eq(table->late, 2);
    ck_assert_int_eq(table->late_max_ms, 3);
    ck_assert_int_eq(table->late_sum_ms, 4);
    ck_assert_int_eq(bed.stats.late, 1);
}
END_TEST

START_TEST(aligned_sources_wait_for_each_other)
{
    static BedRow rows[200];
    for (int i = 0; i < 200; i++)
        rows[i] = (BedRow){ .key = "a", .value = 1, .time = i * 10, .watermark = i * 10 };
    TABLE(rows);
    bed.options.batch_rows = 1;
    Plan *fast = bed_scan(&bed, true);
    Plan *slow = bed_scan(&bed, true);
    fast->scan.alignment_group = slow->scan.alignment_group = STR("g");
    fast->scan.alignment_max_drift_ms = 50;
    fast->scan.alignment_interval_ms = 1;
    slow->scan.alignment_max_drift_ms = -1000; /* stands still once it has a watermark */
    slow->scan.alignment_interval_ms = 1;
    Job *job = start(bed_union(&bed, fast, slow));
    env_sleep_ms(100);
    JobStats stats;
    job_stats(job, bed.arena, &stats);
    ck_assert_int_ge(stats.rows_in, 2);
    ck_assert_int_le(stats.rows_in, 12);
    job_destroy(job);
}
END_TEST

START_TEST(state_forgets_after_its_ttl)
{
    TABLE(three);
    atomic_store(&bed.table.hidden, 1);
    Plan           *scan = bed_scan(&bed, false);
    AggregateCall **calls = arena_new(bed.arena, AggregateCall *, 1);
    calls[0] = bed_call(&bed, scan, "sum", BED_VALUE);
    Plan *plan = bed_group(&bed, scan, by_key, 1, calls, 1);
    plan->group_aggregate.state_ttl_ms = 100;
    Job *job = start(plan);
    expect_next(job, "+I a 1\n+I b 2\n");
    set_clock(1000 + (_i == 0 ? 99 : 100));
    atomic_store(&bed.table.hidden, 0);
    expect_next(job, _i == 0 ? "-U a 1\n+U a 5\n" : "+I a 4\n");
    set_clock(2000);
    env_sleep_ms(20);
    set_clock(2100);
    env_sleep_ms(20);
    JobStats stats;
    job_stats(job, bed.arena, &stats);
    ck_assert_int_eq(job_state(job), JOB_RUNNING);
    job_destroy(job);
}
END_TEST

START_TEST(merging)
{
    MergeInput inputs[] = { { 10, false, false }, { 5, false, false }, { 20, false, false } };
    Merged     merged = { TIME_MIN, false };
    merged = watermark_merge(inputs, 3, merged, true);
    ck_assert_int_eq(merged.watermark, 5);
    inputs[1].is_idle = true;
    merged = watermark_merge(inputs, 3, merged, true);
    ck_assert_int_eq(merged.watermark, 10);
    inputs[1].is_idle = false; /* back, and behind: the watermark never goes back */
    merged = watermark_merge(inputs, 3, merged, true);
    ck_assert_int_eq(merged.watermark, 10);
    inputs[1].has_ended = true;
    inputs[0].watermark = 30;
    merged = watermark_merge(inputs, 3, merged, true);
    ck_assert_int_eq(merged.watermark, 20);
    inputs[0].is_idle = inputs[2].is_idle = true;
    Merged kept = watermark_merge(inputs, 3, merged, false);
    ck_assert(kept.is_idle && kept.watermark == 20);
    merged = watermark_merge(inputs, 3, merged, true);
    ck_assert(merged.is_idle && merged.watermark == 30);
}
END_TEST

Suite *suite_time(void)
{
    Suite *suite = suite_create("time");
    TCase *tcase = tcase_create("time");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, processing_time_windows, 0, 3);
    tcase_add_loop_test(tcase, idle_split_lets_the_others_go_on, 1, 3);
    tcase_add_loop_test(tcase, two_idle_tables, 1, 3);
    tcase_add_test(tcase, future_rows_do_not_move_the_watermark);
    tcase_add_test(tcase, tables_count_what_they_bring_late);
    tcase_add_test(tcase, aligned_sources_wait_for_each_other);
    tcase_add_loop_test(tcase, state_forgets_after_its_ttl, 0, 2);
    tcase_add_test(tcase, merging);
    suite_add_tcase(suite, tcase);
    return suite;
}
