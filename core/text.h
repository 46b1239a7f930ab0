/* text.h: a growing byte buffer with a maximum. The one string builder of the house.
 *
 * Owns its memory: text_free when done. Growing past `max` (0 = 1 GiB) drops the append and sets `overflow`;
 * check it once at the end. */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include "core/str.h"

#include <stdarg.h>

typedef struct Text {
    char   *ptr;
    int64_t len;
    int64_t capacity;
    int64_t max;
    bool    overflow;
} Text;

#define TEXT_EMPTY ((Text){ 0 })

void text_free(Text *text);
static inline void text_clear(Text *text)
{
    text->len = 0;
    text->overflow = false;
}
static inline Str text_str(const Text *text)
{
    return (Str){ text->ptr ? text->ptr : "", text->len };
}
/* NUL-terminated view of what is there; valid until the next append. */
const char *text_cstr(Text *text);

/* Room for `size` more bytes at text->ptr + text->len, for writers that fill in place and then add to len.
 * NULL on overflow. */
char *text_reserve(Text *text, int64_t size);
void  text_append(Text *text, Str more);
void  text_put(Text *text, char byte);
void  text_puts(Text *text, const char *nul_terminated);
void  text_repeat(Text *text, char byte, int64_t count);
void  text_put_i64(Text *text, int64_t value);
void  text_printf(Text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void  text_vprintf(Text *text, const char *format, va_list args);
/* As a JSON string with quotes; invalid UTF-8 becomes U+FFFD. */
void  text_put_json(Text *text, Str value);
/* 'it''s' */
void  text_put_sql_string(Text *text, Str value);
/* `a``b` */
void  text_put_sql_name(Text *text, Str name);

#endif
