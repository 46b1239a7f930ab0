/* test_value_print.c: one value, three styles; the texts are those of a running Flink. */
#include "data/cast.h"
#include "tests/data/type_named.h"

#include <check.h>

static Arena      *arena;
static Buf        *buf;
static const Zone *zone;

static void open_memory(void)
{
    Error err = ERROR_NONE;
    arena = arena_create();
    buf = buf_create();
    ck_assert_int_eq(zone_load(arena, STR("Europe/Berlin"), &zone, &err), STATUS_OK);
}

static void close_memory(void)
{
    buf_release(buf);
    arena_destroy(arena);
}

static void assert_print(const Column *column, ValueStyle style, const char *expected)
{
    Text text = TEXT_EMPTY;
    value_print(column, 0, style, zone, &text);
    ck_assert_str_eq(text_cstr(&text), expected);
    text_free(&text);
}

static Column parsed(const char *text, const char *type)
{
    CastContext context = { buf, zone, false };
    Column      column;
    Error       err = ERROR_NONE;
    ck_assert_msg(value_parse(&context, str_from(text), type_named(arena, type), &column, &err) == STATUS_OK, "%s",
                  err.message);
    return column;
}

START_TEST(scalars)
{
    static const struct {
        const char *type, *text, *cast, *print;
    } cases[] = {
        { "BOOLEAN", "true", "TRUE", "true" },
        { "DECIMAL(10, 8)", "0.00000001", "0.00000001", "1E-8" },
        { "DECIMAL(10, 2)", "1.5", "1.50", "1.50" },
        { "DATE", "2024-01-01", "2024-01-01", "2024-01-01" },
        { "TIME(0)", "10:20:00", "10:20:00", "10:20" },
        { "TIME(3)", "10:20:30.120", "10:20:30.12", "10:20:30.120" },
        { "TIME(3)", "10:20:00", "10:20:00.0", "10:20" },
        { "TIMESTAMP(3)", "2024-01-01 00:00:00", "2024-01-01 00:00:00.000", "2024-01-01T00:00" },
        { "TIMESTAMP(3)", "2024-01-01 00:00:01", "2024-01-01 00:00:01.000", "2024-01-01T00:00:01" },
        { "TIMESTAMP(3)", "2024-01-01 00:00:00.1", "2024-01-01 00:00:00.100", "2024-01-01T00:00:00.100" },
        { "TIMESTAMP(9)", "2024-01-01 00:00:00.123456", "2024-01-01 00:00:00.123456000", "2024-01-01T00:00:00.123456" },
        { "TIMESTAMP_LTZ(3)", "2024-01-01 00:00:00", "2024-01-01 00:00:00.000", "2023-12-31T23:00:00Z" },
        { "DOUBLE", "1e10", "1.0E10", "1.0E10" },
        { "CHAR(5)", "ab", "ab   ", "ab   " },
        { "INT", "-7", "-7", "-7" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Column column = parsed(cases[i].text, cases[i].type);
        assert_print(&column, STYLE_CAST, cases[i].cast);
        assert_print(&column, STYLE_CELL, cases[i].cast);
        assert_print(&column, STYLE_PRINT, cases[i].print);
    }
}
END_TEST

START_TEST(null_at_the_top)
{
    Column null;
    column_init_null(&null, buf, &type_int);
    assert_print(&null, STYLE_CAST, "NULL");
    assert_print(&null, STYLE_CELL, "<NULL>");
    assert_print(&null, STYLE_PRINT, "null");
}
END_TEST

START_TEST(bytes)
{
    View   view = view_of(STR("a\xFF"));
    Column column = { .type = &type_bytes, .data = &view };
    assert_print(&column, STYLE_CAST, "a\xFF");
    assert_print(&column, STYLE_CELL, "x'61ff'");
    assert_print(&column, STYLE_PRINT, "[97, -1]");
}
END_TEST

/* ROW<a ARRAY<INT>, b MAP<STRING, BYTES>, c ROW<x BOOLEAN>> of ([1, NULL], {k=x'61'}, (TRUE)). */
START_TEST(nested_values)
{
    Column row;
    column_init(&row, buf, type_named(arena, "ROW<a ARRAY<INT>, b MAP<STRING, BYTES>, c ROW<x BOOLEAN>>"), 1);
    Column *array = &row.children[0], *map = &row.children[1], *inner = &row.children[2];
    COLUMN_DATA(array, ListView)[0] = (ListView){ 0, 2 };
    column_need_room(&array->children[0], buf, 0, 2);
    COLUMN_DATA(&array->children[0], int32_t)[0] = 1;
    column_set_null(&array->children[0], buf, 1);
    COLUMN_DATA(map, ListView)[0] = (ListView){ 0, 1 };
    column_need_room(&map->children[0], buf, 0, 1);
    column_need_room(&map->children[1], buf, 0, 1);
    COLUMN_DATA(&map->children[0], View)[0] = view_of(STR("k"));
    COLUMN_DATA(&map->children[1], View)[0] = view_of(STR("a"));
    COLUMN_DATA(&inner->children[0], uint8_t)[0] = 1;
    assert_print(&row, STYLE_CAST, "([1, NULL], {k=a}, (TRUE))");
    assert_print(&row, STYLE_CELL, "([1, NULL], {k=x'61'}, (TRUE))");
    assert_print(&row, STYLE_PRINT, "+I[[1, null], {k=[97]}, +I[true]]");
}
END_TEST

Suite *suite_value_print(void)
{
    Suite *suite = suite_create("value_print");
    TCase *tests = tcase_create("value_print");
    tcase_add_checked_fixture(tests, open_memory, close_memory);
    tcase_add_test(tests, scalars);
    tcase_add_test(tests, null_at_the_top);
    tcase_add_test(tests, bytes);
    tcase_add_test(tests, nested_values);
    suite_add_tcase(suite, tests);
    return suite;
}
