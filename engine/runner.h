/* runner.h: a plan that runs, and starts again from its newest checkpoint when it fails in a way that may pass.
 *
 *   RUNNING --fails, retriable--> (old run closed, delay) --> RUNNING ...
 *           --any other end-----> that
 *
 * Behind it is one Job at a time. Between two, the state is RUNNING still. All functions may be called from any thread. */
#ifndef ENGINE_RUNNER_H
#define ENGINE_RUNNER_H

#include "engine/checkpoints.h"
#include "engine/restart.h"

typedef struct Runner Runner;

typedef struct RunnerOptions {
    JobOptions      job;
    StateFolder    *state;   /* NULL: no checkpoints. Taken over when the start succeeds */
    RestartStrategy restart; /* only with state */
    Str             name;    /* for notices */
} RunnerOptions;

/* A failure of the first start is the caller's: nothing is tried again. */
Status   runner_start(const PlanJob *plan, const RunnerOptions *options, Runner **out, Error *err);
/* Cancels if it is running, waits, frees. */
void     runner_destroy(Runner *runner);

JobState runner_state(Runner *runner);
/* As job_wait. */
bool     runner_wait(Runner *runner, int64_t timeout_ms);
/* Why it failed: valid when the state is FAILED. */
const Error *runner_error(const Runner *runner);
void     runner_cancel(Runner *runner);
/* As job_stop. While it waits for its next start there is nothing to stop but the waiting: it ends with the failure. */
void     runner_stop(Runner *runner, bool drain);
/* As job_savepoint. While it waits for its next start nothing can be saved. */
Status   runner_savepoint(Runner *runner, Str directory, SavepointThen then, Error *err);
/* As job_next; a query does not start again. */
Status   runner_next(Runner *runner, int64_t timeout_ms, Batch **out, Error *err);
/* Of the current run. */
void     runner_stats(Runner *runner, Arena *arena, JobStats *out);
/* How often it was started again. */
int64_t  runner_restarts(const Runner *runner);

#endif
