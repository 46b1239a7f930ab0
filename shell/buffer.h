/* buffer.h: text that grows, for building one block of output before it is written at once. Always ends in a NUL that
 * is not counted. Running out of memory ends the program with a message: a shell has nothing better to do. */
#ifndef SHELL_BUFFER_H
#define SHELL_BUFFER_H

#include <stddef.h>

typedef struct Buffer {
    char  *data;
    size_t size;
    size_t capacity;
} Buffer;

#define BUFFER_EMPTY ((Buffer){ 0 })

void buffer_free(Buffer *buffer);
/* Keeps the memory. */
void buffer_clear(Buffer *buffer);
void buffer_cut(Buffer *buffer, size_t size);
void buffer_put(Buffer *buffer, char c);
void buffer_append(Buffer *buffer, const char *data, size_t size);
void buffer_puts(Buffer *buffer, const char *text);
void buffer_repeat(Buffer *buffer, char c, size_t count);
void buffer_printf(Buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The text, "" when nothing was ever written. */
const char *buffer_text(const Buffer *buffer);

/* malloc, calloc and strdup that do not return NULL. */
void *memory_new(size_t count, size_t size);
char *memory_copy(const char *text);

#endif
