/* kafka_embedded.h: a broker inside the process (librdkafka's mock cluster), for a first try and for tests.
 *
 * What it cannot do: transactions, offsets by time, TLS and SASL, anything after the process has ended. A partition
 * keeps the last 5 MB (or 100,000 batches) and drops older ones without a word. It listens on 127.0.0.1 only, on a port
 * of the system's choice. */
#ifndef CONNECTORS_KAFKA_KAFKA_EMBEDDED_H
#define CONNECTORS_KAFKA_KAFKA_EMBEDDED_H

#include "core/error.h"

typedef struct KafkaEmbedded KafkaEmbedded;

Status kafka_embedded_start(KafkaEmbedded **out, Error *err);
/* For bootstrap.servers; valid until it is stopped. */
Str    kafka_embedded_servers(const KafkaEmbedded *broker);
/* Creates the topic unless it is there. Thread-safe. Topics that clients ask for first have 4 partitions. */
Status kafka_embedded_create_topic(KafkaEmbedded *broker, Str topic, int32_t partitions, Error *err);
/* All clients must be closed before. NULL is allowed. */
void   kafka_embedded_stop(KafkaEmbedded *broker);

#endif
