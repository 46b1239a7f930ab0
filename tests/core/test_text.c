/* test_text.c: the string builder: growth, the maximum, quoting. */
#include "core/env.h"
#include "core/text.h"

#include <check.h>

#define assert_text(text, expected) ck_assert_str_eq(text_cstr(&(text)), (expected))

START_TEST(builds_text_of_all_kinds)
{
    Text text = TEXT_EMPTY;
    assert_text(text, "");
    text_puts(&text, "a");
    text_put(&text, 'b');
    text_repeat(&text, '-', 3);
    text_repeat(&text, '-', -1);
    text_put_i64(&text, INT64_MIN);
    text_put_i64(&text, 0);
    text_printf(&text, "%s%05d", "!", 42);
    text_append(&text, STR_EMPTY);
    assert_text(text, "ab----92233720368547758080!00042");
    ck_assert_int_eq(text_str(&text).len, 32);
    text_clear(&text);
    assert_text(text, "");
    text_free(&text);
    ck_assert_ptr_null(text.ptr);
}
END_TEST

START_TEST(grows_far_past_its_first_size)
{
    Text text = TEXT_EMPTY;
    for (int i = 0; i < 100000; i++)
        text_put(&text, (char)('a' + i % 26));
    ck_assert_int_eq(text.len, 100000);
    ck_assert_int_eq(text.ptr[99999], 'a' + 99999 % 26);
    text_free(&text);
}
END_TEST

START_TEST(drops_what_passes_the_maximum)
{
    Text text = { .max = 5 };
    text_puts(&text, "abc");
    text_puts(&text, "def");
    ck_assert(text.overflow);
    assert_text(text, "abc");
    text_puts(&text, "de");
    assert_text(text, "abcde");
    ck_assert_ptr_null(text_reserve(&text, 1));
    text_clear(&text);
    ck_assert(!text.overflow);
    text_free(&text);
}
END_TEST

START_TEST(stays_what_it_was_when_memory_runs_out)
{
    EnvGuard guard;
    Text     text = TEXT_EMPTY;
    text_puts(&text, "kept");
    int64_t capacity = text.capacity;
    if (!setjmp(env_guard_enter(&guard)->unwind)) {
        env_fail_alloc_after(1);
        text_repeat(&text, 'x', 10000);
        ck_abort_msg("the allocation did not fail");
    }
    ck_assert_int_eq(text.capacity, capacity);
    text_repeat(&text, 'x', 10000);
    ck_assert_int_eq(text.len, 10004);
    text_free(&text);
}
END_TEST

START_TEST(writes_json_strings)
{
    Text text = TEXT_EMPTY;
    text_put_json(&text, STR("a\"\\\n\r\t\b\f\x01 \xC3\xA4 \xFF\xE2\x82 z/\x7F"));
    assert_text(text, "\"a\\\"\\\\\\n\\r\\t\\b\\f\\u0001 \xC3\xA4 \xEF\xBF\xBD\xEF\xBF\xBD z/\x7F\"");
    text_clear(&text);
    text_put_json(&text, STR("nul\0!"));
    assert_text(text, "\"nul\\u0000!\"");
    text_free(&text);
}
END_TEST

START_TEST(quotes_sql_strings_and_names)
{
    Text text = TEXT_EMPTY;
    text_put_sql_string(&text, STR("it's ''"));
    text_put(&text, ' ');
    text_put_sql_name(&text, STR("a`b"));
    text_put(&text, ' ');
    text_put_sql_string(&text, STR_EMPTY);
    assert_text(text, "'it''s ''''' `a``b` ''");
    text_free(&text);
}
END_TEST

Suite *suite_text(void)
{
    Suite *suite = suite_create("text");
    TCase *tests = tcase_create("text");
    tcase_add_test(tests, builds_text_of_all_kinds);
    tcase_add_test(tests, grows_far_past_its_first_size);
    tcase_add_test(tests, drops_what_passes_the_maximum);
    tcase_add_test(tests, stays_what_it_was_when_memory_runs_out);
    tcase_add_test(tests, writes_json_strings);
    tcase_add_test(tests, quotes_sql_strings_and_names);
    suite_add_tcase(suite, tests);
    return suite;
}
