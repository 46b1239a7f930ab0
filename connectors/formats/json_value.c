/* json_value.c: one JSON token as a value of an SQL type, by the rules of the dialect's streaming parser:
 *
 *   integers   INT and BIGINT cut fractions off; TINYINT and SMALLINT refuse them; text is trimmed and parsed
 *   DOUBLE     numbers, or text as Double.parseDouble
 *   DECIMAL    numbers, or text as BigDecimal; HALF_UP; too many digits make NULL, which is no error
 *   BOOLEAN    everything but true and the text "true" is false
 *   STRING     any token's own text; containers compact
 *   others     text in one fixed layout */
#include "connectors/formats/json.h"

#include "connectors/formats/base64.h"
#include "core/utf8.h"
#include "data/decimal.h"
#include "data/number.h"

#include <math.h>

enum { FOUND_SIZE_MAX = 64 };

/* ---- text ------------------------------------------------------------------------------------------------------ */

Str json_value_text(JsonDecoder *decoder, const JsonValue *value)
{
    Str text = value->text;
    if (value->is_plain || (!memchr(text.ptr, '\\', (size_t)text.len) && utf8_is_valid(text)))
        return text;
    text_clear(&decoder->scratch);
    json_scan_unescape(text, &decoder->scratch);
    return text_str(&decoder->scratch);
}

/* String.trim: everything up to the space character goes, at both ends. */
static Str java_trim(Str text)
{
    while (text.len > 0 && (unsigned char)text.ptr[0] <= ' ')
        text = str_slice(text, 1, text.len);
    while (text.len > 0 && (unsigned char)text.ptr[text.len - 1] <= ' ')
        text.len--;
    return text;
}

static bool is_number(JsonToken token)
{
    return token == JSON_INTEGER || token == JSON_FLOAT;
}

JsonRead json_value_bad(JsonDecoder *decoder, BadReason reason, const Type *type, Str found)
{
    Text *detail = &decoder->detail;
    bool  is_cut = found.len > FOUND_SIZE_MAX;
    decoder->reason = reason;
    text_clear(detail);
    text_puts(detail, reason == BAD_RANGE ? "out of range for " : "not a value of ");
    type_print(type, false, detail);
    text_puts(detail, ": ");
    text_put_json(detail, is_cut ? str_slice(found, 0, FOUND_SIZE_MAX) : found);
    if (is_cut)
        text_puts(detail, "...");
    return JSON_READ_BAD_VALUE;
}

static JsonRead bad(JsonDecoder *decoder, BadReason reason, const JsonField *field, const JsonValue *value)
{
    return json_value_bad(decoder, reason, field->type, value->text);
}

/* ---- numbers --------------------------------------------------------------------------------------------------- */

typedef struct Range {
    int64_t least;
    int64_t most;
} Range;

static Range integer_range(TypeKind kind)
{
    switch (kind) {
    case TYPE_TINYINT: return (Range){ INT8_MIN, INT8_MAX };
    case TYPE_SMALLINT: return (Range){ INT16_MIN, INT16_MAX };
    case TYPE_INT:
    case TYPE_INTERVAL_MONTH: return (Range){ INT32_MIN, INT32_MAX };
    default: return (Range){ INT64_MIN, INT64_MAX };
    }
}

static bool is_all_digits(Str text)
{
    int64_t start = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+');
    for (int64_t i = start; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len > start;
}

/* INT and BIGINT of 1.9 or 1e3: through double, then cut off; the limits are compared as doubles. */
static JsonRead read_fraction(JsonDecoder *decoder, const JsonField *field, const JsonValue *value, Column *column,
                              int64_t row)
{
    Range  range = integer_range(field->type->kind);
    double number;
    if (!double_parse(value->text, &number))
        return bad(decoder, BAD_TYPE, field, value);
    if (!(number >= (double)range.least && number <= (double)range.most))
        return bad(decoder, BAD_RANGE, field, value);
    cell_set_integer(column, row, number >= (double)range.most ? range.most : (int64_t)number);
    return JSON_READ_OK;
}

static JsonRead read_integer(JsonDecoder *decoder, const JsonField *field, const JsonValue *value, Column *column,
                             int64_t row)
{
    Range   range = integer_range(field->type->kind);
    bool    is_small = field->type->kind == TYPE_TINYINT || field->type->kind == TYPE_SMALLINT;
    int64_t number;
    if (value->token == JSON_FLOAT && !is_small)
        return read_fraction(decoder, field, value, column, row);
    if (value->token != JSON_INTEGER && value->token != JSON_STRING)
        return bad(decoder, BAD_TYPE, field, value);
    Str text = value->token == JSON_STRING ? java_trim(json_value_text(decoder, value)) : value->text;
    if (!i64_parse(text, &number))
        return bad(decoder, is_all_digits(text) ? BAD_RANGE : BAD_TYPE, field, value);
    if (number < range.least || number > range.most)
        return bad(decoder, BAD_RANGE, field, value);
    cell_set_integer(column, row, number);
    return JSON_READ_OK;
}

static JsonRead read_float(JsonDecoder *decoder, const JsonField *field, const JsonValue *value, Column *column,
                           int64_t row)
{
    double wide;
    float  narrow;
    if (!is_number(value->token) && value->token != JSON_STRING)
        return bad(decoder, BAD_TYPE, field, value);
    Str text = value->token == JSON_STRING ? java_trim(json_value_text(decoder, value)) : value->text;
    if (field->type->kind == TYPE_FLOAT ? !float_parse(text, &narrow) : !double_parse(text, &wide))
        return bad(decoder, BAD_TYPE, field, value);
    if (field->type->kind == TYPE_FLOAT)
        cell_set_f32(column, row, narrow);
    else
        cell_set_f64(column, row, wide);
    return JSON_READ_OK;
}

static JsonRead read_decimal(JsonDecoder *decoder, const JsonField *field, const JsonValue *value, Column *column,
                             int64_t row)
{
    int128_t unscaled;
    if (!is_number(value->token) && value->token != JSON_STRING)
        return bad(decoder, BAD_TYPE, field, value);
    Str text = value->token == JSON_STRING ? java_trim(json_value_text(decoder, value)) : value->text;
    switch (decimal_parse(text, field->type->precision, field->type->scale, &unscaled)) {
    case DECIMAL_BAD: return bad(decoder, BAD_TYPE, field, value);
    case DECIMAL_OVERFLOW: cell_set_null(column, decoder->batch->buf, row); break;
    case DECIMAL_OK: cell_set_decimal(column, decoder->batch->buf, row, unscaled); break;
    }
    return JSON_READ_OK;
}

/* ---- text and time --------------------------------------------------------------------------------------------- */

static JsonRead read_bytes(JsonDecoder *decoder, const JsonField *field, const JsonValue *value, Column *column,
                           int64_t row)
{
    if (value->token != JSON_STRING)
        return bad(decoder, BAD_TYPE, field, value);
    Str     text = json_value_text(decoder, value);
    char   *bytes = text_pool_take(&decoder->pool, base64_decoded_max(text.len));
    int64_t size = base64_decode(text, bytes);
    if (size < 0)
        return bad(decoder, BAD_TYPE, field, value);
    cell_set_view(column, row, view_of((Str){ bytes, size }));
    return JSON_READ_OK;
}

static JsonRead read_string(JsonDecoder *decoder, const JsonValue *value, Column *column, int64_t row)
{
    Str text = value->text;
    if (value->token == JSON_STRING) {
        text = json_value_text(decoder, value);
    } else if (value->token == JSON_OBJECT || value->token == JSON_ARRAY) {
        text_clear(&decoder->scratch);
        json_compact(value->text, decoder->options.has_decimals, decoder->scratch_arena, &decoder->scratch);
        text = text_str(&decoder->scratch);
    }
    cell_set_view(column, row, text_pool_view(&decoder->pool, text));
    return JSON_READ_OK;
}

static JsonRead read_boolean(JsonDecoder *decoder, const JsonValue *value, Column *column, int64_t row)
{
    bool is_true = value->token == JSON_TRUE;
    if (value->token == JSON_STRING)
        is_true = str_is_nocase(java_trim(json_value_text(decoder, value)), "true");
    cell_set_bool(column, row, is_true);
    return JSON_READ_OK;
}

static JsonRead read_temporal(JsonDecoder *decoder, const JsonField *field, const JsonValue *value, Column *column,
                              int64_t row)
{
    bool      is_good;
    int32_t   number;
    Timestamp time;
    if (value->token != JSON_STRING)
        return bad(decoder, BAD_TYPE, field, value);
    Str text = json_value_text(decoder, value);
    switch (field->type->kind) {
    case TYPE_DATE:
        is_good = iso_date_parse(text, &number);
        break;
    case TYPE_TIME:
        is_good = sql_time_parse(text, &number);
        break;
    default:
        is_good = time_layout_parse(field->layout, text, &time);
        if (is_good)
            cell_set_timestamp(column, row, time);
        return is_good ? JSON_READ_OK : bad(decoder, BAD_TYPE, field, value);
    }
    if (is_good)
        cell_set_i32(column, row, number);
    return is_good ? JSON_READ_OK : bad(decoder, BAD_TYPE, field, value);
}

JsonRead json_value_read(JsonDecoder *decoder, const JsonField *field, const JsonValue *value, Column *column,
                         int64_t row)
{
    switch (field->type->kind) {
    case TYPE_BOOLEAN:
        return read_boolean(decoder, value, column, row);
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INT:
    case TYPE_BIGINT:
    case TYPE_INTERVAL_MONTH:
    case TYPE_INTERVAL_TIME:
        return read_integer(decoder, field, value, column, row);
    case TYPE_FLOAT:
    case TYPE_DOUBLE:
        return read_float(decoder, field, value, column, row);
    case TYPE_DECIMAL:
        return read_decimal(decoder, field, value, column, row);
    case TYPE_CHAR:
    case TYPE_VARCHAR:
        return read_string(decoder, value, column, row);
    case TYPE_BINARY:
    case TYPE_VARBINARY:
        return read_bytes(decoder, field, value, column, row);
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ:
        return read_temporal(decoder, field, value, column, row);
    default: /* ARRAY, MAP and ROW, which another token than their own has met */
        return bad(decoder, BAD_TYPE, field, value);
    }
}
