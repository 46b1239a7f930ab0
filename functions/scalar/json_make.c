/* json_make.c: making JSON texts: JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON, JSON_QUOTE, JSON_UNQUOTE.
 *
 * Values of JSON_OBJECT, JSON_ARRAY and JSON() inside another are JSON already and are put in as they are; other texts
 * become JSON strings. */
#include "functions/args.h"
#include "functions/json/json_value.h"
#include "functions/json/json_write.h"
#include "functions/literal.h"

#include "core/utf8.h"

/* Is the argument JSON text, not a text to be quoted? */
static bool is_raw(const Expr *arg)
{
    if (arg->kind != EXPR_CALL)
        return false;
    Str name = function_name(arg->function);
    return str_is(name, "json_object") || str_is(name, "json_array") || str_is(name, "json");
}

/* JSON text, in canonical form. */
static Status write_raw(Call *call, Str json, Text *out, Error *err)
{
    JsonValue value;
    if (!json_parse(call_buf(call), json, &value))
        return call_fail(call, err, STATUS_DATA, "'%.*s' is not JSON", STR_FMT(json));
    json_print(&value, out);
    return STATUS_OK;
}

static Status write_arg(Call *call, const Column *args, int32_t index, int64_t row, Text *out, Error *err)
{
    if (!column_is_null(&args[index], row) && is_raw(call_expr(call)->args[index]))
        return write_raw(call, arg_str(&args[index], row), out, err);
    json_write(&args[index], row, call_buf(call), out);
    return STATUS_OK;
}

static bool null_is_absent(const Call *call)
{
    Str behaviour = STR_EMPTY;
    literal_str(call_expr(call)->args[0], &behaviour);
    return str_is(behaviour, "ABSENT");
}

/* ---- JSON_OBJECT, JSON_ARRAY ----------------------------------------------------------------------------------- */

static Status write_object_row(Call *call, const Column *args, int64_t row, JsonMember *members, bool is_absent,
                               Text *out, Error *err)
{
    int32_t count = call_expr(call)->arg_count;
    int64_t kept  = 0;
    for (int32_t k = 1; k + 1 < count; k += 2) {
        if (column_is_null(&args[k], row))
            return call_fail(call, err, STATUS_DATA, "a key of JSON_OBJECT is NULL");
        if (!is_absent || !column_is_null(&args[k + 1], row))
            members[kept++] = (JsonMember){ arg_str(&args[k], row), { .count = k + 1 } };
    }
    kept = json_sort_members(call_buf(call), members, kept);
    text_put(out, '{');
    for (int64_t i = 0; i < kept; i++) {
        if (i)
            text_put(out, ',');
        json_print_string(members[i].key, out);
        text_put(out, ':');
        TRY(write_arg(call, args, (int32_t)members[i].value.count, row, out, err));
    }
    text_put(out, '}');
    return STATUS_OK;
}

static Status write_array_row(Call *call, const Column *args, int64_t row, bool is_absent, Text *out, Error *err)
{
    int32_t count    = call_expr(call)->arg_count;
    bool    is_first = true;
    text_put(out, '[');
    for (int32_t k = 1; k < count; k++) {
        if (is_absent && column_is_null(&args[k], row))
            continue;
        if (!is_first)
            text_put(out, ',');
        is_first = false;
        TRY(write_arg(call, args, k, row, out, err));
    }
    text_put(out, ']');
    return STATUS_OK;
}

static Status make_rows(Call *call, const Column *args, int64_t rows, Column *out, Text *text, Error *err)
{
    bool        is_object = call_function(call)->option, is_absent = null_is_absent(call);
    JsonMember *members   = buf_new(call_buf(call), JsonMember, call_expr(call)->arg_count);
    for (int64_t i = 0; i < rows; i++) {
        text_clear(text);
        if (is_object)
            TRY(write_object_row(call, args, i, members, is_absent, text, err));
        else
            TRY(write_array_row(call, args, i, is_absent, text, err));
        COLUMN_DATA(out, View)[i] = view_copy(call_buf(call), text_str(text));
    }
    return STATUS_OK;
}

static Status make_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    Text   text   = TEXT_EMPTY;
    Status status = make_rows(call, args, rows, out, &text, err);
    text_free(&text);
    return status;
}

static Status object_coerce(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    (void)arena;
    (void)span;
    for (int32_t i = 2; i < arg_count; i += 2)
        TRY(json_check_type(args[i]->type, args[i]->span, err));
    return STATUS_OK;
}

static Status array_coerce(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    (void)arena;
    (void)span;
    for (int32_t i = 1; i < arg_count; i++)
        TRY(json_check_type(args[i]->type, args[i]->span, err));
    return STATUS_OK;
}

/* ---- JSON_STRING, JSON ----------------------------------------------------------------------------------------- */

static Status string_coerce(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    (void)arena;
    (void)arg_count;
    return json_check_type(args[0]->type, span, err);
}

static Status json_string_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    Text text = TEXT_EMPTY;
    EACH_VALUE(i)
    {
        text_clear(&text);
        json_write(&args[0], i, call_buf(call), &text);
        COLUMN_DATA(out, View)[i] = view_copy(call_buf(call), text_str(&text));
    }
    text_free(&text);
    return STATUS_OK;
}

static Status json_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    Text   text   = TEXT_EMPTY;
    Status status = STATUS_OK;
    for (int64_t i = 0; i < rows && status == STATUS_OK; i++) {
        if (out->valid && !out->valid[i])
            continue;
        text_clear(&text);
        status                    = write_raw(call, arg_str(&args[0], i), &text, err);
        COLUMN_DATA(out, View)[i] = view_copy(call_buf(call), text_str(&text));
    }
    text_free(&text);
    return status;
}

/* ---- JSON_QUOTE, JSON_UNQUOTE ---------------------------------------------------------------------------------- */

/* All but ASCII as \uXXXX, in pairs beyond U+FFFF; / as \/. */
static void quote_char(int32_t code, Text *out)
{
    static const char from[] = "\"\\/\b\f\n\r\t", into[] = "\"\\/bfnrt";
    const char *escape = code > 0 && code < 0x80 ? strchr(from, code) : NULL;
    if (escape)
        text_printf(out, "\\%c", into[escape - from]);
    else if (code >= 0x10000)
        text_printf(out, "\\u%04x\\u%04x", 0xD800 + ((code - 0x10000) >> 10), 0xDC00 + ((code - 0x10000) & 0x3FF));
    else if (code < 0x20 || code >= 0x7F)
        text_printf(out, "\\u%04x", code);
    else
        text_put(out, (char)code);
}

static Status json_quote_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    Text text = TEXT_EMPTY;
    EACH_VALUE(i)
    {
        Str in = arg_str(&args[0], i);
        text_clear(&text);
        text_put(&text, '"');
        for (int64_t at = 0; at < in.len;) {
            int32_t size, code = utf8_decode(in, at, &size);
            quote_char(code == UTF8_INVALID ? UTF8_REPLACEMENT : code, &text);
            at += size;
        }
        text_put(&text, '"');
        COLUMN_DATA(out, View)[i] = view_copy(call_buf(call), text_str(&text));
    }
    text_free(&text);
    return STATUS_OK;
}

/* A text that is no JSON string stays as it is. */
static Status json_unquote_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    EACH_VALUE(i)
    {
        Str  in        = arg_str(&args[0], i);
        bool is_quoted = in.len >= 2 && in.ptr[0] == '"' && in.ptr[in.len - 1] == '"';
        out_str(out, i, in);
        if (!is_quoted)
            continue;
        char   *to   = buf_alloc(call_buf(call), in.len);
        int64_t size = json_unescape(str_slice(in, 1, in.len - 1), true, to);
        if (size >= 0)
            out_str(out, i, (Str){ to, size });
    }
    return STATUS_OK;
}

const Function fn_json_make[] = {
    { .sig = "json_object(string, [string, any]...) -> string!",
      .doc = "JSON_OBJECT(KEY k VALUE v, ... [{NULL | ABSENT} ON NULL]): an object as text. Example: JSON_OBJECT('a' "
             "VALUE 1) gives "
             "{\"a\":1}.",
      .eval = make_eval, .coerce = object_coerce, .flags = FN_SEES_NULL | FN_CAN_FAIL, .option = 1 },
    { .sig = "json_array(string, [any]...) -> string!",
      .doc = "JSON_ARRAY(v, ... [{NULL | ABSENT} ON NULL]): an array as text.", .eval = make_eval,
      .coerce = array_coerce,
      .flags = FN_SEES_NULL | FN_CAN_FAIL, .option = 0 },
    { .sig = "json_string(any) -> string", .doc = "The value as JSON text.", .eval = json_string_eval,
      .coerce = string_coerce },
    { .sig = "json(string) -> string", .doc = "JSON text to be put into JSON_OBJECT or JSON_ARRAY as it is.",
      .eval = json_eval, .flags = FN_CAN_FAIL },
    { .sig = "json_quote(string) -> string", .doc = "The text as a JSON string.", .eval = json_quote_eval,
      .flags = FN_TAKES_NULL },
    { .sig = "json_unquote(string) -> string", .doc = "The text of a JSON string; another text stays as it is.",
      .eval = json_unquote_eval, .flags = FN_TAKES_NULL },
    { 0 },
};
