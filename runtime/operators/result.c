/* result.c: the end of a SELECT: batches go to the client's ring; a full ring blocks. The client learns of the end from
 * the job. */
#include "runtime/operators/operators.h"

#include "runtime/result.h"

typedef struct ResultState {
    Batch *batch; /* no room for it yet */
} ResultState;

static Status result_open(Op *op, Error *err)
{
    (void)err;
    result_set_writer(op->shared->result, op->wakeup);
    return STATUS_OK;
}

static Status result_resume(Op *op, Error *err)
{
    (void)err;
    ResultState *state = op->state;
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
    .resume = result_resume,
    .close = result_close,
};
