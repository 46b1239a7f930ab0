/* jdbc_cell.c: a function per type. What does not fit a narrower declared type is an error, but a DECIMAL with too many digits is
 * NULL, as in the dialect. */
#include "connectors/jdbc/jdbc_cell.h"

#include "data/calendar.h"
#include "data/decimal.h"
#include "data/number.h"

enum { SECOND_MS = 1000 };

/* BIT(1) comes as a byte 0 or 1, TINYINT(1) as a digit. */
static bool read_boolean(JdbcCells *cells, Column *column, int64_t row, Str text)
{
    (void)cells;
    int64_t value;
    if (text.len == 1 && (text.ptr[0] == 0 || text.ptr[0] == 1))
        value = text.ptr[0];
    else if (!i64_parse(text, &value))
        return false;
    cell_set_bool(column, row, value != 0);
    return true;
}

static bool read_integer(JdbcCells *cells, Column *column, int64_t row, Str text)
{
    (void)cells;
    int64_t value;
    int32_t bits = layout_size(type_layout(column->type)) * 8;
    int64_t max = bits == 64 ? INT64_MAX : ((int64_t)1 << (bits - 1)) - 1;
    if (!i64_parse(text, &value) || value > max || value < -max - 1)
        return false;
    cell_set_integer(column, row, value);
    return true;
}

static bool read_float(JdbcCells *cells, Column *column, int64_t row, Str text)
{
    (void)cells;
    float value;
    if (!float_parse(text, &value))
        return false;
    cell_set_f32(column, row, value);
    return true;
}

static bool read_double(JdbcCells *cells, Column *column, int64_t row, Str text)
{
    (void)cells;
    double value;
    if (!double_parse(text, &value))
        return false;
    cell_set_f64(column, row, value);
    return true;
}

static bool read_decimal(JdbcCells *cells, Column *column, int64_t row, Str text)
{
    int128_t value;
    switch (decimal_parse(text, column->type->precision, column->type->scale, &value)) {
    case DECIMAL_OK: cell_set_decimal(column, cells->buf, row, value); return true;
    case DECIMAL_OVERFLOW: cell_set_null(column, cells->buf, row); return true;
    case DECIMAL_BAD: break;
    }
    return false;
}

static bool read_text(JdbcCells *cells, Column *column, int64_t row, Str text)
{
    cell_set_view(column, row, text_pool_view(&cells->pool, text));
    return true;
}

/* 0000-00-00, 2024-00-00: dates that are none. */
static bool read_zero_date(JdbcCells *cells, Column *column, int64_t row, Str text)
{
    if (!cells->zero_date_is_null || !str_starts_with(text, STR("0000-00-00")))
        return false;
    cell_set_null(column, cells->buf, row);
    return true;
}

static bool read_date(JdbcCells *cells, Column *column, int64_t row, Str text)
{
    int32_t days;
    if (text.len != 10 || text.ptr[4] != '-' || !date_parse(text, &days))
        return read_zero_date(cells, column, row, text);
    cell_set_i32(column, row, days);
    return true;
}

/* Whole seconds, as java.sql.Time has them. MySQL's times go from -838 to 838 hours: those of a day are read. */
static bool read_time(JdbcCells *cells, Column *column, int64_t row, Str text)
{
    (void)cells;
    int32_t ms;
    if (text.len < 8 || text.ptr[2] != ':' || !time_parse(text, &ms))
        return false;
    cell_set_i32(column, row, ms - ms % SECOND_MS);
    return true;
}

static bool read_timestamp(JdbcCells *cells, Column *column, int64_t row, Str text)
{
    Timestamp value;
    if (text.len < 19 || !timestamp_parse_fixed(text, ' ', false, &value))
        return read_zero_date(cells, column, row, text);
    cell_set_timestamp(column, row, value);
    return true;
}

static const JdbcCell cells_of[TYPE_KIND_COUNT] = {
    [TYPE_BOOLEAN] = read_boolean, [TYPE_TINYINT] = read_integer, [TYPE_SMALLINT] = read_integer,
    [TYPE_INT] = read_integer,     [TYPE_BIGINT] = read_integer,  [TYPE_FLOAT] = read_float,
    [TYPE_DOUBLE] = read_double,   [TYPE_DECIMAL] = read_decimal, [TYPE_CHAR] = read_text,
    [TYPE_VARCHAR] = read_text,    [TYPE_VARBINARY] = read_text,  [TYPE_DATE] = read_date,
    [TYPE_TIME] = read_time,       [TYPE_TIMESTAMP] = read_timestamp,
};

JdbcCell jdbc_cell_of(const Type *type)
{
    return cells_of[type->kind];
}
