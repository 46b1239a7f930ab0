/* test_env_thread.c: threads, mutexes, wake-ups, and the machine's clock. */
#include "core/env.h"

#include <check.h>
#include <signal.h>

typedef struct Shared {
    EnvMutex *mutex;
    Wakeup   *wakeup;
    int64_t   sum;
    bool      blocks_signals;
} Shared;

static void add_many(void *context)
{
    Shared *shared = context;
    for (int i = 0; i < 10000; i++) {
        env_mutex_lock(shared->mutex);
        shared->sum++;
        env_mutex_unlock(shared->mutex);
    }
}

START_TEST(a_mutex_protects_a_sum)
{
    Shared     shared = { .mutex = env_mutex_create() };
    EnvThread *threads[4];
    Error      err = ERROR_NONE;
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(env_thread_start(&threads[i], "adder", add_many, &shared, &err), STATUS_OK);
    for (int i = 0; i < 4; i++)
        env_thread_join(threads[i]);
    ck_assert_int_eq(shared.sum, 40000);
    env_mutex_destroy(shared.mutex);
}
END_TEST

static void look_at_signals_and_wake(void *context)
{
    Shared  *shared = context;
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    shared->blocks_signals = sigismember(&blocked, SIGINT) && sigismember(&blocked, SIGTERM);
    env_sleep_ms(20);
    wakeup_signal(shared->wakeup);
}

START_TEST(a_wake_up_ends_a_wait)
{
    Shared     shared = { .wakeup = wakeup_create() };
    EnvThread *thread;
    Error      err = ERROR_NONE;
    ck_assert_int_eq(env_thread_start(&thread, "a very long thread name", look_at_signals_and_wake, &shared, &err),
                     STATUS_OK);
    ck_assert(wakeup_wait(shared.wakeup, -1));
    env_thread_join(thread);
    ck_assert(shared.blocks_signals);
    wakeup_destroy(shared.wakeup);
}
END_TEST

START_TEST(a_wake_before_the_wait_is_kept_and_several_are_one)
{
    Wakeup *wakeup = wakeup_create();
    wakeup_signal(wakeup);
    wakeup_signal(wakeup);
    ck_assert(wakeup_wait(wakeup, 0));
    ck_assert(!wakeup_wait(wakeup, 0));
    int64_t before = clock_monotonic_ns(&env_clock);
    ck_assert(!wakeup_wait(wakeup, 30));
    ck_assert_int_ge(clock_monotonic_ns(&env_clock) - before, 30 * 1000000);
    wakeup_destroy(wakeup);
}
END_TEST

START_TEST(the_machine_answers)
{
    unsigned char bytes[64] = { 0 };
    int           zeros = 0;
    env_random(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++)
        zeros += bytes[i] == 0;
    ck_assert_int_lt(zeros, 16);
    ck_assert_int_gt(clock_now_ms(&env_clock), 1700000000000);
    ck_assert_int_gt(env_cpu_ns(), 0);
    ck_assert_int_gt(env_resident_size(), 100 * 1024);
    ck_assert_int_ge(env_cpu_count(), 1);
    ck_assert_int_gt(env_variable("PATH").len, 0);
    ck_assert_ptr_null(env_variable("TIDEMARK_NO_SUCH_VARIABLE").ptr);
}
END_TEST

Suite *suite_env_thread(void)
{
    Suite *suite = suite_create("env_thread");
    TCase *tests = tcase_create("env_thread");
    tcase_add_test(tests, a_mutex_protects_a_sum);
    tcase_add_test(tests, a_wake_up_ends_a_wait);
    tcase_add_test(tests, a_wake_before_the_wait_is_kept_and_several_are_one);
    tcase_add_test(tests, the_machine_answers);
    suite_add_tcase(suite, tests);
    return suite;
}
