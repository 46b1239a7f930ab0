/* kafka_broker.h: a broker inside the test (the embedded one), a plain client of it, and kafka tables on it. */
#ifndef TESTS_CONNECTORS_KAFKA_BROKER_H
#define TESTS_CONNECTORS_KAFKA_BROKER_H

#include "connectors/kafka/kafka_embedded.h"
#include "tests/connectors/table.h"

typedef struct Broker {
    KafkaEmbedded *embedded;
    void          *producer; /* rd_kafka_t */
} Broker;

Broker *broker_start(void);
void    broker_stop(Broker *broker);
void    broker_topic(Broker *broker, const char *topic, int32_t partitions);
/* Sends one record and waits for it. key, value: NULL = none. */
void    broker_send(Broker *broker, const char *topic, int32_t partition, const char *key, const char *value);
/* ... with headers "name=value,..." and a timestamp. */
void broker_send_with(Broker *broker, const char *topic, int32_t partition, const char *value, const char *headers,
                      int64_t timestamp);
/* Commits an offset for a group. */
void    broker_commit(Broker *broker, const char *group, const char *topic, int32_t partition, int64_t offset);
int64_t broker_committed(Broker *broker, const char *group, const char *topic, int32_t partition);

/* A kafka table of topic t in JSON on the broker; options are added, "key=value|key=value". broker NULL: no servers. */
Table *kafka_table(Broker *broker, const char *columns, const char *metadata, const char *options);
/* Polls until text holds `lines` lines, or fails after some seconds. */
const char *kafka_read_lines(Table *table, int lines);

#endif
