/* test_option.c: option rows: keys, values, error texts and getters. */
#include "core/option.h"

#include <check.h>

static const Option rows[] = {
    { "topic", OPTION_LIST, NULL, NULL, "topics to read", OPTION_REQUIRED },
    { "scan.mode", OPTION_ENUM, "latest-offset", "earliest-offset|latest-offset", "where to start", 0 },
    { "rate", OPTION_DOUBLE, "1.5", NULL, "rows per second", 0 },
    { "rows", OPTION_INT, NULL, NULL, "how many", 0 },
    { "strict", OPTION_BOOL, "false", NULL, "fail at once", 0 },
    { "interval", OPTION_DURATION, "5 min", NULL, "how often", 0 },
    { "size", OPTION_SIZE, "128 mb", NULL, "how large", 0 },
    { "password", OPTION_BOOL, NULL, NULL, "a secret with a type, to see that it stays one", OPTION_SECRET },
    { "fields.#.kind", OPTION_STRING, NULL, NULL, "per column", 0 },
    { "properties.", OPTION_PREFIX, NULL, NULL, "passed on", 0 },
    { 0 },
};

static Arena *arena;
static Map   *options;

static void setup(void)
{
    arena = arena_create();
    options = map_create(arena);
    map_put_str(options, STR("topic"), STR("t"));
}

static void teardown(void)
{
    arena_destroy(arena);
}

static const char *error_of(const char *key, const char *value)
{
    static Error  err;
    const Option *lists[] = { rows };
    Map          *wanted = map_create(arena);
    error_clear(&err);
    map_put_str(wanted, STR("topic"), STR("t"));
    map_put_str(wanted, str_from(key), str_from(value));
    options_check(lists, 1, wanted, STR("connector 'x'"), SPAN_NONE, &err);
    return err.message;
}

typedef struct Amount {
    const char *text;
    int64_t     value; /* -1 = not one */
} Amount;

START_TEST(durations)
{
    static const Amount cases[] = {
        { "10 s", 10000 }, { "1min", 60000 }, { "500ms", 500 }, { "7", 7 }, { " 2 H ", 7200000 }, { "1 d", 86400000 },
        { "3 minutes", 180000 }, { "1500 us", 1 }, { "999999 ns", 0 }, { "", -1 }, { "s", -1 }, { "-1 s", -1 },
        { "1.5 s", -1 }, { "1 fortnight", -1 }, { "9223372036854775807 d", -1 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int64_t ms = -1;
        ck_assert_int_eq(duration_parse(str_from(cases[i].text), &ms), cases[i].value >= 0);
        if (cases[i].value >= 0)
            ck_assert_int_eq(ms, cases[i].value);
    }
}
END_TEST

START_TEST(sizes)
{
    static const Amount cases[] = {
        { "128mb", 134217728 }, { "1 GB", 1073741824 }, { "12", 12 }, { "3 k", 3072 }, { "5 bytes", 5 }, { "1 xb", -1 },
        { "8388608 tb", -1 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int64_t bytes = -1;
        ck_assert_int_eq(size_parse(str_from(cases[i].text), &bytes), cases[i].value >= 0);
        if (cases[i].value >= 0)
            ck_assert_int_eq(bytes, cases[i].value);
    }
}
END_TEST

START_TEST(errors_say_key_value_and_what_is_expected)
{
    ck_assert_str_eq(error_of("scan.mode", "oldest"),
                     "option 'scan.mode' = 'oldest': expected one of earliest-offset, latest-offset");
    ck_assert_str_eq(error_of("rows", "many"), "option 'rows' = 'many': expected a whole number");
    ck_assert_str_eq(error_of("rate", "fast"), "option 'rate' = 'fast': expected a number");
    ck_assert_str_eq(error_of("strict", "yes"), "option 'strict' = 'yes': expected true or false");
    ck_assert_str_eq(error_of("interval", "soon"),
                     "option 'interval' = 'soon': expected a duration such as '500 ms', '10 s', '5 min', '1 h' or '1 d'");
    ck_assert_str_eq(error_of("size", "big"),
                     "option 'size' = 'big': expected a size such as '64 kb', '128 mb' or '1 gb'");
    ck_assert_str_eq(error_of("password", "hunter2"), "option 'password' = '******': expected true or false");
    ck_assert_str_eq(error_of("scan.mode", "EARLIEST-OFFSET"), "");
    ck_assert_str_eq(error_of("fields.user.id.kind", "random"), "");
    ck_assert_str_eq(error_of("properties.group.id", "g"), "");
}
END_TEST

START_TEST(an_unknown_key_lists_the_known_ones_and_hints)
{
    Error         err = ERROR_NONE;
    const Option *lists[] = { rows };
    map_put_str(options, STR("scan.mod"), STR("x"));
    ck_assert_int_eq(options_check(lists, 1, options, STR("connector 'x'"), SPAN_NONE, &err), STATUS_OPTION);
    ck_assert_str_eq(err.message,
                     "connector 'x' has no option 'scan.mod'; supported are: topic, scan.mode, rate, rows, strict, "
                     "interval, size, password, fields.#.kind, properties.*");
    ck_assert_str_eq(err.hint, "did you mean 'scan.mode'?");
    ck_assert_str_ne(error_of("fields..kind", "x"), "");
    ck_assert_str_ne(error_of("properties.", "x"), "");
}
END_TEST

START_TEST(a_required_key_must_be_there)
{
    Error         err = ERROR_NONE;
    const Option *lists[] = { rows };
    map_remove(options, STR("topic"));
    ck_assert_int_eq(options_check(lists, 1, options, STR("connector 'x'"), SPAN_NONE, &err), STATUS_OPTION);
    ck_assert_str_eq(err.message, "connector 'x' needs the option 'topic': topics to read");
}
END_TEST

START_TEST(getters_give_the_value_or_the_default)
{
    ck_assert(str_is(option_str(rows, options, "topic"), "t"));
    ck_assert(str_is(option_str(rows, options, "scan.mode"), "latest-offset"));
    ck_assert_ptr_null(option_str(rows, options, "rows").ptr);
    ck_assert_int_eq(option_i64(rows, options, "rows"), -1);
    ck_assert_int_eq(option_i64(rows, options, "interval"), 300000);
    ck_assert_int_eq(option_i64(rows, options, "size"), 134217728);
    ck_assert_double_eq(option_double(rows, options, "rate"), 1.5);
    ck_assert(!option_bool(rows, options, "strict"));
    map_put_str(options, STR("strict"), STR("TRUE"));
    map_put_str(options, STR("rows"), STR(" 12 "));
    ck_assert(option_bool(rows, options, "strict"));
    ck_assert_int_eq(option_i64(rows, options, "rows"), 12);
    ck_assert(option_is_set(options, "rows") && !option_is_set(options, "rate"));
}
END_TEST

Suite *suite_option(void);
Suite *suite_option(void)
{
    Suite *suite = suite_create("option");
    TCase *tcase = tcase_create("option");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, durations);
    tcase_add_test(tcase, sizes);
    tcase_add_test(tcase, errors_say_key_value_and_what_is_expected);
    tcase_add_test(tcase, an_unknown_key_lists_the_known_ones_and_hints);
    tcase_add_test(tcase, a_required_key_must_be_there);
    tcase_add_test(tcase, getters_give_the_value_or_the_default);
    suite_add_tcase(suite, tcase);
    return suite;
}
