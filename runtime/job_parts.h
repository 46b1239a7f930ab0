/* job_parts.h: what a job is made of; for job.c, job_steps.c, build.c, worker.c and job_stats.c only. */
#ifndef RUNTIME_JOB_PARTS_H
#define RUNTIME_JOB_PARTS_H

#include "runtime/coordinator.h"
#include "runtime/job.h"
#include "runtime/result.h"
#include "runtime/task.h"

#include <stdatomic.h>

typedef struct Worker {
    Job       *job;
    int32_t    index;
    Wakeup    *wakeup;
    EnvThread *thread;
    Task     **tasks; /* stepped in turn */
    int32_t    task_count;
} Worker;

struct Job {
    Arena         *arena;
    const PlanJob *plan;
    JobOptions     options;
    OpShared       shared;
    Task         **tasks;
    int32_t        task_count;
    Edge         **edges;
    int64_t        edge_count;
    Worker        *workers;
    int32_t        worker_count;
    Wakeup        *ended;
    EnvMutex      *mutex;      /* guards error */
    Error          error;
    _Atomic int32_t state;         /* JobState */
    _Atomic int32_t workers_alive;
    _Atomic int32_t sinks_alive;   /* sink tasks that have not seen the end */
    _Atomic int32_t outputs_alive; /* ... those of dead-letter tables not counted */
    _Atomic bool    has_failed;
    _Atomic bool    has_stopped;   /* by a last checkpoint */
    JobCheckpoints  checkpoints;   /* when options.checkpoints is there */
    Coordinator    *coordinator;   /* NULL = no checkpoints */
    _Atomic int64_t started_ns, ended_ns;
};

/* build.c: tasks and edges from the plan; nothing is opened. */
Status job_build(Job *job, Error *err);

/* worker.c: the thread's function. */
void worker_run(void *worker);

/* job_steps.c: a step of one of the job's tasks, which may be the last of a sink. */
Status job_step(Job *job, Task *task, TaskState *state, Error *err);

/* job.c, for workers: */
void job_fail(Job *job, const Error *err);
void job_sink_done(Job *job, bool is_dead_letter);
void job_begin(Job *job, int32_t worker_count);
void job_worker_done(Job *job);
void job_wake_all(Job *job);
/* Has it come to its end, by itself or by a stop? Asked when nothing runs any more, or nearly. */
bool job_has_finished(const Job *job);
/* The last checkpoint is complete: ends as FINISHED. */
void job_has_stopped(Job *job);

#endif
