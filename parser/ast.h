/* ast.h: syntax as written. Expressions and types: ast_expression.h; queries and tables: ast_query.h; statements:
 * ast_statement.h. Include this one.
 *
 * The parser only builds these; what a name or a call means is found later. Every structure carries its Span.
 * Text is unquoted and unescaped: Ident.text has no backticks, a string literal's text no apostrophes.
 * A Str that may be missing is {NULL, 0}; an optional pointer is NULL; an optional Name or Ident has count 0 or
 * text.ptr NULL; an empty list means that the clause is not there.
 * Everything lives in the arena given to the parser (text may point into the parser's copy of the source).
 * `depth` is the height of the tree below a node; it never exceeds AST_DEPTH_MAX, so recursion over a tree is safe. */
#ifndef PARSER_AST_H
#define PARSER_AST_H

#include "parser/ast_expression.h"
#include "parser/ast_query.h"
#include "parser/ast_statement.h"

const char *operator_text(Operator op);
/* Higher binds tighter. */
int32_t     operator_precedence(Operator op);
const char *unit_text(TimeUnit unit);
/* "DAY" and "days" alike; UNIT_NONE when it is none. */
TimeUnit    unit_from(Str word);
const char *type_node_text(TypeNodeKind kind);

#endif
