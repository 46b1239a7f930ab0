/* test_json_encode.c: rows as JSON, byte for byte as a running Flink 2.3 wrote them. */
#include "connectors/formats/cell.h"
#include "tests/connectors/codec.h"

#include <check.h>

static void check_written(const char *columns, const char *in, const char *options, const char *out)
{
    Codec *codec = codec_open("json", columns, "");
    codec_lines(codec, in);
    ck_assert_str_eq(codec->err.message, "");
    ck_assert_str_eq(codec_write(codec, "json", options), out);
    codec_close(codec);
}

#define ALL_TYPES \
    "b BOOLEAN, t TINYINT, s SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, de DECIMAL(10,3), db DECIMAL(38,10), c CHAR(3), " \
    "v STRING, bi BYTES, da DATE, ti TIME(3), ts TIMESTAMP(3), t9 TIMESTAMP(9), lz TIMESTAMP_LTZ(3), ar ARRAY<INT>, " \
    "m MAP<STRING,INT>, r ROW<a INT, b STRING>"

START_TEST(every_type)
{
    check_written(ALL_TYPES,
                  "{\"b\":true,\"t\":1,\"s\":2,\"i\":3,\"l\":4,\"f\":1.5,\"d\":1e10,\"de\":12.300,"
                  "\"db\":1234567890123456789.5,"
                  "\"c\":\"ab \",\"v\":\"q\\\"/\\\\\\u0001\\t\\n\\u007f<>&'\",\"bi\":\"YWJj\",\"da\":\"2024-02-29\","
                  "\"ti\":\"10:20:30\",\"ts\":\"2024-02-29 10:20:30.500\",\"t9\":\"2024-02-29 10:20:30.123456789\","
                  "\"lz\":\"2024-02-29 "
                  "09:20:30.120Z\",\"ar\":[1,2],\"m\":{\"a\":1,\"b\":2},\"r\":{\"a\":1,\"b\":\"x\"}}\n",
                  "",
                  "{\"b\":true,\"t\":1,\"s\":2,\"i\":3,\"l\":4,\"f\":1.5,\"d\":1.0E10,\"de\":12.3,"
                  "\"db\":1234567890123456789.5,"
                  "\"c\":\"ab "
                  "\",\"v\":\"q\\\"/\\\\\\u0001\\t\\n\177<>&'\",\"bi\":\"YWJj\",\"da\":\"2024-02-29\","
                  "\"ti\":\"10:20:30\",\"ts\":\"2024-02-29 10:20:30.5\",\"t9\":\"2024-02-29 10:20:30.123456789\","
                  "\"lz\":\"2024-02-29 09:20:30.12Z\","
                  "\"ar\":[1,2],\"m\":{\"a\":1,\"b\":2},\"r\":{\"a\":1,\"b\":\"x\"}}\n");
}
END_TEST

START_TEST(nulls)
{
    const char *in = "{\"s\":2,\"ar\":[null,3],\"m\":{\"a\":null},\"r\":{\"a\":null,\"b\":\"y\"}}\n";
    const char *columns = "i INT, s SMALLINT, ar ARRAY<INT>, m MAP<STRING,INT>, r ROW<a INT, b STRING>";
    check_written(columns, in, "",
                  "{\"i\":null,\"s\":2,\"ar\":[null,3],\"m\":{\"a\":null},\"r\":{\"a\":null,\"b\":\"y\"}}\n");
    check_written(columns, in, "encode.ignore-null-fields=true",
                  "{\"s\":2,\"ar\":[null,3],\"m\":{\"a\":null},\"r\":{\"b\":\"y\"}}\n");
    check_written("i INT", "{}\n", "encode.ignore-null-fields=true", "{}\n");
}
END_TEST

START_TEST(decimals_are_stripped_or_plain)
{
    const char *in =
        "{\"d\":0,\"f\":0}\n{\"d\":0.000000027,\"f\":1000}\n{\"d\":100.5,\"f\":-0.1}\n{\"d\":123000,\"f\":12}\n";
    const char *columns = "d DECIMAL(38,18), f DECIMAL(10,3)";
    check_written(columns, in, "",
                  "{\"d\":0,\"f\":0}\n{\"d\":2.7E-8,\"f\":1E+3}\n{\"d\":100.5,\"f\":-0.1}\n{\"d\":1.23E+5,\"f\":12}\n");
    check_written("f DECIMAL(10,3), d DECIMAL(38,10)", "{\"f\":1000,\"d\":1e-10}\n",
                  "encode.decimal-as-plain-number=true",
                  "{\"f\":1000.000,\"d\":0.0000000001}\n");
}
END_TEST

START_TEST(what_is_no_number_is_quoted)
{
    check_written("f FLOAT, d DOUBLE", "{\"f\":\"NaN\",\"d\":\"-Infinity\"}\n{\"f\":1e20,\"d\":123456789.125}\n", "",
                  "{\"f\":\"NaN\",\"d\":\"-Infinity\"}\n{\"f\":1.0E20,\"d\":1.23456789125E8}\n");
}
END_TEST

START_TEST(strings)
{
    check_written("s STRING", "{\"s\":\"a\\u001fb\\u007f\\u2028</\xc3\xa9\xf0\x9f\x98\x80\"}\n", "",
                  "{\"s\":\"a\\u001Fb\x7f\xe2\x80\xa8</\xc3\xa9\\uD83D\\uDE00\"}\n");
    Codec *codec = codec_open("raw", "v BYTES", "");
    Str    bytes = STR("a\xff\"b");
    codec_decode(codec, &bytes, 1);
    ((FormatColumn *)codec->wanted.columns)[0].type = &type_string; /* bytes where text should be */
    ck_assert_str_eq(codec_json(codec), "{\"v\":\"a\xef\xbf\xbd\\\"b\"}\n");
    codec_close(codec);
}
END_TEST

START_TEST(times)
{
    check_written("t TIME(3), t0 TIME(0)", "{\"t\":\"10:20:30.5\",\"t0\":\"10:20:30.999\"}\n", "",
                  "{\"t\":\"10:20:30.5\",\"t0\":\"10:20:30.999\"}\n");
    check_written("ts TIMESTAMP(3), lz TIMESTAMP_LTZ(3)",
                  "{\"ts\":\"2024-02-29 10:20:00\",\"lz\":\"1969-12-31 22:59:59.999Z\"}\n",
                  "timestamp-format.standard=ISO-8601",
                  "{\"ts\":\"2024-02-29T10:20:00\",\"lz\":\"1969-12-31T22:59:59.999Z\"}\n");
}
END_TEST

/* JSON itself has no NULL keys: one is cut into the column. */
static void check_null_key(const char *options, const char *out)
{
    Codec *codec = codec_open("json", "m MAP<STRING,INT>", "");
    codec_lines(codec, "{\"m\":{\"x\":1,\"a\":2}}\n");
    cell_set_null(&codec->batch->columns[0].children[0], codec->batch->buf, 0);
    ck_assert_str_eq(codec_write(codec, "json", options), out);
    codec_close(codec);
}

START_TEST(null_keys_of_maps)
{
    check_null_key("map-null-key.mode=LITERAL;map-null-key.literal=nk", "{\"m\":{\"nk\":1,\"a\":2}}\n");
    check_null_key("map-null-key.mode=LITERAL", "{\"m\":{\"null\":1,\"a\":2}}\n");
    check_null_key("map-null-key.mode=DROP", "{\"m\":{\"a\":2}}\n");
    check_null_key("",
                   "JSON format doesn't support to serialize map data with null keys. You can drop null key entries "
                   "or encode null in literals by specifying map-null-key.mode option.");
}
END_TEST

START_TEST(constant_columns)
{
    Codec *codec = codec_open("json", "i INT, s STRING, r ROW<a INT>", "");
    codec_lines(codec, "{\"i\":1,\"s\":\"x\",\"r\":{\"a\":5}}\n{\"i\":2}\n{\"i\":3}\n");
    codec->batch->columns[1].constant = true;
    codec->batch->columns[2].constant = true;
    ck_assert_str_eq(codec_json(codec), "{\"i\":1,\"s\":\"x\",\"r\":{\"a\":5}}\n{\"i\":2,\"s\":\"x\",\"r\":{\"a\":5}}\n"
                                        "{\"i\":3,\"s\":\"x\",\"r\":{\"a\":5}}\n");
    codec_close(codec);
}
END_TEST

Suite *suite_json_encode(void);
Suite *suite_json_encode(void)
{
    Suite *suite = suite_create("json_encode");
    TCase *tcase = tcase_create("json_encode");
    tcase_add_test(tcase, every_type);
    tcase_add_test(tcase, nulls);
    tcase_add_test(tcase, decimals_are_stripped_or_plain);
    tcase_add_test(tcase, what_is_no_number_is_quoted);
    tcase_add_test(tcase, strings);
    tcase_add_test(tcase, times);
    tcase_add_test(tcase, null_keys_of_maps);
    tcase_add_test(tcase, constant_columns);
    suite_add_tcase(suite, tcase);
    return suite;
}
