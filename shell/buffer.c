/* buffer.c: doubling on growth, so that appending is cheap on average. */
#include "buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *memory)
{
    if (memory)
        return memory;
    fputs("tidemark: out of memory\n", stderr);
    exit(1);
}

void *memory_new(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size));
}

char *memory_copy(const char *text)
{
    return checked(strdup(text));
}

static void reserve(Buffer *buffer, size_t more)
{
    size_t needed = buffer->size + more + 1;
    if (needed <= buffer->capacity)
        return;
    size_t capacity = buffer->capacity ? buffer->capacity : 256;
    while (capacity < needed)
        capacity *= 2;
    buffer->data = checked(realloc(buffer->data, capacity));
    buffer->capacity = capacity;
}

void buffer_free(Buffer *buffer)
{
    free(buffer->data);
    *buffer = BUFFER_EMPTY;
}

void buffer_cut(Buffer *buffer, size_t size)
{
    if (size > buffer->size || !buffer->data)
        return;
    buffer->size = size;
    buffer->data[size] = '\0';
}

void buffer_clear(Buffer *buffer)
{
    buffer_cut(buffer, 0);
}

void buffer_append(Buffer *buffer, const char *data, size_t size)
{
    reserve(buffer, size);
    if (size > 0)
        memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
    buffer->data[buffer->size] = '\0';
}

void buffer_put(Buffer *buffer, char c)
{
    buffer_append(buffer, &c, 1);
}

void buffer_puts(Buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

void buffer_repeat(Buffer *buffer, char c, size_t count)
{
    reserve(buffer, count);
    memset(buffer->data + buffer->size, c, count);
    buffer->size += count;
    buffer->data[buffer->size] = '\0';
}

void buffer_printf(Buffer *buffer, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int size = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (size <= 0)
        return;
    reserve(buffer, (size_t)size);
    va_start(list, format);
    vsnprintf(buffer->data + buffer->size, (size_t)size + 1, format, list);
    va_end(list);
    buffer->size += (size_t)size;
}

const char *buffer_text(const Buffer *buffer)
{
    return buffer->data ? buffer->data : "";
}
