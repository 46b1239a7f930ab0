/* restore.h: operators of a job and those of a checkpoint: which is which. */
#ifndef RUNTIME_RESTORE_H
#define RUNTIME_RESTORE_H

#include "runtime/checkpoint/checkpoint.h"
#include "runtime/task.h"

/* "4 window aggregate": the plan's number of the node and the operator's type; the same as long as the script is. Operators without a plan
 * node (exchanges) keep no state and have none: returns false. */
bool   operator_name(const Op *op, Text *out);
/* What its state means: operators with the same signature can read each other's. */
void   operator_signature(const Op *op, Text *out);
/* Is every operator of the job in the checkpoint with the same signature, and the other way round? The error names the first that is
 * not, with both signatures. Operators that a plan needs only at some parallelism (OpType.takes_over) may be missing on either side;
 * ignores_unclaimed: so may any in the job. */
Status restore_check(const Checkpoint *checkpoint, Task *const *tasks, int32_t task_count, bool ignores_unclaimed, Error *err);
/* Hands the state to all tasks; the checkpoint is not needed afterwards. */
Status restore_tasks(const Checkpoint *checkpoint, Task *const *tasks, int32_t task_count, Error *err);

#endif
