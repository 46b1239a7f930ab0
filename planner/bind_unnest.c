/* bind_unnest.c: UNNEST(array or map) as a table of its own, and as the right side of a join whose left side has the
 * collection:
 *
 *     FROM t CROSS JOIN UNNEST(t.items) AS i (a, b)        one row per entry
 *     FROM t LEFT JOIN UNNEST(t.items) AS i (a, b) ON TRUE  ... and one of NULLs where there is none
 *
 * Columns: the fields of a ROW entry, key and value of a map, else the entry; then the ordinality. */
#include "planner/bind.h"

/* Fields of one entry; *count of them. */
static Field *entry_fields(Binder *binder, const TableRef *ref, const Type *collection, int32_t *count)
{
    Arena *arena = binder->arena;
    Field *fields;
    *count = 1;
    if (collection->kind == TYPE_MAP) {
        fields = arena_new(arena, Field, 3);
        fields[0] = (Field){ .name = STR("KEY"), .type = collection->key };
        fields[1] = (Field){ .name = STR("VALUE"), .type = collection->element };
        *count = 2;
    } else if (collection->kind == TYPE_ARRAY && collection->element->kind == TYPE_ROW) {
        const Type *row = collection->element;
        fields = arena_new(arena, Field, row->field_count + 2);
        *count = row->field_count;
        for (int32_t i = 0; i < row->field_count; i++)
            fields[i] = (Field){ .name = row->fields[i].name,
                                 .type = type_with_null(arena, row->fields[i].type, row->fields[i].type->nullable ||
                                                        row->nullable) };
    } else {
        fields = arena_new(arena, Field, 3);
        fields[0].name = ref->alias.text.ptr ? ref->alias.text : STR("EXPR$0");
        fields[0].type = collection->kind == TYPE_ARRAY ? collection->element : &type_null;
    }
    if (ref->unnest.with_ordinality)
        fields[(*count)++] = (Field){ .name = STR("ORDINALITY"), .type = &type_int_not_null };
    return fields;
}

static Status bind_collection(Binder *binder, const TableRef *ref, const Scope *scope, Expr **out, Error *err)
{
    Site site = site_create(binder, scope, "UNNEST");
    if (ref->unnest.args.count != 1)
        return error_set(err, STATUS_UNSUPPORTED, binder_span(binder, ref->span),
                         "UNNEST of several collections is not supported");
    TRY(bind_expression(&site, ref->unnest.args.items[0], out, err));
    const Type *type = (*out)->type;
    if (type->kind == TYPE_ARRAY || type->kind == TYPE_MAP || (type->kind == TYPE_NULL &&
                                                               binder->context->language_only))
        return STATUS_OK;
    Arena *scratch = arena_create();
    error_set(err, STATUS_TYPE, (*out)->span, "UNNEST takes an ARRAY or a MAP, found %.*s",
              STR_FMT(type_text(scratch, type)));
    arena_destroy(scratch);
    return err->status;
}

/* An unknown collection has as many columns as it is given names. */
static Field *unknown_fields(Arena *arena, const TableRef *ref, int32_t *count)
{
    *count = ref->columns.count ? (int32_t)ref->columns.count : 1;
    Field *fields = arena_new(arena, Field, *count + 1);
    for (int32_t i = 0; i < *count; i++)
        fields[i] = (Field){ .name = ref->columns.count ? ref->columns.items[i].text : STR("EXPR$0"),
                             .type = &type_null };
    return fields;
}

static Status rename_entry(Binder *binder, const TableRef *ref, Field *fields, int32_t count, Error *err)
{
    if (ref->columns.count == 0)
        return STATUS_OK;
    if (ref->columns.count != count)
        return error_set(err, STATUS_INVALID, binder_span(binder, ref->span),
                         "the column list has %lld names, the table %d columns",
                         (long long)ref->columns.count, count);
    for (int32_t i = 0; i < count; i++)
        fields[i].name = ref->columns.items[i].text;
    return STATUS_OK;
}

static Status build_unnest(Binder *binder, const TableRef *ref, Plan *input, Expr *collection, bool is_left,
                           Relation *right, Plan **out, Error *err)
{
    Arena  *arena = binder->arena;
    int32_t count;
    bool    is_unknown = collection->type->kind == TYPE_NULL;
    Field  *entry = is_unknown ? unknown_fields(arena, ref, &count)
                               : entry_fields(binder, ref, collection->type, &count);
    TRY(rename_entry(binder, ref, entry, count, err));
    Field *fields = arena_new(arena, Field, input->field_count + count + 1);
    for (int32_t i = 0; i < input->field_count; i++)
        fields[i] = input->fields[i];
    for (int32_t i = 0; i < count; i++) {
        entry[i].type = is_left ? type_with_null(arena, entry[i].type, true) : entry[i].type;
        fields[input->field_count + i] = entry[i];
    }
    right->scope = scope_of_fields(arena, entry, count, ref->alias.text, NULL);
    if (is_unknown || expr_is_opaque(collection))
        return build_opaque(binder, "UNNEST", &input, 1, fields, input->field_count + count, input->changelog,
                            ref->span, out, err);
    TRY(build_plan_node(binder, PLAN_UNNEST, input, ref->span, out, err));
    (*out)->unnest = (PlanUnnest){ .collection = collection, .with_ordinality = ref->unnest.with_ordinality,
                                   .is_left = is_left };
    (*out)->fields = fields;
    (*out)->field_count = input->field_count + count;
    return STATUS_OK;
}

Status bind_unnest(Binder *binder, const TableRef *ref, const Scope *outer, Relation *out, Error *err)
{
    Plan    *row;
    Expr    *collection;
    Scope    empty = { .outer = outer };
    Relation right;
    TRY(build_plan_node(binder, PLAN_VALUES, NULL, ref->span, &row, err));
    row->values.row_count = 1;
    row->changelog = CHANGELOG_INSERT;
    TRY(bind_collection(binder, ref, &empty, &collection, err));
    TRY(build_unnest(binder, ref, row, collection, false, &right, &out->plan, err));
    out->scope = right.scope;
    out->scope->outer = outer;
    return STATUS_OK;
}

static bool is_true_literal(const Node *node)
{
    return node->kind == NODE_LITERAL && node->literal.kind == LITERAL_BOOLEAN && node->literal.boolean;
}

Status bind_unnest_join(Binder *binder, const TableRef *join, const Relation *left, const Scope *outer, Relation *out,
                        Error *err)
{
    const TableRef *ref = join->join.right;
    AstJoin         kind = join->join.kind;
    Expr           *collection;
    Relation        right;
    if (kind == AST_JOIN_RIGHT || kind == AST_JOIN_FULL || join->join.is_natural || join->join.using_columns.count > 0)
        return error_set(err, STATUS_INVALID, binder_span(binder, join->span),
                         "UNNEST is joined with CROSS JOIN, or LEFT JOIN ... ON TRUE");
    if (kind == AST_JOIN_LEFT && join->join.on && !is_true_literal(join->join.on))
        TRY(binder_unsupported(binder, join->join.on->span, "LEFT JOIN UNNEST with a condition other than TRUE", err));
    TRY(bind_collection(binder, ref, left->scope, &collection, err));
    TRY(build_unnest(binder, ref, left->plan, collection, kind == AST_JOIN_LEFT, &right, &out->plan, err));
    TRY(scope_check_join(left->scope, right.scope, binder_span(binder, ref->span), err));
    out->scope = scope_join(binder->arena, left->scope, right.scope, out->plan->fields);
    out->scope->outer = outer;
    if (!join->join.on || is_true_literal(join->join.on) || kind == AST_JOIN_LEFT)
        return STATUS_OK;
    Expr *condition;
    Site  site = site_create(binder, out->scope, "ON");
    TRY(bind_condition(&site, join->join.on, &condition, err));
    return build_filter(binder, out->plan, condition, join->join.on->span, &out->plan, err);
}
