/* kafka_broker.c: a mock broker inside the test process, and rows through it. */
#include "tests/connectors/kafka_broker.h"

#include <check.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>

enum { WAIT_MS = 10000 };

static rd_kafka_t *client_create(const char *servers, rd_kafka_type_t type, const char *group)
{
    char             reason[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    ck_assert_int_eq(rd_kafka_conf_set(conf, "bootstrap.servers", servers, reason, sizeof(reason)), RD_KAFKA_CONF_OK);
    if (group)
        ck_assert_int_eq(rd_kafka_conf_set(conf, "group.id", group, reason, sizeof(reason)), RD_KAFKA_CONF_OK);
    rd_kafka_t *client = rd_kafka_new(type, conf, reason, sizeof(reason));
    ck_assert_msg(client != NULL, "%s", reason);
    return client;
}

Broker *broker_start(void)
{
    Error   err = ERROR_NONE;
    Broker *broker = calloc(1, sizeof(Broker));
    ck_assert_int_eq(kafka_embedded_start(&broker->embedded, &err), STATUS_OK);
    broker->producer = client_create(kafka_embedded_servers(broker->embedded).ptr, RD_KAFKA_PRODUCER, NULL);
    return broker;
}

void broker_stop(Broker *broker)
{
    rd_kafka_destroy(broker->producer);
    kafka_embedded_stop(broker->embedded);
    free(broker);
}

void broker_topic(Broker *broker, const char *topic, int32_t partitions)
{
    Error err = ERROR_NONE;
    ck_assert_int_eq(kafka_embedded_create_topic(broker->embedded, str_from(topic), partitions, &err), STATUS_OK);
}

static void finish(Broker *broker, rd_kafka_resp_err_t code)
{
    ck_assert_msg(code == RD_KAFKA_RESP_ERR_NO_ERROR, "%s", rd_kafka_err2str(code));
    ck_assert_int_eq(rd_kafka_flush(broker->producer, WAIT_MS), RD_KAFKA_RESP_ERR_NO_ERROR);
}

/* A topic that the library is told of asks for its leader at once; one that it meets in a record, once a second. */
static void know_topic(Broker *broker, const char *topic)
{
    rd_kafka_topic_destroy(rd_kafka_topic_new(broker->producer, topic, NULL));
}

void broker_send(Broker *broker, const char *topic, int32_t partition, const char *key, const char *value)
{
    know_topic(broker, topic);
    finish(broker,
           rd_kafka_producev(broker->producer, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition),
                             RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key, key ? strlen(key) : 0),
                             RD_KAFKA_V_VALUE((void *)(uintptr_t)value, value ? strlen(value) : 0), RD_KAFKA_V_END));
}

void broker_send_with(Broker *broker, const char *topic, int32_t partition, const char *value, const char *headers,
                      int64_t timestamp)
{
    know_topic(broker, topic);
    rd_kafka_headers_t *list = rd_kafka_headers_new(4);
    Str                 rest = str_from(headers), pair;
    while (str_split(&rest, ',', &pair)) {
        int64_t equals = str_find(pair, '=');
        Str     text = str_slice(pair, equals + 1, pair.len);
        rd_kafka_header_add(list, pair.ptr, equals, str_is(text, "NULL") ? NULL : text.ptr, (ssize_t)text.len);
    }
    finish(broker, rd_kafka_producev(broker->producer, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition),
                                     RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                     RD_KAFKA_V_VALUE((void *)(uintptr_t)value, strlen(value)),
                                     RD_KAFKA_V_HEADERS(list), RD_KAFKA_V_TIMESTAMP(timestamp), RD_KAFKA_V_END));
}

static int64_t with_group(Broker *broker, const char *group, const char *topic, int32_t partition, int64_t offset)
{
    rd_kafka_t *client = client_create(kafka_embedded_servers(broker->embedded).ptr, RD_KAFKA_CONSUMER, group);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic, partition)->offset = offset;
    rd_kafka_resp_err_t code =
        offset >= 0 ? rd_kafka_commit(client, list, 0) : rd_kafka_committed(client, list, WAIT_MS);
    ck_assert_msg(code == RD_KAFKA_RESP_ERR_NO_ERROR, "%s", rd_kafka_err2str(code));
    int64_t found = list->elems[0].offset;
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(client);
    return found;
}

void broker_commit(Broker *broker, const char *group, const char *topic, int32_t partition, int64_t offset)
{
    with_group(broker, group, topic, partition, offset);
}

int64_t broker_committed(Broker *broker, const char *group, const char *topic, int32_t partition)
{
    return with_group(broker, group, topic, partition, -1);
}

Table *kafka_table(Broker *broker, const char *columns, const char *metadata, const char *options)
{
    Table *table = table_open(columns, metadata, "", "connector=kafka;topic=t;format=json");
    Map   *map = map_copy_str(table->arena, table->spec.options);
    Str    rest = str_from(options), pair;
    if (broker)
        map_put_str(map, STR("properties.bootstrap.servers"), kafka_embedded_servers(broker->embedded));
    map_put_str(map, STR("properties.fetch.wait.max.ms"), STR("2"));
    while (str_split(&rest, '|', &pair)) {
        int64_t equals = str_find(pair, '=');
        Str     key = str_slice(pair, 0, equals);
        map_remove(map, key);
        if (equals + 1 < pair.len)
            map_put_str(map, key, str_slice(pair, equals + 1, pair.len));
    }
    table->spec.options = map;
    return table;
}

static int count_lines(const Text *text)
{
    int count = 0;
    for (int64_t i = 0; i < text->len; i++)
        count += text->ptr[i] == '\n';
    return count;
}

const char *kafka_read_lines(Table *table, int lines)
{
    Poll    poll;
    int64_t end_ns = clock_monotonic_ns(&env_clock) + (int64_t)WAIT_MS * 1000000;
    if (!table->source && table_start_source(table) != STATUS_OK)
        return table->err.message;
    while (count_lines(&table->text) < lines && clock_monotonic_ns(&env_clock) < end_ns) {
        if (table_poll(table, 100, &poll) != STATUS_OK)
            return table->err.message;
        if (poll.state == POLL_EMPTY)
            wakeup_wait(table->wakeup, 100);
    }
    return text_cstr(&table->text);
}
