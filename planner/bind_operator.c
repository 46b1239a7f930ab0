/* bind_operator.c: operators and predicates: each is a call by a name that functions/README.md lists.
 *
 * AND, OR and || are flat in the syntax and stay flat: a chain of 100,000 terms is one call. */
#include "planner/bind.h"

#include <stdio.h>

/* ---- NULL and time ----------------------------------------------------------------------------------------------- */

/* An unknown type among the arguments, under language_only: then only what the name says is known of the result. */
static bool has_unknown(const Binder *binder, Expr *const *args, int64_t arg_count)
{
    if (!binder->context->language_only)
        return false;
    for (int64_t i = 0; i < arg_count; i++)
        if (args[i]->type->kind == TYPE_NULL && !expr_is_null_literal(args[i]))
            return true;
    return false;
}

static Expr *unknown_result(Binder *binder, const char *name, Expr **args, int64_t arg_count, Span span)
{
    static const char *const predicates[] = { "=", "<>", "<", "<=", ">", ">=", "and", "or", "not", "in", "not in",
                                              "like", "not like",
                                              "between", "not between", NULL };
    const Type *type = foreign_result_type(str_from(name));
    for (int i = 0; predicates[i]; i++)
        if (str_is_nocase(str_from(name), predicates[i]))
            type = &type_boolean;
    return expr_opaque(binder->arena, type, args, (int32_t)arg_count, span);
}

static bool is_untyped_null(const Expr *expr)
{
    return expr->type->kind == TYPE_NULL && expr_is_null_literal(expr);
}

/* NULL without a type takes that of what it is compared with or chosen beside; nothing else takes it. */
static Status check_untyped_null(const char *name, Expr *const *args, int64_t arg_count, Error *err)
{
    static const char *const takers[] = { "=", "<>", "<", "<=", ">", ">=", "is distinct from", "is not distinct from",
                                          "between", "not between", "between symmetric", "not between symmetric", "in",
                                          "not in", "case", "coalesce", "ifnull", "nullif", "is null", "is not null",
                                          "array", "typeof", NULL };
    for (int i = 0; takers[i]; i++)
        if (str_is_nocase(str_from(name), takers[i]))
            return STATUS_OK;
    if (strncmp(name, "json_", 5) == 0 || strncmp(name, "JSON_", 5) == 0)
        return STATUS_OK;
    for (int64_t i = 0; i < arg_count; i++) {
        if (is_untyped_null(args[i])) {
            error_set(err, STATUS_TYPE, args[i]->span, "Illegal use of 'NULL': its type is not known here");
            return error_hint(err, "say which: CAST(NULL AS STRING)");
        }
    }
    return STATUS_OK;
}

static Expr *with_time(Arena *arena, const Expr *expr, TimeAttribute time)
{
    Expr *copy = arena_new(arena, Expr, 1);
    *copy = *expr;
    copy->type = type_with_time(arena, expr->type, time);
    return copy;
}

Status bind_function(Site *site, const char *name, Expr **args, int64_t arg_count, Span span, Expr **out, Error *err)
{
    Binder *binder = site->binder;
    Span    place = binder_span(binder, span);
    if (has_unknown(binder, args, arg_count)) {
        *out = unknown_result(binder, name, args, arg_count, place);
        return STATUS_OK;
    }
    TRY(check_untyped_null(name, args, arg_count, err));
    TRY(function_resolve(binder->arena, str_from(name), args, (int32_t)arg_count, place, out, err));
    if (str_is_nocase(str_from(name), "proctime"))
        *out = with_time(binder->arena, *out, TIME_PROCTIME);
    else
        *out = expr_without_time(binder->arena, *out);
    return STATUS_OK;
}

/* ---- operators --------------------------------------------------------------------------------------------------- */

static bool is_number_literal(const Node *node)
{
    return node->kind == NODE_LITERAL &&
           (node->literal.kind == LITERAL_INTEGER || node->literal.kind == LITERAL_DECIMAL ||
            node->literal.kind == LITERAL_APPROXIMATE);
}

/* (a, b) OVERLAPS (c, d) */
static Status bind_overlaps(Site *site, const Node *node, Expr **out, Error *err)
{
    Expr *args[4];
    for (int side = 0; side < 2; side++) {
        const Node *pair = node->operation.args.items[side];
        if (pair->kind != NODE_ROW || pair->collection.items.count != 2)
            return error_set(err, STATUS_TYPE, pair->span,
                             "OVERLAPS compares two pairs: (start, end) OVERLAPS (start, end)");
        for (int end = 0; end < 2; end++)
            TRY(bind_expression(site, pair->collection.items.items[end], &args[side * 2 + end], err));
    }
    return bind_function(site, "overlaps", args, 4, node->span, out, err);
}

Status bind_operator(Site *site, const Node *node, Expr **out, Error *err)
{
    Operator op = node->operation.op;
    Expr   **args;
    if (op == OPERATOR_OVERLAPS)
        return bind_overlaps(site, node, out, err);
    if (op == OPERATOR_NEGATE && is_number_literal(node->operation.args.items[0]))
        return bind_negative_literal(site, node->operation.args.items[0], out, err);
    TRY(bind_list(site, &node->operation.args, &args, err));
    return bind_function(site, operator_text(op), args, node->operation.args.count, node->span, out, err);
}

/* ---- predicates -------------------------------------------------------------------------------------------------- */

Status bind_between(Site *site, const Node *node, Expr **out, Error *err)
{
    static const char *const names[2][2] = {
        { "between", "not between" },
        { "between symmetric", "not between symmetric" },
    };
    Expr *args[3];
    TRY(bind_expression(site, node->between.expr, &args[0], err));
    TRY(bind_expression(site, node->between.low, &args[1], err));
    TRY(bind_expression(site, node->between.high, &args[2], err));
    return bind_function(site, names[node->between.is_symmetric][node->between.is_negated], args, 3, node->span, out,
                         err);
}

Status bind_in(Site *site, const Node *node, Expr **out, Error *err)
{
    int64_t count = node->in.list.count;
    Expr  **args = arena_new(site->binder->arena, Expr *, count + 1);
    TRY(bind_expression(site, node->in.expr, &args[0], err));
    for (int64_t i = 0; i < count; i++)
        TRY(bind_expression(site, node->in.list.items[i], &args[i + 1], err));
    return bind_function(site, node->in.is_negated ? "not in" : "in", args, count + 1, node->span, out, err);
}

Status bind_like(Site *site, const Node *node, Expr **out, Error *err)
{
    static const char *const names[2][2] = { { "like", "not like" }, { "similar to", "not similar to" } };
    Expr *args[3];
    TRY(bind_expression(site, node->like.expr, &args[0], err));
    TRY(bind_expression(site, node->like.pattern, &args[1], err));
    if (node->like.escape)
        TRY(bind_expression(site, node->like.escape, &args[2], err));
    return bind_function(site, names[node->like.is_similar][node->like.is_negated], args, node->like.escape ? 3 : 2,
                         node->span, out, err);
}

Status bind_is(Site *site, const Node *node, Expr **out, Error *err)
{
    static const char *const tests[] = {
        [IS_NULL] = "null",
        [IS_TRUE] = "true",
        [IS_FALSE] = "false",
        [IS_UNKNOWN] = "unknown",
        [IS_JSON_VALUE] = "json value",
        [IS_JSON_OBJECT] = "json object",
        [IS_JSON_ARRAY] = "json array",
        [IS_JSON_SCALAR] = "json scalar",
    };
    char  name[32];
    Expr *arg;
    snprintf(name, sizeof(name), "is %s%s", node->is.is_negated ? "not " : "", tests[node->is.test]);
    TRY(bind_expression(site, node->is.expr, &arg, err));
    return bind_function(site, name, &arg, 1, node->span, out, err);
}

/* CASE x WHEN v THEN r is CASE WHEN x = v THEN r. */
Status bind_case(Site *site, const Node *node, Expr **out, Error *err)
{
    Arena  *arena = site->binder->arena;
    int64_t when_count = node->case_when.whens.count;
    Expr  **args = arena_new(arena, Expr *, 2 * when_count + 1);
    for (int64_t i = 0; i < when_count; i++) {
        const CaseWhen *when = &node->case_when.whens.items[i];
        TRY(bind_expression(site, when->when, &args[2 * i], err));
        if (node->case_when.operand) {
            Expr *pair[2] = { NULL, args[2 * i] };
            TRY(bind_expression(site, node->case_when.operand, &pair[0], err));
            TRY(bind_function(site, "=", pair, 2, when->when->span, &args[2 * i], err));
        }
        TRY(bind_expression(site, when->then, &args[2 * i + 1], err));
    }
    if (node->case_when.otherwise)
        TRY(bind_expression(site, node->case_when.otherwise, &args[2 * when_count], err));
    else
        args[2 * when_count] = expr_null(arena, &type_null, binder_span(site->binder, node->span));
    return bind_function(site, "case", args, 2 * when_count + 1, node->span, out, err);
}
