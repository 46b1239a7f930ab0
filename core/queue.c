/* queue.c: the ring. Indexes count up forever; the slot is index & mask.
 *
 *   producer: room if tail - head_seen < capacity, else look at head again; write the slot, then publish tail + 1
 *   consumer: item if head < tail_seen, else look at tail again; read the slot, then publish head + 1
 *
 * Release on publishing and acquire on looking make the item's memory visible with its index. The padding puts what
 * each side writes at least 128 bytes apart (two lines: the CPU prefetches lines in pairs). */
#include "core/queue.h"

#include "core/env.h"

#include <assert.h>
#include <stdatomic.h>

enum { LINES = 128 };

struct Queue {
    uint64_t mask;
    void   **slots;
    char     padding_before[LINES];
    struct {
        _Atomic uint64_t tail;
        uint64_t         head_seen;
    } producer;
    char padding_between[LINES];
    struct {
        _Atomic uint64_t head;
        uint64_t         tail_seen;
    } consumer;
    char padding_after[LINES];
};

Queue *queue_create(int64_t capacity)
{
    assert(capacity > 0);
    uint64_t rounded = 1;
    while (rounded < (uint64_t)capacity)
        rounded *= 2;
    Queue *queue = env_alloc((int64_t)sizeof(Queue));
    queue->slots = env_alloc((int64_t)(rounded * sizeof(void *)));
    queue->mask = rounded - 1;
    return queue;
}

void queue_destroy(Queue *queue)
{
    if (!queue)
        return;
    env_free(queue->slots);
    env_free(queue);
}

bool queue_push(Queue *queue, void *item)
{
    assert(item);
    uint64_t tail = atomic_load_explicit(&queue->producer.tail, memory_order_relaxed);
    if (tail - queue->producer.head_seen > queue->mask) {
        queue->producer.head_seen = atomic_load_explicit(&queue->consumer.head, memory_order_acquire);
        if (tail - queue->producer.head_seen > queue->mask)
            return false;
    }
    queue->slots[tail & queue->mask] = item;
    atomic_store_explicit(&queue->producer.tail, tail + 1, memory_order_release);
    return true;
}

void *queue_peek(Queue *queue)
{
    uint64_t head = atomic_load_explicit(&queue->consumer.head, memory_order_relaxed);
    if (head == queue->consumer.tail_seen) {
        queue->consumer.tail_seen = atomic_load_explicit(&queue->producer.tail, memory_order_acquire);
        if (head == queue->consumer.tail_seen)
            return NULL;
    }
    return queue->slots[head & queue->mask];
}

void *queue_pop(Queue *queue)
{
    void *item = queue_peek(queue);
    if (!item)
        return NULL;
    uint64_t head = atomic_load_explicit(&queue->consumer.head, memory_order_relaxed);
    atomic_store_explicit(&queue->consumer.head, head + 1, memory_order_release);
    return item;
}

/* Head first: tail only grows, so the difference is never negative. */
static uint64_t items_inside(const Queue *queue)
{
    uint64_t head = atomic_load_explicit(&queue->consumer.head, memory_order_acquire);
    uint64_t tail = atomic_load_explicit(&queue->producer.tail, memory_order_acquire);
    return tail - head;
}

bool queue_is_empty(const Queue *queue)
{
    return items_inside(queue) == 0;
}

bool queue_is_full(const Queue *queue)
{
    return items_inside(queue) > queue->mask;
}
