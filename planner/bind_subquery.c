/* bind_subquery.c: queries inside expressions: scalar, IN, EXISTS, SOME and ALL, ARRAY(query). Typed, so that a script
 * can be checked; not executed yet. */
#include "planner/bind.h"

static Status check_width(const Binder *binder, const Query *query, const Plan *plan, int64_t expected, Error *err)
{
    if (plan->field_count == expected)
        return STATUS_OK;
    return error_set(err, STATUS_INVALID, binder_span(binder, query->span),
                     "the subquery gives %d columns, expected %lld",
                     plan->field_count, (long long)expected);
}

static Status bind_inner(Site *site, const Query *query, Plan **out, Error *err)
{
    Binder *binder = site->binder;
    TRY(binder_unsupported(binder, query->span, "a subquery in an expression", err));
    binder->level++;
    TRY(bind_query(binder, query, site->scope, out, err));
    binder->level--;
    return STATUS_OK;
}

static int64_t width_of(const Node *node)
{
    return node->kind == NODE_ROW ? node->collection.items.count : 1;
}

/* left IN (query), left = SOME (query) */
static Status bind_membership(Site *site, const Node *node, const Node *left, const Query *query, Expr **out,
                              Error *err)
{
    Plan *plan;
    Expr *value;
    TRY(bind_inner(site, query, &plan, err));
    TRY(check_width(site->binder, query, plan, width_of(left), err));
    TRY(bind_expression(site, left, &value, err));
    const Type *type = type_with_null(site->binder->arena, &type_boolean, value->type->nullable ||
                                      plan->fields[0].type->nullable);
    *out = expr_opaque(site->binder->arena, type, &value, 1, binder_span(site->binder, node->span));
    return STATUS_OK;
}

static Status bind_scalar(Site *site, const Node *node, const Query *query, Expr **out, Error *err)
{
    Arena *arena = site->binder->arena;
    Plan  *plan;
    TRY(bind_inner(site, query, &plan, err));
    TRY(check_width(site->binder, query, plan, 1, err));
    const Type *type = type_with_time(arena, plan->fields[0].type, TIME_NONE);
    type = node->kind == NODE_ARRAY ? type_array(arena, type, false) : type_with_null(arena, type, true);
    *out = expr_opaque(arena, type, NULL, 0, binder_span(site->binder, node->span));
    return STATUS_OK;
}

static Status bind_exists(Site *site, const Node *node, Expr **out, Error *err)
{
    Plan *plan;
    TRY(bind_inner(site, node->query, &plan, err));
    *out = expr_opaque(site->binder->arena, &type_boolean_not_null, NULL, 0, binder_span(site->binder, node->span));
    return STATUS_OK;
}

/* left op SOME (a, b): compared with each, put together with OR; ALL with AND. */
static Status bind_quantified_list(Site *site, const Node *node, Expr **out, Error *err)
{
    int64_t count = node->quantified.list.count;
    Expr  **parts = arena_new(site->binder->arena, Expr *, count + 1);
    for (int64_t i = 0; i < count; i++) {
        Expr *args[2];
        TRY(bind_expression(site, node->quantified.left, &args[0], err));
        TRY(bind_expression(site, node->quantified.list.items[i], &args[1], err));
        TRY(bind_function(site, operator_text(node->quantified.op), args, 2, node->span, &parts[i], err));
    }
    *out = parts[0];
    return count == 1 ? STATUS_OK
                      : bind_function(site, node->quantified.is_all ? "and" : "or", parts, count, node->span, out, err);
}

Status bind_subquery(Site *site, const Node *node, Expr **out, Error *err)
{
    switch (node->kind) {
    case NODE_IN: return bind_membership(site, node, node->in.expr, node->in.query, out, err);
    case NODE_QUERY: return bind_scalar(site, node, node->query, out, err);
    case NODE_EXISTS: return bind_exists(site, node, out, err);
    case NODE_QUANTIFIED:
        return node->quantified.query ? bind_membership(site, node, node->quantified.left, node->quantified.query, out,
                                                        err)
                                      : bind_quantified_list(site, node, out, err);
    default: return bind_scalar(site, node, node->collection.query, out, err);
    }
}
