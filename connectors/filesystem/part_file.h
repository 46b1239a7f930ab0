/* part_file.h: one file of a sink while it is written: hidden, then renamed.
 *
 * "<prefix>part-<writer>-<number>.inprogress" becomes "part-<writer>-<number>" when it is shown; the prefix begins with a dot. Bytes are
 * gathered and written in large pieces. */
#ifndef CONNECTORS_FILESYSTEM_PART_FILE_H
#define CONNECTORS_FILESYSTEM_PART_FILE_H

#include "core/env.h"
#include "core/text.h"

#define PART_FILE_NAME "part-"
#define PART_FILE_HIDDEN ".inprogress"

typedef struct PartFile {
    int     fd; /* -1 = none is open */
    Str     directory;
    Text    hidden; /* path while it is written */
    Text    name;   /* path when it is finished */
    Text    pending; /* not yet written */
    int64_t size;    /* with what is pending */
    int64_t synced_size;
    int64_t opened_ms;
    int64_t written_ms;
} PartFile;

/* The directory must outlive the file. */
void   part_file_init(PartFile *file, Str directory);
Status part_file_open(PartFile *file, Str prefix, Str writer, int64_t number, int64_t now_ms, Error *err);
/* Writes what is pending when there is much of it, or all of it when told. */
Status part_file_write(PartFile *file, bool all, Error *err);
/* Writes all and syncs it, if there is anything new. After a failure the file must not be synced again: the system may have dropped what it
 * could not write, and say so only once. */
Status part_file_sync(PartFile *file, Error *err);
/* Syncs and closes it; it stays hidden. */
Status part_file_end(PartFile *file, Error *err);
/* Ends and shows it. */
Status part_file_finish(PartFile *file, Error *err);
/* Closes and removes it. */
void   part_file_discard(PartFile *file);
/* Closes it, if it is open, and leaves it where it is. */
void   part_file_leave(PartFile *file);
void   part_file_free(PartFile *file);

#endif
