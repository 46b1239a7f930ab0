/* kafka_offsets.h: where partitions start and end, asked of the cluster. Blocks: for the I/O thread. */
#ifndef CONNECTORS_KAFKA_KAFKA_OFFSETS_H
#define CONNECTORS_KAFKA_KAFKA_OFFSETS_H

#include "connectors/kafka/kafka_discovery.h"

typedef struct KafkaAsk {
    const IoSpec       *spec;
    const KafkaOptions *options;
    rd_kafka_t         *handle;
    int                 timeout_ms;
    bool                is_later; /* partitions that came into being while we were looking: read from their beginning */
} KafkaAsk;

/* Fills start and stop of all partitions. *passing: the error may go away by itself. */
Status kafka_offsets_resolve(const KafkaAsk *ask, KafkaPartition *partitions, int64_t count, bool *is_passing,
                             Error *err);
/* Asks for the partitions' ends and forgets the answer. */
void   kafka_offsets_touch(const KafkaAsk *ask, const KafkaPartition *partitions, int64_t count);
/* An error of the library that came while doing `what`. */
Status kafka_ask_error(const KafkaAsk *ask, rd_kafka_resp_err_t code, const char *what, bool *is_passing, Error *err);

#endif
