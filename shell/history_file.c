/* history_file.c: libedit's own format (newlines are escaped). Entries are appended, so that shells side by side keep
 * each other's; a file that has grown past ENTRIES_MAX is cut when a shell starts. Only the owner may read it:
 * statements can hold passwords. */
#include "history_file.h"

#include "buffer.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENTRIES_MAX = 2000 };

static char *default_path(void)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    Buffer path = BUFFER_EMPTY;
    if (state && state[0] == '/')
        buffer_printf(&path, "%s/tidemark/history", state);
    else if (home && home[0])
        buffer_printf(&path, "%s/.local/state/tidemark/history", home);
    return path.data;
}

/* The folders above the file, as far as they are missing. */
static void make_folders(const char *path)
{
    char *folder = memory_copy(path);
    for (char *at = folder + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        mkdir(folder, 0700); /* it may be there; if it cannot be made, opening the file fails */
        *at = '/';
    }
    free(folder);
}

static FILE *open_to_append(const char *path)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "a");
    if (fd >= 0 && !file)
        close(fd);
    if (file)
        fseek(file, 0, SEEK_END); /* libedit writes its first line when the position is 0 */
    return file;
}

void history_open(HistoryFile *file, const char *path)
{
    HistEvent event;
    file->history = history_init();
    file->path = path ? memory_copy(path) : default_path();
    history(file->history, &event, H_SETSIZE, ENTRIES_MAX);
    history(file->history, &event, H_SETUNIQUE, 1);
    if (!file->path)
        return;
    make_folders(file->path);
    int loaded = history(file->history, &event, H_LOAD, file->path);
    if (loaded >= ENTRIES_MAX)
        history(file->history, &event, H_SAVE, file->path);
}

void history_close(HistoryFile *file)
{
    history_end(file->history);
    free(file->path);
}

static int is_last(HistoryFile *file, const char *statement)
{
    HistEvent event;
    return history(file->history, &event, H_FIRST) == 0 && event.str && strcmp(event.str, statement) == 0;
}

/* Through a history of this one entry: libedit's H_NSAVE_FP counts differently from release to release. */
static void append(const char *statement, FILE *out)
{
    HistEvent event;
    History *one = history_init();
    history(one, &event, H_SETSIZE, 1);
    history(one, &event, H_ENTER, statement);
    history(one, &event, H_SAVE_FP, out);
    history_end(one);
}

void history_add(HistoryFile *file, const char *statement)
{
    HistEvent event;
    if (is_last(file, statement))
        return;
    history(file->history, &event, H_ENTER, statement);
    FILE *out = file->path ? open_to_append(file->path) : NULL;
    if (!out)
        return;
    append(statement, out);
    fclose(out);
}
