/* watch.c: see watch.h. The thread sleeps in sigwaitinfo; only while it draws, or sees to it that an interrupt
 * reaches a job that was just being started, does it wake by itself, ten times per second. SIGUSR1 wakes it to look
 * again. */
#include "watch.h"

#include "progress.h"
#include "stopwatch.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { TICK_MS = 100, JOBS_MAX = 256, SECOND_SIGNAL_MS = 300 };

struct Watch {
    WatchConfig  config;
    sigset_t     signals;
    pthread_t    thread;
    int          event_fd;
    atomic_bool  is_closing;
    atomic_bool  is_foreground;
    atomic_bool  is_resized;
    atomic_int   caught;

    pthread_mutex_t mutex; /* guards engine and query; held while their jobs are acted on */
    tide_engine    *engine;
    tide_job       *query;

    Progress progress;     /* the thread's own, like what follows */
    int64_t  caught_ms;    /* when the first signal came */
    Buffer   line;
};

static void notify(Watch *watch)
{
    eventfd_write(watch->event_fd, 1);
}

static bool is_foreground_job(Watch *watch, tide_job *job)
{
    return !job_has_ended(job) && !(watch->config.is_shell && jobs_has(watch->config.background, job));
}

/* Jobs that still run, those in the background of a shell left out; each is held. */
static int foreground_jobs(Watch *watch, tide_job **out)
{
    int64_t listed = watch->engine ? tide_job_list(watch->engine, out, JOBS_MAX) : 0;
    int count = 0;
    for (int64_t i = 0; i < listed && i < JOBS_MAX; i++) {
        if (is_foreground_job(watch, out[i]))
            out[count++] = out[i];
        else
            tide_job_release(out[i]);
    }
    return count;
}

static void release_jobs(tide_job **jobs, int count)
{
    for (int i = 0; i < count; i++)
        tide_job_release(jobs[i]);
}

/* Safe to repeat. */
static void interrupt_jobs(Watch *watch)
{
    tide_job *jobs[JOBS_MAX];
    pthread_mutex_lock(&watch->mutex);
    int count = foreground_jobs(watch, jobs);
    for (int i = 0; i < count; i++) {
        if (watch->config.is_shell || jobs[i] == watch->query)
            tide_job_cancel(jobs[i]);
        else
            tide_job_stop(jobs[i], false);
    }
    release_jobs(jobs, count);
    pthread_mutex_unlock(&watch->mutex);
}

static void draw(Watch *watch)
{
    tide_job *jobs[JOBS_MAX];
    pthread_mutex_lock(&watch->mutex);
    int count = foreground_jobs(watch, jobs);
    progress_line(&watch->progress, jobs, count, watch->config.console->is_utf8, &watch->line);
    release_jobs(jobs, count);
    pthread_mutex_unlock(&watch->mutex);
    console_live(watch->config.console, buffer_text(&watch->line));
}

static void take_signal(Watch *watch, int signal)
{
    if (signal == SIGUSR1)
        return;
    if (signal == SIGWINCH || signal == SIGCONT) {
        atomic_store(&watch->is_resized, true);
        notify(watch);
        return;
    }
    bool is_idle = !atomic_load(&watch->is_foreground) && jobs_count(watch->config.background) == 0;
    if (!watch->config.is_shell && is_idle)
        _exit(128 + signal); /* nothing to stop: a script is being read from a terminal, say */
    bool is_only_interrupt = watch->config.is_shell && signal == SIGINT;
    int before = atomic_load(&watch->caught);
    if (is_only_interrupt && before != 0)
        return;
    if (before == 0 || (watch->config.is_shell && before == SIGINT)) {
        atomic_store(&watch->caught, signal);
        watch->caught_ms = stopwatch_ms();
        notify(watch);
    } else if (stopwatch_ms() - watch->caught_ms >= SECOND_SIGNAL_MS) {
        _exit(128 + signal); /* sooner it is the same: timeout(1) signals the process, then its group */
    }
}

/* -1: a tick has passed. */
static int next_signal(Watch *watch, bool is_ticking)
{
    struct timespec tick = { .tv_nsec = TICK_MS * 1000000L };
    return is_ticking ? sigtimedwait(&watch->signals, NULL, &tick) : sigwaitinfo(&watch->signals, NULL);
}

/* Past the console: whoever holds its lock may be what does not end. */
static void end_late_stop(const Watch *watch)
{
    if (watch->config.is_shell || stopwatch_ms() - watch->caught_ms < (int64_t)watch->config.stop_timeout_s * 1000)
        return;
    dprintf(STDERR_FILENO, "tidemark: the jobs have not stopped within %d s, ending at once; with --state-dir the next start goes on from the"
            " newest complete checkpoint\n", watch->config.stop_timeout_s);
    _exit(128 + atomic_load(&watch->caught));
}

static void *run(void *context)
{
    Watch *watch = context;
    while (!atomic_load(&watch->is_closing)) {
        bool is_foreground = atomic_load(&watch->is_foreground);
        bool is_drawing = is_foreground && watch->config.shows_progress;
        bool is_interrupting = is_foreground && atomic_load(&watch->caught) != 0;
        if (is_interrupting) {
            end_late_stop(watch);
            interrupt_jobs(watch);
        }
        if (is_drawing)
            draw(watch);
        int signal = next_signal(watch, is_drawing || is_interrupting);
        if (signal > 0)
            take_signal(watch, signal);
    }
    return NULL;
}

/* A program started with `&` by a script has SIGINT ignored; an explicit `kill -INT` is meant all the same. A SIGHUP
 * that is ignored is meant to be (nohup). */
static void choose_signals(Watch *watch)
{
    struct sigaction hangup;
    signal(SIGINT, SIG_DFL);
    sigemptyset(&watch->signals);
    sigaddset(&watch->signals, SIGINT);
    sigaddset(&watch->signals, SIGTERM);
    sigaddset(&watch->signals, SIGUSR1);
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
        sigaddset(&watch->signals, SIGHUP);
    if (watch->config.is_shell) {
        sigaddset(&watch->signals, SIGWINCH);
        sigaddset(&watch->signals, SIGCONT);
    }
}

Watch *watch_open(const WatchConfig *config)
{
    Watch *watch = memory_new(1, sizeof(*watch));
    watch->config = *config;
    watch->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    pthread_mutex_init(&watch->mutex, NULL);
    choose_signals(watch);
    pthread_sigmask(SIG_BLOCK, &watch->signals, NULL);
    if (pthread_create(&watch->thread, NULL, run, watch) != 0) {
        console_message(config->console, "tidemark: cannot start a thread");
        exit(1);
    }
    return watch;
}

void watch_close(Watch *watch)
{
    atomic_store(&watch->is_closing, true);
    pthread_kill(watch->thread, SIGUSR1);
    pthread_join(watch->thread, NULL);
    pthread_mutex_destroy(&watch->mutex);
    buffer_free(&watch->line);
    close(watch->event_fd);
    free(watch);
}

void watch_engine(Watch *watch, tide_engine *engine)
{
    pthread_mutex_lock(&watch->mutex);
    watch->engine = engine;
    pthread_mutex_unlock(&watch->mutex);
}

void watch_begin(Watch *watch)
{
    atomic_store(&watch->is_foreground, true);
    pthread_kill(watch->thread, SIGUSR1);
}

void watch_end(Watch *watch)
{
    atomic_store(&watch->is_foreground, false);
    console_live(watch->config.console, "");
}

void watch_query(Watch *watch, tide_job *query)
{
    pthread_mutex_lock(&watch->mutex);
    watch->query = query;
    pthread_mutex_unlock(&watch->mutex);
}

int watch_signal(const Watch *watch)
{
    return atomic_load(&watch->caught);
}

void watch_forget_interrupt(Watch *watch)
{
    int interrupt = SIGINT;
    atomic_compare_exchange_strong(&watch->caught, &interrupt, 0);
}

bool watch_take_resize(Watch *watch)
{
    return atomic_exchange(&watch->is_resized, false);
}

int watch_fd(const Watch *watch)
{
    return watch->event_fd;
}
