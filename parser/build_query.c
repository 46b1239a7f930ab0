/* build_query.c: SELECT, VALUES, set operations, and the clauses around them. */
#include "parser/build.h"

#include "parser/grammar.h"

static Query *query_new(Builder *builder, QueryKind kind, Span span)
{
    Query *query = arena_new(builder->arena, Query, 1);
    query->kind = kind;
    query->span = span;
    return query;
}

static void add_node(Builder *builder, Query *query, const Node *node)
{
    if (node)
        build_depth(builder, &query->depth, node->depth, query->span);
}

static void add_nodes(Builder *builder, Query *query, const NodeList *nodes)
{
    for (int64_t i = 0; i < nodes->count; i++)
        add_node(builder, query, nodes->items[i]);
}

static void add_order(Builder *builder, Query *query, const OrderList *order_by)
{
    for (int64_t i = 0; i < order_by->count; i++)
        add_node(builder, query, order_by->items[i].expr);
}

static void add_query(Builder *builder, Query *query, const Query *child)
{
    build_depth(builder, &query->depth, child->depth, query->span);
}

/* ---- WITH, ORDER BY, LIMIT ------------------------------------------------------------------------------------- */

static bool has_clauses(const Query *query)
{
    return query->with.count || query->order_by.count || query->offset || query->limit;
}

Query *build_query(Builder *builder, const WithClause *with, Query *body, QueryTail tail)
{
    bool has_tail = tail.order_by.count || tail.offset || tail.limit;
    if (!with && !has_tail)
        return body;
    Query *query = body;
    if (has_clauses(body) || body->is_parenthesized) {
        query = query_new(builder, QUERY_NESTED, body->span);
        query->nested = body;
        add_query(builder, query, body);
    }
    if (with) {
        query->with = with->tables;
        query->with_recursive = with->is_recursive;
        query->span = span_join(with->span, query->span);
        for (int64_t i = 0; i < with->tables.count; i++)
            add_query(builder, query, with->tables.items[i].query);
    }
    query->order_by = tail.order_by;
    query->offset = tail.offset;
    query->limit = tail.limit;
    for (int64_t i = 0; i < tail.order_by.count; i++)
        query->span = span_join(query->span, tail.order_by.items[i].span);
    if (tail.limit)
        query->span = span_join(query->span, tail.limit->span);
    if (tail.offset)
        query->span = span_join(query->span, tail.offset->span);
    add_order(builder, query, &tail.order_by);
    add_node(builder, query, tail.offset);
    add_node(builder, query, tail.limit);
    return query;
}

Query *build_query_parentheses(Query *query, Token left, Token right)
{
    query->span = span_join(left.span, right.span);
    query->is_parenthesized = true;
    return query;
}

OrderList build_order_list(Builder *builder, OrderItem first)
{
    OrderList list = { 0 };
    list_push(builder->arena, &list, first);
    return list;
}

/* ORDER BY (a, b) of a table argument is two keys. */
OrderList build_order_keys(Builder *builder, OrderItem item)
{
    if (item.expr->kind != NODE_ROW || item.expr->collection.has_keyword)
        return build_order_list(builder, item);
    OrderList list = { 0 };
    const NodeList *keys = &item.expr->collection.items;
    for (int64_t i = 0; i < keys->count; i++)
        list_push(builder->arena, &list, build_order_item(keys->items[i], item.is_descending, item.nulls));
    return list;
}

OrderItem build_order_item(Node *expr, bool is_descending, int32_t nulls)
{
    return (OrderItem){ .expr = expr, .is_descending = is_descending, .nulls = nulls, .span = expr->span };
}

/* ---- bodies ---------------------------------------------------------------------------------------------------- */

/* (1, 2), ROW(1, 2) and 1 are rows; ((1, 2)) is a row with one column that is a row. */
static Node *row_of(Builder *builder, Node *node)
{
    if (node->kind == NODE_ROW && (node->collection.has_keyword || !node->is_parenthesized))
        return node;
    Node *row = build_node(builder, NODE_ROW, node->span);
    row->collection.items = build_list(builder, node);
    build_child(builder, row, node);
    return row;
}

Query *build_values(Builder *builder, Token keyword, NodeList rows)
{
    Query *query = query_new(builder, QUERY_VALUES, keyword.span);
    query->values.rows = rows;
    for (int64_t i = 0; i < rows.count; i++) {
        rows.items[i] = row_of(builder, rows.items[i]);
        add_node(builder, query, rows.items[i]);
    }
    query->span = span_join(keyword.span, rows.items[rows.count - 1]->span);
    return query;
}

Query *build_table_query(Builder *builder, Token keyword, Name name)
{
    Query *query = query_new(builder, QUERY_TABLE, span_join(keyword.span, name.span));
    query->table = name;
    return query;
}

/* a UNION ALL b UNION ALL c becomes one node with three inputs. */
Query *build_set_query(Builder *builder, Query *left, Token word, bool is_all, Query *right)
{
    AstSetOperation op = word.kind == TK_UNION ? AST_UNION : word.kind == TK_EXCEPT ? AST_EXCEPT : AST_INTERSECT;
    Query *query = left;
    bool is_open = left->kind == QUERY_SET && !left->is_parenthesized;
    if (!is_open || left->set.op != op || left->set.is_all != is_all) {
        query = query_new(builder, QUERY_SET, left->span);
        query->set.op = op;
        query->set.word = word.span;
        query->set.is_all = is_all;
        list_push(builder->arena, &query->set.inputs, left);
        add_query(builder, query, left);
    }
    query->span = span_join(left->span, right->span);
    list_push(builder->arena, &query->set.inputs, right);
    add_query(builder, query, right);
    return query;
}

/* ---- SELECT ---------------------------------------------------------------------------------------------------- */

static void add_windows(Builder *builder, Query *query, const NamedWindowList *windows)
{
    for (int64_t i = 0; i < windows->count; i++) {
        const WindowSpec *spec = windows->items[i].spec;
        add_nodes(builder, query, &spec->partition_by);
        add_order(builder, query, &spec->order_by);
        add_node(builder, query, spec->start.offset);
        add_node(builder, query, spec->end.offset);
    }
}

/* The end of the last clause that is there. */
static Span end_of(const SelectItemList *items, const SelectBody *body)
{
    if (body->qualify)
        return body->qualify->span;
    if (body->windows.count)
        return body->windows.items[body->windows.count - 1].spec->span;
    if (body->having)
        return body->having->span;
    if (body->group.items.count)
        return body->group.items.items[body->group.items.count - 1]->span;
    if (body->where)
        return body->where->span;
    if (body->from)
        return body->from->span;
    const SelectItem *last = &items->items[items->count - 1];
    return last->alias.text.ptr ? last->alias.span : last->expr->span;
}

Query *build_select(Builder *builder, Token keyword, HintList hints, bool is_distinct, SelectItemList items,
                    SelectBody body)
{
    Query *query = query_new(builder, QUERY_SELECT, span_join(keyword.span, end_of(&items, &body)));
    query->select.hints = hints;
    query->select.is_distinct = is_distinct;
    query->select.items = items;
    query->select.from = body.from;
    query->select.where = body.where;
    query->has_group_by = body.group.is_given;
    query->select.group_by = body.group.items;
    query->select.group_distinct = body.group.is_distinct;
    query->select.having = body.having;
    query->select.windows = body.windows;
    query->select.qualify = body.qualify;
    for (int64_t i = 0; i < items.count; i++)
        add_node(builder, query, items.items[i].expr);
    if (body.from)
        build_depth(builder, &query->depth, body.from->depth, query->span);
    add_node(builder, query, body.where);
    add_nodes(builder, query, &body.group.items);
    add_node(builder, query, body.having);
    add_windows(builder, query, &body.windows);
    add_node(builder, query, body.qualify);
    return query;
}
