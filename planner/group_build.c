/* group_build.c: keys and aggregate calls become one aggregation node.
 *
 *   GROUP BY keys                                 PLAN_GROUP_AGGREGATE
 *   GROUP BY window_start, window_end[, keys]     PLAN_WINDOW_AGGREGATE over the input of the window function
 *                                                 (window_property.c), or ATTACHED, when the function must stay
 *   GROUP BY TUMBLE(ts, ...)[, keys]              PLAN_WINDOW_AGGREGATE
 *
 * Below the node a projection computes the keys, arguments and filters; constant arguments stay with the call. */
#include "planner/bind.h"

/* ---- the projection below ---------------------------------------------------------------------------------------- */

typedef struct Feed {
    Binder        *binder;
    Plan          *input;
    const int32_t *columns; /* where a column of the grouping's input stands in this input; NULL = at the same place */
    LIST(Expr *)   exprs;
} Feed;

/* Column of the projection for an expression over its input. */
static int32_t feed_add(Feed *feed, Expr *expr)
{
    for (int64_t i = 0; i < feed->exprs.count; i++)
        if (expr_equals(feed->exprs.items[i], expr))
            return (int32_t)i;
    list_push(feed->binder->arena, &feed->exprs, expr);
    return (int32_t)feed->exprs.count - 1;
}

/* ... for an expression over the grouping's input. */
static int32_t feed_column(Feed *feed, Expr *expr)
{
    return feed_add(feed, feed->columns ? expr_renumber_columns(feed->binder->arena, expr, feed->columns) : expr);
}

static Status feed_build(Feed *feed, Span span, Plan **out, Error *err)
{
    Arena  *arena = feed->binder->arena;
    int32_t count = (int32_t)feed->exprs.count;
    Str    *names = arena_new(arena, Str, count + 1);
    for (int32_t i = 0; i < count; i++) {
        const Expr *expr = feed->exprs.items[i];
        names[i] = expr->kind == EXPR_COLUMN ? feed->input->fields[expr->column].name : arena_format(arena, "$f%d", i);
    }
    return build_project(feed->binder, feed->input, feed->exprs.items, names, count, span, out, err);
}

static AggregateCall *feed_call(Feed *feed, const PendingCall *pending)
{
    Arena         *arena = feed->binder->arena;
    int32_t        count = pending->arg_count;
    AggregateCall *call = arena_new(arena, AggregateCall, 1);
    int32_t       *args = arena_new(arena, int32_t, count + 1);
    const Type   **types = arena_new(arena, const Type *, count + 1);
    Column        *constants = arena_new(arena, Column, count + 1);
    for (int32_t i = 0; i < count; i++) {
        types[i] = pending->args[i]->type;
        args[i] = -1;
        if (expr_is_literal(pending->args[i]))
            constants[i] = pending->args[i]->value;
        else
            args[i] = feed_column(feed, pending->args[i]);
    }
    *call = (AggregateCall){
        .aggregate = pending->aggregate, .type = pending->type, .span = pending->span, .args = args, .arg_types = types,
        .constants = constants, .arg_count = count, .is_distinct = pending->is_distinct,
        .filter = pending->filter ? feed_column(feed, pending->filter) : -1, .text = pending->text,
    };
    return call;
}

static AggregateCall **feed_calls(Feed *feed, const Grouping *grouping)
{
    AggregateCall **calls = arena_new(feed->binder->arena, AggregateCall *, grouping->calls.count + 1);
    for (int64_t i = 0; i < grouping->calls.count; i++)
        calls[i] = feed_call(feed, &grouping->calls.items[i]);
    return calls;
}

/* ---- output columns ---------------------------------------------------------------------------------------------- */

static Str key_name(Arena *arena, const Grouping *grouping, int32_t key)
{
    const Expr *expr = grouping->keys[key];
    return expr->kind == EXPR_COLUMN ? grouping->input->fields[expr->column].name : arena_format(arena, "$k%d", key);
}

/* Fields of the keys listed, the calls and the properties, and where each stands. keys NULL: all of them. */
static void set_output(Binder *binder, Grouping *grouping, Plan *plan, const int32_t *keys, int32_t key_count,
                       const WindowProperty *properties, int32_t property_count, const Type *rowtime)
{
    Arena  *arena = binder->arena;
    int32_t count = key_count + (int32_t)grouping->calls.count + property_count;
    Field  *fields = arena_new(arena, Field, count + 1);
    for (int32_t i = 0; i < key_count; i++) {
        const Expr *expr = grouping->keys[keys[i]];
        const Type *type = type_with_time(arena, expr->type, TIME_NONE);
        fields[i] = (Field){ .name = key_name(arena, grouping, keys[i]),
                             .type = type_with_null(arena, type, type->nullable ||
                                                    keys[i] >= grouping->plain_key_count) };
        grouping->key_columns[keys[i]] = i;
    }
    grouping->first_call = key_count;
    for (int64_t i = 0; i < grouping->calls.count; i++)
        fields[key_count + i] = (Field){ .name = grouping->calls.items[i].text, .type = grouping->calls.items[i].type };
    grouping->first_property = key_count + (int32_t)grouping->calls.count;
    for (int32_t i = 0; i < property_count; i++) {
        const Type *type = window_property_type(arena, properties[i], rowtime);
        if (grouping->window.function && properties[i] == WINDOW_ROWTIME)
            type = type_with_null(arena, type, rowtime->nullable);
        fields[grouping->first_property + i] = (Field){ .name = window_property_name(properties[i]), .type = type };
    }
    plan->fields = fields;
    plan->field_count = count;
    grouping->output = plan;
}

/* ---- without window ---------------------------------------------------------------------------------------------- */

static Status build_groups(Binder *binder, Grouping *grouping, Span span, Plan **out, Error *err)
{
    Feed     feed = { .binder = binder, .input = grouping->input };
    int32_t *keys = arena_new(binder->arena, int32_t, grouping->key_count + 1);
    int32_t *all = arena_new(binder->arena, int32_t, grouping->key_count + 1);
    Plan    *below;
    for (int32_t i = 0; i < grouping->key_count; i++) {
        keys[i] = feed_column(&feed, grouping->keys[i]);
        all[i] = i;
    }
    AggregateCall **calls = feed_calls(&feed, grouping);
    TRY(feed_build(&feed, span, &below, err));
    TRY(build_plan_node(binder, PLAN_GROUP_AGGREGATE, below, span, out, err));
    (*out)->group_aggregate = (PlanGroupAggregate){
        .keys = keys, .key_count = grouping->key_count, .calls = calls, .call_count = (int32_t)grouping->calls.count,
        .input_retracts = below->changelog != CHANGELOG_INSERT, .emits_update_before = true,
        .is_batch = binder->context->is_batch,
        .state_ttl_ms = setting_duration_ms(binder->context, "table.exec.state.ttl", 0),
    };
    set_output(binder, grouping, *out, all, grouping->key_count, NULL, 0, NULL);
    changelog_derive(*out);
    return STATUS_OK;
}

/* ---- with window ------------------------------------------------------------------------------------------------- */

static Status check_window_input(const Binder *binder, const Plan *input, Span span, Error *err)
{
    if (input->changelog == CHANGELOG_INSERT || binder->context->language_only)
        return STATUS_OK;
    return error_set(err, STATUS_UNSUPPORTED, binder_span(binder, span),
                     "a window aggregation over a changing input is not supported yet");
}

/* The node over feed, with the keys listed and all calls. */
static Status build_windowed(Binder *binder, Grouping *grouping, Feed *feed, PlanWindowSpec window,
                             const int32_t *which,
                             int32_t key_count, const WindowProperty *properties, int32_t property_count,
                             const Type *time_type,
                             Span span, Plan **out, Error *err)
{
    Plan    *below;
    int32_t *keys = arena_new(binder->arena, int32_t, key_count + 1);
    TRY(check_window_input(binder, feed->input, span, err));
    for (int32_t i = 0; i < key_count; i++)
        keys[i] = feed_column(feed, grouping->keys[which[i]]);
    AggregateCall **calls = feed_calls(feed, grouping);
    TRY(feed_build(feed, span, &below, err));
    TRY(build_plan_node(binder, PLAN_WINDOW_AGGREGATE, below, span, out, err));
    (*out)->window_aggregate = (PlanWindowAggregate){
        .window = window, .keys = keys, .key_count = key_count, .calls = calls,
            .call_count = (int32_t)grouping->calls.count,
        .properties = properties, .property_count = property_count,
    };
    set_output(binder, grouping, *out, which, key_count, properties, property_count, time_type);
    changelog_derive(*out);
    return STATUS_OK;
}

static Status build_legacy(Binder *binder, Grouping *grouping, Span span, Plan **out, Error *err)
{
    Feed           feed = { .binder = binder, .input = grouping->input };
    PlanWindowSpec window = grouping->window.spec;
    int32_t       *which = arena_new(binder->arena, int32_t, grouping->key_count + 1);
    for (int32_t i = 0; i < grouping->key_count; i++)
        which[i] = i;
    window.time = feed_column(&feed, grouping->window.time);
    return build_windowed(binder, grouping, &feed, window, which, grouping->key_count, grouping->properties.items,
                          (int32_t)grouping->properties.count, grouping->window.time_type, span, out, err);
}

/* Do the calls and the keys that are no bounds leave the window's columns alone? Then the window may move into the
 * aggregation. */
static bool leaves_window_alone(Binder *binder, const Grouping *grouping, const WindowPull *pull, const int32_t *which,
                                int32_t key_count)
{
    int32_t fields = grouping->input->field_count;
    for (int32_t i = 0; i < key_count; i++)
        if (window_is_read(binder->arena, grouping->keys[which[i]], pull->columns, fields))
            return false;
    for (int64_t i = 0; i < grouping->calls.count; i++) {
        const PendingCall *call = &grouping->calls.items[i];
        for (int32_t a = 0; a < call->arg_count; a++)
            if (window_is_read(binder->arena, call->args[a], pull->columns, fields))
                return false;
        if (call->filter && window_is_read(binder->arena, call->filter, pull->columns, fields))
            return false;
    }
    return true;
}

/* keys: what is grouped by besides the window's bounds; bounds: which keys are bounds, and which property each one is. */
typedef struct WindowKeys {
    int32_t       *which;
    int32_t        key_count;
    int32_t       *bound_keys;
    WindowProperty *properties;
    int32_t        property_count;
    bool           has_start, has_end;
} WindowKeys;

static WindowKeys split_keys(Arena *arena, const Grouping *grouping, const Plan *source)
{
    WindowKeys keys = {
        .which = arena_new(arena, int32_t, grouping->key_count + 1),
        .bound_keys = arena_new(arena, int32_t, grouping->key_count + 1),
        .properties = arena_new(arena, WindowProperty, grouping->key_count + 1),
    };
    for (int32_t i = 0; i < grouping->key_count; i++) {
        const Expr    *key = grouping->keys[i];
        WindowProperty property;
        if (key->kind != EXPR_COLUMN || !window_is_bound(grouping->input, source, key->column, &property)) {
            keys.which[keys.key_count++] = i;
            continue;
        }
        keys.has_start = keys.has_start || property == WINDOW_START;
        keys.has_end = keys.has_end || property == WINDOW_END;
        keys.bound_keys[keys.property_count] = i;
        keys.properties[keys.property_count++] = property;
    }
    return keys;
}

/* GROUP BY over a window function. *out NULL: it does not group by both bounds of one window, not by the keys of
 * a session, or the window function must stay and is one over processing time. */
static Status build_over_window(Binder *binder, Grouping *grouping, Span span, Plan **out, Error *err)
{
    *out = NULL;
    WindowColumns  window = window_columns(grouping->input);
    if (!window.source || window.start < 0 || window.end < 0)
        return STATUS_OK;
    PlanWindowSpec spec = window_spec_of(window.source);
    WindowKeys     keys = split_keys(binder->arena, grouping, window.source);
    if (!keys.has_start || !keys.has_end)
        return STATUS_OK;
    const Type *time_type = window_time_type(window.source);
    Feed        feed = { .binder = binder, .input = grouping->input };
    WindowPull  pull = { 0 };
    if (window.source->kind == PLAN_WINDOW) {
        TRY(window_check_aggregate(binder, &spec, span, err));
        TRY(window_pull(binder, grouping->input, window.source, &pull, err));
        if (pull.plan && !leaves_window_alone(binder, grouping, &pull, keys.which, keys.key_count))
            pull.plan = NULL;
    }
    if (pull.plan && !window_keys_agree(&pull, grouping, keys.which, keys.key_count))
        return STATUS_OK;
    if (!pull.plan && spec.is_proctime)
        return STATUS_OK; /* no clock says when windows that rows bring along are over */
    if (pull.plan) {
        feed.input = pull.plan;
        feed.columns = pull.columns;
        spec.time = feed_add(&feed, build_column_expr(binder->arena, pull.plan, pull.time, span));
    } else {
        spec.kind = WINDOW_ATTACHED;
        spec.time = -1;
        spec.start_column = feed_column(&feed, build_column_expr(binder->arena, feed.input, window.start, span));
        spec.end_column = feed_column(&feed, build_column_expr(binder->arena, feed.input, window.end, span));
    }
    TRY(build_windowed(binder, grouping, &feed, spec, keys.which, keys.key_count, keys.properties, keys.property_count,
                       time_type, span, out, err));
    for (int32_t i = 0; i < keys.property_count; i++)
        grouping->key_columns[keys.bound_keys[i]] = grouping->first_property + i;
    return STATUS_OK;
}

/* ---- only checked ------------------------------------------------------------------------------------------------ */

static bool has_foreign_call(const Grouping *grouping)
{
    for (int64_t i = 0; i < grouping->calls.count; i++)
        if (!grouping->calls.items[i].aggregate)
            return true;
    return false;
}

static Status build_checked(Binder *binder, Grouping *grouping, Span span, Plan **out, Error *err)
{
    WindowColumns window = window_columns(grouping->input);
    bool          is_windowed = grouping->window.function != NULL;
    int32_t      *all = arena_new(binder->arena, int32_t, grouping->key_count + 1);
    for (int32_t i = 0; i < grouping->key_count; i++) {
        all[i] = i;
        const Expr *key = grouping->keys[i];
        is_windowed = is_windowed || (window.source && key->kind == EXPR_COLUMN && key->column == window.end);
    }
    TRY(build_opaque(binder, "this aggregation", &grouping->input, 1, NULL, 0,
                     is_windowed || binder->context->is_batch ? CHANGELOG_INSERT : CHANGELOG_ALL, span, out, err));
    set_output(binder, grouping, *out, all, grouping->key_count, grouping->properties.items,
               (int32_t)grouping->properties.count, grouping->window.time_type);
    return STATUS_OK;
}

Status group_build(Binder *binder, Grouping *grouping, Span span, Plan **out, Error *err)
{
    grouping->key_columns = arena_new(binder->arena, int32_t, grouping->key_count + 1);
    if (grouping->has_sets || has_foreign_call(grouping))
        return build_checked(binder, grouping, span, out, err);
    if (grouping->window.function)
        return build_legacy(binder, grouping, span, out, err);
    TRY(build_over_window(binder, grouping, span, out, err));
    return *out ? STATUS_OK : build_groups(binder, grouping, span, out, err);
}
