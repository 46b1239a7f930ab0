/* merge.h: one watermark out of several: of the splits of a source, of the inputs of a task.
 *
 *   merged = min over the inputs that are neither idle nor ended; it never goes back
 *   all idle: the splits of a source keep the merged value; different inputs of a task jump to the highest of theirs (the dialect does
 *   so, reference 5.1) */
#ifndef RUNTIME_TIME_MERGE_H
#define RUNTIME_TIME_MERGE_H

#include "data/batch.h"

typedef struct MergeInput {
    Time watermark; /* TIME_MIN = none yet */
    bool is_idle;
    bool has_ended;
} MergeInput;

typedef struct Merged {
    Time watermark;
    bool is_idle; /* nobody holds the watermark back */
} Merged;

/* before: what was merged last. */
Merged watermark_merge(const MergeInput *inputs, int32_t count, Merged before, bool jumps_when_idle);

#endif
