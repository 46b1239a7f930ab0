/* cast_from_text.c: CHAR and VARCHAR to numbers, BOOLEAN, dates and times.
 *
 *   integers   blanks around, sign, digits, and a fraction that is checked and dropped; overflow is an error
 *   DECIMAL    HALF_UP to the scale; too many digits are an error (where a number would become NULL)
 *   others     double_parse, date_parse, time_parse, timestamp_parse
 *
 * Short text to DECIMAL(p <= 18) is read by rules of its own, which are the dialect's: one character behind the digits
 * is skipped, whatever it is ('12x' is 12, 'T' is 0), and leading zeros count toward the precision. */
#include "data/cast_rule.h"
#include "data/decimal.h"
#include "data/number.h"

static Str text_at(const CastRun *run, int64_t row)
{
    return view_str(&COLUMN_DATA(run->in, View)[row]);
}

static Str trim_spaces(Str text)
{
    while (text.len > 0 && text.ptr[0] == ' ')
        text = str_slice(text, 1, text.len);
    while (text.len > 0 && text.ptr[text.len - 1] == ' ')
        text.len--;
    return text;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* ---- integers -------------------------------------------------------------------------------------------------- */

typedef enum Parse { PARSE_GOOD, PARSE_BAD, PARSE_TOO_LARGE } Parse;

static bool all_digits(Str text)
{
    for (int64_t i = 0; i < text.len; i++)
        if (!is_digit(text.ptr[i]))
            return false;
    return true;
}

/* "12", "-12.7", ".5", and even ".", which is 0. */
static Parse parse_integer(Str text, int64_t min, int64_t max, int64_t *out)
{
    text = trim_spaces(text);
    bool is_negative = text.len > 0 && text.ptr[0] == '-';
    if (is_negative || (text.len > 0 && text.ptr[0] == '+'))
        text = str_slice(text, 1, text.len);
    int64_t point = str_find(text, '.');
    Str     whole = point < 0 ? text : str_slice(text, 0, point);
    if (text.len == 0 || !all_digits(whole) || (point >= 0 && !all_digits(str_slice(text, point + 1, text.len))))
        return PARSE_BAD;
    int64_t value = 0;
    for (int64_t i = 0; i < whole.len; i++) {
        int32_t digit = whole.ptr[i] - '0';
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, digit, &value))
            return PARSE_TOO_LARGE;
    }
    if (is_negative ? value < min : value < -max)
        return PARSE_TOO_LARGE;
    *out = is_negative ? value : -value;
    return PARSE_GOOD;
}

static Status fail_integer(CastRun *run, int64_t row, Parse result)
{
    return cast_fail(run, row, result == PARSE_BAD ? "not a whole number" : "the number is too large");
}

#define TO_INTEGER(name, CType, min, max)                                            \
    static Status name(CastRun *run)                                                 \
    {                                                                                \
        CType  *out = COLUMN_DATA(run->out, CType);                                  \
        int64_t value;                                                               \
        for (int64_t i = 0; i < run->rows; i++) {                                    \
            if (!cast_has_value(run, i))                                             \
                continue;                                                            \
            Parse result = parse_integer(text_at(run, i), (min), (max), &value);     \
            if (result == PARSE_GOOD)                                                \
                out[i] = (CType)value;                                               \
            else                                                                     \
                TRY(fail_integer(run, i, result));                                   \
        }                                                                            \
        return STATUS_OK;                                                            \
    }

TO_INTEGER(to_i8, int8_t, INT8_MIN, INT8_MAX)
TO_INTEGER(to_i16, int16_t, INT16_MIN, INT16_MAX)
TO_INTEGER(to_i32, int32_t, INT32_MIN, INT32_MAX)
TO_INTEGER(to_i64, int64_t, INT64_MIN, INT64_MAX)

/* ---- the other plain values ------------------------------------------------------------------------------------ */

static bool parse_boolean(Str text, uint8_t *out)
{
    static const char *const words[][2] = {
        { "f", "t" }, { "false", "true" }, { "n", "y" }, { "no", "yes" }, { "0", "1" }
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        for (uint8_t value = 0; value < 2; value++) {
            if (str_is_nocase(text, words[i][value])) {
                *out = value;
                return true;
            }
        }
    }
    return false;
}

#define TO_VALUE(name, CType, parse, why)                            \
    static Status name(CastRun *run)                                 \
    {                                                                \
        CType *out = COLUMN_DATA(run->out, CType);                   \
        for (int64_t i = 0; i < run->rows; i++)                      \
            if (cast_has_value(run, i) && !parse(text_at(run, i), &out[i])) \
                TRY(cast_fail(run, i, (why)));                       \
        return STATUS_OK;                                            \
    }

TO_VALUE(to_bool, uint8_t, parse_boolean, "expected true, t, yes, y, 1 or false, f, no, n, 0")
TO_VALUE(to_f32, float, float_parse, "not a number")
TO_VALUE(to_f64, double, double_parse, "not a number")
TO_VALUE(to_date, int32_t, date_parse, "expected yyyy-MM-dd")

/* ---- DECIMAL --------------------------------------------------------------------------------------------------- */

enum { SHORT_TEXT_MAX = 18, EXPONENT_STOP = 40 };

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\t';
}

static Str trim_blanks(Str text)
{
    while (text.len > 0 && is_blank(text.ptr[0]))
        text = str_slice(text, 1, text.len);
    while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

typedef struct ShortNumber {
    int64_t digits;
    int32_t count;    /* of digits, leading zeros included */
    int32_t exponent;
} ShortNumber;

/* Digits with at most one point; *at then stands behind the first character that is neither. */
static bool scan_short_digits(Str text, int64_t *at, char *stop, ShortNumber *out)
{
    int32_t point = -1;
    *stop = 0;
    while (*at < text.len) {
        char byte = text.ptr[(*at)++];
        *stop = byte;
        if (is_digit(byte)) {
            out->digits = out->digits * 10 + (byte - '0');
            out->count++;
        } else if (byte == '.') {
            if (point >= 0)
                return false;
            point = out->count;
        } else {
            break;
        }
    }
    out->exponent = point < 0 ? 0 : point - out->count;
    return true;
}

static bool scan_short_exponent(Str text, int64_t *at, ShortNumber *out)
{
    bool is_negative = text.ptr[*at] == '-';
    if (is_negative || text.ptr[*at] == '+')
        if (++*at == text.len)
            return false;
    int32_t exponent = 0;
    while (*at < text.len) {
        char byte = text.ptr[(*at)++];
        if (!is_digit(byte))
            break;
        if (exponent < EXPONENT_STOP)
            exponent = exponent * 10 + (byte - '0');
    }
    out->exponent += is_negative ? -exponent : exponent;
    return true;
}

/* What is left must be blank. */
static bool scan_short(Str text, bool *is_negative, ShortNumber *out)
{
    int64_t at = 0;
    char    stop;
    while (at < text.len && is_blank(text.ptr[at]))
        at++;
    if (at == text.len)
        return false;
    *is_negative = text.ptr[at] == '-';
    if (*is_negative || text.ptr[at] == '+')
        if (++at == text.len)
            return false;
    if (!scan_short_digits(text, &at, &stop, out))
        return false;
    if ((stop == 'e' || stop == 'E') && at < text.len && !scan_short_exponent(text, &at, out))
        return false;
    return trim_blanks(str_slice(text, at, text.len)).len == 0;
}

static Parse parse_short_decimal(Str text, const Type *to, int128_t *out)
{
    ShortNumber number = { 0 };
    bool        is_negative = false;
    if (!scan_short(text, &is_negative, &number))
        return PARSE_BAD;
    int32_t up = number.exponent + to->scale;
    if (number.count + up > to->precision)
        return PARSE_TOO_LARGE;
    if (up < -DECIMAL_DIGITS_MAX)
        *out = 0;
    else if (!decimal_rescale(number.digits, 0, up, out))
        return PARSE_TOO_LARGE;
    if (is_negative)
        *out = -*out;
    return decimal_fits(*out, to->precision) ? PARSE_GOOD : PARSE_TOO_LARGE; /* rounding may have added a digit */
}

static Parse parse_decimal(Str text, const Type *to, int128_t *out)
{
    if (!decimal_is_wide(to) && text.len <= SHORT_TEXT_MAX)
        return parse_short_decimal(text, to, out);
    switch (decimal_parse(trim_blanks(text), to->precision, to->scale, out)) {
    case DECIMAL_OK:
        return PARSE_GOOD;
    case DECIMAL_BAD:
        return PARSE_BAD;
    case DECIMAL_OVERFLOW:
    default:
        return PARSE_TOO_LARGE;
    }
}

static Status to_decimal(CastRun *run)
{
    const Type *to = run->out->type;
    int128_t    value = 0;
    for (int64_t i = 0; i < run->rows; i++) {
        if (!cast_has_value(run, i))
            continue;
        Parse result = parse_decimal(text_at(run, i), to, &value);
        if (result == PARSE_GOOD)
            decimal_store(run->out->data, decimal_is_wide(to), i, value);
        else
            TRY(cast_fail(run, i, result == PARSE_BAD ? "not a number" : "the number has too many digits"));
    }
    return STATUS_OK;
}

/* ---- times ----------------------------------------------------------------------------------------------------- */

static Status to_time(CastRun *run)
{
    int32_t  unit = time_unit_ms(run->out->type->precision);
    int32_t *out = COLUMN_DATA(run->out, int32_t);
    int32_t  value;
    for (int64_t i = 0; i < run->rows; i++) {
        if (!cast_has_value(run, i))
            continue;
        if (time_parse(text_at(run, i), &value))
            out[i] = value - value % unit;
        else
            TRY(cast_fail(run, i, "expected HH:mm:ss"));
    }
    return STATUS_OK;
}

static Status to_timestamp(CastRun *run)
{
    const Type *to = run->out->type;
    Layout      layout = type_layout(to);
    bool        is_instant = to->kind == TYPE_TIMESTAMP_LTZ;
    Timestamp   value;
    for (int64_t i = 0; i < run->rows; i++) {
        if (!cast_has_value(run, i))
            continue;
        if (!timestamp_parse(text_at(run, i), &value)) {
            TRY(cast_fail(run, i, "expected yyyy-MM-dd HH:mm:ss[.f]"));
            continue;
        }
        value = timestamp_floor(value, to->precision);
        if (is_instant)
            value.ms = zone_to_utc(run->context->zone, value.ms);
        timestamp_store(run->out->data, layout, i, value);
    }
    return STATUS_OK;
}

CastRule cast_rule_from_text(const Type *from, const Type *to)
{
    static const CastRule rules[TYPE_KIND_COUNT] = {
        [TYPE_BOOLEAN] = to_bool, [TYPE_TINYINT] = to_i8, [TYPE_SMALLINT] = to_i16, [TYPE_INT] = to_i32,
        [TYPE_BIGINT] = to_i64, [TYPE_FLOAT] = to_f32, [TYPE_DOUBLE] = to_f64, [TYPE_DECIMAL] = to_decimal,
        [TYPE_DATE] = to_date, [TYPE_TIME] = to_time, [TYPE_TIMESTAMP] = to_timestamp,
        [TYPE_TIMESTAMP_LTZ] = to_timestamp,
    };
    return type_is_string(from) ? rules[to->kind] : NULL;
}
