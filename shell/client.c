/* client.c: opening and closing in the right order: the watch before the engine, so that its threads inherit the
 * blocked signals; the jobs before the engine, which they belong to. */
#include "client.h"

#include "stopwatch.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <strings.h>

enum { LAST_STOP_MS = 10000 }; /* the shell waits so long for its jobs to flush before it cancels them */

void client_fail(Client *client, int exit_code)
{
    if (client->exit_code == EXIT_OK)
        client->exit_code = exit_code;
}

void client_fail_with(Client *client, tide_error *err, int exit_code)
{
    if (err)
        console_error(&client->console, err);
    tide_error_free(err);
    client_fail(client, exit_code);
}

bool client_is_going(const Client *client)
{
    return client->exit_code == EXIT_OK && watch_signal(client->watch) == 0 && !client->has_quit;
}

bool client_setting_is_true(Client *client, const char *key)
{
    const char *value = tide_session_get(client->session, key);
    return value && strcasecmp(value, "true") == 0;
}

void client_answer_savepoints(Client *client)
{
    const char *directory = tide_session_get(client->session, "execution.checkpointing.dir");
    if (!client->control && directory && directory[0])
        client->control = control_open(directory, client->engine);
}

/* ---- opening ---------------------------------------------------------------------------------------------------- */

static bool configure(const Arguments *arguments, tide_config *config, tide_error **err)
{
    for (int i = 0; i < arguments->setting_count; i++)
        if (tide_config_set(config, arguments->settings[i].key, arguments->settings[i].value, err) != TIDE_OK)
            return false;
    if (arguments->function_dir &&
        tide_config_set(config, "tidemark.function-dir", arguments->function_dir, err) != TIDE_OK)
        return false;
    return !arguments->embedded_kafka || tide_config_set(config, "tidemark.embedded-kafka", "true", err) == TIDE_OK;
}

static bool open_engine(Client *client, tide_error **err)
{
    tide_config *config = tide_config_new();
    tide_config_on_notice(config, console_notice, &client->console);
    bool is_open = configure(client->arguments, config, err);
    if (!is_open)
        client_fail(client, EXIT_USAGE);
    is_open = is_open && tide_open(config, &client->engine, err) == TIDE_OK &&
              tide_session_open(client->engine, &client->session, err) == TIDE_OK;
    tide_config_free(config);
    return is_open;
}

bool client_open(Client *client, const Arguments *arguments, bool is_shell)
{
    *client = (Client){ .arguments = arguments, .is_shell = is_shell };
    signal(SIGPIPE, SIG_IGN); /* a reader that goes away is an error of write(2) */
    console_open(&client->console);
    jobs_open(&client->jobs);
    WatchConfig watch = { .console = &client->console, .background = &client->jobs, .is_shell = is_shell,
                          .stop_timeout_s = arguments->stop_timeout_s };
    watch.shows_progress = client->console.err_is_terminal && !arguments->quiet && !arguments->no_progress &&
                           arguments->command != COMMAND_CHECK;
    client->watch = watch_open(&watch);
    tide_error *err = NULL;
    if (!open_engine(client, &err)) {
        client_fail_with(client, err, err ? exit_code_of(tide_error_status(err), false) : EXIT_STATEMENT);
        return false;
    }
    watch_engine(client->watch, client->engine);
    for (int i = 0; i < arguments->variable_count; i++)
        tide_session_variable(client->session, arguments->variables[i].key, arguments->variables[i].value);
    if (arguments->embedded_kafka && !arguments->quiet)
        console_message(&client->console, "embedded Kafka at %s; every kafka table uses it",
                        tide_embedded_kafka(client->engine));
    return true;
}

/* ---- ending ----------------------------------------------------------------------------------------------------- */

/* A script ends when its jobs have. An error, of a statement or of one job, stops the others; a signal has stopped
 * them already. */
static void wait_for_jobs(Client *client)
{
    while (jobs_count(&client->jobs) > 0) {
        if (client->exit_code != EXIT_OK || client->console.is_broken || watch_signal(client->watch) != 0)
            jobs_stop(&client->jobs);
        jobs_wait(&client->jobs, 200);
        client_report_ended(client);
    }
}

static void end_jobs(Client *client)
{
    int count = jobs_count(&client->jobs);
    if (count == 0)
        return;
    console_info(&client->console, "Stopping %d running job%s...", count, count > 1 ? "s" : "");
    jobs_stop(&client->jobs);
    int64_t deadline_ms = stopwatch_ms() + LAST_STOP_MS;
    while (jobs_count(&client->jobs) > 0) {
        if (stopwatch_ms() > deadline_ms || watch_signal(client->watch) != 0)
            jobs_cancel(&client->jobs);
        jobs_wait(&client->jobs, 200);
        client_report_ended(client);
    }
}

void client_finish(Client *client)
{
    if (!client->session)
        return;
    watch_begin(client->watch);
    if (client->is_shell)
        end_jobs(client);
    else
        wait_for_jobs(client);
    watch_end(client->watch);
}

int client_close(Client *client)
{
    control_close(client->control);
    watch_engine(client->watch, NULL);
    jobs_close(&client->jobs);
    tide_session_close(client->session);
    if (client->engine)
        tide_close(client->engine);
    int caught = watch_signal(client->watch);
    watch_close(client->watch);
    if (client->console.is_broken) {
        bool is_pipe = client->console.broken_errno == EPIPE;
        if (!is_pipe)
            console_message(&client->console, "tidemark: cannot write the result: %s",
                            strerror(client->console.broken_errno));
        client_fail(client, is_pipe ? EXIT_PIPE : EXIT_STATEMENT);
    }
    console_close(&client->console);
    bool is_kept = caught == SIGTERM && client->arguments->keeps_state && client->exit_code == EXIT_OK; /* all is in the last checkpoint */
    bool is_shell_interrupt = client->is_shell && caught == SIGINT;
    return caught && !is_kept && !is_shell_interrupt ? EXIT_BY_SIGNAL + caught : client->exit_code;
}
