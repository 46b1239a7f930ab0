/* bind_over.c: f(..) OVER (..): typed, so that a script can be checked; not executed yet.
 *
 * The rules of the dialect in streaming mode: there is an ORDER BY, ascending for aggregates, and no FOLLOWING. What is
 * ordered by time gives inserts, what is ordered otherwise is corrected later; numbering rows within a window is final.
 */
#include "planner/bind.h"

static const WindowSpec *find_window(const Site *site, const Ident *name)
{
    for (int64_t i = 0; site->windows && i < site->windows->count; i++)
        if (str_eq(site->windows->items[i].name.text, name->text))
            return site->windows->items[i].spec;
    return NULL;
}

/* The parts of a window, those of the named window it builds on filled in. */
static Status resolve_window(const Site *site, const WindowSpec *spec, WindowSpec *out, Error *err)
{
    *out = *spec;
    if (!spec->base.text.ptr)
        return STATUS_OK;
    const WindowSpec *base = find_window(site, &spec->base);
    if (!base)
        return error_set(err, STATUS_NO_OBJECT, binder_span(site->binder, spec->base.span), "Window '%.*s' not found",
                         STR_FMT(spec->base.text));
    if (out->partition_by.count == 0)
        out->partition_by = base->partition_by;
    if (out->order_by.count == 0)
        out->order_by = base->order_by;
    if (out->frame == AST_FRAME_NONE) {
        out->frame = base->frame;
        out->start = base->start;
        out->end = base->end;
    }
    return STATUS_OK;
}

/* What two OVER clauses must have in common. */
typedef struct OverWindow {
    Expr   **keys; /* PARTITION BY, then ORDER BY */
    int64_t  key_count;
    int64_t  partition_count;
    bool     is_rows;
    int      start;
    Expr    *start_offset; /* NULL = none */
} OverWindow;

static bool same_over(const OverWindow *left, const OverWindow *right)
{
    if (left->key_count != right->key_count || left->partition_count != right->partition_count ||
        left->is_rows != right->is_rows ||
        left->start != right->start || !left->start_offset != !right->start_offset)
        return false;
    for (int64_t i = 0; i < left->key_count; i++)
        if (!expr_equals(left->keys[i], right->keys[i]))
            return false;
    return !left->start_offset || expr_equals(left->start_offset, right->start_offset);
}

/* ROW_NUMBER counts rows; everything else sees all rows of the same time at once, unless ROWS is written. */
static Status note_window(Site *site, const Node *node, Str name, const WindowSpec *spec, Expr **keys,
                          int64_t key_count, Error *err)
{
    OverWindow *window = arena_new(site->binder->arena, OverWindow, 1);
    *window = (OverWindow){ .keys = keys, .key_count = key_count, .partition_count = spec->partition_by.count,
                            .is_rows = spec->frame == AST_FRAME_ROWS || str_is_nocase(name, "ROW_NUMBER"),
                            .start = spec->frame == AST_FRAME_NONE ? AST_BOUND_UNBOUNDED_PRECEDING : spec->start.kind };
    if (spec->start.offset)
        TRY(bind_expression(site, spec->start.offset, &window->start_offset, err));
    if (!site->over)
        site->over = window;
    if (site->binder->context->is_batch || same_over(site->over, window))
        return STATUS_OK;
    return error_set(err, STATUS_INVALID, binder_span(site->binder, node->span),
                     "Over Agg: Unsupported use of OVER windows. All aggregates must be computed on the same window. "
                     "please re-check the over window statement.");
}

static bool is_numbering(Str name)
{
    return str_is_nocase(name, "ROW_NUMBER") || str_is_nocase(name, "RANK") || str_is_nocase(name, "DENSE_RANK");
}

static const char *order_problem(const WindowSpec *window)
{
    if (window->order_by.count != 1)
        return "The window can only be ordered by a single time column.";
    return window->order_by.items[0].is_descending ? "The window can only be ordered in ASCENDING mode." : NULL;
}

static Status check_streaming(const Site *site, const Node *node, Str name, const WindowSpec *window, Error *err)
{
    Span span = binder_span(site->binder, node->span);
    static const char *const batch_only[] = { "LEAD", "NTILE", "CUME_DIST", "PERCENT_RANK", NULL };
    if (site->binder->context->is_batch)
        return STATUS_OK;
    for (int i = 0; batch_only[i]; i++)
        if (str_is_nocase(name, batch_only[i]))
            return error_set(err, STATUS_INVALID, span, "%s Function is not supported in stream mode.", batch_only[i]);
    if (window->end.kind == AST_BOUND_FOLLOWING || window->end.kind == AST_BOUND_UNBOUNDED_FOLLOWING ||
        window->start.kind == AST_BOUND_FOLLOWING)
        return error_set(err, STATUS_INVALID, span, "OVER RANGE FOLLOWING windows are not supported yet.");
    if (window->order_by.count == 0)
        return error_set(err, STATUS_INVALID, span, "The window can only be ordered by a single time column.");
    const char *problem = order_problem(window);
    return problem && !is_numbering(name) ? error_set(err, STATUS_INVALID, span, "%s", problem) : STATUS_OK;
}

/* Does partitioning by these columns keep rows of different windows apart? */
static bool is_windowed(const Site *site, Expr *const *keys, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (keys[i]->kind == EXPR_COLUMN && keys[i]->column < site->scope->field_count &&
            str_is(site->scope->fields[keys[i]->column].name, "window_end"))
            return true;
    return false;
}

static Status result_type(Site *site, const Node *node, Str name, Expr *const *args, int32_t arg_count,
                          const Type **out, Error *err)
{
    Arena *arena = site->binder->arena;
    if (str_is_nocase(name, "LAG") || str_is_nocase(name, "LEAD")) {
        *out = arg_count ? type_with_null(arena, args[0]->type, true) : &type_null;
        return STATUS_OK;
    }
    if (!aggregate_exists(name)) {
        if (!function_is_foreign(site->binder, &node->call.name))
            return error_set(err, STATUS_NO_FUNCTION, binder_span(site->binder, node->call.name.span),
                             "there is no function %.*s",
                             STR_FMT(name));
        const Type *type = foreign_result_type(name);
        *out = is_numbering(name) ? type_with_null(arena, type, false) : type;
        return STATUS_OK;
    }
    const Type     **types = arena_new(arena, const Type *, arg_count + 1);
    const Type     **casts = arena_new(arena, const Type *, arg_count + 1);
    const Aggregate *aggregate;
    for (int32_t i = 0; i < arg_count; i++)
        types[i] = args[i]->type;
    Span span = binder_span(site->binder, node->span);
    TRY(aggregate_resolve(arena, name, types, arg_count, node->call.is_star, false, span, &aggregate, out, casts, err));
    if (arg_count > 0 && !types[0]->nullable)
        *out = type_with_null(arena, *out, false);
    *out = type_with_time(arena, *out, TIME_NONE);
    return STATUS_OK;
}

Status bind_over(Site *site, const Node *node, Expr **out, Error *err)
{
    Binder        *binder = site->binder;
    const NodeList *args = &node->call.args;
    Str            name = node->call.name.parts.items[node->call.name.parts.count - 1].text;
    WindowSpec     window;
    if (!site->allows_over)
        return error_set(err, STATUS_INVALID, binder_span(binder, node->span), "OVER cannot be used in %s",
                         site->clause);
    TRY(binder_unsupported(binder, node->span, "OVER", err));
    TRY(resolve_window(site, node->call.over, &window, err));
    TRY(check_streaming(site, node, name, &window, err));
    Site inside = *site;
    inside.allows_over = false;
    int64_t total = args->count + window.partition_by.count + window.order_by.count;
    Expr  **all = arena_new(binder->arena, Expr *, total + 1);
    int32_t count = 0;
    for (int64_t i = 0; i < args->count; i++)
        TRY(bind_expression(&inside, args->items[i], &all[count++], err));
    for (int64_t i = 0; i < window.partition_by.count; i++)
        TRY(bind_expression(&inside, window.partition_by.items[i], &all[count++], err));
    for (int64_t i = 0; i < window.order_by.count; i++)
        TRY(bind_expression(&inside, window.order_by.items[i].expr, &all[count++], err));
    const Type *type;
    TRY(note_window(site, node, name, &window, all + args->count, count - args->count, err));
    TRY(result_type(site, node, name, all, (int32_t)args->count, &type, err));
    if (window.frame == AST_FRAME_ROWS && !str_is_nocase(name, "COUNT") && !is_numbering(name))
        type = type_with_null(binder->arena, type, true);
    bool by_time = window.order_by.count > 0 && !window.order_by.items[0].is_descending &&
                   all[args->count + window.partition_by.count]->type->time != TIME_NONE;
    if (!by_time && window.start.kind == AST_BOUND_PRECEDING && !is_numbering(name) && !binder->context->is_batch)
        return error_set(err, STATUS_INVALID, binder_span(binder, node->span),
                         "Non-time attribute sort is not supported for bounded OVER window.");
    if (by_time && !is_numbering(name))
        site->over_sums_by_time = true;
    if (!by_time && !is_windowed(site, &all[args->count], window.partition_by.count))
        site->over_changes = true;
    site->has_over = true;
    *out = expr_opaque(binder->arena, type, all, count, binder_span(binder, node->span));
    if (is_numbering(name))
        *out = rank_number(binder, name, order_problem(&window), *out);
    return STATUS_OK;
}

Status bind_over_input(const Site *site, const Query *query, Plan **plan, Error *err)
{
    Changelog changelog = (*plan)->changelog;
    if (site->over_sums_by_time && changelog != CHANGELOG_INSERT && !site->binder->context->is_batch)
        return error_set(err, STATUS_INVALID, binder_span(site->binder, query->span),
                         "OVER in the order of time takes rows that are never corrected; its input is a changelog");
    if (site->over_changes && !site->binder->context->is_batch)
        changelog = CHANGELOG_ALL;
    Plan     *input = *plan;
    return build_opaque(site->binder, "OVER", &input, 1, input->fields, input->field_count, changelog, query->span,
                        plan, err);
}
