/* file_recovery.c: what becomes of the files that an earlier process left.
 *
 *   markers:  none may be later than the checkpoint, none earlier than it says
 *   files:    cut to their lengths and shown; directories synced; then the marker
 *   the rest: hidden files of this sink are of no checkpoint, and removed
 *
 * Each step may be repeated: a recovery that dies is done again by the next. */
#include "connectors/filesystem/file_marker.h"
#include "connectors/filesystem/file_path.h"

#include "core/bytes.h"

/* ---- walking ----------------------------------------------------------------------------------------------------- */

typedef LIST(Str) NameList;

typedef struct NameReader {
    Arena   *arena;
    NameList names;
} NameReader;

static void take_name(void *context, Str name)
{
    NameReader *reader = context;
    list_push(reader->arena, &reader->names, arena_str(reader->arena, name));
}

static Status read_names(Arena *arena, Str directory, NameList *names, Error *err)
{
    EnvStat    stat;
    NameReader reader = { .arena = arena };
    if (env_file_stat(directory, &stat) && stat.is_directory)
        TRY(env_directory_list(directory, take_name, &reader, err));
    *names = reader.names;
    return STATUS_OK;
}

static Status read_markers(const FileEpochs *epochs, Arena *arena, FileMarkerList *markers, Error *err)
{
    NameList names;
    TRY(read_names(arena, epochs->root, &names, err));
    for (int64_t i = 0; i < names.count; i++) {
        Str    rest;
        FileMarker marker;
        if (!file_epochs_owns(epochs, names.items[i], &marker.instance, &rest) || !str_eq(rest, STR(MARKER_NAME)))
            continue;
        TRY(file_marker_read(epochs, arena, marker.instance, &marker, err));
        list_push(arena, markers, marker);
    }
    return STATUS_OK;
}

/* Of directories `levels` deep. */
static Status remove_hidden(const FileEpochs *epochs, Arena *arena, Str directory, int32_t levels, Error *err)
{
    NameList names;
    TRY(read_names(arena, directory, &names, err));
    for (int64_t i = 0; i < names.count; i++) {
        int32_t instance;
        Str     rest, name = names.items[i];
        if (file_epochs_owns(epochs, name, &instance, &rest) && hidden_shown_name(name).ptr)
            TRY(env_file_remove(file_path_join(arena, directory, name), err));
        else if (levels > 0 && !file_name_is_hidden(name) && str_find(name, '=') > 0)
            TRY(remove_hidden(epochs, arena, file_path_join(arena, directory, name), levels - 1, err));
    }
    return STATUS_OK;
}

/* ---- recovering -------------------------------------------------------------------------------------------------- */

typedef struct Output {
    int64_t epoch;
    FileMarker  before, now; /* the marker when it was sealed, and as it is */
    Str     open, ended, waiting;
} Output;

static Status read_output(const FileEpochs *epochs, const SinkEpoch *epoch, Output *output, Error *err)
{
    int64_t     version, number;
    const char *cursor = epoch->output.ptr, *end = cursor + epoch->output.len;
    output->epoch = epoch->epoch;
    output->before = output->now = (FileMarker){ .instance = epoch->instance };
    if (!decode_i64(&cursor, end, &version) || version != FILE_OUTPUT_VERSION || !decode_i64(&cursor, end, &number) ||
        !decode_i64(&cursor, end, &output->before.epoch) || !decode_str(&cursor, end, &output->open) ||
        !decode_str(&cursor, end, &output->ended) || !decode_str(&cursor, end, &output->waiting) || cursor != end)
        return file_epochs_fail(epochs, STATUS_DATA, err, "what checkpoint %lld says of its files is damaged", (long long)epoch->epoch);
    if (number != epochs->spec->sink_number)
        return file_epochs_fail(epochs, STATUS_INVALID, err,
                                "checkpoint %lld was taken by sink %lld of the job, and this is sink %d: its files cannot be taken over by "
                                "an edited script",
                                (long long)epoch->epoch, (long long)number, epochs->spec->sink_number);
    return STATUS_OK;
}

static Status find_marker(const FileEpochs *epochs, const FileMarkerList *markers, Output *output, Error *err)
{
    for (int64_t i = 0; i < markers->count; i++)
        if (markers->items[i].instance == output->now.instance)
            output->now = markers->items[i];
    if (output->now.epoch >= output->before.epoch)
        return STATUS_OK;
    return file_epochs_fail(epochs, STATUS_INVALID, err,
                "\"%.*s\" holds epoch %lld of this job, but checkpoint %lld says that epoch %lld was there: the directory is another one, or "
                "was put back to an earlier day",
                STR_FMT(epochs->root), (long long)output->now.epoch, (long long)output->epoch, (long long)output->before.epoch);
}

static Status check_length(const FileEpochs *epochs, const Output *output, Str path, int64_t size, int64_t found, Error *err)
{
    if (found >= size)
        return STATUS_OK;
    return file_epochs_fail(epochs, STATUS_DATA, err, "\"%.*s\" has %lld bytes, but checkpoint %lld says %lld: data is lost", STR_FMT(path),
                (long long)found, (long long)output->epoch, (long long)size);
}

/* To its length: what is longer was written behind the barrier. It may have been cut already by a recovery that died, or failed, before its
 * sync. */
static Status cut(Str path, int64_t size, int64_t found, Error *err)
{
    int fd;
    TRY(env_file_open(path, ENV_APPEND, &fd, err));
    Status status = found > size ? env_file_truncate(fd, size, err) : STATUS_OK;
    if (status == STATUS_OK)
        status = env_file_sync(fd, err);
    env_file_close(fd);
    return status == STATUS_OK ? STATUS_OK : error_prefix(err, "\"%.*s\"", STR_FMT(path));
}

/* A file that is neither hidden nor there was shown, and taken away by whoever reads it, if the marker is that far; else it is lost. */
static Status show_again(FileEpochs *epochs, Arena *arena, const Output *output, Str below, int64_t size, bool is_ended, Error *err)
{
    EnvStat stat;
    bool    is_there = true;
    Str     hidden = file_path_join(arena, epochs->root, below);
    Str     path = file_epochs_shown_path(epochs, arena, below);
    bool    was_shown = output->now.epoch > output->epoch ||
                     (output->now.epoch == output->epoch && (is_ended || output->now.is_whole));
    if (env_file_stat(hidden, &stat)) {
        TRY(check_length(epochs, output, hidden, size, stat.size, err));
        TRY(cut(hidden, size, stat.size, err));
        TRY(env_file_rename(hidden, path, err));
    } else {
        is_there = env_file_stat(path, &stat);
        if (!is_there && !was_shown)
            return file_epochs_fail(epochs, STATUS_DATA, err, "\"%.*s\" is missing, but checkpoint %lld says that it has %lld bytes: data is lost",
                        STR_FMT(hidden), (long long)output->epoch, (long long)size);
        if (!was_shown)
            TRY(check_length(epochs, output, path, size, stat.size, err));
    }
    if (is_there)
        epochs->shown(epochs->context, hidden_directory(below), 0);
    return STATUS_OK;
}

static Status damaged(const FileEpochs *epochs, const Output *output, Error *err)
{
    return file_epochs_fail(epochs, STATUS_DATA, err, "what checkpoint %lld says of its files is damaged", (long long)output->epoch);
}

static Status recover_files(FileEpochs *epochs, Arena *arena, const Output *output, Str records, bool is_ended, Error *err)
{
    const char *cursor = records.ptr, *end = cursor + records.len;
    while (cursor < end) {
        Str     below;
        int64_t size;
        if (!decode_str(&cursor, end, &below) || !decode_i64(&cursor, end, &size) || !hidden_shown_name(file_path_name(below)).ptr)
            return damaged(epochs, output, err);
        TRY(show_again(epochs, arena, output, below, size, is_ended, err));
        env_step("filesystem.during_recover");
    }
    return file_epochs_sync_shown(epochs, arena, records, err);
}

static Status recover_waiting(FileEpochs *epochs, Arena *arena, const Output *output, Error *err)
{
    const char *cursor = output->waiting.ptr, *end = cursor + output->waiting.len;
    while (cursor < end) {
        EnvStat stat;
        Str     below;
        int64_t since_ms;
        if (!decode_str(&cursor, end, &below) || !decode_i64(&cursor, end, &since_ms))
            return damaged(epochs, output, err);
        if (env_file_stat(file_epochs_path(epochs, arena, below), &stat))
            epochs->shown(epochs->context, below, since_ms);
    }
    return STATUS_OK;
}

static bool has_file(const FileEpochs *epochs, Arena *arena, Str records)
{
    const char *cursor = records.ptr, *end = cursor + records.len;
    EnvStat     stat;
    Str         below;
    int64_t     size;
    while (cursor < end && decode_str(&cursor, end, &below) && decode_i64(&cursor, end, &size))
        if (env_file_stat(file_path_join(arena, epochs->root, below), &stat) || env_file_stat(file_epochs_shown_path(epochs, arena, below), &stat))
            return true;
    return false;
}

/* Neither a marker nor a file: a checkpoint that a person chose is gone on with in another directory. */
static bool is_elsewhere(const FileEpochs *epochs, Arena *arena, const FileMarkerList *markers, const Output *output)
{
    return markers->count == 0 && !has_file(epochs, arena, output->ended) && !has_file(epochs, arena, output->open);
}

static void say_elsewhere(const FileEpochs *epochs, const Output *output)
{
    const ConnectorHost *host = epochs->spec->host;
    Text                 line = TEXT_EMPTY;
    if (!host || !host->notice)
        return;
    text_printf(&line, "table %.*s: \"%.*s\" holds nothing of this job; what it had written up to checkpoint %lld is in another directory",
                STR_FMT(epochs->spec->table->path), STR_FMT(epochs->root), (long long)output->epoch);
    host->notice(host->state, text_str(&line));
    text_free(&line);
}

static Status recover_output(FileEpochs *epochs, Arena *arena, const FileMarkerList *markers, const SinkEpoch *epoch, bool may_rewind, Error *err)
{
    Output output;
    TRY(read_output(epochs, epoch, &output, err));
    if (may_rewind && is_elsewhere(epochs, arena, markers, &output)) {
        say_elsewhere(epochs, &output);
        return STATUS_OK;
    }
    TRY(find_marker(epochs, markers, &output, err));
    TRY(recover_waiting(epochs, arena, &output, err));
    TRY(recover_files(epochs, arena, &output, output.ended, true, err));
    TRY(recover_files(epochs, arena, &output, output.open, false, err));
    return file_marker_put(epochs, arena, (FileMarker){ epoch->instance, epoch->epoch, true }, err);
}

static Status check_newest(const FileEpochs *epochs, const FileMarkerList *markers, const SinkRecovery *recovery, int64_t *held, Error *err)
{
    for (int64_t i = 0; i < markers->count; i++)
        if (markers->items[i].epoch > *held)
            *held = markers->items[i].epoch;
    if (*held <= recovery->restored || recovery->may_rewind)
        return STATUS_OK;
    return file_epochs_fail(epochs, STATUS_INVALID, err,
                "\"%.*s\" holds epoch %lld of this job, later than checkpoint %lld that it goes on from: rows would be written twice",
                STR_FMT(epochs->root), (long long)*held, (long long)recovery->restored);
}

/* Markers that are ahead of what the job goes on from, after a rewind. */
static Status put_back(FileEpochs *epochs, Arena *arena, const FileMarkerList *markers, int64_t restored, Error *err)
{
    for (int64_t i = 0; i < markers->count; i++) {
        FileMarker marker = markers->items[i];
        if (marker.epoch <= restored)
            continue;
        if (restored > 0)
            TRY(file_marker_put(epochs, arena, (FileMarker){ marker.instance, restored, true }, err));
        else
            TRY(env_file_remove(file_marker_path(epochs, arena, marker.instance, MARKER_NAME), err));
    }
    return STATUS_OK;
}

static Status recover_in(FileEpochs *epochs, Arena *arena, const SinkRecovery *recovery, int64_t *held, Error *err)
{
    FileMarkerList markers = { 0 };
    TRY(read_markers(epochs, arena, &markers, err));
    for (int64_t i = 0; i < markers.count; i++)
        if (markers.items[i].instance == epochs->spec->task_index)
            epochs->marked = markers.items[i].epoch;
    TRY(check_newest(epochs, &markers, recovery, held, err));
    for (int32_t i = 0; i < recovery->count; i++)
        TRY(recover_output(epochs, arena, &markers, &recovery->epochs[i], recovery->may_rewind, err));
    TRY(put_back(epochs, arena, &markers, recovery->restored, err));
    if (recovery->count > 0 && *held < recovery->restored)
        *held = recovery->restored;
    env_step("filesystem.recovered");
    return remove_hidden(epochs, arena, epochs->root, epochs->spec->table->partition_key_count, err);
}

Status file_epochs_recover(FileEpochs *epochs, const SinkRecovery *recovery, int64_t *held, Error *err)
{
    Arena *arena = arena_create();
    *held = 0;
    Status status = recover_in(epochs, arena, recovery, held, err);
    arena_destroy(arena);
    return status;
}
