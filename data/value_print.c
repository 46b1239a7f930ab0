/* value_print.c: values as text in three styles: CAST, a cell of a result table, and the print connector's.
 *
 * CAST and cells write scalars alike (scalar_print); the print connector shows what Java's toString gives for the same
 * value: true, 2024-01-01T00:00, 1E-8, and -- inside nested values -- bytes as numbers and rows with their kind. */
#include "data/cast_rule.h"
#include "data/decimal.h"
#include "data/number.h"

enum { DAY_HOURS = 24, HOUR_MS = 3600000, MINUTE_MS = 60000, SECOND_MS = 1000 };

/* ---- scalars as CAST writes them ------------------------------------------------------------------------------- */

static int32_t put_text(const char *text, char *out)
{
    int32_t length = (int32_t)strlen(text);
    memcpy(out, text, (size_t)length);
    return length;
}

/* At least `width` digits. */
static int32_t put_number(int64_t value, int32_t width, char *out)
{
    char    digits[24];
    int32_t length = i64_print(value, digits);
    int32_t zeros = length < width ? width - length : 0;
    memset(out, '0', (size_t)zeros);
    memcpy(out + zeros, digits, (size_t)length);
    return zeros + length;
}

/* "+10-03" */
static int32_t months_print(int32_t months, char *out)
{
    int64_t magnitude = months < 0 ? -(int64_t)months : months;
    char   *at = out;
    *at++ = months < 0 ? '-' : '+';
    at += i64_print(magnitude / 12, at);
    *at++ = '-';
    at += put_number(magnitude % 12, 2, at);
    return (int32_t)(at - out);
}

/* "+1 10:17:36.789" */
static int32_t interval_print(int64_t ms, char *out)
{
    static const int32_t units[] = { HOUR_MS, MINUTE_MS, SECOND_MS, 1 };
    static const char    separators[] = { ' ', ':', ':', '.' };
    uint64_t             left = ms < 0 ? (uint64_t)0 - (uint64_t)ms : (uint64_t)ms;
    char                *at = out;
    *at++ = ms < 0 ? '-' : '+';
    at += i64_print((int64_t)(left / (uint64_t)DAY_MS), at);
    left %= (uint64_t)DAY_MS;
    for (int i = 0; i < 4; i++) {
        *at++ = separators[i];
        at += put_number((int64_t)(left / (uint64_t)units[i]), i < 3 ? 2 : 3, at);
        left %= (uint64_t)units[i];
    }
    return (int32_t)(at - out);
}

/* TIME(p > 0) shows its fraction without trailing zeros, but always one digit. */
static int32_t clock_print(int32_t ms_of_day, int32_t precision, char *out)
{
    if (precision == 0)
        return time_print(ms_of_day, 0, out);
    int32_t digits = precision < 3 ? precision : 3;
    int32_t length = time_print(ms_of_day, digits, out);
    while (digits > 1 && out[length - 1] == '0') {
        length--;
        digits--;
    }
    return length;
}

int32_t scalar_print(const Column *column, int64_t index, const Zone *zone, char *out)
{
    const Type *type = column->type;
    Timestamp   timestamp;
    switch (type->kind) {
    case TYPE_BOOLEAN:
        return put_text(COLUMN_DATA(column, uint8_t)[index] ? "TRUE" : "FALSE", out);
    case TYPE_TINYINT:
        return i64_print(COLUMN_DATA(column, int8_t)[index], out);
    case TYPE_SMALLINT:
        return i64_print(COLUMN_DATA(column, int16_t)[index], out);
    case TYPE_INT:
        return i64_print(COLUMN_DATA(column, int32_t)[index], out);
    case TYPE_BIGINT:
        return i64_print(COLUMN_DATA(column, int64_t)[index], out);
    case TYPE_FLOAT:
        return float_print(COLUMN_DATA(column, float)[index], out);
    case TYPE_DOUBLE:
        return double_print(COLUMN_DATA(column, double)[index], out);
    case TYPE_DECIMAL:
        return decimal_print(decimal_load(column->data, decimal_is_wide(type), index), type->scale, out);
    case TYPE_DATE:
        return date_print(COLUMN_DATA(column, int32_t)[index], out);
    case TYPE_TIME:
        return clock_print(COLUMN_DATA(column, int32_t)[index], type->precision, out);
    case TYPE_TIMESTAMP_LTZ:
    case TYPE_TIMESTAMP:
        timestamp = timestamp_load(column->data, type_layout(type), index);
        if (type->kind == TYPE_TIMESTAMP_LTZ)
            timestamp.ms = zone_to_local(zone, timestamp.ms);
        return timestamp_print(timestamp, type->precision, ' ', out);
    case TYPE_INTERVAL_MONTH:
        return months_print(COLUMN_DATA(column, int32_t)[index], out);
    case TYPE_INTERVAL_TIME:
        return interval_print(COLUMN_DATA(column, int64_t)[index], out);
    default:
        return 0;
    }
}

/* ---- scalars as Java writes them ------------------------------------------------------------------------------- */

/* Cuts ":ss" when there is nothing in it, and else brings the fraction to 3, 6 or 9 digits. */
static int32_t shorten_clock(char *text, int32_t length, bool keeps_seconds)
{
    /* text is ...HH:mm:ss.fffffffff */
    int32_t digits = 9;
    while (digits > 0 && memcmp(text + length - 3, "000", 3) == 0) {
        length -= 3;
        digits -= 3;
    }
    if (digits > 0)
        return length;
    length--; /* the point */
    if (!keeps_seconds && memcmp(text + length - 2, "00", 2) == 0)
        length -= 3;
    return length;
}

static int32_t print_java_timestamp(const Column *column, int64_t index, char *out)
{
    Timestamp value = timestamp_load(column->data, type_layout(column->type), index);
    bool      is_instant = column->type->kind == TYPE_TIMESTAMP_LTZ;
    int32_t   length = shorten_clock(out, timestamp_print(value, 9, 'T', out), is_instant);
    if (is_instant)
        out[length++] = 'Z';
    return length;
}

/* Duration.toString and Period.toString of intervals. */
static int32_t print_java_interval(const Column *column, int64_t index, char *out)
{
    if (column->type->kind == TYPE_INTERVAL_MONTH) {
        int32_t length = put_text("P", out);
        length += i64_print(COLUMN_DATA(column, int32_t)[index], out + length);
        return length + put_text("M", out + length);
    }
    char    seconds[24];
    int64_t ms = COLUMN_DATA(column, int64_t)[index];
    int32_t length = put_text("PT", out);
    int32_t size = decimal_print(ms, 3, seconds);
    while (seconds[size - 1] == '0')
        size--;
    size -= seconds[size - 1] == '.';
    memcpy(out + length, seconds, (size_t)size);
    return length + size + put_text("S", out + length + size);
}

static int32_t print_java(const Column *column, int64_t index, const Zone *zone, char *out)
{
    int128_t decimal;
    switch (column->type->kind) {
    case TYPE_BOOLEAN:
        return put_text(COLUMN_DATA(column, uint8_t)[index] ? "true" : "false", out);
    case TYPE_DECIMAL:
        decimal = decimal_load(column->data, decimal_is_wide(column->type), index);
        return decimal_print_java(decimal, column->type->scale, out);
    case TYPE_TIME:
        return shorten_clock(out, time_print(COLUMN_DATA(column, int32_t)[index], 9, out), false);
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ:
        return print_java_timestamp(column, index, out);
    case TYPE_INTERVAL_MONTH:
    case TYPE_INTERVAL_TIME:
        return print_java_interval(column, index, out);
    default:
        return scalar_print(column, index, zone, out);
    }
}

/* ---- bytes ----------------------------------------------------------------------------------------------------- */

/* x'0aff' */
static void print_hex(Str bytes, Text *out)
{
    static const char digits[] = "0123456789abcdef";
    text_puts(out, "x'");
    for (int64_t i = 0; i < bytes.len; i++) {
        unsigned char byte = (unsigned char)bytes.ptr[i];
        text_put(out, digits[byte >> 4]);
        text_put(out, digits[byte & 15]);
    }
    text_put(out, '\'');
}

/* [97, -1] */
static void print_byte_array(Str bytes, Text *out)
{
    text_put(out, '[');
    for (int64_t i = 0; i < bytes.len; i++) {
        text_puts(out, i > 0 ? ", " : "");
        text_put_i64(out, (signed char)bytes.ptr[i]);
    }
    text_put(out, ']');
}

static void print_view(const Column *column, int64_t index, ValueStyle style, Text *out)
{
    Str value = view_str(&COLUMN_DATA(column, View)[index]);
    if (type_is_string(column->type) || style == STYLE_CAST)
        text_append(out, value);
    else if (style == STYLE_CELL)
        print_hex(value, out);
    else
        print_byte_array(value, out);
}

/* ---- nested ---------------------------------------------------------------------------------------------------- */

static void print_value(const Column *column, int64_t row, ValueStyle style, const Zone *zone, Text *out);

static void print_entries(const Column *column, int64_t index, ValueStyle style, const Zone *zone, Text *out)
{
    ListView list = COLUMN_DATA(column, ListView)[index];
    bool     is_map = column->type->kind == TYPE_MAP;
    text_put(out, is_map ? '{' : '[');
    for (int32_t i = 0; i < list.count; i++) {
        text_puts(out, i > 0 ? ", " : "");
        print_value(&column->children[0], list.start + i, style, zone, out);
        if (is_map) {
            text_put(out, '=');
            print_value(&column->children[1], list.start + i, style, zone, out);
        }
    }
    text_put(out, is_map ? '}' : ']');
}

static void print_fields(const Column *column, int64_t index, ValueStyle style, const Zone *zone, Text *out)
{
    bool is_java = style == STYLE_PRINT;
    text_puts(out, is_java ? "+I[" : "(");
    for (int32_t i = 0; i < column->type->field_count; i++) {
        text_puts(out, i > 0 ? ", " : "");
        print_value(&column->children[i], index, style, zone, out);
    }
    text_put(out, is_java ? ']' : ')');
}

static void print_scalar(const Column *column, int64_t index, ValueStyle style, const Zone *zone, Text *out)
{
    char   *room = text_reserve(out, SCALAR_TEXT_MAX);
    if (!room)
        return;
    out->len += style == STYLE_PRINT ? print_java(column, index, zone, room) : scalar_print(column, index, zone, room);
}

/* NULL inside a nested value, and any other value. */
static void print_value(const Column *column, int64_t row, ValueStyle style, const Zone *zone, Text *out)
{
    if (column_is_null(column, row)) {
        text_puts(out, style == STYLE_PRINT ? "null" : "NULL");
        return;
    }
    int64_t index = column_index(column, row);
    switch (type_layout(column->type)) {
    case LAYOUT_VIEW:
        print_view(column, index, style, out);
        break;
    case LAYOUT_LIST:
        print_entries(column, index, style, zone, out);
        break;
    case LAYOUT_ROW:
        print_fields(column, index, style, zone, out);
        break;
    default:
        print_scalar(column, index, style, zone, out);
    }
}

void value_print(const Column *column, int64_t row, ValueStyle style, const Zone *zone, Text *out)
{
    if (style == STYLE_CELL && column_is_null(column, row))
        text_puts(out, "<NULL>");
    else
        print_value(column, row, style, zone, out);
}
