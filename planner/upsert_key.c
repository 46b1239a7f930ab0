/* upsert_key.c: sets of columns that identify a row of a changelog.
 *
 *   a source              its primary key
 *   GROUP BY keys         the keys
 *   GROUP BY TUMBLE(..)   the keys with any one bound of the window; none with a window function,
     although it would hold there, too:
 *                         the dialect knows none, and says so when such rows go to a table with a primary key
 *   projection            a key all of whose columns go on
 *   a join                see join_key.c
 * A key is kept through filters, sorts and limits, and lost by a union. */
#include "planner/bind.h"

static void add_key(Arena *arena, PlanKeyList *keys, const int32_t *columns, int32_t count)
{
    PlanKey key = { .columns = arena_new(arena, int32_t, count + 1), .count = count };
    for (int32_t i = 0; i < count; i++) {
        int32_t at = i;
        for (; at > 0 && key.columns[at - 1] > columns[i]; at--)
            key.columns[at] = key.columns[at - 1];
        key.columns[at] = columns[i];
    }
    list_push(arena, keys, key);
}

static void scan_key(Arena *arena, const Plan *plan, PlanKeyList *out)
{
    const TableSpec *table = plan->scan.table;
    int32_t         *columns = arena_new(arena, int32_t, table->primary_key_count + 1);
    if (table->primary_key_count == 0)
        return;
    for (int32_t i = 0; i < table->primary_key_count; i++) {
        columns[i] = -1;
        Str name = table->columns[table->primary_key[i]].name;
        for (int32_t c = 0; c < plan->field_count && columns[i] < 0; c++)
            if (str_eq(plan->fields[c].name, name))
                columns[i] = c;
        if (columns[i] < 0)
            return;
    }
    add_key(arena, out, columns, table->primary_key_count);
}

static void window_aggregate_keys(Arena *arena, const Plan *plan, PlanKeyList *out)
{
    const PlanWindowAggregate *window = &plan->window_aggregate;
    int32_t                   *columns = arena_new(arena, int32_t, window->key_count + 1);
    if (!window->window.is_legacy)
        return;
    for (int32_t i = 0; i < window->key_count; i++)
        columns[i] = i;
    for (int32_t i = 0; i < window->property_count; i++) {
        columns[window->key_count] = window->key_count + window->call_count + i;
        add_key(arena, out, columns, window->key_count + 1);
    }
}

static void first_columns_key(Arena *arena, int32_t count, PlanKeyList *out)
{
    int32_t *columns = arena_new(arena, int32_t, count + 1);
    for (int32_t i = 0; i < count; i++)
        columns[i] = i;
    add_key(arena, out, columns, count);
}

/* The key's columns where they stand after the projection. */
static void project_keys(Arena *arena, const Plan *plan, PlanKeyList *out)
{
    PlanKeyList below = { 0 };
    upsert_keys(arena, plan->inputs[0], &below);
    for (int64_t k = 0; k < below.count; k++) {
        const PlanKey *key = &below.items[k];
        int32_t       *columns = arena_new(arena, int32_t, key->count + 1);
        int32_t        found = 0;
        for (int32_t i = 0; i < key->count; i++) {
            for (int32_t c = 0; c < plan->field_count; c++) {
                const Expr *expr = plan->project.exprs[c];
                if (expr->kind == EXPR_COLUMN && expr->column == key->columns[i]) {
                    columns[found++] = c;
                    break;
                }
            }
        }
        if (found == key->count)
            add_key(arena, out, columns, found);
    }
}

void upsert_keys(Arena *arena, const Plan *plan, PlanKeyList *out)
{
    switch (plan->kind) {
    case PLAN_SCAN: scan_key(arena, plan, out); return;
    case PLAN_WINDOW_AGGREGATE: window_aggregate_keys(arena, plan, out); return;
    case PLAN_GROUP_AGGREGATE: first_columns_key(arena, plan->group_aggregate.key_count, out); return;
    case PLAN_PROJECT: project_keys(arena, plan, out); return;
    case PLAN_OPAQUE: join_keys(arena, plan, out); return;
    case PLAN_FILTER:
    case PLAN_SORT:
    case PLAN_LIMIT:
    case PLAN_SINK: upsert_keys(arena, plan->inputs[0], out); return;
    default: return;
    }
}

void upsert_keys_note(Arena *arena, Plan *plan)
{
    PlanKeyList keys = { 0 };
    upsert_keys(arena, plan, &keys);
    plan->upsert_key = keys.count ? keys.items[0].columns : NULL;
    plan->upsert_key_count = keys.count ? keys.items[0].count : 0;
}
