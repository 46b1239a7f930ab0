/* bind_window.c: the window functions in FROM: TUMBLE, HOP, CUMULATE, SESSION.
 *
 *     TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '1' HOUR))
 *     HOP(DATA => TABLE t, TIMECOL => DESCRIPTOR(ts), SLIDE => ..., SIZE => ...)
 *
 * Output: the table's columns, then window_start, window_end and window_time, which is a time attribute, too.
 * In streaming mode the time column must be a time attribute; a bounded table may have any TIMESTAMP. */
#include "planner/bind.h"

#define PARAMS_MAX 5

typedef struct WindowFunction {
    const char *name;
    WindowKind  kind;
    int32_t     required;
    const char *params[PARAMS_MAX + 1];
    const char *usage;
} WindowFunction;

static const WindowFunction functions[] = {
    { "TUMBLE", WINDOW_TUMBLE, 3, { "DATA", "TIMECOL", "SIZE", "OFFSET" },
      "TUMBLE(TABLE table_name, DESCRIPTOR(timecol), datetime interval[, datetime interval])" },
    { "HOP", WINDOW_HOP, 4, { "DATA", "TIMECOL", "SLIDE", "SIZE", "OFFSET" },
      "HOP(TABLE table_name, DESCRIPTOR(timecol), datetime interval, datetime interval[, datetime interval])" },
    { "CUMULATE", WINDOW_CUMULATE, 4, { "DATA", "TIMECOL", "STEP", "SIZE", "OFFSET" },
      "CUMULATE(TABLE table_name, DESCRIPTOR(timecol), datetime interval, datetime interval[, datetime interval])" },
    { "SESSION", WINDOW_SESSION, 3, { "DATA", "TIMECOL", "GAP" },
      "SESSION(TABLE table_name [PARTITION BY columns], DESCRIPTOR(timecol), datetime interval)" },
};

static const WindowFunction *find_function(Str name)
{
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
        if (str_is_nocase(name, functions[i].name))
            return &functions[i];
    return NULL;
}

bool is_window_function(const Node *call)
{
    return call->kind == NODE_CALL && call->call.name.parts.count == 1 &&
        find_function(call->call.name.parts.items[0].text);
}

/* ---- arguments --------------------------------------------------------------------------------------------------- */

typedef struct WindowArgs {
    const Node *values[PARAMS_MAX];
} WindowArgs;

static int find_param(const WindowFunction *function, Str name)
{
    for (int i = 0; function->params[i]; i++)
        if (str_is_nocase(name, function->params[i]))
            return i;
    return -1;
}

static Status bad_arguments(const WindowFunction *function, Span span, Error *err)
{
    return error_set(err, STATUS_INVALID, span, "the window function is %s", function->usage);
}

static Status sort_arguments(const WindowFunction *function, const Node *call, WindowArgs *out, Error *err)
{
    int param_count = 0;
    while (function->params[param_count])
        param_count++;
    *out = (WindowArgs){ 0 };
    for (int64_t i = 0; i < call->call.args.count; i++) {
        const Node *arg = call->call.args.items[i];
        int         at = (int)i;
        if (arg->kind == NODE_NAMED_ARG) {
            at = find_param(function, arg->named_arg.name.text);
            if (at < 0)
                return error_set(err, STATUS_INVALID, arg->named_arg.name.span, "%s has no parameter %.*s",
                                 function->name, STR_FMT(arg->named_arg.name.text));
            arg = arg->named_arg.value;
        }
        if (at >= param_count || out->values[at])
            return bad_arguments(function, call->span, err);
        out->values[at] = arg;
    }
    for (int i = 0; i < function->required; i++)
        if (!out->values[i])
            return bad_arguments(function, call->span, err);
    return STATUS_OK;
}

Status window_interval(Site *site, const Node *node, const char *what, int64_t *ms, Error *err)
{
    Expr *value;
    TRY(bind_constant(site, node, what, &value, err));
    if (value->type->kind == TYPE_INTERVAL_MONTH)
        return error_set(err, STATUS_INVALID, value->span,
                         "Window aggregate only support SECOND, MINUTE, HOUR, DAY as the time unit. "
                         "MONTH and YEAR time unit are not supported yet.");
    if (value->type->kind != TYPE_INTERVAL_TIME || expr_is_null_literal(value))
        return error_set(err, STATUS_TYPE, value->span, "%s must be an interval such as INTERVAL '10' SECOND", what);
    *ms = COLUMN_DATA(&value->value, int64_t)[0];
    return STATUS_OK;
}

static Status interval_argument(Binder *binder, const WindowFunction *function, const WindowArgs *args,
                                const char *param, int64_t *ms, Error *err)
{
    Scope scope = { 0 };
    Site  site = site_create(binder, &scope, "the arguments of a window");
    int   at = find_param(function, str_from(param));
    *ms = 0;
    return at < 0 || !args->values[at] ? STATUS_OK : window_interval(&site, args->values[at], param, ms, err);
}

/* ---- checks ------------------------------------------------------------------------------------------------------ */

static Status check_positive(int64_t ms, const char *name, const char *what, Span span, Error *err)
{
    if (ms > 0)
        return STATUS_OK;
    return error_set(err, STATUS_INVALID, span, "%s window requires %s to be positive, but got %lld ms.", name, what,
                     (long long)ms);
}

Status window_check(const PlanWindowSpec *spec, const char *name, Span span, Error *err)
{
    TRY(check_positive(spec->size, name, spec->kind == WINDOW_SESSION ? "gap" : "size", span, err));
    if (spec->kind == WINDOW_HOP || spec->kind == WINDOW_CUMULATE)
        TRY(check_positive(spec->slide, name, spec->kind == WINDOW_HOP ? "slide" : "step", span, err));
    if (spec->kind == WINDOW_CUMULATE && spec->size % spec->slide != 0)
        return error_set(err, STATUS_INVALID, span,
                         "CUMULATE window requires maxSize must be an integral multiple of step, "
                         "but got maxSize %lld ms and step %lld ms.",
                         (long long)spec->size, (long long)spec->slide);
    if (spec->offset >= spec->size || spec->offset <= -spec->size)
        return error_set(err, STATUS_INVALID, span,
                         "%s table function parameters must satisfy abs(offset) < size, "
                         "but got size %lld ms and offset %lld ms.", name,
                         (long long)spec->size, (long long)spec->offset);
    return STATUS_OK;
}

static Status find_time(Binder *binder, const WindowFunction *function, const Node *descriptor, const Plan *data,
                        int32_t *out, Error *err)
{
    if (descriptor->kind != NODE_DESCRIPTOR || descriptor->descriptor.count != 1 ||
        descriptor->descriptor.items[0].parts.count != 1)
        return error_set(err, STATUS_INVALID, descriptor->span, "the time column of %s is given as DESCRIPTOR(column)",
                         function->name);
    const Name *name = &descriptor->descriptor.items[0];
    ScopeMatch  match;
    TRY(scope_find(scope_of_fields(binder->arena, data->fields, data->field_count, (Str){ NULL, 0 }, NULL), name,
                   &match, err));
    const Type *type = data->fields[match.column].type;
    Text        text = TEXT_EMPTY;
    type_print(type_with_null(binder->arena, type, true), false, &text);
    if (!type_is_timestamp(type))
        error_set(err, STATUS_TYPE, name->span,
                  "The window function %s requires the timecol to be TIMESTAMP or TIMESTAMP_LTZ, but is %s.",
                  function->usage, text_cstr(&text));
    else if (type->time == TIME_NONE && !binder->context->is_batch) {
        error_set(err, STATUS_TYPE, name->span,
                  "The window function requires the timecol is a time attribute type, but is %s.",
                  text_cstr(&text));
        error_hint(err, "a time attribute is a column with a WATERMARK in CREATE TABLE, or PROCTIME(); "
                        "expressions over it lose the property");
    }
    text_free(&text);
    *out = match.column;
    return err->status;
}

static Status session_keys(Binder *binder, const WindowFunction *function, const Node *data, const Plan *input,
                           PlanWindow *out, Error *err)
{
    static const NodeList none = { 0 };
    const NodeList       *by = data->kind == NODE_TABLE_ARG ? &data->table_arg.partition_by : &none;
    if (by->count > 0 && function->kind != WINDOW_SESSION)
        return error_set(err, STATUS_INVALID, data->span, "only SESSION takes PARTITION BY, not %s", function->name);
    if (data->kind == NODE_TABLE_ARG && data->table_arg.order_by.count > 0)
        return error_set(err, STATUS_INVALID, data->span, "the table of %s takes no ORDER BY", function->name);
    int32_t *keys = arena_new(binder->arena, int32_t, by->count + 1);
    for (int64_t i = 0; i < by->count; i++) {
        const Node *node = by->items[i];
        ScopeMatch  match;
        if (node->kind != NODE_COLUMN || node->column.parts.count != 1)
            return error_set(err, STATUS_INVALID, node->span, "PARTITION BY of SESSION takes columns of the table");
        TRY(scope_find(scope_of_fields(binder->arena, input->fields, input->field_count, (Str){ NULL, 0 }, NULL),
                       &node->column, &match, err));
        keys[i] = match.column;
    }
    out->keys = keys;
    out->key_count = (int32_t)by->count;
    return STATUS_OK;
}

/* ---- the node ---------------------------------------------------------------------------------------------------- */

static const Field *output_fields(Arena *arena, const Plan *input, const PlanWindowSpec *window)
{
    int32_t     count = input->field_count;
    Field      *fields = arena_new(arena, Field, count + 3);
    const Type *time = input->fields[window->time].type;
    memcpy(fields, input->fields, sizeof(*fields) * (size_t)count);
    WindowProperty last = window->is_proctime ? WINDOW_PROCTIME : WINDOW_ROWTIME;
    fields[count] = (Field){ .name = window_property_name(WINDOW_START), .type = &type_timestamp3_not_null };
    fields[count + 1] = (Field){ .name = window_property_name(WINDOW_END), .type = &type_timestamp3_not_null };
    fields[count + 2] = (Field){ .name = window_property_name(last), .type = window_property_type(arena, last, time) };
    return fields;
}

static Status bind_data(Binder *binder, const WindowFunction *function, const Node *data, const Scope *outer,
                        Plan **out, Error *err)
{
    if (data->kind == NODE_QUERY)
        return bind_query(binder, data->query, outer, out, err);
    if (data->kind != NODE_TABLE_ARG) {
        bad_arguments(function, data->span, err);
        return error_hint(err, "its first argument is TABLE name, or a query in parentheses");
    }
    if (data->table_arg.query)
        return bind_query(binder, data->table_arg.query, outer, out, err);
    CatalogPath path;
    return bind_named(binder, &data->table_arg.name, NULL, out, &path, err);
}

/* Over a table that lives elsewhere: only the bounds are known. */
static Status build_unknown(Binder *binder, Plan *input, Span span, Plan **out, Error *err)
{
    Field *fields = arena_new(binder->arena, Field, 3);
    for (int i = 0; i < 3; i++) {
        WindowProperty property = i == 0 ? WINDOW_START : i == 1 ? WINDOW_END : WINDOW_ROWTIME;
        fields[i].name = window_property_name(property);
        fields[i].type = window_property_type(binder->arena, property, &type_timestamp3);
    }
    TRY(build_opaque(binder, "a window function", &input, 1, fields, 3, input->changelog, span, out, err));
    (*out)->opaque.has_unknown_columns = true;
    return STATUS_OK;
}

Status bind_window(Binder *binder, const TableRef *ref, const Scope *outer, Plan **out, Error *err)
{
    const Node           *call = ref->function.call;
    const WindowFunction *function = find_function(call->call.name.parts.items[0].text);
    WindowArgs            args;
    Plan                 *input;
    PlanWindow            window = { .window = { .kind = function->kind } };
    PlanWindowSpec       *spec = &window.window;
    TRY(sort_arguments(function, call, &args, err));
    TRY(bind_data(binder, function, args.values[0], outer, &input, err));
    if (has_unknown_columns(input))
        return build_unknown(binder, input, ref->span, out, err);
    TRY(find_time(binder, function, args.values[1], input, &spec->time, err));
    TRY(session_keys(binder, function, args.values[0], input, &window, err));
    const Type *time = input->fields[spec->time].type;
    spec->is_proctime = time->time == TIME_PROCTIME;
    spec->is_local = time->kind == TYPE_TIMESTAMP_LTZ;
    TRY(interval_argument(binder, function, &args, function->kind == WINDOW_SESSION ? "GAP" : "SIZE", &spec->size,
                          err));
    TRY(interval_argument(binder, function, &args, function->kind == WINDOW_HOP ? "SLIDE" : "STEP", &spec->slide, err));
    TRY(interval_argument(binder, function, &args, "OFFSET", &spec->offset, err));
    TRY(window_check(spec, function->name, binder_span(binder, call->span), err));
    if (function->kind == WINDOW_SESSION && input->changelog != CHANGELOG_INSERT)
        TRY(binder_unsupported(binder, call->span, "SESSION over a changing input", err));

    TRY(build_plan_node(binder, PLAN_WINDOW, input, ref->span, out, err));
    (*out)->window = window;
    (*out)->fields = output_fields(binder->arena, input, spec);
    (*out)->field_count = input->field_count + 3;
    return STATUS_OK;
}
