/* decimal_text.c: decimals as text, from text, and from and to double. */
#include "data/decimal.h"
#include "data/number.h"

#include <assert.h>
#include <stdlib.h>

/* ---- printing -------------------------------------------------------------------------------------------------- */

/* The digits of |value| without leading zeros ("0" for 0); returns how many. */
static int32_t put_digits(int128_t value, char *out)
{
    char      room[DECIMAL_TEXT_MAX];
    int32_t   start = (int32_t)sizeof(room);
    uint128_t left = value < 0 ? (uint128_t)0 - (uint128_t)value : (uint128_t)value;
    for (; left >> 64; left /= 10)
        room[--start] = (char)('0' + (int)(left % 10));
    for (uint64_t low = (uint64_t)left; low > 0 || start == (int32_t)sizeof(room); low /= 10)
        room[--start] = (char)('0' + (int)(low % 10));
    int32_t count = (int32_t)sizeof(room) - start;
    memcpy(out, room + start, (size_t)count);
    return count;
}

static char *put_sign(int128_t value, char *out)
{
    if (value < 0)
        *out++ = '-';
    return out;
}

int32_t decimal_print(int128_t value, int32_t scale, char *out)
{
    char    digits[DECIMAL_TEXT_MAX];
    int32_t count = put_digits(value, digits);
    char   *at = put_sign(value, out);
    int32_t whole = count - scale;
    if (whole > 0) {
        memcpy(at, digits, (size_t)whole);
        at += whole;
    } else {
        *at++ = '0';
    }
    if (scale == 0)
        return (int32_t)(at - out);
    *at++ = '.';
    for (int32_t i = whole; i < 0; i++)
        *at++ = '0';
    int32_t start = whole > 0 ? whole : 0;
    memcpy(at, digits + start, (size_t)(count - start));
    return (int32_t)(at + (count - start) - out);
}

/* d[.ddd]E±n */
static int32_t print_scientific(int128_t value, const char *digits, int32_t count, int32_t exponent, char *out)
{
    char *at = put_sign(value, out);
    *at++ = digits[0];
    if (count > 1) {
        *at++ = '.';
        memcpy(at, digits + 1, (size_t)(count - 1));
        at += count - 1;
    }
    *at++ = 'E';
    if (exponent >= 0)
        *at++ = '+';
    return (int32_t)(at + i64_print(exponent, at) - out);
}

int32_t decimal_print_java(int128_t value, int32_t scale, char *out)
{
    char    digits[DECIMAL_TEXT_MAX];
    int32_t count = put_digits(value, digits);
    int32_t exponent = count - 1 - scale;
    if (scale >= 0 && exponent >= -6)
        return decimal_print(value, scale, out);
    return print_scientific(value, digits, count, exponent, out);
}

int32_t decimal_print_stripped(int128_t value, int32_t scale, char *out)
{
    while (value != 0 && value % 10 == 0) {
        value /= 10;
        scale--;
    }
    return decimal_print_java(value, value == 0 ? 0 : scale, out);
}

/* ---- parsing --------------------------------------------------------------------------------------------------- */

/* A number as it is read: the first 39 digits that count, and what was seen behind them. */
typedef struct Reading {
    int128_t digits;
    int32_t  count;       /* of digits in `digits` */
    int64_t  exponent;    /* value = digits * 10^exponent */
    int32_t  first_lost;  /* the first digit that had no place, -1 = none */
    bool     has_digits;
} Reading;

enum { READING_DIGITS_MAX = DECIMAL_DIGITS_MAX, EXPONENT_DIGITS_MAX = 10 };

static void read_digit(Reading *reading, int32_t digit, bool behind_point)
{
    reading->has_digits = true;
    if (reading->count == READING_DIGITS_MAX) {
        if (reading->first_lost < 0)
            reading->first_lost = digit;
        reading->exponent += behind_point ? 0 : 1;
        return;
    }
    reading->digits = reading->digits * 10 + digit;
    reading->count += reading->digits != 0;
    reading->exponent -= behind_point ? 1 : 0;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static int64_t read_digits(Str text, int64_t at, Reading *reading)
{
    bool behind_point = false;
    for (; at < text.len; at++) {
        if (text.ptr[at] == '.' && !behind_point)
            behind_point = true;
        else if (is_digit(text.ptr[at]))
            read_digit(reading, text.ptr[at] - '0', behind_point);
        else
            break;
    }
    return at;
}

/* The exponent behind 'e': up to ten digits, in the range of an int, as in BigDecimal. */
static bool read_exponent(Str text, int64_t at, Reading *reading)
{
    int64_t exponent;
    bool    has_sign = at < text.len && (text.ptr[at] == '-' || text.ptr[at] == '+');
    if (text.len - at - has_sign > EXPONENT_DIGITS_MAX || !i64_parse(str_slice(text, at, text.len), &exponent) ||
        exponent > INT32_MAX || exponent < -INT32_MAX)
        return false;
    reading->exponent += exponent;
    return true;
}

/* Reading at the wanted scale. The digits that were lost lie below those that are kept, so they matter only when all
 * kept ones stay: then the result has over 38 digits, or the first lost one rounds. */
static DecimalParse place(const Reading *reading, int32_t precision, int32_t scale, int128_t *out)
{
    int64_t up = reading->exponent + scale;
    if (reading->digits == 0 || up < -DECIMAL_DIGITS_MAX - 1) {
        *out = 0;
        return DECIMAL_OK;
    }
    if (up > DECIMAL_DIGITS_MAX || (up > 0 && reading->first_lost >= 0))
        return DECIMAL_OVERFLOW;
    if (!decimal_rescale(reading->digits, 0, (int32_t)up, out))
        return DECIMAL_OVERFLOW;
    if (up == 0 && reading->first_lost >= 5)
        *out += 1;
    return decimal_fits(*out, precision) ? DECIMAL_OK : DECIMAL_OVERFLOW;
}

DecimalParse decimal_parse(Str text, int32_t precision, int32_t scale, int128_t *out)
{
    Reading reading = { .first_lost = -1 };
    int64_t at = 0;
    bool    is_negative = text.len > 0 && text.ptr[0] == '-';
    if (is_negative || (text.len > 0 && text.ptr[0] == '+'))
        at = 1;
    at = read_digits(text, at, &reading);
    if (!reading.has_digits)
        return DECIMAL_BAD;
    if (at < text.len) {
        if ((text.ptr[at] != 'e' && text.ptr[at] != 'E') || !read_exponent(text, at + 1, &reading))
            return DECIMAL_BAD;
    }
    DecimalParse result = place(&reading, precision, scale, out);
    if (result == DECIMAL_OK && is_negative)
        *out = -*out;
    return result;
}

/* ---- double ---------------------------------------------------------------------------------------------------- */

double decimal_to_double_exact(int128_t value, int32_t scale)
{
    char    text[DECIMAL_TEXT_MAX + 8];
    char   *at = put_sign(value, text);
    at += put_digits(value, at);
    *at++ = 'e';
    at += i64_print(-scale, at);
    *at = 0;
    return strtod(text, NULL); /* without a point, so whatever the locale */
}

double decimal_to_double(int128_t value, int32_t scale)
{
    if (scale <= 22 && decimal_fits(value, 18))
        return (double)value / (double)decimal_power10(scale);
    return decimal_to_double_exact(value, scale);
}

bool decimal_from_double(double value, int32_t precision, int32_t scale, int128_t *out)
{
    if (value - value != 0) /* NaN, infinite */
        return false;
    Shortest shortest = double_shortest(value);
    int64_t  up = (int64_t)shortest.exponent + scale;
    if (up > DECIMAL_DIGITS_MAX || up < -DECIMAL_DIGITS_MAX) {
        *out = 0;
        return shortest.digits == 0 || up < 0;
    }
    if (!decimal_rescale((int128_t)shortest.digits, 0, (int32_t)up, out) || !decimal_fits(*out, precision))
        return false;
    if (value < 0)
        *out = -*out;
    return true;
}
