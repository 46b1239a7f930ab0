/* task_epochs.c: what a task does for checkpoints: saves its operators as a barrier passes them, begins barriers at its source, gives
 * operators back what they had saved.
 *
 * Sources are told by the task to send a barrier. A task in which everything has ended gets none any more: it saves what it is as soon as
 * a checkpoint is asked for, once per epoch. */
#include "runtime/task_parts.h"

#include "core/bytes.h"

#include <assert.h>

/* The task does nothing else meanwhile. */
static Status save_timed(const Task *task, Op *op, Error *err)
{
    const Clock *clock = task->shared->clock;
    int64_t      start_ns = clock_monotonic_ns(clock);
    encode_bool(op->has_ended, snapshot_part(task->snapshot, SNAPSHOT_PART_HEADER));
    if (op->type->save)
        TRY(op->type->save(op, task->snapshot, err));
    task->snapshot->pause_ns += clock_monotonic_ns(clock) - start_ns;
    return STATUS_OK;
}

Status task_save_op(Task *task, Op *op, int64_t epoch, Error *err)
{
    if (!task->snapshot) {
        task->snapshot = epochs_new_snapshot(task->shared->epochs, task->number, epoch);
        task->saved_ops = 0;
        task->barrier_epoch = epoch;
    }
    assert(task->snapshot->epoch == epoch);
    task->snapshot->op = op->index;
    TRY(save_timed(task, op, err));
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
    return is_source && !task_is_blocked(task) && (!op->type->may_save || op->type->may_save(op));
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
bool task_has_read_all(const Task *task)
{
    const Epochs *epochs = task->shared->epochs;
    int64_t       stops_at = epochs ? epoch_load(&epochs->stops_at) : 0;
    return stops_at > 0 && task->barrier_epoch >= stops_at;
}

Status task_keep_epochs(Task *task, bool *has_progress, Error *err)
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
        if (part->number != SNAPSHOT_PART_HEADER) {
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
