/* bind_group.c: the GROUP BY clause, and the expressions that stand above the aggregation.
 *
 * Those were bound over the input, with aggregate calls as columns behind it (struct Grouping in bind.h). When
 * group_build.c has made the node they are rewritten over its columns: an expression equal to a key is that key's
 * column; what is neither grouped nor aggregated is an error. */
#include "planner/bind.h"

#include <assert.h>

/* ---- the GROUP BY clause ----------------------------------------------------------------------------------------- */

static void add_key(Binder *binder, Grouping *grouping, Expr *key)
{
    for (int32_t i = 0; i < grouping->key_count; i++)
        if (expr_equals(grouping->keys[i], key))
            return;
    Expr **keys = arena_new(binder->arena, Expr *, grouping->key_count + 1);
    for (int32_t i = 0; i < grouping->key_count; i++)
        keys[i] = grouping->keys[i];
    keys[grouping->key_count++] = key;
    grouping->keys = keys;
}

static Status group_item(Site *site, Grouping *grouping, const Node *node, Error *err)
{
    Expr *key;
    if (node->kind == NODE_GROUPING || node->kind == NODE_ROW) { /* (a, b) is two keys */
        const NodeList *items = node->kind == NODE_ROW ? &node->collection.items : &node->grouping.items;
        if (node->kind == NODE_GROUPING && node->grouping.kind == AST_GROUPING_EMPTY && !grouping->has_sets)
            return STATUS_OK; /* GROUP BY (): one group of all */
        if (node->kind == NODE_GROUPING) {
            TRY(binder_unsupported(site->binder, node->span, "grouping by GROUPING SETS, ROLLUP or CUBE", err));
            grouping->has_sets = true;
        }
        for (int64_t i = 0; i < items->count; i++)
            TRY(group_item(site, grouping, items->items[i], err));
        return STATUS_OK;
    }
    if (node->kind == NODE_CALL && is_group_window(node)) {
        if (grouping->window.function)
            return error_set(err, STATUS_INVALID, binder_span(site->binder, node->span),
                             "GROUP BY takes one window, not two");
        return group_window_create(site, node, &grouping->window, err);
    }
    TRY(bind_expression(site, node, &key, err));
    add_key(site->binder, grouping, key);
    return STATUS_OK;
}

Status group_create(Binder *binder, const Query *query, Plan *input, const Scope *scope, Grouping **out, Error *err)
{
    Grouping *grouping = arena_new(binder->arena, Grouping, 1);
    Site      site = site_create(binder, scope, "GROUP BY");
    grouping->input = input;
    grouping->base = input->field_count;
    grouping->is_required = query->has_group_by || query->select.having;
    const NodeList *items = &query->select.group_by;
    for (int64_t i = 0; i < items->count; i++)
        if (items->items[i]->kind != NODE_GROUPING)
            TRY(group_item(&site, grouping, items->items[i], err));
    grouping->plain_key_count = grouping->key_count;
    for (int64_t i = 0; i < items->count; i++)
        if (items->items[i]->kind == NODE_GROUPING)
            TRY(group_item(&site, grouping, items->items[i], err));
    grouping->has_keys = grouping->key_count > 0 || grouping->window.function;
    *out = grouping;
    return STATUS_OK;
}

bool group_is_needed(const Grouping *grouping)
{
    return grouping->is_required || grouping->calls.count > 0;
}

/* ---- SELECT DISTINCT --------------------------------------------------------------------------------------------- */

Status group_distinct(Binder *binder, Plan *input, Span span, Plan **out, Error *err)
{
    Arena    *arena = binder->arena;
    int32_t   count = input->field_count;
    Grouping *grouping = arena_new(arena, Grouping, 1);
    Expr    **exprs = arena_new(arena, Expr *, count + 1);
    Str      *names = arena_new(arena, Str, count + 1);
    *grouping = (Grouping){ .input = input, .base = count, .has_keys = true, .key_count = count,
                            .plain_key_count = count };
    grouping->keys = arena_new(arena, Expr *, count + 1);
    for (int32_t i = 0; i < count; i++)
        grouping->keys[i] = build_column_expr(arena, input, i, binder_span(binder, span));
    TRY(group_build(binder, grouping, span, out, err));
    for (int32_t i = 0; i < count; i++) {
        exprs[i] = build_column_expr(arena, *out, grouping->key_columns[i], binder_span(binder, span));
        names[i] = input->fields[i].name;
    }
    return build_project(binder, *out, exprs, names, count, span, out, err);
}

/* ---- what stands above ------------------------------------------------------------------------------------------- */

static Expr *output_column(Binder *binder, const Grouping *grouping, int32_t column, Span span)
{
    return expr_column(binder->arena, column, grouping->output->fields[column].type, span);
}

static Status not_grouped(const Grouping *grouping, const Expr *expr, Error *err)
{
    Str name = grouping->input->fields[expr->column].name;
    error_set(err, STATUS_INVALID, expr->span, "Expression '%.*s' is not being grouped", STR_FMT(name));
    return error_hint(err, "add it to GROUP BY, or put it into an aggregate such as FIRST_VALUE(%.*s)", STR_FMT(name));
}

Status group_output(Binder *binder, const Grouping *grouping, Expr *expr, Expr **out, Error *err)
{
    assert(grouping->output);
    for (int32_t i = 0; i < grouping->key_count; i++) {
        if (expr_equals(grouping->keys[i], expr)) {
            *out = output_column(binder, grouping, grouping->key_columns[i], expr->span);
            return STATUS_OK;
        }
    }
    if (expr->kind == EXPR_LITERAL) {
        *out = expr;
        return STATUS_OK;
    }
    if (expr->kind == EXPR_COLUMN) {
        int32_t behind = expr->column - grouping->base;
        if (behind < 0)
            return not_grouped(grouping, expr, err);
        int32_t column = behind >= GROUP_PROPERTIES ? grouping->first_property + behind - GROUP_PROPERTIES
                                                    : grouping->first_call + behind;
        *out = output_column(binder, grouping, column, expr->span);
        return STATUS_OK;
    }
    Expr *copy = arena_new(binder->arena, Expr, 1);
    *copy = *expr;
    copy->args = arena_new(binder->arena, Expr *, expr->arg_count + 1);
    for (int32_t i = 0; i < expr->arg_count; i++)
        TRY(group_output(binder, grouping, expr->args[i], &copy->args[i], err));
    *out = copy;
    return STATUS_OK;
}
