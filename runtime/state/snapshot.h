/* snapshot.h: the state of operators as bytes, for checkpoints.
 *
 * Saving: at a barrier each operator instance writes its state as parts, numbered as it likes. A part whose bytes are those of the
 * checkpoint before need not be written again (snapshot_keep), which is what makes checkpoints incremental: a part should be a piece
 * of state that changes as a whole (a sealed slice, a page of a table), of some 100 KiB at most.
 *
 * Loading: an operator instance is given the parts of all instances that were saved, whatever their number was, and takes what belongs to
 * it now: entries with a key by the key's group (saved_owns_key), anything else by the number of the instance (saved_owns_part). So a
 * checkpoint can be restored at any parallelism. All bytes come from a file and are not to be trusted: a reader that finds them
 * wrong fails with saved_damaged. */
#ifndef RUNTIME_STATE_SNAPSHOT_H
#define RUNTIME_STATE_SNAPSHOT_H

#include "core/arena.h"
#include "core/error.h"
#include "core/text.h"

/* Every operator has a part of this number, of the task's: whether it has ended. All others are its own. */
enum { SNAPSHOT_PART_HEADER = -1 };

/* ---- saving -------------------------------------------------------------------------------------------------------------- */

typedef struct SnapshotPart {
    int32_t op;           /* index of the operator in its task */
    int64_t number;       /* of the part, in the operator */
    bool    is_unchanged; /* as in the checkpoint before; bytes is empty */
    Text    bytes;
} SnapshotPart;

/* What one task saved at one barrier. In env memory; one thread at a time. */
typedef struct Snapshot {
    int64_t       epoch;
    SnapshotPart *parts;
    int64_t       count, capacity;
    int64_t       used; /* parts that have been filled once: those from count on have memory that is left */
    int32_t       op; /* whose parts are being written */
    int64_t       pause_ns; /* how long the task stood still to fill it */
} Snapshot;

Snapshot *snapshot_create(int64_t epoch);
void      snapshot_free(Snapshot *snapshot);
/* Empty again, for another epoch. Keeps some memory: to get fresh pages from the system takes longer than to copy state into them. */
void      snapshot_reset(Snapshot *snapshot, int64_t epoch);
int64_t   snapshot_size(const Snapshot *snapshot); /* bytes in its parts */
/* Begins a part of the operator that is being saved: append its bytes to the text returned, which is good until the next call. */
Text     *snapshot_part(Snapshot *snapshot, int64_t number);
/* The part is still what it was in the checkpoint before. */
void      snapshot_keep(Snapshot *snapshot, int64_t number);

/* ---- loading -------------------------------------------------------------------------------------------------------------- */

typedef struct SavedPart {
    int32_t instance; /* task index that saved it */
    int64_t number;
    Str     bytes;
} SavedPart;

/* All parts of one operator in a checkpoint. */
typedef struct SavedState {
    const SavedPart *parts;     /* by instance, then number */
    int64_t          count;
    int32_t          instances; /* how many there were */
} SavedState;

/* Is the part this instance's, for state without keys? Every instance that was saved has exactly one heir. */
static inline bool saved_owns_part(const SavedPart *part, int32_t task_index, int32_t task_count)
{
    return part->instance % task_count == task_index;
}
/* May keys of the part be this instance's? Of an operator to which rows come by their keys: as many instances as saved it hold the same keys
 * as those. */
static inline bool saved_may_own_keys(const SavedState *saved, const SavedPart *part, int32_t task_index, int32_t task_count)
{
    return saved->instances != task_count || part->instance == task_index;
}
/* Is the key this instance's? hash: key_hash of the key's bytes. */
bool saved_owns_key(uint64_t hash, int32_t task_index, int32_t task_count);
/* Up to which watermark an operator had given its results, as each of its instances says. With aligned barriers all say the same. In at-least-once
 * mode they were saved at watermarks of their own: at the same parallelism each goes on at its own; at another the lowest is right, since a row
 * that is taken for late is lost, and a result that comes again is what that mode allows. */
typedef struct SavedClosed {
    bool    has_any;
    int64_t upto; /* when has_any */
} SavedClosed;
/* The next instance's, which stands in its `part`. */
void saved_take_closed(SavedClosed *closed, const SavedState *saved, const SavedPart *part, int64_t of_part, int32_t task_index, int32_t task_count);
/* STATUS_DATA: "the saved state of ... is damaged". */
Status saved_damaged(const char *what, Error *err);

#endif
