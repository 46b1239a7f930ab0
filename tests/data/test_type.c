/* test_type.c: layouts, texts, and the rules between types as a running Flink gave them. */
#include "data/type.h"
#include "tests/data/type_named.h"

#include <check.h>

static Arena *arena;

static void open_arena(void)
{
    arena = arena_create();
}

static void close_arena(void)
{
    arena_destroy(arena);
}

static void assert_text(const Type *type, const char *text)
{
    Str found = type_text(arena, type);
    ck_assert_str_eq(found.ptr, text);
}

START_TEST(the_layout_follows_the_precision)
{
    ck_assert_int_eq(type_layout(type_named(arena, "DECIMAL(18, 2)")), LAYOUT_I64);
    ck_assert_int_eq(type_layout(type_named(arena, "DECIMAL(19, 2)")), LAYOUT_I128);
    ck_assert_int_eq(type_layout(&type_timestamp3), LAYOUT_I64);
    ck_assert_int_eq(type_layout(&type_timestamp6), LAYOUT_TIMESTAMP);
    ck_assert_int_eq(type_layout(&type_string), LAYOUT_VIEW);
    ck_assert_int_eq(layout_size(LAYOUT_ROW), 0);
    ck_assert_int_eq(layout_size(LAYOUT_TIMESTAMP), 16);
}
END_TEST

START_TEST(types_print_as_the_dialect_does)
{
    static const char *const texts[] = {
        "INT", "STRING", "BYTES", "VARCHAR(3)", "CHAR(3)", "BINARY(2)", "DECIMAL(10, 2) NOT NULL", "TIME(0)",
        "TIMESTAMP(6)", "TIMESTAMP_LTZ(3) NOT NULL", "INTERVAL MONTH", "INTERVAL SECOND(3)", "ARRAY<INT NOT NULL>",
        "MAP<STRING, INT>", "NULL",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_text(type_named(arena, texts[i]), texts[i]);
    assert_text(type_named(arena, "ROW<a INT, b STRING NOT NULL>"), "ROW<`a` INT, `b` STRING NOT NULL>");
    Text text = TEXT_EMPTY;
    type_print_spelled_out(type_named(arena, "ROW<a STRING NOT NULL, b ARRAY<BYTES>, c VARCHAR(3)>"), &text);
    ck_assert_str_eq(text_cstr(&text),
                     "ROW<`a` VARCHAR(2147483647) NOT NULL, `b` ARRAY<VARBINARY(2147483647)>, `c` VARCHAR(3)>");
    text_free(&text);
    assert_text(type_interval(arena, INTERVAL_DAY, INTERVAL_SECOND, 3, true), "INTERVAL DAY(2) TO SECOND(3)");
    assert_text(type_interval(arena, INTERVAL_YEAR, INTERVAL_MONTH, 0, true), "INTERVAL YEAR(2) TO MONTH");
    assert_text(type_interval(arena, INTERVAL_HOUR, INTERVAL_HOUR, 3, true), "INTERVAL HOUR");
}
END_TEST

START_TEST(a_time_attribute_shows_only_when_asked_for)
{
    const Type *type = type_with_time(arena, &type_timestamp3, TIME_ROWTIME);
    Text        text = TEXT_EMPTY;
    type_print(type, true, &text);
    ck_assert_str_eq(text_cstr(&text), "TIMESTAMP(3) *ROWTIME*");
    text_free(&text);
    assert_text(type, "TIMESTAMP(3)");
    ck_assert(type_equals(type, &type_timestamp3, true));
}
END_TEST

START_TEST(copies_live_alone_and_are_equal)
{
    Arena      *other = arena_create();
    const Type *copy = type_copy(other, type_named(arena, "MAP<STRING, ARRAY<ROW<a INT, b DECIMAL(5, 2) NOT NULL>>>"));
    arena_reset(arena);
    ck_assert(type_equals(copy, type_named(arena, "MAP<STRING, ARRAY<ROW<a INT, b DECIMAL(5, 2) NOT NULL>>>"), true));
    ck_assert(!type_equals(copy, type_named(arena, "MAP<STRING, ARRAY<ROW<a INT, b DECIMAL(5, 2)>>>"), true));
    ck_assert(type_equals(copy, type_named(arena, "MAP<STRING, ARRAY<ROW<a INT, b DECIMAL(5, 2)>>>"), false));
    ck_assert(!type_equals(copy, type_named(arena, "MAP<STRING, ARRAY<ROW<a INT, x DECIMAL(5, 2)>>>"), false));
    arena_destroy(other);
    ck_assert_ptr_eq(type_with_null(arena, &type_int, true), &type_int);
}
END_TEST

START_TEST(casts_exist_as_in_the_dialect)
{
    static const struct {
        const char *from, *to;
        char        how; /* I implicit, E explicit, . none */
    } cases[] = {
        { "TINYINT", "BIGINT", 'I' },         { "BIGINT", "INT", 'E' },
        { "INT", "DECIMAL(5, 0)", 'I' },      { "DOUBLE", "DECIMAL(5, 0)", 'I' },
        { "DECIMAL(5, 0)", "INT", 'E' },      { "CHAR(3)", "STRING", 'I' },
        { "STRING", "CHAR(3)", 'E' },         { "STRING", "INT", 'E' },
        { "INT", "STRING", 'E' },             { "TIMESTAMP(3)", "DATE", 'I' },
        { "DATE", "TIMESTAMP(3)", 'E' },      { "TIMESTAMP(3)", "TIMESTAMP_LTZ(3)", 'I' },
        { "TIMESTAMP_LTZ(3)", "DATE", 'E' },  { "BIGINT", "TIMESTAMP(3)", '.' },
        { "TIMESTAMP(3)", "BIGINT", '.' },    { "BOOLEAN", "INT", 'E' },
        { "BOOLEAN", "BYTES", '.' },          { "INT", "INTERVAL MONTH", 'E' },
        { "INTERVAL MONTH", "INT", '.' },     { "INTERVAL MONTH", "STRING", 'E' },
        { "BYTES", "BINARY(3)", 'E' },        { "ARRAY<INT>", "ARRAY<BIGINT>", 'I' },
        { "ARRAY<BIGINT>", "ARRAY<INT>", 'E' }, { "ARRAY<DATE>", "ARRAY<INT>", '.' },
        { "ROW<a INT, b INT>", "ROW<x BIGINT, y STRING>", 'E' }, { "ROW<a INT>", "ROW<a INT, b INT>", '.' },
        { "MAP<INT, STRING>", "MAP<BIGINT, STRING>", 'I' }, { "NULL", "DATE", 'I' },
        { "STRING", "ARRAY<INT>", '.' },      { "ARRAY<INT>", "STRING", 'E' },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const Type *from = type_named(arena, cases[i].from), *to = type_named(arena, cases[i].to);
        ck_assert_msg(type_casts_implicitly(from, to) == (cases[i].how == 'I'), "%s to %s", cases[i].from, cases[i].to);
        ck_assert_msg(type_casts_explicitly(from, to) == (cases[i].how != '.'), "%s to %s", cases[i].from, cases[i].to);
    }
}
END_TEST

START_TEST(decimal_arithmetic_has_the_types_of_the_dialect)
{
    static const struct {
        const char *left, *right, *results[4];
    } cases[] = {
#define CASE(left, right, sum, product, quotient, remainder) { left, right, { sum, product, quotient, remainder } },
#include "tests/data/decimal_type_cases.def"
#undef CASE
    };
    static const DecimalOp ops[] = { DECIMAL_ADD, DECIMAL_MULTIPLY, DECIMAL_DIVIDE, DECIMAL_MOD };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const Type *left = type_named(arena, cases[i].left), *right = type_named(arena, cases[i].right);
        for (int op = 0; op < 4; op++)
            assert_text(type_decimal_result(arena, ops[op], left, right), cases[i].results[op]);
    }
}
END_TEST

START_TEST(the_least_restrictive_type_is_that_of_the_dialect)
{
    static const struct {
        const char *left, *right, *common;
    } cases[] = {
#define CASE(left, right, common) { left, right, common },
#include "tests/data/type_common_cases.def"
#undef CASE
        { "CHAR(3)", "CHAR(5)", "VARCHAR(5)" },
        { "BINARY(3)", "BINARY(5)", "VARBINARY(5)" },
        { "CHAR(3)", "CHAR(3)", "CHAR(3)" },
        { "ARRAY<CHAR(2)>", "ARRAY<CHAR(3)>", "ARRAY<VARCHAR(3)>" },
        { "MAP<INT, CHAR(2)>", "MAP<BIGINT NOT NULL, STRING>", "MAP<BIGINT, STRING>" },
        { "ROW<x BIGINT, y VARCHAR(3)>", "ROW<a INT, b STRING>", "ROW<`x` BIGINT, `y` STRING>" },
        { "ROW<a INT>", "ROW<a INT, b INT>", "" },
        { "NULL", "INT NOT NULL", "INT" },
        { "INT NOT NULL", "BIGINT NOT NULL", "BIGINT NOT NULL" },
        { "TIMESTAMP(3)", "TIMESTAMP_LTZ(3)", "TIMESTAMP(3)" },
        { "TIMESTAMP(6)", "TIMESTAMP_LTZ(3)", "TIMESTAMP_LTZ(6)" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const Type *common = type_common(arena, type_named(arena, cases[i].left), type_named(arena, cases[i].right));
        if (cases[i].common[0] == 0)
            ck_assert_msg(common == NULL, "%s and %s", cases[i].left, cases[i].right);
        else
            assert_text(common, cases[i].common);
    }
}
END_TEST

Suite *suite_type(void)
{
    Suite *suite = suite_create("type");
    TCase *tests = tcase_create("type");
    tcase_add_checked_fixture(tests, open_arena, close_arena);
    tcase_add_test(tests, the_layout_follows_the_precision);
    tcase_add_test(tests, types_print_as_the_dialect_does);
    tcase_add_test(tests, a_time_attribute_shows_only_when_asked_for);
    tcase_add_test(tests, copies_live_alone_and_are_equal);
    tcase_add_test(tests, casts_exist_as_in_the_dialect);
    tcase_add_test(tests, decimal_arithmetic_has_the_types_of_the_dialect);
    tcase_add_test(tests, the_least_restrictive_type_is_that_of_the_dialect);
    suite_add_tcase(suite, tests);
    return suite;
}
