/* worker.c: one thread that steps its tasks in turn.
 *
 *   something moved          -> round again
 *   nothing for SPIN_US      -> sleep until woken or until the next timer
 *   told to stop at once     -> close the tasks, say goodbye
 *
 * The spin is short: on a machine with few cores a sleeping worker leaves its core to the others, and a wake-up costs
 * tens of microseconds. A clock that is not the machine's moves on its own: then the sleep is short as well. */
#include "runtime/job_parts.h"

enum { SPIN_NS = 30000, FOREIGN_CLOCK_WAIT_MS = 1 };

typedef struct Round {
    bool    has_progress;
    int64_t wake_ms;
} Round;

static Status step_task(Worker *worker, Task *task, Round *round, Error *err)
{
    TaskState state;
    TRY(job_step(worker->job, task, &state, err));
    if (state == TASK_PROGRESS)
        round->has_progress = true;
    if (task_wake_ms(task) < round->wake_ms)
        round->wake_ms = task_wake_ms(task);
    return STATUS_OK;
}

static Status step_all(Worker *worker, Round *round, Error *err)
{
    *round = (Round){ .wake_ms = TIME_MAX };
    for (int32_t i = 0; i < worker->task_count; i++)
        TRY(step_task(worker, worker->tasks[i], round, err));
    return STATUS_OK;
}

static void sleep_until(Worker *worker, int64_t wake_ms)
{
    const Clock *clock = worker->job->options.clock;
    int64_t      wait_ms = -1;
    if (wake_ms != TIME_MAX) {
        wait_ms = wake_ms - clock_now_ms(clock);
        if (wait_ms < 0)
            wait_ms = 0;
    }
    if (clock != &env_clock && wait_ms != 0)
        wait_ms = FOREIGN_CLOCK_WAIT_MS;
    wakeup_wait(worker->wakeup, wait_ms);
}

static StopRequest stop_request(const Worker *worker)
{
    return (StopRequest)atomic_load_explicit(&worker->job->shared.stop, memory_order_acquire);
}

static Status worker_loop(Worker *worker, Error *err)
{
    int64_t idle_since_ns = 0;
    while (stop_request(worker) != STOP_NOW) {
        Round round;
        TRY(step_all(worker, &round, err));
        if (round.has_progress) {
            idle_since_ns = 0;
            continue;
        }
        int64_t now_ns = clock_monotonic_ns(&env_clock);
        if (idle_since_ns == 0)
            idle_since_ns = now_ns;
        if (now_ns - idle_since_ns < SPIN_NS)
            continue;
        sleep_until(worker, round.wake_ms);
        idle_since_ns = 0;
    }
    return STATUS_OK;
}

static void close_tasks(Worker *worker)
{
    for (int32_t i = 0; i < worker->task_count; i++)
        task_close(worker->tasks[i]);
}

/* Apart from the loop: what a longjmp comes back to keeps no variables. */
static void fail_without_memory(Worker *worker)
{
    Error err = ERROR_NONE;
    error_set(&err, STATUS_NO_MEMORY, SPAN_NONE, "out of memory while the job was running");
    job_fail(worker->job, &err);
}

static void run_guarded(Worker *worker)
{
    Error err = ERROR_NONE;
    if (worker_loop(worker, &err) != STATUS_OK)
        job_fail(worker->job, &err);
}

void worker_run(void *context)
{
    EnvGuard guard;
    if (setjmp(env_guard_enter(&guard)->unwind)) {
        fail_without_memory(context);
    } else {
        run_guarded(context);
        env_guard_leave(&guard);
    }
    close_tasks(context);
    job_worker_done(((Worker *)context)->job);
}
