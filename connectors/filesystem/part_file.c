/* part_file.c: see part_file.h. */
#include "connectors/filesystem/part_file.h"

enum { PIECE_SIZE = 256 * 1024 };

void part_file_init(PartFile *file, Str directory)
{
    *file = (PartFile){ .fd = -1, .directory = directory };
}

Status part_file_open(PartFile *file, Str prefix, Str writer, int64_t number, int64_t now_ms, Error *err)
{
    text_clear(&file->hidden);
    text_clear(&file->name);
    text_printf(&file->hidden, "%.*s/%.*s" PART_FILE_NAME "%.*s-%lld" PART_FILE_HIDDEN, STR_FMT(file->directory), STR_FMT(prefix),
                STR_FMT(writer), (long long)number);
    text_printf(&file->name, "%.*s/" PART_FILE_NAME "%.*s-%lld", STR_FMT(file->directory), STR_FMT(writer), (long long)number);
    file->size = 0;
    file->synced_size = 0;
    file->opened_ms = now_ms;
    file->written_ms = now_ms;
    TRY(env_directory_create(file->directory, err));
    return env_file_open(text_str(&file->hidden), ENV_CREATE, &file->fd, err);
}

Status part_file_write(PartFile *file, bool all, Error *err)
{
    if (file->pending.len == 0 || (!all && file->pending.len < PIECE_SIZE))
        return STATUS_OK;
    if (env_file_write(file->fd, text_str(&file->pending), err) != STATUS_OK)
        return error_prefix(err, "\"%.*s\"", STR_FMT(text_str(&file->hidden)));
    text_clear(&file->pending);
    return STATUS_OK;
}

Status part_file_sync(PartFile *file, Error *err)
{
    TRY(part_file_write(file, true, err));
    if (file->size == file->synced_size)
        return STATUS_OK;
    if (env_file_sync(file->fd, err) != STATUS_OK)
        return error_prefix(err, "\"%.*s\"", STR_FMT(text_str(&file->hidden)));
    file->synced_size = file->size;
    return STATUS_OK;
}

Status part_file_end(PartFile *file, Error *err)
{
    if (file->fd < 0)
        return STATUS_OK;
    TRY(part_file_sync(file, err));
    part_file_leave(file);
    return STATUS_OK;
}

Status part_file_finish(PartFile *file, Error *err)
{
    if (file->fd < 0)
        return STATUS_OK;
    TRY(part_file_end(file, err));
    return env_file_rename(text_str(&file->hidden), text_str(&file->name), err);
}

void part_file_leave(PartFile *file)
{
    if (file->fd >= 0)
        env_file_close(file->fd);
    file->fd = -1;
    text_clear(&file->pending);
}

void part_file_discard(PartFile *file)
{
    Error ignored = ERROR_NONE;
    if (file->fd < 0)
        return;
    part_file_leave(file);
    env_file_remove(text_str(&file->hidden), &ignored);
}

void part_file_free(PartFile *file)
{
    text_free(&file->hidden);
    text_free(&file->name);
    text_free(&file->pending);
}
