/* execute.c: the statements of a script, one after another. */
#include "client.h"

#include "source.h"

#include <string.h>

/* With table.dml-sync the engine waits for the job of an INSERT, so its failure comes as the statement's. */
static bool is_job_failure(Client *client, tide_status status, const tide_statement *statement)
{
    bool is_insert = strcmp(statement->kind, "INSERT") == 0 || strcmp(statement->kind, "STATEMENT SET") == 0;
    return is_insert && status == TIDE_E_IO && client_setting_is_true(client, "table.dml-sync");
}

static bool run_next(Client *client, tide_script *script, bool *has_ended)
{
    tide_error *err = NULL;
    tide_result *result = NULL;
    client_answer_savepoints(client);
    tide_status status = tide_script_next(script, &result, &err);
    tide_statement statement = { .struct_size = sizeof(statement) };
    tide_script_statement(script, &statement);
    if (status == TIDE_DONE)
        return *has_ended = true;
    if (status != TIDE_OK) {
        if (watch_signal(client->watch) != 0 && status < TIDE_E_FIRST)
            return false; /* the statement was interrupted */
        client_fail_with(client, err, exit_code_of(status, is_job_failure(client, status, &statement)));
        return false;
    }
    bool is_shown = client_show(client, result, &statement);
    tide_result_close(result);
    return is_shown;
}

static bool run_statements(Client *client, tide_script *script)
{
    for (bool has_ended = false; !has_ended;) {
        if (!run_next(client, script, &has_ended))
            return false;
        client_report_ended(client);
        if (!has_ended && !client_is_going(client))
            return client->has_quit;
    }
    return true;
}

bool client_run_text(Client *client, const char *name, const char *sql, size_t size, bool has_variables)
{
    tide_error *err = NULL;
    tide_script *script;
    tide_status status = tide_script_open(client->session, name, sql, size, has_variables, &script, &err);
    if (status != TIDE_OK) {
        client_fail_with(client, err, exit_code_of(status, false));
        return false;
    }
    watch_begin(client->watch);
    bool is_run = run_statements(client, script);
    watch_end(client->watch);
    tide_script_close(script);
    return is_run;
}

bool client_run_file(Client *client, const char *path)
{
    Buffer sql = BUFFER_EMPTY;
    const char *why;
    bool is_run = source_read(path, &sql, &why);
    if (is_run) {
        is_run = client_run_text(client, strcmp(path, "-") == 0 ? "<stdin>" : path, buffer_text(&sql), sql.size, true);
    } else {
        console_message(&client->console, "tidemark: cannot read %s: %s", path, why);
        client_fail(client, EXIT_USAGE);
    }
    buffer_free(&sql);
    return is_run;
}

bool client_run_inits(Client *client)
{
    for (int i = 0; i < client->arguments->init_count; i++)
        if (!client_run_file(client, client->arguments->inits[i]) || !client_is_going(client))
            return false;
    return true;
}
