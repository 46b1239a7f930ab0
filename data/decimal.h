/* decimal.h: exact decimal numbers: an unscaled int128_t beside a scale known from the type. */
#ifndef DATA_DECIMAL_H
#define DATA_DECIMAL_H

#include "data/type.h"

#define DECIMAL_DIGITS_MAX 38
#define DECIMAL_TEXT_MAX   48 /* room for any decimal's text, sign, point and leading zero included */

/* 10^n, n = 0..38 */
extern const int128_t decimal_powers[];

static inline int128_t decimal_power10(int32_t n)
{
    return decimal_powers[n];
}

/* |value| < 10^precision */
static inline bool decimal_fits(int128_t value, int32_t precision)
{
    return value < decimal_powers[precision] && value > -decimal_powers[precision];
}

/* value at scale `from` to scale `to`, HALF_UP; false when the result has more than 38 digits. */
bool decimal_rescale(int128_t value, int32_t from, int32_t to, int128_t *out);
/* Results at out_scale, HALF_UP, as the dialect computes them; false when over 38 digits (the caller checks the result's
 * precision) or, for divide and mod, never for a zero divisor: check that first. */
bool decimal_add(int128_t left, int32_t left_scale, int128_t right, int32_t right_scale, int32_t out_scale, int128_t *out);
bool decimal_subtract(int128_t left, int32_t left_scale, int128_t right, int32_t right_scale, int32_t out_scale, int128_t *out);
bool decimal_multiply(int128_t left, int32_t left_scale, int128_t right, int32_t right_scale, int32_t out_scale, int128_t *out);
/* The quotient to 38 digits HALF_UP, then to out_scale HALF_UP. */
bool decimal_divide(int128_t left, int32_t left_scale, int128_t right, int32_t right_scale, int32_t out_scale, int128_t *out);
bool decimal_mod(int128_t left, int32_t left_scale, int128_t right, int32_t right_scale, int32_t out_scale, int128_t *out);
int  decimal_compare(int128_t left, int32_t left_scale, int128_t right, int32_t right_scale);

/* Plain notation with all `scale` digits: "9.870", "-0.05". Returns the length; out has DECIMAL_TEXT_MAX bytes. */
int32_t decimal_print(int128_t value, int32_t scale, char *out);
/* As Java's BigDecimal.toString after stripTrailingZeros: may be scientific ("5E+4"). */
int32_t decimal_print_stripped(int128_t value, int32_t scale, char *out);
/* As Java's BigDecimal.toString with the scale kept: "9.870", "1E-8", "0E-8". */
int32_t decimal_print_java(int128_t value, int32_t scale, char *out);
/* Java's BigDecimal(String) grammar (sign, digits, point, exponent), rounded HALF_UP to scale. */
typedef enum DecimalParse { DECIMAL_OK, DECIMAL_BAD, DECIMAL_OVERFLOW } DecimalParse;
DecimalParse decimal_parse(Str text, int32_t precision, int32_t scale, int128_t *out);
/* As the dialect does for DECIMAL(p <= 18): unscaled value as a double, divided by 10^scale; for larger values exact. */
double  decimal_to_double(int128_t value, int32_t scale);
/* The nearest double, as the dialect does for DECIMAL(p > 18). */
double  decimal_to_double_exact(int128_t value, int32_t scale);
/* HALF_UP of the double's shortest decimal text; false when NaN, infinite or too large for precision. */
bool    decimal_from_double(double value, int32_t precision, int32_t scale, int128_t *out);

/* Reads and writes one value of a DECIMAL column of either layout. */
static inline int128_t decimal_load(const void *data, bool is_wide, int64_t index)
{
    return is_wide ? ((const int128_t *)data)[index] : ((const int64_t *)data)[index];
}
static inline void decimal_store(void *data, bool is_wide, int64_t index, int128_t value)
{
    if (is_wide)
        ((int128_t *)data)[index] = value;
    else
        ((int64_t *)data)[index] = (int64_t)value;
}
static inline bool decimal_is_wide(const Type *type)
{
    return type->precision > 18;
}

#endif
