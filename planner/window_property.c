/* window_property.c: which columns of a plan are the bounds of a window, and how a window function moves into an
 * aggregation.
 *
 * Bounds are known by where they come from: a column that has come unchanged from a PLAN_WINDOW or
 * PLAN_WINDOW_AGGREGATE through projections, filters, UNNEST, and unions of the same windows. */
#include "planner/bind.h"

static const WindowColumns no_window = { NULL, -1, -1, -1 };

static WindowColumns through_project(const Plan *plan, WindowColumns below)
{
    WindowColumns above = { below.source, -1, -1, -1 };
    if (!below.source)
        return no_window;
    for (int32_t i = plan->field_count - 1; i >= 0; i--) {
        const Expr *expr = plan->project.exprs[i];
        if (expr->kind != EXPR_COLUMN)
            continue;
        if (expr->column == below.start)
            above.start = i;
        if (expr->column == below.end)
            above.end = i;
        if (expr->column == below.time)
            above.time = i;
    }
    return above;
}

static WindowColumns of_aggregate(Plan *plan)
{
    const PlanWindowAggregate *window = &plan->window_aggregate;
    WindowColumns              out = { plan, -1, -1, -1 };
    for (int32_t i = 0; i < window->property_count; i++) {
        int32_t column = window->key_count + window->call_count + i;
        if (window->properties[i] == WINDOW_START)
            out.start = column;
        else if (window->properties[i] == WINDOW_END)
            out.end = column;
        else
            out.time = column;
    }
    return window->window.is_legacy ? no_window : out;
}

static bool same_window(const Plan *left, const Plan *right)
{
    PlanWindowSpec a = window_spec_of(left);
    PlanWindowSpec b = window_spec_of(right);
    return a.kind == b.kind && a.size == b.size && a.slide == b.slide && a.offset == b.offset &&
        a.is_proctime == b.is_proctime &&
           a.is_local == b.is_local;
}

/* Inputs that have bounds of the same kind of window at the same places. */
static WindowColumns of_union(const Plan *plan)
{
    WindowColumns first = window_columns(plan->inputs[0]);
    for (int32_t i = 1; i < plan->input_count && first.source; i++) {
        WindowColumns other = window_columns(plan->inputs[i]);
        if (!other.source || other.start != first.start || other.end != first.end || other.time != first.time ||
            !same_window(first.source, other.source))
            return no_window;
    }
    return first;
}

WindowColumns window_columns(Plan *plan)
{
    switch (plan->kind) {
    case PLAN_WINDOW: {
        int32_t first = plan->inputs[0]->field_count;
        return (WindowColumns){ plan, first, first + 1, first + 2 };
    }
    case PLAN_WINDOW_AGGREGATE: return of_aggregate(plan);
    case PLAN_FILTER:
    case PLAN_UNNEST: return window_columns(plan->inputs[0]);
    case PLAN_UNION: return of_union(plan);
    case PLAN_PROJECT: return through_project(plan, window_columns(plan->inputs[0]));
    default: return no_window;
    }
}

/* The source's column that a column of the plan has come from unchanged; -1 = none. */
static int32_t trace(const Plan *plan, const Plan *source, int32_t column)
{
    while (plan != source) {
        if (plan->kind == PLAN_PROJECT)
            column = plan->project.exprs[column]->kind == EXPR_COLUMN ? plan->project.exprs[column]->column : -1;
        plan = plan->inputs[0];
        if (column < 0 || column >= plan->field_count)
            return -1;
    }
    return column;
}

bool window_is_bound(const Plan *plan, const Plan *source, int32_t column, WindowProperty *out)
{
    int32_t at = trace(plan, source, column);
    if (at < 0)
        return false;
    if (source->kind == PLAN_WINDOW) {
        static const WindowProperty bounds[] = { WINDOW_START, WINDOW_END, WINDOW_ROWTIME };
        at -= source->inputs[0]->field_count;
        *out = at == 2 && source->window.window.is_proctime ? WINDOW_PROCTIME : bounds[at < 0 ? 0 : at];
        return at >= 0;
    }
    const PlanWindowAggregate *window = &source->window_aggregate;
    at -= window->key_count + window->call_count;
    if (at < 0)
        return false;
    *out = window->properties[at];
    return true;
}

PlanWindowSpec window_spec_of(const Plan *source)
{
    return source->kind == PLAN_WINDOW ? source->window.window : source->window_aggregate.window;
}

const Type *window_time_type(const Plan *source)
{
    if (source->kind == PLAN_WINDOW)
        return source->fields[source->field_count - 1].type;
    const PlanWindowAggregate *window = &source->window_aggregate;
    for (int32_t i = 0; i < window->property_count; i++)
        if (window->properties[i] == WINDOW_ROWTIME || window->properties[i] == WINDOW_PROCTIME)
            return source->fields[window->key_count + window->call_count + i].type;
    return window->window.is_local ? &type_timestamp_ltz3_not_null : &type_timestamp3_not_null;
}

Str window_property_name(WindowProperty property)
{
    static const char *const names[] = {
        [WINDOW_START] = "window_start", [WINDOW_END] = "window_end", [WINDOW_ROWTIME] = "window_time",
            [WINDOW_PROCTIME] = "window_time"
    };
    return str_from(names[property]);
}

const Type *window_property_type(Arena *arena, WindowProperty property, const Type *time_type)
{
    if (property == WINDOW_START || property == WINDOW_END)
        return &type_timestamp3_not_null;
    if (property == WINDOW_PROCTIME)
        return type_with_time(arena, &type_timestamp_ltz3_not_null, TIME_PROCTIME);
    const Type *type = type_temporal(arena, time_type->kind, time_type->precision < 3 ? time_type->precision : 3,
                                     false);
    return type_with_time(arena, type, TIME_ROWTIME);
}

Status window_check_aggregate(const Binder *binder, const PlanWindowSpec *spec, Span span, Error *err)
{
    if (spec->kind != WINDOW_HOP || spec->size % spec->slide == 0)
        return STATUS_OK;
    return error_set(err, STATUS_INVALID, binder_span(binder, span),
                     "HOP table function based aggregate requires size must be an integral multiple of slide, "
                     "but got size %lld ms and slide %lld ms", (long long)spec->size, (long long)spec->slide);
}

/* ---- moving the window into the aggregation ---------------------------------------------------------------------- */

bool window_is_read(Arena *arena, const Expr *expr, const int32_t *columns, int32_t count)
{
    bool *used = arena_new(arena, bool, count + 1);
    expr_mark_columns(expr, used);
    for (int32_t i = 0; i < count; i++)
        if (used[i] && columns[i] < 0)
            return true;
    return false;
}

static void pull_base(Binder *binder, const Plan *window, WindowPull *out)
{
    int32_t input_count = window->inputs[0]->field_count;
    out->plan = window->inputs[0];
    out->columns = arena_new(binder->arena, int32_t, window->field_count);
    for (int32_t i = 0; i < window->field_count; i++)
        out->columns[i] = i < input_count ? i : -1;
    out->time = window->window.window.time;
    out->window = window;
}

static Status pull_filter(Binder *binder, const Plan *plan, WindowPull *below, Error *err)
{
    const Expr *predicate = plan->filter.predicate;
    if (window_is_read(binder->arena, predicate, below->columns, plan->inputs[0]->field_count)) {
        below->plan = NULL;
        return STATUS_OK;
    }
    return build_filter(binder, below->plan, expr_renumber_columns(binder->arena, predicate, below->columns),
                        plan->span, &below->plan, err);
}

static Status pull_project(Binder *binder, const Plan *plan, WindowPull *below, Error *err)
{
    Arena   *arena = binder->arena;
    Expr   **exprs = arena_new(arena, Expr *, plan->field_count + 1);
    Str     *names = arena_new(arena, Str, plan->field_count + 1);
    int32_t *columns = arena_new(arena, int32_t, plan->field_count + 1);
    int32_t  count = 0;
    for (int32_t i = 0; i < plan->field_count; i++) {
        const Expr *expr = plan->project.exprs[i];
        columns[i] = -1;
        if (expr->kind == EXPR_COLUMN && below->columns[expr->column] < 0)
            continue;
        if (window_is_read(arena, expr, below->columns, plan->inputs[0]->field_count)) {
            below->plan = NULL;
            return STATUS_OK;
        }
        columns[i] = count;
        names[count] = plan->fields[i].name;
        exprs[count++] = expr_renumber_columns(arena, expr, below->columns);
    }
    names[count] = below->plan->fields[below->time].name;
    exprs[count] = build_column_expr(arena, below->plan, below->time, plan->span);
    below->time = count++;
    below->columns = columns;
    return build_project(binder, below->plan, exprs, names, count, plan->span, &below->plan, err);
}

Status window_pull(Binder *binder, Plan *plan, Plan *window, WindowPull *out, Error *err)
{
    if (plan == window) {
        pull_base(binder, window, out);
        return STATUS_OK;
    }
    if (plan->kind != PLAN_FILTER && plan->kind != PLAN_PROJECT)
        return STATUS_OK;
    TRY(window_pull(binder, plan->inputs[0], window, out, err));
    if (!out->plan)
        return STATUS_OK;
    return plan->kind == PLAN_FILTER ? pull_filter(binder, plan, out, err) : pull_project(binder, plan, out, err);
}

/* The column of pull->plan that a column of the window's input has become; -1 = it has gone or changed. */
static int32_t follow(const Plan *plan, const Plan *base, int32_t column)
{
    if (plan == base)
        return column;
    int32_t below = follow(plan->inputs[0], base, column);
    if (below < 0 || plan->kind == PLAN_FILTER)
        return below;
    for (int32_t i = 0; i < plan->field_count; i++)
        if (plan->project.exprs[i]->kind == EXPR_COLUMN && plan->project.exprs[i]->column == below)
            return i;
    return -1;
}

bool window_keys_agree(const WindowPull *pull, const Grouping *grouping, const int32_t *keys, int32_t key_count)
{
    const PlanWindow *window = &pull->window->window;
    if (window->window.kind != WINDOW_SESSION)
        return true;
    if (window->key_count != key_count)
        return false;
    for (int32_t i = 0; i < key_count; i++) {
        const Expr *key = grouping->keys[keys[i]];
        int32_t     column = key->kind == EXPR_COLUMN ? pull->columns[key->column] : -1;
        bool        is_there = false;
        for (int32_t j = 0; j < window->key_count && column >= 0; j++)
            is_there = is_there || follow(pull->plan, pull->window->inputs[0], window->keys[j]) == column;
        if (!is_there)
            return false;
    }
    return true;
}
