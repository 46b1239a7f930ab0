/* test_print.c: the lines of the print connector, as a running Flink prints them; and the sink that keeps nothing. */
#include "connectors/blackhole/checksum.h"
#include "tests/connectors/table.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What the sink writes to standard output. */
static void check_lines(const char *columns, const char *options, int32_t tasks, const char *rows, const char *expected)
{
    char   bytes[4096] = { 0 };
    char   path[] = "/tmp/tidemark-print-XXXXXX";
    int    file = mkstemp(path), old = dup(1);
    Table *table = table_open(columns, "", "", options);
    table->io.task_index = tasks - 1;
    table->io.task_count = tasks;
    ck_assert_str_eq(table_check(table, true), "");
    fflush(stdout);
    dup2(file, 1);
    const char *message = table_write(table, rows);
    dup2(old, 1);
    ck_assert_str_eq(message, "");
    ck_assert_int_ge(pread(file, bytes, sizeof(bytes) - 1, 0), 0);
    ck_assert_str_eq(bytes, expected);
    close(old);
    close(file);
    unlink(path);
    table_close(table);
}

START_TEST(lines)
{
    check_lines("i INT, s STRING", "connector=print", 1, "{\"i\":1,\"s\":\"a\"}\n{\"i\":null}\n",
                "+I[1, a]\n+I[null, null]\n");
    check_lines("i INT", "connector=print;print-identifier=me", 1, "{\"i\":1}\n", "me> +I[1]\n");
    check_lines("i INT", "connector=print", 3, "{\"i\":1}\n", "3> +I[1]\n");
    check_lines("i INT", "connector=print;print-identifier=me", 2, "{\"i\":1}\n", "me:2> +I[1]\n");
}
END_TEST

/* Seen on Flink 2.3:
 * +I[1, a, [10, -1], 1.500, 1.0E10, 2024-01-02, 10:20, 2024-01-02T10:20, 2024-01-02T10:20:30.500Z, [1, 2], {k=1}, +I[1,
 * z], true] */
START_TEST(values_look_like_javas)
{
    check_lines("i INT, s STRING, b BYTES, d DECIMAL(10,3), f DOUBLE, dt DATE, t TIME(3), ts TIMESTAMP(3), "
                "ltz TIMESTAMP_LTZ(3), a ARRAY<INT>, m MAP<STRING,INT>, r ROW<x INT, y STRING>, bo BOOLEAN",
                "connector=print", 1,
                "{\"i\":1,\"s\":\"a\",\"b\":\"Cv8=\",\"d\":1.5,\"f\":1e10,\"dt\":\"2024-01-02\",\"t\":\"10:20:00\","
                "\"ts\":\"2024-01-02 10:20:00\",\"ltz\":\"2024-01-02 10:20:30.5Z\",\"a\":[1,2],\"m\":{\"k\":1},"
                "\"r\":{\"x\":1,\"y\":\"z\"},\"bo\":true}\n",
                "+I[1, a, [10, -1], 1.500, 1.0E10, 2024-01-02, 10:20, 2024-01-02T10:20, 2024-01-02T10:20:30.500Z, [1, "
                "2], {k=1}, "
                "+I[1, z], true]\n");
}
END_TEST

START_TEST(blackhole)
{
    Table *table = table_open("i INT", "", "", "connector=blackhole");
    ck_assert_str_eq(table_check(table, true), "");
    ck_assert_str_eq(table_write(table, "{\"i\":1}\n{\"i\":2}\n"), "");
    ck_assert_int_eq(table->counters.rows, 2);
    ck_assert_int_eq(table_connector_of(table)->sink->mode(&table->spec), SINK_ALL);
    table_close(table);
}
END_TEST

static int64_t checksum_of(const char *columns, const char *json_lines)
{
    Table *table = table_open(columns, "", "", "connector=blackhole;checksum=true");
    ck_assert_str_eq(table_check(table, true), "");
    ck_assert_str_eq(table_write(table, json_lines), "");
    ck_assert_int_eq(table->counters.has_checksum, 1);
    int64_t sum = table->counters.checksum;
    table_close(table);
    return sum;
}

/* The same for the same rows in another order, another one as soon as one value differs. */
START_TEST(blackhole_reads_every_value)
{
    static const char columns[] = "i INT, l BIGINT, s STRING, b BOOLEAN, m SMALLINT, d DECIMAL(30,2), t TIMESTAMP(9), a ARRAY<STRING>, "
                                  "r ROW<x INT, y STRING>";
    static const char first[] = "{\"i\":1,\"l\":2,\"s\":\"a text that is not short\",\"b\":true,\"m\":3,\"d\":4.5,\"t\":\"2024-01-02 "
                                "10:20:00.000000001\",\"a\":[\"x\",\"y\"],\"r\":{\"x\":1,\"y\":\"z\"}}\n";
    static const char second[] = "{\"i\":1,\"s\":\"\"}\n";
    Text both = TEXT_EMPTY, turned = TEXT_EMPTY;
    text_printf(&both, "%s%s", first, second);
    text_printf(&turned, "%s%s", second, first);
    int64_t sum = checksum_of(columns, text_cstr(&both));
    ck_assert_int_ne(sum, 0);
    ck_assert_int_eq(checksum_of(columns, text_cstr(&turned)), sum);
    uint64_t apart = (uint64_t)checksum_of(columns, first) + (uint64_t)checksum_of(columns, second);
    ck_assert_int_eq((int64_t)apart, sum);
    /* every digit and every letter of a value, changed */
    for (const char *at = first; *at; at++) {
        bool is_value = at > first && ((*at >= '1' && *at <= '4') || (*at >= 'x' && *at <= 'z')) && (at[1] == ',' || at[1] == '"' || at[1] == '}') &&
            !(at[1] == '"' && at[2] == ':');
        if (!is_value)
            continue;
        Text changed = TEXT_EMPTY;
        text_puts(&changed, first);
        changed.ptr[at - first] = *at == 'z' ? 'w' : (char)(*at + 1);
        ck_assert_int_ne(checksum_of(columns, text_cstr(&changed)), checksum_of(columns, first));
        text_free(&changed);
    }
    ck_assert_int_ne(checksum_of(columns, "{\"i\":1}\n"), checksum_of(columns, second));
    text_free(&both);
    text_free(&turned);
}
END_TEST

/* One value for all rows counts as if it were written out. */
START_TEST(checksum_of_constant_columns)
{
    static const char columns[] = "i INT, s STRING, d DECIMAL(30,2), a ARRAY<INT>, n BIGINT";
    static const char line[] = "{\"i\":7,\"s\":\"a text that is not short\",\"d\":4.5,\"a\":[1,2]}\n";
    Codec *one, *three;
    Text   three_lines = TEXT_EMPTY;
    text_printf(&three_lines, "%s%s%s", line, line, line);
    Table   *table = table_open(columns, "", "", "connector=blackhole;checksum=true");
    Batch   *flat = table_batch(table, text_cstr(&three_lines), &three), *constant = table_batch(table, line, &one);
    Checksum of_flat = { 0 }, of_constant = { 0 };
    constant->rows = 3;
    for (int32_t c = 0; c < constant->column_count; c++)
        constant->columns[c].constant = true;
    checksum_add(&of_flat, flat, 1);
    checksum_add(&of_constant, constant, 1);
    ck_assert(of_flat.sum != 0 && of_flat.sum == of_constant.sum);
    checksum_free(&of_flat);
    checksum_free(&of_constant);
    codec_close(one);
    codec_close(three);
    table_close(table);
    text_free(&three_lines);
}
END_TEST

Suite *suite_print(void)
{
    Suite *suite = suite_create("print");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, lines);
    tcase_add_test(tests, values_look_like_javas);
    tcase_add_test(tests, blackhole);
    tcase_add_test(tests, blackhole_reads_every_value);
    tcase_add_test(tests, checksum_of_constant_columns);
    suite_add_tcase(suite, tests);
    return suite;
}
