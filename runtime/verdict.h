/* verdict.h: what becomes of the state in a checkpoint when a job goes on from it, node by node of its plan:
 *
 *     keep      the same node with the same meaning, wherever it stands in the plan
 *     migrate   its state is gone on with, but something around it has changed: an option of the table, the rows that reach it
 *     new       the checkpoint does not know it: it begins without state
 *     drop      the job does not have it any more, and its state is left behind
 *     refuse    its state cannot be read, or means something else
 *
 * Nodes are known by what plan_identity says of them, so that a filter, a projection or an INSERT more leaves the others what they are. Those that
 * keep nothing are matched, but not told. */
#ifndef RUNTIME_VERDICT_H
#define RUNTIME_VERDICT_H

#include "runtime/job.h"
#include "runtime/task.h"

typedef struct VerdictRules {
    RestoreEdits edits;
    bool         ignores_unclaimed; /* state of nodes that are gone may be left behind */
    bool         tells;             /* all of it is told; else only when something is not kept */
    const ConnectorHost *host;      /* whom to tell, a line at a time; NULL: nobody */
} VerdictRules;

/* Before the tasks are opened: gives every operator the number that its state has in the checkpoint, or one that nobody had. *has_migrated: something
 * is gone on with that is not the same. STATUS_INVALID when the rules do not allow what would become of it: nothing may run then. */
Status verdict_settle(const Checkpoint *checkpoint, Task *const *tasks, int32_t task_count, const VerdictRules *rules, bool *has_migrated,
                      Error *err);

#endif
