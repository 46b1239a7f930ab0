/* test_charset.c: texts as bytes of a character set, and back. */
#include "core/charset.h"

#include <check.h>

static Charset named(const char *name)
{
    Charset charset;
    ck_assert(charset_find(str_from(name), &charset));
    return charset;
}

static void check_both(const char *name, Str text, Str bytes)
{
    char    to[64];
    Charset charset = named(name);
    ck_assert(str_eq(((Str){ to, charset_encode(charset, text, to) }), bytes));
    ck_assert(str_eq(((Str){ to, charset_decode(charset, bytes, to) }), text));
}

START_TEST(texts_go_there_and_back)
{
    check_both("utf-8", STR("hä😀"), STR("hä😀"));
    check_both("ISO-8859-1", STR("hä"), STR("h\xe4"));
    check_both("US-ASCII", STR("ha"), STR("ha"));
    check_both("UTF-16", STR("hä"), STR("\xfe\xff\0h\0\xe4"));
    check_both("UTF-16BE", STR("😀"), STR("\xd8\x3d\xde\x00"));
    check_both("UTF-16LE", STR("😀"), STR("\x3d\xd8\x00\xde"));
}
END_TEST

START_TEST(what_does_not_fit_is_marked)
{
    char to[64];
    ck_assert(str_eq(((Str){ to, charset_encode(CHARSET_ASCII, STR("hä"), to) }), STR("h?")));
    ck_assert(str_eq(((Str){ to, charset_decode(CHARSET_ASCII, STR("h\xe4"), to) }), STR("h\xef\xbf\xbd")));
    ck_assert(str_eq(((Str){ to, charset_decode(CHARSET_UTF8, STR("h\xff"), to) }), STR("h\xef\xbf\xbd")));
    ck_assert(str_eq(((Str){ to, charset_decode(CHARSET_UTF16, STR("\xff\xfeh\0x"), to) }), STR("h\xef\xbf\xbd")));
    Charset charset;
    ck_assert(!charset_find(STR("klingon"), &charset));
}
END_TEST

Suite *suite_charset(void);
Suite *suite_charset(void)
{
    Suite *suite = suite_create("charset");
    TCase *tcase = tcase_create("charset");
    tcase_add_test(tcase, texts_go_there_and_back);
    tcase_add_test(tcase, what_does_not_fit_is_marked);
    suite_add_tcase(suite, tcase);
    return suite;
}
