/* kafka.c: the descriptor of the kafka connector, and the check of a table before it is opened. */
#include "connectors/kafka/kafka_config.h"
#include "connectors/kafka/kafka_metadata.h"
#include "connectors/kafka/kafka_record.h"
#include "connectors/kafka/kafka_sink.h"
#include "connectors/kafka/kafka_source.h"
#include "connectors/kafka/kafka_topics.h"
#include "connectors/pattern.h"

static Status check_topics(const TableSpec *table, const KafkaOptions *options, bool is_sink, Arena *arena, Error *err)
{
    Pattern *pattern;
    for (int64_t i = 0; i < options->topics.count; i++)
        if (!kafka_topic_is_legal(options->topics.items[i]))
            return error_set(err, STATUS_OPTION, table->span, "'topic' = '%.*s' cannot be the name of a topic",
                             STR_FMT(options->topics.items[i]));
    if (options->topic_pattern.ptr)
        return pattern_create(arena, "topic-pattern", options->topic_pattern, table->span, &pattern, err);
    for (int32_t i = 0; i < table->column_count && is_sink && options->topics.count == 1; i++) {
        const TableColumn *column = &table->columns[i];
        if (!str_is(column->metadata_key, "topic") || column->is_virtual)
            continue;
        error_set(err, STATUS_INVALID, table->span,
                  "column '%.*s': the table has a single topic, so that 'topic' cannot be written",
                  STR_FMT(column->name));
        return error_hint(err, "declare it VIRTUAL");
    }
    return STATUS_OK;
}

static Status check_in(const TableSpec *table, bool is_sink, Arena *arena, Error *err)
{
    KafkaOptions options;
    KafkaLayout  layout;
    TRY(kafka_options_read(table, is_sink, arena, &options, err));
    TRY(check_topics(table, &options, is_sink, arena, err));
    TRY(kafka_layout(table, &options, NULL, arena, zone_utc, &layout, err));
    return kafka_config_check(table, is_sink, err);
}

static Status kafka_check(const TableSpec *table, bool is_sink, Error *err)
{
    Arena *arena = arena_create();
    Status status = check_in(table, is_sink, arena, err);
    arena_destroy(arena);
    return status;
}

const Connector connector_kafka = {
    .name = "kafka",
    .doc = "Topics of an Apache Kafka cluster.",
    .options = kafka_option_rows,
    .metadata = kafka_metadata_columns,
    .has_format = true,
    .check = kafka_check,
    .source = &kafka_source,
    .sink = &kafka_sink,
};
