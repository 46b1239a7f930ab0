/* batch.h: columns of values, and batches of rows.
 *
 * Memory: a Buf is a counted region that hands out memory and is freed (or recycled) whole. A Batch owns one Buf for
 * what is computed for it, and holds references to the Bufs of others whose bytes its columns point at. Columns
 * themselves are plain pointers and are copied freely within the life of the batch.
 *
 * Who receives a Batch owns it: pass it on or release it. Only Buf is counted, and only Buf's counter is atomic: one
 * thread at a time works on a batch. */
#ifndef DATA_BATCH_H
#define DATA_BATCH_H

#include "data/type.h"

#include <stddef.h>
#include <string.h>

#define BATCH_ROWS 2048 /* the usual batch; sources fill up to this, operators may emit up to it */

typedef struct Buf Buf;

Buf  *buf_create(void);
Buf  *buf_hold(Buf *buf);    /* one more owner; returns buf */
void  buf_release(Buf *buf); /* one less; frees with the last. NULL is allowed */
/* Not zeroed, aligned to 16 (so a view's target may be anywhere inside). Never NULL. Only for a sole owner's thread. */
void *buf_alloc(Buf *buf, int64_t size);
void *buf_zalloc(Buf *buf, int64_t size);
/* Sole owner: forgets what was handed out, keeps the memory. */
void  buf_reset(Buf *buf);
bool  buf_is_shared(const Buf *buf);
int64_t buf_size(const Buf *buf);
#define buf_new(buf, Type, count) ((Type *)buf_alloc((buf), (int64_t)(count) * (int64_t)sizeof(Type)))

/* ---- views ----------------------------------------------------------------------------------------------------- */

static inline const char *view_ptr(const View *view)
{
    return view->size <= VIEW_INLINE ? view->prefix : view->ptr;
}
static inline Str view_str(const View *view)
{
    return (Str){ view_ptr(view), view->size };
}
/* Points at text when it is longer than 12 bytes: the text must outlive the view. */
static inline View view_of(Str text)
{
    View view = { .size = (uint32_t)text.len };
    if (text.len > VIEW_INLINE) {
        memcpy(view.prefix, text.ptr, sizeof(view.prefix));
        view.ptr = text.ptr;
        return view;
    }
    char *inside = (char *)&view + offsetof(View, prefix);
    memset(inside, 0, VIEW_INLINE);
    if (text.len > 0)
        memcpy(inside, text.ptr, (size_t)text.len);
    return view;
}
/* Copies long text into buf. */
View view_copy(Buf *buf, Str text);
bool view_equals(const View *left, const View *right);
/* Unsigned byte order (which is code point order for UTF-8). */
int  view_compare(const View *left, const View *right);

/* ---- columns --------------------------------------------------------------------------------------------------- */

typedef struct Column {
    const Type    *type;
    void          *data;      /* one value of type_layout(type) per row; NULL for LAYOUT_ROW */
    uint8_t       *valid;     /* 1 = there is a value, 0 = NULL; NULL pointer = no row is NULL. Data of a NULL row is
                                 unspecified but readable; a NULL View has size 0 */
    struct Column *children;  /* ARRAY: 1; MAP: key, value; ROW: one per field, of the same rows */
    int64_t        child_rows; /* ARRAY and MAP: rows in children */
    bool           constant;  /* row 0 stands for all rows */
    int64_t        room;      /* rows that data (and valid, if there) has memory for; 0 = not known, another's memory */
} Column;

/* Typed data: COLUMN_DATA(column, int64_t)[row] */
#define COLUMN_DATA(column, CType) ((CType *)(column)->data)
/* Row index to read in data and valid, right for constant columns too. */
static inline int64_t column_index(const Column *column, int64_t row)
{
    return column->constant ? 0 : row;
}
static inline bool column_is_null(const Column *column, int64_t row)
{
    return column->valid && !column->valid[column_index(column, row)];
}

/* Room for rows values of the type (children of ROW included; ARRAY and MAP children start with 0 rows of room). */
void column_init(Column *column, Buf *buf, const Type *type, int64_t rows);
/* One NULL for all rows. */
void column_init_null(Column *column, Buf *buf, const Type *type);
/* Makes valid an array of rows ones if it is missing, so that single rows can be cleared. */
void column_need_valid(Column *column, Buf *buf, int64_t rows);
/* Memory for `more` rows behind the first `rows`, which may move; of the entries of a list: column_need_room(&column->children[0],
 * buf, column->child_rows, more). */
void column_need_room(Column *column, Buf *buf, int64_t rows, int64_t more);
/* Makes one row NULL, with readable data, in the fields of a ROW too. */
void column_set_null(Column *column, Buf *buf, int64_t row);
/* Materialises a constant column. */
void column_flatten(Column *column, Buf *buf, int64_t rows);
/* out[i] = in[rows[i]]. Views keep pointing at the same bytes. */
void column_gather(const Column *in, const int32_t *rows, int64_t count, Buf *buf, Column *out);
/* Copies rows [start, start + count) of in behind the out_rows rows of out, which grows when it has no room; long text is
 * copied into buf when copy_text (needed when the bytes would not outlive out). out must not be constant. buf is the one
 * that out was made with, so that what out grew into lives as long as out. */
void column_append(Column *out, int64_t out_rows, const Column *in, int64_t start, int64_t count, Buf *buf, bool copy_text);
/* A deep copy into buf. */
void column_copy(const Column *in, int64_t rows, Buf *buf, Column *out);
/* Are two values the same (NULL equals NULL; doubles by bits, -0.0 and 0.0 apart)? Types must match. */
bool column_value_equals(const Column *left, int64_t left_row, const Column *right, int64_t right_row);
/* Order of two values: NULL lowest. Strings by code point, nested by element. */
int  column_value_compare(const Column *left, int64_t left_row, const Column *right, int64_t right_row);

/* ---- batches --------------------------------------------------------------------------------------------------- */

/* The four kinds of a changelog row. The numbers are those of the C API's $op column. */
typedef enum RowKind { ROW_INSERT = 0, ROW_UPDATE_BEFORE = 1, ROW_UPDATE_AFTER = 2, ROW_DELETE = 3 } RowKind;
/* "+I" "-U" "+U" "-D" */
const char *row_kind_text(RowKind kind);
static inline bool row_kind_is_add(uint8_t kind)
{
    return kind == ROW_INSERT || kind == ROW_UPDATE_AFTER;
}

/* Event time and watermarks: ms since 1970. */
typedef int64_t Time;
#define TIME_MIN INT64_MIN
#define TIME_MAX INT64_MAX

typedef struct Batch {
    int64_t  rows;
    Column  *columns;
    int32_t  column_count;
    uint8_t *kinds;         /* RowKind per row; NULL = all ROW_INSERT */
    Time    *seen_watermark; /* per row: the watermark of the row's own split just before it, by which the row is late or
                                not; NULL = no row of this batch can be late */
    Column  *origins;       /* origin_count columns: where each row came from (connectors/reject.h); NULL = not kept */
    int32_t  origin_count;
    Buf     *buf;           /* the batch's own memory; the struct and the columns array lie in it */
    Buf    **held;          /* others that the columns point into */
    int32_t  held_count;
    int32_t  held_capacity;
} Batch;

/* No rows; columns zeroed, for the caller to fill. */
Batch *batch_create(int32_t column_count);
void   batch_release(Batch *batch);
/* Keeps buf alive as long as the batch. */
void   batch_hold(Batch *batch, Buf *buf);
/* Holds everything that other holds, for columns that point into it. */
void   batch_hold_all(Batch *batch, const Batch *other);
/* out's rows came from the given rows of in, in this order. */
void   batch_gather_origins(Batch *out, const Batch *in, const int32_t *rows, int64_t count);
/* Another batch over the same values: each of the two may then be changed or released alone. */
Batch *batch_share(Batch *batch);
/* A new columns array in the batch's own memory (old columns stay readable). */
Column *batch_new_columns(Batch *batch, int32_t column_count);
/* Keeps only the given rows (ascending), in kinds, seen_watermark and origins too. */
void   batch_select(Batch *batch, const int32_t *rows, int64_t count);

#endif
