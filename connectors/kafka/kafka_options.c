/* kafka_options.c: the option rows of kafka tables, and reading them.
 *
 * Texts of errors are the dialect's own where it has one, so that what people find on the web about them holds here. */
#include "connectors/kafka/kafka_options.h"

#include <stdio.h>

const Option kafka_option_rows[] = {
    { "topic", OPTION_LIST, NULL, NULL, "topics to read, 'a;b'; the topic to write", 0 },
    { "topic-pattern", OPTION_STRING, NULL, NULL,
      "regular expression that the whole name of a topic must match; instead of topic", 0 },
    { "properties.bootstrap.servers", OPTION_STRING, NULL, NULL, "brokers, 'host:port,host:port'", OPTION_REQUIRED },
    { "properties.group.id", OPTION_STRING, NULL, NULL, "consumer group whose offsets are used and committed", 0 },
    { "properties.ssl.keystore.key", OPTION_STRING, NULL, NULL, "private key as PEM text", OPTION_SECRET },
    { "properties.", OPTION_PREFIX, NULL, NULL, "passed to the Kafka client, by its Java names; see Kafka properties",
      0 },
    { "key.fields", OPTION_LIST, NULL, NULL, "columns that make the key, 'a;b'; needs key.format", 0 },
    { "key.fields-prefix", OPTION_STRING, "", NULL,
      "stands before the names of all key columns of the table, not in the record; needs value.fields-include = "
      "EXCEPT_KEY", 0 },
    { "value.fields-include", OPTION_ENUM, "ALL", "ALL|EXCEPT_KEY", "are the key's columns in the value, too?", 0 },
    { "scan.startup.mode", OPTION_ENUM, "group-offsets",
      "earliest-offset|latest-offset|group-offsets|timestamp|specific-offsets",
      "where reading starts; group-offsets without a committed offset goes by properties.auto.offset.reset and fails "
      "without one", 0 },
    { "scan.startup.specific-offsets", OPTION_STRING, NULL, NULL, "'partition:0,offset:42;partition:1,offset:300'", 0 },
    { "scan.startup.timestamp-millis", OPTION_INT, NULL, NULL, "the first record of each partition that is not older",
      0 },
    { "scan.bounded.mode", OPTION_ENUM, "unbounded", "unbounded|latest-offset|group-offsets|timestamp|specific-offsets",
      "where reading ends", 0 },
    { "scan.bounded.specific-offsets", OPTION_STRING, NULL, NULL, "the first offsets not to read", 0 },
    { "scan.bounded.timestamp-millis", OPTION_INT, NULL, NULL, "ends before the first record that is not older", 0 },
    { "scan.topic-partition-discovery.interval", OPTION_DURATION, "5 min", NULL,
      "how often to look for new partitions; 0 = never", 0 },
    { "sink.partitioner", OPTION_STRING, "default", NULL,
      "default: by key, as Java clients place it; fixed: each task its own partition; round-robin: in turn, without a "
      "key", 0 },
    { "sink.delivery-guarantee", OPTION_ENUM, "at-least-once", "none|at-least-once|exactly-once",
      "none: a record that cannot be delivered is counted and given up; exactly-once: needs a state directory and a "
      "broker from 2.5", 0 },
    { "sink.semantic", OPTION_ENUM, NULL, "none|at-least-once|exactly-once", "older name of sink.delivery-guarantee",
      0 },
    { "sink.transactional-id-prefix", OPTION_STRING, NULL, NULL,
      "for exactly-once, required: its transactional ids are PREFIX-0, PREFIX-1, ...; no other sink may use them", 0 },
    { "sink.transaction-naming-strategy", OPTION_ENUM, "default", "default|incrementing|pooling", "for exactly-once",
      OPTION_IGNORED },
    { 0 },
};

Str kafka_property(const TableSpec *table, const char *name)
{
    char key[128];
    int  length = snprintf(key, sizeof(key), "properties.%s", name);
    if (length < 0 || length >= (int)sizeof(key))
        return (Str){ NULL, 0 };
    return map_get_str(table->options, (Str){ key, length });
}

/* ---- values that rows cannot check ------------------------------------------------------------------------------- */

static Str str_option(const TableSpec *table, const char *key)
{
    return option_str(kafka_option_rows, table->options, key);
}

/* Index of the value in "a|b|c". */
static int choice(const TableSpec *table, const char *key, const char *values)
{
    Str rest = str_from(values);
    Str value = str_option(table, key);
    Str part;
    for (int i = 0; str_split(&rest, '|', &part); i++)
        if (str_eq_nocase(part, value))
            return i;
    return -1;
}

/* "partition:0" with name "partition:" */
static bool take_number(Str text, Str name, int64_t *out)
{
    return str_starts_with(text, name) && str_to_i64(str_slice(text, name.len, text.len), out);
}

static bool parse_offset(Str text, KafkaOffset *out)
{
    Str     partition, offset;
    int64_t number;
    if (!str_split(&text, ',', &partition) || !str_split(&text, ',', &offset) || text.len > 0)
        return false;
    if (!take_number(partition, STR("partition:"), &number) || number < 0 || number > INT32_MAX)
        return false;
    out->partition = (int32_t)number;
    return take_number(offset, STR("offset:"), &out->offset) && out->offset >= 0;
}

static Status parse_offsets(const TableSpec *table, const char *key, Arena *arena, KafkaOffsets *out, Error *err)
{
    Str text = str_option(table, key);
    Str rest = text, part;
    while (str_split(&rest, ';', &part)) {
        KafkaOffset offset;
        if (!parse_offset(part, &offset)) {
            out->count = 0;
            break;
        }
        list_push(arena, out, offset);
    }
    if (out->count > 0)
        return STATUS_OK;
    return error_set(err, STATUS_OPTION, table->span,
                     "Invalid properties '%s' should follow the format 'partition:0,offset:42;partition:1,offset:300', "
                     "but is '%.*s'.",
                     key, STR_FMT(text));
}

static Status missing(const TableSpec *table, const char *key, const char *value, const char *what, Error *err)
{
    return error_set(err, STATUS_OPTION, table->span, "'%s' is required in '%s' %s mode but missing.", key, value,
                     what);
}

/* ---- topics ------------------------------------------------------------------------------------------------------ */

static Status read_topics(const TableSpec *table, bool is_sink, Arena *arena, KafkaOptions *out, Error *err)
{
    Str rest = str_option(table, "topic"), topic;
    out->topic_pattern = str_option(table, "topic-pattern");
    if (rest.ptr && out->topic_pattern.ptr)
        return error_set(err, STATUS_OPTION, table->span,
                         "Option 'topic' and 'topic-pattern' shouldn't be set together.");
    if (!rest.ptr && !out->topic_pattern.ptr)
        return error_set(err, STATUS_OPTION, table->span, "Either 'topic' or 'topic-pattern' must be set.");
    while (str_split(&rest, ';', &topic))
        if (str_trim(topic).len > 0)
            list_push(arena, &out->topics, str_trim(topic));
    if (!out->topic_pattern.ptr && out->topics.count == 0)
        return error_set(err, STATUS_OPTION, table->span, "'topic' names no topic");
    if (!is_sink || out->topics.count == 1)
        return STATUS_OK;
    for (int32_t i = 0; i < table->column_count; i++)
        if (str_is(table->columns[i].metadata_key, "topic") && !table->columns[i].is_virtual)
            return STATUS_OK;
    error_set(err, STATUS_UNSUPPORTED, table->span,
              "writing to table %.*s needs a single 'topic', or a column that says which one", STR_FMT(table->path));
    return error_hint(err, "add a column: topic STRING METADATA");
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static Status read_reset(const TableSpec *table, KafkaReset *out, Error *err)
{
    static const struct {
        const char *name;
        KafkaReset  reset;
    } names[] = { { "none", KAFKA_RESET_NONE },
                  { "earliest", KAFKA_RESET_EARLIEST },
                  { "latest", KAFKA_RESET_LATEST } };
    Str value = kafka_property(table, "auto.offset.reset");
    *out = KAFKA_RESET_NONE;
    if (!value.ptr)
        return STATUS_OK;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (str_is_nocase(value, names[i].name)) {
            *out = names[i].reset;
            return STATUS_OK;
        }
    }
    return error_set(err, STATUS_OPTION, table->span,
                     "auto.offset.reset can not be set to %.*s. Valid values: [latest,earliest,none]", STR_FMT(value));
}

static Status need_group(const TableSpec *table, const KafkaOptions *options, const char *key, Error *err)
{
    if (options->group_id.ptr)
        return STATUS_OK;
    error_set(err, STATUS_OPTION, table->span,
              "Property group.id is required when using committed offset for offsets initializer");
    return error_hint(err, "set 'properties.group.id', or another '%s' than 'group-offsets'", key);
}

static Status need_single_topic(const TableSpec *table, const KafkaOptions *options, Error *err)
{
    if (options->topics.count == 1)
        return STATUS_OK;
    return error_set(err, STATUS_OPTION, table->span,
                     "Currently Kafka source only supports specific offset for single topic.");
}

static Status read_start(const TableSpec *table, Arena *arena, KafkaOptions *out, Error *err)
{
    KafkaReset by_group;
    TRY(read_reset(table, &by_group, err));
    out->start = (KafkaStart)choice(table, "scan.startup.mode",
                                    "group-offsets|earliest-offset|latest-offset|timestamp|specific-offsets");
    switch (out->start) {
    case KAFKA_START_GROUP:
        out->reset = by_group;
        return need_group(table, out, "scan.startup.mode", err);
    case KAFKA_START_EARLIEST:
        out->reset = KAFKA_RESET_EARLIEST;
        return STATUS_OK;
    case KAFKA_START_LATEST:
        out->reset = KAFKA_RESET_LATEST;
        return STATUS_OK;
    case KAFKA_START_TIMESTAMP:
        out->reset = KAFKA_RESET_NONE;
        if (!option_is_set(table->options, "scan.startup.timestamp-millis"))
            return missing(table, "scan.startup.timestamp-millis", "timestamp", "startup", err);
        out->start_ms = option_i64(kafka_option_rows, table->options, "scan.startup.timestamp-millis");
        return STATUS_OK;
    case KAFKA_START_SPECIFIC:
        out->reset = KAFKA_RESET_EARLIEST;
        if (!option_is_set(table->options, "scan.startup.specific-offsets"))
            return missing(table, "scan.startup.specific-offsets", "specific-offsets", "startup", err);
        TRY(need_single_topic(table, out, err));
        return parse_offsets(table, "scan.startup.specific-offsets", arena, &out->start_offsets, err);
    }
    return STATUS_OK;
}

static Status read_stop(const TableSpec *table, Arena *arena, KafkaOptions *out, Error *err)
{
    out->stop = (KafkaStop)choice(table, "scan.bounded.mode",
                                  "unbounded|latest-offset|group-offsets|timestamp|specific-offsets");
    switch (out->stop) {
    case KAFKA_STOP_NEVER:
    case KAFKA_STOP_LATEST:
        return STATUS_OK;
    case KAFKA_STOP_GROUP:
        return need_group(table, out, "scan.bounded.mode", err);
    case KAFKA_STOP_TIMESTAMP:
        if (!option_is_set(table->options, "scan.bounded.timestamp-millis"))
            return missing(table, "scan.bounded.timestamp-millis", "timestamp", "bounded", err);
        out->stop_ms = option_i64(kafka_option_rows, table->options, "scan.bounded.timestamp-millis");
        return STATUS_OK;
    case KAFKA_STOP_SPECIFIC:
        if (!option_is_set(table->options, "scan.bounded.specific-offsets"))
            return missing(table, "scan.bounded.specific-offsets", "specific-offsets", "bounded", err);
        TRY(need_single_topic(table, out, err));
        return parse_offsets(table, "scan.bounded.specific-offsets", arena, &out->stop_offsets, err);
    }
    return STATUS_OK;
}

bool kafka_options_are_bounded(const TableSpec *table)
{
    return !str_is_nocase(str_option(table, "scan.bounded.mode"), "unbounded");
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static Status read_partitioner(const TableSpec *table, KafkaOptions *out, Error *err)
{
    int index = choice(table, "sink.partitioner", "default|fixed|round-robin");
    if (index < 0) {
        error_set(err, STATUS_UNSUPPORTED, table->span,
                  "'sink.partitioner' = '%.*s': partitioners that are Java classes cannot run here",
                  STR_FMT(str_option(table, "sink.partitioner")));
        return error_hint(err, "there are: default, fixed, round-robin");
    }
    out->partitioning = (KafkaPartitioning)index;
    if (out->partitioning == KAFKA_PARTITION_ROUND_ROBIN && option_is_set(table->options, "key.fields"))
        return error_set(err, STATUS_OPTION, table->span,
                         "Currently 'round-robin' partitioner only works when option 'key.fields' is not specified.");
    return STATUS_OK;
}

static KafkaDelivery delivery_of(const TableSpec *table)
{
    const char *key = option_is_set(table->options, "sink.semantic") ? "sink.semantic" : "sink.delivery-guarantee";
    return (KafkaDelivery)choice(table, key, "none|at-least-once|exactly-once");
}

bool kafka_options_are_exactly_once(const TableSpec *table)
{
    return delivery_of(table) == KAFKA_DELIVERY_EXACTLY_ONCE;
}

static Status read_delivery(const TableSpec *table, KafkaOptions *out, Error *err)
{
    out->delivery = delivery_of(table);
    if (out->delivery != KAFKA_DELIVERY_EXACTLY_ONCE)
        return STATUS_OK;
    out->transactional_prefix = str_option(table, "sink.transactional-id-prefix");
    if (out->transactional_prefix.len == 0) {
        error_set(err, STATUS_OPTION, table->span,
                  "sink.transactional-id-prefix must be specified when using DeliveryGuarantee.EXACTLY_ONCE.");
        return error_hint(err, "a name that no other sink on the cluster uses");
    }
    if (out->topics.count > 0)
        return STATUS_OK;
    error_set(err, STATUS_UNSUPPORTED, table->span,
              "'exactly-once' cannot be had with 'topic-pattern': the number of the epoch is kept beside the first topic");
    return error_hint(err, "name the topics: 'topic' = 'a;b'");
}

/* Two sinks with the same transactional ids would shut each other out. */
Status kafka_options_check_beside(const TableSpec *table, const TableSpec *other, Error *err)
{
    Str prefix = str_option(table, "sink.transactional-id-prefix");
    if (delivery_of(table) != KAFKA_DELIVERY_EXACTLY_ONCE || delivery_of(other) != KAFKA_DELIVERY_EXACTLY_ONCE ||
        !str_eq(prefix, str_option(other, "sink.transactional-id-prefix")) ||
        !str_eq(kafka_property(table, "bootstrap.servers"), kafka_property(other, "bootstrap.servers")))
        return STATUS_OK;
    error_set(err, STATUS_OPTION, SPAN_NONE, "two sinks of this job have the 'sink.transactional-id-prefix' = '%.*s', and would shut each other out",
              STR_FMT(prefix));
    return error_hint(err, "write them by one INSERT with UNION ALL, or give one its own: "
                      "INSERT INTO t /*+ OPTIONS('sink.transactional-id-prefix' = '%.*s-2') */", STR_FMT(prefix));
}

/* ---- key and value ----------------------------------------------------------------------------------------------- */

static Status read_key(const TableSpec *table, Arena *arena, KafkaOptions *out, Error *err)
{
    Str format = map_get_str(table->options, STR("key.format"));
    Str rest = str_option(table, "key.fields"), field;
    out->key_prefix = str_option(table, "key.fields-prefix");
    out->value_has_key = choice(table, "value.fields-include", "ALL|EXCEPT_KEY") == 0;
    while (str_split(&rest, ';', &field))
        if (str_trim(field).len > 0)
            list_push(arena, &out->key_fields, str_trim(field));
    if (!format.ptr && option_is_set(table->options, "key.fields"))
        return error_set(err, STATUS_OPTION, table->span,
                         "The option 'key.fields' can only be declared if a key format is defined using 'key.format'.");
    if (format.ptr && out->key_fields.count == 0)
        return error_set(
            err, STATUS_OPTION, table->span,
            "A key format 'key.format' requires the declaration of one or more of key fields using 'key.fields'.");
    if (out->value_has_key && out->key_prefix.len > 0)
        return error_set(err, STATUS_OPTION, table->span,
                         "A key prefix is not allowed when option 'value.fields-include' is set to 'ALL'. "
                         "Set it to 'EXCEPT_KEY' instead to avoid field overlaps.");
    return STATUS_OK;
}

/* 'format' and 'value.format' are the same; with both, the first counts. */
static Status check_value_format(const TableSpec *table, bool is_sink, Error *err)
{
    Str name = map_get_str(table->options, STR("format"));
    if (!name.ptr)
        name = map_get_str(table->options, STR("value.format"));
    if (!name.ptr) {
        error_set(err, STATUS_OPTION, table->span, "Could not find required %s format 'value.format'.",
                  is_sink ? "sink" : "scan");
        return error_hint(err, "for example 'format' = 'json'");
    }
    if (table->primary_key_count == 0)
        return STATUS_OK;
    return error_set(
        err, STATUS_INVALID, table->span,
        "The Kafka table '%.*s' with '%.*s' format doesn't support defining PRIMARY KEY constraint on the table, "
        "because it can't guarantee the semantic of primary key.",
        STR_FMT(table->path), STR_FMT(name));
}

Status kafka_options_read(const TableSpec *table, bool is_sink, Arena *arena, KafkaOptions *out, Error *err)
{
    *out = (KafkaOptions){ 0 };
    out->group_id = kafka_property(table, "group.id");
    out->discovery_ms = option_i64(kafka_option_rows, table->options, "scan.topic-partition-discovery.interval");
    TRY(check_value_format(table, is_sink, err));
    TRY(read_topics(table, is_sink, arena, out, err));
    TRY(read_key(table, arena, out, err));
    if (!is_sink) {
        TRY(read_start(table, arena, out, err));
        return read_stop(table, arena, out, err);
    }
    TRY(read_partitioner(table, out, err));
    return read_delivery(table, out, err);
}
