/* test_job.c: plans from source to client and sink: rows, order, back-pressure, stop, cancel, failure. */
#include "tests/runtime/bed.h"

#include <check.h>
#include <stdatomic.h>
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

enum { MANY = 5000 };
static BedRow many[MANY];

static void many_rows(int32_t splits)
{
    for (int64_t i = 0; i < MANY; i++)
        many[i] = (BedRow){ .split = (int32_t)(i % splits), .key = i % 3 ? "b" : "a", .value = i, .time = i,
                            .watermark = i - 10 };
    bed.table.rows = many;
    bed.table.row_count = MANY;
    bed.table.split_count = splits;
}

static const BedRow three[] = {
    { .key = "a", .value = 1, .time = 10, .watermark = BED_NULL },
    { .key = NULL, .value = 2, .time = 20, .watermark = BED_NULL },
    { .key = "a long text that is kept outside", .value = 3, .time = BED_NULL, .watermark = BED_NULL },
};

START_TEST(rows_reach_the_client)
{
    static const int32_t columns[] = { BED_VALUE, BED_KEY };
    bed.table.rows = three;
    bed.table.row_count = 3;
    Plan *plan = bed_project(&bed, bed_filter_value_below(&bed, bed_scan(&bed, false), 3), columns, 2);
    bed_expect(&bed, plan, "+I 1 a\n+I 2 -\n");
}
END_TEST

START_TEST(order_of_one_split_is_kept)
{
    static const int32_t columns[] = { BED_VALUE };
    many_rows(1);
    Text expected = TEXT_EMPTY;
    for (int i = 0; i < 4000; i++)
        text_printf(&expected, "+I %d\n", i);
    bed.keeps_order = true;
    bed_expect(&bed, bed_project(&bed, bed_filter_value_below(&bed, bed_scan(&bed, true), 4000), columns, 1),
               text_cstr(&expected));
    text_free(&expected);
}
END_TEST

START_TEST(union_of_one_scan_with_itself)
{
    static const int32_t columns[] = { BED_VALUE };
    bed.table.rows = three;
    bed.table.row_count = 3;
    Plan *scan = bed_project(&bed, bed_scan(&bed, false), columns, 1);
    bed_expect(&bed,
               bed_union(&bed, scan,
                         bed_filter_value_below(&bed, bed_union(&bed, bed_scan(&bed, false), bed_scan(&bed, false)),
                                                0)),
               "+I 1\n+I 2\n+I 3\n");
    bed_expect(&bed, bed_union(&bed, scan, scan), "+I 1\n+I 1\n+I 2\n+I 2\n+I 3\n+I 3\n");
}
END_TEST

START_TEST(two_sinks_share_a_scan)
{
    many_rows(3);
    for (int32_t parallelism = 1; parallelism <= 4; parallelism *= 2) {
        Plan *scan = bed_scan(&bed, true);
        Plan *sinks[] = { bed_sink(&bed, scan), bed_sink(&bed, bed_filter_value_below(&bed, scan, 100)) };
        Error err = ERROR_NONE;
        Job  *job;
        bed.options.parallelism = parallelism;
        bed.options.ring_events = 1;
        bed.sink_takes = 100;
        atomic_store(&bed.sink_rows, 0);
        atomic_store(&bed.sink_finishes, 0);
        ck_assert_int_eq(bed_create(&bed, sinks, 2, &job, &err), STATUS_OK);
        ck_assert_int_eq(job_start(job, &err), STATUS_OK);
        ck_assert(job_wait(job, 20000));
        ck_assert_int_eq(job_state(job), JOB_FINISHED);
        JobStats stats;
        job_stats(job, bed.arena, &stats);
        ck_assert_int_eq(stats.rows_in, MANY);
        ck_assert_int_eq(stats.table_count, 3);
        job_destroy(job);
        ck_assert_int_eq(atomic_load(&bed.sink_rows), MANY + 100);
        ck_assert_int_eq(atomic_load(&bed.sink_finishes), 2 * parallelism);
    }
}
END_TEST

START_TEST(a_client_that_does_not_read_stops_the_job)
{
    many_rows(1);
    bed.options.batch_rows = 1;
    Plan *result = bed_result(&bed, bed_scan(&bed, false));
    Error err = ERROR_NONE;
    Job  *job;
    ck_assert_int_eq(bed_create(&bed, &result, 1, &job, &err), STATUS_OK);
    ck_assert_int_eq(job_start(job, &err), STATUS_OK);
    env_sleep_ms(50);
    JobStats stats;
    job_stats(job, bed.arena, &stats);
    ck_assert_int_lt(stats.rows_in, 50);
    ck_assert_int_eq(job_state(job), JOB_RUNNING);
    Batch *batch;
    int64_t rows = 0;
    while (job_next(job, 5000, &batch, &err) == STATUS_OK && batch) {
        rows += batch->rows;
        batch_release(batch);
    }
    ck_assert_int_eq(rows, MANY);
    ck_assert(job_wait(job, 5000));
    ck_assert_int_eq(job_state(job), JOB_FINISHED);
    job_destroy(job);
}
END_TEST

START_TEST(cancel_while_blocked)
{
    many_rows(2);
    bed.options.batch_rows = 1;
    bed.options.parallelism = 2;
    Plan *result = bed_result(&bed, bed_scan(&bed, false));
    Error err = ERROR_NONE;
    Job  *job;
    Batch *batch;
    ck_assert_int_eq(bed_create(&bed, &result, 1, &job, &err), STATUS_OK);
    ck_assert_int_eq(job_start(job, &err), STATUS_OK);
    env_sleep_ms(20);
    job_cancel(job);
    ck_assert(job_wait(job, 5000));
    ck_assert_int_eq(job_state(job), JOB_CANCELLED);
    Status status;
    while ((status = job_next(job, 1000, &batch, &err)) == STATUS_OK && batch)
        batch_release(batch);
    ck_assert_int_eq(status, STATUS_CANCELLED);
    job_destroy(job);
}
END_TEST

START_TEST(destroy_without_start_and_while_running)
{
    many_rows(2);
    bed.table.is_unbounded = true;
    Plan *result = bed_result(&bed, bed_scan(&bed, false));
    Error err = ERROR_NONE;
    Job  *job;
    ck_assert_int_eq(bed_create(&bed, &result, 1, &job, &err), STATUS_OK);
    job_destroy(job);
    ck_assert_int_eq(bed_create(&bed, &result, 1, &job, &err), STATUS_OK);
    ck_assert_int_eq(job_start(job, &err), STATUS_OK);
    job_destroy(job);
}
END_TEST

START_TEST(first_error_fails_the_job)
{
    many_rows(4);
    bed.table.fail_after = 3;
    bed.options.batch_rows = 7;
    bed.options.parallelism = _i;
    char *lines = bed_run(&bed, bed_scan(&bed, false));
    ck_assert_str_eq(lines, "error: the script says fail\n");
    free(lines);
}
END_TEST

START_TEST(sink_error_fails_the_job)
{
    many_rows(2);
    bed.sink_fail_after = 2;
    bed.options.batch_rows = 7;
    bed.options.parallelism = 2;
    Plan *sink = bed_sink(&bed, bed_scan(&bed, false));
    Error err = ERROR_NONE;
    Job  *job;
    ck_assert_int_eq(bed_create(&bed, &sink, 1, &job, &err), STATUS_OK);
    ck_assert_int_eq(job_start(job, &err), STATUS_OK);
    ck_assert(job_wait(job, 5000));
    ck_assert_int_eq(job_state(job), JOB_FAILED);
    ck_assert_str_eq(job_error(job)->message, "the sink says fail");
    job_destroy(job);
    ck_assert_int_eq(atomic_load(&bed.sink_finishes), 0);
}
END_TEST

static Job *run_unbounded(Plan *sink)
{
    Error err = ERROR_NONE;
    Job  *job;
    ck_assert_int_eq(bed_create(&bed, &sink, 1, &job, &err), STATUS_OK);
    ck_assert_int_eq(job_start(job, &err), STATUS_OK);
    JobStats stats;
    do {
        env_sleep_ms(2);
        job_stats(job, bed.arena, &stats);
    } while (stats.rows_in < bed.table.row_count);
    return job;
}

START_TEST(stop_flushes_and_finishes_sinks)
{
    static const int32_t keys[] = { BED_KEY };
    many_rows(2);
    bed.table.is_unbounded = true;
    bed.options.parallelism = 2;
    Plan          *scan = bed_scan(&bed, true);
    AggregateCall *call = bed_call(&bed, scan, "count", -1);
    Plan *sink = bed_sink(&bed,
                          bed_window_aggregate(&bed, scan, bed_window(WINDOW_TUMBLE, 1000, 0), keys, 1, &call, 1));
    bool  drain = _i == 1;
    Job  *job = run_unbounded(sink);
    ck_assert_int_eq(job_state(job), JOB_RUNNING);
    job_stop(job, drain);
    ck_assert(job_wait(job, 5000));
    ck_assert_int_eq(job_state(job), JOB_FINISHED);
    job_destroy(job);
    ck_assert_int_eq(atomic_load(&bed.sink_finishes), 2);
    ck_assert_int_eq(atomic_load(&bed.sink_rows), drain ? 10 : 8);
}
END_TEST

START_TEST(not_null_columns)
{
    static const bool not_null[] = { true, false, false, false };
    bed.table.rows = three;
    bed.table.row_count = 3;
    Plan *sink = bed_sink(&bed, bed_scan(&bed, false));
    sink->sink.not_null = not_null;
    sink->sink.drops_null_rows = _i == 1;
    Error err = ERROR_NONE;
    Job  *job;
    ck_assert_int_eq(bed_create(&bed, &sink, 1, &job, &err), STATUS_OK);
    ck_assert_int_eq(job_start(job, &err), STATUS_OK);
    ck_assert(job_wait(job, 5000));
    if (_i == 1) {
        ck_assert_int_eq(job_state(job), JOB_FINISHED);
        ck_assert_int_eq(atomic_load(&bed.sink_rows), 2);
    } else {
        ck_assert_int_eq(job_state(job), JOB_FAILED);
        ck_assert_str_eq(job_error(job)->message,
                         "Column 'k' is NOT NULL, however, a null value is being written into it. You can set job configuration "
                         "'table.exec.sink.not-null-enforcer'='DROP' to suppress this exception and drop such records silently.");
    }
    job_destroy(job);
}
END_TEST

START_TEST(limit_ends_the_job)
{
    static const int32_t columns[] = { BED_VALUE };
    many_rows(1);
    bed.table.is_unbounded = true;
    bed.keeps_order = true;
    bed_expect(&bed, bed_limit(&bed, bed_project(&bed, bed_scan(&bed, false), columns, 1), 3, 2), "+I 2\n+I 3\n+I 4\n");
}
END_TEST

START_TEST(sort_with_limit_and_offset)
{
    static const int32_t columns[] = { BED_VALUE };
    many_rows(3);
    bed.keeps_order = true;
    bed_expect(&bed, bed_sort(&bed, bed_project(&bed, bed_scan(&bed, false), columns, 1), 0, true, 3, 1),
               "+I 4998\n+I 4997\n+I 4996\n");
    bed_expect(&bed,
               bed_sort(&bed, bed_project(&bed, bed_filter_value_below(&bed, bed_scan(&bed, false), 3), columns, 1), 0,
                        false, -1, 0),
               "+I 0\n+I 1\n+I 2\n");
}
END_TEST

Suite *suite_job(void)
{
    Suite *suite = suite_create("job");
    TCase *tcase = tcase_create("job");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, rows_reach_the_client);
    tcase_add_test(tcase, order_of_one_split_is_kept);
    tcase_add_test(tcase, union_of_one_scan_with_itself);
    tcase_add_test(tcase, two_sinks_share_a_scan);
    tcase_add_test(tcase, a_client_that_does_not_read_stops_the_job);
    tcase_add_test(tcase, cancel_while_blocked);
    tcase_add_test(tcase, destroy_without_start_and_while_running);
    tcase_add_loop_test(tcase, first_error_fails_the_job, 1, 5);
    tcase_add_test(tcase, sink_error_fails_the_job);
    tcase_add_loop_test(tcase, stop_flushes_and_finishes_sinks, 0, 2);
    tcase_add_loop_test(tcase, not_null_columns, 0, 2);
    tcase_add_test(tcase, limit_ends_the_job);
    tcase_add_test(tcase, sort_with_limit_and_offset);
    suite_add_tcase(suite, tcase);
    return suite;
}
