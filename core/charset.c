/* charset.c: one pass over the text, or over the bytes. */
#include "core/charset.h"

#include "core/utf8.h"

#include <string.h>

typedef struct CharsetName {
    const char *name;
    Charset     charset;
} CharsetName;

static const CharsetName charset_names[] = {
    { "UTF-8", CHARSET_UTF8 },       { "UTF8", CHARSET_UTF8 },         { "ISO-8859-1", CHARSET_LATIN1 },
    { "ISO8859_1", CHARSET_LATIN1 }, { "LATIN1", CHARSET_LATIN1 },     { "US-ASCII", CHARSET_ASCII },
    { "ASCII", CHARSET_ASCII },      { "UTF-16", CHARSET_UTF16 },      { "UTF16", CHARSET_UTF16 },
    { "UTF-16BE", CHARSET_UTF16BE }, { "UTF-16LE", CHARSET_UTF16LE },
};

bool charset_find(Str name, Charset *out)
{
    for (size_t i = 0; i < sizeof(charset_names) / sizeof(*charset_names); i++) {
        if (!str_is_nocase(name, charset_names[i].name))
            continue;
        *out = charset_names[i].charset;
        return true;
    }
    return false;
}

/* ---- to bytes -------------------------------------------------------------------------------------------------- */

static char *put_unit(char *to, uint32_t unit, bool is_little)
{
    to[is_little ? 0 : 1] = (char)(unit & 0xFF);
    to[is_little ? 1 : 0] = (char)(unit >> 8);
    return to + 2;
}

static char *put_char(char *to, int32_t code, Charset charset)
{
    if (charset == CHARSET_LATIN1 || charset == CHARSET_ASCII) {
        *to++ = code < (charset == CHARSET_ASCII ? 0x80 : 0x100) ? (char)code : '?';
        return to;
    }
    bool is_little = charset == CHARSET_UTF16LE;
    if (code < 0x10000)
        return put_unit(to, (uint32_t)code, is_little);
    to = put_unit(to, 0xD800 + ((uint32_t)(code - 0x10000) >> 10), is_little);
    return put_unit(to, 0xDC00 + ((uint32_t)(code - 0x10000) & 0x3FF), is_little);
}

int64_t charset_encode(Charset charset, Str text, char *to)
{
    if (charset == CHARSET_UTF8) {
        if (text.len > 0)
            memcpy(to, text.ptr, (size_t)text.len);
        return text.len;
    }
    char *at = to;
    if (charset == CHARSET_UTF16)
        at = put_unit(at, 0xFEFF, false);
    for (int64_t k = 0; k < text.len;) {
        int32_t size, code = utf8_decode(text, k, &size);
        at = put_char(at, code == UTF8_INVALID ? UTF8_REPLACEMENT : code, charset);
        k += size;
    }
    return at - to;
}

/* ---- to text --------------------------------------------------------------------------------------------------- */

/* UTF-8 with each broken part as one U+FFFD. */
static char *repair_utf8(Str in, char *to)
{
    for (int64_t k = 0; k < in.len;) {
        int32_t size, code = utf8_decode(in, k, &size);
        to += utf8_encode(code == UTF8_INVALID ? UTF8_REPLACEMENT : code, to);
        k += size;
    }
    return to;
}

static char *decode_utf16(Str in, bool is_little, char *to)
{
    for (int64_t k = 0; k + 1 < in.len; k += 2) {
        uint32_t unit =
            (uint32_t)(unsigned char)in.ptr[k + !is_little] | (uint32_t)(unsigned char)in.ptr[k + is_little] << 8;
        if (unit >= 0xD800 && unit < 0xDC00 && k + 3 < in.len) {
            uint32_t low = (uint32_t)(unsigned char)in.ptr[k + 2 + !is_little] |
                           (uint32_t)(unsigned char)in.ptr[k + 2 + is_little] << 8;
            if (low >= 0xDC00 && low < 0xE000) {
                unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                k += 2;
            }
        }
        to += utf8_encode(unit >= 0xD800 && unit < 0xE000 ? UTF8_REPLACEMENT : (int32_t)unit, to);
    }
    return in.len % 2 ? to + utf8_encode(UTF8_REPLACEMENT, to) : to;
}

static char *decode(Charset charset, Str in, char *to)
{
    if (charset == CHARSET_UTF8)
        return repair_utf8(in, to);
    if (charset == CHARSET_UTF16BE || charset == CHARSET_UTF16LE)
        return decode_utf16(in, charset == CHARSET_UTF16LE, to);
    if (charset == CHARSET_UTF16) {
        bool has_little = str_starts_with(in, STR("\xFF\xFE")), has_big = str_starts_with(in, STR("\xFE\xFF"));
        return decode_utf16(has_little || has_big ? str_slice(in, 2, in.len) : in, has_little, to);
    }
    for (int64_t k = 0; k < in.len; k++) {
        int32_t code = (unsigned char)in.ptr[k];
        to += utf8_encode(charset == CHARSET_ASCII && code >= 0x80 ? UTF8_REPLACEMENT : code, to);
    }
    return to;
}

int64_t charset_decode(Charset charset, Str bytes, char *to)
{
    return decode(charset, bytes, to) - to;
}
