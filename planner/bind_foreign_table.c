/* bind_foreign_table.c: tables that only their columns are known of, under check --language-only: table functions of
 * other languages, and MATCH_RECOGNIZE. */
#include "planner/bind.h"

/* ---- TABLE(f(..)) ------------------------------------------------------------------------------------------------ */

static Status bind_arguments(Binder *binder, const Node *call, const Scope *outer, Error *err)
{
    Scope empty = { .outer = outer };
    Site  site = site_create(binder, &empty, "a table function");
    for (int64_t i = 0; i < call->call.args.count; i++) {
        const Node *arg = call->call.args.items[i];
        Expr       *value;
        Plan       *table;
        CatalogPath path;
        if (arg->kind == NODE_NAMED_ARG)
            arg = arg->named_arg.value;
        if (arg->kind == NODE_TABLE_ARG && arg->table_arg.query)
            TRY(bind_query(binder, arg->table_arg.query, outer, &table, err));
        else if (arg->kind == NODE_TABLE_ARG)
            TRY(bind_named(binder, &arg->table_arg.name, NULL, &table, &path, err));
        else if (arg->kind != NODE_DESCRIPTOR && arg->kind != NODE_DEFAULT)
            TRY(bind_expression(&site, arg, &value, err));
    }
    return STATUS_OK;
}

Status bind_table_function(Binder *binder, const TableRef *ref, const Scope *outer, Relation *out, Error *err)
{
    const Node *call = ref->function.call;
    const Name *name = &call->call.name;
    Plan       *plan;
    if (!function_is_foreign(binder, name))
        return error_set(err, STATUS_NO_FUNCTION, binder_span(binder, name->span), "there is no table function %.*s",
                         STR_FMT(name->parts.items[name->parts.count - 1].text));
    if (!binder->context->language_only)
        return foreign_refused(binder, name, err);
    TRY(bind_arguments(binder, call, outer, err));
    int32_t count = ref->columns.count ? (int32_t)ref->columns.count : 1;
    Field  *fields = arena_new(binder->arena, Field, count + 1);
    for (int32_t i = 0; i < count; i++)
        fields[i] = (Field){ .name = ref->columns.count ? ref->columns.items[i].text : STR("EXPR$0"),
                             .type = &type_null };
    TRY(build_opaque(binder, "a table function", NULL, 0, fields, count, CHANGELOG_INSERT, ref->span, &plan, err));
    return relation_of_plan(binder, ref, plan, outer, out, err);
}

/* ---- MATCH_RECOGNIZE --------------------------------------------------------------------------------------------- */

static void collect_variables(Arena *arena, const MatchPattern *pattern, IdentList *out)
{
    if (!pattern)
        return;
    if (pattern->kind == AST_PATTERN_NAME)
        list_push(arena, out, pattern->name);
    for (int64_t i = 0; i < pattern->parts.count; i++)
        collect_variables(arena, pattern->parts.items[i], out);
}

/* Columns of the input, by themselves and under every pattern variable. */
static Scope *match_scope(Binder *binder, const MatchRecognize *match, const Plan *input, Str alias)
{
    Arena    *arena = binder->arena;
    IdentList variables = { 0 };
    collect_variables(arena, match->pattern, &variables);
    for (int64_t i = 0; i < match->subsets.count; i++)
        list_push(arena, &variables, match->subsets.items[i].name);
    Scope      *scope = scope_of_fields(arena, input->fields, input->field_count, alias, NULL);
    ScopeTable *tables = arena_new(arena, ScopeTable, variables.count + 1);
    tables[0] = scope->tables[0];
    for (int64_t i = 0; i < variables.count; i++)
        tables[i + 1] = (ScopeTable){ .name = variables.items[i].text, .count = input->field_count };
    scope->tables = tables;
    scope->table_count = (int32_t)variables.count + 1;
    return scope;
}

static bool is_greedy(const MatchPattern *pattern)
{
    return pattern->has_quantifier && !pattern->is_reluctant && pattern->max != pattern->min && pattern->max != 1;
}

/* What the dialect leaves out of the standard's patterns. */
static Status check_pattern(const MatchPattern *pattern, Error *err)
{
    if (pattern->kind == AST_PATTERN_CHOICE || pattern->kind == AST_PATTERN_PERMUTE || pattern->kind == AST_PATTERN_EXCLUDE)
        return error_set(err, STATUS_INVALID, pattern->span, "PATTERN takes a sequence of variables: no |, PERMUTE or {- -}");
    if (pattern->kind == AST_PATTERN_SEQUENCE && pattern->has_quantifier)
        return error_set(err, STATUS_INVALID, pattern->span, "a quantifier stands behind one variable, not behind a group");
    for (int64_t i = 0; i < pattern->parts.count; i++) {
        const MatchPattern *part = pattern->parts.items[i];
        TRY(check_pattern(part, err));
        if (i > 0 && part->min == 0 && is_greedy(pattern->parts.items[i - 1]))
            return error_set(err, STATUS_INVALID, part->span, "Optional pattern cannot be preceded by greedy pattern");
    }
    return STATUS_OK;
}

static const MatchPattern *last_part(const MatchPattern *pattern)
{
    while (pattern->kind == AST_PATTERN_SEQUENCE && pattern->parts.count > 0)
        pattern = pattern->parts.items[pattern->parts.count - 1];
    return pattern;
}

static Status check_match(Binder *binder, const MatchRecognize *match, Scope *scope, Span span, Error *err)
{
    if (match->rows == AST_ALL_ROWS)
        return error_set(err, STATUS_INVALID, span, "All rows per match mode is not supported yet.");
    TRY(check_pattern(match->pattern, err));
    const MatchPattern *last = last_part(match->pattern);
    if (is_greedy(last))
        return error_set(err, STATUS_INVALID, last->span,
                         "Greedy quantifiers are not allowed as the last element of a Pattern yet.");
    if (binder->context->is_batch)
        return STATUS_OK;
    if (match->order_by.count == 0)
        return error_set(err, STATUS_INVALID, span, "You must specify either rowtime or proctime for order by.");
    Expr *time;
    Site  site = site_create(binder, scope, "MATCH_RECOGNIZE");
    TRY(bind_expression(&site, match->order_by.items[0].expr, &time, err));
    if (time->type->time == TIME_NONE && time->type->kind != TYPE_NULL)
        return error_set(err, STATUS_INVALID, time->span,
                         "You must specify either rowtime or proctime for order by as the first one.");
    if (match->order_by.items[0].is_descending)
        return error_set(err, STATUS_INVALID, time->span,
                         "Primary sort order of a streaming table must be ascending on time.");
    return STATUS_OK;
}

static Status match_fields(Binder *binder, const MatchRecognize *match, const Plan *input, Scope *scope, Field **out,
                           int32_t *count, Error *err)
{
    Arena   *arena = binder->arena;
    Grouping grouping = { .input = (Plan *)input, .base = input->field_count, .has_keys = true };
    Site     site = site_create(binder, scope, "MATCH_RECOGNIZE");
    Field   *fields = arena_new(arena, Field, match->partition_by.count + match->measures.count + 1);
    Expr    *expr;
    *count = 0;
    for (int64_t i = 0; i < match->partition_by.count; i++) {
        TRY(bind_expression(&site, match->partition_by.items[i], &expr, err));
        Str name = expr->kind == EXPR_COLUMN ? scope->fields[expr->column].name
                                             : arena_format(arena, "EXPR$%lld", (long long)i);
        fields[(*count)++] = (Field){ .name = name, .type = expr->type };
    }
    site.grouping = &grouping;
    site.in_match = true;
    for (int64_t i = 0; i < match->measures.count; i++) {
        TRY(bind_expression(&site, match->measures.items[i].expr, &expr, err));
        fields[(*count)++] = (Field){ .name = match->measures.items[i].name.text, .type = expr->type };
    }
    for (int64_t i = 0; i < match->defines.count; i++)
        TRY(bind_condition(&site, match->defines.items[i].expr, &expr, err));
    *out = fields;
    return STATUS_OK;
}

Status bind_match(Binder *binder, const TableRef *ref, const Scope *outer, Relation *out, Error *err)
{
    const MatchRecognize *match = ref->match.match;
    Relation              input;
    Field                *fields;
    int32_t               count;
    Plan                 *plan;
    TRY(binder_unsupported(binder, ref->span, "MATCH_RECOGNIZE", err));
    TRY(bind_from(binder, ref->match.input, outer, &input, err));
    Scope *scope = match_scope(binder, match, input.plan, input.scope->tables[0].name);
    TRY(check_match(binder, match, scope, ref->span, err));
    TRY(match_fields(binder, match, input.plan, scope, &fields, &count, err));
    TRY(build_opaque(binder, "MATCH_RECOGNIZE", &input.plan, 1, fields, count, CHANGELOG_INSERT, ref->span, &plan,
                     err));
    return relation_of_plan(binder, ref, plan, outer, out, err);
}
