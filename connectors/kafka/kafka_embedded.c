/* kafka_embedded.c: librdkafka's mock cluster of one broker, behind a name of our own.
 *
 * Its thread sometimes misses that it was given something to do and then looks up only after a second, or when a socket
 * moves. So while it has a request of ours, somebody knocks at its port. */
#include "connectors/kafka/kafka_embedded.h"

#include "core/env.h"
#include "core/queue.h"
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
        return error_set(err, STATUS_RUNTIME, SPAN_NONE,
                         "cannot start the embedded Kafka broker: no port on 127.0.0.1");
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

/* ---- knocking ---------------------------------------------------------------------------------------------------- */

enum { KNOCK_MS = 2, CONNECT_MS = 100 };

typedef struct Knocker {
    int32_t    port;
    Queue     *stops; /* not empty: enough */
    Wakeup    *wakeup;
    EnvThread *thread; /* NULL: it could not be started; things take their second then */
} Knocker;

static void knock(void *context)
{
    Knocker *knocker = context;
    while (!wakeup_wait(knocker->wakeup, KNOCK_MS) && queue_is_empty(knocker->stops)) {
        Error ignored = ERROR_NONE;
        int   fd;
        if (env_tcp_connect(STR("127.0.0.1"), knocker->port, CONNECT_MS, &fd, &ignored) == STATUS_OK)
            env_tcp_close(fd);
    }
}

static int32_t port_of(Str servers)
{
    int64_t port = 0;
    int64_t colon = servers.len;
    while (colon > 0 && servers.ptr[colon - 1] != ':')
        colon--;
    return str_to_i64(str_slice(servers, colon, servers.len), &port) ? (int32_t)port : 0;
}

static void knocker_start(Knocker *knocker, const KafkaEmbedded *broker)
{
    Error ignored = ERROR_NONE;
    *knocker = (Knocker){ .port = port_of(kafka_embedded_servers(broker)),
                          .stops = queue_create(1),
                          .wakeup = wakeup_create() };
    if (env_thread_start(&knocker->thread, "kafka-knock", knock, knocker, &ignored) != STATUS_OK)
        knocker->thread = NULL;
}

static void knocker_stop(Knocker *knocker)
{
    queue_push(knocker->stops, knocker);
    wakeup_signal(knocker->wakeup);
    env_thread_join(knocker->thread);
    wakeup_destroy(knocker->wakeup);
    queue_destroy(knocker->stops);
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

Status kafka_embedded_create_topic(KafkaEmbedded *broker, Str topic, int32_t partitions, Error *err)
{
    Text    name = TEXT_EMPTY;
    Knocker knocker;
    text_append(&name, topic);
    knocker_start(&knocker, broker);
    rd_kafka_resp_err_t code = rd_kafka_mock_topic_create(broker->cluster, text_cstr(&name), partitions, 1);
    knocker_stop(&knocker);
    text_free(&name);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
        return STATUS_OK;
    return error_set(err, STATUS_RUNTIME, SPAN_NONE, "the embedded Kafka broker cannot create topic %.*s: %s",
                     STR_FMT(topic), rd_kafka_err2str(code));
}

void kafka_embedded_stop(KafkaEmbedded *broker)
{
    Knocker knocker;
    if (!broker)
        return;
    knocker_start(&knocker, broker);
    rd_kafka_mock_cluster_destroy(broker->cluster);
    knocker_stop(&knocker);
    rd_kafka_destroy(broker->handle);
    env_free(broker);
}
