/* test_parse_errors.c: what users read: the place, the message and the hint, word for word; and that the parser goes on
 * behind an error. */
#include "core/text.h"
#include "parser/parser.h"

#include <check.h>

typedef struct Row {
    const char *sql;
    const char *error; /* line:column: message */
    const char *hint;
} Row;

static const Row rows[] = {
    { "SELECT * FORM t",
      "1:10: found \"FORM\", expected \",\", FROM, ORDER, UNION, LIMIT or \";\"",
      "did you mean FROM?" },
    { "SELECT a FORM t",
      "1:15: found \"t\", expected \",\", FROM, ORDER, UNION, LIMIT or \";\"",
      "did you mean FROM instead of \"FORM\"?" },
    { "SELECT a b c FROM t",
      "1:12: found \"c\", expected \",\", FROM, ORDER, UNION, LIMIT or \";\"",
      "is a comma missing before it?" },
    { "SELECT a, b, FROM t",
      "1:14: found \"FROM\", expected an expression",
      "the comma before it is one too many" },
    { "CREATE TABLE t (a INT b INT)",
      "1:23: found \"b\", expected \",\", \")\", NOT, METADATA, COMMENT, PRIMARY, UNIQUE, ...",
      "is a comma missing before it?" },
    { "CREATE TABLE t (a INT, b INT,)",
      "1:30: found \")\", expected a name, WATERMARK, PRIMARY, UNIQUE or CONSTRAINT",
      "the comma before it is one too many" },
    { "CREATE TABLE t (a INT, b) WITH ('k' = 'v')",
      "1:24: the type of column \"b\" is missing",
      "" },
    { "CREATE TABLE t (a INT) WITH ('k' = 8)",
      "1:36: found \"8\", expected a string",
      "write it as a string: '8'" },
    { "CREATE TABLE t (a INT) WITH (k = 'v')",
      "1:30: found \"k\", expected \")\" or a string",
      "write it as a string: 'k'" },
    { "CREATE TABLE t (a INT) WITH ('a' = 'b' 'c' = 'd')",
      "1:40: a string goes on only in a string on the next line",
      "is a comma missing before it?" },
    { "SELECT a FROM t WHERE a != 1",
      "1:25: != is not allowed",
      "write <>" },
    { "SELECT \"a\" FROM t",
      "1:8: double quotes have no meaning here",
      "names are quoted with backticks (`name`), strings with apostrophes ('text')" },
    { "SELECT 'a FROM t",
      "1:8: the string that starts here is not closed",
      "an apostrophe inside a string is written twice: ''" },
    { "SELECT a FROM t GROUP b",
      "1:23: found \"b\", expected BY",
      "" },
    { "SELECT a FROM t WHERE (a = 1 AND b = 2",
      "1:39: found the end of the text, expected \",\", \")\" or an operator",
      "what is opened at line 1, column 23, is not closed" },
    { "SELECT a FROM t WHERE a = 1) ",
      "1:28: found \")\", expected GROUP, ORDER, an operator, UNION, LIMIT, \";\", HAVING, ...",
      "nothing is open that it could close" },
    { "SELECT value FROM t",
      "1:8: found \"value\", expected an expression",
      "VALUE is a reserved word; to use it as a name, write it in backticks: `value`" },
    { "INSERT INTO t SELET 1",
      "1:15: found \"SELET\", expected a query or PARTITION",
      "did you mean SELECT?" },
    { "SELECT 1 MINUS SELECT 2",
      "1:10: found \"MINUS\", expected \",\", AS, FROM, ORDER, an operator, a name, UNION, ...",
      "this dialect says EXCEPT" },
    { "SELECT a FROM t LIMIT 1, 2",
      "1:24: found \",\", expected \";\" or OFFSET",
      "write LIMIT count OFFSET start" },
    { "SET 'a' = 8",
      "1:11: found \"8\", expected a string",
      "write it as a string: '8'" },
    { "SET a = b c",
      "1:11: found \"c\", expected \";\"",
      "a value with spaces is written in apostrophes: SET 'key' = 'value'" },
    { "SELECT CAST(a AS VARCHAR(MAX)) FROM t",
      "1:26: found \"MAX\", expected a whole number",
      "" },
    { "SELECT COUNT(* FROM t",
      "1:16: found \"FROM\", expected \")\"",
      "" },
    { "DROP TABEL t",
      "1:6: found \"TABEL\", expected TABLE, VIEW, DATABASE, FUNCTION, CATALOG, MODEL, CONNECTION, ...",
      "did you mean TABLE?" },
    { "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; ",
      "1:53: found the end of the text, expected END, REPLACE, CREATE, EXECUTE or INSERT",
      "" },
    { "SELECT INTERVAL '1' FORTNIGHT",
      "1:21: found \"FORTNIGHT\", expected a string or a time unit",
      "" },
    { "SELECT EXTRACT(foo FROM x)",
      "1:16: found \"foo\", expected a time unit",
      "" },
    { "SELECT a FROM t JOIN u",
      "1:23: found the end of the text, expected AS, ON, a name, \"(\" or USING",
      "" },
    { "SELECT a FROM t ORDER a",
      "1:23: found \"a\", expected BY",
      "" },
    { "SELECT CASE WHEN a THEN b FROM t",
      "1:27: found \"FROM\", expected END, an operator, ELSE or WHEN",
      "" },
    { "SELECT a ， b",
      "1:10: the character ， has no meaning here",
      "it only looks like ," },
    { "WATERMARK FOR ts AS ts",
      "1:1: found \"WATERMARK\", expected a statement",
      "" },
    { "CREATE TABLE t (ts TIMESTAMP(3), WATERMARK ts AS ts)",
      "1:44: found \"ts\", expected FOR",
      "" },
    { "CREATE TABLE t (a INT PRIMARY KEY NOT ENFORCD)",
      "1:39: found \"ENFORCD\", expected ENFORCED",
      "did you mean ENFORCED?" },
    { "CREATE TABLE t (a INT) PARTITIONED (a)",
      "1:36: found \"(\", expected BY",
      "" },
    { "CREATE VIEW v (a, b) SELECT 1",
      "1:22: found \"SELECT\", expected AS or COMMENT",
      "" },
    { "SELECT a FROM t WHERE a IN ()",
      "1:29: found \")\", expected an expression or a query",
      "" },
    { "SELECT FROM t",
      "1:8: found \"FROM\", expected an expression",
      "" },
    { "SELECT a == 1 FROM t",
      "1:11: found \"=\", expected an expression, SOME or ANY",
      "a single = compares" },
    { "SELECT f(a b) FROM t",
      "1:12: found \"b\", expected \",\", \")\", ORDER, an operator or \"=>\"",
      "is a comma missing before it?" },
    { "SHOW TABLE",
      "1:6: found \"TABLE\", expected TABLES, VIEWS, DATABASES, FUNCTIONS, CATALOGS, COLUMNS, JARS, ...",
      "did you mean TABLES?" },
    { "DESCRIBE",
      "1:9: found the end of the text, expected TABLE, DATABASE, FUNCTION, CATALOG, a name, CONNECTION, JOB, "
      "...",
      "" },
    { "SELECT a FROM t UNION",
      "1:22: found the end of the text, expected a query, DISTINCT or ALL",
      "" },
    { "SELECT `a FROM t",
      "1:8: the name that starts here has no closing backtick on its line",
      "" },
    { "SELECT /* a FROM t",
      "1:8: the comment that starts here is not closed by */",
      "" },
    { "SELECT a FROM t WHERE a LIKE",
      "1:29: found the end of the text, expected an expression",
      "" },
    { "CREATE TABLE t (a ARRAY<INT)",
      "1:28: found \")\", expected NOT or \">\"",
      "" },
    { "CREATE TABLE t (a MAP<INT>)",
      "1:26: found \">\", expected \",\" or NOT",
      "" },
    { "SELECT a\nFROM t\nWHERE ä = 'x' AND\n  b c",
      "4:5: found \"c\", expected GROUP, ORDER, an operator, UNION, LIMIT, \";\", HAVING, ...",
      "" },
    { "SELECT U&'\\12' FROM t",
      "1:8: an escape in a U&'...' string has four hexadecimal digits",
      "" },
    { "SELECT MAP['a'] FROM t",
      "1:8: MAP[...] takes keys and values in turn, here the last value is missing",
      "" },
    { "SELECT E'\\uXYZ'",
      "1:8: \\u in an E'...' string needs hexadecimal digits behind it",
      "" },
    { "SELECT x'0' FROM t",
      "1:8: a binary literal has an even number of hexadecimal digits",
      "" },
    { "CREATE TABLE t (a INTERVAL DAY)",
      "1:19: a column cannot hold an INTERVAL",
      "" },
    { "CREATE TABLE t LIKE",
      "1:20: found the end of the text, expected a name",
      "" },
    { "ALTER TABLE t SUSPEND",
      "1:1: ALTER TABLE cannot do this, only ALTER MATERIALIZED TABLE can",
      "" },
    { "REPLACE TABLE t (a INT)",
      "1:1: REPLACE TABLE needs AS and a query",
      "" },
    { "CREATE TEMPORARY SYSTEM TABLE t (a INT)",
      "1:1: CREATE TABLE cannot be TEMPORARY SYSTEM",
      "" },
    { "SELECT * FROM (a JOIN b ON TRUE) AS x",
      "1:37: a join in parentheses cannot be named; name the tables in it",
      "" },
    { "SELECT JSON_EXISTS(a, '$' RETURNING INT)",
      "1:8: JSON_EXISTS has no such RETURNING clause",
      "" },
    { "SELECT INTERVAL '1' YEAR TO DAY",
      "1:21: there is no interval YEAR TO DAY",
      "" },
    { "SELECT TIMESTAMPADD(DAYS, 1, ts)",
      "1:21: write DAY here",
      "" },
    { "SELECT a FROM t WHERE ts > TIMESTAMP 2020",
      "1:38: found \"2020\", expected WITH or a string",
      "write it as a string: '2020'" },
    { "SELECT ROW_NUMBER() OVER (PARTITION BY a ORDER b) FROM t",
      "1:48: found \"b\", expected BY",
      "" },
    { "SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts) INTERVAL '5' MINUTE))",
      "1:52: found \"INTERVAL\", expected \",\", \")\", ORDER, an operator, FILTER or OVER",
      "is a comma missing before it?" },
};

START_TEST(error_says_place_message_hint)
{
    const Row *row = &rows[_i];
    Arena     *arena = arena_create();
    Error      err = ERROR_NONE;
    Statement *statement = NULL;
    Status     status = parser_next(parser_create(arena, str_from(row->sql)), arena, &statement, &err);
    ck_assert_msg(status == STATUS_SYNTAX, "taken: %s", row->sql);
    Text text = TEXT_EMPTY;
    text_printf(&text, "%d:%d: %s", err.span.line, err.span.column, err.message);
    ck_assert_str_eq(text_cstr(&text), row->error);
    ck_assert_str_eq(err.hint, row->hint);
    text_free(&text);
    arena_destroy(arena);
}
END_TEST

START_TEST(error_renders_with_caret)
{
    Arena     *arena = arena_create();
    Error      err = ERROR_NONE;
    Statement *statement = NULL;
    Parser    *parser = parser_create(arena, STR("-- it's a test;\nSELECT *\n  FORM t;"));
    ck_assert_int_eq(parser_next(parser, arena, &statement, &err), STATUS_SYNTAX);
    Text text = TEXT_EMPTY;
    error_render(&err, STR("job.sql"), parser_source(parser), &text);
    ck_assert_str_eq(text_cstr(&text), "job.sql:3:3: error: found \"FORM\", expected \",\", FROM, ORDER, UNION, "
                                       "LIMIT or \";\"\n"
                                       "  3 |   FORM t;\n"
                                       "    |   ^^^^\n"
                                       "  hint: did you mean FROM?\n");
    text_free(&text);
    arena_destroy(arena);
}
END_TEST

typedef struct Outcome {
    bool        is_good;
    const char *kind;
    int32_t     line;
} Outcome;

/* A mistake costs one statement; what it was meant to be is guessed from its first words. */
START_TEST(parser_goes_on_behind_an_error)
{
    static const char sql[] = "CREATE TABLE a (x INT;\n"
                              "SELECT 1;\n"
                              ";;\n"
                              "CREATE OR REPLACE TEMPORARY VIEW v AS SELECT FROM t; -- it's;\n"
                              "EXECUTE STATEMENT SET BEGIN\n"
                              "  INSERT INTO a SELECT CASE WHEN x THEN y END FROM t;\n"
                              "  INSERT INTO b SELECT FROM;\n"
                              "  INSERT INTO c VALUES (1);\n"
                              "END;\n"
                              "DESC t u;\n"
                              "BEGIN STATEMENT SET; INSERT INTO a SELECT 1; SELECT 2; END;\n"
                              "GRANT a TO b;\n"
                              "SHOW TABLES;\n"
                              "SELECT 'open;\n"
                              "SELECT 3;";
    static const Outcome expected[] = {
        { false, "CREATE TABLE", 1 },  { true, "SELECT", 2 },    { false, "CREATE VIEW", 4 },
        { false, "STATEMENT SET", 5 }, { false, "DESCRIBE", 10 }, { false, "STATEMENT SET", 11 },
        { false, "", 12 },             { true, "SHOW TABLES", 13 }, { false, "SELECT", 14 },
    };
    Arena  *arena = arena_create();
    Parser *parser = parser_create(arena, str_from(sql));
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        Error      err = ERROR_NONE;
        Statement *statement = NULL;
        Status     status = parser_next(parser, arena, &statement, &err);
        ParserStatement info = parser_statement(parser);
        ck_assert_msg((status == STATUS_OK) == expected[i].is_good, "%zu: %s", i, err.message);
        ck_assert_str_eq(statement_kind_text(info.kind), expected[i].kind);
        ck_assert_int_eq(info.span.line, expected[i].line);
    }
    Error      err = ERROR_NONE;
    Statement *statement = NULL;
    ck_assert_int_eq(parser_next(parser, arena, &statement, &err), STATUS_OK);
    ck_assert_ptr_null(statement);
    arena_destroy(arena);
}
END_TEST

START_TEST(parts_name_their_end)
{
    Arena *arena = arena_create();
    Error  err = ERROR_NONE;
    Node  *node = NULL;
    ck_assert_int_eq(parse_expression(arena, STR("a + 1 b"), &node, &err), STATUS_SYNTAX);
    ck_assert_str_eq(err.message, "found \"b\", expected an operator or the end of the text");
    err = ERROR_NONE;
    ck_assert_int_eq(parse_expression(arena, STR(""), &node, &err), STATUS_SYNTAX);
    ck_assert_str_eq(err.message, "found the end of the text, expected an expression");
    err = ERROR_NONE;
    ck_assert_int_eq(parse_expression(arena, STR("1; 2"), &node, &err), STATUS_SYNTAX);
    ck_assert_str_eq(err.message, "found \";\", expected the end of the text");
    TypeNode *type = NULL;
    err = ERROR_NONE;
    ck_assert_int_eq(parse_type(arena, STR("ROW<INT>"), &type, &err), STATUS_SYNTAX);
    ck_assert_str_eq(err.message, "found \"INT\", expected a name");
    arena_destroy(arena);
}
END_TEST

Suite *suite_parse_errors(void)
{
    Suite *suite = suite_create("parse_errors");
    TCase *tcase = tcase_create("parse_errors");
    tcase_add_loop_test(tcase, error_says_place_message_hint, 0, (int)(sizeof(rows) / sizeof(rows[0])));
    tcase_add_test(tcase, error_renders_with_caret);
    tcase_add_test(tcase, parser_goes_on_behind_an_error);
    tcase_add_test(tcase, parts_name_their_end);
    suite_add_tcase(suite, tcase);
    return suite;
}
