/* build_type.c: types as written; defaults and ranges are the planner's business. */
#include "parser/build.h"

static TypeNode *type_new(Builder *builder, TypeNodeKind kind, Span span)
{
    TypeNode *type = arena_new(builder->arena, TypeNode, 1);
    type->kind = kind;
    type->span = span;
    type->precision = -1;
    type->scale = -1;
    return type;
}

/* Spellings that are not the canonical one. */
typedef struct TypeAlias {
    const char  *word;
    TypeNodeKind kind;
} TypeAlias;

static const TypeAlias aliases[] = {
    { "CHARACTER", TYPE_NODE_CHAR },
    { "DEC", TYPE_NODE_DECIMAL },
    { "INTEGER", TYPE_NODE_INT },
    { "NUMERIC", TYPE_NODE_DECIMAL },
};

static TypeNodeKind kind_of(Str word)
{
    for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
        if (str_is_nocase(word, aliases[i].word))
            return aliases[i].kind;
    for (int32_t kind = 0; kind < TYPE_NODE_NAMED; kind++)
        if (str_is_nocase(word, type_node_text(kind)))
            return kind;
    return TYPE_NODE_NAMED;
}

TypeNode *build_type(Builder *builder, Token word, int32_t precision, int32_t scale)
{
    TypeNode *type = type_new(builder, kind_of(word.text), word.span);
    type->precision = precision;
    type->scale = scale;
    return type;
}

TypeNode *build_type_to(TypeNode *type, Token last)
{
    type->span = span_join(type->span, last.span);
    return type;
}

TypeNode *build_nullability(TypeNode *type, AstNullability nullability, Token last)
{
    type->nullability = nullability;
    return build_type_to(type, last);
}

/* CHAR VARYING, BINARY VARYING */
TypeNode *build_varying(Builder *builder, Token word, int32_t precision)
{
    TypeNode *type = build_type(builder, word, precision, -1);
    type->kind = type->kind == TYPE_NODE_BINARY ? TYPE_NODE_VARBINARY : TYPE_NODE_VARCHAR;
    return type;
}

TypeNode *build_timestamp(Builder *builder, Token word, int32_t precision, TypeNodeKind kind, Token last)
{
    TypeNode *type = type_new(builder, kind, span_join(word.span, last.span));
    type->precision = precision;
    return type;
}

TypeNode *build_interval_type(Builder *builder, Token word, IntervalQualifier qualifier)
{
    TypeNode *type = type_new(builder, TYPE_NODE_INTERVAL, span_join(word.span, qualifier.span));
    type->interval = qualifier;
    return type;
}

static void add_part(Builder *builder, TypeNode *type, const TypeNode *part)
{
    if (part)
        build_depth(builder, &type->depth, part->depth, type->span);
}

TypeNode *build_nested_type(Builder *builder, TypeNodeKind kind, Token word, TypeNode *key, TypeNode *element,
                            Token right)
{
    TypeNode *type = type_new(builder, kind, span_join(word.span, right.span));
    type->key = key;
    type->element = element;
    add_part(builder, type, key);
    add_part(builder, type, element);
    return type;
}

TypeNode *build_postfix_type(Builder *builder, TypeNodeKind kind, TypeNode *element, Token word)
{
    TypeNode *type = type_new(builder, kind, span_join(element->span, word.span));
    type->element = element;
    add_part(builder, type, element);
    return type;
}

static void set_fields(Builder *builder, TypeNode *type, TypeFieldList fields)
{
    type->fields = fields;
    for (int64_t i = 0; i < fields.count; i++)
        add_part(builder, type, fields.items[i].type);
}

TypeNode *build_row_type(Builder *builder, Token word, TypeFieldList fields, Token right)
{
    TypeNode *type = type_new(builder, TYPE_NODE_ROW, span_join(word.span, right.span));
    set_fields(builder, type, fields);
    return type;
}

TypeNode *build_raw_type(Builder *builder, Token word, Token class_name, Token snapshot, Token right)
{
    TypeNode *type = type_new(builder, TYPE_NODE_RAW, span_join(word.span, right.span));
    type->class_name = class_name.text;
    type->snapshot = snapshot.text;
    return type;
}

TypeNode *build_structured_type(Builder *builder, Token word, Token class_name, TypeFieldList fields, Token right)
{
    TypeNode *type = type_new(builder, TYPE_NODE_STRUCTURED, span_join(word.span, right.span));
    type->class_name = class_name.text;
    set_fields(builder, type, fields);
    return type;
}

TypeNode *build_named_type(Builder *builder, Name name)
{
    TypeNode *type = type_new(builder, TYPE_NODE_NAMED, name.span);
    type->name = name;
    return type;
}
