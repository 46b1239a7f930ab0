/* task_parts.h: what a task is made of; for task.c and task_epochs.c only. */
#ifndef RUNTIME_TASK_PARTS_H
#define RUNTIME_TASK_PARTS_H

#include "runtime/task.h"
#include "runtime/time/merge.h"

struct Task {
    Arena     *arena;
    OpShared  *shared;
    Wakeup    *wakeup;
    int32_t    number;
    int32_t    index, count;
    Op       **ops;
    int32_t    op_count;
    Edge     **inputs;
    MergeInput *input_times;
    int32_t    *input_groups;
    MergeInput *group_times;
    int32_t     group_count;
    int64_t   *input_barriers; /* epoch that the input waits at; 0 = none */
    int32_t    input_count;
    int32_t    next_input;
    Merged     merged;
    int64_t    now_ms;
    int64_t    wake_ms;
    int64_t    blocked_since_ms; /* -1 = is not blocked */
    bool       is_done;
    Snapshot  *snapshot;      /* being made; NULL = none */
    int32_t    saved_ops;     /* in it */
    int64_t    barrier_epoch; /* the last one that went through or is on its way */
    int64_t    saved_epoch;   /* the last one that the task has delivered its state for */
    int64_t    durable_epoch; /* the last one that the operators know of */
};

/* An operator has work that the others must wait for. */
bool   task_is_blocked(const Task *task);
/* The job is being stopped and the barrier of its last checkpoint has left the source: it reads nothing more. */
bool   task_has_read_all(const Task *task);
/* At the begin of a step: tells operators of checkpoints that are durable, begins the barrier that is asked for. */
Status task_keep_epochs(Task *task, bool *has_progress, Error *err);

#endif
