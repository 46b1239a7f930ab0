/* test_corpus.c: acceptance: what the dialect's own parser takes, we take, and what it refuses, we refuse; and what we
 * take goes back to text and parses to the same text again. */
#include "core/text.h"
#include "parser/parser.h"

#include <check.h>

typedef struct Row {
    const char *kind; /* NULL: refused */
    const char *sql;
} Row;

static const Row rows[] = {
#define ACCEPT(kind, sql)     { kind, sql },
#define REJECT(sql)           { NULL, sql },
#define WIDER(kind, sql, why) { kind, sql },
#define NARROWER(sql, why)    { NULL, sql },
#include "tests/parser/corpus_queries.def"
#include "tests/parser/corpus_statements.def"
#undef ACCEPT
#undef REJECT
#undef WIDER
#undef NARROWER
};

typedef struct ExpressionRow {
    const char *sql;
    const char *text; /* NULL: refused; "": accepted, text not compared */
} ExpressionRow;

static const ExpressionRow expressions[] = {
#define EXPRESSION(sql, text) { sql, text },
#define REFUSED(sql)          { sql, NULL },
#define OURS(sql)             { sql, "" },
#define THEIRS(sql)           { sql, NULL },
#include "tests/parser/corpus_expressions.def"
#undef EXPRESSION
#undef REFUSED
#undef OURS
#undef THEIRS
};

static void check_round_trip(const Query *query, const char *sql)
{
    Text first = TEXT_EMPTY;
    unparse_query(query, &first);
    Arena *arena = arena_create();
    Error  err = ERROR_NONE;
    Query *again = NULL;
    Status status = parse_query(arena, text_str(&first), &again, &err);
    ck_assert_msg(status == STATUS_OK, "%s\n-> %s\n-> %s", sql, text_cstr(&first), err.message);
    Text second = TEXT_EMPTY;
    unparse_query(again, &second);
    ck_assert_str_eq(text_cstr(&first), text_cstr(&second));
    text_free(&first);
    text_free(&second);
    arena_destroy(arena);
}

static void check_statement(const Row *row)
{
    Arena     *arena = arena_create();
    Error      err = ERROR_NONE;
    Parser    *parser = parser_create(arena, str_from(row->sql));
    Statement *statement = NULL;
    Status     status = parser_next(parser, arena, &statement, &err);
    if (row->kind) {
        ck_assert_msg(status == STATUS_OK, "%s\n-> %s", row->sql, err.message);
        ck_assert_str_eq(statement_kind_text(statement->kind), row->kind);
        if (statement->kind == STATEMENT_SELECT)
            check_round_trip(statement->query, row->sql);
    } else {
        ck_assert_msg(status == STATUS_SYNTAX, "taken: %s", row->sql);
        ck_assert_ptr_null(statement);
        ck_assert_msg(err.message[0] && err.span.line > 0, "no message or place: %s", row->sql);
    }
    arena_destroy(arena);
}

START_TEST(statements_are_taken_or_refused)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check_statement(&rows[i]);
}
END_TEST

static void check_expression(const ExpressionRow *row)
{
    Arena *arena = arena_create();
    Error  err = ERROR_NONE;
    Node  *node = NULL;
    Status status = parse_expression(arena, str_from(row->sql), &node, &err);
    if (!row->text) {
        ck_assert_msg(status == STATUS_SYNTAX, "taken: %s", row->sql);
        arena_destroy(arena);
        return;
    }
    ck_assert_msg(status == STATUS_OK, "%s\n-> %s", row->sql, err.message);
    Text text = TEXT_EMPTY;
    unparse_expression(node, &text);
    if (row->text[0])
        ck_assert_str_eq(text_cstr(&text), row->text);
    Node *again = NULL;
    ck_assert_msg(parse_expression(arena, text_str(&text), &again, &err) == STATUS_OK, "%s -> %s", text_cstr(&text),
                  err.message);
    Text second = TEXT_EMPTY;
    unparse_expression(again, &second);
    ck_assert_str_eq(text_cstr(&text), text_cstr(&second));
    text_free(&text);
    text_free(&second);
    arena_destroy(arena);
}

START_TEST(expressions_are_taken_or_refused)
{
    for (size_t i = 0; i < sizeof(expressions) / sizeof(expressions[0]); i++)
        check_expression(&expressions[i]);
}
END_TEST

Suite *suite_corpus(void)
{
    Suite *suite = suite_create("corpus");
    TCase *tcase = tcase_create("corpus");
    tcase_add_test(tcase, statements_are_taken_or_refused);
    tcase_add_test(tcase, expressions_are_taken_or_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
