/* utf8.c: strict UTF-8. The second byte decides whether a sequence is overlong, a surrogate or too large, so its
 * allowed range depends on the first; all later bytes are 80..BF. */
#include "core/utf8.h"

#include "core/word.h"

#include <stddef.h>

typedef struct Lead {
    int32_t size; /* 0 = not a first byte */
    uint8_t second_min;
    uint8_t second_max;
} Lead;

static Lead lead_of(uint8_t byte)
{
    if (byte < 0x80)
        return (Lead){ 1, 0, 0 };
    if (byte < 0xC2 || byte > 0xF4)
        return (Lead){ 0, 0, 0 };
    if (byte < 0xE0)
        return (Lead){ 2, 0x80, 0xBF };
    if (byte < 0xF0)
        return (Lead){ 3, byte == 0xE0 ? 0xA0 : 0x80, byte == 0xED ? 0x9F : 0xBF };
    return (Lead){ 4, byte == 0xF0 ? 0x90 : 0x80, byte == 0xF4 ? 0x8F : 0xBF };
}

int32_t utf8_decode(Str text, int64_t at, int32_t *size)
{
    const uint8_t *bytes = (const uint8_t *)text.ptr + at;
    int64_t        left = text.len - at;
    Lead           lead = lead_of(bytes[0]);
    *size = 1;
    if (lead.size <= 1)
        return lead.size ? bytes[0] : UTF8_INVALID;
    int32_t code_point = bytes[0] & (0x7F >> lead.size);
    for (int32_t i = 1; i < lead.size; i++) {
        uint8_t low = i == 1 ? lead.second_min : 0x80;
        uint8_t high = i == 1 ? lead.second_max : 0xBF;
        if (i >= left || bytes[i] < low || bytes[i] > high)
            return UTF8_INVALID;
        code_point = code_point << 6 | (bytes[i] & 0x3F);
        *size = i + 1;
    }
    return code_point;
}

int32_t utf8_encode(int32_t code_point, char *out)
{
    uint32_t value = (uint32_t)code_point;
    if (value < 0x80) {
        out[0] = (char)value;
        return 1;
    }
    int32_t size = value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;
    for (int32_t i = size - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (value & 0x3F));
        value >>= 6;
    }
    out[0] = (char)((0xF00 >> size & 0xFF) | value);
    return size;
}

/* Behind the ASCII characters at `at`. */
static int64_t skip_ascii(Str text, int64_t at)
{
    while (text.len - at >= WORD_SIZE && !(word_load(text.ptr + at) & WORD_TOPS))
        at += WORD_SIZE;
    while (at < text.len && (unsigned char)text.ptr[at] < 0x80)
        at++;
    return at;
}

bool utf8_is_valid(Str text)
{
    int32_t size;
    for (int64_t at = skip_ascii(text, 0); at < text.len; at = skip_ascii(text, at + size))
        if (utf8_decode(text, at, &size) == UTF8_INVALID)
            return false;
    return true;
}

int64_t utf8_count(Str text)
{
    int64_t count = 0;
    int32_t size;
    for (int64_t at = 0; at < text.len; at += size) {
        utf8_decode(text, at, &size);
        count++;
    }
    return count;
}

typedef struct WidthRange {
    int32_t first;
    int32_t last;
    int32_t width;
} WidthRange;

/* The blocks that matter in practice, not the whole of Unicode annex 11. */
static const WidthRange width_ranges[] = {
    { 0x0300, 0x036F, 0 },   { 0x1100, 0x115F, 2 },   { 0x200B, 0x200F, 0 },   { 0x20D0, 0x20FF, 0 },
    { 0x2E80, 0x303E, 2 },   { 0x3041, 0x33FF, 2 },   { 0x3400, 0x4DBF, 2 },   { 0x4E00, 0x9FFF, 2 },
    { 0xA000, 0xA4CF, 2 },   { 0xAC00, 0xD7A3, 2 },   { 0xF900, 0xFAFF, 2 },   { 0xFE00, 0xFE0F, 0 },
    { 0xFE30, 0xFE6F, 2 },   { 0xFF00, 0xFF60, 2 },   { 0xFFE0, 0xFFE6, 2 },   { 0x1F300, 0x1F64F, 2 },
    { 0x1F680, 0x1F6FF, 2 }, { 0x1F900, 0x1F9FF, 2 }, { 0x20000, 0x3FFFD, 2 },
};

int32_t utf8_width(int32_t code_point)
{
    for (size_t i = 0; i < sizeof(width_ranges) / sizeof(width_ranges[0]); i++)
        if (code_point >= width_ranges[i].first && code_point <= width_ranges[i].last)
            return width_ranges[i].width;
    return 1;
}
