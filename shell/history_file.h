/* history_file.h: what was typed in earlier shells, in $XDG_STATE_HOME/tidemark/history, or
 * ~/.local/state/tidemark/history. */
#ifndef SHELL_HISTORY_FILE_H
#define SHELL_HISTORY_FILE_H

#include <histedit.h>

typedef struct HistoryFile {
    History *history; /* for EL_HIST */
    char    *path;    /* NULL: nowhere to keep it */
} HistoryFile;

/* path: NULL for the default place. */
void history_open(HistoryFile *file, const char *path);
void history_close(HistoryFile *file);
/* A whole statement, with its newlines, is one entry; it is written at once, so that nothing is lost with the
 * terminal. */
void history_add(HistoryFile *file, const char *statement);

#endif
