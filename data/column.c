/* column.c: making columns, letting them grow, and moving their values: gather, append, copy.
 *
 * Values of a fixed size move by size (1, 2, 4, 8 or 16 bytes), whatever they mean; views move as their 16 bytes; lists
 * move as their (start, count) while the entries stay (gather) or are appended behind the others (append). */
#include "data/batch.h"

#include <assert.h>

enum { ROOM_FIRST = 16 };

static int32_t child_count(const Type *type)
{
    switch (type->kind) {
    case TYPE_ARRAY:
        return 1;
    case TYPE_MAP:
        return 2;
    case TYPE_ROW:
        return type->field_count;
    default:
        return 0;
    }
}

static const Type *child_type(const Type *type, int32_t index)
{
    if (type->kind == TYPE_ROW)
        return type->fields[index].type;
    return type->kind == TYPE_MAP && index == 0 ? type->key : type->element;
}

/* ---- making ---------------------------------------------------------------------------------------------------- */

void column_init(Column *column, Buf *buf, const Type *type, int64_t rows)
{
    Layout  layout = type_layout(type);
    int32_t children = child_count(type);
    *column = (Column){ .type = type, .room = rows };
    if (layout != LAYOUT_ROW)
        column->data = buf_alloc(buf, rows * layout_size(layout));
    if (children > 0)
        column->children = buf_new(buf, Column, children);
    for (int32_t i = 0; i < children; i++)
        column_init(&column->children[i], buf, child_type(type, i), layout == LAYOUT_ROW ? rows : 0);
}

void column_init_null(Column *column, Buf *buf, const Type *type)
{
    column_init(column, buf, type, 1);
    if (column->data)
        memset(column->data, 0, (size_t)layout_size(type_layout(type)));
    column->valid = buf_zalloc(buf, 1);
    column->constant = true;
    for (int32_t i = 0; type->kind == TYPE_ROW && i < type->field_count; i++)
        column_init_null(&column->children[i], buf, type->fields[i].type);
}

void column_need_valid(Column *column, Buf *buf, int64_t rows)
{
    if (column->valid)
        return;
    int64_t room = column->room > rows ? column->room : rows;
    column->valid = buf_new(buf, uint8_t, room);
    if (room > 0)
        memset(column->valid, 1, (size_t)room);
}

/* Into at least twice the memory, so that growing row by row costs little. */
static void move_values(Column *column, Buf *buf, int64_t rows, int64_t room)
{
    int32_t size = layout_size(type_layout(column->type));
    if (size > 0) {
        void *data = buf_alloc(buf, room * size);
        if (rows > 0)
            memcpy(data, column->data, (size_t)(rows * size));
        column->data = data;
    }
    if (column->valid) {
        uint8_t *valid = buf_new(buf, uint8_t, room);
        memcpy(valid, column->valid, (size_t)rows);
        memset(valid + rows, 1, (size_t)(room - rows));
        column->valid = valid;
    }
    column->room = room;
}

void column_need_room(Column *column, Buf *buf, int64_t rows, int64_t more)
{
    if (rows + more > column->room) {
        int64_t room = column->room > 0 ? column->room * 2 : ROOM_FIRST;
        move_values(column, buf, rows, room > rows + more ? room : rows + more);
    }
    for (int32_t i = 0; column->type->kind == TYPE_ROW && i < column->type->field_count; i++)
        column_need_room(&column->children[i], buf, rows, more);
}

void column_set_null(Column *column, Buf *buf, int64_t row)
{
    column_need_valid(column, buf, row + 1);
    column->valid[row] = 0;
    int32_t size = layout_size(type_layout(column->type));
    if (size > 0)
        memset((char *)column->data + row * size, 0, (size_t)size);
    for (int32_t i = 0; column->type->kind == TYPE_ROW && i < column->type->field_count; i++)
        column_set_null(&column->children[i], buf, row);
}

/* ---- one value many times -------------------------------------------------------------------------------------- */

#define FILL(size_)                                         \
    case size_:                                             \
        for (int64_t i = 0; i < count; i++)                 \
            memcpy(out + i * (size_), value, (size_));      \
        break

static void fill_values(char *out, const char *value, int32_t size, int64_t count)
{
    switch (size) {
        FILL(1);
        FILL(2);
        FILL(4);
        FILL(8);
        FILL(16);
    default:
        break;
    }
}

static bool has_constant_child(const Column *column)
{
    for (int32_t i = 0; column->type->kind == TYPE_ROW && i < column->type->field_count; i++)
        if (column->children[i].constant || has_constant_child(&column->children[i]))
            return true;
    return false;
}

/* The fields get columns of their own, since others may hold the old array. constant: is the parent constant? */
static void flatten_children(Column *column, Buf *buf, int64_t rows, bool constant)
{
    const Column *old = column->children;
    column->children = buf_new(buf, Column, column->type->field_count);
    for (int32_t i = 0; i < column->type->field_count; i++) {
        column->children[i] = old[i];
        column->children[i].constant |= constant;
        column_flatten(&column->children[i], buf, rows);
    }
}

void column_flatten(Column *column, Buf *buf, int64_t rows)
{
    bool constant = column->constant;
    if (column->type->kind == TYPE_ROW && (constant || has_constant_child(column)))
        flatten_children(column, buf, rows, constant);
    if (!constant)
        return;
    int32_t size = layout_size(type_layout(column->type));
    if (size > 0) {
        const char *value = column->data;
        column->data = buf_alloc(buf, rows * size);
        fill_values(column->data, value, size, rows);
    }
    if (column->valid) {
        uint8_t valid = column->valid[0];
        column->valid = NULL;
        if (!valid)
            column->valid = buf_zalloc(buf, rows);
    }
    column->constant = false;
    column->room = rows;
}

/* ---- gather ---------------------------------------------------------------------------------------------------- */

#define GATHER(size_)                                                                    \
    case size_:                                                                          \
        for (int64_t i = 0; i < count; i++)                                              \
            memcpy(out + i * (size_), in + (int64_t)rows[i] * (size_), (size_));         \
        break

static void gather_values(const char *in, const int32_t *rows, int64_t count, int32_t size, char *out)
{
    switch (size) {
        GATHER(1);
        GATHER(2);
        GATHER(4);
        GATHER(8);
        GATHER(16);
    default:
        break;
    }
}

/* NULL when every row that was picked has a value: then later loops need not look. */
static uint8_t *gather_valid(const uint8_t *in, const int32_t *rows, int64_t count, Buf *buf)
{
    uint8_t *out = buf_new(buf, uint8_t, count);
    uint8_t  all = 1;
    for (int64_t i = 0; i < count; i++) {
        out[i] = in[rows[i]];
        all &= out[i];
    }
    return all ? NULL : out;
}

static Column *gather_children(const Column *in, const int32_t *rows, int64_t count, Buf *buf)
{
    int32_t children = child_count(in->type);
    Column *out = buf_new(buf, Column, children);
    for (int32_t i = 0; i < children; i++) {
        if (in->type->kind == TYPE_ROW) {
            column_gather(&in->children[i], rows, count, buf, &out[i]);
        } else {
            out[i] = in->children[i]; /* entries stay where they are */
            out[i].room = 0;
        }
    }
    return out;
}

void column_gather(const Column *in, const int32_t *rows, int64_t count, Buf *buf, Column *out)
{
    Column result = *in;
    if (!in->constant) {
        int32_t size = layout_size(type_layout(in->type));
        if (size > 0) {
            result.data = buf_alloc(buf, count * size);
            gather_values(in->data, rows, count, size, result.data);
        }
        result.valid = in->valid ? gather_valid(in->valid, rows, count, buf) : NULL;
        result.children = in->children ? gather_children(in, rows, count, buf) : NULL;
    }
    result.room = 0;
    *out = result;
}

/* ---- append ---------------------------------------------------------------------------------------------------- */

static void append_valid(Column *out, int64_t out_rows, const Column *in, int64_t start, int64_t count, Buf *buf)
{
    const uint8_t *valid = in->valid;
    if (valid && !in->constant && !out->valid && !memchr(valid + start, 0, (size_t)count))
        valid = NULL;
    if (!valid) {
        if (out->valid)
            memset(out->valid + out_rows, 1, (size_t)count);
        return;
    }
    column_need_valid(out, buf, out_rows + count);
    if (in->constant)
        memset(out->valid + out_rows, valid[0], (size_t)count);
    else
        memcpy(out->valid + out_rows, valid + start, (size_t)count);
}

/* Gives the long ones among the views bytes of their own, in one piece of memory. */
static void own_text(View *views, int64_t count, Buf *buf)
{
    int64_t size = 0;
    for (int64_t i = 0; i < count; i++)
        size += views[i].size > VIEW_INLINE ? views[i].size : 0;
    if (size == 0)
        return;
    char *bytes = buf_alloc(buf, size);
    for (int64_t i = 0; i < count; i++) {
        if (views[i].size <= VIEW_INLINE)
            continue;
        memcpy(bytes, views[i].ptr, views[i].size);
        views[i].ptr = bytes;
        bytes += views[i].size;
    }
}

static void append_entries(Column *out, const Column *in, int64_t start, int64_t count, Buf *buf, bool copy_text)
{
    for (int32_t i = 0; i < child_count(out->type); i++)
        column_append(&out->children[i], out->child_rows, &in->children[i], start, count, buf, copy_text);
    out->child_rows += count;
    assert(out->child_rows <= INT32_MAX);
}

static ListView list_at(const Column *column, int64_t row)
{
    return column_is_null(column, row) ? (ListView){ 0, 0 } : COLUMN_DATA(column, ListView)[column_index(column, row)];
}

/* Neighbours whose entries lie one behind the other are appended together: for a column that was never gathered, that
 * is one piece. */
static void append_lists(Column *out, int64_t out_rows, const Column *in, int64_t start, int64_t count, Buf *buf,
                         bool copy_text)
{
    ListView *lists = COLUMN_DATA(out, ListView) + out_rows;
    int64_t   row = 0;
    while (row < count) {
        ListView piece = list_at(in, start + row);
        lists[row++] = (ListView){ (int32_t)out->child_rows, piece.count };
        while (row < count && !in->constant) {
            ListView next = list_at(in, start + row);
            if (next.count > 0 && next.start != piece.start + piece.count)
                break;
            lists[row++] = (ListView){ (int32_t)(out->child_rows + piece.count), next.count };
            piece.count += next.count;
        }
        append_entries(out, in, piece.start, piece.count, buf, copy_text);
        if (in->constant) {
            fill_values((char *)&lists[row], (const char *)&lists[row - 1], (int32_t)sizeof(ListView), count - row);
            return;
        }
    }
}

void column_append(Column *out, int64_t out_rows, const Column *in, int64_t start, int64_t count, Buf *buf,
                   bool copy_text)
{
    Layout  layout = type_layout(out->type);
    int32_t size = layout_size(layout);
    assert(!out->constant && layout == type_layout(in->type));
    if (count == 0)
        return;
    column_need_room(out, buf, out_rows, count);
    append_valid(out, out_rows, in, start, count, buf);
    if (layout == LAYOUT_LIST) {
        append_lists(out, out_rows, in, start, count, buf, copy_text);
        return;
    }
    for (int32_t i = 0; layout == LAYOUT_ROW && i < out->type->field_count; i++) {
        Column field = in->children[i];
        field.constant |= in->constant;
        column_append(&out->children[i], out_rows, &field, start, count, buf, copy_text);
    }
    if (layout == LAYOUT_ROW)
        return;
    char *values = (char *)out->data + out_rows * size;
    if (in->constant)
        fill_values(values, in->data, size, count);
    else
        memcpy(values, (const char *)in->data + start * size, (size_t)(count * size));
    if (layout == LAYOUT_VIEW && copy_text)
        own_text((View *)(void *)values, count, buf);
}

void column_copy(const Column *in, int64_t rows, Buf *buf, Column *out)
{
    Column  result;
    int64_t count = in->constant ? 1 : rows;
    column_init(&result, buf, in->type, count);
    column_append(&result, 0, in, 0, count, buf, true);
    result.constant = in->constant;
    *out = result;
}
