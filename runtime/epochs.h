/* epochs.h: what the tasks of a job and its coordinator tell each other about checkpoints.
 *
 *     coordinator: requested = n        tasks: sources send barrier n; every operator saves its state and passes it on;
 *                                              a task whose operators have all saved delivers its snapshot
 *     coordinator: writes; durable = n  tasks: exactly-once sinks commit, sources confirm their positions
 *     coordinator: all sinks are done: the epoch is complete, the next may begin
 *
 * Tasks only store and load here, but for the delivery of a snapshot, once per task and epoch. NULL in OpShared: the job takes no
 * checkpoints. */
#ifndef RUNTIME_EPOCHS_H
#define RUNTIME_EPOCHS_H

#include "core/env.h"
#include "runtime/state/snapshot.h"

#include <stdatomic.h>

typedef struct Epochs {
    /* Fixed before the tasks begin. */
    Arena   *arena;
    bool     is_aligned; /* exactly-once mode: an input that has delivered a barrier waits for the others */
    Str      job_id;
    int64_t  restored;   /* epoch of the checkpoint that the job goes on from; 0 = first start */
    bool     may_rewind; /* see SinkRecovery */
    Wakeup  *wakeup;     /* the coordinator's */
    int32_t  task_count;
    int32_t  sink_count; /* sinks that commit epochs */

    /* The coordinator's word. */
    _Atomic int64_t requested; /* sources send the barrier of this epoch; 0 = none yet */
    _Atomic int64_t stops_at;  /* behind the barrier of this epoch they read nothing more; 0 = go on */
    _Atomic int64_t durable;   /* the checkpoint of this epoch is on disk */

    /* The tasks' word. */
    _Atomic bool    is_hurried;   /* a sink holds much: the next checkpoint should come now */
    _Atomic bool    has_output;   /* a sink that commits epochs was given rows since the start */
    _Atomic bool    has_ending;   /* a sink has seen the end and waits for the checkpoint that says so */
    _Atomic int32_t recovering;   /* sinks that do not know yet what the other side holds */
    _Atomic int64_t held;         /* the latest epoch that any of them holds */
    _Atomic int32_t uncommitted;  /* sinks that have not committed the durable epoch */
    EnvMutex       *mutex;        /* guards: */
    Snapshot      **snapshots;    /* by task number; NULL = not delivered */
    int32_t         delivered;
    Snapshot      **spares;       /* by task number: written ones, for the next */
} Epochs;

Epochs *epochs_create(Arena *arena, Wakeup *wakeup);
/* Once it is known how many tasks and committing sinks there are. */
void    epochs_set_tasks(Epochs *epochs, int32_t task_count);
void    epochs_free(Epochs *epochs);

/* What was delivered has been written. */
void    epochs_forget_snapshots(Epochs *epochs);

/* ---- for tasks ---------------------------------------------------------------------------------------------------------- */

/* The snapshot is the coordinator's from now on. */
/* An empty snapshot for the epoch. */
Snapshot *epochs_new_snapshot(Epochs *epochs, int32_t task_number, int64_t epoch);
void epochs_deliver(Epochs *epochs, int32_t task_number, Snapshot *snapshot);
void epochs_sink_recovered(Epochs *epochs, int64_t held);
void epochs_sink_committed(Epochs *epochs);
/* IoSpec.hurry; context: Epochs. */
void epochs_hurry(void *epochs);
void epochs_ending(Epochs *epochs);
void epochs_has_output(Epochs *epochs);

static inline int64_t epoch_load(const _Atomic int64_t *epoch)
{
    return atomic_load_explicit(epoch, memory_order_acquire);
}

#endif
