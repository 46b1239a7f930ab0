/* json_value.c: reading JSON by recursive descent (depth is bounded), and printing it.
 *
 * Strict as RFC 8259: no leading zeros, no trailing commas, no bare control characters. */
#include "functions/json/json_value.h"

#include "core/env.h"
#include "core/utf8.h"

#include <stdlib.h>

typedef struct JsonReader {
    Buf        *buf;
    const char *at;
    const char *end;
    int         depth;
} JsonReader;

static bool read_value(JsonReader *reader, JsonValue *out);

static void skip_blanks(JsonReader *reader)
{
    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\n' ||
                                        *reader->at == '\r'))
        reader->at++;
}

static bool take(JsonReader *reader, char byte)
{
    skip_blanks(reader);
    if (reader->at >= reader->end || *reader->at != byte)
        return false;
    reader->at++;
    return true;
}

/* ---- strings --------------------------------------------------------------------------------------------------- */

static bool read_hex4(const char *at, const char *end, int32_t *out)
{
    if (end - at < 4)
        return false;
    *out = 0;
    for (int i = 0; i < 4; i++) {
        char byte  = at[i], lower = (char)(byte | 0x20);
        int  digit = byte >= '0' && byte <= '9' ? byte - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
        if (digit < 0)
            return false;
        *out = *out << 4 | digit;
    }
    return true;
}

/* At the u of \uXXXX; a pair of surrogates is one character. Returns the place behind it, or NULL. */
static const char *unescape_unicode(const char *at, const char *end, char **to)
{
    int32_t code, low;
    if (!read_hex4(at + 1, end, &code))
        return NULL;
    at += 5;
    if (code >= 0xD800 && code < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u' &&
        read_hex4(at + 2, end, &low) &&
        low >= 0xDC00 && low < 0xE000) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        at += 6;
    }
    *to += utf8_encode(code >= 0xD800 && code < 0xE000 ? UTF8_REPLACEMENT : code, *to);
    return at;
}

int64_t json_unescape(Str inside, bool is_lenient, char *to)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    const char *at = inside.ptr, *end = inside.ptr + inside.len;
    char       *out = to;
    while (at < end) {
        if (*at != '\\') {
            if (!is_lenient && (unsigned char)*at < 0x20)
                return -1;
            *out++ = *at++;
            continue;
        }
        const char *escape = ++at < end && *at ? strchr(from, *at) : NULL;
        if (escape) {
            *out++ = into[escape - from];
            at++;
        } else if (at >= end || *at != 'u' || !(at = unescape_unicode(at, end, &out))) {
            return -1;
        }
    }
    return out - to;
}

/* Behind the opening quote. */
static bool read_string(JsonReader *reader, Str *out)
{
    const char *start       = reader->at;
    bool        has_escapes = false;
    for (; reader->at < reader->end && *reader->at != '"'; reader->at++) {
        if ((unsigned char)*reader->at < 0x20)
            return false;
        if (*reader->at == '\\') {
            has_escapes = true;
            reader->at++;
        }
    }
    if (reader->at >= reader->end)
        return false;
    *out = (Str){ start, reader->at++ - start };
    if (!has_escapes)
        return true;
    char   *text = buf_alloc(reader->buf, out->len + 1);
    int64_t size = json_unescape(*out, false, text);
    *out         = (Str){ text, size };
    return size >= 0;
}

/* ---- numbers and words ----------------------------------------------------------------------------------------- */

static bool take_digits(JsonReader *reader)
{
    const char *start = reader->at;
    while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9')
        reader->at++;
    return reader->at > start;
}

static bool peek(const JsonReader *reader, char byte)
{
    return reader->at < reader->end && *reader->at == byte;
}

/* A number or word ends with the text or at one of these signs. */
static bool is_at_boundary(const JsonReader *reader, const char *signs)
{
    return reader->at >= reader->end || (*reader->at && strchr(signs, *reader->at));
}

static bool read_number(JsonReader *reader, JsonValue *out)
{
    const char *start = reader->at;
    reader->at += peek(reader, '-');
    bool is_zero = peek(reader, '0');
    if (!take_digits(reader) || (is_zero && reader->at - start > 1 + (*start == '-')))
        return false;
    if (peek(reader, '.')) {
        reader->at++;
        if (!take_digits(reader))
            return false;
    }
    if (peek(reader, 'e') || peek(reader, 'E')) {
        reader->at++;
        reader->at += peek(reader, '+') || peek(reader, '-');
        if (!take_digits(reader))
            return false;
    }
    *out = (JsonValue){ .kind = JSON_IS_NUMBER, .text = { start, reader->at - start } };
    return is_at_boundary(reader, reader->depth ? " \t\n\r,]}:" : " \t\n\r");
}

static bool read_word(JsonReader *reader, const char *word, JsonValue value, JsonValue *out)
{
    int64_t size = (int64_t)strlen(word);
    if (reader->end - reader->at < size || memcmp(reader->at, word, (size_t)size) != 0)
        return false;
    reader->at += size;
    *out = value;
    return is_at_boundary(reader, " \t\n\r,]}:");
}

/* ---- arrays and objects ---------------------------------------------------------------------------------------- */

typedef struct MemberList {
    JsonMember *items;
    int64_t     count, room;
} MemberList;

static JsonMember *list_push_member(Buf *buf, MemberList *list)
{
    if (list->count == list->room) {
        int64_t     room  = list->room ? list->room * 2 : 8;
        JsonMember *items = buf_new(buf, JsonMember, room);
        if (list->count)
            memcpy(items, list->items, (size_t)list->count * sizeof(JsonMember));
        list->items = items;
        list->room  = room;
    }
    list->items[list->count] = (JsonMember){ 0 };
    return &list->items[list->count++];
}

static int compare_members(const void *left, const void *right)
{
    return str_compare(((const JsonMember *)left)->key, ((const JsonMember *)right)->key);
}

/* A stable sort by insertion for short lists; qsort by key and place for long ones. */
typedef struct PlacedMember {
    JsonMember member;
    int64_t    place;
} PlacedMember;

static int compare_placed(const void *left, const void *right)
{
    const PlacedMember *a = left, *b = right;
    int                 order = compare_members(&a->member, &b->member);
    return order ? order : (a->place > b->place) - (a->place < b->place);
}

static void sort_long(Buf *buf, JsonMember *members, int64_t count)
{
    PlacedMember *placed = buf_new(buf, PlacedMember, count);
    for (int64_t i = 0; i < count; i++)
        placed[i] = (PlacedMember){ members[i], i };
    qsort(placed, (size_t)count, sizeof(*placed), compare_placed);
    for (int64_t i = 0; i < count; i++)
        members[i] = placed[i].member;
}

static void sort_short(JsonMember *members, int64_t count)
{
    for (int64_t i = 1; i < count; i++) {
        JsonMember member = members[i];
        int64_t    at     = i;
        for (; at > 0 && compare_members(&members[at - 1], &member) > 0; at--)
            members[at] = members[at - 1];
        members[at] = member;
    }
}

int64_t json_sort_members(Buf *buf, JsonMember *members, int64_t count)
{
    if (count > 32)
        sort_long(buf, members, count);
    else
        sort_short(members, count);
    int64_t kept = 0;
    for (int64_t i = 0; i < count; i++) {
        if (kept > 0 && str_eq(members[kept - 1].key, members[i].key))
            kept--;
        members[kept++] = members[i];
    }
    return kept;
}

static bool read_members(JsonReader *reader, bool is_object, JsonValue *out)
{
    MemberList list  = { 0 };
    char       close = is_object ? '}' : ']';
    if (!take(reader, close)) {
        do {
            JsonMember *member = list_push_member(reader->buf, &list);
            Str         key    = STR_EMPTY;
            JsonValue   value;
            if (is_object && (!take(reader, '"') || !read_string(reader, &key) || !take(reader, ':')))
                return false;
            if (!read_value(reader, &value))
                return false;
            *member = (JsonMember){ key, value };
        } while (take(reader, ','));
        if (!take(reader, close))
            return false;
    }
    if (is_object)
        list.count = json_sort_members(reader->buf, list.items, list.count);
    *out = (JsonValue){ .kind = is_object ? JSON_IS_OBJECT : JSON_IS_ARRAY, .members = list.items,
                        .count = list.count };
    return true;
}

static bool read_value(JsonReader *reader, JsonValue *out)
{
    skip_blanks(reader);
    if (reader->at >= reader->end || reader->depth >= JSON_DEPTH_MAX)
        return false;
    switch (*reader->at) {
    case '{':
    case '[': {
        bool is_object = *reader->at++ == '{';
        reader->depth++;
        bool is_good = read_members(reader, is_object, out);
        reader->depth--;
        return is_good;
    }
    case '"':
        *out = (JsonValue){ .kind = JSON_IS_STRING };
        reader->at++;
        return read_string(reader, &out->text);
    case 't':
        return read_word(reader, "true", (JsonValue){ .kind = JSON_IS_BOOLEAN, .boolean = true }, out);
    case 'f':
        return read_word(reader, "false", (JsonValue){ .kind = JSON_IS_BOOLEAN }, out);
    case 'n':
        return read_word(reader, "null", (JsonValue){ .kind = JSON_IS_NULL }, out);
    default:
        return read_number(reader, out);
    }
}

bool json_parse(Buf *buf, Str text, JsonValue *out)
{
    JsonReader reader = { .buf = buf, .at = text.ptr, .end = text.ptr + text.len };
    return read_value(&reader, out);
}

const JsonValue *json_member(const JsonValue *object, Str key)
{
    int64_t low = 0, high = object->count;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        int     order  = str_compare(object->members[middle].key, key);
        if (order == 0)
            return &object->members[middle].value;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* ---- printing -------------------------------------------------------------------------------------------------- */

void json_print_string(Str text, Text *out)
{
    static const char from[] = "\"\\\b\f\n\r\t", into[] = "\"\\bfnrt";
    text_put(out, '"');
    int64_t start = 0;
    for (int64_t i = 0; i < text.len; i++) {
        char        byte   = text.ptr[i];
        const char *escape = byte ? strchr(from, byte) : NULL;
        if (!escape && (unsigned char)byte >= 0x20)
            continue;
        text_append(out, str_slice(text, start, i));
        if (escape)
            text_printf(out, "\\%c", into[escape - from]);
        else
            text_printf(out, "\\u%04X", byte);
        start = i + 1;
    }
    text_append(out, str_slice(text, start, text.len));
    text_put(out, '"');
}

/* Digits without point and leading zeros, and the scale: value = digits * 10^-scale. */
typedef struct Unscaled {
    bool    is_negative;
    Str     digits;
    int64_t scale;
} Unscaled;

static Unscaled unscale(Str number, char *digits)
{
    Unscaled out     = { .is_negative = number.len && number.ptr[0] == '-' };
    int64_t  count   = 0, exponent = 0, at = out.is_negative;
    bool     in_fraction = false;
    for (; at < number.len && (number.ptr[at] | 0x20) != 'e'; at++) {
        if (number.ptr[at] == '.') {
            in_fraction = true;
            continue;
        }
        out.scale += in_fraction;
        if (count > 0 || number.ptr[at] != '0')
            digits[count++] = number.ptr[at];
    }
    if (at < number.len) {
        bool is_negative = ++at < number.len && number.ptr[at] == '-';
        at += is_negative || (at < number.len && number.ptr[at] == '+');
        for (; at < number.len && exponent < 1000000000; at++)
            exponent = exponent * 10 + (number.ptr[at] - '0');
        out.scale -= is_negative ? -exponent : exponent;
    }
    if (count == 0)
        digits[count++] = '0';
    out.digits = (Str){ digits, count };
    return out;
}

static void print_unscaled(Unscaled number, Text *out)
{
    int64_t count = number.digits.len, adjusted = count - 1 - number.scale;
    bool    is_zero = count == 1 && number.digits.ptr[0] == '0';
    if (number.is_negative && !is_zero)
        text_put(out, '-');
    if (number.scale >= 0 && adjusted >= -6) {
        int64_t whole = count - number.scale;
        text_append(out, whole > 0 ? str_slice(number.digits, 0, whole) : STR("0"));
        if (number.scale > 0) {
            text_put(out, '.');
            text_repeat(out, '0', whole < 0 ? -whole : 0);
            text_append(out, str_slice(number.digits, whole > 0 ? whole : 0, count));
        }
        return;
    }
    text_put(out, number.digits.ptr[0]);
    if (count > 1) {
        text_put(out, '.');
        text_append(out, str_slice(number.digits, 1, count));
    }
    if (adjusted != 0)
        text_printf(out, "E%+lld", (long long)adjusted);
}

void json_print_number(Str number, Text *out)
{
    char    small[64];
    bool    is_integer = true;
    for (int64_t i = 0; i < number.len; i++)
        is_integer = is_integer && number.ptr[i] != '.' && (number.ptr[i] | 0x20) != 'e';
    if (is_integer) {
        text_append(out, str_is(number, "-0") ? STR("0") : number);
        return;
    }
    char *digits = number.len < (int64_t)sizeof(small) ? small : env_alloc_raw(number.len + 1);
    print_unscaled(unscale(number, digits), out);
    if (digits != small)
        env_free(digits);
}

void json_print(const JsonValue *value, Text *out)
{
    switch (value->kind) {
    case JSON_IS_NULL:
        text_puts(out, "null");
        break;
    case JSON_IS_BOOLEAN:
        text_puts(out, value->boolean ? "true" : "false");
        break;
    case JSON_IS_NUMBER:
        json_print_number(value->text, out);
        break;
    case JSON_IS_STRING:
        json_print_string(value->text, out);
        break;
    default: {
        bool is_object = value->kind == JSON_IS_OBJECT;
        text_put(out, is_object ? '{' : '[');
        for (int64_t i = 0; i < value->count; i++) {
            if (i)
                text_put(out, ',');
            if (is_object) {
                json_print_string(value->members[i].key, out);
                text_put(out, ':');
            }
            json_print(&value->members[i].value, out);
        }
        text_put(out, is_object ? '}' : ']');
        break;
    }
    }
}
