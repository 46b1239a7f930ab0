/* test_kafka_source.c: reading topics of a broker inside the process: where reading starts and ends, keys, metadata,
 * positions. */
#include "tests/connectors/kafka_broker.h"

#include <check.h>
#include <stdio.h>

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

static void send_numbers(const char *topic, int32_t partition, int first, int last)
{
    char value[32];
    for (int i = first; i <= last; i++) {
        snprintf(value, sizeof(value), "{\"i\":%d}", i);
        broker_send(broker, topic, partition, NULL, value);
    }
}

/* All that a bounded table gives. */
static void check_read(const char *options, const char *expected)
{
    Table *table = kafka_table(broker, "i INT", "", options);
    ck_assert_str_eq(table_check(table, false), "");
    ck_assert_str_eq(table_read(table), expected);
    table_close(table);
}

START_TEST(from_the_beginning_to_the_end)
{
    send_numbers("t", 0, 1, 3);
    check_read("scan.startup.mode=earliest-offset|scan.bounded.mode=latest-offset",
               "{\"i\":1}\n{\"i\":2}\n{\"i\":3}\n");
}
END_TEST

START_TEST(a_bounded_partition_without_records_ends_at_once)
{
    check_read("scan.startup.mode=earliest-offset|scan.bounded.mode=latest-offset", "");
    broker_topic(broker, "u", 3);
    send_numbers("u", 1, 7, 7);
    check_read("topic=u|scan.startup.mode=earliest-offset|scan.bounded.mode=latest-offset", "{\"i\":7}\n");
}
END_TEST

START_TEST(specific_offsets)
{
    send_numbers("t", 0, 0, 9);
    check_read("scan.startup.mode=specific-offsets|scan.startup.specific-offsets=partition:0,offset:7|scan.bounded."
               "mode=latest-offset",
               "{\"i\":7}\n{\"i\":8}\n{\"i\":9}\n");
    check_read("scan.startup.mode=earliest-offset|scan.bounded.mode=specific-offsets|"
               "scan.bounded.specific-offsets=partition:0,offset:2",
               "{\"i\":0}\n{\"i\":1}\n");
    check_read("scan.startup.mode=specific-offsets|scan.startup.specific-offsets=partition:0,offset:5|"
               "scan.bounded.mode=specific-offsets|scan.bounded.specific-offsets=partition:0,offset:5",
               "");
}
END_TEST

START_TEST(group_offsets)
{
    send_numbers("t", 0, 0, 4);
    check_read("properties.group.id=g|scan.bounded.mode=latest-offset",
               "Undefined offset with no reset policy for partitions: [t-0]: group 'g' has committed none");
    check_read("properties.group.id=g|scan.bounded.mode=latest-offset|properties.auto.offset.reset=earliest",
               "{\"i\":0}\n{\"i\":1}\n{\"i\":2}\n{\"i\":3}\n{\"i\":4}\n");
    check_read("properties.group.id=g|scan.bounded.mode=latest-offset|properties.auto.offset.reset=latest", "");
    broker_commit(broker, "g", "t", 0, 3);
    check_read("properties.group.id=g|scan.bounded.mode=latest-offset", "{\"i\":3}\n{\"i\":4}\n");
    check_read("properties.group.id=g|scan.startup.mode=earliest-offset|scan.bounded.mode=group-offsets",
               "{\"i\":0}\n{\"i\":1}\n{\"i\":2}\n");
    check_read("properties.group.id=other|scan.startup.mode=earliest-offset|scan.bounded.mode=group-offsets",
               "Partition t-0 should stop at committed offset. But there is no committed offset of this partition for "
               "group other");
}
END_TEST

START_TEST(latest_gives_what_comes_later)
{
    send_numbers("t", 0, 1, 3);
    Table *table = kafka_table(broker, "i INT", "", "scan.startup.mode=latest-offset");
    Poll   poll = { .split_count = 0 };
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    while (poll.split_count == 0)
        ck_assert_int_eq(table_poll(table, 100, &poll), STATUS_OK);
    send_numbers("t", 0, 4, 5);
    ck_assert_str_eq(kafka_read_lines(table, 2), "{\"i\":4}\n{\"i\":5}\n");
    table_close(table);
}
END_TEST

/* The embedded broker knows no times and says "the end". */
START_TEST(a_timestamp_behind_all_records_is_the_end)
{
    send_numbers("t", 0, 1, 3);
    check_read(
        "scan.startup.mode=timestamp|scan.startup.timestamp-millis=99999999999999|scan.bounded.mode=latest-offset", "");
    check_read(
        "scan.startup.mode=earliest-offset|scan.bounded.mode=timestamp|scan.bounded.timestamp-millis=99999999999999",
        "{\"i\":1}\n{\"i\":2}\n{\"i\":3}\n");
}
END_TEST

START_TEST(a_message_may_be_no_row_or_several)
{
    broker_send(broker, "t", 0, NULL, "{\"i\":1}");
    broker_send(broker, "t", 0, NULL, NULL);
    broker_send(broker, "t", 0, NULL, "");
    broker_send(broker, "t", 0, NULL, "[{\"i\":2},{\"i\":3}]");
    check_read("scan.startup.mode=earliest-offset|scan.bounded.mode=latest-offset",
               "{\"i\":1}\n{\"i\":2}\n{\"i\":3}\n");
}
END_TEST

#define BOUNDED "scan.startup.mode=earliest-offset|scan.bounded.mode=latest-offset"

START_TEST(rows_of_a_partition_stand_together)
{
    Poll  poll;
    bool  is_ended[3] = { false };
    int   rows[3] = { 0 };
    broker_topic(broker, "u", 3);
    send_numbers("u", 0, 1, 50);
    send_numbers("u", 2, 1, 30);
    Table *table = kafka_table(broker, "i INT", "", "topic=u|" BOUNDED);
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    do {
        ck_assert_int_eq(table_poll(table, 7, &poll), STATUS_OK);
        ck_assert_int_le(table->batch->rows, 7);
        for (int32_t i = 0; i < poll.run_count; i++) {
            ck_assert(poll.runs[i].rows == 0 || !is_ended[poll.runs[i].split]);
            rows[poll.runs[i].split] += poll.runs[i].rows;
            is_ended[poll.runs[i].split] |= poll.runs[i].is_end;
        }
    } while (poll.state != POLL_END);
    ck_assert_int_eq(poll.split_count, 3);
    ck_assert_int_eq(rows[0], 50);
    ck_assert_int_eq(rows[1], 0);
    ck_assert_int_eq(rows[2], 30);
    ck_assert(is_ended[0] && is_ended[1] && is_ended[2]);
    ck_assert_int_eq(table->counters.rows, 80);
    ck_assert_int_gt(table->counters.bytes, 80 * 7);
    table_close(table);
}
END_TEST

/* Each partition is read by exactly one of the tasks. */
START_TEST(tasks_share_the_partitions)
{
    int total = 0, splits = 0, without = 0;
    broker_topic(broker, "u", 3);
    for (int32_t p = 0; p < 3; p++)
        send_numbers("u", p, p * 10, p * 10 + 4);
    for (int32_t task = 0; task < 4; task++) {
        Table *table = kafka_table(broker, "i INT", "", "topic=u|" BOUNDED);
        Poll   poll;
        table->io.task_index = task;
        table->io.task_count = 4;
        ck_assert_int_eq(table_start_source(table), STATUS_OK);
        do
            ck_assert_int_eq(table_poll(table, 100, &poll), STATUS_OK);
        while (poll.state != POLL_END);
        total += (int)table->counters.rows;
        splits += poll.split_count;
        without += poll.has_no_splits;
        table_close(table);
    }
    ck_assert_int_eq(total, 15);
    ck_assert_int_eq(splits, 3);
    ck_assert_int_eq(without, 1);
}
END_TEST

START_TEST(lists_and_patterns_of_topics)
{
    broker_topic(broker, "logs-a", 1);
    broker_topic(broker, "logs-b", 1);
    broker_topic(broker, "my-logs-a", 1);
    send_numbers("logs-a", 0, 1, 1);
    send_numbers("logs-b", 0, 2, 2);
    send_numbers("my-logs-a", 0, 3, 3);
    Table *table = kafka_table(broker, "i INT, topic STRING", "topic=topic", "topic=logs-b;my-logs-a|" BOUNDED);
    table_read(table);
    ck_assert_ptr_nonnull(strstr(table->text.ptr, "{\"i\":2,\"topic\":\"logs-b\"}\n"));
    ck_assert_ptr_nonnull(strstr(table->text.ptr, "{\"i\":3,\"topic\":\"my-logs-a\"}\n"));
    ck_assert_int_eq(table->counters.rows, 2);
    table_close(table);

    table = kafka_table(broker, "i INT, topic STRING", "topic=topic", "topic=|topic-pattern=logs-.|" BOUNDED);
    table_read(table);
    ck_assert_ptr_nonnull(strstr(table->text.ptr, "{\"i\":1,\"topic\":\"logs-a\"}\n"));
    ck_assert_ptr_nonnull(strstr(table->text.ptr, "{\"i\":2,\"topic\":\"logs-b\"}\n"));
    ck_assert_int_eq(table->counters.rows, 2);
    table_close(table);

    table = kafka_table(broker, "i INT", "", "topic=|topic-pattern=nothing|" BOUNDED);
    ck_assert_str_eq(table_read(table), "");
    ck_assert_str_eq(text_cstr(&table->notices),
                     "table default_catalog.default_database.t: no topic matches 'nothing' yet\n");
    table_close(table);
}
END_TEST

START_TEST(new_topics_are_discovered)
{
    broker_topic(broker, "logs-a", 1);
    send_numbers("logs-a", 0, 1, 1);
    Table *table = kafka_table(broker, "i INT", "", "topic=|topic-pattern=logs-.|scan.startup.mode=latest-offset|"
                                                    "scan.topic-partition-discovery.interval=100 ms");
    Poll   poll = { .split_count = 0 };
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    while (poll.split_count == 0)
        ck_assert_int_eq(table_poll(table, 100, &poll), STATUS_OK);
    broker_topic(broker, "logs-b", 1);
    send_numbers("logs-b", 0, 5, 6);
    ck_assert_str_eq(kafka_read_lines(table, 2), "{\"i\":5}\n{\"i\":6}\n");
    table_close(table);
}
END_TEST

/* ---- keys and metadata ------------------------------------------------------------------------------------------- */

START_TEST(keys)
{
    broker_send(broker, "t", 0, "{\"id\":7}", "{\"name\":\"ann\"}");
    broker_send(broker, "t", 0, "{\"id\":8}", "{\"name\":\"bob\",\"k_id\":1}");
    Table *table = kafka_table(broker, "k_id INT, name STRING", "",
                               "format=|value.format=json|key.format=json|key.fields=k_id|key.fields-prefix=k_|"
                               "value.fields-include=EXCEPT_KEY|" BOUNDED);
    ck_assert_str_eq(table_check(table, false), "");
    ck_assert_str_eq(table_read(table), "{\"k_id\":7,\"name\":\"ann\"}\n{\"k_id\":8,\"name\":\"bob\"}\n");
    table_close(table);
    /* ALL: the value's field wins, also when it is missing there. */
    table = kafka_table(broker, "id INT, name STRING", "", "key.format=json|key.fields=id|" BOUNDED);
    ck_assert_str_eq(table_read(table), "{\"id\":null,\"name\":\"ann\"}\n{\"id\":null,\"name\":\"bob\"}\n");
    table_close(table);
}
END_TEST

START_TEST(a_key_that_is_no_row_takes_its_message_along)
{
    broker_send(broker, "t", 0, NULL, "{\"i\":1}");
    broker_send(broker, "t", 0, "k", "[{\"i\":2},{\"i\":3}]");
    broker_send(broker, "t", 0, "k", NULL);
    Table *table = kafka_table(broker, "s STRING, i INT", "",
                               "key.format=raw|key.fields=s|value.fields-include=EXCEPT_KEY|" BOUNDED);
    ck_assert_str_eq(table_read(table), "{\"s\":null,\"i\":1}\n{\"s\":\"k\",\"i\":2}\n{\"s\":\"k\",\"i\":3}\n");
    table_close(table);
    broker_topic(broker, "u", 1);
    broker_send(broker, "u", 0, NULL, "{\"i\":1}");
    broker_send(broker, "u", 0, "{\"s\":\"k\"}", "[{\"i\":2},{\"i\":3}]");
    table = kafka_table(broker, "s STRING, i INT", "",
                        "topic=u|key.format=json|key.fields=s|value.fields-include=EXCEPT_KEY|" BOUNDED);
    ck_assert_str_eq(table_read(table), "{\"s\":\"k\",\"i\":2}\n{\"s\":\"k\",\"i\":3}\n");
    table_close(table);
}
END_TEST

START_TEST(metadata)
{
    broker_topic(broker, "a-long-name-of-a-topic", 2);
    broker_send_with(broker, "a-long-name-of-a-topic", 1, "{\"i\":1}", "a=x,b=NULL,a=y", 1700000000123);
    broker_send_with(broker, "a-long-name-of-a-topic", 1, "{\"i\":2}", "", 1700000000124);
    Table *table =
        kafka_table(broker,
                    "i INT, topic STRING, p INT, off BIGINT, ts TIMESTAMP_LTZ(3), tt STRING, h MAP<STRING,BYTES>, "
                    "hl ARRAY<ROW<key STRING, value BYTES>>, le INT, text_off STRING",
                    "topic=topic,p=partition,off=offset,ts=timestamp,tt=timestamp-type,h=headers,hl=header-list,"
                    "le=leader-epoch,text_off=offset",
                    "topic=a-long-name-of-a-topic|" BOUNDED);
    ck_assert_str_eq(table_check(table, false), "");
    ck_assert_str_eq(
        table_read(table),
        "{\"i\":1,\"topic\":\"a-long-name-of-a-topic\",\"p\":1,\"off\":0,\"ts\":\"2023-11-14 22:13:20.123Z\","
        "\"tt\":\"CreateTime\",\"h\":{\"a\":\"eQ==\",\"b\":null},"
        "\"hl\":[{\"key\":\"a\",\"value\":\"eA==\"},{\"key\":\"b\",\"value\":null},{\"key\":\"a\",\"value\":\"eQ==\"}],"
        "\"le\":null,\"text_off\":\"0\"}\n"
        "{\"i\":2,\"topic\":\"a-long-name-of-a-topic\",\"p\":1,\"off\":1,\"ts\":\"2023-11-14 22:13:20.124Z\","
        "\"tt\":\"CreateTime\",\"h\":{},\"hl\":[],\"le\":null,\"text_off\":\"1\"}\n");
    table_close(table);
}
END_TEST

/* ---- positions --------------------------------------------------------------------------------------------------- */

START_TEST(positions)
{
    Text position = TEXT_EMPTY;
    Poll poll = { .split_count = 0 };
    send_numbers("t", 0, 1, 6);
    Table *table = kafka_table(broker, "i INT", "", "properties.group.id=g|scan.startup.mode=earliest-offset");
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    while (table->counters.rows < 4)
        ck_assert_int_eq(table_poll(table, table->counters.rows < 4 ? 4 - table->counters.rows : 1, &poll), STATUS_OK);
    const Connector *connector = table_connector_of(table);
    table_save(table, 1, &position);
    ck_assert_str_eq(text_cstr(&position), "t/0: 4 -\n");
    connector->source->confirm(table->source);
    for (int i = 0; i < 100 && broker_committed(broker, "g", "t", 0) != 4; i++)
        env_sleep_ms(20);
    ck_assert_int_eq(broker_committed(broker, "g", "t", 0), 4);
    table_close(table);

    table = kafka_table(broker, "i INT", "", "properties.group.id=g|scan.startup.mode=latest-offset");
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    ck_assert_int_eq(table_load(table, text_str(&position)), STATUS_OK);
    ck_assert_str_eq(kafka_read_lines(table, 2), "{\"i\":5}\n{\"i\":6}\n");
    table_close(table);
    text_free(&position);
}
END_TEST

START_TEST(a_damaged_position_is_refused)
{
    Table *table = kafka_table(broker, "i INT", "", BOUNDED);
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    ck_assert_int_eq(table_load(table, STR("t/x: 4 -\n")), STATUS_DATA);
    ck_assert_str_eq(table->err.message, "the saved position of a kafka table is damaged: \"t/x\" at \"4 -\"");
    table_close(table);
}
END_TEST

/* ---- trouble ----------------------------------------------------------------------------------------------------- */

START_TEST(a_broker_that_is_away_is_told_and_given_up)
{
    Table *table = kafka_table(
        NULL, "i INT", "", "properties.bootstrap.servers=127.0.0.1:1|properties.default.api.timeout.ms=600|" BOUNDED);
    const char *message = table_read(table);
    ck_assert_int_eq(table->err.status, STATUS_CONNECT);
    ck_assert_msg(strstr(message, "kafka 127.0.0.1:1: no broker answered within 600 ms: ") == message, "%s", message);
    ck_assert_msg(strstr(message, "Connection refused") != NULL, "%s", message);
    ck_assert_ptr_nonnull(strstr(text_cstr(&table->notices), "Connection refused, trying again\n"));
    table_close(table);
}
END_TEST

START_TEST(a_bad_record_is_named)
{
    broker_send(broker, "t", 0, NULL, "{\"i\":1}");
    broker_send(broker, "t", 0, NULL, "{\"i\":\"x\"}");
    Table *table = kafka_table(broker, "i INT", "", BOUNDED);
    const char *message = table_read(table);
    ck_assert_int_eq(table->err.status, STATUS_DATA);
    ck_assert_msg(strstr(message, "table default_catalog.default_database.t: topic 't', partition 0, offset 1: ") ==
                      message,
                  "%s", message);
    table_close(table);
    table = kafka_table(broker, "i INT", "", "json.ignore-parse-errors=true|" BOUNDED);
    ck_assert_str_eq(table_read(table), "{\"i\":1}\n{\"i\":null}\n");
    ck_assert_int_eq(table->counters.bad[BAD_TYPE] + table->counters.bad[BAD_SYNTAX], 1);
    table_close(table);
}
END_TEST

START_TEST(unknown_properties_are_told)
{
    Table *table = kafka_table(broker, "i INT", "", "properties.what.is.this=1|properties.max.poll.records=5|" BOUNDED);
    ck_assert_str_eq(table_read(table), "");
    ck_assert_str_eq(
        text_cstr(&table->notices),
        "table default_catalog.default_database.t: 'properties.what.is.this' is not known here and has no effect\n");
    table_close(table);
}
END_TEST

START_TEST(the_embedded_broker_stands_in_for_any_other)
{
    Table *table = kafka_table(NULL, "i INT", "", "topic=fresh|properties.bootstrap.servers=nowhere:9092|"
                                                  "properties.security.protocol=SSL|" BOUNDED);
    table->host.kafka_servers = kafka_embedded_servers(broker->embedded);
    table->host.kafka_embedded = broker->embedded;
    ck_assert_str_eq(table_read(table), "");
    table_close(table);
}
END_TEST

Suite *suite_kafka_source(void)
{
    Suite *suite = suite_create("kafka_source");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, from_the_beginning_to_the_end);
    tcase_add_test(tests, a_bounded_partition_without_records_ends_at_once);
    tcase_add_test(tests, specific_offsets);
    tcase_add_test(tests, group_offsets);
    tcase_add_test(tests, latest_gives_what_comes_later);
    tcase_add_test(tests, a_timestamp_behind_all_records_is_the_end);
    tcase_add_test(tests, a_message_may_be_no_row_or_several);
    tcase_add_test(tests, rows_of_a_partition_stand_together);
    tcase_add_test(tests, tasks_share_the_partitions);
    tcase_add_test(tests, lists_and_patterns_of_topics);
    tcase_add_test(tests, new_topics_are_discovered);
    tcase_add_test(tests, keys);
    tcase_add_test(tests, a_key_that_is_no_row_takes_its_message_along);
    tcase_add_test(tests, metadata);
    tcase_add_test(tests, positions);
    tcase_add_test(tests, a_damaged_position_is_refused);
    tcase_add_test(tests, a_broker_that_is_away_is_told_and_given_up);
    tcase_add_test(tests, a_bad_record_is_named);
    tcase_add_test(tests, unknown_properties_are_told);
    tcase_add_test(tests, the_embedded_broker_stands_in_for_any_other);
    suite_add_tcase(suite, tests);
    return suite;
}
