/* test_show.c: SHOW and DESCRIBE: rows as the dialect's own clients show them. */
#include "tests/engine/api_bed.h"

#include <check.h>
#include <string.h>

static ApiBed bed;

static void setup(void)
{
    bed = api_open();
    api_run(&bed, "CREATE TABLE t (\n"
                  "  id BIGINT NOT NULL COMMENT 'the key',\n"
                  "  name STRING,\n"
                  "  b BYTES,\n"
                  "  r ROW<x INT, y ARRAY<STRING>>,\n"
                  "  ts TIMESTAMP(3),\n"
                  "  up AS UPPER(name),\n"
                  "  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND,\n"
                  "  PRIMARY KEY (id) NOT ENFORCED\n"
                  ") COMMENT 'it''s one' WITH ('connector' = 'datagen', 'rows-per-second' = '1')");
}

static void teardown(void)
{
    api_close(&bed);
}

START_TEST(show_create_table)
{
    static const char wanted[] = "[CREATE TABLE `default_catalog`.`default_database`.`t` (\n"
                                 "  `id` BIGINT NOT NULL COMMENT 'the key',\n"
                                 "  `name` VARCHAR(2147483647),\n"
                                 "  `b` VARBINARY(2147483647),\n"
                                 "  `r` ROW<`x` INT, `y` ARRAY<VARCHAR(2147483647)>>,\n"
                                 "  `ts` TIMESTAMP(3),\n"
                                 "  `up` AS UPPER(`name`),\n"
                                 "  WATERMARK FOR `ts` AS `ts` - INTERVAL '5' SECOND,\n"
                                 "  CONSTRAINT `PK_id` PRIMARY KEY (`id`) NOT ENFORCED\n"
                                 ")\n"
                                 "COMMENT 'it''s one'\n"
                                 "WITH (\n"
                                 "  'connector' = 'datagen',\n"
                                 "  'rows-per-second' = '1'\n"
                                 ")\n"
                                 "]\n";
    ck_assert_str_eq(api_rows(&bed, "SHOW CREATE TABLE t"), wanted);
}
END_TEST

/* What is shown makes the same table again. */
START_TEST(show_create_reads_back)
{
    tide_result *result = api_execute(&bed, "SHOW CREATE TABLE t");
    tide_batch  *batch;
    ck_assert_int_eq(tide_result_next(result, -1, &batch, NULL), TIDE_ROWS);
    char first[2048];
    strcpy(first, tide_batch_text(batch, 0, 0, TIDE_TEXT_CAST, NULL));
    tide_batch_release(batch);
    tide_result_close(result);
    api_run(&bed, "DROP TABLE t");
    api_run(&bed, first);
    ck_assert_int_eq(strncmp(api_rows(&bed, "SHOW CREATE TABLE t") + 1, first, strlen(first)), 0);
}
END_TEST

START_TEST(describe)
{
    ck_assert_str_eq(api_rows(&bed, "DESCRIBE t"),
                     "[id, BIGINT, FALSE, PRI(id), NULL, NULL, the key]\n"
                     "[name, STRING, TRUE, NULL, NULL, NULL, NULL]\n"
                     "[b, BYTES, TRUE, NULL, NULL, NULL, NULL]\n"
                     "[r, ROW<`x` INT, `y` ARRAY<STRING>>, TRUE, NULL, NULL, NULL, NULL]\n"
                     "[ts, TIMESTAMP(3) *ROWTIME*, TRUE, NULL, NULL, `ts` - INTERVAL '5' SECOND, NULL]\n"
                     "[up, STRING, TRUE, NULL, AS UPPER(`name`), NULL, NULL]\n");
    tide_result *result = api_execute(&bed, "DESCRIBE t");
    static const char *const names[] = { "name", "type", "null", "key", "extras", "watermark", "comment" };
    for (int32_t i = 0; i < 7; i++)
        ck_assert_str_eq(tide_result_column_name(result, i), names[i]);
    ck_assert_str_eq(tide_result_column_type(result, 1), "STRING");
    ck_assert_str_eq(tide_result_column_type(result, 2), "BOOLEAN");
    tide_result_close(result);
}
END_TEST

START_TEST(secrets)
{
    api_run(&bed, "CREATE TABLE k (a INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'x:1', "
                  "'format' = 'json', 'properties.sasl.jaas.config' = 'open sesame')");
    const char *shown = api_rows(&bed, "SHOW CREATE TABLE k");
    ck_assert_ptr_null(strstr(shown, "sesame"));
    ck_assert_ptr_nonnull(strstr(shown, "'properties.sasl.jaas.config' = '******'"));
}
END_TEST

Suite *suite_show(void)
{
    Suite *suite = suite_create("show");
    TCase *tests = tcase_create("show");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, show_create_table);
    tcase_add_test(tests, show_create_reads_back);
    tcase_add_test(tests, describe);
    tcase_add_test(tests, secrets);
    suite_add_tcase(suite, tests);
    return suite;
}
