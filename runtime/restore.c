/* restore.c: see restore.h. */
#include "runtime/restore.h"

bool operator_name(const Op *op, Text *out)
{
    if (!op->plan)
        return false;
    text_printf(out, "%d %s", op->plan->id, op->type->name);
    return true;
}

void operator_signature(const Op *op, Text *out)
{
    plan_print_node(op->plan, out);
}

/* ---- the check ------------------------------------------------------------------------------------------------------- */

static int32_t find_op(const Checkpoint *checkpoint, Str name)
{
    for (int32_t i = 0; i < checkpoint->op_count; i++)
        if (str_eq(checkpoint->ops[i].name, name))
            return i;
    return -1;
}

static Status another_script(const Checkpoint *checkpoint, Error *err)
{
    return error_hint(err, "the checkpoint was made by another script (job \"%.*s\"); use another state directory, or the script as it was",
                      STR_FMT(checkpoint->job_name));
}

static Status check_op(const Checkpoint *checkpoint, const Op *op, bool *is_used, Error *err)
{
    Text name = TEXT_EMPTY, signature = TEXT_EMPTY;
    if (!operator_name(op, &name))
        return STATUS_OK;
    operator_signature(op, &signature);
    int32_t index = find_op(checkpoint, text_str(&name));
    Status  status = STATUS_OK;
    if (index < 0) {
        error_set(err, STATUS_INVALID, SPAN_NONE, "epoch %lld cannot be restored: it knows no operator %.*s", (long long)checkpoint->epoch,
                  STR_FMT(text_str(&signature)));
        status = another_script(checkpoint, err);
    } else if (!str_eq(checkpoint->ops[index].signature, text_str(&signature))) {
        error_set(err, STATUS_INVALID, SPAN_NONE, "epoch %lld cannot be restored: an operator is %.*s now and was %.*s",
                  (long long)checkpoint->epoch, STR_FMT(text_str(&signature)), STR_FMT(checkpoint->ops[index].signature));
        status = another_script(checkpoint, err);
    } else {
        is_used[index] = true;
    }
    text_free(&name);
    text_free(&signature);
    return status;
}

static Status check_ops(const Checkpoint *checkpoint, Task *const *tasks, int32_t task_count, bool *is_used, Error *err)
{
    for (int32_t t = 0; t < task_count; t++)
        for (int32_t i = 0; i < task_op_count(tasks[t]); i++)
            TRY(check_op(checkpoint, task_op(tasks[t], i), is_used, err));
    for (int32_t i = 0; i < checkpoint->op_count; i++) {
        if (is_used[i])
            continue;
        error_set(err, STATUS_INVALID, SPAN_NONE, "epoch %lld cannot be restored: the job has no operator %.*s any more",
                  (long long)checkpoint->epoch, STR_FMT(checkpoint->ops[i].signature));
        return another_script(checkpoint, err);
    }
    return STATUS_OK;
}

Status restore_check(const Checkpoint *checkpoint, Task *const *tasks, int32_t task_count, Error *err)
{
    Arena *scratch = arena_create();
    Status status = check_ops(checkpoint, tasks, task_count, arena_new(scratch, bool, checkpoint->op_count + 1), err);
    arena_destroy(scratch);
    return status;
}

/* ---- state ------------------------------------------------------------------------------------------------------------- */

typedef struct Restore {
    const Checkpoint *checkpoint;
    SavedPart        *parts; /* of all operators, in the order of the checkpoint's */
    Arena            *scratch;
} Restore;

static SavedState find_saved(const void *context, const Op *op)
{
    const Restore    *restore = context;
    const Checkpoint *checkpoint = restore->checkpoint;
    Text              name = TEXT_EMPTY;
    int32_t           index = operator_name(op, &name) ? find_op(checkpoint, text_str(&name)) : -1;
    text_free(&name);
    if (index < 0)
        return (SavedState){ 0 };
    int64_t first = 0, end;
    while (first < checkpoint->part_count && checkpoint->parts[first].op < index)
        first++;
    for (end = first; end < checkpoint->part_count && checkpoint->parts[end].op == index; end++)
        ;
    return (SavedState){ .parts = restore->parts + first, .count = end - first, .instances = checkpoint->ops[index].instances };
}

Status restore_tasks(const Checkpoint *checkpoint, Task *const *tasks, int32_t task_count, Error *err)
{
    Restore restore = { .checkpoint = checkpoint, .scratch = arena_create() };
    Status  status = STATUS_OK;
    restore.parts = arena_new(restore.scratch, SavedPart, checkpoint->part_count + 1);
    for (int64_t i = 0; i < checkpoint->part_count; i++)
        restore.parts[i] = (SavedPart){ checkpoint->parts[i].instance, checkpoint->parts[i].number, checkpoint->parts[i].bytes };
    for (int32_t t = 0; t < task_count && status == STATUS_OK; t++)
        status = task_load(tasks[t], find_saved, &restore, err);
    arena_destroy(restore.scratch);
    return status;
}
