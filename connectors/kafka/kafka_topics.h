/* kafka_topics.h: names of topics, and who reads a partition. */
#ifndef CONNECTORS_KAFKA_KAFKA_TOPICS_H
#define CONNECTORS_KAFKA_KAFKA_TOPICS_H

#include "core/str.h"

/* Topics that Kafka keeps for itself: a pattern does not mean them. */
bool kafka_topic_is_internal(Str topic);
/* May the text be a topic's name: 1 to 249 of letters, digits, '.', '_', '-', and not "." or "..". */
bool kafka_topic_is_legal(Str topic);

/* Which of task_count tasks reads the partition. A pure function of its arguments: every instance answers alike, after
 * a restart too. */
int32_t kafka_partition_owner(Str topic, int32_t partition, int32_t task_count);

#endif
