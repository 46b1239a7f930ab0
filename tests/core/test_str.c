/* test_str.c: comparing, cutting and reading Str. */
#include "core/str.h"

#include <check.h>

START_TEST(compares_by_bytes_then_length)
{
    ck_assert(str_eq(STR("abc"), STR("abc")));
    ck_assert(!str_eq(STR("abc"), STR("abd")));
    ck_assert(str_eq(STR_EMPTY, (Str){ NULL, 0 }));
    ck_assert(str_eq_nocase(STR("Select"), STR("sELECT")));
    ck_assert(!str_eq_nocase(STR("\xC3\x84"), STR("\xC3\xA4")));
    ck_assert(str_is_nocase(STR("JSON"), "json"));
    ck_assert_int_lt(str_compare(STR("a"), STR("ab")), 0);
    ck_assert_int_gt(str_compare(STR("\xFF"), STR("a")), 0);
    ck_assert_int_eq(str_compare(STR_EMPTY, STR_EMPTY), 0);
}
END_TEST

START_TEST(finds_prefix_suffix_and_byte)
{
    ck_assert(str_starts_with(STR("value.fields"), STR("value.")));
    ck_assert(!str_starts_with(STR("val"), STR("value.")));
    ck_assert(str_ends_with(STR("a.sql"), STR(".sql")));
    ck_assert(!str_ends_with(STR("sql"), STR(".sql")));
    ck_assert_int_eq(str_find(STR("a=b=c"), '='), 1);
    ck_assert_int_eq(str_find(STR_EMPTY, '='), -1);
}
END_TEST

START_TEST(trims_ascii_white_space)
{
    ck_assert(str_eq(str_trim(STR(" \t a b\r\n")), STR("a b")));
    ck_assert_int_eq(str_trim(STR(" \n ")).len, 0);
}
END_TEST

START_TEST(splits_at_each_separator)
{
    Str rest = STR("a;;b");
    Str part;
    ck_assert(str_split(&rest, ';', &part) && str_eq(part, STR("a")));
    ck_assert(str_split(&rest, ';', &part) && part.len == 0);
    ck_assert(str_split(&rest, ';', &part) && str_eq(part, STR("b")));
    ck_assert(!str_split(&rest, ';', &part));
    rest = STR_EMPTY;
    ck_assert(!str_split(&rest, ';', &part));
}
END_TEST

START_TEST(reads_integers_that_fit)
{
    int64_t value = 0;
    ck_assert(str_to_i64(STR("-9223372036854775808"), &value) && value == INT64_MIN);
    ck_assert(str_to_i64(STR("9223372036854775807"), &value) && value == INT64_MAX);
    ck_assert(str_to_i64(STR("+007"), &value) && value == 7);
    ck_assert(!str_to_i64(STR("9223372036854775808"), &value));
    ck_assert(!str_to_i64(STR("-9223372036854775809"), &value));
    ck_assert(!str_to_i64(STR(""), &value));
    ck_assert(!str_to_i64(STR("-"), &value));
    ck_assert(!str_to_i64(STR("1 "), &value));
}
END_TEST

START_TEST(measures_edit_distance)
{
    ck_assert_int_eq(str_distance(STR("price"), STR("PRICE")), 0);
    ck_assert_int_eq(str_distance(STR("pric"), STR("price")), 1);
    ck_assert_int_eq(str_distance(STR("pirce"), STR("price")), 1);
    ck_assert_int_eq(str_distance(STR("kitten"), STR("sitting")), 3);
    ck_assert_int_eq(str_distance(STR_EMPTY, STR("abc")), 3);
    char long_name[200];
    memset(long_name, 'x', sizeof(long_name));
    ck_assert_int_eq(str_distance((Str){ long_name, 200 }, STR("x")), 200);
}
END_TEST

Suite *suite_str(void)
{
    Suite *suite = suite_create("str");
    TCase *tests = tcase_create("str");
    tcase_add_test(tests, compares_by_bytes_then_length);
    tcase_add_test(tests, finds_prefix_suffix_and_byte);
    tcase_add_test(tests, trims_ascii_white_space);
    tcase_add_test(tests, splits_at_each_separator);
    tcase_add_test(tests, reads_integers_that_fit);
    tcase_add_test(tests, measures_edit_distance);
    suite_add_tcase(suite, tests);
    return suite;
}
