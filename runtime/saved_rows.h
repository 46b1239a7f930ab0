/* saved_rows.h: what an operator keeps in a checkpoint, as rows for people. */
#ifndef RUNTIME_SAVED_ROWS_H
#define RUNTIME_SAVED_ROWS_H

#include "planner/plan.h"
#include "runtime/checkpoint/checkpoint.h"

/* The rows that node `number` of the checkpoint would give if its input ended now: groups with their results so far, open windows, rows that
 * wait. plan: the node, planned again; job: of it. They have its fields; at most limit, the caller's batch. STATUS_INVALID when it keeps no rows. */
Status saved_rows(const PlanJob *job, const Plan *plan, const Checkpoint *checkpoint, int32_t number, const EvalContext *eval,
                  int64_t limit, Batch **out, Error *err);

#endif
