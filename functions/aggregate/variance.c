/* variance.c: VAR_POP, VAR_SAMP, VARIANCE, STDDEV_POP, STDDEV_SAMP, STDDEV.
 *
 * Welford's running mean and sum of squared distances, in DOUBLE, in order of arrival; a row is taken back by the
 * inverse steps:
 *
 *     add:      n += 1; d = x - mean; mean += d / n; m2 += d * (x - mean)
 *     retract:  n -= 1; e = x - mean; mean -= e / n; m2 -= (x - mean) * e
 *
 * The result has the type that AVG would have: an INT argument gives a truncated INT. */
#include "functions/aggregate.h"

#include "data/decimal.h"

#include <math.h>

typedef struct Welford {
    int64_t n; /* negative while retractions have overtaken their rows */
    double  mean;
    double  m2;
} Welford;

typedef enum VarianceKind { VARIANCE_POP, VARIANCE_SAMP, DEVIATION_POP, DEVIATION_SAMP } VarianceKind;

static void welford_add(Welford *state, double value)
{
    state->n += 1;
    if (state->n <= 0)
        return;
    double delta = value - state->mean;
    state->mean += delta / (double)state->n;
    state->m2 += delta * (value - state->mean);
}

static void welford_retract(Welford *state, double value)
{
    state->n -= 1;
    if (state->n <= 0) {
        if (state->n == 0)
            state->mean = state->m2 = 0;
        return;
    }
    double delta = value - state->mean;
    state->mean -= delta / (double)state->n;
    state->m2 -= (value - state->mean) * delta;
}

static double value_at(const Column *arg, int64_t row)
{
    if (arg->type->kind == TYPE_DECIMAL)
        return decimal_to_double(decimal_load(arg->data, decimal_is_wide(arg->type), row), arg->type->scale);
    switch (type_layout(arg->type)) {
    case LAYOUT_I8:
        return COLUMN_DATA(arg, int8_t)[row];
    case LAYOUT_I16:
        return COLUMN_DATA(arg, int16_t)[row];
    case LAYOUT_I32:
        return COLUMN_DATA(arg, int32_t)[row];
    case LAYOUT_I64:
        return (double)COLUMN_DATA(arg, int64_t)[row];
    case LAYOUT_F32:
        return (double)COLUMN_DATA(arg, float)[row];
    default:
        return COLUMN_DATA(arg, double)[row];
    }
}

static Status variance_add(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,
                           int64_t count, void *const *states, Error *err)
{
    (void)call;
    (void)memory;
    (void)err;
    for (int64_t i = 0; i < count; i++)
        welford_add(states[i], value_at(&args[0], column_index(&args[0], rows ? rows[i] : i)));
    return STATUS_OK;
}

static Status variance_retract(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,
                               int64_t count, void *const *states, Error *err)
{
    (void)call;
    (void)memory;
    (void)err;
    for (int64_t i = 0; i < count; i++)
        welford_retract(states[i], value_at(&args[0], column_index(&args[0], rows ? rows[i] : i)));
    return STATUS_OK;
}

static void welford_merge(Welford *into, const Welford *from)
{
    if (from->n <= 0) {
        into->n += from->n;
    } else if (into->n == 0) {
        *into = *from;
    } else {
        int64_t n     = into->n + from->n;
        double  delta = from->mean - into->mean;
        into->m2 += from->m2 + (double)into->n * (double)from->n / (double)n * delta * delta;
        into->mean += (double)from->n / (double)n * delta;
        into->n = n;
    }
    if (into->n <= 0)
        into->mean = into->m2 = 0;
}

static Status variance_merge(const AggregateCall *call, StateMemory *memory, void *const *into, void *const *from,
                             int64_t count, Error *err)
{
    (void)call;
    (void)memory;
    (void)err;
    for (int64_t i = 0; i < count; i++)
        welford_merge(into[i], from[i]);
    return STATUS_OK;
}

/* false: there is no result. */
static bool welford_value(const Welford *state, VarianceKind kind, double *value)
{
    bool is_sample = kind == VARIANCE_SAMP || kind == DEVIATION_SAMP;
    if (state->n <= is_sample || state->m2 < 0)
        return false;
    *value = state->m2 / (double)(state->n - is_sample);
    if (kind >= DEVIATION_POP)
        *value = pow(*value, 0.5);
    return true;
}

static int64_t saturated(double value, double limit)
{
    return value >= limit ? (int64_t)(limit - 1) : (int64_t)value;
}

/* As CAST(double AS type): truncated; beyond INT or BIGINT the largest; narrower types wrap. */
static bool store_double(double value, Column *out, int64_t row)
{
    int128_t decimal;
    switch (out->type->kind) {
    case TYPE_TINYINT:
        COLUMN_DATA(out, int8_t)[row] = (int8_t)saturated(value, 2147483648.0);
        return true;
    case TYPE_SMALLINT:
        COLUMN_DATA(out, int16_t)[row] = (int16_t)saturated(value, 2147483648.0);
        return true;
    case TYPE_INT:
        COLUMN_DATA(out, int32_t)[row] = (int32_t)saturated(value, 2147483648.0);
        return true;
    case TYPE_BIGINT:
        COLUMN_DATA(out, int64_t)[row] = value >= 9223372036854775808.0 ? INT64_MAX : (int64_t)value;
        return true;
    case TYPE_FLOAT:
        COLUMN_DATA(out, float)[row] = (float)value;
        return true;
    case TYPE_DECIMAL:
        if (!decimal_from_double(value, out->type->precision, out->type->scale, &decimal))
            return false;
        decimal_store(out->data, decimal_is_wide(out->type), row, decimal);
        return true;
    default:
        COLUMN_DATA(out, double)[row] = value;
        return true;
    }
}

static Status variance_result(const AggregateCall *call, void *const *states, int64_t count, Buf *buf, Column *out,
                              Error *err)
{
    (void)err;
    for (int64_t i = 0; i < count; i++) {
        double value;
        if (!welford_value(states[i], (VarianceKind)call->aggregate->option, &value) || !store_double(value, out, i))
            column_set_null(out, buf, i);
    }
    return STATUS_OK;
}

static const Type *variance_infer(Arena *arena, const Type *const *args, int32_t arg_count)
{
    (void)arg_count;
    if (args[0]->kind != TYPE_DECIMAL)
        return args[0];
    return type_decimal(arena, DECIMAL_DIGITS_MAX, args[0]->scale > 6 ? args[0]->scale : 6, true);
}

#define VARIANCE_ROW(name, text, kind)                                                                       \
    {                                                                                                        \
        .sig = name "(numeric) -> $1", .doc = text, .state_size = sizeof(Welford), .flags = AGG_FLAT,        \
        .option = kind, .infer = variance_infer, .add = variance_add, .retract = variance_retract,           \
        .merge = variance_merge, .result = variance_result                                                   \
    }

const Aggregate agg_variance[] = {
    VARIANCE_ROW("stddev_pop", "The population standard deviation, the square root of VAR_POP.", DEVIATION_POP),
    VARIANCE_ROW("stddev_samp", "The sample standard deviation, the square root of VAR_SAMP.", DEVIATION_SAMP),
    VARIANCE_ROW("stddev", "The same as STDDEV_SAMP.", DEVIATION_SAMP),
    VARIANCE_ROW("var_pop", "The population variance. Of integers it is an integer, truncated.", VARIANCE_POP),
    VARIANCE_ROW("var_samp", "The sample variance; NULL of a single value.", VARIANCE_SAMP),
    VARIANCE_ROW("variance", "The same as VAR_SAMP.", VARIANCE_SAMP),
    { 0 },
};
