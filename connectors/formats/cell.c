/* cell.c: room and values of single cells. Room doubles, so that n rows cost O(n) whatever the first guess was. */
#include "connectors/formats/cell.h"

#include "data/calendar.h"
#include "data/decimal.h"

#include <assert.h>

enum {
    POOL_PIECE_SIZE = 32 * 1024,
    ROOM_FIRST = 64,
};

char *text_pool_take(TextPool *pool, int64_t size)
{
    if (size > pool->end - pool->at) {
        if (size >= POOL_PIECE_SIZE / 4)
            return buf_alloc(pool->buf, size);
        pool->at = buf_alloc(pool->buf, POOL_PIECE_SIZE);
        pool->end = pool->at + POOL_PIECE_SIZE;
    }
    char *taken = pool->at;
    pool->at += size;
    return taken;
}

static void grow(Column *column, Buf *buf, int64_t room)
{
    int32_t size = layout_size(type_layout(column->type));
    if (size > 0) {
        void *data = buf_alloc(buf, room * size);
        if (column->room > 0)
            memcpy(data, column->data, (size_t)(column->room * size));
        column->data = data;
    }
    if (column->valid) {
        uint8_t *valid = buf_new(buf, uint8_t, room);
        memset(valid, 1, (size_t)room);
        memcpy(valid, column->valid, (size_t)column->room);
        column->valid = valid;
    }
    column->room = room;
}

void cells_reserve(Column *column, Buf *buf, int64_t rows)
{
    if (rows <= column->room || column->constant)
        return;
    int64_t room = column->room * 2 > ROOM_FIRST ? column->room * 2 : ROOM_FIRST;
    grow(column, buf, rows > room ? rows : room);
    if (column->type->kind != TYPE_ROW)
        return;
    for (int32_t i = 0; i < column->type->field_count; i++)
        cells_reserve(&column->children[i], buf, rows);
}

void cells_reserve_entries(Column *column, Buf *buf, int64_t entries)
{
    cells_reserve(&column->children[0], buf, entries);
    if (column->type->kind == TYPE_MAP)
        cells_reserve(&column->children[1], buf, entries);
}

void cell_set_null(Column *column, Buf *buf, int64_t row)
{
    if (column->constant)
        return;
    column_need_valid(column, buf, column->room);
    column->valid[row] = 0;
    switch (type_layout(column->type)) {
    case LAYOUT_VIEW:
        COLUMN_DATA(column, View)[row] = (View){ 0 };
        break;
    case LAYOUT_LIST:
        COLUMN_DATA(column, ListView)[row] = (ListView){ 0 };
        break;
    case LAYOUT_ROW:
        for (int32_t i = 0; i < column->type->field_count; i++)
            cell_set_null(&column->children[i], buf, row);
        break;
    default:
        memset((char *)column->data + row * layout_size(type_layout(column->type)), 0,
               (size_t)layout_size(type_layout(column->type)));
    }
}

void cell_set_integer(Column *column, int64_t row, int64_t value)
{
    switch (type_layout(column->type)) {
    case LAYOUT_I8: COLUMN_DATA(column, int8_t)[row] = (int8_t)value; break;
    case LAYOUT_I16: COLUMN_DATA(column, int16_t)[row] = (int16_t)value; break;
    case LAYOUT_I32: COLUMN_DATA(column, int32_t)[row] = (int32_t)value; break;
    default: COLUMN_DATA(column, int64_t)[row] = value; break;
    }
    cell_set_valid(column, row);
}

/* Down, also before 1970: what is printed of the value that the dialect keeps whole. */
static Timestamp cut_fraction(Timestamp value, int32_t precision)
{
    static const int32_t units_ms[] = { 1000, 100, 10, 1 };
    static const int32_t units_ns[] = { 1000000, 100000, 10000, 1000, 100, 10, 1 };
    if (precision <= 3)
        return (Timestamp){ .ms = floor_div(value.ms, units_ms[precision]) * units_ms[precision] };
    value.ns -= value.ns % units_ns[precision - 3];
    return value;
}

void cell_set_timestamp(Column *column, int64_t row, Timestamp value)
{
    value = cut_fraction(value, column->type->precision);
    if (type_layout(column->type) == LAYOUT_I64)
        COLUMN_DATA(column, int64_t)[row] = value.ms;
    else
        COLUMN_DATA(column, Timestamp)[row] = value;
    cell_set_valid(column, row);
}

void cell_set_decimal(Column *column, Buf *buf, int64_t row, int128_t unscaled)
{
    if (!decimal_fits(unscaled, column->type->precision)) {
        cell_set_null(column, buf, row);
        return;
    }
    decimal_store(column->data, decimal_is_wide(column->type), row, unscaled);
    cell_set_valid(column, row);
}

void cell_set_list(Column *column, int64_t row, int64_t start, int64_t count)
{
    COLUMN_DATA(column, ListView)[row] = (ListView){ (int32_t)start, (int32_t)count };
    cell_set_valid(column, row);
}
