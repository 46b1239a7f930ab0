/* json_encode.c: rows as JSON objects, byte for byte as the dialect's writer makes them.
 *
 * Everything that is the same in each row is rendered once: `,"name":`, whose first byte is made a brace where it must be.
 * Numbers and times are written in place into room that is reserved for the longest of them; only strings and nested values go through appends. */
#include "connectors/formats/json.h"

#include "connectors/formats/base64.h"
#include "data/decimal.h"
#include "data/number.h"

enum { SCALAR_TEXT_MAX = 64 };
_Static_assert(SCALAR_TEXT_MAX >= DECIMAL_TEXT_MAX && SCALAR_TEXT_MAX >= TIMESTAMP_TEXT_MAX + 3 &&
                   SCALAR_TEXT_MAX >= DOUBLE_TEXT_MAX + 2,
               "room for any value of fixed size, with its quotes");

typedef struct NullKey {
    enum { NULL_KEY_FAIL, NULL_KEY_DROP, NULL_KEY_LITERAL } mode;
    Str literal;
} NullKey;

typedef struct JsonWriter {
    const Type        *type;
    Str                label; /* ,"name": */
    struct JsonWriter *children;
    int32_t            child_count;
    int32_t            in; /* top level: column of the batch */
} JsonWriter;

typedef struct JsonEncoder {
    JsonWriter root;
    bool       is_iso;
    bool       is_plain_decimal;
    bool       skips_nulls;
    NullKey    null_key;
} JsonEncoder;

/* ---- the schema ------------------------------------------------------------------------------------------------ */

static void writer_init(JsonWriter *writer, Arena *arena, Str name, const Type *type)
{
    Text label = TEXT_EMPTY;
    text_put(&label, ',');
    json_put_string(name, true, &label);
    text_put(&label, ':');
    writer->label = arena_str(arena, text_str(&label));
    text_free(&label);
    writer->type = type;
    bool is_row = type->kind == TYPE_ROW;
    if (!is_row && type->kind != TYPE_ARRAY && type->kind != TYPE_MAP)
        return;
    writer->child_count = is_row ? type->field_count : 1;
    writer->children = arena_new(arena, JsonWriter, writer->child_count);
    for (int32_t i = 0; i < writer->child_count; i++)
        writer_init(&writer->children[i], arena, is_row ? type->fields[i].name : STR_EMPTY,
                    is_row ? type->fields[i].type : type->element);
}

static NullKey null_key_of(const Map *options)
{
    Str     mode = option_str(json_options, options, "map-null-key.mode");
    NullKey null_key = { NULL_KEY_FAIL, option_str(json_options, options, "map-null-key.literal") };
    if (str_is_nocase(mode, "DROP"))
        null_key.mode = NULL_KEY_DROP;
    else if (str_is_nocase(mode, "LITERAL"))
        null_key.mode = NULL_KEY_LITERAL;
    return null_key;
}

Status json_encoder_create(const FormatSpec *spec, Encoder **out, Error *err)
{
    (void)err;
    JsonEncoder *encoder = arena_new(spec->arena, JsonEncoder, 1);
    encoder->is_iso = str_is_nocase(option_str(json_options, spec->options, "timestamp-format.standard"), "ISO-8601");
    encoder->is_plain_decimal = option_bool(json_options, spec->options, "encode.decimal-as-plain-number");
    encoder->skips_nulls = option_bool(json_options, spec->options, "encode.ignore-null-fields");
    encoder->null_key = null_key_of(spec->options);
    encoder->root.child_count = spec->column_count;
    encoder->root.children = arena_new(spec->arena, JsonWriter, spec->column_count + 1);
    for (int32_t i = 0; i < spec->column_count; i++) {
        writer_init(&encoder->root.children[i], spec->arena, spec->columns[i].name, spec->columns[i].type);
        encoder->root.children[i].in = spec->columns[i].out;
    }
    *out = (Encoder *)encoder;
    return STATUS_OK;
}

/* ---- values of fixed size: each writes at `at` and returns the byte behind --------------------------------------- */

static char *put_quoted(char *at, const char *text, int32_t len)
{
    *at++ = '"';
    memcpy(at, text, (size_t)len);
    at += len;
    *at++ = '"';
    return at;
}

static char *put_double(char *at, double value)
{
    char    text[DOUBLE_TEXT_MAX];
    int32_t len = double_print(value, text);
    if (value != value || value - value != 0) /* NaN and the infinities are no JSON numbers */
        return put_quoted(at, text, len);
    memcpy(at, text, (size_t)len);
    return at + len;
}

static char *put_float(char *at, float value)
{
    char    text[DOUBLE_TEXT_MAX];
    int32_t len = float_print(value, text);
    if (value != value || value - value != 0)
        return put_quoted(at, text, len);
    memcpy(at, text, (size_t)len);
    return at + len;
}

static char *put_timestamp(const JsonEncoder *encoder, char *at, const Column *column, int64_t index)
{
    bool      is_wide = type_layout(column->type) == LAYOUT_TIMESTAMP;
    Timestamp value = { 0 };
    if (is_wide)
        value = COLUMN_DATA(column, Timestamp)[index];
    else
        value.ms = COLUMN_DATA(column, int64_t)[index];
    *at++ = '"';
    at += timestamp_print(value, -1, encoder->is_iso ? 'T' : ' ', at);
    if (column->type->kind == TYPE_TIMESTAMP_LTZ)
        *at++ = 'Z';
    *at++ = '"';
    return at;
}

static char *put_word(char *at, Str word)
{
    memcpy(at, word.ptr, (size_t)word.len);
    return at + word.len;
}

static char *put_decimal(const JsonEncoder *encoder, char *at, const Column *column, int64_t index)
{
    int128_t unscaled = decimal_load(column->data, decimal_is_wide(column->type), index);
    int32_t  scale = column->type->scale;
    if (encoder->is_plain_decimal)
        return at + decimal_print(unscaled, scale, at);
    return at + decimal_print_stripped(unscaled, scale, at);
}

/* NULL when the type has no fixed size. */
static char *put_scalar(const JsonEncoder *encoder, char *at, const Column *column, int64_t index)
{
    char    text[TIMESTAMP_TEXT_MAX];
    int32_t len;
    switch (column->type->kind) {
    case TYPE_BOOLEAN:
        return put_word(at, COLUMN_DATA(column, uint8_t)[index] ? STR("true") : STR("false"));
    case TYPE_TINYINT:
        return at + i64_print(COLUMN_DATA(column, int8_t)[index], at);
    case TYPE_SMALLINT:
        return at + i64_print(COLUMN_DATA(column, int16_t)[index], at);
    case TYPE_INT:
    case TYPE_INTERVAL_MONTH:
        return at + i64_print(COLUMN_DATA(column, int32_t)[index], at);
    case TYPE_BIGINT:
    case TYPE_INTERVAL_TIME:
        return at + i64_print(COLUMN_DATA(column, int64_t)[index], at);
    case TYPE_FLOAT:
        return put_float(at, COLUMN_DATA(column, float)[index]);
    case TYPE_DOUBLE:
        return put_double(at, COLUMN_DATA(column, double)[index]);
    case TYPE_DECIMAL:
        return put_decimal(encoder, at, column, index);
    case TYPE_DATE:
        len = date_print(COLUMN_DATA(column, int32_t)[index], text);
        return put_quoted(at, text, len);
    case TYPE_TIME:
        len = time_print(COLUMN_DATA(column, int32_t)[index], -1, text);
        return put_quoted(at, text, len);
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ:
        return put_timestamp(encoder, at, column, index);
    default:
        return NULL;
    }
}

/* ---- values of any size ------------------------------------------------------------------------------------------ */

static Status put_value(const JsonEncoder *encoder, const JsonWriter *writer, const Column *column, int64_t row,
                        Text *out,
                        Error *err);

static void put_bytes(Str bytes, Text *out)
{
    text_put(out, '"');
    base64_encode(bytes, out);
    text_put(out, '"');
}

static Status put_array(const JsonEncoder *encoder, const JsonWriter *writer, const Column *column, int64_t index,
                        Text *out,
                        Error *err)
{
    ListView list = COLUMN_DATA(column, ListView)[index];
    text_put(out, '[');
    for (int32_t i = 0; i < list.count; i++) {
        if (i > 0)
            text_put(out, ',');
        TRY(put_value(encoder, &writer->children[0], &column->children[0], list.start + i, out, err));
    }
    text_put(out, ']');
    return STATUS_OK;
}

/* *is_left_out: the entry is not written. */
static Status put_key(const JsonEncoder *encoder, const Column *keys, int64_t entry, bool *is_left_out, Text *out,
                      Error *err)
{
    *is_left_out = false;
    if (!column_is_null(keys, entry)) {
        json_put_string(view_str(&COLUMN_DATA(keys, View)[column_index(keys, entry)]), true, out);
        return STATUS_OK;
    }
    if (encoder->null_key.mode == NULL_KEY_FAIL)
        return error_set(err, STATUS_DATA, SPAN_NONE,
                         "JSON format doesn't support to serialize map data with null keys. You can drop null key "
                         "entries or encode null in literals by specifying map-null-key.mode option.");
    *is_left_out = encoder->null_key.mode == NULL_KEY_DROP;
    if (!*is_left_out)
        json_put_string(encoder->null_key.literal, true, out);
    return STATUS_OK;
}

static Status put_map(const JsonEncoder *encoder, const JsonWriter *writer, const Column *column, int64_t index,
                      Text *out,
                      Error *err)
{
    ListView list = COLUMN_DATA(column, ListView)[index];
    text_put(out, '{');
    int64_t start = out->len;
    for (int32_t i = 0; i < list.count; i++) {
        bool    is_left_out;
        int64_t before = out->len;
        if (out->len > start)
            text_put(out, ',');
        TRY(put_key(encoder, &column->children[0], list.start + i, &is_left_out, out, err));
        if (is_left_out) {
            out->len = before;
            continue;
        }
        text_put(out, ':');
        TRY(put_value(encoder, &writer->children[0], &column->children[1], list.start + i, out, err));
    }
    text_put(out, '}');
    return STATUS_OK;
}

/* before: ',' or '{'. */
static void put_label(const JsonWriter *field, char before, Text *out)
{
    int64_t start = out->len;
    text_append(out, field->label);
    if (!out->overflow)
        out->ptr[start] = before;
}

static Status put_row(const JsonEncoder *encoder, const JsonWriter *writer, const Column *column, int64_t index,
                      Text *out,
                      Error *err)
{
    char before = '{';
    for (int32_t i = 0; i < writer->child_count; i++) {
        const JsonWriter *field = &writer->children[i];
        const Column     *child = &column->children[i];
        if (encoder->skips_nulls && column_is_null(child, index))
            continue;
        put_label(field, before, out);
        TRY(put_value(encoder, field, child, index, out, err));
        before = ',';
    }
    if (before == '{')
        text_put(out, '{');
    text_put(out, '}');
    return STATUS_OK;
}

static Status put_value(const JsonEncoder *encoder, const JsonWriter *writer, const Column *column, int64_t row,
                        Text *out,
                        Error *err)
{
    int64_t index = column_index(column, row);
    if (column_is_null(column, row)) {
        text_append(out, STR("null"));
        return STATUS_OK;
    }
    switch (writer->type->kind) {
    case TYPE_CHAR:
    case TYPE_VARCHAR:
        json_put_string(view_str(&COLUMN_DATA(column, View)[index]), true, out);
        return STATUS_OK;
    case TYPE_BINARY:
    case TYPE_VARBINARY:
        put_bytes(view_str(&COLUMN_DATA(column, View)[index]), out);
        return STATUS_OK;
    case TYPE_ARRAY:
        return put_array(encoder, writer, column, index, out, err);
    case TYPE_MAP:
        return put_map(encoder, writer, column, index, out, err);
    case TYPE_ROW:
        return put_row(encoder, writer, column, index, out, err);
    default:
        break;
    }
    char *at = text_reserve(out, SCALAR_TEXT_MAX);
    if (at)
        out->len += put_scalar(encoder, at, column, index) - at;
    return STATUS_OK;
}

/* ---- records --------------------------------------------------------------------------------------------------- */

static Status put_record(const JsonEncoder *encoder, const Batch *batch, int64_t row, Text *out, Error *err)
{
    char before = '{';
    for (int32_t i = 0; i < encoder->root.child_count; i++) {
        const JsonWriter *field = &encoder->root.children[i];
        const Column     *column = &batch->columns[field->in];
        if (encoder->skips_nulls && column_is_null(column, row))
            continue;
        put_label(field, before, out);
        before = ',';
        TRY(put_value(encoder, field, column, row, out, err));
    }
    if (before == '{')
        text_put(out, '{');
    text_put(out, '}');
    return STATUS_OK;
}

Status json_encode(Encoder *opaque, const Batch *batch, int64_t start, int64_t count, Text *out, Record *records,
                   Error *err)
{
    const JsonEncoder *encoder = (const JsonEncoder *)opaque;
    for (int64_t i = 0; i < count; i++) {
        records[i] = (Record){ .start = out->len };
        TRY(put_record(encoder, batch, start + i, out, err));
        records[i].end = out->len;
    }
    if (out->overflow)
        return error_set(err, STATUS_LIMIT, SPAN_NONE, "the encoded rows are too large");
    return STATUS_OK;
}
