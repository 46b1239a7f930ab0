/* json_fast.c: the usual record: one object, known names, plain values.
 *
 *   object: the record, or a ROW in it
 *   name:   the one that followed the last name in an earlier record is compared in place (16 bytes at once); only
 *           when that fails is the name looked for, and then remembered as the follower
 *   value:  wanted ones go straight into their column by the shortest way that is exact (lists, maps, dates and bytes
 *           through the general path's own reader); the others are skipped
 *   rest:   the object is followed to its closing brace, so that a broken one is never half a row
 *
 * Whatever is not plain (escapes, text for a number, a fraction for an integer, a broken record) ends the attempt:
 * json_general.c then reads the record from its start and writes the same row again. Both must give the same answer for
 * every record that this file accepts; tests/connectors/test_json_paths.c compares them. */
#include "connectors/formats/json.h"

#include "core/utf8.h"
#include "core/word.h"
#include "data/decimal.h"

enum { INT64_DIGITS_SAFE = 18 };

/* ---- bytes ----------------------------------------------------------------------------------------------------- */

static const char *skip_space(const char *at, const char *end)
{
    if (at < end && (unsigned char)*at > ' ') /* most often there is none */
        return at;
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r'))
        at++;
    return at;
}

static bool is_value_end(const char *at, const char *end)
{
    return at < end && (*at == ',' || *at == '}' || *at == ' ' || *at == '\n' || *at == '\t' || *at == '\r');
}

/* Behind the closing quote, or NULL; *text is what is between. UTF-8 is allowed when it is right. */
static const char *take_string(const char *at, const char *end, Str *text)
{
    const char *special = json_find_special(at, end);
    if (special < end && (unsigned char)*special >= 0x80) {
        while (special < end && *special != '"' && *special != '\\')
            special = json_find_special(special + 1, end);
        if (!utf8_is_valid((Str){ at, special - at }))
            return NULL;
    }
    if (special == end || *special != '"')
        return NULL;
    *text = (Str){ at, special - at };
    return special + 1;
}

/* ---- names ----------------------------------------------------------------------------------------------------- */

static bool is_key_here(const JsonKey *key, const char *at, const char *end)
{
    if (!key || end - at < 16)
        return key && end - at >= key->raw.len && memcmp(at, key->raw.ptr, (size_t)key->raw.len) == 0;
    if (((word_load(at) ^ key->words[0]) & key->masks[0]) | ((word_load(at + 8) ^ key->words[1]) & key->masks[1]))
        return false;
    return key->raw.len <= 16 ||
           (end - at >= key->raw.len && memcmp(at + 16, key->raw.ptr + 16, (size_t)key->raw.len - 16) == 0);
}

static JsonKey *key_create(JsonDecoder *decoder, JsonField *object, Str raw)
{
    JsonKey   *key = arena_new(decoder->arena, JsonKey, 1);
    JsonField *field = map_get(object->names, str_slice(raw, 1, raw.len - 1));
    key->raw = arena_str(decoder->arena, raw);
    key->field = field ? (int32_t)(field - object->children) : -1;
    int64_t counted = raw.len < 16 ? raw.len : 16;
    memcpy(key->words, raw.ptr, (size_t)counted);
    memset(key->masks, 0xFF, (size_t)counted);
    map_put(object->keys, raw, key);
    return key;
}

/* NULL: not a plain name, or one too many. */
static JsonKey *find_key(JsonDecoder *decoder, JsonField *object, const char *at, const char *end)
{
    Str text;
    if (at == end || *at != '"')
        return NULL;
    const char *behind = take_string(at + 1, end, &text);
    if (!behind)
        return NULL;
    Str      raw = { at, behind - at };
    JsonKey *key = map_get(object->keys, raw);
    if (!key && object->keys->count < JSON_KEYS_MAX)
        key = key_create(decoder, object, raw);
    return key;
}

/* ---- values: each returns the byte behind the value, or NULL --------------------------------------------------- */

/* Digits before and behind the point as one number; scale: how many were behind it. At most 18, no exponent. */
typedef struct Number {
    bool     is_negative;
    uint64_t digits;
    int32_t  scale;
} Number;

static const char *take_digits(const char *at, const char *end, uint64_t *value)
{
    while (at < end && (unsigned char)(*at - '0') <= 9)
        *value = *value * 10 + (uint64_t)(*at++ - '0');
    return at;
}

static const char *take_integer_part(const char *at, const char *end, Number *out)
{
    *out = (Number){ .is_negative = at < end && *at == '-' };
    at += out->is_negative;
    const char *first = at;
    at = take_digits(at, end, &out->digits);
    int64_t count = at - first;
    if (count == 0 || count > INT64_DIGITS_SAFE || (count > 1 && *first == '0'))
        return NULL;
    return at;
}

static const char *take_integer(const char *at, const char *end, int64_t *value)
{
    Number number;
    at = take_integer_part(at, end, &number);
    if (!at || !is_value_end(at, end))
        return NULL;
    *value = number.is_negative ? -(int64_t)number.digits : (int64_t)number.digits;
    return at;
}

static const char *take_number(const char *at, const char *end, Number *out)
{
    const char *start = at;
    at = take_integer_part(at, end, out);
    if (!at)
        return NULL;
    if (at < end && *at == '.') {
        const char *first = ++at;
        at = take_digits(at, end, &out->digits);
        out->scale = (int32_t)(at - first);
        if (out->scale == 0 || at - start > INT64_DIGITS_SAFE)
            return NULL;
    }
    return is_value_end(at, end) ? at : NULL;
}

/* Both numbers are exact as doubles, so their quotient is the nearest one (Clinger). */
static const char *take_double(const char *at, const char *end, double *value)
{
    static const double powers[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
                                     1e13, 1e14, 1e15, 1e16, 1e17, 1e18 };
    Number number;
    at = take_number(at, end, &number);
    if (!at || number.digits > (uint64_t)1 << 53)
        return NULL;
    *value = (double)number.digits / powers[number.scale];
    if (number.is_negative)
        *value = -*value;
    return at;
}

static const char *take_float(const char *at, const char *end, float *value)
{
    static const float powers[] = { 1e0F, 1e1F, 1e2F, 1e3F, 1e4F, 1e5F, 1e6F, 1e7F, 1e8F, 1e9F, 1e10F };
    Number number;
    at = take_number(at, end, &number);
    if (!at || number.digits > (uint64_t)1 << 24 || number.scale > 10)
        return NULL;
    *value = (float)number.digits / powers[number.scale];
    if (number.is_negative)
        *value = -*value;
    return at;
}

/* HALF_UP to the scale. */
static const char *take_decimal(const char *at, const char *end, int32_t scale, int128_t *value)
{
    Number number;
    at = take_number(at, end, &number);
    if (!at)
        return NULL;
    int128_t unscaled = (int128_t)number.digits;
    if (number.scale <= scale) {
        if (scale - number.scale > INT64_DIGITS_SAFE)
            return NULL;
        unscaled *= decimal_power10(scale - number.scale);
    } else {
        int64_t by = (int64_t)decimal_power10(number.scale - scale);
        unscaled = ((int64_t)number.digits + by / 2) / by;
    }
    *value = number.is_negative ? -unscaled : unscaled;
    return at;
}

/* Two digits as a number, or more than 99. */
static uint32_t two_digits(const char *at)
{
    uint32_t tens = (unsigned char)(at[0] - '0');
    uint32_t ones = (unsigned char)(at[1] - '0');
    return tens > 9 || ones > 9 ? 100 : tens * 10 + ones;
}

/* yyyy-MM-dd of an ordinary day. Consecutive records mostly share it. */
static bool take_date(JsonDecoder *decoder, const char *at, int64_t *ms)
{
    if (memcmp(at, decoder->memo_date, sizeof(decoder->memo_date)) == 0) {
        *ms = decoder->memo_ms;
        return true;
    }
    uint32_t century = two_digits(at);
    uint32_t year = two_digits(at + 2);
    uint32_t month = two_digits(at + 5);
    uint32_t day = two_digits(at + 8);
    if (century > 99 || year > 99 || month > 12 || day > 28 || month == 0 || day == 0 || at[4] != '-' || at[7] != '-')
        return false; /* days 29 to 31 depend on the month and on how strict the layout is */
    *ms = date_from_civil((int32_t)(century * 100 + year), (int32_t)month, (int32_t)day) * DAY_MS;
    memcpy(decoder->memo_date, at, sizeof(decoder->memo_date));
    decoder->memo_ms = *ms;
    return true;
}

/* HH:mm:ss */
static bool take_clock(const char *at, int64_t *ms)
{
    uint32_t hour = two_digits(at);
    uint32_t minute = two_digits(at + 3);
    uint32_t second = two_digits(at + 6);
    *ms = ((hour * 60 + minute) * 60 + second) * 1000LL;
    return hour < 24 && minute < 60 && second < 60 && at[2] == ':' && at[5] == ':';
}

/* Behind the point: up to nine digits as nanoseconds. */
static const char *take_nanos(const char *at, const char *end, int32_t *nanos)
{
    static const int32_t units[] = { 1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1 };
    int32_t count = 0;
    int32_t value = 0;
    for (; count < 9 && at < end && (unsigned char)(*at - '0') <= 9; count++)
        value = value * 10 + (*at++ - '0');
    *nanos = value * units[count];
    return count > 0 ? at : NULL;
}

enum { DATE_SIZE = 10, SECONDS_SIZE = 19 };

/* "yyyy-MM-dd HH:mm:ss[.f][Z]" with its quotes. */
static const char *take_timestamp(JsonDecoder *decoder, const TimeLayout *layout, const char *at, const char *end,
                                  Timestamp *value)
{
    int64_t day_ms;
    int64_t clock_ms;
    int32_t nanos = 0;
    if (end - at < SECONDS_SIZE + 2 || *at++ != '"' || at[DATE_SIZE] != layout->separator ||
        !take_date(decoder, at, &day_ms) || !take_clock(at + DATE_SIZE + 1, &clock_ms))
        return NULL;
    at += SECONDS_SIZE;
    if (*at == '.') {
        at = take_nanos(at + 1, end, &nanos);
        if (!at)
            return NULL;
    }
    if (layout->suffix) {
        if (at == end || *at++ != layout->suffix)
            return NULL;
    }
    if (at == end || *at++ != '"')
        return NULL;
    *value = (Timestamp){ .ms = day_ms + clock_ms + nanos / 1000000, .ns = nanos % 1000000 };
    return at;
}

static const char *take_literal(const char *at, const char *end, const char *word, int64_t size)
{
    if (end - at <= size || memcmp(at, word, (size_t)size) != 0 || !is_value_end(at + size, end))
        return NULL;
    return at + size;
}

static const char *take_bool(const char *at, const char *end, bool *value)
{
    *value = *at == 't';
    return *value ? take_literal(at, end, "true", 4) : take_literal(at, end, "false", 5);
}

/* ---- one value into its column --------------------------------------------------------------------------------- */

static const char *read_integer(const JsonField *field, const char *at, const char *end, Column *column, int64_t row)
{
    int64_t value;
    at = take_integer(at, end, &value);
    if (!at)
        return NULL;
    switch (field->type->kind) {
    case TYPE_BIGINT:
    case TYPE_INTERVAL_TIME:
        cell_set_i64(column, row, value);
        return at;
    case TYPE_TINYINT:
        return value == (int8_t)value ? cell_set_integer(column, row, value), at : NULL;
    case TYPE_SMALLINT:
        return value == (int16_t)value ? cell_set_integer(column, row, value), at : NULL;
    default:
        return value == (int32_t)value ? cell_set_i32(column, row, (int32_t)value), at : NULL;
    }
}

static const char *read_approximate(const JsonField *field, const char *at, const char *end, Column *column,
                                    int64_t row)
{
    if (field->type->kind == TYPE_FLOAT) {
        float value;
        at = take_float(at, end, &value);
        if (at)
            cell_set_f32(column, row, value);
        return at;
    }
    double value;
    at = take_double(at, end, &value);
    if (at)
        cell_set_f64(column, row, value);
    return at;
}

static const char *read_temporal(JsonDecoder *decoder, const JsonField *field, const char *at, const char *end,
                                 Column *column, int64_t row)
{
    Timestamp value;
    at = take_timestamp(decoder, field->layout, at, end, &value);
    if (at && field->type->precision == 3)
        cell_set_i64(column, row, value.ms);
    else if (at)
        cell_set_timestamp(column, row, value);
    return at;
}

static const char *read_string(JsonDecoder *decoder, const char *at, const char *end, Column *column, int64_t row)
{
    Str text;
    if (*at != '"')
        return NULL;
    at = take_string(at + 1, end, &text);
    if (at)
        cell_set_view(column, row, text_pool_view(&decoder->pool, text));
    return at;
}

static const char *read_decimal(JsonDecoder *decoder, const JsonField *field, const char *at, const char *end,
                                Column *column, int64_t row)
{
    int128_t value;
    at = take_decimal(at, end, field->type->scale, &value);
    if (at)
        cell_set_decimal(column, decoder->batch->buf, row, value);
    return at;
}

static const char *read_bool(const char *at, const char *end, Column *column, int64_t row)
{
    bool value;
    at = take_bool(at, end, &value);
    if (at)
        cell_set_bool(column, row, value);
    return at;
}

bool json_fast_takes(const JsonField *field)
{
    switch (field->type->kind) {
    case TYPE_ROW: return field->child_count <= JSON_FAST_FIELDS_MAX && field->depth < RECORD_DEPTH_MAX;
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_BINARY:
    case TYPE_VARBINARY:
    case TYPE_DATE:
    case TYPE_TIME: return false;
    default: return true;
    }
}

static const char *read_slow(JsonDecoder *decoder, JsonField *field, const char *at, const char *end, Column *column,
                             int64_t row)
{
    JsonScan scan = { .start = at, .at = at, .end = end, .depth = field->depth };
    return json_general_value(decoder, &scan, field, column, row) == JSON_READ_OK ? scan.at : NULL;
}

static const char *read_object(JsonDecoder *decoder, JsonField *object, const char *at, const char *end, Column *columns,
                               int64_t row);

static const char *read_row(JsonDecoder *decoder, JsonField *field, const char *at, const char *end, Column *column,
                            int64_t row)
{
    if (!json_fast_takes(field))
        return read_slow(decoder, field, at, end, column, row);
    at = read_object(decoder, field, at, end, column->children, row);
    if (at)
        cell_set_valid(column, row);
    return at;
}

/* at < end. */
static const char *read_value(JsonDecoder *decoder, JsonField *field, const char *at, const char *end, Column *column,
                              int64_t row)
{
    if (*at == 'n') {
        at = take_literal(at, end, "null", 4);
        if (at)
            cell_set_null(column, decoder->batch->buf, row);
        return at;
    }
    switch (field->type->kind) {
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INT:
    case TYPE_BIGINT:
    case TYPE_INTERVAL_MONTH:
    case TYPE_INTERVAL_TIME:
        return read_integer(field, at, end, column, row);
    case TYPE_CHAR:
    case TYPE_VARCHAR:
        return read_string(decoder, at, end, column, row);
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ:
        return read_temporal(decoder, field, at, end, column, row);
    case TYPE_FLOAT:
    case TYPE_DOUBLE:
        return read_approximate(field, at, end, column, row);
    case TYPE_DECIMAL:
        return read_decimal(decoder, field, at, end, column, row);
    case TYPE_BOOLEAN:
        return read_bool(at, end, column, row);
    case TYPE_ROW:
        return read_row(decoder, field, at, end, column, row);
    default:
        return read_slow(decoder, field, at, end, column, row);
    }
}

/* Behind a number of digits only, or a literal that stands before a value's end; NULL for all else. */
static const char *skip_plain(const char *at, const char *end)
{
    uint64_t digits = 0;
    switch (*at) {
    case 'n': return take_literal(at, end, "null", 4);
    case 't': return take_literal(at, end, "true", 4);
    case 'f': return take_literal(at, end, "false", 5);
    case '0': at++; break;
    default: at = *at >= '1' && *at <= '9' ? take_digits(at, end, &digits) : end;
    }
    return is_value_end(at, end) ? at : NULL;
}

/* The tokenizer decides about all but the plainest values. at < end. */
static const char *skip_value(const char *at, const char *end, int32_t depth)
{
    if (*at == '"') {
        const char *special = json_find_special(at + 1, end);
        if (special < end && *special == '"')
            return special + 1;
    } else {
        const char *behind = skip_plain(at, end);
        if (behind)
            return behind;
    }
    JsonValue skipped;
    JsonScan  scan = { .start = at, .at = at, .end = end, .depth = depth };
    return json_scan_value(&scan, &skipped) ? scan.at : NULL;
}

/* ---- the record ------------------------------------------------------------------------------------------------ */

/* Behind the colon and at the value, or NULL. */
static const char *take_colon(const char *at, const char *end)
{
    if (at == end || *at != ':') {
        at = skip_space(at, end);
        if (at == end || *at != ':')
            return NULL;
    }
    at = skip_space(at + 1, end);
    return at < end ? at : NULL;
}

static void null_the_missing(JsonDecoder *decoder, const JsonField *object, uint64_t seen, Column *columns, int64_t row)
{
    for (int32_t i = 0; i < object->child_count; i++)
        if (!(seen >> i & 1))
            cell_set_null(&columns[object->children[i].out], decoder->batch->buf, row);
}

/* From the opening brace to behind the closing one, or NULL. columns: where the fields' `out` counts from. The schema bounds the recursion. */
static const char *read_object(JsonDecoder *decoder, JsonField *object, const char *at, const char *end, Column *columns,
                               int64_t row)
{
    int32_t  wanted = object->child_count;
    int32_t  found = 0;
    uint64_t seen = 0;
    uint64_t all = wanted == 0 ? 0 : UINT64_MAX >> (JSON_FAST_FIELDS_MAX - wanted);
    JsonKey *last = &object->start;
    if (at == end || *at++ != '{')
        return NULL;
    for (;;) {
        at = skip_space(at, end);
        JsonKey *key = last->next;
        if (!is_key_here(key, at, end)) {
            key = find_key(decoder, object, at, end);
            if (!key)
                return NULL;
            last->next = key;
        }
        at = take_colon(at + key->raw.len, end);
        if (!at)
            return NULL;
        JsonField *field = key->field >= 0 && found < wanted ? &object->children[key->field] : NULL;
        if (field) {
            seen |= (uint64_t)1 << key->field;
            found++;
        }
        if (field && !field->is_skipped)
            at = read_value(decoder, field, at, end, &columns[field->out], row);
        else
            at = skip_value(at, end, object->depth + 1);
        if (!at)
            return NULL;
        at = skip_space(at, end);
        if (at == end)
            return NULL;
        if (*at == '}')
            break;
        if (*at++ != ',')
            return NULL;
        last = key;
    }
    if (found < wanted && decoder->options.fails_on_missing)
        return NULL;
    if (seen != all)
        null_the_missing(decoder, object, seen, columns, row);
    return at + 1;
}

bool json_fast_read(JsonDecoder *decoder, Str record)
{
    return read_object(decoder, &decoder->root, record.ptr, record.ptr + record.len, decoder->batch->columns, decoder->row) != NULL;
}
