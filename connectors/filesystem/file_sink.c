/* file_sink.c: rows to files. Each task writes files of its own, one at a time per partition.
 *
 *   write:   consecutive rows of one partition are encoded together and gathered in that partition's file
 *   roll:    a file that is large, old or idle is finished: synced and renamed, and so becomes visible
 *   finish:  all files are; with partition-commit.policy.kind = success-file each partition then gets its mark
 *   close:   what is not finished is removed
 *
 * In a job with checkpoints files are only ended when they are rolled, and shown when the next checkpoint is durable (file_epochs); close
 * leaves what a checkpoint may know.
 *
 * At most OPEN_MAX files are open; when another partition is met, the one that was written least recently is
 * finished. */
#include "connectors/filesystem/file_epochs.h"
#include "connectors/filesystem/file_path.h"
#include "connectors/filesystem/filesystem.h"

#include "data/cast.h"

enum { OPEN_MAX = 64 };

typedef struct Partition {
    Str      directory;
    Str      below;        /* the same, below the root */
    PartFile file;
    int64_t  first_ms;     /* when it was met */
    bool     has_new_file; /* one was shown since it got its mark */
    bool     has_new_name; /* a file was begun in it since the last seal */
} Partition;

struct Sink {
    const IoSpec *spec;
    const Format *format;
    Encoder      *encoder;
    int32_t      *key_columns; /* column of the batch, per partition key */
    Str           root;
    Str           default_name;
    Str           writer;      /* part of file names, different for every sink there ever is */
    int64_t       next_number;
    int64_t       size_max, age_max_ms, idle_max_ms, check_ms, commit_delay_ms;
    int64_t       next_check_ms;
    Str           success_name; /* ptr NULL = no mark */
    Map          *partitions;   /* directory below the root -> Partition */
    int32_t       opened_count;
    Text          key;   /* directory of the rows at hand */
    Text          value; /* of one partition column */
    Text          encoded;
    Record       *records;
    int64_t       records_max;
    FileEpochs    epochs; /* spec->has_epochs */
    int64_t       epoch;  /* the last one that was sealed */
};

/* ---- opening --------------------------------------------------------------------------------------------------- */

static int32_t batch_column(const IoSpec *spec, int32_t table_column)
{
    for (int32_t i = 0; i < spec->column_count; i++)
        if (spec->columns[i] == table_column)
            return i;
    return -1;
}

static Status create_encoder(Sink *sink, Error *err)
{
    const IoSpec *spec = sink->spec;
    FormatColumn *columns = arena_new(spec->arena, FormatColumn, spec->table->column_count + 1);
    FormatSpec    format = { .columns = columns, .arena = spec->arena, .zone = spec->zone, .span = spec->table->span };
    TRY(filesystem_format(spec->table, spec->arena, &sink->format, &format.options, err));
    for (int32_t i = 0; i < spec->table->column_count; i++) {
        const TableColumn *column = &spec->table->columns[i];
        int32_t            in = batch_column(spec, i);
        if (in >= 0 && !column->metadata_key.ptr && !filesystem_is_partition_key(spec->table, i))
            columns[format.column_count++] = (FormatColumn){ .name = column->name, .type = column->type, .out = in };
    }
    sink->key_columns = arena_new(spec->arena, int32_t, spec->table->partition_key_count + 1);
    for (int32_t i = 0; i < spec->table->partition_key_count; i++)
        sink->key_columns[i] = batch_column(spec, spec->table->partition_keys[i]);
    return sink->format->encoder_create(&format, &sink->encoder, err);
}

static void read_options(Sink *sink)
{
    const Map *options = sink->spec->table->options;
    sink->default_name = option_str(filesystem_options, options, "partition.default-name");
    sink->size_max = option_i64(filesystem_options, options, "sink.rolling-policy.file-size");
    sink->age_max_ms = option_i64(filesystem_options, options, "sink.rolling-policy.rollover-interval");
    sink->idle_max_ms = option_i64(filesystem_options, options, "sink.rolling-policy.inactivity-interval");
    sink->check_ms = option_i64(filesystem_options, options, "sink.rolling-policy.check-interval");
    sink->commit_delay_ms = option_i64(filesystem_options, options, "sink.partition-commit.delay");
    if (option_is_set(options, "sink.partition-commit.policy.kind"))
        sink->success_name = option_str(filesystem_options, options, "sink.partition-commit.success-file.name");
}

static void file_sink_free(void *object)
{
    Sink *sink = object;
    for (int64_t i = 0; i < sink->partitions->count; i++)
        part_file_free(&((Partition *)sink->partitions->entries[i].value)->file);
    text_free(&sink->key);
    text_free(&sink->value);
    text_free(&sink->encoded);
    file_epochs_free(&sink->epochs);
}

static void partition_shown(void *context, Str below, int64_t since_ms);


static Status file_sink_open(const IoSpec *spec, Sink **out, Error *err)
{
    uint64_t random;
    EnvStat  stat;
    Sink    *sink = arena_new(spec->arena, Sink, 1);
    sink->spec = spec;
    sink->partitions = map_create(spec->arena);
    arena_defer(spec->arena, file_sink_free, sink);
    read_options(sink);
    TRY(file_path_local(spec->arena, map_get_str(spec->table->options, STR("path")), spec->table->span, &sink->root,
                        err));
    if (env_file_stat(sink->root, &stat) && !stat.is_directory)
        return error_set(err, STATUS_IO, spec->table->span, "\"%.*s\" is a file; table %.*s writes into a directory",
                         STR_FMT(sink->root),
                         STR_FMT(spec->table->path));
    env_random(&random, sizeof(random));
    sink->writer = arena_format(spec->arena, "%016llx-%d", (unsigned long long)random, spec->task_index);
    sink->next_check_ms = clock_now_ms(spec->clock) + sink->check_ms;
    if (spec->has_epochs)
        file_epochs_init(&sink->epochs, spec, sink->root, partition_shown, sink);
    TRY(create_encoder(sink, err));
    *out = sink;
    return STATUS_OK;
}

/* ---- partitions ------------------------------------------------------------------------------------------------ */

/* Appends "key=value". */
static void put_partition(Sink *sink, int32_t key, const Column *column, int64_t row)
{
    const TableSpec *table = sink->spec->table;
    Text            *value = &sink->value;
    text_clear(value);
    partition_escape(table->columns[table->partition_keys[key]].name, &sink->key);
    text_put(&sink->key, '=');
    if (!column_is_null(column, row))
        value_print(column, row, STYLE_PRINT, sink->spec->zone, value);
    partition_escape(value->len ? text_str(value) : sink->default_name, &sink->key);
}

static Str partition_key(Sink *sink, const Batch *batch, int64_t row)
{
    text_clear(&sink->key);
    for (int32_t i = 0; i < sink->spec->table->partition_key_count; i++) {
        text_puts(&sink->key, i ? "/" : "");
        put_partition(sink, i, &batch->columns[sink->key_columns[i]], row);
    }
    return text_str(&sink->key);
}

static bool is_same_partition(const Sink *sink, const Batch *batch, int64_t left, int64_t right)
{
    for (int32_t i = 0; i < sink->spec->table->partition_key_count; i++) {
        const Column *column = &batch->columns[sink->key_columns[i]];
        if (!column_value_equals(column, left, column, right))
            return false;
    }
    return true;
}

static Partition *find_partition(Sink *sink, Str key)
{
    Partition *partition = map_get(sink->partitions, key);
    if (partition)
        return partition;
    partition = arena_new(sink->spec->arena, Partition, 1);
    partition->below = arena_str(sink->spec->arena, key);
    partition->directory = key.len ? file_path_join(sink->spec->arena, sink->root, key) : sink->root;
    partition->first_ms = clock_now_ms(sink->spec->clock);
    part_file_init(&partition->file, partition->directory);
    map_put(sink->partitions, key, partition);
    return partition;
}

/* ---- rolling, and marks of partitions ------------------------------------------------------------------------------------- */

static Status roll(Sink *sink, Partition *partition, Error *err)
{
    if (partition->file.fd < 0)
        return STATUS_OK;
    sink->opened_count--;
    if (sink->spec->has_epochs) {
        TRY(part_file_end(&partition->file, err));
        file_epochs_ended(&sink->epochs, partition->below, &partition->file);
        return STATUS_OK;
    }
    TRY(part_file_finish(&partition->file, err));
    partition->has_new_file = true;
    return STATUS_OK;
}

static void partition_shown(void *context, Str below, int64_t since_ms)
{
    Partition *partition = find_partition(context, below);
    partition->has_new_file = true;
    if (since_ms > 0)
        partition->first_ms = since_ms;
}

static Status put_mark(const Sink *sink, Partition *partition, Error *err)
{
    int  fd;
    Text path = TEXT_EMPTY;
    text_printf(&path, "%.*s/%.*s", STR_FMT(partition->directory), STR_FMT(sink->success_name));
    Status status = env_file_open(text_str(&path), ENV_CREATE, &fd, err);
    if (status == STATUS_OK)
        env_file_close(fd);
    text_free(&path);
    partition->has_new_file = false;
    return status;
}

static bool has_marks(const Sink *sink)
{
    return sink->success_name.ptr && sink->spec->table->partition_key_count > 0;
}

/* On partitions that are old enough and have no open file, or all at the end. */
static Status put_marks(Sink *sink, int64_t now_ms, bool is_end, Error *err)
{
    if (!has_marks(sink))
        return STATUS_OK;
    for (int64_t i = 0; i < sink->partitions->count; i++) {
        Partition *partition = sink->partitions->entries[i].value;
        bool       is_due = partition->file.fd < 0 && now_ms - partition->first_ms >= sink->commit_delay_ms;
        if (partition->has_new_file && (is_end || is_due))
            TRY(put_mark(sink, partition, err));
    }
    return STATUS_OK;
}

static bool is_to_be_rolled(const Sink *sink, const PartFile *file, int64_t now_ms)
{
    return file->fd >= 0 && (file->size >= sink->size_max || now_ms - file->opened_ms >= sink->age_max_ms ||
                             now_ms - file->written_ms >= sink->idle_max_ms);
}

static Status roll_idlest(Sink *sink, Error *err)
{
    Partition *idlest = NULL;
    for (int64_t i = 0; i < sink->partitions->count; i++) {
        Partition *partition = sink->partitions->entries[i].value;
        if (partition->file.fd >= 0 && (!idlest || partition->file.written_ms < idlest->file.written_ms))
            idlest = partition;
    }
    return idlest ? roll(sink, idlest, err) : STATUS_OK;
}

static Status ensure_open(Sink *sink, Partition *partition, int64_t now_ms, Error *err)
{
    if (partition->file.fd >= 0)
        return STATUS_OK;
    if (sink->opened_count >= OPEN_MAX)
        TRY(roll_idlest(sink, err));
    Str prefix = sink->spec->has_epochs ? sink->epochs.prefix : STR(".");
    TRY(part_file_open(&partition->file, prefix, sink->writer, sink->next_number++, now_ms, err));
    partition->has_new_name = true;
    sink->opened_count++;
    return STATUS_OK;
}

/* ---- rows ------------------------------------------------------------------------------------------------------- */

static void reserve_records(Sink *sink, int64_t count)
{
    if (count <= sink->records_max)
        return;
    sink->records = arena_new(sink->spec->arena, Record, count);
    sink->records_max = count;
}

/* Whole, or not at all. */
static Status encode(Sink *sink, const Batch *batch, int64_t start, int64_t count, Error *err)
{
    Status status = sink->format->encode(sink->encoder, batch, start, count, &sink->encoded, sink->records, err);
    for (int64_t i = 0; i < count && status == STATUS_OK; i++)
        if (sink->records[i].is_null)
            status = error_set(err, STATUS_DATA, sink->spec->table->span, "table %.*s: a file cannot hold a NULL record",
                               STR_FMT(sink->spec->table->path));
    return status == STATUS_DATA ? (err->status = STATUS_REFUSED) : status;
}

/* Rows [start, start + count), all of one partition. */
static Status write_run(Sink *sink, const Batch *batch, int64_t start, int64_t count, Error *err)
{
    int64_t    now_ms = clock_now_ms(sink->spec->clock);
    Partition *partition = find_partition(sink, partition_key(sink, batch, start));
    PartFile  *file = &partition->file;
    TRY(ensure_open(sink, partition, now_ms, err));
    reserve_records(sink, count);
    text_clear(&sink->encoded);
    TRY(encode(sink, batch, start, count, err));
    for (int64_t i = 0; i < count; i++) {
        text_append(&file->pending, str_slice(text_str(&sink->encoded), sink->records[i].start, sink->records[i].end));
        text_put(&file->pending, '\n');
    }
    file->size += sink->encoded.len + count;
    file->written_ms = now_ms;
    io_add(&sink->spec->counters->rows, count);
    io_add(&sink->spec->counters->bytes, sink->encoded.len + count);
    TRY(part_file_write(file, false, err));
    return file->size >= sink->size_max ? roll(sink, partition, err) : STATUS_OK;
}

static Status file_sink_write(Sink *sink, const Batch *batch, int64_t start, int64_t *taken, Error *err)
{
    *taken = 0;
    while (start + *taken < batch->rows) {
        int64_t first = start + *taken;
        int64_t end = first + 1;
        while (end < batch->rows && is_same_partition(sink, batch, first, end))
            end++;
        TRY(write_run(sink, batch, first, end - first, err));
        *taken += end - first;
    }
    return STATUS_OK;
}

static Status file_sink_flush(Sink *sink, bool *done, Error *err)
{
    *done = true;
    for (int64_t i = 0; i < sink->partitions->count; i++)
        TRY(part_file_write(&((Partition *)sink->partitions->entries[i].value)->file, true, err));
    return STATUS_OK;
}

static Status file_sink_tick(Sink *sink, int64_t now_ms, Error *err)
{
    if (now_ms < sink->next_check_ms)
        return STATUS_OK;
    sink->next_check_ms = now_ms + sink->check_ms;
    for (int64_t i = 0; i < sink->partitions->count; i++) {
        Partition *partition = sink->partitions->entries[i].value;
        if (is_to_be_rolled(sink, &partition->file, now_ms))
            TRY(roll(sink, partition, err));
    }
    return put_marks(sink, now_ms, false, err);
}

static Status file_sink_finish(Sink *sink, Error *err)
{
    for (int64_t i = 0; i < sink->partitions->count; i++)
        TRY(roll(sink, sink->partitions->entries[i].value, err));
    if (sink->spec->has_epochs)
        TRY(file_epochs_finish(&sink->epochs, sink->epoch, err));
    return put_marks(sink, clock_now_ms(sink->spec->clock), true, err);
}

static void file_sink_close(Sink *sink)
{
    for (int64_t i = 0; i < sink->partitions->count; i++)
        (sink->spec->has_epochs ? part_file_leave : part_file_discard)(&((Partition *)sink->partitions->entries[i].value)->file);
}

/* ---- epochs ------------------------------------------------------------------------------------------------------ */

static bool file_sink_is_exactly_once(const TableSpec *table)
{
    (void)table;
    return true;
}

static Status file_sink_recover(Sink *sink, const SinkRecovery *recovery, bool *done, int64_t *held, Error *err)
{
    *done = true;
    return file_epochs_recover(&sink->epochs, recovery, held, err);
}

static Status seal_partition(Sink *sink, Partition *partition, Text *waiting, Error *err)
{
    if (partition->has_new_name)
        TRY(file_epochs_sync_directory(&sink->epochs, partition->below, err));
    partition->has_new_name = false;
    if (partition->has_new_file && has_marks(sink))
        file_epochs_put_waiting(waiting, partition->below, partition->first_ms);
    return partition->file.fd >= 0 ? file_epochs_seal_file(&sink->epochs, partition->below, &partition->file, err) : STATUS_OK;
}

static Status file_sink_seal(Sink *sink, int64_t epoch, Text *out, Error *err)
{
    Status status = STATUS_OK;
    Text   waiting = TEXT_EMPTY;
    sink->epoch = epoch;
    for (int64_t i = 0; i < sink->partitions->count && status == STATUS_OK; i++)
        status = seal_partition(sink, sink->partitions->entries[i].value, &waiting, err);
    if (status == STATUS_OK)
        file_epochs_seal(&sink->epochs, text_str(&waiting), out);
    text_free(&waiting);
    return status;
}

static Status file_sink_commit(Sink *sink, int64_t epoch, bool *done, Error *err)
{
    *done = true;
    return file_epochs_commit(&sink->epochs, epoch, err);
}

static SinkMode file_sink_mode(const TableSpec *table)
{
    (void)table;
    return SINK_APPEND;
}

const SinkType filesystem_sink = {
    .open = file_sink_open,
    .write = file_sink_write,
    .flush = file_sink_flush,
    .finish = file_sink_finish,
    .close = file_sink_close,
    .mode = file_sink_mode,
    .tick = file_sink_tick,
    .is_exactly_once = file_sink_is_exactly_once,
    .recover = file_sink_recover,
    .seal = file_sink_seal,
    .commit = file_sink_commit,
};
