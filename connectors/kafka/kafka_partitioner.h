/* kafka_partitioner.h: which partition a record goes to. */
#ifndef CONNECTORS_KAFKA_KAFKA_PARTITIONER_H
#define CONNECTORS_KAFKA_KAFKA_PARTITIONER_H

#include "connectors/kafka/kafka_options.h"

#include <librdkafka/rdkafka.h>

/* What the partitioner of a sink instance remembers; outlives the client. */
typedef struct KafkaPartitioner {
    int32_t  task_index;
    uint32_t next; /* round-robin; counted by two threads */
} KafkaPartitioner;

/* Sets the partitioner of the topics that the configuration makes by default. */
Status kafka_partitioner_configure(KafkaPartitioner *partitioner, KafkaPartitioning partitioning, rd_kafka_conf_t *conf,
                                   Error *err);

#endif
