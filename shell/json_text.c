/* json_text.c: RFC 8259. */
#include "json_text.h"

#include <stdbool.h>

/* Bytes that a sequence with this first byte has; 0: it cannot be the first. */
static size_t sequence_size(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first >= 0xf5)
        return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Bytes of the valid UTF-8 sequence at the start of the text, 0 when there is none. */
static size_t sequence(const unsigned char *text, size_t size)
{
    unsigned char first = text[0];
    size_t length = sequence_size(first);
    if (length == 0 || length > size)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    bool is_overlong = (first == 0xe0 && text[1] < 0xa0) || (first == 0xf0 && text[1] < 0x90);
    bool is_surrogate = first == 0xed && text[1] >= 0xa0;
    bool is_beyond = first == 0xf4 && text[1] >= 0x90;
    return is_overlong || is_surrogate || is_beyond ? 0 : length;
}

static void put_escaped(Buffer *out, char c)
{
    switch (c) {
    case '"': buffer_puts(out, "\\\""); break;
    case '\\': buffer_puts(out, "\\\\"); break;
    case '\n': buffer_puts(out, "\\n"); break;
    case '\r': buffer_puts(out, "\\r"); break;
    case '\t': buffer_puts(out, "\\t"); break;
    case '\b': buffer_puts(out, "\\b"); break;
    case '\f': buffer_puts(out, "\\f"); break;
    default:
        if ((unsigned char)c < 0x20)
            buffer_printf(out, "\\u%04x", (unsigned)(unsigned char)c);
        else
            buffer_put(out, c);
    }
}

void json_text_put(Buffer *out, const char *text, size_t size)
{
    buffer_put(out, '"');
    for (size_t at = 0; at < size;) {
        size_t bytes = sequence((const unsigned char *)text + at, size - at);
        if (bytes == 1)
            put_escaped(out, text[at]);
        else if (bytes > 1)
            buffer_append(out, text + at, bytes);
        else
            buffer_puts(out, "\xef\xbf\xbd");
        at += bytes ? bytes : 1;
    }
    buffer_put(out, '"');
}
