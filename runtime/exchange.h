/* exchange.h: events from the tasks of one stage to those of the next.
 *
 * One edge per producer and consumer task: a bounded ring. The sending end is an operator (the last of its branch), the
 * receiving end belongs to the consumer's task. Both may be on the same worker. */
#ifndef RUNTIME_EXCHANGE_H
#define RUNTIME_EXCHANGE_H

#include "core/queue.h"
#include "runtime/op.h"
#include "runtime/state/key_group.h"

typedef struct Edge Edge;

/* capacity: events inside at most; rounded up to a power of two. */
Edge *edge_create(int64_t capacity, Wakeup *producer, Wakeup *consumer);
/* Releases the batches still inside; both ends must be at rest. */
void  edge_destroy(Edge *edge);
/* false: full, the event stays the caller's. */
bool  edge_send(Edge *edge, const Event *event);
/* false: nothing there. */
bool  edge_receive(Edge *edge, Event *out);

typedef enum Distribution {
    DISTRIBUTE_FORWARD, /* task i to task i: one edge */
    DISTRIBUTE_SINGLE,  /* all rows to the only consumer */
    DISTRIBUTE_HASH,    /* by key: rows of one key to one consumer, in order */
    DISTRIBUTE_ROUND    /* batches in turn */
} Distribution;

/* op->config of op_exchange. */
typedef struct ExchangeConfig {
    Distribution   distribution;
    const int32_t *keys; /* HASH */
    int32_t        key_count;
    Edge         **edges; /* this producer's edge to each consumer */
    int32_t        edge_count;
} ExchangeConfig;

extern const OpType op_exchange;

#endif
