/* json_query.c: JSON_EXISTS, JSON_VALUE, JSON_QUERY, IS JSON.
 *
 * A path that is none, and in strict mode a text that is no JSON and what is not there, are errors: ON ERROR says what
 * then. Nothing found, a JSON null, and in lax mode a text that is no JSON, is empty: ON EMPTY. A value of the wrong
 * shape (JSON_VALUE of an object, JSON_QUERY of a number) is an error in strict mode and empty in lax mode. */
#include "functions/args.h"
#include "functions/json/json_path.h"
#include "functions/literal.h"

#include "data/number.h"

/* Compiled paths: the one used last. */
typedef struct PathState {
    Arena          *arena;
    Str             text;
    const JsonPath *path;
    bool            is_filled;
} PathState;

static void state_free(void *object)
{
    arena_destroy(((PathState *)object)->arena);
}

static Status path_prepare(Call *call, Arena *arena, const Expr *expr, void **state, Error *err)
{
    (void)call;
    (void)expr;
    (void)err;
    PathState *paths = arena_new(arena, PathState, 1);
    paths->arena     = arena_create();
    arena_defer(arena, state_free, paths);
    *state = paths;
    return STATUS_OK;
}

static const JsonPath *path_of(PathState *paths, Str text)
{
    if (paths->is_filled && str_eq(paths->text, text))
        return paths->path;
    arena_reset(paths->arena);
    paths->text      = arena_str(paths->arena, text);
    paths->path      = json_path_parse(paths->arena, paths->text);
    paths->is_filled = true;
    return paths->path;
}

/* The value of the path in the text of row i. *is_lax is set when there is a path. */
static JsonFind find(Call *call, const Column *args, int64_t row, JsonValue *out, bool *is_lax)
{
    JsonValue       root;
    const JsonPath *path = path_of(call_state(call), arg_str(&args[1], row));
    *is_lax              = path && json_path_is_lax(path);
    if (!path)
        return JSON_FAILED;
    if (!json_parse(call_buf(call), arg_str(&args[0], row), &root))
        return *is_lax ? JSON_MISSING : JSON_FAILED;
    return json_path_find(path, call_buf(call), &root, out);
}

/* ---- JSON_EXISTS ----------------------------------------------------------------------------------------------- */

static Status json_exists_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    Str on_error = STR("FALSE");
    if (call_expr(call)->arg_count > 2)
        literal_str(call_expr(call)->args[2], &on_error);
    EACH_VALUE(i)
    {
        JsonValue value;
        bool      is_lax;
        JsonFind  found              = find(call, args, i, &value, &is_lax);
        COLUMN_DATA(out, uint8_t)[i] = found == JSON_FOUND;
        if (found != JSON_FAILED)
            continue;
        if (str_is(on_error, "ERROR"))
            return call_fail(call, err, STATUS_DATA,
                             "JSON_EXISTS: the text is no JSON, or the path finds nothing in strict mode");
        COLUMN_DATA(out, uint8_t)[i] = str_is(on_error, "TRUE");
        if (str_is(on_error, "UNKNOWN"))
            out_null(call, out, rows, i);
    }
    return STATUS_OK;
}

/* ---- JSON_VALUE ------------------------------------------------------------------------------------------------ */

/* Places of the arguments of json_value. */
enum { VALUE_TYPE = 2, VALUE_ON_EMPTY, VALUE_EMPTY_DEFAULT, VALUE_ON_ERROR, VALUE_ERROR_DEFAULT };

static Status wrong_type(Call *call, const JsonValue *value, Error *err)
{
    static const char *const kinds[] = { "null", "a boolean", "a number", "a string", "an array", "an object" };
    return call_fail(call, err, STATUS_DATA, "JSON_VALUE found %s where %s is to be returned", kinds[value->kind],
                     type_kind_name(call_type(call)->kind));
}

static Status put_text(Call *call, const JsonValue *value, Column *out, int64_t row)
{
    Text text = TEXT_EMPTY;
    if (value->kind == JSON_IS_STRING) {
        COLUMN_DATA(out, View)[row] = view_copy(call_buf(call), value->text);
        return STATUS_OK;
    }
    json_print(value, &text);
    COLUMN_DATA(out, View)[row] = view_copy(call_buf(call), text_str(&text));
    text_free(&text);
    return STATUS_OK;
}

/* A scalar as the RETURNING type: only the very kind will do. */
static Status put_scalar(Call *call, const JsonValue *value, Column *out, int64_t row, Error *err)
{
    int64_t integer;
    double  number;
    bool    is_number = value->kind == JSON_IS_NUMBER;
    switch (out->type->kind) {
    case TYPE_BOOLEAN:
        if (value->kind != JSON_IS_BOOLEAN)
            return wrong_type(call, value, err);
        COLUMN_DATA(out, uint8_t)[row] = value->boolean;
        return STATUS_OK;
    case TYPE_INT:
        if (!is_number || !str_to_i64(value->text, &integer) || integer < INT32_MIN || integer > INT32_MAX)
            return wrong_type(call, value, err);
        COLUMN_DATA(out, int32_t)[row] = (int32_t)integer;
        return STATUS_OK;
    case TYPE_DOUBLE:
        if (!is_number || !double_parse(value->text, &number))
            return wrong_type(call, value, err);
        COLUMN_DATA(out, double)[row] = number;
        return STATUS_OK;
    default:
        return put_text(call, value, out, row);
    }
}

/* A DEFAULT: an argument that has been cast to the result's type. */
static void put_default(Call *call, const Column *value, Column *out, int64_t rows, int64_t row)
{
    int64_t size = layout_size(type_layout(out->type)), index = column_index(value, row);
    if (value->valid && !value->valid[index])
        out_null(call, out, rows, row);
    else
        memcpy((char *)out->data + row * size, (const char *)value->data + index * size, (size_t)size);
}

static Status value_behaviour(Call *call, const Column *args, bool is_error, int64_t rows, int64_t row, Column *out,
                              Error *err)
{
    Str behaviour = STR("NULL");
    int at        = is_error ? VALUE_ON_ERROR : VALUE_ON_EMPTY;
    if (call_expr(call)->arg_count > at)
        literal_str(call_expr(call)->args[at], &behaviour);
    if (str_is(behaviour, "ERROR") && is_error)
        return call_fail(call, err, STATUS_DATA, "JSON_VALUE: no scalar value could be read");
    if (str_is(behaviour, "ERROR"))
        return call_fail(call, err, STATUS_DATA, "Empty result of JSON_VALUE function is not allowed");
    if (str_is(behaviour, "DEFAULT"))
        put_default(call, &args[at + 1], out, rows, row);
    else
        out_null(call, out, rows, row);
    return STATUS_OK;
}

static void input_valid(Call *call, const Column *args, int64_t rows, Column *out)
{
    for (int64_t i = 0; i < rows; i++)
        if (column_is_null(&args[0], i) || column_is_null(&args[1], i))
            out_null(call, out, rows, i);
}

static Status json_value_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    input_valid(call, args, rows, out);
    EACH_VALUE(i)
    {
        JsonValue value;
        bool      is_lax, is_error;
        JsonFind  found = find(call, args, i, &value, &is_lax);
        if (found == JSON_FOUND && json_is_scalar(&value)) {
            TRY(put_scalar(call, &value, out, i, err));
            continue;
        }
        is_error = found == JSON_FAILED || (found == JSON_FOUND && !is_lax);
        TRY(value_behaviour(call, args, is_error, rows, i, out, err));
    }
    return STATUS_OK;
}

static Status json_value_coerce(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    const Type *type = arg_count > VALUE_TYPE ? args[VALUE_TYPE]->type : &type_string;
    if (!type_is_string(type) && type->kind != TYPE_BOOLEAN && type->kind != TYPE_INT && type->kind != TYPE_DOUBLE)
        return error_set(err, STATUS_TYPE, span, "JSON_VALUE can return STRING, BOOLEAN, INT and DOUBLE, not %s",
                         type_kind_name(type->kind));
    for (int32_t i = VALUE_EMPTY_DEFAULT; i < arg_count; i += 2)
        args[i] = expr_cast(arena, args[i], type, false, args[i]->span);
    return STATUS_OK;
}

/* JSON_VALUE and JSON_QUERY return the type of their third argument. */
static Status returning_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out,
                              Error *err)
{
    (void)span;
    (void)err;
    *out = type_with_null(arena, arg_count > VALUE_TYPE ? args[VALUE_TYPE]->type : &type_string, true);
    return STATUS_OK;
}

/* ---- JSON_QUERY ------------------------------------------------------------------------------------------------ */

/* Places of the arguments of json_query. */
enum { QUERY_WRAPPER = 3, QUERY_ON_EMPTY, QUERY_ON_ERROR };

static Str query_option(const Call *call, int32_t index, Str otherwise)
{
    if (call_expr(call)->arg_count > index)
        literal_str(call_expr(call)->args[index], &otherwise);
    return otherwise;
}

static JsonValue wrapped(Buf *buf, JsonValue value, Str wrapper)
{
    bool wraps = str_is(wrapper, "UNCONDITIONAL") || (str_is(wrapper, "CONDITIONAL") && value.kind != JSON_IS_ARRAY);
    if (!wraps)
        return value;
    JsonMember *members = buf_new(buf, JsonMember, 1);
    members[0]          = (JsonMember){ STR_EMPTY, value };
    return (JsonValue){ .kind = JSON_IS_ARRAY, .members = members, .count = 1 };
}

/* ARRAY<STRING>: texts as they are, other elements as JSON. */
typedef struct StringArrays {
    Column *child;
    int64_t count;
} StringArrays;

static void put_strings(Call *call, const JsonValue *array, Column *out, int64_t row, StringArrays *strings)
{
    Buf *buf                        = call_buf(call);
    COLUMN_DATA(out, ListView)[row] = (ListView){ (int32_t)strings->count, (int32_t)array->count };
    column_need_room(strings->child, buf, strings->count, array->count);
    for (int64_t i = 0; i < array->count; i++) {
        const JsonValue *element = &array->members[i].value;
        if (element->kind == JSON_IS_NULL)
            column_set_null(strings->child, buf, strings->count);
        else
            put_text(call, element, strings->child, strings->count);
        strings->count++;
    }
}

static void put_query(Call *call, const JsonValue *value, int64_t rows, int64_t row, Column *out, StringArrays *strings)
{
    if (out->type->kind != TYPE_ARRAY)
        put_text(call, value, out, row);
    else if (value->kind == JSON_IS_ARRAY)
        put_strings(call, value, out, row, strings);
    else
        out_null(call, out, rows, row);
}

static Status query_behaviour(Call *call, bool is_error, int64_t rows, int64_t row, Column *out, StringArrays *strings,
                              Error *err)
{
    Str behaviour = query_option(call, is_error ? QUERY_ON_ERROR : QUERY_ON_EMPTY, STR("NULL"));
    if (str_is(behaviour, "ERROR"))
        return call_fail(call, err, STATUS_DATA, is_error ? "JSON_QUERY: no array or object could be read"
                                                          : "Empty result of JSON_QUERY function is not allowed");
    JsonValue empty = { .kind = str_is(behaviour, "EMPTY ARRAY") ? JSON_IS_ARRAY : JSON_IS_OBJECT };
    if (str_starts_with(behaviour, STR("EMPTY ")))
        put_query(call, &empty, rows, row, out, strings);
    else
        out_null(call, out, rows, row);
    return STATUS_OK;
}

static Status json_query_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    Str          wrapper = query_option(call, QUERY_WRAPPER, STR("WITHOUT"));
    StringArrays strings = { .child = out->children };
    input_valid(call, args, rows, out);
    EACH_VALUE(i)
    {
        JsonValue value;
        bool      is_lax;
        JsonFind  found = find(call, args, i, &value, &is_lax);
        if (found == JSON_FOUND)
            value = wrapped(call_buf(call), value, wrapper);
        if (found == JSON_FOUND && !json_is_scalar(&value))
            put_query(call, &value, rows, i, out, &strings);
        else
            TRY(query_behaviour(call, found == JSON_FAILED || (found == JSON_FOUND && !is_lax), rows, i, out, &strings,
                                err));
    }
    out->child_rows = strings.count;
    return STATUS_OK;
}

static Status json_query_coerce(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    (void)arena;
    const Type *type = arg_count > VALUE_TYPE ? args[VALUE_TYPE]->type : &type_string;
    if (type_is_string(type) || (type->kind == TYPE_ARRAY && type_is_string(type->element)))
        return STATUS_OK;
    return error_set(err, STATUS_TYPE, span, "JSON_QUERY can return STRING and ARRAY<STRING>, not %s",
                     type_kind_name(type->kind));
}

/* ---- IS JSON --------------------------------------------------------------------------------------------------- */

enum { IS_VALUE, IS_OBJECT, IS_ARRAY, IS_SCALAR };

static Status is_json_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    int32_t wanted = call_function(call)->option;
    for (int64_t i = 0; i < rows; i++) {
        JsonValue value;
        bool      is_json = !column_is_null(&args[0], i) && json_parse(call_buf(call), arg_str(&args[0], i), &value);
        if (is_json && wanted != IS_VALUE)
            is_json = wanted == IS_OBJECT  ? value.kind == JSON_IS_OBJECT
                      : wanted == IS_ARRAY ? value.kind == JSON_IS_ARRAY
                                           : json_is_scalar(&value);
        COLUMN_DATA(out, uint8_t)[i] = is_json;
    }
    return STATUS_OK;
}

#define IS_JSON_ROW(what, text, kind)                                                                          \
    { .sig = "is json " what "(string) -> boolean!", .doc = text, .eval = is_json_eval,                          \
      .flags = FN_SEES_NULL | FN_HIDDEN, .option = kind }

const Function fn_json_query[] = {
    { .sig = "json_exists(string, string, [string]) -> boolean?",
      .doc = "JSON_EXISTS(text, path [{TRUE | FALSE | UNKNOWN | ERROR} ON ERROR]): TRUE when the path finds something.",
      .eval = json_exists_eval, .prepare = path_prepare, .flags = FN_CAN_FAIL },
    { .sig = "json_value(string, string, [any, string, any, string, any]) -> string?",
      .doc = "JSON_VALUE(text, path [RETURNING type] [{NULL | ERROR | DEFAULT x} ON EMPTY] [.. ON ERROR]): the scalar "
             "at a path.",
      .eval = json_value_eval, .prepare = path_prepare, .coerce = json_value_coerce, .infer = returning_infer,
      .flags = FN_SEES_NULL | FN_CAN_FAIL },
    { .sig = "json_query(string, string, [any, string, string, string]) -> string?",
      .doc = "JSON_QUERY(text, path [RETURNING type] [WITH WRAPPER] [.. ON EMPTY] [.. ON ERROR]): the array or object "
             "at a path, as "
             "text.",
      .eval = json_query_eval, .prepare = path_prepare, .coerce = json_query_coerce, .infer = returning_infer,
      .flags = FN_SEES_NULL | FN_CAN_FAIL },
    IS_JSON_ROW("value", "TRUE when the text is JSON.", IS_VALUE),
    IS_JSON_ROW("object", "TRUE when the text is a JSON object.", IS_OBJECT),
    IS_JSON_ROW("array", "TRUE when the text is a JSON array.", IS_ARRAY),
    IS_JSON_ROW("scalar", "TRUE when the text is a JSON scalar.", IS_SCALAR),
    { 0 },
};
