/* manifest.h: the two kinds of files of a checkpoint folder as bytes, and back. docs/checkpoints.md describes them.
 *
 * Bytes that are decoded come from a file and are not to be trusted: whatever they are, decoding ends, allocates no more than a small
 * multiple of their number, and gives STATUS_DATA with what is wrong, or STATUS_UNSUPPORTED for a file of a later format. */
#ifndef RUNTIME_CHECKPOINT_MANIFEST_H
#define RUNTIME_CHECKPOINT_MANIFEST_H

#include "runtime/checkpoint/checkpoint.h"

#include "core/text.h"

enum { MANIFEST_FORMAT = 1, MANIFEST_INLINE = -1 };

/* Where the bytes of a part are. */
typedef struct ManifestPart {
    int32_t  op;
    int32_t  instance;
    int64_t  number;
    int32_t  file;   /* index into files; MANIFEST_INLINE: in the manifest's own inline_bytes */
    int64_t  offset; /* in the file, or in inline_bytes */
    int64_t  size;
    uint64_t hash;
} ManifestPart;

typedef struct ManifestFile {
    int64_t epoch; /* epoch-<epoch>.data */
    int64_t size;  /* of the whole file */
} ManifestFile;

typedef struct Manifest {
    Checkpoint    head;  /* but for its parts */
    ManifestFile *files; /* ascending by epoch */
    int32_t       file_count;
    ManifestPart *parts; /* ascending by op, instance, number */
    int64_t       part_count;
    Str           inline_bytes;
} Manifest;

/* Appends the whole file; STATUS_LIMIT when it would be larger than any that is read. */
Status manifest_encode(const Manifest *manifest, Text *out, Error *err);
/* Texts point into file; the arrays lie in arena. */
Status manifest_decode(Str file, Arena *arena, Manifest *out, Error *err);
int64_t manifest_size_max(void);
/* Ascending: < 0 when left comes first. */
int    manifest_part_order(const ManifestPart *left, const ManifestPart *right);

/* What a data file starts with; its parts follow. */
enum { DATA_HEADER_SIZE = 24 };
void   data_header_encode(int64_t epoch, Text *out);
Status data_header_check(Str header, int64_t epoch, Error *err);

#endif
