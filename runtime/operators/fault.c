/* fault.c: the job fails on purpose, by JobFaults.
 *
 *   left = records until the fault: exponentially distributed, drawn once, since a start of a job has one fault at most
 *   a batch with fewer rows than that goes on
 *   else its first rows go on: those before the record (FAULT_BEFORE, below a source), or it too (FAULT_AFTER, above a sink); then the error
 *
 * Every record has the same chance to be the one, in whichever task it is: so the faults of all tasks together have the same mean. */
#include "runtime/operators/operators.h"

#include "core/hash.h"
#include "runtime/job.h"

#include <math.h>

typedef struct Fault {
    int64_t at;   /* the record that fails, counted from 1 */
    int64_t left; /* records until it, itself included */
} Fault;

/* Two rounds, so that neighbouring seeds, starts and tasks have nothing in common. */
static double random_share(const JobFaults *faults, int32_t task_index)
{
    uint64_t bits = hash_combine(hash_combine(faults->seed, (uint64_t)faults->start), (uint64_t)task_index);
    return ((double)(bits >> 11) + 0.5) / 9007199254740992.0; /* 2^53: never 0, never 1 */
}

static Status fault_open(Op *op, Error *err)
{
    (void)err;
    const JobFaults *faults = op->config;
    Fault           *fault = op->state;
    double           records = -log(random_share(faults, op->task_index)) * (double)faults->mean_records;
    fault->at = fault->left = records < 1e18 ? (int64_t)ceil(records) : INT64_MAX;
    return STATUS_OK;
}

static void keep_first(Batch *batch, int64_t count)
{
    int32_t *rows = buf_new(batch->buf, int32_t, count);
    for (int64_t i = 0; i < count; i++)
        rows[i] = (int32_t)i;
    batch_select(batch, rows, count);
}

static Status fault_batch(Op *op, Batch *batch, Error *err)
{
    const JobFaults *faults = op->config;
    Fault           *fault = op->state;
    if (batch->rows < fault->left) {
        fault->left -= batch->rows;
        return op_emit(op, batch, err);
    }
    keep_first(batch, faults->place == FAULT_BEFORE ? fault->left - 1 : fault->left);
    TRY(op_emit(op, batch, err));
    return error_set(err, STATUS_FAULT, SPAN_NONE, "a fault on purpose %s record %lld of task %d (tidemark.test.fault.mean-records is %lld)",
                     faults->place == FAULT_BEFORE ? "before" : "after", (long long)fault->at, (int)op->task_index,
                     (long long)faults->mean_records);
}

const OpType op_fault = { .name = "fault", .state_size = sizeof(Fault), .open = fault_open, .on_batch = fault_batch };
