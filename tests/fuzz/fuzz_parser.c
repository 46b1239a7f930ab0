/* fuzz_parser.c: any bytes as a script. The parser must end, stay within its limits and never crash; and what it takes
 * must survive the way back to text: the text of a query parses again, to the same text. */
#include "core/text.h"
#include "parser/parser.h"

#include <stddef.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fail_unless(bool is_true)
{
    if (!is_true)
        abort();
}

static void check_query(Arena *arena, const Query *query)
{
    Text  first = TEXT_EMPTY;
    Text  second = TEXT_EMPTY;
    Error err = ERROR_NONE;
    unparse_query(query, &first);
    Query *again = NULL;
    Status status = parse_query(arena, text_str(&first), &again, &err);
    if (status == STATUS_OK) {
        unparse_query(again, &second);
        fail_unless(str_eq(text_str(&first), text_str(&second)));
    } else {
        fail_unless(status == STATUS_LIMIT); /* parentheses that the text needs may exceed the depth */
    }
    text_free(&first);
    text_free(&second);
}

static void check_statement(Arena *arena, const Statement *statement, Str source)
{
    fail_unless(statement->span.start < statement->span.end && statement->span.end <= source.len);
    fail_unless(statement->kind < STATEMENT_KIND_COUNT);
    if (statement->kind == STATEMENT_SELECT)
        check_query(arena, statement->query);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena  *arena = arena_create();
    Str     source = { (const char *)data, (int64_t)size };
    Parser *parser = parser_create(arena, source);
    int64_t last = -1;
    for (;;) {
        Error      err = ERROR_NONE;
        Statement *statement = NULL;
        Status     status = parser_next(parser, arena, &statement, &err);
        if (status == STATUS_OK && !statement)
            break;
        fail_unless((status == STATUS_OK) == (statement != NULL));
        fail_unless(status == STATUS_OK || err.message[0]);
        fail_unless(parser_statement(parser).span.start > last);
        last = parser_statement(parser).span.start;
        if (statement)
            check_statement(arena, statement, parser_source(parser));
    }
    sql_is_complete(source);
    Error     err = ERROR_NONE;
    Node     *node = NULL;
    TypeNode *type = NULL;
    parse_expression(arena, source, &node, &err);
    parse_type(arena, source, &type, &err);
    arena_destroy(arena);
    return 0;
}
