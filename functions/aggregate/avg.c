/* avg.c: AVG. Integers: a BIGINT sum over the count, truncated, as the argument's type. FLOAT and DOUBLE: a DOUBLE sum
 * in order of arrival. DECIMAL(p, s): the DECIMAL(38, s) sum over the count as DECIMAL(38, max(s, 6)), HALF_UP. */
#include "functions/aggregate.h"

#include "data/decimal.h"

typedef struct Average {
    union {
        int64_t  i64;
        double   f64;
        int128_t i128;
    };
    int64_t count;
    uint8_t is_lost; /* a decimal sum beyond 38 digits; no bool: it may come from a file */
} Average;

/* ---- taking values in ------------------------------------------------------------------------------------------ */

#define AVERAGE_LOOP(CType, field, Wide)                                                                     \
    for (int64_t i = 0; i < count; i++) {                                                                    \
        Average *average = states[i];                                                                        \
        int64_t  row     = column_index(arg, rows ? rows[i] : i);                                            \
        Wide     value   = (Wide)COLUMN_DATA(arg, CType)[row];                                               \
        average->field   = (__typeof__(average->field))((Wide)average->field + (by > 0 ? value : 0 - value)); \
        average->count += by;                                                                                \
    }                                                                                                        \
    break

/* false beyond 38 digits. */
static bool add_decimal(int128_t *sum, int128_t value)
{
    return !__builtin_add_overflow(*sum, value, sum) && decimal_fits(*sum, DECIMAL_DIGITS_MAX);
}

static void average_decimals(const Column *arg, const int32_t *rows, int64_t count, void *const *states, int64_t by)
{
    bool is_wide = decimal_is_wide(arg->type);
    for (int64_t i = 0; i < count; i++) {
        Average *average = states[i];
        int128_t value   = decimal_load(arg->data, is_wide, column_index(arg, rows ? rows[i] : i));
        if (average->is_lost)
            average->i128 = 0;
        average->is_lost = !add_decimal(&average->i128, by > 0 ? value : -value);
        average->count += by;
    }
}

static void average_rows(const Column *arg, const int32_t *rows, int64_t count, void *const *states, int64_t by)
{
    if (arg->type->kind == TYPE_DECIMAL) {
        average_decimals(arg, rows, count, states, by);
        return;
    }
    switch (type_layout(arg->type)) {
    case LAYOUT_I8:
        AVERAGE_LOOP(int8_t, i64, uint64_t);
    case LAYOUT_I16:
        AVERAGE_LOOP(int16_t, i64, uint64_t);
    case LAYOUT_I32:
        AVERAGE_LOOP(int32_t, i64, uint64_t);
    case LAYOUT_I64:
        AVERAGE_LOOP(int64_t, i64, uint64_t);
    case LAYOUT_F32:
        AVERAGE_LOOP(float, f64, double);
    default:
        AVERAGE_LOOP(double, f64, double);
    }
}

static Status average_add(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,
                          int64_t count, void *const *states, Error *err)
{
    (void)call;
    (void)memory;
    (void)err;
    average_rows(&args[0], rows, count, states, 1);
    return STATUS_OK;
}

static Status average_retract(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,
                              int64_t count, void *const *states, Error *err)
{
    (void)call;
    (void)memory;
    (void)err;
    average_rows(&args[0], rows, count, states, -1);
    return STATUS_OK;
}

static Status average_merge(const AggregateCall *call, StateMemory *memory, void *const *into, void *const *from,
                            int64_t count, Error *err)
{
    (void)memory;
    (void)err;
    const Type *type = call->arg_types[0];
    for (int64_t i = 0; i < count; i++) {
        Average       *average = into[i];
        const Average *more    = from[i];
        if (type->kind == TYPE_DECIMAL) {
            bool fits        = add_decimal(&average->i128, more->i128);
            average->is_lost = average->is_lost || more->is_lost || !fits;
        } else if (type_is_approximate(type)) {
            average->f64 += more->f64;
        } else {
            average->i64 = (int64_t)((uint64_t)average->i64 + (uint64_t)more->i64);
        }
        average->count += more->count;
    }
    return STATUS_OK;
}

/* Of integers: they wrap, so that nothing is ever lost. */
static void average_unmerge(void *const *into, void *const *from, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        Average       *average = into[i];
        const Average *less    = from[i];
        average->i64           = (int64_t)((uint64_t)average->i64 - (uint64_t)less->i64);
        average->count -= less->count;
    }
}

/* ---- results --------------------------------------------------------------------------------------------------- */

static int64_t truncated_quotient(const Average *average)
{
    if (average->count == -1)
        return (int64_t)(0 - (uint64_t)average->i64);
    return average->i64 / average->count;
}

static bool average_decimal(const AggregateCall *call, const Average *average, Column *out, int64_t row)
{
    int128_t value;
    if (average->is_lost || !decimal_divide(average->i128, call->arg_types[0]->scale, average->count, 0,
                                            out->type->scale,
                                            &value))
        return false;
    decimal_store(out->data, decimal_is_wide(out->type), row, value);
    return decimal_fits(value, out->type->precision);
}

static bool average_store(const AggregateCall *call, const Average *average, Column *out, int64_t row)
{
    if (out->type->kind == TYPE_DECIMAL)
        return average_decimal(call, average, out, row);
    switch (type_layout(out->type)) {
    case LAYOUT_I8:
        COLUMN_DATA(out, int8_t)[row] = (int8_t)truncated_quotient(average);
        return true;
    case LAYOUT_I16:
        COLUMN_DATA(out, int16_t)[row] = (int16_t)truncated_quotient(average);
        return true;
    case LAYOUT_I32:
        COLUMN_DATA(out, int32_t)[row] = (int32_t)truncated_quotient(average);
        return true;
    case LAYOUT_I64:
        COLUMN_DATA(out, int64_t)[row] = truncated_quotient(average);
        return true;
    case LAYOUT_F32:
        COLUMN_DATA(out, float)[row] = (float)(average->f64 / (double)average->count);
        return true;
    default:
        COLUMN_DATA(out, double)[row] = average->f64 / (double)average->count;
        return true;
    }
}

static Status average_result(const AggregateCall *call, void *const *states, int64_t count, Buf *buf, Column *out,
                             Error *err)
{
    (void)err;
    for (int64_t i = 0; i < count; i++) {
        const Average *average = states[i];
        if (average->count == 0 || !average_store(call, average, out, i))
            column_set_null(out, buf, i);
    }
    return STATUS_OK;
}

static const Type *decimal_infer(Arena *arena, const Type *const *args, int32_t arg_count)
{
    (void)arg_count;
    return type_decimal(arena, DECIMAL_DIGITS_MAX, args[0]->scale > 6 ? args[0]->scale : 6, true);
}

#define AVG_ROW(argument, infer_type, inverse)                                                                       \
    {                                                                                                                \
        .sig = "avg(" argument ") -> " argument,                                                                     \
        .doc = "The average; NULL when there is no value. Of integers it is an integer, truncated; of DECIMAL(p, s) " \
               "DECIMAL(38, max(s, 6)).",                                                                            \
        .state_size = sizeof(Average), .flags = AGG_FLAT, .infer = infer_type, .add = average_add,                   \
        .retract = average_retract, .merge = average_merge, .unmerge = inverse, .result = average_result             \
    }

const Aggregate agg_avg[] = {
    AVG_ROW("tinyint", NULL, average_unmerge),
    AVG_ROW("smallint", NULL, average_unmerge),
    AVG_ROW("int", NULL, average_unmerge),
    AVG_ROW("bigint", NULL, average_unmerge),
    AVG_ROW("float", NULL, NULL),
    AVG_ROW("double", NULL, NULL),
    AVG_ROW("decimal", decimal_infer, NULL),
    { 0 },
};
