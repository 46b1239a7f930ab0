/* kafka_metadata.h: what a record is besides key and value, as columns: topic, partition, offset, timestamp, headers,
 * ... */
#ifndef CONNECTORS_KAFKA_KAFKA_METADATA_H
#define CONNECTORS_KAFKA_KAFKA_METADATA_H

#include "connectors/connector.h"

#include <librdkafka/rdkafka.h>

extern const MetadataColumn kafka_metadata_columns[];

/* ---- reading ----------------------------------------------------------------------------------------------------- */

typedef struct KafkaMetadataReader KafkaMetadataReader;

/* Of the wanted columns that are metadata. */
KafkaMetadataReader *kafka_metadata_reader(const IoSpec *spec);
/* Fills them for rows that come from messages (message_of_row NULL: row i from message i). */
Status kafka_metadata_read(const KafkaMetadataReader *reader, rd_kafka_message_t *const *messages,
                           const int32_t *message_of_row, int64_t rows, Batch *batch, Error *err);

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* Columns of one batch, cast to the metadata's types; NULL = the table does not say. */
typedef struct KafkaMetadataRows {
    Column *topic;
    Column *headers;
    Column *header_list;
    Column *timestamp;
} KafkaMetadataRows;

typedef struct KafkaMetadataWriter KafkaMetadataWriter;

KafkaMetadataWriter *kafka_metadata_writer(const IoSpec *spec);
bool   kafka_metadata_is_written(const KafkaMetadataWriter *writer);
/* What is cast goes to buf. */
Status kafka_metadata_prepare(const KafkaMetadataWriter *writer, const Batch *batch, Buf *buf, KafkaMetadataRows *out,
                              Error *err);
/* New headers of a row, or NULL when it has none. */
rd_kafka_headers_t *kafka_metadata_headers(const KafkaMetadataRows *rows, int64_t row);
/* ms since 1970, or 0 = the time of sending. */
int64_t kafka_metadata_timestamp(const KafkaMetadataRows *rows, int64_t row);

#endif
