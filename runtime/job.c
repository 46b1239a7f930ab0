/* job.c: the life of a job.
 *
 *   CREATED -> RUNNING -> FINISHED                 every sink has seen the end
 *                      -> STOPPING -> FINISHED     job_stop: the sources end
 *                      -> FAILED                   the first error of any worker
 *                      -> CANCELLED                job_cancel
 *
 * A job that takes checkpoints is stopped by its coordinator: a last checkpoint, then FINISHED (see coordinator.h).
 *
 * All ways out end in the same place: shared.stop = STOP_NOW, the workers leave their loops and close their tasks, the
 * last of them sets the final state. Threads are joined by job_destroy. */
#include "runtime/job_parts.h"

#include "runtime/operators/current_watermark.h"
#include "runtime/restore.h"
#include "runtime/verdict.h"

#include <assert.h>

enum { RING_EVENTS = 16, WAIT_SLICE_MS = 50 };

const char *job_state_text(JobState state)
{
    static const char *const texts[] = { "CREATED", "RUNNING", "STOPPING", "FINISHED", "CANCELLED", "FAILED" };
    return texts[state];
}

bool job_state_is_final(JobState state)
{
    return state >= JOB_FINISHED;
}

/* ---- create and destroy ---------------------------------------------------------------------------------------- */

static void fill_options(JobOptions *options)
{
    if (options->parallelism < 1)
        options->parallelism = 1;
    if (options->parallelism > KEY_GROUPS)
        options->parallelism = KEY_GROUPS;
    if (options->worker_count < 1) {
        int32_t cores = env_cpu_count();
        options->worker_count = cores < options->parallelism ? cores : options->parallelism;
    }
    if (options->batch_rows < 1)
        options->batch_rows = BATCH_ROWS;
    if (options->ring_events < 1)
        options->ring_events = RING_EVENTS;
    if (!options->clock)
        options->clock = &env_clock;
    if (!options->eval.zone)
        options->eval.zone = zone_utc;
    if (!options->eval.clock)
        options->eval.clock = options->clock;
}

static bool has_client_sink(const PlanJob *plan)
{
    for (int32_t i = 0; i < plan->sink_count; i++)
        if (!plan->sinks[i]->sink.table)
            return true;
    return false;
}

static void create_workers(Job *job)
{
    job->worker_count = job->options.worker_count;
    job->workers = arena_new(job->arena, Worker, job->worker_count);
    for (int32_t i = 0; i < job->worker_count; i++) {
        job->workers[i].job = job;
        job->workers[i].index = i;
        job->workers[i].wakeup = wakeup_create();
    }
}

static Status open_tasks(Job *job, Error *err)
{
    for (int32_t i = job->task_count - 1; i >= 0; i--)
        TRY(task_open(job->tasks[i], err));
    return STATUS_OK;
}

static void create_epochs(Job *job)
{
    if (!job->options.checkpoints)
        return;
    job->checkpoints = *job->options.checkpoints;
    job->checkpoints.script = arena_str(job->arena, job->checkpoints.script);
    job->checkpoints.job_id = arena_str(job->arena, job->checkpoints.job_id);
    job->checkpoints.claimed_directory = arena_str(job->arena, job->checkpoints.claimed_directory);
    Epochs *epochs = epochs_create(job->arena, wakeup_create());
    epochs->is_aligned = job->checkpoints.is_aligned;
    epochs->job_id = job->checkpoints.job_id;
    epochs->may_rewind = job->checkpoints.may_rewind;
    epochs->restored = job->checkpoints.restore ? job->checkpoints.restore->epoch : 0;
    atomic_store(&epochs->requested, epochs->restored);
    atomic_store(&epochs->durable, epochs->restored);
    job->shared.epochs = epochs;
}

/* A person who lets a sink migrate has chosen what it goes on from. */
static Status settle_restore(Job *job, Error *err)
{
    const JobCheckpoints *options = &job->checkpoints;
    VerdictRules          rules = { .edits = options->edits, .ignores_unclaimed = options->ignores_unclaimed,
                                    .tells = options->tells_verdict, .host = job->options.host };
    bool has_migrated;
    if (!options->restore)
        return STATUS_OK;
    TRY(verdict_settle(options->restore, job->tasks, job->task_count, &rules, &has_migrated, err));
    job->shared.epochs->may_rewind |= has_migrated;
    return STATUS_OK;
}

static Status restore(Job *job, Error *err)
{
    const Checkpoint *checkpoint = job->checkpoints.restore;
    return checkpoint ? restore_tasks(checkpoint, job->tasks, job->task_count, err) : STATUS_OK;
}

static Status create(Job *job, Error *err)
{
    create_workers(job);
    create_epochs(job);
    TRY(job_build(job, err));
    TRY(settle_restore(job, err));
    TRY(open_tasks(job, err));
    TRY(restore(job, err));
    if (!job->shared.epochs)
        return STATUS_OK;
    epochs_set_tasks(job->shared.epochs, job->task_count);
    job->coordinator = coordinator_create(job, job->shared.epochs);
    return STATUS_OK;
}

Status job_create(const PlanJob *plan, const JobOptions *options, Job **out, Error *err)
{
    Arena *arena = arena_create();
    Job   *job = arena_new(arena, Job, 1);
    job->arena = arena;
    job->plan = plan;
    job->options = *options;
    fill_options(&job->options);
    job->ended = wakeup_create();
    job->mutex = env_mutex_create();
    job->error = ERROR_NONE;
    if (has_client_sink(plan))
        job->shared.result = result_create();
    job->shared.plan = plan;
    job->shared.clock = job->options.clock;
    job->shared.eval = job->options.eval;
    job->shared.host = job->options.host;
    job->shared.batch_rows = job->options.batch_rows;
    job->shared.is_watermark_read = plan_reads_watermark(plan);
    Status status = create(job, err);
    if (status != STATUS_OK) {
        job_destroy(job);
        return status;
    }
    *out = job;
    return STATUS_OK;
}

void job_join(Job *job)
{
    if (job->coordinator)
        coordinator_join(job->coordinator);
    for (int32_t i = 0; i < job->worker_count; i++) {
        env_thread_join(job->workers[i].thread);
        job->workers[i].thread = NULL;
    }
}

/* Tasks first: sources and sinks may still use the wake-ups; then the rings with what is left in them. */
void job_destroy(Job *job)
{
    if (!job)
        return;
    job_cancel(job);
    job_join(job);
    for (int32_t i = 0; i < job->task_count; i++)
        task_destroy(job->tasks[i]);
    for (int64_t i = 0; i < job->edge_count; i++)
        edge_destroy(job->edges[i]);
    for (int32_t i = 0; i < job->worker_count; i++)
        wakeup_destroy(job->workers[i].wakeup);
    coordinator_destroy(job->coordinator);
    if (job->shared.epochs)
        wakeup_destroy(job->shared.epochs->wakeup);
    epochs_free(job->shared.epochs);
    result_destroy(job->shared.result);
    wakeup_destroy(job->ended);
    env_mutex_destroy(job->mutex);
    arena_destroy(job->arena);
}

/* ---- state ------------------------------------------------------------------------------------------------------- */

JobState job_state(const Job *job)
{
    return (JobState)atomic_load_explicit(&job->state, memory_order_acquire);
}

const Error *job_error(const Job *job)
{
    return &job->error;
}

void job_wake_all(Job *job)
{
    for (int32_t i = 0; i < job->worker_count; i++)
        wakeup_signal(job->workers[i].wakeup);
    if (job->shared.epochs)
        wakeup_signal(job->shared.epochs->wakeup);
}

static void request_stop(Job *job, StopRequest request)
{
    int32_t before = atomic_load_explicit(&job->shared.stop, memory_order_relaxed);
    while (before < (int32_t)request && !atomic_compare_exchange_weak(&job->shared.stop, &before, (int32_t)request))
        ;
    job_wake_all(job);
}

/* The first error wins. */
void job_fail(Job *job, const Error *err)
{
    env_mutex_lock(job->mutex);
    if (!atomic_load(&job->has_failed)) {
        job->error = *err;
        atomic_store(&job->has_failed, true);
    }
    env_mutex_unlock(job->mutex);
    request_stop(job, STOP_NOW);
}

void job_has_stopped(Job *job)
{
    atomic_store(&job->has_stopped, true);
    request_stop(job, STOP_NOW);
}

/* Behind a LIMIT there may be input left when all is given; what was refused up to then is still written. */
void job_sink_done(Job *job, bool is_dead_letter)
{
    if (!is_dead_letter && atomic_fetch_sub(&job->outputs_alive, 1) == 1)
        request_stop(job, STOP_SOURCES);
    if (atomic_fetch_sub(&job->sinks_alive, 1) == 1)
        request_stop(job, STOP_NOW);
}

bool job_has_finished(const Job *job)
{
    return !atomic_load(&job->has_failed) && (atomic_load(&job->sinks_alive) == 0 || atomic_load(&job->has_stopped));
}

static JobState final_state(Job *job)
{
    if (atomic_load(&job->has_failed))
        return JOB_FAILED;
    return job_has_finished(job) ? JOB_FINISHED : JOB_CANCELLED;
}

/* on_end before the waiters are woken: it must be over when somebody destroys the job. */
void job_worker_done(Job *job)
{
    if (atomic_fetch_sub(&job->workers_alive, 1) != 1)
        return;
    atomic_store(&job->ended_ns, clock_monotonic_ns(&env_clock));
    atomic_store_explicit(&job->state, (int32_t)final_state(job), memory_order_release);
    if (job->options.on_end)
        job->options.on_end(job->options.context, job);
    if (job->shared.result)
        result_wake(job->shared.result);
    wakeup_signal(job->ended);
}

/* ---- start and stop ------------------------------------------------------------------------------------------------ */

/* It runs when so many workers do. */
void job_begin(Job *job, int32_t worker_count)
{
    assert(job_state(job) == JOB_CREATED);
    atomic_store(&job->started_ns, clock_monotonic_ns(&env_clock));
    atomic_store(&job->workers_alive, worker_count);
    atomic_store_explicit(&job->state, JOB_RUNNING, memory_order_release);
}

Status job_start(Job *job, Error *err)
{
    job_begin(job, job->worker_count);
    for (int32_t i = 0; i < job->worker_count; i++) {
        Status status = env_thread_start(&job->workers[i].thread, "tide-worker", worker_run, &job->workers[i], err);
        if (status == STATUS_OK)
            continue;
        job_fail(job, err);
        for (int32_t left = i; left < job->worker_count; left++)
            job_worker_done(job);
        return status;
    }
    if (!job->coordinator)
        return STATUS_OK;
    Status status = coordinator_start(job->coordinator, err);
    if (status != STATUS_OK)
        job_fail(job, err);
    return status;
}

void job_cancel(Job *job)
{
    request_stop(job, STOP_NOW);
}

void job_stop(Job *job, bool drain)
{
    int32_t running = JOB_RUNNING;
    atomic_compare_exchange_strong(&job->state, &running, JOB_STOPPING);
    if (job->coordinator && !drain)
        coordinator_stop(job->coordinator);
    else
        request_stop(job, drain ? STOP_DRAIN : STOP_SOURCES);
}

Status job_savepoint(Job *job, Str directory, SavepointThen then, Error *err)
{
    if (!job->coordinator) {
        error_set(err, STATUS_INVALID, SPAN_NONE, "the job keeps no state, so that there is nothing to save");
        return error_hint(err, "start it with --state-dir DIR, or SET 'execution.checkpointing.dir' = 'DIR'");
    }
    return coordinator_savepoint(job->coordinator, directory, then, err);
}

/* INT64_MAX = no limit. */
static int64_t deadline_after(int64_t timeout_ms)
{
    bool is_limited = timeout_ms >= 0 && timeout_ms < INT64_MAX / 4000000;
    return is_limited ? clock_monotonic_ns(&env_clock) + timeout_ms * 1000000 : INT64_MAX;
}

/* In short waits, so that no lost wake-up holds anyone for long. */
static int64_t wait_slice_ms(int64_t deadline_ns)
{
    int64_t left_ms = (deadline_ns - clock_monotonic_ns(&env_clock)) / 1000000;
    return left_ms < WAIT_SLICE_MS ? left_ms : WAIT_SLICE_MS;
}

/* A wake-up wakes one: whoever sees the end wakes the next. */
bool job_wait(Job *job, int64_t timeout_ms)
{
    int64_t deadline_ns = deadline_after(timeout_ms);
    while (!job_state_is_final(job_state(job))) {
        int64_t wait_ms = wait_slice_ms(deadline_ns);
        if (wait_ms <= 0)
            return false;
        wakeup_wait(job->ended, wait_ms);
    }
    wakeup_signal(job->ended);
    return true;
}

/* ---- rows for the client ------------------------------------------------------------------------------------------- */

static Status result_end(const Job *job, Error *err)
{
    switch (job_state(job)) {
    case JOB_FAILED:
        *err = job->error;
        return job->error.status;
    case JOB_CANCELLED:
        return error_set(err, STATUS_CANCELLED, SPAN_NONE, "the query was cancelled");
    default:
        return STATUS_OK;
    }
}

Status job_next(Job *job, int64_t timeout_ms, Batch **out, Error *err)
{
    int64_t deadline_ns = deadline_after(timeout_ms);
    *out = NULL;
    if (!job->shared.result)
        return error_set(err, STATUS_MISUSE, SPAN_NONE, "this job writes to tables; it has no rows to read");
    for (;;) {
        bool is_final = job_state_is_final(job_state(job)); /* before the look: rows come before the end */
        *out = result_read(job->shared.result);
        if (*out)
            return STATUS_OK;
        if (is_final)
            return result_end(job, err);
        int64_t wait_ms = wait_slice_ms(deadline_ns);
        if (wait_ms <= 0)
            return STATUS_TIMEOUT;
        result_wait(job->shared.result, wait_ms);
    }
}
