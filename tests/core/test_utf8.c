/* test_utf8.c: strict UTF-8, against the examples of the Unicode standard. */
#include "core/utf8.h"

#include <check.h>

typedef struct Case {
    const char *bytes;
    int32_t     code_point;
    int32_t     size;
} Case;

static const Case cases[] = {
    { "A", 'A', 1 },
    { "\xC3\xA4", 0xE4, 2 },
    { "\xE2\x82\xAC", 0x20AC, 3 },
    { "\xF0\x9F\x98\x80", 0x1F600, 4 },
    { "\xF4\x8F\xBF\xBF", 0x10FFFF, 4 },
    { "\x80", UTF8_INVALID, 1 },
    { "\xC0\xAF", UTF8_INVALID, 1 },         /* overlong */
    { "\xE0\x80\xAF", UTF8_INVALID, 1 },     /* overlong */
    { "\xED\xA0\x80", UTF8_INVALID, 1 },     /* surrogate */
    { "\xF4\x90\x80\x80", UTF8_INVALID, 1 }, /* above U+10FFFF */
    { "\xF0\x9F\x98", UTF8_INVALID, 3 },     /* cut off */
    { "\xE2\x82X", UTF8_INVALID, 2 },
    { "\xFF", UTF8_INVALID, 1 },
};

START_TEST(decodes_one_code_point)
{
    int32_t size;
    Str     text = str_from(cases[_i].bytes);
    ck_assert_int_eq(utf8_decode(text, 0, &size), cases[_i].code_point);
    ck_assert_int_eq(size, cases[_i].size);
    ck_assert(utf8_is_valid(text) == (cases[_i].code_point != UTF8_INVALID));
}
END_TEST

START_TEST(encodes_what_it_decodes)
{
    char    bytes[4];
    int32_t size;
    for (int32_t code_point = 0; code_point <= 0x10FFFF; code_point += code_point < 0x900 ? 1 : 37) {
        if (code_point >= 0xD800 && code_point <= 0xDFFF)
            continue;
        Str text = { bytes, utf8_encode(code_point, bytes) };
        ck_assert_int_eq(utf8_decode(text, 0, &size), code_point);
        ck_assert_int_eq(size, text.len);
    }
}
END_TEST

START_TEST(counts_and_measures)
{
    ck_assert_int_eq(utf8_count(STR("a\xC3\xA4\xFF\xE2\x82")), 4);
    ck_assert_int_eq(utf8_width('a'), 1);
    ck_assert_int_eq(utf8_width(0x4E2D), 2);
    ck_assert_int_eq(utf8_width(0x0301), 0);
}
END_TEST

Suite *suite_utf8(void)
{
    Suite *suite = suite_create("utf8");
    TCase *tests = tcase_create("utf8");
    tcase_add_loop_test(tests, decodes_one_code_point, 0, (int)(sizeof(cases) / sizeof(cases[0])));
    tcase_add_test(tests, encodes_what_it_decodes);
    tcase_add_test(tests, counts_and_measures);
    suite_add_tcase(suite, tests);
    return suite;
}
