/* bind_call.c: function calls: scalar functions, the forms of JSON functions, and functions that are not here.
 *
 * The parser has turned forms with keywords (EXTRACT(YEAR FROM x)) into plain arguments already. Which names are
 * aggregates, window auxiliaries or functions from elsewhere is found out here. */
#include "planner/bind.h"

/* ---- functions that live elsewhere ------------------------------------------------------------------------------- */

typedef enum DialectKind { DIALECT_SCALAR, DIALECT_AGGREGATE, DIALECT_TABLE, DIALECT_OVER } DialectKind;

typedef struct DialectFunction {
    const char *name;
    DialectKind kind;
    const Type *type; /* NULL = depends on the arguments */
} DialectFunction;

static const Type type_proctime = { .kind = TYPE_TIMESTAMP_LTZ, .precision = 3, .time = TIME_PROCTIME };

static const DialectFunction dialect_functions[] = {
#define DIALECT(name, kind, type) { name, DIALECT_##kind, type },
#include "planner/dialect_functions.def"
#undef DIALECT
};

static const DialectFunction *dialect_find(Str name)
{
    for (size_t i = 0; i < sizeof(dialect_functions) / sizeof(dialect_functions[0]); i++)
        if (str_is_nocase(name, dialect_functions[i].name))
            return &dialect_functions[i];
    return NULL;
}

bool is_aggregate_name(Str name)
{
    const DialectFunction *found = dialect_find(name);
    return aggregate_exists(name) || (found && found->kind == DIALECT_AGGREGATE);
}

const Type *foreign_result_type(Str name)
{
    const DialectFunction *found = dialect_find(name);
    return found && found->type ? found->type : &type_null;
}

/* A function that is known by name only: of the dialect but not here, or created with a class of another language. */
bool function_is_foreign(const Binder *binder, const Name *name)
{
    return catalog_find_function(binder->context->catalog, *name) != NULL ||
           (name->parts.count == 1 && dialect_find(name->parts.items[0].text));
}

Status foreign_refused(const Binder *binder, const Name *name, Error *err)
{
    const CatalogFunction *created = catalog_find_function(binder->context->catalog, *name);
    Str                    text = name->parts.items[name->parts.count - 1].text;
    if (created && created->rows)
        return error_set(err, STATUS_INVALID, binder_span(binder, name->span),
                         "%.*s is a scalar function: it gives a value, and cannot be called here", STR_FMT(text));
    if (created)
        return error_set(err, STATUS_UNSUPPORTED, binder_span(binder, name->span),
                         "function %.*s is the class %.*s, which cannot be called here", STR_FMT(text),
                         STR_FMT(created->class_name));
    return error_set(err, STATUS_UNSUPPORTED, binder_span(binder, name->span), "the function %.*s is not supported yet",
                     STR_FMT(text));
}

static Status bind_foreign(Site *site, const Node *node, Expr **out, Error *err)
{
    Arena   *arena = site->binder->arena;
    Expr   **args = arena_new(arena, Expr *, node->call.args.count + 1);
    int32_t  count = 0;
    Str      name = node->call.name.parts.items[node->call.name.parts.count - 1].text;
    if (!site->binder->context->language_only)
        return foreign_refused(site->binder, &node->call.name, err);
    for (int64_t i = 0; i < node->call.args.count; i++) {
        const Node *arg = node->call.args.items[i];
        if (arg->kind == NODE_NAMED_ARG)
            arg = arg->named_arg.value;
        if (arg->kind != NODE_TABLE_ARG && arg->kind != NODE_DESCRIPTOR && arg->kind != NODE_STAR &&
            arg->kind != NODE_DEFAULT)
            TRY(bind_expression(site, arg, &args[count++], err));
    }
    *out = expr_opaque(arena, foreign_result_type(name), args, count, binder_span(site->binder, node->span));
    return STATUS_OK;
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

static Expr *word(Site *site, const char *text, Span span)
{
    return expr_literal_str(site->binder->arena, str_from(text), &type_string_not_null,
                            binder_span(site->binder, span));
}

static const char *behavior_text(JsonBehavior behavior, const char *unsaid)
{
    static const char *const texts[] = {
        [JSON_UNSAID] = NULL,          [JSON_NULL] = "NULL",       [JSON_ERROR] = "ERROR",
        [JSON_DEFAULT] = "DEFAULT",    [JSON_TRUE] = "TRUE",       [JSON_FALSE] = "FALSE",
        [JSON_UNKNOWN] = "UNKNOWN",    [JSON_EMPTY_ARRAY] = "EMPTY ARRAY", [JSON_EMPTY_OBJECT] = "EMPTY OBJECT",
    };
    return behavior == JSON_UNSAID ? unsaid : texts[behavior];
}

static Status json_returning(Site *site, const Node *node, Expr **out, Error *err)
{
    const JsonClauses *json = node->call.json;
    const Type        *type = &type_string;
    if (json->returning)
        TRY(resolve_type(site->binder->arena, json->returning, &type, err));
    *out = expr_null(site->binder->arena, type, binder_span(site->binder, node->span));
    return STATUS_OK;
}

static Status json_default(Site *site, const Node *node, const Node *value, Expr **out, Error *err)
{
    if (value)
        return bind_expression(site, value, out, err);
    *out = expr_null(site->binder->arena, &type_null, binder_span(site->binder, node->span));
    return STATUS_OK;
}

static Status bind_json_value(Site *site, const Node *node, Expr *const *path, Expr **out, Error *err)
{
    const JsonClauses *json = node->call.json;
    Expr              *args[7] = { path[0], path[1] };
    TRY(json_returning(site, node, &args[2], err));
    args[3] = word(site, behavior_text(json->on_empty, "NULL"), node->span);
    TRY(json_default(site, node, json->default_on_empty, &args[4], err));
    args[5] = word(site, behavior_text(json->on_error, "NULL"), node->span);
    TRY(json_default(site, node, json->default_on_error, &args[6], err));
    return bind_function(site, "json_value", args, 7, node->span, out, err);
}

static Status bind_json_query(Site *site, const Node *node, Expr *const *path, Expr **out, Error *err)
{
    static const char *const wrappers[] = { "WITHOUT", "WITHOUT", "CONDITIONAL", "UNCONDITIONAL" };
    const JsonClauses *json = node->call.json;
    Expr              *args[6] = { path[0], path[1] };
    TRY(json_returning(site, node, &args[2], err));
    args[3] = word(site, wrappers[json->wrapper], node->span);
    args[4] = word(site, behavior_text(json->on_empty, "NULL"), node->span);
    args[5] = word(site, behavior_text(json->on_error, "NULL"), node->span);
    return bind_function(site, "json_query", args, 6, node->span, out, err);
}

static Status bind_json_exists(Site *site, const Node *node, Expr *const *path, Expr **out, Error *err)
{
    Expr *args[3] = { path[0], path[1], word(site, behavior_text(node->call.json->on_error, "FALSE"), node->span) };
    return bind_function(site, "json_exists", args, 3, node->span, out, err);
}

/* JSON_OBJECT and JSON_ARRAY: what becomes of NULL comes first. */
static Status bind_json_build(Site *site, const Node *node, bool is_object, Expr *const *values, Expr **out, Error *err)
{
    int64_t count = node->call.args.count;
    Expr  **args = arena_new(site->binder->arena, Expr *, count + 1);
    bool    keeps_null = is_object;
    if (node->call.json && node->call.json->nulls)
        keeps_null = node->call.json->nulls == JSON_NULL_ON_NULL;
    args[0] = word(site, keeps_null ? "NULL" : "ABSENT", node->span);
    for (int64_t i = 0; i < count; i++)
        args[i + 1] = values[i];
    return bind_function(site, is_object ? "json_object" : "json_array", args, count + 1, node->span, out, err);
}

/* *out NULL: no JSON form, or a plain one. */
static Status bind_json(Site *site, const Node *node, Str name, Expr *const *args, Expr **out, Error *err)
{
    *out = NULL;
    if (str_is_nocase(name, "json_object") || str_is_nocase(name, "json_array"))
        return bind_json_build(site, node, str_is_nocase(name, "json_object"), args, out, err);
    if (!node->call.json || node->call.args.count != 2)
        return STATUS_OK;
    if (str_is_nocase(name, "json_value"))
        return bind_json_value(site, node, args, out, err);
    if (str_is_nocase(name, "json_query"))
        return bind_json_query(site, node, args, out, err);
    if (str_is_nocase(name, "json_exists"))
        return bind_json_exists(site, node, args, out, err);
    return STATUS_OK;
}

/* ---- calls ------------------------------------------------------------------------------------------------------- */

static Status check_plain(const Node *node, Str name, Error *err)
{
    const CallNode *call = &node->call;
    const char     *clause = call->is_distinct              ? "DISTINCT"
                             : call->filter                 ? "FILTER"
                             : call->within_group.count > 0 ? "ORDER BY"
                             : call->nulls                  ? "IGNORE NULLS and RESPECT NULLS"
                             : call->is_star                ? "*"
                                                            : NULL;
    if (!clause)
        return STATUS_OK;
    return error_set(err, STATUS_INVALID, node->span, "%s belongs to an aggregate function, and %.*s is none", clause,
                     STR_FMT(name));
}

static Status bind_scalar(Site *site, const Node *node, Str name, Expr **out, Error *err)
{
    Expr **args;
    TRY(check_plain(node, name, err));
    TRY(bind_list(site, &node->call.args, &args, err));
    TRY(bind_json(site, node, name, args, out, err));
    if (*out)
        return STATUS_OK;
    char  *plain = arena_cstr(site->binder->arena, name);
    Status status = bind_function(site, plain, args, node->call.args.count, node->span, out, err);
    if (status == STATUS_NO_FUNCTION)
        err->span = binder_span(site->binder, node->call.name.span);
    return status;
}

/* A function in C that a statement created. */
static Status bind_created(Site *site, const Node *node, const CatalogFunction *created, Expr **out, Error *err)
{
    Expr **args;
    TRY(check_plain(node, created->name, err));
    TRY(bind_list(site, &node->call.args, &args, err));
    TRY(function_resolve_in(site->binder->arena, created->rows, created->name, args, (int32_t)node->call.args.count,
                            binder_span(site->binder, node->span), out, err));
    return STATUS_OK;
}

/* A temporary system function hides what is built in; other created ones are looked for behind it. */
static const CatalogFunction *hiding_function(const Site *site, const Name *name)
{
    const CatalogFunction *created = catalog_find_function(site->binder->context->catalog, *name);
    return created && created->rows && (created->is_system || name->parts.count > 1) ? created : NULL;
}

/* FIRST(A.x), LAST(A.x, 1), PREV(x): a value of some row of the match. */
static Status bind_match_call(Site *site, const Node *node, Str name, Expr **out, Error *err)
{
    static const char *const names[] = { "FIRST", "LAST", "PREV", "NEXT", NULL };
    Arena *arena = site->binder->arena;
    Expr **args;
    *out = NULL;
    for (int i = 0; names[i]; i++) {
        if (!str_is_nocase(name, names[i]) || node->call.args.count == 0)
            continue;
        TRY(bind_list(site, &node->call.args, &args, err));
        const Type *type = type_with_null(arena, type_with_time(arena, args[0]->type, TIME_NONE), true);
        *out = expr_opaque(arena, type, args, 1, binder_span(site->binder, node->span));
        return STATUS_OK;
    }
    if (str_is_nocase(name, "MATCH_ROWTIME") || str_is_nocase(name, "MATCH_PROCTIME")) {
        bool is_rowtime = str_is_nocase(name, "MATCH_ROWTIME");
        const Type *type = type_with_time(arena, is_rowtime ? &type_timestamp3_not_null : &type_timestamp_ltz3_not_null,
                                          is_rowtime ? TIME_ROWTIME : TIME_PROCTIME);
        *out = expr_opaque(arena, type, NULL, 0, binder_span(site->binder, node->span));
    }
    return STATUS_OK;
}

Status bind_call(Site *site, const Node *node, Expr **out, Error *err)
{
    const Name *full = &node->call.name;
    Str         name = full->parts.items[full->parts.count - 1].text;
    const CatalogFunction *created = hiding_function(site, full);
    if (node->call.over)
        return bind_over(site, node, out, err);
    if (created)
        return bind_created(site, node, created, out, err);
    if (full->parts.count == 1) {
        TRY(bind_group_auxiliary(site, node, out, err));
        if (!*out && site->in_match)
            TRY(bind_match_call(site, node, name, out, err));
        if (*out)
            return STATUS_OK;
        if (is_aggregate_name(name))
            return bind_aggregate(site, node, out, err);
        if (function_exists(name))
            return bind_scalar(site, node, name, out, err);
    }
    created = catalog_find_function(site->binder->context->catalog, *full);
    if (created && created->rows)
        return bind_created(site, node, created, out, err);
    if (function_is_foreign(site->binder, full))
        return bind_foreign(site, node, out, err);
    if (full->parts.count > 1)
        return error_set(err, STATUS_NO_FUNCTION, binder_span(site->binder, full->span), "there is no function %.*s",
                         STR_FMT(name));
    return bind_scalar(site, node, name, out, err);
}
