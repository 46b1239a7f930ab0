/* jdbc_literal.c: a function per type. */
#include "connectors/jdbc/jdbc_literal.h"

#include "data/calendar.h"
#include "data/decimal.h"
#include "data/number.h"

#include <math.h>

static void put_hex(Text *out, Str bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *at = text_reserve(out, bytes.len * 2 + 3);
    if (!at)
        return;
    *at++ = 'X';
    *at++ = '\'';
    for (int64_t i = 0; i < bytes.len; i++) {
        *at++ = digits[(unsigned char)bytes.ptr[i] >> 4];
        *at++ = digits[(unsigned char)bytes.ptr[i] & 15];
    }
    *at = '\'';
    out->len += bytes.len * 2 + 3;
}

void jdbc_put_text(Text *out, Str value)
{
    if (value.len > 0 && memchr(value.ptr, '\\', (size_t)value.len)) {
        text_append(out, STR("_utf8mb4 "));
        put_hex(out, value);
        return;
    }
    text_put_sql_string(out, value);
}

static bool put_boolean(const Column *column, int64_t index, Text *out)
{
    text_put(out, COLUMN_DATA(column, uint8_t)[index] ? '1' : '0');
    return true;
}

static bool put_integer(const Column *column, int64_t index, Text *out)
{
    switch (type_layout(column->type)) {
    case LAYOUT_I8: text_put_i64(out, COLUMN_DATA(column, int8_t)[index]); break;
    case LAYOUT_I16: text_put_i64(out, COLUMN_DATA(column, int16_t)[index]); break;
    case LAYOUT_I32: text_put_i64(out, COLUMN_DATA(column, int32_t)[index]); break;
    default: text_put_i64(out, COLUMN_DATA(column, int64_t)[index]); break;
    }
    return true;
}

static bool put_float(const Column *column, int64_t index, Text *out)
{
    char  room[DOUBLE_TEXT_MAX];
    float value = COLUMN_DATA(column, float)[index];
    if (!isfinite(value))
        return false;
    text_append(out, (Str){ room, float_print(value, room) });
    return true;
}

static bool put_double(const Column *column, int64_t index, Text *out)
{
    char   room[DOUBLE_TEXT_MAX];
    double value = COLUMN_DATA(column, double)[index];
    if (!isfinite(value))
        return false;
    text_append(out, (Str){ room, double_print(value, room) });
    return true;
}

static bool put_decimal(const Column *column, int64_t index, Text *out)
{
    char     room[DECIMAL_TEXT_MAX];
    int128_t value = decimal_load(column->data, decimal_is_wide(column->type), index);
    text_append(out, (Str){ room, decimal_print(value, column->type->scale, room) });
    return true;
}

static bool put_string(const Column *column, int64_t index, Text *out)
{
    jdbc_put_text(out, view_str(&COLUMN_DATA(column, View)[index]));
    return true;
}

static bool put_bytes(const Column *column, int64_t index, Text *out)
{
    put_hex(out, view_str(&COLUMN_DATA(column, View)[index]));
    return true;
}

static void put_quoted(Text *out, const char *text, int32_t length)
{
    text_put(out, '\'');
    text_append(out, (Str){ text, length });
    text_put(out, '\'');
}

static bool put_date(const Column *column, int64_t index, Text *out)
{
    char room[TIMESTAMP_TEXT_MAX];
    put_quoted(out, room, date_print(COLUMN_DATA(column, int32_t)[index], room));
    return true;
}

/* Whole seconds: the dialect writes a java.sql.Time, which has no more. */
static bool put_time(const Column *column, int64_t index, Text *out)
{
    char room[TIMESTAMP_TEXT_MAX];
    put_quoted(out, room, time_print(COLUMN_DATA(column, int32_t)[index], 0, room));
    return true;
}

static bool put_timestamp(const Column *column, int64_t index, Text *out)
{
    char      room[TIMESTAMP_TEXT_MAX];
    Timestamp value = { 0 };
    if (type_layout(column->type) == LAYOUT_TIMESTAMP)
        value = COLUMN_DATA(column, Timestamp)[index];
    else
        value.ms = COLUMN_DATA(column, int64_t)[index];
    put_quoted(out, room, timestamp_print(value, -1, ' ', room));
    return true;
}

static const JdbcLiteral literals[TYPE_KIND_COUNT] = {
    [TYPE_BOOLEAN] = put_boolean, [TYPE_TINYINT] = put_integer,  [TYPE_SMALLINT] = put_integer,
    [TYPE_INT] = put_integer,     [TYPE_BIGINT] = put_integer,   [TYPE_FLOAT] = put_float,
    [TYPE_DOUBLE] = put_double,   [TYPE_DECIMAL] = put_decimal,  [TYPE_CHAR] = put_string,
    [TYPE_VARCHAR] = put_string,  [TYPE_VARBINARY] = put_bytes,  [TYPE_DATE] = put_date,
    [TYPE_TIME] = put_time,       [TYPE_TIMESTAMP] = put_timestamp,
};

JdbcLiteral jdbc_literal_of(const Type *type)
{
    return literals[type->kind];
}
