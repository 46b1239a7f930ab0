/* task.c: what happens in one step.
 *
 *   1. operators that are blocked or have waiting events go on, lowest first; one that stays blocked ends the step
 *   2. timers that are due
 *   3. a source is asked for a batch; otherwise events are taken from the inputs, in turn, until something blocks
 *
 * Watermarks are merged in two steps: over the instances of the same input, then over different inputs. So a source
 * whose splits are all idle means the same whether one instance reads them or several (see merge.h for what being idle
 * means).
 *
 * An input that has delivered a barrier is not read until all others have delivered it too (aligned; in at-least-once mode it is).
 * Sources are told by the task to send one. A task in which everything has ended gets no barrier any more: it saves what it is as
 * soon as a checkpoint is asked for. */
#include "runtime/task.h"

#include "core/bytes.h"
#include "core/env.h"
#include "runtime/time/merge.h"

#include <assert.h>

enum {
    EVENTS_PER_STEP = 16,     /* then the other tasks of the worker get their turn */
    BLOCKED_RETRY_MS = 1,     /* a wake-up that was missed by a hair costs no more; ... */
    BLOCKED_RETRY_MAX_MS = 10 /* ... one that stays blocked is looked at less and less often */
};

struct Task {
    Arena     *arena;
    OpShared  *shared;
    Wakeup    *wakeup;
    int32_t    number;
    int32_t    index, count;
    Op       **ops;
    int32_t    op_count;
    Edge     **inputs;
    MergeInput *input_times;
    int32_t    *input_groups;
    MergeInput *group_times;
    int32_t     group_count;
    int64_t   *input_barriers; /* epoch that the input waits at; 0 = none */
    int32_t    input_count;
    int32_t    next_input;
    Merged     merged;
    int64_t    now_ms;
    int64_t    wake_ms;
    int64_t    blocked_since_ms; /* -1 = is not blocked */
    bool       is_done;
    Snapshot  *snapshot;      /* being made; NULL = none */
    int32_t    saved_ops;     /* in it */
    int64_t    barrier_epoch; /* the last one that went through or is on its way */
    int64_t    saved_epoch;   /* the last one that the task has delivered its state for */
    int64_t    durable_epoch; /* the last one that the operators know of */
};

Task *task_create(const TaskSpec *spec)
{
    Arena *arena = arena_create();
    Task  *task = arena_new(arena, Task, 1);
    task->arena = arena;
    task->shared = spec->shared;
    task->wakeup = spec->wakeup;
    task->number = spec->number;
    task->index = spec->index;
    task->count = spec->count;
    task->ops = arena_new(arena, Op *, spec->op_count);
    task->input_count = spec->input_count;
    task->inputs = arena_new(arena, Edge *, spec->input_count);
    if (spec->input_count > 0)
        memcpy(task->inputs, spec->inputs, (size_t)spec->input_count * sizeof(Edge *));
    task->input_times = arena_new(arena, MergeInput, spec->input_count);
    task->input_barriers = arena_new(arena, int64_t, spec->input_count);
    task->input_groups = arena_new(arena, int32_t, spec->input_count);
    task->group_times = arena_new(arena, MergeInput, spec->group_count);
    task->group_count = spec->group_count;
    for (int32_t i = 0; i < spec->input_count; i++) {
        task->input_groups[i] = spec->input_groups[i];
        task->input_times[i].watermark = TIME_MIN;
    }
    for (int32_t i = 0; i < spec->group_count; i++)
        task->group_times[i].watermark = TIME_MIN;
    task->merged.watermark = TIME_MIN;
    if (task->shared->epochs)
        task->barrier_epoch = task->durable_epoch = task->shared->epochs->restored;
    task->wake_ms = TIME_MAX;
    task->blocked_since_ms = -1;
    return task;
}

static void add_next(Op *parent, Op *op)
{
    Op **next = arena_new(parent->arena, Op *, parent->next_count + 1);
    if (parent->next_count > 0)
        memcpy(next, parent->next, (size_t)parent->next_count * sizeof(Op *));
    next[parent->next_count++] = op;
    parent->next = next;
}

Op *task_add(Task *task, const OpType *type, const Plan *plan, const void *config, Op *parent)
{
    Op *op = arena_new(task->arena, Op, 1);
    op->type = type;
    op->plan = plan;
    op->index = task->op_count;
    op->config = config;
    op->state = arena_alloc(task->arena, type->state_size);
    op->task = task;
    op->arena = task->arena;
    op->shared = task->shared;
    op->eval = task->shared->eval;
    op->eval.watermark = TIME_MIN;
    op->eval.random_seed += (uint64_t)task->index * 0x9e3779b97f4a7c15u;
    op->wakeup = task->wakeup;
    op->counters = arena_new(task->arena, OpCounters, 1);
    op->counters->watermark = TIME_MIN;
    op->io = arena_new(task->arena, IoCounters, 1);
    op->io->pending = op->io->total = op->io->done = -1;
    op->task_index = task->index;
    op->task_count = task->count;
    op->watermark = TIME_MIN;
    op->timer_ms = TIME_MAX;
    if (parent)
        add_next(parent, op);
    task->ops[task->op_count++] = op;
    return op;
}

Status task_open(Task *task, Error *err)
{
    task->now_ms = clock_now_ms(task->shared->clock);
    for (int32_t i = task->op_count - 1; i >= 0; i--) {
        Op *op = task->ops[i];
        op->now_ms = task->now_ms;
        op->is_open = true;
        if (op->type->open)
            TRY(op->type->open(op, err));
    }
    return STATUS_OK;
}

void task_close(Task *task)
{
    for (int32_t i = 0; i < task->op_count; i++)
        op_close(task->ops[i]);
}

void task_destroy(Task *task)
{
    if (!task)
        return;
    task_close(task);
    snapshot_free(task->snapshot);
    arena_destroy(task->arena);
}

int64_t task_wake_ms(const Task *task)
{
    return task->wake_ms;
}

bool task_is_done(const Task *task)
{
    return task->is_done;
}

int32_t task_op_count(const Task *task)
{
    return task->op_count;
}

const Op *task_op(const Task *task, int32_t index)
{
    return task->ops[index];
}

bool task_has_sink(const Task *task)
{
    for (int32_t i = 0; i < task->op_count; i++)
        if (task->ops[i]->plan && task->ops[i]->plan->kind == PLAN_SINK)
            return true;
    return false;
}

bool task_has_dead_letters(const Task *task)
{
    for (int32_t i = 0; i < task->op_count; i++)
        if (task->ops[i]->plan && task->ops[i]->plan->kind == PLAN_SINK && task->ops[i]->plan->sink.is_dead_letter)
            return true;
    return false;
}

static bool has_blocked(const Task *task)
{
    for (int32_t i = 0; i < task->op_count; i++)
        if (op_holds_up(task->ops[i]))
            return true;
    return false;
}

/* ---- checkpoints ----------------------------------------------------------------------------------------------- */

/* Every operator has a part of this number: whether it has ended. */
enum { PART_HEADER = -1 };

Status task_save_op(Task *task, Op *op, int64_t epoch, Error *err)
{
    if (!task->snapshot) {
        task->snapshot = snapshot_create(epoch);
        task->saved_ops = 0;
        task->barrier_epoch = epoch;
    }
    assert(task->snapshot->epoch == epoch);
    task->snapshot->op = op->index;
    encode_bool(op->has_ended, snapshot_part(task->snapshot, PART_HEADER));
    if (op->type->save)
        TRY(op->type->save(op, task->snapshot, err));
    if (++task->saved_ops < task->op_count)
        return STATUS_OK;
    Snapshot *complete = task->snapshot;
    task->snapshot = NULL;
    task->saved_epoch = epoch;
    epochs_deliver(task->shared->epochs, task->number, complete);
    return STATUS_OK;
}

/* Nothing comes in any more and nothing moves: at most sinks wait for the checkpoint that says so. */
static bool is_settled(const Task *task)
{
    for (int32_t i = 0; i < task->op_count && !task->is_done; i++) {
        const Op *op = task->ops[i];
        if (!op->has_ended || op_holds_up(op))
            return false;
    }
    return true;
}

static Status save_settled(Task *task, int64_t epoch, Error *err)
{
    for (int32_t i = 0; i < task->input_count; i++)
        task->input_barriers[i] = 0;
    for (int32_t i = 0; i < task->op_count; i++)
        TRY(task_save_op(task, task->ops[i], epoch, err));
    return STATUS_OK;
}

/* Can a barrier come from the source that the task begins with? */
static bool source_is_ready(const Task *task)
{
    const Op *op = task->ops[0];
    bool      is_source = task->input_count == 0 && !op->has_ended;
    return is_source && !has_blocked(task) && (!op->type->may_save || op->type->may_save(op));
}

/* A barrier that has been asked for begins here when it cannot come from an input. */
static Status begin_barrier(Task *task, int64_t epoch, bool *has_progress, Error *err)
{
    if (task->snapshot || (!is_settled(task) && !source_is_ready(task)))
        return STATUS_OK;
    *has_progress = true;
    task->barrier_epoch = epoch;
    if (is_settled(task))
        return save_settled(task, epoch, err);
    return op_deliver(task->ops[0], &(Event){ .kind = EVENT_BARRIER, .epoch = epoch }, err);
}

static Status pass_durable(Task *task, int64_t epoch, Error *err)
{
    task->durable_epoch = epoch;
    for (int32_t i = 0; i < task->op_count; i++)
        if (task->ops[i]->type->on_durable)
            TRY(task->ops[i]->type->on_durable(task->ops[i], epoch, err));
    return STATUS_OK;
}

/* The job is being stopped: sources read nothing behind the barrier of the last checkpoint. */
static bool has_read_all(const Task *task)
{
    const Epochs *epochs = task->shared->epochs;
    int64_t       stops_at = epochs ? epoch_load(&epochs->stops_at) : 0;
    return stops_at > 0 && task->barrier_epoch >= stops_at;
}

static Status keep_epochs(Task *task, bool *has_progress, Error *err)
{
    const Epochs *epochs = task->shared->epochs;
    if (!epochs)
        return STATUS_OK;
    int64_t requested = epoch_load(&epochs->requested), durable = epoch_load(&epochs->durable);
    if (durable > task->durable_epoch)
        TRY(pass_durable(task, durable, err));
    return requested > task->barrier_epoch ? begin_barrier(task, requested, has_progress, err) : STATUS_OK;
}

/* Whether all instances that were saved had ended, and the parts that are the operator's own. */
static Status read_headers(const SavedState *saved, bool *has_ended, SavedPart *own, SavedState *out, Error *err)
{
    *has_ended = saved->count > 0;
    *out = (SavedState){ .parts = own, .instances = saved->instances };
    for (int64_t i = 0; i < saved->count; i++) {
        const SavedPart *part = &saved->parts[i];
        const char      *cursor = part->bytes.ptr;
        bool             ended;
        if (part->number != PART_HEADER) {
            own[out->count++] = *part;
            continue;
        }
        if (!decode_bool(&cursor, cursor + part->bytes.len, &ended))
            return saved_damaged("an operator", err);
        *has_ended &= ended;
    }
    return STATUS_OK;
}

static Status load_op(Op *op, const SavedState *saved, bool *has_ended, Error *err)
{
    Arena     *scratch = arena_create();
    SavedPart *own = arena_new(scratch, SavedPart, saved->count);
    SavedState rest;
    Status     status = read_headers(saved, has_ended, own, &rest, err);
    if (status == STATUS_OK && op->type->load)
        status = op->type->load(op, &rest, err);
    arena_destroy(scratch);
    return status;
}

/* An operator that had ended ends again, but for sinks, which have their own ways. */
static Status end_again(Task *task, const bool *had_ended, Error *err)
{
    for (int32_t i = 0; i < task->op_count; i++)
        if (had_ended[i] && task->ops[i]->next_count > 0)
            task->ops[i]->has_ended = true;
    for (int32_t i = 0; i < task->op_count; i++)
        if (had_ended[i] && task->ops[i]->next_count > 0)
            TRY(op_end_again(task->ops[i], err));
    return STATUS_OK;
}

Status task_load(Task *task, FindSaved find, const void *context, Error *err)
{
    bool *had_ended = arena_new(task->arena, bool, task->op_count);
    for (int32_t i = 0; i < task->op_count; i++) {
        SavedState saved = find(context, task->ops[i]);
        if (saved.instances > 0)
            TRY(load_op(task->ops[i], &saved, &had_ended[i], err));
    }
    return end_again(task, had_ended, err);
}

/* ---- 1: waiting work ------------------------------------------------------------------------------------------- */

/* The lowest operator first, so that those above find room. false: something stays blocked. */
static Status work_off(Task *task, bool *is_clear, bool *has_progress, Error *err)
{
    for (int32_t i = task->op_count - 1; i >= 0; i--) {
        Op *op = task->ops[i];
        if (!op_has_work(op))
            continue;
        bool was_blocked = op->is_blocked;
        TRY(op_work(op, err));
        if (was_blocked && op->is_blocked && op->awaits_epoch)
            continue;
        if (was_blocked && op->is_blocked) {
            *is_clear = false;
            return STATUS_OK;
        }
        *has_progress = true;
        i = task->op_count; /* what it emitted may have blocked a lower one */
    }
    *is_clear = true;
    return STATUS_OK;
}

/* ---- 2: timers --------------------------------------------------------------------------------------------------- */

static Status run_timers(Task *task, bool *has_progress, Error *err)
{
    for (int32_t i = 0; i < task->op_count; i++) {
        Op *op = task->ops[i];
        if (op->timer_ms > task->now_ms || !op->type->on_timer || op_has_work(op) || !op_can_emit(op))
            continue;
        op->timer_ms = TIME_MAX;
        TRY(op->type->on_timer(op, task->now_ms, err));
        *has_progress = true;
    }
    return STATUS_OK;
}

static int64_t next_timer(const Task *task)
{
    int64_t next = TIME_MAX;
    for (int32_t i = 0; i < task->op_count; i++)
        if (task->ops[i]->timer_ms < next)
            next = task->ops[i]->timer_ms;
    return next;
}

/* ---- 3: input ------------------------------------------------------------------------------------------------------ */

/* The inputs of one group lie side by side. */
static void merge_groups(Task *task)
{
    for (int32_t start = 0, end; start < task->input_count; start = end) {
        int32_t     group = task->input_groups[start];
        MergeInput *merged = &task->group_times[group];
        bool        has_ended = true;
        for (end = start; end < task->input_count && task->input_groups[end] == group; end++)
            has_ended &= task->input_times[end].has_ended;
        Merged now = watermark_merge(task->input_times + start, end - start, (Merged){ merged->watermark, false },
                                     false);
        *merged = (MergeInput){ now.watermark, now.is_idle, has_ended };
    }
}

static Status merge_inputs(Task *task, Error *err)
{
    Merged before = task->merged;
    merge_groups(task);
    task->merged = watermark_merge(task->group_times, task->group_count, before, true);
    if (task->merged.watermark > before.watermark)
        TRY(op_deliver(task->ops[0], &(Event){ .kind = EVENT_WATERMARK, .watermark = task->merged.watermark }, err));
    if (task->merged.is_idle && !before.is_idle)
        TRY(op_deliver(task->ops[0], &(Event){ .kind = EVENT_IDLE }, err));
    return STATUS_OK;
}

static bool has_every_input_ended(const Task *task)
{
    for (int32_t i = 0; i < task->input_count; i++)
        if (!task->input_times[i].has_ended)
            return false;
    return true;
}

/* All inputs that are still alive stand at the barrier: pass it on, read them again. */
static Status release_barrier(Task *task, Error *err)
{
    int64_t epoch = 0;
    for (int32_t i = 0; i < task->input_count; i++) {
        if (task->input_times[i].has_ended)
            continue;
        if (task->input_barriers[i] == 0)
            return STATUS_OK;
        epoch = task->input_barriers[i];
    }
    if (epoch == 0)
        return STATUS_OK;
    memset(task->input_barriers, 0, (size_t)task->input_count * sizeof(int64_t));
    return op_deliver(task->ops[0], &(Event){ .kind = EVENT_BARRIER, .epoch = epoch }, err);
}

static Status input_ended(Task *task, MergeInput *input, Error *err)
{
    input->has_ended = true;
    TRY(release_barrier(task, err));
    if (has_every_input_ended(task))
        return op_deliver(task->ops[0], &(Event){ .kind = EVENT_END }, err);
    return merge_inputs(task, err);
}

static Status take_event(Task *task, int32_t index, const Event *event, Error *err)
{
    MergeInput *input = &task->input_times[index];
    switch (event->kind) {
    case EVENT_BATCH:
        input->is_idle = false;
        task->merged.is_idle = false;
        return op_deliver(task->ops[0], event, err);
    case EVENT_WATERMARK:
        input->is_idle = false;
        input->watermark = event->watermark;
        return merge_inputs(task, err);
    case EVENT_IDLE:
        input->is_idle = true;
        return merge_inputs(task, err);
    case EVENT_BARRIER:
        if (event->epoch <= task->saved_epoch) /* all had ended here, and it did not wait for this */
            return STATUS_OK;
        task->input_barriers[index] = event->epoch;
        return release_barrier(task, err);
    case EVENT_END:
        return input_ended(task, input, err);
    }
    return STATUS_OK;
}

static Status take_events(Task *task, bool *has_progress, Error *err)
{
    int32_t empty = 0;
    for (int32_t taken = 0; taken < EVENTS_PER_STEP && empty < task->input_count && !has_blocked(task);) {
        int32_t index = task->next_input;
        Event   event;
        task->next_input = index + 1 == task->input_count ? 0 : index + 1;
        bool waits = task->input_barriers[index] != 0 && task->shared->epochs->is_aligned;
        if (waits || !edge_receive(task->inputs[index], &event)) {
            empty++;
            continue;
        }
        empty = 0;
        taken++;
        *has_progress = true;
        TRY(take_event(task, index, &event, err));
    }
    return STATUS_OK;
}

/* ---- end ------------------------------------------------------------------------------------------------------------ */

static bool has_every_leaf_ended(const Task *task, bool with_rejects)
{
    for (int32_t i = 0; i < task->op_count; i++) {
        const Op *op = task->ops[i];
        if (op->next_count == 0 && (with_rejects || !op->is_reject) && (!op->has_ended || op_has_work(op)))
            return false;
    }
    return true;
}

/* Behind a LIMIT that is reached there is input left, and nobody to refuse it for. */
static Status end_rejects(Task *task, Error *err)
{
    for (int32_t i = 0; i < task->op_count; i++)
        if (task->ops[i]->is_reject && !task->ops[i]->has_ended && !op_has_work(task->ops[i]))
            TRY(op_deliver(task->ops[i], &(Event){ .kind = EVENT_END }, err));
    return STATUS_OK;
}

/* Others may still send to a task that is done (behind a LIMIT): their rings must not stay full. */
static void throw_inputs_away(Task *task, bool *has_progress)
{
    Event event;
    for (int32_t i = 0; i < task->input_count; i++) {
        while (edge_receive(task->inputs[i], &event)) {
            *has_progress = true;
            if (event.kind == EVENT_BATCH)
                batch_release(event.batch);
        }
    }
}

/* ---- the step --------------------------------------------------------------------------------------------------- */

/* After a quarter of the time that it has been blocked already. */
static int64_t blocked_retry_ms(Task *task)
{
    if (task->blocked_since_ms < 0)
        task->blocked_since_ms = task->now_ms;
    int64_t wait_ms = BLOCKED_RETRY_MS + (task->now_ms - task->blocked_since_ms) / 4;
    return task->now_ms + (wait_ms < BLOCKED_RETRY_MAX_MS ? wait_ms : BLOCKED_RETRY_MAX_MS);
}

/* A sink that commits its last epoch. */
static bool has_awaiting(const Task *task)
{
    for (int32_t i = 0; i < task->op_count; i++)
        if (task->ops[i]->awaits_epoch)
            return true;
    return false;
}

static void look_again(Task *task, int64_t wait_ms)
{
    if (task->wake_ms > task->now_ms + wait_ms)
        task->wake_ms = task->now_ms + wait_ms;
}

static Status step(Task *task, bool *has_progress, Error *err)
{
    bool is_clear = true;
    TRY(keep_epochs(task, has_progress, err));
    TRY(work_off(task, &is_clear, has_progress, err));
    TRY(run_timers(task, has_progress, err));
    if (*has_progress)
        task->blocked_since_ms = -1;
    if (!is_clear || has_blocked(task)) {
        task->wake_ms = blocked_retry_ms(task);
        return STATUS_OK;
    }
    task->blocked_since_ms = -1;
    if (task->input_count > 0)
        TRY(take_events(task, has_progress, err));
    else if (!task->ops[0]->has_ended && !has_read_all(task))
        TRY(task->ops[0]->type->step(task->ops[0], has_progress, err));
    task->wake_ms = next_timer(task);
    if (has_blocked(task))
        look_again(task, BLOCKED_RETRY_MS);
    if (has_awaiting(task))
        look_again(task, BLOCKED_RETRY_MAX_MS);
    return STATUS_OK;
}

Status task_step(Task *task, TaskState *state, Error *err)
{
    bool has_progress = false;
    task->now_ms = clock_now_ms(task->shared->clock);
    for (int32_t i = 0; i < task->op_count; i++)
        task->ops[i]->now_ms = task->now_ms;
    if (task->is_done) {
        throw_inputs_away(task, &has_progress);
        TRY(keep_epochs(task, &has_progress, err));
        task->wake_ms = TIME_MAX;
        *state = TASK_DONE;
        return STATUS_OK;
    }
    TRY(step(task, &has_progress, err));
    if (has_every_leaf_ended(task, false))
        TRY(end_rejects(task, err));
    task->is_done = has_every_leaf_ended(task, true);
    *state = task->is_done ? TASK_DONE : has_progress ? TASK_PROGRESS : TASK_WAITING;
    return STATUS_OK;
}
