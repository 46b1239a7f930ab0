/* str.h: text as pointer and length. NUL-terminated strings exist only at the edge of the system. */
#ifndef CORE_STR_H
#define CORE_STR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct Str {
    const char *ptr;
    int64_t     len;
} Str;

#define STR(literal) ((Str){ (literal), (int64_t)sizeof(literal) - 1 })
#define STR_EMPTY    ((Str){ "", 0 })
/* For printf: "%.*s", STR_FMT(text) */
#define STR_FMT(text) (int)(text).len, (text).ptr

static inline Str str_from(const char *nul_terminated)
{
    return (Str){ nul_terminated, (int64_t)strlen(nul_terminated) };
}

static inline bool str_eq(Str left, Str right)
{
    return left.len == right.len && (left.len == 0 || memcmp(left.ptr, right.ptr, (size_t)left.len) == 0);
}

static inline bool str_is(Str text, const char *literal)
{
    return str_eq(text, str_from(literal));
}

/* ASCII case folding only: keywords, function names and option values are ASCII. */
bool str_eq_nocase(Str left, Str right);
bool str_is_nocase(Str text, const char *literal);
/* Byte order, shorter first on a tie. */
int  str_compare(Str left, Str right);
bool str_starts_with(Str text, Str prefix);
bool str_ends_with(Str text, Str suffix);
/* Index of the first byte, or -1. */
int64_t str_find(Str text, char byte);
/* Without ASCII white space at both ends. */
Str str_trim(Str text);
/* text[start, end) */
static inline Str str_slice(Str text, int64_t start, int64_t end)
{
    return (Str){ text.ptr + start, end - start };
}
/* Cuts the part before the first separator off *rest; false when nothing is left. "a;b" gives a, b; "" gives nothing. */
bool str_split(Str *rest, char separator, Str *part);
/* The whole text is one decimal integer (optional sign) that fits. */
bool str_to_i64(Str text, int64_t *out);

/* Edit distance (insert, delete, replace, swap of neighbours), for "did you mean"; case is ignored. */
int64_t str_distance(Str left, Str right);

#endif
