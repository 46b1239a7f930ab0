/* env_files.c: what the house calls for files: those of the machine (env_file.c), or of whoever stands in for it. */
#include "core/env_files.h"

#include "core/text.h"

enum { READ_STEP = 64 * 1024 };

/* Set once, before anything is opened: read by all threads without order. */
static const EnvFiles *files = &env_machine_files;

void env_use_files(const EnvFiles *other)
{
    files = other ? other : &env_machine_files;
}

Status env_file_open(Str path, EnvOpen mode, int *fd, Error *err)
{
    return files->open(path, mode, fd, err);
}

Status env_file_read(int fd, void *bytes, int64_t size, int64_t *got, Error *err)
{
    return files->read(fd, bytes, size, got, err);
}

Status env_file_read_at(int fd, int64_t offset, void *bytes, int64_t size, int64_t *got, Error *err)
{
    return files->read_at(fd, offset, bytes, size, got, err);
}

Status env_file_write(int fd, Str bytes, Error *err)
{
    return files->write(fd, bytes, err);
}

Status env_file_reserve(int fd, int64_t size, Error *err)
{
    return files->reserve(fd, size, err);
}

Status env_file_seek(int fd, int64_t offset, Error *err)
{
    return files->seek(fd, offset, err);
}

Status env_file_truncate(int fd, int64_t size, Error *err)
{
    return files->truncate(fd, size, err);
}

Status env_file_sync(int fd, Error *err)
{
    return files->sync(fd, err);
}

void env_file_close(int fd)
{
    files->close(fd);
}

Status env_file_lock(Str path, int *fd, Error *err)
{
    return files->lock(path, fd, err);
}

bool env_file_stat(Str path, EnvStat *stat)
{
    return files->stat(path, stat);
}

bool env_file_link(Str path, Text *target)
{
    return files->link(path, target);
}

Status env_file_rename(Str from, Str to, Error *err)
{
    return files->rename(from, to, err);
}

Status env_file_remove(Str path, Error *err)
{
    return files->remove(path, err);
}

Status env_directory_create(Str path, Error *err)
{
    return files->create_directory(path, err);
}

Status env_directory_sync(Str path, Error *err)
{
    return files->sync_directory(path, err);
}

Status env_directory_list(Str path, void (*visit)(void *context, Str name), void *context, Error *err)
{
    return files->list(path, visit, context, err);
}

static Status read_to_end(int fd, int64_t size_max, Text *out, Error *err)
{
    int64_t start = out->len;
    int64_t got = 1;
    while (got > 0) {
        char *room = text_reserve(out, READ_STEP);
        if (!room)
            return error_set(err, STATUS_LIMIT, SPAN_NONE, "the file is too large");
        TRY(env_file_read(fd, room, READ_STEP, &got, err));
        out->len += got;
        if (out->len - start > size_max)
            return error_set(err, STATUS_LIMIT, SPAN_NONE, "the file is larger than %lld bytes", (long long)size_max);
    }
    return STATUS_OK;
}

Status env_file_read_all(Str path, int64_t size_max, Text *out, Error *err)
{
    int fd;
    TRY(env_file_open(path, ENV_READ, &fd, err));
    Status status = read_to_end(fd, size_max, out, err);
    env_file_close(fd);
    return status == STATUS_OK ? STATUS_OK : error_prefix(err, "%.*s", STR_FMT(path));
}
