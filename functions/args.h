/* args.h: short access to arguments and results, for the evals in functions/scalar. */
#ifndef FUNCTIONS_ARGS_H
#define FUNCTIONS_ARGS_H

#include "functions/function.h"

#include "core/word.h"

/* The rows of a strict function that have all arguments: EACH_VALUE(i) { ... } */
#define EACH_VALUE(row)                           \
    for (int64_t row = 0; row < rows; row++)      \
        if (!out->valid || out->valid[row])

static inline Str arg_str(const Column *arg, int64_t row)
{
    return view_str(&COLUMN_DATA(arg, View)[column_index(arg, row)]);
}

static inline int64_t arg_i64(const Column *arg, int64_t row)
{
    return COLUMN_DATA(arg, int64_t)[column_index(arg, row)];
}

static inline int32_t arg_i32(const Column *arg, int64_t row)
{
    return COLUMN_DATA(arg, int32_t)[column_index(arg, row)];
}

static inline double arg_f64(const Column *arg, int64_t row)
{
    return COLUMN_DATA(arg, double)[column_index(arg, row)];
}

static inline bool arg_bool(const Column *arg, int64_t row)
{
    return COLUMN_DATA(arg, uint8_t)[column_index(arg, row)];
}

static inline void out_null(Call *call, Column *out, int64_t rows, int64_t row)
{
    column_need_valid(out, call_buf(call), rows);
    out->valid[row] = 0;
}

/* text must live as long as the batch: an argument's, or from call_buf. */
static inline void out_str(Column *out, int64_t row, Str text)
{
    COLUMN_DATA(out, View)[row] = view_of(text);
}

/* ---- code points of UTF-8 text --------------------------------------------------------------------------------- */

static inline int64_t char_size(Str text, int64_t at)
{
    unsigned char lead = (unsigned char)text.ptr[at];
    int64_t       size = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return size <= text.len - at ? size : text.len - at;
}

static inline int64_t char_count(Str text)
{
    int64_t later = 0; /* bytes 10xxxxxx */
    int64_t at = 0;
    for (; text.len - at >= WORD_SIZE; at += WORD_SIZE) {
        uint64_t word = word_load(text.ptr + at);
        later += word_count(word & ~(word << 1) & WORD_TOPS);
    }
    for (; at < text.len; at++)
        later += ((unsigned char)text.ptr[at] & 0xC0) == 0x80;
    return text.len - later;
}

/* Byte offset of the code point `index` places behind `from`; text.len when there are not so many. */
static inline int64_t char_offset(Str text, int64_t from, int64_t index)
{
    while (index-- > 0 && from < text.len)
        from += char_size(text, from);
    return from;
}

/* Byte offset of the index-th (from 0) such byte at or behind `from`, or -1. */
static inline int64_t find_byte(Str text, unsigned char byte, int64_t from, int64_t index)
{
    for (; from < text.len; from += WORD_SIZE) {
        int64_t  size = text.len - from;
        uint64_t tops = size >= WORD_SIZE ? word_equal(word_load(text.ptr + from), byte)
                                          : word_first(word_equal(word_load_part(text.ptr + from, size), byte), size);
        int64_t  count = word_count(tops);
        if (count > index)
            return from + word_nth(tops, index);
        index -= count;
    }
    return -1;
}

/* Byte offset of needle at or behind `from`, or -1. */
static inline int64_t find_text(Str text, Str needle, int64_t from)
{
    if (needle.len > text.len - from)
        return -1;
    if (needle.len == 0)
        return from;
    const char *found = memmem(text.ptr + from, (size_t)(text.len - from), needle.ptr, (size_t)needle.len);
    return found ? found - text.ptr : -1;
}

#endif
