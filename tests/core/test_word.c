/* test_word.c: eight bytes at once give what each byte alone gives. */
#include "core/word.h"

#include <check.h>

START_TEST(parts_of_a_word)
{
    char bytes[WORD_SIZE];
    for (int64_t size = 1; size < WORD_SIZE; size++) {
        memcpy(bytes, "\x81\x42\xC3\x04\xF5\x06\x07\x08", WORD_SIZE);
        char alone[WORD_SIZE] = { 0 };
        memcpy(alone, bytes, (size_t)size);
        uint64_t word = word_load_part(bytes, size);
        ck_assert_uint_eq(word, word_load(alone));
        memset(bytes, 'x', WORD_SIZE);
        word_store_part(bytes, word, size);
        ck_assert_int_eq(memcmp(bytes, alone, (size_t)size), 0);
        ck_assert_int_eq(bytes[size], 'x');
    }
}
END_TEST

/* Every byte at every place, among others that are and are not in the range. */
START_TEST(bytes_in_a_range)
{
    for (int32_t at = 0; at < WORD_SIZE; at++)
        for (int32_t byte = 0; byte < 256; byte++)
            for (int32_t other = 0; other < 256; other += 15) {
                char bytes[WORD_SIZE];
                memset(bytes, other, WORD_SIZE);
                bytes[at] = (char)byte;
                int64_t expected = 0;
                for (int32_t i = 0; i < WORD_SIZE; i++)
                    expected += bytes[i] >= 'a' && bytes[i] <= 'z';
                uint64_t found = word_between(word_load(bytes), 'a', 'z');
                ck_assert_int_eq(word_count(found), expected);
                ck_assert_int_eq(found >> (8 * at + 7) & 1, byte >= 'a' && byte <= 'z');
            }
}
END_TEST

/* '\xa2' is '"' with its top bit set. */
START_TEST(a_byte_among_others)
{
    for (int32_t at = 0; at < WORD_SIZE; at++)
        for (int32_t byte = 0; byte < 256; byte++) {
            char bytes[WORD_SIZE] = { '"', 'a', '"', '"', '\x7f', 0, '\xa2', '"' };
            bytes[at] = (char)byte;
            uint64_t found = word_equal(word_load(bytes), '"');
            for (int32_t i = 0; i < WORD_SIZE; i++)
                ck_assert_int_eq(found >> (8 * i + 7) & 1, bytes[i] == '"');
        }
}
END_TEST

START_TEST(places_in_an_answer)
{
    uint64_t found = word_equal(word_load("a//b/c//"), '/');
    ck_assert_int_eq(word_count(found), 5);
    ck_assert_int_eq(word_nth(found, 0), 1);
    ck_assert_int_eq(word_nth(found, 1), 2);
    ck_assert_int_eq(word_nth(found, 2), 4);
    ck_assert_int_eq(word_nth(found, 4), 7);
    ck_assert_int_eq(word_count(word_first(found, 7)), 4);
    ck_assert_int_eq(word_count(word_first(found, 4)), 2);
    ck_assert_int_eq(word_count(word_first(found, 1)), 0);
}
END_TEST

Suite *suite_word(void);
Suite *suite_word(void)
{
    Suite *suite = suite_create("word");
    TCase *tcase = tcase_create("word");
    tcase_add_test(tcase, parts_of_a_word);
    tcase_add_test(tcase, bytes_in_a_range);
    tcase_add_test(tcase, a_byte_among_others);
    tcase_add_test(tcase, places_in_an_answer);
    suite_add_tcase(suite, tcase);
    return suite;
}
