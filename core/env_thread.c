/* env_thread.c: threads, mutexes and wake-ups over POSIX threads.
 *
 * Our threads block all signals: SIGINT and SIGTERM reach the thread that the program chose for them. */
#include "core/env.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { THREAD_NAME_SIZE = 16 }; /* the kernel's limit, NUL included */

struct EnvThread {
    pthread_t handle;
    void (*run)(void *context);
    void *context;
    char  name[THREAD_NAME_SIZE];
};

struct EnvMutex {
    pthread_mutex_t handle;
};

struct Wakeup {
    pthread_mutex_t mutex;
    pthread_cond_t  changed;
    bool            is_signalled;
};

/* These calls fail only when they are misused. */
static void must(int code)
{
    if (code != 0) {
        fprintf(stderr, "tidemark: a thread call failed: %s\n", strerrorname_np(code));
        abort();
    }
}

static void *thread_main(void *argument)
{
    EnvThread *thread = argument;
    pthread_setname_np(pthread_self(), thread->name);
    thread->run(thread->context);
    return NULL;
}

Status env_thread_start(EnvThread **out, const char *name, void (*run)(void *context), void *context, Error *err)
{
    EnvThread *thread = env_alloc((int64_t)sizeof(EnvThread));
    sigset_t   all;
    sigset_t   before;
    char       reason[128];
    thread->run = run;
    thread->context = context;
    snprintf(thread->name, sizeof(thread->name), "%.*s", THREAD_NAME_SIZE - 1, name);
    sigfillset(&all);
    must(pthread_sigmask(SIG_SETMASK, &all, &before));
    int code = pthread_create(&thread->handle, NULL, thread_main, thread);
    must(pthread_sigmask(SIG_SETMASK, &before, NULL));
    if (code != 0) {
        env_free(thread);
        return error_set(err, STATUS_RUNTIME, SPAN_NONE, "cannot start thread \"%s\": %s", name,
                         strerror_r(code, reason, sizeof(reason)));
    }
    *out = thread;
    return STATUS_OK;
}

void env_thread_join(EnvThread *thread)
{
    if (!thread)
        return;
    must(pthread_join(thread->handle, NULL));
    env_free(thread);
}

EnvMutex *env_mutex_create(void)
{
    EnvMutex *mutex = env_alloc((int64_t)sizeof(EnvMutex));
    must(pthread_mutex_init(&mutex->handle, NULL));
    return mutex;
}

void env_mutex_destroy(EnvMutex *mutex)
{
    if (!mutex)
        return;
    must(pthread_mutex_destroy(&mutex->handle));
    env_free(mutex);
}

void env_mutex_lock(EnvMutex *mutex)
{
    must(pthread_mutex_lock(&mutex->handle));
}

void env_mutex_unlock(EnvMutex *mutex)
{
    must(pthread_mutex_unlock(&mutex->handle));
}

/* Waits are measured on the monotonic clock: a step of the wall clock must not wake or hold anyone. */
Wakeup *wakeup_create(void)
{
    Wakeup            *wakeup = env_alloc((int64_t)sizeof(Wakeup));
    pthread_condattr_t attributes;
    must(pthread_mutex_init(&wakeup->mutex, NULL));
    must(pthread_condattr_init(&attributes));
    must(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC));
    must(pthread_cond_init(&wakeup->changed, &attributes));
    must(pthread_condattr_destroy(&attributes));
    return wakeup;
}

void wakeup_destroy(Wakeup *wakeup)
{
    if (!wakeup)
        return;
    must(pthread_cond_destroy(&wakeup->changed));
    must(pthread_mutex_destroy(&wakeup->mutex));
    env_free(wakeup);
}

/* Signalled under the mutex: the waiter may destroy the wake-up as soon as it has returned and joined. */
void wakeup_signal(Wakeup *wakeup)
{
    must(pthread_mutex_lock(&wakeup->mutex));
    if (!wakeup->is_signalled) {
        wakeup->is_signalled = true;
        must(pthread_cond_signal(&wakeup->changed));
    }
    must(pthread_mutex_unlock(&wakeup->mutex));
}

static struct timespec deadline_after(int64_t timeout_ms)
{
    int64_t at_ns = clock_monotonic_ns(&env_clock) + timeout_ms * 1000000;
    return (struct timespec){ at_ns / 1000000000, at_ns % 1000000000 };
}

bool wakeup_wait(Wakeup *wakeup, int64_t timeout_ms)
{
    struct timespec deadline = deadline_after(timeout_ms < 0 ? 0 : timeout_ms);
    int             code = 0;
    must(pthread_mutex_lock(&wakeup->mutex));
    while (!wakeup->is_signalled && code != ETIMEDOUT) {
        if (timeout_ms < 0)
            must(pthread_cond_wait(&wakeup->changed, &wakeup->mutex));
        else
            code = pthread_cond_timedwait(&wakeup->changed, &wakeup->mutex, &deadline);
    }
    bool is_signalled = wakeup->is_signalled;
    wakeup->is_signalled = false;
    must(pthread_mutex_unlock(&wakeup->mutex));
    return is_signalled;
}
