/* queue.h: a bounded ring of pointers between one producer thread and one consumer thread.
 *
 * Wait-free; a push into a full ring and a pop from an empty one return at once. Head and tail live on cache lines of
 * their own and each side remembers the other's index, so the shared lines move once per wrap, not per item. */
#ifndef CORE_QUEUE_H
#define CORE_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Queue Queue;

/* capacity is rounded up to a power of two. */
Queue *queue_create(int64_t capacity);
/* The items still inside are not touched: pop them first. */
void   queue_destroy(Queue *queue);
bool   queue_push(Queue *queue, void *item); /* false: full */
void  *queue_pop(Queue *queue);              /* NULL: empty */
void  *queue_peek(Queue *queue);             /* consumer side; NULL: empty */
/* From either side; a moment old. */
bool   queue_is_empty(const Queue *queue);
bool   queue_is_full(const Queue *queue);

#endif
