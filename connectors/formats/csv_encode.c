/* csv_encode.c: rows as CSV lines (without a line end), quoted as the dialect's writer does.
 *
 * That writer looks whether text needs quotes only in short fields, and then only whether it has a character below the
 * highest one with a meaning (delimiter, quote, escape). So "a b" and "2024-01-01 10:00:00" are quoted, a-b is not, and
 * everything longer than 24 characters is. Numbers and booleans never are. */
#include "connectors/formats/csv.h"

#include "connectors/formats/base64.h"
#include "core/utf8.h"
#include "data/calendar.h"
#include "data/decimal.h"
#include "data/number.h"

enum { CHECKED_UNITS_MAX = 24, SCALAR_TEXT_MAX = 64 };

typedef struct CsvEncoder {
    CsvOptions          options;
    int32_t             safe_from; /* code points from here on need no quotes */
    const FormatColumn *columns;
    int32_t             column_count;
    Text                cell; /* an ARRAY or ROW being put together */
} CsvEncoder;

static void encoder_free(void *object)
{
    CsvEncoder *encoder = object;
    text_free(&encoder->cell);
}

static int32_t larger(int32_t left, int32_t right)
{
    return left > right ? left : right;
}

Status csv_encoder_create(const FormatSpec *spec, Encoder **out, Error *err)
{
    (void)err;
    int32_t      size;
    CsvEncoder   *encoder = arena_new(spec->arena, CsvEncoder, 1);
    FormatColumn *columns = arena_new(spec->arena, FormatColumn, spec->column_count + 1);
    arena_defer(spec->arena, encoder_free, encoder);
    encoder->options = csv_options_of(spec->options, spec->arena);
    int32_t highest = larger(utf8_decode(encoder->options.delimiter, 0, &size), encoder->options.quote);
    encoder->safe_from = larger(highest, encoder->options.escape) + 1;
    if (spec->column_count > 0)
        memcpy(columns, spec->columns, (size_t)spec->column_count * sizeof(*columns));
    encoder->columns = columns;
    encoder->column_count = spec->column_count;
    *out = (Encoder *)encoder;
    return STATUS_OK;
}

/* ---- text ------------------------------------------------------------------------------------------------------ */

static bool needs_quotes(const CsvEncoder *encoder, Str text)
{
    int32_t units = 0; /* of UTF-16 */
    int32_t size;
    if (encoder->options.quote < 0)
        return false;
    for (int64_t at = 0; at < text.len; at += size) {
        int32_t code_point = utf8_decode(text, at, &size);
        units += code_point >= 0x10000 ? 2 : 1;
        if ((code_point >= 0 && code_point < encoder->safe_from) || code_point == '\\' || units > CHECKED_UNITS_MAX)
            return true;
    }
    return false;
}

static bool has_byte(Str text, int32_t byte)
{
    return byte >= 0 && text.len > 0 && memchr(text.ptr, byte, (size_t)text.len);
}

/* The text with its quotes and escapes doubled. */
static char *put_doubled(const CsvEncoder *encoder, Str text, char *to)
{
    for (int64_t at = 0; at < text.len; at++) {
        int32_t byte = (unsigned char)text.ptr[at];
        if (byte == encoder->options.quote || byte == encoder->options.escape)
            *to++ = text.ptr[at];
        *to++ = text.ptr[at];
    }
    return to;
}

static void put_text(const CsvEncoder *encoder, Str text, Text *out)
{
    if (!needs_quotes(encoder, text)) {
        text_append(out, text);
        return;
    }
    char *room = text_reserve(out, text.len * 2 + 2);
    char *to = room;
    if (!room)
        return;
    *to++ = (char)encoder->options.quote;
    if (has_byte(text, encoder->options.quote) || has_byte(text, encoder->options.escape)) {
        to = put_doubled(encoder, text, to);
    } else if (text.len > 0) {
        memcpy(to, text.ptr, (size_t)text.len);
        to += text.len;
    }
    *to++ = (char)encoder->options.quote;
    out->len += to - room;
}

/* ---- scalars --------------------------------------------------------------------------------------------------- */

/* Plain notation without zeros at the end of the fraction. */
static int32_t print_plain(int128_t unscaled, int32_t scale, char *out)
{
    int32_t len = decimal_print(unscaled, scale, out);
    if (scale == 0)
        return len;
    while (out[len - 1] == '0')
        len--;
    return out[len - 1] == '.' ? len - 1 : len;
}

static int32_t print_timestamp(const Column *column, int64_t index, char *out)
{
    Timestamp value = { 0 };
    if (type_layout(column->type) == LAYOUT_TIMESTAMP)
        value = COLUMN_DATA(column, Timestamp)[index];
    else
        value.ms = COLUMN_DATA(column, int64_t)[index];
    int32_t len = timestamp_print(value, -1, ' ', out);
    if (column->type->kind == TYPE_TIMESTAMP_LTZ)
        out[len++] = 'Z';
    return len;
}

/* Numbers, which are never quoted: the length, or -1 when the type is another. */
static int32_t print_number(const CsvEncoder *encoder, const Column *column, int64_t index, char *out)
{
    switch (column->type->kind) {
    case TYPE_TINYINT: return i64_print(COLUMN_DATA(column, int8_t)[index], out);
    case TYPE_SMALLINT: return i64_print(COLUMN_DATA(column, int16_t)[index], out);
    case TYPE_INT:
    case TYPE_INTERVAL_MONTH: return i64_print(COLUMN_DATA(column, int32_t)[index], out);
    case TYPE_BIGINT:
    case TYPE_INTERVAL_TIME: return i64_print(COLUMN_DATA(column, int64_t)[index], out);
    case TYPE_FLOAT: return float_print(COLUMN_DATA(column, float)[index], out);
    case TYPE_DOUBLE: return double_print(COLUMN_DATA(column, double)[index], out);
    case TYPE_DECIMAL: {
        int128_t unscaled = decimal_load(column->data, decimal_is_wide(column->type), index);
        return encoder->options.is_scientific ? decimal_print_stripped(unscaled, column->type->scale, out)
                                              : print_plain(unscaled, column->type->scale, out);
    }
    default: return -1;
    }
}

/* Text of the other scalars, in `room` or where it lies. */
static Str scalar_text(const Column *column, int64_t index, char *room)
{
    switch (column->type->kind) {
    case TYPE_DATE: return (Str){ room, date_print(COLUMN_DATA(column, int32_t)[index], room) };
    case TYPE_TIME: return (Str){ room, time_print(COLUMN_DATA(column, int32_t)[index], -1, room) };
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ: return (Str){ room, print_timestamp(column, index, room) };
    default: return view_str(&COLUMN_DATA(column, View)[index]);
    }
}

/* quote: as a cell of its own; else as a part of one that is quoted as a whole. */
static void put_scalar(CsvEncoder *encoder, const Column *column, int64_t row, bool quote, Text *out)
{
    char    room[SCALAR_TEXT_MAX];
    int64_t index = column_index(column, row);
    if (column_is_null(column, row)) {
        text_append(out, encoder->options.null_literal.ptr ? encoder->options.null_literal : STR_EMPTY);
        return;
    }
    if (column->type->kind == TYPE_BOOLEAN) {
        text_append(out, COLUMN_DATA(column, uint8_t)[index] ? STR("true") : STR("false"));
        return;
    }
    int32_t number = print_number(encoder, column, index, room);
    if (number >= 0) {
        text_append(out, (Str){ room, number });
        return;
    }
    Text base64 = TEXT_EMPTY;
    Str  text = scalar_text(column, index, room);
    if (type_is_bytes(column->type)) {
        base64_encode(text, &base64);
        text = text_str(&base64);
    }
    if (quote)
        put_text(encoder, text, out);
    else
        text_append(out, text);
    text_free(&base64);
}

/* ---- cells ----------------------------------------------------------------------------------------------------- */

static void put_parts_of_array(CsvEncoder *encoder, const Column *column, int64_t index)
{
    ListView list = COLUMN_DATA(column, ListView)[index];
    for (int32_t i = 0; i < list.count; i++) {
        if (i > 0)
            text_append(&encoder->cell, encoder->options.element_delimiter);
        put_scalar(encoder, &column->children[0], list.start + i, false, &encoder->cell);
    }
}

static void put_parts_of_row(CsvEncoder *encoder, const Column *column, int64_t index)
{
    for (int32_t i = 0; i < column->type->field_count; i++) {
        if (i > 0)
            text_append(&encoder->cell, encoder->options.element_delimiter);
        put_scalar(encoder, &column->children[i], index, false, &encoder->cell);
    }
}

static void put_cell(CsvEncoder *encoder, const Column *column, int64_t row, Text *out)
{
    TypeKind kind = column->type->kind;
    if (column_is_null(column, row) || (kind != TYPE_ARRAY && kind != TYPE_ROW)) {
        put_scalar(encoder, column, row, true, out);
        return;
    }
    text_clear(&encoder->cell);
    if (kind == TYPE_ARRAY)
        put_parts_of_array(encoder, column, column_index(column, row));
    else
        put_parts_of_row(encoder, column, column_index(column, row));
    put_text(encoder, text_str(&encoder->cell), out);
}

Status csv_encode(Encoder *opaque, const Batch *batch, int64_t start, int64_t count, Text *out, Record *records,
                  Error *err)
{
    CsvEncoder *encoder = (CsvEncoder *)opaque;
    for (int64_t i = 0; i < count; i++) {
        records[i] = (Record){ .start = out->len };
        for (int32_t c = 0; c < encoder->column_count; c++) {
            if (c > 0)
                text_append(out, encoder->options.delimiter);
            put_cell(encoder, &batch->columns[encoder->columns[c].out], start + i, out);
        }
        records[i].end = out->len;
    }
    if (out->overflow)
        return error_set(err, STATUS_LIMIT, SPAN_NONE, "the encoded rows are too large");
    return STATUS_OK;
}
