/* part_file.h: one file of a sink while it is written: hidden, then renamed.
 *
 * ".part-<writer>-<number>.inprogress" becomes "part-<writer>-<number>" when it is finished. Bytes are gathered and
 * written in large pieces. */
#ifndef CONNECTORS_FILESYSTEM_PART_FILE_H
#define CONNECTORS_FILESYSTEM_PART_FILE_H

#include "core/env.h"
#include "core/text.h"

typedef struct PartFile {
    int     fd; /* -1 = none is open */
    Str     directory;
    Text    hidden; /* path while it is written */
    Text    name;   /* path when it is finished */
    Text    pending; /* not yet written */
    int64_t size;    /* with what is pending */
    int64_t opened_ms;
    int64_t written_ms;
} PartFile;

/* The directory must outlive the file. */
void   part_file_init(PartFile *file, Str directory);
Status part_file_open(PartFile *file, Str writer, int64_t number, int64_t now_ms, Error *err);
/* Writes what is pending when there is much of it, or all of it when told. */
Status part_file_write(PartFile *file, bool all, Error *err);
/* Writes, syncs, closes and shows it. */
Status part_file_finish(PartFile *file, Error *err);
/* Closes and removes it. */
void   part_file_discard(PartFile *file);
void   part_file_free(PartFile *file);

#endif
