/* concat.c: texts made of texts: ||, CONCAT, CONCAT_WS, REPEAT, LPAD, RPAD. */
#include "functions/args.h"

enum { RESULT_MAX = 1 << 30 };

static Status too_long(Call *call, Error *err)
{
    return call_fail(call, err, STATUS_LIMIT, "the result of %.*s would be longer than 1 GiB",
                     STR_FMT(function_name(call_function(call))));
}

static Status concat_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    int32_t count = call_expr(call)->arg_count;
    EACH_VALUE(i)
    {
        int64_t size = 0;
        for (int32_t k = 0; k < count; k++)
            size += arg_str(&args[k], i).len;
        if (size > RESULT_MAX)
            return too_long(call, err);
        char *to = buf_alloc(call_buf(call), size + 1), *at = to;
        for (int32_t k = 0; k < count; k++) {
            Str text = arg_str(&args[k], i);
            memcpy(at, text.ptr, (size_t)text.len);
            at += text.len;
        }
        out_str(out, i, (Str){ to, size });
    }
    return STATUS_OK;
}

/* CHAR(a) || CHAR(b) is CHAR(a + b); else VARCHAR of that length. */
static Status concat_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out, Error *err)
{
    (void)span;
    (void)err;
    int64_t length   = 0;
    bool    nullable = false, is_char = true;
    for (int32_t i = 0; i < arg_count; i++) {
        length += args[i]->type->length;
        nullable = nullable || args[i]->type->nullable;
        is_char  = is_char && args[i]->type->kind == TYPE_CHAR;
    }
    *out = type_text_of(arena, is_char ? TYPE_CHAR : TYPE_VARCHAR, (int32_t)(length < LENGTH_MAX ? length : LENGTH_MAX),
                        nullable);
    return STATUS_OK;
}

/* NULLs are left out, with their separators; a NULL separator gives NULL. */
static Status concat_ws_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    int32_t count = call_expr(call)->arg_count;
    for (int64_t i = 0; i < rows; i++) {
        if (column_is_null(&args[0], i)) {
            out_null(call, out, rows, i);
            continue;
        }
        Str     separator = arg_str(&args[0], i);
        int64_t size      = 0, written = 0;
        for (int32_t k = 1; k < count; k++)
            if (!column_is_null(&args[k], i))
                size += arg_str(&args[k], i).len + separator.len;
        if (size > RESULT_MAX)
            return too_long(call, err);
        char *to = buf_alloc(call_buf(call), size + 1);
        for (int32_t k = 1; k < count; k++) {
            if (column_is_null(&args[k], i))
                continue;
            Str text = arg_str(&args[k], i);
            memcpy(to + written, text.ptr, (size_t)text.len);
            memcpy(to + written + text.len, separator.ptr, (size_t)separator.len);
            written += text.len + separator.len;
        }
        out_str(out, i, (Str){ to, written ? written - separator.len : 0 });
    }
    return STATUS_OK;
}

static Status concat_ws_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out,
                              Error *err)
{
    (void)span;
    (void)err;
    bool nullable = false;
    for (int32_t i = 0; i < arg_count; i++)
        nullable = nullable || args[i]->type->nullable;
    *out = type_with_null(arena, &type_string, nullable);
    return STATUS_OK;
}

static Status repeat_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    EACH_VALUE(i)
    {
        Str     text  = arg_str(&args[0], i);
        int64_t times = arg_i32(&args[1], i);
        times         = times < 0 ? 0 : times;
        if (text.len > 0 && times > RESULT_MAX / text.len)
            return too_long(call, err);
        char *to = buf_alloc(call_buf(call), text.len * times + 1);
        for (int64_t k = 0; text.len > 0 && k < times; k++)
            memcpy(to + k * text.len, text.ptr, (size_t)text.len);
        out_str(out, i, (Str){ to, text.len * times });
    }
    return STATUS_OK;
}

/* `count` characters of the endlessly repeated pad. */
static char *put_padding(char *to, Str pad, int64_t count)
{
    for (int64_t at = 0; count > 0; count--) {
        int64_t size = char_size(pad, at);
        memcpy(to, pad.ptr + at, (size_t)size);
        to += size;
        at = at + size < pad.len ? at + size : 0;
    }
    return to;
}

static Status pad_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    bool is_left = call_function(call)->option;
    EACH_VALUE(i)
    {
        Str     text = arg_str(&args[0], i), pad = arg_str(&args[2], i);
        int64_t length = arg_i32(&args[1], i), missing = length - char_count(text);
        if (length < 0 || pad.len == 0) {
            out_null(call, out, rows, i);
            continue;
        }
        if (missing <= 0) {
            out_str(out, i, str_slice(text, 0, char_offset(text, 0, length)));
            continue;
        }
        if (missing > RESULT_MAX / 4)
            return too_long(call, err);
        char *to = buf_alloc(call_buf(call), text.len + missing * 4), *at = to;
        if (is_left)
            at = put_padding(at, pad, missing);
        memcpy(at, text.ptr, (size_t)text.len);
        at += text.len;
        if (!is_left)
            at = put_padding(at, pad, missing);
        out_str(out, i, (Str){ to, at - to });
    }
    return STATUS_OK;
}

const Function fn_concat[] = {
    { .sig = "||(string, string, [string]...) -> string", .doc = "The texts behind each other; NULL when one is NULL.",
      .eval = concat_eval, .infer = concat_infer, .flags = FN_HIDDEN },
    { .sig = "concat(string...) -> string",
      .doc = "The texts behind each other; NULL when one is NULL. Example: CONCAT('a', 'b') gives ab.",
      .eval = concat_eval },
    { .sig = "concat_ws(string, [string]...) -> string",
      .doc = "The texts with the first argument between them; NULLs are left out. Example: CONCAT_WS('-', 'a', 'b') "
             "gives a-b.",
      .eval = concat_ws_eval, .infer = concat_ws_infer, .flags = FN_SEES_NULL },
    { .sig = "repeat(string, int) -> string", .doc = "The text n times.", .eval = repeat_eval },
    { .sig = "lpad(string, int, string) -> string",
      .doc = "The text filled on the left to a length, or cut to it. Example: LPAD('hi', 4, '?') gives ??hi.",
      .eval = pad_eval, .option = 1 },
    { .sig = "rpad(string, int, string) -> string",
      .doc = "The text filled on the right to a length, or cut to it. Example: RPAD('hi', 4, '?') gives hi??.",
      .eval = pad_eval, .option = 0 },
    { 0 },
};
