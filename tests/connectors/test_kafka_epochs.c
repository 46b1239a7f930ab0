/* test_kafka_epochs.c: exactly-once as far as a broker without transactions can judge it: what is refused before anything
 * runs, the bytes that checkpoints hold, and what is made of each error of a broker. What readers see in the end is
 * judged on a real one, in tests/e2e/test_kafka_epochs.sh. */
#include "connectors/kafka/kafka_log.h"
#include "tests/connectors/kafka_broker.h"

#include <check.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>

#define EXACTLY "sink.delivery-guarantee=exactly-once|sink.transactional-id-prefix=p"

enum { INIT_PRODUCER_ID = 22, ADD_PARTITIONS = 24, ADD_OFFSETS = 25, END_TXN = 26, PRODUCE = 0, WAIT_MS = 20000 };

static rd_kafka_t              *client;
static rd_kafka_mock_cluster_t *mock;
static Text                     notices;
static EnvMutex                *notices_mutex;

/* The sink's thread has notices, too. */
static void take_notice(void *state, Str line)
{
    (void)state;
    env_mutex_lock(notices_mutex);
    text_append(&notices, line);
    text_put(&notices, '\n');
    env_mutex_unlock(notices_mutex);
}

static void print_nothing(const rd_kafka_t *handle, int level, const char *facility, const char *line)
{
    (void)handle, (void)level, (void)facility, (void)line;
}

static void setup(void)
{
    char             reason[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, print_nothing);
    client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof(reason));
    mock = rd_kafka_mock_cluster_new(client, 1);
    rd_kafka_mock_topic_create(mock, "t", 1, 1);
    notices = TEXT_EMPTY;
    notices_mutex = env_mutex_create();
}

static void teardown(void)
{
    rd_kafka_mock_cluster_destroy(mock);
    rd_kafka_destroy(client);
    text_free(&notices);
    env_mutex_destroy(notices_mutex);
}

static Table *epoch_table(const char *columns, const char *metadata, const char *options)
{
    char all[512];
    snprintf(all, sizeof(all), "properties.bootstrap.servers=%s|" EXACTLY "%s%s", rd_kafka_mock_cluster_bootstraps(mock),
             options[0] ? "|" : "", options);
    Table *table = kafka_table(NULL, columns, metadata, all);
    table->io.has_epochs = true;
    table->io.job_id = STR("0123456789abcdef0123456789abcdef");
    table->host.notice = take_notice;
    return table;
}

static const SinkType *sink_type(const Table *table)
{
    return table_connector_of(table)->sink;
}

static Status open_sink(Table *table)
{
    return sink_type(table)->open(&table->io, &table->sink, &table->err);
}

/* ---- refused at once --------------------------------------------------------------------------------------------- */

static void check_refused(Table *table, const char *message, const char *hint)
{
    ck_assert_str_eq(table_check(table, true), "");
    ck_assert_int_ne(open_sink(table), STATUS_OK);
    ck_assert_str_eq(table->err.message, message);
    ck_assert_str_eq(table->err.hint, hint);
    table_close(table);
}

START_TEST(what_is_refused_at_once)
{
    Table *table = epoch_table("i INT", "", "");
    table->io.has_epochs = false;
    check_refused(table, "table default_catalog.default_database.t: 'exactly-once' needs checkpoints, and this job takes none",
                  "run it with --state-dir DIR");
    table = epoch_table("i INT", "", "");
    table->host.kafka_servers = STR("127.0.0.1:1");
    check_refused(table, "table default_catalog.default_database.t: 'exactly-once' is not possible with --embedded-kafka: its "
                         "broker has no transactions", "'sink.delivery-guarantee' = 'at-least-once', or a real cluster");
    table = epoch_table("i INT", "", "properties.transaction.timeout.ms=1 min");
    check_refused(table, "'properties.transaction.timeout.ms' = '1 min': expected milliseconds, at least 1000", "");
    table = epoch_table("i INT", "", "properties.acks=1");
    check_refused(table, "table default_catalog.default_database.t: `acks` must be set to `all` when `enable.idempotence` is true",
                  "");
    table = epoch_table("i INT", "", "properties.enable.idempotence=false");
    check_refused(table, "table default_catalog.default_database.t: `transactional.id` requires `enable.idempotence=true`", "");
}
END_TEST

START_TEST(who_is_exactly_once)
{
    Table *table = epoch_table("i INT", "", "");
    ck_assert(sink_type(table)->is_exactly_once(&table->spec));
    table_close(table);
    table = epoch_table("i INT", "", "sink.delivery-guarantee=at-least-once");
    ck_assert(!sink_type(table)->is_exactly_once(&table->spec));
    table_close(table);
    table = epoch_table("i INT", "", "sink.delivery-guarantee=|sink.semantic=exactly-once");
    ck_assert(sink_type(table)->is_exactly_once(&table->spec));
    table_close(table);
}
END_TEST

/* ---- what a checkpoint holds ------------------------------------------------------------------------------------- */

/* The log of rows of a table, as the sink makes it. */
static void make_log(Table *table, const char *rows, Text *log)
{
    static KafkaOptions options;
    KafkaEncoder       *encoder;
    KafkaRecords       *records;
    Codec              *codec;
    ck_assert_int_eq(kafka_options_read(&table->spec, true, table->arena, &options, &table->err), STATUS_OK);
    ck_assert_int_eq(kafka_encoder_create(&table->io, &options, &encoder, &table->err), STATUS_OK);
    Batch *batch = table_batch(table, rows, &codec);
    ck_assert_int_eq(kafka_encode(encoder, batch, 0, &records, &table->err), STATUS_OK);
    kafka_log_append(log, records, encoder);
    kafka_log_seal(log, &(KafkaLogHeader){ .nonce = 7, .previous = 3, .count = records->count });
    codec_close(codec);
    kafka_encoder_close(encoder);
}

static void put_field(Text *out, const char *name, Str value)
{
    text_printf(out, " %s=%.*s", name, STR_FMT(value.ptr ? value : STR("NULL")));
}

static void put_headers(Text *out, const rd_kafka_headers_t *headers)
{
    const char *name;
    const void *value;
    size_t      size;
    for (size_t i = 0; headers && rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; i++)
        put_field(out, name, (Str){ value, (int64_t)size });
}

/* "key=.. value=.." a line each; stops where the log is damaged. */
static int64_t read_log(Str log, Text *out)
{
    KafkaLogHeader header;
    KafkaLogRecord record;
    Str            records;
    int64_t        count = 0;
    if (!kafka_log_open(log, &header, &records))
        return -1;
    for (; kafka_log_next(&records, &record); count++) {
        put_field(out, "key", record.key);
        put_field(out, "value", record.value);
        if (record.topic.ptr)
            text_printf(out, " topic=%.*s time=%lld", STR_FMT(record.topic), (long long)record.timestamp);
        put_headers(out, record.headers);
        text_put(out, '\n');
        if (record.headers)
            rd_kafka_headers_destroy(record.headers);
    }
    return count;
}

static void check_log(Table *table, const char *rows, int64_t count, const char *expected)
{
    Text log = TEXT_EMPTY, found = TEXT_EMPTY, part = TEXT_EMPTY;
    make_log(table, rows, &log);
    ck_assert_int_eq(read_log(text_str(&log), &found), count);
    ck_assert_str_eq(text_cstr(&found), expected);
    for (int64_t size = 0; size < log.len; size++) {
        text_clear(&part);
        char *cut = malloc((size_t)size + !size); /* of that size, so that a sanitizer sees what is read behind it */
        memcpy(cut, log.ptr, (size_t)size);
        ck_assert_int_lt(read_log((Str){ cut, size }, &part), count);
        free(cut);
    }
    text_free(&log);
    text_free(&found);
    text_free(&part);
    table_close(table);
}

START_TEST(records_in_a_checkpoint)
{
    check_log(epoch_table("k STRING, s STRING", "", "format=|value.format=raw|key.format=raw|key.fields=k|value.fields-include=EXCEPT_KEY"),
              "{\"k\":\"a\",\"s\":\"x\"}\n{\"k\":null,\"s\":\"\"}\n{\"k\":\"\",\"s\":null}\n", 3,
              " key=a value=x\n key=NULL value=\n key= value=NULL\n");
    check_log(epoch_table("s STRING, topic STRING, ts TIMESTAMP_LTZ(3), h MAP<STRING,BYTES>", "topic=topic,ts=timestamp,h=headers",
                          "topic=a;b|format=raw"),
              "{\"s\":\"x\",\"topic\":\"b\",\"ts\":\"1970-01-01 00:00:01Z\",\"h\":{\"n\":\"eQ==\",\"m\":\"\"}}\n"
              "{\"s\":\"y\",\"topic\":\"a\",\"ts\":null,\"h\":null}\n",
              2, " key=NULL value=x topic=b time=1000 n=y m=\n key=NULL value=y topic=a time=0\n");
}
END_TEST

START_TEST(an_unknown_version_is_not_read)
{
    Table         *table = epoch_table("s STRING", "", "format=raw");
    Text           log = TEXT_EMPTY;
    KafkaLogHeader header;
    Str            records;
    make_log(table, "{\"s\":\"x\"}\n", &log);
    ck_assert(kafka_log_open(text_str(&log), &header, &records));
    ck_assert_int_eq(header.nonce, 7);
    ck_assert_int_eq(header.previous, 3);
    ck_assert_int_eq(header.count, 1);
    log.ptr[0]++;
    ck_assert(!kafka_log_open(text_str(&log), &header, &records));
    text_free(&log);
    table_close(table);
}
END_TEST

/* ---- errors of a broker ------------------------------------------------------------------------------------------ */

static Status recover(Table *table, const SinkRecovery *recovery)
{
    int64_t end_ns = clock_monotonic_ns(&env_clock) + (int64_t)WAIT_MS * 1000000, held = -1;
    for (bool done = false; !done;) {
        TRY(sink_type(table)->recover(table->sink, recovery, &done, &held, &table->err));
        ck_assert(clock_monotonic_ns(&env_clock) < end_ns);
        wakeup_wait(table->wakeup, 20);
    }
    ck_assert_int_eq(held, 0); /* this broker keeps no marker */
    return STATUS_OK;
}

static Status write_epoch(Table *table, int64_t epoch, Text *sealed)
{
    Codec  *codec;
    int64_t taken, end_ns = clock_monotonic_ns(&env_clock) + (int64_t)WAIT_MS * 1000000;
    Batch  *batch = table_batch(table, "{\"i\":1}\n{\"i\":2}\n", &codec);
    Status  status = sink_type(table)->write(table->sink, batch, 0, &taken, &table->err);
    codec_close(codec);
    TRY(status);
    ck_assert_int_eq(taken, 2);
    TRY(sink_type(table)->seal(table->sink, epoch, sealed, &table->err));
    ck_assert_int_gt(sealed->len, 0);
    for (bool done = false; !done;) {
        TRY(sink_type(table)->commit(table->sink, epoch, &done, &table->err));
        ck_assert(clock_monotonic_ns(&env_clock) < end_ns);
        wakeup_wait(table->wakeup, 20);
    }
    return STATUS_OK;
}

static void check_failure(int16_t api, rd_kafka_resp_err_t code, Status status, const char *part)
{
    const SinkRecovery recovery = { 0 };
    Text               sealed = TEXT_EMPTY;
    Table             *table = epoch_table("i INT", "", "");
    ck_assert_int_eq(open_sink(table), STATUS_OK);
    rd_kafka_mock_push_request_errors(mock, api, 1, code);
    Status found = recover(table, &recovery);
    if (found == STATUS_OK)
        found = write_epoch(table, 1, &sealed);
    ck_assert_int_eq(found, status);
    ck_assert_msg(strstr(table->err.message, part) != NULL, "%s", table->err.message);
    text_free(&sealed);
    table_close(table);
}

START_TEST(errors_that_end_the_job)
{
    check_failure(INIT_PRODUCER_ID, RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT, STATUS_OPTION,
                  "'properties.transaction.timeout.ms' = 10000 is more than kafka");
    check_failure(INIT_PRODUCER_ID, RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, STATUS_AUTH, "'p-0'");
    check_failure(ADD_OFFSETS, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, STATUS_AUTH, "the epoch cannot be written");
    check_failure(PRODUCE, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, STATUS_AUTH, "Topic authorization failed");
    check_failure(END_TXN, RD_KAFKA_RESP_ERR_PRODUCER_FENCED, STATUS_RUNTIME, "another process writes to kafka");
    check_failure(END_TXN, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, STATUS_RUNTIME, "another process writes to kafka");
}
END_TEST

/* Whatever was lost on the way: a new producer, and what the marker says is missing is written again. */
static void check_passing(int16_t api, rd_kafka_resp_err_t code, bool is_told)
{
    const SinkRecovery recovery = { 0 };
    Text               sealed = TEXT_EMPTY;
    Table             *table = epoch_table("i INT", "", "");
    text_clear(&notices);
    ck_assert_int_eq(open_sink(table), STATUS_OK);
    ck_assert_int_eq(recover(table, &recovery), STATUS_OK);
    rd_kafka_mock_push_request_errors(mock, api, 1, code);
    ck_assert_int_eq(write_epoch(table, 1, &sealed), STATUS_OK);
    table_close(table); /* ends the thread that has notices */
    text_free(&sealed);
    ck_assert_msg((strstr(text_cstr(&notices), ", trying again") != NULL) == is_told, "%s", text_cstr(&notices));
    ck_assert_msg((strstr(text_cstr(&notices), "kafka answers again, nothing was lost") != NULL) == is_told, "%s", text_cstr(&notices));
}

START_TEST(errors_that_pass)
{
    check_passing(ADD_PARTITIONS, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING, true);
    check_passing(ADD_OFFSETS, RD_KAFKA_RESP_ERR_INVALID_TXN_STATE, true);
    check_passing(END_TXN, RD_KAFKA_RESP_ERR_INVALID_TXN_STATE, true);
    check_passing(END_TXN, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, false); /* the library tries again by itself */
}
END_TEST

START_TEST(a_broker_that_is_away)
{
    const SinkRecovery recovery = { 0 };
    Table *table = epoch_table("i INT", "", "properties.bootstrap.servers=127.0.0.1:1|properties.max.block.ms=1000");
    ck_assert_int_eq(open_sink(table), STATUS_OK);
    ck_assert_int_eq(recover(table, &recovery), STATUS_CONNECT);
    ck_assert_msg(strstr(table->err.message, "kafka 127.0.0.1:1: no broker answered within 1000 ms: ") != NULL, "%s",
                  table->err.message);
    table_close(table);
}
END_TEST

/* What a checkpoint holds is not trusted. */
START_TEST(a_damaged_checkpoint)
{
    SinkEpoch          epoch = { .epoch = 4, .output = STR("\2garbage") };
    const SinkRecovery recovery = { .restored = 4, .epochs = &epoch, .count = 1 };
    Table             *table = epoch_table("i INT", "", "");
    ck_assert_int_eq(open_sink(table), STATUS_OK);
    ck_assert_int_eq(recover(table, &recovery), STATUS_DATA);
    ck_assert_str_eq(table->err.message,
                     "table default_catalog.default_database.t: the records that the checkpoint holds cannot be read");
    table_close(table);
}
END_TEST

/* ---- epochs ------------------------------------------------------------------------------------------------------ */

START_TEST(nothing_written_is_nothing_sealed)
{
    const SinkRecovery recovery = { 0 };
    Text               sealed = TEXT_EMPTY;
    bool               done = false;
    Table             *table = epoch_table("i INT", "", "");
    ck_assert_int_eq(open_sink(table), STATUS_OK);
    ck_assert_int_eq(recover(table, &recovery), STATUS_OK);
    ck_assert_int_eq(sink_type(table)->seal(table->sink, 1, &sealed, &table->err), STATUS_OK);
    ck_assert_int_eq(sealed.len, 0);
    ck_assert_int_eq(sink_type(table)->commit(table->sink, 1, &done, &table->err), STATUS_OK);
    ck_assert(done);
    table_close(table);
}
END_TEST

/* The checkpoint of epoch 1 failed: its rows go with epoch 2. */
START_TEST(an_epoch_that_was_not_committed_goes_with_the_next)
{
    const SinkRecovery recovery = { 0 };
    Text               first = TEXT_EMPTY, second = TEXT_EMPTY, rows = TEXT_EMPTY;
    Codec             *codec;
    int64_t            taken;
    Table             *table = epoch_table("i INT", "", "");
    ck_assert_int_eq(open_sink(table), STATUS_OK);
    ck_assert_int_eq(recover(table, &recovery), STATUS_OK);
    Batch *batch = table_batch(table, "{\"i\":7}\n", &codec);
    ck_assert_int_eq(sink_type(table)->write(table->sink, batch, 0, &taken, &table->err), STATUS_OK);
    codec_close(codec);
    ck_assert_int_eq(sink_type(table)->seal(table->sink, 1, &first, &table->err), STATUS_OK);
    ck_assert_int_eq(write_epoch(table, 2, &second), STATUS_OK);
    ck_assert_int_eq(read_log(text_str(&second), &rows), 3);
    ck_assert_str_eq(text_cstr(&rows), " key=NULL value={\"i\":7}\n key=NULL value={\"i\":1}\n key=NULL value={\"i\":2}\n");
    text_free(&first);
    text_free(&second);
    text_free(&rows);
    table_close(table);
}
END_TEST

static void count_call(void *context)
{
    ++*(int *)context;
}

/* An epoch of more than 64 MiB asks for a checkpoint, once, and goes on; when another one waits to be committed it takes
 * no more. */
START_TEST(a_large_epoch_hurries)
{
    const SinkRecovery recovery = { 0 };
    Text               row = TEXT_EMPTY, sealed = TEXT_EMPTY;
    Codec             *codec;
    int64_t            taken = 1;
    int                hurries = 0, batches = 0;
    Table             *table = epoch_table("s STRING", "", "format=raw|properties.message.max.bytes=2000000");
    table->io.hurry = count_call;
    table->io.hurry_context = &hurries;
    text_puts(&row, "{\"s\":\"");
    text_repeat(&row, 'x', 1 << 20);
    text_puts(&row, "\"}\n");
    ck_assert_int_eq(open_sink(table), STATUS_OK);
    ck_assert_int_eq(recover(table, &recovery), STATUS_OK);
    Batch *batch = table_batch(table, text_cstr(&row), &codec);
    for (; batches < 70; batches++) {
        ck_assert_int_eq(sink_type(table)->write(table->sink, batch, 0, &taken, &table->err), STATUS_OK);
        ck_assert_int_eq(taken, 1);
        ck_assert_int_eq(hurries, batches >= 64);
    }
    ck_assert_int_eq(sink_type(table)->seal(table->sink, 1, &sealed, &table->err), STATUS_OK);
    for (batches = 0; taken == 1 && batches < 100; batches++)
        ck_assert_int_eq(sink_type(table)->write(table->sink, batch, 0, &taken, &table->err), STATUS_OK);
    ck_assert_int_eq(batches, 65);
    ck_assert_int_eq(hurries, 2);
    codec_close(codec);
    text_free(&row);
    text_free(&sealed);
    table_close(table);
}
END_TEST

/* ---- at-least-once ----------------------------------------------------------------------------------------------- */

/* A flush stands for "all of it is there": one record that was not taken fails it, and every later one. */
START_TEST(a_flush_never_passes_a_lost_record)
{
    Codec  *codec;
    int64_t taken, end_ns = clock_monotonic_ns(&env_clock) + (int64_t)WAIT_MS * 1000000;
    Status  status = STATUS_OK;
    Table  *table = epoch_table("i INT", "", "sink.delivery-guarantee=at-least-once");
    bool    done = false;
    ck_assert_int_eq(open_sink(table), STATUS_OK);
    Batch *batch = table_batch(table, "{\"i\":1}\n{\"i\":2}\n", &codec);
    rd_kafka_mock_push_request_errors(mock, PRODUCE, 1, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    ck_assert_int_eq(sink_type(table)->write(table->sink, batch, 0, &taken, &table->err), STATUS_OK);
    ck_assert_int_eq(taken, 2);
    while (status == STATUS_OK) {
        status = sink_type(table)->flush(table->sink, &done, &table->err);
        ck_assert(status != STATUS_OK || !done);
        ck_assert(clock_monotonic_ns(&env_clock) < end_ns);
    }
    ck_assert_msg(strstr(table->err.message, "was not delivered") != NULL, "%s", table->err.message);
    for (int i = 0; i < 3; i++) {
        error_clear(&table->err);
        ck_assert_int_eq(sink_type(table)->flush(table->sink, &done, &table->err), status);
        ck_assert_int_eq(sink_type(table)->write(table->sink, batch, 0, &taken, &table->err), status);
    }
    codec_close(codec);
    table_close(table);
}
END_TEST

Suite *suite_kafka_epochs(void)
{
    Suite *suite = suite_create("kafka_epochs");
    TCase *tests = tcase_create("kafka_epochs");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, what_is_refused_at_once);
    tcase_add_test(tests, who_is_exactly_once);
    tcase_add_test(tests, records_in_a_checkpoint);
    tcase_add_test(tests, an_unknown_version_is_not_read);
    tcase_add_test(tests, errors_that_end_the_job);
    tcase_add_test(tests, errors_that_pass);
    tcase_add_test(tests, a_broker_that_is_away);
    tcase_add_test(tests, a_damaged_checkpoint);
    tcase_add_test(tests, nothing_written_is_nothing_sealed);
    tcase_add_test(tests, an_epoch_that_was_not_committed_goes_with_the_next);
    tcase_add_test(tests, a_large_epoch_hurries);
    tcase_add_test(tests, a_flush_never_passes_a_lost_record);
    suite_add_tcase(suite, tests);
    return suite;
}
