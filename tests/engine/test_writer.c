/* test_writer.c: push tables: rows as texts, watermarks, back-pressure, the end of input. Arrow batches are in test_arrow.c. */
#include "tests/engine/api_bed.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static ApiBed bed;

static void setup(void)
{
    bed = api_open();
    api_run(&bed, "CREATE TABLE t (a INT, s STRING) WITH ('connector' = 'push')");
}

static void teardown(void)
{
    api_close(&bed);
}

START_TEST(rows_in_rows_out)
{
    tide_writer *writer = api_writer(&bed, "`default_database`.t");
    tide_result *result = api_execute(&bed, "SELECT a, UPPER(s) FROM t");
    api_write(writer, " 1 ", "ann");
    api_write(writer, NULL, NULL);
    ck_assert_int_eq(tide_writer_flush(writer, -1, NULL), TIDE_OK);
    tide_batch *batch;
    ck_assert_int_eq(tide_result_next(result, 5000, &batch, NULL), TIDE_ROWS);
    ck_assert_int_eq(tide_batch_rows(batch), 2);
    tide_batch_release(batch);
    api_write(writer, "3", "a text that does not fit into a view");
    tide_writer_close(writer);
    ck_assert_str_eq(api_rows_of(&bed, result), "[3, A TEXT THAT DOES NOT FIT INTO A VIEW]\n");
    tide_result_close(result);
}
END_TEST

START_TEST(read_again)
{
    for (int i = 0; i < 3; i++) {
        tide_writer *writer = api_writer(&bed, "t");
        api_write(writer, "1", "x");
        tide_writer_close(writer);
        ck_assert_str_eq(api_rows(&bed, "SELECT a FROM t"), "[1]\n");
    }
    tide_result *early = api_execute(&bed, "SELECT a FROM t");
    tide_job *job = tide_job_hold(tide_result_job(early));
    ck_assert_str_eq(api_error(&bed, "SELECT a FROM t"),
                     "TIDE_E_UNSUPPORTED: table default_catalog.default_database.t is being read already: a push table has one reader");
    tide_result_close(early);
    ck_assert_int_eq(tide_job_wait(job, 5000, NULL), TIDE_CANCELLED);
    tide_writer *writer = api_writer(&bed, "t");
    api_write(writer, "2", "x");
    tide_writer_close(writer);
    ck_assert_str_eq(api_rows(&bed, "SELECT a FROM t"), "[2]\n");
    tide_job_release(job);
}
END_TEST

START_TEST(changelog_rows)
{
    api_run(&bed, "CREATE TABLE c (a INT, s STRING) WITH ('connector' = 'push', 'changelog-mode' = 'all')");
    tide_writer *writer = api_writer(&bed, "c");
    static const char *const old_row[] = { "1", "x" }, *const new_row[] = { "1", "y" };
    tide_writer_row(writer, TIDE_INSERT, old_row, 2, NULL);
    tide_writer_row(writer, TIDE_UPDATE_BEFORE, old_row, 2, NULL);
    tide_writer_row(writer, TIDE_UPDATE_AFTER, new_row, 2, NULL);
    tide_writer_row(writer, TIDE_DELETE, new_row, 2, NULL);
    tide_writer_close(writer);
    ck_assert_str_eq(api_rows(&bed, "SELECT * FROM c"), "+I[1, x]\n-U[1, x]\n+U[1, y]\n-D[1, y]\n");
}
END_TEST

START_TEST(refused)
{
    tide_writer *writer;
    tide_error  *err = NULL;
    api_run(&bed, "CREATE TABLE d (a INT) WITH ('connector' = 'datagen')");
    ck_assert_int_eq(tide_writer_open(bed.session, "d", &writer, &err), TIDE_E_MISUSE);
    ck_assert_str_eq(api_take_error(&bed, err), "TIDE_E_MISUSE: table d is not WITH ('connector' = 'push')");
    ck_assert_int_eq(tide_writer_open(bed.session, "nope", &writer, NULL), TIDE_E_VALIDATE);
    ck_assert_int_ge(tide_writer_open(bed.session, "t UNION ALL TABLE t", &writer, NULL), TIDE_E_FIRST);

    writer = api_writer(&bed, "t");
    tide_writer *second;
    ck_assert_int_eq(tide_writer_open(bed.session, "t", &second, &err), TIDE_E_MISUSE);
    ck_assert_str_eq(api_take_error(&bed, err), "TIDE_E_MISUSE: table t has a writer already");
    static const char *const one[] = { "1" };
    ck_assert_int_eq(tide_writer_row(writer, TIDE_INSERT, one, 1, &err), TIDE_E_MISUSE);
    ck_assert_str_eq(api_take_error(&bed, err), "TIDE_E_MISUSE: expected 2 values, found 1");
    api_write(writer, "seven", "x");
    err = NULL;
    ck_assert_int_eq(tide_writer_flush(writer, -1, &err), TIDE_E_EXECUTE);
    ck_assert_int_eq(strncmp(api_take_error(&bed, err), "TIDE_E_EXECUTE: column `a`: ", 28), 0);
    api_write(writer, "7", "x");
    tide_writer_close(writer);
    ck_assert_str_eq(api_rows(&bed, "SELECT a FROM t"), "[7]\n");
}
END_TEST

START_TEST(null_for_not_null)
{
    api_run(&bed, "CREATE TABLE n (a INT NOT NULL, s STRING) WITH ('connector' = 'push')");
    tide_writer *writer = api_writer(&bed, "n");
    api_write(writer, NULL, "x");
    tide_error *err = NULL;
    ck_assert_int_eq(tide_writer_flush(writer, -1, &err), TIDE_E_EXECUTE);
    ck_assert_str_eq(api_take_error(&bed, err), "TIDE_E_EXECUTE: column `a`: NULL in a column that is NOT NULL");
    tide_writer_close(writer);
}
END_TEST

START_TEST(back_pressure)
{
    tide_writer *writer = api_writer(&bed, "t");
    int written = 0;
    tide_status status;
    do {
        api_write(writer, "1", "x");
        written++;
        status = tide_writer_flush(writer, 0, NULL);
    } while (status == TIDE_OK && written < 1000);
    ck_assert_int_eq(status, TIDE_TIMEOUT);
    ck_assert_int_lt(written, 1000);
    ck_assert_int_eq(tide_writer_flush(writer, 10, NULL), TIDE_TIMEOUT);
    for (int i = 0; i < 2048; i++) /* as many as are gathered */
        api_write(writer, "1", "x");
    written += 2048;
    tide_result *result = api_execute(&bed, "SELECT SUM(a) FROM t");
    api_write(writer, "100000", "x"); /* hands on what waited and what was gathered */
    tide_writer_close(writer);
    char wanted[64];
    snprintf(wanted, sizeof(wanted), "+U[%d]\n", written + 100000);
    ck_assert_ptr_nonnull(strstr(api_rows_of(&bed, result), wanted));
    tide_result_close(result);
}
END_TEST

START_TEST(close_without_reader)
{
    tide_writer *writer = api_writer(&bed, "t");
    do
        api_write(writer, "1", "x");
    while (tide_writer_flush(writer, 0, NULL) == TIDE_OK);
    tide_writer_close(writer);
}
END_TEST

START_TEST(watermark)
{
    tide_error *err = NULL;
    api_run(&bed, "CREATE TABLE w (a INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'push')");
    tide_writer *writer = api_writer(&bed, "w");
    ck_assert_int_eq(tide_writer_watermark(writer, 0, &err), TIDE_E_MISUSE);
    tide_error_free(err);
    tide_result *result = api_execute(&bed, "SELECT window_end, SUM(a) FROM TUMBLE(TABLE w, DESCRIPTOR(ts), INTERVAL '1' MINUTE) "
                                            "GROUP BY window_start, window_end");
    api_write(writer, "1", "2024-01-01 00:00:01");
    api_write(writer, "2", "2024-01-01 00:00:02");
    api_write(writer, "4", "2024-01-01 00:01:02");
    tide_writer_flush(writer, -1, NULL);
    tide_batch *batch;
    ck_assert_int_eq(tide_result_next(result, 5000, &batch, NULL), TIDE_ROWS);
    ck_assert_str_eq(tide_batch_text(batch, 0, 1, TIDE_TEXT_CAST, NULL), "3");
    tide_batch_release(batch);
    tide_writer_close(writer);
    ck_assert_str_eq(api_rows_of(&bed, result), "[2024-01-01 00:02:00.000, 4]\n");
    tide_result_close(result);
    writer = api_writer(&bed, "t");
    ck_assert_int_eq(tide_writer_watermark(writer, 5, NULL), TIDE_OK);
    tide_writer_close(writer);
    ck_assert_str_eq(api_rows(&bed, "SELECT a FROM t"), "");
}
END_TEST

START_TEST(same_name_elsewhere)
{
    tide_session *other;
    ck_assert_int_eq(tide_session_open(bed.engine, &other, NULL), TIDE_OK);
    tide_result *result;
    const char *sql = "CREATE TABLE t (a STRING, s INT) WITH ('connector' = 'push')";
    ck_assert_int_eq(tide_execute(other, sql, TIDE_NUL_TERMINATED, &result, NULL), TIDE_OK);
    tide_result_close(result);
    tide_writer *own;
    ck_assert_int_eq(tide_writer_open(other, "t", &own, NULL), TIDE_OK);
    api_write(own, "a text of the other table, rather long", "1");
    tide_writer_close(own);
    tide_writer *writer = api_writer(&bed, "t");
    api_write(writer, "1", "x");
    tide_writer_close(writer);
    ck_assert_str_eq(api_rows(&bed, "SELECT * FROM t"), "[1, x]\n");
    tide_session_close(other);
}
END_TEST

START_TEST(defined_anew)
{
    tide_writer *writer = api_writer(&bed, "t");
    api_write(writer, "1", "x");
    tide_writer_flush(writer, -1, NULL);
    api_run(&bed, "DROP TABLE t");
    api_run(&bed, "CREATE TABLE t (a STRING, s STRING, more INT) WITH ('connector' = 'push')");
    tide_writer_close(api_writer(&bed, "t"));
    ck_assert_str_eq(api_rows(&bed, "SELECT * FROM t"), "");
    api_write(writer, "2", "still of the old one");
    tide_writer_close(writer);
}
END_TEST

Suite *suite_writer(void)
{
    Suite *suite = suite_create("writer");
    TCase *tests = tcase_create("writer");
    tcase_set_timeout(tests, 20);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, rows_in_rows_out);
    tcase_add_test(tests, read_again);
    tcase_add_test(tests, changelog_rows);
    tcase_add_test(tests, refused);
    tcase_add_test(tests, null_for_not_null);
    tcase_add_test(tests, back_pressure);
    tcase_add_test(tests, close_without_reader);
    tcase_add_test(tests, watermark);
    tcase_add_test(tests, same_name_elsewhere);
    tcase_add_test(tests, defined_anew);
    suite_add_tcase(suite, tests);
    return suite;
}
