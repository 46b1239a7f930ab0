/* json_text.h: texts as JSON. */
#ifndef SHELL_JSON_TEXT_H
#define SHELL_JSON_TEXT_H

#include "buffer.h"

/* In quotes, escaped; bytes that are not UTF-8 become U+FFFD. */
void json_text_put(Buffer *out, const char *text, size_t size);

#endif
