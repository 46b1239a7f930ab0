/* test_csv.c: CSV both ways, as a running Flink 2.3 reads and writes it: values by type (csv_values.def), lines,
 * options, errors; and where a record ends. */
#include "connectors/formats/csv.h"
#include "tests/connectors/codec.h"

#include <check.h>

typedef struct ValueCase {
    const char *type;
    const char *field;
    const char *written;
} ValueCase;

static const ValueCase value_cases[] = {
#define CASE(type, field, written) { type, field, written },
#include "tests/connectors/csv_values.def"
#undef CASE
};

static void check_value(const ValueCase *row)
{
    Arena *arena = arena_create();
    Codec *codec = codec_open("csv", arena_format(arena, "i INT, v %s", row->type).ptr, "ignore-parse-errors=true");
    Str    line = arena_format(arena, "7,%s\n", row->field);
    ck_assert_int_eq(codec_decode(codec, &line, 1), STATUS_OK);
    Str wanted = strcmp(row->written, "skipped") == 0 ? STR_EMPTY : arena_format(arena, "{\"i\":7,\"v\":%s}\n",
                                                                                 row->written);
    ck_assert_msg(str_is(wanted, codec_json(codec)), "%s %s: got %s", row->type, row->field, text_cstr(&codec->text));
    codec_close(codec);
    arena_destroy(arena);
}

START_TEST(values_are_read_as_flink_reads_them)
{
    for (size_t i = 0; i < sizeof(value_cases) / sizeof(*value_cases); i++)
        check_value(&value_cases[i]);
}
END_TEST

/* The rows of one file, each as [i,s,u]. */
static void check_lines(const char *options, const char *in, const char *out)
{
    Codec *codec = codec_open("csv", "i INT, s STRING, u STRING", options);
    const char *got = codec_lines(codec, in);
    Text   rows = TEXT_EMPTY;
    if (codec->err.status) {
        text_puts(&rows, codec->err.message);
    } else {
        for (const char *at = got; *at; at++) {
            if (strncmp(at, "\"i\":", 4) == 0 || strncmp(at, "\"s\":", 4) == 0 || strncmp(at, "\"u\":", 4) == 0)
                at += 4;
            text_put(&rows, *at);
        }
    }
    ck_assert_str_eq(text_cstr(&rows), out);
    text_free(&rows);
    codec_close(codec);
}

#define LINES \
    "1,a,x\n2,b\n3,c,x,extra\n\n4,d,\n5,e,x,\n6,\"f\n7,g\",z\n  8 , h , i \n#9,j,k\n10,l,m # c\n\"11\",n,\"o\"\"p\"\n" \
    "12,q,\"r\" \n14,v,w\r\n15,x\ry,z\n\r\n16,NULL,\"NULL\"\n17,,\"\"\n18,a\\,b,c\n20,\"a\\nb\",c\n   \n21,last,line"

START_TEST(lines_with_ignored_errors)
{
    check_lines("ignore-parse-errors=true", LINES,
                "{1,\"a\",\"x\"}\n{2,\"b\",null}\n{null,null,null}\n{4,\"d\",\"\"}\n{5,\"e\",\"x\"}\n{6,"
                "\"f\\n7,g\",\"z\"}\n"
                "{8,\" h \",\" i \"}\n{null,\"j\",\"k\"}\n{10,\"l\",\"m # "
                "c\"}\n{11,\"n\",\"o\\\"p\"}\n{12,\"q\",\"r\"}\n{14,\"v\",\"w\"}\n{15,\"x\",null}\n{null,"
                "\"z\",null}\n{null,null,null}\n{16,\"NULL\",\"NULL\"}\n{17,\"\",\"\"}\n"
                "{20,\"a\\\\nb\",\"c\"}\n{null,null,null}\n{21,\"last\",\"line\"}\n");
}
END_TEST

START_TEST(comments_and_blank_lines)
{
    check_lines("ignore-parse-errors=true;allow-comments=true", "#x\n 1,a,#b\n #2,c,d\n\n   \n3,#,y\n#\"open\n4,a,b\n",
                "{1,\"a\",\"#b\"}\n{3,\"#\",\"y\"}\n{4,\"a\",\"b\"}\n");
}
END_TEST

START_TEST(escapes)
{
    check_lines("ignore-parse-errors=true;escape-character=\\",
                "1,a\\tb\\0c\\qd\\\\e\\re,\"x\\\"y\\ny\"\n2,a\\\nb,c\n18,a\\,b,c\n",
                "{1,\"a\\tb\\u0000cqd\\\\e\\re\",\"x\\\"y\\ny\"}\n{2,\"a\\nb\",\"c\"}\n{18,\"a,b\",\"c\"}\n");
}
END_TEST

START_TEST(no_quotes)
{
    check_lines("ignore-parse-errors=true;disable-quote-character=true", "6,\"f\n7,g\",z\n\"11\",n,\"o\"\"p\"\n",
                "{6,\"\\\"f\",null}\n{7,\"g\\\"\",\"z\"}\n{null,\"n\",\"\\\"o\\\"\\\"p\\\"\"}\n");
}
END_TEST

START_TEST(null_texts)
{
    check_lines("null-literal=N/A", "N/A,a,x\n2,N/A,\"N/A\"\n", "{null,\"a\",\"x\"}\n{2,null,null}\n");
    check_lines("null-literal=", "1,,x\n2,\"\",\n,x,y\n", "{1,null,\"x\"}\n{2,null,null}\n{null,\"x\",\"y\"}\n");
    check_lines("empty-string-as-null=true", "17,,\"\"\n", "{17,null,null}\n");
}
END_TEST

START_TEST(spaces_are_trimmed_when_asked)
{
    check_lines("trim-spaces=true", "1, \"a b\" ,  \"x\"\n2,\t\"b\" , \"c\"\t\n3,  ,d  \n",
                "{1,\"a b\",\"x\"}\n{2,\"b\",\"c\"}\n{3,\"\",\"d\"}\n");
}
END_TEST

START_TEST(fields_beyond_the_last_column)
{
    check_lines("ignore-parse-errors=true", "1,a,x,\n2,b,y,,\n3,c,x,extra\n", "{1,\"a\",\"x\"}\n");
    check_lines("ignore-trailing-unmappable=true", "3,c,x,extra,\"more\n\"\n4,d,e\n",
                "{3,\"c\",\"x\"}\n{4,\"d\",\"e\"}\n");
    check_lines("allow-trailing-comma=false", "1,a,x,\n",
                "Failed to deserialize CSV row: Too many entries: expected at most 3, found 4");
}
END_TEST

START_TEST(delimiters_and_quotes)
{
    check_lines("field-delimiter=\\t", "1\ta,b\tx\n", "{1,\"a,b\",\"x\"}\n");
    check_lines("field-delimiter=\t", "1\ta\tx\n", "{1,\"a\",\"x\"}\n");
    check_lines("field-delimiter=\\u0001", "1\x01" "a\x01x\n", "{1,\"a\",\"x\"}\n");
    check_lines("field-delimiter=\xc2\xa7", "1\xc2\xa7" "a\xc2\xa5\xc2\xa7x\n", "{1,\"a\xc2\xa5\",\"x\"}\n");
    check_lines("quote-character='", "1,'a,b',\"c\n", "{1,\"a,b\",\"\\\"c\"}\n");
    check_lines("", "\xef\xbb\xbf" "1,\"a\"\"\",\"\"\"b\"\n", "{1,\"a\\\"\",\"\\\"b\"}\n");
}
END_TEST

START_TEST(errors)
{
    check_lines("", "1,a,x\n2,b\n", "Failed to deserialize CSV row: Row length mismatch. 3 fields expected but was 2.");
    check_lines("", "z,b,c\n", "Fail to deserialize at field: i. not a value of INT: \"z\"");
    check_lines("", "1,b,c\n\n", "Failed to deserialize CSV row: Row length mismatch. 3 fields expected but was 1.");
    check_lines("", "1,\"a,x\n2,b,c\n", "Failed to deserialize CSV row: Missing closing quote for value");
    check_lines("", "1,\"a\"b,c\n",
                "Failed to deserialize CSV row: Expected column separator character or end-of-line behind a closing "
                "quote");
    check_lines("fail-on-missing-columns=true", "1,a\n",
                "Failed to deserialize CSV row: Not enough column values: expected 3, found 2");
    check_lines("fail-on-missing-columns=true;ignore-parse-errors=true", "1,a\n2,b,c\n", "{2,\"b\",\"c\"}\n");
    check_lines("", "1,a\xff,c\n", "Fail to deserialize at field: s. not a value of STRING: \"a\xef\xbf\xbd\"");
}
END_TEST

static void check_projected(const char *columns, const char *options, const char *in, const char *out)
{
    Codec *codec = codec_open("csv", columns, options);
    ck_assert_str_eq(codec_lines(codec, in), out);
    codec_close(codec);
}

START_TEST(only_wanted_columns_are_read)
{
    check_projected("i INT, -s STRING, u STRING", "", "1,a,x\n2,b\n", "{\"i\":1,\"u\":\"x\"}\n{\"i\":2,\"u\":null}\n");
    check_projected("-i INT, s STRING, -u STRING", "", "z,a,x\n\n", "{\"s\":\"a\"}\n{\"s\":null}\n");
    check_projected("i INT, s STRING, -u STRING", "", "2\n",
                    "Failed to deserialize CSV row: Row length mismatch. 2 fields expected but was 1.");
}
END_TEST

START_TEST(an_empty_message_is_no_row)
{
    Codec *codec = codec_open("csv", "s STRING", "");
    Str    messages[] = { STR("a"), STR(""), { NULL, 0 }, STR("\n"), STR("b\r\n") };
    ck_assert_int_eq(codec_decode(codec, messages, 5), STATUS_OK);
    ck_assert_str_eq(codec_json(codec), "{\"s\":\"a\"}\n{\"s\":\"\"}\n{\"s\":\"b\"}\n");
    ck_assert_int_eq(codec->decoded.message_of_row[2], 4);
    codec_close(codec);
}
END_TEST

static int64_t size_of(const char *options, const char *bytes, bool is_last)
{
    Codec  *codec = codec_open("csv", "s STRING", options);
    int64_t size = codec->format->record_size(codec->decoder, str_from(bytes), is_last);
    codec_close(codec);
    return size;
}

START_TEST(a_record_ends_at_a_line_end_outside_quotes)
{
    ck_assert_int_eq(size_of("", "a,b\nc", false), 4);
    ck_assert_int_eq(size_of("", "a,b", false), -1);
    ck_assert_int_eq(size_of("", "a,b", true), 3);
    ck_assert_int_eq(size_of("", "a\r\nb", false), 3);
    ck_assert_int_eq(size_of("", "a\rb", false), 2);
    ck_assert_int_eq(size_of("", "a\r", false), -1);
    ck_assert_int_eq(size_of("", "a\r", true), 2);
    ck_assert_int_eq(size_of("", "\"a\nb\"\nc", false), 6);
    ck_assert_int_eq(size_of("", "\"a\nb", false), -1);
    ck_assert_int_eq(size_of("", "\"a\nb", true), 4);
    ck_assert_int_eq(size_of("", "\"a\"", false), -1);
    ck_assert_int_eq(size_of("", "x\"a\nb", false), 4);
    ck_assert_int_eq(size_of("disable-quote-character=true", "\"a\nb", false), 3);
    ck_assert_int_eq(size_of("escape-character=\\", "a\\\nb\nc", false), 5);
    ck_assert_int_eq(size_of("escape-character=\\", "a\\\n", false), -1);
    ck_assert_int_eq(size_of("allow-comments=true", "#\"a\nb\nc", false), 4);
    ck_assert_int_eq(size_of("", "\"a\"\r\nb\n", false), 5);
}
END_TEST

static void check_written(const char *columns, const char *in, const char *options, const char *out)
{
    Codec *codec = codec_open("json", columns, "");
    codec_lines(codec, in);
    ck_assert_str_eq(codec->err.message, "");
    ck_assert_str_eq(codec_write(codec, "csv", options), out);
    codec_close(codec);
}

START_TEST(every_type_is_written)
{
    check_written("b BOOLEAN, t TINYINT, i INT, f FLOAT, d DOUBLE, de DECIMAL(10,3), db DECIMAL(38,10), c CHAR(3), v "
                  "STRING, bi BYTES, da DATE, ti TIME(3), ts TIMESTAMP(3), t9 TIMESTAMP(9), lz TIMESTAMP_LTZ(3), ar "
                  "ARRAY<STRING>, r ROW<a INT, b STRING>",
                  "{\"b\":true,\"t\":1,\"i\":3,\"f\":1.5,\"d\":1e10,\"de\":12.3,\"db\":1234567890123456789.5,"
                  "\"c\":\"ab \","
                  "\"v\":\"plain\",\"bi\":\"YWJj\",\"da\":\"2024-02-29\",\"ti\":\"10:20:30\",\"ts\":\"2024-02-29 "
                  "10:20:30.500\",\"t9\":\"2024-02-29 10:20:30.123456789\",\"lz\":\"2024-02-29 09:20:30.12Z\","
                  "\"ar\":[\"a\",\"b;c\",\"d,e\",\"f\\\"g\"],\"r\":{\"a\":1,\"b\":\"x\"}}\n"
                  "{\"f\":1e20,\"d\":0.001,\"de\":1000,\"db\":1e-10,\"ar\":[null,\"z\"],\"r\":{}}\n",
                  "",
                  "true,1,3,1.5,1.0E10,12.3,1234567890123456789.5,\"ab \",plain,YWJj,2024-02-29,10:20:30,"
                  "\"2024-02-29 10:20:30.5\",\"2024-02-29 10:20:30.123456789\",\"2024-02-29 09:20:30.12Z\","
                  "\"a;b;c;d,e;f\"\"g\",1;x\n"
                  ",,,1.0E20,0.001,1E+3,1E-10,,,,,,,,,;z,;\n");
    check_written("d DECIMAL(38,18)", "{\"d\":0.000000027}\n{\"d\":1000}\n{\"d\":12.50}\n{\"d\":0}\n",
                  "write-bigdecimal-in-scientific-notation=false", "0.000000027\n1000\n12.5\n0\n");
    check_written("f DOUBLE, b BYTES", "{\"f\":\"NaN\",\"b\":\"++++++++\"}\n", "", "NaN,\"++++++++\"\n");
}
END_TEST

/* Each text alone in a line, as STRING. */
static void check_quoting(const char *options, const char *const *texts, const char *out)
{
    Text in = TEXT_EMPTY;
    for (; *texts; texts++) {
        text_puts(&in, "{\"v\":");
        if (strcmp(*texts, "(null)") == 0)
            text_puts(&in, "null");
        else
            text_put_json(&in, str_from(*texts));
        text_puts(&in, "}\n");
    }
    check_written("v STRING", text_cstr(&in), options, out);
    text_free(&in);
}

START_TEST(text_is_quoted_as_flink_quotes_it)
{
    const char *const common[] = { "a b", "a,b", "a\"b", "", " ", "nl\nx", "cr\rx", "#x", "a;b", "-1", "a\\b", "a'b",
                                   "\xc3\xa9",
                                   "abcdefghijklmnopqrstuvwx", "abcdefghijklmnopqrstuvwxy", "(x)", "~", "!", "a.b",
                                   "a+b", "{x}",
                                   "a_b", NULL };
    check_quoting("", common,
                  "\"a b\"\n\"a,b\"\n\"a\"\"b\"\n\n\" "
                  "\"\n\"nl\nx\"\n\"cr\rx\"\n\"#x\"\na;b\n-1\n\"a\\b\"\n\"a'b\"\n\xc3\xa9\n"
                  "abcdefghijklmnopqrstuvwx\n\"abcdefghijklmnopqrstuvwxy\"\n\"(x)\"\n~\n\"!\"\na.b\n\"a+b\"\n{x}\n"
                  "a_b\n");
    const char *const tabs[] = { "a b", "a,b", "a\"b", "", "a!b", "#", "a\\b", "a\tb", "$", NULL };
    check_quoting("field-delimiter=\\t", tabs, "\"a b\"\na,b\n\"a\"\"b\"\n\n\"a!b\"\n#\n\"a\\b\"\n\"a\tb\"\n$\n");
    const char *const bare[] = { "a b", "a|b", "a\"b", "", "(null)", "N/A", NULL };
    check_quoting("disable-quote-character=true;field-delimiter=|;null-literal=N/A", bare,
                  "a b\na|b\na\"b\n\nN/A\nN/A\n");
    const char *const coded[] = { "a b", "a'b", "", "a\\b", "(null)", "a\"b", "n/a", NULL };
    check_quoting("quote-character=';escape-character=\\;null-literal=n/a", coded,
                  "'a b'\n'a''b'\n\n'a\\\\b'\nn/a\n'a\"b'\n'n/a'\n");
    check_written("a ARRAY<STRING>, r ROW<x INT, y STRING>, i ARRAY<DOUBLE>, s STRING",
                  "{\"a\":[\"x\",null,\"\",\"a b\"],\"r\":{\"y\":\"q\"},\"i\":[1.5,2e10]}\n",
                  "null-literal=NULL;array-element-delimiter=|", "\"x|NULL||a b\",NULL|q,1.5|2.0E10,NULL\n");
}
END_TEST

static void check_refused(const char *columns, const char *options, const char *message)
{
    Codec *codec = codec_open("csv", columns, options);
    ck_assert_str_eq(codec->err.message, message);
    codec_close(codec);
}

START_TEST(what_csv_cannot_carry_is_refused)
{
    check_refused("i MAP<STRING,INT>", "", "Unsupported type 'MAP<STRING, INT>' for field 'i'.");
    check_refused("i ARRAY<ARRAY<INT>>", "",
                  "Only simple types are supported in the second level nesting of fields 'i' but was: ARRAY<INT>");
    check_refused("i ROW<a INT, b ROW<c INT>>", "",
                  "Only simple types are supported in the second level nesting of fields 'i' but was: ROW<`c` INT>");
    check_refused("i INT", "field-delimiter=||",
                  "Option 'csv.field-delimiter' must be a string with single character, but was: ||");
    check_refused("i INT", "quote-character=\xc2\xa7",
                  "option 'csv.quote-character' = '\xc2\xa7': only ASCII characters are supported");
    check_refused("i INT", "quote-character=';disable-quote-character=true",
                  "Format cannot define a quote character and disabled quote character at the same time.");
}
END_TEST

Suite *suite_csv(void);
Suite *suite_csv(void)
{
    Suite *suite = suite_create("csv");
    TCase *tcase = tcase_create("csv");
    tcase_add_test(tcase, values_are_read_as_flink_reads_them);
    tcase_add_test(tcase, lines_with_ignored_errors);
    tcase_add_test(tcase, comments_and_blank_lines);
    tcase_add_test(tcase, escapes);
    tcase_add_test(tcase, no_quotes);
    tcase_add_test(tcase, null_texts);
    tcase_add_test(tcase, spaces_are_trimmed_when_asked);
    tcase_add_test(tcase, fields_beyond_the_last_column);
    tcase_add_test(tcase, delimiters_and_quotes);
    tcase_add_test(tcase, errors);
    tcase_add_test(tcase, only_wanted_columns_are_read);
    tcase_add_test(tcase, an_empty_message_is_no_row);
    tcase_add_test(tcase, a_record_ends_at_a_line_end_outside_quotes);
    tcase_add_test(tcase, every_type_is_written);
    tcase_add_test(tcase, text_is_quoted_as_flink_quotes_it);
    tcase_add_test(tcase, what_csv_cannot_carry_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
