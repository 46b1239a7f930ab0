/* test_key.c: key bytes are equal exactly when the values are, and come back as the same values. */
#include "data/key.h"
#include "tests/data/sample.h"
#include "tests/data/type_named.h"

#include <check.h>

static Arena *arena;
static Buf   *buf;

static void open_memory(void)
{
    arena = arena_create();
    buf = buf_create();
}

static void close_memory(void)
{
    buf_release(buf);
    arena_destroy(arena);
}

enum { ROWS = 30, ROUNDS = 200, COLUMNS_MAX = 3 };

static bool rows_equal(const Column *const *columns, int32_t count, int64_t left, int64_t right)
{
    for (int32_t i = 0; i < count; i++)
        if (!column_value_equals(columns[i], left, columns[i], right))
            return false;
    return true;
}

START_TEST(equal_bytes_mean_equal_values_and_come_back)
{
    Sample sample = { 31415926 };
    for (int round = 0; round < ROUNDS; round++) {
        Column        columns[COLUMNS_MAX], back[COLUMNS_MAX];
        const Column *pointers[COLUMNS_MAX];
        const Type   *types[COLUMNS_MAX];
        Str           keys[ROWS];
        uint64_t      hashes[ROWS];
        int32_t       count = (int32_t)sample_below(&sample, COLUMNS_MAX + 1);
        for (int32_t i = 0; i < count; i++) {
            types[i] = sample_type(&sample, arena, 2);
            sample_column(&sample, buf, types[i], ROWS, round % 3, &columns[i]);
            columns[i].constant = sample_below(&sample, 4) == 0;
            pointers[i] = &columns[i];
        }
        keys_encode(pointers, count, ROWS, buf, keys, hashes);
        for (int64_t a = 0; a < ROWS; a++) {
            ck_assert_uint_eq(hashes[a], key_hash(keys[a]));
            for (int64_t b = 0; b < ROWS; b++) {
                ck_assert_int_eq(str_eq(keys[a], keys[b]), rows_equal(pointers, count, a, b));
                ck_assert(!str_eq(keys[a], keys[b]) || hashes[a] == hashes[b]);
            }
        }
        keys_decode(keys, ROWS, types, count, buf, back);
        for (int32_t i = 0; i < count; i++)
            for (int64_t row = 0; row < ROWS; row++)
                ck_assert(column_value_equals(&columns[i], row, &back[i], row));
    }
}
END_TEST

START_TEST(the_bytes_are_those_of_the_checkpoint_format)
{
    Column number, text;
    column_init(&number, buf, &type_int, 2);
    COLUMN_DATA(&number, int32_t)[0] = 0x01020304;
    column_set_null(&number, buf, 1);
    column_init(&text, buf, &type_string, 2);
    COLUMN_DATA(&text, View)[0] = view_of(STR("ab"));
    COLUMN_DATA(&text, View)[1] = view_of(STR(""));
    const Column *columns[] = { &number, &text };
    Str           keys[2];
    uint64_t      hashes[2];
    keys_encode(columns, 2, 2, buf, keys, hashes);
    ck_assert(str_eq(keys[0], STR("\1\4\3\2\1\1\2\0\0\0ab")));
    ck_assert(str_eq(keys[1], STR("\0\1\0\0\0\0")));
}
END_TEST

/* State is distributed by these: they must never change. */
START_TEST(hashes_are_stable)
{
    ck_assert_uint_eq(key_hash(STR("")), 3244421341483603138u);
    int64_t       one = 1;
    Column        column = { .type = &type_bigint, .data = &one };
    const Column *columns[] = { &column };
    Str           key;
    uint64_t      hash;
    keys_encode(columns, 1, 1, buf, &key, &hash);
    ck_assert_uint_eq(hash, key_hash(key));
    ck_assert_uint_eq(hash, 10451216379200822465u);
}
END_TEST

START_TEST(every_nan_is_one_key_and_the_zeros_are_two)
{
    uint64_t bits[] = { 0x7ff8000000000000u, 0xfff8000000000001u, 0, 0x8000000000000000u };
    double   values[4];
    memcpy(values, bits, sizeof(bits));
    Column        column = { .type = &type_double, .data = values };
    const Column *columns[] = { &column };
    Str           keys[4];
    uint64_t      hashes[4];
    keys_encode(columns, 1, 4, buf, keys, hashes);
    ck_assert(str_eq(keys[0], keys[1]) && hashes[0] == hashes[1]);
    ck_assert(!str_eq(keys[2], keys[3]));
}
END_TEST

START_TEST(values_travel_one_at_a_time)
{
    Sample sample = { 271828 };
    for (int round = 0; round < ROUNDS; round++) {
        const Type *type = sample_type(&sample, arena, 3);
        Column      in, out;
        Text        bytes = TEXT_EMPTY;
        sample_column(&sample, buf, type, ROWS, 4, &in);
        int64_t size = 0;
        for (int64_t i = 0; i < ROWS; i++) {
            value_encode(&in, i, &bytes);
            size += value_encoded_size(&in, i);
        }
        ck_assert_int_eq(size, bytes.len);
        column_init(&out, buf, type, ROWS);
        const char *cursor = bytes.ptr, *end = bytes.ptr + bytes.len;
        for (int64_t i = 0; i < ROWS; i++) {
            ck_assert(value_decode(&cursor, end, &out, i, buf));
            ck_assert(column_value_equals(&in, i, &out, i));
        }
        ck_assert_ptr_eq(cursor, end);
        text_free(&bytes);
    }
}
END_TEST

START_TEST(bad_bytes_are_refused)
{
    Sample sample = { 161803 };
    for (int round = 0; round < ROUNDS; round++) {
        const Type *type = sample_type(&sample, arena, 3);
        Column      in, out;
        Text        bytes = TEXT_EMPTY;
        sample_column(&sample, buf, type, 1, 0, &in);
        value_encode(&in, 0, &bytes);
        for (int64_t size = 0; size < bytes.len; size++) {
            Text part = TEXT_EMPTY; /* memory of its own, so that a read beyond its end is seen */
            text_append(&part, (Str){ bytes.ptr, size });
            const char *cursor = text_str(&part).ptr;
            column_init(&out, buf, type, 1);
            ck_assert(!value_decode(&cursor, cursor + size, &out, 0, buf));
            text_free(&part);
        }
        for (int64_t i = 0; i < bytes.len; i++) { /* whatever comes out: no crash, and no large memory */
            const char *cursor = bytes.ptr;
            bytes.ptr[i] ^= 0x7f;
            column_init(&out, buf, type, 1);
            (void)value_decode(&cursor, bytes.ptr + bytes.len, &out, 0, buf);
            bytes.ptr[i] ^= 0x7f;
        }
        text_free(&bytes);
        ck_assert_int_lt(buf_size(buf), 1 << 26);
    }
}
END_TEST

Suite *suite_key(void)
{
    Suite *suite = suite_create("key");
    TCase *tests = tcase_create("key");
    tcase_add_checked_fixture(tests, open_memory, close_memory);
    tcase_add_test(tests, equal_bytes_mean_equal_values_and_come_back);
    tcase_add_test(tests, the_bytes_are_those_of_the_checkpoint_format);
    tcase_add_test(tests, hashes_are_stable);
    tcase_add_test(tests, every_nan_is_one_key_and_the_zeros_are_two);
    tcase_add_test(tests, values_travel_one_at_a_time);
    tcase_add_test(tests, bad_bytes_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
