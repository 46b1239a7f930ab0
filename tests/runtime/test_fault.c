/* test_fault.c: jobs that fail on purpose: which rows come before the fault, how often there is one, and when it is the same one. */
#include "tests/runtime/bed.h"

#include <check.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>

enum { ROWS = 5000, MEAN = 50, STARTS = 400 };

static Bed    bed;
static BedRow rows[ROWS];

static void setup(void)
{
    bed_open(&bed);
    for (int64_t i = 0; i < ROWS; i++)
        rows[i] = (BedRow){ .split = (int32_t)(i % 4), .key = "a", .value = i, .time = i, .watermark = i };
    bed.table.rows = rows;
    bed.table.row_count = ROWS;
    bed.table.split_count = 4;
    bed.options.faults = (JobFaults){ .mean_records = MEAN, .seed = 4711 };
}

static void teardown(void)
{
    bed_close(&bed);
}

/* Runs from the table to the sink until it ends: the record of its task that had the fault, 0 = none. */
static int64_t fault_of_start(int64_t start)
{
    Plan     *sink = bed_sink(&bed, bed_scan(&bed, false));
    Error     err = ERROR_NONE;
    Job      *job;
    long long record = 0;
    bed.options.faults.start = start;
    atomic_store(&bed.sink_rows, 0);
    ck_assert_int_eq(bed_create(&bed, &sink, 1, &job, &err), STATUS_OK);
    ck_assert_int_eq(job_start(job, &err), STATUS_OK);
    ck_assert(job_wait(job, 20000));
    if (job_state(job) == JOB_FAILED) {
        bool is_before = bed.options.faults.place == FAULT_BEFORE;
        ck_assert_int_eq(job_error(job)->status, STATUS_FAULT);
        ck_assert(status_is_retriable(job_error(job)->status));
        ck_assert_int_eq(sscanf(job_error(job)->message,
                                is_before ? "a fault on purpose before record %lld of" : "a fault on purpose after record %lld of", &record), 1);
    } else {
        ck_assert_int_eq(job_state(job), JOB_FINISHED);
    }
    job_destroy(job);
    return record;
}

START_TEST(rows_before_the_fault_reach_the_sink)
{
    static const int64_t sizes[] = { 1, 7, 2048 };
    for (int64_t start = 0; start < 20; start++) {
        for (int s = 0; s < 3; s++) {
            bed.options.batch_rows = sizes[s];
            bed.options.faults.place = FAULT_BEFORE;
            int64_t record = fault_of_start(start);
            ck_assert_int_gt(record, 0);
            ck_assert_int_eq(atomic_load(&bed.sink_rows), record - 1);
            bed.options.faults.place = FAULT_AFTER;
            ck_assert_int_eq(fault_of_start(start), record);
            ck_assert_int_eq(atomic_load(&bed.sink_rows), record);
        }
    }
}
END_TEST

/* Exponential: the mean is as asked for, and e^-1 of all are above it. */
START_TEST(starts_draw_by_a_poisson_process)
{
    int64_t sum = 0, above = 0;
    for (int64_t start = 0; start < STARTS; start++) {
        int64_t record = fault_of_start(start);
        ck_assert_int_gt(record, 0);
        sum += record;
        above += record > MEAN;
    }
    ck_assert_double_lt(fabs((double)sum / STARTS - MEAN), MEAN * 0.15);
    ck_assert_double_lt(fabs((double)above / STARTS - exp(-1)), 0.07);
}
END_TEST

START_TEST(seed_start_and_task_decide)
{
    int64_t first = fault_of_start(0), second = fault_of_start(1);
    ck_assert_int_ne(first, second);
    ck_assert_int_eq(fault_of_start(0), first);
    bed.options.faults.seed++;
    ck_assert_int_ne(fault_of_start(0), first);
}
END_TEST

START_TEST(any_task_may_have_it)
{
    bool seen[4] = { false };
    bed.options.parallelism = 4;
    bed.options.worker_count = 1;
    bed.options.batch_rows = 1; /* or the task that is stepped first reads all the rows it has */
    for (int64_t start = 0; start < 40; start++) {
        Plan *sink = bed_sink(&bed, bed_scan(&bed, false));
        Error err = ERROR_NONE;
        Job  *job;
        int   task;
        bed.options.faults.start = start;
        ck_assert_int_eq(bed_create(&bed, &sink, 1, &job, &err), STATUS_OK);
        ck_assert_int_eq(job_start(job, &err), STATUS_OK);
        ck_assert(job_wait(job, 20000));
        ck_assert_int_eq(job_state(job), JOB_FAILED);
        ck_assert_int_eq(sscanf(job_error(job)->message, "a fault on purpose before record %*d of task %d (", &task), 1);
        seen[task] = true;
        job_destroy(job);
    }
    ck_assert(seen[0] && seen[1] && seen[2] && seen[3]);
}
END_TEST

START_TEST(nothing_is_there_when_it_is_off)
{
    bed.options.faults.mean_records = 0;
    ck_assert_int_eq(fault_of_start(0), 0);
    ck_assert_int_eq(atomic_load(&bed.sink_rows), ROWS);
}
END_TEST

Suite *suite_fault(void);
Suite *suite_fault(void)
{
    Suite *suite = suite_create("fault");
    TCase *tcase = tcase_create("fault");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, rows_before_the_fault_reach_the_sink);
    tcase_add_test(tcase, starts_draw_by_a_poisson_process);
    tcase_add_test(tcase, seed_start_and_task_decide);
    tcase_add_test(tcase, any_task_may_have_it);
    tcase_add_test(tcase, nothing_is_there_when_it_is_off);
    suite_add_tcase(suite, tcase);
    return suite;
}
