/* unparse_type.c: types and time units back to text. */
#include "parser/unparse.h"

void unparse_qualifier(const IntervalQualifier *qualifier, Text *out)
{
    text_puts(out, unit_text(qualifier->from));
    if (qualifier->precision >= 0 && qualifier->to == UNIT_NONE && qualifier->fraction >= 0)
        text_printf(out, "(%d, %d)", qualifier->precision, qualifier->fraction);
    else if (qualifier->precision >= 0)
        text_printf(out, "(%d)", qualifier->precision);
    if (qualifier->to == UNIT_NONE)
        return;
    text_printf(out, " TO %s", unit_text(qualifier->to));
    if (qualifier->fraction >= 0)
        text_printf(out, "(%d)", qualifier->fraction);
}

static void put_fields(const TypeFieldList *fields, Text *out)
{
    for (int64_t i = 0; i < fields->count; i++) {
        const TypeField *field = &fields->items[i];
        text_puts(out, i ? ", " : "");
        unparse_ident(field->name, out);
        text_put(out, ' ');
        unparse_type(field->type, out);
        if (!field->comment.ptr)
            continue;
        text_put(out, ' ');
        text_put_sql_string(out, field->comment);
    }
}

static void put_type_body(const TypeNode *type, Text *out)
{
    switch (type->kind) {
    case TYPE_NODE_NAMED:
        unparse_name(type->name, out);
        return;
    case TYPE_NODE_INT:
        text_puts(out, "INTEGER");
        return;
    case TYPE_NODE_INTERVAL:
        text_puts(out, "INTERVAL ");
        unparse_qualifier(&type->interval, out);
        return;
    case TYPE_NODE_ARRAY:
    case TYPE_NODE_MULTISET:
    case TYPE_NODE_MAP:
        text_printf(out, "%s<", type_node_text(type->kind));
        if (type->key) {
            unparse_type(type->key, out);
            text_puts(out, ", ");
        }
        unparse_type(type->element, out);
        text_put(out, '>');
        return;
    case TYPE_NODE_ROW:
        text_puts(out, "ROW<");
        put_fields(&type->fields, out);
        text_put(out, '>');
        return;
    case TYPE_NODE_RAW:
        text_puts(out, "RAW(");
        text_put_sql_string(out, type->class_name);
        text_puts(out, ", ");
        text_put_sql_string(out, type->snapshot);
        text_put(out, ')');
        return;
    case TYPE_NODE_STRUCTURED:
        text_puts(out, "STRUCTURED<");
        text_put_sql_string(out, type->class_name);
        text_puts(out, type->fields.count ? ", " : "");
        put_fields(&type->fields, out);
        text_put(out, '>');
        return;
    case TYPE_NODE_TIMESTAMP_TZ:
        text_puts(out, "TIMESTAMP");
        if (type->precision >= 0)
            text_printf(out, "(%d)", type->precision);
        text_puts(out, " WITH TIME ZONE");
        return;
    default:
        text_puts(out, type_node_text(type->kind));
        if (type->precision >= 0 && type->scale >= 0)
            text_printf(out, "(%d, %d)", type->precision, type->scale);
        else if (type->precision >= 0)
            text_printf(out, "(%d)", type->precision);
    }
}

void unparse_type(const TypeNode *type, Text *out)
{
    put_type_body(type, out);
    if (type->nullability == AST_NOT_NULL)
        text_puts(out, " NOT NULL");
    else if (type->nullability == AST_NULL)
        text_puts(out, " NULL");
}
