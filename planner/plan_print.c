/* plan_print.c: the text of EXPLAIN: one line per node, inputs indented below it.
 *
 *   Sink(table=[default_catalog.default_database.out], fields=[k, n])
 *   +- WindowAggregate(groupBy=[k], window=[TUMBLE(time=[ts], size=[10 s])], select=[k, COUNT(*)],
                        state=[until the window ends])
 *      +- TableSource(table=[...], fields=[k, ts], rowtime=[ts], watermark=[(ts - INTERVAL '5' SECOND)])
 *
 * A scan that several nodes read is printed once; after that as Reused(id=...). */
#include "planner/bind.h"

typedef LIST(const Plan *) PlanList;

typedef struct Printer {
    Text  *out;
    Arena *arena;
    bool   with_changelog;
    bool   is_brief; /* without state */
    PlanList shared;  /* scans that several nodes read */
    PlanList printed; /* ... that have been printed */
} Printer;

/* ---- parts ------------------------------------------------------------------------------------------------------- */

static void print_duration(Text *out, int64_t ms)
{
    static const struct {
        int64_t     ms;
        const char *unit;
    } units[] = { { 86400000, "d" }, { 3600000, "h" }, { 60000, "min" }, { 1000, "s" }, { 1, "ms" } };
    int unit = 0;
    while (units[unit].ms > 1 && (ms == 0 || ms % units[unit].ms != 0))
        unit++;
    text_printf(out, "%lld %s", (long long)(ms / units[unit].ms), units[unit].unit);
}

static void print_name(Text *out, const Plan *plan, int32_t column)
{
    text_append(out, plan->fields[column].name);
}

static void print_columns(Text *out, const Plan *plan, const int32_t *columns, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        text_puts(out, i ? ", " : "");
        print_name(out, plan, columns[i]);
    }
}

static void print_fields(Text *out, const Plan *plan)
{
    for (int32_t i = 0; i < plan->field_count; i++) {
        text_puts(out, i ? ", " : "");
        print_name(out, plan, i);
    }
}

static Str *names_of(Printer *printer, const Plan *plan)
{
    Str *names = arena_new(printer->arena, Str, plan->field_count + 1);
    for (int32_t i = 0; i < plan->field_count; i++)
        names[i] = plan->fields[i].name;
    return names;
}

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

/* Fields of ROWs of which only some are read: read=[bid(auction, price)]. */
static void print_fields_read(Text *out, const PlanScan *scan)
{
    const char *separator = ", read=[";
    for (int32_t i = 0; scan->fields && i < scan->column_count; i++) {
        const TableColumn *column = &scan->table->columns[scan->columns[i]];
        if (column->type->kind != TYPE_ROW || scan->fields[i] == FIELDS_ALL)
            continue;
        text_printf(out, "%s%.*s(", separator, STR_FMT(column->name));
        const char *comma = "";
        for (int32_t f = 0; f < column->type->field_count; f++) {
            if (!field_is_wanted(scan->fields[i], f))
                continue;
            text_printf(out, "%s%.*s", comma, STR_FMT(column->type->fields[f].name));
            comma = ", ";
        }
        text_put(out, ')');
        separator = ", ";
    }
    text_puts(out, separator[2] ? "" : "]");
}

static void print_scan(Printer *printer, const Plan *plan)
{
    Text           *out = printer->out;
    const PlanScan *scan = &plan->scan;
    text_printf(out, "table=[%.*s], fields=[", STR_FMT(scan->table->path));
    print_fields(out, plan);
    text_put(out, ']');
    if (scan->exprs) {
        Str *names = arena_new(printer->arena, Str, scan->column_count + 1);
        for (int32_t i = 0; i < scan->column_count; i++)
            names[i] = scan->table->columns[scan->columns[i]].name;
        const char *separator = ", computed=[";
        for (int32_t i = 0; i < plan->field_count; i++) {
            if (scan->exprs[i]->kind == EXPR_COLUMN)
                continue;
            text_puts(out, separator);
            expr_print(scan->exprs[i], names, out);
            text_printf(out, " AS %.*s", STR_FMT(plan->fields[i].name));
            separator = ", ";
        }
        text_puts(out, separator[2] ? "" : "]");
    }
    print_fields_read(out, scan);
    if (scan->rowtime < 0)
        return;
    text_puts(out, ", rowtime=[");
    print_name(out, plan, scan->rowtime);
    text_puts(out, "], watermark=[");
    expr_print(scan->watermark, names_of(printer, plan), out);
    text_put(out, ']');
    if (scan->idle_timeout_ms > 0) {
        text_puts(out, ", idleTimeout=[");
        print_duration(out, scan->idle_timeout_ms);
        text_put(out, ']');
    }
}

static void print_project(Printer *printer, const Plan *plan)
{
    Text *out = printer->out;
    Str  *names = names_of(printer, plan->inputs[0]);
    text_puts(out, "select=[");
    for (int32_t i = 0; i < plan->field_count; i++) {
        const Expr *expr = plan->project.exprs[i];
        text_puts(out, i ? ", " : "");
        expr_print(expr, names, out);
        if (expr->kind != EXPR_COLUMN || !str_eq(names[expr->column], plan->fields[i].name))
            text_printf(out, " AS %.*s", STR_FMT(plan->fields[i].name));
    }
    text_put(out, ']');
}

static const char *window_name(WindowKind kind)
{
    static const char *const names[] = {
        [WINDOW_TUMBLE] = "TUMBLE", [WINDOW_HOP] = "HOP", [WINDOW_CUMULATE] = "CUMULATE", [WINDOW_SESSION] = "SESSION",
        [WINDOW_ATTACHED] = "ATTACHED"
    };
    return names[kind];
}

static void print_size(Text *out, const char *name, int64_t ms)
{
    text_printf(out, ", %s=[", name);
    print_duration(out, ms);
    text_put(out, ']');
}

static void print_window_spec(Text *out, const Plan *input, const PlanWindowSpec *window)
{
    text_printf(out, "window=[%s(", window_name(window->kind));
    if (window->kind == WINDOW_ATTACHED) {
        text_puts(out, "start=[");
        print_name(out, input, window->start_column);
        text_puts(out, "], end=[");
        print_name(out, input, window->end_column);
        text_puts(out, "])]");
        return;
    }
    text_puts(out, window->is_proctime ? "proctime=[" : "time=[");
    print_name(out, input, window->time);
    text_put(out, ']');
    print_size(out, window->kind == WINDOW_SESSION ? "gap" : "size", window->size);
    if (window->kind == WINDOW_HOP || window->kind == WINDOW_CUMULATE)
        print_size(out, window->kind == WINDOW_HOP ? "slide" : "step", window->slide);
    if (window->offset)
        print_size(out, "offset", window->offset);
    text_puts(out, window->is_legacy ? ", legacy)]" : ")]");
}

static void print_calls(Text *out, const Plan *input, const int32_t *keys, int32_t key_count,
                        AggregateCall *const *calls, int32_t call_count)
{
    if (key_count > 0) {
        text_puts(out, "groupBy=[");
        print_columns(out, input, keys, key_count);
        text_puts(out, "], ");
    }
    text_puts(out, "select=[");
    print_columns(out, input, keys, key_count);
    for (int32_t i = 0; i < call_count; i++)
        text_printf(out, "%s%.*s", i || key_count ? ", " : "", STR_FMT(calls[i]->text));
}

static void print_state(Printer *printer, const char *bound)
{
    if (!printer->is_brief)
        text_printf(printer->out, ", state=[%s]", bound);
}

static void print_window_aggregate(Printer *printer, const Plan *plan)
{
    const PlanWindowAggregate *window = &plan->window_aggregate;
    Text                      *out = printer->out;
    print_window_spec(out, plan->inputs[0], &window->window);
    text_puts(out, ", ");
    print_calls(out, plan->inputs[0], window->keys, window->key_count, window->calls, window->call_count);
    for (int32_t i = 0; i < window->property_count; i++) {
        text_puts(out, i || window->key_count || window->call_count ? ", " : "");
        print_name(out, plan, window->key_count + window->call_count + i);
    }
    text_put(out, ']');
    print_state(printer, "until the window ends");
}

static void print_group_aggregate(Printer *printer, const Plan *plan)
{
    const PlanGroupAggregate *group = &plan->group_aggregate;
    Text                     *out = printer->out;
    print_calls(out, plan->inputs[0], group->keys, group->key_count, group->calls, group->call_count);
    text_put(out, ']');
    if (group->is_batch) {
        print_state(printer, "until the input ends");
    } else if (group->state_ttl_ms > 0 && !printer->is_brief) {
        text_puts(out, ", state=[dropped after ");
        print_duration(out, group->state_ttl_ms);
        text_puts(out, " without change]");
    } else {
        print_state(printer, group->key_count ? "unbounded: one entry per group, no TTL" : "one entry");
    }
}

static void print_sort(Printer *printer, const Plan *plan)
{
    const PlanSort *sort = &plan->sort;
    Text           *out = printer->out;
    text_puts(out, "orderBy=[");
    for (int32_t i = 0; i < sort->key_count; i++) {
        text_puts(out, i ? ", " : "");
        print_name(out, plan, sort->keys[i].column);
        text_puts(out, sort->keys[i].is_descending ? " DESC" : " ASC");
        if (sort->keys[i].nulls_last != sort->keys[i].is_descending)
            text_puts(out, sort->keys[i].nulls_last ? " NULLS LAST" : " NULLS FIRST");
    }
    text_put(out, ']');
    if (sort->limit >= 0)
        text_printf(out, ", fetch=[%lld]", (long long)sort->limit);
    if (sort->offset > 0)
        text_printf(out, ", offset=[%lld]", (long long)sort->offset);
    print_state(printer, sort->by_rowtime ? "until the watermark passes" : "until the input ends");
}

static void print_limit(Text *out, const PlanLimit *limit)
{
    text_printf(out, "offset=[%lld]", (long long)limit->offset);
    if (limit->limit >= 0)
        text_printf(out, ", fetch=[%lld]", (long long)limit->limit);
}

static void print_sink(Text *out, const Plan *plan)
{
    if (plan->sink.table)
        text_printf(out, "table=[%.*s], ", STR_FMT(plan->sink.table->path));
    text_puts(out, "fields=[");
    print_fields(out, plan);
    text_put(out, ']');
}

static void print_body(Printer *printer, const Plan *plan)
{
    Text *out = printer->out;
    switch (plan->kind) {
    case PLAN_SCAN: print_scan(printer, plan); return;
    case PLAN_VALUES: text_printf(out, "rows=[%lld]", (long long)plan->values.row_count); return;
    case PLAN_FILTER:
        text_puts(out, "where=[");
        expr_print(plan->filter.predicate, names_of(printer, plan->inputs[0]), out);
        text_put(out, ']');
        return;
    case PLAN_PROJECT: print_project(printer, plan); return;
    case PLAN_UNION:
        text_puts(out, "union=[");
        print_fields(out, plan);
        text_put(out, ']');
        return;
    case PLAN_UNNEST:
        text_puts(out, plan->unnest.is_left ? "left, collection=[" : "collection=[");
        expr_print(plan->unnest.collection, names_of(printer, plan->inputs[0]), out);
        text_puts(out, plan->unnest.with_ordinality ? "], withOrdinality" : "]");
        return;
    case PLAN_WINDOW:
        print_window_spec(out, plan->inputs[0], &plan->window.window);
        if (plan->window.key_count > 0) {
            text_puts(out, ", partitionBy=[");
            print_columns(out, plan->inputs[0], plan->window.keys, plan->window.key_count);
            text_put(out, ']');
        }
        return;
    case PLAN_WINDOW_AGGREGATE: print_window_aggregate(printer, plan); return;
    case PLAN_GROUP_AGGREGATE: print_group_aggregate(printer, plan); return;
    case PLAN_SORT: print_sort(printer, plan); return;
    case PLAN_LIMIT: print_limit(out, &plan->limit); return;
    case PLAN_REJECTS: return;
    case PLAN_SINK: print_sink(out, plan); return;
    case PLAN_OPAQUE: text_puts(out, plan->opaque.feature); return;
    case PLAN_KIND_COUNT: return;
    }
}

void plan_print_node(const Plan *plan, Text *out)
{
    Printer printer = { .out = out, .arena = arena_create(), .is_brief = true };
    text_printf(out, "%s(", plan_kind_name(plan->kind));
    print_body(&printer, plan);
    text_put(out, ')');
    arena_destroy(printer.arena);
}

/* ---- the tree ---------------------------------------------------------------------------------------------------- */

static bool holds(const PlanList *list, const Plan *plan)
{
    for (int64_t i = 0; i < list->count; i++)
        if (list->items[i] == plan)
            return true;
    return false;
}

/* Notes the scans that are met more than once. */
static void find_shared(Printer *printer, const Plan *plan, PlanList *seen)
{
    if (plan->kind == PLAN_SCAN) {
        if (holds(seen, plan))
            list_push(printer->arena, &printer->shared, plan);
        else
            list_push(printer->arena, seen, plan);
    }
    for (int32_t i = 0; i < plan->input_count; i++)
        find_shared(printer, plan->inputs[i], seen);
}

static void print_line(Printer *printer, const Plan *plan)
{
    Text *out = printer->out;
    text_printf(out, "%s(", plan_kind_name(plan->kind));
    print_body(printer, plan);
    if (printer->with_changelog) {
        text_puts(out, ", changelogMode=");
        changelog_print(plan->kind == PLAN_SINK ? 0 : plan->changelog, out);
    }
    if (holds(&printer->shared, plan))
        text_printf(out, ", id=[%d]", plan->id);
    text_puts(out, ")\n");
}

/* prefix: what stands before the line of an input of this node. */
static void print_tree(Printer *printer, const Plan *plan, Str prefix)
{
    if (holds(&printer->printed, plan)) {
        text_printf(printer->out, "Reused(id=[%d])\n", plan->id);
        return;
    }
    print_line(printer, plan);
    if (holds(&printer->shared, plan))
        list_push(printer->arena, &printer->printed, plan);
    for (int32_t i = 0; i < plan->input_count; i++) {
        bool is_last = i == plan->input_count - 1;
        text_append(printer->out, prefix);
        text_puts(printer->out, is_last ? "+- " : ":- ");
        print_tree(printer, plan->inputs[i], arena_format(printer->arena, "%.*s%s", STR_FMT(prefix), is_last ? "   "
                                                          : ":  "));
    }
}

void plan_print(const PlanJob *job, bool with_changelog, Text *out)
{
    Printer  printer = { .out = out, .arena = arena_create(), .with_changelog = with_changelog };
    PlanList seen = { 0 };
    for (int32_t i = 0; i < job->sink_count; i++)
        find_shared(&printer, job->sinks[i], &seen);
    for (int32_t i = 0; i < job->sink_count; i++) {
        if (i > 0)
            text_put(out, '\n');
        print_tree(&printer, job->sinks[i], STR_EMPTY);
    }
    arena_destroy(printer.arena);
}
