/* rounding.c: ABS, SIGN, CEIL, FLOOR of numbers, ROUND, TRUNCATE.
 *
 * ROUND and TRUNCATE of FLOAT and DOUBLE work on the decimal digits that the number prints with, as the dialect does
 * by way of BigDecimal: ROUND(2.675, 2) is 2.68 although the binary value lies below. */
#include "functions/args.h"
#include "functions/literal.h"

#include "data/decimal.h"
#include "data/number.h"

#include <math.h>
#include <stdio.h>

/* ---- ABS, SIGN ------------------------------------------------------------------------------------------------- */

#define EACH(CType, expression)                                                 \
    for (int64_t i = 0; i < rows; i++) {                                        \
        CType x                    = COLUMN_DATA(&args[0], CType)[i * step];    \
        COLUMN_DATA(out, CType)[i] = (CType)(expression);                       \
    }                                                                           \
    break

static Status abs_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)call;
    (void)err;
    int64_t step = !args[0].constant;
    switch (type_layout(out->type)) {
    case LAYOUT_I8:
        EACH(int8_t, x < 0 ? 0 - (uint32_t)x : (uint32_t)x);
    case LAYOUT_I16:
        EACH(int16_t, x < 0 ? 0 - (uint32_t)x : (uint32_t)x);
    case LAYOUT_I32:
        EACH(int32_t, x < 0 ? 0 - (uint32_t)x : (uint32_t)x);
    case LAYOUT_I64:
        EACH(int64_t, x < 0 ? 0 - (uint64_t)x : (uint64_t)x);
    case LAYOUT_I128:
        EACH(int128_t, x < 0 ? 0 - (uint128_t)x : (uint128_t)x);
    case LAYOUT_F32:
        EACH(float, fabsf(x));
    default:
        EACH(double, fabs(x));
    }
    return STATUS_OK;
}

/* Of a decimal, 1 is 10^scale. */
static Status sign_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)call;
    (void)err;
    int64_t  step = !args[0].constant;
    int128_t one  = decimal_power10(out->type->scale);
    switch (type_layout(out->type)) {
    case LAYOUT_I8:
        EACH(int8_t, (x > 0) - (x < 0));
    case LAYOUT_I16:
        EACH(int16_t, (x > 0) - (x < 0));
    case LAYOUT_I32:
        EACH(int32_t, (x > 0) - (x < 0));
    case LAYOUT_I64:
        EACH(int64_t, ((x > 0) - (x < 0)) * (int64_t)one);
    case LAYOUT_I128:
        EACH(int128_t, ((x > 0) - (x < 0)) * one);
    case LAYOUT_F32:
        EACH(float, x > 0 ? 1 : x < 0 ? -1 : x);
    default:
        EACH(double, x > 0 ? 1 : x < 0 ? -1 : x);
    }
    return STATUS_OK;
}

/* ---- CEIL, FLOOR ----------------------------------------------------------------------------------------------- */

static int128_t whole_decimal(int128_t value, int128_t one, bool is_ceil)
{
    int128_t whole = value / one, rest = value % one;
    if (is_ceil)
        return whole + (rest > 0);
    return whole - (rest < 0);
}

static Status whole_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    bool is_ceil = call_function(call)->option;
    if (type_is_integer(out->type)) {
        const Type *type = out->type;
        *out             = args[0];
        out->type        = type;
        return STATUS_OK;
    }
    if (out->type->kind == TYPE_DECIMAL) {
        int128_t one = decimal_power10(args[0].type->scale);
        EACH_VALUE(i)
        {
            int128_t value = decimal_load(args[0].data, decimal_is_wide(args[0].type), column_index(&args[0], i));
            decimal_store(out->data, decimal_is_wide(out->type), i, whole_decimal(value, one, is_ceil));
        }
        return STATUS_OK;
    }
    bool is_float = out->type->kind == TYPE_FLOAT;
    for (int64_t i = 0; i < rows; i++) {
        int64_t index = column_index(&args[0], i);
        if (is_float)
            COLUMN_DATA(out, float)[i] = is_ceil ? ceilf(COLUMN_DATA(&args[0], float)[index])
                                                 : floorf(COLUMN_DATA(&args[0], float)[index]);
        else
            COLUMN_DATA(out, double)[i] = is_ceil ? ceil(COLUMN_DATA(&args[0], double)[index])
                                                  : floor(COLUMN_DATA(&args[0], double)[index]);
    }
    return STATUS_OK;
}

static Status whole_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out, Error *err)
{
    (void)arg_count;
    (void)span;
    (void)err;
    const Type *arg = args[0]->type;
    *out = arg->kind == TYPE_DECIMAL ? type_decimal(arena, arg->precision, 0, arg->nullable) : arg;
    return STATUS_OK;
}

/* ---- ROUND, TRUNCATE ------------------------------------------------------------------------------------------- */

enum { ROUND_HALF_UP = 0, ROUND_DOWN = 1 };

/* value, an integer that counts units of 10^-scale, to `digits` places, still in these units. */
static int128_t round_units(int128_t value, int32_t scale, int64_t digits, int32_t mode)
{
    if (digits >= scale)
        return value;
    if (scale - digits > DECIMAL_DIGITS_MAX)
        return 0;
    int128_t unit = decimal_power10((int32_t)(scale - digits));
    int128_t rest = value % unit, whole = value - rest;
    int128_t size = rest < 0 ? -rest : rest;
    if (mode == ROUND_HALF_UP && size >= unit - size)
        whole += value < 0 ? -unit : unit;
    return whole;
}

/* digits * 10^exponent, correctly rounded. */
static double compose(uint64_t digits, int64_t exponent)
{
    static const double powers[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                     1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
    if (digits <= (1ULL << 53) && exponent >= -22 && exponent <= 22)
        return exponent < 0 ? (double)digits / powers[-exponent] : (double)digits * powers[exponent];
    char   text[48];
    double value = 0;
    int    size  = snprintf(text, sizeof(text), "%llue%lld", (unsigned long long)digits, (long long)exponent);
    double_parse((Str){ text, size }, &value);
    return value;
}

static double round_shortest(double value, Shortest shortest, int64_t digits, int32_t mode)
{
    int64_t drop = -(int64_t)shortest.exponent - digits;
    if (drop <= 0)
        return value;
    if (drop > 19)
        return 0;
    uint64_t unit  = drop == 19 ? 10000000000000000000ULL : (uint64_t)decimal_power10((int32_t)drop);
    uint64_t whole = shortest.digits / unit, rest = shortest.digits % unit;
    if (mode == ROUND_HALF_UP && rest >= unit - rest)
        whole++;
    double rounded = compose(whole, -digits);
    return value < 0 && whole ? -rounded : rounded;
}

static double round_double(double value, int64_t digits, int32_t mode)
{
    return isfinite(value) ? round_shortest(value, double_shortest(value), digits, mode) : value;
}

static int64_t round_integer(int64_t value, int64_t digits, int32_t mode)
{
    return digits >= 0 ? value : (int64_t)(uint64_t)(uint128_t)round_units(value, 0, digits, mode);
}

static void round_row(Column *out, int64_t row, const Column *arg, int64_t index, int64_t digits, int32_t mode)
{
    switch (out->type->kind) {
    case TYPE_TINYINT:
        COLUMN_DATA(out, int8_t)[row] = (int8_t)round_integer(COLUMN_DATA(arg, int8_t)[index], digits, mode);
        break;
    case TYPE_SMALLINT:
        COLUMN_DATA(out, int16_t)[row] = (int16_t)round_integer(COLUMN_DATA(arg, int16_t)[index], digits, mode);
        break;
    case TYPE_INT:
        COLUMN_DATA(out, int32_t)[row] = (int32_t)round_integer(COLUMN_DATA(arg, int32_t)[index], digits, mode);
        break;
    case TYPE_BIGINT:
        COLUMN_DATA(out, int64_t)[row] = round_integer(COLUMN_DATA(arg, int64_t)[index], digits, mode);
        break;
    case TYPE_FLOAT:
        COLUMN_DATA(out, float)[row] = (float)round_double((double)COLUMN_DATA(arg, float)[index], digits, mode);
        break;
    default:
        COLUMN_DATA(out, double)[row] = round_double(COLUMN_DATA(arg, double)[index], digits, mode);
        break;
    }
}

static Status round_decimals(Call *call, const Column *args, int64_t rows, Column *out, int32_t mode)
{
    int32_t scale = args[0].type->scale;
    EACH_VALUE(i)
    {
        int64_t  digits = call_expr(call)->arg_count > 1 ? arg_i32(&args[1], i) : 0;
        int128_t value  = decimal_load(args[0].data, decimal_is_wide(args[0].type), column_index(&args[0], i));
        value           = round_units(value, scale, digits, mode);
        if (!decimal_rescale(value, scale, out->type->scale, &value) || !decimal_fits(value, out->type->precision))
            out_null(call, out, rows, i);
        else
            decimal_store(out->data, decimal_is_wide(out->type), i, value);
    }
    return STATUS_OK;
}

static Status round_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    int32_t mode = call_function(call)->option;
    if (out->type->kind == TYPE_DECIMAL)
        return round_decimals(call, args, rows, out, mode);
    bool has_digits = call_expr(call)->arg_count > 1;
    EACH_VALUE(i)
        round_row(out, i, &args[0], column_index(&args[0], i), has_digits ? arg_i32(&args[1], i) : 0, mode);
    return STATUS_OK;
}

/* DECIMAL(p, s) to r places is DECIMAL(1 + p - s + r, r); the type of the argument where r is no literal. */
static Status round_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out, Error *err)
{
    (void)span;
    (void)err;
    const Type *arg      = args[0]->type;
    bool        nullable = arg->nullable || (arg_count > 1 && args[1]->type->nullable);
    int64_t     digits   = 0;
    bool        is_known = arg_count == 1 || literal_i64(args[1], &digits);
    *out                 = type_with_null(arena, arg, nullable);
    if (arg->kind != TYPE_DECIMAL || !is_known || digits >= arg->scale)
        return STATUS_OK;
    int64_t precision = 1 + arg->precision - arg->scale + (digits > 0 ? digits : 0);
    *out = type_decimal(arena, (int32_t)(precision < DECIMAL_DIGITS_MAX ? precision : DECIMAL_DIGITS_MAX),
                        (int32_t)(digits > 0 ? digits : 0), nullable);
    return STATUS_OK;
}

const Function fn_rounding[] = {
    { .sig = "abs(numeric) -> $1", .doc = "The number without its sign.", .eval = abs_eval },
    { .sig = "abs(interval) -> $1", .doc = "The interval without its sign.", .eval = abs_eval },
    { .sig = "sign(numeric) -> $1", .doc = "-1, 0 or 1, as the number is negative, zero or positive.",
      .eval = sign_eval },
    { .sig = "ceil(numeric) -> $1", .doc = "The least whole number that is not less.", .eval = whole_eval,
      .infer = whole_infer, .option = 1 },
    { .sig = "ceiling(numeric) -> $1", .doc = "The same as CEIL.", .eval = whole_eval, .infer = whole_infer,
      .option = 1 },
    { .sig = "floor(numeric) -> $1", .doc = "The greatest whole number that is not greater.", .eval = whole_eval,
      .infer = whole_infer, .option = 0 },
    { .sig = "round(numeric, [int]) -> $1",
      .doc = "The number rounded to n decimal places (0 when left out; negative: before the point), half away from "
             "zero.",
      .eval = round_eval, .infer = round_infer, .option = ROUND_HALF_UP },
    { .sig = "truncate(numeric, [int]) -> $1", .doc = "The number cut to n decimal places.", .eval = round_eval,
      .infer = round_infer, .option = ROUND_DOWN },
    { 0 },
};
