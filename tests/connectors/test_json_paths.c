/* test_json_paths.c: the fast and the general path of the JSON decoder give the same answer for every record: generated
 * ones in several orders and spellings, and all of them again with bytes changed, removed or doubled. */
#include "connectors/formats/json.h"
#include "tests/connectors/codec.h"

#include <check.h>

enum { ROUNDS = 3000, RECORD_MAX = 2000 };

#define COLUMNS \
    "i INT, l BIGINT, s STRING, d DOUBLE, f FLOAT, de DECIMAL(10,2), w DECIMAL(38,4), b BOOLEAN, t TINYINT, " \
    "sm SMALLINT, ts TIMESTAMP(3), t9 TIMESTAMP(9), lz TIMESTAMP_LTZ(3), -un INT"

/* A small generator of its own, so that a failing seed can be run again. */
static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static const char *pick(uint64_t *state, const char *const *choices, size_t count)
{
    return choices[next_random(state) % count];
}

#define PICK(state, ...) \
    pick((state), (const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static bool is_nested_name(const char *name)
{
    return strcmp(name, "ar") == 0 || strcmp(name, "ro") == 0 || strcmp(name, "ma") == 0 || strcmp(name, "da") == 0;
}

static const char *nested_value_for(uint64_t *state, const char *name);

static const char *value_for(uint64_t *state, const char *name)
{
    if (is_nested_name(name))
        return nested_value_for(state, name);
    if (next_random(state) % 12 == 0)
        return PICK(state, "null", "true", "[1,{\"i\":2}]", "{\"i\":[]}", "\"\\u0041\"", "1e3", "-0", "0", "\"12\"",
                    "12.50", "01", "-");
    switch (name[0]) {
    case 's':
        return PICK(state, "\"\"", "\"short\"", "\"exactly12byt\"", "\"thirteen bytes\"",
                    "\"caf\xc3\xa9 \xf0\x9f\x98\x80 and more\"",
                    "\"a\\nb\"", "\"bad\xff\"", "32767", "-32768", "40000",
                    "\"a string that is a good deal longer than sixteen\"");
    case 't':
    case 'l':
        if (strcmp(name, "t") == 0)
            return PICK(state, "127", "-128", "128", "5");
        return PICK(state, "\"2024-02-29 10:20:30.123\"", "\"2024-02-28 10:20:30\"",
                    "\"2024-02-28 23:59:59.123456789Z\"",
                    "\"2024-02-28 24:00:00\"", "\"2024-02-30 10:00:00\"", "\"1969-12-27 23:59:59.999\"",
                    "\"0001-01-01 00:00:00Z\"",
                    "\"2024-02-28 10:20:30.\"", "1717171717000", "9223372036854775807", "9223372036854775808", "-1");
    case 'b':
        return PICK(state, "true", "false", "\"true\"", "1", "truex");
    default:
        return PICK(state, "1", "-7", "2147483647", "2147483648", "1.5", "0.1", "123456.789", "-0.005", "99999999.995",
                    "1e400",
                    "16777217", "123456789012345678", "1234567890123456789", "9007199254740993", "0.12345678901234567",
                    "-0.0",
                    "12.", "1.e5", "12345678901234567890123456789012345678");
    }
}

static const char *nested_value_for(uint64_t *state, const char *name)
{
    switch (name[0]) {
    case 'a':
        return PICK(state, "[1,2,3]", "[]", "[ 1 , null ]", "[1,\"x\"]", "[[1],2]", "null", "[1,{\"a\":1}]");
    case 'r':
        return PICK(state, "{\"a\":1,\"b\":\"x\"}", "{}", "{\"b\":\"\\n\",\"c\":[1],\"a\":1}", "{\"a\":\"x\"}", "null",
                    "{\"a\":1,\"a\":2,\"b\":3}", "{\"a\":1", "[1]");
    case 'm':
        return PICK(state, "{\"k\":1,\"l\":2}", "{}", "{\"k\":1,\"k\":2}", "{\"k\":\"x\"}", "null", "[]");
    default:
        return PICK(state, "\"2024-02-29\"", "\"2023-02-29\"", "null", "1");
    }
}

/* Values that the fast path takes. */
static const char *plain_value_for(uint64_t *state, const char *name)
{
    static const struct {
        const char *name;
        const char *values[3];
    } rows[] = {
        { "i", { "1", "-7", "2147483647" } },
        { "l", { "0", "-9", "123456789012345678" } },
        { "s", { "\"\"", "\"short\"", "\"a string that is a good deal longer than sixteen\"" } },
        { "d", { "1.5", "-0", "123456.789" } },
        { "f", { "0.1", "16777216", "-2.5" } },
        { "de", { "1.005", "99999999.99", "-0.005" } },
        { "w", { "1.00005", "123456789012345", "null" } },
        { "b", { "true", "false", "null" } },
        { "t", { "127", "-128", "0" } },
        { "sm", { "32767", "-32768", "0" } },
        { "ts", { "\"2024-02-28 10:20:30.123\"", "\"1969-12-27 23:59:59.999\"", "\"2024-02-28 10:20:30\"" } },
        { "t9", { "\"2024-02-28 10:20:30.123456789\"", "\"1969-12-27 23:59:59.999\"", "null" } },
        { "lz", { "\"2024-02-28 10:20:30.1Z\"", "\"1969-12-27 23:59:59.999Z\"", "null" } },
    };
    if (is_nested_name(name))
        return nested_value_for(state, name);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (strcmp(name, rows[i].name) == 0)
            return rows[i].values[next_random(state) % 3];
    return PICK(state, "1", "[1,{\"a\":2}]", "\"\\n\"");
}

static void put_record(uint64_t *state, Text *out)
{
    static const char *const names[] = { "i", "l", "s", "d", "f", "de", "w", "b", "t", "sm", "ts", "t9", "lz", "un",
                                         "other", "ar", "ro", "ma", "da" };
    bool    is_plain = next_random(state) % 2;
    bool    is_python = next_random(state) % 2;
    int64_t first = (int64_t)(next_random(state) % 4);
    bool    is_shuffled = next_random(state) % 4 == 0;
    text_clear(out);
    text_puts(out, PICK(state, "{", "{", "{", " {", "{ ", "[{"));
    for (size_t i = (size_t)first; i < sizeof(names) / sizeof(*names); i++) {
        const char *name = names[is_shuffled ? next_random(state) % (sizeof(names) / sizeof(*names)) : i];
        if (next_random(state) % 10 == 0)
            continue;
        bool        is_first = out->ptr[out->len - 1] == '{' || out->ptr[out->len - 1] == ' ';
        const char *comma = is_python ? ", " : ",";
        text_printf(out, "%s\"%s\"%s", is_first ? "" : comma, name, is_python ? ": " : ":");
        text_puts(out, is_plain ? plain_value_for(state, name) : value_for(state, name));
    }
    text_puts(out, PICK(state, "}", "}", "}", " }", "}  ", "}]", "} x"));
}

/* Changes, removes, repeats or cuts bytes. */
static void mutate(uint64_t *state, Text *record)
{
    static const char bytes[] = "\"\\{}[],:0123456789.-+eEtfn u\xc3\xff\x01";
    int64_t at = (int64_t)(next_random(state) % (uint64_t)record->len);
    switch (next_random(state) % 4) {
    case 0:
        record->ptr[at] = bytes[next_random(state) % (sizeof(bytes) - 1)];
        break;
    case 1:
        memmove(record->ptr + at, record->ptr + at + 1, (size_t)(record->len - at - 1));
        record->len--;
        break;
    case 2:
        text_reserve(record, 1);
        memmove(record->ptr + at + 1, record->ptr + at, (size_t)(record->len - at));
        record->len++;
        break;
    default:
        record->len = at;
        break;
    }
}

typedef struct Paths {
    Codec  *fast;
    Codec  *general;
    int64_t accepted; /* records that the fast path read */
} Paths;

static void check_same(Paths *paths, Str record, uint64_t seed)
{
    JsonDecoder *decoder = (JsonDecoder *)paths->fast->decoder;
    /* A block of its own size, so that the sanitizer sees the first byte that is read too far. */
    char *alone = env_alloc_raw(record.len + 1);
    memcpy(alone, record.ptr, (size_t)record.len);
    Str    message = { alone, record.len };
    Status fast = codec_decode(paths->fast, &message, 1);
    Status general = codec_decode(paths->general, &message, 1);
    Str    shown = record;
    ck_assert_msg(fast == general, "seed %llu: %.*s", (unsigned long long)seed, STR_FMT(shown));
    ck_assert_msg(strcmp(paths->fast->err.message, paths->general->err.message) == 0, "seed %llu: %.*s\n%s\n%s",
                  (unsigned long long)seed, STR_FMT(shown), paths->fast->err.message, paths->general->err.message);
    ck_assert_msg(memcmp(paths->fast->decoded.bad, paths->general->decoded.bad, sizeof(paths->fast->decoded.bad)) == 0,
                  "seed %llu: other counts: %.*s", (unsigned long long)seed, STR_FMT(shown));
    ck_assert_msg(strcmp(codec_json(paths->fast), codec_json(paths->general)) == 0, "seed %llu: %.*s\n%s%s",
                  (unsigned long long)seed, STR_FMT(shown), codec_json(paths->fast), codec_json(paths->general));
    decoder->row = 0;
    paths->accepted += json_fast_read(decoder, message);
    env_free(alone);
}

static void run_rounds(const char *columns, const char *options, uint64_t first_seed)
{
    Paths paths = { codec_open("json", columns, options), codec_open("json", columns, options), 0 };
    Text  record = TEXT_EMPTY;
    ck_assert(((JsonDecoder *)paths.fast->decoder)->is_fast);
    ((JsonDecoder *)paths.general->decoder)->is_fast = false;
    for (uint64_t seed = first_seed; seed < first_seed + ROUNDS; seed++) {
        uint64_t state = seed * 0x9E3779B97F4A7C15u + 1;
        put_record(&state, &record);
        ck_assert_int_lt(record.len, RECORD_MAX);
        check_same(&paths, text_str(&record), seed);
        for (int32_t i = 0; i < 3 && record.len > 1; i++) {
            mutate(&state, &record);
            check_same(&paths, text_str(&record), seed);
        }
    }
    ck_assert_int_gt(paths.accepted, ROUNDS / 200);
    text_free(&record);
    codec_close(paths.fast);
    codec_close(paths.general);
}

START_TEST(all_columns)
{
    run_rounds(COLUMNS, "ignore-parse-errors=true", 1);
    run_rounds(COLUMNS, "", 100000);
}
END_TEST

START_TEST(few_columns)
{
    run_rounds("-i INT, s STRING, -d DOUBLE, un INT, b BOOLEAN", "ignore-parse-errors=true", 200000);
    run_rounds("-i INT, s STRING, -d DOUBLE, un INT, b BOOLEAN", "fail-on-missing-field=true", 300000);
    run_rounds("-i INT, -s STRING", "", 400000);
}
END_TEST

START_TEST(nested_columns)
{
    const char *columns = "i INT, ar ARRAY<INT>, ro ROW<a INT, b STRING>, ma MAP<STRING,INT>, da DATE, s STRING";
    run_rounds(columns, "ignore-parse-errors=true", 600000);
    run_rounds(columns, "", 700000);
    run_rounds(columns, "fail-on-missing-field=true", 800000);
}
END_TEST

START_TEST(rows_that_are_read_in_part)
{
    const char *columns = "i INT, ro ROW<-a INT, b STRING, -c ARRAY<INT>>, s STRING";
    run_rounds(columns, "ignore-parse-errors=true", 900000);
    run_rounds(columns, "", 1000000);
    run_rounds("ro ROW<a INT, -b STRING>", "fail-on-missing-field=true", 1100000);
}
END_TEST

START_TEST(iso_timestamps)
{
    run_rounds("i INT, ts TIMESTAMP(3), lz TIMESTAMP_LTZ(3)",
               "timestamp-format.standard=ISO-8601;ignore-parse-errors=true", 500000);
}
END_TEST

START_TEST(usual_records_take_the_fast_path)
{
    Codec       *codec = codec_open("json",
                                    "auction BIGINT, -bidder BIGINT, price BIGINT, -channel STRING, ts TIMESTAMP(3), "
                                    "ro ROW<-a INT, b STRING, c ROW<d INT>>",
        "");
    JsonDecoder *decoder = (JsonDecoder *)codec->decoder;
    const char  *in =
        "{\"auction\":1,\"bidder\":2,\"price\":3,\"channel\":\"a\\\"b\",\"ts\":\"2024-02-28 "
        "10:20:30.5\",\"x\":{\"y\":[]},"
        "\"ro\":{\"a\":[],\"b\":\"x\",\"c\":{\"d\":1}}}\n{\"auction\": 1, \"price\": 3, \"ts\": \"2024-02-28 10:20:30.5\", "
        "\"bidder\": 2.5e1, \"ro\": { \"c\": null , \"b\": \"\" }}\n";
    codec_lines(codec, in);
    Str rest = str_from(in);
    Str line;
    while (str_split(&rest, '\n', &line)) {
        decoder->row = 0;
        ck_assert(json_fast_read(decoder, line));
    }
    codec_close(codec);
}
END_TEST

Suite *suite_json_paths(void);
Suite *suite_json_paths(void)
{
    Suite *suite = suite_create("json_paths");
    TCase *tcase = tcase_create("json_paths");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, all_columns);
    tcase_add_test(tcase, few_columns);
    tcase_add_test(tcase, nested_columns);
    tcase_add_test(tcase, rows_that_are_read_in_part);
    tcase_add_test(tcase, iso_timestamps);
    tcase_add_test(tcase, usual_records_take_the_fast_path);
    suite_add_tcase(suite, tcase);
    return suite;
}
