/* file_epochs.c: see file_epochs.h.
 *
 *   output of an epoch = [version] [number of the sink] [epoch of the marker] [open files] [ended files] [partitions that wait for a mark]
 *   file               = [path below the root] [length]
 *   partition          = [path below the root] [since when it is there]
 *
 * The marker is written behind the renames, so it is never ahead of what can be seen. It lets a file be missing that a reader has taken away
 * after it was shown, and tells a folder or a state that was put back to an earlier day. */
#include "connectors/filesystem/file_epochs.h"

#include "connectors/filesystem/file_marker.h"
#include "connectors/filesystem/file_path.h"

#include "core/bytes.h"

enum { ENDED_WANTED = 1 << 20 };

#define NAME_START ".tidemark-"

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
    Str    above = hidden_directory(epochs->root);
    for (; below.len > 0 && status == STATUS_OK; below = hidden_directory(below))
        status = env_directory_sync(file_epochs_path(epochs, arena, below), err);
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
        encode_i64(FILE_OUTPUT_VERSION, out);
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

Status file_epochs_sync_shown(const FileEpochs *epochs, Arena *arena, Str records, Error *err)
{
    const char *cursor = records.ptr, *end = cursor + records.len;
    Str         below, before = { NULL, 0 };
    int64_t     size;
    while (decode_str(&cursor, end, &below) && decode_i64(&cursor, end, &size)) {
        EnvStat stat;
        Str     directory = hidden_directory(below);
        if (before.ptr && str_eq(directory, before))
            continue;
        before = directory;
        Str path = file_epochs_path(epochs, arena, directory);
        if (env_file_stat(path, &stat))
            TRY(env_directory_sync(path, err));
    }
    return STATUS_OK;
}

static Status show_all(FileEpochs *epochs, Arena *arena, Str records, Error *err)
{
    const char *cursor = records.ptr, *end = cursor + records.len;
    Str         below;
    int64_t     size;
    while (decode_str(&cursor, end, &below) && decode_i64(&cursor, end, &size)) {
        TRY(env_file_rename(file_path_join(arena, epochs->root, below), file_epochs_shown_path(epochs, arena, below), err));
        epochs->shown(epochs->context, hidden_directory(below), 0);
        env_step("filesystem.during_commit");
    }
    return file_epochs_sync_shown(epochs, arena, records, err);
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
        status = file_marker_put(epochs, arena, (FileMarker){ epochs->spec->task_index, epoch, is_whole }, err);
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
