/* kafka_direct.c: writing at once: a batch is encoded and handed to the client library as fast as its queue takes it.
 *
 *   write:  what is left of the batch before goes first; then encode -> records -> produce until the queue is full
 *   flush:  until nothing is left here and nothing is on its way there
 *
 * What the queue does not take waits in `records`, so that nothing is encoded twice; while something waits, no row is
 * taken. Without metadata columns records go by the hundred (produce_batch); with them one by one. Delivery reports
 * come for failures only. Under at-least-once a failure ends the job; under none it is counted.
 *
 * A flush is done only when no failure can be missed: a report that was not yet looked at keeps its record in the
 * library's count of what is outstanding, and a failure, once seen, fails every later call. */
#include "connectors/kafka/kafka_sink.h"

#include "connectors/kafka/kafka_client.h"
#include "connectors/kafka/kafka_embedded.h"
#include "connectors/kafka/kafka_partitioner.h"
#include "connectors/kafka/kafka_records.h"

enum { PRODUCE_MAX = 1000 };

typedef struct KafkaDirect {
    const SinkType          *type; /* first, as in every kafka sink */
    const IoSpec            *spec;
    KafkaOptions             options;
    KafkaClient              client;
    KafkaEncoder            *encoder;
    KafkaPartitioner         partitioner;
    LIST(rd_kafka_topic_t *) topics; /* of the encoder's topics */
    KafkaRecords            *records;
    int64_t                  sent;     /* of records */
    rd_kafka_message_t      *messages; /* PRODUCE_MAX, scratch */
    int64_t                  undelivered;
    bool                     has_outstanding; /* not all records had arrived when it was last served */
} KafkaDirect;

/* ---- open and close ---------------------------------------------------------------------------------------------- */

static void on_delivery(rd_kafka_t *handle, const rd_kafka_message_t *message, void *opaque)
{
    (void)handle;
    KafkaClient *client = opaque;
    KafkaDirect *sink = (KafkaDirect *)((char *)client - offsetof(KafkaDirect, client));
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    sink->undelivered++;
    if (sink->options.delivery == KAFKA_DELIVERY_NONE)
        return;
    const TableSpec *table = client->spec->table;
    error_set(&client->failure, kafka_error_status(message->err), table->span,
              "table %.*s: a record for topic '%s' of kafka %.*s was not delivered: %s%s%s", STR_FMT(table->path),
              rd_kafka_topic_name(message->rkt), STR_FMT(client->servers), rd_kafka_err2str(message->err),
              client->reason[0] ? ": " : "", client->reason);
    kafka_error_hint(message->err, &client->failure);
}

static void direct_close(Sink *opened)
{
    KafkaDirect *sink = (KafkaDirect *)opened;
    kafka_encoder_close(sink->encoder);
    if (sink->client.handle)
        rd_kafka_purge(sink->client.handle,
                       RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
    for (int64_t i = 0; i < sink->topics.count; i++)
        rd_kafka_topic_destroy(sink->topics.items[i]);
    sink->topics.count = 0;
    kafka_client_close(&sink->client);
}

static Status connect_client(KafkaDirect *sink, Error *err)
{
    rd_kafka_conf_t *conf;
    TRY(kafka_config_create(sink->spec, &sink->options, true, &conf, err));
    kafka_encoder_limit(sink->encoder, conf);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    sink->partitioner.task_index = sink->spec->task_index;
    Status status = kafka_partitioner_configure(&sink->partitioner, sink->options.partitioning, conf, err);
    if (status != STATUS_OK) {
        rd_kafka_conf_destroy(conf);
        return status;
    }
    return kafka_client_open(&sink->client, sink->spec, true, conf, err);
}

static Status direct_open(const IoSpec *spec, Sink **out, Error *err)
{
    KafkaDirect *sink = arena_new(spec->arena, KafkaDirect, 1);
    sink->type = &kafka_direct_sink;
    sink->spec = spec;
    TRY(kafka_options_read(spec->table, true, spec->arena, &sink->options, err));
    TRY(kafka_encoder_create(spec, &sink->options, &sink->encoder, err));
    sink->messages = arena_new(spec->arena, rd_kafka_message_t, PRODUCE_MAX);
    Status status = connect_client(sink, err);
    if (status != STATUS_OK)
        direct_close((Sink *)sink);
    else
        *out = (Sink *)sink;
    return status;
}

/* ---- topics ------------------------------------------------------------------------------------------------------ */

static Status add_topic(KafkaDirect *sink, Str name, Error *err)
{
    const IoSpec *spec = sink->spec;
    if (spec->host && spec->host->kafka_embedded)
        TRY(kafka_embedded_create_topic(spec->host->kafka_embedded, name, 1, err));
    rd_kafka_topic_t *topic = rd_kafka_topic_new(sink->client.handle, arena_str(spec->arena, name).ptr, NULL);
    if (!topic)
        return error_set(err, STATUS_RUNTIME, spec->table->span, "topic '%.*s': %s", STR_FMT(name),
                         rd_kafka_err2str(rd_kafka_last_error()));
    list_push(spec->arena, &sink->topics, topic);
    return STATUS_OK;
}

/* Those that the last batch was the first to name. */
static Status add_topics(KafkaDirect *sink, Error *err)
{
    while (sink->topics.count < kafka_encoder_topic_count(sink->encoder))
        TRY(add_topic(sink, kafka_encoder_topic(sink->encoder, sink->topics.count), err));
    return STATUS_OK;
}

/* ---- producing --------------------------------------------------------------------------------------------------- */

static Status refused(const KafkaDirect *sink, int64_t index, rd_kafka_resp_err_t code, Error *err)
{
    const Record *value = &sink->records->value[index];
    return error_set(err, kafka_error_status(code), sink->spec->table->span, "table %.*s: a record of %lld bytes cannot be sent: %s",
                     STR_FMT(sink->spec->table->path), (long long)(value->end - value->start), rd_kafka_err2str(code));
}

static void fill_message(const KafkaDirect *sink, int64_t index, rd_kafka_message_t *message)
{
    const KafkaRecords *records = sink->records;
    const Record       *value = &records->value[index];
    *message = (rd_kafka_message_t){ .payload = kafka_record_bytes(&records->values, value),
                                     .len = (size_t)(value->end - value->start) };
    if (!records->key)
        return;
    message->key = kafka_record_bytes(&records->keys, &records->key[index]);
    message->key_len = (size_t)(records->key[index].end - records->key[index].start);
}

static bool has_records(const KafkaDirect *sink)
{
    return sink->records && sink->sent < sink->records->count;
}

/* Many at once. *is_full: the queue took no more. */
static Status produce_batch(KafkaDirect *sink, bool *is_full, Error *err)
{
    KafkaRecords *records = sink->records;
    int64_t       left = records->count - sink->sent;
    int           count = left < PRODUCE_MAX ? (int)left : PRODUCE_MAX;
    for (int i = 0; i < count; i++)
        fill_message(sink, sink->sent + i, &sink->messages[i]);
    int taken = rd_kafka_produce_batch(sink->topics.items[0], RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
                                       sink->messages, count);
    *is_full = taken < count;
    for (int i = 0; i < count && *is_full; i++) {
        rd_kafka_resp_err_t code = sink->messages[i].err;
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR__QUEUE_FULL)
            return refused(sink, sink->sent + i, code, err);
    }
    sink->sent += taken;
    return STATUS_OK;
}

/* One with its metadata. */
static Status produce_one(KafkaDirect *sink, bool *is_full, Error *err)
{
    KafkaRecords       *records = sink->records;
    int64_t             index = sink->sent;
    rd_kafka_headers_t *headers = records->headers[index];
    rd_kafka_message_t  message;
    fill_message(sink, index, &message);
    rd_kafka_vu_t parts[] = {
        { .vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = sink->topics.items[records->topic[index]] },
        { .vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY },
        { .vtype = RD_KAFKA_VTYPE_KEY, .u.mem = { message.key, message.key_len } },
        { .vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = { message.payload, message.len } },
        { .vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = records->timestamps[index] },
        { .vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers },
    };
    size_t              count = sizeof(parts) / sizeof(*parts) - (headers ? 0 : 1);
    rd_kafka_error_t   *error = rd_kafka_produceva(sink->client.handle, parts, count);
    rd_kafka_resp_err_t code = error ? rd_kafka_error_code(error) : RD_KAFKA_RESP_ERR_NO_ERROR;
    if (error)
        rd_kafka_error_destroy(error);
    *is_full = code == RD_KAFKA_RESP_ERR__QUEUE_FULL;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return *is_full ? STATUS_OK : refused(sink, index, code, err);
    records->headers[index] = NULL; /* the library's now */
    sink->sent++;
    return STATUS_OK;
}

/* As many as the library's queue takes. */
static Status produce(KafkaDirect *sink, Error *err)
{
    bool is_full = false;
    while (has_records(sink) && !is_full)
        TRY(sink->records->topic ? produce_one(sink, &is_full, err) : produce_batch(sink, &is_full, err));
    return STATUS_OK;
}

/* ---- the contract ------------------------------------------------------------------------------------------------ */

/* Delivery reports and errors; what is left goes on. */
static Status serve(KafkaDirect *sink, Error *err)
{
    int64_t undelivered = sink->undelivered;
    rd_kafka_poll(sink->client.handle, 0);
    TRY(kafka_client_check(&sink->client, err));
    if (has_records(sink))
        TRY(produce(sink, err));
    int64_t waiting = rd_kafka_outq_len(sink->client.handle);
    if (sink->has_outstanding && waiting == 0 && sink->undelivered == undelivered)
        kafka_client_reached(&sink->client);
    sink->has_outstanding &= waiting > 0;
    io_set(&sink->spec->counters->pending, waiting + (sink->records ? sink->records->count - sink->sent : 0));
    return STATUS_OK;
}

static Status direct_write(Sink *opened, const Batch *batch, int64_t start, int64_t *taken, Error *err)
{
    KafkaDirect *sink = (KafkaDirect *)opened;
    *taken = 0;
    TRY(serve(sink, err));
    if (has_records(sink))
        return STATUS_OK;
    TRY(kafka_encode(sink->encoder, batch, start, &sink->records, err));
    sink->sent = 0;
    TRY(add_topics(sink, err));
    *taken = batch->rows - start;
    io_add(&sink->spec->counters->rows, *taken);
    io_add(&sink->spec->counters->bytes, sink->records->keys.len + sink->records->values.len);
    sink->has_outstanding = true;
    return produce(sink, err);
}

static Status direct_flush(Sink *opened, bool *done, Error *err)
{
    KafkaDirect *sink = (KafkaDirect *)opened;
    TRY(serve(sink, err));
    *done = !has_records(sink) && rd_kafka_outq_len(sink->client.handle) == 0;
    return STATUS_OK;
}

static Status direct_finish(Sink *opened, Error *err)
{
    const KafkaDirect *sink = (const KafkaDirect *)opened;
    (void)err;
    if (sink->undelivered > 0)
        kafka_notice(sink->spec,
                     "table %.*s: %lld records were not delivered and given up ('sink.delivery-guarantee' = 'none')",
                     STR_FMT(sink->spec->table->path), (long long)sink->undelivered);
    return STATUS_OK;
}

static Status direct_tick(Sink *opened, int64_t now_ms, Error *err)
{
    (void)now_ms;
    return serve((KafkaDirect *)opened, err);
}

const SinkType kafka_direct_sink = {
    .open = direct_open,
    .write = direct_write,
    .flush = direct_flush,
    .finish = direct_finish,
    .close = direct_close,
    .tick = direct_tick,
};
