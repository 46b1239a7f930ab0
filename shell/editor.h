/* editor.h: a line with libedit, keys read by our own loop so that signals and notices are seen between two keys. */
#ifndef SHELL_EDITOR_H
#define SHELL_EDITOR_H

#include "buffer.h"

#include <stdbool.h>
#include <stdio.h>

typedef enum EditorEvent {
    EDITOR_LINE,   /* of `woke`: go on */
    EDITOR_CANCEL, /* Ctrl-C: the input is dropped */
    EDITOR_END     /* Ctrl-D on an empty line, or the terminal went away */
} EditorEvent;

typedef struct Editor Editor;

typedef struct EditorHost {
    void *context;
    int   wake_fd; /* an eventfd: when it is readable, it is read and woke is called */
    /* How long to wait for a key before woke is called all the same; -1: for ever. */
    int (*patience_ms)(void *context);
    /* Lines put into notices are shown above the prompt. */
    EditorEvent (*woke)(void *context, Editor *editor, Buffer *notices);
    /* Candidates for the word that ends at the end of the text, separated by newlines. */
    const char *(*complete)(void *context, const char *text, size_t size);
} EditorHost;

Editor *editor_open(const EditorHost *host, FILE *out, const char *history_path);
void    editor_close(Editor *editor);
/* One line without its newline (a pasted or recalled one may hold newlines). before: the lines of the statement so
 * far, "" at its start; it decides the prompt, and completion looks at it. */
EditorEvent editor_read(Editor *editor, const char *before, Buffer *line);
void editor_remember(Editor *editor, const char *statement);
/* The terminal has another size, or was used by somebody else. */
void editor_redraw(Editor *editor);

#endif
