/* prune_columns.c: columns that nobody reads are neither computed nor read; nor are fields of ROW columns of a source.
 *
 *   mark   from the sinks down: which columns of each node are wanted, and which fields of them (by all that read it, for a shared scan)
 *   cut    from the scans up: nodes give only these; expressions are renumbered
 * A node may keep a column that nobody wants where cutting it would need a node of its own (filter, union, sort). */
#include "planner/rewrites/rewrite.h"

typedef struct Cut {
    FieldSet *wanted;  /* per column of the node as it was; FIELDS_NONE = nobody reads it */
    int32_t  *columns; /* old column -> new; -1 = gone. NULL: not cut yet */
    int32_t   width;   /* of the node as it was: a shared scan may be cut before all that read it */
} Cut;

typedef struct Pruner {
    Binder *binder;
    Map    *cuts; /* by node id */
} Pruner;

/* ---- what is known of a node ------------------------------------------------------------------------------------- */

static Cut *cut_of(Pruner *pruner, const Plan *plan)
{
    Str  key = { (const char *)&plan->id, sizeof(plan->id) };
    Cut *cut = map_get(pruner->cuts, key);
    if (!cut) {
        cut = arena_new(pruner->binder->arena, Cut, 1);
        cut->wanted = arena_new(pruner->binder->arena, FieldSet, plan->field_count + 1);
        cut->width = plan->field_count;
        map_put(pruner->cuts, key, cut);
    }
    return cut;
}

static void want_list(FieldSet *wanted, const int32_t *columns, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        if (columns[i] >= 0)
            wanted[columns[i]] = FIELDS_ALL;
}

static void want_calls(FieldSet *wanted, AggregateCall *const *calls, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        want_list(wanted, calls[i]->args, calls[i]->arg_count);
        want_list(wanted, &calls[i]->filter, 1);
    }
}

static void want_window(FieldSet *wanted, const PlanWindowSpec *window)
{
    want_list(wanted, &window->time, 1);
    if (window->kind == WINDOW_ATTACHED) {
        wanted[window->start_column] = FIELDS_ALL;
        wanted[window->end_column] = FIELDS_ALL;
    }
}

static void want_all(FieldSet *wanted, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        wanted[i] = FIELDS_ALL;
}

/* What an expression of which `of_it` is wanted reads: a column that only passes through is wanted no further than its copy. */
static void want_expr(FieldSet *wanted, const Expr *expr, FieldSet of_it)
{
    if (expr->kind == EXPR_COLUMN)
        wanted[expr->column] |= of_it;
    else
        expr_mark_fields(expr, wanted);
}

/* ---- mark -------------------------------------------------------------------------------------------------------- */

/* What the node reads of its first input, given what is wanted of it. */
static void mark_input(const Plan *plan, const FieldSet *wanted, FieldSet *input)
{
    const Plan *below = plan->inputs[0];
    switch (plan->kind) {
    case PLAN_FILTER:
    case PLAN_UNNEST:
    case PLAN_WINDOW:
    case PLAN_SORT:
    case PLAN_LIMIT:
        for (int32_t i = 0; i < below->field_count; i++)
            input[i] |= wanted[i];
        break;
    default: break;
    }
    switch (plan->kind) {
    case PLAN_FILTER: expr_mark_fields(plan->filter.predicate, input); return;
    case PLAN_UNNEST: expr_mark_fields(plan->unnest.collection, input); return;
    case PLAN_WINDOW:
        want_window(input, &plan->window.window);
        want_list(input, plan->window.keys, plan->window.key_count);
        return;
    case PLAN_SORT:
        for (int32_t i = 0; i < plan->sort.key_count; i++)
            input[plan->sort.keys[i].column] = FIELDS_ALL;
        return;
    case PLAN_LIMIT: return;
    case PLAN_PROJECT:
        for (int32_t i = 0; i < plan->field_count; i++)
            if (wanted[i])
                want_expr(input, plan->project.exprs[i], wanted[i]);
        return;
    case PLAN_WINDOW_AGGREGATE:
        want_window(input, &plan->window_aggregate.window);
        want_list(input, plan->window_aggregate.keys, plan->window_aggregate.key_count);
        want_calls(input, plan->window_aggregate.calls, plan->window_aggregate.call_count);
        return;
    case PLAN_GROUP_AGGREGATE:
        want_list(input, plan->group_aggregate.keys, plan->group_aggregate.key_count);
        want_calls(input, plan->group_aggregate.calls, plan->group_aggregate.call_count);
        return;
    default: want_all(input, below->field_count); return;
    }
}

static void mark(Pruner *pruner, Plan *plan)
{
    FieldSet *wanted = cut_of(pruner, plan)->wanted;
    /* The rows of a changelog are told apart by all their columns; aggregations and sinks keep what they have. */
    if (plan->kind == PLAN_SINK || plan->kind == PLAN_OPAQUE || plan->kind == PLAN_VALUES)
        want_all(wanted, plan->field_count);
    for (int32_t i = 0; i < plan->input_count; i++) {
        FieldSet *input = cut_of(pruner, plan->inputs[i])->wanted;
        if (plan->kind == PLAN_UNION)
            for (int32_t c = 0; c < plan->field_count; c++)
                input[c] |= wanted[c];
        else
            mark_input(plan, wanted, input);
        mark(pruner, plan->inputs[i]);
    }
}

/* ---- cut --------------------------------------------------------------------------------------------------------- */

static int32_t *keep(Pruner *pruner, const Plan *plan, const FieldSet *kept, int32_t *count)
{
    int32_t *columns = arena_new(pruner->binder->arena, int32_t, plan->field_count + 1);
    *count = 0;
    for (int32_t i = 0; i < plan->field_count; i++)
        columns[i] = kept[i] ? (*count)++ : -1;
    return columns;
}

static void keep_fields(Pruner *pruner, Plan *plan, const int32_t *columns, int32_t count)
{
    Field *fields = arena_new(pruner->binder->arena, Field, count + 1);
    for (int32_t i = 0; i < plan->field_count; i++)
        if (columns[i] >= 0)
            fields[columns[i]] = plan->fields[i];
    plan->fields = fields;
    plan->field_count = count;
}

static const int32_t *moved(Pruner *pruner, const int32_t *list, int32_t count, const int32_t *columns)
{
    int32_t *out = arena_new(pruner->binder->arena, int32_t, count + 1);
    for (int32_t i = 0; i < count; i++)
        out[i] = list[i] < 0 ? -1 : columns[list[i]];
    return out;
}

static bool is_as_read(const PlanScan *scan, int32_t field_count)
{
    for (int32_t i = 0; i < field_count; i++)
        if (scan->exprs[i]->kind != EXPR_COLUMN || scan->exprs[i]->column != i)
            return false;
    return scan->column_count == field_count;
}

/* The source gives what was wanted of `plan->fields`: columns by number, and of each the fields. */
static void set_source(Pruner *pruner, PlanScan *scan, const FieldSet *wanted, const int32_t *columns, int32_t count)
{
    FieldSet *fields = arena_new(pruner->binder->arena, FieldSet, count + 1);
    int32_t  *kept = arena_new(pruner->binder->arena, int32_t, count + 1);
    for (int32_t i = 0; i < scan->column_count; i++) {
        if (columns[i] < 0)
            continue;
        kept[columns[i]] = scan->columns[i];
        fields[columns[i]] = wanted[i];
    }
    scan->columns = kept;
    scan->fields = fields;
    scan->column_count = count;
}

/* The source's columns that the kept expressions read; no expressions when the batch is right as it is read. wanted: per expression. */
static void cut_source(Pruner *pruner, PlanScan *scan, const FieldSet *wanted, int32_t field_count)
{
    Arena    *arena = pruner->binder->arena;
    FieldSet *used = arena_new(arena, FieldSet, scan->column_count + 1);
    for (int32_t i = 0; i < field_count; i++)
        want_expr(used, scan->exprs[i], wanted[i]);
    int32_t *map = arena_new(arena, int32_t, scan->column_count + 1);
    int32_t  count = 0;
    for (int32_t i = 0; i < scan->column_count; i++)
        map[i] = used[i] ? count++ : -1;
    for (int32_t i = 0; i < field_count; i++)
        scan->exprs[i] = expr_renumber_columns(arena, scan->exprs[i], map);
    set_source(pruner, scan, used, map, count);
    if (is_as_read(scan, field_count))
        scan->exprs = NULL;
}

/* Computed columns that are kept, and then the source's columns below them. */
static void cut_exprs(Pruner *pruner, const Plan *plan, PlanScan *scan, const Cut *cut, int32_t count)
{
    Expr    **exprs = arena_new(pruner->binder->arena, Expr *, count + 1);
    FieldSet *wanted = arena_new(pruner->binder->arena, FieldSet, count + 1);
    for (int32_t i = 0; i < plan->field_count; i++) {
        if (cut->columns[i] < 0)
            continue;
        exprs[cut->columns[i]] = scan->exprs[i];
        wanted[cut->columns[i]] = cut->wanted[i];
    }
    scan->exprs = exprs;
    cut_source(pruner, scan, wanted, count);
}

static void cut_scan(Pruner *pruner, Plan *plan, Cut *cut)
{
    PlanScan *scan = &plan->scan;
    int32_t   count;
    if (scan->rowtime >= 0) {
        cut->wanted[scan->rowtime] = FIELDS_ALL;
        expr_mark_fields(scan->watermark, cut->wanted);
    }
    cut->columns = keep(pruner, plan, cut->wanted, &count);
    if (scan->exprs)
        cut_exprs(pruner, plan, scan, cut, count);
    else
        set_source(pruner, scan, cut->wanted, cut->columns, count);
    if (scan->rowtime >= 0) {
        scan->watermark = expr_renumber_columns(pruner->binder->arena, scan->watermark, cut->columns);
        scan->rowtime = cut->columns[scan->rowtime];
    }
    keep_fields(pruner, plan, cut->columns, count);
}

static void cut_project(Pruner *pruner, Plan *plan, Cut *cut, const int32_t *below)
{
    int32_t count;
    cut->columns = keep(pruner, plan, cut->wanted, &count);
    for (int32_t i = 0; i < plan->field_count; i++)
        if (cut->columns[i] >= 0)
            plan->project.exprs[cut->columns[i]] = expr_renumber_columns(pruner->binder->arena, plan->project.exprs[i],
                                                                         below);
    keep_fields(pruner, plan, cut->columns, count);
}

/* Nodes whose output is their input's columns and perhaps more: what the input kept, and all that they add. */
static void cut_passing(Pruner *pruner, Plan *plan, Cut *cut, const int32_t *below, int32_t below_count)
{
    FieldSet *kept = arena_new(pruner->binder->arena, FieldSet, plan->field_count + 1);
    int32_t   count;
    for (int32_t i = 0; i < plan->field_count; i++)
        kept[i] = i >= below_count || below[i] >= 0 ? FIELDS_ALL : FIELDS_NONE;
    cut->columns = keep(pruner, plan, kept, &count);
    keep_fields(pruner, plan, cut->columns, count);
}

static void cut_same(Pruner *pruner, Plan *plan, Cut *cut)
{
    cut->columns = arena_new(pruner->binder->arena, int32_t, plan->field_count + 1);
    for (int32_t i = 0; i < plan->field_count; i++)
        cut->columns[i] = i;
}

static void move_window(PlanWindowSpec *window, const int32_t *below)
{
    if (window->kind == WINDOW_ATTACHED) {
        window->start_column = below[window->start_column];
        window->end_column = below[window->end_column];
    } else {
        window->time = below[window->time];
    }
}

static void move_calls(Pruner *pruner, AggregateCall **calls, int32_t count, const int32_t *below)
{
    for (int32_t i = 0; i < count; i++) {
        calls[i]->args = moved(pruner, calls[i]->args, calls[i]->arg_count, below);
        calls[i]->filter = calls[i]->filter < 0 ? -1 : below[calls[i]->filter];
    }
}

static void move_sort(Pruner *pruner, Plan *plan, const int32_t *below)
{
    SortKey *keys = arena_new(pruner->binder->arena, SortKey, plan->sort.key_count + 1);
    for (int32_t i = 0; i < plan->sort.key_count; i++) {
        keys[i] = plan->sort.keys[i];
        keys[i].column = below[keys[i].column];
    }
    plan->sort.keys = keys;
}

/* Inputs of a union must stay alike: a projection where one kept other columns than wanted. */
static Status cut_union(Pruner *pruner, Plan *plan, Cut *cut, Error *err)
{
    Arena  *arena = pruner->binder->arena;
    int32_t count;
    cut->columns = keep(pruner, plan, cut->wanted, &count);
    for (int32_t i = 0; i < plan->input_count; i++) {
        Plan          *input = plan->inputs[i];
        const int32_t *below = cut_of(pruner, input)->columns;
        Expr         **exprs = arena_new(arena, Expr *, count + 1);
        Str           *names = arena_new(arena, Str, count + 1);
        bool           is_same = input->field_count == count;
        for (int32_t c = 0; c < plan->field_count; c++) {
            int32_t at = cut->columns[c];
            if (at < 0)
                continue;
            exprs[at] = build_column_expr(arena, input, below[c], plan->span);
            names[at] = plan->fields[c].name;
            is_same = is_same && below[c] == at;
        }
        if (!is_same)
            TRY(build_project(pruner->binder, input, exprs, names, count, plan->span, &plan->inputs[i], err));
    }
    keep_fields(pruner, plan, cut->columns, count);
    return STATUS_OK;
}

static Status cut_node(Pruner *pruner, Plan *plan, Error *err)
{
    Cut           *cut = cut_of(pruner, plan);
    const int32_t *below = plan->input_count ? cut_of(pruner, plan->inputs[0])->columns : NULL;
    Arena         *arena = pruner->binder->arena;
    switch (plan->kind) {
    case PLAN_SCAN: cut_scan(pruner, plan, cut); return STATUS_OK;
    case PLAN_PROJECT: cut_project(pruner, plan, cut, below); return STATUS_OK;
    case PLAN_UNION: return cut_union(pruner, plan, cut, err);
    case PLAN_FILTER:
        plan->filter.predicate = expr_renumber_columns(arena, plan->filter.predicate, below);
        cut_passing(pruner, plan, cut, below, plan->field_count);
        return STATUS_OK;
    case PLAN_LIMIT: cut_passing(pruner, plan, cut, below, plan->field_count); return STATUS_OK;
    case PLAN_SORT:
        move_sort(pruner, plan, below);
        cut_passing(pruner, plan, cut, below, plan->field_count);
        return STATUS_OK;
    case PLAN_UNNEST:
        plan->unnest.collection = expr_renumber_columns(arena, plan->unnest.collection, below);
        cut_passing(pruner, plan, cut, below, cut_of(pruner, plan->inputs[0])->width);
        return STATUS_OK;
    case PLAN_WINDOW:
        move_window(&plan->window.window, below);
        plan->window.keys = moved(pruner, plan->window.keys, plan->window.key_count, below);
        cut_passing(pruner, plan, cut, below, cut_of(pruner, plan->inputs[0])->width);
        return STATUS_OK;
    case PLAN_WINDOW_AGGREGATE:
        move_window(&plan->window_aggregate.window, below);
        plan->window_aggregate.keys = moved(pruner, plan->window_aggregate.keys, plan->window_aggregate.key_count,
                                            below);
        move_calls(pruner, plan->window_aggregate.calls, plan->window_aggregate.call_count, below);
        break;
    case PLAN_GROUP_AGGREGATE:
        plan->group_aggregate.keys = moved(pruner, plan->group_aggregate.keys, plan->group_aggregate.key_count, below);
        move_calls(pruner, plan->group_aggregate.calls, plan->group_aggregate.call_count, below);
        break;
    default: break;
    }
    cut_same(pruner, plan, cut);
    return STATUS_OK;
}

static Status cut_tree(Pruner *pruner, Plan *plan, Error *err)
{
    Cut *cut = cut_of(pruner, plan);
    if (cut->columns)
        return STATUS_OK;
    for (int32_t i = 0; i < plan->input_count; i++)
        TRY(cut_tree(pruner, plan->inputs[i], err));
    return cut_node(pruner, plan, err);
}

Status rewrite_prune_columns(Binder *binder, Plan **sinks, int32_t sink_count, Error *err)
{
    Pruner pruner = { .binder = binder, .cuts = map_create(binder->arena) };
    for (int32_t i = 0; i < sink_count; i++)
        mark(&pruner, sinks[i]);
    for (int32_t i = 0; i < sink_count; i++)
        TRY(cut_tree(&pruner, sinks[i], err));
    return STATUS_OK;
}
