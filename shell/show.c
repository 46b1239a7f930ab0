/* show.c: what a statement gives back, for eyes or for programs. */
#include "client.h"

#include "help.h"
#include "output.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LOOK_UP_MS = 200 }; /* while no rows come: has a job in the background failed? */

static bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* -o, else what the session asks for. */
static const OutputType *output_of(Client *client)
{
    if (client->arguments->output)
        return client->arguments->output;
    const char *mode = tide_session_get(client->session, "sql-client.execution.result-mode");
    return output_find(mode && strcasecmp(mode, "changelog") == 0 ? "changelog" : "tableau");
}

static bool is_for_eyes(const OutputType *type)
{
    return strcmp(type->name, "tableau") == 0 || strcmp(type->name, "changelog") == 0;
}

/* The old key has no default: it counts when somebody set it. */
static int32_t column_width_max(Client *client)
{
    const char *value = tide_session_get(client->session, "sql-client.display.max-column-width");
    if (!value)
        value = tide_session_get(client->session, "table.display.max-column-width");
    long width = value ? strtol(value, NULL, 10) : 0;
    return width > 0 && width < INT32_MAX ? (int32_t)width : 30;
}

static OutputView view_of(Client *client, const tide_result *result, bool is_listing)
{
    return (OutputView){ .result = result, .is_listing = is_listing, .width_max = column_width_max(client),
                         .shows_time = client_setting_is_true(client, "sql-client.display.print-time-cost") };
}

/* ---- listings --------------------------------------------------------------------------------------------------- */

/* The text of EXPLAIN and SHOW CREATE as it is, to be read or copied. */
static bool show_plain(Client *client, tide_result *result)
{
    Buffer text = BUFFER_EMPTY;
    tide_batch *batch;
    while (tide_result_next(result, -1, &batch, NULL) == TIDE_ROWS) {
        for (int64_t row = 0; row < tide_batch_rows(batch); row++) {
            const char *cell = tide_batch_text(batch, row, 0, TIDE_TEXT_CAST, NULL);
            buffer_puts(&text, cell ? cell : "");
            if (text.size > 0 && text.data[text.size - 1] != '\n')
                buffer_put(&text, '\n');
        }
        tide_batch_release(batch);
    }
    bool is_written = console_write(&client->console, buffer_text(&text), text.size);
    buffer_free(&text);
    return is_written;
}

static bool show_listing(Client *client, tide_result *result, const char *kind)
{
    const OutputType *type = output_of(client);
    if (is_for_eyes(type) && (starts_with(kind, "EXPLAIN") || starts_with(kind, "SHOW CREATE")))
        return show_plain(client, result);
    OutputView view = view_of(client, result, true);
    Output *output = output_open(type, &view, &client->console);
    tide_batch *batch;
    while (tide_result_next(result, -1, &batch, NULL) == TIDE_ROWS) {
        output_rows(output, batch);
        tide_batch_release(batch);
    }
    return output_close(output, OUTPUT_COMPLETE);
}

/* ---- queries ---------------------------------------------------------------------------------------------------- */

typedef struct Reading {
    tide_status status; /* the last of tide_result_next */
    tide_error *err;
    bool        is_shown; /* stdout took it all */
} Reading;

/* Reads to the end, or until there is a reason to stop. */
static Reading read_query(Client *client, tide_result *result, Output *output)
{
    Reading reading = { .is_shown = true };
    for (;;) {
        tide_batch *batch = NULL;
        reading.status = tide_result_next(result, LOOK_UP_MS, &batch, &reading.err);
        if (reading.status == TIDE_ROWS) {
            reading.is_shown = output_rows(output, batch);
            tide_batch_release(batch);
        } else if (reading.status != TIDE_TIMEOUT) {
            return reading;
        }
        if (watch_signal(client->watch) != 0)
            reading.status = TIDE_CANCELLED;
        bool is_stopped_by_job = !client->is_shell && jobs_have_failed(&client->jobs);
        if (reading.status == TIDE_CANCELLED || !reading.is_shown || is_stopped_by_job)
            return reading;
    }
}

/* Of a query that reads tables, or that has something to say. */
static void report_query(Client *client, tide_job *job)
{
    tide_job_stats stats = { .struct_size = sizeof(stats) };
    tide_job_cancel(job); /* the rest, if any, is not wanted */
    tide_job_wait(job, 1000, NULL);
    tide_job_stats_of(job, &stats);
    if (stats.rows_in > 0 || stats.late > 0 || stats.bad > 0)
        client_report(client, job);
}

static bool show_query(Client *client, tide_result *result)
{
    OutputView view = view_of(client, result, false);
    tide_job *job = tide_result_job(result);
    watch_query(client->watch, job);
    Output *output = output_open(output_of(client), &view, &client->console);
    Reading reading = read_query(client, result, output);
    bool has_failed = reading.status >= TIDE_E_FIRST;
    bool is_complete = reading.status == TIDE_DONE;
    OutputEnd how = is_complete ? OUTPUT_COMPLETE : has_failed ? OUTPUT_FAILED : OUTPUT_TERMINATED;
    reading.is_shown &= output_close(output, how);
    watch_query(client->watch, NULL);
    if (has_failed)
        client_fail_with(client, reading.err, exit_code_of(reading.status, true));
    else if (!client->is_shell && job)
        report_query(client, job);
    return is_complete && reading.is_shown;
}

/* ---- jobs, definitions, words of the shell ---------------------------------------------------------------------- */

static bool show_job(Client *client, tide_result *result)
{
    tide_job *job = tide_result_job(result);
    bool says = client->is_shell || client->arguments->verbose;
    if (client_setting_is_true(client, "table.dml-sync")) {
        bool is_cancelled = job && tide_job_state_of(job) == TIDE_JOB_CANCELLED;
        if (says)
            console_info(&client->console, "%s", is_cancelled ? "The job was cancelled."
                                                              : "Complete execution of the SQL update statement.");
        if (job && !client->is_shell)
            client_report(client, job);
        return true;
    }
    if (says && job) {
        console_info(&client->console, "Submitting SQL update statement to the cluster...");
        console_info(&client->console, "SQL update statement has been successfully submitted to the cluster:");
        console_message(&client->console, "Job ID: %s", tide_job_id(job));
    }
    if (job)
        jobs_add(&client->jobs, job);
    return true;
}

static bool show_ok(Client *client, const tide_result *result)
{
    const char *note = tide_result_text(result);
    if (client->is_shell || client->arguments->verbose)
        console_info(&client->console, "Execute statement succeeded.");
    if (note[0] && !client->arguments->quiet)
        console_message(&client->console, "%s", note);
    return true;
}

static bool act_on_word(Client *client, const char *word)
{
    if (strcmp(word, "QUIT") == 0)
        client->has_quit = true;
    else if (strcmp(word, "HELP") == 0)
        return console_write(&client->console, help_text, strlen(help_text));
    else if (strcmp(word, "CLEAR") == 0 && client->console.out_is_terminal)
        return console_write(&client->console, "\033[H\033[2J", strlen("\033[H\033[2J"));
    return true;
}

bool client_show(Client *client, tide_result *result, const tide_statement *statement)
{
    switch (tide_result_kind_of(result)) {
    case TIDE_RESULT_OK: return show_ok(client, result);
    case TIDE_RESULT_TABLE: return show_listing(client, result, statement->kind);
    case TIDE_RESULT_QUERY: return show_query(client, result);
    case TIDE_RESULT_JOB: return show_job(client, result);
    case TIDE_RESULT_CLIENT: return act_on_word(client, tide_result_text(result));
    }
    return true;
}
