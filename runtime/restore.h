/* restore.h: operators of a job and those of a checkpoint: which is which. */
#ifndef RUNTIME_RESTORE_H
#define RUNTIME_RESTORE_H

#include "runtime/checkpoint/checkpoint.h"
#include "runtime/task.h"

/* "4 window aggregate": the operator's number and its type. Operators without a plan node (exchanges) keep no state and have none: returns false. */
bool   operator_name(const Op *op, Text *out);
/* Hands the state to all tasks, by the operators' names (verdict.h has settled them); the checkpoint is not needed afterwards. */
Status restore_tasks(const Checkpoint *checkpoint, Task *const *tasks, int32_t task_count, Error *err);

#endif
