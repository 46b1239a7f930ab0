/* bind_join.c: joins. They are bound for their columns, types and changelog, so that a script can be checked; none is
 * executed yet, but for UNNEST (bind_unnest.c).
 *
 *   FOR SYSTEM_TIME AS OF, table functions      changes of the left side
 *   both window bounds equal, or a time span    inserts (window and interval joins)
 *   INNER, CROSS                                changes of either side
 *   LEFT, RIGHT, FULL                           all changes */
#include "planner/bind.h"

/* ---- columns ----------------------------------------------------------------------------------------------------- */

static const Field *joined_fields(Arena *arena, const Plan *left, const Plan *right, AstJoin kind)
{
    int32_t count = left->field_count + right->field_count;
    Field  *fields = arena_new(arena, Field, count + 1);
    for (int32_t i = 0; i < count; i++) {
        bool  is_left = i < left->field_count;
        bool  is_optional = kind == AST_JOIN_FULL || kind == (is_left ? AST_JOIN_RIGHT : AST_JOIN_LEFT);
        Field field = is_left ? left->fields[i] : right->fields[i - left->field_count];
        fields[i] = field;
        fields[i].type = is_optional ? type_with_null(arena, field.type, true) : field.type;
    }
    return fields;
}

static int32_t find_in(const Scope *scope, int32_t first, int32_t count, Str name)
{
    for (int32_t i = first; i < first + count; i++)
        if (str_eq(scope->fields[i].name, name) && !(scope->is_merged && scope->is_merged[i]))
            return i;
    return -1;
}

/* USING (name): the right column hides behind the left one. */
static Status merge_column(Binder *binder, Scope *scope, int32_t left_count, Str name, Span span, Error *err)
{
    int32_t left = find_in(scope, 0, left_count, name);
    int32_t right = find_in(scope, left_count, scope->field_count - left_count, name);
    if (left < 0 || right < 0)
        return error_set(err, STATUS_NO_COLUMN, binder_span(binder, span), "Column '%.*s' not found in both tables",
                         STR_FMT(name));
    ((bool *)scope->is_merged)[right] = true;
    ((bool *)scope->is_shared)[left] = true;
    return STATUS_OK;
}

static Status merge_columns(Binder *binder, const TableRef *ref, Scope *scope, int32_t left_count, Error *err)
{
    for (int64_t i = 0; i < ref->join.using_columns.count; i++) {
        const Ident *name = &ref->join.using_columns.items[i];
        TRY(merge_column(binder, scope, left_count, name->text, name->span, err));
    }
    for (int32_t i = 0; ref->join.is_natural && i < left_count; i++)
        if (find_in(scope, left_count, scope->field_count - left_count, scope->fields[i].name) >= 0)
            TRY(merge_column(binder, scope, left_count, scope->fields[i].name, ref->span, err));
    return STATUS_OK;
}

/* ---- kinds of joins ---------------------------------------------------------------------------------------------- */

static bool is_comparison(const Expr *expr)
{
    static const char *const names[] = { "=", "<", "<=", ">", ">=", "between", NULL };
    for (int i = 0; names[i]; i++)
        if (str_is_nocase(function_name(expr->function), names[i]))
            return true;
    return false;
}

typedef struct Bounds {
    const Plan   *left, *right;
    WindowColumns left_window, right_window;
    bool          compares_time, compares_start, compares_end;
} Bounds;

static bool reads(const bool *used, int32_t column)
{
    return column >= 0 && used[column];
}

static void look_at(Arena *arena, const Expr *expr, Bounds *bounds)
{
    if (expr->kind != EXPR_CALL || expr_is_opaque(expr))
        return;
    if (str_is_nocase(function_name(expr->function), "and")) {
        for (int32_t i = 0; i < expr->arg_count; i++)
            look_at(arena, expr->args[i], bounds);
        return;
    }
    if (!is_comparison(expr))
        return;
    int32_t split = bounds->left->field_count;
    bool   *used = arena_new(arena, bool, split + bounds->right->field_count + 1);
    bool    left_time = false, right_time = false;
    expr_mark_columns(expr, used);
    for (int32_t i = 0; i < split; i++)
        left_time = left_time || (used[i] && bounds->left->fields[i].type->time != TIME_NONE);
    for (int32_t i = 0; i < bounds->right->field_count; i++)
        right_time = right_time || (used[split + i] && bounds->right->fields[i].type->time != TIME_NONE);
    bounds->compares_time = bounds->compares_time || (left_time && right_time);
    if (reads(used, bounds->left_window.start) && bounds->right_window.start >= 0 &&
        used[split + bounds->right_window.start])
        bounds->compares_start = true;
    if (reads(used, bounds->left_window.end) && bounds->right_window.end >= 0 && used[split + bounds->right_window.end])
        bounds->compares_end = true;
}

static bool is_table_function(const TableRef *ref)
{
    return ref->kind == TABLE_REF_FUNCTION && !is_window_function(ref->function.call);
}

/* The right side may use the columns of the left: LATERAL, table functions, subqueries in them. */
static bool sees_left(const TableRef *ref)
{
    return ref->is_lateral || is_table_function(ref);
}

static Changelog join_changelog(Binder *binder, const TableRef *ref, Plan *left, Plan *right, const Expr *condition)
{
    if (binder->context->is_batch)
        return CHANGELOG_INSERT;
    if (ref->join.right->system_time || is_table_function(ref->join.right))
        return left->changelog;
    Bounds bounds = { .left = left, .right = right, .left_window = window_columns(left),
                      .right_window = window_columns(right) };
    if (condition)
        look_at(binder->arena, condition, &bounds);
    if (bounds.compares_time || (bounds.compares_start && bounds.compares_end))
        return CHANGELOG_INSERT;
    bool is_outer = ref->join.kind == AST_JOIN_LEFT || ref->join.kind == AST_JOIN_RIGHT ||
        ref->join.kind == AST_JOIN_FULL;
    return is_outer ? CHANGELOG_ALL : left->changelog | right->changelog;
}

void join_refine(Binder *binder, Plan *plan, const Expr *predicate)
{
    if (plan->kind != PLAN_OPAQUE || !plan->opaque.is_inner_join)
        return;
    join_keys_add(binder->arena, plan, predicate);
    Bounds bounds = { .left = plan->inputs[0], .right = plan->inputs[1], .left_window = window_columns(plan->inputs[0]),
                      .right_window = window_columns(plan->inputs[1]) };
    look_at(binder->arena, predicate, &bounds);
    if (bounds.compares_time || (bounds.compares_start && bounds.compares_end))
        plan->changelog = CHANGELOG_INSERT;
    if (bounds.compares_time || bounds.compares_start || bounds.compares_end)
        plan->opaque.join = NULL;
}

/* The keys of window, interval, temporal and lookup joins are not worked out, nor those of USING and NATURAL. */
static void note_keys(Binder *binder, const TableRef *ref, Plan *plan, const Expr *condition)
{
    AstJoin kind = ref->join.kind;
    Bounds  bounds = { .left = plan->inputs[0], .right = plan->inputs[1], .left_window = window_columns(plan->inputs[0]),
                       .right_window = window_columns(plan->inputs[1]) };
    if (condition)
        look_at(binder->arena, condition, &bounds);
    if (ref->join.right->system_time || is_table_function(ref->join.right) || ref->is_lateral || ref->join.is_natural ||
        ref->join.using_columns.count > 0 || bounds.compares_time || bounds.compares_start || bounds.compares_end)
        return;
    plan->opaque.join = arena_new(binder->arena, PlanJoinKeys, 1);
    plan->opaque.join->pads_left = kind == AST_JOIN_RIGHT || kind == AST_JOIN_FULL;
    plan->opaque.join->pads_right = kind == AST_JOIN_LEFT || kind == AST_JOIN_FULL;
    join_keys_add(binder->arena, plan, condition);
}

/* ---- binding ----------------------------------------------------------------------------------------------------- */

static const char *feature_of(const TableRef *ref)
{
    if (ref->join.right->system_time)
        return "a temporal or lookup join (FOR SYSTEM_TIME AS OF)";
    return ref->join.kind == AST_JOIN_COMMA ? "a join (several tables in FROM)" : "JOIN";
}

static Status bind_condition_of(Binder *binder, const TableRef *ref, const Scope *scope, Expr **out, Error *err)
{
    *out = NULL;
    if (!ref->join.on)
        return STATUS_OK;
    Site site = site_create(binder, scope, "ON");
    return bind_condition(&site, ref->join.on, out, err);
}

static bool compares_equal(const Expr *condition)
{
    if (condition->kind != EXPR_CALL)
        return false;
    if (str_is_nocase(function_name(condition->function), "="))
        return true;
    for (int32_t i = 0; i < condition->arg_count; i++)
        if (compares_equal(condition->args[i]))
            return true;
    return expr_is_opaque(condition);
}

static Status check_time_of(Binder *binder, const TableRef *ref, const Scope *scope, Error *err)
{
    Expr *time;
    if (!ref->join.right->system_time)
        return STATUS_OK;
    Site site = site_create(binder, scope, "FOR SYSTEM_TIME AS OF");
    TRY(bind_expression(&site, ref->join.right->system_time, &time, err));
    if (time->kind == EXPR_CALL && time->type->time == TIME_PROCTIME) {
        error_set(err, STATUS_TYPE, time->span,
                  "Unsupported time travel expression: PROCTIME() can not be reduced to a constant");
        return error_hint(err, "compute a column of the left table: proc AS PROCTIME()");
    }
    if (time->type->time == TIME_NONE && time->type->kind != TYPE_NULL && !type_is_timestamp(time->type))
        return error_set(err, STATUS_TYPE, time->span,
                         "FOR SYSTEM_TIME AS OF takes a time attribute of the left table");
    return STATUS_OK;
}

/* ON t.row_num = 1 bounds a number as WHERE does. */
static void join_rank_bounds(Binder *binder, Plan **inputs, const Expr *condition)
{
    Plan both = { .kind = PLAN_OPAQUE, .inputs = inputs, .input_count = 2,
                  .field_count = inputs[0]->field_count + inputs[1]->field_count };
    rank_bounds(binder, &both, condition);
}

/* Rows of a version of the right table: it has a primary key that ON compares, and the join is from the left. */
static Status check_temporal(const TableRef *ref, const Plan *right, const Expr *condition, Span span, Error *err)
{
    if (!ref->join.right->system_time)
        return STATUS_OK;
    if (ref->join.kind == AST_JOIN_RIGHT || ref->join.kind == AST_JOIN_FULL)
        return error_set(err, STATUS_INVALID, span, "FOR SYSTEM_TIME AS OF takes an inner or a LEFT join");
    if (!condition || !compares_equal(condition))
        return error_set(err, STATUS_INVALID, span, "Currently the join key in Temporal Table Join can not be empty.");
    if (right->kind == PLAN_SCAN && right->scan.table->primary_key_count == 0 && !can_be_looked_up(right))
        return error_set(err, STATUS_INVALID, span,
                         "Temporal Table Join requires primary key in versioned table, but no primary key can be found.");
    return STATUS_OK;
}

static Status bind_right(Binder *binder, const TableRef *ref, const Scope *left, const Scope *outer, Relation *out,
                         Error *err)
{
    TableRef plain = *ref->join.right;
    plain.system_time = NULL; /* said with the join, not with the table */
    return bind_from(binder, &plain, sees_left(&plain) ? left : outer, out, err);
}

Status bind_join(Binder *binder, const TableRef *ref, const Scope *outer, Relation *out, Error *err)
{
    Relation left, right;
    Expr    *condition;
    TRY(bind_from(binder, ref->join.left, outer, &left, err));
    if (ref->join.right->kind == TABLE_REF_UNNEST)
        return bind_unnest_join(binder, ref, &left, outer, out, err);
    TRY(bind_right(binder, ref, left.scope, outer, &right, err));
    TRY(scope_check_join(left.scope, right.scope, binder_span(binder, ref->join.right->span), err));
    Span span = ref->join.keyword.line > 0 ? ref->join.keyword : ref->span;
    TRY(binder_unsupported(binder, span, feature_of(ref), err));
    Plan        *inputs[2] = { left.plan, right.plan };
    const Field *fields = joined_fields(binder->arena, left.plan, right.plan, ref->join.kind);
    int32_t      count = left.plan->field_count + right.plan->field_count;
    Scope       *scope = scope_join(binder->arena, left.scope, right.scope, fields);
    scope->outer = outer;
    TRY(merge_columns(binder, ref, scope, left.plan->field_count, err));
    TRY(check_time_of(binder, ref, left.scope, err));
    TRY(bind_condition_of(binder, ref, scope, &condition, err));
    if (condition)
        join_rank_bounds(binder, inputs, condition);
    TRY(check_temporal(ref, right.plan, condition, span, err));
    TRY(build_opaque(binder, feature_of(ref), inputs, 2, fields, count,
                     join_changelog(binder, ref, left.plan, right.plan, condition), span, &out->plan, err));
    AstJoin kind = ref->join.kind;
    out->plan->opaque.is_inner_join = kind == AST_JOIN_INNER || kind == AST_JOIN_CROSS || kind == AST_JOIN_COMMA;
    note_keys(binder, ref, out->plan, condition);
    out->scope = scope;
    return STATUS_OK;
}
