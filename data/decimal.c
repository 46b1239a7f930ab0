/* decimal.c: exact arithmetic of decimals.
 *
 * Each operation has a short way in 128 bits for the usual sizes (some an even shorter one, when what they multiply fits
 * 64 bits, so that nothing can overflow) and an exact one in 256 bits (wide.h) for the rest; all give the same digits.
 * Signs are taken off first: rounding HALF_UP is away from zero.
 *
 *   round to a scale:  drop all but one of the digits that go, then let that one decide
 *   divide:            the quotient to 38 digits HALF_UP, as BigDecimal.divide with a MathContext, then to the scale */
#include "data/decimal.h"

#include "data/wide.h"

#include <assert.h>

#define E18 1000000000000000000LL

enum { SHORT_DIGITS_MAX = 18 }; /* a 64-bit number times 10^18 is below 10^38 */

/* Nineteen neighbouring powers of ten, times a factor. */
#define POWERS(factor)                                                                                            \
    (factor) * 1LL, (factor) * 10LL, (factor) * 100LL, (factor) * 1000LL, (factor) * 10000LL, (factor) * 100000LL, \
        (factor) * 1000000LL, (factor) * 10000000LL, (factor) * 100000000LL, (factor) * 1000000000LL,              \
        (factor) * 10000000000LL, (factor) * 100000000000LL, (factor) * 1000000000000LL,                          \
        (factor) * 10000000000000LL, (factor) * 100000000000000LL, (factor) * 1000000000000000LL,                 \
        (factor) * 10000000000000000LL, (factor) * 100000000000000000LL, (factor) * E18

const int128_t decimal_powers[] = {
    POWERS((int128_t)1), POWERS((int128_t)E18 * 10), (int128_t)E18 * E18 * 100,
};
_Static_assert(sizeof(decimal_powers) / sizeof(decimal_powers[0]) == DECIMAL_DIGITS_MAX + 1, "10^0 to 10^38");

static bool is_short(int128_t value)
{
    return value == (int64_t)value;
}

static uint128_t magnitude(int128_t value)
{
    return value < 0 ? (uint128_t)0 - (uint128_t)value : (uint128_t)value;
}

/* false when the result has more than 38 digits. */
static bool finish(Wide value, bool is_negative, int128_t *out)
{
    if (value.high != 0 || value.low >= (uint128_t)decimal_powers[DECIMAL_DIGITS_MAX])
        return false;
    *out = is_negative ? -(int128_t)value.low : (int128_t)value.low;
    return true;
}

/* ---- rounding -------------------------------------------------------------------------------------------------- */

/* Drops n >= 1 digits HALF_UP. */
static Wide drop_digits(Wide value, int32_t n)
{
    uint128_t rest;
    for (int32_t left = n - 1; left > 0; left -= DECIMAL_DIGITS_MAX)
        value = wide_divide(value, (uint128_t)decimal_powers[left < DECIMAL_DIGITS_MAX ? left : DECIMAL_DIGITS_MAX], &rest);
    value = wide_divide(value, 10, &rest);
    return rest >= 5 ? wide_add(value, (Wide){ 0, 1 }) : value;
}

/* From one scale to another; false when the result has more than 38 digits. */
static bool rescale_wide(Wide value, int32_t from, int32_t to, bool is_negative, int128_t *out)
{
    if (to < from)
        return finish(drop_digits(value, from - to), is_negative, out);
    for (int32_t left = to - from; left > 0; left -= DECIMAL_DIGITS_MAX)
        if (!wide_scale_up(&value, left < DECIMAL_DIGITS_MAX ? left : DECIMAL_DIGITS_MAX))
            return false;
    return finish(value, is_negative, out);
}

bool decimal_rescale(int128_t value, int32_t from, int32_t to, int128_t *out)
{
    int32_t up = to - from;
    if (up == 0) {
        *out = value;
        return decimal_fits(value, DECIMAL_DIGITS_MAX);
    }
    if (up > 0 && up <= SHORT_DIGITS_MAX && is_short(value)) {
        *out = value * decimal_powers[up];
        return true;
    }
    if (up > 0 && up <= DECIMAL_DIGITS_MAX)
        return !__builtin_mul_overflow(value, decimal_powers[up], out) && decimal_fits(*out, DECIMAL_DIGITS_MAX);
    if (up < 0 && up >= -DECIMAL_DIGITS_MAX) {
        int128_t by = decimal_powers[-up];
        int128_t rest = value % by;
        *out = value / by;
        if (rest >= by / 2)
            *out += 1;
        else if (rest <= -(by / 2))
            *out -= 1;
        return true;
    }
    return rescale_wide((Wide){ 0, magnitude(value) }, from, to, value < 0, out);
}

/* ---- sum and difference ---------------------------------------------------------------------------------------- */

static bool add_wide(int128_t left, int32_t left_scale, int128_t right, int32_t right_scale, int32_t out_scale,
                     int128_t *out)
{
    int32_t scale = left_scale > right_scale ? left_scale : right_scale;
    Wide    a = wide_multiply(magnitude(left), (uint128_t)decimal_powers[scale - left_scale]);
    Wide    b = wide_multiply(magnitude(right), (uint128_t)decimal_powers[scale - right_scale]);
    bool    left_negative = left < 0;
    if (left_negative == (right < 0))
        return rescale_wide(wide_add(a, b), scale, out_scale, left_negative, out);
    if (wide_compare(a, b) >= 0)
        return rescale_wide(wide_subtract(a, b), scale, out_scale, left_negative, out);
    return rescale_wide(wide_subtract(b, a), scale, out_scale, !left_negative, out);
}

bool decimal_add(int128_t left, int32_t left_scale, int128_t right, int32_t right_scale, int32_t out_scale,
                 int128_t *out)
{
    int32_t  scale = left_scale > right_scale ? left_scale : right_scale;
    int128_t a, b, sum;
    if (__builtin_mul_overflow(left, decimal_powers[scale - left_scale], &a) ||
        __builtin_mul_overflow(right, decimal_powers[scale - right_scale], &b) || __builtin_add_overflow(a, b, &sum))
        return add_wide(left, left_scale, right, right_scale, out_scale, out);
    return decimal_rescale(sum, scale, out_scale, out);
}

bool decimal_subtract(int128_t left, int32_t left_scale, int128_t right, int32_t right_scale, int32_t out_scale,
                      int128_t *out)
{
    return decimal_add(left, left_scale, -right, right_scale, out_scale, out);
}

/* ---- product --------------------------------------------------------------------------------------------------- */

bool decimal_multiply(int128_t left, int32_t left_scale, int128_t right, int32_t right_scale, int32_t out_scale,
                      int128_t *out)
{
    int128_t product;
    if (is_short(left) && is_short(right) && out_scale == left_scale + right_scale) {
        *out = (int128_t)(int64_t)left * (int64_t)right;
        return true;
    }
    if (!__builtin_mul_overflow(left, right, &product))
        return decimal_rescale(product, left_scale + right_scale, out_scale, out);
    Wide wide = wide_multiply(magnitude(left), magnitude(right));
    return rescale_wide(wide, left_scale + right_scale, out_scale, (left < 0) != (right < 0), out);
}

/* ---- quotient -------------------------------------------------------------------------------------------------- */

static int32_t digit_count(uint128_t value)
{
    int32_t digits = 0;
    while (digits < DECIMAL_DIGITS_MAX && value >= (uint128_t)decimal_powers[digits])
        digits++;
    return digits;
}

/* left * 10^up / right HALF_UP in 128 bits, if that is exact enough: a divisor below 10^18 leaves a fraction that is
 * one half or at least 10^-18 away from it, and with a quotient below 10^18 the 38th digit is finer than that. */
static bool divide_short(int128_t left, int128_t right, int32_t up, int128_t *out)
{
    int128_t dividend;
    if (up < 0 || up > DECIMAL_DIGITS_MAX || right >= E18 || right <= -E18 ||
        __builtin_mul_overflow(left, decimal_powers[up], &dividend))
        return false;
    uint128_t divisor = magnitude(right);
    uint128_t quotient = magnitude(dividend) / divisor;
    uint128_t rest = magnitude(dividend) % divisor;
    if (quotient >= E18)
        return false;
    quotient += rest * 2 >= divisor;
    *out = (left < 0) != (right < 0) ? -(int128_t)quotient : (int128_t)quotient;
    return true;
}

bool decimal_divide(int128_t left, int32_t left_scale, int128_t right, int32_t right_scale, int32_t out_scale,
                    int128_t *out)
{
    assert(right != 0);
    if (left == 0) {
        *out = 0;
        return true;
    }
    if (divide_short(left, right, out_scale - left_scale + right_scale, out))
        return true;
    uint128_t divisor = magnitude(right);
    int32_t   up = DECIMAL_DIGITS_MAX - digit_count(magnitude(left)) + digit_count(divisor);
    Wide      quotient = { 0, magnitude(left) };
    wide_scale_up(&quotient, up < DECIMAL_DIGITS_MAX ? up : DECIMAL_DIGITS_MAX);
    if (up > DECIMAL_DIGITS_MAX)
        wide_scale_up(&quotient, up - DECIMAL_DIGITS_MAX);
    uint128_t rest;
    quotient = wide_divide(quotient, divisor, &rest); /* 38 or 39 digits */
    if (wide_compare(quotient, (Wide){ 0, (uint128_t)decimal_powers[DECIMAL_DIGITS_MAX] }) >= 0) {
        quotient = drop_digits(quotient, 1);
        up--;
    } else if (rest >= divisor - rest) {
        quotient = wide_add(quotient, (Wide){ 0, 1 });
    }
    return rescale_wide(quotient, up + left_scale - right_scale, out_scale, (left < 0) != (right < 0), out);
}

/* ---- remainder ------------------------------------------------------------------------------------------------- */

/* The sign is that of the dividend. false when the integer quotient has over 38 digits, as in BigDecimal.remainder. */
bool decimal_mod(int128_t left, int32_t left_scale, int128_t right, int32_t right_scale, int32_t out_scale,
                 int128_t *out)
{
    assert(right != 0);
    int32_t   scale = left_scale > right_scale ? left_scale : right_scale;
    Wide      divisor = wide_multiply(magnitude(right), (uint128_t)decimal_powers[scale - right_scale]);
    Wide      dividend = wide_multiply(magnitude(left), (uint128_t)decimal_powers[scale - left_scale]);
    uint128_t rest = dividend.low;
    if (wide_compare(dividend, divisor) < 0)
        return rescale_wide(dividend, scale, out_scale, left < 0, out);
    assert(divisor.high == 0); /* only one of the two is raised to the larger scale, and this one is the smaller */
    Wide quotient = wide_divide(dividend, divisor.low, &rest);
    if (quotient.high != 0 || quotient.low >= (uint128_t)decimal_powers[DECIMAL_DIGITS_MAX])
        return false;
    return rescale_wide((Wide){ 0, rest }, scale, out_scale, left < 0, out);
}

int decimal_compare(int128_t left, int32_t left_scale, int128_t right, int32_t right_scale)
{
    if (left_scale == right_scale)
        return (left > right) - (left < right);
    if ((left < 0) != (right < 0))
        return left < 0 ? -1 : 1;
    int32_t scale = left_scale > right_scale ? left_scale : right_scale;
    if (is_short(left) && is_short(right) && scale - left_scale <= SHORT_DIGITS_MAX && scale - right_scale <= SHORT_DIGITS_MAX) {
        int128_t short_left = left * decimal_powers[scale - left_scale], short_right = right * decimal_powers[scale - right_scale];
        return (short_left > short_right) - (short_left < short_right);
    }
    Wide a = wide_multiply(magnitude(left), (uint128_t)decimal_powers[scale - left_scale]);
    Wide b = wide_multiply(magnitude(right), (uint128_t)decimal_powers[scale - right_scale]);
    return left < 0 ? wide_compare(b, a) : wide_compare(a, b);
}
