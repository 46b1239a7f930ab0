/* json_text.c: JSON as text: strings with their escapes, and nested values compacted as the dialect's tree prints them.
 *
 * Objects are read into a map first, since the last of two equal names wins and stands where the first one stood. The
 * recursion is as deep as the record, which is bounded (RECORD_DEPTH_MAX). */
#include "connectors/formats/json.h"

#include "core/map.h"
#include "core/utf8.h"
#include "core/word.h"
#include "data/number.h"

#include <math.h>

/* ---- strings --------------------------------------------------------------------------------------------------- */

static const char upper_hex[] = "0123456789ABCDEF";

static void put_escape(char byte, Text *out)
{
    char escape = 0;
    switch (byte) {
    case '"': escape = '"'; break;
    case '\\': escape = '\\'; break;
    case '\b': escape = 'b'; break;
    case '\f': escape = 'f'; break;
    case '\n': escape = 'n'; break;
    case '\r': escape = 'r'; break;
    case '\t': escape = 't'; break;
    default: break;
    }
    text_put(out, '\\');
    if (escape) {
        text_put(out, escape);
        return;
    }
    text_puts(out, "u00");
    text_put(out, upper_hex[(unsigned char)byte >> 4]);
    text_put(out, upper_hex[(unsigned char)byte & 15]);
}

static bool needs_escape(char byte)
{
    return (unsigned char)byte < 0x20 || byte == '"' || byte == '\\';
}

/* Four bytes are a code point beyond U+FFFF. */
static bool is_lead_of_four(char byte)
{
    return (unsigned char)byte >= 0xF0;
}

static void put_surrogates(Str value, int64_t at, Text *out)
{
    int32_t size;
    int32_t rest = utf8_decode(value, at, &size) - 0x10000;
    text_printf(out, "\\u%04X\\u%04X", 0xD800U + ((unsigned)rest >> 10), 0xDC00U + ((unsigned)rest & 0x3FF));
}

/* value is valid UTF-8. */
static void put_escaped(Str value, bool is_record, Text *out)
{
    int64_t at = 0;
    while (at < value.len) {
        int64_t start = at;
        while (at < value.len && !needs_escape(value.ptr[at]) && !(is_record && is_lead_of_four(value.ptr[at])))
            at++;
        text_append(out, str_slice(value, start, at));
        if (at == value.len)
            return;
        if (needs_escape(value.ptr[at])) {
            put_escape(value.ptr[at++], out);
        } else {
            put_surrogates(value, at, out);
            at += 4;
        }
    }
}

/* Valid stretches as they are, U+FFFD for each broken part. */
static void put_repaired(Str value, bool is_record, Text *out)
{
    int64_t start = 0;
    int64_t at = 0;
    while (at < value.len) {
        int32_t size;
        bool    is_broken = utf8_decode(value, at, &size) == UTF8_INVALID;
        if (is_broken) {
            put_escaped(str_slice(value, start, at), is_record, out);
            text_puts(out, "\xEF\xBF\xBD");
            start = at + size;
        }
        at += size;
    }
    put_escaped(str_slice(value, start, at), is_record, out);
}

/* ASCII without anything to escape: mostly so. */
static bool is_plain(Str value)
{
    int64_t at = 0;
    for (; value.len - at >= WORD_SIZE; at += WORD_SIZE) {
        uint64_t word = word_load(value.ptr + at);
        if (word_between(word, 0x20, 0x7F) != WORD_TOPS || word_equal(word, '"') || word_equal(word, '\\'))
            return false;
    }
    while (at < value.len && (unsigned char)value.ptr[at] < 0x80 && !needs_escape(value.ptr[at]))
        at++;
    return at == value.len;
}

static void put_in_quotes(Str value, Text *out)
{
    char *at = text_reserve(out, value.len + 2);
    if (!at)
        return;
    at[0] = '"';
    if (value.len > 0)
        memcpy(at + 1, value.ptr, (size_t)value.len);
    at[value.len + 1] = '"';
    out->len += value.len + 2;
}

void json_put_string(Str value, bool is_record, Text *out)
{
    if (is_plain(value)) {
        put_in_quotes(value, out);
        return;
    }
    text_put(out, '"');
    if (utf8_is_valid(value))
        put_escaped(value, is_record, out);
    else
        put_repaired(value, is_record, out);
    text_put(out, '"');
}

/* ---- numbers --------------------------------------------------------------------------------------------------- */

/* A number as its significant digits, without leading and trailing zeros, and the power of ten of the last one. */
typedef struct Digits {
    bool    is_negative;
    int64_t start, end; /* in the text built so far: out->ptr[start, end) */
    int64_t exponent;
} Digits;

/* Appends the digits of the number to out, for the caller to arrange. */
static Digits split_number(Str number, Text *out)
{
    Digits  digits = { .is_negative = number.ptr[0] == '-', .start = out->len };
    int64_t at = digits.is_negative;
    int64_t written = 0;
    bool    is_fraction = false;
    for (; at < number.len && (number.ptr[at] | 0x20) != 'e'; at++) {
        if (number.ptr[at] == '.') {
            is_fraction = true;
            continue;
        }
        digits.exponent -= is_fraction;
        if (number.ptr[at] == '0' && written == 0)
            continue;
        text_put(out, number.ptr[at]);
        written++;
    }
    if (at < number.len) {
        int64_t exponent = 0;
        Str     text = str_slice(number, at + 1, number.len);
        str_to_i64(text, &exponent);
        digits.exponent += exponent;
    }
    while (written > 0 && out->ptr[digits.start + written - 1] == '0') {
        written--;
        digits.exponent++;
    }
    out->len = digits.start + written;
    digits.end = out->len;
    return digits;
}

static void put_plain(Str digits, int64_t scale, Text *out)
{
    if (scale <= 0) {
        text_append(out, digits);
        return;
    }
    int64_t whole = digits.len - scale;
    if (whole > 0)
        text_append(out, str_slice(digits, 0, whole));
    else
        text_put(out, '0');
    text_put(out, '.');
    text_repeat(out, '0', -whole);
    text_append(out, str_slice(digits, whole > 0 ? whole : 0, digits.len));
}

static void put_scientific(Str digits, int64_t adjusted, Text *out)
{
    text_put(out, digits.ptr[0]);
    if (digits.len > 1) {
        text_put(out, '.');
        text_append(out, str_slice(digits, 1, digits.len));
    }
    text_puts(out, adjusted > 0 ? "E+" : "E");
    text_put_i64(out, adjusted);
}

void json_put_stripped(Str number, Text *out)
{
    Text   side = TEXT_EMPTY;
    Digits parts = split_number(number, &side);
    Str    digits = text_str(&side);
    if (digits.len == 0) {
        text_put(out, '0');
    } else {
        int64_t scale = -parts.exponent;
        int64_t adjusted = digits.len - 1 - scale;
        if (parts.is_negative)
            text_put(out, '-');
        if (scale >= 0 && adjusted >= -6)
            put_plain(digits, scale, out);
        else
            put_scientific(digits, adjusted, out);
    }
    text_free(&side);
}

static void put_double(Str number, Text *out)
{
    char   digits[DOUBLE_TEXT_MAX];
    double value = 0;
    double_parse(number, &value);
    Str text = { digits, double_print(value, digits) };
    if (isfinite(value))
        text_append(out, text);
    else
        json_put_string(text, false, out);
}

/* ---- nested values --------------------------------------------------------------------------------------------- */

typedef struct Compact {
    bool   has_decimals;
    Arena *arena;
    Text  *out;
} Compact;

static void put_value(Compact *compact, const JsonValue *value);

static void put_text(Compact *compact, Str raw)
{
    Text text = TEXT_EMPTY;
    json_scan_unescape(raw, &text);
    json_put_string(text_str(&text), false, compact->out);
    text_free(&text);
}

static void put_array(Compact *compact, Str text)
{
    JsonScan scan = { .start = text.ptr, .at = text.ptr + 1, .end = text.ptr + text.len };
    bool     more = !json_take(&scan, ']');
    text_put(compact->out, '[');
    while (more) {
        JsonValue element;
        json_scan_value(&scan, &element);
        put_value(compact, &element);
        json_scan_next(&scan, ']', &more);
        if (more)
            text_put(compact->out, ',');
    }
    text_put(compact->out, ']');
}

static Map *read_members(Compact *compact, Str text)
{
    JsonScan scan = { .start = text.ptr, .at = text.ptr + 1, .end = text.ptr + text.len };
    Map     *members = map_create(compact->arena);
    Text     unescaped = TEXT_EMPTY;
    bool     more = !json_take(&scan, '}');
    while (more) {
        JsonValue  name;
        JsonValue *value = arena_new(compact->arena, JsonValue, 1);
        json_scan_key(&scan, &name);
        json_scan_value(&scan, value);
        text_clear(&unescaped);
        json_scan_unescape(name.text, &unescaped);
        map_put(members, text_str(&unescaped), value);
        json_scan_next(&scan, '}', &more);
    }
    text_free(&unescaped);
    return members;
}

static void put_object(Compact *compact, Str text)
{
    Map *members = read_members(compact, text);
    text_put(compact->out, '{');
    for (int64_t i = 0; i < members->count; i++) {
        if (i > 0)
            text_put(compact->out, ',');
        json_put_string(members->entries[i].key, false, compact->out);
        text_put(compact->out, ':');
        put_value(compact, members->entries[i].value);
    }
    text_put(compact->out, '}');
}

static void put_value(Compact *compact, const JsonValue *value)
{
    switch (value->token) {
    case JSON_OBJECT:
        put_object(compact, value->text);
        break;
    case JSON_ARRAY:
        put_array(compact, value->text);
        break;
    case JSON_STRING:
        put_text(compact, value->text);
        break;
    case JSON_FLOAT:
        if (compact->has_decimals)
            json_put_stripped(value->text, compact->out);
        else
            put_double(value->text, compact->out);
        break;
    case JSON_INTEGER:
        text_append(compact->out, str_is(value->text, "-0") ? STR("0") : value->text);
        break;
    default:
        text_append(compact->out, value->text);
        break;
    }
}

void json_compact(Str text, bool has_decimals, Arena *scratch, Text *out)
{
    Compact   compact = { has_decimals, scratch, out };
    JsonValue value = { text.ptr[0] == '{' ? JSON_OBJECT : JSON_ARRAY, text, true };
    put_value(&compact, &value);
    arena_reset(scratch);
}
