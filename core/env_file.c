/* env_file.c: files and directories of the machine. Every failure names the path or the operation and the system's reason. */
#include "core/env_files.h"

#include "core/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Tests only: calls until one fails, and until all do. */
static _Atomic int64_t fail_countdown;
static _Atomic int64_t end_countdown;

void env_fail_file_after(int64_t count)
{
    atomic_store_explicit(&fail_countdown, count, memory_order_relaxed);
}

void env_fail_file_from(int64_t count)
{
    atomic_store_explicit(&end_countdown, count, memory_order_relaxed);
}

/* One call less to go; how many were before, 0 when the countdown is off. */
static int64_t count_down(_Atomic int64_t *countdown)
{
    if (atomic_load_explicit(countdown, memory_order_relaxed) <= 0)
        return 0;
    return atomic_fetch_sub_explicit(countdown, 1, memory_order_relaxed);
}

/* errno is then EIO. */
static bool is_made_to_fail(void)
{
    bool fails = count_down(&fail_countdown) == 1;
    if (atomic_load_explicit(&end_countdown, memory_order_relaxed) == 1)
        fails = true; /* and it stays at 1 */
    else
        count_down(&end_countdown);
    if (fails)
        errno = EIO;
    return fails;
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
    case ENV_CREATE_NEW: return O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    case ENV_APPEND: return O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
    case ENV_READ: break;
    }
    return O_RDONLY | O_CLOEXEC;
}

static Status machine_open(Str path, EnvOpen mode, int *fd, Error *err)
{
    Path name;
    if (is_made_to_fail() || !path_fill(&name, path))
        return fail(err, "open", path);
    do
        *fd = open(name.text, open_flags(mode), 0666);
    while (*fd < 0 && errno == EINTR);
    return *fd < 0 ? fail(err, mode == ENV_READ ? "open" : "create", path) : STATUS_OK;
}

static Status machine_read(int fd, void *bytes, int64_t size, int64_t *got, Error *err)
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

static Status machine_read_at(int fd, int64_t offset, void *bytes, int64_t size, int64_t *got, Error *err)
{
    *got = 0;
    while (*got < size) {
        ssize_t count = is_made_to_fail() ? -1 : pread(fd, (char *)bytes + *got, (size_t)(size - *got), offset + *got);
        if (count == 0)
            break;
        if (count < 0 && errno != EINTR)
            return fail_fd(err, "read a file");
        if (count > 0)
            *got += count;
    }
    return STATUS_OK;
}

static Status machine_write(int fd, Str bytes, Error *err)
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

static Status machine_reserve(int fd, int64_t size, Error *err)
{
    int result = -1;
    if (!is_made_to_fail())
        do
            result = size > 0 ? fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, size) : 0;
        while (result != 0 && errno == EINTR);
    return result == 0 || errno == EOPNOTSUPP ? STATUS_OK : fail_fd(err, "make room for a file");
}

static Status machine_seek(int fd, int64_t offset, Error *err)
{
    if (is_made_to_fail() || lseek(fd, offset, SEEK_SET) < 0)
        return fail_fd(err, "seek in a file");
    return STATUS_OK;
}

static Status machine_truncate(int fd, int64_t size, Error *err)
{
    int result = -1;
    if (!is_made_to_fail())
        do
            result = ftruncate(fd, size);
        while (result != 0 && errno == EINTR);
    return result == 0 ? STATUS_OK : fail_fd(err, "truncate a file");
}

static Status machine_sync(int fd, Error *err)
{
    if (is_made_to_fail() || fsync(fd) != 0)
        return fail_fd(err, "sync a file");
    return STATUS_OK;
}

static void machine_close(int fd)
{
    close(fd);
}

/* Who holds the lock, as the file says. */
static Status fail_locked(int fd, Str path, Error *err)
{
    char    holder[32];
    ssize_t size = pread(fd, holder, sizeof(holder), 0);
    while (size > 0 && (holder[size - 1] < '0' || holder[size - 1] > '9'))
        size--;
    if (size <= 0)
        return error_set(err, STATUS_INVALID, SPAN_NONE, "\"%.*s\" is locked by another process", STR_FMT(path));
    return error_set(err, STATUS_INVALID, SPAN_NONE, "\"%.*s\" is locked by process %.*s", STR_FMT(path), (int)size, holder);
}

/* The id of this process in place of what the file holds. It is for people: a full disk does not undo the lock. */
static void write_holder(int fd)
{
    char text[32];
    int  size = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)size, 0) != size)
        return;
}

static Status take_lock(int fd, Str path, Error *err)
{
    int result = -1;
    if (!is_made_to_fail())
        do
            result = flock(fd, LOCK_EX | LOCK_NB);
        while (result != 0 && errno == EINTR);
    if (result != 0)
        return errno == EWOULDBLOCK ? fail_locked(fd, path, err) : fail(err, "lock", path);
    write_holder(fd);
    return STATUS_OK;
}

static Status machine_lock(Str path, int *fd, Error *err)
{
    Path name;
    if (is_made_to_fail() || !path_fill(&name, path))
        return fail(err, "create", path);
    do
        *fd = open(name.text, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    while (*fd < 0 && errno == EINTR);
    if (*fd < 0)
        return fail(err, "create", path);
    Status status = take_lock(*fd, path, err);
    if (status != STATUS_OK)
        close(*fd);
    return status;
}

static bool machine_stat(Str path, EnvStat *stat_out)
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

static bool machine_link(Str path, struct Text *target)
{
    Path    name;
    char    found[PATH_MAX];
    ssize_t size = path_fill(&name, path) ? readlink(name.text, found, sizeof(found)) : -1;
    if (size < 0)
        return false;
    text_append(target, (Str){ found, size });
    return true;
}

static Status machine_rename(Str from, Str to, Error *err)
{
    Path old_name;
    Path new_name;
    bool is_done = !is_made_to_fail() && path_fill(&old_name, from) && path_fill(&new_name, to) &&
                   rename(old_name.text, new_name.text) == 0;
    return is_done ? STATUS_OK : fail(err, "rename", from);
}

static Status machine_remove(Str path, Error *err)
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

static Status machine_create_directory(Str path, Error *err)
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

static Status machine_sync_directory(Str path, Error *err)
{
    int fd;
    TRY(machine_open(path, ENV_READ, &fd, err));
    Status status = machine_sync(fd, err);
    machine_close(fd);
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

/* visit may run out of memory and unwind past us: the names are freed all the same. */
static bool visit_all(struct dirent **entries, int count, void (*visit)(void *context, Str name), void *context)
{
    EnvGuard guard;
    if (setjmp(env_guard_enter(&guard)->unwind))
        return false;
    for (int i = 0; i < count; i++)
        visit(context, str_from(entries[i]->d_name));
    env_guard_leave(&guard);
    return true;
}

static Status machine_list(Str path, void (*visit)(void *context, Str name), void *context, Error *err)
{
    Path            name;
    struct dirent **entries;
    int             count = -1;
    if (!is_made_to_fail() && path_fill(&name, path))
        count = scandir(name.text, &entries, is_listed, by_name);
    if (count < 0)
        return fail(err, "list", path);
    bool is_done = visit_all(entries, count, visit, context);
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    return is_done ? STATUS_OK : error_set(err, STATUS_NO_MEMORY, SPAN_NONE, "memory ran out while \"%.*s\" was listed", STR_FMT(path));
}

const EnvFiles env_machine_files = {
    .open = machine_open,
    .read = machine_read,
    .read_at = machine_read_at,
    .write = machine_write,
    .reserve = machine_reserve,
    .seek = machine_seek,
    .truncate = machine_truncate,
    .sync = machine_sync,
    .close = machine_close,
    .lock = machine_lock,
    .stat = machine_stat,
    .link = machine_link,
    .rename = machine_rename,
    .remove = machine_remove,
    .create_directory = machine_create_directory,
    .sync_directory = machine_sync_directory,
    .list = machine_list,
};
