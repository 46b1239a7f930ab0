/* filesystem.c: the filesystem connector: options, checks, descriptor. */
#include "connectors/filesystem/filesystem.h"

#include "connectors/filesystem/file_path.h"
#include "connectors/pattern.h"

const Option filesystem_options[] = {
    { "path", OPTION_STRING, NULL, NULL, "a file or a directory (read with all below it); file:// may stand before it",
      OPTION_REQUIRED },
    { "format", OPTION_STRING, NULL, NULL, "of the files: csv, json or raw", OPTION_REQUIRED },
    { "source.monitor-interval", OPTION_DURATION, NULL, NULL,
      "look for new files so often and never end; when not set, what is there is read once", 0 },
    { "source.path.regex-pattern", OPTION_STRING, NULL, NULL, "only files whose whole path matches", 0 },
    { "source.report-statistics", OPTION_ENUM, "ALL", "ALL|NONE", "for a planner with costs", OPTION_IGNORED },
    { "partition.default-name", OPTION_STRING, "__DEFAULT_PARTITION__", NULL,
      "stands in the directory's name for NULL and ''", 0 },
    { "sink.rolling-policy.file-size", OPTION_SIZE, "128MB", NULL, "a larger file is finished and a new one begun", 0 },
    { "sink.rolling-policy.rollover-interval", OPTION_DURATION, "30 min", NULL, "a file that is so old is finished",
      0 },
    { "sink.rolling-policy.inactivity-interval", OPTION_DURATION, "30 min", NULL,
      "a file without new rows for so long is finished", 0 },
    { "sink.rolling-policy.check-interval", OPTION_DURATION, "1 min", NULL, "how often the two intervals are looked at",
      0 },
    { "sink.partition-commit.trigger", OPTION_ENUM, "process-time", "process-time|partition-time", "only process-time",
      0 },
    { "sink.partition-commit.delay", OPTION_DURATION, "0 s", NULL, "age of a partition before it is committed", 0 },
    { "sink.partition-commit.watermark-time-zone", OPTION_STRING, "UTC", NULL, "for partition-time", OPTION_IGNORED },
    { "sink.partition-commit.policy.kind", OPTION_STRING, NULL, NULL,
      "success-file: an empty file tells that a partition is complete", 0 },
    { "sink.partition-commit.policy.class", OPTION_STRING, NULL, NULL, "for kind custom, which is not supported", 0 },
    { "sink.partition-commit.policy.class.parameters", OPTION_LIST, NULL, NULL,
      "for kind custom, which is not supported", 0 },
    { "sink.partition-commit.success-file.name", OPTION_STRING, "_SUCCESS", NULL, "name of that file", 0 },
    { "sink.shuffle-by-partition.enable", OPTION_BOOL, "false", NULL, "each task writes the partitions it meets",
      OPTION_IGNORED },
    { "auto-compaction", OPTION_BOOL, "false", NULL, "only false", 0 },
    { "compaction.file-size", OPTION_SIZE, NULL, NULL, "for auto-compaction", OPTION_IGNORED },
    { "compaction.parallelism", OPTION_INT, NULL, NULL, "for auto-compaction", OPTION_IGNORED },
    { "partition.time-extractor.kind", OPTION_STRING, "default", NULL, "for partition-time", OPTION_IGNORED },
    { "partition.time-extractor.class", OPTION_STRING, NULL, NULL, "for partition-time", OPTION_IGNORED },
    { "partition.time-extractor.timestamp-pattern", OPTION_STRING, NULL, NULL, "for partition-time", OPTION_IGNORED },
    { "partition.time-extractor.timestamp-formatter", OPTION_STRING, "yyyy-MM-dd HH:mm:ss", NULL, "for partition-time",
      OPTION_IGNORED },
    { 0 },
};

static const Type type_bigint_of_file = { .kind = TYPE_BIGINT };
static const Type type_string_of_file = { .kind = TYPE_VARCHAR, .length = LENGTH_MAX };
static const Type type_time_of_file = { .kind = TYPE_TIMESTAMP_LTZ, .precision = 3 };

static const MetadataColumn filesystem_metadata[] = {
    { "file.path", &type_string_of_file, false, "the file's whole path" },
    { "file.name", &type_string_of_file, false, "the last part of the path" },
    { "file.size", &type_bigint_of_file, false, "bytes, when the file was found" },
    { "file.modification-time", &type_time_of_file, false, "when the file was found" },
    { 0 },
};

Status filesystem_format(const TableSpec *table, Arena *arena, const Format **format, const Map **options, Error *err)
{
    Str name = map_get_str(table->options, STR("format"));
    *format = format_find(name);
    if (!*format || !(*format)->is_line_based)
        return error_set(err, STATUS_UNSUPPORTED, table->span, "connector 'filesystem' has no format '%.*s'",
                         STR_FMT(name));
    *options = format_options(arena, table->options, arena_format(arena, "%s.", (*format)->name));
    return STATUS_OK;
}

bool filesystem_is_partition_key(const TableSpec *table, int32_t column)
{
    for (int32_t i = 0; i < table->partition_key_count; i++)
        if (table->partition_keys[i] == column)
            return true;
    return false;
}

/* ---- checks ---------------------------------------------------------------------------------------------------- */

static Status check_partition_keys(const TableSpec *table, Error *err)
{
    int32_t physical = 0;
    for (int32_t i = 0; i < table->column_count; i++)
        physical += !table->columns[i].metadata_key.ptr;
    if (table->partition_key_count > 0 && table->partition_key_count >= physical)
        return error_set(err, STATUS_INVALID, table->span, "at least one column must not be a partition key");
    for (int32_t i = 0; i < table->partition_key_count; i++) {
        const TableColumn *column = &table->columns[table->partition_keys[i]];
        if (!type_casts_explicitly(&type_string, column->type) || type_layout(column->type) >= LAYOUT_LIST)
            return error_set(err, STATUS_TYPE, table->span,
                             "column '%.*s' cannot be a partition key: its type has no text form",
                             STR_FMT(column->name));
    }
    return STATUS_OK;
}

static Status check_commit_policy(const TableSpec *table, Error *err)
{
    Str kinds = option_str(filesystem_options, table->options, "sink.partition-commit.policy.kind");
    Str kind;
    while (kinds.ptr && str_split(&kinds, ',', &kind)) {
        kind = str_trim(kind);
        if (str_is_nocase(kind, "metastore"))
            return error_set(err, STATUS_INVALID, table->span,
                             "Can not configure a 'metastore' partition commit policy for a file system table. You "
                             "can only configure 'metastore' partition commit policy for a hive table.");
        if (!str_is_nocase(kind, "success-file"))
            return error_set(err, STATUS_UNSUPPORTED, table->span,
                             "option 'sink.partition-commit.policy.kind' = '%.*s': only success-file is supported",
                             STR_FMT(kind));
    }
    return STATUS_OK;
}

static Status check_sink(const TableSpec *table, Error *err)
{
    TRY(check_commit_policy(table, err));
    if (str_is_nocase(option_str(filesystem_options, table->options, "sink.partition-commit.trigger"),
                      "partition-time"))
        return error_set(err, STATUS_UNSUPPORTED, table->span,
                         "option 'sink.partition-commit.trigger' = 'partition-time': only process-time is supported");
    if (option_bool(filesystem_options, table->options, "auto-compaction"))
        return error_set(err, STATUS_UNSUPPORTED, table->span,
                         "option 'auto-compaction' = 'true': compaction is not supported");
    return STATUS_OK;
}

static Status filesystem_check(const TableSpec *table, bool is_sink, Error *err)
{
    Arena       *arena = arena_create();
    Str          path;
    const Format *format;
    const Map   *options;
    Pattern *pattern;
    Str          regex = option_str(filesystem_options, table->options, "source.path.regex-pattern");
    Status       status = file_path_local(arena, map_get_str(table->options, STR("path")), table->span, &path, err);
    if (status == STATUS_OK)
        status = filesystem_format(table, arena, &format, &options, err);
    if (status == STATUS_OK && regex.ptr)
        status = pattern_create(arena, "source.path.regex-pattern", regex, table->span, &pattern, err);
    arena_destroy(arena);
    TRY(status);
    TRY(check_partition_keys(table, err));
    return is_sink ? check_sink(table, err) : STATUS_OK;
}

const Connector connector_filesystem = {
    .name = "filesystem",
    .doc = "Files of a directory, csv, json or raw; with PARTITIONED BY in directories such as dt=2024-01-01.",
    .options = filesystem_options,
    .metadata = filesystem_metadata,
    .has_format = true,
    .takes_any_format_option = true,
    .check = filesystem_check,
    .source = &filesystem_source,
    .sink = &filesystem_sink,
};
