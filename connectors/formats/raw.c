/* raw.c: one column, whose bytes are the record: text in a character set, numbers as their 1, 2, 4 or 8 bytes. A null message is
 * NULL.
 *
 * With line-delimiter a message is as many rows as it has parts, and each written record ends with the delimiter. */
#include "connectors/formats/cell.h"
#include "connectors/formats/format.h"
#include "core/charset.h"
#include "core/utf8.h"

#include <assert.h>

static const Option raw_options[] = {
    { "charset", OPTION_STRING, "UTF-8", NULL, "of text: US-ASCII, ISO-8859-1, UTF-8, UTF-16, UTF-16BE or UTF-16LE", 0 },
    { "endianness", OPTION_ENUM, "big-endian", "big-endian|little-endian", "order of the bytes of numbers", 0 },
    { "line-delimiter", OPTION_STRING, NULL, NULL, "splits a message into rows; put behind each written record", 0 },
    { 0 },
};

typedef struct RawCodec {
    const Type *type;
    Str         name;
    ErrorPolicy policy;
    int32_t     column; /* of the batch, -1 = not wanted */
    bool        is_little;
    Charset     charset;
    Str         delimiter; /* in the character set; empty = none */
    Text        scratch;
} RawCodec;

/* ---- checks and creation --------------------------------------------------------------------------------------- */

static bool is_carried(TypeKind kind)
{
    switch (kind) {
    case TYPE_CHAR:
    case TYPE_VARCHAR:
    case TYPE_BINARY:
    case TYPE_VARBINARY:
    case TYPE_BOOLEAN:
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INT:
    case TYPE_BIGINT:
    case TYPE_FLOAT:
    case TYPE_DOUBLE: return true;
    default: return false;
    }
}

static Status raw_check(const FormatSpec *spec, Error *err)
{
    Charset charset;
    Str     name = option_str(raw_options, spec->options, "charset");
    if (!charset_find(name, &charset)) {
        error_set(err, STATUS_UNSUPPORTED, spec->span, "option 'raw.charset' = '%.*s': the character set is not known", STR_FMT(name));
        return error_hint(err, CHARSETS_KNOWN);
    }
    if (spec->column_count != 1)
        return error_set(err, STATUS_INVALID, spec->span,
                         "The 'raw' format only supports single physical column. However the defined schema contains "
                         "%d physical columns",
                         spec->column_count);
    if (!is_carried(spec->columns[0].type->kind))
        return error_set(err, STATUS_UNSUPPORTED, spec->span,
                         "The 'raw' format doesn't supports '%.*s' as column type.",
                         STR_FMT(type_text(spec->arena, spec->columns[0].type)));
    return STATUS_OK;
}

static void codec_free(void *object)
{
    RawCodec *codec = object;
    text_free(&codec->scratch);
}

/* Between two lines stands no byte order mark. */
static Str encoded_delimiter(const FormatSpec *spec, Charset charset)
{
    Str   delimiter = option_str(raw_options, spec->options, "line-delimiter");
    char *to = arena_new(spec->arena, char, CHARSET_ENCODED_SIZE_MAX(delimiter.len));
    return (Str){ to, charset_encode(charset == CHARSET_UTF16 ? CHARSET_UTF16BE : charset, delimiter, to) };
}

static RawCodec *codec_create(const FormatSpec *spec)
{
    RawCodec *codec = arena_new(spec->arena, RawCodec, 1);
    arena_defer(spec->arena, codec_free, codec);
    codec->type = spec->columns[0].type;
    codec->name = spec->columns[0].name;
    codec->policy = spec->policy;
    codec->column = spec->columns[0].out;
    codec->is_little = str_is_nocase(option_str(raw_options, spec->options, "endianness"), "little-endian");
    charset_find(option_str(raw_options, spec->options, "charset"), &codec->charset);
    codec->delimiter = encoded_delimiter(spec, codec->charset);
    return codec;
}

static Status raw_decoder_create(const FormatSpec *spec, Decoder **out, Error *err)
{
    TRY(raw_check(spec, err));
    *out = (Decoder *)codec_create(spec);
    return STATUS_OK;
}

static Status raw_encoder_create(const FormatSpec *spec, Encoder **out, Error *err)
{
    TRY(raw_check(spec, err));
    *out = (Encoder *)codec_create(spec);
    return STATUS_OK;
}

/* ---- decoding -------------------------------------------------------------------------------------------------- */

/* One call of decode. */
typedef struct RawReader {
    RawCodec *codec;
    Batch    *batch;
    TextPool  pool;
    int64_t   rows;
    int64_t   room;
    int32_t  *message_of_row;
} RawReader;

static Str decoded_text(RawCodec *codec, Str bytes)
{
    text_clear(&codec->scratch);
    char *to = text_reserve(&codec->scratch, CHARSET_DECODED_SIZE_MAX(bytes.len));
    return (Str){ to, charset_decode(codec->charset, bytes, to) };
}

static void read_text(RawReader *reader, Column *column, Str bytes)
{
    RawCodec *codec = reader->codec;
    bool      is_as_it_is = !type_is_string(codec->type) || (codec->charset == CHARSET_UTF8 && utf8_is_valid(bytes));
    cell_set_view(column, reader->rows, text_pool_view(&reader->pool, is_as_it_is ? bytes : decoded_text(codec, bytes)));
}

static uint64_t load_number(const RawCodec *codec, Str bytes)
{
    uint64_t value = 0;
    for (int64_t i = 0; i < bytes.len; i++)
        value = value << 8 | (unsigned char)bytes.ptr[codec->is_little ? bytes.len - 1 - i : i];
    return value;
}

static void set_number(Column *column, int64_t row, uint64_t value)
{
    uint32_t low = (uint32_t)value;
    switch (column->type->kind) {
    case TYPE_BOOLEAN: cell_set_bool(column, row, value != 0); break;
    case TYPE_FLOAT: memcpy(&COLUMN_DATA(column, float)[row], &low, sizeof(low)); break;
    case TYPE_DOUBLE: memcpy(&COLUMN_DATA(column, double)[row], &value, sizeof(value)); break;
    default: cell_set_integer(column, row, (int64_t)value); break;
    }
    cell_set_valid(column, row);
}

static Status read_number(RawReader *reader, Column *column, Str bytes, Error *err)
{
    int32_t size = layout_size(type_layout(reader->codec->type));
    if (bytes.len != size)
        return error_set(err, STATUS_DATA, SPAN_NONE,
                         "Size of data received for deserializing %s type is not %d: found %lld bytes",
                         type_kind_name(reader->codec->type->kind), size, (long long)bytes.len);
    set_number(column, reader->rows, load_number(reader->codec, bytes));
    return STATUS_OK;
}

static void reserve(RawReader *reader)
{
    if (reader->rows < reader->room)
        return;
    int64_t  room = reader->room * 2 > 64 ? reader->room * 2 : 64;
    int32_t *grown = buf_new(reader->batch->buf, int32_t, room);
    if (reader->rows > 0)
        memcpy(grown, reader->message_of_row, (size_t)reader->rows * sizeof(int32_t));
    reader->message_of_row = grown;
    reader->room = room;
}

/* A row of one message, or of a part of it. */
static Status read_row(RawReader *reader, Str bytes, int64_t message, Error *err)
{
    RawCodec *codec = reader->codec;
    reserve(reader);
    reader->message_of_row[reader->rows] = (int32_t)message;
    if (codec->column >= 0) {
        Column *column = &reader->batch->columns[codec->column];
        cells_reserve(column, reader->batch->buf, reader->rows + 1);
        if (!bytes.ptr)
            cell_set_null(column, reader->batch->buf, reader->rows);
        else if (column->type->kind <= TYPE_DOUBLE)
            TRY(read_number(reader, column, bytes, err));
        else
            read_text(reader, column, bytes);
    }
    reader->rows++;
    return STATUS_OK;
}

static Status read_parts(RawReader *reader, Str message, int64_t index, Error *err)
{
    Str delimiter = reader->codec->delimiter;
    while (message.len > 0) {
        const char *found = memmem(message.ptr, (size_t)message.len, delimiter.ptr, (size_t)delimiter.len);
        int64_t     size = found ? found - message.ptr : message.len;
        TRY(read_row(reader, str_slice(message, 0, size), index, err));
        message = found ? str_slice(message, size + delimiter.len, message.len) : STR_EMPTY;
    }
    return STATUS_OK;
}

static Status read_message(RawReader *reader, Str message, int64_t index, Error *err)
{
    if (message.len > RECORD_SIZE_MAX)
        return error_set(err, STATUS_DATA, SPAN_NONE, "the record is larger than 8 MiB");
    if (message.ptr && reader->codec->delimiter.len > 0)
        return read_parts(reader, message, index, err);
    return read_row(reader, message, index, err);
}

/* A value that cannot be one is NULL; a record that is too large gives no row. */
static Status refuse(RawReader *reader, Str message, int64_t index, int64_t first, Decoded *decoded, Error *err)
{
    RawCodec *codec = reader->codec;
    BadReason reason = message.len > RECORD_SIZE_MAX ? BAD_TOO_LARGE : BAD_TYPE;
    decoded->bad[reason]++;
    decoded->failed_message = index;
    if (codec->policy == ERROR_POLICY_NULL) {
        error_clear(err);
        decoded->failed_message = -1;
        reader->rows = first;
        return reason == BAD_TYPE ? read_row(reader, (Str){ NULL, 0 }, index, err) : STATUS_OK;
    }
    TRY(decoded_refuse(decoded, reader->batch->buf, codec->policy, index, reason, codec->name, err));
    reader->rows = first;
    return STATUS_OK;
}

static Status raw_decode(Decoder *opaque, const Str *messages, int64_t count, Batch *batch, Decoded *decoded,
                         Error *err)
{
    RawCodec *codec = (RawCodec *)opaque;
    RawReader reader = { .codec = codec, .batch = batch, .pool = { .buf = batch->buf } };
    *decoded = (Decoded){ .failed_message = -1 };
    if (codec->column >= 0)
        column_init(&batch->columns[codec->column], batch->buf, codec->type, count);
    for (int64_t i = 0; i < count; i++) {
        int64_t first = reader.rows;
        if (read_message(&reader, messages[i], i, err) != STATUS_OK)
            TRY(refuse(&reader, messages[i], i, first, decoded, err));
    }
    decoded->rows = reader.rows;
    if (codec->delimiter.len > 0 || reader.rows != count)
        decoded->message_of_row = reader.message_of_row;
    return STATUS_OK;
}

/* ---- encoding -------------------------------------------------------------------------------------------------- */

static void put_number(const RawCodec *codec, uint64_t value, int32_t size, Text *out)
{
    for (int32_t i = 0; i < size; i++) {
        int32_t place = codec->is_little ? i : size - 1 - i;
        text_put(out, (char)(value >> (8 * place)));
    }
}

static uint64_t number_of(const Column *column, int64_t index)
{
    uint64_t wide = 0;
    uint32_t narrow = 0;
    switch (type_layout(column->type)) {
    case LAYOUT_BOOL:
    case LAYOUT_I8: return COLUMN_DATA(column, uint8_t)[index];
    case LAYOUT_I16: return COLUMN_DATA(column, uint16_t)[index];
    case LAYOUT_I32:
    case LAYOUT_F32: memcpy(&narrow, &COLUMN_DATA(column, uint32_t)[index], sizeof(narrow)); return narrow;
    default: memcpy(&wide, &COLUMN_DATA(column, uint64_t)[index], sizeof(wide)); return wide;
    }
}

static void put_text(const RawCodec *codec, Str text, Text *out)
{
    char *to = text_reserve(out, CHARSET_ENCODED_SIZE_MAX(text.len));
    if (to) /* else the overflow is noticed at the end */
        out->len += charset_encode(codec->charset, text, to);
}

static void put_value(const RawCodec *codec, const Column *column, int64_t index, Text *out)
{
    if (codec->type->kind <= TYPE_DOUBLE)
        put_number(codec, number_of(column, index), layout_size(type_layout(codec->type)), out);
    else if (type_is_string(codec->type) && codec->charset != CHARSET_UTF8)
        put_text(codec, view_str(&COLUMN_DATA(column, View)[index]), out);
    else
        text_append(out, view_str(&COLUMN_DATA(column, View)[index]));
    text_append(out, codec->delimiter);
}

static Status raw_encode(Encoder *opaque, const Batch *batch, int64_t start, int64_t count, Text *out, Record *records,
                         Error *err)
{
    const RawCodec *codec = (const RawCodec *)opaque;
    const Column   *column = &batch->columns[codec->column];
    for (int64_t i = 0; i < count; i++) {
        records[i] = (Record){ .start = out->len, .is_null = column_is_null(column, start + i) };
        if (!records[i].is_null)
            put_value(codec, column, column_index(column, start + i), out);
        records[i].end = out->len;
    }
    if (out->overflow)
        return error_set(err, STATUS_LIMIT, SPAN_NONE, "the encoded rows are too large");
    return STATUS_OK;
}

const Format format_raw = {
    .name = "raw",
    .doc = "The record's bytes are the value of the only column; a null message is NULL.",
    .options = raw_options,
    .check = raw_check,
    .decoder_create = raw_decoder_create,
    .decode = raw_decode,
    .encoder_create = raw_encoder_create,
    .encode = raw_encode,
    .is_line_based = true,
};
