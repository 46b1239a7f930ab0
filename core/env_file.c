/* env_file.c: files and directories. Every failure names the path or the operation and the system's reason. */
#include "core/env.h"
#include "core/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_STEP = 64 * 1024 };

static _Atomic int64_t file_countdown; /* tests only: see env_fail_file_after */

void env_fail_file_after(int64_t count)
{
    atomic_store_explicit(&file_countdown, count, memory_order_relaxed);
}

/* True once, when the countdown ends; errno is then EIO. */
static bool is_made_to_fail(void)
{
    if (atomic_load_explicit(&file_countdown, memory_order_relaxed) <= 0)
        return false;
    if (atomic_fetch_sub_explicit(&file_countdown, 1, memory_order_relaxed) != 1)
        return false;
    errno = EIO;
    return true;
}

static Status fail(Error *err, const char *what, Str path)
{
    char reason[128];
    int  code = errno;
    return error_set(err, STATUS_IO, SPAN_NONE, "cannot %s \"%.*s\": %s", what, STR_FMT(path),
                     strerror_r(code, reason, sizeof(reason)));
}

static Status fail_fd(Error *err, const char *what)
{
    char reason[128];
    int  code = errno;
    return error_set(err, STATUS_IO, SPAN_NONE, "cannot %s: %s", what, strerror_r(code, reason, sizeof(reason)));
}

typedef struct Path {
    char text[PATH_MAX];
} Path;

static bool path_fill(Path *path, Str text)
{
    if (text.len >= PATH_MAX || str_find(text, '\0') >= 0) {
        errno = text.len >= PATH_MAX ? ENAMETOOLONG : EINVAL;
        return false;
    }
    if (text.len > 0)
        memcpy(path->text, text.ptr, (size_t)text.len);
    path->text[text.len] = '\0';
    return true;
}

static int open_flags(EnvOpen mode)
{
    switch (mode) {
    case ENV_CREATE: return O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
    case ENV_APPEND: return O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
    case ENV_READ: break;
    }
    return O_RDONLY | O_CLOEXEC;
}

Status env_file_open(Str path, EnvOpen mode, int *fd, Error *err)
{
    Path name;
    if (is_made_to_fail() || !path_fill(&name, path))
        return fail(err, "open", path);
    do
        *fd = open(name.text, open_flags(mode), 0666);
    while (*fd < 0 && errno == EINTR);
    return *fd < 0 ? fail(err, mode == ENV_READ ? "open" : "create", path) : STATUS_OK;
}

Status env_file_read(int fd, void *bytes, int64_t size, int64_t *got, Error *err)
{
    ssize_t count;
    if (is_made_to_fail())
        return fail_fd(err, "read a file");
    do
        count = read(fd, bytes, (size_t)size);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return fail_fd(err, "read a file");
    *got = count;
    return STATUS_OK;
}

Status env_file_write(int fd, Str bytes, Error *err)
{
    if (is_made_to_fail())
        return fail_fd(err, "write a file");
    for (int64_t at = 0; at < bytes.len;) {
        ssize_t count = write(fd, bytes.ptr + at, (size_t)(bytes.len - at));
        if (count < 0 && errno != EINTR)
            return fail_fd(err, "write a file");
        if (count > 0)
            at += count;
    }
    return STATUS_OK;
}

Status env_file_seek(int fd, int64_t offset, Error *err)
{
    if (is_made_to_fail() || lseek(fd, offset, SEEK_SET) < 0)
        return fail_fd(err, "seek in a file");
    return STATUS_OK;
}

Status env_file_sync(int fd, Error *err)
{
    if (is_made_to_fail() || fsync(fd) != 0)
        return fail_fd(err, "sync a file");
    return STATUS_OK;
}

void env_file_close(int fd)
{
    close(fd);
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

bool env_file_stat(Str path, EnvStat *stat_out)
{
    Path        name;
    struct stat found;
    if (!path_fill(&name, path) || stat(name.text, &found) != 0)
        return false;
    stat_out->size = found.st_size;
    stat_out->modified_ms = (int64_t)found.st_mtim.tv_sec * 1000 + found.st_mtim.tv_nsec / 1000000;
    stat_out->is_directory = S_ISDIR(found.st_mode);
    return true;
}

bool env_file_link(Str path, struct Text *target)
{
    Path    name;
    char    found[PATH_MAX];
    ssize_t size = path_fill(&name, path) ? readlink(name.text, found, sizeof(found)) : -1;
    if (size < 0)
        return false;
    text_append(target, (Str){ found, size });
    return true;
}

Status env_file_rename(Str from, Str to, Error *err)
{
    Path old_name;
    Path new_name;
    bool is_done = !is_made_to_fail() && path_fill(&old_name, from) && path_fill(&new_name, to) &&
                   rename(old_name.text, new_name.text) == 0;
    return is_done ? STATUS_OK : fail(err, "rename", from);
}

Status env_file_remove(Str path, Error *err)
{
    Path name;
    bool is_done = !is_made_to_fail() && path_fill(&name, path) && remove(name.text) == 0;
    return is_done ? STATUS_OK : fail(err, "remove", path);
}

static bool make_directory(const char *name)
{
    struct stat found;
    if (mkdir(name, 0777) == 0)
        return true;
    int code = errno;
    if (stat(name, &found) == 0 && S_ISDIR(found.st_mode))
        return true;
    errno = code == EEXIST ? ENOTDIR : code;
    return false;
}

Status env_directory_create(Str path, Error *err)
{
    Path name;
    if (is_made_to_fail() || !path_fill(&name, path))
        return fail(err, "create directory", path);
    for (int64_t at = 1; at < path.len; at++) {
        if (name.text[at] != '/')
            continue;
        name.text[at] = '\0';
        if (!make_directory(name.text))
            return fail(err, "create directory", str_from(name.text));
        name.text[at] = '/';
    }
    return make_directory(name.text) ? STATUS_OK : fail(err, "create directory", path);
}

Status env_directory_sync(Str path, Error *err)
{
    int fd;
    TRY(env_file_open(path, ENV_READ, &fd, err));
    Status status = env_file_sync(fd, err);
    env_file_close(fd);
    return status == STATUS_OK ? STATUS_OK : error_prefix(err, "%.*s", STR_FMT(path));
}

static int is_listed(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* Byte order, whatever the locale: alphasort would ask it. */
static int by_name(const struct dirent **left, const struct dirent **right)
{
    return strcmp((*left)->d_name, (*right)->d_name);
}

Status env_directory_list(Str path, void (*visit)(void *context, Str name), void *context, Error *err)
{
    Path            name;
    struct dirent **entries;
    int             count = -1;
    if (!is_made_to_fail() && path_fill(&name, path))
        count = scandir(name.text, &entries, is_listed, by_name);
    if (count < 0)
        return fail(err, "list", path);
    for (int i = 0; i < count; i++) {
        visit(context, str_from(entries[i]->d_name));
        free(entries[i]);
    }
    free(entries);
    return STATUS_OK;
}
