/* printf.c: PRINTF, by the rules of java.util.Formatter:
 *
 *   %[index$][flags][width][.precision]conversion      flags: - # + blank 0 , (
 *   conversions: b s d o x f e g n %, and the first three in capitals
 *
 * A format that is wrong, or does not fit the values, gives NULL. */
#include "functions/args.h"
#include "functions/letter_case.h"

#include "data/cast.h"
#include "data/decimal.h"

#include <math.h>
#include <stdio.h>

enum { WIDTH_MAX = 10000 };

typedef struct Directive {
    int64_t index; /* of the argument, from 1; 0 = the next */
    bool    left, plus, blank, zero, comma, parenthesis, alternate;
    int32_t width, precision; /* -1 = none */
    char    conversion;
} Directive;

/* ---- reading --------------------------------------------------------------------------------------------------- */

static int64_t read_digits(Str format, int64_t *at)
{
    int64_t value = 0;
    for (; *at < format.len && format.ptr[*at] >= '0' && format.ptr[*at] <= '9' && value <= WIDTH_MAX; ++*at)
        value = value * 10 + (format.ptr[*at] - '0');
    return value;
}

static bool read_flag(char byte, Directive *out)
{
    switch (byte) {
    case '-':
        return out->left = true;
    case '+':
        return out->plus = true;
    case ' ':
        return out->blank = true;
    case '0':
        return out->zero = true;
    case ',':
        return out->comma = true;
    case '(':
        return out->parenthesis = true;
    case '#':
        return out->alternate = true;
    default:
        return false;
    }
}

/* Behind the %; false when it is none. */
static bool read_directive(Str format, int64_t *at, Directive *out)
{
    *out         = (Directive){ .width = -1, .precision = -1 };
    int64_t save = *at, index = read_digits(format, at);
    if (index > 0 && *at < format.len && format.ptr[*at] == '$') {
        out->index = index;
        ++*at;
    } else {
        *at = save;
    }
    while (*at < format.len && read_flag(format.ptr[*at], out))
        ++*at;
    if (*at < format.len && format.ptr[*at] >= '1' && format.ptr[*at] <= '9')
        out->width = (int32_t)read_digits(format, at);
    if (*at + 1 < format.len && format.ptr[*at] == '.') {
        save = ++*at;
        out->precision = (int32_t)read_digits(format, at);
        if (*at == save)
            return false;
    }
    if (*at >= format.len || out->width > WIDTH_MAX || out->precision > WIDTH_MAX)
        return false;
    out->conversion = format.ptr[(*at)++];
    return (!out->left && !out->zero) || out->width >= 0;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

static void put_padded(const Directive *directive, Str text, Text *out)
{
    int64_t padding = directive->width - char_count(text);
    if (!directive->left && padding > 0)
        text_repeat(out, ' ', padding);
    text_append(out, text);
    if (directive->left && padding > 0)
        text_repeat(out, ' ', padding);
}

static bool is_upper(char conversion)
{
    return conversion >= 'A' && conversion <= 'Z';
}

/* %s and %b: cut to the precision, in capitals when asked. */
static void put_text(const Directive *directive, Str text, Text *out)
{
    Text upper = TEXT_EMPTY;
    if (directive->precision >= 0)
        text = str_slice(text, 0, char_offset(text, 0, directive->precision));
    if (is_upper(directive->conversion)) {
        char *to = text_reserve(&upper, text.len * LETTER_CASE_GROWTH + 1);
        text     = (Str){ to, to ? text_to_upper(text, to) : 0 };
    }
    put_padded(directive, text, out);
    text_free(&upper);
}

/* A sign in front of digits, zeros between the two, commas in the whole part. */
static void put_number(const Directive *directive, bool is_negative, Str digits, Text *out)
{
    Text    number = TEXT_EMPTY;
    int64_t whole  = str_find(digits, '.');
    whole          = whole < 0 ? digits.len : whole;
    const char *sign = is_negative ? (directive->parenthesis ? "(" : "-") : directive->plus ? "+" : directive->blank
        ? " " : "";
    int64_t     size = (int64_t)strlen(sign) + digits.len + (directive->comma ? (whole - 1) / 3 : 0) +
                   (is_negative && directive->parenthesis);
    text_puts(&number, sign);
    if (directive->zero && directive->width > size)
        text_repeat(&number, '0', directive->width - size);
    for (int64_t i = 0; i < digits.len; i++) {
        if (directive->comma && i > 0 && i < whole && (whole - i) % 3 == 0)
            text_put(&number, ',');
        text_put(&number, digits.ptr[i]);
    }
    if (is_negative && directive->parenthesis)
        text_put(&number, ')');
    put_padded(directive, text_str(&number), out);
    text_free(&number);
}

static bool integer_of(const Column *arg, int64_t row, int64_t *value, int *bits)
{
    int64_t index = column_index(arg, row);
    switch (arg->type->kind) {
    case TYPE_TINYINT:
        *value = COLUMN_DATA(arg, int8_t)[index];
        *bits  = 8;
        return true;
    case TYPE_SMALLINT:
        *value = COLUMN_DATA(arg, int16_t)[index];
        *bits  = 16;
        return true;
    case TYPE_INT:
        *value = COLUMN_DATA(arg, int32_t)[index];
        *bits  = 32;
        return true;
    case TYPE_BIGINT:
        *value = COLUMN_DATA(arg, int64_t)[index];
        *bits  = 64;
        return true;
    default:
        return false;
    }
}

static bool put_integer(const Directive *directive, const Column *arg, int64_t row, Text *out)
{
    char    digits[32];
    int64_t value;
    int     bits, size;
    if (!integer_of(arg, row, &value, &bits) || directive->precision >= 0)
        return false;
    if (directive->conversion == 'd') {
        uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
        size = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)magnitude);
        put_number(directive, value < 0, (Str){ digits, size }, out);
        return true;
    }
    unsigned long long pattern = bits == 64 ? (uint64_t)value : (uint64_t)value & ((1ULL << bits) - 1);
    const char *format = directive->conversion == 'o' ? (directive->alternate ? "0%llo" : "%llo")
                         : directive->conversion == 'x' ? (directive->alternate ? "0x%llx" : "%llx")
                                                        : (directive->alternate ? "0X%llX" : "%llX");
    size = snprintf(digits, sizeof(digits), format, pattern);
    put_number(directive, false, (Str){ digits, size }, out);
    return true;
}

static bool double_of(const Column *arg, int64_t row, double *value)
{
    int64_t index = column_index(arg, row);
    switch (arg->type->kind) {
    case TYPE_FLOAT:
        *value = (double)COLUMN_DATA(arg, float)[index];
        return true;
    case TYPE_DOUBLE:
        *value = COLUMN_DATA(arg, double)[index];
        return true;
    case TYPE_DECIMAL:
        *value = decimal_to_double(decimal_load(arg->data, decimal_is_wide(arg->type), index), arg->type->scale);
        return true;
    default:
        return false;
    }
}

/* %f rounds half up, as the decimal digits say. */
static void put_fixed(const Directive *directive, const Column *arg, int64_t row, double value, Text *out)
{
    char    *digits    = NULL;
    int32_t  precision = directive->precision < 0 ? 6 : directive->precision;
    int128_t scaled    = 0;
    bool     is_exact  = precision <= 20;
    if (arg->type->kind == TYPE_DECIMAL) {
        int128_t unscaled = decimal_load(arg->data, decimal_is_wide(arg->type), column_index(arg, row));
        is_exact = is_exact && decimal_rescale(unscaled, arg->type->scale, precision, &scaled);
    } else {
        is_exact = is_exact && decimal_from_double(value, DECIMAL_DIGITS_MAX, precision, &scaled);
    }
    Text text = TEXT_EMPTY;
    if (is_exact) {
        digits = text_reserve(&text, DECIMAL_TEXT_MAX);
        text.len += decimal_print(scaled < 0 ? -scaled : scaled, precision, digits);
    } else {
        text_printf(&text, "%.*f", precision, fabs(value));
    }
    put_number(directive, signbit(value), text_str(&text), out);
    text_free(&text);
}

static bool put_double(const Directive *directive, const Column *arg, int64_t row, Text *out)
{
    double value;
    char   digits[64];
    if (!double_of(arg, row, &value))
        return false;
    if (!isfinite(value)) {
        put_padded(directive, isnan(value) ? STR("NaN") : value > 0 ? STR("Infinity") : STR("-Infinity"), out);
        return true;
    }
    if (directive->conversion == 'f') {
        put_fixed(directive, arg, row, value, out);
        return true;
    }
    int32_t precision = directive->precision < 0 ? 6 : directive->precision > 40 ? 40 : directive->precision;
    int     size      = snprintf(digits, sizeof(digits), directive->conversion == 'E' ? "%.*E" : "%.*e", precision,
                                 fabs(value));
    put_number(directive, signbit(value), (Str){ digits, size }, out);
    return true;
}

static bool put_value(Call *call, const Directive *directive, const Column *arg, int64_t row, Text *out)
{
    bool is_null = column_is_null(arg, row);
    char lower   = (char)(directive->conversion | 0x20);
    if (is_null && lower != 'b') {
        put_text(directive, STR("null"), out);
        return strchr("sdoxfe", lower) != NULL;
    }
    switch (lower) {
    case 'b': {
        bool is_true = !is_null && (arg->type->kind != TYPE_BOOLEAN || arg_bool(arg, row));
        put_text(directive, is_true ? STR("true") : STR("false"), out);
        return true;
    }
    case 's': {
        Text text = TEXT_EMPTY;
        value_print(arg, row, STYLE_PRINT, call_context(call)->zone, &text);
        put_text(directive, text_str(&text), out);
        text_free(&text);
        return true;
    }
    case 'd':
    case 'o':
    case 'x':
        return put_integer(directive, arg, row, out);
    case 'f':
    case 'e':
        return put_double(directive, arg, row, out);
    default:
        return false;
    }
}

static bool print_row(Call *call, const Column *args, int64_t row, Text *out)
{
    Str     format = arg_str(&args[0], row);
    int64_t next = 1, count = call_expr(call)->arg_count;
    for (int64_t at = 0; at < format.len;) {
        Directive directive;
        if (format.ptr[at] != '%') {
            text_put(out, format.ptr[at++]);
            continue;
        }
        at++;
        if (!read_directive(format, &at, &directive))
            return false;
        if (directive.conversion == 'n') {
            text_put(out, '\n');
        } else if (directive.conversion == '%') {
            put_padded(&directive, STR("%"), out);
        } else {
            int64_t index = directive.index ? directive.index : next++;
            if (index >= count || !put_value(call, &directive, &args[index], row, out))
                return false;
        }
    }
    return !out->overflow;
}

static Status printf_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    Text text = TEXT_EMPTY;
    for (int64_t i = 0; i < rows; i++) {
        text_clear(&text);
        if (!column_is_null(&args[0], i) && print_row(call, args, i, &text))
            COLUMN_DATA(out, View)[i] = view_copy(call_buf(call), text_str(&text));
        else
            out_null(call, out, rows, i);
    }
    text_free(&text);
    return STATUS_OK;
}

const Function fn_printf[] = {
    { .sig = "printf(string, [any]...) -> string?",
      .doc = "The values by a format of Java's Formatter: PRINTF('%5.2f %s', 1.5, 'a'). NULL when they do not fit it.",
      .eval = printf_eval, .flags = FN_SEES_NULL },
    { 0 },
};
