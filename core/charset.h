/* charset.h: texts, which are UTF-8 inside, as bytes of another character set, by the names that Java knows. */
#ifndef CORE_CHARSET_H
#define CORE_CHARSET_H

#include "core/str.h"

typedef enum Charset { CHARSET_UTF8, CHARSET_LATIN1, CHARSET_ASCII, CHARSET_UTF16, CHARSET_UTF16BE, CHARSET_UTF16LE } Charset;

/* For a hint. */
#define CHARSETS_KNOWN "US-ASCII, ISO-8859-1, UTF-8, UTF-16, UTF-16BE and UTF-16LE are"

#define CHARSET_ENCODED_SIZE_MAX(size) ((size) * 2 + 4)
#define CHARSET_DECODED_SIZE_MAX(size) ((size) * 3 + 4)

/* Whatever the case; false: not known. */
bool charset_find(Str name, Charset *out);
/* Writes the bytes of the text and returns their size; a character that the set does not have is `?`. UTF-16 begins with its byte order mark. */
int64_t charset_encode(Charset charset, Str text, char *to);
/* Writes the text of the bytes and returns its size; each broken part is one U+FFFD. */
int64_t charset_decode(Charset charset, Str bytes, char *to);

#endif
