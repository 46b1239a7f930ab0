/* kafka_records.c: one pass of the formats over a batch, and one over its metadata columns when rows are to carry any. */
#include "connectors/kafka/kafka_records.h"

#include "connectors/kafka/kafka_config.h"
#include "connectors/kafka/kafka_topics.h"
#include "connectors/pattern.h"

enum { TOPICS_MAX = 1000 };

struct KafkaEncoder {
    const IoSpec        *spec;
    const KafkaOptions  *options;
    KafkaLayout          layout;
    Encoder             *key, *value;
    KafkaMetadataWriter *metadata;
    Pattern             *pattern; /* which topics may be written, when the table has a pattern */
    LIST(Str)            topics;
    KafkaRecords         records;
    int64_t              size_max; /* of a record */
};

/* ---- create and close -------------------------------------------------------------------------------------------- */

Status kafka_encoder_create(const IoSpec *spec, const KafkaOptions *options, KafkaEncoder **out, Error *err)
{
    KafkaEncoder *encoder = arena_new(spec->arena, KafkaEncoder, 1);
    KafkaLayout  *layout = &encoder->layout;
    encoder->spec = spec;
    encoder->options = options;
    encoder->size_max = INT64_MAX;
    TRY(kafka_layout(spec->table, options, spec, spec->arena, spec->zone, layout, err));
    if (layout->key.format)
        TRY(layout->key.format->encoder_create(&layout->key.spec, &encoder->key, err));
    TRY(layout->value.format->encoder_create(&layout->value.spec, &encoder->value, err));
    if (options->topic_pattern.ptr)
        TRY(pattern_create(spec->arena, "topic-pattern", options->topic_pattern, spec->table->span, &encoder->pattern, err));
    encoder->metadata = kafka_metadata_writer(spec);
    *out = encoder;
    return STATUS_OK;
}

void kafka_encoder_limit(KafkaEncoder *encoder, const rd_kafka_conf_t *conf)
{
    encoder->size_max = kafka_config_number(conf, "message.max.bytes");
}

static void free_headers(KafkaRecords *records)
{
    for (int64_t i = 0; records->headers && i < records->count; i++)
        if (records->headers[i])
            rd_kafka_headers_destroy(records->headers[i]);
    records->count = 0;
}

void kafka_encoder_close(KafkaEncoder *encoder)
{
    free_headers(&encoder->records);
    text_free(&encoder->records.keys);
    text_free(&encoder->records.values);
}

/* ---- topics ------------------------------------------------------------------------------------------------------ */

int64_t kafka_encoder_topic_count(const KafkaEncoder *encoder)
{
    return encoder->topics.count;
}

Str kafka_encoder_topic(const KafkaEncoder *encoder, int64_t index)
{
    return encoder->topics.items[index];
}

static Status add_topic(KafkaEncoder *encoder, Str name, Error *err)
{
    const IoSpec *spec = encoder->spec;
    if (!kafka_topic_is_legal(name))
        return error_set(err, STATUS_DATA, spec->table->span, "table %.*s: '%.*s' cannot be the name of a topic",
                         STR_FMT(spec->table->path), STR_FMT(name));
    if (encoder->topics.count == TOPICS_MAX)
        return error_set(err, STATUS_LIMIT, spec->table->span, "table %.*s writes to more than %d topics",
                         STR_FMT(spec->table->path), TOPICS_MAX);
    list_push(spec->arena, &encoder->topics, arena_str(spec->arena, name));
    return STATUS_OK;
}

static Status find_topic(KafkaEncoder *encoder, Str name, int32_t *index, Error *err)
{
    for (int64_t i = 0; i < encoder->topics.count; i++) {
        if (str_eq(encoder->topics.items[i], name)) {
            *index = (int32_t)i;
            return STATUS_OK;
        }
    }
    *index = (int32_t)encoder->topics.count;
    return add_topic(encoder, name, err);
}

/* May rows of the table go there? */
static Status check_topic(const KafkaEncoder *encoder, Str name, Error *err)
{
    const KafkaOptions *options = encoder->options;
    Span                span = encoder->spec->table->span;
    if (encoder->pattern && pattern_matches(encoder->pattern, name))
        return STATUS_OK;
    for (int64_t i = 0; i < options->topics.count; i++)
        if (str_eq(options->topics.items[i], name))
            return STATUS_OK;
    if (encoder->pattern)
        return error_set(err, STATUS_DATA, span,
                         "The topic of the sink record is not valid. Expected topic to match: %.*s but was: %.*s",
                         STR_FMT(options->topic_pattern), STR_FMT(name));
    return error_set(err, STATUS_DATA, span,
                     "The topic of the sink record is not valid. Expected topic to be in: %.*s but was: %.*s",
                     STR_FMT(map_get_str(encoder->spec->table->options, STR("topic"))), STR_FMT(name));
}

static Status topic_of_row(KafkaEncoder *encoder, const KafkaMetadataRows *rows, int64_t row, int32_t *out, Error *err)
{
    if (encoder->options->topics.count == 1)
        return find_topic(encoder, encoder->options->topics.items[0], out, err);
    if (!rows->topic || column_is_null(rows->topic, row))
        return error_set(err, STATUS_DATA, encoder->spec->table->span,
                         "The topic of the sink record is not valid. Expected a single topic but no topic is set.");
    Str name = view_str(&COLUMN_DATA(rows->topic, View)[column_index(rows->topic, row)]);
    TRY(check_topic(encoder, name, err));
    return find_topic(encoder, name, out, err);
}

/* ---- encoding ---------------------------------------------------------------------------------------------------- */

static void make_room(KafkaEncoder *encoder, int64_t rows, bool has_metadata)
{
    KafkaRecords *records = &encoder->records;
    Arena        *arena = encoder->spec->arena;
    if (rows <= records->capacity)
        return;
    records->capacity = rows;
    records->value = arena_new(arena, Record, rows);
    if (encoder->key)
        records->key = arena_new(arena, Record, rows);
    if (has_metadata) {
        records->topic = arena_new(arena, int32_t, rows);
        records->headers = arena_new(arena, rd_kafka_headers_t *, rows);
        records->timestamps = arena_new(arena, int64_t, rows);
    }
}

static Status encode_metadata_row(KafkaEncoder *encoder, const KafkaMetadataRows *rows, int64_t row, int64_t index,
                                  Error *err)
{
    KafkaRecords *records = &encoder->records;
    int64_t       timestamp = kafka_metadata_timestamp(rows, row);
    if (timestamp < 0)
        return error_set(err, STATUS_DATA, encoder->spec->table->span,
                         "Invalid timestamp: %lld. Timestamp should always be non-negative or null.",
                         (long long)timestamp);
    TRY(topic_of_row(encoder, rows, row, &records->topic[index], err));
    records->timestamps[index] = timestamp;
    records->headers[index] = kafka_metadata_headers(rows, row);
    return STATUS_OK;
}

static Status encode_metadata(KafkaEncoder *encoder, const Batch *batch, int64_t start, Error *err)
{
    KafkaRecords     *records = &encoder->records;
    KafkaMetadataRows rows;
    Buf              *buf = buf_create();
    Status            status = kafka_metadata_prepare(encoder->metadata, batch, buf, &rows, err);
    for (int64_t row = start; row < batch->rows && status == STATUS_OK; row++) {
        status = encode_metadata_row(encoder, &rows, row, row - start, err);
        records->count += status == STATUS_OK;
    }
    buf_release(buf);
    return status;
}

static Status encode_parts(KafkaEncoder *encoder, const Batch *batch, int64_t start, Error *err)
{
    KafkaRecords *records = &encoder->records;
    const Format *key = encoder->layout.key.format, *value = encoder->layout.value.format;
    int64_t       rows = batch->rows - start;
    if (encoder->key)
        TRY(key->encode(encoder->key, batch, start, rows, &records->keys, records->key, err));
    TRY(value->encode(encoder->value, batch, start, rows, &records->values, records->value, err));
    if (!records->keys.overflow && !records->values.overflow)
        return STATUS_OK;
    return error_set(err, STATUS_LIMIT, encoder->spec->table->span,
                     "table %.*s: a batch of records is larger than 1 GiB", STR_FMT(encoder->spec->table->path));
}

/* What the client would not send is known now, before an epoch holds it that could never be committed. */
static Status check_sizes(const KafkaEncoder *encoder, int64_t rows, Error *err)
{
    const KafkaRecords *records = &encoder->records;
    for (int64_t i = 0; i < rows; i++) {
        int64_t size = records->value[i].end - records->value[i].start + (records->key ? records->key[i].end - records->key[i].start : 0);
        if (size > encoder->size_max) {
            error_set(err, STATUS_REFUSED, encoder->spec->table->span, "table %.*s: a record of %lld bytes is larger than "
                      "properties.message.max.bytes (%lld)", STR_FMT(encoder->spec->table->path), (long long)size,
                      (long long)encoder->size_max);
            return STATUS_REFUSED;
        }
    }
    return STATUS_OK;
}

static Status encode_all(KafkaEncoder *encoder, const Batch *batch, int64_t start, Error *err)
{
    KafkaRecords *records = &encoder->records;
    bool          has_metadata = kafka_metadata_is_written(encoder->metadata);
    int32_t       topic;
    free_headers(records);
    make_room(encoder, batch->rows - start, has_metadata);
    text_clear(&records->keys);
    text_clear(&records->values);
    TRY(encode_parts(encoder, batch, start, err));
    TRY(check_sizes(encoder, batch->rows - start, err));
    if (has_metadata)
        return encode_metadata(encoder, batch, start, err);
    TRY(find_topic(encoder, encoder->options->topics.items[0], &topic, err));
    records->count = batch->rows - start;
    return STATUS_OK;
}

void *kafka_record_bytes(const Text *text, const Record *record)
{
    if (record->is_null)
        return NULL;
    return text->ptr ? text->ptr + record->start : (void *)(uintptr_t)"";
}

Status kafka_encode(KafkaEncoder *encoder, const Batch *batch, int64_t start, KafkaRecords **out, Error *err)
{
    *out = &encoder->records;
    Status status = encode_all(encoder, batch, start, err);
    if (status != STATUS_OK)
        free_headers(&encoder->records); /* nothing of a part is to be sent */
    return status == STATUS_DATA ? (err->status = STATUS_REFUSED) : status;
}
