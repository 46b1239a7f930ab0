/* parser.h: SQL text to syntax trees, one top-level statement at a time.
 *
 *     Parser *parser = parser_create(arena, text);
 *     Statement *statement;
 *     for (;;) {
 *         Status status = parser_next(parser, arena, &statement, &err);
 *         if (status == STATUS_OK && !statement)
 *             break;                                  the end
 *         ...                                         after an error the next call goes on behind the next ;
 *     }
 *
 * The source is copied into the parser's arena; names and literals may point into that copy, so trees live no longer
 * than the parser's arena. EXECUTE STATEMENT SET BEGIN .. END and BEGIN STATEMENT SET; .. END are one statement.
 * Limits: a statement of PARSER_STATEMENT_MAX bytes, nesting of AST_DEPTH_MAX; past them, STATUS_LIMIT. */
#ifndef PARSER_PARSER_H
#define PARSER_PARSER_H

#include "parser/ast.h"

#define PARSER_STATEMENT_MAX (16 * 1024 * 1024)
#define PARSER_SOURCE_MAX    (1024 * 1024 * 1024)

struct Text;
typedef struct Parser Parser;

Parser *parser_create(Arena *arena, Str source);
/* The next statement, or *out = NULL at the end of the source. The nodes live in `arena`. Empty statements (;;) are
 * skipped. On an error *out is NULL and err is set; clear it and call again for the statement after. */
Status parser_next(Parser *parser, Arena *arena, Statement **out, Error *err);

/* About the statement that the last parser_next read, also when it failed. */
typedef struct ParserStatement {
    Span          span;          /* from its first to its last token; line 0 at the end of the source */
    StatementKind kind;          /* after a failure: guessed by its first words; STATEMENT_KIND_COUNT = unknown */
    bool          is_terminated; /* a ; closed it */
    bool          is_incomplete; /* it failed only because the source ended: more text may complete it */
} ParserStatement;
ParserStatement parser_statement(const Parser *parser);

/* The parser's copy: spans of its nodes and errors count in it. */
Str parser_source(const Parser *parser);
/* The exact text of a node: source[span). */
Str node_source(Str source, Span span);

/* A single expression, query or type; anything behind it is an error. Spans count from the start of `source`. */
Status parse_expression(Arena *arena, Str source, Node **out, Error *err);
Status parse_query(Arena *arena, Str source, Query **out, Error *err);
Status parse_type(Arena *arena, Str source, TypeNode **out, Error *err);

/* For a shell: every statement in the text is closed by its ; (and no comment, string or BEGIN is open). Blank text and
 * comments alone are complete. */
bool sql_is_complete(Str source);

/* Syntax back to text, in canonical form: upper-case keywords, names in backticks, one line. It parses to the same
 * tree. */
void unparse_expression(const Node *node, struct Text *out);
void unparse_query(const Query *query, struct Text *out);
void unparse_type(const TypeNode *type, struct Text *out);
void unparse_name(Name name, struct Text *out);

#endif
