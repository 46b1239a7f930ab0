/* type_print.c: types as SQL text, in the dialect's own spelling. */
#include "data/type.h"

typedef struct TypeStyle {
    bool with_time;  /* *ROWTIME* and *PROCTIME* */
    bool spells_out; /* VARCHAR(2147483647) for STRING, as SHOW CREATE TABLE does */
} TypeStyle;

static void print_type(const Type *type, TypeStyle style, Text *out);

static const char *const interval_names[] = {
    [INTERVAL_YEAR] = "YEAR", [INTERVAL_QUARTER] = "QUARTER", [INTERVAL_MONTH] = "MONTH", [INTERVAL_WEEK] = "WEEK",
    [INTERVAL_DAY] = "DAY", [INTERVAL_HOUR] = "HOUR", [INTERVAL_MINUTE] = "MINUTE", [INTERVAL_SECOND] = "SECOND",
};

/* The leading precision is always printed as 2, its default, for YEAR and DAY, and never for the others. */
static void print_interval(const Type *type, Text *out)
{
    text_printf(out, "INTERVAL %s", interval_names[type->unit_first]);
    if (type->unit_first == INTERVAL_YEAR || type->unit_first == INTERVAL_DAY)
        text_puts(out, "(2)");
    if (type->unit_last != type->unit_first)
        text_printf(out, " TO %s", interval_names[type->unit_last]);
    if (type->unit_last == INTERVAL_SECOND)
        text_printf(out, "(%d)", type->precision);
}

static void print_fields(const Type *type, TypeStyle style, Text *out)
{
    text_puts(out, "ROW<");
    for (int32_t i = 0; i < type->field_count; i++) {
        const Field *field = &type->fields[i];
        text_puts(out, i > 0 ? ", " : "");
        text_put_sql_name(out, field->name);
        text_put(out, ' ');
        print_type(field->type, style, out);
    }
    text_put(out, '>');
}

static void print_sized(const char *name, const char *name_of_max, int32_t length, Text *out)
{
    if (length == LENGTH_MAX && name_of_max)
        text_puts(out, name_of_max);
    else
        text_printf(out, "%s(%d)", name, length);
}

static void print_kind(const Type *type, TypeStyle style, Text *out)
{
    const char *name = type_kind_name(type->kind);
    switch (type->kind) {
    case TYPE_CHAR:
    case TYPE_BINARY:
        print_sized(name, NULL, type->length, out);
        break;
    case TYPE_VARCHAR:
        print_sized(name, style.spells_out ? NULL : "STRING", type->length, out);
        break;
    case TYPE_VARBINARY:
        print_sized(name, style.spells_out ? NULL : "BYTES", type->length, out);
        break;
    case TYPE_DECIMAL:
        text_printf(out, "DECIMAL(%d, %d)", type->precision, type->scale);
        break;
    case TYPE_TIME:
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ:
        text_printf(out, "%s(%d)", name, type->precision);
        break;
    case TYPE_INTERVAL_MONTH:
    case TYPE_INTERVAL_TIME:
        print_interval(type, out);
        break;
    case TYPE_ARRAY:
        text_puts(out, "ARRAY<");
        print_type(type->element, style, out);
        text_put(out, '>');
        break;
    case TYPE_MAP:
        text_puts(out, "MAP<");
        print_type(type->key, style, out);
        text_puts(out, ", ");
        print_type(type->element, style, out);
        text_put(out, '>');
        break;
    case TYPE_ROW:
        print_fields(type, style, out);
        break;
    default:
        text_puts(out, name);
    }
}

static void print_type(const Type *type, TypeStyle style, Text *out)
{
    print_kind(type, style, out);
    if (!type->nullable)
        text_puts(out, " NOT NULL");
    if (style.with_time && type->time != TIME_NONE)
        text_puts(out, type->time == TIME_ROWTIME ? " *ROWTIME*" : " *PROCTIME*");
}

void type_print(const Type *type, bool with_time, Text *out)
{
    print_type(type, (TypeStyle){ .with_time = with_time }, out);
}

void type_print_spelled_out(const Type *type, Text *out)
{
    print_type(type, (TypeStyle){ .spells_out = true }, out);
}

Str type_text(Arena *arena, const Type *type)
{
    Text text = TEXT_EMPTY;
    type_print(type, false, &text);
    Str copy = arena_str(arena, text_str(&text));
    text_free(&text);
    return copy;
}
