/* store.h: what the files of this folder share: the open store, the names in its folder, and reading. */
#ifndef RUNTIME_CHECKPOINT_STORE_H
#define RUNTIME_CHECKPOINT_STORE_H

#include "runtime/checkpoint/manifest.h"

/* ---- names: folder.c ---------------------------------------------------------------------------------------------------- */

typedef enum FolderKind { FOLDER_MANIFEST, FOLDER_DATA, FOLDER_UNFINISHED /* a manifest before its rename */, FOLDER_KIND_COUNT } FolderKind;

typedef struct FolderFile {
    int64_t    epoch;
    FolderKind kind;
    bool       is_kept; /* for whoever removes the others */
} FolderFile;

typedef struct Folder {
    FolderFile *files; /* newest first */
    int64_t     count;
} Folder;

/* Files of other names are passed over. */
Status folder_list(Str directory, Arena *arena, Folder *out, Error *err);
Str    folder_path(Str directory, int64_t epoch, FolderKind kind, Arena *arena);
/* With parents, and durable. */
Status folder_create(Str directory, Error *err);

/* ---- the store: store.c ------------------------------------------------------------------------------------------------- */

enum { STORE_UNFINISHED_MAX = 3 };

struct CheckpointStore {
    Arena   *arena;
    Str      directory;
    bool     is_owner;
    int      lock_fd;  /* -1: none */
    int64_t  highest;
    int64_t  failed;   /* the epoch whose write failed last, which may be written again; 0 = none */
    LIST(int64_t) broken; /* epochs that did not verify */

    Arena   *last_arena; /* NULL: there is no last */
    Manifest last;       /* of head, epoch and ops only */

    /* Of the call at hand, gone when it ends, however it ends. */
    Arena   *work;
    int      out_fd, in_fd; /* -1: closed */
    Text     buffer;
    Str      unfinished[STORE_UNFINISHED_MAX]; /* paths to remove unless the call succeeds */
    int32_t  unfinished_count;
};

/* Runs one call with a work arena; memory that runs out becomes STATUS_NO_MEMORY. */
typedef Status (*StoreCall)(CheckpointStore *store, void *arguments, Error *err);
Status store_call(CheckpointStore *store, StoreCall call, void *arguments, Error *err);
/* The manifest becomes the one that unchanged parts refer to, and its arena the store's: store->work or one given up by the caller. */
void   store_set_last(CheckpointStore *store, Arena *arena, const Manifest *manifest);
void   store_forget_last(CheckpointStore *store);

/* ---- restore.c, write.c ------------------------------------------------------------------------------------------------- */

/* Was it found not to verify, through this store? */
bool   store_is_broken(const CheckpointStore *store, int64_t epoch);
/* What a write that failed has left. */
void   store_remove_unfinished(CheckpointStore *store);

/* ---- reading: read.c ---------------------------------------------------------------------------------------------------- */

/* STATUS_NO_OBJECT: there is none. Texts and arrays lie in arena. */
Status store_load_manifest(CheckpointStore *store, int64_t epoch, Arena *arena, Manifest *out, Error *err);
/* Reads all parts that are in data files and checks them. bytes[i] is that of part i, in arena; arena NULL: nothing is kept, bytes is unused. */
Status store_load_parts(CheckpointStore *store, const Manifest *manifest, Arena *arena, Str *bytes, Error *err);
/* Opens the data file as store->in_fd, its head checked. */
Status store_open_data(CheckpointStore *store, const ManifestFile *file, Error *err);
/* From store->in_fd. path: for messages. */
Status store_read_part(CheckpointStore *store, const ManifestPart *part, char *bytes, Error *err);
void   store_close_data(CheckpointStore *store);

#endif
