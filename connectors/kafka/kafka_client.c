/* kafka_client.c: the handle of the client library, and its errors sorted into three kinds:
 *
 *   wrong     authentication, TLS, authorisation: no waiting helps, the job ends at once
 *   away      nobody answers: the library tries again by itself. Said at once, then every NOTICE_MS as long as it is
 *             reported. When no broker has ever answered, the job ends after connect_limit_ms
 *   the rest  belongs to a topic or a partition: who asked decides
 *
 * The library prints nothing: what it would log comes as errors, too. */
#include "connectors/kafka/kafka_client.h"

#include "core/text.h"

enum { CONNECT_LIMIT_MS = 30000, NOTICE_MS = 10000 };

/* ---- sorting ----------------------------------------------------------------------------------------------------- */

Status kafka_error_status(rd_kafka_resp_err_t code)
{
    switch (code) {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
    case RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
        return STATUS_AUTH;
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
        return STATUS_CONNECT;
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
        return STATUS_TIMEOUT;
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
        return STATUS_NO_OBJECT;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
        return STATUS_DATA;
    default:
        return STATUS_IO;
    }
}

void kafka_error_hint(rd_kafka_resp_err_t code, Error *err)
{
    if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE || code == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE)
        error_hint(err, "raise 'max.message.bytes' of the topic; with 'properties.message.max.bytes' a little below it, rows that are too large are "
                        "known before they are sent, and go by 'scan.error-policy'");
}

bool kafka_error_is_passing(rd_kafka_resp_err_t code)
{
    switch (code) {
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__WAIT_COORD:
    case RD_KAFKA_RESP_ERR__WAIT_CACHE:
    case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
    case RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION:
    case RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS:
    case RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_COORDINATOR:
    case RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR:
    case RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH:
    case RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH:
    case RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE:
        return true;
    default:
        return false;
    }
}

/* "host:1/bootstrap: Connect to ipv4#1.2.3.4:1 failed: Connection refused (after 0ms in state CONNECT)" without its
 * first and last part. */
static Str shorten(const char *reason)
{
    const char *colon = strstr(reason, ": ");
    const char *slash = strchr(reason, '/');
    const char *space = strchr(reason, ' ');
    if (colon && slash && slash < colon && space == colon + 1)
        reason = colon + 2;
    const char *tail = strstr(reason, " (after ");
    return tail ? (Str){ reason, tail - reason } : str_from(reason);
}

static void remember(KafkaClient *client, const char *reason)
{
    Str text = shorten(reason);
    if (text.len >= (int64_t)sizeof(client->reason))
        text.len = (int64_t)sizeof(client->reason) - 1;
    memcpy(client->reason, text.ptr, (size_t)text.len);
    client->reason[text.len] = 0;
    client->has_news = true;
}

void kafka_client_trouble(KafkaClient *client, rd_kafka_resp_err_t code, const char *reason)
{
    Status status = kafka_error_status(code);
    if (status == STATUS_AUTH || (code == RD_KAFKA_RESP_ERR__SSL && !client->was_reached)) {
        error_set(&client->failure, status, client->spec->table->span, "kafka %.*s: %s", STR_FMT(client->servers),
                  reason);
        return;
    }
    /* "1/1 brokers are down" says less than what comes with it. */
    if (code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        remember(client, reason);
}

static void on_error(rd_kafka_t *handle, int code, const char *reason, void *opaque)
{
    KafkaClient *client = opaque;
    char         text[512];
    if (code != RD_KAFKA_RESP_ERR__FATAL) {
        kafka_client_trouble(client, (rd_kafka_resp_err_t)code, reason);
        return;
    }
    rd_kafka_resp_err_t cause = rd_kafka_fatal_error(handle, text, sizeof(text));
    error_set(&client->failure, kafka_error_status(cause), client->spec->table->span, "kafka %.*s: %s",
              STR_FMT(client->servers), text);
}

static void on_log(const rd_kafka_t *handle, int level, const char *facility, const char *line)
{
    (void)handle;
    (void)level;
    (void)facility;
    (void)line;
}

/* ---- telling ----------------------------------------------------------------------------------------------------- */

void kafka_notice(const IoSpec *spec, const char *format, ...)
{
    if (!spec->host || !spec->host->notice)
        return;
    Text    line = TEXT_EMPTY;
    va_list args;
    va_start(args, format);
    text_vprintf(&line, format, args);
    va_end(args);
    spec->host->notice(spec->host->state, text_str(&line));
    text_free(&line);
}

void kafka_client_reached(KafkaClient *client)
{
    if (client->reason[0] && client->noticed_ns > 0)
        kafka_notice(client->spec, "kafka %.*s: answers again", STR_FMT(client->servers));
    client->was_reached = true;
    client->has_news = false;
    client->reason[0] = 0;
    client->noticed_ns = 0;
}

Status kafka_client_check(KafkaClient *client, Error *err)
{
    if (client->failure.status != STATUS_OK) {
        *err = client->failure;
        return err->status;
    }
    if (!client->reason[0])
        return STATUS_OK;
    int64_t now_ns = clock_monotonic_ns(&env_clock);
    if (!client->was_reached && now_ns - client->opened_ns > client->connect_limit_ms * 1000000) {
        error_set(err, STATUS_CONNECT, client->spec->table->span, "kafka %.*s: no broker answered within %lld ms: %s",
                  STR_FMT(client->servers), (long long)client->connect_limit_ms, client->reason);
        return error_hint(err, "start the broker, or mend the address; tidemark run --embedded-kafka brings one to try things out with");
    }
    bool is_time = client->noticed_ns == 0 || now_ns - client->noticed_ns > (int64_t)NOTICE_MS * 1000000;
    if (client->has_news && is_time) {
        client->noticed_ns = now_ns;
        client->has_news = false;
        kafka_notice(client->spec, "kafka %.*s: %s, trying again", STR_FMT(client->servers), client->reason);
    }
    return STATUS_OK;
}

/* ---- open and close ---------------------------------------------------------------------------------------------- */

static int64_t connect_limit_ms(const TableSpec *table, bool is_sink)
{
    int64_t limit_ms;
    Str     text = kafka_property(table, is_sink ? "max.block.ms" : "default.api.timeout.ms");
    return text.ptr && str_to_i64(str_trim(text), &limit_ms) && limit_ms > 0 ? limit_ms : CONNECT_LIMIT_MS;
}

Status kafka_client_open(KafkaClient *client, const IoSpec *spec, bool is_sink, rd_kafka_conf_t *conf, Error *err)
{
    char reason[512];
    client->spec = spec;
    client->servers = kafka_config_servers(spec);
    client->opened_ns = clock_monotonic_ns(&env_clock);
    client->connect_limit_ms = connect_limit_ms(spec->table, is_sink);
    rd_kafka_conf_set_opaque(conf, client);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_log_cb(conf, on_log);
    client->handle = rd_kafka_new(is_sink ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER, conf, reason, sizeof(reason));
    if (client->handle)
        return STATUS_OK;
    rd_kafka_conf_destroy(conf);
    return error_set(err, STATUS_OPTION, spec->table->span, "table %.*s: %s", STR_FMT(spec->table->path), reason);
}

void kafka_client_close(KafkaClient *client)
{
    if (client->handle)
        rd_kafka_destroy_flags(client->handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    client->handle = NULL;
}
