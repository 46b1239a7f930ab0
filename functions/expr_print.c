/* expr_print.c: expressions as SQL-like text, for EXPLAIN and messages. Operators are written between their operands, in parentheses when
 * they stand inside another. */
#include "data/cast.h"
#include "functions/function.h"

typedef struct Printer {
    const Str *names; /* of the input columns */
    Text      *out;
} Printer;

static void print_inner(const Printer *printer, const Expr *expr, bool is_nested);

/* ---- literals ---------------------------------------------------------------------------------------------------- */

/* In the largest unit that holds it whole: INTERVAL '5' SECOND. */
static void print_interval(int64_t ms, Text *out)
{
    static const struct {
        const char *unit;
        int64_t     ms;
    } units[] = { { "DAY", DAY_MS }, { "HOUR", 3600000 }, { "MINUTE", 60000 }, { "SECOND", 1000 } };
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        if (ms % units[i].ms == 0) {
            text_printf(out, "INTERVAL '%lld' %s", (long long)(ms / units[i].ms), units[i].unit);
            return;
        }
    }
    text_printf(out, "INTERVAL '%s%lld.%03lld' SECOND", ms < 0 ? "-" : "", (long long)(ms < 0 ? -ms : ms) / 1000,
                (long long)(ms < 0 ? -ms : ms) % 1000);
}

static void print_value(const Column *value, Text *out)
{
    Text text = TEXT_EMPTY;
    value_print(value, 0, STYLE_CAST, zone_utc, &text);
    text_append(out, text_str(&text));
    text_free(&text);
}

static void print_literal(const Expr *expr, Text *out)
{
    const Type *type = expr->type;
    if (column_is_null(&expr->value, 0)) {
        text_puts(out, "NULL");
    } else if (type_is_string(type)) {
        text_put_sql_string(out, view_str(COLUMN_DATA(&expr->value, View)));
    } else if (type->kind == TYPE_INTERVAL_TIME) {
        print_interval(*COLUMN_DATA(&expr->value, int64_t), out);
    } else if (type->kind == TYPE_INTERVAL_MONTH) {
        text_printf(out, "INTERVAL '%d' MONTH", *COLUMN_DATA(&expr->value, int32_t));
    } else if (type_is_temporal(type)) {
        text_printf(out, "%s '", type_kind_name(type->kind));
        print_value(&expr->value, out);
        text_put(out, '\'');
    } else {
        print_value(&expr->value, out);
    }
}

/* ---- calls --------------------------------------------------------------------------------------------------------- */

static void print_list(const Printer *printer, const Expr *expr, int32_t first, const char *separator, bool is_nested)
{
    for (int32_t i = first; i < expr->arg_count; i++) {
        text_puts(printer->out, i > first ? separator : "");
        print_inner(printer, expr->args[i], is_nested);
    }
}

static void print_upper(Str name, Text *out)
{
    for (int64_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        text_put(out, c >= 'a' && c <= 'z' ? (char)(c - 32) : c);
    }
}

static void print_case(const Printer *printer, const Expr *expr)
{
    text_puts(printer->out, "CASE");
    for (int32_t i = 0; i + 1 < expr->arg_count; i += 2) {
        text_puts(printer->out, " WHEN ");
        print_inner(printer, expr->args[i], false);
        text_puts(printer->out, " THEN ");
        print_inner(printer, expr->args[i + 1], false);
    }
    text_puts(printer->out, " ELSE ");
    print_inner(printer, expr->args[expr->arg_count - 1], false);
    text_puts(printer->out, " END");
}

static bool is_symbol(Str name)
{
    char c = name.len > 0 ? name.ptr[0] : 'a';
    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '[');
}

/* Words that stand between their operands. */
static bool is_infix_word(Str name)
{
    static const char *const words[] = { "and", "or", "like", "not like", "similar to", "not similar to", "is distinct from",
                                         "is not distinct from" };
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (str_is(name, words[i]))
            return true;
    return false;
}

static void print_infix(const Printer *printer, const Expr *expr, Str name, bool is_nested)
{
    Text separator = TEXT_EMPTY;
    text_put(&separator, ' ');
    print_upper(name, &separator);
    text_put(&separator, ' ');
    text_puts(printer->out, is_nested ? "(" : "");
    print_list(printer, expr, 0, text_cstr(&separator), true);
    text_puts(printer->out, is_nested ? ")" : "");
    text_free(&separator);
}

static void print_cast(const Printer *printer, const Expr *expr, Str name)
{
    print_upper(name, printer->out);
    text_put(printer->out, '(');
    print_inner(printer, expr->args[0], false);
    text_puts(printer->out, " AS ");
    Type nullable = *expr->type;
    nullable.nullable = true;
    type_print(&nullable, false, printer->out);
    text_put(printer->out, ')');
}

static void print_call(const Printer *printer, const Expr *expr, bool is_nested)
{
    Str name = function_name(expr->function);
    Text *out = printer->out;
    if (str_is(name, "cast") || str_is(name, "try_cast")) {
        print_cast(printer, expr, name);
    } else if (str_is(name, "case")) {
        print_case(printer, expr);
    } else if (str_is(name, "[]")) {
        print_inner(printer, expr->args[0], true);
        text_put(out, '[');
        print_inner(printer, expr->args[1], false);
        text_put(out, ']');
    } else if (expr->arg_count > 1 && (is_symbol(name) || is_infix_word(name))) {
        print_infix(printer, expr, name, is_nested);
    } else if (expr->arg_count == 1 && (is_symbol(name) || str_is(name, "not"))) {
        print_upper(name, out);
        text_puts(out, str_is(name, "not") ? " " : "");
        print_inner(printer, expr->args[0], true);
    } else if (expr->arg_count == 1 && str_starts_with(name, STR("is "))) {
        print_inner(printer, expr->args[0], true);
        text_put(out, ' ');
        print_upper(name, out);
    } else if (expr->arg_count > 1 && (str_is(name, "in") || str_is(name, "not in"))) {
        print_inner(printer, expr->args[0], true);
        text_put(out, ' ');
        print_upper(name, out);
        text_puts(out, " (");
        print_list(printer, expr, 1, ", ", false);
        text_put(out, ')');
    } else {
        print_upper(name, out);
        text_put(out, '(');
        print_list(printer, expr, 0, ", ", false);
        text_put(out, ')');
    }
}

static void print_inner(const Printer *printer, const Expr *expr, bool is_nested)
{
    switch (expr->kind) {
    case EXPR_COLUMN:
        text_append(printer->out, printer->names[expr->column]);
        return;
    case EXPR_LITERAL:
        print_literal(expr, printer->out);
        return;
    case EXPR_CALL:
        print_call(printer, expr, is_nested);
        return;
    }
}

void expr_print(const Expr *expr, const Str *names, Text *out)
{
    Printer printer = { .names = names, .out = out };
    print_inner(&printer, expr, false);
}
