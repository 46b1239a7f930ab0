/* job_steps.h: a job without threads: one caller does in any order what workers and the coordinator's thread would do. For simulations.
 *
 *     job_create, job_steps_begin
 *     while (!job_steps_are_over(job)) job_step_task(job, any, &state) or job_step_coordinator(job)
 *     job_steps_end                      the state is final
 *
 * All on one thread. A process that died is job_steps_begin without job_steps_end: job_destroy takes both. */
#ifndef RUNTIME_JOB_STEPS_H
#define RUNTIME_JOB_STEPS_H

#include "runtime/job.h"
#include "runtime/task.h"

/* In place of job_start. */
void    job_steps_begin(Job *job);
/* Everything has ended, failed or been cancelled: only the end is left. */
bool    job_steps_are_over(const Job *job);
int32_t job_task_count(const Job *job);
/* Task 0 .. job_task_count-1, once. *wake_ms: when it wants its next step on the injected clock; TIME_MAX = only when woken. */
void    job_step_task(Job *job, int32_t index, TaskState *state, int64_t *wake_ms);
/* As coordinator_step; -1 for a job that takes no checkpoints. */
int64_t job_step_coordinator(Job *job);
/* Closes the tasks, as workers do that leave their loops. */
void    job_steps_end(Job *job);

#endif
