/* build_table.c: options, columns, watermarks, constraints: the inside of CREATE TABLE and ALTER TABLE. */
#include "parser/build.h"

#include "parser/grammar.h"

OptionNode build_option(const Token *key, Token value)
{
    OptionNode option = { .value = value.text, .value_span = value.span, .key_span = value.span };
    if (key) {
        option.key = key->text;
        option.key_span = key->span;
    }
    return option;
}

OptionNode build_key(Token key)
{
    return (OptionNode){ .key = key.text, .key_span = key.span };
}

static bool is_constant(const Node *node)
{
    if (node->kind == NODE_OPERATOR && node->operation.op == OPERATOR_NEGATE)
        node = node->operation.args.items[0];
    return node->kind == NODE_LITERAL;
}

OptionNode build_partition_value(Builder *builder, Ident key, Node *value)
{
    OptionNode option = { .key = key.text, .key_span = key.span };
    if (value) {
        if (!is_constant(value))
            build_error(builder, STATUS_SYNTAX, value->span, "the value of a partition is a literal");
        option.literal = value;
        option.value_span = value->span;
        if (value->kind == NODE_LITERAL)
            option.value = value->literal.text;
    }
    return option;
}

OptionList build_options(Builder *builder, OptionList list, OptionNode option)
{
    list_push(builder->arena, &list, option);
    return list;
}

/* ---- elements -------------------------------------------------------------------------------------------------- */

void build_check_types(Builder *builder, const ColumnNodeList *columns)
{
    for (int64_t i = 0; i < columns->count; i++) {
        const ColumnNode *column = &columns->items[i];
        if (column->kind == COLUMN_NODE_NAME)
            build_error(builder, STATUS_SYNTAX, column->span, "the type of column \"%.*s\" is missing",
                        STR_FMT(column->name.text));
    }
}

CreateTable *build_create_table(Builder *builder)
{
    CreateTable *table = arena_new(builder->arena, CreateTable, 1);
    table->distribution.buckets = -1;
    return table;
}

CreateTable *build_element(Builder *builder, CreateTable *table, TableElement element)
{
    if (element.column)
        list_push(builder->arena, &table->columns, *element.column);
    if (element.watermark)
        list_push(builder->arena, &table->watermarks, *element.watermark);
    if (element.constraint)
        list_push(builder->arena, &table->constraints, *element.constraint);
    return table;
}

static ColumnNode *column_new(Builder *builder, ColumnNodeKind kind, Name name, Span end)
{
    ColumnNode *column = arena_new(builder->arena, ColumnNode, 1);
    column->kind = kind;
    column->path = name;
    column->name = name.parts.items[name.parts.count - 1];
    column->span = span_join(name.span, end);
    return column;
}

TableElement build_name_column(Builder *builder, Name name)
{
    return (TableElement){ .column = column_new(builder, COLUMN_NODE_NAME, name, name.span) };
}

static bool has_interval(const TypeNode *type)
{
    if (!type)
        return false;
    bool found = type->kind == TYPE_NODE_INTERVAL || has_interval(type->element) || has_interval(type->key);
    for (int64_t i = 0; i < type->fields.count && !found; i++)
        found = has_interval(type->fields.items[i].type);
    return found;
}

static void check_type(Builder *builder, const TypeNode *type)
{
    if (has_interval(type))
        build_error(builder, STATUS_SYNTAX, type->span, "a column cannot hold an INTERVAL");
}

TableElement build_physical(Builder *builder, Name name, TypeNode *type, ConstraintNode key, Str comment)
{
    TableElement element = { .column = column_new(builder, COLUMN_NODE_PHYSICAL, name, type->span) };
    check_type(builder, type);
    element.column->type = type;
    element.column->comment = comment;
    if (key.span.line == 0)
        return element;
    element.constraint = arena_new(builder->arena, ConstraintNode, 1);
    *element.constraint = key;
    list_push(builder->arena, &element.constraint->columns, element.column->name);
    return element;
}

TableElement build_metadata(Builder *builder, Name name, TypeNode *type, Token word, Token key, Token is_virtual,
                            Str comment)
{
    Span end = span_join(span_join(word.span, key.span), is_virtual.span);
    ColumnNode *column = column_new(builder, COLUMN_NODE_METADATA, name, end);
    check_type(builder, type);
    column->type = type;
    column->metadata_key = key.text;
    column->is_virtual = is_virtual.kind != 0;
    column->comment = comment;
    return (TableElement){ .column = column };
}

TableElement build_computed(Builder *builder, Name name, Node *expr, Str comment)
{
    ColumnNode *column = column_new(builder, COLUMN_NODE_COMPUTED, name, expr->span);
    column->expr = expr;
    column->comment = comment;
    return (TableElement){ .column = column };
}

TableElement build_position_of(TableElement element, int32_t position, const Name *after)
{
    element.column->position = position;
    if (after)
        element.column->after = *after;
    return element;
}

TableElement build_watermark(Builder *builder, Token keyword, Name column, Node *expr)
{
    WatermarkNode *watermark = arena_new(builder->arena, WatermarkNode, 1);
    *watermark = (WatermarkNode){ column, expr, span_join(keyword.span, expr->span) };
    return (TableElement){ .watermark = watermark };
}

TableElement build_constraint(Builder *builder, int32_t kind, Ident name, Token keyword, IdentList columns, Token right,
                              Enforced enforced)
{
    ConstraintNode *constraint = arena_new(builder->arena, ConstraintNode, 1);
    *constraint = build_column_key(kind, name, keyword, right, enforced);
    constraint->columns = columns;
    return (TableElement){ .constraint = constraint };
}

ConstraintNode build_column_key(int32_t kind, Ident name, Token keyword, Token last, Enforced enforced)
{
    return (ConstraintNode){
        .kind = kind,
        .name = name,
        .enforced = enforced.said,
        .span = span_join(span_join(name.span, span_join(keyword.span, last.span)), enforced.span),
    };
}

/* ---- the clauses behind the elements --------------------------------------------------------------------------- */

Distribution build_distribution(Token keyword, Token algorithm, IdentList columns, int32_t buckets)
{
    return (Distribution){
        .is_given = true,
        .algorithm = algorithm.text,
        .columns = columns,
        .buckets = buckets,
        .span = keyword.span,
    };
}

CreateTable *build_table_body(CreateTable *table, Str comment, Distribution distribution, IdentList partitioned_by,
                              Options options)
{
    table->comment = comment;
    table->distribution = distribution;
    table->partitioned_by = partitioned_by;
    table->options = options.list;
    table->options_span = options.span;
    return table;
}

LikeOption build_like_option(Token merge, LikeOption feature)
{
    feature.merge = AST_OVERWRITING;
    if (merge.kind == TK_INCLUDING)
        feature.merge = AST_INCLUDING;
    else if (merge.kind == TK_EXCLUDING)
        feature.merge = AST_EXCLUDING;
    feature.span = span_join(merge.span, feature.span);
    return feature;
}
