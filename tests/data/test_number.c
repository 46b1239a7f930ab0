/* test_number.c: numbers to text and back, as Java does. */
#include "data/number.h"

#include <check.h>

static void assert_double(double value, const char *text)
{
    char found[DOUBLE_TEXT_MAX] = { 0 };
    double_print(value, found);
    ck_assert_str_eq(found, text);
}

static void assert_float(float value, const char *text)
{
    char found[DOUBLE_TEXT_MAX] = { 0 };
    float_print(value, found);
    ck_assert_str_eq(found, text);
}

START_TEST(doubles_print_as_java)
{
    assert_double(0.0, "0.0");
    assert_double(-0.0, "-0.0");
    assert_double(1.0, "1.0");
    assert_double(0.1 + 0.2, "0.30000000000000004");
    assert_double(0.001, "0.001");
    assert_double(0.0009, "9.0E-4");
    assert_double(9999999.0, "9999999.0");
    assert_double(1e7, "1.0E7");
    assert_double(1e10, "1.0E10");
    assert_double(123456.789, "123456.789");
    assert_double(2e-3, "0.002");
    assert_double(1e23, "1.0E23");
    assert_double(2.2250738585072014E-308, "2.2250738585072014E-308");
    assert_double(4.9E-324, "4.9E-324");
    assert_double(1.7976931348623157E308, "1.7976931348623157E308");
    assert_double(9223372036854775807.0, "9.223372036854776E18");
    assert_double(1152921504606846976.0, "1.15292150460684698E18");
    assert_double(__builtin_nan(""), "NaN");
    assert_double(-__builtin_inf(), "-Infinity");
}
END_TEST

START_TEST(floats_print_as_java)
{
    assert_float(0.1F, "0.1");
    assert_float(3.4028235E38F, "3.4028235E38");
    assert_float(1.4E-45F, "1.4E-45");
    assert_float(16777216.0F, "1.6777216E7");
    assert_float(1234567936.0F, "1.23456794E9");
    assert_float(1.1754944E-38F, "1.1754944E-38");
    assert_float(-__builtin_inff(), "-Infinity");
}
END_TEST

/* Any bits that are a number must come back from their own text. */
START_TEST(text_reads_back_as_the_same_number)
{
    uint64_t state = 88172645463325252u;
    for (int i = 0; i < 20000; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        double value, again;
        float  small, small_again;
        memcpy(&value, &state, sizeof(value));
        memcpy(&small, &state, sizeof(small));
        char    text[DOUBLE_TEXT_MAX];
        int32_t length = double_print(value, text);
        ck_assert(double_parse((Str){ text, length }, &again));
        ck_assert(value != value ? again != again : value == again);
        length = float_print(small, text);
        ck_assert(float_parse((Str){ text, length }, &small_again));
        ck_assert(small != small ? small_again != small_again : small == small_again);
    }
}
END_TEST

START_TEST(doubles_parse_as_java)
{
    static const struct {
        const char *text;
        double      value;
    } good[] = {
        { "1", 1 },
        { " 2.5 ", 2.5 },
        { "\t-1e3\n", -1000 },
        { ".5", .5 },
        { "5.", 5 },
        { "+7", 7 },
        { "1d", 1 },
        { "1.5F", 1.5 },
        { "0x1p3", 8 },
        { "-0x1.8p1", -3 },
        { "1e400", __builtin_inf() },
        { "1e-400", 0 },
        { "Infinity", __builtin_inf() },
        { "-Infinity", -__builtin_inf() },
        { "1e99999999999999999999", __builtin_inf() },
        { "123456789012345678901234567890", 123456789012345678901234567890.0 },
        { "0.1000000000000000055511151231257827021181583404541015625", 0.1 },
        { "9007199254740993", 9007199254740992.0 },
        { "9007199254740993.0000000000000000000000000001", 9007199254740994.0 },
    };
    static const char *const bad[] = { "",    " ",   "abc", "1,5", "1e",  "e5", "1 2",  "inf",
                                       "nan", "NAN", "0x1", "--1", ".", "1.2.3", "1ff" };
    double value;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        ck_assert_msg(double_parse(str_from(good[i].text), &value), "%s", good[i].text);
        ck_assert_msg(value == good[i].value, "%s", good[i].text);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        ck_assert_msg(!double_parse(str_from(bad[i]), &value), "%s", bad[i]);
    ck_assert(double_parse(STR("NaN"), &value) && value != value);
    ck_assert(double_parse(STR("-0"), &value) && value == 0 && __builtin_signbit(value));
}
END_TEST

/* More digits than are kept: the last ones still decide a tie. */
START_TEST(very_long_digits_still_round)
{
    char   text[2000];
    double value;
    memset(text, '0', sizeof(text));
    memcpy(text, "9007199254740993.", 17);
    ck_assert(double_parse((Str){ text, sizeof(text) }, &value) && value == 9007199254740992.0);
    text[sizeof(text) - 1] = '1';
    ck_assert(double_parse((Str){ text, sizeof(text) }, &value) && value == 9007199254740994.0);
}
END_TEST

START_TEST(floats_round_once)
{
    float value;
    ck_assert(float_parse(STR("1.00000017881393432617187499"), &value) && value == 1.00000011920928955078125F);
    ck_assert(float_parse(STR("16777217"), &value) && value == 16777216.0F);
    ck_assert(float_parse(STR("3.5e38"), &value) && value == __builtin_inff());
}
END_TEST

START_TEST(whole_numbers_know_their_limits)
{
    int64_t value;
    char    text[24] = { 0 };
    ck_assert(i64_parse(STR("9223372036854775807"), &value) && value == INT64_MAX);
    ck_assert(i64_parse(STR("-9223372036854775808"), &value) && value == INT64_MIN);
    ck_assert(i64_parse(STR("+5"), &value) && value == 5);
    ck_assert(!i64_parse(STR("9223372036854775808"), &value));
    ck_assert(!i64_parse(STR("-9223372036854775809"), &value));
    ck_assert(!i64_parse(STR(" 5"), &value) && !i64_parse(STR(""), &value) && !i64_parse(STR("-"), &value));
    ck_assert_int_eq(i64_print(INT64_MIN, text), 20);
    ck_assert_str_eq(text, "-9223372036854775808");
}
END_TEST

Suite *suite_number(void)
{
    Suite *suite = suite_create("number");
    TCase *tests = tcase_create("number");
    tcase_add_test(tests, doubles_print_as_java);
    tcase_add_test(tests, floats_print_as_java);
    tcase_add_test(tests, text_reads_back_as_the_same_number);
    tcase_add_test(tests, doubles_parse_as_java);
    tcase_add_test(tests, very_long_digits_still_round);
    tcase_add_test(tests, floats_round_once);
    tcase_add_test(tests, whole_numbers_know_their_limits);
    suite_add_tcase(suite, tests);
    return suite;
}
