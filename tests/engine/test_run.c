/* test_run.c: what statements give back, batch by batch; scripts; statement sets; ways to end a query. */
#include "tests/engine/api_bed.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static ApiBed bed;

static void setup(void)
{
    bed = api_open();
}

static void teardown(void)
{
    api_close(&bed);
}

#define ENDLESS "CREATE TABLE endless (a INT) WITH ('connector' = 'datagen', 'rows-per-second' = '100')"
#define STILL   "CREATE TABLE still (a INT, s STRING) WITH ('connector' = 'push')"
#define HOLE    "CREATE TABLE hole (a INT, s STRING) WITH ('connector' = 'blackhole')"

START_TEST(kinds)
{
    static const struct {
        const char      *sql;
        tide_result_kind kind;
    } rows[] = {
        { HOLE, TIDE_RESULT_OK },
        { "SET 'a' = 'b'", TIDE_RESULT_OK },
        { "USE CATALOG default_catalog", TIDE_RESULT_OK },
        { "SHOW TABLES", TIDE_RESULT_TABLE },
        { "SET", TIDE_RESULT_TABLE },
        { "DESCRIBE hole", TIDE_RESULT_TABLE },
        { "EXPLAIN SELECT 1", TIDE_RESULT_TABLE },
        { "SELECT 1", TIDE_RESULT_QUERY },
        { "INSERT INTO hole VALUES (1, 'x')", TIDE_RESULT_JOB },
        { "QUIT", TIDE_RESULT_CLIENT },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        tide_result *result = api_execute(&bed, rows[i].sql);
        ck_assert_int_eq(tide_result_kind_of(result), rows[i].kind);
        bool has_job = rows[i].kind == TIDE_RESULT_QUERY || rows[i].kind == TIDE_RESULT_JOB;
        ck_assert((tide_result_job(result) != NULL) == has_job);
        ck_assert_str_eq(tide_result_text(result), rows[i].kind == TIDE_RESULT_CLIENT ? "QUIT" : "");
        tide_result_close(result);
    }
}
END_TEST

START_TEST(columns)
{
    tide_result *result = api_execute(&bed, "SELECT 1 AS uno, CAST(NULL AS DECIMAL(10, 2)) AS d, 'äö' AS `ä`, "
                                            "TIMESTAMP '2024-01-01 00:00:00.123' AS t, CAST(2 AS BIGINT) AS a_rather_long_name_of_it");
    static const char *const types[] = { "INT NOT NULL", "DECIMAL(10, 2)", "CHAR(2) NOT NULL", "TIMESTAMP(3) NOT NULL", "BIGINT NOT NULL" };
    static const int32_t widths[] = { 11, 12, 30, 23, 24 };
    ck_assert_int_eq(tide_result_column_count(result), 5);
    ck_assert_str_eq(tide_result_column_name(result, 0), "uno");
    ck_assert_str_eq(tide_result_column_name(result, 2), "ä");
    for (int32_t i = 0; i < 5; i++) {
        ck_assert_str_eq(tide_result_column_type(result, i), types[i]);
        ck_assert_int_eq(tide_result_column_width(result, i, 30), widths[i]);
    }
    ck_assert(!tide_result_is_changelog(result));
    ck_assert(!tide_result_is_batch(result));
    ck_assert_str_eq(api_rows_of(&bed, result), "[1, NULL, äö, 2024-01-01 00:00:00.123, 2]\n");
    ck_assert_str_eq(api_rows_of(&bed, result), ""); /* still done */
    tide_result_close(result);
}
END_TEST

START_TEST(texts)
{
    tide_result *result = api_execute(&bed, "SELECT X'0aff', 1.50, TRUE, ARRAY[1, CAST(NULL AS INT)], MAP['a', 1], ROW('x\"', 2), "
                                            "CAST('NaN' AS DOUBLE), CAST(NULL AS STRING), 'a\nb'");
    static const char *const cells[] = { "x'0aff'", "1.50", "TRUE", "[1, NULL]", "{a=1}", "(x\", 2)", "NaN", NULL, "a\nb" };
    static const char *const json[] = { NULL, "1.50", "true", "[1,null]", "{\"a\":1}", NULL, "\"NaN\"", NULL, "\"a\\nb\"" };
    tide_batch *batch;
    ck_assert_int_eq(tide_result_next(result, -1, &batch, NULL), TIDE_ROWS);
    ck_assert_int_eq(tide_batch_rows(batch), 1);
    ck_assert_int_eq(tide_batch_op(batch, 0), TIDE_INSERT);
    for (int32_t i = 0; i < 9; i++) {
        size_t size = 0;
        const char *cell = tide_batch_text(batch, 0, i, TIDE_TEXT_CELL, &size);
        ck_assert(tide_batch_is_null(batch, 0, i) == !cells[i]);
        ck_assert_pstr_eq(cell, cells[i]);
        ck_assert_uint_eq(size, cell ? strlen(cell) : 0);
        if (json[i])
            ck_assert_pstr_eq(tide_batch_text(batch, 0, i, TIDE_TEXT_JSON, NULL), json[i]);
    }
    tide_batch_release(batch);
    ck_assert_int_eq(tide_result_next(result, -1, &batch, NULL), TIDE_DONE);
    tide_result_close(result);
}
END_TEST

START_TEST(long_literals_live_on)
{
    ck_assert_str_eq(api_rows(&bed, "SELECT a, 'another text that is longer than a view' FROM "
                                    "(VALUES ('a text that is longer than a view'), (CAST(NULL AS STRING))) AS t(a)"),
                     "[a text that is longer than a view, another text that is longer than a view]\n"
                     "[NULL, another text that is longer than a view]\n");
    ck_assert_str_eq(api_rows(&bed, "SELECT CONCAT(a, ' and then some more') FROM (VALUES ('a text that is long')) AS t(a) "
                                    "WHERE a LIKE 'a text that is%' AND a <> 'some other text that is long'"),
                     "[a text that is long and then some more]\n");
}
END_TEST

START_TEST(changelog)
{
    tide_result *result = api_execute(&bed, "SELECT a, COUNT(*) FROM (VALUES (1), (2), (1)) AS t(a) GROUP BY a");
    ck_assert(tide_result_is_changelog(result));
    ck_assert_ptr_nonnull(strstr(api_rows_of(&bed, result), "-U[1, 1]\n+U[1, 2]\n"));
    tide_result_close(result);
    api_run(&bed, "SET 'execution.runtime-mode' = 'batch'");
    result = api_execute(&bed, "SELECT a, COUNT(*) FROM (VALUES (1), (1)) AS t(a) GROUP BY a");
    ck_assert(tide_result_is_batch(result));
    ck_assert(!tide_result_is_changelog(result));
    ck_assert_str_eq(api_rows_of(&bed, result), "[1, 2]\n");
    tide_result_close(result);
}
END_TEST

START_TEST(failing_query)
{
    ck_assert_str_eq(api_rows(&bed, "SELECT 10 / a FROM (VALUES (1), (0)) AS t(a)"), "TIDE_E_EXECUTE: / by zero");
}
END_TEST

/* ---- endless queries ------------------------------------------------------------------------------------------------------- */

START_TEST(timeout)
{
    api_run(&bed, STILL);
    tide_result *result = api_execute(&bed, "SELECT * FROM still");
    tide_batch *batch;
    ck_assert_int_eq(tide_result_next(result, 0, &batch, NULL), TIDE_TIMEOUT);
    ck_assert_int_eq(tide_result_next(result, 20, &batch, NULL), TIDE_TIMEOUT);
    ck_assert_ptr_null(batch);
    tide_result_close(result); /* while it runs */

    api_run(&bed, ENDLESS);
    result = api_execute(&bed, "SELECT * FROM endless");
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(tide_result_next(result, 5000, &batch, NULL), TIDE_ROWS);
        tide_batch_release(batch);
    }
    tide_result_close(result);
}
END_TEST

START_TEST(unread_result_is_bounded)
{
    api_run(&bed, "CREATE TABLE fast (a INT) WITH ('connector' = 'datagen', 'number-of-rows' = '100000000')");
    tide_result *result = api_execute(&bed, "SELECT * FROM fast");
    tide_batch *batch;
    ck_assert_int_eq(tide_result_next(result, 5000, &batch, NULL), TIDE_ROWS);
    tide_batch_release(batch);
    tide_result_close(result);
}
END_TEST

static void *cancel_soon(void *job)
{
    tide_job_wait(job, 30, NULL);
    tide_job_cancel(job);
    tide_job_release(job);
    return NULL;
}

START_TEST(cancel_from_another_thread)
{
    api_run(&bed, STILL);
    tide_result *result = api_execute(&bed, "SELECT * FROM still");
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, cancel_soon, tide_job_hold(tide_result_job(result))), 0);
    tide_batch *batch;
    tide_error *err = NULL;
    ck_assert_int_eq(tide_result_next(result, -1, &batch, &err), TIDE_CANCELLED);
    ck_assert_ptr_null(err);
    pthread_join(thread, NULL);
    tide_result_close(result);
}
END_TEST

START_TEST(zone_of_the_query)
{
    tide_result *result = api_execute(&bed, "SELECT TO_TIMESTAMP_LTZ(0, 3)");
    api_run(&bed, "SET 'table.local-time-zone' = 'Asia/Tokyo'");
    api_run(&bed, "SHOW TABLES");
    ck_assert_str_eq(api_rows_of(&bed, result), "[1970-01-01 00:00:00.000]\n");
    tide_result_close(result);
    ck_assert_str_eq(api_rows(&bed, "SELECT TO_TIMESTAMP_LTZ(0, 3)"), "[1970-01-01 09:00:00.000]\n");
}
END_TEST

/* ---- scripts ---------------------------------------------------------------------------------------------------------------- */

START_TEST(script_by_statement)
{
    static const char sql[] = "SET 'a' = 'b';\n\nSELEC 1;\n  SELECT nothing;\nSELECT 2;\nSELECT 3 +";
    static const struct {
        tide_status status;
        int64_t     line, column;
        const char *kind;
        bool        is_incomplete;
    } rows[] = {
        { TIDE_OK, 1, 1, "SET", false },
        { TIDE_E_PARSE, 3, 1, "UNKNOWN", false },
        { TIDE_E_VALIDATE, 4, 3, "SELECT", false },
        { TIDE_OK, 5, 1, "SELECT", false },
        { TIDE_E_PARSE, 6, 1, "SELECT", true },
    };
    tide_script *script;
    ck_assert_int_eq(tide_script_open(bed.session, "job.sql", sql, TIDE_NUL_TERMINATED, false, &script, NULL), TIDE_OK);
    for (int i = 0; i < 5; i++) {
        tide_result *result;
        tide_error  *err = NULL;
        tide_statement about = { .struct_size = sizeof(about) };
        ck_assert_int_eq(tide_script_next(script, &result, &err), rows[i].status);
        tide_script_statement(script, &about);
        ck_assert_int_eq(about.index, i + 1);
        ck_assert_int_eq(about.line, rows[i].line);
        ck_assert_int_eq(about.column, rows[i].column);
        ck_assert_str_eq(about.kind, rows[i].kind);
        ck_assert_int_eq(about.is_incomplete, rows[i].is_incomplete);
        if (i == 2)
            ck_assert_int_eq(strncmp(tide_error_render(err), "job.sql:4:10: error: ", 21), 0);
        tide_error_free(err);
        tide_result_close(result);
    }
    tide_result *result;
    ck_assert_int_eq(tide_script_next(script, &result, NULL), TIDE_DONE);
    ck_assert_int_eq(tide_script_next(script, &result, NULL), TIDE_DONE);
    tide_script_close(script);
}
END_TEST

START_TEST(script_check)
{
    static const char sql[] = "CREATE TABLE t (a INT) WITH ('connector' = 'push'); SELECT a FROM t; SELECT b FROM t;"
                              "INSERT INTO t SELECT 1; DESCRIBE JOB 'abc'; STOP JOB 'abc';"
                              "CREATE TABLE u WITH ('connector' = 'blackhole') AS SELECT a FROM t;";
    static const tide_status statuses[] = { TIDE_OK, TIDE_OK, TIDE_E_VALIDATE, TIDE_E_VALIDATE, TIDE_OK, TIDE_OK, TIDE_OK, TIDE_DONE };
    tide_script *script;
    ck_assert_int_eq(tide_script_open(bed.session, "", sql, TIDE_NUL_TERMINATED, false, &script, NULL), TIDE_OK);
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        tide_status status = tide_script_check(script, false, NULL);
        ck_assert_msg(status == statuses[i], "statement %zu: %s", i + 1, tide_status_name(status));
    }
    tide_script_close(script);
    ck_assert_int_eq(tide_job_list(bed.engine, NULL, 0), 0);
    ck_assert_str_eq(api_rows(&bed, "SHOW TABLES"), "[t]\n[u]\n");
}
END_TEST

static const char *with_variables(const char *sql)
{
    tide_script *script;
    tide_error  *err = NULL;
    if (tide_script_open(bed.session, "v.sql", sql, TIDE_NUL_TERMINATED, true, &script, &err) != TIDE_OK)
        return api_take_error(&bed, err);
    tide_result *result;
    ck_assert_int_eq(tide_script_next(script, &result, NULL), TIDE_OK);
    const char *rows = api_rows_of(&bed, result);
    tide_result_close(result);
    tide_script_close(script);
    return rows;
}

START_TEST(variables)
{
    tide_session_variable(bed.session, "A", "7");
    ck_assert_str_eq(with_variables("SELECT ${A}, '${B:-d e}', '${B:-}', '$${A}', '$'"), "[7, d e, , ${A}, $]\n");
    ck_assert_str_eq(with_variables("SELECT 1,\n ${NOPE}"), "TIDE_E_VALIDATE: the variable NOPE is not defined");
    ck_assert_str_eq(with_variables("SELECT ${A"), "TIDE_E_PARSE: expected ${NAME} or ${NAME:-default}; $${ stands for ${ itself");
    tide_session_variable(bed.session, "A", "${A}"); /* not looked at again */
    ck_assert_str_eq(with_variables("SELECT '${A}'"), "[${A}]\n");
}
END_TEST

Suite *suite_run(void)
{
    Suite *suite = suite_create("run");
    TCase *tests = tcase_create("run");
    tcase_set_timeout(tests, 20);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, kinds);
    tcase_add_test(tests, columns);
    tcase_add_test(tests, texts);
    tcase_add_test(tests, long_literals_live_on);
    tcase_add_test(tests, changelog);
    tcase_add_test(tests, failing_query);
    tcase_add_test(tests, timeout);
    tcase_add_test(tests, unread_result_is_bounded);
    tcase_add_test(tests, cancel_from_another_thread);
    tcase_add_test(tests, zone_of_the_query);
    tcase_add_test(tests, script_by_statement);
    tcase_add_test(tests, script_check);
    tcase_add_test(tests, variables);
    suite_add_tcase(suite, tests);
    return suite;
}
