/* test_values.c: the tables that tests are made of: rows, kinds, watermarks, splits. */
#include "tests/connectors/table.h"

#include <check.h>

static Table *values_table(const char *columns, const char *rows, const char *mode)
{
    Table *table = table_open(columns, "", "", "connector=values");
    Map   *map = map_copy_str(table->arena, table->spec.options);
    map_put_str(map, STR("rows"), str_from(rows));
    map_put_str(map, STR("changelog-mode"), str_from(mode));
    table->spec.options = map;
    ck_assert_str_eq(table_check(table, false), "");
    return table;
}

static void check_read(const char *columns, const char *rows, const char *expected)
{
    Table *table = values_table(columns, rows, "I");
    ck_assert_str_eq(table_read(table), expected);
    table_close(table);
}

START_TEST(cells)
{
    check_read("i INT, s STRING", "1, a\n  2,b c \n\n NULL, NULL",
               "{\"i\":1,\"s\":\"a\"}\n{\"i\":2,\"s\":\"b c\"}\n{\"i\":null,\"s\":null}\n");
    check_read("s STRING, t STRING", "\"a, \"\"b\"\"\", \"NULL\"\n\"\", x",
               "{\"s\":\"a, \\\"b\\\"\",\"t\":\"NULL\"}\n{\"s\":\"\",\"t\":\"x\"}\n");
    check_read("ts TIMESTAMP(3), d DECIMAL(5,2), b BOOLEAN", "2024-01-01 00:00:10, 1.5, true",
               "{\"ts\":\"2024-01-01 00:00:10\",\"d\":1.5,\"b\":true}\n");
    check_read("i INT", "", "");
}
END_TEST

START_TEST(nested_cells_are_json)
{
    check_read("a ARRAY<INT>, m MAP<STRING,INT>, r ROW<x INT, y STRING>, i INT",
               "\"[1, 2]\", \"{\"\"k\"\": 1}\", \"{\"\"x\"\": 1, \"\"y\"\": \"\"b\"\"}\", 7\n[], NULL, {}, 8",
               "{\"a\":[1,2],\"m\":{\"k\":1},\"r\":{\"x\":1,\"y\":\"b\"},\"i\":7}\n"
               "{\"a\":[],\"m\":null,\"r\":{\"x\":null,\"y\":null},\"i\":8}\n");
}
END_TEST

START_TEST(mistakes)
{
    check_read("i INT, s STRING", "1", "line 1 of 'rows': too few cells, found \"1\"");
    check_read("i INT", "1\n2, 3", "line 2 of 'rows': too many cells, found \"2, 3\"");
    check_read("i INT", "watermark soon", "line 1 of 'rows': expected a timestamp behind watermark, found \"soon\"");
    check_read("i INT", "split x", "line 1 of 'rows': expected a number from 0 to 63 behind split, found \"x\"");
}
END_TEST

START_TEST(kinds)
{
    Table *table = values_table("i INT", "1\n-U 1\n+U 2\n-D 2\n+I 3", "all");
    Poll   poll;
    ck_assert(table_connector_of(table)->source->is_changelog(&table->spec));
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    ck_assert_int_eq(table_poll(table, 100, &poll), STATUS_OK);
    static const uint8_t expected[] = { ROW_INSERT, ROW_UPDATE_BEFORE, ROW_UPDATE_AFTER, ROW_DELETE, ROW_INSERT };
    ck_assert_int_eq(table->batch->rows, 5);
    ck_assert_mem_eq(table->batch->kinds, expected, 5);
    table_close(table);
}
END_TEST

START_TEST(watermarks_and_splits)
{
    Table *table =
        values_table("i INT", "1\nwatermark 1000\n2\nsplit 3\n9\nwatermark 1970-01-01 00:00:05\nsplit 0\n3", "I");
    Poll   poll;
    Text   seen = TEXT_EMPTY;
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    for (;;) {
        for (int i = 0; i < POLL_RUNS_MAX; i++)
            poll.run_watermark[i] = TIME_MIN;
        ck_assert_int_eq(table_poll(table, 1, &poll), STATUS_OK);
        if (poll.state == POLL_END)
            break;
        for (int32_t i = 0; i < poll.run_count; i++) {
            text_printf(&seen, "%d:%d", poll.runs[i].split, poll.runs[i].rows);
            if (poll.run_watermark[i] != TIME_MIN)
                text_printf(&seen, "@%lld", (long long)poll.run_watermark[i]);
            text_put(&seen, ' ');
        }
    }
    ck_assert_str_eq(text_cstr(&seen), "0:1 0:0@1000 0:1 1:1 1:0@5000 0:1 ");
    text_free(&seen);
    table_close(table);
}
END_TEST

Suite *suite_values(void)
{
    Suite *suite = suite_create("values");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, cells);
    tcase_add_test(tests, nested_cells_are_json);
    tcase_add_test(tests, mistakes);
    tcase_add_test(tests, kinds);
    tcase_add_test(tests, watermarks_and_splits);
    suite_add_tcase(suite, tests);
    return suite;
}
