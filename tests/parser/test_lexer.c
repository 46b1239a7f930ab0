/* test_lexer.c: bytes to tokens: shapes, places, and the table of keywords. */
#include "parser/token.h"

#include "parser/grammar.h"

#include <check.h>

static Token first(const char *sql)
{
    Lexer lexer;
    lexer_init(&lexer, str_from(sql));
    return lexer_next(&lexer);
}

typedef struct Shape {
    const char *sql;
    int32_t     kind;
    const char *text;
} Shape;

static const Shape shapes[] = {
    { "select", TK_SELECT, "select" },
    { "Select", TK_SELECT, "Select" },
    { "selected", TK_ID, "selected" },
    { "$rowtime", TK_ID, "$rowtime" },
    { "EXPR$0", TK_ID, "EXPR$0" },
    { "$ x", TK_DOLLAR, "$" },
    { "\xe4\xb8\xad\xe6\x96\x87 x", TK_ID, "\xe4\xb8\xad\xe6\x96\x87" },
    { "n\xc3\xa4me", TK_ID, "n\xc3\xa4me" },
    { "`a b``c`d", TK_QUOTED_NAME, "`a b``c`" },
    { "'it''s; -- no comment' x", TK_STRING, "'it''s; -- no comment'" },
    { "'two\nlines'", TK_STRING, "'two\nlines'" },
    { "E'it\\'s'", TK_ESCAPE_STRING, "E'it\\'s'" },
    { "u&'\\263A'", TK_UNICODE_STRING, "u&'\\263A'" },
    { "X'0c'", TK_BINARY_STRING, "X'0c'" },
    { "_UTF8'x'", TK_PREFIXED_STRING, "_UTF8'x'" },
    { "12 ", TK_INTEGER, "12" },
    { "1.5e-3x", TK_APPROXIMATE_NUMBER, "1.5e-3" },
    { ".5", TK_DECIMAL_NUMBER, ".5" },
    { "1.", TK_DECIMAL_NUMBER, "1." },
    { "<=>", TK_LE, "<=" },
    { "<>", TK_NE, "<>" },
    { "=>", TK_ARROW, "=>" },
    { "||", TK_CONCAT, "||" },
    { ">>", TK_GT, ">" },
    { "/*+ OPTIONS", TK_HINT_BEGIN, "/*+" },
    { "/**/ x", TK_ID, "x" },
    { "/* it's; */ x", TK_ID, "x" },
    { "-- it's; \n x", TK_ID, "x" },
    { "---\nx", TK_ID, "x" },
    { "// it's;\nx", TK_ID, "x" },
    { "\xef\xbb\xbfselect", TK_SELECT, "select" },
    { "", 0, "" },
    { " -- only", 0, "" },
    { "'open", TOKEN_UNCLOSED_STRING, "'open" },
    { "E'open\\'", TOKEN_UNCLOSED_STRING, "E'open\\'" },
    { "`open\n`", TOKEN_UNCLOSED_NAME, "`open" },
    { "``", TOKEN_EMPTY_NAME, "``" },
    { "/* open *", TOKEN_UNCLOSED_COMMENT, "/* open *" },
    { "\"name\" x", TOKEN_DOUBLE_QUOTED, "\"name\"" },
    { "!= 1", TOKEN_BANG_EQUAL, "!=" },
    { "@x", TOKEN_BAD_CHARACTER, "@" },
    { "\xef\xbc\x8c", TOKEN_BAD_CHARACTER, "\xef\xbc\x8c" },
    { "\xff", TOKEN_BAD_UTF8, "\xff" },
};

START_TEST(token_has_kind_and_text)
{
    const Shape *shape = &shapes[_i];
    Token token = first(shape->sql);
    ck_assert_msg(token.kind == shape->kind, "%s: kind %d", shape->sql, token.kind);
    ck_assert_msg(str_is(token.text, shape->text), "%s: text %.*s", shape->sql, STR_FMT(token.text));
}
END_TEST

START_TEST(places_count_code_points)
{
    Lexer lexer;
    lexer_init(&lexer, STR("a /* \xc3\xa4\xc3\xb6\n*/ '\xe4\xb8\xad\xe6\x96\x87' b\n\n  c"));
    Token a = lexer_next(&lexer);
    Token text = lexer_next(&lexer);
    Token b = lexer_next(&lexer);
    Token c = lexer_next(&lexer);
    Token end = lexer_next(&lexer);
    ck_assert_int_eq(a.span.line, 1);
    ck_assert_int_eq(a.span.column, 1);
    ck_assert_int_eq(text.span.line, 2);
    ck_assert_int_eq(text.span.column, 4);
    ck_assert_int_eq(b.span.column, 9);
    ck_assert_int_eq(b.span.start, 22);
    ck_assert_int_eq(b.span.end, 23);
    ck_assert_int_eq(c.span.line, 4);
    ck_assert_int_eq(c.span.column, 3);
    ck_assert_int_eq(end.kind, 0);
}
END_TEST

START_TEST(nul_bytes_are_no_end)
{
    Lexer lexer;
    lexer_init(&lexer, (Str){ "a\0b", 3 });
    ck_assert_int_eq(lexer_next(&lexer).kind, TK_ID);
    ck_assert_int_eq(lexer_next(&lexer).kind, TOKEN_BAD_CHARACTER);
    ck_assert_int_eq(lexer_next(&lexer).kind, TK_ID);
    ck_assert_int_eq(lexer_next(&lexer).kind, 0);
}
END_TEST

START_TEST(keywords_are_sorted_and_found)
{
    for (int32_t i = 0; i < keyword_count(); i++) {
        const Keyword *keyword = keyword_at(i);
        ck_assert_ptr_eq(keyword_find(str_from(keyword->text)), keyword);
        if (i)
            ck_assert_int_lt(strcmp(keyword_at(i - 1)->text, keyword->text), 0);
    }
    ck_assert_ptr_null(keyword_find(STR("NAME")));
    ck_assert_ptr_null(keyword_find(STR("A_WORD_THAT_IS_LONGER_THAN_ANY_KEYWORD_CAN_BE")));
    ck_assert_str_eq(keyword_of_token(TK_SELECT), "SELECT");
    ck_assert_ptr_null(keyword_of_token(TK_RESERVED));
}
END_TEST

Suite *suite_lexer(void)
{
    Suite *suite = suite_create("lexer");
    TCase *tcase = tcase_create("lexer");
    tcase_add_loop_test(tcase, token_has_kind_and_text, 0, (int)(sizeof(shapes) / sizeof(shapes[0])));
    tcase_add_test(tcase, places_count_code_points);
    tcase_add_test(tcase, nul_bytes_are_no_end);
    tcase_add_test(tcase, keywords_are_sorted_and_found);
    suite_add_tcase(suite, tcase);
    return suite;
}
