/* process.h: one life of the simulated program: what the engine does around a job (engine/checkpoints.c, engine/runner.c), on one thread.
 *
 *   start:    open the store, take the newest checkpoint that verifies, create the job
 *   restart:  behind a failure that may pass, with the store as it is */
#ifndef TESTS_SIM_PROCESS_H
#define TESTS_SIM_PROCESS_H

#include "runtime/job_steps.h"
#include "tests/sim/disk.h"

enum { TASKS_MAX = 64 };

typedef struct Process {
    int32_t          number; /* from 1; 0 = there is none */
    const PlanJob   *plan;
    JobOptions       options;
    JobCheckpoints   checkpoints;
    ConnectorHost    host;
    Arena           *restored;
    Job             *job;
    int64_t          restored_epoch;
    int64_t          wake_ms[TASKS_MAX]; /* per task */
    int64_t          coordinator_ms;     /* when the coordinator wants its step */
    int32_t          starved;            /* this task seldom has its turn; -1 = none */
} Process;

/* acknowledged: the highest epoch that was reported durable; the process must not go on from an earlier one. STATUS_OK, or why it did not start: the
 * process then holds nothing. */
Status process_start(Process *process, int64_t acknowledged, Error *err);
/* The job has failed: another one in the same process. */
Status process_restart(Process *process, int64_t acknowledged, Error *err);
/* Destroys the job and closes the store, whether the process is dead or not. */
void   process_end(Process *process);

#endif
