/* client.h: an engine with one session, and what running SQL in it needs: the console, the watch, the jobs in the
 * background.
 *
 *     client_open -> client_run_file, client_run_text ... -> client_finish -> client_close
 *
 * The first failure decides the exit code; a signal wins over it. */
#ifndef SHELL_CLIENT_H
#define SHELL_CLIENT_H

#include "arguments.h"
#include "console.h"
#include "control.h"
#include "exit_code.h"
#include "jobs.h"
#include "watch.h"

typedef struct Client {
    const Arguments *arguments;
    bool             is_shell;
    Console          console;
    Jobs             jobs;      /* in the background */
    Watch           *watch;
    tide_engine     *engine;
    tide_session    *session;
    Control         *control;   /* NULL: nothing keeps its state so far */
    bool             has_quit;  /* QUIT was executed */
    int              exit_code; /* of the first failure */
} Client;

/* On a failure it has been said, and client_close is still to be called. */
bool client_open(Client *client, const Arguments *arguments, bool is_shell);
/* Waits for the jobs (script), or ends them (shell, after an error, after a signal). */
void client_finish(Client *client);
/* Returns the exit code. */
int  client_close(Client *client);

/* Keeps the first code that is not EXIT_OK. */
void client_fail(Client *client, int exit_code);
/* The error is printed and freed. */
void client_fail_with(Client *client, tide_error *err, int exit_code);
/* May the next statement run? */
bool client_is_going(const Client *client);
/* Before a statement: if its jobs keep their state, who asks for savepoints is answered from now on. */
void client_answer_savepoints(Client *client);
bool client_setting_is_true(Client *client, const char *key);

/* ---- execute.c -------------------------------------------------------------------------------------------------- */

/* Executes the statements of a text until one fails; name is for error messages. false: one failed, or a signal
 * came. */
bool client_run_text(Client *client, const char *name, const char *sql, size_t size, bool has_variables);
bool client_run_file(Client *client, const char *path);
/* The -i files, then nothing else. */
bool client_run_inits(Client *client);

/* ---- show.c ----------------------------------------------------------------------------------------------------- */

/* Shows what a statement gave back; a query is read to its end. false: it failed (said), or nobody reads our output. */
bool client_show(Client *client, tide_result *result, const tide_statement *statement);

/* ---- report.c --------------------------------------------------------------------------------------------------- */

/* A job that has ended: its error if it failed, its report unless --quiet. Returns its exit code. */
int  client_report(Client *client, tide_job *job);
/* Reports jobs of the background that have ended, and lets go of them. One that failed fails the script. */
void client_report_ended(Client *client);

#endif
