/* window_local.c: the first half of a window aggregation in two phases: each task of the input aggregates what it has,
 * and what crosses the exchange is one state per key and slice instead of the rows.
 *
 *   on_batch:      as window_aggregate.c
 *   on_watermark:  slices of which the first window closes are sent whole and forgotten; then the watermark goes on
 *   on_idle:       all slices are sent: from now on others may close their windows
 *
 * Rows that come later for a slice that was sent make a new one, which the other half merges. Late rows are judged
 * here, where the watermark of their own split is known.
 *
 * At a barrier the slices are saved rather than sent: what is sent early is merged by the other half, and the sum of two floating-point sums
 * is not the sum in order of arrival. When a checkpoint is taken must not show in the results. A job that goes on at parallelism 1 has no local
 * half: window_aggregate.c reads its state too. */
#include "runtime/operators/operators.h"

#include "runtime/operators/window_partial.h"

typedef struct WindowLocal {
    WindowState state;
    Time        upto;     /* sending in progress: slices due at this watermark ... */
    bool        is_idle;  /* ... or all of them */
    int64_t     position; /* in the slice that is being sent */
} WindowLocal;

static Status local_open(Op *op, Error *err)
{
    (void)err;
    WindowLocal *local = op->state;
    window_state_open(&local->state, op, true);
    return STATUS_OK;
}

static void local_close(Op *op)
{
    WindowLocal *local = op->state;
    window_state_free(&local->state);
}

static Status local_batch(Op *op, Batch *batch, Error *err)
{
    WindowLocal *local = op->state;
    Status       status = window_state_add(&local->state, op, batch, err);
    batch_release(batch);
    return status;
}

/* -1 = none is due. */
static int64_t due_slice(const WindowLocal *local)
{
    const Slices *slices = &local->state.slices;
    for (int64_t i = 0; i < slices->count; i++)
        if (local->is_idle || window_fire_time(local->state.input.zone, slices->items[i].next_end) <= local->upto)
            return i;
    return -1;
}

static Status send_due(Op *op, Error *err)
{
    WindowLocal *local = op->state;
    for (;;) {
        int64_t index = due_slice(local);
        if (index < 0)
            break;
        if (!op_can_emit(op)) {
            op_block(op);
            return STATUS_OK;
        }
        Batch *batch = window_partial_rows(&local->state, op, &local->state.slices.items[index], &local->position);
        if (batch) {
            TRY(op_emit(op, batch, err));
            continue;
        }
        local->position = 0;
        slices_drop(&local->state.slices, index);
        slices_recycle(&local->state.slices);
    }
    op_unblock(op);
    window_state_count(&local->state, op->counters);
    return local->is_idle ? op_emit_idle(op, err) : op_emit_watermark(op, local->upto, err);
}

static Status local_watermark(Op *op, Time watermark, Error *err)
{
    WindowLocal *local = op->state;
    local->upto = watermark;
    local->is_idle = false;
    local->state.input.closed = watermark;
    return send_due(op, err);
}

static Status local_idle(Op *op, Error *err)
{
    WindowLocal *local = op->state;
    local->is_idle = true;
    return send_due(op, err);
}

static Status local_save(Op *op, Snapshot *out, Error *err)
{
    WindowLocal *local = op->state;
    return window_state_save(&local->state, op, true, out, err);
}

static Status local_load(Op *op, const SavedState *saved, Error *err)
{
    WindowLocal *local = op->state;
    TRY(window_state_load_local(&local->state, op, saved, err));
    window_state_count(&local->state, op->counters);
    return STATUS_OK;
}

const OpType op_window_local = {
    .name = "window local",
    .state_size = sizeof(WindowLocal),
    .open = local_open,
    .on_batch = local_batch,
    .on_watermark = local_watermark,
    .on_idle = local_idle,
    .resume = send_due,
    .save = local_save,
    .load = local_load,
    .close = local_close,
};
