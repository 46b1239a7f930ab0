/* kafka_discovery.h: the connector's I/O thread: which partitions there are, and where in them to start and to end.
 *
 * These questions block in the client library, so a thread of the source's own asks them and hands the answers to the
 * task. It also nudges the library's fetchers, see kafka_discovery_nudge. */
#ifndef CONNECTORS_KAFKA_KAFKA_DISCOVERY_H
#define CONNECTORS_KAFKA_KAFKA_DISCOVERY_H

#include "connectors/kafka/kafka_client.h"

#define KAFKA_NO_STOP INT64_MAX

/* A partition to read: offsets [start, stop). */
typedef struct KafkaPartition {
    Str     topic;
    int32_t partition;
    int64_t start;
    int64_t stop; /* KAFKA_NO_STOP = never */
} KafkaPartition;

typedef LIST(KafkaPartition) KafkaPartitions;

/* One answer: new partitions of this instance (there may be none), or what went wrong. */
typedef struct KafkaFound {
    Arena          *arena; /* of the answer itself */
    KafkaPartitions partitions;
    Error           error;
} KafkaFound;

typedef struct KafkaDiscovery KafkaDiscovery;

/* known: partitions of which the position is known already, from a checkpoint: they are given back with it. What is not
 * among them then is new and is read from its beginning. Neither is kept. */
Status kafka_discovery_start(const IoSpec *spec, const KafkaOptions *options, const KafkaClient *client,
                             const KafkaPartitions *known, KafkaDiscovery **out, Error *err);
/* The next answer, or NULL. The caller frees it with kafka_found_free. */
KafkaFound *kafka_discovery_take(KafkaDiscovery *discovery);
void        kafka_found_free(KafkaFound *found);
/* Before 2.2, a fetcher of the library that has read enough ahead sleeps for up to a second, however fast that is used
 * up. A question to the partitions' leaders wakes it. false: not needed, or one is on its way. */
bool        kafka_discovery_nudge(KafkaDiscovery *discovery, KafkaFound *partitions);
/* An empty answer or question; freed by whom it is given to. */
KafkaFound *kafka_found_create(void);
/* Ends the thread; what was not taken is freed. NULL is allowed. */
void        kafka_discovery_stop(KafkaDiscovery *discovery);

#endif
