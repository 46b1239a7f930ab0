/* kafka_client.h: the little that the programs beside bench/latency need of librdkafka, set for short waits. */
#ifndef BENCH_KAFKA_CLIENT_H
#define BENCH_KAFKA_CLIENT_H

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>

static inline void client_set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char reason[256];
    if (rd_kafka_conf_set(conf, name, value, reason, sizeof(reason)) == RD_KAFKA_CONF_OK)
        return;
    fprintf(stderr, "%s\n", reason);
    exit(1);
}

static inline rd_kafka_t *client_new(rd_kafka_type_t type, rd_kafka_conf_t *conf)
{
    char        reason[256];
    rd_kafka_t *client = rd_kafka_new(type, conf, reason, sizeof(reason));
    if (client)
        return client;
    fprintf(stderr, "%s\n", reason);
    exit(1);
}

/* Small packets go out at once, as those of the engine do: else they wait up to 40 ms for the other side's acknowledgement. */
static inline rd_kafka_conf_t *client_conf(const char *servers)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    client_set(conf, "bootstrap.servers", servers);
    client_set(conf, "socket.nagle.disable", "true");
    return conf;
}

/* Sends after half a millisecond. With no linger at all it sends 3,500 requests a second, more than the broker answers on one
 * connection: what is measured then is how they queue (20 to 50 ms at the median, where these need 0.5). The queue holds some
 * seconds of load. */
static inline rd_kafka_t *producer_new(const char *servers)
{
    rd_kafka_conf_t *conf = client_conf(servers);
    client_set(conf, "linger.ms", "0.5");
    client_set(conf, "queue.buffering.max.messages", "1000000");
    client_set(conf, "delivery.report.only.error", "true");
    return client_new(RD_KAFKA_PRODUCER, conf);
}

/* Reads partition 0 of the topic from its beginning. */
static inline rd_kafka_t *consumer_new(const char *servers, const char *topic)
{
    rd_kafka_conf_t *conf = client_conf(servers);
    client_set(conf, "group.id", "bench");
    client_set(conf, "enable.auto.commit", "false");
    client_set(conf, "queued.min.messages", "1000000");
    client_set(conf, "fetch.wait.max.ms", "100");
    rd_kafka_t                      *client = client_new(RD_KAFKA_CONSUMER, conf);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_poll_set_consumer(client);
    rd_kafka_topic_partition_list_add(list, topic, 0)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(client, list);
    rd_kafka_topic_partition_list_destroy(list);
    return client;
}

#endif
