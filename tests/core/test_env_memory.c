/* test_env_memory.c: zeroed memory, and the way out when there is none. */
#include "core/arena.h"
#include "core/env.h"
#include "core/map.h"
#include "core/text.h"

#include <check.h>

START_TEST(memory_is_zeroed_and_grows)
{
    char *memory = env_alloc(1000);
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(memory[i], 0);
    memory[999] = 'x';
    memory = env_realloc(memory, 100000);
    ck_assert_int_eq(memory[999], 'x');
    env_free(memory);
    env_free(env_alloc_raw(0));
    env_free(NULL);
}
END_TEST

START_TEST(a_failed_allocation_unwinds_to_the_innermost_guard)
{
    EnvGuard     outer;
    EnvGuard     inner;
    volatile int unwound = 0;
    if (setjmp(env_guard_enter(&outer)->unwind)) {
        ck_assert_int_eq(unwound, 1);
        unwound = 2;
    } else {
        if (setjmp(env_guard_enter(&inner)->unwind)) {
            unwound = 1;
        } else {
            env_fail_alloc_after(1);
            env_free(env_alloc(1));
            ck_abort_msg("the allocation did not fail");
        }
        env_fail_alloc_after(1);
        env_free(env_alloc(1));
        ck_abort_msg("the second allocation did not fail");
    }
    ck_assert_int_eq(unwound, 2);
}
END_TEST

/* Every allocation of a small piece of work fails once; nothing leaks (the address sanitizer looks). */
static bool work(Arena *arena, Text *text)
{
    EnvGuard guard;
    if (setjmp(env_guard_enter(&guard)->unwind))
        return false;
    Map *map = map_create(arena);
    for (int i = 0; i < 100; i++)
        map_put_str(map, arena_format(arena, "key%d", i), STR("a value of some length"));
    for (int i = 0; i < 1000; i++)
        text_puts(text, "more and more text");
    env_guard_leave(&guard);
    return true;
}

START_TEST(each_allocation_may_fail_once)
{
    int64_t count = 0;
    bool    is_done = false;
    while (!is_done) {
        Arena *arena = arena_create();
        Text   text = TEXT_EMPTY;
        env_fail_alloc_after(++count);
        is_done = work(arena, &text);
        env_fail_alloc_after(0);
        arena_destroy(arena);
        text_free(&text);
        ck_assert_int_lt(count, 1000);
    }
    ck_assert_int_gt(count, 5);
}
END_TEST

Suite *suite_env_memory(void)
{
    Suite *suite = suite_create("env_memory");
    TCase *tests = tcase_create("env_memory");
    tcase_add_test(tests, memory_is_zeroed_and_grows);
    tcase_add_test(tests, a_failed_allocation_unwinds_to_the_innermost_guard);
    tcase_add_test(tests, each_allocation_may_fail_once);
    suite_add_tcase(suite, tests);
    return suite;
}
