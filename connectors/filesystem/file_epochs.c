/* file_epochs.c: see file_epochs.h.
 *
 *   output of an epoch = [version] [number of the sink] [epoch of the marker] [open files] [ended files] [partitions that wait for a mark]
 *   file               = [path below the root] [length]
 *   partition          = [path below the root] [since when it is there]
 *
 * The marker is written behind the renames, so it is never ahead of what can be seen. It lets a file be missing that a reader has taken away
 * after it was shown, and tells a folder or a state that was put back to an earlier day. */
#include "connectors/filesystem/file_epochs.h"

#include "connectors/filesystem/file_path.h"

#include "core/bytes.h"

enum { OUTPUT_VERSION = 1, MARKER_SIZE_MAX = 100, ENDED_WANTED = 1 << 20 };

#define NAME_START ".tidemark-"
#define MARKER_NAME "epoch"
#define MARKER_TEMPORARY "epoch.tmp"

/* What the marker of an instance says. */
typedef struct Marker {
    int32_t instance;
    int64_t epoch;    /* ended files of this epoch are shown */
    bool    is_whole; /* those that were open are, too */
} Marker;

typedef LIST(Marker) MarkerList;

void file_epochs_init(FileEpochs *epochs, const IoSpec *spec, Str root, FileShown shown, void *context)
{
    *epochs = (FileEpochs){ .spec = spec, .root = root, .shown = shown, .context = context };
    epochs->family = arena_format(spec->arena, NAME_START "%.*s-%d-", STR_FMT(spec->job_id), spec->sink_number);
    epochs->prefix = arena_format(spec->arena, "%.*s%d.", STR_FMT(epochs->family), spec->task_index);
}

void file_epochs_free(FileEpochs *epochs)
{
    text_free(&epochs->open);
    text_free(&epochs->ended);
}

static Status fail(const FileEpochs *epochs, Status status, Error *err, const char *format, ...) __attribute__((format(printf, 4, 5)));
static Status fail(const FileEpochs *epochs, Status status, Error *err, const char *format, ...)
{
    Text    text = TEXT_EMPTY;
    va_list args;
    va_start(args, format);
    text_vprintf(&text, format, args);
    va_end(args);
    error_set(err, status, epochs->spec->table->span, "table %.*s: %s", STR_FMT(epochs->spec->table->path), text_cstr(&text));
    text_free(&text);
    return status;
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

static Str directory_of(Str path)
{
    Str name = file_path_name(path);
    return str_slice(path, 0, path.len > name.len ? path.len - name.len - 1 : 0);
}

static Str path_below(const FileEpochs *epochs, Arena *arena, Str below)
{
    return below.len > 0 ? file_path_join(arena, epochs->root, below) : epochs->root;
}

/* "…part-x-1.inprogress" -> "part-x-1"; ptr NULL when it is none. */
static Str shown_name(Str hidden)
{
    int64_t start = -1;
    for (int64_t i = 0; i + 1 < hidden.len && start < 0; i++)
        if (hidden.ptr[i] == '.' && str_starts_with(str_slice(hidden, i + 1, hidden.len), STR(PART_FILE_NAME)))
            start = i + 1;
    Str ending = STR(PART_FILE_HIDDEN);
    if (start < 0 || hidden.len - start <= ending.len || !str_eq(str_slice(hidden, hidden.len - ending.len, hidden.len), ending))
        return (Str){ NULL, 0 };
    return str_slice(hidden, start, hidden.len - ending.len);
}

static Str shown_path(const FileEpochs *epochs, Arena *arena, Str hidden)
{
    return file_path_join(arena, path_below(epochs, arena, directory_of(hidden)), shown_name(file_path_name(hidden)));
}

/* Is the name of this sink, and of an instance whose heir this one is? *rest: what follows the instance. */
static bool is_own(const FileEpochs *epochs, Str name, int32_t *instance, Str *rest)
{
    int64_t number, dot;
    if (!str_starts_with(name, epochs->family))
        return false;
    Str behind = str_slice(name, epochs->family.len, name.len);
    dot = str_find(behind, '.');
    if (dot <= 0 || !str_to_i64(str_slice(behind, 0, dot), &number) || number < 0 || number > INT32_MAX)
        return false;
    *instance = (int32_t)number;
    *rest = str_slice(behind, dot + 1, behind.len);
    return number % epochs->spec->task_count == epochs->spec->task_index;
}

/* ---- the marker -------------------------------------------------------------------------------------------------- */

static Str marker_path(const FileEpochs *epochs, Arena *arena, int32_t instance, const char *name)
{
    return file_path_join(arena, epochs->root, arena_format(arena, "%.*s%d.%s", STR_FMT(epochs->family), instance, name));
}

static Status write_file(Str path, Str bytes, Error *err)
{
    int fd;
    TRY(env_file_open(path, ENV_CREATE, &fd, err));
    Status status = env_file_write(fd, bytes, err);
    if (status == STATUS_OK)
        status = env_file_sync(fd, err);
    env_file_close(fd);
    return status == STATUS_OK ? STATUS_OK : error_prefix(err, "\"%.*s\"", STR_FMT(path));
}

static Status put_marker(FileEpochs *epochs, Arena *arena, Marker marker, Error *err)
{
    Str temporary = marker_path(epochs, arena, marker.instance, MARKER_TEMPORARY);
    Str text = arena_format(arena, "epoch %lld%s\n", (long long)marker.epoch, marker.is_whole ? " whole" : "");
    TRY(write_file(temporary, text, err));
    TRY(env_file_rename(temporary, marker_path(epochs, arena, marker.instance, MARKER_NAME), err));
    TRY(env_directory_sync(epochs->root, err));
    if (marker.instance == epochs->spec->task_index)
        epochs->marked = marker.epoch;
    return STATUS_OK;
}

static bool parse_marker(Str text, Marker *marker)
{
    Str start = STR("epoch "), whole = STR(" whole");
    if (!str_starts_with(text, start) || text.ptr[text.len - 1] != '\n')
        return false;
    Str rest = str_slice(text, start.len, text.len - 1);
    marker->is_whole = rest.len > whole.len && str_eq(str_slice(rest, rest.len - whole.len, rest.len), whole);
    return str_to_i64(str_slice(rest, 0, rest.len - (marker->is_whole ? whole.len : 0)), &marker->epoch) && marker->epoch > 0;
}

static Status read_marker(const FileEpochs *epochs, Arena *arena, int32_t instance, Marker *marker, Error *err)
{
    Text text = TEXT_EMPTY;
    Str  path = marker_path(epochs, arena, instance, MARKER_NAME);
    *marker = (Marker){ .instance = instance };
    Status status = env_file_read_all(path, MARKER_SIZE_MAX, &text, err);
    if (status == STATUS_OK && !parse_marker(text_str(&text), marker))
        status = fail(epochs, STATUS_DATA, err, "\"%.*s\" does not say which epoch is there", STR_FMT(path));
    text_free(&text);
    return status;
}

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

static Status read_markers(const FileEpochs *epochs, Arena *arena, MarkerList *markers, Error *err)
{
    NameList names;
    TRY(read_names(arena, epochs->root, &names, err));
    for (int64_t i = 0; i < names.count; i++) {
        Str    rest;
        Marker marker;
        if (!is_own(epochs, names.items[i], &marker.instance, &rest) || !str_eq(rest, STR(MARKER_NAME)))
            continue;
        TRY(read_marker(epochs, arena, marker.instance, &marker, err));
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
        if (is_own(epochs, name, &instance, &rest) && shown_name(name).ptr)
            TRY(env_file_remove(file_path_join(arena, directory, name), err));
        else if (levels > 0 && !file_name_is_hidden(name) && str_find(name, '=') > 0)
            TRY(remove_hidden(epochs, arena, file_path_join(arena, directory, name), levels - 1, err));
    }
    return STATUS_OK;
}

/* Once for files in a row that are in one directory. */
static Status sync_shown(const FileEpochs *epochs, Arena *arena, Str records, Error *err)
{
    const char *cursor = records.ptr, *end = cursor + records.len;
    Str         below, before = { NULL, 0 };
    int64_t     size;
    while (decode_str(&cursor, end, &below) && decode_i64(&cursor, end, &size)) {
        EnvStat stat;
        Str     directory = directory_of(below);
        if (before.ptr && str_eq(directory, before))
            continue;
        before = directory;
        Str path = path_below(epochs, arena, directory);
        if (env_file_stat(path, &stat))
            TRY(env_directory_sync(path, err));
    }
    return STATUS_OK;
}

/* ---- recovering -------------------------------------------------------------------------------------------------- */

typedef struct Output {
    int64_t epoch;
    Marker  before, now; /* the marker when it was sealed, and as it is */
    Str     open, ended, waiting;
} Output;

static Status read_output(const FileEpochs *epochs, const SinkEpoch *epoch, Output *output, Error *err)
{
    int64_t     version, number;
    const char *cursor = epoch->output.ptr, *end = cursor + epoch->output.len;
    output->epoch = epoch->epoch;
    output->before = output->now = (Marker){ .instance = epoch->instance };
    if (!decode_i64(&cursor, end, &version) || version != OUTPUT_VERSION || !decode_i64(&cursor, end, &number) ||
        !decode_i64(&cursor, end, &output->before.epoch) || !decode_str(&cursor, end, &output->open) ||
        !decode_str(&cursor, end, &output->ended) || !decode_str(&cursor, end, &output->waiting) || cursor != end)
        return fail(epochs, STATUS_DATA, err, "what checkpoint %lld says of its files is damaged", (long long)epoch->epoch);
    if (number != epochs->spec->sink_number)
        return fail(epochs, STATUS_INVALID, err, "checkpoint %lld was taken by sink %lld of the job, and this is sink %d: its files cannot be "
                                                 "taken over by an edited script",
                    (long long)epoch->epoch, (long long)number, epochs->spec->sink_number);
    return STATUS_OK;
}

static Status find_marker(const FileEpochs *epochs, const MarkerList *markers, Output *output, Error *err)
{
    for (int64_t i = 0; i < markers->count; i++)
        if (markers->items[i].instance == output->now.instance)
            output->now = markers->items[i];
    if (output->now.epoch >= output->before.epoch)
        return STATUS_OK;
    return fail(epochs, STATUS_INVALID, err,
                "\"%.*s\" holds epoch %lld of this job, but checkpoint %lld says that epoch %lld was there: the directory is another one, or "
                "was put back to an earlier day",
                STR_FMT(epochs->root), (long long)output->now.epoch, (long long)output->epoch, (long long)output->before.epoch);
}

static Status check_length(const FileEpochs *epochs, const Output *output, Str path, int64_t size, int64_t found, Error *err)
{
    if (found >= size)
        return STATUS_OK;
    return fail(epochs, STATUS_DATA, err, "\"%.*s\" has %lld bytes, but checkpoint %lld says %lld: data is lost", STR_FMT(path),
                (long long)found, (long long)output->epoch, (long long)size);
}

/* To its length: what is longer was written behind the barrier. */
static Status cut(Str path, int64_t size, int64_t found, Error *err)
{
    int fd;
    if (found == size)
        return STATUS_OK;
    TRY(env_file_open(path, ENV_APPEND, &fd, err));
    Status status = env_file_truncate(fd, size, err);
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
    Str     path = shown_path(epochs, arena, below);
    bool    was_shown = output->now.epoch > output->epoch ||
                     (output->now.epoch == output->epoch && (is_ended || output->now.is_whole));
    if (env_file_stat(hidden, &stat)) {
        TRY(check_length(epochs, output, hidden, size, stat.size, err));
        TRY(cut(hidden, size, stat.size, err));
        TRY(env_file_rename(hidden, path, err));
    } else {
        is_there = env_file_stat(path, &stat);
        if (!is_there && !was_shown)
            return fail(epochs, STATUS_DATA, err, "\"%.*s\" is missing, but checkpoint %lld says that it has %lld bytes: data is lost",
                        STR_FMT(hidden), (long long)output->epoch, (long long)size);
        if (!was_shown)
            TRY(check_length(epochs, output, path, size, stat.size, err));
    }
    if (is_there)
        epochs->shown(epochs->context, directory_of(below), 0);
    return STATUS_OK;
}

static Status damaged(const FileEpochs *epochs, const Output *output, Error *err)
{
    return fail(epochs, STATUS_DATA, err, "what checkpoint %lld says of its files is damaged", (long long)output->epoch);
}

static Status recover_files(FileEpochs *epochs, Arena *arena, const Output *output, Str records, bool is_ended, Error *err)
{
    const char *cursor = records.ptr, *end = cursor + records.len;
    while (cursor < end) {
        Str     below;
        int64_t size;
        if (!decode_str(&cursor, end, &below) || !decode_i64(&cursor, end, &size) || !shown_name(file_path_name(below)).ptr)
            return damaged(epochs, output, err);
        TRY(show_again(epochs, arena, output, below, size, is_ended, err));
        env_step("filesystem.during_recover");
    }
    return sync_shown(epochs, arena, records, err);
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
        if (env_file_stat(path_below(epochs, arena, below), &stat))
            epochs->shown(epochs->context, below, since_ms);
    }
    return STATUS_OK;
}

static Status recover_output(FileEpochs *epochs, Arena *arena, const MarkerList *markers, const SinkEpoch *epoch, Error *err)
{
    Output output;
    TRY(read_output(epochs, epoch, &output, err));
    TRY(find_marker(epochs, markers, &output, err));
    TRY(recover_waiting(epochs, arena, &output, err));
    TRY(recover_files(epochs, arena, &output, output.ended, true, err));
    TRY(recover_files(epochs, arena, &output, output.open, false, err));
    return put_marker(epochs, arena, (Marker){ epoch->instance, epoch->epoch, true }, err);
}

static Status check_newest(const FileEpochs *epochs, const MarkerList *markers, const SinkRecovery *recovery, int64_t *held, Error *err)
{
    for (int64_t i = 0; i < markers->count; i++)
        if (markers->items[i].epoch > *held)
            *held = markers->items[i].epoch;
    if (*held <= recovery->restored || recovery->may_rewind)
        return STATUS_OK;
    return fail(epochs, STATUS_INVALID, err,
                "\"%.*s\" holds epoch %lld of this job, later than checkpoint %lld that it goes on from: rows would be written twice",
                STR_FMT(epochs->root), (long long)*held, (long long)recovery->restored);
}

/* Markers that are ahead of what the job goes on from, after a rewind. */
static Status put_back(FileEpochs *epochs, Arena *arena, const MarkerList *markers, int64_t restored, Error *err)
{
    for (int64_t i = 0; i < markers->count; i++) {
        Marker marker = markers->items[i];
        if (marker.epoch <= restored)
            continue;
        if (restored > 0)
            TRY(put_marker(epochs, arena, (Marker){ marker.instance, restored, true }, err));
        else
            TRY(env_file_remove(marker_path(epochs, arena, marker.instance, MARKER_NAME), err));
    }
    return STATUS_OK;
}

static Status recover_in(FileEpochs *epochs, Arena *arena, const SinkRecovery *recovery, int64_t *held, Error *err)
{
    MarkerList markers = { 0 };
    TRY(read_markers(epochs, arena, &markers, err));
    for (int64_t i = 0; i < markers.count; i++)
        if (markers.items[i].instance == epochs->spec->task_index)
            epochs->marked = markers.items[i].epoch;
    TRY(check_newest(epochs, &markers, recovery, held, err));
    for (int32_t i = 0; i < recovery->count; i++)
        TRY(recover_output(epochs, arena, &markers, &recovery->epochs[i], err));
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

/* ---- sealing ----------------------------------------------------------------------------------------------------- */

static void put_record(Text *records, Str below, const PartFile *file)
{
    Text path = TEXT_EMPTY;
    text_printf(&path, "%.*s%s%.*s", STR_FMT(below), below.len ? "/" : "", STR_FMT(file_path_name(text_str(&file->hidden))));
    encode_str(text_str(&path), records);
    encode_i64(file->size, records);
    text_free(&path);
}

void file_epochs_ended(FileEpochs *epochs, Str below, const PartFile *file)
{
    put_record(&epochs->ended, below, file);
    if (epochs->ended.len < ENDED_WANTED || epochs->was_hurried || !epochs->spec->hurry)
        return;
    epochs->was_hurried = true;
    epochs->spec->hurry(epochs->spec->hurry_context);
}

/* With all that lead to it, since they may be new too. */
Status file_epochs_sync_directory(const FileEpochs *epochs, Str below, Error *err)
{
    Arena *arena = arena_create();
    Status status = STATUS_OK;
    Str    above = directory_of(epochs->root);
    for (; below.len > 0 && status == STATUS_OK; below = directory_of(below))
        status = env_directory_sync(path_below(epochs, arena, below), err);
    if (status == STATUS_OK)
        status = env_directory_sync(epochs->root, err);
    if (status == STATUS_OK)
        status = env_directory_sync(above.len > 0 ? above : epochs->root.ptr[0] == '/' ? STR("/") : STR("."), err);
    arena_destroy(arena);
    return status;
}

Status file_epochs_seal_file(FileEpochs *epochs, Str below, PartFile *file, Error *err)
{
    TRY(part_file_sync(file, err));
    put_record(&epochs->open, below, file);
    return STATUS_OK;
}

void file_epochs_put_waiting(Text *waiting, Str below, int64_t since_ms)
{
    encode_str(below, waiting);
    encode_i64(since_ms, waiting);
}

void file_epochs_seal(FileEpochs *epochs, Str waiting, Text *out)
{
    epochs->sealed_size = epochs->ended.len;
    epochs->was_hurried = false;
    if (epochs->open.len > 0 || epochs->ended.len > 0 || waiting.len > 0 || epochs->marked > 0) {
        encode_i64(OUTPUT_VERSION, out);
        encode_i64(epochs->spec->sink_number, out);
        encode_i64(epochs->marked, out);
        encode_str(text_str(&epochs->open), out);
        encode_str(text_str(&epochs->ended), out);
        encode_str(waiting, out);
    }
    text_clear(&epochs->open);
    env_step("filesystem.sealed");
}

/* ---- committing -------------------------------------------------------------------------------------------------- */

static Status show_all(FileEpochs *epochs, Arena *arena, Str records, Error *err)
{
    const char *cursor = records.ptr, *end = cursor + records.len;
    Str         below;
    int64_t     size;
    while (decode_str(&cursor, end, &below) && decode_i64(&cursor, end, &size)) {
        TRY(env_file_rename(file_path_join(arena, epochs->root, below), shown_path(epochs, arena, below), err));
        epochs->shown(epochs->context, directory_of(below), 0);
        env_step("filesystem.during_commit");
    }
    return sync_shown(epochs, arena, records, err);
}

static void forget_sealed(FileEpochs *epochs)
{
    Text *ended = &epochs->ended;
    if (ended->len > epochs->sealed_size)
        memmove(ended->ptr, ended->ptr + epochs->sealed_size, (size_t)(ended->len - epochs->sealed_size));
    ended->len -= epochs->sealed_size;
    epochs->sealed_size = 0;
}

static Status show_sealed(FileEpochs *epochs, int64_t epoch, bool is_whole, Error *err)
{
    Arena *arena = arena_create();
    Status status = show_all(epochs, arena, str_slice(text_str(&epochs->ended), 0, epochs->sealed_size), err);
    env_step("filesystem.renamed");
    if (status == STATUS_OK)
        status = put_marker(epochs, arena, (Marker){ epochs->spec->task_index, epoch, is_whole }, err);
    arena_destroy(arena);
    TRY(status);
    forget_sealed(epochs);
    env_step("filesystem.committed");
    return STATUS_OK;
}

/* An epoch that shows nothing new leaves the marker as it is. */
Status file_epochs_commit(FileEpochs *epochs, int64_t epoch, Error *err)
{
    return epochs->sealed_size > 0 ? show_sealed(epochs, epoch, false, err) : STATUS_OK;
}

Status file_epochs_finish(FileEpochs *epochs, int64_t epoch, Error *err)
{
    epochs->sealed_size = epochs->ended.len;
    return epochs->sealed_size > 0 ? show_sealed(epochs, epoch, true, err) : STATUS_OK;
}
