/* file_marker.c: see file_marker.h. The marker's text is "epoch 7", or "epoch 7 whole", and a newline. */
#include "connectors/filesystem/file_marker.h"

#include "connectors/filesystem/file_path.h"

enum { MARKER_SIZE_MAX = 100 };

Status file_epochs_fail(const FileEpochs *epochs, Status status, Error *err, const char *format, ...)
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

Str hidden_directory(Str path)
{
    Str name = file_path_name(path);
    return str_slice(path, 0, path.len > name.len ? path.len - name.len - 1 : 0);
}

Str file_epochs_path(const FileEpochs *epochs, Arena *arena, Str below)
{
    return below.len > 0 ? file_path_join(arena, epochs->root, below) : epochs->root;
}

Str hidden_shown_name(Str hidden)
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

Str file_epochs_shown_path(const FileEpochs *epochs, Arena *arena, Str hidden)
{
    return file_path_join(arena, file_epochs_path(epochs, arena, hidden_directory(hidden)), hidden_shown_name(file_path_name(hidden)));
}

bool file_epochs_owns(const FileEpochs *epochs, Str name, int32_t *instance, Str *rest)
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

Str file_marker_path(const FileEpochs *epochs, Arena *arena, int32_t instance, const char *name)
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

Status file_marker_put(FileEpochs *epochs, Arena *arena, FileMarker marker, Error *err)
{
    Str temporary = file_marker_path(epochs, arena, marker.instance, MARKER_TEMPORARY);
    Str text = arena_format(arena, "epoch %lld%s\n", (long long)marker.epoch, marker.is_whole ? " whole" : "");
    TRY(write_file(temporary, text, err));
    TRY(env_file_rename(temporary, file_marker_path(epochs, arena, marker.instance, MARKER_NAME), err));
    TRY(env_directory_sync(epochs->root, err));
    if (marker.instance == epochs->spec->task_index)
        epochs->marked = marker.epoch;
    return STATUS_OK;
}

static bool parse_marker(Str text, FileMarker *marker)
{
    Str start = STR("epoch "), whole = STR(" whole");
    if (!str_starts_with(text, start) || text.ptr[text.len - 1] != '\n')
        return false;
    Str rest = str_slice(text, start.len, text.len - 1);
    marker->is_whole = rest.len > whole.len && str_eq(str_slice(rest, rest.len - whole.len, rest.len), whole);
    return str_to_i64(str_slice(rest, 0, rest.len - (marker->is_whole ? whole.len : 0)), &marker->epoch) && marker->epoch > 0;
}

Status file_marker_read(const FileEpochs *epochs, Arena *arena, int32_t instance, FileMarker *marker, Error *err)
{
    Text text = TEXT_EMPTY;
    Str  path = file_marker_path(epochs, arena, instance, MARKER_NAME);
    *marker = (FileMarker){ .instance = instance };
    Status status = env_file_read_all(path, MARKER_SIZE_MAX, &text, err);
    if (status == STATUS_OK && !parse_marker(text_str(&text), marker))
        status = file_epochs_fail(epochs, STATUS_DATA, err, "\"%.*s\" does not say which epoch is there", STR_FMT(path));
    text_free(&text);
    return status;
}
