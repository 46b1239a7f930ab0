/* op.c: events between the operators of one task.
 *
 *   emit -> deliver: not blocked and nothing waiting -> dispatch (a call)
 *                    else -> inbox; the task works inboxes off, lowest operator first
 *
 * A blocked operator never sees an event, so its handlers need not think of it. The inbox stays short: whoever emits
 * many batches for one event stops when op_can_emit says so. */
#include "runtime/op.h"

#include "core/env.h"
#include "runtime/task.h"

#include <assert.h>

enum { INBOX_FIRST = 4 };

/* A sink ends without sending an end on; a second one is not looked at. */
static Status reject_event(Op *op, const Event *event, Error *err)
{
    return op->rejects ? op_deliver(op->rejects, event, err) : STATUS_OK;
}

static Status pass_batch(Op *op, Batch *batch, Error *err)
{
    return op->type->on_batch ? op->type->on_batch(op, batch, err) : op_emit(op, batch, err);
}

/* A watermark that does not advance is no news. */
static Status pass_watermark(Op *op, Time watermark, Error *err)
{
    if (watermark <= op->watermark)
        return STATUS_OK;
    op->watermark = watermark;
    op->eval.watermark = watermark;
    return op->type->on_watermark ? op->type->on_watermark(op, watermark, err) : op_emit_watermark(op, watermark, err);
}

static Status pass_end(Op *op, Error *err)
{
    op->has_ended = true;
    op->timer_ms = TIME_MAX;
    TRY(op->type->on_end ? op->type->on_end(op, err) : op_emit_end(op, err));
    return reject_event(op, &(Event){ .kind = EVENT_END }, err);
}

static Status pass_barrier(Op *op, int64_t epoch, Error *err)
{
    bool has_own = op->type->on_barrier && !op->has_ended;
    return has_own ? op->type->on_barrier(op, epoch, err) : op_pass_barrier(op, epoch, err);
}

static Status dispatch(Op *op, const Event *event, Error *err)
{
    assert(!op->is_blocked || op->awaits_epoch);
    if (event->kind == EVENT_BARRIER)
        return pass_barrier(op, event->epoch, err);
    if (op->has_ended) {
        if (event->kind == EVENT_BATCH)
            batch_release(event->batch);
        return STATUS_OK;
    }
    switch (event->kind) {
    case EVENT_BATCH:
        return pass_batch(op, event->batch, err);
    case EVENT_WATERMARK:
        return pass_watermark(op, event->watermark, err);
    case EVENT_IDLE:
        return op->type->on_idle ? op->type->on_idle(op, err) : op_emit_idle(op, err);
    case EVENT_END:
        return pass_end(op, err);
    case EVENT_BARRIER:
        break;
    }
    return STATUS_OK;
}

static void inbox_grow(Op *op)
{
    int32_t capacity = op->inbox_capacity ? op->inbox_capacity * 2 : INBOX_FIRST;
    Event  *grown = env_alloc((int64_t)capacity * (int64_t)sizeof(Event));
    for (int32_t i = 0; i < op->inbox_count; i++)
        grown[i] = op->inbox[(op->inbox_first + i) % op->inbox_capacity];
    env_free(op->inbox);
    op->inbox = grown;
    op->inbox_first = 0;
    op->inbox_capacity = capacity;
}

static void inbox_put(Op *op, const Event *event)
{
    if (op->inbox_count == op->inbox_capacity)
        inbox_grow(op);
    op->inbox[(op->inbox_first + op->inbox_count++) % op->inbox_capacity] = *event;
}

static Event inbox_take(Op *op)
{
    Event event = op->inbox[op->inbox_first];
    op->inbox_first = (op->inbox_first + 1) % op->inbox_capacity;
    op->inbox_count--;
    return event;
}

Status op_deliver(Op *op, const Event *event, Error *err)
{
    if (op->awaits_epoch && event->kind == EVENT_BARRIER)
        return dispatch(op, event, err);
    if (op->is_blocked || op->inbox_count > 0) {
        inbox_put(op, event);
        return STATUS_OK;
    }
    return dispatch(op, event, err);
}

bool op_has_work(const Op *op)
{
    return op->is_blocked || op->inbox_count > 0;
}

Status op_work(Op *op, Error *err)
{
    if (op->is_blocked)
        return op->type->resume(op, err);
    Event event = inbox_take(op);
    return dispatch(op, &event, err);
}

void op_block(Op *op)
{
    assert(op->type->resume);
    op->is_blocked = true;
}

void op_unblock(Op *op)
{
    op->is_blocked = false;
}

bool op_can_emit(const Op *op)
{
    for (int32_t i = 0; i < op->next_count; i++) {
        const Op *next = op->next[i];
        if (op_holds_up(next) || !op_can_emit(next))
            return false;
    }
    return true;
}

/* ---- emit ------------------------------------------------------------------------------------------------------ */

Status op_emit(Op *op, Batch *batch, Error *err)
{
    if (batch->rows == 0 || op->next_count == 0) {
        batch_release(batch);
        return STATUS_OK;
    }
    int32_t last = op->next_count - 1;
    Status  status = STATUS_OK;
    for (int32_t i = 0; i < last && status == STATUS_OK; i++) {
        Event event = { .kind = EVENT_BATCH, .batch = batch_share(batch) };
        status = op_deliver(op->next[i], &event, err);
    }
    if (status != STATUS_OK) {
        batch_release(batch);
        return status;
    }
    return op_deliver(op->next[last], &(Event){ .kind = EVENT_BATCH, .batch = batch }, err);
}

Status op_emit_event(Op *op, const Event *event, Error *err)
{
    assert(event->kind != EVENT_BATCH);
    for (int32_t i = 0; i < op->next_count; i++)
        TRY(op_deliver(op->next[i], event, err));
    if (event->kind == EVENT_BARRIER || event->kind == EVENT_END)
        return reject_event(op, event, err);
    return STATUS_OK;
}

Status op_pass_barrier(Op *op, int64_t epoch, Error *err)
{
    TRY(task_save_op(op->task, op, epoch, err));
    return op_emit_event(op, &(Event){ .kind = EVENT_BARRIER, .epoch = epoch }, err);
}

Status op_end_again(Op *op, Error *err)
{
    op->has_ended = true;
    op->timer_ms = TIME_MAX;
    TRY(op_emit_watermark(op, TIME_MAX, err));
    return op_emit_end(op, err);
}

Status op_reject(Op *op, Batch *batch, Error *err)
{
    if (!batch || !op->rejects || batch->rows == 0) {
        batch_release(batch);
        return STATUS_OK;
    }
    return op_deliver(op->rejects, &(Event){ .kind = EVENT_BATCH, .batch = batch }, err);
}

Status op_emit_watermark(Op *op, Time watermark, Error *err)
{
    return op_emit_event(op, &(Event){ .kind = EVENT_WATERMARK, .watermark = watermark }, err);
}

Status op_emit_idle(Op *op, Error *err)
{
    return op_emit_event(op, &(Event){ .kind = EVENT_IDLE }, err);
}

Status op_emit_end(Op *op, Error *err)
{
    return op_emit_event(op, &(Event){ .kind = EVENT_END }, err);
}

void op_close(Op *op)
{
    while (op->inbox_count > 0) {
        Event event = inbox_take(op);
        if (event.kind == EVENT_BATCH)
            batch_release(event.batch);
    }
    env_free(op->inbox);
    op->inbox = NULL;
    op->inbox_capacity = 0;
    if (op->is_open && op->type->close)
        op->type->close(op);
    op->is_open = false;
}
