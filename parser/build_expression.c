/* build_expression.c: operators, constructors, CASE, CAST, predicates. */
#include "parser/build.h"

#include "parser/grammar.h"

Status build_error(Builder *builder, Status status, Span span, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str text = arena_format_args(builder->arena, format, args);
    va_end(args);
    return error_set(builder->err, status, span, "%.*s", STR_FMT(text));
}

void build_depth(Builder *builder, int32_t *depth, int32_t child, Span span)
{
    if (*depth > child)
        return;
    *depth = child + 1;
    if (*depth > AST_DEPTH_MAX)
        build_error(builder, STATUS_LIMIT, span, "nested more than %d deep", AST_DEPTH_MAX);
}

Node *build_node(Builder *builder, NodeKind kind, Span span)
{
    Node *node = arena_new(builder->arena, Node, 1);
    node->kind = kind;
    node->span = span;
    return node;
}

void build_child(Builder *builder, Node *node, const Node *child)
{
    if (child)
        build_depth(builder, &node->depth, child->depth, node->span);
}

void build_children(Builder *builder, Node *node, const NodeList *children)
{
    for (int64_t i = 0; i < children->count; i++)
        build_child(builder, node, children->items[i]);
}

static void add_query(Builder *builder, Node *node, const Query *query)
{
    if (query)
        build_depth(builder, &node->depth, query->depth, node->span);
}

NodeList build_list(Builder *builder, Node *first)
{
    NodeList list = { 0 };
    list_push(builder->arena, &list, first);
    return list;
}

NodeList build_list_join(Builder *builder, NodeList left, NodeList right)
{
    for (int64_t i = 0; i < right.count; i++)
        list_push(builder->arena, &left, right.items[i]);
    return left;
}

/* ---- leaves ---------------------------------------------------------------------------------------------------- */

Node *build_column(Builder *builder, Name name)
{
    Node *node = build_node(builder, NODE_COLUMN, name.span);
    node->column = name;
    return node;
}

Node *build_star(Builder *builder, const Name *qualifier, Token star)
{
    Node *node = build_node(builder, NODE_STAR, star.span);
    if (qualifier) {
        node->star = *qualifier;
        node->span = span_join(qualifier->span, star.span);
    }
    return node;
}

Node *build_default(Builder *builder, Token token)
{
    return build_node(builder, NODE_DEFAULT, token.span);
}

Node *build_parentheses(Node *node, Token left, Token right)
{
    node->span = span_join(left.span, right.span);
    node->is_parenthesized = true;
    return node;
}

Node *build_row(Builder *builder, Token left, NodeList items, Token right)
{
    Node *node = build_node(builder, NODE_ROW, span_join(left.span, right.span));
    node->collection.items = items;
    build_children(builder, node, &items);
    return node;
}

Node *build_scalar_query(Builder *builder, Query *query)
{
    Node *node = build_node(builder, NODE_QUERY, query->span);
    node->query = query;
    add_query(builder, node, query);
    return node;
}

/* ---- operators ------------------------------------------------------------------------------------------------- */

/* Puts the right operand behind the operands of a left chain of the same operator, so that a long chain stays flat. */
Node *build_chain(Builder *builder, Operator op, Node *left, Node *right)
{
    Node *node = left;
    if (left->kind != NODE_OPERATOR || left->operation.op != op) {
        node = build_node(builder, NODE_OPERATOR, left->span);
        node->operation.op = op;
        list_push(builder->arena, &node->operation.args, left);
        build_child(builder, node, left);
    }
    node->span = span_join(left->span, right->span);
    node->is_parenthesized = false;
    list_push(builder->arena, &node->operation.args, right);
    build_child(builder, node, right);
    return node;
}

Node *build_prefix(Builder *builder, Operator op, Token token, Node *operand)
{
    Node *node = build_node(builder, NODE_OPERATOR, span_join(token.span, operand->span));
    node->operation.op = op;
    node->operation.args = build_list(builder, operand);
    build_child(builder, node, operand);
    return node;
}

Node *build_operator(Builder *builder, Operator op, Node *left, Node *right)
{
    Node *node = build_node(builder, NODE_OPERATOR, span_join(left->span, right->span));
    node->operation.op = op;
    node->operation.args.items = arena_new(builder->arena, Node *, 2);
    node->operation.args.count = 2;
    node->operation.args.capacity = 2;
    node->operation.args.items[0] = left;
    node->operation.args.items[1] = right;
    build_children(builder, node, &node->operation.args);
    return node;
}

static Operator operator_of(int32_t token)
{
    switch (token) {
    case TK_EQ: return OPERATOR_EQUAL;
    case TK_NE: return OPERATOR_NOT_EQUAL;
    case TK_LT: return OPERATOR_LESS;
    case TK_LE: return OPERATOR_LESS_EQUAL;
    case TK_GT: return OPERATOR_GREATER;
    case TK_GE: return OPERATOR_GREATER_EQUAL;
    case TK_OVERLAPS: return OPERATOR_OVERLAPS;
    case TK_PLUS: return OPERATOR_ADD;
    case TK_MINUS: return OPERATOR_SUBTRACT;
    case TK_STAR: return OPERATOR_MULTIPLY;
    case TK_SLASH: return OPERATOR_DIVIDE;
    default: return OPERATOR_MODULO;
    }
}

Node *build_binary_operator(Builder *builder, Token token, Node *left, Node *right)
{
    return build_operator(builder, operator_of(token.kind), left, right);
}

/* ---- predicates ------------------------------------------------------------------------------------------------ */

Node *build_quantified(Builder *builder, Token op, Token quantifier, Node *left, InOperand right)
{
    Node *node = build_node(builder, NODE_QUANTIFIED, span_join(left->span, right.span));
    node->quantified.op = operator_of(op.kind);
    node->quantified.is_all = quantifier.kind == TK_ALL;
    node->quantified.left = left;
    node->quantified.list = right.list;
    node->quantified.query = right.query;
    build_child(builder, node, left);
    build_children(builder, node, &right.list);
    add_query(builder, node, right.query);
    return node;
}

Node *build_is(Builder *builder, Node *expr, IsWord test, bool is_negated)
{
    Node *node = build_node(builder, NODE_IS, span_join(expr->span, test.span));
    node->is.expr = expr;
    node->is.test = test.test;
    node->is.is_negated = is_negated;
    build_child(builder, node, expr);
    return node;
}

Node *build_between(Builder *builder, Node *expr, Node *low, Node *high, bool is_negated, bool is_symmetric)
{
    Node *node = build_node(builder, NODE_BETWEEN, span_join(expr->span, high->span));
    node->between.expr = expr;
    node->between.low = low;
    node->between.high = high;
    node->between.is_negated = is_negated;
    node->between.is_symmetric = is_symmetric;
    build_child(builder, node, expr);
    build_child(builder, node, low);
    build_child(builder, node, high);
    return node;
}

Node *build_in(Builder *builder, Node *expr, InOperand operand, bool is_negated)
{
    Node *node = build_node(builder, NODE_IN, span_join(expr->span, operand.span));
    node->in.expr = expr;
    node->in.list = operand.list;
    node->in.query = operand.query;
    node->in.is_negated = is_negated;
    build_child(builder, node, expr);
    build_children(builder, node, &operand.list);
    add_query(builder, node, operand.query);
    return node;
}

Node *build_like(Builder *builder, Token word, Node *expr, Node *pattern, Node *escape, bool is_negated)
{
    Node *node = build_node(builder, NODE_LIKE, span_join(expr->span, escape ? escape->span : pattern->span));
    node->like.expr = expr;
    node->like.pattern = pattern;
    node->like.escape = escape;
    node->like.is_negated = is_negated;
    node->like.is_similar = word.kind == TK_SIMILAR;
    build_child(builder, node, expr);
    build_child(builder, node, pattern);
    build_child(builder, node, escape);
    return node;
}

Node *build_exists(Builder *builder, Token keyword, Query *query, Token right)
{
    Node *node = build_node(builder, NODE_EXISTS, span_join(keyword.span, right.span));
    node->query = query;
    add_query(builder, node, query);
    return node;
}

/* ---- access, CASE, CAST, constructors -------------------------------------------------------------------------- */

Node *build_item(Builder *builder, Node *base, Node *index, Token right)
{
    Node *node = build_node(builder, NODE_ITEM, span_join(base->span, right.span));
    node->item.base = base;
    node->item.index = index;
    build_child(builder, node, base);
    build_child(builder, node, index);
    return node;
}

Node *build_field(Builder *builder, Node *base, Ident name)
{
    Node *node = build_node(builder, NODE_FIELD, span_join(base->span, name.span));
    node->field.base = base;
    node->field.name = name;
    build_child(builder, node, base);
    return node;
}

CaseWhenList build_case_when(Builder *builder, CaseWhenList list, NodeList when, Node *then)
{
    for (int64_t i = 0; i < when.count; i++)
        list_push(builder->arena, &list, (CaseWhen){ when.items[i], then });
    return list;
}

Node *build_case(Builder *builder, Token keyword, Node *operand, CaseWhenList whens, Node *otherwise, Token end)
{
    Node *node = build_node(builder, NODE_CASE, span_join(keyword.span, end.span));
    node->case_when.operand = operand;
    node->case_when.whens = whens;
    node->case_when.otherwise = otherwise;
    build_child(builder, node, operand);
    build_child(builder, node, otherwise);
    for (int64_t i = 0; i < whens.count; i++) {
        build_child(builder, node, whens.items[i].when);
        build_child(builder, node, whens.items[i].then);
    }
    return node;
}

Node *build_cast(Builder *builder, Token keyword, Node *expr, TypeNode *type, Token right)
{
    Node *node = build_node(builder, NODE_CAST, span_join(keyword.span, right.span));
    node->cast.expr = expr;
    node->cast.type = type;
    node->cast.is_try = keyword.kind == TK_TRY_CAST;
    build_child(builder, node, expr);
    build_depth(builder, &node->depth, type->depth, node->span);
    return node;
}

Node *build_collection(Builder *builder, NodeKind kind, Token keyword, NodeList items, Token right)
{
    Node *node = build_node(builder, kind, span_join(keyword.span, right.span));
    node->collection.items = items;
    node->collection.has_keyword = true;
    build_children(builder, node, &items);
    if (kind == NODE_MAP && items.count % 2 != 0)
        build_error(builder, STATUS_SYNTAX, node->span,
                    "MAP[...] takes keys and values in turn, here the last value is missing");
    return node;
}

Node *build_collection_query(Builder *builder, NodeKind kind, Token keyword, Query *query)
{
    Node *node = build_node(builder, kind, span_join(keyword.span, query->span));
    node->collection.query = query;
    node->collection.has_keyword = true;
    add_query(builder, node, query);
    return node;
}

Node *build_grouping(Builder *builder, int32_t kind, Token keyword, NodeList items, Token right)
{
    Node *node = build_node(builder, NODE_GROUPING, span_join(keyword.span, right.span));
    node->grouping.kind = kind;
    node->grouping.items = items;
    build_children(builder, node, &items);
    return node;
}
