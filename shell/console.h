/* console.h: the terminal, or what stands in its place: results to stdout, everything else to stderr, and at most one
 * live line.
 *
 * All writing goes through here, under one lock, because three kinds of threads write: the main one (rows, messages),
 * the watch (the live line), and the engine's (notices). The live line is erased before anything else is written.
 * While a person types at the prompt, messages wait in a bounded queue, and the prompt shows them between two keys. */
#ifndef SHELL_CONSOLE_H
#define SHELL_CONSOLE_H

#include "buffer.h"
#include "tidemark.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Console {
    bool in_is_terminal, out_is_terminal, err_is_terminal;
    bool has_colours; /* on stderr */
    bool is_utf8;
    bool is_broken;   /* stdout takes no more; broken_errno says why */
    int  broken_errno;

    pthread_mutex_t mutex; /* guards what follows, and the two streams */
    bool    has_live;
    int64_t rows_ms;       /* when rows were last written to the terminal */
    bool    is_prompting;
    Buffer  waiting;       /* messages for the prompt */
    int     wake_fd;       /* eventfd of the prompt, -1 */
} Console;

void console_open(Console *console);
void console_close(Console *console);

/* Results: to stdout at once. false when stdout takes no more. */
bool console_write(Console *console, const char *data, size_t size);
/* A line to stderr; the newline is added. */
void console_message(Console *console, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "[INFO] ...", as the dialect's client writes it. */
void console_info(Console *console, const char *format, ...) __attribute__((format(printf, 2, 3)));
void console_error(Console *console, const tide_error *err);
/* For tide_config_on_notice: context is the Console. */
void console_notice(void *context, const char *line);

/* Shows the line in place of the last one, cut to the terminal's width; "" takes it away. Does nothing when somebody
 * else is writing or rows have just been shown. */
void console_live(Console *console, const char *line);

/* From now on messages wait, and wake_fd (an eventfd) is written to for each notice. */
void console_prompt_begin(Console *console, int wake_fd);
void console_prompt_end(Console *console);
/* Moves the lines that wait to out. */
void console_take_waiting(Console *console, Buffer *out);

int console_columns(void);

#endif
