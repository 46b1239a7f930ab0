/* str.c: comparing, cutting and reading Str. Nothing here allocates. */
#include "core/str.h"

enum { DISTANCE_LENGTH_MAX = 64 };

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

bool str_eq_nocase(Str left, Str right)
{
    if (left.len != right.len)
        return false;
    for (int64_t i = 0; i < left.len; i++)
        if (lower(left.ptr[i]) != lower(right.ptr[i]))
            return false;
    return true;
}

bool str_is_nocase(Str text, const char *literal)
{
    return str_eq_nocase(text, str_from(literal));
}

int str_compare(Str left, Str right)
{
    int64_t shared = left.len < right.len ? left.len : right.len;
    int     order = shared ? memcmp(left.ptr, right.ptr, (size_t)shared) : 0;
    if (order)
        return order;
    return (left.len > right.len) - (left.len < right.len);
}

bool str_starts_with(Str text, Str prefix)
{
    return text.len >= prefix.len && str_eq(str_slice(text, 0, prefix.len), prefix);
}

bool str_ends_with(Str text, Str suffix)
{
    return text.len >= suffix.len && str_eq(str_slice(text, text.len - suffix.len, text.len), suffix);
}

int64_t str_find(Str text, char byte)
{
    const char *found = text.len ? memchr(text.ptr, byte, (size_t)text.len) : NULL;
    return found ? found - text.ptr : -1;
}

Str str_trim(Str text)
{
    int64_t start = 0;
    int64_t end = text.len;
    while (start < end && is_space(text.ptr[start]))
        start++;
    while (end > start && is_space(text.ptr[end - 1]))
        end--;
    return str_slice(text, start, end);
}

bool str_split(Str *rest, char separator, Str *part)
{
    if (rest->len == 0)
        return false;
    int64_t at = str_find(*rest, separator);
    if (at < 0) {
        *part = *rest;
        *rest = str_slice(*rest, rest->len, rest->len);
        return true;
    }
    *part = str_slice(*rest, 0, at);
    *rest = str_slice(*rest, at + 1, rest->len);
    return true;
}

bool str_to_i64(Str text, int64_t *out)
{
    bool     is_negative = text.len > 0 && text.ptr[0] == '-';
    int64_t  start = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+');
    uint64_t limit = (uint64_t)INT64_MAX + is_negative;
    uint64_t value = 0;
    if (start == text.len)
        return false;
    for (int64_t i = start; i < text.len; i++) {
        char digit = text.ptr[i];
        if (digit < '0' || digit > '9')
            return false;
        uint64_t add = (uint64_t)(digit - '0');
        if (value > (limit - add) / 10)
            return false;
        value = value * 10 + add;
    }
    *out = (int64_t)(is_negative ? 0 - value : value);
    return true;
}

static int64_t min3(int64_t a, int64_t b, int64_t c)
{
    int64_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Optimal string alignment over three rows. A name longer than the table is as far from any other as it is long. */
int64_t str_distance(Str left, Str right)
{
    int64_t rows[3][DISTANCE_LENGTH_MAX + 1];
    if (left.len > DISTANCE_LENGTH_MAX || right.len > DISTANCE_LENGTH_MAX)
        return str_eq_nocase(left, right) ? 0 : left.len > right.len ? left.len : right.len;
    for (int64_t j = 0; j <= right.len; j++)
        rows[0][j] = j;
    for (int64_t i = 1; i <= left.len; i++) {
        int64_t *row = rows[i % 3];
        int64_t *above = rows[(i + 2) % 3];
        int64_t *above2 = rows[(i + 1) % 3];
        char     l = lower(left.ptr[i - 1]);
        row[0] = i;
        for (int64_t j = 1; j <= right.len; j++) {
            char r = lower(right.ptr[j - 1]);
            row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + (l != r));
            bool is_swap = i > 1 && j > 1 && l == lower(right.ptr[j - 2]) && lower(left.ptr[i - 2]) == r;
            if (is_swap && above2[j - 2] + 1 < row[j])
                row[j] = above2[j - 2] + 1;
        }
    }
    return rows[left.len % 3][right.len];
}
