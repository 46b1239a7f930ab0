/* sink_changes.c: does the table take what the query gives?
 *
 *   an append-only table   only inserts
 *   an upsert table        rows that its primary key identifies: some upsert key of the query lies within it
 *   any other              everything; with a primary key and a changing query, as an upsert table */
#include "planner/sink.h"

/* The highest node that turns rows into changes. */
static const Plan *find_producer(const Plan *plan)
{
    if (plan->kind == PLAN_GROUP_AGGREGATE || plan->kind == PLAN_SCAN || plan->kind == PLAN_OPAQUE)
        return plan;
    for (int32_t i = 0; i < plan->input_count; i++)
        if (plan->inputs[i]->changelog != CHANGELOG_INSERT)
            return find_producer(plan->inputs[i]);
    return plan;
}

static Status check_append(const Target *target, const Plan *query, Error *err)
{
    const Plan *producer = find_producer(query);
    Text        text = TEXT_EMPTY;
    plan_print_node(producer, &text);
    error_set(err, STATUS_INVALID, target->span,
              "Table sink '%.*s' doesn't support consuming update%s changes which is produced by node %s",
              STR_FMT(target->spec->path), producer->changelog & 1 << ROW_DELETE ? " and delete" : "",
              text_cstr(&text));
    text_free(&text);
    return err->status;
}

/* Of what is only checked nothing is known but the keys of joins. */
static bool has_unknown_keys(const Plan *plan)
{
    for (int32_t i = 0; i < plan->input_count; i++)
        if (has_unknown_keys(plan->inputs[i]))
            return true;
    return plan->kind == PLAN_OPAQUE && !plan->opaque.join;
}

static bool contains_key(const TableSpec *spec, const PlanSink *sink, const PlanKey *key)
{
    for (int32_t i = 0; i < key->count; i++) {
        bool found = false;
        for (int32_t k = 0; k < spec->primary_key_count; k++)
            found = found || spec->primary_key[k] == sink->columns[key->columns[i]];
        if (!found)
            return false;
    }
    return true;
}

static void print_keys(const Plan *written, const PlanKeyList *keys, Text *out)
{
    for (int64_t k = 0; k < keys->count; k++) {
        text_puts(out, k ? ", [" : "[");
        for (int32_t i = 0; i < keys->items[k].count; i++)
            text_printf(out, "%s%.*s", i ? ", " : "", STR_FMT(written->fields[keys->items[k].columns[i]].name));
        text_put(out, ']');
    }
}

/* Since 2.3 of the dialect: whoever writes other keys than the table's must say what a conflict means. */
static Status check_conflict(const Target *target, const Plan *written, const PlanSink *sink, Error *err)
{
    const TableSpec *spec = target->spec;
    Binder          *binder = target->binder;
    PlanKeyList      keys = { 0 };
    if (binder->context->language_only && has_unknown_keys(written))
        return STATUS_OK;
    upsert_keys(binder->arena, written, &keys);
    for (int64_t i = 0; i < keys.count; i++)
        if (contains_key(spec, sink, &keys.items[i]))
            return STATUS_OK;
    if (target->statement->insert.conflict != AST_CONFLICT_UNSAID)
        return binder_unsupported(binder, target->span, "ON CONFLICT between different keys", err);
    if (!setting_bool(binder->context, "table.exec.sink.require-on-conflict", true))
        return STATUS_OK;
    Text text = TEXT_EMPTY;
    text_printf(&text,
                "The query has an upsert key that differs from the primary key of the sink table '%.*s'. Primary key: [",
                STR_FMT(spec->path));
    for (int32_t i = 0; i < spec->primary_key_count; i++)
        text_printf(&text, "%s%.*s", i ? ", " : "", STR_FMT(spec->columns[spec->primary_key[i]].name));
    text_puts(&text, "], upsert key: ");
    print_keys(written, &keys, &text);
    text_puts(&text, ". This can lead to non-deterministic results when multiple records with different upsert keys "
                     "map to the same primary key.");
    error_set(err, STATUS_INVALID, target->span, "%s", text_cstr(&text));
    text_free(&text);
    return error_hint(err, "SET 'table.exec.sink.require-on-conflict' = 'false', "
                           "or ON CONFLICT DO DEDUPLICATE | NOTHING | ERROR");
}

Status target_check_changes(const Target *target, const Plan *query, const Plan *written, SinkMode mode,
                            const PlanSink *sink, Error *err)
{
    bool is_changing = query->changelog != CHANGELOG_INSERT;
    if (mode == SINK_APPEND && is_changing)
        return check_append(target, query, err);
    if (target->statement->insert.conflict != AST_CONFLICT_UNSAID && mode == SINK_APPEND)
        return error_set(err, STATUS_INVALID, target->span,
                         "ON CONFLICT clause is only allowed for upsert sinks. The sink '%.*s' is not an upsert sink "
                         "because it only accepts INSERT (append-only) changes.", STR_FMT(target->spec->path));
    if (target->spec->primary_key_count == 0 || mode == SINK_APPEND || (mode == SINK_ALL && !is_changing))
        return STATUS_OK;
    return check_conflict(target, written, sink, err);
}
