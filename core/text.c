/* text.c: the growing byte buffer. Capacity doubles and always leaves a byte for the NUL of text_cstr. */
#include "core/text.h"

#include "core/env.h"
#include "core/utf8.h"

#include <assert.h>
#include <stdio.h>

#define TEXT_MAX_DEFAULT ((int64_t)1 << 30)
enum { TEXT_CAPACITY_FIRST = 64 };

void text_free(Text *text)
{
    env_free(text->ptr);
    *text = (Text){ .max = text->max };
}

/* An append that would pass the maximum is dropped whole, so a cut is never in the middle of a value. */
char *text_reserve(Text *text, int64_t size)
{
    assert(size >= 0);
    int64_t max = text->max ? text->max : TEXT_MAX_DEFAULT;
    if (size > max - text->len) {
        text->overflow = true;
        return NULL;
    }
    int64_t needed = text->len + size + 1;
    if (needed > text->capacity) {
        int64_t capacity = text->capacity ? text->capacity * 2 : TEXT_CAPACITY_FIRST;
        if (capacity < needed)
            capacity = needed;
        text->ptr = env_realloc(text->ptr, capacity); /* may unwind: nothing is changed before */
        text->capacity = capacity;
    }
    return text->ptr + text->len;
}

const char *text_cstr(Text *text)
{
    if (!text->ptr)
        text_reserve(text, 0);
    text->ptr[text->len] = '\0';
    return text->ptr;
}

void text_append(Text *text, Str more)
{
    char *room = text_reserve(text, more.len);
    if (!room || more.len == 0)
        return;
    memcpy(room, more.ptr, (size_t)more.len);
    text->len += more.len;
}

void text_put(Text *text, char byte)
{
    char *room = text_reserve(text, 1);
    if (!room)
        return;
    *room = byte;
    text->len++;
}

void text_puts(Text *text, const char *nul_terminated)
{
    text_append(text, str_from(nul_terminated));
}

void text_repeat(Text *text, char byte, int64_t count)
{
    if (count <= 0)
        return;
    char *room = text_reserve(text, count);
    if (!room)
        return;
    memset(room, byte, (size_t)count);
    text->len += count;
}

void text_put_i64(Text *text, int64_t value)
{
    char     digits[20];
    int64_t  at = (int64_t)sizeof(digits);
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        digits[--at] = '-';
    text_append(text, (Str){ digits + at, (int64_t)sizeof(digits) - at });
}

void text_vprintf(Text *text, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int   len = vsnprintf(NULL, 0, format, args);
    char *room = len < 0 ? NULL : text_reserve(text, len);
    if (room) {
        vsnprintf(room, (size_t)len + 1, format, again);
        text->len += len;
    }
    va_end(again);
}

void text_printf(Text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_vprintf(text, format, args);
    va_end(args);
}

/* The two-character escape of a byte, or 0. */
static char json_escape(char byte)
{
    switch (byte) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return 0;
    }
}

static bool is_plain_json(char byte)
{
    return (unsigned char)byte >= 0x20 && (unsigned char)byte < 0x80 && byte != '"' && byte != '\\';
}

/* One code point that cannot be copied as it is; returns its size. */
static int32_t put_json_special(Text *text, Str value, int64_t at)
{
    int32_t size;
    char    escape = json_escape(value.ptr[at]);
    int32_t code_point = utf8_decode(value, at, &size);
    if (escape) {
        text_put(text, '\\');
        text_put(text, escape);
    } else if (code_point == UTF8_INVALID) {
        text_puts(text, "\xEF\xBF\xBD");
    } else if (code_point < 0x20) {
        text_printf(text, "\\u%04x", (unsigned)code_point);
    } else {
        text_append(text, str_slice(value, at, at + size));
    }
    return size;
}

void text_put_json(Text *text, Str value)
{
    int64_t at = 0;
    text_put(text, '"');
    while (at < value.len) {
        int64_t start = at;
        while (at < value.len && is_plain_json(value.ptr[at]))
            at++;
        text_append(text, str_slice(value, start, at));
        if (at < value.len)
            at += put_json_special(text, value, at);
    }
    text_put(text, '"');
}

/* Between quotes, a quote inside is doubled. */
static void put_quoted(Text *text, Str value, char quote)
{
    text_put(text, quote);
    for (int64_t at = 0; at < value.len;) {
        Str     rest = str_slice(value, at, value.len);
        int64_t next = str_find(rest, quote);
        int64_t size = next < 0 ? rest.len : next + 1;
        text_append(text, str_slice(rest, 0, size));
        if (next >= 0)
            text_put(text, quote);
        at += size;
    }
    text_put(text, quote);
}

void text_put_sql_string(Text *text, Str value)
{
    put_quoted(text, value, '\'');
}

void text_put_sql_name(Text *text, Str name)
{
    put_quoted(text, name, '`');
}
