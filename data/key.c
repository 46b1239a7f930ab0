/* key.c: values as bytes and back.
 *
 *   encode:  size of every row's key; one piece of memory; then column by column, each row's cursor moving on
 *   decode:  column by column, each key's cursor moving on
 *
 * One column of 8 bytes without NULLs, the usual key, goes in a single loop. NaN is written as one value, so that two
 * keys have the same bytes exactly when their values are the same (column_compare.c). The hash is a function of the
 * bytes alone. */
#include "data/key.h"

#include "core/hash.h"

#include <assert.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "keys are written as values lie in memory");

enum { FLAG_NULL = 0, FLAG_VALUE = 1, KEY_SIZE_4 = 5, KEY_SIZE_8 = 9 };

/* ---- hash ------------------------------------------------------------------------------------------------------ */

static inline uint64_t hash_word(uint64_t value)
{
    return hash_u64(value + 0x9e3779b97f4a7c15u);
}

uint64_t key_hash(Str key)
{
    if (key.len == KEY_SIZE_8) {
        uint64_t word;
        memcpy(&word, key.ptr + 1, sizeof(word));
        return hash_word(word);
    }
    if (key.len == KEY_SIZE_4) {
        uint32_t word;
        memcpy(&word, key.ptr + 1, sizeof(word));
        return hash_word(word);
    }
    return hash_bytes(key.ptr, key.len);
}

/* ---- one value ------------------------------------------------------------------------------------------------- */

static inline float canonical_f32(float value)
{
    return value != value ? __builtin_nanf("") : value;
}

static inline double canonical_f64(double value)
{
    return value != value ? __builtin_nan("") : value;
}

/* Bytes of a value that is not NULL, behind its flag. */
static int64_t body_size(const Column *column, int64_t index)
{
    int64_t size = 0;
    Layout  layout = type_layout(column->type);
    if (layout == LAYOUT_VIEW)
        return (int64_t)sizeof(uint32_t) + COLUMN_DATA(column, View)[index].size;
    if (layout == LAYOUT_LIST) {
        ListView list = COLUMN_DATA(column, ListView)[index];
        for (int32_t child = 0; child < (column->type->kind == TYPE_MAP ? 2 : 1); child++)
            for (int32_t i = 0; i < list.count; i++)
                size += value_encoded_size(&column->children[child], list.start + i);
        return (int64_t)sizeof(uint32_t) + size;
    }
    if (layout == LAYOUT_ROW) {
        for (int32_t i = 0; i < column->type->field_count; i++)
            size += value_encoded_size(&column->children[i], index);
        return size;
    }
    return layout_size(layout);
}

int64_t value_encoded_size(const Column *column, int64_t row)
{
    return 1 + (column_is_null(column, row) ? 0 : body_size(column, column_index(column, row)));
}

static char *put_bytes(char *out, const void *bytes, int64_t size)
{
    if (size > 0)
        memcpy(out, bytes, (size_t)size);
    return out + size;
}

static char *write_list(const Column *column, int64_t index, char *out)
{
    ListView list = COLUMN_DATA(column, ListView)[index];
    out = put_bytes(out, &list.count, (int64_t)sizeof(list.count));
    for (int32_t i = 0; i < list.count; i++)
        for (int32_t child = 0; child < (column->type->kind == TYPE_MAP ? 2 : 1); child++)
            out = value_write(&column->children[child], list.start + i, out);
    return out;
}

static char *write_fixed(const Column *column, int64_t index, Layout layout, char *out)
{
    int32_t size = layout_size(layout);
    if (layout == LAYOUT_F32) {
        float value = canonical_f32(COLUMN_DATA(column, float)[index]);
        return put_bytes(out, &value, size);
    }
    if (layout == LAYOUT_F64) {
        double value = canonical_f64(COLUMN_DATA(column, double)[index]);
        return put_bytes(out, &value, size);
    }
    return put_bytes(out, (const char *)column->data + index * size, size);
}

char *value_write(const Column *column, int64_t row, char *out)
{
    if (column_is_null(column, row)) {
        *out = FLAG_NULL;
        return out + 1;
    }
    *out++ = FLAG_VALUE;
    int64_t index = column_index(column, row);
    Layout  layout = type_layout(column->type);
    if (layout == LAYOUT_VIEW) {
        const View *view = &COLUMN_DATA(column, View)[index];
        out = put_bytes(out, &view->size, (int64_t)sizeof(view->size));
        return put_bytes(out, view_ptr(view), view->size);
    }
    if (layout == LAYOUT_LIST)
        return write_list(column, index, out);
    if (layout == LAYOUT_ROW) {
        for (int32_t i = 0; i < column->type->field_count; i++)
            out = value_write(&column->children[i], index, out);
        return out;
    }
    return write_fixed(column, index, layout, out);
}

void value_encode(const Column *column, int64_t row, Text *out)
{
    int64_t size = value_encoded_size(column, row);
    char   *room = text_reserve(out, size);
    if (!room)
        return;
    value_write(column, row, room);
    out->len += size;
}

/* ---- keys of many rows ----------------------------------------------------------------------------------------- */

static bool is_fixed(Layout layout)
{
    return layout < LAYOUT_VIEW;
}

/* All rows have keys of this size, or -1. */
static int64_t common_size(const Column *const *columns, int32_t column_count)
{
    int64_t size = 0;
    for (int32_t i = 0; i < column_count; i++) {
        Layout layout = type_layout(columns[i]->type);
        if (!is_fixed(layout) || columns[i]->valid)
            return -1;
        size += 1 + layout_size(layout);
    }
    return size;
}

static void add_sizes(const Column *column, int64_t rows, int64_t *sizes)
{
    Layout  layout = type_layout(column->type);
    int64_t step = column->constant ? 0 : 1;
    if (is_fixed(layout)) {
        int64_t size = layout_size(layout);
        for (int64_t i = 0; i < rows; i++)
            sizes[i] += 1 + (!column->valid || column->valid[i * step] ? size : 0);
    } else if (layout == LAYOUT_VIEW) {
        const View *views = column->data;
        for (int64_t i = 0; i < rows; i++) {
            bool has_value = !column->valid || column->valid[i * step];
            sizes[i] += 1 + (has_value ? (int64_t)sizeof(uint32_t) + views[i * step].size : 0);
        }
    } else {
        for (int64_t i = 0; i < rows; i++)
            sizes[i] += value_encoded_size(column, i);
    }
}

/* Gives every key its memory. */
static void lay_out(const Column *const *columns, int32_t column_count, int64_t rows, Buf *buf, Str *keys)
{
    int64_t size = common_size(columns, column_count);
    if (size >= 0) {
        char *bytes = buf_alloc(buf, rows * size);
        for (int64_t i = 0; i < rows; i++)
            keys[i] = (Str){ bytes + i * size, size };
        return;
    }
    int64_t *sizes = buf_zalloc(buf, rows * (int64_t)sizeof(int64_t));
    for (int32_t i = 0; i < column_count; i++)
        add_sizes(columns[i], rows, sizes);
    int64_t total = 0;
    for (int64_t i = 0; i < rows; i++)
        total += sizes[i];
    char *bytes = buf_alloc(buf, total);
    for (int64_t i = 0; i < rows; i++) {
        keys[i] = (Str){ bytes, sizes[i] };
        bytes += sizes[i];
    }
}

#define WRITE_FIXED(CType, canonical)                                     \
    do {                                                                  \
        const CType *values = column->data;                               \
        for (int64_t i = 0; i < rows; i++) {                              \
            bool  has_value = !valid || valid[i * step];                  \
            CType value = canonical(values[i * step]);                    \
            *cursors[i] = (char)has_value;                                \
            cursors[i]++;                                                 \
            if (has_value) {                                              \
                memcpy(cursors[i], &value, sizeof(value));                \
                cursors[i] += sizeof(value);                              \
            }                                                             \
        }                                                                 \
    } while (0)
#define AS_IT_IS(value) (value)

static void write_column(const Column *column, int64_t rows, char **cursors)
{
    const uint8_t *valid = column->valid;
    int64_t        step = column->constant ? 0 : 1;
    switch (type_layout(column->type)) {
    case LAYOUT_BOOL:
    case LAYOUT_I8:
        WRITE_FIXED(uint8_t, AS_IT_IS);
        break;
    case LAYOUT_I16:
        WRITE_FIXED(int16_t, AS_IT_IS);
        break;
    case LAYOUT_I32:
        WRITE_FIXED(int32_t, AS_IT_IS);
        break;
    case LAYOUT_I64:
        WRITE_FIXED(int64_t, AS_IT_IS);
        break;
    case LAYOUT_F32:
        WRITE_FIXED(float, canonical_f32);
        break;
    case LAYOUT_F64:
        WRITE_FIXED(double, canonical_f64);
        break;
    case LAYOUT_I128:
        WRITE_FIXED(int128_t, AS_IT_IS);
        break;
    case LAYOUT_TIMESTAMP:
        WRITE_FIXED(Timestamp, AS_IT_IS);
        break;
    default:
        for (int64_t i = 0; i < rows; i++)
            cursors[i] = value_write(column, i, cursors[i]);
    }
}

/* The usual key: one column of BIGINT, TIMESTAMP(3) or short DECIMAL without NULLs. */
static void encode_i64(const Column *column, int64_t rows, Buf *buf, Str *keys, uint64_t *hashes)
{
    const int64_t *values = column->data;
    int64_t        step = column->constant ? 0 : 1;
    char          *bytes = buf_alloc(buf, rows * KEY_SIZE_8);
    for (int64_t i = 0; i < rows; i++) {
        int64_t value = values[i * step];
        char   *key = bytes + i * KEY_SIZE_8;
        key[0] = FLAG_VALUE;
        memcpy(key + 1, &value, sizeof(value));
        keys[i] = (Str){ key, KEY_SIZE_8 };
        hashes[i] = hash_word((uint64_t)value);
    }
}

void keys_encode(const Column *const *columns, int32_t column_count, int64_t rows, Buf *buf, Str *keys,
                 uint64_t *hashes)
{
    if (column_count == 1 && !columns[0]->valid && type_layout(columns[0]->type) == LAYOUT_I64) {
        encode_i64(columns[0], rows, buf, keys, hashes);
        return;
    }
    lay_out(columns, column_count, rows, buf, keys);
    char **cursors = buf_new(buf, char *, rows);
    for (int64_t i = 0; i < rows; i++)
        cursors[i] = (char *)keys[i].ptr;
    for (int32_t i = 0; i < column_count; i++)
        write_column(columns[i], rows, cursors);
    for (int64_t i = 0; i < rows; i++)
        hashes[i] = key_hash(keys[i]);
}
