/* sum.c: SUM. Integers keep their type and wrap; FLOAT and DOUBLE are added in order of arrival; DECIMAL(p, s) gives
 * DECIMAL(38, s), and a sum that leaves 38 digits is NULL from there and starts anew with the next value, as in the
 * dialect. */
#include "functions/aggregate.h"

#include "data/decimal.h"

typedef struct Sum {
    union {
        int64_t i64;
        float   f32;
        double  f64;
    };
    int64_t count;
} Sum;

typedef struct DecimalSum {
    int128_t sum;
    int64_t  count;
    uint8_t  is_lost; /* has left 38 digits; no bool: it may come from a file */
} DecimalSum;

/* ---- integers and floating point ------------------------------------------------------------------------------- */

#define SUM_LOOP(CType, field, Wide, sign)                                                        \
    for (int64_t i = 0; i < count; i++) {                                                         \
        Sum    *sum   = states[i];                                                                \
        int64_t row   = column_index(&args[0], rows ? rows[i] : i);                               \
        sum->field    = (__typeof__(sum->field))((Wide)sum->field sign (Wide)COLUMN_DATA(&args[0], CType)[row]); \
        sum->count   += 0 sign 1;                                                                 \
    }                                                                                             \
    break

#define SUM_FUNCTION(name, sign)                                                                                       \
    static Status name(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,        \
                       int64_t count, void *const *states, Error *err)                                                 \
    {                                                                                                                  \
        (void)call;                                                                                                    \
        (void)memory;                                                                                                  \
        (void)err;                                                                                                     \
        switch (type_layout(args[0].type)) {                                                                           \
        case LAYOUT_I8:                                                                                                \
            SUM_LOOP(int8_t, i64, uint64_t, sign);                                                                     \
        case LAYOUT_I16:                                                                                               \
            SUM_LOOP(int16_t, i64, uint64_t, sign);                                                                    \
        case LAYOUT_I32:                                                                                               \
            SUM_LOOP(int32_t, i64, uint64_t, sign);                                                                    \
        case LAYOUT_F32:                                                                                               \
            SUM_LOOP(float, f32, float, sign);                                                                         \
        case LAYOUT_F64:                                                                                               \
            SUM_LOOP(double, f64, double, sign);                                                                       \
        default:                                                                                                       \
            SUM_LOOP(int64_t, i64, uint64_t, sign);                                                                    \
        }                                                                                                              \
        return STATUS_OK;                                                                                              \
    }

SUM_FUNCTION(sum_add, +)
SUM_FUNCTION(sum_retract, -)

static Status sum_merge(const AggregateCall *call, StateMemory *memory, void *const *into, void *const *from,
                        int64_t count, Error *err)
{
    (void)memory;
    (void)err;
    Layout layout = type_layout(call->arg_types[0]);
    for (int64_t i = 0; i < count; i++) {
        Sum       *sum  = into[i];
        const Sum *more = from[i];
        if (layout == LAYOUT_F64)
            sum->f64 += more->f64;
        else if (layout == LAYOUT_F32)
            sum->f32 += more->f32;
        else
            sum->i64 = (int64_t)((uint64_t)sum->i64 + (uint64_t)more->i64);
        sum->count += more->count;
    }
    return STATUS_OK;
}

/* Of integers: they wrap, so that nothing is ever lost. */
static void sum_unmerge(void *const *into, void *const *from, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        Sum       *sum  = into[i];
        const Sum *less = from[i];
        sum->i64        = (int64_t)((uint64_t)sum->i64 - (uint64_t)less->i64);
        sum->count -= less->count;
    }
}

static void sum_store(const Sum *sum, Layout layout, Column *out, int64_t row)
{
    switch (layout) {
    case LAYOUT_I8:
        COLUMN_DATA(out, int8_t)[row] = (int8_t)sum->i64;
        break;
    case LAYOUT_I16:
        COLUMN_DATA(out, int16_t)[row] = (int16_t)sum->i64;
        break;
    case LAYOUT_I32:
        COLUMN_DATA(out, int32_t)[row] = (int32_t)sum->i64;
        break;
    case LAYOUT_F32:
        COLUMN_DATA(out, float)[row] = sum->f32;
        break;
    case LAYOUT_F64:
        COLUMN_DATA(out, double)[row] = sum->f64;
        break;
    default:
        COLUMN_DATA(out, int64_t)[row] = sum->i64;
        break;
    }
}

static Status sum_result(const AggregateCall *call, void *const *states, int64_t count, Buf *buf, Column *out,
                         Error *err)
{
    (void)call;
    (void)err;
    Layout layout = type_layout(out->type);
    for (int64_t i = 0; i < count; i++) {
        const Sum *sum = states[i];
        sum_store(sum, layout, out, i);
        if (sum->count == 0)
            column_set_null(out, buf, i);
    }
    return STATUS_OK;
}

/* ---- decimals -------------------------------------------------------------------------------------------------- */

static void decimal_sum(DecimalSum *sum, int128_t value, int64_t by)
{
    sum->count += by;
    if (sum->is_lost) {
        sum->sum     = 0;
        sum->is_lost = false;
    }
    bool overflows = __builtin_add_overflow(sum->sum, by > 0 ? value : -value, &sum->sum);
    sum->is_lost   = overflows || !decimal_fits(sum->sum, DECIMAL_DIGITS_MAX);
}

static void decimal_sums(const Column *arg, const int32_t *rows, int64_t count, void *const *states, int64_t by)
{
    bool is_wide = decimal_is_wide(arg->type);
    for (int64_t i = 0; i < count; i++)
        decimal_sum(states[i], decimal_load(arg->data, is_wide, column_index(arg, rows ? rows[i] : i)), by);
}

static Status decimal_add_rows(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,
                               int64_t count, void *const *states, Error *err)
{
    (void)call;
    (void)memory;
    (void)err;
    decimal_sums(&args[0], rows, count, states, 1);
    return STATUS_OK;
}

static Status decimal_retract_rows(const AggregateCall *call, StateMemory *memory, const Column *args,
                                   const int32_t *rows, int64_t count, void *const *states, Error *err)
{
    (void)call;
    (void)memory;
    (void)err;
    decimal_sums(&args[0], rows, count, states, -1);
    return STATUS_OK;
}

static Status decimal_merge(const AggregateCall *call, StateMemory *memory, void *const *into, void *const *from,
                            int64_t count, Error *err)
{
    (void)call;
    (void)memory;
    (void)err;
    for (int64_t i = 0; i < count; i++) {
        const DecimalSum *more = from[i];
        DecimalSum       *sum  = into[i];
        int64_t           had  = sum->count;
        if (more->count == 0)
            continue;
        decimal_sum(sum, more->sum, 1);
        sum->count   = had + more->count;
        sum->is_lost = sum->is_lost || more->is_lost;
    }
    return STATUS_OK;
}

static Status decimal_result(const AggregateCall *call, void *const *states, int64_t count, Buf *buf, Column *out,
                             Error *err)
{
    (void)call;
    (void)err;
    for (int64_t i = 0; i < count; i++) {
        const DecimalSum *sum = states[i];
        if (sum->count == 0 || sum->is_lost)
            column_set_null(out, buf, i);
        else
            decimal_store(out->data, decimal_is_wide(out->type), i, sum->sum);
    }
    return STATUS_OK;
}

static const Type *decimal_infer(Arena *arena, const Type *const *args, int32_t arg_count)
{
    (void)arg_count;
    return type_decimal(arena, DECIMAL_DIGITS_MAX, args[0]->scale, true);
}

#define SUM_ROW(type, inverse)                                                                                                \
    {                                                                                                                 \
        .sig = "sum(" type ") -> " type,                                                                             \
        .doc = "The sum; NULL when there is no value. Integers keep their type and wrap.",                           \
        .state_size = sizeof(Sum), .flags = AGG_FLAT, .add = sum_add, .retract = sum_retract, .merge = sum_merge,      \
        .unmerge = inverse, .result = sum_result                                                                                          \
    }

const Aggregate agg_sum[] = {
    SUM_ROW("tinyint", sum_unmerge),
    SUM_ROW("smallint", sum_unmerge),
    SUM_ROW("int", sum_unmerge),
    SUM_ROW("bigint", sum_unmerge),
    SUM_ROW("float", NULL),
    SUM_ROW("double", NULL),
    { .sig = "sum(decimal) -> decimal",
      .doc = "The sum as DECIMAL(38, s); NULL when there is no value or it is too large.",
      .state_size = sizeof(DecimalSum), .flags = AGG_FLAT, .infer = decimal_infer, .add = decimal_add_rows,
      .retract = decimal_retract_rows, .merge = decimal_merge, .result = decimal_result },
    { 0 },
};
