/* test_raw.c: the raw format, as a running Flink 2.3 reads it. */
#include "tests/connectors/codec.h"

#include <check.h>

static void check_one(const char *type, const char *options, Str message, const char *out)
{
    Arena *arena = arena_create();
    Codec *codec = codec_open("raw", arena_format(arena, "v %s", type).ptr, options);
    Status status = codec_decode(codec, &message, 1);
    ck_assert_str_eq(status == STATUS_OK ? codec_json(codec) : codec->err.message, out);
    codec_close(codec);
    arena_destroy(arena);
}

START_TEST(bytes_are_the_value)
{
    check_one("STRING", "", STR("a\rb"), "{\"v\":\"a\\rb\"}\n");
    check_one("STRING", "", STR(""), "{\"v\":\"\"}\n");
    check_one("STRING", "", (Str){ NULL, 0 }, "{\"v\":null}\n");
    check_one("STRING", "", STR("c\xff" "d\xc0\xaf"), "{\"v\":\"c\xef\xbf\xbd" "d\xef\xbf\xbd\xef\xbf\xbd\"}\n");
    check_one("BYTES", "", STR("ab"), "{\"v\":\"YWI=\"}\n");
    check_one("VARCHAR(3)", "", STR("abcdef"), "{\"v\":\"abcdef\"}\n");
    check_one("BOOLEAN", "", STR("\x02"), "{\"v\":true}\n");
    check_one("BOOLEAN", "", STR("\x00"), "{\"v\":false}\n");
    check_one("TINYINT", "", STR("\xff"), "{\"v\":-1}\n");
    check_one("SMALLINT", "", STR("\x01\x02"), "{\"v\":258}\n");
    check_one("INT", "", STR("\x00\x00\x01\x00"), "{\"v\":256}\n");
    check_one("INT", "endianness=little-endian", STR("\x01\x00\x00\x00"), "{\"v\":1}\n");
    check_one("BIGINT", "", STR("\xff\xff\xff\xff\xff\xff\xff\xfe"), "{\"v\":-2}\n");
    check_one("FLOAT", "", STR("\x3f\xc0\x00\x00"), "{\"v\":1.5}\n");
    check_one("DOUBLE", "endianness=little-endian", STR("\x00\x00\x00\x00\x00\x00\xf8\xbf"), "{\"v\":-1.5}\n");
    check_one("INT", "", STR("\x01"), "Size of data received for deserializing INT type is not 4: found 1 bytes");
}
END_TEST

START_TEST(a_message_can_be_several_rows)
{
    Codec *codec = codec_open("raw", "v STRING", "line-delimiter=|");
    Str    messages[] = { STR("a|b|"), { NULL, 0 }, STR("c") };
    ck_assert_int_eq(codec_decode(codec, messages, 3), STATUS_OK);
    ck_assert_str_eq(codec_json(codec), "{\"v\":\"a\"}\n{\"v\":\"b\"}\n{\"v\":null}\n{\"v\":\"c\"}\n");
    ck_assert_int_eq(codec->decoded.message_of_row[1], 0);
    ck_assert_int_eq(codec->decoded.message_of_row[3], 2);
    codec_close(codec);
}
END_TEST

START_TEST(what_is_written_is_read_again)
{
    static const char *const types[] = { "BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE",
                                         "STRING" };
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        Arena *arena = arena_create();
        Str    columns = arena_format(arena, "v %s", types[i]);
        Codec *json = codec_open("json", columns.ptr, "");
        Codec *raw = codec_open("raw", columns.ptr, "endianness=little-endian");
        codec_lines(json, i == 0 ? "{\"v\":true}\n" : "{\"v\":7}\n");
        Str wanted = arena_str(arena, str_from(codec_json(json)));
        codec_write(json, "raw", "endianness=little-endian");
        Str message = str_slice(text_str(&json->text), 0, json->text.len - 1);
        ck_assert_int_eq(codec_decode(raw, &message, 1), STATUS_OK);
        ck_assert_str_eq(codec_json(raw), wanted.ptr);
        codec_close(json);
        codec_close(raw);
        arena_destroy(arena);
    }
}
END_TEST

START_TEST(a_null_is_no_record)
{
    Codec *codec = codec_open("json", "v STRING", "");
    codec_lines(codec, "{\"v\":\"x\"}\n{}\n{\"v\":\"\"}\n");
    ck_assert_str_eq(codec_write(codec, "raw", ""), "x\n(null)\n\n");
    codec_close(codec);
}
END_TEST

START_TEST(text_of_other_character_sets)
{
    check_one("STRING", "charset=ISO-8859-1", STR("h\xe4"), "{\"v\":\"hä\"}\n");
    check_one("STRING", "charset=utf-16le", STR("\x3d\xd8\x00\xde"), "{\"v\":\"\\uD83D\\uDE00\"}\n");
    check_one("BYTES", "charset=ISO-8859-1", STR("\xe4"), "{\"v\":\"5A==\"}\n");
    Codec *codec = codec_open("json", "v STRING", "");
    codec_lines(codec, "{\"v\":\"hä\"}\n{\"v\":\"€\"}\n");
    ck_assert_str_eq(codec_write(codec, "raw", "charset=ISO-8859-1"), "h\xe4\n?\n");
    codec_close(codec);
}
END_TEST

static void check_refused(const char *columns, const char *options, const char *message)
{
    Codec *codec = codec_open("raw", columns, options);
    ck_assert_str_eq(codec->err.message, message);
    codec_close(codec);
}

START_TEST(what_raw_cannot_carry_is_refused)
{
    check_refused("d DECIMAL(10,2)", "", "The 'raw' format doesn't supports 'DECIMAL(10, 2)' as column type.");
    check_refused("a ARRAY<INT>", "", "The 'raw' format doesn't supports 'ARRAY<INT>' as column type.");
    check_refused("a INT, b INT", "",
                  "The 'raw' format only supports single physical column. However the defined schema contains 2 "
                  "physical columns");
    check_refused("s STRING", "charset=klingon", "option 'raw.charset' = 'klingon': the character set is not known");
}
END_TEST

Suite *suite_raw(void);
Suite *suite_raw(void)
{
    Suite *suite = suite_create("raw");
    TCase *tcase = tcase_create("raw");
    tcase_add_test(tcase, bytes_are_the_value);
    tcase_add_test(tcase, a_message_can_be_several_rows);
    tcase_add_test(tcase, what_is_written_is_read_again);
    tcase_add_test(tcase, text_of_other_character_sets);
    tcase_add_test(tcase, a_null_is_no_record);
    tcase_add_test(tcase, what_raw_cannot_carry_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
