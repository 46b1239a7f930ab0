/* bind_query.c: WITH, set operations, ORDER BY and LIMIT around the bodies of queries. */
#include "planner/bind.h"

/* ---- ORDER BY, OFFSET, LIMIT ------------------------------------------------------------------------------------- */

static Status bind_count(Binder *binder, const Node *node, const char *what, int64_t otherwise, int64_t *out,
                         Error *err)
{
    Scope scope = { 0 };
    Site  site = site_create(binder, &scope, what);
    Expr *value;
    *out = otherwise;
    if (!node)
        return STATUS_OK;
    TRY(bind_constant(&site, node, what, &value, err));
    if (value->type->kind == TYPE_INT)
        *out = COLUMN_DATA(&value->value, int32_t)[0];
    else if (value->type->kind == TYPE_BIGINT)
        *out = COLUMN_DATA(&value->value, int64_t)[0];
    else
        *out = -1;
    if (*out < 0)
        return error_set(err, STATUS_INVALID, binder_span(binder, node->span), "%s must be a number of rows", what);
    return STATUS_OK;
}

/* A sort in streaming mode goes by event time; everything else would never end. */
static Status check_streaming_sort(Binder *binder, const Query *query, const Plan *plan, const SortKey *keys,
                                   bool has_limit, Error *err)
{
    Span        span = binder_span(binder, query->order_by.items[0].span);
    const Type *first = plan->fields[keys[0].column].type;
    if (has_limit)
        return binder_only_batch(binder, span, "ORDER BY with LIMIT (Top-N)", err);
    if (first->time == TIME_NONE || keys[0].is_descending) {
        error_set(err, STATUS_INVALID, span, "Sort on a non-time-attribute field is not supported.");
        return error_hint(err, "in streaming mode the first column of ORDER BY is a time attribute, ascending; "
                               "or SET 'execution.runtime-mode' = 'batch' for bounded tables");
    }
    if (plan->changelog != CHANGELOG_INSERT)
        return binder_only_batch(binder, span, "ORDER BY over a changing input", err);
    return STATUS_OK;
}

static Status build_sort(Binder *binder, const Query *query, const SortKey *keys, int32_t key_count, int64_t limit,
                         int64_t offset, Plan **plan, Error *err)
{
    bool is_batch = binder->context->is_batch;
    bool has_limit = limit >= 0 || offset > 0;
    if (!is_batch)
        TRY(check_streaming_sort(binder, query, *plan, keys, has_limit, err));
    if (!is_batch && (*plan)->fields[keys[0].column].type->time == TIME_PROCTIME) {
        if (key_count > 1)
            TRY(binder_unsupported(binder, query->order_by.items[1].span, "ORDER BY processing time and more", err));
        return STATUS_OK; /* rows come in this order */
    }
    TRY(build_plan_node(binder, PLAN_SORT, *plan, query->order_by.items[0].span, plan, err));
    (*plan)->sort = (PlanSort){ .keys = keys, .key_count = key_count, .limit = limit, .offset = offset,
                                .by_rowtime = !is_batch && !has_limit };
    if (!is_batch && has_limit)
        (*plan)->changelog = CHANGELOG_ALL;
    return STATUS_OK;
}

Status bind_limit(Binder *binder, const Query *query, const SortKey *keys, int32_t key_count, Plan **plan, Error *err)
{
    int64_t limit, offset;
    TRY(bind_count(binder, query->limit, "LIMIT", -1, &limit, err));
    TRY(bind_count(binder, query->offset, "OFFSET", 0, &offset, err));
    bool has_limit = query->limit || query->offset;
    if (query->offset && !query->limit && !binder->context->is_batch && binder->context->language_only)
        return error_set(err, STATUS_INVALID, query->offset->span,
                         "FETCH is missed, which on streaming table is not supported currently.");
    if (key_count > 0 && (binder->level == 0 || has_limit))
        return build_sort(binder, query, keys, key_count, limit, offset, plan, err);
    if (!has_limit)
        return STATUS_OK;
    Span span = query->limit ? query->limit->span : query->offset->span;
    if ((*plan)->changelog != CHANGELOG_INSERT)
        TRY(binder_only_batch(binder, span, "LIMIT over a changing input", err));
    TRY(build_plan_node(binder, PLAN_LIMIT, *plan, span, plan, err));
    (*plan)->limit = (PlanLimit){ .limit = limit, .offset = offset };
    return STATUS_OK;
}

/* Over the output columns of anything but a plain SELECT. */
static Status bind_order(Binder *binder, const Query *query, Plan **plan, Error *err)
{
    int32_t  count = (int32_t)query->order_by.count;
    SortKey *keys = arena_new(binder->arena, SortKey, count + 1);
    Scope   *scope = scope_of_fields(binder->arena, (*plan)->fields, (*plan)->field_count, (Str){ NULL, 0 }, NULL);
    Site     site = site_create(binder, scope, "ORDER BY");
    for (int32_t i = 0; i < count; i++) {
        const Node *node = query->order_by.items[i].expr;
        int32_t     column;
        Expr       *expr;
        TRY(order_by_ordinal(binder, node, (*plan)->field_count, &column, err));
        if (column < 0) {
            TRY(bind_expression(&site, node, &expr, err));
            if (expr->kind != EXPR_COLUMN)
                return error_set(err, STATUS_INVALID, expr->span,
                                 "ORDER BY after a set operation or VALUES takes columns of the result");
            column = expr->column;
        }
        keys[i] = sort_key(&query->order_by.items[i], column);
    }
    return bind_limit(binder, query, keys, count, plan, err);
}

/* ---- set operations ---------------------------------------------------------------------------------------------- */

static const char *set_name(const Query *query)
{
    static const char *const names[][2] = {
        [AST_UNION] = { "UNION", "UNION ALL" },
        [AST_INTERSECT] = { "INTERSECT", "INTERSECT ALL" },
        [AST_EXCEPT] = { "EXCEPT", "EXCEPT ALL" },
    };
    return names[query->set.op][query->set.is_all];
}

static Status common_column(Binder *binder, const Query *query, Plan *const *inputs, int64_t count, int32_t column,
                            const Type **out, Error *err)
{
    const Type *type = inputs[0]->fields[column].type;
    for (int64_t i = 1; i < count; i++) {
        const Type *other = inputs[i]->fields[column].type;
        const Type *common = type_common(binder->arena, type, other);
        if (!common) {
            Arena *scratch = arena_create();
            error_set(err, STATUS_TYPE, binder_span(binder, query->set.inputs.items[i]->span),
                      "Type mismatch in column %d of %s: %.*s and %.*s", column + 1, set_name(query),
                      STR_FMT(type_text(scratch, type)), STR_FMT(type_text(scratch, other)));
            arena_destroy(scratch);
            return err->status;
        }
        TimeAttribute time = type->time == other->time ? type->time : TIME_NONE;
        type = type_with_time(binder->arena, common, time);
    }
    *out = type;
    return STATUS_OK;
}

static Status cast_input(Binder *binder, Plan *input, const Field *fields, Span span, Plan **out, Error *err)
{
    int32_t count = input->field_count;
    Expr  **exprs = arena_new(binder->arena, Expr *, count + 1);
    Str    *names = arena_new(binder->arena, Str, count + 1);
    bool    is_same = true;
    for (int32_t i = 0; i < count; i++) {
        Expr *column = build_column_expr(binder->arena, input, i, binder_span(binder, span));
        exprs[i] = column;
        names[i] = fields[i].name;
        if (!type_equals(column->type, fields[i].type, false) || column->type->time != fields[i].type->time)
            exprs[i] = expr_cast(binder->arena, expr_without_time(binder->arena, column),
                                 type_with_null(binder->arena, fields[i].type, column->type->nullable), false,
                                 column->span);
        is_same = is_same && exprs[i] == column;
    }
    *out = input;
    return is_same ? STATUS_OK : build_project(binder, input, exprs, names, count, span, out, err);
}

static Status bind_set(Binder *binder, const Query *query, const Scope *outer, Plan **out, Error *err)
{
    int64_t count = query->set.inputs.count;
    Plan  **inputs = arena_new(binder->arena, Plan *, count);
    binder->level++;
    for (int64_t i = 0; i < count; i++) {
        const Query *input = query->set.inputs.items[i];
        TRY(bind_query(binder, input, outer, &inputs[i], err));
        if (inputs[i]->field_count != inputs[0]->field_count)
            return error_set(err, STATUS_INVALID, binder_span(binder, input->span),
                             "Column count mismatch in %s: %d here, %d in the first query", set_name(query),
                             inputs[i]->field_count, inputs[0]->field_count);
    }
    binder->level--;
    int32_t width = inputs[0]->field_count;
    Field  *fields = arena_new(binder->arena, Field, width + 1);
    for (int32_t c = 0; c < width; c++) {
        fields[c].name = inputs[0]->fields[c].name;
        TRY(common_column(binder, query, inputs, count, c, &fields[c].type, err));
    }
    for (int64_t i = 0; i < count; i++)
        TRY(cast_input(binder, inputs[i], fields, query->set.inputs.items[i]->span, &inputs[i], err));
    if (query->set.op != AST_UNION)
        return build_opaque(binder, set_name(query), inputs, (int32_t)count, fields, width,
                            binder->context->is_batch ? CHANGELOG_INSERT : CHANGELOG_ALL, query->set.word, out, err);
    TRY(build_union(binder, inputs, (int32_t)count, fields, query->span, out, err));
    return query->set.is_all ? STATUS_OK : group_distinct(binder, *out, query->span, out, err);
}

/* ---- WITH -------------------------------------------------------------------------------------------------------- */

static Status bind_body(Binder *binder, const Query *query, const Scope *outer, Plan **out, Error *err)
{
    CatalogPath path;
    switch (query->kind) {
    case QUERY_SELECT: return bind_select(binder, query, outer, out, err);
    case QUERY_VALUES: TRY(bind_values(binder, query, outer, out, err)); break;
    case QUERY_SET: TRY(bind_set(binder, query, outer, out, err)); break;
    case QUERY_TABLE: TRY(bind_named(binder, &query->table, NULL, out, &path, err)); break;
    case QUERY_NESTED: TRY(bind_query(binder, query->nested, outer, out, err)); break;
    }
    return bind_order(binder, query, out, err);
}

Status bind_query(Binder *binder, const Query *query, const Scope *outer, Plan **out, Error *err)
{
    const CommonScope *around = binder->common;
    if (query->with_recursive && query->with.count > 0)
        return error_set(err, STATUS_INVALID, binder_span(binder, query->with.items[0].name.span),
                         "WITH RECURSIVE is not supported");
    for (int64_t i = 0; i < query->with.count; i++) {
        CommonScope *common = arena_new(binder->arena, CommonScope, 1);
        *common = (CommonScope){ &query->with.items[i], binder->common };
        binder->common = common;
    }
    Status status = bind_body(binder, query, outer, out, err);
    binder->common = around;
    return status;
}
