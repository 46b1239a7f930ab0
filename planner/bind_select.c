/* bind_select.c: one SELECT.
 *
 *   FROM -> WHERE -> GROUP BY, aggregates -> HAVING -> the SELECT list -> DISTINCT -> ORDER BY, LIMIT
 *
 * The SELECT list, HAVING and ORDER BY are bound before it is known whether there is anything to aggregate: aggregate
 * calls stand in them as columns behind the input's (struct Grouping), and are put right when the aggregation has been
 * built. */
#include "planner/bind.h"

typedef struct Select {
    Binder      *binder;
    const Query *query;
    Plan        *plan;
    Scope       *scope;
    Grouping    *grouping;
    Site         site;
    OutputList   outputs; /* the SELECT list, then what only ORDER BY needs */
    int32_t      item_count;
    bool         has_unknown; /* * of a table that lives elsewhere */
    SortKey     *sort_keys;
    Expr        *having;
    Expr        *qualify;
} Select;

/* ---- FROM and WHERE ---------------------------------------------------------------------------------------------- */

/* SELECT 1: one row without columns. */
static Status one_row(Binder *binder, Span span, Plan **out, Error *err)
{
    TRY(build_plan_node(binder, PLAN_VALUES, NULL, span, out, err));
    (*out)->values.row_count = 1;
    (*out)->changelog = CHANGELOG_INSERT;
    return STATUS_OK;
}

static Status select_input(Select *select, const Scope *outer, Error *err)
{
    Binder *binder = select->binder;
    if (select->query->select.from) {
        Relation from;
        TRY(bind_from(binder, select->query->select.from, outer, &from, err));
        select->plan = from.plan;
        select->scope = from.scope;
    } else {
        TRY(one_row(binder, select->query->span, &select->plan, err));
        select->scope = scope_of_fields(binder->arena, NULL, 0, (Str){ NULL, 0 }, outer);
    }
    const Node *where = select->query->select.where;
    if (!where)
        return STATUS_OK;
    Expr *predicate;
    Site  site = site_create(binder, select->scope, "WHERE");
    TRY(bind_condition(&site, where, &predicate, err));
    join_refine(binder, select->plan, predicate);
    rank_bounds(binder, select->plan, predicate);
    return build_filter(binder, select->plan, predicate, where->span, &select->plan, err);
}

/* ---- the SELECT list --------------------------------------------------------------------------------------------- */

static bool name_is_taken(const Select *select, Str name)
{
    for (int64_t i = 0; i < select->outputs.count; i++)
        if (str_eq(select->outputs.items[i].name, name))
            return true;
    return false;
}

/* Columns of * get a digit when their name is taken: id, id0, id1. */
static Str star_name(Select *select, Str name)
{
    Str candidate = name;
    for (int32_t attempt = 0; name_is_taken(select, candidate); attempt++)
        candidate = arena_format(select->binder->arena, "%.*s%d", STR_FMT(name), attempt);
    return candidate;
}

static void add_output(Select *select, Expr *expr, Str name)
{
    list_push(select->binder->arena, &select->outputs, (Output){ expr, name });
}

static void add_column(Select *select, int32_t column, Span span)
{
    const Field *field = &select->scope->fields[column];
    add_output(select, expr_column(select->binder->arena, column, field->type, span), star_name(select, field->name));
}

/* All columns; those that USING shares come first, and once. */
static void expand_all(Select *select, Span span)
{
    const Scope *scope = select->scope;
    for (int32_t i = 0; scope->is_shared && i < scope->field_count; i++)
        if (scope->is_shared[i] && !scope->is_merged[i])
            add_column(select, i, span);
    for (int32_t i = 0; i < scope->field_count; i++)
        if (!scope->is_merged || (!scope->is_merged[i] && !scope->is_shared[i]))
            add_column(select, i, span);
}

/* r.* of a ROW column */
static Status expand_row(Select *select, const Node *star, Error *err)
{
    Node column = { .kind = NODE_COLUMN, .span = star->span, .column = star->star };
    Expr *row;
    if (bind_expression(&select->site, &column, &row, err) != STATUS_OK) {
        if (err->status != STATUS_NO_COLUMN || star->star.parts.count > 1)
            return err->status;
        error_clear(err);
        return error_set(err, STATUS_NO_TABLE, star->span, "table `%.*s` not found",
                         STR_FMT(star->star.parts.items[0].text));
    }
    if (row->type->kind != TYPE_ROW)
        return error_set(err, STATUS_NO_TABLE, star->span, "no table or ROW column `%.*s` for .*",
                         STR_FMT(star->star.parts.items[star->star.parts.count - 1].text));
    for (int32_t i = 0; i < row->type->field_count; i++)
        add_output(select, expr_field(select->binder->arena, row, i, row->span),
                   star_name(select, row->type->fields[i].name));
    return STATUS_OK;
}

static Status expand_star(Select *select, const Node *star, Error *err)
{
    const Name *qualifier = &star->star;
    Span        span = binder_span(select->binder, star->span);
    if (qualifier->parts.count == 0) {
        if (!select->query->select.from)
            return error_set(err, STATUS_INVALID, span, "SELECT * requires a FROM clause");
        for (int32_t i = 0; i < select->scope->table_count; i++)
            select->has_unknown = select->has_unknown || select->scope->tables[i].is_unknown;
        expand_all(select, span);
        return STATUS_OK;
    }
    const ScopeTable *table = scope_find_table(select->scope, qualifier->parts.items, qualifier->parts.count);
    if (!table)
        return expand_row(select, star, err);
    select->has_unknown = select->has_unknown || table->is_unknown;
    for (int32_t i = table->first; i < table->first + table->count; i++)
        add_column(select, i, span);
    return STATUS_OK;
}

static Str item_name(Select *select, const SelectItem *item)
{
    if (item->alias.text.ptr)
        return item->alias.text;
    if (item->expr->kind == NODE_COLUMN)
        return item->expr->column.parts.items[item->expr->column.parts.count - 1].text;
    if (item->expr->kind == NODE_CALL && !item->expr->call.has_parentheses && !item->expr->call.is_special)
        return item->expr->call.name.parts.items[0].text; /* CURRENT_DATE */
    return arena_format(select->binder->arena, "EXPR$%lld", (long long)select->outputs.count);
}

static Status illegal_null(const Expr *expr, Error *err)
{
    error_set(err, STATUS_TYPE, expr->span, "Illegal use of 'NULL': its type is not known here");
    return error_hint(err, "say which: CAST(NULL AS STRING)");
}

static Status select_items(Select *select, Error *err)
{
    const SelectItemList *items = &select->query->select.items;
    for (int64_t i = 0; i < items->count; i++) {
        const SelectItem *item = &items->items[i];
        Expr             *expr;
        if (item->expr->kind == NODE_STAR) {
            TRY(expand_star(select, item->expr, err));
            continue;
        }
        TRY(bind_expression(&select->site, item->expr, &expr, err));
        if (expr_is_null_literal(expr) && expr->type->kind == TYPE_NULL)
            return illegal_null(expr, err);
        add_output(select, expr, item_name(select, item));
    }
    select->item_count = (int32_t)select->outputs.count;
    return STATUS_OK;
}

/* ---- ORDER BY ---------------------------------------------------------------------------------------------------- */

Status order_by_ordinal(const Binder *binder, const Node *node, int32_t count, int32_t *out, Error *err)
{
    int64_t ordinal;
    *out = -1;
    if (node->kind != NODE_LITERAL || node->literal.kind != LITERAL_INTEGER)
        return STATUS_OK;
    if (!str_to_i64(node->literal.text, &ordinal) || ordinal < 1 || ordinal > count)
        return error_set(err, STATUS_INVALID, binder_span(binder, node->span),
                         "ORDER BY column number must be between 1 and %d",
                         count);
    *out = (int32_t)ordinal - 1;
    return STATUS_OK;
}

static Status order_column(Select *select, const Node *node, int32_t *out, Error *err)
{
    TRY(order_by_ordinal(select->binder, node, select->item_count, out, err));
    if (*out >= 0)
        return STATUS_OK;
    Expr *expr;
    select->site.clause = "ORDER BY";
    select->site.aliases = &select->outputs;
    TRY(bind_expression(&select->site, node, &expr, err));
    select->site.aliases = NULL;
    for (int64_t i = 0; i < select->outputs.count; i++) {
        if (expr_equals(select->outputs.items[i].expr, expr)) {
            *out = (int32_t)i;
            return STATUS_OK;
        }
    }
    if (select->query->select.is_distinct)
        return error_set(err, STATUS_INVALID, binder_span(select->binder, node->span),
                         "with SELECT DISTINCT, ORDER BY can only use what is selected");
    *out = (int32_t)select->outputs.count;
    bool is_column = expr->kind == EXPR_COLUMN && expr->column < select->scope->field_count;
    add_output(select, expr, is_column ? select->scope->fields[expr->column].name
                                       : arena_format(select->binder->arena, "$sort%d", *out));
    return STATUS_OK;
}

SortKey sort_key(const OrderItem *item, int32_t column)
{
    bool last = item->nulls == AST_NULLS_UNSAID ? item->is_descending : item->nulls == AST_NULLS_LAST;
    return (SortKey){ .column = column, .is_descending = item->is_descending, .nulls_last = last };
}

static Status select_order(Select *select, Error *err)
{
    const OrderList *order = &select->query->order_by;
    select->sort_keys = arena_new(select->binder->arena, SortKey, order->count + 1);
    for (int64_t i = 0; i < order->count; i++) {
        int32_t column;
        TRY(order_column(select, order->items[i].expr, &column, err));
        select->sort_keys[i] = sort_key(&order->items[i], column);
    }
    return STATUS_OK;
}

/* ---- putting it together ----------------------------------------------------------------------------------------- */

static Status select_groups(Select *select, Error *err)
{
    Binder *binder = select->binder;
    if (!group_is_needed(select->grouping))
        return STATUS_OK;
    TRY(group_build(binder, select->grouping, select->query->span, &select->plan, err));
    for (int64_t i = 0; i < select->outputs.count; i++)
        TRY(group_output(binder, select->grouping, select->outputs.items[i].expr, &select->outputs.items[i].expr, err));
    if (select->qualify)
        TRY(group_output(binder, select->grouping, select->qualify, &select->qualify, err));
    if (!select->having)
        return STATUS_OK;
    TRY(group_output(binder, select->grouping, select->having, &select->having, err));
    return build_filter(binder, select->plan, select->having, select->query->select.having->span, &select->plan, err);
}

static Status select_project(Select *select, Error *err)
{
    Arena  *arena = select->binder->arena;
    int32_t count = (int32_t)select->outputs.count;
    Expr  **exprs = arena_new(arena, Expr *, count + 1);
    Str    *names = arena_new(arena, Str, count + 1);
    for (int32_t i = 0; i < count; i++) {
        exprs[i] = select->outputs.items[i].expr;
        names[i] = select->outputs.items[i].name;
    }
    if (select->site.has_over)
        TRY(bind_over_input(&select->site, select->query, &select->plan, err));
    if (select->qualify)
        rank_bounds(select->binder, select->plan, select->qualify);
    if (select->qualify)
        TRY(build_filter(select->binder, select->plan, select->qualify, select->query->select.qualify->span,
                         &select->plan, err));
    return build_project(select->binder, select->plan, exprs, names, count, select->query->span, &select->plan, err);
}

/* They steer state and joins, and change no result: all are taken, and none is followed. */
static Status check_hints(const Binder *binder, const HintList *hints, Error *err)
{
    static const char *const known[] = { "OPTIONS", "STATE_TTL", "LOOKUP", "BROADCAST", "SHUFFLE_HASH", "SHUFFLE_MERGE",
                                         "NEST_LOOP", "NO_BROADCAST", "NO_SHUFFLE_HASH", "MULTI_JOIN",
                                         "JSON_AGGREGATE_WRAPPED", NULL };
    for (int64_t i = 0; i < hints->count; i++) {
        bool found = false;
        for (int k = 0; known[k]; k++)
            found = found || str_is_nocase(hints->items[i].name.text, known[k]);
        if (!found)
            return error_set(err, STATUS_INVALID, binder_span(binder, hints->items[i].span), "there is no hint %.*s",
                             STR_FMT(hints->items[i].name.text));
    }
    return STATUS_OK;
}

Status bind_select(Binder *binder, const Query *query, const Scope *outer, Plan **out, Error *err)
{
    Select select = { .binder = binder, .query = query };
    TRY(check_hints(binder, &query->select.hints, err));
    TRY(select_input(&select, outer, err));
    TRY(group_create(binder, query, select.plan, select.scope, &select.grouping, err));
    select.site = site_create(binder, select.scope, "SELECT");
    select.site.grouping = select.grouping;
    select.site.allows_over = true;
    select.site.windows = &query->select.windows;
    TRY(select_items(&select, err));
    if (query->select.having) {
        select.site.clause = "HAVING";
        TRY(bind_condition(&select.site, query->select.having, &select.having, err));
    }
    if (query->select.qualify) {
        select.site.clause = "QUALIFY";
        TRY(binder_unsupported(binder, query->select.qualify->span, "QUALIFY", err));
        TRY(bind_condition(&select.site, query->select.qualify, &select.qualify, err));
    }
    TRY(select_order(&select, err));
    TRY(select_groups(&select, err));
    TRY(select_project(&select, err));
    if (query->select.is_distinct)
        TRY(group_distinct(binder, select.plan, query->span, &select.plan, err));
    if (select.has_unknown) {
        Plan *known = select.plan;
        TRY(build_opaque(binder, "SELECT *", &known, 1, known->fields, known->field_count, known->changelog, query->span,
                         &select.plan, err));
        select.plan->opaque.has_unknown_columns = true;
    }
    TRY(bind_limit(binder, query, select.sort_keys, (int32_t)query->order_by.count, &select.plan, err));
    *out = select.plan;
    return select.has_unknown ? STATUS_OK : build_trimmed(binder, select.plan, select.item_count, query->span, out, err);
}
