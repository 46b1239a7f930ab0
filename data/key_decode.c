/* key_decode.c: the bytes of key.c back to values.
 *
 * value_decode trusts nothing: it is also fed from files. An entry takes at least one byte, so a count larger than what
 * is left is refused before anything is allocated for it. */
#include "data/key.h"

#include <assert.h>

enum { DEPTH_MAX = 128 };

static bool take(const char **cursor, const char *end, void *out, int64_t size)
{
    if (end - *cursor < size)
        return false;
    memcpy(out, *cursor, (size_t)size);
    *cursor += size;
    return true;
}

static bool decode_value(const char **cursor, const char *end, Column *out, int64_t row, Buf *buf, int depth);

static bool decode_view(const char **cursor, const char *end, View *out, Buf *buf)
{
    uint32_t size;
    if (!take(cursor, end, &size, (int64_t)sizeof(size)) || end - *cursor < (int64_t)size)
        return false;
    *out = view_copy(buf, (Str){ *cursor, size });
    *cursor += size;
    return true;
}

static bool decode_list(const char **cursor, const char *end, Column *out, int64_t row, Buf *buf, int depth)
{
    int32_t children = out->type->kind == TYPE_MAP ? 2 : 1;
    int32_t count;
    int64_t start = out->child_rows;
    if (!take(cursor, end, &count, (int64_t)sizeof(count)) || count < 0 || count > (end - *cursor) / children ||
        start + count > INT32_MAX)
        return false;
    for (int32_t child = 0; child < children; child++)
        column_need_room(&out->children[child], buf, start, count);
    for (int64_t i = start; i < start + count; i++)
        for (int32_t child = 0; child < children; child++)
            if (!decode_value(cursor, end, &out->children[child], i, buf, depth))
                return false;
    COLUMN_DATA(out, ListView)[row] = (ListView){ (int32_t)start, count };
    out->child_rows = start + count;
    return true;
}

static bool decode_body(const char **cursor, const char *end, Column *out, int64_t row, Buf *buf, int depth)
{
    Layout layout = type_layout(out->type);
    if (layout == LAYOUT_VIEW)
        return decode_view(cursor, end, &COLUMN_DATA(out, View)[row], buf);
    if (layout == LAYOUT_LIST)
        return decode_list(cursor, end, out, row, buf, depth);
    if (layout == LAYOUT_ROW) {
        for (int32_t i = 0; i < out->type->field_count; i++)
            if (!decode_value(cursor, end, &out->children[i], row, buf, depth))
                return false;
        return true;
    }
    int32_t size = layout_size(layout);
    return take(cursor, end, (char *)out->data + row * size, size);
}

static bool decode_value(const char **cursor, const char *end, Column *out, int64_t row, Buf *buf, int depth)
{
    uint8_t flag;
    if (depth > DEPTH_MAX || !take(cursor, end, &flag, 1) || flag > 1)
        return false;
    if (flag == 0) {
        column_set_null(out, buf, row);
        return true;
    }
    if (out->valid)
        out->valid[row] = 1;
    return decode_body(cursor, end, out, row, buf, depth + 1);
}

bool value_decode(const char **cursor, const char *end, Column *out, int64_t row, Buf *buf)
{
    return decode_value(cursor, end, out, row, buf, 0);
}

/* ---- without reading it --------------------------------------------------------------------------------------- */

static bool skip(const char **cursor, const char *end, int64_t size)
{
    if (end - *cursor < size)
        return false;
    *cursor += size;
    return true;
}

static bool skip_value(const char **cursor, const char *end, const Type *type, int depth);

static bool skip_list(const char **cursor, const char *end, const Type *type, int depth)
{
    int32_t count;
    if (!take(cursor, end, &count, (int64_t)sizeof(count)) || count < 0 || count > end - *cursor)
        return false;
    for (int32_t i = 0; i < count; i++) {
        if (type->kind == TYPE_MAP && !skip_value(cursor, end, type->key, depth))
            return false;
        if (!skip_value(cursor, end, type->element, depth))
            return false;
    }
    return true;
}

static bool skip_body(const char **cursor, const char *end, const Type *type, int depth)
{
    uint32_t size;
    Layout   layout = type_layout(type);
    if (layout == LAYOUT_VIEW)
        return take(cursor, end, &size, (int64_t)sizeof(size)) && skip(cursor, end, size);
    if (layout == LAYOUT_LIST)
        return skip_list(cursor, end, type, depth);
    if (layout != LAYOUT_ROW)
        return skip(cursor, end, layout_size(layout));
    for (int32_t i = 0; i < type->field_count; i++)
        if (!skip_value(cursor, end, type->fields[i].type, depth))
            return false;
    return true;
}

static bool skip_value(const char **cursor, const char *end, const Type *type, int depth)
{
    uint8_t flag;
    if (depth > DEPTH_MAX || !take(cursor, end, &flag, 1) || flag > 1)
        return false;
    return flag == 0 || skip_body(cursor, end, type, depth + 1);
}

bool key_is_sound(Str key, const Type *const *types, int32_t column_count)
{
    const char *cursor = key.ptr;
    const char *end = key.ptr + key.len;
    for (int32_t i = 0; i < column_count; i++)
        if (!skip_value(&cursor, end, types[i], 0))
            return false;
    return cursor == end;
}

/* ---- keys ------------------------------------------------------------------------------------------------------ */

#define DECODE(size_)                                                            \
    case size_:                                                                  \
        for (int64_t i = 0; i < count; i++) {                                    \
            if (*cursors[i]++)                                                   \
                memcpy(values + i * (size_), cursors[i], (size_));               \
            else                                                                 \
                column_set_null(out, buf, i);                                    \
            cursors[i] += out->valid && !out->valid[i] ? 0 : (size_);            \
        }                                                                        \
        break

static void decode_fixed(const char **cursors, int64_t count, Column *out, Buf *buf)
{
    char *values = out->data;
    switch (layout_size(type_layout(out->type))) {
        DECODE(1);
        DECODE(2);
        DECODE(4);
        DECODE(8);
        DECODE(16);
    default:
        break;
    }
}

void keys_decode(const Str *keys, int64_t count, const Type *const *types, int32_t column_count, Buf *buf, Column *out)
{
    const char **cursors = buf_new(buf, const char *, count);
    for (int64_t i = 0; i < count; i++)
        cursors[i] = keys[i].ptr;
    for (int32_t column = 0; column < column_count; column++) {
        column_init(&out[column], buf, types[column], count);
        if (type_layout(types[column]) < LAYOUT_VIEW) {
            decode_fixed(cursors, count, &out[column], buf);
            continue;
        }
        for (int64_t i = 0; i < count; i++) {
            bool is_good = decode_value(&cursors[i], keys[i].ptr + keys[i].len, &out[column], i, buf, 0);
            assert(is_good);
            (void)is_good;
        }
    }
}
