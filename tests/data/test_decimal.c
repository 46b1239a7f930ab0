/* test_decimal.c: exact arithmetic against integers computed elsewhere; text both ways. */
#include "data/decimal.h"

#include <check.h>

static int128_t number(const char *text)
{
    int128_t value = 0;
    bool     is_negative = *text == '-';
    for (text += is_negative; *text; text++)
        value = value * 10 + (*text - '0');
    return is_negative ? -value : value;
}

static bool compute(char op, int128_t left, int32_t left_scale, int128_t right, int32_t right_scale, int32_t scale,
                    int128_t *out)
{
    switch (op) {
    case '+':
        return decimal_add(left, left_scale, right, right_scale, scale, out);
    case '-':
        return decimal_subtract(left, left_scale, right, right_scale, scale, out);
    case '*':
        return decimal_multiply(left, left_scale, right, right_scale, scale, out);
    case '/':
        return decimal_divide(left, left_scale, right, right_scale, scale, out);
    case '%':
        return decimal_mod(left, left_scale, right, right_scale, scale, out);
    case 'c':
        *out = decimal_compare(left, left_scale, right, right_scale);
        return true;
    default:
        return decimal_rescale(left, left_scale, scale, out);
    }
}

START_TEST(arithmetic_is_exact)
{
    static const struct {
        char        op;
        const char *left;
        int32_t     left_scale;
        const char *right;
        int32_t     right_scale, scale;
        const char *result;
    } cases[] = {
#define CASE(op, left, left_scale, right, right_scale, scale, result) \
    { op, left, left_scale, right, right_scale, scale, result },
#include "tests/data/decimal_cases.def"
#undef CASE
        { '/', "10", 1, "400", 0, 12, "2500000000" },  /* 1.0 / 400 = 0.002500000000 */
        { '/', "2", 0, "3", 0, 6, "666667" },
        { '%', "-7", 0, "3", 0, 0, "-1" },
        { 'r', "25", 1, "0", 0, 0, "3" },              /* HALF_UP */
        { 'r', "-25", 1, "0", 0, 0, "-3" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int128_t out = 0;
        bool     is_good = compute(cases[i].op, number(cases[i].left), cases[i].left_scale, number(cases[i].right),
                                   cases[i].right_scale, cases[i].scale, &out);
        char     text[DECIMAL_TEXT_MAX] = { 0 };
        decimal_print(out, 0, text);
        const char *found = is_good ? text : "overflow";
        ck_assert_msg(strcmp(found, cases[i].result) == 0, "%s(%d) %c %s(%d) at %d: %s, not %s", cases[i].left,
                      cases[i].left_scale, cases[i].op, cases[i].right, cases[i].right_scale, cases[i].scale, found,
                      cases[i].result);
    }
}
END_TEST

START_TEST(prints_plain_stripped_and_as_java)
{
    static const struct {
        const char *value;
        int32_t     scale;
        const char *plain, *stripped, *java;
    } cases[] = {
        { "9870", 3, "9.870", "9.87", "9.870" },      { "-5", 2, "-0.05", "-0.05", "-0.05" },
        { "0", 0, "0", "0", "0" },                    { "0", 3, "0.000", "0", "0.000" },
        { "0", 8, "0.00000000", "0", "0E-8" },        { "50000", 0, "50000", "5E+4", "50000" },
        { "120000", 0, "120000", "1.2E+5", "120000" }, { "1", 8, "0.00000001", "1E-8", "1E-8" },
        { "100", 8, "0.00000100", "0.000001", "0.00000100" },
        { "-99999999999999999999999999999999999999", 38, "-0.99999999999999999999999999999999999999",
          "-0.99999999999999999999999999999999999999", "-0.99999999999999999999999999999999999999" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[DECIMAL_TEXT_MAX];
        text[decimal_print(number(cases[i].value), cases[i].scale, text)] = 0;
        ck_assert_str_eq(text, cases[i].plain);
        text[decimal_print_stripped(number(cases[i].value), cases[i].scale, text)] = 0;
        ck_assert_str_eq(text, cases[i].stripped);
        text[decimal_print_java(number(cases[i].value), cases[i].scale, text)] = 0;
        ck_assert_str_eq(text, cases[i].java);
    }
}
END_TEST

START_TEST(parses_as_big_decimal)
{
    static const struct {
        const char  *text;
        int32_t      precision, scale;
        DecimalParse result;
        const char  *value;
    } cases[] = {
        { "1.005", 10, 2, DECIMAL_OK, "101" },
        { "-1.005", 10, 2, DECIMAL_OK, "-101" },
        { "+.5", 10, 2, DECIMAL_OK, "50" },
        { "5.", 10, 2, DECIMAL_OK, "500" },
        { "1.5e3", 10, 2, DECIMAL_OK, "150000" },
        { "15E-1", 10, 2, DECIMAL_OK, "150" },
        { "1e-99999", 10, 2, DECIMAL_OK, "0" },
        { "0e99999", 10, 2, DECIMAL_OK, "0" },
        { "0000000000000000000000000000000000000000000000012", 2, 0, DECIMAL_OK, "12" },
        { "0.99999999999999999999999999999999999999999999999", 38, 37, DECIMAL_OK,
          "10000000000000000000000000000000000000" },
        { "99999999999999999999999999999999999999.4", 38, 0, DECIMAL_OK, "99999999999999999999999999999999999999" },
        { "99999999999999999999999999999999999999.5", 38, 0, DECIMAL_OVERFLOW, "" },
        { "1e38", 38, 0, DECIMAL_OVERFLOW, "" },
        { "100", 2, 0, DECIMAL_OVERFLOW, "" },
        { "1e99999", 38, 0, DECIMAL_OVERFLOW, "" },
        { "", 10, 2, DECIMAL_BAD, "" },
        { "-", 10, 2, DECIMAL_BAD, "" },
        { ".", 10, 2, DECIMAL_BAD, "" },
        { "1e", 10, 2, DECIMAL_BAD, "" },
        { "1e1.5", 10, 2, DECIMAL_BAD, "" },
        { " 1", 10, 2, DECIMAL_BAD, "" },
        { "1x", 10, 2, DECIMAL_BAD, "" },
        { "NaN", 10, 2, DECIMAL_BAD, "" },
        { "1e99999999999", 10, 2, DECIMAL_BAD, "" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int128_t     value = 0;
        DecimalParse result = decimal_parse(str_from(cases[i].text), cases[i].precision, cases[i].scale, &value);
        ck_assert_msg(result == cases[i].result, "%s", cases[i].text);
        if (result == DECIMAL_OK)
            ck_assert_msg(value == number(cases[i].value), "%s", cases[i].text);
    }
}
END_TEST

START_TEST(goes_through_double)
{
    int128_t value;
    ck_assert(decimal_to_double(15, 1) == 1.5);
    ck_assert(decimal_to_double(number("12345678901234567890123"), 3) == 12345678901234567890.123);
    ck_assert(decimal_to_double_exact(number("9007199254740993"), 0) == 9007199254740992.0);
    ck_assert(decimal_from_double(123.455, 5, 2, &value) && value == 12346);
    ck_assert(decimal_from_double(-0.1, 5, 2, &value) && value == -10);
    ck_assert(decimal_from_double(1e20, 38, 2, &value) && value == number("10000000000000000000000"));
    ck_assert(decimal_from_double(1e-300, 38, 2, &value) && value == 0);
    ck_assert(!decimal_from_double(1000, 5, 2, &value));
    ck_assert(!decimal_from_double(1e300, 38, 0, &value));
    ck_assert(!decimal_from_double(__builtin_nan(""), 38, 0, &value));
}
END_TEST

START_TEST(both_layouts_store_the_same)
{
    int64_t  narrow[2];
    int128_t wide[2];
    decimal_store(narrow, false, 1, -12345);
    decimal_store(wide, true, 1, -12345);
    ck_assert(decimal_load(narrow, false, 1) == -12345);
    ck_assert(decimal_load(wide, true, 1) == -12345);
    ck_assert(decimal_fits(number("99999"), 5) && !decimal_fits(number("-100000"), 5));
}
END_TEST

Suite *suite_decimal(void)
{
    Suite *suite = suite_create("decimal");
    TCase *tests = tcase_create("decimal");
    tcase_add_test(tests, arithmetic_is_exact);
    tcase_add_test(tests, prints_plain_stripped_and_as_java);
    tcase_add_test(tests, parses_as_big_decimal);
    tcase_add_test(tests, goes_through_double);
    tcase_add_test(tests, both_layouts_store_the_same);
    suite_add_tcase(suite, tests);
    return suite;
}
