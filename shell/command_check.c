/* command_check.c: `tidemark check`: every statement is parsed and planned, none is run; errors do not stop it.
 *
 * With --json, one object per statement on stdout:
 *     {"index":1,"line":1,"kind":"CREATE TABLE","ok":true}
 *     {"index":2,"line":7,"kind":"SELECT","ok":false,"error":"no column ...","column":8,"hint":"did you mean ..."}
 * line and column of an object that is not ok are those of the error. With several files each object has "file"
 * first. A file that cannot be read as a script (an undefined variable) is one object of kind "UNKNOWN". */
#include "client.h"
#include "commands.h"
#include "json_text.h"
#include "source.h"

#include <string.h>

typedef struct Check {
    Client      client;
    const char *name; /* of the input at hand */
    bool        is_init; /* an -i file: only its errors are told */
    int64_t     statements, errors;
} Check;

static void put_json(Check *check, const tide_statement *statement, const tide_error *err)
{
    Buffer line = BUFFER_EMPTY;
    tide_position place = { .struct_size = sizeof(place) };
    if (err)
        tide_error_position(err, &place);
    if (place.line <= 0) { /* the error has no place of its own */
        place.line = statement->line;
        place.column = statement->column;
    }
    buffer_put(&line, '{');
    if (check->client.arguments->input_count > 1) {
        buffer_puts(&line, "\"file\":");
        json_text_put(&line, check->name, strlen(check->name));
        buffer_put(&line, ',');
    }
    buffer_printf(&line, "\"index\":%lld,\"line\":%lld,\"kind\":", (long long)statement->index, (long long)place.line);
    json_text_put(&line, statement->kind, strlen(statement->kind));
    buffer_printf(&line, ",\"ok\":%s", err ? "false" : "true");
    if (err) {
        const char *message = tide_error_message(err), *hint = tide_error_hint(err);
        buffer_puts(&line, ",\"error\":");
        json_text_put(&line, message, strlen(message));
        buffer_printf(&line, ",\"column\":%lld", (long long)place.column);
        if (hint[0]) {
            buffer_puts(&line, ",\"hint\":");
            json_text_put(&line, hint, strlen(hint));
        }
    }
    buffer_puts(&line, "}\n");
    console_write(&check->client.console, line.data, line.size);
    buffer_free(&line);
}

static void note(Check *check, const tide_statement *statement, tide_error *err)
{
    check->statements += !check->is_init;
    check->errors += err != NULL;
    if (check->client.arguments->json && !check->is_init)
        put_json(check, statement, err);
    else if (err)
        console_error(&check->client.console, err);
    tide_error_free(err);
}

static void check_text(Check *check, const char *sql, size_t size, bool has_variables)
{
    tide_error *err = NULL;
    tide_script *script;
    if (tide_script_open(check->client.session, check->name, sql, size, has_variables, &script, &err) != TIDE_OK) {
        note(check, &(tide_statement){ .index = 1, .line = 1, .column = 1, .kind = "UNKNOWN" }, err);
        return;
    }
    while (watch_signal(check->client.watch) == 0 && !check->client.console.is_broken) {
        err = NULL;
        tide_status status = tide_script_check(script, check->client.arguments->language_only, &err);
        if (status == TIDE_DONE)
            break;
        tide_statement statement = { .struct_size = sizeof(statement) };
        tide_script_statement(script, &statement);
        note(check, &statement, err);
    }
    tide_script_close(script);
}

static void check_file(Check *check, const char *path)
{
    Buffer sql = BUFFER_EMPTY;
    const char *why;
    check->name = strcmp(path, "-") == 0 ? "<stdin>" : path;
    if (source_read(path, &sql, &why)) {
        check_text(check, buffer_text(&sql), sql.size, true);
    } else {
        console_message(&check->client.console, "tidemark: cannot read %s: %s", path, why);
        client_fail(&check->client, EXIT_USAGE);
    }
    buffer_free(&sql);
}

static void check_inputs(Check *check)
{
    const Arguments *arguments = check->client.arguments;
    check->is_init = true;
    for (int i = 0; i < arguments->init_count; i++)
        check_file(check, arguments->inits[i]);
    check->is_init = false;
    for (int i = 0; i < arguments->input_count; i++) {
        const Input *input = &arguments->inputs[i];
        check->name = "-e";
        if (input->is_text)
            check_text(check, input->value, strlen(input->value), arguments->variable_count > 0);
        else
            check_file(check, input->value);
    }
}

static void sum_up(Check *check)
{
    if (check->errors > 0)
        client_fail(&check->client, EXIT_STATEMENT);
    if (check->client.arguments->quiet || check->client.arguments->json)
        return;
    console_message(&check->client.console, "%lld statement%s, %lld error%s", (long long)check->statements,
                    check->statements == 1 ? "" : "s", (long long)check->errors, check->errors == 1 ? "" : "s");
}

int command_check(const Arguments *arguments)
{
    Check check = { 0 };
    if (client_open(&check.client, arguments, false)) {
        check_inputs(&check);
        sum_up(&check);
    }
    return client_close(&check.client);
}
