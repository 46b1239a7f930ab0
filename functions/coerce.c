/* coerce.c: what types two values must have to be compared.
 *
 *   numbers            integers meet at the wider one; with FLOAT or DOUBLE at the first of these; DECIMAL with FLOAT
 *   at DOUBLE;
 *                      decimals stay as they are (the kernel knows scales)
 *   text and temporal  the text becomes a date, time or timestamp
 *   text and number    <, BETWEEN, IN: the text becomes the number; = refuses
 *   timestamps         at the finer precision; with a local zone when one has it
 *   nested             only = and IN, at the least restrictive type */
#include "functions/coerce.h"

typedef enum CoerceMode { COERCE_EQUALITY, COERCE_ORDERING, COERCE_MEMBERS } CoerceMode;

static const Type *numeric_meeting(Arena *arena, const Type *left, const Type *right, CoerceMode mode)
{
    if (left->kind == TYPE_DECIMAL && type_is_approximate(right))
        return &type_double;
    if (right->kind == TYPE_DECIMAL && type_is_approximate(left))
        return &type_double;
    if (type_is_approximate(left))
        return left;
    if (type_is_approximate(right))
        return right;
    if (type_is_integer(left) && type_is_integer(right))
        return left->kind >= right->kind ? left : right;
    if (mode == COERCE_MEMBERS)
        return type_common(arena, left, right);
    return left->kind == TYPE_DECIMAL ? left : right;
}

static const Type *timestamp_meeting(Arena *arena, const Type *left, const Type *right)
{
    bool    is_local  = left->kind == TYPE_TIMESTAMP_LTZ || right->kind == TYPE_TIMESTAMP_LTZ;
    int32_t precision = left->precision > right->precision ? left->precision : right->precision;
    return type_temporal(arena, is_local ? TYPE_TIMESTAMP_LTZ : TYPE_TIMESTAMP, precision, true);
}

static bool is_nested(const Type *type)
{
    return type->kind == TYPE_ARRAY || type->kind == TYPE_MAP || type->kind == TYPE_ROW;
}

/* The type at which the two are compared; NULL when they cannot be. */
static const Type *meeting(Arena *arena, const Type *left, const Type *right, CoerceMode mode)
{
    if (left->kind == TYPE_NULL)
        return right;
    if (right->kind == TYPE_NULL)
        return left;
    if (type_is_numeric(left) && type_is_numeric(right))
        return numeric_meeting(arena, left, right, mode);
    if ((type_is_string(left) && type_is_string(right)) || (type_is_bytes(left) && type_is_bytes(right)))
        return left;
    if (type_is_timestamp(left) && type_is_timestamp(right))
        return timestamp_meeting(arena, left, right);
    if (type_is_string(left) && (type_is_temporal(right) || (mode != COERCE_EQUALITY && type_is_numeric(right))))
        return right;
    if (type_is_string(right) && (type_is_temporal(left) || (mode != COERCE_EQUALITY && type_is_numeric(left))))
        return left;
    if (is_nested(left) || is_nested(right))
        return mode == COERCE_ORDERING || left->kind != right->kind ? NULL : type_common(arena, left, right);
    return left->kind == right->kind ? left : NULL;
}

/* Text of any length and decimals of any scale are compared as they are. */
static bool is_comparable_as_is(const Type *type, const Type *target, CoerceMode mode)
{
    if (type_is_string(type) && type_is_string(target))
        return true;
    if (type_is_bytes(type) && type_is_bytes(target))
        return true;
    if (type->kind == TYPE_DECIMAL && target->kind == TYPE_DECIMAL)
        return mode != COERCE_MEMBERS || type_equals(type, target, false);
    return type_equals(type, target, false) || (type->kind == TYPE_TIME && target->kind == TYPE_TIME);
}

static Expr *cast_for(Arena *arena, Expr *arg, const Type *target, CoerceMode mode)
{
    if (is_comparable_as_is(arg->type, target, mode))
        return arg;
    if (type_is_integer(arg->type) && target->kind == TYPE_DECIMAL && mode != COERCE_MEMBERS)
        target = type_as_decimal(arena, arg->type);
    return expr_cast(arena, arg, target, false, arg->span);
}

static Status refuse(const Type *left, const Type *right, Span span, Error *err)
{
    Text text = TEXT_EMPTY;
    type_print(left, false, &text);
    text_puts(&text, " with ");
    type_print(right, false, &text);
    error_set(err, STATUS_TYPE, span, "cannot compare %s", text_cstr(&text));
    error_hint(err, "CAST one of them to the type of the other");
    text_free(&text);
    return STATUS_TYPE;
}

static Status coerce(Arena *arena, Expr **args, int32_t arg_count, CoerceMode mode, Span span, Error *err)
{
    const Type *target = args[0]->type;
    for (int32_t i = 1; i < arg_count; i++) {
        const Type *next = meeting(arena, target, args[i]->type, mode);
        if (!next)
            return refuse(args[0]->type, args[i]->type, span, err);
        target = next;
    }
    if (mode == COERCE_ORDERING && is_nested(target))
        return refuse(args[0]->type, args[0]->type, span, err);
    for (int32_t i = 0; i < arg_count; i++)
        args[i] = cast_for(arena, args[i], target, mode);
    return STATUS_OK;
}

Status coerce_equality(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    return coerce(arena, args, arg_count, COERCE_EQUALITY, span, err);
}

Status coerce_ordering(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    return coerce(arena, args, arg_count, COERCE_ORDERING, span, err);
}

Status coerce_members(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    return coerce(arena, args, arg_count, COERCE_MEMBERS, span, err);
}
