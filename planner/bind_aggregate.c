/* bind_aggregate.c: one aggregate call of SELECT, HAVING or ORDER BY: it is noted in the Grouping, and stands in the
 * expression as a column behind those of the input (see struct Grouping). The same call written twice is computed once.
 */
#include "planner/bind.h"

static Status check_place(const Site *site, const Node *node, Str name, Error *err)
{
    Span span = binder_span(site->binder, node->span);
    if (site->in_aggregate)
        return error_set(err, STATUS_INVALID, span, "aggregate %.*s cannot stand inside another aggregate",
                         STR_FMT(name));
    if (!site->grouping) {
        error_set(err, STATUS_INVALID, span, "aggregate %.*s cannot be used in %s", STR_FMT(name), site->clause);
        return strcmp(site->clause, "WHERE") == 0 ? error_hint(err, "conditions on aggregates belong in HAVING")
            : err->status;
    }
    return STATUS_OK;
}

static Status check_clauses(const Site *site, const Node *node, Str name, Error *err)
{
    const CallNode *call = &node->call;
    if (call->within_group.count > 0)
        TRY(binder_unsupported(site->binder, node->span, "ORDER BY in an aggregate (WITHIN GROUP)", err));
    bool ignores = str_is_nocase(name, "FIRST_VALUE") || str_is_nocase(name, "LAST_VALUE");
    if (call->nulls == AST_RESPECT_NULLS || (call->nulls == AST_IGNORE_NULLS && !ignores))
        TRY(binder_unsupported(site->binder, node->span, "IGNORE NULLS and RESPECT NULLS in an aggregate", err));
    if (call->is_star && !str_is_nocase(name, "COUNT"))
        return error_set(err, STATUS_INVALID, binder_span(site->binder, node->span), "only COUNT takes *, not %.*s",
                         STR_FMT(name));
    return STATUS_OK;
}

/* May the result be NULL though no argument is? Of a group without rows, or of one of which FILTER leaves none.
 * Functions marked "!" have a value even then. */
static bool is_null_of_nothing(const Grouping *grouping, const PendingCall *call)
{
    if (str_ends_with(str_from(call->aggregate->sig), STR("!")))
        return false;
    return !grouping->has_keys || grouping->has_sets || call->filter;
}

static const Type *nullable_if_needed(Arena *arena, const Grouping *grouping, const PendingCall *call, const Type *type)
{
    bool nullable = type->nullable || is_null_of_nothing(grouping, call);
    for (int32_t i = 0; i < call->arg_count && !str_ends_with(str_from(call->aggregate->sig), STR("!")); i++)
        nullable = nullable || call->args[i]->type->nullable;
    return type_with_null(arena, type, nullable);
}

static void print_call(Arena *arena, const Site *site, Str name, bool is_star, PendingCall *call)
{
    Str *names = arena_new(arena, Str, site->scope->field_count + 1);
    for (int32_t i = 0; i < site->scope->field_count; i++)
        names[i] = site->scope->fields[i].name;
    Text text = TEXT_EMPTY;
    for (int64_t i = 0; i < name.len; i++)
        text_put(&text, name.ptr[i] >= 'a' && name.ptr[i] <= 'z' ? (char)(name.ptr[i] - 32) : name.ptr[i]);
    text_puts(&text, call->is_distinct ? "(DISTINCT " : "(");
    for (int32_t i = 0; i < call->arg_count; i++) {
        text_puts(&text, i ? ", " : "");
        expr_print(call->args[i], names, &text);
    }
    text_puts(&text, is_star ? "*)" : ")");
    if (call->filter) {
        text_puts(&text, " FILTER (WHERE ");
        expr_print(call->filter, names, &text);
        text_put(&text, ')');
    }
    call->text = arena_str(arena, text_str(&text));
    text_free(&text);
}

static bool same_call(const PendingCall *left, const PendingCall *right)
{
    if (left->aggregate != right->aggregate || left->arg_count != right->arg_count ||
        left->is_distinct != right->is_distinct ||
        !left->filter != !right->filter || (left->filter && !expr_equals(left->filter, right->filter)))
        return false;
    for (int32_t i = 0; i < left->arg_count; i++)
        if (!expr_equals(left->args[i], right->args[i]))
            return false;
    return left->aggregate != NULL;
}

static Expr *note_call(Site *site, PendingCall *call)
{
    Grouping *grouping = site->grouping;
    int64_t   index = 0;
    while (index < grouping->calls.count && !same_call(&grouping->calls.items[index], call))
        index++;
    if (index == grouping->calls.count)
        list_push(site->binder->arena, &grouping->calls, *call);
    return expr_column(site->binder->arena, grouping->base + (int32_t)index, call->type, call->span);
}

static Status resolve(Site *site, Str name, bool is_star, PendingCall *call, Error *err)
{
    Arena       *arena = site->binder->arena;
    const Type **types = arena_new(arena, const Type *, call->arg_count + 1);
    const Type **casts = arena_new(arena, const Type *, call->arg_count + 1);
    for (int32_t i = 0; i < call->arg_count; i++)
        types[i] = call->args[i]->type;
    bool   needs_retract = site->grouping->input->changelog != CHANGELOG_INSERT;
    Status status = aggregate_resolve(arena, name, types, call->arg_count, is_star, needs_retract, call->span,
                                      &call->aggregate, &call->type, casts, err);
    if (status != STATUS_OK && site->binder->context->language_only && status == STATUS_UNSUPPORTED) {
        error_clear(err);
        call->aggregate = NULL;
        call->type = &type_null;
        return STATUS_OK;
    }
    TRY(status);
    for (int32_t i = 0; i < call->arg_count; i++)
        if (casts[i])
            call->args[i] = expr_cast(arena, call->args[i], casts[i], false, call->args[i]->span);
    call->type = type_with_time(arena, call->type, TIME_NONE);
    call->type = nullable_if_needed(arena, site->grouping, call, call->type);
    return STATUS_OK;
}

/* Of a function that lives elsewhere: then the type of the result is not known either. */
static bool has_unknown_argument(const Binder *binder, const PendingCall *call)
{
    for (int32_t i = 0; binder->context->language_only && i < call->arg_count; i++)
        if (call->args[i]->type->kind == TYPE_NULL && !expr_is_null_literal(call->args[i]))
            return true;
    return false;
}

/* The row for a call: JSON_OBJECTAGG(.. ABSENT ON NULL) and JSON_ARRAYAGG(.. NULL ON NULL) have rows of their own. */
static Str name_of_row(const Node *node)
{
    Str name = node->call.name.parts.items[0].text;
    int nulls = node->call.json ? node->call.json->nulls : JSON_NULLS_UNSAID;
    if (nulls == JSON_ABSENT_ON_NULL && str_is_nocase(name, "JSON_OBJECTAGG"))
        return STR("JSON_OBJECTAGG ABSENT ON NULL");
    if (nulls == JSON_NULL_ON_NULL && str_is_nocase(name, "JSON_ARRAYAGG"))
        return STR("JSON_ARRAYAGG NULL ON NULL");
    return name;
}

Status bind_aggregate(Site *site, const Node *node, Expr **out, Error *err)
{
    Binder     *binder = site->binder;
    Str         name = name_of_row(node);
    PendingCall call = { .arg_count = (int32_t)node->call.args.count, .is_distinct = node->call.is_distinct,
                         .span = binder_span(binder, node->span) };
    TRY(check_place(site, node, name, err));
    TRY(check_clauses(site, node, name, err));

    Site inside = *site;
    inside.in_aggregate = true;
    inside.allows_over = false;
    TRY(bind_list(&inside, &node->call.args, &call.args, err));
    for (int32_t i = 0; i < call.arg_count; i++)
        TRY(fold(binder, expr_without_time(binder->arena, call.args[i]), &call.args[i], err));
    for (int32_t i = 0; i < call.arg_count; i++)
        if (call.args[i]->type->kind == TYPE_NULL && expr_is_null_literal(call.args[i]))
            return error_set(err, STATUS_TYPE, call.args[i]->span, "Illegal use of 'NULL': its type is not known here");
    if (node->call.filter) {
        inside.clause = "FILTER";
        TRY(bind_condition(&inside, node->call.filter, &call.filter, err));
        TRY(fold(binder, call.filter, &call.filter, err));
    }

    bool is_star = node->call.is_star;
    bool is_count = str_is_nocase(name, "COUNT");
    if (is_count && call.arg_count > 1 && call.is_distinct)
        return error_set(err, STATUS_INVALID, call.span, "COUNT(DISTINCT ..) takes one argument");
    if (is_count && call.arg_count == 1 && !call.is_distinct && !call.args[0]->type->nullable) {
        is_star = true;
        call.arg_count = 0;
    }
    if (aggregate_exists(name) && !has_unknown_argument(binder, &call)) {
        TRY(resolve(site, name, is_star, &call, err));
    } else {
        if (!binder->context->language_only)
            return foreign_refused(binder, &node->call.name, err);
        if (str_is_nocase(name, "APPROX_COUNT_DISTINCT") && !binder->context->is_batch)
            return error_set(err, STATUS_INVALID, call.span,
                             "APPROX_COUNT_DISTINCT aggregate function does not support yet for streaming.");
        call.type = foreign_result_type(name);
    }
    if (!binder->context->language_only)
        print_call(binder->arena, site, name, is_star, &call);
    *out = note_call(site, &call);
    return STATUS_OK;
}
