/* file_list.h: the files of a table: found by walking its directory, in name order. */
#ifndef CONNECTORS_FILESYSTEM_FILE_LIST_H
#define CONNECTORS_FILESYSTEM_FILE_LIST_H

#include "connectors/pattern.h"
#include "connectors/connector.h"

typedef struct FoundFile {
    Str     path;
    EnvStat stat;
    Str    *partition_values; /* one per partition key, unescaped; ptr NULL = the default name (SQL NULL) */
} FoundFile;

typedef struct FileWalk {
    Arena             *arena; /* what is found lives here */
    const TableSpec   *table;
    Str                root;
    Str                default_name; /* of partitions */
    const Pattern *pattern;      /* NULL = every file */
} FileWalk;

typedef LIST(FoundFile) FileList;

/* The root not being there is an error, a file that vanishes meanwhile is not. */
Status file_walk(const FileWalk *walk, FileList *out, Error *err);

#endif
