/* cast_decimal.c: from and to DECIMAL, text apart.
 *
 * To DECIMAL: HALF_UP to the scale; a number too large for the precision is NULL, under CAST, too. From DECIMAL: toward
 * zero, then as an integer wraps. */
#include "data/cast_rule.h"

#include "data/decimal.h"

/* ---- to DECIMAL ------------------------------------------------------------------------------------------------ */

/* Stores the value if it is one and fits. */
static void store(CastRun *run, int64_t row, bool is_good, int128_t value)
{
    const Type *to = run->out->type;
    if (is_good && decimal_fits(value, to->precision))
        decimal_store(run->out->data, decimal_is_wide(to), row, value);
    else
        cast_to_null(run, row);
}

#define FROM_INTEGER(name, CType)                                                       \
    static Status name(CastRun *run)                                                    \
    {                                                                                   \
        const CType *in = COLUMN_DATA(run->in, CType);                                  \
        int128_t     value;                                                             \
        for (int64_t i = 0; i < run->rows; i++) {                                       \
            if (!cast_has_value(run, i))                                                \
                continue;                                                               \
            bool is_good = decimal_rescale(in[i], 0, run->out->type->scale, &value);    \
            store(run, i, is_good, value);                                              \
        }                                                                               \
        return STATUS_OK;                                                               \
    }

FROM_INTEGER(from_bool, uint8_t)
FROM_INTEGER(from_i8, int8_t)
FROM_INTEGER(from_i16, int16_t)
FROM_INTEGER(from_i32, int32_t)
FROM_INTEGER(from_i64, int64_t)

/* NaN and the infinities are no decimals, which is an error; a number too large is NULL. */
static Status store_double(CastRun *run, int64_t row, double value)
{
    const Type *to = run->out->type;
    int128_t    decimal = 0;
    if (value - value != 0)
        return cast_fail(run, row, "not a finite number");
    bool is_good = decimal_from_double(value, to->precision, to->scale, &decimal);
    store(run, row, is_good, decimal);
    return STATUS_OK;
}

static Status from_f64(CastRun *run)
{
    const double *in = COLUMN_DATA(run->in, double);
    for (int64_t i = 0; i < run->rows; i++)
        if (cast_has_value(run, i))
            TRY(store_double(run, i, in[i]));
    return STATUS_OK;
}

/* Through DOUBLE: 0.1 becomes 0.10000000149011612 first. */
static Status from_f32(CastRun *run)
{
    const float *in = COLUMN_DATA(run->in, float);
    for (int64_t i = 0; i < run->rows; i++)
        if (cast_has_value(run, i))
            TRY(store_double(run, i, in[i]));
    return STATUS_OK;
}

static Status from_decimal(CastRun *run)
{
    const Type *from = run->in->type;
    bool        is_wide = decimal_is_wide(from);
    int128_t    value = 0;
    for (int64_t i = 0; i < run->rows; i++) {
        if (!cast_has_value(run, i))
            continue;
        bool is_good = decimal_rescale(decimal_load(run->in->data, is_wide, i), from->scale, run->out->type->scale,
                                       &value);
        store(run, i, is_good, value);
    }
    return STATUS_OK;
}

static CastRule rule_to_decimal(const Type *from)
{
    static const CastRule rules[] = {
        [LAYOUT_BOOL] = from_bool, [LAYOUT_I8] = from_i8, [LAYOUT_I16] = from_i16, [LAYOUT_I32] = from_i32,
        [LAYOUT_I64] = from_i64, [LAYOUT_F32] = from_f32, [LAYOUT_F64] = from_f64,
    };
    if (from->kind == TYPE_DECIMAL)
        return from_decimal;
    return from->kind >= TYPE_BOOLEAN && from->kind <= TYPE_DOUBLE ? rules[type_layout(from)] : NULL;
}

/* ---- from DECIMAL ---------------------------------------------------------------------------------------------- */

static int64_t integer_part(const CastRun *run, int64_t row)
{
    const Type *from = run->in->type;
    int128_t    value = decimal_load(run->in->data, decimal_is_wide(from), row);
    return (int64_t)(uint64_t)(uint128_t)(value / decimal_power10(from->scale));
}

#define TO_INTEGER(name, CType, UType)                              \
    static Status name(CastRun *run)                                \
    {                                                               \
        CType *out = COLUMN_DATA(run->out, CType);                  \
        for (int64_t i = 0; i < run->rows; i++)                     \
            if (cast_has_value(run, i))                             \
                out[i] = (CType)(UType)integer_part(run, i);        \
        return STATUS_OK;                                           \
    }

TO_INTEGER(to_i8, int8_t, uint8_t)
TO_INTEGER(to_i16, int16_t, uint16_t)
TO_INTEGER(to_i32, int32_t, uint32_t)
TO_INTEGER(to_i64, int64_t, uint64_t)

static double load_double(const CastRun *run, int64_t row)
{
    const Type *from = run->in->type;
    bool        is_wide = decimal_is_wide(from);
    int128_t    value = decimal_load(run->in->data, is_wide, row);
    return is_wide ? decimal_to_double_exact(value, from->scale) : decimal_to_double(value, from->scale);
}

static Status to_f32(CastRun *run)
{
    float *out = COLUMN_DATA(run->out, float);
    for (int64_t i = 0; i < run->rows; i++)
        if (cast_has_value(run, i))
            out[i] = (float)load_double(run, i);
    return STATUS_OK;
}

static Status to_f64(CastRun *run)
{
    double *out = COLUMN_DATA(run->out, double);
    for (int64_t i = 0; i < run->rows; i++)
        if (cast_has_value(run, i))
            out[i] = load_double(run, i);
    return STATUS_OK;
}

static Status to_bool(CastRun *run)
{
    uint8_t *out = COLUMN_DATA(run->out, uint8_t);
    bool     is_wide = decimal_is_wide(run->in->type);
    for (int64_t i = 0; i < run->rows; i++)
        if (cast_has_value(run, i))
            out[i] = decimal_load(run->in->data, is_wide, i) != 0;
    return STATUS_OK;
}

static CastRule rule_from_decimal(const Type *to)
{
    switch (to->kind) {
    case TYPE_BOOLEAN:
        return to_bool;
    case TYPE_TINYINT:
        return to_i8;
    case TYPE_SMALLINT:
        return to_i16;
    case TYPE_INT:
        return to_i32;
    case TYPE_BIGINT:
        return to_i64;
    case TYPE_FLOAT:
        return to_f32;
    case TYPE_DOUBLE:
        return to_f64;
    default:
        return NULL;
    }
}

CastRule cast_rule_decimal(const Type *from, const Type *to)
{
    return to->kind == TYPE_DECIMAL ? rule_to_decimal(from) : rule_from_decimal(to);
}
