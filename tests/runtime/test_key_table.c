/* test_key_table.c: the key table against a plain list: adding, finding, removing, growing, long keys, clearing. */
#include "runtime/state/key_table.h"

#include "core/env.h"
#include "core/hash.h"

#include <check.h>
#include <stdio.h>

enum { KEYS = 4000, BLOCK = 16 };

static char  texts[KEYS][48];
static Str   keys[KEYS];
static uint64_t hashes[KEYS];
static void *blocks[KEYS];
static int32_t new_rows[KEYS];

/* Some keys fit into the entry, some do not; hashes of few bits make clusters. */
static void make_keys(uint64_t hash_mask)
{
    for (int i = 0; i < KEYS; i++) {
        int length = i % 3 == 0 ? snprintf(texts[i], sizeof(texts[i]), "k%d", i)
                                : snprintf(texts[i], sizeof(texts[i]), "a key that does not fit inside %d", i);
        keys[i] = (Str){ texts[i], length };
        hashes[i] = hash_bytes(texts[i], length) & hash_mask;
    }
    keys[0] = STR_EMPTY;
    hashes[0] = 0;
}

START_TEST(add_find_remove)
{
    static const uint64_t masks[] = { UINT64_MAX, 0xff, 0xffffffff00000003u };
    make_keys(masks[_i]);
    KeyTable *table = key_table_create(BLOCK);
    int64_t   count = _i == 1 ? KEYS / 8 : KEYS;
    ck_assert_int_eq(key_table_add(table, keys, hashes, count, blocks, new_rows), count);
    for (int i = 0; i < count; i++)
        *(int64_t *)blocks[i] = i;
    ck_assert_int_eq(key_table_add(table, keys, hashes, count, blocks, new_rows), 0);
    for (int i = 0; i < count; i++)
        ck_assert_int_eq(*(int64_t *)blocks[i], i);
    for (int i = 0; i < count; i += 2)
        key_table_remove(table, key_table_find(table, keys[i], hashes[i]));
    ck_assert_int_eq(key_table_count(table), count / 2);
    for (int i = 0; i < count; i++) {
        void *found = key_table_find(table, keys[i], hashes[i]);
        ck_assert(i % 2 ? found != NULL && *(int64_t *)found == i : found == NULL);
        if (found)
            ck_assert(str_eq(key_of_block(found), keys[i]) && hash_of_block(found) == hashes[i]);
    }
    /* freed entries are used again, with zeroed blocks */
    ck_assert_int_eq(key_table_add(table, keys, hashes, count, blocks, new_rows), (count + 1) / 2);
    for (int i = 0; i < count; i++)
        ck_assert_int_eq(*(int64_t *)blocks[i], i % 2 ? i : 0);
    int64_t position = 0;
    int64_t walked = 0;
    while (key_table_next(table, &position))
        walked++;
    ck_assert_int_eq(walked, count);
    key_table_clear(table);
    position = 0;
    ck_assert_ptr_null(key_table_next(table, &position));
    ck_assert_ptr_null(key_table_find(table, keys[1], hashes[1]));
    ck_assert_int_eq(key_table_add(table, keys, hashes, 10, blocks, new_rows), 10);
    key_table_destroy(table);
}
END_TEST

START_TEST(repeated_keys_in_one_call)
{
    make_keys(UINT64_MAX);
    KeyTable *table = key_table_create(0);
    Str       some[] = { keys[1], keys[2], keys[1], keys[2], keys[3] };
    uint64_t  of_some[] = { hashes[1], hashes[2], hashes[1], hashes[2], hashes[3] };
    ck_assert_int_eq(key_table_add(table, some, of_some, 5, blocks, new_rows), 3);
    ck_assert_int_eq(new_rows[0], 0);
    ck_assert_int_eq(new_rows[1], 1);
    ck_assert_int_eq(new_rows[2], 4);
    ck_assert_ptr_eq(blocks[0], blocks[2]);
    ck_assert_ptr_eq(blocks[1], blocks[3]);
    key_table_destroy(table);
}
END_TEST

Suite *suite_key_table(void)
{
    Suite *suite = suite_create("key_table");
    TCase *tcase = tcase_create("key_table");
    tcase_add_loop_test(tcase, add_find_remove, 0, 3);
    tcase_add_test(tcase, repeated_keys_in_one_call);
    suite_add_tcase(suite, tcase);
    return suite;
}
