/* math.c: functions of DOUBLE: powers, logarithms, trigonometry; PI, E; RAND and RAND_INTEGER. */
#include "functions/args.h"
#include "functions/literal.h"

#include <math.h>

#define PI_VALUE          3.141592653589793
#define E_VALUE           2.718281828459045
#define RADIANS_PER_DEGREE 0.017453292519943295
#define DEGREES_PER_RADIAN 57.29577951308232

#define UNARY(name, expression)                                                                                  \
    static Status name##_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)             \
    {                                                                                                            \
        (void)call;                                                                                              \
        (void)err;                                                                                               \
        const double *in = COLUMN_DATA(&args[0], double);                                                        \
        double       *to = COLUMN_DATA(out, double);                                                             \
        for (int64_t i = 0; i < rows; i++) {                                                                     \
            double x = in[args[0].constant ? 0 : i];                                                             \
            to[i]    = (expression);                                                                             \
        }                                                                                                        \
        return STATUS_OK;                                                                                        \
    }

#define BINARY(name, expression)                                                                                 \
    static Status name##_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)             \
    {                                                                                                            \
        (void)call;                                                                                              \
        (void)err;                                                                                               \
        for (int64_t i = 0; i < rows; i++) {                                                                     \
            double x = arg_f64(&args[0], i), y = arg_f64(&args[1], i);                                           \
            COLUMN_DATA(out, double)[i] = (expression);                                                          \
        }                                                                                                        \
        return STATUS_OK;                                                                                        \
    }

UNARY(sqrt, sqrt(x))
UNARY(exp, exp(x))
UNARY(ln, log(x))
UNARY(log2, log(x) / log(2))
UNARY(log10, log10(x))
UNARY(sin, sin(x))
UNARY(sinh, sinh(x))
UNARY(cos, cos(x))
UNARY(cosh, cosh(x))
UNARY(tan, tan(x))
UNARY(tanh, tanh(x))
UNARY(cot, 1.0 / tan(x))
UNARY(asin, asin(x))
UNARY(acos, acos(x))
UNARY(atan, atan(x))
UNARY(degrees, x * DEGREES_PER_RADIAN)
UNARY(radians, x * RADIANS_PER_DEGREE)
BINARY(log_base, log(y) / log(x))
BINARY(atan2, atan2(x, y))

/* As Java's pow: 1 to the power of an infinity, or of NaN, is NaN. */
static double java_pow(double x, double y)
{
    bool is_odd_case = isnan(y) || (isinf(y) && fabs(x) == 1.0);
    return is_odd_case ? (double)NAN : pow(x, y);
}
BINARY(power, java_pow(x, y))

static Status constant_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)args;
    (void)rows;
    (void)err;
    COLUMN_DATA(out, double)[0] = call_function(call)->option ? E_VALUE : PI_VALUE;
    return STATUS_OK;
}

/* ---- RAND ------------------------------------------------------------------------------------------------------ */

/* The generator of java.util.Random, so that a seed gives the sequence that users know. A seed that is no literal
 * starts anew at each row. */
typedef struct JavaRandom {
    uint64_t state;
} JavaRandom;

#define RANDOM_MULTIPLIER 0x5DEECE66DULL
#define RANDOM_MASK       ((1ULL << 48) - 1)

static JavaRandom random_from(int64_t seed)
{
    return (JavaRandom){ ((uint64_t)seed ^ RANDOM_MULTIPLIER) & RANDOM_MASK };
}

static int32_t random_bits(JavaRandom *random, int bits)
{
    random->state = (random->state * RANDOM_MULTIPLIER + 0xB) & RANDOM_MASK;
    return (int32_t)(random->state >> (48 - bits));
}

static double random_double(JavaRandom *random)
{
    int64_t high = random_bits(random, 26), low = random_bits(random, 27);
    return (double)((high << 27) + low) * 0x1.0p-53;
}

static int32_t random_below(JavaRandom *random, int32_t bound)
{
    if ((bound & (bound - 1)) == 0)
        return (int32_t)(((int64_t)bound * random_bits(random, 31)) >> 31);
    for (;;) {
        int32_t bits = random_bits(random, 31), value = bits % bound;
        if ((int64_t)bits - value + (bound - 1) <= INT32_MAX)
            return value;
    }
}

/* Where the seed is among the arguments, or -1. */
static int32_t seed_arg(const Expr *expr)
{
    bool is_integer = expr->function->option;
    return expr->arg_count == (is_integer ? 2 : 1) ? 0 : -1;
}

static Status random_prepare(Call *call, Arena *arena, const Expr *expr, void **state, Error *err)
{
    (void)err;
    JavaRandom *random = arena_new(arena, JavaRandom, 1);
    int64_t     seed   = (int64_t)call_context(call)->random_seed + expr->span.start;
    if (seed_arg(expr) == 0)
        literal_i64(expr->args[0], &seed);
    *random = random_from(seed);
    *state  = random;
    return STATUS_OK;
}

static bool has_literal_seed(const Expr *expr)
{
    int64_t seed;
    return seed_arg(expr) < 0 || literal_i64(expr->args[0], &seed);
}

static Status rand_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    JavaRandom *random     = call_state(call);
    bool        is_seeded  = has_literal_seed(call_expr(call));
    EACH_VALUE(i)
    {
        if (!is_seeded)
            *random = random_from(arg_i64(&args[0], i));
        COLUMN_DATA(out, double)[i] = random_double(random);
    }
    return STATUS_OK;
}

static Status rand_integer_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    JavaRandom   *random    = call_state(call);
    bool          is_seeded = has_literal_seed(call_expr(call));
    const Column *bounds    = &args[call_expr(call)->arg_count - 1];
    EACH_VALUE(i)
    {
        int64_t bound = arg_i64(bounds, i);
        if (bound <= 0 || bound > INT32_MAX)
            return call_fail(call, err, STATUS_DATA, "the bound of RAND_INTEGER must be positive, not %lld",
                             (long long)bound);
        if (!is_seeded)
            *random = random_from(arg_i64(&args[0], i));
        COLUMN_DATA(out, int32_t)[i] = random_below(random, (int32_t)bound);
    }
    return STATUS_OK;
}

#define MATH(name, text) { .sig = #name "(double) -> double", .doc = text, .eval = name##_eval }

const Function fn_math[] = {
    { .sig = "power(double, double) -> double",
      .doc = "The first number raised to the second. Example: POWER(2, 10) gives 1024.0.",
      .eval = power_eval },
    MATH(sqrt, "The square root."),
    MATH(exp, "e raised to the number."),
    MATH(ln, "The natural logarithm."),
    { .sig = "log(double) -> double", .doc = "The natural logarithm.", .eval = ln_eval },
    { .sig = "log(double, double) -> double", .doc = "The logarithm of the second number to the base of the first.",
      .eval = log_base_eval },
    MATH(log2, "The logarithm to base 2."),
    MATH(log10, "The logarithm to base 10."),
    MATH(sin, "The sine."),
    MATH(sinh, "The hyperbolic sine."),
    MATH(cos, "The cosine."),
    MATH(cosh, "The hyperbolic cosine."),
    MATH(tan, "The tangent."),
    MATH(tanh, "The hyperbolic tangent."),
    MATH(cot, "The cotangent."),
    MATH(asin, "The arc sine."),
    MATH(acos, "The arc cosine."),
    MATH(atan, "The arc tangent."),
    { .sig = "atan2(double, double) -> double", .doc = "The angle of the point (second, first).", .eval = atan2_eval },
    MATH(degrees, "Radians as degrees."),
    MATH(radians, "Degrees as radians."),
    { .sig = "pi() -> double!", .doc = "3.141592653589793.", .eval = constant_eval, .option = 0 },
    { .sig = "e() -> double!", .doc = "2.718281828459045.", .eval = constant_eval, .option = 1 },
    { .sig = "rand([bigint]) -> double",
      .doc = "A random number from 0 to below 1. With a seed, the sequence of Java's Random: RAND(42) starts with "
             "0.7275636800328681.",
      .eval = rand_eval, .prepare = random_prepare, .flags = FN_NOT_DETERMINISTIC, .option = 0 },
    { .sig = "rand_integer(bigint, [bigint]) -> int",
      .doc = "A random integer from 0 to below the last argument; with two, the first is the seed.",
      .eval = rand_integer_eval, .prepare = random_prepare, .flags = FN_NOT_DETERMINISTIC | FN_CAN_FAIL, .option = 1 },
    { 0 },
};
