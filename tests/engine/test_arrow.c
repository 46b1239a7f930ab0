/* test_arrow.c: values through the Arrow C data interface: layouts as the interface says, lives of moved nodes, and the way back. */
#include "tests/engine/api_bed.h"

#include <check.h>
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

/* The first batch of a query; what it was made of is closed, so that only the array holds its values. */
static void export_first(const char *sql, struct ArrowSchema *schema, struct ArrowArray *array)
{
    tide_result *result = api_execute(&bed, sql);
    tide_batch  *batch;
    tide_error  *err = NULL;
    ck_assert_int_eq(tide_result_schema(result, schema, NULL), TIDE_OK);
    tide_status status = tide_result_next(result, 5000, &batch, &err);
    ck_assert_msg(status == TIDE_ROWS, "%s: %s", sql, err ? tide_error_render(err) : tide_status_name(status));
    ck_assert_int_eq(tide_batch_export(batch, array, NULL), TIDE_OK);
    tide_batch_release(batch);
    tide_result_close(result);
}

static bool is_valid(const struct ArrowArray *array, int64_t row)
{
    const uint8_t *bits = array->buffers[0];
    return !bits || (bits[row >> 3] >> (row & 7) & 1);
}

static const char *text_at(const struct ArrowArray *array, int64_t row)
{
    static char text[256];
    const int32_t *offsets = array->buffers[1];
    snprintf(text, sizeof(text), "%.*s", (int)(offsets[row + 1] - offsets[row]), (const char *)array->buffers[2] + offsets[row]);
    return text;
}

#define VALUE(array, CType, row) (((const CType *)(array)->buffers[1])[row])

static void release(struct ArrowSchema *schema, struct ArrowArray *array)
{
    schema->release(schema);
    array->release(array);
    ck_assert(!schema->release);
    ck_assert(!array->release);
}

START_TEST(formats)
{
    static const struct {
        const char *type, *format;
    } rows[] = {
        { "BOOLEAN", "b" }, { "TINYINT", "c" }, { "SMALLINT", "s" }, { "INT", "i" }, { "BIGINT", "l" }, { "FLOAT", "f" },
        { "DOUBLE", "g" }, { "CHAR(3)", "u" }, { "STRING", "u" }, { "BYTES", "z" }, { "DECIMAL(10, 2)", "d:10,2" },
        { "DECIMAL(38, 9)", "d:38,9" }, { "DATE", "tdD" }, { "TIME(0)", "ttm" }, { "TIMESTAMP(3)", "tsm:" },
        { "TIMESTAMP(6)", "tsu:" }, { "TIMESTAMP(9)", "tsn:" }, { "TIMESTAMP_LTZ(3)", "tsm:UTC" }, { "ARRAY<INT>", "+l" },
        { "MAP<STRING, INT>", "+m" }, { "ROW<x INT, y STRING>", "+s" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char sql[128];
        snprintf(sql, sizeof(sql), "SELECT 1 AS k, CAST(NULL AS %s) AS v", rows[i].type);
        struct ArrowSchema schema;
        struct ArrowArray  array;
        export_first(sql, &schema, &array);
        ck_assert_str_eq(schema.format, "+s");
        ck_assert_int_eq(schema.n_children, 2);
        ck_assert_str_eq(schema.children[0]->name, "k");
        ck_assert_int_eq(schema.children[0]->flags, 0);
        ck_assert_str_eq(schema.children[1]->format, rows[i].format);
        ck_assert_str_eq(schema.children[1]->name, "v");
        ck_assert_int_eq(schema.children[1]->flags, ARROW_FLAG_NULLABLE);
        ck_assert_int_eq(array.children[1]->null_count, 1);
        ck_assert(!is_valid(array.children[1], 0));
        release(&schema, &array);
    }
}
END_TEST

START_TEST(fixed_values)
{
    struct ArrowSchema schema;
    struct ArrowArray  array;
    export_first("SELECT b, i, d, w, x, dt, tm, f FROM (VALUES "
                 "(TRUE, 1, CAST(-1.50 AS DECIMAL(10, 2)), CAST(-12345678901234567890.5 AS DECIMAL(38, 1)), X'00ff', DATE '1969-12-31', "
                 "TIME '00:00:01', CAST(1.5 AS FLOAT)), "
                 "(CAST(NULL AS BOOLEAN), CAST(NULL AS INT), CAST(NULL AS DECIMAL(10, 2)), CAST(NULL AS DECIMAL(38, 1)), "
                 "CAST(NULL AS BYTES), CAST(NULL AS DATE), CAST(NULL AS TIME), CAST(NULL AS FLOAT)), "
                 "(FALSE, 3, 2.25, 1, X'01', DATE '1970-01-02', TIME '23:59:59', CAST(2 AS FLOAT))) AS t(b, i, d, w, x, dt, tm, f)",
                 &schema, &array);
    ck_assert_int_eq(array.length, 3);
    ck_assert_int_eq(array.n_children, 8);
    for (int i = 0; i < 8; i++) {
        ck_assert_int_eq(array.children[i]->length, 3);
        ck_assert_int_eq(array.children[i]->null_count, 1);
        ck_assert(is_valid(array.children[i], 0) && !is_valid(array.children[i], 1) && is_valid(array.children[i], 2));
    }
    ck_assert_int_eq(VALUE(array.children[0], uint8_t, 0) & 5, 1);
    ck_assert_int_eq(VALUE(array.children[1], int32_t, 2), 3);
    ck_assert_int_eq(VALUE(array.children[2], int64_t, 0), -150); /* 128 bits, little endian: low half, high half */
    ck_assert_int_eq(VALUE(array.children[2], int64_t, 1 + 0), -1);
    ck_assert_int_eq(VALUE(array.children[2], int64_t, 4), 225);
    ck_assert_int_eq(VALUE(array.children[3], int64_t, 1), -7); /* -123456789012345678905 = -7 * 2^64 + rest */
    ck_assert_int_eq(VALUE(array.children[3], int64_t, 4), 10);
    ck_assert_int_eq(VALUE(array.children[4], int32_t, 3), 3); /* offsets of 2, 0 and 1 bytes */
    ck_assert_int_eq(VALUE(array.children[5], int32_t, 0), -1);
    ck_assert_int_eq(VALUE(array.children[6], int32_t, 2), 86399000);
    ck_assert(VALUE(array.children[7], float, 0) == 1.5f);
    release(&schema, &array);
}
END_TEST

START_TEST(timestamps)
{
    struct ArrowSchema schema;
    struct ArrowArray  array;
    export_first("SELECT CAST(t AS TIMESTAMP(3)), CAST(t AS TIMESTAMP(6)), t FROM (VALUES (TIMESTAMP '1969-12-31 23:59:59.123456789')) AS v(t)",
                 &schema, &array);
    ck_assert_int_eq(VALUE(array.children[0], int64_t, 0), -877);
    ck_assert_int_eq(VALUE(array.children[1], int64_t, 0), -876544);
    ck_assert_int_eq(VALUE(array.children[2], int64_t, 0), -876543211);
    release(&schema, &array);

    tide_result *result = api_execute(&bed, "SELECT t FROM (VALUES (TIMESTAMP '9999-12-31 23:59:59.123456789')) AS v(t)");
    tide_batch  *batch;
    tide_error  *err = NULL;
    ck_assert_int_eq(tide_result_next(result, 5000, &batch, NULL), TIDE_ROWS);
    ck_assert_int_eq(tide_batch_export(batch, &array, &err), TIDE_E_EXECUTE);
    ck_assert_str_eq(api_take_error(&bed, err), "TIDE_E_EXECUTE: a timestamp does not fit 64 bits of nanoseconds");
    ck_assert_str_eq(tide_batch_text(batch, 0, 0, TIDE_TEXT_CAST, NULL), "9999-12-31 23:59:59.123456789");
    tide_batch_release(batch);
    tide_result_close(result);
}
END_TEST

START_TEST(nested_values)
{
    struct ArrowSchema schema;
    struct ArrowArray  array;
    export_first("SELECT ARRAY[ARRAY['a', 'bc'], ARRAY['a text that does not fit into a view']] AS l, MAP['k', 1, 'q', CAST(NULL AS INT)] AS m, "
                 "ROW(7, 'x') AS r FROM (VALUES (1), (2)) AS t(a)",
                 &schema, &array);
    ck_assert_str_eq(schema.children[0]->children[0]->format, "+l");
    ck_assert_str_eq(schema.children[1]->children[0]->format, "+s");
    ck_assert_str_eq(schema.children[1]->children[0]->children[0]->name, "key");
    const struct ArrowArray *lists = array.children[0], *inner = lists->children[0], *texts = inner->children[0];
    ck_assert_int_eq(VALUE(lists, int32_t, 2), 4);
    ck_assert_int_eq(inner->length, 4);
    ck_assert_int_eq(texts->length, 6);
    ck_assert_str_eq(text_at(texts, 5), "a text that does not fit into a view");
    const struct ArrowArray *entries = array.children[1]->children[0];
    ck_assert_int_eq(entries->length, 4);
    ck_assert_str_eq(text_at(entries->children[0], 3), "q");
    ck_assert_int_eq(entries->children[1]->null_count, 2);
    ck_assert_int_eq(VALUE(array.children[2]->children[0], int32_t, 1), 7);
    release(&schema, &array);
}
END_TEST

START_TEST(kinds_of_rows)
{
    struct ArrowSchema schema;
    struct ArrowArray  array;
    export_first("SELECT COUNT(*) AS n FROM (VALUES (1), (1)) AS t(a)", &schema, &array);
    ck_assert_str_eq(schema.children[0]->name, "$op");
    ck_assert_str_eq(schema.children[0]->format, "c");
    ck_assert_str_eq(schema.children[1]->name, "n");
    ck_assert_int_eq(VALUE(array.children[0], int8_t, 0), TIDE_INSERT);
    ck_assert_int_eq(VALUE(array.children[1], int64_t, 0), 1);
    release(&schema, &array);
}
END_TEST

START_TEST(moved_children)
{
    struct ArrowSchema schema;
    struct ArrowArray  array;
    export_first("SELECT a, 'a text that does not fit into a view' FROM (VALUES (5), (6)) AS t(a)", &schema, &array);
    struct ArrowArray  number = *array.children[0], text = *array.children[1];
    struct ArrowSchema name = *schema.children[0];
    array.children[0]->release = array.children[1]->release = NULL;
    schema.children[0]->release = NULL;
    release(&schema, &array);
    ck_assert_int_eq(VALUE(&number, int32_t, 1), 6);
    number.release(&number);
    ck_assert_str_eq(text_at(&text, 1), "a text that does not fit into a view");
    text.release(&text);
    ck_assert_str_eq(name.name, "a");
    name.release(&name);
}
END_TEST

/* ---- and back --------------------------------------------------------------------------------------------------------------- */

#define ALL_COLUMNS                                                                                                              \
    "b BOOLEAN, i1 TINYINT, i2 SMALLINT, i4 INT, i8 BIGINT, f FLOAT, d DOUBLE, s STRING, x BYTES, n DECIMAL(10, 2), "             \
    "w DECIMAL(38, 1), dt DATE, tm TIME, t3 TIMESTAMP(3), t6 TIMESTAMP(6), t9 TIMESTAMP(9), z TIMESTAMP_LTZ(3), l ARRAY<STRING>, " \
    "m MAP<STRING, INT>, r ROW<p INT, q ARRAY<INT>>"

/* Rows of table `a` through Arrow to table `b`. */
static void copy_rows(const char *query, const char *table)
{
    struct ArrowSchema schema;
    struct ArrowArray  array;
    tide_error *err = NULL;
    export_first(query, &schema, &array);
    tide_writer *writer = api_writer(&bed, table);
    tide_status status = tide_writer_batch(writer, &array, &schema, &err);
    ck_assert_msg(status == TIDE_OK, "%s", err ? tide_error_message(err) : "");
    ck_assert(!array.release);
    schema.release(&schema);
    tide_writer_close(writer);
}

START_TEST(round_trip)
{
    static const char *const full[] = { "true", "-1", "2", "-3", "4", "1.5", "-2.25", "a text that does not fit into a view", "bytes", "-12.34",
                                        "-12345678901234567890.5", "1969-12-30", "12:34:56", "1969-12-31 23:59:59.999",
                                        "1969-12-31 23:59:59.999999", "1969-12-31 23:59:59.999999999", "2024-01-01 00:00:00.123" };
    api_run(&bed, "CREATE TABLE b (" ALL_COLUMNS ") WITH ('connector' = 'push')");
    char sql[4096];
    size_t used = (size_t)snprintf(sql, sizeof(sql), "SELECT");
    static const char *const types[] = { "BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "STRING", "BYTES",
                                         "DECIMAL(10, 2)", "DECIMAL(38, 1)", "DATE", "TIME", "TIMESTAMP(3)", "TIMESTAMP(6)", "TIMESTAMP(9)",
                                         "TIMESTAMP_LTZ(3)", "ARRAY<STRING>", "MAP<STRING, INT>", "ROW<p INT, q ARRAY<INT>>" };
    static const char *const nested[] = { "ARRAY['x', CAST(NULL AS STRING), 'another text that does not fit']", "MAP['k', 1]",
                                          "CAST(ROW(7, ARRAY[8, 9]) AS ROW<p INT, q ARRAY<INT>>)" };
    for (int i = 0; i < 20; i++) {
        char value[128];
        if (i < 17)
            snprintf(value, sizeof(value), "CAST('%s' AS %s)", full[i], types[i]);
        else
            snprintf(value, sizeof(value), "%s", nested[i - 17]);
        used += (size_t)snprintf(sql + used, sizeof(sql) - used, "%s CASE WHEN k = 1 THEN CAST(NULL AS %s) ELSE %s END", i > 0 ? "," : "",
                                 types[i], value);
    }
    snprintf(sql + used, sizeof(sql) - used, " FROM (VALUES (0), (1), (2)) AS t(k)");
    char wanted[4096];
    snprintf(wanted, sizeof(wanted), "%s", api_rows(&bed, sql));
    copy_rows(sql, "b");
    ck_assert_str_eq(api_rows(&bed, "SELECT * FROM b"), wanted);
    ck_assert_ptr_nonnull(strstr(wanted, "-12345678901234567890.5, 1969-12-30, 12:34:56"));
}
END_TEST

static void release_nothing(struct ArrowArray *array)
{
    array->release = NULL;
}

START_TEST(null_texts_and_rows)
{
    static const int32_t offsets[] = { 0, 3, 6 }; /* bytes under a NULL */
    static const uint8_t second[] = { 2 };
    const void *text_buffers[] = { second, offsets, "abcdef" }, *row_buffers[] = { second }, *buffers[] = { NULL };
    struct ArrowArray  text = { .length = 2, .null_count = 1, .n_buffers = 3, .buffers = text_buffers };
    struct ArrowArray  inner = { .length = 2, .null_count = 0, .n_buffers = 3, .buffers = (const void *[]){ NULL, offsets, "abcdef" } };
    struct ArrowArray  row = { .length = 2, .null_count = 1, .n_buffers = 1, .buffers = row_buffers, .n_children = 1,
                               .children = (struct ArrowArray *[]){ &inner } };
    struct ArrowArray  rows = { .length = 2, .n_buffers = 1, .buffers = buffers, .n_children = 2, .release = release_nothing,
                                .children = (struct ArrowArray *[]){ &text, &row } };
    struct ArrowSchema u = { .format = "u", .name = "s" };
    struct ArrowSchema r = { .format = "+s", .name = "r", .n_children = 1, .children = (struct ArrowSchema *[]){ &u } };
    struct ArrowSchema schema = { .format = "+s", .n_children = 2, .children = (struct ArrowSchema *[]){ &u, &r } };
    api_run(&bed, "CREATE TABLE n (s STRING, r ROW<q STRING>) WITH ('connector' = 'push')");
    tide_writer *writer = api_writer(&bed, "n");
    ck_assert_int_eq(tide_writer_batch(writer, &rows, &schema, NULL), TIDE_OK);
    tide_writer_close(writer);
    ck_assert_str_eq(api_rows(&bed, "SELECT s, s IS NULL, COALESCE(s, 'none'), n.r.q, r FROM n"),
                     "[NULL, TRUE, none, NULL, NULL]\n[def, FALSE, def, def, (def)]\n");
}
END_TEST

static const char *refusal(const char *table, const char *query)
{
    struct ArrowSchema schema;
    struct ArrowArray  array;
    tide_error *err = NULL;
    export_first(query, &schema, &array);
    tide_writer *writer = api_writer(&bed, table);
    ck_assert_int_ge(tide_writer_batch(writer, &array, &schema, &err), TIDE_E_FIRST);
    ck_assert(array.release != NULL); /* still ours */
    release(&schema, &array);
    tide_writer_close(writer);
    return api_take_error(&bed, err);
}

START_TEST(refused)
{
    api_run(&bed, "CREATE TABLE i (a INT NOT NULL) WITH ('connector' = 'push')");
    api_run(&bed, "CREATE TABLE r (a ROW<p INT, q INT>) WITH ('connector' = 'push')");
    api_run(&bed, "CREATE TABLE m (a MAP<STRING, INT>) WITH ('connector' = 'push')");
    ck_assert_str_eq(refusal("i", "SELECT 1, 2"), "TIDE_E_MISUSE: expected an Arrow struct array with the table's 1 columns");
    ck_assert_str_eq(refusal("i", "SELECT 'x'"), "TIDE_E_MISUSE: column `a`: expected Arrow format \"i\", found \"u\"");
    ck_assert_str_eq(refusal("i", "SELECT CAST(NULL AS INT)"), "TIDE_E_EXECUTE: column `a`: NULL in a column that is NOT NULL");
    ck_assert_str_eq(refusal("r", "SELECT ROW(1)"), "TIDE_E_MISUSE: column `a`: expected 2 children, found 1");
    ck_assert_str_eq(refusal("m", "SELECT MAP['x', 'y']"), "TIDE_E_MISUSE: column `a`: expected Arrow format \"i\", found \"u\"");
}
END_TEST

START_TEST(digits_beyond_the_precision)
{
    struct ArrowSchema schema;
    struct ArrowArray  array;
    tide_error *err = NULL;
    api_run(&bed, "CREATE TABLE d (a DECIMAL(3, 1)) WITH ('connector' = 'push')");
    export_first("SELECT a FROM (VALUES (CAST(123.4 AS DECIMAL(4, 1)))) AS t(a)", &schema, &array);
    schema.children[0]->format = "d:3,1";
    tide_writer *writer = api_writer(&bed, "d");
    ck_assert_int_eq(tide_writer_batch(writer, &array, &schema, &err), TIDE_E_EXECUTE);
    ck_assert_str_eq(api_take_error(&bed, err), "TIDE_E_EXECUTE: column `a`: a value has more than 3 digits");
    tide_writer_close(writer);
    release(&schema, &array);
}
END_TEST

Suite *suite_arrow(void)
{
    Suite *suite = suite_create("arrow");
    TCase *tests = tcase_create("arrow");
    tcase_set_timeout(tests, 20);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, formats);
    tcase_add_test(tests, fixed_values);
    tcase_add_test(tests, timestamps);
    tcase_add_test(tests, nested_values);
    tcase_add_test(tests, kinds_of_rows);
    tcase_add_test(tests, moved_children);
    tcase_add_test(tests, round_trip);
    tcase_add_test(tests, null_texts_and_rows);
    tcase_add_test(tests, refused);
    tcase_add_test(tests, digits_beyond_the_precision);
    suite_add_tcase(suite, tests);
    return suite;
}
