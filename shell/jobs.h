/* jobs.h: the jobs that INSERT statements started and that run beside the statements that follow. One lock; each job
 * is held. */
#ifndef SHELL_JOBS_H
#define SHELL_JOBS_H

#include "tidemark.h"

#include <pthread.h>

typedef struct Jobs {
    pthread_mutex_t mutex;
    tide_job      **items;
    int             count, capacity;
} Jobs;

void jobs_open(Jobs *jobs);
void jobs_close(Jobs *jobs);
/* Holds the job. */
void jobs_add(Jobs *jobs, tide_job *job);
bool jobs_has(Jobs *jobs, const tide_job *job);
int  jobs_count(Jobs *jobs);
/* Takes a job out that has ended, NULL when there is none; the caller releases it. */
tide_job *jobs_take_ended(Jobs *jobs);
bool jobs_have_failed(Jobs *jobs);
/* Waits until a job has ended, at most timeout_ms. */
void jobs_wait(Jobs *jobs, int64_t timeout_ms);
void jobs_stop(Jobs *jobs);
void jobs_cancel(Jobs *jobs);

bool job_has_ended(const tide_job *job);

#endif
