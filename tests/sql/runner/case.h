/* case.h: a .test file as a list of cases, each a list of steps. See tests/sql/README.md for the notation. */
#ifndef TESTS_SQL_CASE_H
#define TESTS_SQL_CASE_H

#include <stdbool.h>
#include <stddef.h>

/* Growing text; NUL-terminated. */
typedef struct Buffer {
    char  *text;
    size_t size, capacity;
} Buffer;
void buffer_add(Buffer *buffer, const char *text, size_t size);
void buffer_puts(Buffer *buffer, const char *text);
void buffer_free(Buffer *buffer);

typedef struct Lines {
    char **items;
    size_t count, capacity;
} Lines;
void lines_add(Lines *lines, const char *text);
void lines_sort(Lines *lines);
void lines_free(Lines *lines);

/* One statement and what is expected of it. */
typedef struct Step {
    int    line;       /* of the file */
    char  *sql;
    Buffer rows;       /* > lines, joined by newlines */
    bool   has_rows;   /* some > line: the table gets a values connector */
    char  *columns;    /* = line, or NULL */
    Lines  expected;   /* < lines with a kind */
    bool   has_expected;
    long   late, bad;  /* -1 = not said */
    char  *error;      /* ! lines, or NULL */
    char  *hint;
} Step;

typedef struct Case {
    char  *title;
    int    line;
    bool   is_folded, is_ordered, is_single;
    Step  *steps;
    size_t step_count, step_capacity;
} Case;

typedef struct File {
    Case  *cases;
    size_t count, capacity;
} File;

/* false: the file cannot be read or has a line that means nothing; the reason went to stderr. */
bool file_read(const char *path, File *out);
void file_free(File *file);

#endif
