/* process.c: see process.h. */
#include "tests/sim/process.h"

#define STATE_FOLDER "/state/job-1"

static void say(void *context, Str line)
{
    (void)context;
    trace("notice: %.*s", STR_FMT(line));
}

/* What was reported durable is there, whatever happened to the machine. */
static void check_restored(const Process *process, int64_t acknowledged)
{
    int64_t epoch = process->checkpoints.restore ? process->checkpoints.restore->epoch : 0;
    if (epoch < acknowledged && !process_is_dead())
        violate("epoch %lld was reported durable, and process %d goes on from epoch %lld", (long long)acknowledged, process->number,
                (long long)epoch);
}

static Status create_job(Process *process, int64_t acknowledged, Error *err)
{
    Arena *restored = arena_create();
    Job   *job = NULL;
    Status status = checkpoint_store_newest(process->checkpoints.store, restored, say, NULL, &process->checkpoints.restore, err);
    if (status == STATUS_OK) {
        check_restored(process, acknowledged);
        process->restored_epoch = process->checkpoints.restore ? process->checkpoints.restore->epoch : 0;
        status = job_create(process->plan, &process->options, &job, err);
    }
    if (status == STATUS_OK) {
        job_destroy(process->job);
        process->job = job;
        job_steps_begin(job);
        trace("process %d goes on from epoch %lld at parallelism %d, %d tasks", process->number, (long long)process->restored_epoch,
              process->options.parallelism, job_task_count(job));
    }
    arena_destroy(process->restored);
    process->restored = restored;
    for (int32_t i = 0; i < TASKS_MAX; i++)
        process->wake_ms[i] = 0;
    process->coordinator_ms = 0;
    return status;
}

Status process_start(Process *process, int64_t acknowledged, Error *err)
{
    process->host = (ConnectorHost){ .notice = say };
    process->options.host = &process->host;
    process->options.checkpoints = &process->checkpoints;
    Status status = checkpoint_store_open(STR(STATE_FOLDER), CHECKPOINT_OWN, &process->checkpoints.store, err);
    if (status != STATUS_OK) {
        process->checkpoints.store = NULL;
        return status;
    }
    status = create_job(process, acknowledged, err);
    if (status != STATUS_OK)
        process_end(process);
    return status;
}

Status process_restart(Process *process, int64_t acknowledged, Error *err)
{
    return create_job(process, acknowledged, err);
}

void process_end(Process *process)
{
    machine->process = process->number;
    job_destroy(process->job);
    process->job = NULL;
    checkpoint_store_close(process->checkpoints.store);
    process->checkpoints.store = NULL;
    arena_destroy(process->restored);
    process->restored = NULL;
}
