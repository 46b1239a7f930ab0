/* test_refused.c: records that decoders refuse, under each policy, and the letters that are made of them. */
#include "connectors/reject.h"

#include <check.h>

typedef struct Bed {
    Arena  *arena;
    Batch  *batch;
    Decoded decoded;
    Error   err;
} Bed;

static Bed bed;

static void setup(void)
{
    bed = (Bed){ .arena = arena_create(), .err = ERROR_NONE };
    bed.batch = batch_create(2);
}

static void teardown(void)
{
    batch_release(bed.batch);
    arena_destroy(bed.arena);
}

/* Of (n INT, s STRING); raw has only n. */
static Status decode(const char *name, ErrorPolicy policy, const Str *messages, int64_t count)
{
    const Format *format = format_find(str_from(name));
    FormatColumn  columns[] = { { STR("n"), &type_int, 0, FIELDS_ALL }, { STR("s"), &type_string, 1, FIELDS_ALL } };
    FormatSpec    spec = { .columns = columns, .column_count = str_is(STR("raw"), name) ? 1 : 2, .options = map_create(bed.arena),
                           .arena = bed.arena, .zone = zone_utc, .policy = policy };
    Decoder      *decoder;
    ck_assert_int_eq(format->decoder_create(&spec, &decoder, &bed.err), STATUS_OK);
    Status status = format->decode(decoder, messages, count, bed.batch, &bed.decoded, &bed.err);
    bed.batch->rows = bed.decoded.rows;
    return status;
}

static const Str json[] = {
    { "{\"n\":1,\"s\":\"a\"}", 15 }, { "{\"n\":\"x\",\"s\":\"b\"}", 17 }, { "nothing", 7 }, { "[{\"n\":3},{\"n\":{}}]", 18 }, { "{\"n\":5}", 7 },
};
static const Str csv[] = { { "1,a", 3 }, { "x,b", 3 }, { "3", 1 }, { "4,d,e", 5 }, { "5,f", 3 } };
static const Str raw[] = { { "\0\0\0\1", 4 }, { "\0\0", 2 }, { "\0\0\0\3", 4 } };

static void check_refused(const int64_t *messages, const BadReason *reasons, int64_t count)
{
    ck_assert_int_eq(bed.decoded.refused_count, count);
    for (int64_t i = 0; i < count; i++) {
        ck_assert_int_eq(bed.decoded.refused[i].message, messages[i]);
        ck_assert_int_eq(bed.decoded.refused[i].reason, reasons[i]);
        ck_assert_int_gt(bed.decoded.refused[i].text.len, 0);
    }
}

static int32_t number_at(int64_t row)
{
    return COLUMN_DATA(&bed.batch->columns[0], int32_t)[row];
}

START_TEST(json_dead_letters)
{
    ck_assert_int_eq(decode("json", ERROR_POLICY_DEAD_LETTER, json, 5), STATUS_OK);
    ck_assert_int_eq(bed.decoded.rows, 2); /* of the array neither row */
    ck_assert_int_eq(number_at(0), 1);
    ck_assert_int_eq(number_at(1), 5);
    ck_assert_int_eq(bed.decoded.message_of_row[1], 4);
    check_refused((const int64_t[]){ 1, 2, 3 }, (const BadReason[]){ BAD_TYPE, BAD_SYNTAX, BAD_TYPE }, 3);
    ck_assert(str_is(bed.decoded.refused[0].column, "n"));
    ck_assert(str_is(bed.decoded.refused[0].text, "Fail to deserialize at field: n. not a value of INT: \"x\""));
    ck_assert_int_eq(bed.decoded.refused[1].column.len, 0);
    ck_assert_int_eq(bed.decoded.bad[BAD_TYPE], 2);
    ck_assert_int_eq(bed.decoded.bad[BAD_SYNTAX], 1);
    ck_assert_int_eq(bed.err.status, STATUS_OK);
}
END_TEST

START_TEST(skip_counts_and_notes_nothing)
{
    ck_assert_int_eq(decode("json", ERROR_POLICY_SKIP, json, 5), STATUS_OK);
    ck_assert_int_eq(bed.decoded.rows, 2);
    ck_assert_int_eq(bed.decoded.refused_count, 0);
    ck_assert_int_eq(bed.decoded.bad[BAD_TYPE], 2);
}
END_TEST

START_TEST(null_is_ignore_parse_errors)
{
    ck_assert_int_eq(decode("json", ERROR_POLICY_NULL, json, 3), STATUS_OK);
    ck_assert_int_eq(bed.decoded.rows, 2);
    ck_assert(column_is_null(&bed.batch->columns[0], 1));
    ck_assert(str_is(view_str(&COLUMN_DATA(&bed.batch->columns[1], View)[1]), "b"));
}
END_TEST

START_TEST(fail_is_the_default)
{
    ck_assert_int_eq(decode("json", ERROR_POLICY_FAIL, json, 5), STATUS_DATA);
    ck_assert_int_eq(bed.decoded.failed_message, 1);
    ck_assert_str_eq(bed.err.hint, "to go on without such records, give the table 'scan.error-policy' = 'skip', 'null' "
                     "(what ignore-parse-errors does) or 'dead-letter'");
}
END_TEST

START_TEST(csv_dead_letters)
{
    ck_assert_int_eq(decode("csv", ERROR_POLICY_DEAD_LETTER, csv, 5), STATUS_OK);
    ck_assert_int_eq(bed.decoded.rows, 2);
    ck_assert_int_eq(number_at(1), 5);
    check_refused((const int64_t[]){ 1, 2, 3 }, (const BadReason[]){ BAD_TYPE, BAD_MISSING, BAD_SYNTAX }, 3);
}
END_TEST

START_TEST(raw_dead_letters)
{
    ck_assert_int_eq(decode("raw", ERROR_POLICY_DEAD_LETTER, raw, 3), STATUS_OK);
    ck_assert_int_eq(bed.decoded.rows, 2);
    ck_assert_int_eq(number_at(1), 3);
    ck_assert_int_eq(bed.decoded.message_of_row[1], 2);
    check_refused((const int64_t[]){ 1 }, (const BadReason[]){ BAD_TYPE }, 1);
}
END_TEST

START_TEST(raw_null)
{
    ck_assert_int_eq(decode("raw", ERROR_POLICY_NULL, raw, 3), STATUS_OK);
    ck_assert_int_eq(bed.decoded.rows, 3);
    ck_assert(column_is_null(&bed.batch->columns[0], 1));
}
END_TEST

static Str text_at(const Batch *batch, RejectColumn column, int64_t row)
{
    const Column *from = &batch->columns[column];
    return column_is_null(from, row) ? STR("NULL") : view_str(&COLUMN_DATA(from, View)[column_index(from, row)]);
}

/* What was refused has its record's place and bytes, also when another batch's memory is gone. */
START_TEST(letters_keep_their_bytes)
{
    static const Str     topics[] = { { "t", 1 }, { "t", 1 }, { "t", 1 }, { "u", 1 }, { "u", 1 } };
    static const int32_t partitions[] = { 0, 0, 1, 1, 2 };
    static const int64_t offsets[] = { 10, 11, 5, 6, 99 };
    decode("json", ERROR_POLICY_DEAD_LETTER, json, 5);
    Records records = { .table = STR("c.d.t"), .topics = topics, .partitions = partitions, .offsets = offsets, .values = json, .count = 5 };
    reject_note_origins(bed.batch, &records, &bed.decoded);
    Batch  *letters = reject_records(&records, &bed.decoded);
    int32_t second = 1;
    Batch  *later = reject_rows(bed.batch, STR("c.d.t"), &second, 1);
    batch_release(bed.batch);
    bed.batch = batch_create(0);
    ck_assert_int_eq(letters->rows, 3);
    ck_assert(str_is(text_at(letters, REJECT_TOPIC, 2), "u"));
    ck_assert_int_eq(COLUMN_DATA(&letters->columns[REJECT_PARTITION], int32_t)[1], 1);
    ck_assert_int_eq(COLUMN_DATA(&letters->columns[REJECT_OFFSET], int64_t)[0], 11);
    ck_assert(str_eq(text_at(letters, REJECT_RAW, 0), json[1]));
    ck_assert(str_is(text_at(letters, REJECT_RAW_KEY, 0), "NULL"));
    ck_assert(str_is(text_at(letters, REJECT_STAGE, 0), "decode"));
    ck_assert(str_is(text_at(letters, REJECT_REASON, 1), "syntax"));
    ck_assert(str_is(text_at(letters, REJECT_COLUMN_NAME, 1), "NULL"));
    ck_assert(str_eq(text_at(later, REJECT_RAW, 0), json[4]));
    ck_assert_int_eq(COLUMN_DATA(&later->columns[REJECT_OFFSET], int64_t)[0], 99);
    batch_release(letters);
    batch_release(later);
}
END_TEST

Suite *suite_refused(void)
{
    Suite *suite = suite_create("refused");
    TCase *cases = tcase_create("policies");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, json_dead_letters);
    tcase_add_test(cases, skip_counts_and_notes_nothing);
    tcase_add_test(cases, null_is_ignore_parse_errors);
    tcase_add_test(cases, fail_is_the_default);
    tcase_add_test(cases, csv_dead_letters);
    tcase_add_test(cases, raw_dead_letters);
    tcase_add_test(cases, raw_null);
    tcase_add_test(cases, letters_keep_their_bytes);
    suite_add_tcase(suite, cases);
    return suite;
}
