/* restore.c: see restore.h. */
#include "runtime/restore.h"

#include "core/env.h"

enum { LOADERS_MAX = 16, LARGE_SIZE = 1 << 20 };

static void print_name(int32_t number, const OpType *type, Text *out)
{
    text_printf(out, "%d %s", number, type->name);
}

bool operator_name(const Op *op, Text *out)
{
    if (!op->plan)
        return false;
    print_name(op->number, op->type, out);
    return true;
}

/* ---- operators ---------------------------------------------------------------------------------------------------------- */

static int32_t find_op(const Checkpoint *checkpoint, Str name)
{
    for (int32_t i = 0; i < checkpoint->op_count; i++)
        if (str_eq(checkpoint->ops[i].name, name))
            return i;
    return -1;
}

/* The operators of the job that goes on. */
typedef struct JobOps {
    Task *const *tasks;
    int32_t      task_count;
} JobOps;

static bool has_op(const JobOps *job, const Plan *plan, const OpType *type)
{
    for (int32_t t = 0; t < job->task_count; t++)
        for (int32_t i = 0; i < task_op_count(job->tasks[t]); i++)
            if (task_op(job->tasks[t], i)->plan == plan && task_op(job->tasks[t], i)->type == type)
                return true;
    return false;
}

static int32_t find_taken_over(const Checkpoint *checkpoint, const Op *op)
{
    Text name = TEXT_EMPTY;
    if (!op->plan || !op->type->takes_over)
        return -1;
    print_name(op->number, op->type->takes_over, &name);
    int32_t index = find_op(checkpoint, text_str(&name));
    text_free(&name);
    return index;
}

/* ---- state ------------------------------------------------------------------------------------------------------------- */

typedef struct Restore {
    const Checkpoint *checkpoint;
    JobOps            job;
    SavedPart        *parts; /* of all operators, in the order of the checkpoint's */
    Arena            *scratch;
} Restore;

static SavedState parts_of(const Restore *restore, int32_t index)
{
    const Checkpoint *checkpoint = restore->checkpoint;
    int64_t           first = 0, end;
    if (index < 0)
        return (SavedState){ 0 };
    while (first < checkpoint->part_count && checkpoint->parts[first].op < index)
        first++;
    for (end = first; end < checkpoint->part_count && checkpoint->parts[end].op == index; end++)
        ;
    return (SavedState){ .parts = restore->parts + first, .count = end - first, .instances = checkpoint->ops[index].instances };
}

static SavedState join(const Restore *restore, SavedState own, SavedState more)
{
    SavedPart *parts = arena_new(restore->scratch, SavedPart, own.count + more.count);
    memcpy(parts, own.parts, (size_t)own.count * sizeof(SavedPart));
    memcpy(parts + own.count, more.parts, (size_t)more.count * sizeof(SavedPart));
    return (SavedState){ .parts = parts, .count = own.count + more.count, .instances = own.instances };
}

static SavedState find_saved(const void *context, const Op *op)
{
    const Restore    *restore = context;
    const Checkpoint *checkpoint = restore->checkpoint;
    Text              name = TEXT_EMPTY;
    int32_t           index = operator_name(op, &name) ? find_op(checkpoint, text_str(&name)) : -1;
    int32_t           taken_over = find_taken_over(checkpoint, op);
    text_free(&name);
    SavedState own = parts_of(restore, index);
    if (index < 0 || taken_over < 0 || has_op(&restore->job, op->plan, op->type->takes_over))
        return own;
    return join(restore, own, parts_of(restore, taken_over));
}

/* One of the threads that load: every step-th task from the first on. */
typedef struct Loader {
    Restore    restore; /* the scratch memory is its own */
    int32_t    first, step;
    EnvThread *thread;  /* NULL: the caller's */
    Status     status;
    Error      error;
} Loader;

static Status load_tasks(Loader *loader)
{
    EnvGuard guard;
    if (setjmp(env_guard_enter(&guard)->unwind))
        return error_set(&loader->error, STATUS_NO_MEMORY, SPAN_NONE, "out of memory while a checkpoint was restored");
    const JobOps *job = &loader->restore.job;
    Status        status = STATUS_OK;
    for (int32_t t = loader->first; t < job->task_count && status == STATUS_OK; t += loader->step)
        status = task_load(job->tasks[t], find_saved, &loader->restore, &loader->error);
    env_guard_leave(&guard);
    return status;
}

static void run_loader(void *context)
{
    Loader *loader = context;
    loader->status = load_tasks(loader);
}

static int32_t loaders_for(const Checkpoint *checkpoint, int32_t task_count)
{
    int64_t size = 0;
    int32_t cores = env_cpu_count();
    for (int64_t i = 0; i < checkpoint->part_count; i++)
        size += checkpoint->parts[i].bytes.len;
    if (size < LARGE_SIZE)
        return 1;
    int32_t most = cores < LOADERS_MAX ? cores : LOADERS_MAX;
    return task_count < most ? task_count : most;
}

static Loader *create_loaders(const Checkpoint *checkpoint, const Restore *shared, int32_t *count)
{
    *count = loaders_for(checkpoint, shared->job.task_count);
    Loader *loaders = arena_new(shared->scratch, Loader, *count);
    for (int32_t i = 0; i < *count; i++) {
        loaders[i] = (Loader){ .restore = *shared, .first = i, .step = *count };
        loaders[i].restore.scratch = arena_create();
    }
    return loaders;
}

/* Tasks share nothing that loading changes, so those of a large checkpoint are loaded side by side, as they will run. A thread that cannot be
 * had does not matter. */
static Status run_loaders(Loader *loaders, int32_t count, Error *err)
{
    Status status = STATUS_OK;
    Error  ignored = ERROR_NONE;
    for (int32_t i = 1; i < count; i++)
        if (env_thread_start(&loaders[i].thread, "tide-load", run_loader, &loaders[i], &ignored) != STATUS_OK)
            error_clear(&ignored);
    for (int32_t i = 0; i < count; i++) {
        if (loaders[i].thread)
            env_thread_join(loaders[i].thread);
        else
            run_loader(&loaders[i]);
        if (status == STATUS_OK && loaders[i].status != STATUS_OK)
            *err = loaders[i].error;
        status = status == STATUS_OK ? loaders[i].status : status;
        arena_destroy(loaders[i].restore.scratch);
    }
    return status;
}

Status restore_tasks(const Checkpoint *checkpoint, Task *const *tasks, int32_t task_count, Error *err)
{
    Restore restore = { .checkpoint = checkpoint, .job = { tasks, task_count }, .scratch = arena_create() };
    int32_t count;
    restore.parts = arena_new(restore.scratch, SavedPart, checkpoint->part_count + 1);
    for (int64_t i = 0; i < checkpoint->part_count; i++)
        restore.parts[i] = (SavedPart){ checkpoint->parts[i].instance, checkpoint->parts[i].number, checkpoint->parts[i].bytes };
    Loader *loaders = create_loaders(checkpoint, &restore, &count);
    Status  status = run_loaders(loaders, count, err);
    arena_destroy(restore.scratch);
    return status;
}
