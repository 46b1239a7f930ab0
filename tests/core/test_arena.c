/* test_arena.c: zeroed, aligned, deferred in reverse, reset to empty. */
#include "core/arena.h"

#include <check.h>

START_TEST(memory_is_zeroed_and_aligned)
{
    Arena *arena = arena_create();
    for (int64_t size = 0; size < 5000; size += 97) {
        unsigned char *memory = arena_alloc(arena, size);
        ck_assert_uint_eq((uintptr_t)memory % 16, 0);
        for (int64_t i = 0; i < size; i++)
            ck_assert_int_eq(memory[i], 0);
        memset(memory, 0xAB, (size_t)size);
    }
    arena_destroy(arena);
}
END_TEST

START_TEST(a_large_request_leaves_the_block_in_use)
{
    Arena *arena = arena_create();
    char  *before = arena_alloc(arena, 16);
    char  *large = arena_alloc(arena, 10 * 1024 * 1024);
    large[10 * 1024 * 1024 - 1] = 1;
    char *after = arena_alloc(arena, 16);
    ck_assert_ptr_eq(after, before + 16);
    ck_assert_int_eq(arena_size(arena), 10 * 1024 * 1024 + 32);
    arena_destroy(arena);
}
END_TEST

START_TEST(reset_hands_out_zeroed_memory_again)
{
    Arena *arena = arena_create();
    char  *first = arena_alloc(arena, 1000);
    memset(first, 0xAB, 1000);
    for (int i = 0; i < 100; i++)
        arena_alloc(arena, 1000);
    arena_reset(arena);
    ck_assert_int_eq(arena_size(arena), 0);
    char *again = arena_alloc(arena, 1000);
    ck_assert_ptr_eq(again, first);
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(again[i], 0);
    arena_destroy(arena);
    arena_destroy(NULL);
}
END_TEST

typedef struct Trace {
    int  count;
    int *order;
    int  number;
} Trace;

static void record(void *object)
{
    Trace *trace = object;
    trace->order[0] = trace->order[0] * 10 + trace->number;
}

START_TEST(deferred_functions_run_newest_first_and_once)
{
    Arena *arena = arena_create();
    int    order = 0;
    Trace  one = { .order = &order, .number = 1 };
    Trace  two = { .order = &order, .number = 2 };
    arena_defer(arena, record, &one);
    arena_defer(arena, record, &two);
    arena_reset(arena);
    ck_assert_int_eq(order, 21);
    arena_defer(arena, record, &one);
    arena_destroy(arena);
    ck_assert_int_eq(order, 211);
}
END_TEST

START_TEST(copies_are_nul_terminated)
{
    Arena *arena = arena_create();
    Str    copy = arena_str(arena, str_slice(STR("abcdef"), 1, 3));
    ck_assert_str_eq(copy.ptr, "bc");
    ck_assert_int_eq(copy.len, 2);
    ck_assert_str_eq(arena_cstr(arena, (Str){ NULL, 0 }), "");
    Str text = arena_format(arena, "%s-%d", "x", 42);
    ck_assert_str_eq(text.ptr, "x-42");
    ck_assert_int_eq(text.len, 4);
    arena_destroy(arena);
}
END_TEST

START_TEST(a_list_grows_and_keeps_its_items)
{
    Arena *arena = arena_create();
    LIST(int64_t) list = { 0 };
    for (int64_t i = 0; i < 1000; i++)
        list_push(arena, &list, i * i);
    ck_assert_int_eq(list.count, 1000);
    for (int64_t i = 0; i < 1000; i++)
        ck_assert_int_eq(list.items[i], i * i);
    arena_destroy(arena);
}
END_TEST

Suite *suite_arena(void)
{
    Suite *suite = suite_create("arena");
    TCase *tests = tcase_create("arena");
    tcase_add_test(tests, memory_is_zeroed_and_aligned);
    tcase_add_test(tests, a_large_request_leaves_the_block_in_use);
    tcase_add_test(tests, reset_hands_out_zeroed_memory_again);
    tcase_add_test(tests, deferred_functions_run_newest_first_and_once);
    tcase_add_test(tests, copies_are_nul_terminated);
    tcase_add_test(tests, a_list_grows_and_keeps_its_items);
    suite_add_tcase(suite, tests);
    return suite;
}
