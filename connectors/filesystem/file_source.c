/* file_source.c: files to rows. A split is a file.
 *
 *   open:    find the files; the i-th belongs to task i % tasks (monitored tables: by a hash of the path, since files
 *            come later)
 *   poll:    up to OPEN_MAX files are open and take turns, a batch from one at a time, so that their watermarks advance
 *            together; a file that ends makes room for the next
 *   columns: of the record from the format; metadata and partition values are constants of the file
 *
 * Every file that is known counts as a split from the start: the watermark waits for those that are not begun, because
 * their rows may be older. The position of a file is its offset, -1 = done. */
#include "connectors/filesystem/file_list.h"
#include "connectors/filesystem/file_path.h"
#include "connectors/filesystem/file_reader.h"
#include "connectors/filesystem/filesystem.h"
#include "connectors/reject.h"

#include "connectors/formats/cell.h"
#include "connectors/formats/java_time.h"
#include "core/hash.h"
#include "data/cast.h"

#include <assert.h>

enum {
    OPEN_MAX = 16,
    BATCH_BYTES_MAX = 4 << 20,
    NO_OFFSET = -1,
};

/* A file of this task. */
typedef struct FileSplit {
    FoundFile  found;
    int32_t    split;
    int64_t    offset; /* of the next record; NO_OFFSET = done */
    FileReader reader;
    Column    *constants; /* per wanted column; type NULL = comes from the record */
    Buf       *constant_buf;
} FileSplit;

struct Source {
    const IoSpec  *spec;
    FileWalk       walk;
    const Format  *format;
    Decoder       *decoder;
    int64_t        monitor_ms; /* -1 = read once */
    int64_t        next_walk_ms;
    Map           *splits;    /* path -> FileSplit, in the order they were found */
    int64_t        first_pending; /* no split before it is still to be begun */
    FileSplit     *opened[OPEN_MAX];
    int32_t        opened_count;
    int32_t        turn;
    Map           *loaded; /* path -> offset (int64_t) from a position; NULL = none */
    Str           *records;
    int64_t       *offsets;
    int64_t        records_max;
    int64_t        bytes_total, bytes_done;
};

/* ---- columns --------------------------------------------------------------------------------------------------- */

static const TableColumn *wanted_column(const Source *source, int32_t index)
{
    return &source->spec->table->columns[source->spec->columns[index]];
}

static bool is_from_record(const Source *source, int32_t index)
{
    return !wanted_column(source, index)->metadata_key.ptr &&
           !filesystem_is_partition_key(source->spec->table, source->spec->columns[index]);
}

static Status create_decoder(Source *source, Error *err)
{
    const IoSpec    *spec = source->spec;
    const TableSpec *table = spec->table;
    FormatColumn    *columns = arena_new(spec->arena, FormatColumn, table->column_count + 1);
    FormatSpec       format = { .columns = columns, .arena = spec->arena, .zone = spec->zone, .span = table->span,
                                .policy = spec->error_policy, .is_general = spec->is_general };
    TRY(filesystem_format(table, spec->arena, &source->format, &format.options, err));
    for (int32_t i = 0; i < table->column_count; i++)
        if (!table->columns[i].metadata_key.ptr && !filesystem_is_partition_key(table, i))
            columns[format.column_count++] = format_column_of(spec, i);
    return source->format->decoder_create(&format, &source->decoder, err);
}

/* ---- constants of a file ---------------------------------------------------------------------------------------- */

static void set_text(Column *column, Buf *buf, Str text)
{
    column_init(column, buf, &type_string, 1);
    column->constant = true;
    COLUMN_DATA(column, View)[0] = view_copy(buf, text);
}

static void metadata_value(const FoundFile *file, Str key, Buf *buf, Column *column)
{
    bool is_size = str_is(key, "file.size");
    if (str_is(key, "file.path") || str_is(key, "file.name")) {
        set_text(column, buf, str_is(key, "file.path") ? file->path : file_path_name(file->path));
        return;
    }
    column_init(column, buf, is_size ? &type_bigint : &type_timestamp_ltz3, 1);
    column->constant = true;
    COLUMN_DATA(column, int64_t)[0] = is_size ? file->stat.size : file->stat.modified_ms;
}

/* Timestamps in a directory's name are written as Java prints them. */
static bool is_java_timestamp(const Type *type, Str text, Column *column, Buf *buf)
{
    Timestamp value;
    if (type->kind != TYPE_TIMESTAMP || !time_layout_parse(&time_layout_iso, text, &value))
        return false;
    column_init(column, buf, type, 1);
    column->constant = true;
    cell_set_timestamp(column, 0, value);
    return true;
}

static Status cast_constant(Source *source, Column *column, const Type *type, Buf *buf, Error *err)
{
    Column      in = *column;
    CastContext cast = { .buf = buf, .zone = source->spec->zone };
    if (type_equals(in.type, type, false)) {
        column->type = type;
        return STATUS_OK;
    }
    return column_cast(&cast, &in, 1, type, column, err);
}

static Status partition_value(Source *source, const FileSplit *split, int32_t table_column, Column *column, Error *err)
{
    const TableSpec *table = source->spec->table;
    const Type      *type = table->columns[table_column].type;
    int32_t          key = 0;
    while (table->partition_keys[key] != table_column)
        key++;
    Str value = split->found.partition_values[key];
    if (!value.ptr) {
        column_init_null(column, split->constant_buf, type);
        return STATUS_OK;
    }
    if (is_java_timestamp(type, value, column, split->constant_buf))
        return STATUS_OK;
    set_text(column, split->constant_buf, value);
    if (cast_constant(source, column, type, split->constant_buf, err) == STATUS_OK)
        return STATUS_OK;
    return error_prefix(err, "\"%.*s\": partition %.*s", STR_FMT(split->found.path),
                        STR_FMT(table->columns[table_column].name));
}

static Status make_constants(Source *source, FileSplit *split, Error *err)
{
    const IoSpec *spec = source->spec;
    split->constant_buf = buf_create();
    split->constants = buf_zalloc(split->constant_buf, (spec->column_count + 1) * (int64_t)sizeof(Column));
    for (int32_t i = 0; i < spec->column_count; i++) {
        const TableColumn *column = wanted_column(source, i);
        if (column->metadata_key.ptr) {
            metadata_value(&split->found, column->metadata_key, split->constant_buf, &split->constants[i]);
            TRY(cast_constant(source, &split->constants[i], column->type, split->constant_buf, err));
        } else if (!is_from_record(source, i)) {
            TRY(partition_value(source, split, spec->columns[i], &split->constants[i], err));
        }
    }
    return STATUS_OK;
}

/* ---- finding files ----------------------------------------------------------------------------------------------- */

/* A table that is read once and goes on from a position has the files of the position, whatever else is there now. */
static bool is_mine(const Source *source, const FoundFile *file, int64_t index)
{
    bool     is_monitored = source->monitor_ms >= 0;
    uint64_t number = is_monitored ? hash_bytes(file->path.ptr, file->path.len) : (uint64_t)index;
    if (source->loaded && !is_monitored)
        return map_has(source->loaded, file->path);
    return (int64_t)(number % (uint64_t)source->spec->task_count) == source->spec->task_index;
}

static FoundFile keep_file(const Source *source, const FoundFile *file)
{
    Arena    *arena = source->spec->arena;
    int32_t   keys = source->spec->table->partition_key_count;
    FoundFile kept = { .path = arena_str(arena, file->path), .stat = file->stat,
                       .partition_values = arena_new(arena, Str, keys + 1) };
    for (int32_t i = 0; i < keys; i++)
        if (file->partition_values[i].ptr)
            kept.partition_values[i] = arena_str(arena, file->partition_values[i]);
    return kept;
}

static void add_split(Source *source, const FoundFile *file)
{
    FileSplit     *split = arena_new(source->spec->arena, FileSplit, 1);
    const int64_t *loaded = source->loaded ? map_get(source->loaded, file->path) : NULL;
    split->found = keep_file(source, file);
    split->split = (int32_t)source->splits->count;
    split->reader = FILE_READER_CLOSED;
    split->offset = loaded ? *loaded : 0;
    map_put(source->splits, file->path, split);
    source->bytes_total += file->stat.size;
    source->bytes_done += split->offset == NO_OFFSET ? file->stat.size : split->offset;
}

/* Files of the position that are not done must still be there. */
static Status check_loaded(const Source *source, Error *err)
{
    for (int64_t i = 0; source->loaded && i < source->loaded->count; i++) {
        const MapEntry *entry = &source->loaded->entries[i];
        if (source->monitor_ms < 0 && *(int64_t *)entry->value != NO_OFFSET && !map_has(source->splits, entry->key))
            return error_set(err, STATUS_IO, source->spec->table->span,
                             "\"%.*s\" is gone, but it is not read to its end",
                             STR_FMT(entry->key));
    }
    return STATUS_OK;
}

static Status find_files(Source *source, Error *err)
{
    FileList files = { 0 };
    Arena   *arena = arena_create();
    source->walk.arena = arena;
    Status status = file_walk(&source->walk, &files, err);
    for (int64_t i = 0; status == STATUS_OK && i < files.count; i++)
        if (is_mine(source, &files.items[i], i) && !map_has(source->splits, files.items[i].path))
            add_split(source, &files.items[i]);
    arena_destroy(arena);
    return status == STATUS_OK ? check_loaded(source, err) : status;
}

/* ---- open files -------------------------------------------------------------------------------------------------- */

static FileSplit *split_at(const Source *source, int64_t index)
{
    return source->splits->entries[index].value;
}

static void close_split(FileSplit *split)
{
    file_reader_close(&split->reader);
    buf_release(split->constant_buf);
    split->constant_buf = NULL;
}

static void forget_opened(Source *source, int32_t index)
{
    close_split(source->opened[index]);
    source->opened[index] = source->opened[--source->opened_count];
}

static Status open_split(Source *source, FileSplit *split, Error *err)
{
    TRY(make_constants(source, split, err));
    return file_reader_open(&split->reader, split->found.path, split->offset, err);
}

static Status open_more(Source *source, Error *err)
{
    while (source->opened_count < OPEN_MAX && source->first_pending < source->splits->count) {
        FileSplit *split = split_at(source, source->first_pending++);
        if (split->offset == NO_OFFSET)
            continue;
        source->opened[source->opened_count++] = split;
        TRY(open_split(source, split, err));
    }
    return STATUS_OK;
}

/* ---- one batch --------------------------------------------------------------------------------------------------- */

static void reserve_records(Source *source, int64_t rows_max)
{
    if (rows_max <= source->records_max)
        return;
    source->records = arena_new(source->spec->arena, Str, rows_max);
    source->offsets = arena_new(source->spec->arena, int64_t, rows_max);
    source->records_max = rows_max;
}

static void count_decoded(Source *source, const Decoded *decoded, int64_t bytes)
{
    IoCounters *counters = source->spec->counters;
    source->bytes_done += bytes;
    io_add(&counters->rows, decoded->rows);
    io_add(&counters->bytes, bytes);
    for (int32_t i = 0; i < BAD_REASON_COUNT; i++)
        io_add(&counters->bad[i], decoded->bad[i]);
    io_set(&counters->pending, source->bytes_total - source->bytes_done);
    io_set(&counters->total, source->monitor_ms < 0 ? source->bytes_total : -1);
    io_set(&counters->done, source->bytes_done);
}

static void place_constants(const Source *source, const FileSplit *split, Batch *batch)
{
    bool has_constants = false;
    for (int32_t i = 0; i < source->spec->column_count; i++) {
        if (!split->constants[i].type)
            continue;
        batch->columns[i] = split->constants[i];
        has_constants = true;
    }
    if (has_constants)
        batch_hold(batch, split->constant_buf);
}

static void note_records(const Source *source, const FileSplit *split, int64_t count, Batch *batch, const Decoded *decoded, Poll *poll)
{
    Str *paths = buf_new(batch->buf, Str, count);
    for (int64_t i = 0; i < count; i++)
        paths[i] = split->found.path;
    Records records = { .table = source->spec->table->path, .topics = paths, .offsets = source->offsets, .values = source->records,
                        .are_lines = true, .count = count };
    reject_note_origins(batch, &records, decoded);
    poll->rejected = reject_records(&records, decoded);
}

static Status decode(Source *source, FileSplit *split, int64_t count, Batch *batch, Decoded *decoded, Poll *poll, Error *err)
{
    Status status = source->format->decode(source->decoder, source->records, count, batch, decoded, err);
    if (status == STATUS_OK) {
        place_constants(source, split, batch);
        batch->rows = decoded->rows;
        if (source->spec->error_policy == ERROR_POLICY_DEAD_LETTER)
            note_records(source, split, count, batch, decoded, poll);
        return STATUS_OK;
    }
    count_decoded(source, decoded, 0);
    if (decoded->failed_message < 0)
        return error_prefix(err, "\"%.*s\"", STR_FMT(split->found.path));
    return error_prefix(err, "\"%.*s\", record at byte %lld", STR_FMT(split->found.path),
                        (long long)source->offsets[decoded->failed_message]);
}

/* Rows of the file whose turn it is. */
static Status read_turn(Source *source, int64_t rows_max, Batch *batch, Poll *poll, Error *err)
{
    int32_t    index = source->turn++ % source->opened_count;
    FileSplit *split = source->opened[index];
    int64_t    before = split->reader.offset;
    int64_t    count;
    Decoded    decoded = { 0 };
    reserve_records(source, rows_max);
    if (file_reader_next(&split->reader, source->format, source->decoder, rows_max, BATCH_BYTES_MAX, source->records,
                         source->offsets,
                         &count, err) != STATUS_OK)
        return error_prefix(err, "\"%.*s\"", STR_FMT(split->found.path));
    if (count > 0)
        TRY(decode(source, split, count, batch, &decoded, poll, err));
    bool is_end = count == 0;
    count_decoded(source, &decoded, split->reader.offset - before);
    split->offset = is_end ? NO_OFFSET : split->reader.offset;
    poll->state = POLL_ROWS;
    poll->runs[0] = (SplitRun){ split->split, (int32_t)decoded.rows, is_end };
    poll->run_watermark[0] = TIME_MIN;
    poll->run_count = 1;
    if (is_end)
        forget_opened(source, index);
    return STATUS_OK;
}

/* ---- the source ------------------------------------------------------------------------------------------------- */

static Status file_source_open(const IoSpec *spec, Source **out, Error *err)
{
    Source          *source = arena_new(spec->arena, Source, 1);
    const TableSpec *table = spec->table;
    Pattern     *pattern = NULL;
    Str              regex = option_str(filesystem_options, table->options, "source.path.regex-pattern");
    source->spec = spec;
    source->splits = map_create(spec->arena);
    source->monitor_ms = option_i64(filesystem_options, table->options, "source.monitor-interval");
    source->walk = (FileWalk){
        .table = table,
        .default_name = option_str(filesystem_options, table->options, "partition.default-name"),
    };
    TRY(file_path_local(spec->arena, map_get_str(table->options, STR("path")), table->span, &source->walk.root, err));
    if (regex.ptr)
        TRY(pattern_create(spec->arena, "source.path.regex-pattern", regex, table->span, &pattern, err));
    source->walk.pattern = pattern;
    TRY(create_decoder(source, err));
    *out = source;
    return STATUS_OK;
}

/* Files that are done when they are found (after a load) end at once. */
static bool end_finished(Source *source, Poll *poll)
{
    while (source->first_pending < source->splits->count && poll->run_count < POLL_RUNS_MAX) {
        FileSplit *split = split_at(source, source->first_pending);
        if (split->offset != NO_OFFSET)
            break;
        source->first_pending++;
        poll->run_watermark[poll->run_count] = TIME_MIN;
        poll->runs[poll->run_count++] = (SplitRun){ split->split, 0, true };
    }
    poll->state = POLL_ROWS;
    return poll->run_count > 0;
}

static Status poll_files(Source *source, int64_t rows_max, Batch *batch, Poll *poll, Error *err)
{
    if (end_finished(source, poll))
        return STATUS_OK;
    TRY(open_more(source, err));
    if (source->opened_count > 0)
        return read_turn(source, rows_max, batch, poll, err);
    poll->state = source->monitor_ms < 0 ? POLL_END : POLL_EMPTY;
    poll->wait_ms = source->monitor_ms;
    return STATUS_OK;
}

static Status find_files_when_due(Source *source, Error *err)
{
    int64_t now_ms = clock_now_ms(source->spec->clock);
    bool    is_first = source->next_walk_ms == 0;
    if (!is_first && (source->monitor_ms < 0 || now_ms < source->next_walk_ms))
        return STATUS_OK;
    source->next_walk_ms = now_ms + (source->monitor_ms > 0 ? source->monitor_ms : 1);
    return find_files(source, err);
}

static Status file_source_poll(Source *source, int64_t rows_max, Batch *batch, Poll *poll, Error *err)
{
    *poll = (Poll){ .wait_ms = -1 };
    TRY(find_files_when_due(source, err));
    Status status = poll_files(source, rows_max, batch, poll, err);
    poll->split_count = (int32_t)source->splits->count;
    poll->has_no_splits = source->splits->count == 0;
    return status;
}

static void file_source_close(Source *source)
{
    for (int32_t i = 0; i < source->opened_count; i++)
        close_split(source->opened[i]);
    source->opened_count = 0;
}

static bool file_source_is_bounded(const TableSpec *table)
{
    return !option_is_set(table->options, "source.monitor-interval");
}

/* ---- positions: path, and offset -------------------------------------------------- */

static void file_source_save(Source *source, int32_t index, Text *name, Text *position)
{
    const FileSplit *split = split_at(source, index);
    text_append(name, split->found.path);
    if (position)
        text_put_i64(position, split->offset);
}

static Status file_source_load(Source *source, const SplitPosition *positions, int32_t count, Error *err)
{
    Arena *arena = source->spec->arena;
    source->loaded = map_create(arena);
    for (int32_t i = 0; i < count; i++) {
        int64_t *offset = arena_new(arena, int64_t, 1);
        if (!str_to_i64(positions[i].position, offset) || *offset < NO_OFFSET)
            return error_set(err, STATUS_DATA, source->spec->table->span, "the saved position of table %.*s is damaged",
                             STR_FMT(source->spec->table->path));
        map_put(source->loaded, arena_str(arena, positions[i].split), offset);
    }
    return STATUS_OK;
}

const SourceType filesystem_source = {
    .open = file_source_open,
    .poll = file_source_poll,
    .save = file_source_save,
    .load = file_source_load,
    .close = file_source_close,
    .is_bounded = file_source_is_bounded,
    .pushes_watermark = true,
};
