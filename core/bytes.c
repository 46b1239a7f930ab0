/* bytes.c: see bytes.h. */
#include "core/bytes.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "state files are written as memory is");

void encode_i64(int64_t value, Text *out)
{
    text_append(out, (Str){ (const char *)&value, sizeof(value) });
}

bool decode_i64(const char **cursor, const char *end, int64_t *value)
{
    if (end - *cursor < (int64_t)sizeof(*value))
        return false;
    memcpy(value, *cursor, sizeof(*value));
    *cursor += sizeof(*value);
    return true;
}

void encode_str(Str value, Text *out)
{
    encode_i64(value.len, out);
    text_append(out, value);
}

bool decode_str(const char **cursor, const char *end, Str *value)
{
    int64_t size;
    if (!decode_i64(cursor, end, &size) || size < 0 || size > end - *cursor)
        return false;
    *value = (Str){ *cursor, size };
    *cursor += size;
    return true;
}

void encode_bool(bool value, Text *out)
{
    text_put(out, (char)value);
}

bool decode_bool(const char **cursor, const char *end, bool *value)
{
    if (*cursor == end || (unsigned char)**cursor > 1)
        return false;
    *value = **cursor == 1;
    (*cursor)++;
    return true;
}
