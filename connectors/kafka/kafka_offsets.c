/* kafka_offsets.c: start and stop offsets by mode.
 *
 * One request per question for all partitions at once: the client library sends it to each leader. Logical offsets
 * (beginning, end) are asked for in the same way as times. A partition without a record at or behind a time stands at
 * its end. */
#include "connectors/kafka/kafka_offsets.h"

#include "core/text.h"

Status kafka_ask_error(const KafkaAsk *ask, rd_kafka_resp_err_t code, const char *what, bool *is_passing, Error *err)
{
    *is_passing = kafka_error_is_passing(code);
    return error_set(err, kafka_error_status(code), ask->spec->table->span, "kafka %.*s: cannot %s: %s",
                     STR_FMT(kafka_config_servers(ask->spec)), what, rd_kafka_err2str(code));
}

/* ---- questions --------------------------------------------------------------------------------------------------- */

static rd_kafka_topic_partition_list_t *to_list(const KafkaPartition *partitions, int64_t count)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    for (int64_t i = 0; i < count; i++) {
        Text topic = TEXT_EMPTY;
        text_append(&topic, partitions[i].topic);
        rd_kafka_topic_partition_list_add(list, text_cstr(&topic), partitions[i].partition);
        text_free(&topic);
    }
    return list;
}

/* The library may return the list in another order. */
static rd_kafka_resp_err_t from_list(const rd_kafka_topic_partition_list_t *list, const KafkaPartition *partitions,
                                     int64_t count, int64_t *offsets)
{
    for (int i = 0; i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *found = &list->elems[i];
        if (found->err != RD_KAFKA_RESP_ERR_NO_ERROR)
            return found->err;
        for (int64_t p = 0; p < count; p++)
            if (partitions[p].partition == found->partition && str_is(partitions[p].topic, found->topic))
                offsets[p] = found->offset;
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* time: ms, RD_KAFKA_OFFSET_BEGINNING or RD_KAFKA_OFFSET_END. Offsets that are not known become RD_KAFKA_OFFSET_END. */
static Status ask_time(const KafkaAsk *ask, const KafkaPartition *partitions, int64_t count, int64_t time,
                       int64_t *offsets, bool *is_passing, Error *err)
{
    rd_kafka_topic_partition_list_t *list = to_list(partitions, count);
    for (int i = 0; i < list->cnt; i++)
        list->elems[i].offset = time;
    rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(ask->handle, list, ask->timeout_ms);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        code = from_list(list, partitions, count, offsets);
    rd_kafka_topic_partition_list_destroy(list);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ? STATUS_OK
                                              : kafka_ask_error(ask, code, "ask for offsets", is_passing, err);
}

/* Offsets that were never committed become RD_KAFKA_OFFSET_INVALID. */
static Status ask_committed(const KafkaAsk *ask, const KafkaPartition *partitions, int64_t count, int64_t *offsets,
                            bool *is_passing, Error *err)
{
    if (!ask->options->group_id.ptr) {
        for (int64_t i = 0; i < count; i++)
            offsets[i] = RD_KAFKA_OFFSET_INVALID;
        return STATUS_OK;
    }
    rd_kafka_topic_partition_list_t *list = to_list(partitions, count);
    rd_kafka_resp_err_t              code = rd_kafka_committed(ask->handle, list, ask->timeout_ms);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        code = from_list(list, partitions, count, offsets);
    rd_kafka_topic_partition_list_destroy(list);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR
               ? STATUS_OK
               : kafka_ask_error(ask, code, "ask for committed offsets", is_passing, err);
}

/* Those that are still `unknown` get what `time` means. */
static Status fill_unknown(const KafkaAsk *ask, const KafkaPartition *partitions, int64_t count, int64_t unknown,
                           int64_t time, int64_t *offsets, bool *is_passing, Error *err)
{
    bool has_unknown = false;
    for (int64_t i = 0; i < count; i++)
        has_unknown |= offsets[i] == unknown;
    if (!has_unknown)
        return STATUS_OK;
    Arena  *arena = arena_create();
    int64_t *filled = arena_new(arena, int64_t, count);
    Status  status = ask_time(ask, partitions, count, time, filled, is_passing, err);
    for (int64_t i = 0; i < count && status == STATUS_OK; i++)
        offsets[i] = offsets[i] == unknown ? filled[i] : offsets[i];
    arena_destroy(arena);
    return status;
}

static Status ask_timestamp(const KafkaAsk *ask, const KafkaPartition *partitions, int64_t count, int64_t ms,
                            int64_t *offsets, bool *is_passing, Error *err)
{
    TRY(ask_time(ask, partitions, count, ms, offsets, is_passing, err));
    return fill_unknown(ask, partitions, count, RD_KAFKA_OFFSET_END, RD_KAFKA_OFFSET_END, offsets, is_passing, err);
}

/* Given offsets; for a partition that is not named, its committed one, else its beginning. */
static Status ask_specific(const KafkaAsk *ask, const KafkaPartition *partitions, int64_t count,
                           const KafkaOffsets *given, int64_t *offsets, bool *is_passing, Error *err)
{
    TRY(ask_committed(ask, partitions, count, offsets, is_passing, err));
    for (int64_t i = 0; i < count; i++)
        for (int64_t g = 0; g < given->count; g++)
            if (given->items[g].partition == partitions[i].partition)
                offsets[i] = given->items[g].offset;
    return fill_unknown(ask, partitions, count, RD_KAFKA_OFFSET_INVALID, RD_KAFKA_OFFSET_BEGINNING, offsets, is_passing,
                        err);
}

/* ---- start ------------------------------------------------------------------------------------------------------- */

static Status no_committed(const KafkaAsk *ask, const KafkaPartition *partition, Error *err)
{
    error_set(err, STATUS_RUNTIME, ask->spec->table->span,
              "Undefined offset with no reset policy for partitions: [%.*s-%d]: group '%.*s' has committed none",
              STR_FMT(partition->topic), partition->partition, STR_FMT(ask->options->group_id));
    return error_hint(err,
                      "set 'properties.auto.offset.reset' = 'earliest', or 'scan.startup.mode' = 'earliest-offset'");
}

static Status ask_group_start(const KafkaAsk *ask, const KafkaPartition *partitions, int64_t count, int64_t *offsets,
                              bool *is_passing, Error *err)
{
    TRY(ask_committed(ask, partitions, count, offsets, is_passing, err));
    if (ask->options->reset != KAFKA_RESET_NONE)
        return fill_unknown(ask, partitions, count, RD_KAFKA_OFFSET_INVALID,
                            ask->options->reset == KAFKA_RESET_EARLIEST ? RD_KAFKA_OFFSET_BEGINNING
                                                                        : RD_KAFKA_OFFSET_END,
                            offsets, is_passing, err);
    for (int64_t i = 0; i < count; i++)
        if (offsets[i] == RD_KAFKA_OFFSET_INVALID)
            return no_committed(ask, &partitions[i], err);
    return STATUS_OK;
}

static Status ask_start(const KafkaAsk *ask, const KafkaPartition *partitions, int64_t count, int64_t *offsets,
                        bool *is_passing, Error *err)
{
    const KafkaOptions *options = ask->options;
    if (ask->is_later)
        return ask_time(ask, partitions, count, RD_KAFKA_OFFSET_BEGINNING, offsets, is_passing, err);
    switch (options->start) {
    case KAFKA_START_GROUP:
        return ask_group_start(ask, partitions, count, offsets, is_passing, err);
    case KAFKA_START_EARLIEST:
        return ask_time(ask, partitions, count, RD_KAFKA_OFFSET_BEGINNING, offsets, is_passing, err);
    case KAFKA_START_LATEST:
        return ask_time(ask, partitions, count, RD_KAFKA_OFFSET_END, offsets, is_passing, err);
    case KAFKA_START_TIMESTAMP:
        return ask_timestamp(ask, partitions, count, options->start_ms, offsets, is_passing, err);
    case KAFKA_START_SPECIFIC:
        return ask_specific(ask, partitions, count, &options->start_offsets, offsets, is_passing, err);
    }
    return STATUS_OK;
}

/* ---- stop -------------------------------------------------------------------------------------------------------- */

static Status ask_group_stop(const KafkaAsk *ask, const KafkaPartition *partitions, int64_t count, int64_t *offsets,
                             bool *is_passing, Error *err)
{
    TRY(ask_committed(ask, partitions, count, offsets, is_passing, err));
    for (int64_t i = 0; i < count; i++)
        if (offsets[i] == RD_KAFKA_OFFSET_INVALID)
            return error_set(err, STATUS_RUNTIME, ask->spec->table->span,
                             "Partition %.*s-%d should stop at committed offset. But there is no committed offset of "
                             "this partition for "
                             "group %.*s",
                             STR_FMT(partitions[i].topic), partitions[i].partition, STR_FMT(ask->options->group_id));
    return STATUS_OK;
}

static Status ask_stop(const KafkaAsk *ask, const KafkaPartition *partitions, int64_t count, int64_t *offsets,
                       bool *is_passing, Error *err)
{
    const KafkaOptions *options = ask->options;
    switch (options->stop) {
    case KAFKA_STOP_NEVER:
        for (int64_t i = 0; i < count; i++)
            offsets[i] = KAFKA_NO_STOP;
        return STATUS_OK;
    case KAFKA_STOP_LATEST:
        return ask_time(ask, partitions, count, RD_KAFKA_OFFSET_END, offsets, is_passing, err);
    case KAFKA_STOP_GROUP:
        return ask_group_stop(ask, partitions, count, offsets, is_passing, err);
    case KAFKA_STOP_TIMESTAMP:
        return ask_timestamp(ask, partitions, count, options->stop_ms, offsets, is_passing, err);
    case KAFKA_STOP_SPECIFIC:
        return ask_specific(ask, partitions, count, &options->stop_offsets, offsets, is_passing, err);
    }
    return STATUS_OK;
}

/* The embedded broker drops what is old without a word: say it. */
static void notice_dropped(const KafkaAsk *ask, const KafkaPartition *partition)
{
    if (ask->spec->host->kafka_servers.len > 0 && ask->options->start == KAFKA_START_EARLIEST && partition->start > 0)
        kafka_notice(
            ask->spec,
            "the embedded broker has dropped the first %lld records of %.*s, partition %d: it keeps 5 MB of each",
            (long long)partition->start, STR_FMT(partition->topic), partition->partition);
}

Status kafka_offsets_resolve(const KafkaAsk *ask, KafkaPartition *partitions, int64_t count, bool *is_passing,
                             Error *err)
{
    if (count == 0)
        return STATUS_OK;
    Arena   *arena = arena_create();
    int64_t *starts = arena_new(arena, int64_t, count);
    int64_t *stops = arena_new(arena, int64_t, count);
    Status   status = ask_stop(ask, partitions, count, stops, is_passing, err);
    if (status == STATUS_OK)
        status = ask_start(ask, partitions, count, starts, is_passing, err);
    for (int64_t i = 0; i < count && status == STATUS_OK; i++) {
        partitions[i].start = starts[i];
        partitions[i].stop = stops[i];
        notice_dropped(ask, &partitions[i]);
    }
    arena_destroy(arena);
    return status;
}

void kafka_offsets_touch(const KafkaAsk *ask, const KafkaPartition *partitions, int64_t count)
{
    rd_kafka_topic_partition_list_t *list = to_list(partitions, count);
    for (int i = 0; i < list->cnt; i++)
        list->elems[i].offset = RD_KAFKA_OFFSET_END;
    (void)rd_kafka_offsets_for_times(ask->handle, list, ask->timeout_ms);
    rd_kafka_topic_partition_list_destroy(list);
}
