/* statement.c: one parsed statement to one result. What each kind does is in execute_*.c; this table says where. */
#include "engine/engine.h"

#include "engine/executors.h"

static const Executor executors[STATEMENT_KIND_COUNT] = {
#define EXECUTOR(kind, function) [STATEMENT_##kind] = function,
#include "engine/executors.def"
#undef EXECUTOR
};

Executor executor_of(StatementKind kind)
{
    return executors[kind];
}

/* What the dialect refuses in streaming mode, whatever the table is. */
static Status check_streaming(const Execution *execution, const Statement *statement, Error *err)
{
    if (execution->plan.is_batch || (statement->kind != STATEMENT_TRUNCATE_TABLE && statement->kind != STATEMENT_ANALYZE_TABLE))
        return STATUS_OK;
    return error_set(err, STATUS_INVALID, statement->span, "%s is not supported in streaming mode",
                     statement_kind_text(statement->kind));
}

/* What only this version cannot do is good all the same. */
static Status check_language(Execution *execution, Executor executor, const Statement *statement, Error *err)
{
    Status status = executor(execution, statement, err);
    if (status != STATUS_UNSUPPORTED)
        return status;
    error_clear(err);
    return STATUS_OK;
}

/* Statements that only make sense with a running job are still planned by a check. */
static Status dispatch(Execution *execution, const Statement *statement, Error *err)
{
    Executor executor = executors[statement->kind];
    if (executor && execution->is_check && execution->plan.language_only)
        return check_language(execution, executor, statement, err);
    if (executor)
        return executor(execution, statement, err);
    if (execution->is_check && execution->plan.language_only)
        return check_streaming(execution, statement, err);
    return error_set(err, STATUS_UNSUPPORTED, statement->span, "%s is not executed by this version",
                     statement_kind_text(statement->kind));
}

static Status plan_context(Execution *execution, StatementMode mode, Error *err)
{
    tide_session *session = execution->session;
    PlanContext *context = &execution->plan;
    *context = (PlanContext){ .arena = execution->arena, .catalog = session->catalog, .is_batch = session_is_batch(session),
                              .language_only = mode.language_only, .source = execution->source };
    context->settings = settings_merge(execution->arena, session_settings(session));
    context->eval.clock = session->engine->clock;
    context->eval.query_start_ms = context->is_batch ? clock_now_ms(session->engine->clock) : 0;
    context->eval.database = catalog_current_database(session->catalog);
    context->eval.watermark = TIME_MIN;
    return session_zone(session, &context->eval.zone, err);
}

static Status execute(tide_session *session, Arena *arena, const Statement *statement, Str file, Str source, StatementMode mode,
                      tide_result **out, Error *err)
{
    tide_result *result = arena_new(arena, tide_result, 1);
    result->memory = session->memory;
    result->arena = arena;
    Execution execution = { .session = session, .arena = arena, .file = file, .source = source, .is_check = mode.is_check,
                            .result = result };
    TRY(plan_context(&execution, mode, err));
    result->zone = execution.plan.eval.zone;
    TRY(dispatch(&execution, statement, err));
    session_memory_hold(session->memory);
    *out = result;
    return STATUS_OK;
}

Status statement_execute(tide_session *session, Arena *arena, const Statement *statement, Str file, Str source, StatementMode mode,
                         tide_result **out, Error *err)
{
    EnvGuard guard;
    if (setjmp(env_guard_enter(&guard)->unwind))
        return error_set(err, STATUS_NO_MEMORY, statement->span, "memory ran out while the statement was planned");
    Status status = execute(session, arena, statement, file, source, mode, out, err);
    env_guard_leave(&guard);
    return status;
}
