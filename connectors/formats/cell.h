/* cell.h: decoders write single values into columns: at any row, in any order, again over what is there.
 *
 * A column has room for column->room values; cells_reserve makes more (old storage stays in the buf until it ends).
 * Every row up to the last must have been set or nulled once when the decoder is done. */
#ifndef CONNECTORS_FORMATS_CELL_H
#define CONNECTORS_FORMATS_CELL_H

#include "data/batch.h"

/* Memory for long text: many short pieces out of one larger piece of a buf, not aligned. */
typedef struct TextPool {
    Buf  *buf;
    char *at;
    char *end;
} TextPool;

/* Room for size bytes; they live as long as the buf. */
char *text_pool_take(TextPool *pool, int64_t size);

/* Copies the text: short ones into the view, long ones into the pool. */
static inline View text_pool_view(TextPool *pool, Str text)
{
    if (text.len <= VIEW_INLINE)
        return view_of(text);
    char *copy = text_pool_take(pool, text.len);
    memcpy(copy, text.ptr, (size_t)text.len);
    return view_of((Str){ copy, text.len });
}

/* Room for at least rows values, children of a ROW included. A constant column, a field that nobody reads, stays as it is; it is never set. */
void cells_reserve(Column *column, Buf *buf, int64_t rows);
/* Room for entries in the children of an ARRAY or MAP column. */
void cells_reserve_entries(Column *column, Buf *buf, int64_t entries);

/* A ROW's fields are nulled with it. */
void cell_set_null(Column *column, Buf *buf, int64_t row);
/* The row has a value, also if it was nulled before. The fields of a ROW are set one by one. */
static inline void cell_set_valid(Column *column, int64_t row)
{
    if (column->valid)
        column->valid[row] = 1;
}

static inline void cell_set_i64(Column *column, int64_t row, int64_t value)
{
    COLUMN_DATA(column, int64_t)[row] = value;
    cell_set_valid(column, row);
}

static inline void cell_set_i32(Column *column, int64_t row, int32_t value)
{
    COLUMN_DATA(column, int32_t)[row] = value;
    cell_set_valid(column, row);
}

static inline void cell_set_f64(Column *column, int64_t row, double value)
{
    COLUMN_DATA(column, double)[row] = value;
    cell_set_valid(column, row);
}

static inline void cell_set_f32(Column *column, int64_t row, float value)
{
    COLUMN_DATA(column, float)[row] = value;
    cell_set_valid(column, row);
}

static inline void cell_set_bool(Column *column, int64_t row, bool value)
{
    COLUMN_DATA(column, uint8_t)[row] = value;
    cell_set_valid(column, row);
}

static inline void cell_set_view(Column *column, int64_t row, View value)
{
    COLUMN_DATA(column, View)[row] = value;
    cell_set_valid(column, row);
}

/* TINYINT to BIGINT, DATE, TIME and intervals: by layout; the value fits. */
void cell_set_integer(Column *column, int64_t row, int64_t value);
/* TIMESTAMP and TIMESTAMP_LTZ of any precision: truncated to it. */
void cell_set_timestamp(Column *column, int64_t row, Timestamp value);
/* DECIMAL of either layout; NULL when the unscaled value has too many digits for the precision. */
void cell_set_decimal(Column *column, Buf *buf, int64_t row, int128_t unscaled);
/* The entries [start, start + count) of the children. */
void cell_set_list(Column *column, int64_t row, int64_t start, int64_t count);

#endif
