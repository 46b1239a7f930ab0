/* command_savepoint.c: `tidemark savepoint DIR [TARGET]`: asks the process that runs the jobs of a state directory for savepoints; when there is
 * none, their newest checkpoints are copied. */
#include "client.h"
#include "commands.h"
#include "state_socket.h"
#include "stopwatch.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { STARTING_MS = 2000, RETRY_MS = 50, CLOCK_MS = 1000000 };

typedef struct Savepoint {
    const Arguments *arguments;
    const char      *folder;    /* as given */
    Buffer           directory; /* the state directory */
    Buffer           job;       /* "job-1"; empty: all of it */
    Buffer           target;    /* empty: as the job says */
    bool             is_running; /* some process has a job there, whether it answers or not */
} Savepoint;

static void complain(const char *format, const char *word)
{
    fprintf(stderr, "tidemark: ");
    fprintf(stderr, format, word);
    fputc('\n', stderr);
}

/* ---- where -------------------------------------------------------------------------------------------------------- */

static bool has_file(const char *folder, const char *name)
{
    Buffer path = BUFFER_EMPTY;
    struct stat found;
    buffer_printf(&path, "%s/%s", folder, name);
    bool is_there = stat(buffer_text(&path), &found) == 0;
    buffer_free(&path);
    return is_there;
}

/* A folder with a lock is that of one job. */
static bool find_directory(Savepoint *savepoint)
{
    char *path = realpath(savepoint->folder, NULL);
    if (!path)
        return false;
    char *slash = strrchr(path, '/');
    if (has_file(path, "lock") && slash && slash != path) {
        buffer_puts(&savepoint->job, slash + 1);
        *slash = '\0';
    }
    buffer_puts(&savepoint->directory, path);
    free(path);
    return true;
}

/* The other process may stand elsewhere. */
static void find_target(Savepoint *savepoint, const char *target)
{
    char here[PATH_MAX];
    bool is_relative = target[0] && target[0] != '/' && strncmp(target, "file:", 5) != 0;
    if (is_relative && getcwd(here, sizeof(here)))
        buffer_printf(&savepoint->target, "%s/", here);
    buffer_puts(&savepoint->target, target);
}

static const char *setting_of(const Arguments *arguments, const char *key)
{
    const char *value = "";
    for (int i = 0; i < arguments->setting_count; i++)
        if (strcmp(arguments->settings[i].key, key) == 0)
            value = arguments->settings[i].value;
    return value;
}

static bool is_locked(const Savepoint *savepoint)
{
    Buffer folder = BUFFER_EMPTY;
    bool is = false;
    for (int number = 1; !is; number++) {
        buffer_clear(&folder);
        if (savepoint->job.size > 0)
            buffer_printf(&folder, "%s/%s", buffer_text(&savepoint->directory), buffer_text(&savepoint->job));
        else
            buffer_printf(&folder, "%s/job-%d", buffer_text(&savepoint->directory), number);
        if (!has_file(buffer_text(&folder), "lock"))
            break;
        is = state_folder_is_locked(buffer_text(&folder));
        if (savepoint->job.size > 0)
            break;
    }
    buffer_free(&folder);
    return is;
}

/* ---- asking ------------------------------------------------------------------------------------------------------- */

/* One that has just started may not listen yet. -1: nobody answers. */
static int connect_to_jobs(Savepoint *savepoint)
{
    int64_t until_ms = stopwatch_ms() + STARTING_MS;
    for (;;) {
        int fd = state_socket_connect(buffer_text(&savepoint->directory));
        savepoint->is_running = fd >= 0 || is_locked(savepoint);
        if (fd >= 0 || !savepoint->is_running || stopwatch_ms() > until_ms)
            return fd;
        nanosleep(&(struct timespec){ .tv_nsec = (long)RETRY_MS * CLOCK_MS }, NULL);
    }
}

static int read_answer(int fd)
{
    Buffer line = BUFFER_EMPTY;
    int exit_code = -1;
    while (exit_code < 0 && state_socket_read_line(fd, 0, &line)) {
        const char *text = buffer_text(&line), *tab = strchr(text, '\t');
        if (!tab)
            break;
        if (strncmp(text, "saved\t", 6) == 0)
            puts(tab + 1);
        else if (strncmp(text, "failed\t", 7) == 0)
            fprintf(stderr, "%s\n", tab + 1);
        else
            exit_code = (int)strtol(tab + 1, NULL, 10);
    }
    buffer_free(&line);
    if (exit_code >= 0)
        return exit_code;
    complain("%s", "the process that runs the job ended before it answered");
    return EXIT_JOB;
}

static int ask(const Savepoint *savepoint, int fd)
{
    const char *then = savepoint->arguments->drain ? "drain" : savepoint->arguments->stop ? "stop" : "go-on";
    Buffer request = BUFFER_EMPTY;
    buffer_printf(&request, "savepoint\t%s\t%s\t%s\n", buffer_text(&savepoint->job), buffer_text(&savepoint->target), then);
    state_socket_write(fd, buffer_text(&request), request.size);
    buffer_free(&request);
    int exit_code = read_answer(fd);
    close(fd);
    return exit_code;
}

/* ---- copying ------------------------------------------------------------------------------------------------------ */

static void show_copies(const Savepoint *savepoint, tide_result *result)
{
    tide_batch *batch;
    while (tide_result_next(result, -1, &batch, NULL) == TIDE_ROWS) {
        for (int64_t row = 0; row < tide_batch_rows(batch); row++) {
            fprintf(stderr, "tidemark: %s ", savepoint->is_running ? "nobody answers for" : "no job runs in");
            fprintf(stderr, "%s: ", tide_batch_text(batch, row, 0, TIDE_TEXT_CAST, NULL));
            fprintf(stderr, "this is its newest checkpoint, epoch %s\n", tide_batch_text(batch, row, 1, TIDE_TEXT_CAST, NULL));
            puts(tide_batch_text(batch, row, 2, TIDE_TEXT_CAST, NULL));
        }
        tide_batch_release(batch);
    }
}

static void copy_newest(const Savepoint *savepoint, Client *client)
{
    tide_error *err = NULL;
    tide_result *result;
    tide_status status = tide_checkpoint_export(client->session, savepoint->folder, 0, buffer_text(&savepoint->target), &result, &err);
    if (status != TIDE_OK) {
        client_fail_with(client, err, EXIT_STATEMENT);
        return;
    }
    show_copies(savepoint, result);
    tide_result_close(result);
}

static int copy(const Savepoint *savepoint)
{
    Client client;
    if (client_open(&client, savepoint->arguments, false))
        copy_newest(savepoint, &client);
    return client_close(&client);
}

static int take(Savepoint *savepoint)
{
    if (strpbrk(buffer_text(&savepoint->target), "\t\n")) {
        complain("%s", "a target with a tab or a line break cannot be asked for");
        return EXIT_USAGE;
    }
    if (!find_directory(savepoint)) {
        complain("there is no folder %s", savepoint->folder);
        return EXIT_STATEMENT;
    }
    int fd = connect_to_jobs(savepoint);
    if (fd >= 0)
        return ask(savepoint, fd);
    if (savepoint->arguments->stop || savepoint->arguments->drain) {
        complain(savepoint->is_running ? "a job runs in %s, but its process takes no requests" : "no job runs in %s: there is nothing to stop",
                 savepoint->folder);
        return EXIT_STATEMENT;
    }
    return copy(savepoint);
}

int command_savepoint(const Arguments *arguments)
{
    Savepoint savepoint = { .arguments = arguments, .folder = arguments->words[0] };
    find_target(&savepoint, arguments->word_count > 1 ? arguments->words[1]
                                                      : setting_of(arguments, "execution.checkpointing.savepoint-dir"));
    int exit_code = take(&savepoint);
    buffer_free(&savepoint.directory);
    buffer_free(&savepoint.job);
    buffer_free(&savepoint.target);
    return exit_code;
}
