/* job_steps.c: see job_steps.h; and the step of a task that workers take. */
#include "runtime/job_steps.h"

#include "runtime/job_parts.h"

Status job_step(Job *job, Task *task, TaskState *state, Error *err)
{
    bool was_done = task_is_done(task);
    TRY(task_step(task, state, err));
    if (*state == TASK_DONE && !was_done && task_has_sink(task))
        job_sink_done(job, task_has_dead_letters(task));
    return STATUS_OK;
}

void job_steps_begin(Job *job)
{
    job_begin(job, 1);
}

bool job_steps_are_over(const Job *job)
{
    return atomic_load_explicit(&job->shared.stop, memory_order_acquire) == STOP_NOW;
}

int32_t job_task_count(const Job *job)
{
    return job->task_count;
}

void job_step_task(Job *job, int32_t index, TaskState *state, int64_t *wake_ms)
{
    Error err = ERROR_NONE;
    *state = TASK_WAITING;
    if (job_step(job, job->tasks[index], state, &err) != STATUS_OK)
        job_fail(job, &err);
    *wake_ms = task_wake_ms(job->tasks[index]);
}

int64_t job_step_coordinator(Job *job)
{
    return job->coordinator ? coordinator_step(job->coordinator) : -1;
}

void job_steps_end(Job *job)
{
    if (job->coordinator)
        coordinator_finish(job->coordinator);
    for (int32_t i = 0; i < job->task_count; i++)
        task_close(job->tasks[i]);
    job_worker_done(job);
}
