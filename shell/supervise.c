/* supervise.c: see supervise.h.
 *
 *   worker killed by a signal, or exit code 3 (cannot connect)   start again: at once, then after 100 ms, 200 ms, ... 10 s
 *   any other end                                                that is the end
 *
 * One that lived for ten times the wait that would follow, and a second at least, counts as well: the next start is at once again. SIGTERM and
 * SIGINT are passed on; a worker whose parent dies is told to stop. The parent holds nothing but the number of its child. */
#include "supervise.h"

#include "exit_code.h"
#include "stopwatch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { DELAY_FIRST_MS = 100, DELAY_MAX_MS = 10000, WELL_MS = 1000, WELL_TIMES = 10 };

typedef struct Supervisor {
    sigset_t signals, before;
    bool     is_stopping;
    pid_t    worker;
    int      delay_ms; /* before the next start */
} Supervisor;

/* In the child: as it would be without a parent. */
static void become_worker(const Supervisor *supervisor, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    sigprocmask(SIG_SETMASK, &supervisor->before, NULL);
    if (getppid() != parent) /* it died before we asked */
        _exit(EXIT_BY_SIGNAL + SIGTERM);
}

/* A terminal sends Ctrl-C to both: what it sent is not passed on, or the worker would take it for a second one. */
static void pass_on(Supervisor *supervisor, const siginfo_t *info)
{
    supervisor->is_stopping = true;
    if (info->si_code != SI_KERNEL)
        kill(supervisor->worker, info->si_signo);
}

static int await_worker(Supervisor *supervisor)
{
    siginfo_t info;
    int       status;
    for (;;) {
        pid_t ended = waitpid(supervisor->worker, &status, WNOHANG);
        if (ended == supervisor->worker)
            return status;
        if (sigwaitinfo(&supervisor->signals, &info) > 0 && info.si_signo != SIGCHLD)
            pass_on(supervisor, &info);
    }
}

/* false: told to stop meanwhile. */
static bool pause_before_start(Supervisor *supervisor)
{
    struct timespec left = { supervisor->delay_ms / 1000, supervisor->delay_ms % 1000 * 1000000L };
    sigset_t        stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGINT);
    return sigtimedwait(&stops, NULL, &left) < 0;
}

static bool starts_again(const Supervisor *supervisor, int status)
{
    if (supervisor->is_stopping)
        return false;
    return WIFSIGNALED(status) || WEXITSTATUS(status) == EXIT_CONNECT;
}

static int code_of(int status)
{
    return WIFSIGNALED(status) ? EXIT_BY_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

static void say_end(const Supervisor *supervisor, int status)
{
    if (WIFSIGNALED(status))
        fprintf(stderr, "tidemark: the worker was killed by signal %d (%s); starting again in %d ms\n", WTERMSIG(status),
                strsignal(WTERMSIG(status)), supervisor->delay_ms);
    else
        fprintf(stderr, "tidemark: the worker ended with code %d; starting again in %d ms\n", WEXITSTATUS(status), supervisor->delay_ms);
}

static int next_delay(int delay_ms)
{
    int next = delay_ms < 0 ? 0 : delay_ms == 0 ? DELAY_FIRST_MS : delay_ms * 2;
    return next < DELAY_MAX_MS ? next : DELAY_MAX_MS;
}

/* So a worker that dies over and over at its start is started ever less often, and one that is killed now and then while it works, at once. */
static void set_delay(Supervisor *supervisor, int64_t lived_ms)
{
    int next = next_delay(supervisor->delay_ms);
    supervisor->delay_ms = lived_ms >= WELL_MS && lived_ms >= (int64_t)WELL_TIMES * next ? 0 : next;
}

bool supervise(int *exit_code)
{
    Supervisor supervisor = { .delay_ms = -1 };
    pid_t      parent = getpid();
    sigemptyset(&supervisor.signals);
    sigaddset(&supervisor.signals, SIGTERM);
    sigaddset(&supervisor.signals, SIGINT);
    sigaddset(&supervisor.signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &supervisor.signals, &supervisor.before);
    for (;;) {
        int64_t started_ms = stopwatch_ms();
        supervisor.worker = fork();
        if (supervisor.worker == 0) {
            become_worker(&supervisor, parent);
            return true;
        }
        if (supervisor.worker < 0) {
            fprintf(stderr, "tidemark: no worker can be started: %s\n", strerror(errno));
            *exit_code = EXIT_JOB;
            return false;
        }
        int status = await_worker(&supervisor);
        *exit_code = code_of(status);
        set_delay(&supervisor, stopwatch_ms() - started_ms);
        if (!starts_again(&supervisor, status))
            return false;
        say_end(&supervisor, status);
        if (!pause_before_start(&supervisor))
            return false;
    }
}
