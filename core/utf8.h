/* utf8.h: reading UTF-8 strictly: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef CORE_UTF8_H
#define CORE_UTF8_H

#include "core/str.h"

enum { UTF8_INVALID = -1, UTF8_REPLACEMENT = 0xFFFD };

/* The code point at byte `at` (< text.len) and its size in bytes. UTF8_INVALID for a broken sequence; *size is then
 * the part to replace by one U+FFFD (1 to 3 bytes: the longest prefix of a good sequence, as Unicode advises). */
int32_t utf8_decode(Str text, int64_t at, int32_t *size);
/* Writes 1 to 4 bytes and returns how many. */
int32_t utf8_encode(int32_t code_point, char *out);
bool    utf8_is_valid(Str text);
/* Code points; each broken part counts as one. */
int64_t utf8_count(Str text);
/* Columns of a terminal: 0 for combining marks, 2 for wide East Asian characters and emoji, else 1. */
int32_t utf8_width(int32_t code_point);

#endif
