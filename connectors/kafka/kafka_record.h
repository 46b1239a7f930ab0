/* kafka_record.h: how a table's columns lie in the key and the value of a record, and records as rows. */
#ifndef CONNECTORS_KAFKA_KAFKA_RECORD_H
#define CONNECTORS_KAFKA_KAFKA_RECORD_H

#include "connectors/formats/format.h"
#include "connectors/kafka/kafka_options.h"

typedef struct KafkaPart {
    const Format *format; /* NULL: the table has no key */
    FormatSpec    spec;
} KafkaPart;

typedef struct KafkaLayout {
    KafkaPart key;
    KafkaPart value;
} KafkaLayout;

/* io: which columns the batches have; NULL = none, the table is only checked. */
Status kafka_layout(const TableSpec *table, const KafkaOptions *options, const IoSpec *io, Arena *arena, const Zone *zone,
                    KafkaLayout *out, Error *err);

/* Keys and values to rows. */
typedef struct KafkaReader {
    KafkaLayout layout;
    Decoder    *key;
    Decoder    *value;
} KafkaReader;

Status kafka_reader_create(const TableSpec *table, const KafkaOptions *options, const IoSpec *spec, KafkaReader *out,
                           Error *err);
/* Fills the batch's physical columns. A record gives one row, none (a null value, a record that is skipped), or
 * several. */
Status kafka_reader_decode(KafkaReader *reader, const Str *keys, const Str *values, int64_t count, Batch *batch,
                           Decoded *decoded, Error *err);

#endif
