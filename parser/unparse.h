/* unparse.h: what the writers of expressions and of queries share. The public functions are in parser/parser.h. */
#ifndef PARSER_UNPARSE_H
#define PARSER_UNPARSE_H

#include "core/text.h"
#include "parser/parser.h"

void unparse_ident(Ident ident, Text *out);
void unparse_idents(const IdentList *idents, Text *out);      /* `a`, `b` */
void unparse_expressions(const NodeList *nodes, Text *out);   /* a, b */
void unparse_order(const OrderList *order_by, Text *out);     /* ORDER BY a DESC */
void unparse_window(const WindowSpec *window, Text *out);     /* (PARTITION BY a ORDER BY b) */
void unparse_subquery(const Query *query, Text *out);         /* (SELECT ..) */
void unparse_table(const TableRef *table, Text *out);
void unparse_hints(const HintList *hints, Text *out);
void unparse_match(const TableRef *table, Text *out);
void unparse_call(const Node *node, Text *out);
void unparse_qualifier(const IntervalQualifier *qualifier, Text *out); /* DAY(3) TO SECOND(3) */

#endif
