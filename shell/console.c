/* console.c: whole blocks go out in one write(2), so that a reader of stdout sees rows as soon as they are there. */
#include "console.h"

#include "display_width.h"
#include "stopwatch.h"

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { ROWS_QUIET_MS = 300 };             /* after rows, the live line stays away for so long */
#define WAITING_SIZE_MAX ((size_t)64 << 10) /* notices that wait for the prompt; later ones are dropped */

#define ERASE_LINE "\r\033[K"
#define BOLD_RED   "\033[1;31m"
#define BLUE       "\033[1;34m"
#define CYAN       "\033[36m"
#define PLAIN      "\033[0m"

void console_open(Console *console)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    *console = (Console){ .wake_fd = -1, .rows_ms = INT64_MIN / 2 };
    console->in_is_terminal = isatty(STDIN_FILENO);
    console->out_is_terminal = isatty(STDOUT_FILENO);
    bool is_dumb = !term || strcmp(term, "dumb") == 0;
    console->err_is_terminal = isatty(STDERR_FILENO) && !is_dumb;
    console->has_colours = console->err_is_terminal && !(no_color && no_color[0]);
    console->is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    pthread_mutex_init(&console->mutex, NULL);
}

void console_close(Console *console)
{
    console_live(console, "");
    buffer_free(&console->waiting);
    pthread_mutex_destroy(&console->mutex);
}

int console_columns(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

/* ---- writing; the lock is held ---------------------------------------------------------------------------------- */

static bool write_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, data, size);
        if (written >= 0) {
            data += written;
            size -= (size_t)written;
        } else if (errno == EAGAIN) {
            poll(&(struct pollfd){ .fd = fd, .events = POLLOUT }, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

static void erase_live(Console *console)
{
    if (console->has_live)
        write_all(STDERR_FILENO, ERASE_LINE, strlen(ERASE_LINE));
    console->has_live = false;
}

/* To stderr, or, while a person types, to the lines that wait. */
static void write_message(Console *console, const Buffer *text)
{
    pthread_mutex_lock(&console->mutex);
    if (!console->is_prompting) {
        erase_live(console);
        write_all(STDERR_FILENO, buffer_text(text), text->size);
    } else if (console->waiting.size + text->size <= WAITING_SIZE_MAX) {
        buffer_append(&console->waiting, buffer_text(text), text->size);
    }
    pthread_mutex_unlock(&console->mutex);
}

bool console_write(Console *console, const char *data, size_t size)
{
    pthread_mutex_lock(&console->mutex);
    if (console->out_is_terminal) {
        erase_live(console);
        console->rows_ms = stopwatch_ms();
    }
    if (!console->is_broken && !write_all(STDOUT_FILENO, data, size)) {
        console->is_broken = true;
        console->broken_errno = errno;
    }
    bool is_written = !console->is_broken;
    pthread_mutex_unlock(&console->mutex);
    return is_written;
}

/* ---- messages --------------------------------------------------------------------------------------------------- */

static void put_formatted(Buffer *text, const char *format, va_list list)
{
    char line[4096];
    int size = vsnprintf(line, sizeof(line), format, list);
    if (size > 0)
        buffer_puts(text, line);
}

void console_message(Console *console, const char *format, ...)
{
    Buffer text = BUFFER_EMPTY;
    va_list list;
    va_start(list, format);
    put_formatted(&text, format, list);
    va_end(list);
    buffer_put(&text, '\n');
    write_message(console, &text);
    buffer_free(&text);
}

void console_info(Console *console, const char *format, ...)
{
    Buffer text = BUFFER_EMPTY;
    va_list list;
    va_start(list, format);
    buffer_puts(&text, console->has_colours ? BLUE "[INFO] " : "[INFO] ");
    put_formatted(&text, format, list);
    va_end(list);
    buffer_puts(&text, console->has_colours ? PLAIN "\n" : "\n");
    write_message(console, &text);
    buffer_free(&text);
}

/* One line of a rendered error: the word "error", the carets and the word "hint" get colours. */
static void put_error_line(Buffer *out, const char *line, size_t size, bool is_first)
{
    static const char error[] = "error: ", hint[] = "  hint: ";
    const char *word = is_first ? memmem(line, size, error, strlen(error)) : NULL;
    const char *carets = line + size;
    while (carets > line && carets[-1] == '^')
        carets--;
    if (word) {
        buffer_append(out, line, (size_t)(word - line));
        buffer_puts(out, BOLD_RED "error:" PLAIN);
        word += strlen("error:");
        buffer_append(out, word, (size_t)(line + size - word));
    } else if (!is_first && carets < line + size) {
        buffer_append(out, line, (size_t)(carets - line));
        buffer_puts(out, BOLD_RED);
        buffer_append(out, carets, (size_t)(line + size - carets));
        buffer_puts(out, PLAIN);
    } else if (size >= strlen(hint) && memcmp(line, hint, strlen(hint)) == 0) {
        buffer_puts(out, "  " CYAN "hint:" PLAIN);
        buffer_append(out, line + strlen("  hint:"), size - strlen("  hint:"));
    } else {
        buffer_append(out, line, size);
    }
}

void console_error(Console *console, const tide_error *err)
{
    const char *line = tide_error_render(err);
    Buffer text = BUFFER_EMPTY;
    for (bool is_first = true; *line; is_first = false) {
        size_t size = strcspn(line, "\n");
        if (console->has_colours)
            put_error_line(&text, line, size, is_first);
        else
            buffer_append(&text, line, size);
        buffer_put(&text, '\n');
        line += size + (line[size] == '\n');
    }
    write_message(console, &text);
    buffer_free(&text);
}

/* ---- notices and the prompt ------------------------------------------------------------------------------------- */

void console_notice(void *context, const char *line)
{
    Console *console = context;
    console_message(console, "%s", line);
    pthread_mutex_lock(&console->mutex);
    if (console->is_prompting && console->wake_fd >= 0)
        eventfd_write(console->wake_fd, 1);
    pthread_mutex_unlock(&console->mutex);
}

void console_prompt_begin(Console *console, int wake_fd)
{
    pthread_mutex_lock(&console->mutex);
    erase_live(console);
    console->is_prompting = true;
    console->wake_fd = wake_fd;
    pthread_mutex_unlock(&console->mutex);
}

void console_prompt_end(Console *console)
{
    pthread_mutex_lock(&console->mutex);
    console->is_prompting = false;
    write_all(STDERR_FILENO, buffer_text(&console->waiting), console->waiting.size);
    buffer_clear(&console->waiting);
    pthread_mutex_unlock(&console->mutex);
}

void console_take_waiting(Console *console, Buffer *out)
{
    pthread_mutex_lock(&console->mutex);
    buffer_append(out, buffer_text(&console->waiting), console->waiting.size);
    buffer_clear(&console->waiting);
    pthread_mutex_unlock(&console->mutex);
}

/* ---- the live line ---------------------------------------------------------------------------------------------- */

void console_live(Console *console, const char *line)
{
    if (!console->err_is_terminal || pthread_mutex_trylock(&console->mutex) != 0)
        return;
    bool is_wanted = line[0] && !console->is_prompting && stopwatch_ms() - console->rows_ms > ROWS_QUIET_MS;
    if (is_wanted) {
        size_t taken;
        Buffer text = BUFFER_EMPTY;
        buffer_puts(&text, ERASE_LINE);
        buffer_append(&text, line, display_fit(line, strlen(line), (size_t)console_columns() - 1, &taken));
        write_all(STDERR_FILENO, text.data, text.size);
        buffer_free(&text);
        console->has_live = true;
    } else {
        erase_live(console);
    }
    pthread_mutex_unlock(&console->mutex);
}
