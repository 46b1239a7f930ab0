/* result.c: see result.h. */
#include "runtime/result.h"

#include "core/queue.h"

enum { RESULT_BATCHES = 16 };

struct Result {
    Queue  *queue;
    Wakeup *reader;
    Wakeup *writer; /* the worker's */
};

Result *result_create(void)
{
    Result *result = env_alloc((int64_t)sizeof(Result));
    result->queue = queue_create(RESULT_BATCHES);
    result->reader = wakeup_create();
    return result;
}

void result_destroy(Result *result)
{
    if (!result)
        return;
    for (Batch *batch = queue_pop(result->queue); batch; batch = queue_pop(result->queue))
        batch_release(batch);
    queue_destroy(result->queue);
    wakeup_destroy(result->reader);
    env_free(result);
}

void result_set_writer(Result *result, Wakeup *writer)
{
    result->writer = writer;
}

bool result_write(Result *result, Batch *batch)
{
    if (!queue_push(result->queue, batch))
        return false;
    wakeup_signal(result->reader);
    return true;
}

Batch *result_read(Result *result)
{
    bool   was_full = queue_is_full(result->queue);
    Batch *batch = queue_pop(result->queue);
    if (batch && was_full && result->writer)
        wakeup_signal(result->writer);
    return batch;
}

void result_wait(Result *result, int64_t timeout_ms)
{
    wakeup_wait(result->reader, timeout_ms);
}

void result_wake(Result *result)
{
    wakeup_signal(result->reader);
}
