/* plan_query.c: a whole statement: bind, rewrite, decide the changelogs, hand over as a job. */
#include "planner/rewrites/rewrite.h"

/* id, id, id0 -> id, id1, id0: as the dialect names what would be twice in a result. */
static Str *unique_names(Arena *arena, const Plan *plan)
{
    Str *names = arena_new(arena, Str, plan->field_count + 1);
    Map *used = map_create(arena);
    for (int32_t i = 0; i < plan->field_count; i++) {
        names[i] = plan->fields[i].name;
        for (int32_t attempt = 0; map_has(used, names[i]); attempt++)
            names[i] = arena_format(arena, "%.*s%d", STR_FMT(plan->fields[i].name), attempt);
        map_put(used, names[i], names);
    }
    return names;
}

static Status bind_result(Binder *binder, const Query *query, Plan **out, Error *err)
{
    TRY(bind_query(binder, query, NULL, out, err));
    return build_rename(binder, *out, unique_names(binder->arena, *out), query->span, out, err);
}

static Status client_sink(Binder *binder, const Query *query, Plan **out, Error *err)
{
    Plan *plan;
    TRY(bind_result(binder, query, &plan, err));
    TRY(build_plan_node(binder, PLAN_SINK, plan, query->span, out, err));
    int32_t *columns = arena_new(binder->arena, int32_t, plan->field_count + 1);
    for (int32_t i = 0; i < plan->field_count; i++)
        columns[i] = i;
    (*out)->sink = (PlanSink){ .columns = columns, .accepts = CHANGELOG_ALL, .rowtime = -1,
                               .not_null = arena_new(binder->arena, bool, plan->field_count + 1) };
    return STATUS_OK;
}

/* ---- the job ----------------------------------------------------------------------------------------------------- */

static bool is_bounded(const Plan *plan)
{
    if (plan->kind == PLAN_SCAN)
        return plan->scan.is_bounded;
    for (int32_t i = 0; i < plan->input_count; i++)
        if (!is_bounded(plan->inputs[i]))
            return false;
    return true;
}

static Str job_name(Binder *binder, Plan *const *sinks, int64_t count)
{
    Str name = setting_str(binder->context, "pipeline.name", NULL);
    if (name.ptr)
        return name;
    if (binder->context->language_only || !sinks[0]->sink.table)
        return STR("collect");
    Text text = TEXT_EMPTY;
    for (int64_t i = 0; i < count; i++)
        text_printf(&text, "%s%.*s", i ? "," : "insert-into_", STR_FMT(sinks[i]->sink.table->path));
    name = arena_str(binder->arena, text_str(&text));
    text_free(&text);
    return name;
}

static Status check_beside(const Plan *sink, const Plan *other, Error *err)
{
    const Connector *connector = sink->sink.connector;
    if (connector != other->sink.connector || !connector->sink->check_beside)
        return STATUS_OK;
    Status status = connector->sink->check_beside(sink->sink.table, other->sink.table, err);
    error_at(err, sink->span);
    return status;
}

static Status check_all_beside(Plan *const *sinks, int32_t count, Error *err)
{
    for (int32_t i = 1; i < count; i++)
        for (int32_t j = 0; j < i; j++)
            TRY(check_beside(sinks[i], sinks[j], err));
    return STATUS_OK;
}

static Status finish(Binder *binder, Plan **sinks, int32_t count, PlanJob **out, Error *err)
{
    PlanJob *job = arena_new(binder->arena, PlanJob, 1);
    TRY(rank_check(binder, err));
    TRY(rewrite_all(binder, sinks, count, err));
    job->name = job_name(binder, sinks, count);
    if (!binder->context->language_only)
        TRY(dead_letters_add(binder, &sinks, &count, err));
    if (!binder->context->language_only)
        TRY(check_all_beside(sinks, count, err));
    job->is_bounded = true;
    for (int32_t i = 0; i < count; i++) {
        changelog_decide(sinks[i], false);
        upsert_keys_note(binder->arena, sinks[i]);
        if (!binder->context->language_only)
            plan_check(sinks[i]);
        job->is_bounded = job->is_bounded && is_bounded(sinks[i]);
    }
    job->sinks = sinks;
    job->sink_count = count;
    job->is_batch = binder->context->is_batch;
    *out = job;
    return STATUS_OK;
}

Status plan_query(PlanContext *context, const Query *query, PlanJob **out, Error *err)
{
    Binder *binder = binder_create(context);
    Plan  **sinks = arena_new(context->arena, Plan *, 1);
    TRY(client_sink(binder, query, &sinks[0], err));
    return finish(binder, sinks, 1, out, err);
}

Status plan_inserts(PlanContext *context, Statement *const *inserts, int64_t insert_count, PlanJob **out, Error *err)
{
    Binder *binder = binder_create(context);
    Plan  **sinks = arena_new(context->arena, Plan *, insert_count + 1);
    for (int64_t i = 0; i < insert_count; i++)
        TRY(bind_insert(binder, inserts[i], &sinks[i], err));
    return finish(binder, sinks, (int32_t)insert_count, out, err);
}

Status plan_fields(PlanContext *context, const Query *query, const Field **fields, int32_t *field_count, Error *err)
{
    Binder *binder = binder_create(context);
    Plan   *plan;
    TRY(bind_query(binder, query, NULL, &plan, err));
    *fields = plan->fields;
    *field_count = plan->field_count;
    return STATUS_OK;
}
