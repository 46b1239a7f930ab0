/* test_cast.c: CAST and TRY_CAST against the answers of a running Flink, nested values, errors by their full text. */
#include "data/cast.h"
#include "tests/data/type_named.h"

#include <check.h>
#include <stdio.h>

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

/* ---- values of plain types ------------------------------------------------------------------------------------- */

typedef struct CastCase {
    const char *from, *text, *to, *cell;
} CastCase;

enum { ROWS = 5 };

/* The constant, or a column of it whose second row is NULL. */
static Status cast_text(const CastCase *test, bool is_flat, bool is_try, Column *out, Error *err)
{
    CastContext context = { buf, zone, is_try };
    Column      value;
    Status status = value_parse(&context, str_from(test->text), type_named(arena, test->from), &value, err);
    if (status != STATUS_OK)
        return status;
    if (is_flat) {
        column_flatten(&value, buf, ROWS);
        column_set_null(&value, buf, 1);
    }
    return column_cast(&context, &value, ROWS, type_named(arena, test->to), out, err);
}

static void assert_cell(const CastCase *test, const Column *column, int64_t row, const char *cell)
{
    Text text = TEXT_EMPTY;
    value_print(column, row, STYLE_CELL, zone, &text);
    ck_assert_msg(strcmp(text_cstr(&text), cell) == 0, "CAST(CAST('%s' AS %s) AS %s) = %s, not %s", test->text,
                  test->from, test->to, text_cstr(&text), cell);
    text_free(&text);
}

static void check_case(const CastCase *test)
{
    bool fails = strcmp(test->cell, "ERROR") == 0;
    for (int is_flat = 0; is_flat < 2; is_flat++) {
        Column out;
        Error  err = ERROR_NONE;
        Status status = cast_text(test, is_flat, false, &out, &err);
        ck_assert_msg((status != STATUS_OK) == fails, "CAST(CAST('%s' AS %s) AS %s): %s", test->text, test->from,
                      test->to, err.message);
        if (fails)
            ck_assert_int_eq(status, STATUS_DATA);
        else
            assert_cell(test, &out, ROWS - 1, test->cell);
        err = ERROR_NONE;
        ck_assert_int_eq(cast_text(test, is_flat, true, &out, &err), STATUS_OK);
        assert_cell(test, &out, ROWS - 1, fails ? "<NULL>" : test->cell);
        ck_assert_int_eq(out.constant, !is_flat);
        if (is_flat)
            assert_cell(test, &out, 1, "<NULL>");
        ck_assert(out.type->nullable || !column_is_null(&out, ROWS - 1));
        buf_reset(buf);
    }
}

#define CASE(from, text, to, cell) { from, text, to, cell },
#define CASES_TEST(name, file_cases)                                                     \
    START_TEST(name)                                                                     \
    {                                                                                    \
        for (size_t i = 0; i < sizeof(file_cases) / sizeof(file_cases[0]); i++)          \
            check_case(&file_cases[i]);                                                  \
    }                                                                                    \
    END_TEST

static const CastCase number_cases[] = {
#include "tests/data/cast_number_cases.def"
};
static const CastCase text_to_number_cases[] = {
#include "tests/data/cast_text_to_number_cases.def"
};
static const CastCase text_to_time_cases[] = {
#include "tests/data/cast_text_to_time_cases.def"
};
static const CastCase time_cases[] = {
#include "tests/data/cast_time_cases.def"
};
static const CastCase text_cases[] = {
#include "tests/data/cast_text_cases.def"
};

CASES_TEST(numbers_to_numbers, number_cases)
CASES_TEST(text_to_numbers, text_to_number_cases)
CASES_TEST(text_to_times, text_to_time_cases)
CASES_TEST(times_to_times_and_text, time_cases)
CASES_TEST(everything_to_text, text_cases)

START_TEST(invalid_utf8_is_replaced)
{
    CastContext context = { buf, zone, false };
    Column      out;
    Error       err = ERROR_NONE;
    View        bytes[] = { view_of(STR("a\xFF")), view_of(STR("\xE2\x82")), view_of(STR("\xF0\x9F\x98")) };
    Column      column = { .type = &type_bytes, .data = bytes };
    ck_assert_int_eq(column_cast(&context, &column, 3, &type_string, &out, &err), STATUS_OK);
    ck_assert(str_is(view_str(&COLUMN_DATA(&out, View)[0]), "a\xEF\xBF\xBD"));
    ck_assert(str_is(view_str(&COLUMN_DATA(&out, View)[1]), "\xEF\xBF\xBD"));
    ck_assert(str_is(view_str(&COLUMN_DATA(&out, View)[2]), "\xEF\xBF\xBD"));
}
END_TEST

START_TEST(intervals_to_text_and_from_numbers)
{
    CastContext context = { buf, zone, false };
    Column      out;
    Error       err = ERROR_NONE;
    int32_t     months[] = { 123, -123, 5 };
    int64_t     ms[] = { 123456789, -500, 90061001 };
    Column      month_column = { .type = &type_interval_month, .data = months };
    Column      time_column = { .type = &type_interval_time, .data = ms };
    static const char *const month_texts[] = { "+10-03", "-10-03", "+0-05" };
    static const char *const time_texts[] = { "+1 10:17:36.789", "-0 00:00:00.500", "+1 01:01:01.001" };
    ck_assert_int_eq(column_cast(&context, &month_column, 3, &type_string, &out, &err), STATUS_OK);
    for (int i = 0; i < 3; i++)
        ck_assert(str_is(view_str(&COLUMN_DATA(&out, View)[i]), month_texts[i]));
    ck_assert_int_eq(column_cast(&context, &time_column, 3, &type_string, &out, &err), STATUS_OK);
    for (int i = 0; i < 3; i++)
        ck_assert(str_is(view_str(&COLUMN_DATA(&out, View)[i]), time_texts[i]));
    Column number_column = { .type = &type_int, .data = months };
    ck_assert_int_eq(column_cast(&context, &number_column, 3, &type_interval_time, &out, &err), STATUS_OK);
    ck_assert_int_eq(COLUMN_DATA(&out, int64_t)[1], -123);
}
END_TEST

/* ---- nested ---------------------------------------------------------------------------------------------------- */

/* ARRAY<STRING> with one list per text of words. */
static Column word_lists(const char *const *texts, int64_t rows)
{
    Column column;
    column_init(&column, buf, type_named(arena, "ARRAY<STRING>"), rows);
    for (int64_t i = 0; i < rows; i++) {
        Str       rest = texts[i] ? str_from(texts[i]) : STR_EMPTY, word;
        ListView *list = &COLUMN_DATA(&column, ListView)[i];
        *list = (ListView){ (int32_t)column.child_rows, 0 };
        for (; str_split(&rest, ' ', &word); list->count++) {
            column_need_room(&column.children[0], buf, column.child_rows, 1);
            COLUMN_DATA(&column.children[0], View)[column.child_rows++] = view_of(word);
        }
        if (!texts[i])
            column_set_null(&column, buf, i);
    }
    return column;
}

static void assert_cells(const Column *column, const char *const *cells, int64_t rows)
{
    for (int64_t i = 0; i < rows; i++) {
        Text text = TEXT_EMPTY;
        value_print(column, i, STYLE_CELL, zone, &text);
        ck_assert_str_eq(text_cstr(&text), cells[i]);
        text_free(&text);
    }
}

START_TEST(lists_are_cast_entry_by_entry)
{
    static const char *const texts[] = { "1 2", NULL, "", "3" };
    static const char *const cells[] = { "[1, 2]", "<NULL>", "[]", "[3]" };
    CastContext context = { buf, zone, false };
    Column      in = word_lists(texts, 4), out;
    Error       err = ERROR_NONE;
    ck_assert_int_eq(column_cast(&context, &in, 4, type_named(arena, "ARRAY<INT>"), &out, &err), STATUS_OK);
    assert_cells(&out, cells, 4);
    ck_assert_int_eq(column_cast(&context, &out, 4, &type_string, &out, &err), STATUS_OK);
    assert_cells(&out, cells, 4);
}
END_TEST

START_TEST(one_bad_entry_makes_the_whole_value_null)
{
    static const char *const texts[] = { "1 2", "1 x", "3" };
    static const char *const cells[] = { "[1, 2]", "<NULL>", "[3]" };
    CastContext context = { buf, zone, true };
    Column      in = word_lists(texts, 3), out;
    Error       err = ERROR_NONE;
    ck_assert_int_eq(column_cast(&context, &in, 3, type_named(arena, "ARRAY<INT>"), &out, &err), STATUS_OK);
    assert_cells(&out, cells, 3);
    context.is_try = false;
    ck_assert_int_eq(column_cast(&context, &in, 3, type_named(arena, "ARRAY<INT>"), &out, &err), STATUS_DATA);
    ck_assert_str_eq(err.message, "cannot cast 'x' from STRING to INT: not a whole number");
}
END_TEST

/* The bad entry belongs to a row that was filtered away. */
START_TEST(entries_that_no_row_has_cannot_fail)
{
    static const char *const texts[] = { "1 2", "1 x", "3" };
    static const char *const cells[] = { "[1, 2]", "[3]" };
    int32_t     rows[] = { 0, 2 };
    CastContext context = { buf, zone, false };
    Column      in = word_lists(texts, 3), kept, out;
    Error       err = ERROR_NONE;
    column_gather(&in, rows, 2, buf, &kept);
    ck_assert_int_eq(column_cast(&context, &kept, 2, type_named(arena, "ARRAY<INT>"), &out, &err), STATUS_OK);
    assert_cells(&out, cells, 2);
}
END_TEST

START_TEST(rows_are_cast_field_by_field)
{
    static const char *const cells[] = { "(1, 20)", "<NULL>", "(3, NULL)" };
    static const char *const tried[] = { "<NULL>", "<NULL>", "(3, NULL)" };
    CastContext context = { buf, zone, false };
    Column      in, out;
    Error       err = ERROR_NONE;
    column_init(&in, buf, type_named(arena, "ROW<a INT, b STRING>"), 3);
    for (int i = 0; i < 3; i++) {
        COLUMN_DATA(&in.children[0], int32_t)[i] = i + 1;
        COLUMN_DATA(&in.children[1], View)[i] = view_of(STR("20"));
    }
    column_set_null(&in.children[1], buf, 2);
    column_need_valid(&in, buf, 3);
    in.valid[1] = 0; /* its fields still hold values, which must not matter */
    COLUMN_DATA(&in.children[1], View)[1] = view_of(STR("bad"));
    const Type *to = type_named(arena, "ROW<x STRING, y INT>");
    ck_assert_int_eq(column_cast(&context, &in, 3, to, &out, &err), STATUS_OK);
    assert_cells(&out, cells, 3);
    context.is_try = true;
    COLUMN_DATA(&in.children[1], View)[0] = view_of(STR("bad"));
    ck_assert_int_eq(column_cast(&context, &in, 3, to, &out, &err), STATUS_OK);
    assert_cells(&out, tried, 3);
    ck_assert(!column_is_null(&in, 0)); /* the input is as it was */
}
END_TEST

/* ---- errors ---------------------------------------------------------------------------------------------------- */

static void assert_error(const char *from, const char *text, const char *to, const char *message)
{
    CastCase test = { from, text, to, "" };
    Column   out;
    Error    err = ERROR_NONE;
    ck_assert_int_eq(cast_text(&test, false, false, &out, &err), STATUS_DATA);
    ck_assert_str_eq(err.message, message);
}

START_TEST(errors_say_value_types_and_reason)
{
    assert_error("STRING", "abc", "INT", "cannot cast 'abc' from STRING to INT: not a whole number");
    assert_error("STRING", "300", "TINYINT", "cannot cast '300' from STRING to TINYINT: the number is too large");
    assert_error("STRING", "x", "BOOLEAN",
                 "cannot cast 'x' from STRING to BOOLEAN: expected true, t, yes, y, 1 or false, f, no, n, 0");
    assert_error("STRING", "2024-02-30", "DATE", "cannot cast '2024-02-30' from STRING to DATE: expected yyyy-MM-dd");
    assert_error("STRING", "1e9", "DECIMAL(5,2)",
                 "cannot cast '1e9' from STRING to DECIMAL(5, 2): the number has too many digits");
    assert_error("DOUBLE", "NaN", "DECIMAL(5,2)", "cannot cast NaN from DOUBLE to DECIMAL(5, 2): not a finite number");
    char text[300], message[400];
    memset(text, 'x', sizeof(text));
    text[299] = 0;
    snprintf(message, sizeof(message), "cannot cast '%.100s...' from STRING to INT: not a whole number", text);
    assert_error("STRING", text, "INT", message);
}
END_TEST

START_TEST(casts_that_do_not_exist_are_refused)
{
    CastContext context = { buf, zone, true };
    int64_t     one = 1;
    Column      in = { .type = &type_bigint, .data = &one }, out;
    Error       err = ERROR_NONE;
    ck_assert_int_eq(column_cast(&context, &in, 1, &type_timestamp3, &out, &err), STATUS_TYPE);
    ck_assert_str_eq(err.message, "there is no cast from BIGINT to TIMESTAMP(3)");
}
END_TEST

START_TEST(an_untyped_null_becomes_any_type)
{
    CastContext context = { buf, zone, false };
    Column      in, out;
    Error       err = ERROR_NONE;
    column_init_null(&in, buf, &type_null);
    ck_assert_int_eq(column_cast(&context, &in, 7, type_named(arena, "ARRAY<INT> NOT NULL"), &out, &err), STATUS_OK);
    ck_assert(out.constant && column_is_null(&out, 6) && out.type->nullable);
}
END_TEST

Suite *suite_cast(void)
{
    Suite *suite = suite_create("cast");
    TCase *tests = tcase_create("cast");
    tcase_set_timeout(tests, 30);
    tcase_add_checked_fixture(tests, open_memory, close_memory);
    tcase_add_test(tests, numbers_to_numbers);
    tcase_add_test(tests, text_to_numbers);
    tcase_add_test(tests, text_to_times);
    tcase_add_test(tests, times_to_times_and_text);
    tcase_add_test(tests, everything_to_text);
    tcase_add_test(tests, invalid_utf8_is_replaced);
    tcase_add_test(tests, intervals_to_text_and_from_numbers);
    tcase_add_test(tests, lists_are_cast_entry_by_entry);
    tcase_add_test(tests, one_bad_entry_makes_the_whole_value_null);
    tcase_add_test(tests, entries_that_no_row_has_cannot_fail);
    tcase_add_test(tests, rows_are_cast_field_by_field);
    tcase_add_test(tests, errors_say_value_types_and_reason);
    tcase_add_test(tests, casts_that_do_not_exist_are_refused);
    tcase_add_test(tests, an_untyped_null_becomes_any_type);
    suite_add_tcase(suite, tests);
    return suite;
}
