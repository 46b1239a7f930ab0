/* editor.c: libedit, and what it lacks: bracketed paste, Ctrl-C as a key in its place among the others, notices while
 * a line is edited.
 *
 * Keys come through read_key, which polls the terminal and the wake-up descriptor. Between ESC[200~ and ESC[201~ the
 * terminal sends pasted text: it goes into the line as it is, newlines included, and Enter submits it. */
#include "editor.h"

#include "completion.h"
#include "console.h"
#include "history_file.h"

#include <errno.h>
#include <histedit.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <wchar.h>

#define PASTE_SIZE_MAX  ((size_t)16 << 20)
#define PASTE_ON        "\033[?2004h"
#define PASTE_OFF       "\033[?2004l"
#define PASTE_END       "\033[201~"
#define CLEAR_TO_BOTTOM "\r\033[J"

struct Editor {
    EditorHost  host;
    EditLine   *edit;
    HistoryFile history;
    FILE       *out;
    const char *before;     /* of the call of editor_read */
    EditorEvent event;      /* why read_key gave up */
    mbstate_t   decoding;
    char        input[4096]; /* read from the terminal, not yet used: [input_at, input_size) */
    size_t      input_at, input_size;
};

static Editor *editor_of(EditLine *edit)
{
    Editor *editor;
    el_get(edit, EL_CLIENTDATA, &editor);
    return editor;
}

static void put(Editor *editor, const char *text)
{
    fputs(text, editor->out);
    fflush(editor->out);
}

/* ---- keys ------------------------------------------------------------------------------------------------------- */

void editor_redraw(Editor *editor)
{
    el_set(editor->edit, EL_PREP_TERM, 0);
    el_set(editor->edit, EL_PREP_TERM, 1);
    el_resize(editor->edit);
    el_set(editor->edit, EL_REFRESH);
}

static bool give_up(Editor *editor, EditorEvent event)
{
    editor->event = event;
    return false;
}

/* false: the line is given up. */
static bool wake_up(Editor *editor)
{
    uint64_t count;
    Buffer notices = BUFFER_EMPTY;
    eventfd_read(editor->host.wake_fd, &count); /* it does not block */
    EditorEvent event = editor->host.woke(editor->host.context, editor, &notices);
    if (notices.size > 0) {
        put(editor, CLEAR_TO_BOTTOM);
        put(editor, buffer_text(&notices));
        el_set(editor->edit, EL_REFRESH);
    }
    buffer_free(&notices);
    return event == EDITOR_LINE || give_up(editor, event);
}

static bool fill_input(Editor *editor)
{
    for (;;) {
        struct pollfd fds[] = {
            { .fd = STDIN_FILENO, .events = POLLIN },
            { .fd = editor->host.wake_fd, .events = POLLIN },
        };
        int ready = poll(fds, 2, editor->host.patience_ms(editor->host.context));
        if (ready < 0 && errno != EINTR)
            return give_up(editor, EDITOR_END);
        if (ready >= 0 && (fds[1].revents || !fds[0].revents)) {
            if (!wake_up(editor))
                return false;
            continue;
        }
        ssize_t size = ready < 0 ? -1 : read(STDIN_FILENO, editor->input, sizeof(editor->input));
        if (size > 0) {
            editor->input_at = 0;
            editor->input_size = (size_t)size;
            return true;
        }
        if (size == 0 || (errno != EINTR && errno != EAGAIN))
            return give_up(editor, EDITOR_END);
    }
}

static bool read_byte(Editor *editor, char *byte)
{
    if (editor->input_at == editor->input_size && !fill_input(editor))
        return false;
    *byte = editor->input[editor->input_at++];
    return true;
}

/* EL_GETCFN */
static int read_key(EditLine *edit, wchar_t *key)
{
    Editor *editor = editor_of(edit);
    for (;;) {
        char byte;
        if (!read_byte(editor, &byte))
            return -1;
        size_t used = mbrtowc(key, &byte, 1, &editor->decoding);
        if (used == (size_t)-1)
            editor->decoding = (mbstate_t){ 0 }; /* the byte is dropped */
        else if (used != (size_t)-2)
            return 1;
    }
}

/* ---- functions bound to keys ------------------------------------------------------------------------------------ */

static bool ends_with(const Buffer *text, const char *end)
{
    size_t size = strlen(end);
    return text->size >= size && memcmp(text->data + text->size - size, end, size) == 0;
}

/* Terminals send newlines as carriage returns. The last ones are left out: it is Enter that submits. */
static void insert_pasted(EditLine *edit, Buffer *text)
{
    size_t size = 0;
    for (size_t i = 0; i < text->size; i++) {
        char c = text->data[i];
        if (c == '\r' && i + 1 < text->size && text->data[i + 1] == '\n')
            continue;
        c = c == '\r' ? '\n' : c;
        if (c == '\n' || c == '\t' || (unsigned char)c >= 0x20)
            text->data[size++] = c;
    }
    while (size > 0 && text->data[size - 1] == '\n')
        size--;
    buffer_cut(text, size);
    el_insertstr(edit, buffer_text(text));
}

static unsigned char paste(EditLine *edit, int key)
{
    (void)key;
    Buffer text = BUFFER_EMPTY;
    char byte;
    while (!ends_with(&text, PASTE_END) && text.size < PASTE_SIZE_MAX && read_byte(editor_of(edit), &byte))
        buffer_put(&text, byte);
    if (ends_with(&text, PASTE_END))
        buffer_cut(&text, text.size - strlen(PASTE_END));
    insert_pasted(edit, &text);
    buffer_free(&text);
    return CC_REFRESH;
}

static int characters(const char *text, size_t size)
{
    int count = 0;
    for (size_t i = 0; i < size; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

static unsigned char apply(Editor *editor, const char *candidates, const Buffer *text)
{
    Completion completion;
    unsigned char action = CC_ERROR;
    completion_find(candidates, buffer_text(text), text->size, &completion);
    if (completion.count > 0 && completion.common.size > completion.typed) {
        el_deletestr(editor->edit, characters(text->data + text->size - completion.typed, completion.typed));
        el_insertstr(editor->edit, buffer_text(&completion.common));
        action = CC_REFRESH;
    } else if (completion.count > 1) {
        Buffer list = BUFFER_EMPTY;
        buffer_put(&list, '\n');
        completion_list(candidates, completion.count, (size_t)console_columns(), &list);
        put(editor, buffer_text(&list));
        buffer_free(&list);
        action = CC_REDISPLAY;
    }
    completion_free(&completion);
    return action;
}

static unsigned char cancel(EditLine *edit, int key)
{
    (void)key;
    give_up(editor_of(edit), EDITOR_CANCEL);
    return CC_EOF;
}

/* As the terminal would have done it. Whoever sees the process continue calls editor_redraw. */
static unsigned char suspend(EditLine *edit, int key)
{
    (void)key;
    el_set(edit, EL_PREP_TERM, 0);
    kill(0, SIGTSTP);
    return CC_NORM;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

/* Where no word has begun, Tab indents. */
static unsigned char complete(EditLine *edit, int key)
{
    (void)key;
    Editor *editor = editor_of(edit);
    const LineInfo *line = el_line(edit);
    size_t size = (size_t)(line->cursor - line->buffer);
    if (size == 0 || is_blank(line->cursor[-1]))
        return el_insertstr(edit, "  ") == 0 ? CC_REFRESH : CC_ERROR;
    Buffer text = BUFFER_EMPTY;
    buffer_puts(&text, editor->before);
    buffer_append(&text, line->buffer, size);
    const char *candidates = editor->host.complete(editor->host.context, buffer_text(&text), text.size);
    unsigned char action = apply(editor, candidates, &text);
    buffer_free(&text);
    return action;
}

/* ---- opening, reading ------------------------------------------------------------------------------------------- */

static char *prompt(EditLine *edit)
{
    static char first[] = "tidemark> ", next[] = "> ";
    return editor_of(edit)->before[0] ? next : first;
}

static void bind_keys(EditLine *edit)
{
    static const char *const keys[][2] = {
        { "\\e[200~", "tidemark-paste" },     { "^I", "tidemark-complete" },
        { "^C", "tidemark-cancel" },          { "^Z", "tidemark-suspend" },
        { "^R", "em-inc-search-prev" },       { "^S", "em-inc-search-next" },
        { "\\e[3~", "ed-delete-next-char" },
        { "\\e[H", "ed-move-to-beg" },        { "\\e[F", "ed-move-to-end" },
        { "\\e[1~", "ed-move-to-beg" },       { "\\e[4~", "ed-move-to-end" },
        { "\\e[1;5D", "ed-prev-word" },       { "\\e[1;5C", "em-next-word" },
    };
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        el_set(edit, EL_BIND, keys[i][0], keys[i][1], NULL);
}

Editor *editor_open(const EditorHost *host, FILE *out, const char *history_path)
{
    Editor *editor = memory_new(1, sizeof(*editor));
    editor->host = *host;
    editor->out = out;
    editor->before = "";
    history_open(&editor->history, history_path);
    EditLine *edit = editor->edit = el_init("tidemark", stdin, out, stderr);
    el_set(edit, EL_CLIENTDATA, editor);
    el_set(edit, EL_PROMPT, prompt);
    el_set(edit, EL_EDITOR, "emacs");
    el_set(edit, EL_HIST, history, editor->history.history);
    el_set(edit, EL_GETCFN, read_key);
    /* wide: of narrow names libedit keeps copies that it does not free */
    el_wset(edit, EL_ADDFN, L"tidemark-paste", L"Insert pasted text", paste);
    el_wset(edit, EL_ADDFN, L"tidemark-complete", L"Complete the word", complete);
    el_wset(edit, EL_ADDFN, L"tidemark-cancel", L"Drop the input", cancel);
    el_wset(edit, EL_ADDFN, L"tidemark-suspend", L"Stop the program", suspend);
    el_set(edit, EL_SETTY, "-d", "-isig", NULL); /* while a line is edited Ctrl-C and Ctrl-Z are keys, no signals */
    bind_keys(edit);
    el_source(edit, NULL);
    return editor;
}

void editor_close(Editor *editor)
{
    el_end(editor->edit);
    history_close(&editor->history);
    free(editor);
}

EditorEvent editor_read(Editor *editor, const char *before, Buffer *line)
{
    int size = 0;
    editor->before = before;
    editor->event = EDITOR_LINE;
    el_set(editor->edit, EL_PREP_TERM, 1); /* libedit does it behind the prompt: a key in between would be echoed */
    put(editor, PASTE_ON);
    const char *text = el_gets(editor->edit, &size);
    put(editor, PASTE_OFF);
    if (!text || size <= 0) {
        put(editor, editor->event == EDITOR_CANCEL ? "^C\n" : "\n");
        bool is_key = editor->event == EDITOR_LINE; /* Ctrl-D: inside a statement it only drops that */
        return is_key ? (before[0] ? EDITOR_CANCEL : EDITOR_END) : editor->event;
    }
    buffer_append(line, text, (size_t)size);
    if (line->size > 0 && line->data[line->size - 1] == '\n')
        buffer_cut(line, line->size - 1);
    return EDITOR_LINE;
}

void editor_remember(Editor *editor, const char *statement)
{
    history_add(&editor->history, statement);
}
