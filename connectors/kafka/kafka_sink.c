/* kafka_sink.c: writing: a batch is encoded once and handed to the client library as fast as its queue takes it.
 *
 *   write:  what is left of the batch before goes first; then encode -> records -> produce until the queue is full
 *   flush:  until nothing is left here and nothing is on its way there
 *
 * What the queue does not take waits in `records`, so that nothing is encoded twice; while something waits, no row is
 * taken. Without metadata columns records go by the hundred (produce_batch); with them one by one. Delivery reports
 * come for failures only. Under at-least-once a failure ends the job; under none it is counted. */
#include "connectors/kafka/kafka_sink.h"

#include "connectors/kafka/kafka_client.h"
#include "connectors/kafka/kafka_embedded.h"
#include "connectors/kafka/kafka_metadata.h"
#include "connectors/kafka/kafka_partitioner.h"
#include "connectors/kafka/kafka_record.h"
#include "connectors/kafka/kafka_topics.h"
#include "core/text.h"

enum { TOPICS_MAX = 1000, PRODUCE_MAX = 1000 };

typedef struct SinkTopic {
    Str               name;
    rd_kafka_topic_t *handle;
} SinkTopic;

/* The rows of one batch, encoded. */
typedef struct Records {
    Text                 keys, values;
    Record              *key, *value; /* of each row; key NULL: none has one */
    rd_kafka_topic_t   **topic;       /* of each row; NULL: all go to the only one */
    rd_kafka_headers_t **headers;     /* NULL: none has any */
    int64_t             *timestamps;  /* NULL: the time of sending */
    int64_t              count, capacity;
    int64_t              sent;
} Records;

typedef struct KafkaSink {
    const IoSpec        *spec;
    KafkaOptions         options;
    KafkaClient          client;
    KafkaLayout          layout;
    Encoder             *key, *value;
    KafkaMetadataWriter *metadata;
    KafkaPartitioner     partitioner;
    KafkaPattern        *pattern; /* which topics may be written, when the table has a pattern */
    LIST(SinkTopic)      topics;
    Records              records;
    rd_kafka_message_t  *messages; /* PRODUCE_MAX, scratch */
    int64_t              undelivered;
    bool                 has_outstanding; /* not all records had arrived when it was last served */
} KafkaSink;

/* ---- open and close ---------------------------------------------------------------------------------------------- */

static void on_delivery(rd_kafka_t *handle, const rd_kafka_message_t *message, void *opaque)
{
    (void)handle;
    KafkaClient *client = opaque;
    KafkaSink   *sink = (KafkaSink *)((char *)client - offsetof(KafkaSink, client));
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    sink->undelivered++;
    if (!sink->options.is_delivery_checked)
        return;
    const TableSpec *table = client->spec->table;
    error_set(&client->failure, kafka_error_status(message->err), table->span,
              "table %.*s: a record for topic '%s' of kafka %.*s was not delivered: %s%s%s", STR_FMT(table->path),
              rd_kafka_topic_name(message->rkt), STR_FMT(client->servers), rd_kafka_err2str(message->err),
              client->reason[0] ? ": " : "", client->reason);
}

static void free_headers(Records *records)
{
    for (int64_t i = records->sent; records->headers && i < records->count; i++)
        if (records->headers[i])
            rd_kafka_headers_destroy(records->headers[i]);
}

static void sink_close(Sink *opened)
{
    KafkaSink *sink = (KafkaSink *)opened;
    free_headers(&sink->records);
    text_free(&sink->records.keys);
    text_free(&sink->records.values);
    sink->records = (Records){ 0 };
    if (sink->client.handle)
        rd_kafka_purge(sink->client.handle,
                       RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
    for (int64_t i = 0; i < sink->topics.count; i++)
        rd_kafka_topic_destroy(sink->topics.items[i].handle);
    sink->topics.count = 0;
    kafka_client_close(&sink->client);
}

static Status connect_client(KafkaSink *sink, Error *err)
{
    rd_kafka_conf_t *conf;
    TRY(kafka_config_create(sink->spec, &sink->options, true, &conf, err));
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    sink->partitioner.task_index = sink->spec->task_index;
    Status status = kafka_partitioner_configure(&sink->partitioner, sink->options.partitioning, conf, err);
    if (status != STATUS_OK) {
        rd_kafka_conf_destroy(conf);
        return status;
    }
    return kafka_client_open(&sink->client, sink->spec, true, conf, err);
}

static Status create_encoders(KafkaSink *sink, Error *err)
{
    const IoSpec *spec = sink->spec;
    int32_t      *batch_columns = kafka_batch_columns(spec->arena, spec->table, spec->columns, spec->column_count);
    TRY(kafka_layout(spec->table, &sink->options, batch_columns, spec->arena, spec->zone, &sink->layout, err));
    if (sink->layout.key.format)
        TRY(sink->layout.key.format->encoder_create(&sink->layout.key.spec, &sink->key, err));
    return sink->layout.value.format->encoder_create(&sink->layout.value.spec, &sink->value, err);
}

static Status sink_open(const IoSpec *spec, Sink **out, Error *err)
{
    KafkaSink *sink = arena_new(spec->arena, KafkaSink, 1);
    sink->spec = spec;
    TRY(kafka_options_read(spec->table, true, spec->arena, &sink->options, err));
    TRY(create_encoders(sink, err));
    if (sink->options.topic_pattern.ptr)
        TRY(kafka_pattern_create(spec->arena, sink->options.topic_pattern, spec->table->span, &sink->pattern, err));
    sink->metadata = kafka_metadata_writer(spec);
    sink->messages = arena_new(spec->arena, rd_kafka_message_t, PRODUCE_MAX);
    Status status = connect_client(sink, err);
    if (status != STATUS_OK)
        sink_close((Sink *)sink);
    else
        *out = (Sink *)sink;
    return status;
}

/* ---- topics ------------------------------------------------------------------------------------------------------ */

static Status add_topic(KafkaSink *sink, Str name, rd_kafka_topic_t **out, Error *err)
{
    const IoSpec *spec = sink->spec;
    if (!kafka_topic_is_legal(name))
        return error_set(err, STATUS_DATA, spec->table->span, "table %.*s: '%.*s' cannot be the name of a topic",
                         STR_FMT(spec->table->path), STR_FMT(name));
    if (sink->topics.count == TOPICS_MAX)
        return error_set(err, STATUS_LIMIT, spec->table->span, "table %.*s writes to more than %d topics",
                         STR_FMT(spec->table->path), TOPICS_MAX);
    if (spec->host && spec->host->kafka_embedded)
        TRY(kafka_embedded_create_topic(spec->host->kafka_embedded, name, 1, err));
    Str kept = arena_str(spec->arena, name);
    *out = rd_kafka_topic_new(sink->client.handle, kept.ptr, NULL);
    if (!*out)
        return error_set(err, STATUS_RUNTIME, spec->table->span, "topic '%.*s': %s", STR_FMT(name),
                         rd_kafka_err2str(rd_kafka_last_error()));
    list_push(spec->arena, &sink->topics, (SinkTopic){ .name = kept, .handle = *out });
    return STATUS_OK;
}

static Status find_topic(KafkaSink *sink, Str name, rd_kafka_topic_t **out, Error *err)
{
    for (int64_t i = 0; i < sink->topics.count; i++) {
        if (str_eq(sink->topics.items[i].name, name)) {
            *out = sink->topics.items[i].handle;
            return STATUS_OK;
        }
    }
    return add_topic(sink, name, out, err);
}

/* May rows of the table go there? */
static Status check_topic(const KafkaSink *sink, Str name, Error *err)
{
    const KafkaOptions *options = &sink->options;
    Span                span = sink->spec->table->span;
    if (sink->pattern && kafka_pattern_matches(sink->pattern, name))
        return STATUS_OK;
    for (int64_t i = 0; i < options->topics.count; i++)
        if (str_eq(options->topics.items[i], name))
            return STATUS_OK;
    if (sink->pattern)
        return error_set(err, STATUS_DATA, span,
                         "The topic of the sink record is not valid. Expected topic to match: %.*s but was: %.*s",
                         STR_FMT(options->topic_pattern), STR_FMT(name));
    return error_set(err, STATUS_DATA, span,
                     "The topic of the sink record is not valid. Expected topic to be in: %.*s but was: %.*s",
                     STR_FMT(map_get_str(sink->spec->table->options, STR("topic"))), STR_FMT(name));
}

static Status topic_of_row(KafkaSink *sink, const KafkaMetadataRows *rows, int64_t row, rd_kafka_topic_t **out,
                           Error *err)
{
    if (sink->options.topics.count == 1)
        return find_topic(sink, sink->options.topics.items[0], out, err);
    if (!rows->topic || column_is_null(rows->topic, row))
        return error_set(err, STATUS_DATA, sink->spec->table->span,
                         "The topic of the sink record is not valid. Expected a single topic but no topic is set.");
    Str name = view_str(&COLUMN_DATA(rows->topic, View)[column_index(rows->topic, row)]);
    TRY(check_topic(sink, name, err));
    return find_topic(sink, name, out, err);
}

/* ---- encoding ---------------------------------------------------------------------------------------------------- */

static void make_room(KafkaSink *sink, int64_t rows, bool has_metadata)
{
    Records *records = &sink->records;
    Arena   *arena = sink->spec->arena;
    if (rows <= records->capacity)
        return;
    records->capacity = rows;
    records->value = arena_new(arena, Record, rows);
    if (sink->key)
        records->key = arena_new(arena, Record, rows);
    if (has_metadata) {
        records->topic = arena_new(arena, rd_kafka_topic_t *, rows);
        records->headers = arena_new(arena, rd_kafka_headers_t *, rows);
        records->timestamps = arena_new(arena, int64_t, rows);
    }
}

static Status encode_metadata_row(KafkaSink *sink, const KafkaMetadataRows *rows, int64_t row, int64_t index,
                                  Error *err)
{
    Records *records = &sink->records;
    int64_t  timestamp = kafka_metadata_timestamp(rows, row);
    if (timestamp < 0)
        return error_set(err, STATUS_DATA, sink->spec->table->span,
                         "Invalid timestamp: %lld. Timestamp should always be non-negative or null.",
                         (long long)timestamp);
    TRY(topic_of_row(sink, rows, row, &records->topic[index], err));
    records->timestamps[index] = timestamp;
    records->headers[index] = kafka_metadata_headers(rows, row);
    return STATUS_OK;
}

static Status encode_metadata(KafkaSink *sink, const Batch *batch, int64_t start, Error *err)
{
    Records          *records = &sink->records;
    KafkaMetadataRows rows;
    Buf              *buf = buf_create();
    Status            status = kafka_metadata_prepare(sink->metadata, batch, buf, &rows, err);
    for (int64_t row = start; row < batch->rows && status == STATUS_OK; row++) {
        status = encode_metadata_row(sink, &rows, row, row - start, err);
        records->count += status == STATUS_OK;
    }
    buf_release(buf);
    return status;
}

static Status encode(KafkaSink *sink, const Batch *batch, int64_t start, Error *err)
{
    Records *records = &sink->records;
    int64_t  rows = batch->rows - start;
    bool     has_metadata = kafka_metadata_is_written(sink->metadata);
    make_room(sink, rows, has_metadata);
    text_clear(&records->keys);
    text_clear(&records->values);
    records->count = 0;
    records->sent = 0;
    if (sink->key)
        TRY(sink->layout.key.format->encode(sink->key, batch, start, rows, &records->keys, records->key, err));
    TRY(sink->layout.value.format->encode(sink->value, batch, start, rows, &records->values, records->value, err));
    if (records->keys.overflow || records->values.overflow)
        return error_set(err, STATUS_LIMIT, sink->spec->table->span,
                         "table %.*s: a batch of records is larger than 1 GiB", STR_FMT(sink->spec->table->path));
    if (has_metadata)
        return encode_metadata(sink, batch, start, err);
    rd_kafka_topic_t *topic;
    TRY(find_topic(sink, sink->options.topics.items[0], &topic, err));
    records->count = rows;
    return STATUS_OK;
}

/* ---- producing --------------------------------------------------------------------------------------------------- */

static Status refused(const KafkaSink *sink, int64_t index, rd_kafka_resp_err_t code, Error *err)
{
    const Record *value = &sink->records.value[index];
    return error_set(err, code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ? STATUS_DATA : kafka_error_status(code),
                     sink->spec->table->span, "table %.*s: a record of %lld bytes cannot be sent: %s",
                     STR_FMT(sink->spec->table->path), (long long)(value->end - value->start), rd_kafka_err2str(code));
}

/* Bytes of a record; NULL for none. An empty record is not none. */
static void *record_ptr(const Text *text, const Record *record)
{
    if (record->is_null)
        return NULL;
    return text->ptr ? text->ptr + record->start : (void *)(uintptr_t)"";
}

static void fill_message(const KafkaSink *sink, int64_t index, rd_kafka_message_t *message)
{
    const Records *records = &sink->records;
    const Record  *value = &records->value[index];
    *message = (rd_kafka_message_t){ .payload = record_ptr(&records->values, value),
                                     .len = (size_t)(value->end - value->start) };
    if (!records->key)
        return;
    message->key = record_ptr(&records->keys, &records->key[index]);
    message->key_len = (size_t)(records->key[index].end - records->key[index].start);
}

/* Many at once. *is_full: the queue took no more. */
static Status produce_batch(KafkaSink *sink, bool *is_full, Error *err)
{
    Records *records = &sink->records;
    int64_t  left = records->count - records->sent;
    int      count = left < PRODUCE_MAX ? (int)left : PRODUCE_MAX;
    for (int i = 0; i < count; i++)
        fill_message(sink, records->sent + i, &sink->messages[i]);
    int taken = rd_kafka_produce_batch(sink->topics.items[0].handle, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
                                       sink->messages, count);
    *is_full = taken < count;
    for (int i = 0; i < count && *is_full; i++) {
        rd_kafka_resp_err_t code = sink->messages[i].err;
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR__QUEUE_FULL)
            return refused(sink, records->sent + i, code, err);
    }
    records->sent += taken;
    return STATUS_OK;
}

/* One with its metadata. */
static Status produce_one(KafkaSink *sink, bool *is_full, Error *err)
{
    Records            *records = &sink->records;
    int64_t             index = records->sent;
    rd_kafka_headers_t *headers = records->headers[index];
    rd_kafka_message_t  message;
    fill_message(sink, index, &message);
    rd_kafka_vu_t parts[] = {
        { .vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = records->topic[index] },
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
    records->sent++;
    return STATUS_OK;
}

/* As many as the library's queue takes. */
static Status produce(KafkaSink *sink, Error *err)
{
    bool is_full = false;
    while (sink->records.sent < sink->records.count && !is_full)
        TRY(sink->records.topic ? produce_one(sink, &is_full, err) : produce_batch(sink, &is_full, err));
    return STATUS_OK;
}

/* ---- the contract ------------------------------------------------------------------------------------------------ */

/* Delivery reports and errors; what is left goes on. */
static Status serve(KafkaSink *sink, Error *err)
{
    int64_t undelivered = sink->undelivered;
    rd_kafka_poll(sink->client.handle, 0);
    TRY(kafka_client_check(&sink->client, err));
    if (sink->records.sent < sink->records.count)
        TRY(produce(sink, err));
    int64_t waiting = rd_kafka_outq_len(sink->client.handle);
    if (sink->has_outstanding && waiting == 0 && sink->undelivered == undelivered)
        kafka_client_reached(&sink->client);
    sink->has_outstanding &= waiting > 0;
    io_set(&sink->spec->counters->pending, waiting + sink->records.count - sink->records.sent);
    return STATUS_OK;
}

static Status sink_write(Sink *opened, const Batch *batch, int64_t start, int64_t *taken, Error *err)
{
    KafkaSink *sink = (KafkaSink *)opened;
    *taken = 0;
    TRY(serve(sink, err));
    if (sink->records.sent < sink->records.count)
        return STATUS_OK;
    TRY(encode(sink, batch, start, err));
    *taken = batch->rows - start;
    io_add(&sink->spec->counters->rows, *taken);
    io_add(&sink->spec->counters->bytes, sink->records.keys.len + sink->records.values.len);
    sink->has_outstanding = true;
    return produce(sink, err);
}

static Status sink_flush(Sink *opened, bool *done, Error *err)
{
    KafkaSink *sink = (KafkaSink *)opened;
    TRY(serve(sink, err));
    *done = sink->records.sent == sink->records.count && rd_kafka_outq_len(sink->client.handle) == 0;
    return STATUS_OK;
}

static Status sink_finish(Sink *opened, Error *err)
{
    const KafkaSink *sink = (const KafkaSink *)opened;
    (void)err;
    if (sink->undelivered > 0)
        kafka_notice(sink->spec,
                     "table %.*s: %lld records were not delivered and given up ('sink.delivery-guarantee' = 'none')",
                     STR_FMT(sink->spec->table->path), (long long)sink->undelivered);
    return STATUS_OK;
}

static Status sink_tick(Sink *opened, int64_t now_ms, Error *err)
{
    (void)now_ms;
    return serve((KafkaSink *)opened, err);
}

static SinkMode sink_mode(const TableSpec *table)
{
    (void)table;
    return SINK_APPEND;
}

const SinkType kafka_sink = {
    .open = sink_open,
    .write = sink_write,
    .flush = sink_flush,
    .finish = sink_finish,
    .close = sink_close,
    .mode = sink_mode,
    .tick = sink_tick,
};
