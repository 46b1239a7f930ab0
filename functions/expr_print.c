/* expr_print.c: expressions as SQL-like text, for EXPLAIN: (a + 1), CAST(b AS STRING), a IS NULL, UPPER(c). */
#include "functions/function.h"

#include "data/cast.h"

#include <ctype.h>

static void print(const Expr *expr, const Str *names, Text *out)
{
    expr_print(expr, names, out);
}

static void print_args(const Expr *expr, int32_t from, const Str *names, const char *separator, Text *out)
{
    for (int32_t i = from; i < expr->arg_count; i++) {
        text_puts(out, i > from ? separator : "");
        print(expr->args[i], names, out);
    }
}

static void print_upper(Str name, Text *out)
{
    for (int64_t i = 0; i < name.len; i++)
        text_put(out, (char)toupper((unsigned char)name.ptr[i]));
}

/* ---- literals -------------------------------------------------------------------------------------------------- */

static const char *literal_prefix(const Type *type)
{
    switch (type->kind) {
    case TYPE_DATE:
        return "DATE ";
    case TYPE_TIME:
        return "TIME ";
    case TYPE_TIMESTAMP:
        return "TIMESTAMP ";
    case TYPE_TIMESTAMP_LTZ:
        return "TIMESTAMP_LTZ ";
    case TYPE_INTERVAL_MONTH:
    case TYPE_INTERVAL_TIME:
        return "INTERVAL ";
    default:
        return "";
    }
}

static void print_literal(const Expr *expr, Text *out)
{
    const Type *type = expr->type;
    if (column_is_null(&expr->value, 0)) {
        text_puts(out, "NULL");
        return;
    }
    bool is_quoted = type_is_string(type) || type_is_temporal(type) || type_is_interval(type);
    Text text      = TEXT_EMPTY;
    value_print(&expr->value, 0, type_is_bytes(type) ? STYLE_CELL : STYLE_CAST, zone_utc, &text);
    text_puts(out, literal_prefix(type));
    if (is_quoted)
        text_put_sql_string(out, text_str(&text));
    else
        text_append(out, text_str(&text));
    text_free(&text);
}

/* ---- forms ----------------------------------------------------------------------------------------------------- */

/* (a + b), (a AND b AND c), (a LIKE b) */
static void print_infix(const Expr *expr, const Str *names, Text *out)
{
    Str name = function_name(expr->function);
    text_put(out, '(');
    print(expr->args[0], names, out);
    for (int32_t i = 1; i < expr->arg_count; i++) {
        text_put(out, ' ');
        print_upper(name, out);
        text_put(out, ' ');
        print(expr->args[i], names, out);
    }
    text_put(out, ')');
}

static void print_case(const Expr *expr, const Str *names, Text *out)
{
    text_puts(out, "CASE");
    for (int32_t i = 0; i + 1 < expr->arg_count; i += 2) {
        text_puts(out, " WHEN ");
        print(expr->args[i], names, out);
        text_puts(out, " THEN ");
        print(expr->args[i + 1], names, out);
    }
    text_puts(out, " ELSE ");
    print(expr->args[expr->arg_count - 1], names, out);
    text_puts(out, " END");
}

static void print_cast(const Expr *expr, const Str *names, Text *out)
{
    print_upper(function_name(expr->function), out);
    text_put(out, '(');
    print(expr->args[0], names, out);
    text_puts(out, " AS ");
    Text type = TEXT_EMPTY;
    type_print(expr->type, false, &type);
    Str text = text_str(&type);
    if (str_ends_with(text, STR(" NOT NULL")))
        text.len -= 9;
    text_append(out, text);
    text_free(&type);
    text_put(out, ')');
}

static void print_between(const Expr *expr, const Str *names, Text *out)
{
    text_put(out, '(');
    print(expr->args[0], names, out);
    text_put(out, ' ');
    print_upper(function_name(expr->function), out);
    text_put(out, ' ');
    print(expr->args[1], names, out);
    text_puts(out, " AND ");
    print(expr->args[2], names, out);
    text_put(out, ')');
}

static void print_in(const Expr *expr, const Str *names, Text *out)
{
    text_put(out, '(');
    print(expr->args[0], names, out);
    text_puts(out, " IN (");
    print_args(expr, 1, names, ", ", out);
    text_puts(out, "))");
}

static void print_call(const Expr *expr, const Str *names, Text *out)
{
    print_upper(function_name(expr->function), out);
    text_put(out, '(');
    print_args(expr, 0, names, ", ", out);
    text_put(out, ')');
}

static void print_brackets(const Expr *expr, const char *word, const Str *names, Text *out)
{
    text_puts(out, word);
    text_put(out, '[');
    print_args(expr, 0, names, ", ", out);
    text_put(out, ']');
}

static bool is_infix(Str name, int32_t arg_count)
{
    bool is_symbol = !isalpha((unsigned char)name.ptr[0]) && !str_is(name, "[]");
    return arg_count >= 2 && (is_symbol || str_is(name, "and") || str_is(name, "or") || str_is(name, "like") ||
                              str_is(name, "similar to") || str_ends_with(name, STR("distinct from")));
}

static void print_function(const Expr *expr, const Str *names, Text *out)
{
    Str name = function_name(expr->function);
    if (is_infix(name, expr->arg_count)) {
        print_infix(expr, names, out);
    } else if (str_is(name, "cast") || str_is(name, "try_cast")) {
        print_cast(expr, names, out);
    } else if (str_is(name, "case")) {
        print_case(expr, names, out);
    } else if (str_is(name, "in")) {
        print_in(expr, names, out);
    } else if (str_starts_with(name, STR("between"))) {
        print_between(expr, names, out);
    } else if (str_starts_with(name, STR("is ")) && expr->arg_count == 1) {
        print(expr->args[0], names, out);
        text_put(out, ' ');
        print_upper(name, out);
    } else if (str_is(name, "not") || str_is(name, "-") || str_is(name, "+")) {
        print_upper(name, out);
        text_puts(out, str_is(name, "not") ? " " : "");
        print(expr->args[0], names, out);
    } else if (str_is(name, "[]")) {
        print(expr->args[0], names, out);
        text_put(out, '[');
        print(expr->args[1], names, out);
        text_put(out, ']');
    } else if (str_is(name, "field")) {
        print(expr->args[0], names, out);
        text_put(out, '.');
        text_append(out, expr->args[0]->type->fields[expr->option].name);
    } else if (str_is(name, "array") || str_is(name, "map")) {
        print_brackets(expr, str_is(name, "array") ? "ARRAY" : "MAP", names, out);
    } else {
        print_call(expr, names, out);
    }
}

void expr_print(const Expr *expr, const Str *names, Text *out)
{
    switch (expr->kind) {
    case EXPR_COLUMN:
        text_append(out, names[expr->column]);
        break;
    case EXPR_LITERAL:
        print_literal(expr, out);
        break;
    default:
        print_function(expr, names, out);
        break;
    }
}
