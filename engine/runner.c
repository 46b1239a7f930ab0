/* runner.c: see runner.h.
 *
 * A thread of its own watches a job that may start again. Whoever uses the current Job holds the mutex or counts as a user: a Job is
 * replaced only when nobody does, and then destroyed. Users leave soon, since their waits are short, and new ones wait until it is
 * replaced: those who come again and again would keep it for ever. */
#include "engine/runner.h"

#include <stdatomic.h>

enum { WAIT_SLICE_MS = 50, USERS_PAUSE_MS = 1 };

struct Runner {
    Arena         *arena;
    const PlanJob *plan;
    RunnerOptions  options;
    EnvMutex      *mutex;      /* guards what follows */
    Job           *job;
    int32_t        users;
    bool           is_replaced; /* as soon as there are no users: no more may enter */
    EnvThread     *thread;     /* NULL: it does not start again */
    Wakeup        *wakeup;     /* of the thread, while it waits for the next start */
    _Atomic bool   is_over;    /* the thread has seen the last run end */
    _Atomic bool   is_unwanted; /* cancelled or stopped: no further start */
    _Atomic int64_t restarts;
    RestartHistory history;
    int64_t        starts;     /* tried so far; of whoever starts: the creator, then the thread */
};

/* ---- the current job ------------------------------------------------------------------------------------------------ */

/* Lets others have the mutex for a moment. */
static void stand_aside(Runner *runner)
{
    env_mutex_unlock(runner->mutex);
    env_sleep_ms(USERS_PAUSE_MS);
    env_mutex_lock(runner->mutex);
}

static Job *enter(Runner *runner)
{
    env_mutex_lock(runner->mutex);
    while (runner->is_replaced)
        stand_aside(runner);
    Job *job = runner->job;
    runner->users++;
    env_mutex_unlock(runner->mutex);
    return job;
}

static void leave(Runner *runner)
{
    env_mutex_lock(runner->mutex);
    runner->users--;
    env_mutex_unlock(runner->mutex);
}

/* The old one may be destroyed: nobody has it any more. */
static Job *replace(Runner *runner, Job *job)
{
    env_mutex_lock(runner->mutex);
    runner->is_replaced = true;
    while (runner->users > 0)
        stand_aside(runner);
    Job *old = runner->job;
    runner->job = job;
    runner->is_replaced = false;
    env_mutex_unlock(runner->mutex);
    return old;
}

/* ---- starting again --------------------------------------------------------------------------------------------------- */

static Status create_job(Runner *runner, Job **out, Error *err)
{
    JobOptions options = runner->options.job;
    options.checkpoints = runner->options.state ? &runner->options.state->options : NULL;
    options.faults.start = runner->starts++;
    TRY(job_create(runner->plan, &options, out, err));
    Status status = job_start(*out, err);
    if (status != STATUS_OK)
        job_destroy(*out);
    return status;
}

static void say_restart(const Runner *runner, const Error *failure, int64_t delay_ms)
{
    const ConnectorHost *host = runner->options.job.host;
    Text                 line = TEXT_EMPTY;
    if (!host->notice)
        return;
    text_printf(&line, "%.*s failed, starting again in %lld ms: %s", STR_FMT(runner->options.name), (long long)delay_ms, failure->message);
    host->notice(host->state, text_str(&line));
    text_free(&line);
}

/* How long to wait before the next start; -1: this failure is the last. */
static int64_t next_delay(Runner *runner, const Error *failure)
{
    uint32_t random;
    env_random(&random, sizeof(random));
    if (atomic_load(&runner->is_unwanted) || !status_is_retriable(failure->status))
        return -1;
    return restart_delay(&runner->options.restart, &runner->history, clock_now_ms(&env_clock), random / 4294967296.0);
}

/* false: it is not wanted any more. */
static bool pause_before_start(Runner *runner, int64_t delay_ms)
{
    int64_t end_ns = clock_monotonic_ns(&env_clock) + delay_ms * 1000000;
    for (int64_t left_ms = delay_ms; left_ms > 0; left_ms = (end_ns - clock_monotonic_ns(&env_clock)) / 1000000) {
        if (atomic_load(&runner->is_unwanted))
            return false;
        wakeup_wait(runner->wakeup, left_ms);
    }
    return !atomic_load(&runner->is_unwanted);
}

/* The new run goes on from what is newest now. The old one has let go of the store and its tables. */
static Status start_again(Runner *runner, Job **out, Error *err)
{
    TRY(state_folder_reread(runner->options.state, err));
    return create_job(runner, out, err);
}

/* Tries until a start succeeds; NULL: it is over. */
static Job *next_run(Runner *runner, const Error *failure)
{
    Error last = *failure;
    Job  *job = NULL;
    for (;;) {
        int64_t delay_ms = next_delay(runner, &last);
        if (delay_ms < 0)
            break;
        say_restart(runner, &last, delay_ms);
        if (!pause_before_start(runner, delay_ms))
            break;
        error_clear(&last);
        if (start_again(runner, &job, &last) == STATUS_OK)
            break;
        job = NULL;
    }
    return job;
}

static void watch(void *context)
{
    Runner *runner = context;
    for (;;) {
        job_wait(runner->job, -1);
        if (job_state(runner->job) != JOB_FAILED)
            break;
        job_join(runner->job);
        Job *job = next_run(runner, job_error(runner->job));
        if (!job)
            break;
        atomic_fetch_add(&runner->restarts, 1);
        job_destroy(replace(runner, job));
    }
    atomic_store(&runner->is_over, true);
}

/* ---- start and destroy ------------------------------------------------------------------------------------------------- */

static void runner_free(Runner *runner)
{
    wakeup_destroy(runner->wakeup);
    env_mutex_destroy(runner->mutex);
    arena_destroy(runner->arena);
}

static Status start_watch(Runner *runner, Error *err)
{
    if (!runner->options.state || runner->options.restart.kind == RESTART_NONE) {
        atomic_store(&runner->is_over, true);
        return STATUS_OK;
    }
    return env_thread_start(&runner->thread, "tide-restart", watch, runner, err);
}

Status runner_start(const PlanJob *plan, const RunnerOptions *options, Runner **out, Error *err)
{
    Arena  *arena = arena_create();
    Runner *runner = arena_new(arena, Runner, 1);
    runner->arena = arena;
    runner->plan = plan;
    runner->options = *options;
    runner->mutex = env_mutex_create();
    runner->wakeup = wakeup_create();
    Status status = create_job(runner, &runner->job, err);
    if (status == STATUS_OK) {
        status = start_watch(runner, err);
        if (status != STATUS_OK)
            job_destroy(runner->job);
    }
    if (status == STATUS_OK)
        *out = runner;
    else
        runner_free(runner);
    return status;
}

void runner_destroy(Runner *runner)
{
    if (!runner)
        return;
    runner_cancel(runner);
    env_thread_join(runner->thread);
    job_destroy(runner->job);
    state_folder_close(runner->options.state);
    runner_free(runner);
}

/* ---- for everybody ------------------------------------------------------------------------------------------------------ */

JobState runner_state(Runner *runner)
{
    bool     is_over = atomic_load(&runner->is_over); /* before the look at the job: the last one */
    JobState state = job_state(enter(runner));
    leave(runner);
    if (!is_over && job_state_is_final(state))
        return atomic_load(&runner->is_unwanted) ? JOB_STOPPING : JOB_RUNNING;
    return state;
}

bool runner_wait(Runner *runner, int64_t timeout_ms)
{
    int64_t now_ns = clock_monotonic_ns(&env_clock);
    int64_t end_ns = timeout_ms < 0 || timeout_ms > (INT64_MAX - now_ns) / 1000000 ? INT64_MAX : now_ns + timeout_ms * 1000000;
    while (!job_state_is_final(runner_state(runner))) {
        int64_t left_ms = (end_ns - clock_monotonic_ns(&env_clock)) / 1000000;
        if (left_ms <= 0)
            return false;
        int64_t slice_ms = left_ms < WAIT_SLICE_MS ? left_ms : WAIT_SLICE_MS;
        bool has_ended = job_wait(enter(runner), slice_ms);
        leave(runner);
        if (has_ended && !atomic_load(&runner->is_over))
            env_sleep_ms(USERS_PAUSE_MS); /* between two runs */
    }
    return true;
}

const Error *runner_error(const Runner *runner)
{
    return job_error(runner->job);
}

void runner_cancel(Runner *runner)
{
    atomic_store(&runner->is_unwanted, true);
    job_cancel(enter(runner));
    leave(runner);
    wakeup_signal(runner->wakeup);
}

void runner_stop(Runner *runner, bool drain)
{
    atomic_store(&runner->is_unwanted, true);
    job_stop(enter(runner), drain);
    leave(runner);
    wakeup_signal(runner->wakeup);
}

Status runner_savepoint(Runner *runner, Str directory, SavepointThen then, Error *err)
{
    Status status = job_savepoint(enter(runner), directory, then, err);
    leave(runner);
    return status;
}

Status runner_next(Runner *runner, int64_t timeout_ms, Batch **out, Error *err)
{
    return job_next(runner->job, timeout_ms, out, err);
}

void runner_stats(Runner *runner, Arena *arena, JobStats *out)
{
    job_stats(enter(runner), arena, out);
    leave(runner);
}

int64_t runner_restarts(const Runner *runner)
{
    return atomic_load(&runner->restarts);
}
