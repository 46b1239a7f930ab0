/* bind_from.c: one table reference of FROM: names, subqueries, window functions; joins and the rest have files of their
 * own. */
#include "planner/bind.h"

static Status bind_name(Binder *binder, const TableRef *ref, const Scope *outer, Relation *out, Error *err)
{
    CatalogPath path;
    TRY(bind_named(binder, &ref->name, &ref->hints, &out->plan, &path, err));
    if (ref->system_time)
        TRY(binder_unsupported(binder, ref->system_time->span, "time travel (FOR SYSTEM_TIME AS OF without JOIN)",
                               err));
    if (ref->columns.count > 0)
        TRY(rename_columns(binder, out->plan, &ref->columns, ref->span, &out->plan, err));
    Str         name = ref->alias.text.ptr ? ref->alias.text : path.name;
    Scope      *scope = scope_of_fields(binder->arena, out->plan->fields, out->plan->field_count, name, outer);
    ScopeTable *table = arena_new(binder->arena, ScopeTable, 1);
    *table = scope->tables[0];
    if (!ref->alias.text.ptr && path.catalog.ptr)
        table->path = path;
    table->is_unknown = has_unknown_columns(out->plan);
    scope->tables = table;
    out->scope = scope;
    return STATUS_OK;
}

/* A plan under the reference's alias and column list. */
Status relation_of_plan(Binder *binder, const TableRef *ref, Plan *plan, const Scope *outer, Relation *out, Error *err)
{
    TRY(rename_columns(binder, plan, &ref->columns, ref->span, &out->plan, err));
    out->scope = scope_of_fields(binder->arena, out->plan->fields, out->plan->field_count, ref->alias.text, outer);
    ScopeTable *table = arena_new(binder->arena, ScopeTable, 1);
    *table = out->scope->tables[0];
    table->is_unknown = has_unknown_columns(out->plan);
    out->scope->tables = table;
    return STATUS_OK;
}

static Status bind_derived(Binder *binder, const TableRef *ref, const Scope *outer, Relation *out, Error *err)
{
    Plan *plan;
    binder->level++;
    TRY(bind_query(binder, ref->query, ref->is_lateral ? outer : NULL, &plan, err));
    binder->level--;
    return relation_of_plan(binder, ref, plan, outer, out, err);
}

static Status bind_function_ref(Binder *binder, const TableRef *ref, const Scope *outer, Relation *out, Error *err)
{
    Plan *plan;
    if (!is_window_function(ref->function.call))
        return bind_table_function(binder, ref, outer, out, err);
    binder->level++;
    TRY(bind_window(binder, ref, outer, &plan, err));
    binder->level--;
    return relation_of_plan(binder, ref, plan, outer, out, err);
}

Status bind_from(Binder *binder, const TableRef *ref, const Scope *outer, Relation *out, Error *err)
{
    if (ref->sample) /* by the dialect neither */
        return error_set(err, STATUS_INVALID, binder_span(binder, ref->sample->span),
                         "TABLESAMPLE is not supported");
    switch (ref->kind) {
    case TABLE_REF_NAME: return bind_name(binder, ref, outer, out, err);
    case TABLE_REF_QUERY: return bind_derived(binder, ref, outer, out, err);
    case TABLE_REF_FUNCTION: return bind_function_ref(binder, ref, outer, out, err);
    case TABLE_REF_UNNEST: return bind_unnest(binder, ref, outer, out, err);
    case TABLE_REF_JOIN: return bind_join(binder, ref, outer, out, err);
    case TABLE_REF_MATCH: return bind_match(binder, ref, outer, out, err);
    }
    return error_set(err, STATUS_INTERNAL, ref->span, "unknown kind of table reference");
}
