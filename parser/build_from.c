/* build_from.c: table references, joins, MATCH_RECOGNIZE. */
#include "parser/build.h"

static TableRef *table_new(Builder *builder, TableRefKind kind, Span span)
{
    TableRef *table = arena_new(builder->arena, TableRef, 1);
    table->kind = kind;
    table->span = span;
    return table;
}

static void add_node(Builder *builder, TableRef *table, const Node *node)
{
    if (node)
        build_depth(builder, &table->depth, node->depth, table->span);
}

static void add_table(Builder *builder, TableRef *table, const TableRef *child)
{
    build_depth(builder, &table->depth, child->depth, table->span);
}

TableRef *build_table_name(Builder *builder, Name name, HintList hints, Node *system_time)
{
    TableRef *table = table_new(builder, TABLE_REF_NAME, name.span);
    table->name = name;
    table->hints = hints;
    table->system_time = system_time;
    if (hints.count)
        table->span = span_join(table->span, hints.items[hints.count - 1].span);
    if (system_time)
        table->span = span_join(table->span, system_time->span);
    add_node(builder, table, system_time);
    return table;
}

TableRef *build_table_subquery(Builder *builder, Query *query, const Token *lateral)
{
    Span span = lateral ? span_join(lateral->span, query->span) : query->span;
    TableRef *table = table_new(builder, TABLE_REF_QUERY, span);
    table->query = query;
    table->is_lateral = lateral != NULL;
    build_depth(builder, &table->depth, query->depth, table->span);
    return table;
}

TableRef *build_table_function(Builder *builder, const Token *keyword, Node *call, const Token *right)
{
    Span span = keyword ? span_join(keyword->span, right->span) : call->span;
    TableRef *table = table_new(builder, TABLE_REF_FUNCTION, span);
    table->function.call = call;
    table->function.is_wrapped = keyword != NULL;
    add_node(builder, table, call);
    return table;
}

TableRef *build_unnest(Builder *builder, Token keyword, NodeList args, bool with_ordinality, Token right)
{
    TableRef *table = table_new(builder, TABLE_REF_UNNEST, span_join(keyword.span, right.span));
    table->unnest.args = args;
    table->unnest.with_ordinality = with_ordinality;
    for (int64_t i = 0; i < args.count; i++)
        add_node(builder, table, args.items[i]);
    return table;
}

TableRef *build_join(Builder *builder, TableRef *left, JoinWord word, TableRef *right, JoinOn on)
{
    Span end = right->span;
    if (on.on)
        end = on.on->span;
    else if (on.columns.count)
        end = on.columns.items[on.columns.count - 1].span;
    TableRef *table = table_new(builder, TABLE_REF_JOIN, span_join(left->span, end));
    table->join.kind = word.kind;
    table->join.is_natural = word.is_natural;
    table->join.left = left;
    table->join.right = right;
    table->join.on = on.on;
    table->join.using_columns = on.columns;
    table->join.keyword = word.span;
    add_table(builder, table, left);
    add_table(builder, table, right);
    add_node(builder, table, on.on);
    return table;
}

TableRef *build_alias(Builder *builder, TableRef *table, Ident alias, IdentList columns)
{
    if (table->kind == TABLE_REF_JOIN)
        build_error(builder, STATUS_SYNTAX, alias.span, "a join in parentheses cannot be named; name the tables in it");
    table->alias = alias;
    table->columns = columns;
    table->span = span_join(table->span, columns.count ? columns.items[columns.count - 1].span : alias.span);
    return table;
}

Node *build_sample(Builder *builder, Name method, Node *amount, Node *seed, Token right)
{
    Node *node = build_node(builder, NODE_CALL, span_join(method.span, right.span));
    node->call.name = method;
    node->call.has_parentheses = true;
    list_push(builder->arena, &node->call.args, amount);
    if (seed)
        list_push(builder->arena, &node->call.args, seed);
    build_children(builder, node, &node->call.args);
    return node;
}

/* ---- MATCH_RECOGNIZE ------------------------------------------------------------------------------------------- */

MatchRecognize *build_match_clauses(Builder *builder, NodeList partition_by, OrderList order_by, MatchItemList measures,
                                    int32_t rows, MatchSkip skip, MatchPattern *pattern, Node *within,
                                    MatchSubsetList subsets, MatchItemList defines)
{
    MatchRecognize *match = arena_new(builder->arena, MatchRecognize, 1);
    match->partition_by = partition_by;
    match->order_by = order_by;
    match->measures = measures;
    match->rows = rows;
    match->skip = skip.kind;
    match->skip_to = skip.to;
    match->pattern = pattern;
    match->within = within;
    match->subsets = subsets;
    match->defines = defines;
    return match;
}

TableRef *build_match(Builder *builder, TableRef *input, MatchRecognize *match, Token right)
{
    TableRef *table = table_new(builder, TABLE_REF_MATCH, span_join(input->span, right.span));
    table->match.input = input;
    table->match.match = match;
    add_table(builder, table, input);
    for (int64_t i = 0; i < match->partition_by.count; i++)
        add_node(builder, table, match->partition_by.items[i]);
    for (int64_t i = 0; i < match->order_by.count; i++)
        add_node(builder, table, match->order_by.items[i].expr);
    for (int64_t i = 0; i < match->measures.count; i++)
        add_node(builder, table, match->measures.items[i].expr);
    for (int64_t i = 0; i < match->defines.count; i++)
        add_node(builder, table, match->defines.items[i].expr);
    build_depth(builder, &table->depth, match->pattern->depth, table->span);
    add_node(builder, table, match->within);
    return table;
}

static MatchPattern *pattern_new(Builder *builder, MatchPatternKind kind, Span span)
{
    MatchPattern *pattern = arena_new(builder->arena, MatchPattern, 1);
    pattern->kind = kind;
    pattern->span = span;
    pattern->min = 1;
    pattern->max = 1;
    return pattern;
}

static void add_pattern(Builder *builder, MatchPattern *pattern, MatchPattern *part)
{
    list_push(builder->arena, &pattern->parts, part);
    pattern->span = span_join(pattern->span, part->span);
    build_depth(builder, &pattern->depth, part->depth, pattern->span);
}

MatchPattern *build_pattern_name(Builder *builder, Ident name)
{
    MatchPattern *pattern = pattern_new(builder, AST_PATTERN_NAME, name.span);
    pattern->name = name;
    return pattern;
}

MatchPattern *build_pattern_anchor(Builder *builder, MatchPatternKind kind, Token token)
{
    return pattern_new(builder, kind, token.span);
}

/* A group of its own only where a quantifier or a neighbour could tear it apart. */
MatchPattern *build_pattern_group(Builder *builder, MatchPattern *pattern, Token left, Token right)
{
    Span span = span_join(left.span, right.span);
    if (pattern->has_quantifier || pattern->is_group)
        pattern = build_pattern_wrap(builder, AST_PATTERN_SEQUENCE, pattern, span);
    pattern->is_group = true;
    pattern->span = span;
    return pattern;
}

MatchPattern *build_pattern_wrap(Builder *builder, MatchPatternKind kind, MatchPattern *pattern, Span span)
{
    MatchPattern *outer = pattern_new(builder, kind, span);
    add_pattern(builder, outer, pattern);
    return outer;
}

MatchPattern *build_pattern_more(Builder *builder, MatchPatternKind kind, MatchPattern *left, MatchPattern *right)
{
    MatchPattern *pattern = left;
    if (left->kind != kind || left->is_group)
        pattern = build_pattern_wrap(builder, kind, left, left->span);
    add_pattern(builder, pattern, right);
    return pattern;
}

MatchPattern *build_pattern_times(MatchPattern *pattern, int32_t min, int32_t max, bool is_reluctant)
{
    pattern->min = min;
    pattern->max = max;
    pattern->has_quantifier = true;
    pattern->is_reluctant = is_reluctant;
    return pattern;
}
