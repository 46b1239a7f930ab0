/* group_window.c: the old windows: GROUP BY TUMBLE(ts, size) and TUMBLE_START(ts, size) beside it; HOP and SESSION
 * alike.
 *
 * The auxiliary functions stand in SELECT, HAVING and ORDER BY and must repeat the arguments of the one in GROUP BY. */
#include "planner/bind.h"

typedef struct GroupFunction {
    const char *name;
    WindowKind  kind;
    int32_t     interval_count;
} GroupFunction;

static const GroupFunction functions[] = {
    { "TUMBLE", WINDOW_TUMBLE, 1 },
    { "HOP", WINDOW_HOP, 2 },
    { "SESSION", WINDOW_SESSION, 1 },
};

typedef struct Auxiliary {
    const char    *suffix;
    WindowProperty property;
} Auxiliary;

static const Auxiliary auxiliaries[] = {
    { "_START", WINDOW_START },
    { "_END", WINDOW_END },
    { "_ROWTIME", WINDOW_ROWTIME },
    { "_PROCTIME", WINDOW_PROCTIME },
};

static Str call_name(const Node *call)
{
    return call->call.name.parts.count == 1 ? call->call.name.parts.items[0].text : STR_EMPTY;
}

static const GroupFunction *find_function(Str name)
{
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
        if (str_is_nocase(name, functions[i].name))
            return &functions[i];
    return NULL;
}

bool is_group_window(const Node *call)
{
    return find_function(call_name(call)) != NULL;
}

/* ---- GROUP BY TUMBLE(..) ----------------------------------------------------------------------------------------- */

static Status check_time(const Binder *binder, const Expr *time, const char *name, Error *err)
{
    Arena *scratch = arena_create();
    Str    text = type_text(scratch, type_with_null(scratch, time->type, true));
    if (!type_is_timestamp(time->type)) {
        error_set(err, STATUS_TYPE, time->span,
                  "Cannot apply '%s' to arguments of type %.*s: it takes a time attribute and an interval",
                  name, STR_FMT(text));
    } else if (time->type->time == TIME_NONE && !binder->context->is_batch) {
        error_set(err, STATUS_TYPE, time->span,
                  "Window aggregate can only be defined over a time attribute column, but %.*s encountered.",
                  STR_FMT(text));
        error_hint(err, "a time attribute is a column with a WATERMARK in CREATE TABLE, or PROCTIME()");
    }
    arena_destroy(scratch);
    return err->status;
}

static Status bind_arguments(Site *site, const GroupFunction *function, const Node *call, Expr **time,
                             PlanWindowSpec *spec, Error *err)
{
    int64_t first, second = 0;
    if (call->call.args.count != 1 + function->interval_count)
        return error_set(err, STATUS_INVALID, binder_span(site->binder, call->span),
                         "%.*s takes a time attribute and %s",
                         STR_FMT(call_name(call)), function->interval_count == 1 ? "one interval"
                         : "two intervals: slide and size");
    TRY(bind_expression(site, call->call.args.items[0], time, err));
    TRY(window_interval(site, call->call.args.items[1], "the interval of a window", &first, err));
    if (function->interval_count == 2)
        TRY(window_interval(site, call->call.args.items[2], "the interval of a window", &second, err));
    *spec = (PlanWindowSpec){ .kind = function->kind, .size = first, .is_legacy = true };
    if (function->kind == WINDOW_HOP) {
        spec->slide = first;
        spec->size = second;
    }
    return STATUS_OK;
}

Status group_window_create(Site *site, const Node *call, GroupWindow *out, Error *err)
{
    const GroupFunction *function = find_function(call_name(call));
    *out = (GroupWindow){ .function = function->name, .span = binder_span(site->binder, call->span) };
    TRY(bind_arguments(site, function, call, &out->time, &out->spec, err));
    TRY(check_time(site->binder, out->time, function->name, err));
    out->time_type = out->time->type;
    out->spec.is_proctime = out->time_type->time == TIME_PROCTIME;
    out->spec.is_local = out->time_type->kind == TYPE_TIMESTAMP_LTZ;
    return window_check(&out->spec, function->name, out->span, err);
}

/* ---- TUMBLE_START(..) -------------------------------------------------------------------------------------------- */

static const Auxiliary *find_auxiliary(Str name, const GroupFunction **function)
{
    for (size_t i = 0; i < sizeof(auxiliaries) / sizeof(auxiliaries[0]); i++) {
        int64_t stem = name.len - (int64_t)strlen(auxiliaries[i].suffix);
        if (stem <= 0 || !str_is_nocase(str_slice(name, stem, name.len), auxiliaries[i].suffix))
            continue;
        *function = find_function(str_slice(name, 0, stem));
        if (*function)
            return &auxiliaries[i];
    }
    return NULL;
}

static Status no_match(const Site *site, const Node *call, const GroupFunction *function, Error *err)
{
    error_set(err, STATUS_INVALID, binder_span(site->binder, call->span),
              "Call to auxiliary group function '%.*s' must have matching call to group function '%s' "
              "in GROUP BY clause",
              STR_FMT(call_name(call)), function->name);
    return error_hint(err, "both need the same arguments");
}

static bool same_window(const PlanWindowSpec *left, const PlanWindowSpec *right)
{
    return left->kind == right->kind && left->size == right->size && left->slide == right->slide;
}

static int32_t note_property(Site *site, WindowProperty property)
{
    Grouping *grouping = site->grouping;
    for (int64_t i = 0; i < grouping->properties.count; i++)
        if (grouping->properties.items[i] == property)
            return (int32_t)i;
    list_push(site->binder->arena, &grouping->properties, property);
    return (int32_t)grouping->properties.count - 1;
}

Status bind_group_auxiliary(Site *site, const Node *call, Expr **out, Error *err)
{
    const GroupFunction *function = NULL;
    const Auxiliary     *auxiliary = find_auxiliary(call_name(call), &function);
    *out = NULL;
    if (!auxiliary) {
        function = find_function(call_name(call));
        if (function)
            return error_set(err, STATUS_INVALID, binder_span(site->binder, call->span),
                             "Group function '%s' can only appear in GROUP BY clause", function->name);
        return STATUS_OK;
    }
    Expr          *time;
    PlanWindowSpec spec;
    Grouping      *grouping = site->grouping;
    if (!grouping || !grouping->window.function || site->in_aggregate)
        return no_match(site, call, function, err);
    Site plain = *site;
    plain.grouping = NULL;
    TRY(bind_arguments(&plain, function, call, &time, &spec, err));
    if (!same_window(&spec, &grouping->window.spec) || !expr_equals(time, grouping->window.time))
        return no_match(site, call, function, err);
    if (auxiliary->property == WINDOW_ROWTIME && grouping->window.spec.is_proctime)
        return error_set(err, STATUS_INVALID, binder_span(site->binder, call->span),
                         "A proctime window cannot provide a rowtime attribute.");
    int32_t column = grouping->base + GROUP_PROPERTIES + note_property(site, auxiliary->property);
    const Type *type = window_property_type(site->binder->arena, auxiliary->property, grouping->window.time_type);
    if (auxiliary->property == WINDOW_ROWTIME)
        type = type_with_null(site->binder->arena, type, grouping->window.time_type->nullable);
    *out = expr_column(site->binder->arena, column, type, binder_span(site->binder, call->span));
    return STATUS_OK;
}
