/* number_parse.c: text to numbers, as Java's parseDouble and parseLong.
 *
 *   scan:   check the grammar, collect the digits without point and leading zeros, count the exponent
 *   short:  up to 19 digits and a power of ten that the type holds exactly: one correctly rounded operation
 *   else:   strtod on "digits e exponent", which has no point and so no locale, rounded correctly by libc
 *
 * Digits beyond DIGITS_MAX only matter in that they are there: any that is not 0 becomes one last 1. */
#include "data/number.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    DIGITS_MAX = 800, /* a double has at most 767 digits that can decide a rounding */
    EXPONENT_MAX = 1000000,
};

typedef struct Scanned {
    char     digits[DIGITS_MAX + 40]; /* a sign, "0x", the digits, and room for a last 1, exponent and NUL */
    int32_t  start;                   /* of the first digit */
    int32_t  count;                   /* of digits */
    int64_t  exponent;                /* of ten, or of two for hexadecimal */
    bool     is_negative;
    bool     is_hexadecimal;
    bool     lost_digits; /* a digit that is not 0 was cut off */
} Scanned;

static int32_t digit_value(char byte, bool is_hexadecimal)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (!is_hexadecimal)
        return -1;
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

static void add_digit(Scanned *scanned, char byte, bool behind_point)
{
    int32_t step = scanned->is_hexadecimal ? 4 : 1;
    if (scanned->count == DIGITS_MAX) {
        scanned->lost_digits |= byte != '0';
        scanned->exponent += behind_point ? 0 : step;
        return;
    }
    if (scanned->count > 0 || byte != '0')
        scanned->digits[scanned->start + scanned->count++] = byte;
    scanned->exponent -= behind_point ? step : 0;
}

/* digits [. digits]; false without any digit. Moves *at behind them. */
static bool scan_digits(Str text, int64_t *at, Scanned *scanned)
{
    bool has_digits = false;
    bool behind_point = false;
    for (; *at < text.len; (*at)++) {
        char byte = text.ptr[*at];
        if (byte == '.' && !behind_point) {
            behind_point = true;
            continue;
        }
        if (digit_value(byte, scanned->is_hexadecimal) < 0)
            break;
        has_digits = true;
        add_digit(scanned, byte, behind_point);
    }
    return has_digits;
}

/* [sign] digits; large ones stop at a limit that over- or underflows in any case. */
static bool scan_exponent(Str text, int64_t *at, Scanned *scanned)
{
    bool is_negative = false;
    if (*at < text.len && (text.ptr[*at] == '+' || text.ptr[*at] == '-'))
        is_negative = text.ptr[(*at)++] == '-';
    int64_t start = *at;
    int64_t exponent = 0;
    for (; *at < text.len && text.ptr[*at] >= '0' && text.ptr[*at] <= '9'; (*at)++)
        if (exponent < EXPONENT_MAX)
            exponent = exponent * 10 + (text.ptr[*at] - '0');
    scanned->exponent += is_negative ? -exponent : exponent;
    return *at > start;
}

static bool is_one_of(Str text, int64_t at, const char *two)
{
    return at < text.len && (text.ptr[at] == two[0] || text.ptr[at] == two[1]);
}

static bool scan_number(Str text, int64_t at, Scanned *scanned)
{
    if (at + 1 < text.len && text.ptr[at] == '0' && is_one_of(text, at + 1, "xX")) {
        scanned->is_hexadecimal = true;
        scanned->digits[scanned->start++] = '0';
        scanned->digits[scanned->start++] = 'x';
        at += 2;
    }
    if (!scan_digits(text, &at, scanned))
        return false;
    if (is_one_of(text, at, scanned->is_hexadecimal ? "pP" : "eE")) {
        at++;
        if (!scan_exponent(text, &at, scanned))
            return false;
    } else if (scanned->is_hexadecimal) {
        return false;
    }
    if (is_one_of(text, at, "fF") || is_one_of(text, at, "dD"))
        at++;
    return at == text.len;
}

/* White space and control characters, as String.trim. */
static Str trim_java(Str text)
{
    while (text.len > 0 && (unsigned char)text.ptr[0] <= ' ')
        text = str_slice(text, 1, text.len);
    while (text.len > 0 && (unsigned char)text.ptr[text.len - 1] <= ' ')
        text.len--;
    return text;
}

/* Finishes "[-][0x]digits(e|p)exponent". */
static void close_text(Scanned *scanned)
{
    char *at = scanned->digits + scanned->start + scanned->count;
    if (scanned->lost_digits) {
        *at++ = '1';
        scanned->exponent -= scanned->is_hexadecimal ? 4 : 1;
    }
    *at++ = scanned->is_hexadecimal ? 'p' : 'e';
    int64_t exponent = scanned->exponent;
    exponent = exponent > EXPONENT_MAX ? EXPONENT_MAX : exponent < -EXPONENT_MAX ? -EXPONENT_MAX : exponent;
    at += i64_print(exponent, at);
    *at = 0;
}

enum { MANTISSA_DIGITS_MAX = 18 };

static uint64_t mantissa(const Scanned *scanned)
{
    uint64_t value = 0;
    for (int32_t i = 0; i < scanned->count; i++)
        value = value * 10 + (uint64_t)(scanned->digits[scanned->start + i] - '0');
    return value;
}

static bool is_short(const Scanned *scanned)
{
    return !scanned->is_hexadecimal && scanned->count <= MANTISSA_DIGITS_MAX;
}

/* The magnitude, if mantissa and power of ten are both exact in a double. */
static bool double_short(const Scanned *scanned, double *out)
{
    static const double powers[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                     1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
    int64_t exponent = scanned->exponent;
    if (!is_short(scanned) || exponent < -22 || exponent > 22)
        return false;
    uint64_t value = mantissa(scanned);
    if (value > 1ULL << 53)
        return false;
    *out = exponent < 0 ? (double)value / powers[-exponent] : (double)value * powers[exponent];
    return true;
}

static bool float_short(const Scanned *scanned, float *out)
{
    static const float powers[] = { 1e0F, 1e1F, 1e2F, 1e3F, 1e4F, 1e5F, 1e6F, 1e7F, 1e8F, 1e9F, 1e10F };
    int64_t            exponent = scanned->exponent;
    if (!is_short(scanned) || exponent < -10 || exponent > 10)
        return false;
    uint64_t value = mantissa(scanned);
    if (value > 1ULL << 24)
        return false;
    *out = exponent < 0 ? (float)value / powers[-exponent] : (float)value * powers[exponent];
    return true;
}

/* true with a special value in *special, or a number in *scanned. */
static bool scan(Str text, Scanned *scanned, double *special)
{
    scanned->start = scanned->count = 0;
    scanned->exponent = 0;
    scanned->is_negative = scanned->is_hexadecimal = scanned->lost_digits = false;
    *special = 0;
    text = trim_java(text);
    int64_t at = 0;
    if (is_one_of(text, at, "+-"))
        scanned->is_negative = text.ptr[at++] == '-';
    Str rest = str_slice(text, at, text.len);
    if (str_is(rest, "NaN"))
        *special = __builtin_nan("");
    else if (str_is(rest, "Infinity"))
        *special = __builtin_inf();
    else
        return scan_number(text, at, scanned);
    return true;
}

bool double_parse(Str text, double *out)
{
    Scanned scanned;
    double  value;
    if (!scan(text, &scanned, &value))
        return false;
    if (value == 0 && scanned.count > 0 && !double_short(&scanned, &value)) {
        close_text(&scanned);
        value = strtod(scanned.digits, NULL);
    }
    *out = scanned.is_negative && value == value ? -value : value;
    return true;
}

bool float_parse(Str text, float *out)
{
    Scanned scanned;
    double  special;
    if (!scan(text, &scanned, &special))
        return false;
    float value = (float)special;
    if (special == 0 && scanned.count > 0 && !float_short(&scanned, &value)) {
        close_text(&scanned);
        value = strtof(scanned.digits, NULL);
    }
    *out = scanned.is_negative && value == value ? -value : value;
    return true;
}

bool i64_parse(Str text, int64_t *out)
{
    int64_t at = 0;
    bool    is_negative = false;
    if (is_one_of(text, at, "+-"))
        is_negative = text.ptr[at++] == '-';
    if (at == text.len)
        return false;
    int64_t value = 0; /* counted down, since there is one more negative number */
    for (; at < text.len; at++) {
        int32_t digit = digit_value(text.ptr[at], false);
        if (digit < 0 || __builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, digit, &value))
            return false;
    }
    if (!is_negative && value == INT64_MIN)
        return false;
    *out = is_negative ? value : -value;
    return true;
}
