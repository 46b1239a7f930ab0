/* job_stats.c: one moment's counts, added up over the instances of each table and operator. Reads only counters, so it
 * may run beside the workers. */
#include "runtime/job_parts.h"

static Time lower(Time left, Time right)
{
    return left < right ? left : right;
}

static bool has_table(const Op *op)
{
    return op->plan && (op->plan->kind == PLAN_SCAN || op->plan->kind == PLAN_SINK);
}

static const Str client_path = { "client", 6 };

static Str table_path(const Plan *plan)
{
    const TableSpec *table = plan->kind == PLAN_SCAN ? plan->scan.table : plan->sink.table;
    return table ? table->path : client_path;
}

/* Instances of one plan node share a row. */
typedef struct Rows {
    LIST(JobTableStats) tables;
    LIST(const Plan *) table_plans;
    LIST(JobOperatorStats) operators;
    LIST(const Plan *) operator_plans;
} Rows;

static JobTableStats *table_row(Rows *rows, Arena *arena, const Plan *plan)
{
    for (int64_t i = 0; i < rows->table_plans.count; i++)
        if (rows->table_plans.items[i] == plan)
            return &rows->tables.items[i];
    list_push(arena, &rows->table_plans, plan);
    list_push(arena, &rows->tables, (JobTableStats){ .path = table_path(plan), .is_sink = plan->kind == PLAN_SINK,
                                                     .is_dead_letter = plan->kind == PLAN_SINK && plan->sink.is_dead_letter,
                                                     .has_watermark = plan->kind == PLAN_SCAN && plan->scan.watermark,
                                                     .pending = -1, .done = -1, .total = -1, .watermark = TIME_MAX });
    return &rows->tables.items[rows->tables.count - 1];
}

static JobOperatorStats *operator_row(Rows *rows, Arena *arena, const Plan *plan)
{
    for (int64_t i = 0; i < rows->operator_plans.count; i++)
        if (rows->operator_plans.items[i] == plan)
            return &rows->operators.items[i];
    list_push(arena, &rows->operator_plans, plan);
    list_push(arena, &rows->operators,
              (JobOperatorStats){ .name = arena_format(arena, "%s(id=%d)", plan_kind_name(plan->kind),
                                                       (int)plan->id) });
    return &rows->operators.items[rows->operators.count - 1];
}

/* -1 = unknown, and stays so unless somebody knows. */
static void add_known(int64_t *sum, int64_t more)
{
    if (more >= 0)
        *sum = *sum < 0 ? more : *sum + more;
}

static int64_t higher(int64_t left, int64_t right)
{
    return left > right ? left : right;
}

static void add_table(JobTableStats *row, const Op *op)
{
    row->rows += counter_get(&op->io->rows);
    row->bytes += counter_get(&op->io->bytes);
    for (int i = 0; i < BAD_REASON_COUNT; i++) {
        row->bad_by[i] += counter_get(&op->io->bad[i]);
        row->bad += counter_get(&op->io->bad[i]);
    }
    row->null_rowtime += counter_get(&op->counters->null_rowtime);
    row->future += counter_get(&op->counters->future);
    row->failed += counter_get(&op->counters->failed);
    row->refused += counter_get(&op->counters->refused);
    row->final_rows += counter_get(&op->counters->final_rows);
    row->late += counter_get(&op->counters->late);
    row->late_sum_ms += counter_get(&op->counters->late_sum_ms);
    row->late_max_ms = higher(row->late_max_ms, counter_get(&op->counters->late_max_ms));
    add_known(&row->pending, counter_get(&op->io->pending));
    add_known(&row->done, counter_get(&op->io->done));
    add_known(&row->total, counter_get(&op->io->total));
    row->has_checksum |= counter_get(&op->io->has_checksum);
    row->checksum += (uint64_t)counter_get(&op->io->checksum);
    if (row->has_watermark)
        row->watermark = lower(row->watermark, counter_get(&op->counters->watermark));
}

static void add_operator(JobOperatorStats *row, const OpCounters *counters)
{
    row->late += counter_get(&counters->late);
    row->late_sum_ms += counter_get(&counters->late_sum_ms);
    row->failed += counter_get(&counters->failed);
    row->late_max_ms = higher(row->late_max_ms, counter_get(&counters->late_max_ms));
    row->state_bytes += counter_get(&counters->state_bytes);
    row->state_rows += counter_get(&counters->state_rows);
}

static bool keeps_counts(const Op *op)
{
    if (!op->plan)
        return false;
    switch (op->plan->kind) {
    case PLAN_FILTER:
    case PLAN_PROJECT:
    case PLAN_UNNEST:
        return op->plan->errors != ERROR_POLICY_FAIL; /* else there is nothing to count */
    case PLAN_WINDOW:
    case PLAN_WINDOW_AGGREGATE:
    case PLAN_GROUP_AGGREGATE:
    case PLAN_SORT:
        return true;
    default:
        return false;
    }
}

static void collect(const Job *job, Arena *arena, Rows *rows)
{
    for (int32_t t = 0; t < job->task_count; t++) {
        for (int32_t i = 0; i < task_op_count(job->tasks[t]); i++) {
            const Op *op = task_op(job->tasks[t], i);
            if (has_table(op))
                add_table(table_row(rows, arena, op->plan), op);
            else if (keeps_counts(op))
                add_operator(operator_row(rows, arena, op->plan), op->counters);
        }
    }
}

static int64_t elapsed_ms(const Job *job)
{
    int64_t started_ns = atomic_load(&job->started_ns);
    int64_t ended_ns = atomic_load(&job->ended_ns);
    if (started_ns == 0)
        return 0;
    return ((ended_ns ? ended_ns : clock_monotonic_ns(&env_clock)) - started_ns) / 1000000;
}

/* TIME_MAX: there was nobody to ask. */
static Time watermark_or_none(Time watermark)
{
    return watermark == TIME_MAX ? TIME_MIN : watermark;
}

static void add_up(JobStats *out)
{
    out->watermark = TIME_MAX;
    for (int32_t i = 0; i < out->table_count; i++) {
        const JobTableStats *table = &out->tables[i];
        *(table->is_dead_letter ? &out->dead_letters : table->is_sink ? &out->rows_out : &out->rows_in) += table->rows;
        out->bad += table->bad;
        out->failed += table->failed;
        out->refused += table->refused;
        out->future += table->future;
        out->final_rows += table->is_dead_letter ? 0 : table->final_rows;
        if (table->has_watermark)
            out->watermark = lower(out->watermark, table->watermark);
    }
    out->watermark = watermark_or_none(out->watermark);
    for (int32_t i = 0; i < out->table_count; i++)
        out->tables[i].watermark = watermark_or_none(out->tables[i].watermark);
    for (int32_t i = 0; i < out->operator_count; i++) {
        out->late += out->operators[i].late;
        out->failed += out->operators[i].failed;
        out->state_bytes += out->operators[i].state_bytes;
    }
}

void job_stats(const Job *job, Arena *arena, JobStats *out)
{
    Rows rows = { 0 };
    collect(job, arena, &rows);
    *out = (JobStats){
        .tables = rows.tables.items, .table_count = (int32_t)rows.tables.count,
        .operators = rows.operators.items, .operator_count = (int32_t)rows.operators.count,
        .elapsed_ms = elapsed_ms(job), .has_checkpoints = job->coordinator != NULL,
    };
    if (job->coordinator)
        coordinator_stats(job->coordinator, &out->checkpoints);
    add_up(out);
}
