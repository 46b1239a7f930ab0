/* test_jobs.c: jobs as handles and as statements: states, waiting, stopping, counts, and lives of sessions and engines around them. */
#include "tests/engine/api_bed.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ApiBed bed;

static void setup(void)
{
    bed = api_open();
    api_run(&bed, "CREATE TABLE t (a INT, s STRING) WITH ('connector' = 'push')");
    api_run(&bed, "CREATE TABLE hole (a INT, s STRING) WITH ('connector' = 'blackhole')");
    api_run(&bed, "CREATE TABLE endless (a INT, s STRING) WITH ('connector' = 'datagen', 'rows-per-second' = '1000')");
}

static void teardown(void)
{
    api_close(&bed);
}

/* The job of an INSERT whose result is closed; to be released. */
static tide_job *start(const char *sql)
{
    tide_result *result = api_execute(&bed, sql);
    tide_job    *job = tide_job_hold(tide_result_job(result));
    tide_result_close(result);
    return job;
}

START_TEST(life)
{
    tide_job *job = start("INSERT INTO hole SELECT * FROM t");
    ck_assert_uint_eq(strlen(tide_job_id(job)), 32);
    ck_assert_str_eq(tide_job_name(job), "insert-into_default_catalog.default_database.hole");
    ck_assert_int_eq(tide_job_state_of(job), TIDE_JOB_RUNNING);
    ck_assert_str_eq(tide_job_state_name(TIDE_JOB_RUNNING), "RUNNING");
    ck_assert_int_gt(tide_job_started_ms(job), 1700000000000);
    ck_assert_int_eq(tide_job_wait(job, 10, NULL), TIDE_TIMEOUT);

    tide_job *listed[2] = { NULL, NULL };
    ck_assert_int_eq(tide_job_list(bed.engine, listed, 2), 1);
    ck_assert_ptr_eq(listed[0], job);
    tide_job_release(listed[0]);

    tide_writer *writer = api_writer(&bed, "t");
    api_write(writer, "1", "x");
    api_write(writer, "2", "y");
    tide_writer_close(writer);
    ck_assert_int_eq(tide_job_wait(job, 5000, NULL), TIDE_OK);
    ck_assert_int_eq(tide_job_state_of(job), TIDE_JOB_FINISHED);
    tide_job_stats stats = { .struct_size = sizeof(stats) };
    tide_job_stats_of(job, &stats);
    ck_assert_int_eq(stats.rows_in, 2);
    ck_assert_int_eq(stats.rows_out, 2);
    ck_assert_int_eq(stats.late, 0);
    ck_assert_int_eq(stats.watermark_ms, INT64_MIN);
    ck_assert_int_eq(stats.total, -1);
    ck_assert_int_lt(stats.elapsed_ms, 60000);
    const char *report = tide_job_report(job);
    ck_assert_ptr_nonnull(strstr(report, "FINISHED: 2 rows in, 2 rows out, 0 late, 0 bad"));
    ck_assert_ptr_nonnull(strstr(report, "in  default_catalog.default_database.t: 2 rows\n"));
    ck_assert_ptr_nonnull(strstr(report, "out default_catalog.default_database.hole: 2 rows\n"));
    ck_assert_int_eq(tide_job_list(bed.engine, NULL, 0), 1); /* still held */
    tide_job_release(job);
    ck_assert_int_eq(tide_job_list(bed.engine, NULL, 0), 0);
}
END_TEST

START_TEST(cancelled)
{
    tide_job *job = start("INSERT INTO hole SELECT * FROM endless");
    tide_job_cancel(job);
    ck_assert_int_eq(tide_job_wait(job, 5000, NULL), TIDE_CANCELLED);
    ck_assert_int_eq(tide_job_state_of(job), TIDE_JOB_CANCELLED);
    tide_job_release(job);
}
END_TEST

START_TEST(failed)
{
    tide_job   *job = start("INSERT INTO hole\nSELECT 1 / a, s FROM (VALUES (0, 'x')) AS v(a, s)");
    tide_error *err = NULL;
    tide_position at = { .struct_size = sizeof(at) };
    ck_assert_int_eq(tide_job_wait(job, 5000, &err), TIDE_E_EXECUTE);
    ck_assert_int_eq(tide_job_state_of(job), TIDE_JOB_FAILED);
    tide_error_position(err, &at);
    ck_assert_int_eq(at.line, 2);
    ck_assert_str_eq(api_take_error(&bed, err), "TIDE_E_EXECUTE: / by zero");
    tide_job_release(job);
}
END_TEST

/* ---- stop: with or without open windows ------------------------------------------------------------------------------------- */

static const char *rows_when_stopped(bool drain)
{
    tide_writer *writer = api_writer(&bed, "w");
    tide_result *result = api_execute(&bed, "SELECT SUM(a) FROM TUMBLE(TABLE w, DESCRIPTOR(ts), INTERVAL '1' MINUTE) "
                                            "GROUP BY window_start, window_end");
    api_write(writer, "1", "2024-01-01 00:00:01");
    api_write(writer, "2", "2024-01-01 00:01:01");
    tide_writer_flush(writer, -1, NULL);
    tide_batch *batch;
    ck_assert_int_eq(tide_result_next(result, 5000, &batch, NULL), TIDE_ROWS); /* both rows were read */
    tide_batch_release(batch);
    tide_job_stop(tide_result_job(result), drain);
    const char *rows = api_rows_of(&bed, result);
    ck_assert_int_eq(tide_job_state_of(tide_result_job(result)), TIDE_JOB_FINISHED);
    tide_result_close(result);
    tide_writer_close(writer);
    return rows;
}

START_TEST(stopped)
{
    api_run(&bed, "CREATE TABLE w (a INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'push')");
    ck_assert_str_eq(rows_when_stopped(false), "");
    ck_assert_str_eq(api_rows(&bed, "SELECT a FROM w"), ""); /* the END of the first writer */
    ck_assert_str_eq(rows_when_stopped(true), "[2]\n");
}
END_TEST

/* ---- statements about jobs ---------------------------------------------------------------------------------------------------- */

START_TEST(job_statements)
{
    char sql[128], wanted[256];
    api_run(&bed, "SET 'pipeline.name' = 'mine'");
    tide_job *job = start("INSERT INTO hole SELECT * FROM endless");
    snprintf(wanted, sizeof(wanted), "[%s, mine, RUNNING, 20", tide_job_id(job));
    ck_assert_int_eq(strncmp(api_rows(&bed, "SHOW JOBS"), wanted, strlen(wanted)), 0);
    snprintf(sql, sizeof(sql), "DESCRIBE JOB '%s'", tide_job_id(job));
    ck_assert_int_eq(strncmp(api_rows(&bed, sql), wanted, strlen(wanted)), 0);
    snprintf(sql, sizeof(sql), "STOP JOB '%s' WITH SAVEPOINT", tide_job_id(job));
    ck_assert_str_eq(api_error(&bed, sql),
                     "TIDE_E_VALIDATE: where is the savepoint to go? execution.checkpointing.savepoint-dir is not set");
    snprintf(sql, sizeof(sql), "STOP JOB '%s'", tide_job_id(job));
    api_run(&bed, sql);
    ck_assert_int_eq(tide_job_wait(job, 0, NULL), TIDE_OK);
    tide_job_release(job);
    ck_assert_str_eq(api_rows(&bed, "SHOW JOBS"), "");
    ck_assert_str_eq(api_error(&bed, "STOP JOB 'abc'"), "TIDE_E_VALIDATE: no job with id 'abc'");
}
END_TEST

START_TEST(stop_of_a_query_that_nobody_reads)
{
    char sql[128];
    api_run(&bed, "CREATE TABLE fast (a INT) WITH ('connector' = 'datagen', 'rows-per-second' = '100000000')");
    tide_result *result = api_execute(&bed, "SELECT * FROM fast");
    tide_job_wait(tide_result_job(result), 200, NULL); /* until its queue is full */
    snprintf(sql, sizeof(sql), "STOP JOB '%s'", tide_job_id(tide_result_job(result)));
    api_run(&bed, sql);
    tide_result_close(result);
}
END_TEST

START_TEST(statement_set)
{
    api_run(&bed, "CREATE TABLE hole2 (a INT) WITH ('connector' = 'blackhole')");
    tide_job *job = start("EXECUTE STATEMENT SET BEGIN INSERT INTO hole VALUES (1, 'x'); INSERT INTO hole2 VALUES (1), (2); END");
    ck_assert_int_eq(tide_job_wait(job, 5000, NULL), TIDE_OK);
    tide_job_stats stats = { .struct_size = sizeof(stats) };
    tide_job_stats_of(job, &stats);
    ck_assert_int_eq(stats.rows_out, 3);
    tide_job_release(job);
}
END_TEST

START_TEST(dml_sync)
{
    api_run(&bed, "SET 'table.dml-sync' = 'true'");
    tide_result *result = api_execute(&bed, "INSERT INTO hole VALUES (1, 'x')");
    ck_assert_int_eq(tide_job_state_of(tide_result_job(result)), TIDE_JOB_FINISHED);
    tide_result_close(result);
    ck_assert_str_eq(api_error(&bed, "INSERT INTO hole SELECT 1 / a, s FROM (VALUES (0, 'x')) AS v(a, s)"),
                     "TIDE_E_EXECUTE: / by zero");
}
END_TEST

START_TEST(create_table_as)
{
    tide_job *job = start("CREATE TABLE made WITH ('connector' = 'blackhole') AS SELECT a + 1 AS b FROM (VALUES (1)) AS v(a)");
    ck_assert_int_eq(tide_job_wait(job, 5000, NULL), TIDE_OK);
    tide_job_release(job);
    ck_assert_ptr_nonnull(strstr(api_rows(&bed, "DESCRIBE made"), "[b, INT, "));
    api_error(&bed, "CREATE TABLE bad WITH ('connector' = 'nothing') AS SELECT 1 AS b");
    ck_assert_ptr_null(strstr(api_rows(&bed, "SHOW TABLES"), "bad"));
}
END_TEST

/* ---- who outlives whom ---------------------------------------------------------------------------------------------------------- */

START_TEST(session_closed_before_its_job)
{
    tide_session *session;
    tide_result  *result;
    ck_assert_int_eq(tide_session_open(bed.engine, &session, NULL), TIDE_OK);
    const char *sql = "CREATE TABLE own (a INT) WITH ('connector' = 'push')";
    ck_assert_int_eq(tide_execute(session, sql, TIDE_NUL_TERMINATED, &result, NULL), TIDE_OK);
    tide_result_close(result);
    sql = "CREATE TABLE nowhere WITH ('connector' = 'blackhole') AS SELECT a FROM own WHERE a <> 17";
    ck_assert_int_eq(tide_execute(session, sql, TIDE_NUL_TERMINATED, &result, NULL), TIDE_OK);
    tide_job *job = tide_job_hold(tide_result_job(result));
    tide_result_close(result);
    tide_session_close(session);
    ck_assert_int_eq(tide_job_wait(job, 20, NULL), TIDE_TIMEOUT);
    tide_job_stop(job, true);
    ck_assert_int_eq(tide_job_wait(job, 5000, NULL), TIDE_OK);
    ck_assert_ptr_nonnull(strstr(tide_job_report(job), "default_database.own: 0 rows"));
    tide_job_release(job);
}
END_TEST

/* Whoever waits for a job must not keep it from starting again. */
START_TEST(waited_for_while_it_starts_again)
{
    char folder[] = "/tmp/tidemark-jobs-XXXXXX", sql[128], command[64];
    ck_assert(mkdtemp(folder));
    snprintf(sql, sizeof(sql), "SET 'execution.checkpointing.dir' = '%s/state'", folder);
    api_run(&bed, sql);
    api_run(&bed, "SET 'execution.checkpointing.interval' = '2 ms'");
    api_run(&bed, "SET 'restart-strategy.type' = 'fixed-delay'");
    api_run(&bed, "SET 'restart-strategy.fixed-delay.attempts' = '1000000'");
    api_run(&bed, "SET 'restart-strategy.fixed-delay.delay' = '1 ms'");
    api_run(&bed, "SET 'tidemark.test.fault.mean-records' = '20'");
    api_run(&bed, "SET 'tidemark.test.fault.seed' = '1'");
    tide_job   *job = start("INSERT INTO hole SELECT * FROM endless /*+ OPTIONS('number-of-rows' = '1000') */");
    tide_status status = TIDE_TIMEOUT;
    for (int i = 0; i < 75 && status == TIDE_TIMEOUT; i++)
        status = tide_job_wait(job, 200, NULL);
    ck_assert_int_eq(status, TIDE_OK);
    tide_job_release(job);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(engine_closed_with_running_jobs)
{
    for (int i = 0; i < 3; i++)
        api_run(&bed, "INSERT INTO hole SELECT * FROM endless");
    ck_assert_int_eq(tide_job_list(bed.engine, NULL, 0), 3);
}
END_TEST

Suite *suite_jobs(void)
{
    Suite *suite = suite_create("jobs");
    TCase *tests = tcase_create("jobs");
    tcase_set_timeout(tests, 20);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, life);
    tcase_add_test(tests, cancelled);
    tcase_add_test(tests, failed);
    tcase_add_test(tests, stopped);
    tcase_add_test(tests, job_statements);
    tcase_add_test(tests, stop_of_a_query_that_nobody_reads);
    tcase_add_test(tests, statement_set);
    tcase_add_test(tests, dml_sync);
    tcase_add_test(tests, create_table_as);
    tcase_add_test(tests, session_closed_before_its_job);
    tcase_add_test(tests, waited_for_while_it_starts_again);
    tcase_add_test(tests, engine_closed_with_running_jobs);
    suite_add_tcase(suite, tests);
    return suite;
}
