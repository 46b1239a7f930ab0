/* kafka_options.h: what a kafka table's options say, read once into a struct. */
#ifndef CONNECTORS_KAFKA_KAFKA_OPTIONS_H
#define CONNECTORS_KAFKA_KAFKA_OPTIONS_H

#include "connectors/connector.h"

typedef enum KafkaStart {
    KAFKA_START_GROUP,
    KAFKA_START_EARLIEST,
    KAFKA_START_LATEST,
    KAFKA_START_TIMESTAMP,
    KAFKA_START_SPECIFIC
} KafkaStart;

typedef enum KafkaStop {
    KAFKA_STOP_NEVER,
    KAFKA_STOP_LATEST,
    KAFKA_STOP_GROUP,
    KAFKA_STOP_TIMESTAMP,
    KAFKA_STOP_SPECIFIC
} KafkaStop;

/* Where to go when there is no offset, or one that the broker no longer has. */
typedef enum KafkaReset { KAFKA_RESET_NONE, KAFKA_RESET_EARLIEST, KAFKA_RESET_LATEST } KafkaReset;

typedef enum KafkaPartitioning {
    KAFKA_PARTITION_DEFAULT,
    KAFKA_PARTITION_FIXED,
    KAFKA_PARTITION_ROUND_ROBIN
} KafkaPartitioning;

typedef enum KafkaDelivery {
    KAFKA_DELIVERY_NONE, /* a record that cannot be delivered is counted, else it fails the job */
    KAFKA_DELIVERY_AT_LEAST_ONCE,
    KAFKA_DELIVERY_EXACTLY_ONCE
} KafkaDelivery;

typedef struct KafkaOffset {
    int32_t partition;
    int64_t offset;
} KafkaOffset;

typedef LIST(KafkaOffset) KafkaOffsets;

typedef struct KafkaOptions {
    LIST(Str)         topics;
    Str               topic_pattern; /* {NULL, 0} = topics are listed */
    Str               group_id;      /* {NULL, 0} = none was given */
    KafkaStart        start;
    int64_t           start_ms;      /* KAFKA_START_TIMESTAMP */
    KafkaOffsets      start_offsets; /* KAFKA_START_SPECIFIC */
    KafkaReset        reset;         /* of the start mode */
    KafkaStop         stop;
    int64_t           stop_ms;
    KafkaOffsets      stop_offsets;
    int64_t           discovery_ms; /* 0 = look for new partitions only once */
    LIST(Str)         key_fields;
    Str               key_prefix;
    bool              value_has_key; /* value.fields-include = ALL */
    KafkaPartitioning partitioning;
    KafkaDelivery     delivery;
    Str               transactional_prefix; /* KAFKA_DELIVERY_EXACTLY_ONCE */
} KafkaOptions;

extern const Option kafka_option_rows[];

/* Of checked options (rows of kafka_option_rows and those of every table). Everything that the dialect refuses about
 * their combination, for reading or for writing, is an error here, with its text. */
Status kafka_options_read(const TableSpec *table, bool is_sink, Arena *arena, KafkaOptions *out, Error *err);
bool   kafka_options_are_bounded(const TableSpec *table);
bool   kafka_options_are_exactly_once(const TableSpec *table);
Status kafka_options_check_beside(const TableSpec *table, const TableSpec *other, Error *err);
/* The value of 'properties.<name>', or {NULL, 0}. */
Str    kafka_property(const TableSpec *table, const char *name);

#endif
