/* coordinator.c: see coordinator.h. */
#include "runtime/coordinator.h"

#include "core/env.h"
#include "runtime/job_parts.h"
#include "runtime/restore.h"
#include "runtime/signature.h"

#include <assert.h>
#include <stdlib.h>

enum {
    FIRST_EPOCH_MS = 50,  /* from the first row behind a restart to the first checkpoint */
    RETRY_FIRST_MS = 100, /* a write that failed is tried again after this, then twice as long, ... */
    RETRY_MAX_MS = 10000, /* ... up to this */
    FOREIGN_CLOCK_WAIT_MS = 1,
    ANSWER_WAIT_MS = 50
};

typedef enum CoordinatorState { IDLE, SAVING, WRITING, COMMITTING } CoordinatorState;

/* A savepoint that somebody waits for. With DRAIN it is the last checkpoint of the job, which the one who asks drains. */
typedef struct SavepointRequest {
    Str           directory;
    SavepointThen then;
    _Atomic bool  is_answered; /* the last that the coordinator does with it */
    Error         error;
} SavepointRequest;

struct Coordinator {
    Job              *job;
    Epochs           *epochs;
    JobCheckpoints    options;
    Arena            *arena;
    CheckpointOp     *ops;        /* of the job, in the order of their names in the checkpoint */
    int32_t           op_count;
    int32_t         **op_indexes; /* [task][operator] -> index into ops, -1 = keeps no state */
    EnvThread        *thread;

    CoordinatorState  state;
    int64_t           epoch;       /* the newest that was begun */
    int64_t           begun_ms, ended_ms;
    bool              is_resuming; /* no epoch was begun since the job went on from a checkpoint */
    int64_t           resumed_ms;  /* when its first output was seen; 0 = not yet */
    int64_t           retry_ms;    /* WRITING: not before this; and how long to wait after the next failure */
    int64_t           retry_wait_ms;
    bool              is_last;     /* the checkpoint at hand is the one that the job stops with */
    _Atomic bool      is_stop_wanted;
    SavepointRequest *savepoint;   /* the checkpoint at hand is for it; NULL = for none */
    EnvMutex         *mutex;       /* guards what follows */
    SavepointRequest *asked;       /* not answered yet; NULL = none */
    bool              is_over;     /* nobody is left who could answer */
    Wakeup           *answered;

    _Atomic int64_t   complete_epoch, complete_count, size, duration_ms, failures, pause_us; /* for coordinator_stats */
};

/* ---- create ---------------------------------------------------------------------------------------------------------- */

static int32_t find_or_add(Coordinator *coordinator, const Op *op, int32_t instances)
{
    Text name = TEXT_EMPTY;
    if (!operator_name(op, &name))
        return -1;
    int32_t index = 0;
    while (index < coordinator->op_count && !str_eq(coordinator->ops[index].name, text_str(&name)))
        index++;
    if (index == coordinator->op_count) {
        Text signature = TEXT_EMPTY;
        node_signature(op->plan, &signature);
        coordinator->ops[coordinator->op_count++] = (CheckpointOp){ .name = arena_str(coordinator->arena, text_str(&name)),
                                                                    .signature = arena_str(coordinator->arena, text_str(&signature)),
                                                                    .instances = instances };
        text_free(&signature);
    }
    text_free(&name);
    return index;
}

static void name_ops(Coordinator *coordinator)
{
    const Job *job = coordinator->job;
    int32_t    total = 0;
    for (int32_t t = 0; t < job->task_count; t++)
        total += task_op_count(job->tasks[t]);
    coordinator->ops = arena_new(coordinator->arena, CheckpointOp, total);
    coordinator->op_indexes = arena_new(coordinator->arena, int32_t *, job->task_count);
    for (int32_t t = 0; t < job->task_count; t++) {
        int32_t count = task_op_count(job->tasks[t]);
        coordinator->op_indexes[t] = arena_new(coordinator->arena, int32_t, count);
        for (int32_t i = 0; i < count; i++) {
            const Op *op = task_op(job->tasks[t], i);
            coordinator->op_indexes[t][i] = find_or_add(coordinator, op, op->task_count);
        }
    }
}

Coordinator *coordinator_create(Job *job, Epochs *epochs)
{
    Coordinator *coordinator = arena_new(job->arena, Coordinator, 1);
    coordinator->job = job;
    coordinator->epochs = epochs;
    coordinator->options = job->checkpoints;
    coordinator->arena = job->arena;
    coordinator->epoch = epochs->restored;
    coordinator->begun_ms = clock_now_ms(job->options.clock);
    coordinator->mutex = env_mutex_create();
    coordinator->answered = wakeup_create();
    coordinator->is_resuming = epochs->restored > 0 && coordinator->options.interval_ms > 0;
    atomic_store(&coordinator->complete_epoch, epochs->restored);
    name_ops(coordinator);
    return coordinator;
}

void coordinator_destroy(Coordinator *coordinator)
{
    if (!coordinator)
        return;
    assert(!coordinator->thread && !coordinator->asked);
    wakeup_destroy(coordinator->answered);
    env_mutex_destroy(coordinator->mutex);
}

/* ---- begin ----------------------------------------------------------------------------------------------------------- */

static int64_t now_ms(const Coordinator *coordinator)
{
    return clock_now_ms(coordinator->job->options.clock);
}

/* When the next checkpoint is due by the clock; TIME_MAX = never. A job that goes on does not let those who have waited for its results wait for
 * a whole interval more: its first epoch ends soon after its first row. */
static int64_t due_ms(const Coordinator *coordinator)
{
    if (coordinator->options.interval_ms <= 0)
        return TIME_MAX;
    int64_t due = coordinator->begun_ms + coordinator->options.interval_ms;
    if (coordinator->resumed_ms > 0 && due > coordinator->resumed_ms + FIRST_EPOCH_MS)
        due = coordinator->resumed_ms + FIRST_EPOCH_MS;
    int64_t rested = coordinator->ended_ms + coordinator->options.pause_ms;
    return due > rested ? due : rested;
}

/* A checkpoint is to be taken for it; that of a drained job is its last one, whenever that comes. */
static SavepointRequest *savepoint_wanted(const Coordinator *coordinator)
{
    env_mutex_lock(coordinator->mutex);
    SavepointRequest *request = coordinator->asked;
    env_mutex_unlock(coordinator->mutex);
    return request && request->then != SAVEPOINT_DRAIN ? request : NULL;
}

static bool is_wanted(const Coordinator *coordinator)
{
    const Epochs *epochs = coordinator->epochs;
    return atomic_load(&epochs->is_hurried) || atomic_load(&epochs->has_ending) || atomic_load(&coordinator->is_stop_wanted) ||
        savepoint_wanted(coordinator) || now_ms(coordinator) >= due_ms(coordinator);
}

static void begin(Coordinator *coordinator)
{
    Epochs *epochs = coordinator->epochs;
    int64_t held = epoch_load(&epochs->held), traced = checkpoint_store_highest(coordinator->options.store);
    if (held > coordinator->epoch)
        coordinator->epoch = held;
    if (traced > coordinator->epoch) /* one that a dead process did not finish */
        coordinator->epoch = traced;
    coordinator->epoch++;
    coordinator->begun_ms = now_ms(coordinator);
    coordinator->savepoint = savepoint_wanted(coordinator);
    coordinator->is_resuming = false;
    coordinator->resumed_ms = 0;
    coordinator->is_last = atomic_load(&coordinator->is_stop_wanted) ||
        (coordinator->savepoint && coordinator->savepoint->then == SAVEPOINT_STOP);
    coordinator->state = SAVING;
    atomic_store(&epochs->is_hurried, false);
    atomic_store(&epochs->has_ending, false);
    atomic_store(&epochs->uncommitted, epochs->sink_count);
    if (coordinator->is_last)
        atomic_store(&epochs->stops_at, coordinator->epoch);
    atomic_store(&epochs->requested, coordinator->epoch);
    job_wake_all(coordinator->job);
}

/* ---- save and write -------------------------------------------------------------------------------------------------- */

static bool is_delivered(const Coordinator *coordinator)
{
    Epochs *epochs = coordinator->epochs;
    env_mutex_lock(epochs->mutex);
    bool is_complete = epochs->delivered == epochs->task_count;
    env_mutex_unlock(epochs->mutex);
    return is_complete;
}

static int compare_parts(const void *left_part, const void *right_part)
{
    const CheckpointPart *left = left_part, *right = right_part;
    if (left->op != right->op)
        return left->op < right->op ? -1 : 1;
    if (left->instance != right->instance)
        return left->instance < right->instance ? -1 : 1;
    return left->number < right->number ? -1 : left->number > right->number;
}

static void add_parts(const Coordinator *coordinator, int32_t task, const Snapshot *snapshot, CheckpointPart *parts, int64_t *count)
{
    for (int64_t i = 0; i < snapshot->count; i++) {
        const SnapshotPart *part = &snapshot->parts[i];
        int32_t             op = coordinator->op_indexes[task][part->op];
        if (op < 0)
            continue;
        parts[(*count)++] = (CheckpointPart){ .op = op, .instance = task_op(coordinator->job->tasks[task], part->op)->task_index,
                                              .number = part->number, .is_unchanged = part->is_unchanged,
                                              .bytes = text_str(&part->bytes) };
    }
}

static CheckpointPart *collect_parts(const Coordinator *coordinator, Arena *scratch, int64_t *count)
{
    const Epochs *epochs = coordinator->epochs;
    int64_t       total = 0;
    for (int32_t t = 0; t < epochs->task_count; t++)
        total += epochs->snapshots[t]->count;
    CheckpointPart *parts = arena_new(scratch, CheckpointPart, total + 1);
    *count = 0;
    for (int32_t t = 0; t < epochs->task_count; t++)
        add_parts(coordinator, t, epochs->snapshots[t], parts, count);
    qsort(parts, (size_t)*count, sizeof(CheckpointPart), compare_parts);
    return parts;
}

static int64_t longest_pause_us(const Epochs *epochs)
{
    int64_t longest_ns = 0;
    for (int32_t t = 0; t < epochs->task_count; t++)
        if (epochs->snapshots[t]->pause_ns > longest_ns)
            longest_ns = epochs->snapshots[t]->pause_ns;
    return longest_ns / 1000;
}

static Status write_checkpoint(Coordinator *coordinator, Error *err)
{
    Arena     *scratch = arena_create();
    Checkpoint checkpoint = {
        .epoch = coordinator->epoch, .kind = coordinator->is_last ? CHECKPOINT_LAST : CHECKPOINT_PERIODIC,
        .created_ms = now_ms(coordinator), .job_id = coordinator->options.job_id, .job_name = coordinator->job->plan->name,
        .script = coordinator->options.script, .ops = coordinator->ops, .op_count = coordinator->op_count,
    };
    checkpoint.parts = collect_parts(coordinator, scratch, &checkpoint.part_count);
    Status  status = checkpoint_store_write(coordinator->options.store, &checkpoint, err);
    int64_t size = 0;
    for (int64_t i = 0; i < checkpoint.part_count; i++)
        size += checkpoint.parts[i].bytes.len;
    atomic_store(&coordinator->size, size);
    atomic_store(&coordinator->pause_us, longest_pause_us(coordinator->epochs));
    arena_destroy(scratch);
    return status;
}

/* what: of the epoch. */
static void notice(const Coordinator *coordinator, int64_t epoch, const char *what, const Error *err)
{
    const ConnectorHost *host = coordinator->job->options.host;
    Text                 line = TEXT_EMPTY;
    if (!host || !host->notice)
        return;
    text_printf(&line, "checkpoint %lld cannot be %s: %s", (long long)epoch, what, err->message);
    host->notice(host->state, text_str(&line));
    text_free(&line);
}

/* What was saved is kept until it is written: nothing is lost while a disk is full. */
static void write_or_retry(Coordinator *coordinator)
{
    Error err = ERROR_NONE;
    if (now_ms(coordinator) < coordinator->retry_ms)
        return;
    if (write_checkpoint(coordinator, &err) == STATUS_OK) {
        epochs_forget_snapshots(coordinator->epochs);
        coordinator->state = COMMITTING;
        atomic_store(&coordinator->epochs->durable, coordinator->epoch);
        job_wake_all(coordinator->job);
        return;
    }
    atomic_fetch_add(&coordinator->failures, 1);
    notice(coordinator, coordinator->epoch, "written, trying again", &err);
    error_clear(&err);
    coordinator->retry_ms = now_ms(coordinator) + coordinator->retry_wait_ms;
    coordinator->retry_wait_ms = coordinator->retry_wait_ms * 2 < RETRY_MAX_MS ? coordinator->retry_wait_ms * 2 : RETRY_MAX_MS;
}

/* ---- savepoints ------------------------------------------------------------------------------------------------------ */

static Status ask(Coordinator *coordinator, SavepointRequest *request, Error *err)
{
    Status status = STATUS_OK;
    env_mutex_lock(coordinator->mutex);
    if (coordinator->is_over)
        status = error_set(err, STATUS_INVALID, SPAN_NONE, "the job does not run any more");
    else if (coordinator->asked)
        status = error_set(err, STATUS_INVALID, SPAN_NONE, "another savepoint of the job is being taken");
    else
        coordinator->asked = request;
    env_mutex_unlock(coordinator->mutex);
    wakeup_signal(coordinator->epochs->wakeup);
    return status;
}

Status coordinator_savepoint(Coordinator *coordinator, Str directory, SavepointThen then, Error *err)
{
    SavepointRequest request = { .directory = directory, .then = then, .error = ERROR_NONE };
    TRY(ask(coordinator, &request, err));
    if (then == SAVEPOINT_DRAIN)
        job_stop(coordinator->job, true);
    while (!atomic_load(&request.is_answered))
        wakeup_wait(coordinator->answered, ANSWER_WAIT_MS);
    if (request.error.status != STATUS_OK)
        *err = request.error;
    return request.error.status;
}

static void answer(Coordinator *coordinator, SavepointRequest *request)
{
    env_mutex_lock(coordinator->mutex);
    coordinator->asked = NULL;
    env_mutex_unlock(coordinator->mutex);
    atomic_store(&request->is_answered, true);
    wakeup_signal(coordinator->answered);
}

/* The sources read on behind the barrier that was to be the last. */
static void go_on(Coordinator *coordinator)
{
    coordinator->is_last = false;
    atomic_store(&coordinator->epochs->stops_at, 0);
    job_wake_all(coordinator->job);
}

/* The epoch is complete; its checkpoint is in the store. */
static void export_savepoint(Coordinator *coordinator, SavepointRequest *request)
{
    Status status = checkpoint_store_export(coordinator->options.store, atomic_load(&coordinator->complete_epoch), request->directory,
                                            &request->error);
    if (status != STATUS_OK && coordinator->is_last && !atomic_load(&coordinator->is_stop_wanted))
        go_on(coordinator);
}

/* Whoever asks from now on is told so. Returns who has asked before. */
static SavepointRequest *take_no_more(Coordinator *coordinator)
{
    env_mutex_lock(coordinator->mutex);
    coordinator->is_over = true;
    SavepointRequest *request = coordinator->asked;
    env_mutex_unlock(coordinator->mutex);
    return request;
}

/* Nobody takes checkpoints any more: what is asked for is the last of a job that has ended, or cannot be had. */
static void answer_last(Coordinator *coordinator)
{
    SavepointRequest *request = take_no_more(coordinator);
    if (!request)
        return;
    if (job_has_finished(coordinator->job) && atomic_load(&coordinator->complete_count) > 0)
        export_savepoint(coordinator, request);
    else
        error_set(&request->error, STATUS_INVALID, SPAN_NONE, "the job ended before its savepoint was complete");
    answer(coordinator, request);
}

/* What the job was given is not needed any more, as soon as it has enough of its own. One that is gone was removed before. */
static void discard_claimed(Coordinator *coordinator)
{
    const JobCheckpoints *options = &coordinator->options;
    Error                 err = ERROR_NONE;
    if (options->claimed_directory.len == 0 || atomic_load(&coordinator->complete_count) < options->keep)
        return;
    Status status = checkpoint_discard(options->claimed_directory, options->claimed_epoch, &err);
    if (status != STATUS_OK)
        notice(coordinator, options->claimed_epoch, "removed, though it was claimed", &err);
    coordinator->options.claimed_directory = STR_EMPTY;
}

/* ---- complete -------------------------------------------------------------------------------------------------------- */

static void complete(Coordinator *coordinator)
{
    SavepointRequest *savepoint = coordinator->savepoint;
    Error err = ERROR_NONE;
    coordinator->state = IDLE;
    coordinator->ended_ms = now_ms(coordinator);
    atomic_store(&coordinator->complete_epoch, coordinator->epoch);
    atomic_fetch_add(&coordinator->complete_count, 1);
    atomic_store(&coordinator->duration_ms, coordinator->ended_ms - coordinator->begun_ms);
    coordinator->savepoint = NULL;
    if (savepoint)
        export_savepoint(coordinator, savepoint);
    /* What cannot be removed is removed by a later one. */
    if (checkpoint_store_prune(coordinator->options.store, coordinator->options.keep, &err) != STATUS_OK)
        error_clear(&err);
    discard_claimed(coordinator);
    if (coordinator->is_last) {
        take_no_more(coordinator); /* before anybody can see that the job has ended */
        job_has_stopped(coordinator->job);
    }
    if (savepoint)
        answer(coordinator, savepoint);
}

static bool has_timed_out(const Coordinator *coordinator)
{
    return coordinator->state != IDLE && coordinator->options.timeout_ms > 0 &&
        now_ms(coordinator) - coordinator->begun_ms > coordinator->options.timeout_ms;
}

static void fail(Coordinator *coordinator)
{
    static const char *const what[] = { "", "waiting for the tasks", "writing it", "waiting for the sinks to commit" };
    Error err = ERROR_NONE;
    error_set(&err, STATUS_TIMEOUT, SPAN_NONE, "checkpoint %lld was not complete after %lld ms: still %s", (long long)coordinator->epoch,
              (long long)coordinator->options.timeout_ms, what[coordinator->state]);
    error_hint(&err, "execution.checkpointing.timeout is how long it may take");
    job_fail(coordinator->job, &err);
}

/* ---- the step -------------------------------------------------------------------------------------------------------- */

static int64_t wait_until(const Coordinator *coordinator, int64_t at_ms)
{
    int64_t left_ms = at_ms - now_ms(coordinator);
    return at_ms == TIME_MAX ? -1 : left_ms > 0 ? left_ms : 0;
}

static int64_t timeout_at(const Coordinator *coordinator)
{
    return coordinator->options.timeout_ms > 0 ? coordinator->begun_ms + coordinator->options.timeout_ms + 1 : TIME_MAX;
}

static int64_t step_idle(Coordinator *coordinator)
{
    if (atomic_load(&coordinator->epochs->recovering) > 0)
        return -1;
    if (coordinator->is_resuming && coordinator->resumed_ms == 0 && atomic_load(&coordinator->epochs->has_output))
        coordinator->resumed_ms = now_ms(coordinator);
    if (!is_wanted(coordinator))
        return wait_until(coordinator, due_ms(coordinator));
    begin(coordinator);
    return 0;
}

static int64_t step_writing(Coordinator *coordinator)
{
    write_or_retry(coordinator);
    return coordinator->state == COMMITTING ? 0 : wait_until(coordinator, coordinator->retry_ms);
}

int64_t coordinator_step(Coordinator *coordinator)
{
    if (has_timed_out(coordinator)) {
        fail(coordinator);
        return -1;
    }
    switch (coordinator->state) {
    case IDLE:
        return step_idle(coordinator);
    case SAVING:
        if (!is_delivered(coordinator))
            return wait_until(coordinator, timeout_at(coordinator));
        coordinator->state = WRITING;
        coordinator->retry_ms = 0;
        coordinator->retry_wait_ms = RETRY_FIRST_MS;
        return 0;
    case WRITING:
        return step_writing(coordinator);
    case COMMITTING:
        if (atomic_load(&coordinator->epochs->uncommitted) > 0)
            return wait_until(coordinator, timeout_at(coordinator));
        complete(coordinator);
        return 0;
    }
    return -1;
}

/* The sinks that committed the last epoch ended the job before it could be seen here. */
void coordinator_finish(Coordinator *coordinator)
{
    if (coordinator->state == COMMITTING && atomic_load(&coordinator->epochs->uncommitted) == 0)
        complete(coordinator);
}

/* ---- the thread ------------------------------------------------------------------------------------------------------ */

static bool is_over(const Coordinator *coordinator)
{
    return atomic_load_explicit(&coordinator->job->shared.stop, memory_order_acquire) == STOP_NOW;
}

static void run_steps(Coordinator *coordinator)
{
    bool is_foreign = coordinator->job->options.clock != &env_clock;
    while (!is_over(coordinator)) {
        int64_t wait_ms = coordinator_step(coordinator);
        if (wait_ms != 0)
            wakeup_wait(coordinator->epochs->wakeup, is_foreign ? FOREIGN_CLOCK_WAIT_MS : wait_ms);
    }
    coordinator_finish(coordinator);
}

/* Apart from the loop: what a longjmp comes back to keeps no variables. */
static void fail_without_memory(Coordinator *coordinator)
{
    Error err = ERROR_NONE;
    error_set(&err, STATUS_NO_MEMORY, SPAN_NONE, "out of memory while a checkpoint was taken");
    job_fail(coordinator->job, &err);
}

static void run(void *context)
{
    EnvGuard guard;
    if (setjmp(env_guard_enter(&guard)->unwind)) {
        fail_without_memory(context);
    } else {
        run_steps(context);
        env_guard_leave(&guard);
    }
    answer_last(context);
}

Status coordinator_start(Coordinator *coordinator, Error *err)
{
    return env_thread_start(&coordinator->thread, "tide-epochs", run, coordinator, err);
}

void coordinator_join(Coordinator *coordinator)
{
    env_thread_join(coordinator->thread);
    coordinator->thread = NULL;
}

void coordinator_stop(Coordinator *coordinator)
{
    atomic_store(&coordinator->is_stop_wanted, true);
    wakeup_signal(coordinator->epochs->wakeup);
}

void coordinator_stats(const Coordinator *coordinator, JobCheckpointStats *out)
{
    *out = (JobCheckpointStats){
        .epoch = atomic_load(&coordinator->complete_epoch), .count = atomic_load(&coordinator->complete_count),
        .size = atomic_load(&coordinator->size), .duration_ms = atomic_load(&coordinator->duration_ms),
        .failures = atomic_load(&coordinator->failures), .pause_us = atomic_load(&coordinator->pause_us),
    };
}
