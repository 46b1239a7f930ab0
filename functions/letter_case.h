/* letter_case.h: upper and lower case of texts, as Java's String does it in the root locale. */
#ifndef FUNCTIONS_LETTER_CASE_H
#define FUNCTIONS_LETTER_CASE_H

#include "core/str.h"

/* Bytes that the result may take. */
#define LETTER_CASE_GROWTH 3

/* Writes at most LETTER_CASE_GROWTH * text.len bytes and returns how many. */
int64_t text_to_upper(Str text, char *out);
int64_t text_to_lower(Str text, char *out);

/* The text of ASCII characters only? */
bool text_is_ascii(Str text);

#endif
