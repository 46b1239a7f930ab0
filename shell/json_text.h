/* json_text.h: texts as JSON. */
#ifndef SHELL_JSON_TEXT_H
#define SHELL_JSON_TEXT_H

#include "buffer.h"

#include <stdbool.h>

/* In quotes, escaped; bytes that are not UTF-8 become U+FFFD. */
void json_put_string(Buffer *out, const char *text, size_t size);
/* Can the text stand as a JSON number? NaN and Infinity cannot. */
bool json_is_number(const char *text, size_t size);

#endif
