/* kafka_committer.h: the I/O thread of an exactly-once sink: brings the cluster to an epoch, whatever happens on the way.
 *
 * One request at a time, from the sink's task; the answer is asked for. Nothing here blocks the task. */
#ifndef CONNECTORS_KAFKA_KAFKA_COMMITTER_H
#define CONNECTORS_KAFKA_KAFKA_COMMITTER_H

#include "connectors/kafka/kafka_marker.h"
#include "connectors/kafka/kafka_options.h"

typedef struct KafkaCommitter KafkaCommitter;

/* options must outlive it. */
Status kafka_committer_start(const IoSpec *spec, const KafkaOptions *options, KafkaCommitter **out, Error *err);
/* Of its producers. */
const rd_kafka_conf_t *kafka_committer_config(const KafkaCommitter *committer);
/* recovery and what it points to must stay until the answer. */
void   kafka_committer_recover(KafkaCommitter *committer, const SinkRecovery *recovery);
/* log: a sealed log of kafka_log.h, which must stay until the answer, and the nonce it was sealed with. */
void   kafka_committer_commit(KafkaCommitter *committer, int64_t epoch, int64_t nonce, Str log);
/* *done: the last request is; *marker is what the cluster holds of this instance now. */
Status kafka_committer_answer(KafkaCommitter *committer, bool *done, KafkaMarker *marker, Error *err);
/* Ends the thread; a request that was not answered is given up. NULL is allowed. */
void   kafka_committer_stop(KafkaCommitter *committer);

#endif
