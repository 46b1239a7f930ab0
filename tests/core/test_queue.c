/* test_queue.c: order, bounds, and two threads (run under the thread sanitizer too). */
#include "core/queue.h"

#include "core/env.h"

#include <check.h>

START_TEST(is_first_in_first_out_and_bounded)
{
    Queue *queue = queue_create(3); /* rounded to 4 */
    int    items[5];
    ck_assert(queue_is_empty(queue));
    ck_assert_ptr_null(queue_pop(queue));
    ck_assert_ptr_null(queue_peek(queue));
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 4; i++)
            ck_assert(queue_push(queue, &items[i]));
        ck_assert(queue_is_full(queue));
        ck_assert(!queue_push(queue, &items[4]));
        ck_assert_ptr_eq(queue_peek(queue), &items[0]);
        for (int i = 0; i < 4; i++)
            ck_assert_ptr_eq(queue_pop(queue), &items[i]);
        ck_assert(queue_is_empty(queue));
    }
    queue_destroy(queue);
}
END_TEST

enum { HANDOVER_COUNT = 200000 };

typedef struct Handover {
    Queue  *queue;
    Wakeup *room;
    int64_t items[HANDOVER_COUNT];
} Handover;

static void produce(void *context)
{
    Handover *handover = context;
    for (int64_t i = 0; i < HANDOVER_COUNT; i++) {
        handover->items[i] = i * 3; /* not atomic: the queue must publish it */
        while (!queue_push(handover->queue, &handover->items[i]))
            wakeup_wait(handover->room, 1);
    }
}

START_TEST(two_threads_hand_over_everything_in_order)
{
    Handover  *handover = env_alloc((int64_t)sizeof(Handover));
    EnvThread *producer;
    Error      err = ERROR_NONE;
    handover->queue = queue_create(64);
    handover->room = wakeup_create();
    ck_assert_int_eq(env_thread_start(&producer, "producer", produce, handover, &err), STATUS_OK);
    for (int64_t i = 0; i < HANDOVER_COUNT;) {
        const int64_t *item = queue_pop(handover->queue);
        if (!item) {
            wakeup_signal(handover->room);
            continue;
        }
        ck_assert_int_eq(*item, i * 3);
        i++;
    }
    env_thread_join(producer);
    ck_assert(queue_is_empty(handover->queue));
    queue_destroy(handover->queue);
    wakeup_destroy(handover->room);
    env_free(handover);
}
END_TEST

Suite *suite_queue(void)
{
    Suite *suite = suite_create("queue");
    TCase *tests = tcase_create("queue");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, is_first_in_first_out_and_bounded);
    tcase_add_test(tests, two_threads_hand_over_everything_in_order);
    suite_add_tcase(suite, tests);
    return suite;
}
