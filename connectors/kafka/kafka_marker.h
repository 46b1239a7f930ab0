/* kafka_marker.h: which epoch the cluster holds of one instance of a sink.
 *
 * The marker is a committed offset of a group that nobody is a member of, PREFIX-INSTANCE-epochs, for partition 0 of the
 * sink's first topic: the offset is the epoch, its metadata say whose it is. It is written by the transaction that writes
 * the epoch's records, so that both are there or none. */
#ifndef CONNECTORS_KAFKA_KAFKA_MARKER_H
#define CONNECTORS_KAFKA_KAFKA_MARKER_H

#include "connectors/kafka/kafka_client.h"

typedef struct KafkaMarker {
    int64_t epoch; /* 0 = none */
    int64_t nonce; /* of the log that was written */
    char    other_job[33]; /* the marker is of this job, so that there is none of ours; "" = it is not */
} KafkaMarker;

/* offset and metadata of `marker` for job_id. The caller destroys it. */
rd_kafka_topic_partition_list_t *kafka_marker_offsets(const KafkaMarker *marker, Str topic, Str job_id);
/* Asks the group; blocks up to timeout_ms. An error's code, or NO_ERROR. */
rd_kafka_resp_err_t kafka_marker_read(rd_kafka_t *consumer, Str topic, Str job_id, int timeout_ms, KafkaMarker *out);

#endif
