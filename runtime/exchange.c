/* exchange.c: sending between tasks.
 *
 *   batch:            FORWARD, SINGLE: as it is; ROUND: to the next consumer; HASH: rows of each consumer gathered into a batch
 *   everything else:  to every consumer
 *   ring full:        what could not be sent waits here, in order per edge, and the operator is blocked
 *
 * Events lie in slots beside the ring of pointers. There is one slot more than the ring holds and the consumer copies
 * an event before it pops it, so the slot of a new event is never one that is still to be read. */
#include "runtime/exchange.h"

#include "data/key.h"

#include <assert.h>

struct Edge {
    Queue   *queue;
    Event   *slots;
    int64_t  slot_count;
    int64_t  next_slot; /* producer's */
    Wakeup  *producer;
    Wakeup  *consumer;
};

Edge *edge_create(int64_t capacity, Wakeup *producer, Wakeup *consumer)
{
    int64_t rounded = 1;
    while (rounded < capacity)
        rounded *= 2;
    Edge *edge = env_alloc((int64_t)sizeof(Edge));
    edge->queue = queue_create(rounded);
    edge->slot_count = rounded + 1;
    edge->slots = env_alloc(edge->slot_count * (int64_t)sizeof(Event));
    edge->producer = producer;
    edge->consumer = consumer;
    return edge;
}

void edge_destroy(Edge *edge)
{
    Event event;
    if (!edge)
        return;
    while (edge_receive(edge, &event))
        if (event.kind == EVENT_BATCH)
            batch_release(event.batch);
    queue_destroy(edge->queue);
    env_free(edge->slots);
    env_free(edge);
}

/* A worker does not wake itself: it looks at all its tasks before it sleeps. */
bool edge_send(Edge *edge, const Event *event)
{
    Event *slot = &edge->slots[edge->next_slot];
    if (queue_is_full(edge->queue))
        return false;
    *slot = *event;
    if (!queue_push(edge->queue, slot))
        return false;
    edge->next_slot = edge->next_slot + 1 == edge->slot_count ? 0 : edge->next_slot + 1;
    if (edge->consumer != edge->producer)
        wakeup_signal(edge->consumer);
    return true;
}

bool edge_receive(Edge *edge, Event *out)
{
    const Event *slot = queue_peek(edge->queue);
    if (!slot)
        return false;
    bool was_full = queue_is_full(edge->queue);
    *out = *slot;
    queue_pop(edge->queue);
    if (was_full && edge->consumer != edge->producer)
        wakeup_signal(edge->producer);
    return true;
}

/* ---- the sending operator --------------------------------------------------------------------------------------- */

typedef struct Waiting {
    LIST(Event) events; /* in env memory, see waiting_put */
    int64_t     first;
} Waiting;

typedef struct Exchange {
    const ExchangeConfig *config;
    Waiting              *waiting; /* per edge */
    const Column        **key_columns;
    int32_t              *rows;       /* scratch: rows of each consumer, side by side */
    int64_t               rows_capacity;
    int64_t               next_edge;  /* ROUND */
} Exchange;

static Status exchange_open(Op *op, Error *err)
{
    (void)err;
    Exchange *exchange = op->state;
    exchange->config = op->config;
    exchange->waiting = arena_new(op->arena, Waiting, exchange->config->edge_count);
    exchange->key_columns = arena_new(op->arena, const Column *, exchange->config->key_count);
    return STATUS_OK;
}

static void waiting_put(Waiting *waiting, const Event *event)
{
    if (waiting->events.count == waiting->events.capacity) {
        waiting->events.capacity = waiting->events.capacity ? waiting->events.capacity * 2 : 8;
        waiting->events.items = env_realloc(waiting->events.items,
                                            waiting->events.capacity * (int64_t)sizeof(Event));
    }
    waiting->events.items[waiting->events.count++] = *event;
}

static void send_to(Op *op, int32_t edge, const Event *event)
{
    Exchange *exchange = op->state;
    Waiting  *waiting = &exchange->waiting[edge];
    if (waiting->events.count == 0 && edge_send(exchange->config->edges[edge], event))
        return;
    waiting_put(waiting, event);
    op_block(op);
}

static void send_to_all(Op *op, const Event *event)
{
    const Exchange *exchange = op->state;
    for (int32_t i = 0; i < exchange->config->edge_count; i++)
        send_to(op, i, event);
}

static void send_batch(Op *op, int32_t edge, Batch *batch)
{
    send_to(op, edge, &(Event){ .kind = EVENT_BATCH, .batch = batch });
}

/* Rows of consumer c end up in rows[c * batch->rows ...]. */
static void split_rows(Exchange *exchange, const Batch *batch, const uint64_t *hashes, int64_t *counts)
{
    int32_t consumers = exchange->config->edge_count;
    if (exchange->rows_capacity < batch->rows * consumers) {
        exchange->rows_capacity = batch->rows * consumers;
        exchange->rows = env_realloc(exchange->rows, exchange->rows_capacity * (int64_t)sizeof(int32_t));
    }
    for (int64_t i = 0; i < batch->rows; i++) {
        int32_t consumer = key_group_owner(key_group(hashes[i]), consumers);
        exchange->rows[consumer * batch->rows + counts[consumer]++] = (int32_t)i;
    }
}

static void send_hashed(Op *op, Batch *batch)
{
    Exchange *exchange = op->state;
    int32_t   consumers = exchange->config->edge_count;
    Str      *keys = buf_new(batch->buf, Str, batch->rows);
    uint64_t *hashes = buf_new(batch->buf, uint64_t, batch->rows);
    int64_t  *counts = buf_zalloc(batch->buf, consumers * (int64_t)sizeof(int64_t));
    for (int32_t i = 0; i < exchange->config->key_count; i++)
        exchange->key_columns[i] = &batch->columns[exchange->config->keys[i]];
    keys_encode(exchange->key_columns, exchange->config->key_count, batch->rows, batch->buf, keys, hashes);
    split_rows(exchange, batch, hashes, counts);
    for (int32_t i = 0; i < consumers; i++) {
        if (counts[i] == 0)
            continue;
        if (counts[i] == batch->rows) {
            send_batch(op, i, batch);
            return;
        }
        Batch *part = batch_share(batch);
        batch_select(part, exchange->rows + i * batch->rows, counts[i]);
        send_batch(op, i, part);
    }
    batch_release(batch);
}

static Status exchange_batch(Op *op, Batch *batch, Error *err)
{
    (void)err;
    Exchange *exchange = op->state;
    switch (exchange->config->distribution) {
    case DISTRIBUTE_FORWARD:
    case DISTRIBUTE_SINGLE:
        send_batch(op, 0, batch);
        break;
    case DISTRIBUTE_ROUND:
        send_batch(op, (int32_t)(exchange->next_edge++ % exchange->config->edge_count), batch);
        break;
    case DISTRIBUTE_HASH:
        send_hashed(op, batch);
        break;
    }
    return STATUS_OK;
}

static Status exchange_watermark(Op *op, Time watermark, Error *err)
{
    (void)err;
    send_to_all(op, &(Event){ .kind = EVENT_WATERMARK, .watermark = watermark });
    return STATUS_OK;
}

static Status exchange_idle(Op *op, Error *err)
{
    (void)err;
    send_to_all(op, &(Event){ .kind = EVENT_IDLE });
    return STATUS_OK;
}

static Status exchange_barrier(Op *op, int64_t epoch, Error *err)
{
    send_to_all(op, &(Event){ .kind = EVENT_BARRIER, .epoch = epoch });
    return op_pass_barrier(op, epoch, err);
}

static Status exchange_end(Op *op, Error *err)
{
    (void)err;
    send_to_all(op, &(Event){ .kind = EVENT_END });
    return STATUS_OK;
}

/* Sends what waits for one edge; true when nothing is left. */
static bool send_waiting(Waiting *waiting, Edge *edge)
{
    while (waiting->first < waiting->events.count && edge_send(edge, &waiting->events.items[waiting->first]))
        waiting->first++;
    if (waiting->first < waiting->events.count)
        return false;
    waiting->first = 0;
    waiting->events.count = 0;
    return true;
}

static Status exchange_resume(Op *op, Error *err)
{
    (void)err;
    Exchange *exchange = op->state;
    bool      is_done = true;
    for (int32_t i = 0; i < exchange->config->edge_count; i++)
        is_done &= send_waiting(&exchange->waiting[i], exchange->config->edges[i]);
    if (is_done)
        op_unblock(op);
    return STATUS_OK;
}

static void exchange_close(Op *op)
{
    Exchange *exchange = op->state;
    for (int32_t i = 0; i < exchange->config->edge_count; i++) {
        Waiting *waiting = &exchange->waiting[i];
        for (int64_t k = waiting->first; k < waiting->events.count; k++)
            if (waiting->events.items[k].kind == EVENT_BATCH)
                batch_release(waiting->events.items[k].batch);
        env_free(waiting->events.items);
    }
    env_free(exchange->rows);
}

const OpType op_exchange = {
    .name = "exchange",
    .state_size = sizeof(Exchange),
    .open = exchange_open,
    .on_batch = exchange_batch,
    .on_watermark = exchange_watermark,
    .on_idle = exchange_idle,
    .on_barrier = exchange_barrier,
    .on_end = exchange_end,
    .resume = exchange_resume,
    .close = exchange_close,
};
