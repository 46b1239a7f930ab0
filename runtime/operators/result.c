/* result.c: the end of a SELECT: batches go to the client's ring; a full ring blocks. The client learns of the end from
 * the job. In a job with checkpoints, one of them must say that all was given before that is the end. */
#include "runtime/operators/operators.h"

#include "runtime/operators/sink_epochs.h"

#include "runtime/result.h"

typedef struct ResultState {
    Batch     *batch; /* no room for it yet */
    SinkEpochs epochs;
} ResultState;

static Status result_open(Op *op, Error *err)
{
    (void)err;
    ResultState *state = op->state;
    result_set_writer(op->shared->result, op->wakeup);
    sink_epochs_open(&state->epochs, op, NULL, NULL);
    return STATUS_OK;
}

static Status result_resume(Op *op, Error *err)
{
    (void)err;
    ResultState *state = op->state;
    if (op->awaits_epoch && !sink_epochs_may_end(&state->epochs))
        return STATUS_OK;
    op->awaits_epoch = false;
    if (state->batch && !result_write(op->shared->result, state->batch)) {
        op_block(op);
        return STATUS_OK;
    }
    state->batch = NULL;
    op_unblock(op);
    return STATUS_OK;
}

static Status result_batch(Op *op, Batch *batch, Error *err)
{
    ResultState *state = op->state;
    state->batch = batch;
    counter_add(&op->io->rows, batch->rows);
    return result_resume(op, err);
}

static Status result_end(Op *op, Error *err)
{
    (void)err;
    const ResultState *state = op->state;
    if (!state->epochs.epochs)
        return STATUS_OK;
    op->awaits_epoch = true;
    op_block(op);
    epochs_ending(state->epochs.epochs);
    return STATUS_OK;
}

static Status result_save(Op *op, Snapshot *out, Error *err)
{
    ResultState *state = op->state;
    return sink_epochs_save(&state->epochs, op, out, err);
}

static Status result_durable(Op *op, int64_t epoch, Error *err)
{
    (void)epoch, (void)err;
    const ResultState *state = op->state;
    sink_epochs_count_final(&state->epochs, op);
    return STATUS_OK;
}

static void result_close(Op *op)
{
    ResultState *state = op->state;
    batch_release(state->batch);
    state->batch = NULL;
}

const OpType op_result = {
    .name = "result",
    .state_size = sizeof(ResultState),
    .open = result_open,
    .on_batch = result_batch,
    .on_end = result_end,
    .resume = result_resume,
    .save = result_save,
    .on_durable = result_durable,
    .close = result_close,
};
