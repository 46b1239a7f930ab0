/* execute_run.c: statements that plan and run: queries, inserts, EXPLAIN; and those about jobs. */
#include "engine/executors.h"
#include "engine/runner.h"
#include "engine/savepoints.h"

static Status start(Execution *execution, const PlanJob *plan, tide_result_kind kind, Error *err)
{
    tide_result *result = execution->result;
    result->kind = kind;
    result->is_batch = plan->is_batch;
    if (execution->is_check && execution->session->on_plan)
        execution->session->on_plan(execution->session->on_plan_context, plan);
    if (execution->is_check)
        return STATUS_OK;
    return engine_start_job(execution->session, execution->arena, plan, execution->file, execution->source, &result->job, err);
}

Status execute_select(Execution *execution, const Statement *statement, Error *err)
{
    PlanJob *plan;
    TRY(plan_query(&execution->plan, statement->query, &plan, err));
    const Plan *sink = plan->sinks[0];
    result_set_fields(execution->result, sink->fields, sink->field_count);
    execution->result->is_changelog = sink->inputs[0]->changelog != CHANGELOG_INSERT;
    return start(execution, plan, TIDE_RESULT_QUERY, err);
}

static Status run_inserts(Execution *execution, Statement *const *inserts, int64_t count, Error *err)
{
    PlanJob *plan;
    TRY(plan_inserts(&execution->plan, inserts, count, &plan, err));
    return start(execution, plan, TIDE_RESULT_JOB, err);
}

Status execute_insert(Execution *execution, const Statement *statement, Error *err)
{
    Statement *insert = arena_new(execution->arena, Statement, 1);
    *insert = *statement;
    return run_inserts(execution, &insert, 1, err);
}

/* What a statement writes: its inserts, and those among them whose tables it has created itself (CREATE TABLE AS). */
typedef struct Writes {
    LIST(Statement *) inserts;
    LIST(Statement *) created;
} Writes;

static void drop_created(Execution *execution, const Writes *writes)
{
    for (int64_t i = 0; i < writes->created.count; i++)
        drop_filled_table(execution, writes->created.items[i]);
}

static Status add_write(Execution *execution, const Statement *statement, Writes *writes, Error *err)
{
    Statement *insert = NULL;
    if (statement->kind == STATEMENT_CREATE_TABLE && statement->table.query) {
        TRY(create_table(execution, statement, &insert, err));
        if (insert)
            list_push(execution->arena, &writes->created, insert);
    } else if (statement->kind == STATEMENT_INSERT) {
        insert = arena_new(execution->arena, Statement, 1);
        *insert = *statement;
    } else {
        return error_set(err, STATUS_INVALID, statement->span, "a statement set holds INSERT and CREATE TABLE AS, not %s",
                         statement_kind_text(statement->kind));
    }
    if (insert)
        list_push(execution->arena, &writes->inserts, insert);
    return STATUS_OK;
}

static Status add_writes(Execution *execution, const StatementList *items, Writes *writes, Error *err)
{
    for (int64_t i = 0; i < items->count; i++)
        TRY(add_write(execution, items->items[i], writes, err));
    return STATUS_OK;
}

Status execute_statement_set(Execution *execution, const Statement *statement, Error *err)
{
    if (statement->set.items.count == 0)
        return error_set(err, STATUS_INVALID, statement->span, "the statement set holds no INSERT");
    Writes writes = { 0 };
    Status status = add_writes(execution, &statement->set.items, &writes, err);
    if (status == STATUS_OK && writes.inserts.count > 0)
        status = run_inserts(execution, writes.inserts.items, writes.inserts.count, err);
    if (status != STATUS_OK)
        drop_created(execution, &writes);
    return status;
}

/* ---- EXPLAIN -------------------------------------------------------------------------------------------------------------- */

static Status plan_writes(Execution *execution, const Statement *target, Writes *writes, PlanJob **plan, Error *err)
{
    if (target->kind == STATEMENT_STATEMENT_SET)
        TRY(add_writes(execution, &target->set.items, writes, err));
    else
        TRY(add_write(execution, target, writes, err));
    if (writes->inserts.count == 0)
        return error_set(err, STATUS_INVALID, target->span, "nothing to explain: this writes nothing");
    return plan_inserts(&execution->plan, writes->inserts.items, writes->inserts.count, plan, err);
}

static Status plan_target(Execution *execution, const Statement *target, Writes *writes, PlanJob **plan, Error *err)
{
    bool is_filled = target->kind == STATEMENT_CREATE_TABLE && target->table.query;
    if (target->kind == STATEMENT_SELECT)
        return plan_query(&execution->plan, target->query, plan, err);
    if (target->kind == STATEMENT_INSERT || target->kind == STATEMENT_STATEMENT_SET || is_filled)
        return plan_writes(execution, target, writes, plan, err);
    return error_set(err, STATUS_UNSUPPORTED, target->span,
                     "EXPLAIN %s is not executed by this version; queries, INSERT, CREATE TABLE AS and STATEMENT SET are",
                     statement_kind_text(target->kind));
}

static Status explain(Execution *execution, const Statement *statement, Writes *writes, Error *err)
{
    PlanJob *plan;
    TRY(plan_target(execution, statement->plan.target, writes, &plan, err));
    Text text = TEXT_EMPTY;
    text_puts(&text, "== Optimized Execution Plan ==\n");
    plan_print(plan, (statement->plan.details & EXPLAIN_CHANGELOG_MODE) != 0, &text);
    static const char *const names[] = { "result" };
    TableBuilder table = table_builder(execution->arena, names, 1);
    table_builder_add(&table, arena_str(execution->arena, text_str(&text)));
    text_free(&text);
    result_set_table(execution->result, &table);
    return STATUS_OK;
}

Status execute_explain(Execution *execution, const Statement *statement, Error *err)
{
    Writes writes = { 0 };
    Status status = explain(execution, statement, &writes, err);
    drop_created(execution, &writes); /* explained, not made */
    return status;
}

/* ---- jobs ------------------------------------------------------------------------------------------------------------------ */

static Status find_job(Execution *execution, const Statement *statement, tide_job **out, Error *err)
{
    *out = engine_find_job(execution->session->engine, statement->job.id);
    if (*out)
        return STATUS_OK;
    error_set(err, STATUS_NO_OBJECT, statement->span, "no job with id '%.*s'", STR_FMT(statement->job.id));
    return error_hint(err, "SHOW JOBS lists them");
}

/* To work off what was read, a query's reader would have to read: perhaps it is the one who waits here. */
static void stop_job(tide_job *job)
{
    if (job->is_query)
        runner_cancel(job->runner);
    else
        runner_stop(job->runner, false);
}

static Status stop_with_savepoint(Execution *execution, const Statement *statement, tide_job *job, Error *err)
{
    static const char *const names[] = { "savepoint path" };
    Str directory = settings_str(session_settings(execution->session), "execution.checkpointing.savepoint-dir"), path;
    TRY(savepoint_take(job, directory, statement->job.with_drain ? SAVEPOINT_DRAIN : SAVEPOINT_STOP, &path, err));
    TableBuilder table = table_builder(execution->arena, names, 1);
    table_builder_add(&table, arena_str(execution->arena, path));
    result_set_table(execution->result, &table);
    return STATUS_OK;
}

Status execute_stop_job(Execution *execution, const Statement *statement, Error *err)
{
    tide_job *job;
    Status    status = STATUS_OK;
    if (execution->is_check)
        return STATUS_OK;
    TRY(find_job(execution, statement, &job, err));
    if (statement->job.with_savepoint)
        status = stop_with_savepoint(execution, statement, job, err);
    else
        stop_job(job);
    if (status == STATUS_OK)
        runner_wait(job->runner, -1);
    tide_job_release(job);
    return status == STATUS_OK ? STATUS_OK : error_at(err, statement->span);
}

static Str start_time(Arena *arena, const tide_job *job)
{
    char text[TIMESTAMP_TEXT_MAX];
    int32_t length = timestamp_print((Timestamp){ .ms = job->started_ms }, 3, 'T', text);
    return arena_format(arena, "%.*sZ", length, text);
}

static void add_job(TableBuilder *table, const tide_job *job)
{
    table_builder_add(table, arena_str(table->arena, str_from(job->id)));
    table_builder_add(table, arena_str(table->arena, job->name));
    table_builder_add(table, str_from(job_state_text(runner_state(job->runner))));
    table_builder_add(table, start_time(table->arena, job));
    tide_job_stats stats = { .struct_size = sizeof(stats) };
    tide_job_stats_of(job, &stats);
    const int64_t counts[] = { stats.rows_in, stats.rows_out, stats.late, stats.bad, stats.failed, stats.refused, stats.future,
                               stats.dead_letters };
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        table_builder_add(table, arena_format(table->arena, "%lld", (long long)counts[i]));
}

static TableBuilder job_table(Arena *arena)
{
    /* those of the dialect, and then ours */
    static const char *const names[] = { "job id", "job name", "status", "start time", "rows in", "rows out", "late", "bad", "failed",
                                         "refused", "from the future", "dead letters" };
    return table_builder(arena, names, (int32_t)(sizeof(names) / sizeof(names[0])));
}

Status execute_show_jobs(Execution *execution, const Statement *statement, Error *err)
{
    (void)statement, (void)err;
    enum { JOBS_SHOWN_MAX = 1024 };
    tide_job **jobs = arena_new(execution->arena, tide_job *, JOBS_SHOWN_MAX);
    int64_t count = tide_job_list(execution->session->engine, jobs, JOBS_SHOWN_MAX);
    TableBuilder table = job_table(execution->arena);
    for (int64_t i = 0; i < count && i < JOBS_SHOWN_MAX; i++) {
        add_job(&table, jobs[i]);
        tide_job_release(jobs[i]);
    }
    result_set_table(execution->result, &table);
    return STATUS_OK;
}

Status execute_describe_job(Execution *execution, const Statement *statement, Error *err)
{
    TableBuilder table = job_table(execution->arena);
    if (!execution->is_check) {
        tide_job *job;
        TRY(find_job(execution, statement, &job, err));
        add_job(&table, job);
        tide_job_release(job);
    }
    result_set_table(execution->result, &table);
    return STATUS_OK;
}
