/* test_error.c: the first error wins, texts are cut cleanly, and an error is shown with its place. */
#include "core/error.h"

#include "core/text.h"

#include <check.h>
#include <stdio.h>

START_TEST(the_first_error_wins)
{
    Error err = ERROR_NONE;
    ck_assert_int_eq(error_hint(&err, "nothing"), STATUS_OK);
    ck_assert_int_eq(error_set(&err, STATUS_TYPE, SPAN_NONE, "found %d", 1), STATUS_TYPE);
    ck_assert_int_eq(error_set(&err, STATUS_IO, SPAN_NONE, "later"), STATUS_TYPE);
    ck_assert_str_eq(err.message, "found 1");
    error_hint(&err, "use %s", "CAST");
    error_hint(&err, "another");
    ck_assert_str_eq(err.hint, "use CAST");
    error_clear(&err);
    ck_assert_int_eq(err.status, STATUS_OK);
    ck_assert_int_eq(error_set(&err, STATUS_IO, SPAN_NONE, "again"), STATUS_IO);
    ck_assert_str_eq(err.hint, "");
}
END_TEST

START_TEST(takes_a_place_and_a_context_later)
{
    Error err = ERROR_NONE;
    Span  place = { 3, 5, 1, 4 };
    ck_assert_int_eq(error_at(&err, place), STATUS_OK);
    ck_assert_int_eq(error_prefix(&err, "ignored"), STATUS_OK);
    error_set(&err, STATUS_DATA, SPAN_NONE, "not a number");
    error_at(&err, place);
    error_at(&err, (Span){ 9, 9, 2, 2 });
    ck_assert_int_eq(err.span.column, 4);
    error_prefix(&err, "column \"%s\"", "qty");
    ck_assert_str_eq(err.message, "column \"qty\": not a number");
}
END_TEST

START_TEST(a_long_message_is_cut_at_a_code_point)
{
    Error err = ERROR_NONE;
    char  filler[5000];
    for (size_t i = 0; i + 2 < sizeof(filler); i += 2)
        memcpy(filler + i, "\xC3\xA4", 3);
    error_set(&err, STATUS_DATA, SPAN_NONE, "%s", filler);
    size_t len = strlen(err.message);
    ck_assert_uint_le(len, sizeof(err.message) - 1);
    ck_assert_str_eq(err.message + len - 5, "\xC3\xA4...");
    error_prefix(&err, "x");
    ck_assert_str_eq(err.message + strlen(err.message) - 5, "\xC3\xA4...");
    ck_assert_int_eq(strncmp(err.message, "x: \xC3\xA4", 5), 0);
}
END_TEST

START_TEST(statuses_have_names_texts_and_a_verdict)
{
    ck_assert_str_eq(status_name(STATUS_NO_COLUMN), "NO_COLUMN");
    ck_assert_str_eq(status_text(STATUS_NO_COLUMN), "column not found");
    ck_assert(status_is_retriable(STATUS_CONNECT));
    ck_assert(!status_is_retriable(STATUS_SYNTAX));
}
END_TEST

START_TEST(spans_join)
{
    Span joined = span_join((Span){ 3, 5, 1, 4 }, (Span){ 8, 9, 2, 1 });
    ck_assert_int_eq(joined.start, 3);
    ck_assert_int_eq(joined.end, 9);
    ck_assert_int_eq(joined.line, 1);
    ck_assert_int_eq(span_join(SPAN_NONE, joined).end, 9);
    ck_assert_int_eq(span_join(joined, SPAN_NONE).end, 9);
}
END_TEST

/* The span of the first occurrence of `marked` in `source`, as a lexer would give it. */
static Span span_of(const char *source, const char *marked)
{
    int32_t start = (int32_t)(strstr(source, marked) - source);
    Span    span = { start, start + (int32_t)strlen(marked), 1, 1 };
    for (int32_t at = 0; at < start; at++) {
        if (source[at] == '\n') {
            span.line++;
            span.column = 1;
        } else if (((unsigned char)source[at] & 0xC0) != 0x80) {
            span.column++;
        }
    }
    return span;
}

static void assert_rendered(const char *source, Span span, const char *hint, const char *expected)
{
    Error err = ERROR_NONE;
    Text  text = TEXT_EMPTY;
    error_set(&err, STATUS_NO_COLUMN, span, "no column \"pric\" here");
    if (hint)
        error_hint(&err, "%s", hint);
    error_render(&err, STR("q.sql"), str_from(source), &text);
    ck_assert_str_eq(text_cstr(&text), expected);
    text_free(&text);
}

START_TEST(shows_the_line_with_carets_and_the_hint)
{
    const char *source = "CREATE TABLE t;\nSELECT pric\nFROM t;\n";
    assert_rendered(source, span_of(source, "pric"), "did you mean \"price\"?",
                    "q.sql:2:8: error: no column \"pric\" here\n"
                    "  2 | SELECT pric\n"
                    "    |        ^^^^\n"
                    "  hint: did you mean \"price\"?\n");
}
END_TEST

START_TEST(a_span_over_lines_is_marked_to_the_end_of_its_first)
{
    const char *source = "SELECT a,\r\n  b + (SELECT 1\r\n   FROM t)\r\n";
    assert_rendered(source, span_of(source, "(SELECT 1\r\n   FROM t)"), NULL,
                    "q.sql:2:7: error: no column \"pric\" here\n"
                    "  2 |   b + (SELECT 1\n"
                    "    |       ^^^^^^^^^\n");
}
END_TEST

START_TEST(tabs_and_wide_characters_line_up)
{
    const char *source = "\tSELECT '\xE4\xB8\xAD\xC3\xA4',\tpric";
    assert_rendered(source, span_of(source, "pric"), NULL,
                    "q.sql:1:15: error: no column \"pric\" here\n"
                    "  1 | \tSELECT '\xE4\xB8\xAD\xC3\xA4',\tpric\n"
                    "    | \t             \t^^^^\n");
    assert_rendered(source, span_of(source, "'\xE4\xB8\xAD\xC3\xA4'"), NULL,
                    "q.sql:1:9: error: no column \"pric\" here\n"
                    "  1 | \tSELECT '\xE4\xB8\xAD\xC3\xA4',\tpric\n"
                    "    | \t       ^^^^^\n");
}
END_TEST

START_TEST(the_end_of_the_text_gets_one_caret)
{
    const char *source = "SELECT a FROM";
    assert_rendered(source, (Span){ 13, 13, 1, 14 }, NULL,
                    "q.sql:1:14: error: no column \"pric\" here\n"
                    "  1 | SELECT a FROM\n"
                    "    |              ^\n");
}
END_TEST

START_TEST(a_long_line_is_cut_around_the_place)
{
    char source[1000];
    char line[204];
    char expected[1000];
    memset(source, 'x', sizeof(source));
    memcpy(source + 500, "pric", 4);
    source[999] = '\0';
    memset(line, 'x', 200);
    memcpy(line + 100, "pric", 4);
    line[200] = '\0';
    snprintf(expected, sizeof(expected),
             "q.sql:1:501: error: no column \"pric\" here\n  1 | ...%s...\n    |    %100s^^^^\n", line, "");
    assert_rendered(source, span_of(source, "pric"), NULL, expected);
}
END_TEST

START_TEST(an_error_without_a_place_is_one_line)
{
    Error err = ERROR_NONE;
    Text  text = TEXT_EMPTY;
    error_set(&err, STATUS_IO, SPAN_NONE, "cannot open \"x\"");
    error_render(&err, STR_EMPTY, STR_EMPTY, &text);
    ck_assert_str_eq(text_cstr(&text), "error: cannot open \"x\"\n");
    text_clear(&text);
    error_render(&err, STR("q.sql"), STR("SELECT 1"), &text);
    ck_assert_str_eq(text_cstr(&text), "q.sql: error: cannot open \"x\"\n");
    text_clear(&text);
    error_at(&err, (Span){ 7, 8, 1, 8 });
    error_render(&err, STR_EMPTY, STR_EMPTY, &text);
    ck_assert_str_eq(text_cstr(&text), "1:8: error: cannot open \"x\"\n");
    text_free(&text);
}
END_TEST

START_TEST(the_nearest_name_is_near)
{
    const Str names[] = { STR("price"), STR("quantity"), STR("ts"), STR("bidtime") };
    ck_assert(str_eq(error_nearest(STR("pric"), names, 4), STR("price")));
    ck_assert(str_eq(error_nearest(STR("BIDTIMES"), names, 4), STR("bidtime")));
    ck_assert(str_eq(error_nearest(STR("quantiyt"), names, 4), STR("quantity")));
    ck_assert_ptr_null(error_nearest(STR("customer"), names, 4).ptr);
    ck_assert_ptr_null(error_nearest(STR("x"), names, 4).ptr);
    ck_assert_ptr_null(error_nearest(STR("price"), NULL, 0).ptr);
}
END_TEST

Suite *suite_error(void)
{
    Suite *suite = suite_create("error");
    TCase *tests = tcase_create("error");
    tcase_add_test(tests, the_first_error_wins);
    tcase_add_test(tests, takes_a_place_and_a_context_later);
    tcase_add_test(tests, a_long_message_is_cut_at_a_code_point);
    tcase_add_test(tests, statuses_have_names_texts_and_a_verdict);
    tcase_add_test(tests, spans_join);
    tcase_add_test(tests, shows_the_line_with_carets_and_the_hint);
    tcase_add_test(tests, a_span_over_lines_is_marked_to_the_end_of_its_first);
    tcase_add_test(tests, tabs_and_wide_characters_line_up);
    tcase_add_test(tests, the_end_of_the_text_gets_one_caret);
    tcase_add_test(tests, a_long_line_is_cut_around_the_place);
    tcase_add_test(tests, an_error_without_a_place_is_one_line);
    tcase_add_test(tests, the_nearest_name_is_near);
    suite_add_tcase(suite, tests);
    return suite;
}
