/* kafka_splits.c: the list of partitions of a source instance. Indexes are dense and never change: they are the splits'
 * numbers. */
#include "connectors/kafka/kafka_splits.h"

#include "core/text.h"

/* ---- the list ---------------------------------------------------------------------------------------------------- */

static KafkaSplitTopic *find_topic(KafkaSplits *splits, Str name)
{
    for (int64_t i = 0; i < splits->topics.count; i++)
        if (str_eq(splits->topics.items[i].name, name))
            return &splits->topics.items[i];
    list_push(splits->arena, &splits->topics, (KafkaSplitTopic){ .name = arena_str(splits->arena, name) });
    return &splits->topics.items[splits->topics.count - 1];
}

int32_t kafka_splits_add(KafkaSplits *splits, const KafkaPartition *partition)
{
    int32_t          index = (int32_t)splits->items.count;
    KafkaSplitTopic *topic = find_topic(splits, partition->topic);
    while (topic->splits.count <= partition->partition)
        list_push(splits->arena, &topic->splits, -1);
    topic->splits.items[partition->partition] = index;
    list_push(splits->arena, &splits->items,
              (KafkaSplit){ .topic = topic->name, .partition = partition->partition, .start = partition->start,
                            .next = partition->start, .stop = partition->stop });
    if (partition->start >= partition->stop)
        kafka_splits_end(splits, index);
    return index;
}

int32_t kafka_splits_find(KafkaSplits *splits, const rd_kafka_message_t *message)
{
    KafkaSplitTopic *topic = NULL;
    for (int64_t i = 0; i < splits->topics.count && !topic; i++)
        if (splits->topics.items[i].handle == message->rkt)
            topic = &splits->topics.items[i];
    if (!topic) {
        Str name = str_from(rd_kafka_topic_name(message->rkt));
        for (int64_t i = 0; i < splits->topics.count && !topic; i++)
            if (str_eq(splits->topics.items[i].name, name))
                topic = &splits->topics.items[i];
    }
    if (!topic || message->partition < 0 || message->partition >= topic->splits.count)
        return -1;
    topic->handle = message->rkt;
    return topic->splits.items[message->partition];
}

void kafka_splits_end(KafkaSplits *splits, int32_t split)
{
    if (!splits->items.items[split].has_ended)
        splits->ended++;
    splits->items.items[split].has_ended = true;
}

void kafka_splits_progress(const KafkaSplits *splits, int64_t *total, int64_t *done)
{
    *total = 0;
    *done = 0;
    for (int64_t i = 0; i < splits->items.count; i++) {
        const KafkaSplit *split = &splits->items.items[i];
        if (split->stop == KAFKA_NO_STOP) {
            *total = -1;
            return;
        }
        int64_t size = split->stop > split->start ? split->stop - split->start : 0;
        *total += size;
        *done += split->has_ended ? size : split->next - split->start;
    }
}

/* ---- as text ----------------------------------------------------------------------------------------------------- */

void kafka_split_name(const KafkaSplit *split, Text *out)
{
    text_printf(out, "%.*s/%d", STR_FMT(split->topic), split->partition);
}

void kafka_split_position(const KafkaSplit *split, Text *out)
{
    text_put_i64(out, split->has_ended ? split->stop : split->next);
    text_put(out, ' ');
    if (split->stop == KAFKA_NO_STOP)
        text_put(out, '-');
    else
        text_put_i64(out, split->stop);
}

static bool parse_position(const SplitPosition *saved, KafkaPartition *out)
{
    Str     rest = saved->position, start;
    int64_t number, slash = str_find(saved->split, '/');
    if (slash < 1 || !str_to_i64(str_slice(saved->split, slash + 1, saved->split.len), &number) || number < 0 ||
        number > INT32_MAX || !str_split(&rest, ' ', &start) || !str_to_i64(start, &out->start))
        return false;
    out->topic = str_slice(saved->split, 0, slash);
    out->partition = (int32_t)number;
    out->stop = KAFKA_NO_STOP;
    return str_is(rest, "-") || str_to_i64(rest, &out->stop);
}

Status kafka_splits_parse(const SplitPosition *positions, int32_t count, Arena *arena, KafkaPartitions *out, Error *err)
{
    for (int32_t i = 0; i < count; i++) {
        KafkaPartition partition;
        if (!parse_position(&positions[i], &partition))
            return error_set(err, STATUS_DATA, SPAN_NONE,
                             "the saved position of a kafka table is damaged: \"%.*s\" at \"%.*s\"",
                             STR_FMT(positions[i].split), STR_FMT(positions[i].position));
        partition.topic = arena_str(arena, partition.topic);
        list_push(arena, out, partition);
    }
    return STATUS_OK;
}
