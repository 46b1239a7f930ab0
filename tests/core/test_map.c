/* test_map.c: names to pointers, in order of insertion; and the hash below it, whose values must never change. */
#include "core/map.h"

#include "core/hash.h"

#include <check.h>
#include <stdio.h>

START_TEST(keeps_order_and_replaces)
{
    Arena *arena = arena_create();
    Map   *map = map_create(arena);
    int    values[3] = { 1, 2, 3 };
    ck_assert_ptr_null(map_get(map, STR("a")));
    map_put(map, STR("b"), &values[0]);
    map_put(map, STR("a"), &values[1]);
    map_put(map, STR("b"), &values[2]);
    ck_assert_int_eq(map->count, 2);
    ck_assert_ptr_eq(map_get(map, STR("b")), &values[2]);
    ck_assert(str_eq(map->entries[0].key, STR("b")));
    ck_assert(str_eq(map->entries[1].key, STR("a")));
    ck_assert(!map_has(map, STR("A")));
    map_put(map, STR(""), NULL);
    ck_assert(map_has(map, STR_EMPTY));
    ck_assert_ptr_null(map_get(map, STR_EMPTY));
    arena_destroy(arena);
}
END_TEST

START_TEST(keys_are_copied)
{
    Arena *arena = arena_create();
    Map   *map = map_create(arena);
    char   key[] = "key";
    map_put(map, str_from(key), key);
    key[0] = 'X';
    ck_assert(map_has(map, STR("key")));
    arena_destroy(arena);
}
END_TEST

static Str numbered(char *room, size_t size, int number)
{
    snprintf(room, size, "column_%d", number);
    return str_from(room);
}

START_TEST(finds_thousands_of_keys_also_after_removal)
{
    Arena *arena = arena_create();
    Map   *map = map_create(arena);
    char   room[32];
    for (int i = 0; i < 2000; i++) {
        Str key = numbered(room, sizeof(room), i);
        map_put(map, key, arena_cstr(arena, key));
    }
    for (int i = 0; i < 2000; i += 2)
        ck_assert(map_remove(map, numbered(room, sizeof(room), i)));
    ck_assert(!map_remove(map, STR("column_0")));
    ck_assert_int_eq(map->count, 1000);
    for (int i = 0; i < 2000; i++) {
        const char *value = map_get(map, numbered(room, sizeof(room), i));
        if (i % 2)
            ck_assert_str_eq(value, room);
        else
            ck_assert_ptr_null(value);
    }
    ck_assert(str_eq(map->entries[7].key, STR("column_15")));
    arena_destroy(arena);
}
END_TEST

START_TEST(holds_text_and_copies_it)
{
    Arena *arena = arena_create();
    Arena *other = arena_create();
    Map   *map = map_create(arena);
    map_put_str(map, STR("connector"), STR("kafka"));
    map_put_str(map, STR("empty"), STR_EMPTY);
    Map *copy = map_copy_str(other, map);
    arena_destroy(arena);
    ck_assert(str_eq(map_get_str(copy, STR("connector")), STR("kafka")));
    ck_assert_ptr_nonnull(map_get_str(copy, STR("empty")).ptr);
    ck_assert_ptr_null(map_get_str(copy, STR("absent")).ptr);
    arena_destroy(other);
}
END_TEST

START_TEST(hash_values_are_frozen)
{
    ck_assert_uint_eq(hash_bytes("", 0), 0x2D06800538D394C2u);
    ck_assert_uint_eq(hash_bytes("tidemark", 8), hash_bytes_seed("tidemark", 8, 0));
    ck_assert_uint_ne(hash_bytes("tidemark", 8), hash_bytes_seed("tidemark", 8, 1));
    ck_assert_uint_eq(hash_u64(0), 0);
    ck_assert_uint_eq(hash_u64(1), 0x5692161D100B05E5u);
    ck_assert_uint_ne(hash_combine(1, 2), hash_combine(2, 1));
}
END_TEST

Suite *suite_map(void)
{
    Suite *suite = suite_create("map");
    TCase *tests = tcase_create("map");
    tcase_add_test(tests, keeps_order_and_replaces);
    tcase_add_test(tests, keys_are_copied);
    tcase_add_test(tests, finds_thousands_of_keys_also_after_removal);
    tcase_add_test(tests, holds_text_and_copies_it);
    tcase_add_test(tests, hash_values_are_frozen);
    suite_add_tcase(suite, tests);
    return suite;
}
