/* expr.c: building, comparing and rewriting expression trees.
 *
 * Trees are immutable: a rewrite gives a new tree and shares what has not changed. The depth is that of the syntax tree
 * (parser limit 1,000), so recursion is safe. */
#include "functions/expr.h"

#include "functions/call.h"
#include "functions/function.h"

#include <assert.h>

static Expr *expr_new(Arena *arena, ExprKind kind, const Type *type, Span span)
{
    Expr *expr = arena_new(arena, Expr, 1);
    expr->kind = kind;
    expr->type = type;
    expr->span = span;
    return expr;
}

Expr *expr_column(Arena *arena, int32_t column, const Type *type, Span span)
{
    Expr *expr   = expr_new(arena, EXPR_COLUMN, type, span);
    expr->column = column;
    return expr;
}

/* ---- literals -------------------------------------------------------------------------------------------------- */

Expr *expr_literal(Arena *arena, Column value, Span span)
{
    assert(value.constant);
    Expr *expr  = expr_new(arena, EXPR_LITERAL, value.type, span);
    expr->value = value;
    return expr;
}

static Expr *literal_of_bytes(Arena *arena, const Type *type, const void *bytes, int64_t size, Span span)
{
    Column value = { .type = type, .data = arena_alloc(arena, size), .constant = true };
    memcpy(value.data, bytes, (size_t)size);
    return expr_literal(arena, value, span);
}

Expr *expr_literal_i64(Arena *arena, int64_t value, const Type *type, Span span)
{
    switch (type_layout(type)) {
    case LAYOUT_I8:
        return literal_of_bytes(arena, type, &(int8_t){ (int8_t)value }, 1, span);
    case LAYOUT_I16:
        return literal_of_bytes(arena, type, &(int16_t){ (int16_t)value }, 2, span);
    case LAYOUT_I32:
        return literal_of_bytes(arena, type, &(int32_t){ (int32_t)value }, 4, span);
    case LAYOUT_TIMESTAMP:
        return literal_of_bytes(arena, type, &(Timestamp){ .ms = value }, sizeof(Timestamp), span);
    case LAYOUT_I128:
        return literal_of_bytes(arena, type, &(int128_t){ value }, sizeof(int128_t), span);
    default:
        assert(type_layout(type) == LAYOUT_I64);
        return literal_of_bytes(arena, type, &value, sizeof(value), span);
    }
}

Expr *expr_literal_str(Arena *arena, Str text, const Type *type, Span span)
{
    View view = view_of(arena_str(arena, text));
    return literal_of_bytes(arena, type, &view, sizeof(view), span);
}

Expr *expr_literal_bool(Arena *arena, bool value, Span span)
{
    return literal_of_bytes(arena, &type_boolean_not_null, &(uint8_t){ value }, 1, span);
}

static void null_init(Arena *arena, const Type *type, Column *out)
{
    *out       = (Column){ .type = type, .constant = true, .valid = arena_new(arena, uint8_t, 1) };
    out->data  = arena_alloc(arena, 16);
    int64_t children = type->kind == TYPE_ROW ? type->field_count : type->kind == TYPE_MAP
        ? 2 : type->kind == TYPE_ARRAY;
    if (children == 0)
        return;
    out->children = arena_new(arena, Column, children);
    for (int64_t i = 0; i < children; i++) {
        const Type *child = type->kind == TYPE_ROW ? type->fields[i].type
                            : type->kind == TYPE_MAP && i == 0 ? type->key : type->element;
        null_init(arena, child, &out->children[i]);
        out->children[i].constant = type->kind == TYPE_ROW;
    }
}

Expr *expr_null(Arena *arena, const Type *type, Span span)
{
    Column value;
    null_init(arena, type_with_null(arena, type, true), &value);
    return expr_literal(arena, value, span);
}

/* ---- calls ----------------------------------------------------------------------------------------------------- */

Expr *expr_call(Arena *arena, const Function *function, const Type *type, Expr **args, int32_t arg_count, Span span)
{
    Expr *expr      = expr_new(arena, EXPR_CALL, type, span);
    expr->function  = function;
    expr->args      = arena_new(arena, Expr *, arg_count > 0 ? arg_count : 1);
    expr->arg_count = arg_count;
    for (int32_t i = 0; i < arg_count; i++)
        expr->args[i] = args[i];
    return expr;
}

Expr *expr_cast(Arena *arena, Expr *arg, const Type *to, bool is_try, Span span)
{
    const Type *type = type_with_null(arena, to, is_try || arg->type->nullable || to->nullable);
    if (arg->type->kind == TYPE_NULL)
        return expr_null(arena, to, span);
    if (!is_try && type_equals(arg->type, to, false))
        return arg;
    const Function *function = cast_function(arg->type, to, is_try);
    if (!is_try)
        type = type_with_null(arena, to, arg->type->nullable);
    return expr_call(arena, function, type, &arg, 1, span);
}

Expr *expr_field(Arena *arena, Expr *row, int32_t index, Span span)
{
    assert(row->type->kind == TYPE_ROW && index >= 0 && index < row->type->field_count);
    const Type *field = row->type->fields[index].type;
    const Type *type  = type_with_null(arena, field, field->nullable || row->type->nullable);
    Expr       *expr  = expr_call(arena, field_function(), type, &row, 1, span);
    expr->option      = index;
    return expr;
}

/* ---- questions ------------------------------------------------------------------------------------------------- */

bool expr_is_literal(const Expr *expr)
{
    return expr->kind == EXPR_LITERAL;
}

bool expr_is_null_literal(const Expr *expr)
{
    return expr->kind == EXPR_LITERAL && column_is_null(&expr->value, 0);
}

bool expr_equals(const Expr *left, const Expr *right)
{
    if (left == right)
        return true;
    if (left->kind != right->kind || !type_equals(left->type, right->type, true))
        return false;
    if (left->kind == EXPR_COLUMN)
        return left->column == right->column;
    if (left->kind == EXPR_LITERAL)
        return column_value_equals(&left->value, 0, &right->value, 0);
    if (left->function != right->function || left->option != right->option || left->arg_count != right->arg_count)
        return false;
    for (int32_t i = 0; i < left->arg_count; i++)
        if (!expr_equals(left->args[i], right->args[i]))
            return false;
    return true;
}

bool expr_is_constant(const Expr *expr)
{
    if (expr->kind != EXPR_CALL)
        return expr->kind == EXPR_LITERAL;
    if (expr->function->flags & FN_NOT_DETERMINISTIC)
        return false;
    for (int32_t i = 0; i < expr->arg_count; i++)
        if (!expr_is_constant(expr->args[i]))
            return false;
    return true;
}

bool expr_is_deterministic(const Expr *expr)
{
    if (expr->kind == EXPR_CALL && expr->function->flags & FN_NOT_DETERMINISTIC)
        return false;
    for (int32_t i = 0; i < expr->arg_count; i++)
        if (!expr_is_deterministic(expr->args[i]))
            return false;
    return true;
}

bool function_can_fail(const Expr *expr)
{
    int32_t flags = expr->function->flags;
    if (!(flags & FN_SAFE_LITERALS))
        return flags & FN_CAN_FAIL;
    for (int32_t i = 1; i < expr->arg_count; i++)
        if (!expr_is_constant(expr->args[i]))
            return true;
    return false;
}

bool expr_can_fail(const Expr *expr)
{
    if (expr->kind == EXPR_CALL && function_can_fail(expr))
        return true;
    for (int32_t i = 0; i < expr->arg_count; i++)
        if (expr_can_fail(expr->args[i]))
            return true;
    return false;
}

bool expr_is_field(const Expr *expr)
{
    return expr->kind == EXPR_CALL && expr->function == field_function();
}

void expr_mark_columns(const Expr *expr, bool *used)
{
    if (expr->kind == EXPR_COLUMN)
        used[expr->column] = true;
    for (int32_t i = 0; i < expr->arg_count; i++)
        expr_mark_columns(expr->args[i], used);
}

static bool is_field_of_column(const Expr *expr)
{
    return expr_is_field(expr) && expr->args[0]->kind == EXPR_COLUMN;
}

void expr_mark_fields(const Expr *expr, FieldSet *used)
{
    if (expr->kind == EXPR_COLUMN)
        used[expr->column] = FIELDS_ALL;
    if (is_field_of_column(expr)) {
        used[expr->args[0]->column] |= expr->option < 64 ? (FieldSet)1 << expr->option : FIELDS_ALL;
        return;
    }
    for (int32_t i = 0; i < expr->arg_count; i++)
        expr_mark_fields(expr->args[i], used);
}

/* ---- rewriting ------------------------------------------------------------------------------------------------- */

/* One of the two says what a COLUMN becomes. */
typedef struct Replacement {
    Expr *const   *trees;
    const int32_t *columns;
} Replacement;

static Expr *replace(Arena *arena, const Expr *expr, const Replacement *by)
{
    if (expr->kind == EXPR_COLUMN)
        return by->trees ? by->trees[expr->column]
                         : expr_column(arena, by->columns[expr->column], expr->type, expr->span);
    Expr *copy = arena_new(arena, Expr, 1);
    *copy      = *expr;
    if (expr->kind == EXPR_CALL) {
        copy->args = arena_new(arena, Expr *, expr->arg_count > 0 ? expr->arg_count : 1);
        for (int32_t i = 0; i < expr->arg_count; i++)
            copy->args[i] = replace(arena, expr->args[i], by);
    }
    return copy;
}

Expr *expr_replace_columns(Arena *arena, const Expr *expr, Expr *const *replacement)
{
    return replace(arena, expr, &(Replacement){ .trees = replacement });
}

Expr *expr_renumber_columns(Arena *arena, const Expr *expr, const int32_t *columns)
{
    return replace(arena, expr, &(Replacement){ .columns = columns });
}
