/* saved_rows.c: see saved_rows.h.
 *
 * The operator is put into a task of its own, above one that gathers, and restored as in a job; then its input ends. */
#include "runtime/saved_rows.h"

#include "core/env.h"
#include "runtime/operators/operators.h"
#include "runtime/restore.h"
#include "runtime/state/row_store.h"

static const OpType *const keepers[] = {
    &op_window_aggregate, &op_session_aggregate, &op_session_rows, &op_group_aggregate, &op_group_changelog, &op_rowtime_sort, &op_sort,
};
enum { KEEPERS = sizeof(keepers) / sizeof(keepers[0]) };

/* ---- the gatherer ----------------------------------------------------------------------------------------------------- */

typedef struct Gathered {
    RowStore store;
    int64_t  limit;
} Gathered;

static Status gather(Op *op, Batch *batch, Error *err)
{
    Gathered *gathered = (Gathered *)(uintptr_t)op->config;
    Status    status = STATUS_OK;
    int64_t   room = gathered->limit - gathered->store.rows;
    batch->rows = batch->rows < room ? batch->rows : room;
    if (batch->rows > 0)
        status = row_store_append(&gathered->store, batch, err);
    batch_release(batch);
    return status;
}

static const OpType op_gather = { .name = "gather", .on_batch = gather };

static Batch *batch_of(const Gathered *gathered)
{
    int32_t *rows = env_alloc(gathered->store.rows * (int64_t)sizeof(int32_t) + 1);
    for (int64_t i = 0; i < gathered->store.rows; i++)
        rows[i] = (int32_t)i;
    Batch *batch = row_store_batch(&gathered->store, rows, gathered->store.rows);
    env_free(rows);
    return batch;
}

/* ---- the operator ------------------------------------------------------------------------------------------------------ */

/* The one that has the node's state, its first half's too. NULL: none keeps rows. */
static const OpType *keeper_of(const Checkpoint *checkpoint, int32_t number)
{
    for (int32_t i = 0; i < checkpoint->op_count; i++) {
        for (int k = 0; k < KEEPERS; k++) {
            Text name = TEXT_EMPTY;
            text_printf(&name, "%d %s", number, keepers[k]->name);
            bool is_it = str_eq(text_str(&name), checkpoint->ops[i].name);
            text_free(&name);
            if (is_it)
                return keepers[k];
        }
    }
    return NULL;
}

static Status work_off(Op *op, Error *err)
{
    while (op_has_work(op))
        TRY(op_work(op, err));
    return STATUS_OK;
}

/* Windows by the clock fire when it comes to them. */
static Status run_clock(Op *op, Error *err)
{
    while (op->type->on_timer && op->timer_ms < TIME_MAX) {
        op->now_ms = op->timer_ms;
        op->timer_ms = TIME_MAX;
        TRY(op->type->on_timer(op, op->now_ms, err));
        TRY(work_off(op, err));
    }
    return STATUS_OK;
}

static Status end_input(Op *op, Error *err)
{
    if (op->has_ended)
        return STATUS_OK;
    if (op->type->show)
        return op->type->show(op, err);
    TRY(run_clock(op, err));
    TRY(op_deliver(op, &(Event){ .kind = EVENT_WATERMARK, .watermark = TIME_MAX }, err));
    TRY(work_off(op, err));
    TRY(op_deliver(op, &(Event){ .kind = EVENT_END }, err));
    return work_off(op, err);
}

static Status run(Task *task, Op *op, const Checkpoint *checkpoint, int32_t number, Error *err)
{
    task_set_number(task, 0, number);
    TRY(task_open(task, err));
    TRY(restore_tasks(checkpoint, &task, 1, err));
    return end_input(op, err);
}

Status saved_rows(const PlanJob *job, const Plan *plan, const Checkpoint *checkpoint, int32_t number, const EvalContext *eval,
                  int64_t limit, Batch **out, Error *err)
{
    const OpType *type = keeper_of(checkpoint, number);
    if (!type)
        return error_set(err, STATUS_INVALID, SPAN_NONE, "operator %d keeps no rows", number);
    Wakeup  *wakeup = wakeup_create();
    OpShared shared = { .plan = job, .clock = &env_clock, .eval = *eval, .batch_rows = BATCH_ROWS };
    TaskSpec spec = { .shared = &shared, .wakeup = wakeup, .count = 1, .op_count = 2 };
    Gathered gathered = { .limit = limit };
    row_store_init(&gathered.store, plan->fields, plan->field_count);
    Task *task = task_create(&spec);
    Op   *op = task_add(task, type, plan, NULL, NULL);
    task_add(task, &op_gather, NULL, &gathered, op);
    Status status = run(task, op, checkpoint, number, err);
    if (status == STATUS_OK)
        *out = batch_of(&gathered);
    task_destroy(task);
    row_store_free(&gathered.store);
    wakeup_destroy(wakeup);
    return status;
}
