/* kafka_embedded.c: librdkafka's mock cluster of one broker, behind a name of our own. */
#include "connectors/kafka/kafka_embedded.h"

#include "core/env.h"
#include "core/text.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

struct KafkaEmbedded {
    rd_kafka_t              *handle; /* the cluster's anchor in the library */
    rd_kafka_mock_cluster_t *cluster;
};

static void on_log(const rd_kafka_t *handle, int level, const char *facility, const char *line)
{
    (void)handle;
    (void)level;
    (void)facility;
    (void)line;
}

Status kafka_embedded_start(KafkaEmbedded **out, Error *err)
{
    char             reason[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_t *handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof(reason));
    if (!handle) {
        rd_kafka_conf_destroy(conf);
        return error_set(err, STATUS_RUNTIME, SPAN_NONE, "cannot start the embedded Kafka broker: %s", reason);
    }
    rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(handle, 1);
    if (!cluster) {
        rd_kafka_destroy(handle);
        return error_set(err, STATUS_RUNTIME, SPAN_NONE, "cannot start the embedded Kafka broker: no port on 127.0.0.1");
    }
    KafkaEmbedded *broker = env_alloc((int64_t)sizeof(KafkaEmbedded));
    *broker = (KafkaEmbedded){ .handle = handle, .cluster = cluster };
    *out = broker;
    return STATUS_OK;
}

Str kafka_embedded_servers(const KafkaEmbedded *broker)
{
    return str_from(rd_kafka_mock_cluster_bootstraps(broker->cluster));
}

Status kafka_embedded_create_topic(KafkaEmbedded *broker, Str topic, int32_t partitions, Error *err)
{
    Text name = TEXT_EMPTY;
    text_append(&name, topic);
    rd_kafka_resp_err_t code = rd_kafka_mock_topic_create(broker->cluster, text_cstr(&name), partitions, 1);
    text_free(&name);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
        return STATUS_OK;
    return error_set(err, STATUS_RUNTIME, SPAN_NONE, "the embedded Kafka broker cannot create topic %.*s: %s", STR_FMT(topic),
                     rd_kafka_err2str(code));
}

void kafka_embedded_stop(KafkaEmbedded *broker)
{
    if (!broker)
        return;
    rd_kafka_mock_cluster_destroy(broker->cluster);
    rd_kafka_destroy(broker->handle);
    env_free(broker);
}
