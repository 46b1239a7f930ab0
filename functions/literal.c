/* literal.c: values of literal arguments. Casts that the look-up has put around them are looked through. */
#include "functions/literal.h"

#include "functions/function.h"

static const Expr *below_casts(const Expr *expr)
{
    while (expr->kind == EXPR_CALL && expr->arg_count == 1 && str_is(function_name(expr->function), "cast"))
        expr = expr->args[0];
    return expr_is_literal(expr) && !expr_is_null_literal(expr) ? expr : NULL;
}

bool literal_i64(const Expr *expr, int64_t *out)
{
    expr = below_casts(expr);
    if (!expr || !type_is_integer(expr->type))
        return false;
    switch (type_layout(expr->type)) {
    case LAYOUT_I8:
        *out = *COLUMN_DATA(&expr->value, int8_t);
        return true;
    case LAYOUT_I16:
        *out = *COLUMN_DATA(&expr->value, int16_t);
        return true;
    case LAYOUT_I32:
        *out = *COLUMN_DATA(&expr->value, int32_t);
        return true;
    default:
        *out = *COLUMN_DATA(&expr->value, int64_t);
        return true;
    }
}

bool literal_str(const Expr *expr, Str *out)
{
    expr = below_casts(expr);
    if (!expr || type_layout(expr->type) != LAYOUT_VIEW)
        return false;
    *out = view_str(COLUMN_DATA(&expr->value, View));
    return true;
}

bool literal_is_zero(const Expr *expr)
{
    static const char zeros[16];
    expr = below_casts(expr);
    if (!expr || !type_is_numeric(expr->type))
        return false;
    Layout layout = type_layout(expr->type);
    if (layout == LAYOUT_F64)
        return *COLUMN_DATA(&expr->value, double) == 0;
    if (layout == LAYOUT_F32)
        return *COLUMN_DATA(&expr->value, float) == 0;
    return memcmp(expr->value.data, zeros, (size_t)layout_size(layout)) == 0;
}
