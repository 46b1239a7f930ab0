/* text.c: growing text and lists of lines. Memory out ends the program: it is a test. */
#include "tests/sql/runner/case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *grow(void *memory, size_t size)
{
    void *grown = realloc(memory, size);
    if (!grown) {
        fputs("out of memory\n", stderr);
        exit(2);
    }
    return grown;
}

void buffer_add(Buffer *buffer, const char *text, size_t size)
{
    if (buffer->size + size + 1 > buffer->capacity) {
        buffer->capacity = (buffer->size + size + 1) * 2;
        buffer->text = grow(buffer->text, buffer->capacity);
    }
    memcpy(buffer->text + buffer->size, text, size);
    buffer->size += size;
    buffer->text[buffer->size] = 0;
}

void buffer_puts(Buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

void buffer_free(Buffer *buffer)
{
    free(buffer->text);
    *buffer = (Buffer){ 0 };
}

void lines_add(Lines *lines, const char *text)
{
    if (lines->count == lines->capacity) {
        lines->capacity = lines->capacity * 2 + 8;
        lines->items = grow(lines->items, lines->capacity * sizeof(char *));
    }
    char *copy = grow(NULL, strlen(text) + 1);
    strcpy(copy, text);
    lines->items[lines->count++] = copy;
}

static int by_text(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

void lines_sort(Lines *lines)
{
    if (lines->count > 1)
        qsort(lines->items, lines->count, sizeof(char *), by_text);
}

void lines_free(Lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        free(lines->items[i]);
    free(lines->items);
    *lines = (Lines){ 0 };
}
