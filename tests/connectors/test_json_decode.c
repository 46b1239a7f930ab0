/* test_json_decode.c: JSON to columns as a running Flink 2.3 reads it: values by type (json_values.def), whole records,
 * options and error texts. */
#include "tests/connectors/codec.h"

#include <check.h>

typedef struct ValueCase {
    const char *type;
    const char *value;
    const char *written;
    bool        is_iso;
} ValueCase;

static const ValueCase value_cases[] = {
#define CASE(type, value, written) { type, value, written, false },
#define ISO_CASE(type, value, written) { type, value, written, true },
#include "tests/connectors/json_values.def"
#undef CASE
#undef ISO_CASE
};

static void check_value(const ValueCase *row)
{
    Arena *arena = arena_create();
    Str    columns = arena_format(arena, "v %s", row->type);
    Codec *codec = codec_open("json", columns.ptr,
                              row->is_iso ? "ignore-parse-errors=true;timestamp-format.standard=ISO-8601"
                              : "ignore-parse-errors=true");
    Str    line = arena_format(arena, "{\"v\":%s}", row->value);
    ck_assert_int_eq(codec_decode(codec, &line, 1), STATUS_OK);
    ck_assert_int_eq(codec->decoded.rows, 1);
    Str wanted = arena_format(arena, "{\"v\":%s}\n", row->written);
    ck_assert_msg(str_is(wanted, codec_json(codec)), "%s %s: got %s", row->type, row->value, text_cstr(&codec->text));
    codec_close(codec);
    arena_destroy(arena);
}

START_TEST(values_are_read_as_flink_reads_them)
{
    for (size_t i = 0; i < sizeof(value_cases) / sizeof(*value_cases); i++)
        check_value(&value_cases[i]);
}
END_TEST

static void check_lines(const char *columns, const char *options, const char *in, const char *out)
{
    Codec *codec = codec_open("json", columns, options);
    ck_assert_str_eq(codec_lines(codec, in), out);
    codec_close(codec);
}

START_TEST(records_that_are_no_json_are_skipped)
{
    static const char *const bad[] = {
        "{\"i\":2,\"s\":\"bad\xff utf\"}", "{\"i\":1,\"x\":tru}", "{\"i\":1,\"x\":\"\xff\"}", "{\"i\":1,\"x\":\"\\q\"}",
        "{\"i\":1,\"x\":01}", "{\"i\":1,\"x\":[1,2", "[3]", "null", "3", "\"x\"", "   ", "{\"i\":1,}",
            "{\"i\":1,\"x\":NaN}",
        "{'i':1}", "{\"i\":1,\"x\":+1}", "{\"i\":1,\"x\":.5}", "{\"i\":1,\"x\":1.}", "{\"i\":1,\"x\":1e}",
            "{\"i\":1,\"x\":-}",
        "{\"i\":1 \"x\":1}", "{\"i\":1,\"x\":\"\xc3\"}", "{\"i\":1,\"\xff\":1}", "{\"i\":1,\"x\":nulls}",
            "{\"i\":1,\"x\":[1 2]}",
        "{\"i\":1,\"x\":[1,]}", "{\"i\":1,\"x\":{\"a\" 1}}", "{\"i\":1,\"x\":[}]}", "{\"i\":1,\"x\":1/*c*/}",
            "{\"i\":1,\"x\":\"open}",
        "{\"i\":1,\"x\":12abc}", "{\"i\":1", "{\"i\"", "{", "[", "[{\"i\":1", "{\"i\":1,\"x\":\"\\u12\"}",
            "{\"i\":1,\"x\":\"\\u12G4\"}",
        "{\"i\":1]", "{\"i\":1,\"x\":[1}]}", "{\"i\":}", "{:1}", "{1:1}", "{\"i\" 1}", "{,}", "{\"i\":1,\"x\":\"\\",
            "{\"i\":1,\"x\":t",
        "{\"i\":1e,\"s\":\"\"}", "{\"i\":--1}", "{\"i\":\"\\x\"}",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        Codec *codec = codec_open("json", "i INT, s STRING", "ignore-parse-errors=true");
        Codec *narrow = codec_open("json", "i INT, -s STRING", "ignore-parse-errors=true");
        ck_assert_msg(strcmp(codec_lines(codec, bad[i]), "") == 0 || bad[i][0] == '[', "%s", bad[i]);
        ck_assert_msg(codec->decoded.bad[BAD_SYNTAX] + codec->decoded.bad[BAD_UTF8] == 1, "%s", bad[i]);
        codec_lines(narrow, bad[i]);
        bool reads_less = strstr(bad[i], "\"s\":\"bad") != NULL;
        ck_assert_msg(reads_less || narrow->decoded.bad[BAD_SYNTAX] + narrow->decoded.bad[BAD_UTF8] == 1, "%s", bad[i]);
        codec_close(codec);
        codec_close(narrow);
    }
}
END_TEST

START_TEST(odd_but_good_records_are_rows)
{
    check_lines("i INT, s STRING, n INT", "",
                "{\"i\":3,\"s\":\"ok\",\"n\":5} trailing garbage\n"
                "{\"i\":9,\"s\":\"tab\there\",\"n\":5}\n"
                "{\"i\":10,\"s\":\"surr \\ud83d\\ude00 x\",\"n\":5}\n"
                "{\"i\":11,\"s\":\"lone \\ud83d x\",\"n\":5}\n"
                "  {\"i\":13 , \"s\" : \"sp\" ,\t\"n\" : 5 }  \n"
                "\xef\xbb\xbf{\"i\":14,\"s\":\"bom\",\"n\":5}\n"
                "[{\"i\":15,\"s\":\"arr\",\"n\":1},{\"i\":16,\"s\":\"arr\",\"n\":2}]\n"
                "[]\n\n"
                "[{\"i\":183,\"s\":\"a\",\"n\":1}] x\n"
                "{\"i\":19,\"s\":\"ok\",\"n\":5,\"x\":{\"a\":[1,{\"b\":2}]},\"y\":null}\n"
                "{\"i\":28,\"s\":\"ok\",\"n\":5,\"x\":1e5}\n"
                "{\"i\":30,\"s\":\"over\xc0\xafx\",\"n\":5}\n"
                "{\"i\":31,\"s\":\"surr\xed\xa0\x80x\",\"n\":5}\n"
                "{\"i\":33,\"s\":\"\xf4\x90\x80\x80\",\"n\":5}\n"
                "{\"i\":41,\"\\u0073\":\"esc\",\"n\":5}\n"
                "{\"i\":42,\"s\":\"a\\u00e9\\n\\/\",\"n\":5}\n"
                "{\"i\":44,\"s\":\"ok\",\"n\":5,\"x\":1234567890123456789012345678901234567890}\n"
                "{\"i\":47,\"s\":\"cr\rx\",\"n\":5}\r\n"
                "{\"i\":50,\"s\":\"ok\",\"n\":5}}\n"
                "{\"i\":56}\n{}\n",
                "{\"i\":3,\"s\":\"ok\",\"n\":5}\n"
                "{\"i\":9,\"s\":\"tab\\there\",\"n\":5}\n"
                "{\"i\":10,\"s\":\"surr \\uD83D\\uDE00 x\",\"n\":5}\n"
                "{\"i\":11,\"s\":\"lone ? x\",\"n\":5}\n"
                "{\"i\":13,\"s\":\"sp\",\"n\":5}\n"
                "{\"i\":14,\"s\":\"bom\",\"n\":5}\n"
                "{\"i\":15,\"s\":\"arr\",\"n\":1}\n"
                "{\"i\":16,\"s\":\"arr\",\"n\":2}\n"
                "{\"i\":183,\"s\":\"a\",\"n\":1}\n"
                "{\"i\":19,\"s\":\"ok\",\"n\":5}\n"
                "{\"i\":28,\"s\":\"ok\",\"n\":5}\n"
                "{\"i\":30,\"s\":\"over/x\",\"n\":5}\n"
                "{\"i\":31,\"s\":\"surr?x\",\"n\":5}\n"
                "{\"i\":33,\"s\":\"??\",\"n\":5}\n"
                "{\"i\":41,\"s\":\"esc\",\"n\":5}\n"
                "{\"i\":42,\"s\":\"a\xc3\xa9\\n/\",\"n\":5}\n"
                "{\"i\":44,\"s\":\"ok\",\"n\":5}\n"
                "{\"i\":47,\"s\":\"cr\\rx\",\"n\":5}\n"
                "{\"i\":50,\"s\":\"ok\",\"n\":5}\n"
                "{\"i\":56,\"s\":null,\"n\":null}\n"
                "{\"i\":null,\"s\":null,\"n\":null}\n");
}
END_TEST

START_TEST(duplicates_count_towards_the_fields_that_are_wanted)
{
    const char *in =
        "{\"i\":51,\"s\":\"ok\",\"i\":52,\"n\":5}\n{\"i\":53,\"i\":54,\"s\":\"ok\",\"n\":5}\n{\"n\":1,\"n\":2,"
        "\"i\":55,\"s\":\"ok\"}\n";
    check_lines("i INT, s STRING, n INT", "", in,
                "{\"i\":52,\"s\":\"ok\",\"n\":null}\n{\"i\":54,\"s\":\"ok\",\"n\":null}\n{\"i\":55,\"s\":null,"
                "\"n\":2}\n");
    check_lines("i INT, -s STRING, -n INT", "", in, "{\"i\":51}\n{\"i\":53}\n{\"i\":55}\n");
    check_lines("i INT, s STRING, n INT", "decode.json-parser.enabled=false", in,
                "{\"i\":52,\"s\":\"ok\",\"n\":5}\n{\"i\":54,\"s\":\"ok\",\"n\":5}\n{\"i\":55,\"s\":\"ok\",\"n\":2}\n");
}
END_TEST

/* What nobody reads is not converted, but is found: it counts towards the fields that its object is done with. */
START_TEST(rows_of_which_some_fields_are_read)
{
    const char *row = "r ROW<a INT, -b INT, c STRING>";
    check_lines(row, "", "{\"r\":{\"a\":1,\"b\":\"x\",\"c\":\"y\"}}\n{\"r\":{\"b\":{\"c\":1},\"c\":\"z\"}}\n{\"r\":null}\n{}\n",
                "{\"r\":{\"a\":1,\"b\":null,\"c\":\"y\"}}\n{\"r\":{\"a\":null,\"b\":null,\"c\":\"z\"}}\n{\"r\":null}\n{\"r\":null}\n");
    check_lines(row, "", "{\"r\":{\"a\":1,\"b\":2,\"a\":3,\"a\":4,\"c\":\"y\"}}\n",
                "{\"r\":{\"a\":3,\"b\":null,\"c\":null}}\n");
    check_lines(row, "", "{\"r\":{\"a\":1,\"b\":[1,}}\n", "Failed to deserialize JSON: at byte 19: expected a value, found '}'");
    check_lines(row, "fail-on-missing-field=true", "{\"r\":{\"a\":1,\"c\":\"y\"}}\n",
                "Fail to deserialize at field: r. Some field is missing in the JSON data: b");
    check_lines("r ROW<-a INT, b INT>, n INT", "ignore-parse-errors=true", "{\"r\":{\"a\":\"x\",\"b\":\"x\"},\"n\":1}\n",
                "{\"r\":{\"a\":null,\"b\":null},\"n\":1}\n");
}
END_TEST

START_TEST(nested_text_keeps_its_digits_when_the_schema_has_decimals)
{
    check_lines("i INT, s STRING, d DECIMAL(10,2)", "",
                "{\"i\":1,"
                "\"s\":[1e5,1.0,1E+5,-0,-0.0,12345678901234567890,0.1e1,1e-7,123456789.123456789123456789,2.50,100,1e2,"
                "1.10e30,1e400,0.00,1000.0],\"d\":1}\n",
                "{\"i\":1,"
                "\"s\":\"[1E+5,1,1E+5,0,0,12345678901234567890,1,1E-7,123456789.123456789123456789,2.5,100,1E+2,1.1E+30,"
                "1E+400,0,1E+3]\",\"d\":1}\n");
}
END_TEST

START_TEST(bad_elements_of_an_array_of_rows)
{
    const char *in = "[{\"i\":2},null,{\"i\":3}]\n[3,{\"i\":4}]\n[{\"i\":9}\n[{\"i\":10}]]\n";
    check_lines("i INT", "ignore-parse-errors=true", in, "{\"i\":2}\n{\"i\":9}\n{\"i\":10}\n");
    check_lines("i INT", "ignore-parse-errors=true;decode.json-parser.enabled=false", in,
                "{\"i\":2}\n{\"i\":3}\n{\"i\":4}\n{\"i\":10}\n");
}
END_TEST

START_TEST(bad_fields_are_null_and_the_others_stay)
{
    check_lines("i INT, s STRING, d DECIMAL(5,1)", "ignore-parse-errors=true",
                "{\"i\":{\"a\":1},\"s\":\"x\",\"d\":2}\n{\"i\":[18],\"s\":\"x\",\"d\":2}\n{\"s\":\"y\","
                "\"i\":{\"i\":19},\"d\":2}\n"
                "{\"i\":21,\"d\":[1],\"s\":\"q\"}\n",
                "{\"i\":null,\"s\":\"x\",\"d\":2}\n{\"i\":null,\"s\":\"x\",\"d\":2}\n{\"i\":null,\"s\":\"y\",\"d\":2}\n"
                "{\"i\":21,\"s\":\"q\",\"d\":null}\n");
}
END_TEST

START_TEST(errors_name_the_field_and_what_was_found)
{
    check_lines("id INT, s STRING", "", "{\"id\":\"abc\",\"s\":1}",
                "Fail to deserialize at field: id. not a value of INT: \"abc\"");
    check_lines("id INT", "", "{\"id\":3000000000}",
                "Fail to deserialize at field: id. out of range for INT: \"3000000000\"");
    check_lines("r ROW<a INT>", "", "{\"r\":{\"a\":\"x\"}}",
                "Fail to deserialize at field: r. not a value of INT: \"x\"");
    check_lines("ts TIMESTAMP(3)", "", "{\"ts\":\"2024-01-01T00:00:00\"}",
                "Fail to deserialize at field: ts. not a value of TIMESTAMP(3): \"2024-01-01T00:00:00\"");
    check_lines("id INT", "", "{\"id\":1 x}", "Failed to deserialize JSON: at byte 8: expected ',' or '}', found 'x'");
    check_lines("id INT", "", "{\"id\":1",
                "Failed to deserialize JSON: at byte 7: expected ',' or '}', found the end of the record");
    check_lines("id INT", "", "12",
                "Failed to deserialize JSON: at byte 0: expected an object or an array of objects, found '1'");
    check_lines("id INT", "", "[1]", "Failed to deserialize JSON: at byte 1: expected an object, found '1'");
    check_lines("id INT, b INT, c INT", "fail-on-missing-field=true", "{\"b\":1}",
                "Failed to deserialize JSON: Some field is missing in the JSON data: id c");
    check_lines("id INT, b INT", "fail-on-missing-field=true", "{\"b\":1,\"id\":null}", "{\"id\":null,\"b\":1}\n");
}
END_TEST

START_TEST(depth_and_size_are_limited)
{
    Codec *codec = codec_open("json", "i INT, a STRING", "ignore-parse-errors=true");
    Text   text = TEXT_EMPTY;
    for (int32_t depth = 127; depth <= 128; depth++) {
        text_clear(&text);
        text_puts(&text, "{\"i\":1,\"a\":");
        text_repeat(&text, '[', depth);
        text_repeat(&text, ']', depth);
        text_puts(&text, "}");
        codec_lines(codec, text_cstr(&text));
        ck_assert_int_eq(codec->decoded.rows, depth == 127);
        ck_assert_int_eq(codec->decoded.bad[BAD_TOO_DEEP], depth == 128);
    }
    text_clear(&text);
    text_puts(&text, "{\"i\":1,\"a\":\"");
    text_repeat(&text, 'x', RECORD_SIZE_MAX);
    text_puts(&text, "\"}");
    Str large = text_str(&text);
    ck_assert_int_eq(codec_decode(codec, &large, 1), STATUS_OK);
    ck_assert_int_eq(codec->decoded.bad[BAD_TOO_LARGE], 1);
    text_free(&text);
    codec_close(codec);
}
END_TEST

START_TEST(rows_know_their_message)
{
    Codec *codec = codec_open("json", "i INT", "ignore-parse-errors=true");
    Str    messages[] = { STR("{\"i\":1}"), STR(""),
                          STR("[{\"i\":2},{\"i\":3},{\"i\":4},{\"i\":5},{\"i\":6},{\"i\":7}]"),
                          STR("bad"),       { NULL, 0 }, STR("{\"i\":8}") };
    static const int32_t wanted[] = { 0, 2, 2, 2, 2, 2, 2, 5 };
    ck_assert_int_eq(codec_decode(codec, messages, 6), STATUS_OK);
    ck_assert_int_eq(codec->decoded.rows, 8);
    for (int64_t i = 0; i < 8; i++)
        ck_assert_int_eq(codec->decoded.message_of_row[i], wanted[i]);
    ck_assert_int_eq(codec_decode(codec, messages, 1), STATUS_OK);
    ck_assert_ptr_null(codec->decoded.message_of_row);
    codec_close(codec);
    codec = codec_open("json", "i INT", "");
    ck_assert_int_eq(codec_decode(codec, messages, 6), STATUS_DATA);
    ck_assert_int_eq(codec->decoded.failed_message, 3);
    codec_close(codec);
}
END_TEST

START_TEST(many_keys_of_a_map)
{
    Codec *codec = codec_open("json", "m MAP<STRING,INT>", "");
    Text   in = TEXT_EMPTY;
    Text   out = TEXT_EMPTY;
    text_puts(&in, "{\"m\":{");
    text_puts(&out, "{\"m\":{");
    for (int32_t i = 0; i < 300; i++)
        text_printf(&in, "%s\"k%d\":%d", i ? "," : "", i % 100, i);
    for (int32_t i = 0; i < 100; i++)
        text_printf(&out, "%s\"k%d\":%d", i ? "," : "", i, i + 200);
    text_puts(&in, "}}");
    text_puts(&out, "}}\n");
    ck_assert_str_eq(codec_lines(codec, text_cstr(&in)), text_cstr(&out));
    text_free(&in);
    text_free(&out);
    codec_close(codec);
}
END_TEST

static void check_refused(const char *columns, const char *options, const char *message)
{
    Codec *codec = codec_open("json", columns, options);
    ck_assert_str_eq(codec->err.message, message);
    codec_close(codec);
}

START_TEST(what_json_cannot_carry_is_refused)
{
    check_refused("m ARRAY<MAP<INT,INT>>", "",
                  "JSON format doesn't support non-string as key type of map: column m");
    check_refused("i INT", "fail-on-missing-field=true;ignore-parse-errors=true",
                  "fail-on-missing-field and ignore-parse-errors shouldn't both be true");
}
END_TEST

Suite *suite_json_decode(void);
Suite *suite_json_decode(void)
{
    Suite *suite = suite_create("json_decode");
    TCase *tcase = tcase_create("json_decode");
    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, values_are_read_as_flink_reads_them);
    tcase_add_test(tcase, records_that_are_no_json_are_skipped);
    tcase_add_test(tcase, odd_but_good_records_are_rows);
    tcase_add_test(tcase, duplicates_count_towards_the_fields_that_are_wanted);
    tcase_add_test(tcase, rows_of_which_some_fields_are_read);
    tcase_add_test(tcase, nested_text_keeps_its_digits_when_the_schema_has_decimals);
    tcase_add_test(tcase, bad_elements_of_an_array_of_rows);
    tcase_add_test(tcase, bad_fields_are_null_and_the_others_stay);
    tcase_add_test(tcase, errors_name_the_field_and_what_was_found);
    tcase_add_test(tcase, depth_and_size_are_limited);
    tcase_add_test(tcase, rows_know_their_message);
    tcase_add_test(tcase, many_keys_of_a_map);
    tcase_add_test(tcase, what_json_cannot_carry_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
