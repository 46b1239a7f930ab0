/* kafka_config.c: from 'properties.*' to the client library.
 *
 * Only what kafka_properties.def lists is passed on. Where librdkafka's defaults differ from the Java client's in what
 * comes out, the Java client's are set (isolation.level, partitioner, idempotence); where they only differ in speed and
 * memory, ours are. */
#include "connectors/kafka/kafka_config.h"

#include "connectors/kafka/kafka_security.h"
#include "core/text.h"

#include <stdio.h>

typedef enum PropertyUse { USE_PASS, USE_VALUE, USE_SECURITY, USE_OWN, USE_JAVA, USE_DENY } PropertyUse;
typedef enum PropertyWho { WHO_SOURCE = 1, WHO_SINK = 2, WHO_BOTH = 3 } PropertyWho;

typedef struct KafkaProperty {
    const char *name;
    const char *client_name;
    PropertyWho who;
    PropertyUse use;
    const char *text;
} KafkaProperty;

static const KafkaProperty properties[] = {
#define PROPERTY(name, client, who, use, text) { name, client, WHO_##who, USE_##use, text },
#include "connectors/kafka/kafka_properties.def"
#undef PROPERTY
};

typedef struct Setting {
    const char *name;
    const char *value;
} Setting;

/* A little memory and a short wait: records are handed on in batches by ourselves. */
static const Setting both_settings[] = {
    { "client.id", "tidemark" },
    { "log.connection.close", "false" },
    { "socket.nagle.disable", "true" },
    { "reconnect.backoff.ms", "100" },
    { "reconnect.backoff.max.ms", "2000" },
    { NULL, NULL },
};

/* queued.min.messages is high because a fetcher that has enough pauses for up to a second; memory is bounded by kbytes,
 * which count neither keys' nor messages' own structures: small messages take several times that. With 4 MB a job that catches up
 * on messages of 150 bytes on an idle machine stays at 90 MB; with 8 MB it took 101, with 16 MB 124. */
static const Setting source_settings[] = {
    { "enable.auto.commit", "false" },
    { "enable.partition.eof", "true" },
    { "isolation.level", "read_uncommitted" },
    { "queued.min.messages", "1000000" },
    { "queued.max.messages.kbytes", "4096" },
    { "fetch.wait.max.ms", "100" },
    { "fetch.error.backoff.ms", "100" },
    { "topic.metadata.refresh.interval.ms", "60000" },
    { NULL, NULL },
};

/* A result must not wait for company, but the rows of one batch go together: nothing at all (0) costs 21 % more CPU when
 * all rows of a topic are copied, 0.3 ms 14 %, against 5 ms. */
static const Setting sink_settings[] = {
    { "partitioner", "murmur2_random" },
    { "enable.idempotence", "true" },
    { "linger.ms", "0.3" },
    { "queue.buffering.max.messages", "100000" },
    { "queue.buffering.max.kbytes", "65536" },
    { "delivery.timeout.ms", "120000" },
    { "delivery.report.only.error", "true" },
    { NULL, NULL },
};

/* The mock cluster sits on an empty fetch for the whole wait, and knows topics only when asked to make them. */
static const Setting embedded_source_settings[] = {
    { "fetch.wait.max.ms", "2" },
    { "allow.auto.create.topics", "true" },
    { NULL, NULL },
};

/* ---- setting one ------------------------------------------------------------------------------------------------- */

static Status set_all(rd_kafka_conf_t *conf, const Setting *settings, Error *err)
{
    char reason[256];
    for (; settings->name; settings++)
        if (rd_kafka_conf_set(conf, settings->name, settings->value, reason, sizeof(reason)) != RD_KAFKA_CONF_OK)
            return error_set(err, STATUS_INTERNAL, SPAN_NONE, "the Kafka client library: %s", reason);
    return STATUS_OK;
}

int64_t kafka_config_number(const rd_kafka_conf_t *conf, const char *name)
{
    char    text[32];
    size_t  size = sizeof(text);
    int64_t value;
    bool    is_there = rd_kafka_conf_get(conf, name, text, &size) == RD_KAFKA_CONF_OK;
    return is_there && str_to_i64(str_from(text), &value) ? value : 0;
}

Status kafka_config_set(rd_kafka_conf_t *conf, const TableSpec *table, Str property, const char *name, Str value,
                        Error *err)
{
    char   reason[512];
    Text   text = TEXT_EMPTY;
    Text   key = TEXT_EMPTY;
    text_append(&text, value);
    text_printf(&key, "properties.%.*s", STR_FMT(property));
    rd_kafka_conf_res_t result = rd_kafka_conf_set(conf, name, text_cstr(&text), reason, sizeof(reason));
    bool   is_secret = option_key_is_secret(STR("kafka"), text_str(&key));
    if (result != RD_KAFKA_CONF_OK)
        error_set(err, STATUS_OPTION, table->span, "'%s' %s: %s", text_cstr(&key),
                  result == RD_KAFKA_CONF_UNKNOWN ? "is not known to this version of the Kafka client library"
                                                  : "cannot be used",
                  is_secret ? "its value is kept secret" : reason);
    memset(text.ptr, 0, (size_t)text.len);
    text_free(&text);
    text_free(&key);
    return result == RD_KAFKA_CONF_OK ? STATUS_OK : STATUS_OPTION;
}

/* ---- translation ------------------------------------------------------------------------------------------------- */

/* The same said in the client library's way. */
static Status set_translated(rd_kafka_conf_t *conf, const TableSpec *table, const KafkaProperty *property, Str value,
                             Error *err)
{
    const char *name = property->client_name[0] ? property->client_name : property->name;
    char        number[32];
    int64_t     bytes;
    if (str_is(str_from(name), "ssl.endpoint.identification.algorithm"))
        return kafka_config_set(conf, table, str_from(property->name), name, value.len == 0 ? STR("none") : value, err);
    if (!str_to_i64(str_trim(value), &bytes))
        return error_set(err, STATUS_OPTION, table->span, "'properties.%s' = '%.*s': expected a number of bytes",
                         property->name, STR_FMT(value));
    if (str_is(str_from(name), "queue.buffering.max.kbytes"))
        bytes = (bytes + 1023) / 1024;
    else if (bytes < 0) /* -1: the system's own size */
        bytes = 0;
    int length = snprintf(number, sizeof(number), "%lld", (long long)bytes);
    return kafka_config_set(conf, table, str_from(property->name), name, (Str){ number, length }, err);
}

/* ---- the table's properties -------------------------------------------------------------------------------------- */

static const KafkaProperty *find_property(Str name)
{
    for (size_t i = 0; i < sizeof(properties) / sizeof(*properties); i++)
        if (str_is(name, properties[i].name))
            return &properties[i];
    return NULL;
}

/* The property's name when the option is one. */
static bool is_property(const MapEntry *entry, Str *name)
{
    Str prefix = STR("properties.");
    if (!str_starts_with(entry->key, prefix))
        return false;
    *name = str_slice(entry->key, prefix.len, entry->key.len);
    return true;
}

static Status denied(const TableSpec *table, const KafkaProperty *property, Error *err)
{
    return error_set(err, STATUS_OPTION, table->span, "'properties.%s' is refused: %s", property->name, property->text);
}

Status kafka_config_check(const TableSpec *table, bool is_sink, Error *err)
{
    (void)is_sink;
    for (int64_t i = 0; i < table->options->count; i++) {
        Str name;
        if (!is_property(&table->options->entries[i], &name))
            continue;
        const KafkaProperty *property = find_property(name);
        if (property && property->use == USE_DENY)
            return denied(table, property, err);
    }
    return kafka_security_apply(table, NULL, err);
}

static void notice_unknown(const IoSpec *spec, Str name)
{
    if (spec->task_index != 0 || !spec->host || !spec->host->notice)
        return;
    Text line = TEXT_EMPTY;
    text_printf(&line, "table %.*s: 'properties.%.*s' is not known here and has no effect", STR_FMT(spec->table->path),
                STR_FMT(name));
    spec->host->notice(spec->host->state, text_str(&line));
    text_free(&line);
}

static Status apply_property(const IoSpec *spec, bool is_sink, Str name, Str value, rd_kafka_conf_t *conf, Error *err)
{
    const KafkaProperty *property = find_property(name);
    if (!property) {
        notice_unknown(spec, name);
        return STATUS_OK;
    }
    if (property->use == USE_DENY)
        return denied(spec->table, property, err);
    if (!(property->who & (is_sink ? WHO_SINK : WHO_SOURCE)))
        return STATUS_OK;
    if (property->use == USE_VALUE)
        return set_translated(conf, spec->table, property, value, err);
    if (property->use != USE_PASS)
        return STATUS_OK;
    const char *client_name = property->client_name[0] ? property->client_name : property->name;
    return kafka_config_set(conf, spec->table, name, client_name, value, err);
}

/* TLS and names of hosts mean nothing to the broker inside the process. */
static bool is_for_the_embedded(Str name)
{
    return !str_starts_with(name, STR("ssl.")) && !str_starts_with(name, STR("enable.ssl.")) &&
           !str_is(name, "fetch.wait.max.ms") && !str_is(name, "fetch.max.wait.ms");
}

static Status apply_properties(const IoSpec *spec, bool is_sink, bool is_embedded, rd_kafka_conf_t *conf, Error *err)
{
    for (int64_t i = 0; i < spec->table->options->count; i++) {
        const MapEntry *entry = &spec->table->options->entries[i];
        Str             name;
        if (is_property(entry, &name) && (!is_embedded || is_for_the_embedded(name)))
            TRY(apply_property(spec, is_sink, name, map_entry_str(entry), conf, err));
    }
    return is_embedded ? STATUS_OK : kafka_security_apply(spec->table, conf, err);
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

Str kafka_config_servers(const IoSpec *spec)
{
    if (spec->host && spec->host->kafka_servers.len > 0)
        return spec->host->kafka_servers;
    return kafka_property(spec->table, "bootstrap.servers");
}

/* What must hold whatever the table says. */
static Status apply_source(const IoSpec *spec, const KafkaOptions *options, rd_kafka_conf_t *conf, Error *err)
{
    static const char *const resets[] = { "error", "earliest", "latest" };
    Text    group = TEXT_EMPTY;
    char    reason[256], on[8];
    size_t  size = sizeof(on);
    text_printf(&group, "KafkaSource-%.*s", STR_FMT(spec->table->path));
    Status status = kafka_config_set(conf, spec->table, STR("group.id"), "group.id",
                                     options->group_id.ptr ? options->group_id : text_str(&group), err);
    text_free(&group);
    TRY(status);
    if (rd_kafka_conf_get(conf, "enable.auto.commit", on, &size) == RD_KAFKA_CONF_OK)
        TRY(kafka_config_set(conf, spec->table, STR("enable.auto.commit"), "enable.auto.offset.store", str_from(on),
                             err));
    if (rd_kafka_conf_set(conf, "auto.offset.reset", resets[options->reset], reason, sizeof(reason)) !=
        RD_KAFKA_CONF_OK)
        return error_set(err, STATUS_INTERNAL, SPAN_NONE, "the Kafka client library: %s", reason);
    /* Later releases let the pause of a fetcher that has enough be shorter than a second. */
    (void)rd_kafka_conf_set(conf, "fetch.queue.backoff.ms", "5", reason, sizeof(reason));
    return STATUS_OK;
}

/* As in the Java client, asking for weaker acknowledgement turns idempotence off, unless it was asked for, too.
 * Transactions cannot do without: then the library says which property is in the way. */
static Status apply_sink(const IoSpec *spec, const KafkaOptions *options, rd_kafka_conf_t *conf, Error *err)
{
    Str     acks = kafka_property(spec->table, "acks");
    Str     retries = kafka_property(spec->table, "retries");
    Str     in_flight = kafka_property(spec->table, "max.in.flight.requests.per.connection");
    int64_t count;
    bool    is_weaker = acks.ptr && !str_is_nocase(acks, "all") && !str_is(acks, "-1");
    is_weaker |= retries.ptr && str_is(retries, "0");
    is_weaker |= in_flight.ptr && str_to_i64(in_flight, &count) && count > 5;
    if (!is_weaker || options->delivery == KAFKA_DELIVERY_EXACTLY_ONCE || kafka_property(spec->table, "enable.idempotence").ptr)
        return STATUS_OK;
    return kafka_config_set(conf, spec->table, STR("enable.idempotence"), "enable.idempotence", STR("false"), err);
}

static Status fill(const IoSpec *spec, const KafkaOptions *options, bool is_sink, rd_kafka_conf_t *conf, Error *err)
{
    bool is_embedded = spec->host && spec->host->kafka_servers.len > 0;
    TRY(set_all(conf, both_settings, err));
    TRY(set_all(conf, is_sink ? sink_settings : source_settings, err));
    if (is_embedded && !is_sink)
        TRY(set_all(conf, embedded_source_settings, err));
    TRY(apply_properties(spec, is_sink, is_embedded, conf, err));
    TRY(kafka_config_set(conf, spec->table, STR("bootstrap.servers"), "bootstrap.servers", kafka_config_servers(spec),
                         err));
    return is_sink ? apply_sink(spec, options, conf, err) : apply_source(spec, options, conf, err);
}

Status kafka_config_create(const IoSpec *spec, const KafkaOptions *options, bool is_sink, rd_kafka_conf_t **out,
                           Error *err)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    Status           status = fill(spec, options, is_sink, conf, err);
    if (status != STATUS_OK) {
        rd_kafka_conf_destroy(conf);
        return status;
    }
    *out = conf;
    return STATUS_OK;
}
