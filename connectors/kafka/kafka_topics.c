/* kafka_topics.c: names of topics, and the task that reads a partition. */
#include "connectors/kafka/kafka_topics.h"

enum { TOPIC_NAME_MAX = 249 };

bool kafka_topic_is_internal(Str topic)
{
    return str_is(topic, "__consumer_offsets") || str_is(topic, "__transaction_state") ||
           str_is(topic, "__share_group_state");
}

bool kafka_topic_is_legal(Str topic)
{
    if (topic.len == 0 || topic.len > TOPIC_NAME_MAX || str_is(topic, ".") || str_is(topic, ".."))
        return false;
    for (int64_t i = 0; i < topic.len; i++) {
        char c = topic.ptr[i];
        bool is_alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_alphanumeric && c != '.' && c != '_' && c != '-')
            return false;
    }
    return true;
}

/* Partitions of a topic go round the tasks; the hash of the name says with which task the round begins, so that many
 * topics of one partition are spread, too. */
int32_t kafka_partition_owner(Str topic, int32_t partition, int32_t task_count)
{
    uint32_t hash = 0;
    for (int64_t i = 0; i < topic.len; i++)
        hash = hash * 31 + (unsigned char)topic.ptr[i];
    int64_t first = (int64_t)((hash * 31) & 0x7fffffff) % task_count;
    return (int32_t)((first + partition) % task_count);
}
