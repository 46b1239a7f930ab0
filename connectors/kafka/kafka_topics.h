/* kafka_topics.h: which topics a table means: a list, or a pattern. */
#ifndef CONNECTORS_KAFKA_KAFKA_TOPICS_H
#define CONNECTORS_KAFKA_KAFKA_TOPICS_H

#include "core/arena.h"
#include "core/error.h"

typedef struct KafkaPattern KafkaPattern;

/* A regular expression in Java's syntax as far as PCRE shares it; lives as long as the arena. */
Status kafka_pattern_create(Arena *arena, Str text, Span span, KafkaPattern **out, Error *err);
/* Does the whole name match? A search that takes too many steps says no. */
bool   kafka_pattern_matches(const KafkaPattern *pattern, Str topic);
/* Topics that Kafka keeps for itself: a pattern does not mean them. */
bool   kafka_topic_is_internal(Str topic);
/* May the text be a topic's name: 1 to 249 of letters, digits, '.', '_', '-', and not "." or "..". */
bool   kafka_topic_is_legal(Str topic);

/* Which of task_count tasks reads the partition. A pure function of its arguments: every instance answers alike, after
 * a restart too. */
int32_t kafka_partition_owner(Str topic, int32_t partition, int32_t task_count);

#endif
