/* task.h: one tree of operators on one worker, stepped by whoever drives it: a worker, a test, a simulation.
 *
 * Only the task merges the watermarks of its inputs and aligns their barriers; its first operator sees one ordered
 * stream. */
#ifndef RUNTIME_TASK_H
#define RUNTIME_TASK_H

#include "runtime/exchange.h"
#include "runtime/op.h"

typedef enum TaskState {
    TASK_PROGRESS, /* did something: step again */
    TASK_WAITING,  /* nothing at hand, or something below is full: step when woken, at the latest at wake_ms */
    TASK_DONE      /* every leaf has seen the end; a step only throws away what inputs still bring */
} TaskState;

typedef struct TaskSpec {
    OpShared *shared;
    Wakeup   *wakeup;
    int32_t   number;       /* in the job */
    int32_t   index, count; /* which of how many instances of the stage */
    int32_t   op_count;     /* room for so many operators */
    Edge    **inputs;       /* events come from here, or, when there are none, from the first operator */
    const int32_t *input_groups; /* which of the edges of the plan an input belongs to: 0 .. group_count-1 */
    int32_t   input_count, group_count;
} TaskSpec;

Task *task_create(const TaskSpec *spec);
/* Adds an operator below parent (NULL: the first one). Parents come before their children. */
Op   *task_add(Task *task, const OpType *type, const Plan *plan, const void *config, Op *parent);
/* Opens all operators, last first: a sink that cannot be opened is known before a source has begun. */
Status task_open(Task *task, Error *err);
/* Before open: the operator's number, see Op. */
void   task_set_number(Task *task, int32_t index, int32_t number);
/* Gives the operators the state that they had in a checkpoint: between open and the first step. find: all parts of an operator,
 * instances = 0 when the checkpoint does not know it. */
typedef SavedState (*FindSaved)(const void *context, const Op *op);
Status task_load(Task *task, FindSaved find, const void *context, Error *err);
/* Adds the operator's state to the task's snapshot of the epoch, and delivers that when it was the last one. For op.c. */
Status task_save_op(Task *task, Op *op, int64_t epoch, Error *err);
/* Never blocks. On an error the task must not be stepped again. */
Status task_step(Task *task, TaskState *state, Error *err);
/* On the injected clock; TIME_MAX = only when woken. */
int64_t task_wake_ms(const Task *task);
bool    task_is_done(const Task *task);
/* Operators and their counters stay readable until the task is destroyed. */
int32_t   task_op_count(const Task *task);
const Op *task_op(const Task *task, int32_t index);
bool      task_has_sink(const Task *task);
bool      task_has_dead_letters(const Task *task); /* its sink is a dead-letter table's */
/* Closes the operators: sources, sinks, tables. Once more does no harm. */
void      task_close(Task *task);
void      task_destroy(Task *task);

#endif
