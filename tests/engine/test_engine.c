/* test_engine.c: engines, configuration, sessions, settings, errors, and the tools. */
#include "tests/engine/api_bed.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
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

START_TEST(version)
{
    ck_assert_str_eq(tide_version(), "0.1.0");
    ck_assert_str_eq(tide_status_name(TIDE_E_MISUSE), "TIDE_E_MISUSE");
    ck_assert_str_eq(tide_embedded_kafka(bed.engine), "");
}
END_TEST

static void *work_alone(void *unused)
{
    (void)unused;
    ApiBed own = api_open();
    api_run(&own, "CREATE TABLE t (a INT) WITH ('connector' = 'datagen', 'number-of-rows' = '5000')");
    for (int i = 0; i < 5; i++)
        ck_assert_str_eq(api_rows(&own, "SELECT COUNT(a) FROM (SELECT a FROM t LIMIT 1)"), "+I[1]\n");
    api_close(&own);
    return NULL;
}

START_TEST(two_engines_two_threads)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, work_alone, NULL), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
}
END_TEST

START_TEST(configuration)
{
    tide_config *config = tide_config_new();
    tide_error  *err = NULL;
    ck_assert_int_eq(tide_config_set(config, "parallelism.default", "2", NULL), TIDE_OK);
    ck_assert_int_eq(tide_config_set(config, "tidemark.batch-rows", "7", NULL), TIDE_OK);
    ck_assert_int_eq(tide_config_set(config, "tidemark.batch-rows", "many", &err), TIDE_E_VALIDATE);
    tide_error_free(err);
    ck_assert_int_eq(tide_config_set(config, "tidemark.nothing", "1", &err), TIDE_E_MISUSE);
    ck_assert_str_eq(api_take_error(&bed, err), "TIDE_E_MISUSE: no configuration key 'tidemark.nothing'");
    ck_assert_int_eq(tide_config_set(config, "table.local-time-zone", "Nowhere/City", NULL), TIDE_E_VALIDATE);

    tide_engine  *engine;
    tide_session *session;
    ck_assert_int_eq(tide_open(config, &engine, NULL), TIDE_OK);
    tide_config_free(config);
    ck_assert_int_eq(tide_session_open(engine, &session, NULL), TIDE_OK);
    ck_assert_str_eq(tide_session_get(session, "parallelism.default"), "2");
    tide_session_close(session);
    tide_close(engine);
}
END_TEST

START_TEST(settings)
{
    tide_error *err = NULL;
    ck_assert_str_eq(tide_session_get(bed.session, "execution.runtime-mode"), "streaming");
    ck_assert_ptr_null(tide_session_get(bed.session, "no.such.key"));
    ck_assert_int_eq(tide_session_set(bed.session, "execution.runtime-mode", "fast", &err), TIDE_E_VALIDATE);
    tide_error_free(err);
    ck_assert_int_eq(tide_session_set(bed.session, "", "x", NULL), TIDE_E_VALIDATE);
    ck_assert_int_eq(tide_session_set(bed.session, "table.local-time-zone", "Nowhere/City", NULL), TIDE_E_VALIDATE);
    ck_assert_int_eq(tide_session_set(bed.session, "my.own", "kept", NULL), TIDE_OK);
    ck_assert_str_eq(tide_session_get(bed.session, "my.own"), "kept");
    api_run(&bed, "SET 'execution.runtime-mode' = 'batch'");
    ck_assert_str_eq(tide_session_get(bed.session, "execution.runtime-mode"), "batch");
    ck_assert_ptr_nonnull(strstr(api_rows(&bed, "SET"), "[execution.runtime-mode, batch]\n"));
    api_run(&bed, "RESET 'execution.runtime-mode'");
    ck_assert_str_eq(tide_session_get(bed.session, "execution.runtime-mode"), "streaming");
    api_run(&bed, "RESET");
    ck_assert_ptr_null(tide_session_get(bed.session, "my.own"));
}
END_TEST

START_TEST(error_fields)
{
    tide_result  *result;
    tide_error   *err = NULL;
    tide_position at = { .struct_size = sizeof(at) };
    api_run(&bed, "CREATE TABLE users (user_id INT) WITH ('connector' = 'datagen')");
    const char *sql = "SELECT 'ä',\n  user_if\nFROM users";
    ck_assert_int_eq(tide_execute(bed.session, sql, TIDE_NUL_TERMINATED, &result, &err), TIDE_E_VALIDATE);
    ck_assert_int_eq(tide_error_status(err), TIDE_E_VALIDATE);
    ck_assert_ptr_nonnull(strstr(tide_error_message(err), "user_if"));
    ck_assert_ptr_nonnull(strstr(tide_error_hint(err), "user_id"));
    tide_error_position(err, &at);
    ck_assert_int_eq(at.line, 2);
    ck_assert_int_eq(at.column, 3);
    ck_assert_int_eq(at.end_line, 2);
    ck_assert_int_eq(at.end_column, 10);
    ck_assert_int_eq(at.end - at.start, 7);
    ck_assert_int_eq(strncmp(sql + at.start, "user_if", 7), 0);
    ck_assert_ptr_nonnull(strstr(tide_error_render(err), "2:3: error: "));
    ck_assert_ptr_nonnull(strstr(tide_error_render(err), "^^^^^^^"));
    tide_error_free(err);
    tide_error_free(NULL);

    ck_assert_int_eq(tide_execute(bed.session, "SELEC 1", 5, &result, NULL), TIDE_E_PARSE);
    ck_assert_int_eq(tide_execute(bed.session, "SELECT 1 / 0", 8, &result, NULL), TIDE_OK); /* its first 8 bytes */
    tide_result_close(result);
}
END_TEST

/* The error of a script as it is shown. */
static const char *error_of(const char *sql)
{
    static char  shown[4096];
    tide_result *result;
    tide_error  *err = NULL;
    ck_assert_int_ge(tide_execute(bed.session, sql, TIDE_NUL_TERMINATED, &result, &err), TIDE_E_FIRST);
    snprintf(shown, sizeof(shown), "%s", tide_error_render(err));
    tide_error_free(err);
    return shown;
}

/* A value that is right, and those with a slip of the pen, all of one statement; "gold" must not come back. */
static const char *const secret_values[] = {
    "'gold'",       "'gold''fish'", "-- it's\n 'gold'", "U&'gold'",  "E'gold'", "'gold' 'goldfish'", "\"gold\"",
    "gold",         "'gold",        "gold'",            "'gold\ngold'", "x'gold'", "'a' || 'gold'",     "= 'gold'",
    "'gold';",      "`gold`",
};

START_TEST(secrets_in_errors)
{
    const char *shown = error_of("CREATE TABLE t (a NOTYPE) WITH ('properties.sasl.password' = 'gold''fish', 'topic' = 'shown')");
    ck_assert_ptr_nonnull(strstr(shown, "'properties.sasl.password' = '**********'"));
    ck_assert_ptr_nonnull(strstr(shown, "'topic' = 'shown'"));
    ck_assert_ptr_null(strstr(shown, "gold"));
    for (size_t i = 0; i < sizeof(secret_values) / sizeof(*secret_values); i++) {
        char sql[512];
        snprintf(sql, sizeof(sql), "CREATE TABLE t (a NOTYPE) WITH ('topic' = 'x', 'properties.sasl.password' = %s)", secret_values[i]);
        shown = error_of(sql);
        ck_assert_msg(!strstr(shown, "gold"), "%s\n%s", sql, shown);
    }
    shown = error_of("CREATE TABLE t (a INT) WITH ('properties.sasl.password' 'gold')");
    ck_assert_msg(!strstr(shown, "gold"), "%s", shown);
    shown = error_of("CREATE TABLE t (a INT) WITH ('topic'' = 'x', 'properties.sasl.password' = 'gold')");
    ck_assert_msg(!strstr(shown, "gold"), "%s", shown);
    shown = error_of("SELECT x /*+ OPTIONS('sasl.password'='gold') */ FROM t /*+ OPTIONS('properties.sasl.password'='gold') */");
    ck_assert_msg(!strstr(shown, "gold"), "%s", shown);
    shown = error_of("SELECT password, nope FROM (VALUES (1)) AS t(password) WHERE nope = 'fine'");
    ck_assert_ptr_nonnull(strstr(shown, "WHERE nope = 'fine'"));
}
END_TEST

START_TEST(old_caller)
{
    tide_error   *err = NULL;
    tide_result  *result;
    ck_assert_int_eq(tide_execute(bed.session, "SELECT x", TIDE_NUL_TERMINATED, &result, &err), TIDE_E_VALIDATE);
    tide_position at = { .struct_size = offsetof(tide_position, end_line), .end_line = -7 };
    tide_error_position(err, &at);
    ck_assert_int_eq(at.column, 8);
    ck_assert_int_eq(at.end_line, -7);
    tide_error_free(err);
}
END_TEST

START_TEST(one_statement)
{
    ck_assert_str_eq(api_error(&bed, " -- nothing"), "TIDE_E_PARSE: found no statement");
    ck_assert_ptr_nonnull(strstr(api_error(&bed, "SET 'a' = 'b'; SELECT 2"), "TIDE_E_MISUSE: expected one statement"));
    ck_assert_ptr_null(tide_session_get(bed.session, "a"));
    api_run(&bed, "SELECT 1;");
    ck_assert_str_eq(api_error(&bed, "CREATE MODEL m WITH ('a' = 'b')"),
                     "TIDE_E_UNSUPPORTED: CREATE MODEL is not executed by this version");
}
END_TEST

START_TEST(complete_statements)
{
    ck_assert(tide_is_complete("SELECT 1;", TIDE_NUL_TERMINATED));
    ck_assert(!tide_is_complete("SELECT 1;", 8));
    ck_assert(!tide_is_complete("SELECT ';", TIDE_NUL_TERMINATED));
    ck_assert(tide_is_complete(" ", TIDE_NUL_TERMINATED));
}
END_TEST

static bool offers(const char *sql, const char *candidate)
{
    const char *found = tide_complete(bed.session, sql, TIDE_NUL_TERMINATED, strlen(sql));
    size_t size = strlen(candidate);
    for (const char *line = found; *line; line = strchr(line, '\n') + 1)
        if (strncmp(line, candidate, size) == 0 && line[size] == '\n')
            return true;
    return false;
}

START_TEST(completion)
{
    api_run(&bed, "CREATE TABLE users (user_id INT) WITH ('connector' = 'datagen')");
    ck_assert(offers("SEL", "SELECT"));
    ck_assert(offers("sel", "select"));
    ck_assert(offers("SELECT us", "users"));
    ck_assert(offers("SELECT us", "user_id"));
    ck_assert(offers("SELECT COU", "COUNT"));
    ck_assert(offers("CREATE TABLE t (a INT) WITH ('conn", "connector"));
    ck_assert(offers("CREATE TABLE t (a INT) WITH ('connector' = 'da", "datagen"));
    ck_assert(offers("CREATE TABLE t (a INT) WITH ('connector' = 'datagen', 'rows", "rows-per-second"));
    ck_assert(offers("SET 'parallelism.d", "parallelism.default"));
    ck_assert(!offers("SELECT us", "SELECT"));
    ck_assert_str_eq(tide_complete(bed.session, "zzzz", 4, 99), "");
}
END_TEST

START_TEST(documents)
{
    const char *functions = tide_document(bed.engine, "functions");
    const char *options = tide_document(bed.engine, "options");
    const char *keywords = tide_document(bed.engine, "keywords");
    ck_assert_ptr_nonnull(strstr(functions, "## Arithmetic"));
    ck_assert_ptr_nonnull(strstr(options, "tidemark.batch-rows"));
    ck_assert_ptr_nonnull(strstr(keywords, "SELECT"));
    ck_assert_ptr_null(tide_document(bed.engine, "nothing"));
}
END_TEST

Suite *suite_engine(void)
{
    Suite *suite = suite_create("engine");
    TCase *tests = tcase_create("engine");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, version);
    tcase_add_test(tests, two_engines_two_threads);
    tcase_add_test(tests, configuration);
    tcase_add_test(tests, settings);
    tcase_add_test(tests, error_fields);
    tcase_add_test(tests, secrets_in_errors);
    tcase_add_test(tests, old_caller);
    tcase_add_test(tests, one_statement);
    tcase_add_test(tests, complete_statements);
    tcase_add_test(tests, completion);
    tcase_add_test(tests, documents);
    suite_add_tcase(suite, tests);
    return suite;
}
