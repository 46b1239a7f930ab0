/* command_shell.c: `tidemark` on a terminal.
 *
 *     read lines until every statement is closed by its semicolon -> remember them as one entry -> execute -> again
 *
 * Queries run in the foreground, Ctrl-C ends them; INSERTs run in the background, and what becomes of them is told at
 * the prompt. */
#include "client.h"
#include "commands.h"
#include "editor.h"

#include <ctype.h>
#include <signal.h>
#include <string.h>
#include <strings.h>

enum { LOOK_AT_JOBS_MS = 250 };

/* ---- at the prompt ---------------------------------------------------------------------------------------------- */

static int patience_ms(void *context)
{
    Client *client = context;
    return jobs_count(&client->jobs) > 0 ? LOOK_AT_JOBS_MS : -1;
}

/* Jobs that have ended report through the console, whose lines wait for the prompt. */
static EditorEvent woke(void *context, Editor *editor, Buffer *notices)
{
    Client *client = context;
    int caught = watch_signal(client->watch);
    if (caught != 0) {
        watch_forget_interrupt(client->watch);
        return caught == SIGINT ? EDITOR_CANCEL : EDITOR_END;
    }
    if (watch_take_resize(client->watch))
        editor_redraw(editor);
    client_report_ended(client);
    console_take_waiting(&client->console, notices);
    return EDITOR_LINE;
}

static const char *candidates(void *context, const char *text, size_t size)
{
    Client *client = context;
    return tide_complete(client->session, text, size, size);
}

/* ---- statements ------------------------------------------------------------------------------------------------- */

static size_t trimmed(const char *text, size_t size)
{
    while (size > 0 && isspace((unsigned char)text[size - 1]))
        size--;
    return size;
}

/* Words for the shell need no semicolon. */
static bool is_word(const char *text, size_t size)
{
    static const char *const words[] = { "quit", "exit", "help", "clear" };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strlen(words[i]) == size && strncasecmp(words[i], text, size) == 0)
            return true;
    return false;
}

/* Reads one or more whole statements. false: the shell ends. */
static bool read_statements(Client *client, Editor *editor, Buffer *text)
{
    buffer_clear(text);
    for (;;) {
        Buffer line = BUFFER_EMPTY;
        console_prompt_begin(&client->console, watch_fd(client->watch));
        EditorEvent event = editor_read(editor, buffer_text(text), &line);
        console_prompt_end(&client->console);
        buffer_append(text, buffer_text(&line), line.size);
        buffer_free(&line);
        if (event == EDITOR_END)
            return false;
        size_t size = event == EDITOR_CANCEL ? 0 : trimmed(buffer_text(text), text->size);
        if (size == 0) {
            buffer_clear(text);
        } else if (is_word(text->data, size) || tide_is_complete(text->data, text->size)) {
            buffer_cut(text, size);
            return true;
        } else {
            buffer_put(text, '\n');
        }
    }
}

static void execute(Client *client, const Buffer *text)
{
    client->exit_code = EXIT_OK;
    client_run_text(client, "", text->data, text->size, client->arguments->variable_count > 0);
    watch_forget_interrupt(client->watch);
    if (!client->has_quit)
        console_message(&client->console, "%s", "");
}

/* ---- the shell -------------------------------------------------------------------------------------------------- */

/* The only cell of a SHOW CURRENT statement. */
static void put_current(Client *client, const char *statement, Buffer *out)
{
    tide_result *result;
    tide_batch *batch;
    if (tide_execute(client->session, statement, TIDE_NUL_TERMINATED, &result, NULL) != TIDE_OK)
        return;
    if (tide_result_next(result, -1, &batch, NULL) == TIDE_ROWS) {
        const char *cell = tide_batch_rows(batch) > 0 ? tide_batch_text(batch, 0, 0, TIDE_TEXT_CAST, NULL) : NULL;
        buffer_puts(out, cell ? cell : "");
        tide_batch_release(batch);
    }
    tide_result_close(result);
}

static void greet(Client *client)
{
    Buffer line = BUFFER_EMPTY;
    const char *mode = tide_session_get(client->session, "execution.runtime-mode");
    buffer_printf(&line, "Tidemark %s, %s mode, ", tide_version(), mode ? mode : "streaming");
    put_current(client, "SHOW CURRENT CATALOG", &line);
    buffer_put(&line, '.');
    put_current(client, "SHOW CURRENT DATABASE", &line);
    buffer_puts(&line, ". HELP; for help, QUIT; to leave.");
    console_message(&client->console, "%s", buffer_text(&line));
    buffer_free(&line);
}

static void converse(Client *client, Editor *editor)
{
    Buffer text = BUFFER_EMPTY;
    while (!client->has_quit && read_statements(client, editor, &text)) {
        editor_remember(editor, buffer_text(&text));
        execute(client, &text);
        int caught = watch_signal(client->watch);
        if (caught != 0 && caught != SIGINT)
            break;
    }
    buffer_free(&text);
}

int command_shell(const Arguments *arguments)
{
    Client client;
    if (client_open(&client, arguments, true)) {
        EditorHost host = { .context = &client, .wake_fd = watch_fd(client.watch), .patience_ms = patience_ms,
                            .woke = woke, .complete = candidates };
        greet(&client);
        client_run_inits(&client);
        Editor *editor = editor_open(&host, client.console.out_is_terminal ? stdout : stderr, arguments->history);
        converse(&client, editor);
        editor_close(editor);
        client_finish(&client);
        client.exit_code = EXIT_OK;
    }
    return client_close(&client);
}
