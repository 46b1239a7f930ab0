/* progress.h: what the running jobs do, as one line. */
#ifndef SHELL_PROGRESS_H
#define SHELL_PROGRESS_H

#include "buffer.h"
#include "tidemark.h"

/* Rows read at moments of the last second, for the rate. */
typedef struct Progress {
    struct {
        int64_t at_ms, rows;
    } samples[10];
    int64_t sample_count; /* ever taken */
} Progress;

/* "⏵ 12.4 M in · 310 k out · 1.84 M rows/s · wm lag 0.8 s · state 212 MB · 00:07", with a bar and the time left when
 * the input is bounded. Sums over the jobs. "" when there is nothing to tell yet. */
void progress_line(Progress *progress, tide_job *const *jobs, int count, bool is_utf8, Buffer *out);

#endif
