/* kafka_records.h: batches encoded to records: bytes of key and value, and what the table's metadata columns say. */
#ifndef CONNECTORS_KAFKA_KAFKA_RECORDS_H
#define CONNECTORS_KAFKA_KAFKA_RECORDS_H

#include "connectors/kafka/kafka_metadata.h"
#include "connectors/kafka/kafka_record.h"
#include "core/text.h"

/* The rows of one batch, encoded. */
typedef struct KafkaRecords {
    Text                 keys, values;
    Record              *key, *value; /* of each row; key NULL: none has one */
    int32_t             *topic;       /* of each row, an index into the encoder's topics; NULL: all go to topic 0 */
    rd_kafka_headers_t **headers;     /* NULL: none has any */
    int64_t             *timestamps;  /* ms; NULL or 0: the time of sending */
    int64_t              count, capacity;
} KafkaRecords;

typedef struct KafkaEncoder KafkaEncoder;

/* Lives as long as spec->arena; kafka_encoder_close frees what is not in it. */
Status kafka_encoder_create(const IoSpec *spec, const KafkaOptions *options, KafkaEncoder **out, Error *err);
/* Records that are larger than a client with this configuration sends are refused from now on. */
void   kafka_encoder_limit(KafkaEncoder *encoder, const rd_kafka_conf_t *conf);
void   kafka_encoder_close(KafkaEncoder *encoder);
/* Rows [start, batch->rows); the records are the encoder's, valid until the next call. Headers that somebody takes are
 * set to NULL by him; the others are freed here. */
Status kafka_encode(KafkaEncoder *encoder, const Batch *batch, int64_t start, KafkaRecords **out, Error *err);
/* Topics that records have gone to so far. */
int64_t kafka_encoder_topic_count(const KafkaEncoder *encoder);
Str     kafka_encoder_topic(const KafkaEncoder *encoder, int64_t index);
/* Bytes of a record; NULL for none. An empty record is not none. */
void   *kafka_record_bytes(const Text *text, const Record *record);

#endif
