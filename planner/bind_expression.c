/* bind_expression.c: one syntax node to one typed expression; every kind of node has its function here or in
 * bind_<kind>.c.
 *
 * The tree below a node is never higher than AST_DEPTH_MAX, so recursion is safe; long chains are flat nodes.
 * Time attributes are a property of plain columns: whatever is computed from one has none. */
#include "planner/bind.h"

#include <assert.h>

Site site_create(Binder *binder, const Scope *scope, const char *clause)
{
    return (Site){ .binder = binder, .scope = scope, .clause = clause };
}

Status bind_over_fields(PlanContext *context, const Field *fields, int32_t field_count, const Node *node,
                        const char *clause, Expr **out, Error *err)
{
    Binder *binder = binder_create(context);
    Scope  *scope = scope_of_fields(context->arena, fields, field_count, (Str){ NULL, 0 }, NULL);
    Site    site = site_create(binder, scope, clause);
    return bind_expression(&site, node, out, err);
}

Expr *expr_without_time(Arena *arena, Expr *expr)
{
    if (expr->type->time == TIME_NONE)
        return expr;
    Expr *plain = arena_new(arena, Expr, 1);
    *plain = *expr;
    plain->type = type_with_time(arena, expr->type, TIME_NONE);
    return plain;
}

/* ---- values that only the type is known of ----------------------------------------------------------------------- */

/* Never evaluated: a plan with one of these is not run. Not deterministic, so that it is not folded. */
static const Function function_opaque = {
    .sig = "opaque(any...) -> any?", .doc = "", .flags = FN_HIDDEN | FN_NOT_DETERMINISTIC | FN_SEES_NULL
};

Expr *expr_opaque(Arena *arena, const Type *type, Expr **args, int32_t arg_count, Span span)
{
    return expr_call(arena, &function_opaque, type, args, arg_count, span);
}

bool expr_is_opaque(const Expr *expr)
{
    if (expr->kind == EXPR_CALL && expr->function == &function_opaque)
        return true;
    for (int32_t i = 0; i < expr->arg_count; i++)
        if (expr_is_opaque(expr->args[i]))
            return true;
    return false;
}

/* ---- columns and fields ------------------------------------------------------------------------------------------ */

static Status no_field(const Type *type, const Ident *name, Error *err)
{
    Text text = TEXT_EMPTY;
    type_print(type, false, &text);
    if (type->kind != TYPE_ROW) {
        error_set(err, STATUS_NO_COLUMN, name->span, "no field `%.*s`: what stands before it is %.*s, not a ROW",
                  STR_FMT(name->text), STR_FMT(text_str(&text)));
        text_free(&text);
        return err->status;
    }
    error_set(err, STATUS_NO_COLUMN, name->span, "no field `%.*s` in %.*s", STR_FMT(name->text),
              STR_FMT(text_str(&text)));
    text_free(&text);
    Arena *scratch = arena_create();
    Str   *names = arena_new(scratch, Str, type->field_count + 1);
    for (int32_t i = 0; i < type->field_count; i++)
        names[i] = type->fields[i].name;
    Str nearest = error_nearest(name->text, names, type->field_count);
    if (nearest.ptr)
        error_hint(err, "did you mean `%.*s`?", STR_FMT(nearest));
    arena_destroy(scratch);
    return err->status;
}

static Status bind_field(Site *site, Expr *row, const Ident *name, Span span, Expr **out, Error *err)
{
    Arena *arena = site->binder->arena;
    if (row->type->kind == TYPE_NULL && site->binder->context->language_only) {
        *out = expr_opaque(arena, &type_null, NULL, 0, span);
        return STATUS_OK;
    }
    if (row->type->kind == TYPE_ROW) {
        for (int32_t i = 0; i < row->type->field_count; i++) {
            if (str_eq(row->type->fields[i].name, name->text)) {
                *out = expr_field(arena, row, i, span);
                return STATUS_OK;
            }
        }
    }
    return no_field(row->type, name, err);
}

/* ORDER BY: a name of the SELECT list stands for its expression. */
static Expr *find_alias(const Site *site, const Node *node)
{
    for (int64_t i = 0; site->aliases && node->column.parts.count == 1 && i < site->aliases->count; i++)
        if (str_eq(site->aliases->items[i].name, node->column.parts.items[0].text))
            return site->aliases->items[i].expr;
    return NULL;
}

static Status bind_column(Site *site, const Node *node, Expr **out, Error *err)
{
    *out = find_alias(site, node);
    if (*out)
        return STATUS_OK;
    Binder    *binder = site->binder;
    Span       span = binder_span(binder, node->span);
    ScopeMatch match;
    TRY(scope_find(site->scope, &node->column, &match, err));
    if (match.column < 0) {
        *out = expr_opaque(binder->arena, &type_null, NULL, 0, span);
        return STATUS_OK;
    }
    const Type *type = match.scope->fields[match.column].type;
    if (match.scope == site->scope) {
        *out = expr_column(binder->arena, match.column, type, span);
    } else {
        TRY(binder_unsupported(binder, node->span, "a subquery that uses columns of the query around it", err));
        *out = expr_opaque(binder->arena, type_with_time(binder->arena, type, TIME_NONE), NULL, 0, span);
    }
    for (int64_t i = match.parts; i < node->column.parts.count; i++)
        TRY(bind_field(site, *out, &node->column.parts.items[i], span, out, err));
    return STATUS_OK;
}

static Status bind_field_access(Site *site, const Node *node, Expr **out, Error *err)
{
    Expr *base;
    TRY(bind_expression(site, node->field.base, &base, err));
    return bind_field(site, base, &node->field.name, binder_span(site->binder, node->span), out, err);
}

/* ---- casts ------------------------------------------------------------------------------------------------------- */

static Status cast_refused(const Expr *expr, const Type *to, Span span, Error *err)
{
    Arena *scratch = arena_create();
    Str    from_text = type_text(scratch, type_with_null(scratch, expr->type, true));
    Str    to_text = type_text(scratch, type_with_null(scratch, to, true));
    error_set(err, STATUS_TYPE, span, "Cast function cannot convert value of type %.*s to type %.*s",
              STR_FMT(from_text), STR_FMT(to_text));
    bool is_number_to_time = type_is_numeric(expr->type) && type_is_timestamp(to);
    arena_destroy(scratch);
    if (is_number_to_time)
        return error_hint(err,
                          "TO_TIMESTAMP_LTZ(number, 0 | 3) makes an instant of seconds or milliseconds since 1970");
    return err->status;
}

static Status bind_cast(Site *site, const Node *node, Expr **out, Error *err)
{
    Arena      *arena = site->binder->arena;
    Span        span = binder_span(site->binder, node->span);
    const Type *to;
    Expr       *arg;
    TRY(bind_expression(site, node->cast.expr, &arg, err));
    Status status = resolve_type(arena, node->cast.type, &to, err);
    if (status == STATUS_UNSUPPORTED && site->binder->context->language_only) {
        error_clear(err);
        *out = expr_opaque(arena, &type_null, &arg, 1, span);
        return STATUS_OK;
    }
    TRY(status);
    if (arg->type->kind == TYPE_NULL) {
        *out = expr_is_null_literal(arg) ? expr_null(arena, type_with_null(arena, to, true), span)
                                         : expr_opaque(arena, to, &arg, 1, span);
        return STATUS_OK;
    }
    if (!type_casts_explicitly(arg->type, to))
        return cast_refused(arg, to, span, err);
    to = type_with_null(arena, to, arg->type->nullable || node->cast.is_try);
    *out = expr_cast(arena, expr_without_time(arena, arg), to, node->cast.is_try, span);
    return STATUS_OK;
}

Status expr_coerce(Binder *binder, Expr *expr, const Type *to, const char *what, Expr **out, Error *err)
{
    Arena *arena = binder->arena;
    if (expr->type->kind == TYPE_NULL) {
        *out = expr_is_null_literal(expr) ? expr_null(arena, type_with_null(arena, to, true), expr->span) : expr;
        return STATUS_OK;
    }
    if (!type_casts_implicitly(expr->type, to)) {
        Arena *scratch = arena_create();
        error_set(err, STATUS_TYPE, expr->span, "%s must be %s, found %.*s", what, type_kind_name(to->kind),
                  STR_FMT(type_text(scratch, expr->type)));
        arena_destroy(scratch);
        return err->status;
    }
    *out = expr_cast(arena, expr, type_with_null(arena, to, expr->type->nullable), false, expr->span);
    return STATUS_OK;
}

/* ---- collections ------------------------------------------------------------------------------------------------- */

static Status bind_collection(Site *site, const Node *node, const char *name, Expr **out, Error *err)
{
    Expr **items;
    if (node->collection.query)
        return bind_subquery(site, node, out, err);
    if (node->collection.items.count == 0 && node->kind != NODE_ROW)
        return error_set(err, STATUS_TYPE, node->span,
                         "an empty %s has no type; use CAST(NULL AS ...) or give an element", name);
    TRY(bind_list(site, &node->collection.items, &items, err));
    bool has_type = node->kind == NODE_ROW;
    for (int64_t i = 0; i < node->collection.items.count; i++)
        has_type = has_type || items[i]->type->kind != TYPE_NULL;
    if (!has_type && !site->binder->context->language_only)
        return error_set(err, STATUS_TYPE, node->span, "an %s of NULLs has no type: write CAST(NULL AS ...)", name);
    for (int64_t i = 0; i < node->collection.items.count && node->kind == NODE_ROW; i++) {
        if (expr_is_null_literal(items[i]) && items[i]->type->kind == TYPE_NULL)
            return error_set(err, STATUS_TYPE, items[i]->span, "Illegal use of 'NULL': its type is not known here");
        items[i] = expr_without_time(site->binder->arena, items[i]);
    }
    return bind_function(site, name, items, node->collection.items.count, node->span, out, err);
}

static Status bind_item(Site *site, const Node *node, Expr **out, Error *err)
{
    Expr *args[2];
    TRY(bind_expression(site, node->item.base, &args[0], err));
    TRY(bind_expression(site, node->item.index, &args[1], err));
    return bind_function(site, "[]", args, 2, node->span, out, err);
}

static Status bind_multiset(Site *site, const Node *node, Expr **out, Error *err)
{
    Expr **items;
    TRY(binder_unsupported(site->binder, node->span, "MULTISET", err));
    TRY(bind_list(site, &node->collection.items, &items, err));
    *out = expr_opaque(site->binder->arena, &type_null, NULL, 0, binder_span(site->binder, node->span));
    return STATUS_OK;
}

/* ---- dispatch ---------------------------------------------------------------------------------------------------- */

static Status misplaced(const Node *node, const char *what, Error *err)
{
    return error_set(err, STATUS_INVALID, node->span, "%s cannot be used here", what);
}

Status bind_expression(Site *site, const Node *node, Expr **out, Error *err)
{
    assert(node);
    switch (node->kind) {
    case NODE_LITERAL: return bind_literal(site, node, out, err);
    case NODE_INTERVAL: return bind_interval(site, node, out, err);
    case NODE_COLUMN: return bind_column(site, node, out, err);
    case NODE_CALL: return bind_call(site, node, out, err);
    case NODE_OPERATOR: return bind_operator(site, node, out, err);
    case NODE_BETWEEN: return bind_between(site, node, out, err);
    case NODE_IN: return node->in.query ? bind_subquery(site, node, out, err) : bind_in(site, node, out, err);
    case NODE_LIKE: return bind_like(site, node, out, err);
    case NODE_IS: return bind_is(site, node, out, err);
    case NODE_CASE: return bind_case(site, node, out, err);
    case NODE_CAST: return bind_cast(site, node, out, err);
    case NODE_ROW: return bind_collection(site, node, "row", out, err);
    case NODE_ARRAY: return bind_collection(site, node, "array", out, err);
    case NODE_MAP: return bind_collection(site, node, "map", out, err);
    case NODE_MULTISET: return bind_multiset(site, node, out, err);
    case NODE_ITEM: return bind_item(site, node, out, err);
    case NODE_FIELD: return bind_field_access(site, node, out, err);
    case NODE_QUERY:
    case NODE_EXISTS:
    case NODE_QUANTIFIED: return bind_subquery(site, node, out, err);
    case NODE_SYMBOL:
        *out = expr_literal_str(site->binder->arena, node->symbol.text, &type_string_not_null,
                                binder_span(site->binder, node->span));
        return STATUS_OK;
    case NODE_STAR: return misplaced(node, "*", err);
    case NODE_NAMED_ARG: return misplaced(node, "an argument by name", err);
    case NODE_TABLE_ARG: return misplaced(node, "a table", err);
    case NODE_DESCRIPTOR: return misplaced(node, "DESCRIPTOR", err);
    case NODE_DEFAULT: return misplaced(node, "DEFAULT", err);
    case NODE_GROUPING: return misplaced(node, "a grouping set", err);
    case NODE_KIND_COUNT: break;
    }
    return error_set(err, STATUS_INTERNAL, node->span, "unknown kind of expression");
}

Status bind_list(Site *site, const NodeList *nodes, Expr ***out, Error *err)
{
    Expr **items = arena_new(site->binder->arena, Expr *, nodes->count + 1);
    for (int64_t i = 0; i < nodes->count; i++)
        TRY(bind_expression(site, nodes->items[i], &items[i], err));
    *out = items;
    return STATUS_OK;
}

Status bind_condition(Site *site, const Node *node, Expr **out, Error *err)
{
    Expr *expr;
    TRY(bind_expression(site, node, &expr, err));
    return expr_coerce(site->binder, expr, &type_boolean, site->clause, out, err);
}

Status bind_constant(Site *site, const Node *node, const char *what, Expr **out, Error *err)
{
    Expr *expr;
    TRY(bind_expression(site, node, &expr, err));
    if (!expr_is_constant(expr))
        return error_set(err, STATUS_INVALID, node->span, "%s must be a constant", what);
    return expr_fold(site->binder->arena, expr, &site->binder->context->eval, out, err);
}
