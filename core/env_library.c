/* env_library.c: shared objects of the user's, from one folder.
 *
 * Whoever may write the folder or the file decides what this process does. So both must belong to us or to root and must
 * not be writable by everybody; a file is one of the folder itself: its name has no separators, and it is no link. */
#include "core/env.h"
#include "core/text.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static Status refuse(Error *err, Str path, const char *reason)
{
    return error_set(err, STATUS_INVALID, SPAN_NONE, "\"%.*s\" %s", STR_FMT(path), reason);
}

static Status check_owner(Str path, const struct stat *found, Error *err)
{
    if (found->st_uid != geteuid() && found->st_uid != 0)
        return refuse(err, path, "belongs to another user: libraries are loaded only from this user and root");
    if (found->st_mode & S_IWOTH)
        return refuse(err, path, "can be written by everybody: libraries are not loaded from it");
    return STATUS_OK;
}

static Status fail(Error *err, Str path)
{
    char reason[128];
    int  code = errno;
    return error_set(err, STATUS_INVALID, SPAN_NONE, "cannot load from \"%.*s\": %s", STR_FMT(path),
                     strerror_r(code, reason, sizeof(reason)));
}

Status env_library_folder(Str path, Text *absolute, Error *err)
{
    char        name[PATH_MAX], real[PATH_MAX];
    struct stat found;
    if (path.len >= PATH_MAX || str_find(path, '\0') >= 0)
        return refuse(err, path, "is no path");
    snprintf(name, sizeof(name), "%.*s", STR_FMT(path));
    if (!realpath(name, real) || stat(real, &found) != 0)
        return fail(err, path);
    if (!S_ISDIR(found.st_mode))
        return refuse(err, path, "is no directory");
    TRY(check_owner(path, &found, err));
    text_puts(absolute, real);
    return STATUS_OK;
}

static bool is_plain_name(Str name)
{
    return name.len > 0 && name.len <= NAME_MAX && name.ptr[0] != '.' && str_find(name, '/') < 0 && str_find(name, '\0') < 0;
}

Status env_library_open(Str folder, Str name, EnvLibrary **out, Error *err)
{
    char        path[PATH_MAX];
    struct stat found;
    Text        checked = TEXT_EMPTY;
    if (!is_plain_name(name))
        return refuse(err, name, "is no name of a file in the function directory: a plain name without \"/\" is expected");
    Status status = env_library_folder(folder, &checked, err); /* again: it may have changed since */
    text_free(&checked);
    TRY(status);
    if (snprintf(path, sizeof(path), "%.*s/%.*s", STR_FMT(folder), STR_FMT(name)) >= (int)sizeof(path))
        return refuse(err, name, "makes too long a path");
    if (lstat(path, &found) != 0)
        return fail(err, str_from(path));
    if (!S_ISREG(found.st_mode))
        return refuse(err, str_from(path), "is no regular file");
    TRY(check_owner(str_from(path), &found, err));
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return error_set(err, STATUS_INVALID, SPAN_NONE, "cannot load \"%s\": %s", path, dlerror());
    *out = (EnvLibrary *)handle;
    return STATUS_OK;
}

void *env_library_symbol(EnvLibrary *library, const char *name)
{
    return dlsym(library, name);
}

void env_library_close(EnvLibrary *library)
{
    dlclose(library);
}
