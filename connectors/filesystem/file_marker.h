/* file_marker.h: the names that a job gives its hidden files, and the marker of an instance: which epoch of its files is shown.
 *
 * ".tidemark-<job>-<sink>-<instance>." and then "part-....inprogress", or "epoch" for the marker. */
#ifndef CONNECTORS_FILESYSTEM_FILE_MARKER_H
#define CONNECTORS_FILESYSTEM_FILE_MARKER_H

#include "connectors/filesystem/file_epochs.h"

#define MARKER_NAME "epoch"
#define MARKER_TEMPORARY "epoch.tmp"

/* What the marker of an instance says. */
typedef struct FileMarker {
    int32_t instance;
    int64_t epoch;    /* ended files of this epoch are shown; 0 = there is no marker */
    bool    is_whole; /* those that were open are, too */
} FileMarker;

typedef LIST(FileMarker) FileMarkerList;

/* An error at the table, "table t: ...". */
Status file_epochs_fail(const FileEpochs *epochs, Status status, Error *err, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The directory of a path below the root; "" = the root. */
Str  hidden_directory(Str path);
/* "...part-x-1.inprogress" -> "part-x-1"; ptr NULL when it is none. */
Str  hidden_shown_name(Str hidden);
Str  file_epochs_path(const FileEpochs *epochs, Arena *arena, Str below);
/* Where the hidden file is to be seen. */
Str  file_epochs_shown_path(const FileEpochs *epochs, Arena *arena, Str hidden);
/* Is the name of this sink, and of an instance whose heir this one is? *rest: what follows the instance. */
bool file_epochs_owns(const FileEpochs *epochs, Str name, int32_t *instance, Str *rest);

Str    file_marker_path(const FileEpochs *epochs, Arena *arena, int32_t instance, const char *name);
/* Durable when it returns. */
Status file_marker_put(FileEpochs *epochs, Arena *arena, FileMarker marker, Error *err);
Status file_marker_read(const FileEpochs *epochs, Arena *arena, int32_t instance, FileMarker *marker, Error *err);

#endif
