/* control.c: see control.h. */
#include "control.h"

#include "exit_code.h"
#include "state_socket.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RETRY_MS = 100, SILENCE_MAX_S = 5, JOBS_MAX = 256, FIELDS = 4 };

struct Control {
    tide_engine *engine;
    char        *directory;
    pthread_t    thread;
    int          stop_fd;            /* eventfd */
    int          listen_fd, lock_fd; /* -1: not yet */
};

typedef struct Request {
    const char *job;    /* "job-1"; "": all */
    const char *target; /* "": as the job's settings say */
    const char *then;
} Request;

/* ---- one request -------------------------------------------------------------------------------------------------- */

static const char *name_of(const tide_job *job)
{
    const char *folder = tide_job_state_folder(job), *slash = strrchr(folder, '/');
    return slash ? slash + 1 : folder;
}

static int by_name(const void *left_item, const void *right_item)
{
    const char *left = name_of(*(tide_job *const *)left_item), *right = name_of(*(tide_job *const *)right_item);
    size_t left_size = strlen(left), right_size = strlen(right);
    return left_size != right_size ? (left_size < right_size ? -1 : 1) : strcmp(left, right); /* job-2 before job-10 */
}

static bool is_meant(const Request *request, const tide_job *job)
{
    bool has_ended = tide_job_state_of(job) >= TIDE_JOB_FINISHED;
    return !has_ended && tide_job_state_folder(job)[0] && (!request->job[0] || strcmp(request->job, name_of(job)) == 0);
}

/* Each held. */
static int jobs_meant(const Control *control, const Request *request, tide_job **out)
{
    int64_t listed = tide_job_list(control->engine, out, JOBS_MAX);
    int count = 0;
    for (int64_t i = 0; i < listed && i < JOBS_MAX; i++) {
        if (is_meant(request, out[i]))
            out[count++] = out[i];
        else
            tide_job_release(out[i]);
    }
    qsort(out, (size_t)count, sizeof(tide_job *), by_name);
    return count;
}

static void put_failure(Buffer *answer, const char *text)
{
    while (*text) {
        size_t size = strcspn(text, "\n");
        buffer_printf(answer, "failed\t%.*s\n", (int)size, text);
        text += size + (text[size] == '\n');
    }
}

static int save(const Request *request, tide_job *job, Buffer *answer)
{
    const char *target = request->target[0] ? request->target : NULL, *path;
    tide_error *err = NULL;
    bool is_drained = strcmp(request->then, "drain") == 0;
    tide_status status = strcmp(request->then, "go-on") == 0
                             ? tide_job_savepoint(job, target, &path, &err)
                             : tide_job_stop_with_savepoint(job, is_drained, target, &path, &err);
    if (status == TIDE_OK)
        buffer_printf(answer, "saved\t%s\n", path);
    else
        put_failure(answer, tide_error_render(err));
    tide_error_free(err);
    return exit_code_of(status, false);
}

static int save_all(const Control *control, const Request *request, Buffer *answer)
{
    tide_job *jobs[JOBS_MAX];
    int count = jobs_meant(control, request, jobs), exit_code = EXIT_OK;
    if (count == 0) {
        buffer_printf(answer, "failed\ttidemark: no job that runs there keeps its state in %s%s\n", request->job[0] ? "" : "it",
                      request->job);
        exit_code = EXIT_STATEMENT;
    }
    for (int i = 0; i < count; i++) {
        int code = save(request, jobs[i], answer);
        exit_code = exit_code == EXIT_OK ? code : exit_code;
        tide_job_release(jobs[i]);
    }
    return exit_code;
}

/* The fields of a line, cut where the tabs are; false: it is none of ours. */
static bool read_request(char *line, Request *request)
{
    char *fields[FIELDS];
    for (int i = 0; i < FIELDS; i++) {
        fields[i] = line;
        char *tab = line ? strchr(line, '\t') : NULL;
        if ((tab != NULL) != (i < FIELDS - 1))
            return false;
        if (tab)
            *tab = '\0';
        line = tab ? tab + 1 : NULL;
    }
    *request = (Request){ fields[1], fields[2], fields[3] };
    return strcmp(fields[0], "savepoint") == 0;
}

static void serve(const Control *control, int fd)
{
    Buffer line = BUFFER_EMPTY, answer = BUFFER_EMPTY;
    Request request;
    if (state_socket_read_line(fd, SILENCE_MAX_S, &line) && read_request(line.data, &request)) {
        int exit_code = save_all(control, &request, &answer);
        buffer_printf(&answer, "code\t%d\n", exit_code);
        state_socket_write(fd, buffer_text(&answer), answer.size);
    }
    buffer_free(&line);
    buffer_free(&answer);
    close(fd);
}

/* ---- the thread --------------------------------------------------------------------------------------------------- */

/* true: it is to end. */
static bool wait_for_request(Control *control, bool *has_request)
{
    struct pollfd waits[2] = { { .fd = control->stop_fd, .events = POLLIN }, { .fd = control->listen_fd, .events = POLLIN } };
    int count = control->listen_fd >= 0 ? 2 : 1;
    poll(waits, (nfds_t)count, control->listen_fd >= 0 ? -1 : RETRY_MS);
    *has_request = count == 2 && (waits[1].revents & POLLIN);
    return waits[0].revents != 0;
}

static void *run(void *context)
{
    Control *control = context;
    bool has_request;
    do {
        if (control->listen_fd < 0)
            control->listen_fd = state_socket_listen(control->directory, &control->lock_fd);
        if (wait_for_request(control, &has_request))
            break;
        int fd = has_request ? accept4(control->listen_fd, NULL, NULL, SOCK_CLOEXEC) : -1;
        if (fd >= 0)
            serve(control, fd);
    } while (true);
    return NULL;
}

/* "file:///var/lib/x" is "/var/lib/x". */
static const char *local_path(const char *directory)
{
    if (strncmp(directory, "file:/", 6) != 0)
        return directory;
    for (directory += 5; directory[0] == '/' && directory[1] == '/';)
        directory++;
    return directory;
}

Control *control_open(const char *directory, tide_engine *engine)
{
    Control *control = memory_new(1, sizeof(*control));
    *control = (Control){ .engine = engine, .directory = memory_copy(local_path(directory)), .listen_fd = -1, .lock_fd = -1 };
    control->stop_fd = eventfd(0, EFD_CLOEXEC);
    if (control->stop_fd >= 0 && pthread_create(&control->thread, NULL, run, control) == 0)
        return control;
    if (control->stop_fd >= 0)
        close(control->stop_fd);
    free(control->directory);
    free(control);
    return NULL;
}

void control_close(Control *control)
{
    if (!control)
        return;
    eventfd_write(control->stop_fd, 1);
    pthread_join(control->thread, NULL);
    if (control->listen_fd >= 0)
        state_socket_close(control->listen_fd, control->lock_fd);
    close(control->stop_fd);
    free(control->directory);
    free(control);
}
