/* checkpoint.h: what a checkpoint holds, and the folder that checkpoints of one job live in.
 *
 *     DIR/lock                    held by the process that runs the job
 *     DIR/epoch-000042.manifest   one checkpoint: what it is, its operators, where the bytes of their parts are. The commit point:
 *                                 written beside, synced, renamed, folder synced
 *     DIR/epoch-000042.data       the parts that checkpoint wrote, when they are too many to stand in the manifest itself; parts that did
 *                                 not change stay in the files of earlier ones
 *
 * A checkpoint verifies when every byte that it refers to has its checksum. A data file is removed with the last manifest that refers
 * to it. Format: docs/checkpoints.md. One thread at a time; nothing here knows of jobs or operators beyond their names.
 *
 * Memory that runs out is STATUS_NO_MEMORY here: no call unwinds past the store, and the store can be used again. */
#ifndef RUNTIME_CHECKPOINT_CHECKPOINT_H
#define RUNTIME_CHECKPOINT_CHECKPOINT_H

#include "core/arena.h"
#include "core/error.h"

/* A piece of state of one operator instance: see runtime/state/snapshot.h. */
typedef struct CheckpointPart {
    int32_t op;           /* index into ops */
    int32_t instance;     /* task index, 0 .. instances-1 */
    int64_t number;       /* of the part within the instance */
    bool    is_unchanged; /* writing: bytes are those of the same operator (name and signature), instance and number in the checkpoint
                             checkpoint_store_last; bytes is empty */
    Str     bytes;
} CheckpointPart;

typedef struct CheckpointOp {
    Str     name;      /* stable within the script, and its own: "4 window aggregate" */
    Str     signature; /* what its state means: types of keys, aggregates, window. Other signature, other state */
    int32_t instances; /* parallelism when it was saved */
} CheckpointOp;

typedef enum CheckpointKind {
    CHECKPOINT_PERIODIC,
    CHECKPOINT_LAST, /* taken when the job was stopped or had read everything */
    CHECKPOINT_SAVEPOINT
} CheckpointKind;

typedef struct Checkpoint {
    int64_t               epoch;      /* from 1 */
    CheckpointKind        kind;
    int64_t               created_ms; /* since 1970 */
    Str                   job_id, job_name;
    Str                   script;     /* the statements that made the job, secrets masked */
    const CheckpointOp   *ops;
    int32_t               op_count;
    const CheckpointPart *parts;      /* by op, instance, number */
    int64_t               part_count;
} Checkpoint;

typedef struct CheckpointStore CheckpointStore;

typedef enum CheckpointAccess {
    CHECKPOINT_OWN, /* creates the folder, takes the lock: STATUS_INVALID when another process holds it. Removes what an
                       unfinished checkpoint left */
    CHECKPOINT_LOOK /* read only, no lock, beside a running job too; STATUS_NO_OBJECT when there is no such folder */
} CheckpointAccess;

Status checkpoint_store_open(Str directory, CheckpointAccess access, CheckpointStore **out, Error *err);
void   checkpoint_store_close(CheckpointStore *store); /* NULL is allowed */

/* What stands in the folder, newest first, without looking at the parts. */
typedef struct CheckpointEntry {
    int64_t        epoch;
    Str            problem;  /* why its manifest cannot be used, and then no more is known; "": it can */
    CheckpointKind kind;
    int64_t        created_ms;
    Str            job_id, job_name;
    int64_t        size;     /* bytes of the parts it refers to */
    int64_t        new_size; /* ... of which it wrote itself */
} CheckpointEntry;
Status checkpoint_store_list(CheckpointStore *store, Arena *arena, const CheckpointEntry **out, int64_t *count, Error *err);

/* The newest that verifies; *out = NULL when there is none at all. Those that do not verify are passed over, with a line each to `notice` (may
 * be NULL): "epoch 42 does not verify: ...; going back to epoch 41". When there are some and none verifies: STATUS_DATA. What is in order
 * but cannot be had is not passed over: files that cannot be opened (STATUS_IO), a later format (STATUS_UNSUPPORTED). Everything lies in
 * arena. */
Status checkpoint_store_newest(CheckpointStore *store, Arena *arena, void (*notice)(void *context, Str line), void *context,
                               const Checkpoint **out, Error *err);
/* One, all of it verified; STATUS_NO_OBJECT when it is not there, STATUS_DATA with the file and what is wrong in it. */
Status checkpoint_store_read(CheckpointStore *store, int64_t epoch, Arena *arena, const Checkpoint **out, Error *err);
/* As read, without the parts' bytes: each has its size, and is_unchanged when an earlier checkpoint wrote it. The manifest is verified, the
 * parts are not. */
Status checkpoint_store_describe(CheckpointStore *store, int64_t epoch, Arena *arena, const Checkpoint **out, Error *err);
/* Verifies all of it and keeps nothing: memory for the largest part is enough. */
Status checkpoint_store_verify(CheckpointStore *store, int64_t epoch, Error *err);

/* Durable when it returns STATUS_OK. Its epoch must be above checkpoint_store_highest, or the one whose write failed
 * just now (in new files). After an error the checkpoint does not exist (its files
 * are removed, or are without a manifest and removed later), and the store can be used again: the next write must not refer to the one that
 * failed, which is_unchanged parts know from checkpoint_store_last. A file whose sync failed is never synced again.
 *
 * When even the removal fails, a checkpoint that was reported as failed may be found after a crash: it is whole then, and good to go on from. */
Status checkpoint_store_write(CheckpointStore *store, const Checkpoint *checkpoint, Error *err);
/* Writes one checkpoint as a savepoint into a folder of its own, which is created and must hold no checkpoints: every byte of it is read, checked
 * and copied, so that it depends on nothing in this folder. Durable when it returns STATUS_OK; after an error nothing of it is left.
 * For every access. STATUS_NO_OBJECT when the epoch is not there, STATUS_DATA when it does not verify. */
Status checkpoint_store_export(CheckpointStore *store, int64_t epoch, Str directory, Error *err);
/* Removes one checkpoint of a folder that nobody runs a job in, with what only it referred to; a folder that is empty then goes, too.
 * One that is not there any more is fine. */
Status checkpoint_discard(Str directory, int64_t epoch, Error *err);
/* Epoch of the last checkpoint written or read through this store, which is_unchanged refers to; 0 = none, or its files turned out to be
 * damaged: all parts must be given. */
int64_t checkpoint_store_last(const CheckpointStore *store);
/* The highest epoch of which there is or was a trace, damaged and failed ones included; 0 = none. */
int64_t checkpoint_store_highest(const CheckpointStore *store);
/* Keeps the newest `keep` (at least 2) that are not known to be damaged, all savepoints and checkpoint_store_last; removes the others, and
 * files that nothing refers to. */
Status checkpoint_store_prune(CheckpointStore *store, int64_t keep, Error *err);

#endif
