/* test_kafka_sink.c: writing topics of a broker inside the process: where records land, what they carry, what happens
 * when they cannot be delivered. */
#include "tests/connectors/kafka_broker.h"

#include <check.h>
#include <stdio.h>

#define BOUNDED "scan.startup.mode=earliest-offset|scan.bounded.mode=latest-offset"

static Broker *broker;

static void setup(void)
{
    broker = broker_start();
    broker_topic(broker, "t", 1);
}

static void teardown(void)
{
    broker_stop(broker);
}

static void check_write(const char *columns, const char *metadata, const char *options, const char *rows)
{
    Table *table = kafka_table(broker, columns, metadata, options);
    ck_assert_str_eq(table_check(table, true), "");
    ck_assert_str_eq(table_write(table, rows), "");
    table_close(table);
}

static void check_read(const char *columns, const char *metadata, const char *options, const char *expected)
{
    Table *table = kafka_table(broker, columns, metadata, options);
    ck_assert_str_eq(table_check(table, false), "");
    ck_assert_str_eq(table_read(table), expected);
    table_close(table);
}

START_TEST(there_and_back)
{
    check_write("i INT, s STRING", "", "", "{\"i\":1,\"s\":\"a\"}\n{\"i\":2,\"s\":null}\n{\"i\":null,\"s\":\"c\"}\n");
    check_read("i INT, s STRING", "", BOUNDED,
               "{\"i\":1,\"s\":\"a\"}\n{\"i\":2,\"s\":null}\n{\"i\":null,\"s\":\"c\"}\n");
    check_read("value STRING", "", "format=raw|" BOUNDED,
               "{\"value\":\"{\\\"i\\\":1,\\\"s\\\":\\\"a\\\"}\"}\n{\"value\":\"{\\\"i\\\":2,\\\"s\\\":null}\"}\n"
               "{\"value\":\"{\\\"i\\\":null,\\\"s\\\":\\\"c\\\"}\"}\n");
}
END_TEST

START_TEST(null_and_empty_values)
{
    check_write("s STRING", "", "format=raw", "{\"s\":\"\"}\n{\"s\":null}\n{\"s\":\"x\"}\n");
    check_read("s STRING", "", "format=raw|" BOUNDED, "{\"s\":\"\"}\n{\"s\":null}\n{\"s\":\"x\"}\n");
}
END_TEST

START_TEST(keys)
{
    const char *options = "format=|value.format=json|key.format=raw|key.fields=k_id|key.fields-prefix=k_|"
                          "value.fields-include=EXCEPT_KEY";
    char both[512];
    snprintf(both, sizeof(both), "%s|%s", options, BOUNDED);
    check_write("k_id STRING, n INT", "", options, "{\"k_id\":\"a\",\"n\":1}\n{\"k_id\":\"b\",\"n\":2}\n");
    check_read("k_id STRING, n INT", "", both, "{\"k_id\":\"a\",\"n\":1}\n{\"k_id\":\"b\",\"n\":2}\n");
    check_read("value STRING", "", "format=raw|" BOUNDED,
               "{\"value\":\"{\\\"n\\\":1}\"}\n{\"value\":\"{\\\"n\\\":2}\"}\n");
}
END_TEST

/* murmur2 of the Java client, from its own tests: 21 -973932308, foobar -790332482, a-little-bit-long-string
 * -985981536, a-little-bit-longer-string -1486304829, abc 479470107; the partition is that without its sign bit, modulo
 * the number of them. */
START_TEST(keys_land_where_java_puts_them)
{
    static const struct {
        const char *key;
        int32_t     hash;
    } cases[] = {
        { "21", -973932308 },
        { "foobar", -790332482 },
        { "a-little-bit-long-string", -985981536 },
        { "a-little-bit-longer-string", -1486304829 },
        { "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971 },
        { "abc", 479470107 },
    };
    Text rows = TEXT_EMPTY;
    int  found = 0;
    broker_topic(broker, "u", 7);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        text_printf(&rows, "{\"k\":\"%s\",\"n\":%d}\n", cases[i].key, (cases[i].hash & 0x7fffffff) % 7);
    check_write("k STRING, n INT", "", "topic=u|key.format=raw|key.fields=k", text_cstr(&rows));
    text_free(&rows);
    Table *table = kafka_table(broker, "n INT, p INT", "p=partition", "topic=u|" BOUNDED);
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    for (Poll poll = { .state = POLL_ROWS }; poll.state != POLL_END;) {
        ck_assert_int_eq(table_poll(table, 100, &poll), STATUS_OK);
        for (int64_t row = 0; row < table->batch->rows; row++, found++)
            ck_assert_int_eq(COLUMN_DATA(&table->batch->columns[0], int32_t)[row],
                             COLUMN_DATA(&table->batch->columns[1], int32_t)[row]);
    }
    ck_assert_int_eq(found, 6);
    table_close(table);
}
END_TEST

/* How many rows lie in each of three partitions. */
static void count_partitions(const char *topic, int *counts)
{
    char options[256];
    snprintf(options, sizeof(options), "topic=%s|%s", topic, BOUNDED);
    Table *table = kafka_table(broker, "p INT", "p=partition", options);
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    for (Poll poll = { .state = POLL_ROWS }; poll.state != POLL_END;) {
        ck_assert_int_eq(table_poll(table, 100, &poll), STATUS_OK);
        for (int64_t row = 0; row < table->batch->rows; row++)
            counts[COLUMN_DATA(&table->batch->columns[0], int32_t)[row]]++;
    }
    table_close(table);
}

#define SIX_ROWS "{\"i\":1}\n{\"i\":2}\n{\"i\":3}\n{\"i\":4}\n{\"i\":5}\n{\"i\":6}\n"

START_TEST(other_partitioners)
{
    int fixed[3] = { 0 }, turns[3] = { 0 };
    broker_topic(broker, "u", 3);
    broker_topic(broker, "v", 3);
    Table *table = kafka_table(broker, "i INT", "", "topic=u|sink.partitioner=fixed");
    table->io.task_index = 4;
    table->io.task_count = 5;
    ck_assert_str_eq(table_write(table, SIX_ROWS), "");
    table_close(table);
    count_partitions("u", fixed);
    ck_assert_int_eq(fixed[1], 6);
    check_write("i INT", "", "topic=v|sink.partitioner=round-robin", SIX_ROWS);
    count_partitions("v", turns);
    ck_assert_int_eq(turns[0], 2);
    ck_assert_int_eq(turns[1], 2);
    ck_assert_int_eq(turns[2], 2);
}
END_TEST

START_TEST(metadata_is_written)
{
    const char *columns = "i INT, ts TIMESTAMP_LTZ(3), h MAP<STRING,BYTES>";
    check_write(columns, "ts=timestamp,h=headers", "",
                "{\"i\":1,\"ts\":\"2023-11-14 22:13:20.123Z\",\"h\":{\"a\":\"eQ==\",\"b\":null}}\n");
    check_read(columns, "ts=timestamp,h=headers", BOUNDED,
               "{\"i\":1,\"ts\":\"2023-11-14 22:13:20.123Z\",\"h\":{\"a\":\"eQ==\"}}\n");
}
END_TEST

/* Declared with another type, a metadata column is cast. */
START_TEST(metadata_is_cast)
{
    check_write("i INT, ts TIMESTAMP(3)", "ts=timestamp", "", "{\"i\":1,\"ts\":\"2023-11-14 22:13:20.123\"}\n");
    check_read("i INT, ts TIMESTAMP(3)", "ts=timestamp", BOUNDED, "{\"i\":1,\"ts\":\"2023-11-14 22:13:20.123\"}\n");
}
END_TEST

START_TEST(the_row_says_its_topic)
{
    Table *table;
    broker_topic(broker, "a", 1);
    broker_topic(broker, "b", 1);
    check_write("i INT, topic STRING", "topic=topic", "topic=a;b",
                "{\"i\":1,\"topic\":\"a\"}\n{\"i\":2,\"topic\":\"b\"}\n{\"i\":3,\"topic\":\"a\"}\n");
    check_read("i INT", "", "topic=a|" BOUNDED, "{\"i\":1}\n{\"i\":3}\n");
    check_read("i INT", "", "topic=b|" BOUNDED, "{\"i\":2}\n");
    table = kafka_table(broker, "i INT, topic STRING", "topic=topic", "topic=a;b");
    ck_assert_str_eq(table_write(table, "{\"i\":1,\"topic\":\"t\"}\n"),
                     "The topic of the sink record is not valid. Expected topic to be in: a;b but was: t");
    table_close(table);
    table = kafka_table(broker, "i INT, topic STRING", "topic=topic", "topic=|topic-pattern=[ab]");
    ck_assert_str_eq(table_write(table, "{\"i\":1,\"topic\":\"ab\"}\n"),
                     "The topic of the sink record is not valid. Expected topic to match: [ab] but was: ab");
    table_close(table);
    table = kafka_table(broker, "i INT, topic STRING", "topic=topic", "topic=a;b");
    ck_assert_str_eq(table_write(table, "{\"i\":1,\"topic\":null}\n"),
                     "The topic of the sink record is not valid. Expected a single topic but no topic is set.");
    table_close(table);
}
END_TEST

/* More rows than the library's queue takes at once. */
START_TEST(a_full_queue_is_waited_for)
{
    Text rows = TEXT_EMPTY;
    for (int i = 0; i < 500; i++)
        text_printf(&rows, "{\"i\":%d}\n", i);
    check_write("i INT", "", "properties.queue.buffering.max.messages=20", text_cstr(&rows));
    check_read("i INT", "", BOUNDED, text_cstr(&rows));
    text_free(&rows);
}
END_TEST

START_TEST(what_cannot_be_delivered)
{
    const char *away =
        "properties.bootstrap.servers=127.0.0.1:1|properties.max.block.ms=20000|properties.delivery.timeout.ms=300|"
        "properties.linger.ms=1|properties.enable.idempotence=false";
    char        none[512];
    Table      *table = kafka_table(NULL, "i INT", "", away);
    const char *message = table_write(table, "{\"i\":1}\n");
    ck_assert_msg(
        strstr(message, "a record for topic 't' of kafka 127.0.0.1:1 was not delivered: Local: Message timed out: ") !=
            NULL,
        "%s", message);
    table_close(table);
    snprintf(none, sizeof(none), "%s|sink.delivery-guarantee=none", away);
    table = kafka_table(NULL, "i INT", "", none);
    ck_assert_str_eq(table_write(table, "{\"i\":1}\n{\"i\":2}\n"), "");
    ck_assert_ptr_nonnull(strstr(text_cstr(&table->notices), "2 records were not delivered and given up"));
    table_close(table);
}
END_TEST

START_TEST(a_broker_that_is_away_is_given_up)
{
    Table *table =
        kafka_table(NULL, "i INT", "", "properties.bootstrap.servers=127.0.0.1:1|properties.max.block.ms=300");
    const char *message = table_write(table, "{\"i\":1}\n");
    ck_assert_int_eq(table->err.status, STATUS_CONNECT);
    ck_assert_msg(strstr(message, "kafka 127.0.0.1:1: no broker answered within 300 ms: ") == message, "%s", message);
    table_close(table);
}
END_TEST

START_TEST(a_record_that_is_too_large)
{
    Table      *table = kafka_table(broker, "s STRING", "", "properties.max.request.size=1000");
    Text        rows = TEXT_EMPTY;
    text_puts(&rows, "{\"s\":\"");
    text_repeat(&rows, 'x', 5000);
    text_puts(&rows, "\"}\n");
    const char *message = table_write(table, text_cstr(&rows));
    ck_assert_int_eq(table->err.status, STATUS_REFUSED);
    ck_assert_msg(strstr(message, "a record of 5008 bytes is larger than properties.message.max.bytes (1000)") != NULL,
                  "%s", message);
    text_free(&rows);
    table_close(table);
}
END_TEST

Suite *suite_kafka_sink(void)
{
    Suite *suite = suite_create("kafka_sink");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, there_and_back);
    tcase_add_test(tests, null_and_empty_values);
    tcase_add_test(tests, keys);
    tcase_add_test(tests, keys_land_where_java_puts_them);
    tcase_add_test(tests, other_partitioners);
    tcase_add_test(tests, metadata_is_written);
    tcase_add_test(tests, metadata_is_cast);
    tcase_add_test(tests, the_row_says_its_topic);
    tcase_add_test(tests, a_full_queue_is_waited_for);
    tcase_add_test(tests, what_cannot_be_delivered);
    tcase_add_test(tests, a_broker_that_is_away_is_given_up);
    tcase_add_test(tests, a_record_that_is_too_large);
    suite_add_tcase(suite, tests);
    return suite;
}
