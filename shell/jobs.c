/* jobs.c: a list under a lock. Nothing that may block is called while it is held. */
#include "jobs.h"

#include "buffer.h"

#include <stdlib.h>
#include <string.h>

bool job_has_ended(const tide_job *job)
{
    return tide_job_state_of(job) >= TIDE_JOB_FINISHED;
}

void jobs_open(Jobs *jobs)
{
    *jobs = (Jobs){ 0 };
    pthread_mutex_init(&jobs->mutex, NULL);
}

void jobs_close(Jobs *jobs)
{
    for (int i = 0; i < jobs->count; i++)
        tide_job_release(jobs->items[i]);
    free(jobs->items);
    pthread_mutex_destroy(&jobs->mutex);
}

void jobs_add(Jobs *jobs, tide_job *job)
{
    tide_job_hold(job);
    pthread_mutex_lock(&jobs->mutex);
    if (jobs->count == jobs->capacity) {
        int capacity = jobs->capacity ? jobs->capacity * 2 : 16;
        tide_job **items = memory_new((size_t)capacity, sizeof(tide_job *));
        if (jobs->count > 0)
            memcpy(items, jobs->items, (size_t)jobs->count * sizeof(tide_job *));
        free(jobs->items);
        jobs->items = items;
        jobs->capacity = capacity;
    }
    jobs->items[jobs->count++] = job;
    pthread_mutex_unlock(&jobs->mutex);
}

bool jobs_has(Jobs *jobs, const tide_job *job)
{
    bool is_found = false;
    pthread_mutex_lock(&jobs->mutex);
    for (int i = 0; i < jobs->count; i++)
        is_found |= jobs->items[i] == job;
    pthread_mutex_unlock(&jobs->mutex);
    return is_found;
}

int jobs_count(Jobs *jobs)
{
    pthread_mutex_lock(&jobs->mutex);
    int count = jobs->count;
    pthread_mutex_unlock(&jobs->mutex);
    return count;
}

tide_job *jobs_take_ended(Jobs *jobs)
{
    tide_job *ended = NULL;
    pthread_mutex_lock(&jobs->mutex);
    for (int i = 0; i < jobs->count && !ended; i++) {
        if (!job_has_ended(jobs->items[i]))
            continue;
        ended = jobs->items[i];
        jobs->count--;
        memmove(jobs->items + i, jobs->items + i + 1, (size_t)(jobs->count - i) * sizeof(tide_job *));
    }
    pthread_mutex_unlock(&jobs->mutex);
    return ended;
}

bool jobs_have_failed(Jobs *jobs)
{
    bool has_failed = false;
    pthread_mutex_lock(&jobs->mutex);
    for (int i = 0; i < jobs->count; i++)
        has_failed |= tide_job_state_of(jobs->items[i]) == TIDE_JOB_FAILED;
    pthread_mutex_unlock(&jobs->mutex);
    return has_failed;
}

/* With several jobs the wait is cut into short ones, because any of them may end. */
void jobs_wait(Jobs *jobs, int64_t timeout_ms)
{
    enum { SLICE_MS = 50 };
    pthread_mutex_lock(&jobs->mutex);
    tide_job *first = jobs->count > 0 ? tide_job_hold(jobs->items[0]) : NULL;
    bool is_only = jobs->count == 1;
    pthread_mutex_unlock(&jobs->mutex);
    if (!first)
        return;
    tide_job_wait(first, is_only || timeout_ms < SLICE_MS ? timeout_ms : SLICE_MS, NULL);
    tide_job_release(first);
}

static void each(Jobs *jobs, void (*act)(tide_job *job))
{
    pthread_mutex_lock(&jobs->mutex);
    for (int i = 0; i < jobs->count; i++)
        act(jobs->items[i]);
    pthread_mutex_unlock(&jobs->mutex);
}

static void stop(tide_job *job)
{
    tide_job_stop(job, false);
}

void jobs_stop(Jobs *jobs)
{
    each(jobs, stop);
}

void jobs_cancel(Jobs *jobs)
{
    each(jobs, tide_job_cancel);
}
