/* unparse.c: expressions back to text.
 *
 * Each construct has a precedence; an operand that binds weaker than its place gets parentheses, and so does a prefix
 * behind a prefix: - - a would be a comment. The spelling is the dialect's own canonical one (BETWEEN ASYMMETRIC,
 * INTEGER, ELSE NULL), so that what users see in DESCRIBE and EXPLAIN looks familiar. */
#include "parser/unparse.h"

/* Binding strengths of what is no NODE_OPERATOR; operators.def has the others. */
enum { BIND_IS = 4, BIND_PREDICATE = 6, BIND_PREFIX = 9, BIND_POSTFIX = 10, BIND_PRIMARY = 11 };

static void put(const Node *node, int32_t least, Text *out);

/* ---- names ----------------------------------------------------------------------------------------------------- */

void unparse_ident(Ident ident, Text *out)
{
    text_put_sql_name(out, ident.text);
}

void unparse_idents(const IdentList *idents, Text *out)
{
    for (int64_t i = 0; i < idents->count; i++) {
        text_puts(out, i ? ", " : "");
        unparse_ident(idents->items[i], out);
    }
}

void unparse_name(Name name, Text *out)
{
    for (int64_t i = 0; i < name.parts.count; i++) {
        text_puts(out, i ? "." : "");
        unparse_ident(name.parts.items[i], out);
    }
}

static void put_upper(Str word, Text *out)
{
    for (int64_t i = 0; i < word.len; i++) {
        char byte = word.ptr[i];
        text_put(out, (char)(byte >= 'a' && byte <= 'z' ? byte - 'a' + 'A' : byte));
    }
}

/* ---- literals -------------------------------------------------------------------------------------------------- */

static void put_bytes(Str bytes, Text *out)
{
    text_puts(out, "X'");
    for (int64_t i = 0; i < bytes.len; i++)
        text_printf(out, "%02X", (unsigned char)bytes.ptr[i]);
    text_put(out, '\'');
}

static void put_literal(const Node *node, Text *out)
{
    const char *prefix = "";
    switch (node->literal.kind) {
    case LITERAL_NULL:
        text_puts(out, node->literal.is_unknown ? "UNKNOWN" : "NULL");
        return;
    case LITERAL_BOOLEAN:
        text_puts(out, node->literal.boolean ? "TRUE" : "FALSE");
        return;
    case LITERAL_INTEGER:
    case LITERAL_DECIMAL:
    case LITERAL_APPROXIMATE:
        put_upper(node->literal.text, out);
        return;
    case LITERAL_BINARY:
        put_bytes(node->literal.text, out);
        return;
    case LITERAL_STRING:
        break;
    case LITERAL_DATE:
        prefix = "DATE ";
        break;
    case LITERAL_TIME:
        prefix = "TIME ";
        break;
    case LITERAL_TIMESTAMP:
        prefix = "TIMESTAMP ";
        break;
    case LITERAL_TIMESTAMP_LTZ:
        prefix = "TIMESTAMP WITH LOCAL TIME ZONE ";
        break;
    }
    text_puts(out, prefix);
    text_put_sql_string(out, node->literal.text);
}

static void put_interval(const Node *node, Text *out)
{
    const Node *value = node->interval.value;
    text_puts(out, node->interval.is_negative ? "INTERVAL -" : "INTERVAL ");
    bool is_plain = value->kind == NODE_LITERAL || value->kind == NODE_COLUMN;
    if (is_plain) {
        put(value, 0, out);
    } else {
        text_put(out, '(');
        put(value, 0, out);
        text_put(out, ')');
    }
    text_put(out, ' ');
    unparse_qualifier(&node->interval.qualifier, out);
}

/* ---- lists, windows -------------------------------------------------------------------------------------------- */

void unparse_expressions(const NodeList *nodes, Text *out)
{
    for (int64_t i = 0; i < nodes->count; i++) {
        text_puts(out, i ? ", " : "");
        put(nodes->items[i], 0, out);
    }
}

void unparse_order(const OrderList *order_by, Text *out)
{
    text_puts(out, "ORDER BY ");
    for (int64_t i = 0; i < order_by->count; i++) {
        const OrderItem *item = &order_by->items[i];
        text_puts(out, i ? ", " : "");
        put(item->expr, 0, out);
        text_puts(out, item->is_descending ? " DESC" : "");
        if (item->nulls != AST_NULLS_UNSAID)
            text_puts(out, item->nulls == AST_NULLS_FIRST ? " NULLS FIRST" : " NULLS LAST");
    }
}

static void put_bound(const FrameBound *bound, Text *out)
{
    static const char *const words[] = {
        [AST_BOUND_NONE] = "",
        [AST_BOUND_UNBOUNDED_PRECEDING] = "UNBOUNDED PRECEDING",
        [AST_BOUND_PRECEDING] = " PRECEDING",
        [AST_BOUND_CURRENT_ROW] = "CURRENT ROW",
        [AST_BOUND_FOLLOWING] = " FOLLOWING",
        [AST_BOUND_UNBOUNDED_FOLLOWING] = "UNBOUNDED FOLLOWING",
    };
    if (bound->offset)
        put(bound->offset, BIND_PREDICATE, out);
    text_puts(out, words[bound->kind]);
}

void unparse_window(const WindowSpec *window, Text *out)
{
    if (!window->has_parentheses) {
        unparse_ident(window->base, out);
        return;
    }
    const char *gap = "";
    text_put(out, '(');
    if (window->base.text.ptr) {
        unparse_ident(window->base, out);
        gap = " ";
    }
    if (window->partition_by.count) {
        text_printf(out, "%sPARTITION BY ", gap);
        unparse_expressions(&window->partition_by, out);
        gap = " ";
    }
    if (window->order_by.count) {
        text_puts(out, gap);
        unparse_order(&window->order_by, out);
        gap = " ";
    }
    if (window->frame != AST_FRAME_NONE) {
        text_printf(out, "%s%s ", gap, window->frame == AST_FRAME_ROWS ? "ROWS" : "RANGE");
        bool has_end = window->end.kind != AST_BOUND_NONE;
        text_puts(out, has_end ? "BETWEEN " : "");
        put_bound(&window->start, out);
        text_puts(out, has_end ? " AND " : "");
        put_bound(&window->end, out);
    }
    text_put(out, ')');
}

/* ---- operators and predicates ---------------------------------------------------------------------------------- */

static void put_operation(const Node *node, Text *out)
{
    const NodeList *args = &node->operation.args;
    Operator op = node->operation.op;
    int32_t own = operator_precedence(op);
    if (args->count == 1) {
        bool is_number = args->items[0]->kind == NODE_LITERAL && op != OPERATOR_NOT;
        text_printf(out, is_number ? "%s" : "%s ", operator_text(op));
        put(args->items[0], own + 1, out);
        return;
    }
    for (int64_t i = 0; i < args->count; i++) {
        if (i)
            text_printf(out, " %s ", operator_text(op));
        put(args->items[i], i ? own + 1 : own, out);
    }
}

static void put_between(const Node *node, Text *out)
{
    put(node->between.expr, BIND_PREDICATE, out);
    text_puts(out, node->between.is_negated ? " NOT BETWEEN " : " BETWEEN ");
    text_puts(out, node->between.is_symmetric ? "SYMMETRIC " : "ASYMMETRIC ");
    put(node->between.low, BIND_PREDICATE + 1, out);
    text_puts(out, " AND ");
    put(node->between.high, BIND_PREDICATE + 1, out);
}

static void put_operand(const NodeList *list, const Query *query, Text *out)
{
    if (query) {
        unparse_subquery(query, out);
        return;
    }
    text_put(out, '(');
    unparse_expressions(list, out);
    text_put(out, ')');
}

static void put_like(const Node *node, Text *out)
{
    put(node->like.expr, BIND_PREDICATE, out);
    text_puts(out, node->like.is_negated ? " NOT" : "");
    text_puts(out, node->like.is_similar ? " SIMILAR TO " : " LIKE ");
    put(node->like.pattern, BIND_PREDICATE + 1, out);
    if (!node->like.escape)
        return;
    text_puts(out, " ESCAPE ");
    put(node->like.escape, BIND_PREDICATE + 1, out);
}

static void put_is(const Node *node, Text *out)
{
    static const char *const words[] = {
        [IS_NULL] = "NULL",
        [IS_TRUE] = "TRUE",
        [IS_FALSE] = "FALSE",
        [IS_UNKNOWN] = "UNKNOWN",
        [IS_JSON_VALUE] = "JSON VALUE",
        [IS_JSON_OBJECT] = "JSON OBJECT",
        [IS_JSON_ARRAY] = "JSON ARRAY",
        [IS_JSON_SCALAR] = "JSON SCALAR",
    };
    put(node->is.expr, BIND_IS + 1, out);
    text_printf(out, " IS %s%s", node->is.is_negated ? "NOT " : "", words[node->is.test]);
}

static void put_case(const Node *node, Text *out)
{
    text_puts(out, "CASE");
    if (node->case_when.operand) {
        text_put(out, ' ');
        put(node->case_when.operand, 0, out);
    }
    for (int64_t i = 0; i < node->case_when.whens.count; i++) {
        text_puts(out, " WHEN ");
        put(node->case_when.whens.items[i].when, 0, out);
        text_puts(out, " THEN ");
        put(node->case_when.whens.items[i].then, 0, out);
    }
    text_puts(out, " ELSE ");
    if (node->case_when.otherwise)
        put(node->case_when.otherwise, 0, out);
    else
        text_puts(out, "NULL");
    text_puts(out, " END");
}

static void put_collection(const Node *node, Text *out)
{
    static const char *const words[] = {
        [NODE_ROW] = "ROW", [NODE_ARRAY] = "ARRAY", [NODE_MAP] = "MAP", [NODE_MULTISET] = "MULTISET"
    };
    bool is_row = node->kind == NODE_ROW;
    if (!is_row || node->collection.has_keyword || node->collection.items.count < 2)
        text_puts(out, words[node->kind]);
    if (node->collection.query) {
        unparse_subquery(node->collection.query, out);
        return;
    }
    text_put(out, is_row ? '(' : '[');
    unparse_expressions(&node->collection.items, out);
    text_put(out, is_row ? ')' : ']');
}

static void put_quantified(const Node *node, Text *out)
{
    int32_t own = operator_precedence(node->quantified.op);
    put(node->quantified.left, own, out);
    text_printf(out, " %s %s ", operator_text(node->quantified.op), node->quantified.is_all ? "ALL" : "SOME");
    put_operand(&node->quantified.list, node->quantified.query, out);
}

static void put_table_arg(const Node *node, Text *out)
{
    if (node->table_arg.query) {
        unparse_subquery(node->table_arg.query, out);
    } else {
        text_puts(out, node->table_arg.is_model ? "MODEL " : "TABLE ");
        unparse_name(node->table_arg.name, out);
    }
    if (node->table_arg.partition_by.count) {
        text_puts(out, " PARTITION BY (");
        unparse_expressions(&node->table_arg.partition_by, out);
        text_put(out, ')');
    }
    if (node->table_arg.order_by.count) {
        text_put(out, ' ');
        unparse_order(&node->table_arg.order_by, out);
    }
}

static void put_grouping(const Node *node, Text *out)
{
    static const char *const words[] = {
        [AST_GROUPING_SETS] = "GROUPING SETS", [AST_ROLLUP] = "ROLLUP", [AST_CUBE] = "CUBE", [AST_GROUPING_EMPTY] = ""
    };
    text_printf(out, "%s(", words[node->grouping.kind]);
    unparse_expressions(&node->grouping.items, out);
    text_put(out, ')');
}

static void put_descriptor(const Node *node, Text *out)
{
    text_puts(out, "DESCRIPTOR(");
    for (int64_t i = 0; i < node->descriptor.count; i++) {
        text_puts(out, i ? ", " : "");
        unparse_name(node->descriptor.items[i], out);
    }
    text_put(out, ')');
}

static void put_star(const Node *node, Text *out)
{
    unparse_name(node->star, out);
    text_puts(out, node->star.parts.count ? ".*" : "*");
}

/* ---- any node -------------------------------------------------------------------------------------------------- */

static int32_t binding(const Node *node)
{
    switch (node->kind) {
    case NODE_OPERATOR:
        return operator_precedence(node->operation.op);
    case NODE_QUANTIFIED:
        return operator_precedence(node->quantified.op);
    case NODE_IS:
        return BIND_IS;
    case NODE_BETWEEN:
    case NODE_IN:
    case NODE_LIKE:
        return BIND_PREDICATE;
    case NODE_ITEM:
    case NODE_FIELD:
        return BIND_POSTFIX;
    default:
        return BIND_PRIMARY;
    }
}

static void put_node(const Node *node, Text *out)
{
    switch (node->kind) {
    case NODE_LITERAL: put_literal(node, out); return;
    case NODE_INTERVAL: put_interval(node, out); return;
    case NODE_COLUMN: unparse_name(node->column, out); return;
    case NODE_STAR: put_star(node, out); return;
    case NODE_CALL: unparse_call(node, out); return;
    case NODE_OPERATOR: put_operation(node, out); return;
    case NODE_BETWEEN: put_between(node, out); return;
    case NODE_IN:
        put(node->in.expr, BIND_PREDICATE, out);
        text_puts(out, node->in.is_negated ? " NOT IN " : " IN ");
        put_operand(&node->in.list, node->in.query, out);
        return;
    case NODE_LIKE: put_like(node, out); return;
    case NODE_IS: put_is(node, out); return;
    case NODE_CASE: put_case(node, out); return;
    case NODE_CAST:
        text_puts(out, node->cast.is_try ? "TRY_CAST(" : "CAST(");
        put(node->cast.expr, 0, out);
        text_puts(out, " AS ");
        unparse_type(node->cast.type, out);
        text_put(out, ')');
        return;
    case NODE_ROW:
    case NODE_ARRAY:
    case NODE_MAP:
    case NODE_MULTISET: put_collection(node, out); return;
    case NODE_ITEM:
        put(node->item.base, BIND_POSTFIX, out);
        text_put(out, '[');
        put(node->item.index, 0, out);
        text_put(out, ']');
        return;
    case NODE_FIELD: /* a bare name in front would make a path of it */
        put(node->field.base, node->field.base->kind == NODE_COLUMN ? BIND_PRIMARY + 1 : BIND_POSTFIX, out);
        text_put(out, '.');
        unparse_ident(node->field.name, out);
        return;
    case NODE_QUERY: unparse_subquery(node->query, out); return;
    case NODE_EXISTS:
        text_puts(out, "EXISTS ");
        unparse_subquery(node->query, out);
        return;
    case NODE_QUANTIFIED: put_quantified(node, out); return;
    case NODE_NAMED_ARG:
        unparse_ident(node->named_arg.name, out);
        text_puts(out, " => ");
        put(node->named_arg.value, 0, out);
        return;
    case NODE_TABLE_ARG: put_table_arg(node, out); return;
    case NODE_DESCRIPTOR: put_descriptor(node, out); return;
    case NODE_SYMBOL: text_append(out, node->symbol.text); return;
    case NODE_DEFAULT: text_puts(out, "DEFAULT"); return;
    case NODE_GROUPING: put_grouping(node, out); return;
    case NODE_KIND_COUNT: return;
    }
}

/* `least`: how strongly the node must bind to stand here without parentheses. */
static void put(const Node *node, int32_t least, Text *out)
{
    bool needs_parentheses = binding(node) < least;
    if (needs_parentheses)
        text_put(out, '(');
    put_node(node, out);
    if (needs_parentheses)
        text_put(out, ')');
}

void unparse_expression(const Node *node, Text *out)
{
    put(node, 0, out);
}
