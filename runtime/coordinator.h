/* coordinator.h: takes the checkpoints of a job: when, of what, and what follows.
 *
 *   IDLE        until the interval has passed, a sink hurries or has ended, or somebody asks
 *   SAVING      the barrier is on its way; until every task has delivered its snapshot
 *   WRITING     until the checkpoint is durable; a write that fails is tried again with new files
 *   COMMITTING  until every exactly-once sink has committed the epoch; then the epoch is complete, and is exported if it is a savepoint
 *
 * coordinator_step moves this on and says how long to wait: a thread of the job drives it, or a simulation. Only writing blocks. */
#ifndef RUNTIME_COORDINATOR_H
#define RUNTIME_COORDINATOR_H

#include "runtime/job.h"
#include "runtime/task.h"

typedef struct Coordinator Coordinator;

/* The job's tasks have been built and opened, and restored if options->checkpoints->restore is there. */
Coordinator *coordinator_create(Job *job, Epochs *epochs);
void         coordinator_destroy(Coordinator *coordinator);
/* The thread: until the job is told to stop at once. */
Status       coordinator_start(Coordinator *coordinator, Error *err);
void         coordinator_join(Coordinator *coordinator);
/* Milliseconds until it is to be called again, or when woken; -1 = only when woken. */
int64_t      coordinator_step(Coordinator *coordinator);
/* Behind the last step, when the job has been told to stop at once: an epoch that all sinks have committed is complete. */
void         coordinator_finish(Coordinator *coordinator);

/* ---- from any thread ------------------------------------------------------------------------------------------------------ */

/* A checkpoint now, behind which the sources read nothing; when it is complete the job ends as FINISHED. */
void coordinator_stop(Coordinator *coordinator);
/* As job_savepoint. */
Status coordinator_savepoint(Coordinator *coordinator, Str directory, SavepointThen then, Error *err);
void coordinator_stats(const Coordinator *coordinator, JobCheckpointStats *out);

#endif
