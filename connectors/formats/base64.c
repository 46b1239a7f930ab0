/* base64.c: four characters are three bytes; "xx==" is one, "xxx=" two. More groups may follow a padded one. */
#include "connectors/formats/base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int32_t digit_value(char byte)
{
    if (byte >= 'A' && byte <= 'Z')
        return byte - 'A';
    if (byte >= 'a' && byte <= 'z')
        return byte - 'a' + 26;
    if (byte >= '0' && byte <= '9')
        return byte - '0' + 52;
    if (byte == '+')
        return 62;
    return byte == '/' ? 63 : -1;
}

/* The bytes of one group, or -1. */
static int64_t decode_group(const char *group, char *out)
{
    int32_t first = digit_value(group[0]);
    int32_t second = digit_value(group[1]);
    int32_t third = digit_value(group[2]);
    int32_t fourth = digit_value(group[3]);
    if (first < 0 || second < 0 || (third < 0 && group[2] != '=') || (fourth < 0 && group[3] != '=') ||
        (third < 0 && fourth >= 0))
        return -1;
    out[0] = (char)(first << 2 | second >> 4);
    if (third < 0)
        return 1;
    out[1] = (char)(second << 4 | third >> 2);
    if (fourth < 0)
        return 2;
    out[2] = (char)(third << 6 | fourth);
    return 3;
}

int64_t base64_decode(Str text, char *out)
{
    int64_t at = 0;
    int64_t written = 0;
    for (;;) {
        while (at < text.len && (unsigned char)text.ptr[at] <= ' ')
            at++;
        if (at == text.len)
            return written;
        if (text.len - at < 4)
            return -1;
        int64_t size = decode_group(text.ptr + at, out + written);
        if (size < 0)
            return -1;
        written += size;
        at += 4;
    }
}

void base64_encode(Str bytes, Text *out)
{
    int64_t size = (bytes.len + 2) / 3 * 4;
    char   *to = text_reserve(out, size);
    if (!to)
        return;
    for (int64_t at = 0; at < bytes.len; at += 3) {
        int64_t  left = bytes.len - at;
        uint32_t group = (uint32_t)(unsigned char)bytes.ptr[at] << 16;
        group |= left > 1 ? (uint32_t)(unsigned char)bytes.ptr[at + 1] << 8 : 0;
        group |= left > 2 ? (uint32_t)(unsigned char)bytes.ptr[at + 2] : 0;
        *to++ = digits[group >> 18];
        *to++ = digits[group >> 12 & 63];
        *to++ = left > 1 ? digits[group >> 6 & 63] : '=';
        *to++ = left > 2 ? digits[group & 63] : '=';
    }
    out->len += size;
}
