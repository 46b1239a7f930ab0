/* arithmetic.c: + - * / % MOD on numbers, unary minus and plus.
 *
 * Integers meet at the wider type and wrap; FLOAT and DOUBLE follow IEEE; decimals are exact at the scale of the
 * result type, and one too large for it is NULL. An integer or decimal zero divisor fails, a literal one already when
 * planned. */
#include "functions/function.h"
#include "functions/literal.h"

#include "data/decimal.h"

#include <math.h>

typedef enum ArithmeticOp { OP_ADD, OP_SUBTRACT, OP_MULTIPLY, OP_DIVIDE, OP_MODULO } ArithmeticOp;

/* ---- types ----------------------------------------------------------------------------------------------------- */

/* FLOAT or DOUBLE, the first of the two; DOUBLE when the other is a DECIMAL. */
static const Type *approximate_meeting(const Type *left, const Type *right)
{
    if (left->kind == TYPE_DECIMAL || right->kind == TYPE_DECIMAL)
        return &type_double;
    return type_is_approximate(left) ? left : right;
}

static Status meet(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    (void)arg_count;
    (void)span;
    (void)err;
    const Type *left = args[0]->type, *right = args[1]->type;
    for (int32_t i = 0; i < 2; i++) {
        const Type *arg = args[i]->type, *other = args[1 - i]->type;
        const Type *to = arg;
        if (arg->kind == TYPE_NULL)
            to = other;
        else if (type_is_approximate(left) || type_is_approximate(right))
            to = approximate_meeting(left, right);
        else if (other->kind == TYPE_DECIMAL)
            to = type_as_decimal(arena, arg);
        else if (other->kind > arg->kind)
            to = other;
        args[i] = expr_cast(arena, args[i], to, false, args[i]->span);
    }
    return STATUS_OK;
}

/* Modulo takes the type of the divisor, so its integers stay as they are. */
static Status meet_modulo(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    if (type_is_approximate(args[0]->type) || type_is_approximate(args[1]->type))
        return error_set(err, STATUS_TYPE, span, "%% takes exact numbers, not FLOAT or DOUBLE");
    if (type_is_integer(args[0]->type) && type_is_integer(args[1]->type))
        return STATUS_OK;
    return meet(arena, args, arg_count, span, err);
}

static const Type *arithmetic_type(Arena *arena, const Type *left, const Type *right, DecimalOp op)
{
    return left->kind == TYPE_DECIMAL ? type_decimal_result(arena, op, left, right) : right;
}

static Status typed(Arena *arena, Expr *const *args, DecimalOp op, const Type **out)
{
    bool nullable = args[0]->type->nullable || args[1]->type->nullable;
    *out = type_with_null(arena, arithmetic_type(arena, args[0]->type, args[1]->type, op), nullable);
    return STATUS_OK;
}

static Status infer_add(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out, Error *err)
{
    (void)arg_count;
    (void)span;
    (void)err;
    return typed(arena, args, DECIMAL_ADD, out);
}

static Status infer_multiply(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out,
                             Error *err)
{
    (void)arg_count;
    (void)span;
    (void)err;
    return typed(arena, args, DECIMAL_MULTIPLY, out);
}

/* A constant divided by the constant zero is an error of the statement, for floating point, too; a column over zero is
 * the job's affair. */
static Status refuse_zero(Expr *const *args, Span span, Error *err)
{
    if (args[0]->kind == EXPR_LITERAL && literal_is_zero(args[1]))
        return error_set(err, STATUS_INVALID, span, "Division by zero");
    return STATUS_OK;
}

static Status infer_divide(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out, Error *err)
{
    (void)arg_count;
    TRY(refuse_zero(args, span, err));
    return typed(arena, args, DECIMAL_DIVIDE, out);
}

static Status infer_modulo(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out, Error *err)
{
    (void)arg_count;
    TRY(refuse_zero(args, span, err));
    return typed(arena, args, DECIMAL_MOD, out);
}

/* ---- + - * on integers and floating point ---------------------------------------------------------------------- */

/* Integers are computed unsigned: wrapping is then no overflow in C's sense. */
#define ARITHMETIC_LOOP(CType, Wide, op)                                     \
    if (args[0].constant)                                                    \
        for (int64_t i = 0; i < rows; i++)                                   \
            to[i] = (CType)((Wide)left[0] op (Wide)right[i]);                \
    else if (args[1].constant)                                               \
        for (int64_t i = 0; i < rows; i++)                                   \
            to[i] = (CType)((Wide)left[i] op (Wide)right[0]);                \
    else                                                                     \
        for (int64_t i = 0; i < rows; i++)                                   \
            to[i] = (CType)((Wide)left[i] op (Wide)right[i])

#define ARITHMETIC_TYPE(name, CType, Wide)                                                          \
    static void arithmetic_##name(ArithmeticOp op, const Column *args, int64_t rows, Column *out)   \
    {                                                                                               \
        const CType *left = COLUMN_DATA(&args[0], CType), *right = COLUMN_DATA(&args[1], CType);    \
        CType       *to   = COLUMN_DATA(out, CType);                                                \
        if (op == OP_ADD) {                                                                         \
            ARITHMETIC_LOOP(CType, Wide, +);                                                        \
        } else if (op == OP_SUBTRACT) {                                                             \
            ARITHMETIC_LOOP(CType, Wide, -);                                                        \
        } else {                                                                                    \
            ARITHMETIC_LOOP(CType, Wide, *);                                                        \
        }                                                                                           \
    }

ARITHMETIC_TYPE(i8, int8_t, uint32_t)
ARITHMETIC_TYPE(i16, int16_t, uint32_t)
ARITHMETIC_TYPE(i32, int32_t, uint32_t)
ARITHMETIC_TYPE(i64, int64_t, uint64_t)
ARITHMETIC_TYPE(f32, float, float)
ARITHMETIC_TYPE(f64, double, double)

/* ---- / and % on integers --------------------------------------------------------------------------------------- */

static inline int64_t integer_at(const Column *column, int64_t row)
{
    int64_t index = column_index(column, row);
    switch (type_layout(column->type)) {
    case LAYOUT_I8:
        return COLUMN_DATA(column, int8_t)[index];
    case LAYOUT_I16:
        return COLUMN_DATA(column, int16_t)[index];
    case LAYOUT_I32:
        return COLUMN_DATA(column, int32_t)[index];
    default:
        return COLUMN_DATA(column, int64_t)[index];
    }
}

static inline void integer_store(Column *column, int64_t row, int64_t value)
{
    switch (type_layout(column->type)) {
    case LAYOUT_I8:
        COLUMN_DATA(column, int8_t)[row] = (int8_t)value;
        break;
    case LAYOUT_I16:
        COLUMN_DATA(column, int16_t)[row] = (int16_t)value;
        break;
    case LAYOUT_I32:
        COLUMN_DATA(column, int32_t)[row] = (int32_t)value;
        break;
    default:
        COLUMN_DATA(column, int64_t)[row] = value;
        break;
    }
}

/* The least integer over -1 wraps to itself. */
static inline int64_t divide_wrapping(int64_t left, int64_t right, bool is_modulo)
{
    if (right == -1)
        return is_modulo ? 0 : (int64_t)(0 - (uint64_t)left);
    return is_modulo ? left % right : left / right;
}

/* By one divisor that is neither 0 nor -1: nothing can fail, NULL rows may be anything. */
#define DIVIDE_BY_ONE(Left, Result)                                                     \
    const Left *left = COLUMN_DATA(&args[0], Left);                                     \
    Left        one  = (Left)by;                                                        \
    for (int64_t i = 0; i < rows; i++)                                                  \
        COLUMN_DATA(out, Result)[i] = (Result)(is_modulo ? left[i] % one : left[i] / one); \
    return true

static bool divide_by_one(const Column *args, int64_t rows, bool is_modulo, Column *out)
{
    Layout  from = type_layout(args[0].type), result = type_layout(out->type);
    int64_t by   = args[1].constant && !args[0].constant ? integer_at(&args[1], 0) : 0;
    if (by == 0 || by == -1)
        return false;
    if (from == LAYOUT_I32 && result == LAYOUT_I32 && by == (int32_t)by) {
        DIVIDE_BY_ONE(int32_t, int32_t);
    }
    if (from == LAYOUT_I64 && result == LAYOUT_I64) {
        DIVIDE_BY_ONE(int64_t, int64_t);
    }
    if (from == LAYOUT_I64 && result == LAYOUT_I32) {
        DIVIDE_BY_ONE(int64_t, int32_t);
    }
    return false;
}

static Status divide_integers(Call *call, const Column *args, int64_t rows, bool is_modulo, Column *out, Error *err)
{
    if (divide_by_one(args, rows, is_modulo, out))
        return STATUS_OK;
    for (int64_t i = 0; i < rows; i++) {
        if (out->valid && !out->valid[i])
            continue;
        int64_t right = integer_at(&args[1], i);
        if (right == 0)
            return call_fail(call, err, STATUS_ARITHMETIC, "/ by zero");
        integer_store(out, i, divide_wrapping(integer_at(&args[0], i), right, is_modulo));
    }
    return STATUS_OK;
}

static void divide_f32(const Column *args, int64_t rows, Column *out)
{
    const float *left = COLUMN_DATA(&args[0], float), *right = COLUMN_DATA(&args[1], float);
    for (int64_t i = 0; i < rows; i++)
        COLUMN_DATA(out, float)[i] = left[column_index(&args[0], i)] / right[column_index(&args[1], i)];
}

static void divide_f64(const Column *args, int64_t rows, Column *out)
{
    const double *left = COLUMN_DATA(&args[0], double), *right = COLUMN_DATA(&args[1], double);
    for (int64_t i = 0; i < rows; i++)
        COLUMN_DATA(out, double)[i] = left[column_index(&args[0], i)] / right[column_index(&args[1], i)];
}

/* ---- decimals -------------------------------------------------------------------------------------------------- */

/* Both sides and the result fit 64 bits, and nothing is rounded: plain integer arithmetic at the result's scale. */
static bool is_small(ArithmeticOp op, const Column *args, const Type *type)
{
    const Type *left = args[0].type, *right = args[1].type;
    if (decimal_is_wide(left) || decimal_is_wide(right) || decimal_is_wide(type))
        return false;
    if (op == OP_MULTIPLY)
        return type->scale == left->scale + right->scale;
    return op <= OP_SUBTRACT && type->scale >= left->scale && type->scale >= right->scale;
}

static void small_decimals(ArithmeticOp op, const Column *args, int64_t rows, Column *out)
{
    const int64_t *left = COLUMN_DATA(&args[0], int64_t), *right = COLUMN_DATA(&args[1], int64_t);
    int64_t       *to         = COLUMN_DATA(out, int64_t);
    int64_t        left_step  = !args[0].constant, right_step = !args[1].constant;
    uint64_t       left_by    = (uint64_t)decimal_power10(out->type->scale - args[0].type->scale);
    uint64_t       right_by   = (uint64_t)decimal_power10(out->type->scale - args[1].type->scale);
    if (op == OP_MULTIPLY)
        for (int64_t i = 0; i < rows; i++)
            to[i] = (int64_t)((uint64_t)left[i * left_step] * (uint64_t)right[i * right_step]);
    else if (op == OP_ADD)
        for (int64_t i = 0; i < rows; i++)
            to[i] = (int64_t)((uint64_t)left[i * left_step] * left_by + (uint64_t)right[i * right_step] * right_by);
    else
        for (int64_t i = 0; i < rows; i++)
            to[i] = (int64_t)((uint64_t)left[i * left_step] * left_by - (uint64_t)right[i * right_step] * right_by);
}

static bool decimal_apply(ArithmeticOp op, int128_t left, int32_t left_scale, int128_t right, int32_t right_scale,
                          int32_t scale, int128_t *out)
{
    switch (op) {
    case OP_ADD:
        return decimal_add(left, left_scale, right, right_scale, scale, out);
    case OP_SUBTRACT:
        return decimal_subtract(left, left_scale, right, right_scale, scale, out);
    case OP_MULTIPLY:
        return decimal_multiply(left, left_scale, right, right_scale, scale, out);
    case OP_DIVIDE:
        return decimal_divide(left, left_scale, right, right_scale, scale, out);
    default:
        return decimal_mod(left, left_scale, right, right_scale, scale, out);
    }
}

static Status decimals(Call *call, ArithmeticOp op, const Column *args, int64_t rows, Column *out, Error *err)
{
    const Type *type       = out->type;
    int32_t     left_scale = args[0].type->scale, right_scale = args[1].type->scale;
    bool        left_wide = decimal_is_wide(args[0].type), right_wide = decimal_is_wide(args[1].type);
    for (int64_t i = 0; i < rows; i++) {
        if (out->valid && !out->valid[i])
            continue;
        int128_t left  = decimal_load(args[0].data, left_wide, column_index(&args[0], i));
        int128_t right = decimal_load(args[1].data, right_wide, column_index(&args[1], i));
        int128_t value = 0;
        if (op >= OP_DIVIDE && right == 0)
            return call_fail(call, err, STATUS_ARITHMETIC, "Division by zero");
        if (!decimal_apply(op, left, left_scale, right, right_scale, type->scale, &value) ||
            !decimal_fits(value, type->precision)) {
            column_need_valid(out, call_buf(call), rows);
            out->valid[i] = 0;
            value         = 0;
        }
        decimal_store(out->data, decimal_is_wide(type), i, value);
    }
    return STATUS_OK;
}

/* ---- evaluation ------------------------------------------------------------------------------------------------ */

static Status arithmetic_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    ArithmeticOp op = (ArithmeticOp)call_function(call)->option;
    if (out->type->kind == TYPE_DECIMAL && is_small(op, args, out->type)) {
        small_decimals(op, args, rows, out);
        return STATUS_OK;
    }
    if (out->type->kind == TYPE_DECIMAL)
        return decimals(call, op, args, rows, out, err);
    if (op >= OP_DIVIDE && type_is_integer(out->type))
        return divide_integers(call, args, rows, op == OP_MODULO, out, err);
    switch (type_layout(out->type)) {
    case LAYOUT_I8:
        arithmetic_i8(op, args, rows, out);
        return STATUS_OK;
    case LAYOUT_I16:
        arithmetic_i16(op, args, rows, out);
        return STATUS_OK;
    case LAYOUT_I32:
        arithmetic_i32(op, args, rows, out);
        return STATUS_OK;
    case LAYOUT_I64:
        arithmetic_i64(op, args, rows, out);
        return STATUS_OK;
    case LAYOUT_F32:
        (op == OP_DIVIDE) ? divide_f32(args, rows, out) : arithmetic_f32(op, args, rows, out);
        return STATUS_OK;
    default:
        (op == OP_DIVIDE) ? divide_f64(args, rows, out) : arithmetic_f64(op, args, rows, out);
        return STATUS_OK;
    }
}

#define NEGATE(CType, Unsigned)                                                                   \
    for (int64_t i = 0; i < rows; i++)                                                            \
        COLUMN_DATA(out, CType)[i] = (CType)(0 - (Unsigned)COLUMN_DATA(&args[0], CType)[i * step]); \
    break

static Status negate_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)call;
    (void)err;
    int64_t step = !args[0].constant;
    switch (type_layout(out->type)) {
    case LAYOUT_I8:
        NEGATE(int8_t, uint32_t);
    case LAYOUT_I16:
        NEGATE(int16_t, uint32_t);
    case LAYOUT_I32:
        NEGATE(int32_t, uint32_t);
    case LAYOUT_I64:
        NEGATE(int64_t, uint64_t);
    case LAYOUT_I128:
        NEGATE(int128_t, uint128_t);
    case LAYOUT_F32:
        for (int64_t i = 0; i < rows; i++)
            COLUMN_DATA(out, float)[i] = -COLUMN_DATA(&args[0], float)[i * step];
        break;
    default:
        for (int64_t i = 0; i < rows; i++)
            COLUMN_DATA(out, double)[i] = -COLUMN_DATA(&args[0], double)[i * step];
        break;
    }
    return STATUS_OK;
}

static Status same_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)rows;
    (void)err;
    *out      = args[0];
    out->type = call_type(call);
    return STATUS_OK;
}

const Function fn_arithmetic[] = {
    { .sig = "+(numeric, numeric) -> $1", .doc = "Sum. Integers wrap; a decimal that is too large is NULL.",
      .eval = arithmetic_eval, .coerce = meet, .infer = infer_add, .flags = FN_HIDDEN, .option = OP_ADD },
    { .sig = "-(numeric, numeric) -> $1", .doc = "Difference. Integers wrap; a decimal that is too large is NULL.",
      .eval = arithmetic_eval, .coerce = meet, .infer = infer_add, .flags = FN_HIDDEN, .option = OP_SUBTRACT },
    { .sig = "*(numeric, numeric) -> $1", .doc = "Product. Integers wrap; a decimal that is too large is NULL.",
      .eval = arithmetic_eval, .coerce = meet, .infer = infer_multiply, .flags = FN_HIDDEN, .option = OP_MULTIPLY },
    { .sig = "/(numeric, numeric) -> $1", .doc = "Quotient. Of integers it is an integer, truncated: 5 / 2 gives 2.",
      .eval = arithmetic_eval, .coerce = meet, .infer = infer_divide,
      .flags = FN_HIDDEN | FN_CAN_FAIL | FN_SAFE_LITERALS, .option = OP_DIVIDE },
    { .sig = "%(numeric, numeric) -> $1", .doc = "Remainder, with the sign of the dividend.",
      .eval = arithmetic_eval, .coerce = meet_modulo, .infer = infer_modulo,
      .flags = FN_HIDDEN | FN_CAN_FAIL | FN_SAFE_LITERALS, .option = OP_MODULO },
    { .sig = "mod(numeric, numeric) -> $1",
      .doc = "Remainder of the division, with the sign of the dividend. Example: MOD(-5, 3) gives -2.",
      .eval = arithmetic_eval, .coerce = meet_modulo, .infer = infer_modulo,
      .flags = FN_CAN_FAIL | FN_SAFE_LITERALS, .option = OP_MODULO },
    { .sig = "-(numeric) -> $1", .doc = "The number with the other sign.", .eval = negate_eval, .flags = FN_HIDDEN },
    { .sig = "-(interval) -> $1", .doc = "The interval with the other sign.", .eval = negate_eval, .flags = FN_HIDDEN },
    { .sig = "+(numeric) -> $1", .doc = "The number itself.", .eval = same_eval, .flags = FN_HIDDEN },
    { .sig = "+(interval) -> $1", .doc = "The interval itself.", .eval = same_eval, .flags = FN_HIDDEN },
    { 0 },
};
