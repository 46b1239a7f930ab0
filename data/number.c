/* number.c: numbers as text.
 *
 * The shortest decimal that reads back as the same double is found as in R. Giulietti, "The Schubfach way to render
 * doubles" (2022), which is what Java does since JDK 19: with v = c * 2^q and its rounding interval scaled by a power
 * of ten of 126 bits (power10.def), two candidates with one digit less and two with all digits are tried against the
 * interval. Floats take the same way with their own limits.
 *
 * Integers below 2^63 follow the older rule, which is the one a Flink on Java 17 shows: the integer's own digits, as
 * many as mean something: the FLOAT 1234567936 is 1.23456794E9, where 1.2345679E9 would do. */
#include "data/number.h"

#include <assert.h>

/* ---- powers of ten --------------------------------------------------------------------------------------------- */

typedef struct Power10 {
    uint64_t high;
    uint64_t low;
} Power10;

enum { POWER10_FIRST = -324, POWER10_LAST = 292, INTEGER_BITS_MAX = 62 };

static const Power10 powers10[] = {
#define POWER10(high, low) { high, low },
#include "data/power10.def"
#undef POWER10
};
_Static_assert(sizeof(powers10) / sizeof(powers10[0]) == POWER10_LAST - POWER10_FIRST + 1, "a power per exponent");

/* floor(log10(2^e)), floor(log10(3/4 * 2^e)), floor(log2(10^e)) for the exponents that occur. */
static int32_t log10_of_pow2(int32_t e)
{
    return (int32_t)((e * 661971961083LL) >> 41);
}

static int32_t log10_of_three_quarters_pow2(int32_t e)
{
    return (int32_t)((e * 661971961083LL - 274743187321LL) >> 41);
}

static int32_t log2_of_pow10(int32_t e)
{
    return (int32_t)((e * 913124641741LL) >> 38);
}

/* ---- shortest digits ------------------------------------------------------------------------------------------- */

/* What differs between double and float. */
typedef struct Binary {
    int32_t  fraction_bits;
    int32_t  exponent_min; /* q of subnormal values */
    uint64_t tiny;         /* below this, c gives fewer than two digits */
} Binary;

static const Binary binary_double = { 52, -1074, 3 };
static const Binary binary_float = { 23, -149, 8 };

static uint64_t multiply_high(uint64_t left, uint64_t right)
{
    return (uint64_t)(((uint128_t)left * right) >> 64);
}

/* power * value / 2^127 rounded to odd: the last bit is set when anything was cut off. */
static uint64_t scale_to_odd(Power10 power, uint64_t value)
{
    const uint64_t mask = (1ULL << 63) - 1;
    uint64_t       middle = ((power.high * value) >> 1) + multiply_high(power.low, value);
    uint64_t       high = multiply_high(power.high, value) + (middle >> 63);
    return high | (((middle & mask) + mask) >> 63);
}

/* c * 2^q to the nearest decimal of fewest digits (at least two); the digits are counted down by `shift` tens. */
static Shortest shortest_of(const Binary *binary, uint64_t c, int32_t q, int32_t shift)
{
    bool     is_even = (c & 1) == 0;
    bool     is_regular = c != 1ULL << binary->fraction_bits || q == binary->exponent_min;
    uint64_t outside = is_even ? 0 : 1;
    int32_t  k = is_regular ? log10_of_pow2(q) : log10_of_three_quarters_pow2(q);
    int32_t  h = q + log2_of_pow10(-k) + 2;
    Power10  power = powers10[k - POWER10_FIRST];
    uint64_t value = scale_to_odd(power, (c << 2) << h);
    uint64_t lower = scale_to_odd(power, ((c << 2) - (is_regular ? 2 : 1)) << h);
    uint64_t upper = scale_to_odd(power, ((c << 2) + 2) << h);

    uint64_t digits = value >> 2;
    if (digits >= 100) {
        uint64_t down = digits / 10 * 10;
        uint64_t up = down + 10;
        bool     down_is_in = lower + outside <= down << 2;
        bool     up_is_in = (up << 2) + outside <= upper;
        if (down_is_in != up_is_in)
            return (Shortest){ down_is_in ? down : up, k + shift };
    }
    bool down_is_in = lower + outside <= digits << 2;
    bool up_is_in = ((digits + 1) << 2) + outside <= upper;
    if (down_is_in != up_is_in)
        return (Shortest){ down_is_in ? digits : digits + 1, k + shift };
    int64_t order = (int64_t)(value - ((2 * digits + 1) << 1));
    bool    takes_lower = order < 0 || (order == 0 && (digits & 1) == 0);
    return (Shortest){ takes_lower ? digits : digits + 1, k + shift };
}

static Shortest without_trailing_zeros(Shortest value)
{
    while (value.digits != 0 && value.digits % 10 == 0) {
        value.digits /= 10;
        value.exponent++;
    }
    return value;
}

/* An integer shows its own digits, but for the low ones that lie below its precision of 2^blur. */
static Shortest digits_of_integer(uint64_t value, int32_t blur)
{
    int32_t  lost = blur > 1 ? log10_of_pow2(blur) : 0;
    uint64_t power = 1;
    for (int32_t i = 0; i < lost; i++)
        power *= 10;
    uint64_t rest = value % power;
    return (Shortest){ value / power + (lost > 0 && rest >= power / 2), lost };
}

static Shortest shortest_of_bits(const Binary *binary, uint64_t fraction, int32_t exponent)
{
    if (exponent == 0 && fraction == 0)
        return (Shortest){ 0, 0 };
    if (exponent == 0 && fraction < binary->tiny)
        return without_trailing_zeros(shortest_of(binary, fraction * 10, binary->exponent_min, -1));
    if (exponent == 0)
        return without_trailing_zeros(shortest_of(binary, fraction, binary->exponent_min, 0));
    uint64_t c = fraction | 1ULL << binary->fraction_bits;
    int32_t  q = exponent - 1 + binary->exponent_min;
    if (q < 0 && q >= -binary->fraction_bits && (c >> -q) << -q == c)
        return without_trailing_zeros((Shortest){ c >> -q, 0 });
    if (q >= 0 && q + binary->fraction_bits <= INTEGER_BITS_MAX)
        return without_trailing_zeros(digits_of_integer(c << q, q - 2));
    return without_trailing_zeros(shortest_of(binary, c, q, 0));
}

Shortest double_shortest(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return shortest_of_bits(&binary_double, bits & ((1ULL << 52) - 1), (int32_t)(bits >> 52 & 0x7ff));
}

Shortest float_shortest(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return shortest_of_bits(&binary_float, bits & ((1U << 23) - 1), (int32_t)(bits >> 23 & 0xff));
}

/* ---- layout ---------------------------------------------------------------------------------------------------- */

static int32_t u64_print(uint64_t value, char *out)
{
    char    room[20];
    int32_t start = (int32_t)sizeof(room);
    do {
        room[--start] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    int32_t length = (int32_t)sizeof(room) - start;
    memcpy(out, room + start, (size_t)length);
    return length;
}

int32_t i64_print(int64_t value, char *out)
{
    if (value >= 0)
        return u64_print((uint64_t)value, out);
    *out = '-';
    return 1 + u64_print((uint64_t)0 - (uint64_t)value, out + 1);
}

static char *put(char *out, const char *bytes, int32_t size)
{
    memcpy(out, bytes, (size_t)size);
    return out + size;
}

static char *put_zeros(char *out, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        *out++ = '0';
    return out;
}

/* digits with the point behind the first `whole` of them (which may be none, or more than there are). */
static char *put_plain(char *out, const char *digits, int32_t count, int32_t whole)
{
    if (whole <= 0) {
        out = put_zeros(put(out, "0.", 2), -whole);
        return put(out, digits, count);
    }
    if (whole >= count) {
        out = put_zeros(put(out, digits, count), whole - count);
        return put(out, ".0", 2);
    }
    out = put(out, digits, whole);
    *out++ = '.';
    return put(out, digits + whole, count - whole);
}

/* Plain for 10^-3 <= value < 10^7, else d.dddE±n; always a digit behind the point. */
static int32_t print_digits(Shortest value, bool is_negative, char *out)
{
    char    digits[20];
    int32_t count = u64_print(value.digits, digits);
    int32_t exponent = value.exponent + count - 1; /* of the first digit */
    char   *at = out;
    if (is_negative)
        *at++ = '-';
    if (value.digits == 0)
        return (int32_t)(put(at, "0.0", 3) - out);
    if (exponent >= -3 && exponent < 7)
        return (int32_t)(put_plain(at, digits, count, exponent + 1) - out);
    at = put_plain(at, digits, count, 1);
    *at++ = 'E';
    return (int32_t)(at + i64_print(exponent, at) - out);
}

static int32_t print_special(double value, char *out)
{
    const char *text = value != value ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
    int32_t     length = (int32_t)strlen(text);
    memcpy(out, text, (size_t)length);
    return length;
}

static bool is_finite(double value)
{
    return value - value == 0;
}

int32_t double_print(double value, char *out)
{
    if (!is_finite(value))
        return print_special(value, out);
    return print_digits(double_shortest(value), __builtin_signbit(value), out);
}

int32_t float_print(float value, char *out)
{
    if (!is_finite(value))
        return print_special(value, out);
    return print_digits(float_shortest(value), __builtin_signbit(value), out);
}
