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
 * The rest of what it does for checkpoints is in task_epochs.c. */
#include "runtime/task.h"

#include "core/env.h"
#include "runtime/task_parts.h"
#include "runtime/time/merge.h"

#include <assert.h>

enum {
    EVENTS_PER_STEP = 16,     /* then the other tasks of the worker get their turn */
    BLOCKED_RETRY_MS = 1,     /* a wake-up that was missed by a hair costs no more; ... */
    BLOCKED_RETRY_MAX_MS = 10 /* ... one that stays blocked is looked at less and less often */
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
    op->number = plan ? plan->id : 0;
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

void task_set_number(Task *task, int32_t index, int32_t number)
{
    task->ops[index]->number = number;
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

bool task_is_blocked(const Task *task)
{
    for (int32_t i = 0; i < task->op_count; i++)
        if (op_holds_up(task->ops[i]))
            return true;
    return false;
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

static bool may_run_timer(const Op *op)
{
    return op->type->on_timer && !op_has_work(op) && op_can_emit(op);
}

static Status run_timers(Task *task, bool *has_progress, Error *err)
{
    for (int32_t i = 0; i < task->op_count; i++) {
        Op *op = task->ops[i];
        if (op->timer_ms > task->now_ms || !may_run_timer(op))
            continue;
        op->timer_ms = TIME_MAX;
        TRY(op->type->on_timer(op, task->now_ms, err));
        *has_progress = true;
    }
    return STATUS_OK;
}

/* Of those that can run: one that has work is looked at because of that, and its timer may long be over. */
static int64_t next_timer(const Task *task)
{
    int64_t next = TIME_MAX;
    for (int32_t i = 0; i < task->op_count; i++)
        if (task->ops[i]->timer_ms < next && may_run_timer(task->ops[i]))
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
    for (int32_t taken = 0; taken < EVENTS_PER_STEP && empty < task->input_count && !task_is_blocked(task);) {
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
    TRY(task_keep_epochs(task, has_progress, err));
    TRY(work_off(task, &is_clear, has_progress, err));
    TRY(run_timers(task, has_progress, err));
    if (*has_progress)
        task->blocked_since_ms = -1;
    if (!is_clear || task_is_blocked(task)) {
        task->wake_ms = blocked_retry_ms(task);
        return STATUS_OK;
    }
    task->blocked_since_ms = -1;
    if (task->input_count > 0)
        TRY(take_events(task, has_progress, err));
    else if (!task->ops[0]->has_ended && !task_has_read_all(task))
        TRY(task->ops[0]->type->step(task->ops[0], has_progress, err));
    task->wake_ms = next_timer(task);
    if (task_is_blocked(task))
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
        TRY(task_keep_epochs(task, &has_progress, err));
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
