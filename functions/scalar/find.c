/* find.c: finding and replacing texts in texts: POSITION, LOCATE, INSTR, STARTSWITH, ENDSWITH, REPLACE, TRANSLATE. */
#include "functions/args.h"

enum { RESULT_MAX = 1 << 30 };

/* The place of needle from character `from` (from 1) on, counted from 1; 0 when it is not there. */
static int64_t position(Str text, Str needle, int64_t from)
{
    if (needle.len == 0)
        return 1;
    int64_t start = char_offset(text, 0, from - 1);
    int64_t found = find_text(text, needle, start);
    return found < 0 ? 0 : char_count(str_slice(text, 0, found)) + 1;
}

/* option: which argument is the text. */
static Status position_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    int32_t text     = call_function(call)->option;
    bool    has_from = call_expr(call)->arg_count == 3;
    EACH_VALUE(i)
    {
        int64_t from = has_from ? arg_i32(&args[2], i) : 1;
        COLUMN_DATA(out, int32_t)[i] = (int32_t)position(arg_str(&args[text], i), arg_str(&args[1 - text], i), from);
    }
    return STATUS_OK;
}

static int64_t nth_position(Str text, Str needle, int64_t from, int64_t nth)
{
    int64_t found = 0;
    for (; nth > 0; nth--) {
        if (needle.len == 0)
            return 1;
        if (from > char_count(text))
            return 0;
        found = position(text, needle, from);
        if (found == 0)
            return 0;
        from = found + 1;
    }
    return found;
}

/* The nth place before character `from` counted from the end, searched backwards. */
static int64_t nth_position_backwards(Str text, Str needle, int64_t from, int64_t nth)
{
    int64_t count = char_count(text), needle_count = char_count(needle);
    for (int64_t place = count - from + 2 - needle_count; place >= 1; place--) {
        int64_t at = char_offset(text, 0, place - 1);
        if (needle.len <= text.len - at && memcmp(text.ptr + at, needle.ptr, (size_t)needle.len) == 0 && --nth == 0)
            return place;
    }
    return 0;
}

static Status instr_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    int32_t count = call_expr(call)->arg_count;
    EACH_VALUE(i)
    {
        Str     text = arg_str(&args[0], i), needle = arg_str(&args[1], i);
        int64_t from = count > 2 ? arg_i32(&args[2], i) : 1, nth = count > 3 ? arg_i32(&args[3], i) : 1;
        int64_t place = 0;
        if (nth <= 0)
            return call_fail(call, err, STATUS_DATA, "the occurrence given to INSTR must be positive, not %lld",
                             (long long)nth);
        if (from > 0)
            place = nth_position(text, needle, from, nth);
        else if (from < 0)
            place = nth_position_backwards(text, needle, -from, nth);
        COLUMN_DATA(out, int32_t)[i] = (int32_t)place;
    }
    return STATUS_OK;
}

static Status starts_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)call;
    (void)err;
    EACH_VALUE(i)
        COLUMN_DATA(out, uint8_t)[i] = str_starts_with(arg_str(&args[0], i), arg_str(&args[1], i));
    return STATUS_OK;
}

static Status ends_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)call;
    (void)err;
    EACH_VALUE(i)
        COLUMN_DATA(out, uint8_t)[i] = str_ends_with(arg_str(&args[0], i), arg_str(&args[1], i));
    return STATUS_OK;
}

/* ---- REPLACE --------------------------------------------------------------------------------------------------- */

/* How often; an empty text is found around every character. */
static int64_t occurrences(Str text, Str old)
{
    if (old.len == 0)
        return char_count(text) + 1;
    int64_t count = 0;
    for (int64_t at = find_text(text, old, 0); at >= 0; at = find_text(text, old, at + old.len))
        count++;
    return count;
}

static char *put(char *to, Str text)
{
    memcpy(to, text.ptr, (size_t)text.len);
    return to + text.len;
}

static char *replace_around_chars(Str text, Str with, char *to)
{
    for (int64_t at = 0; at < text.len; at += char_size(text, at))
        to = put(put(to, with), str_slice(text, at, at + char_size(text, at)));
    return put(to, with);
}

static char *replace_all(Str text, Str old, Str with, char *to)
{
    int64_t at = 0, found;
    while ((found = find_text(text, old, at)) >= 0) {
        to = put(put(to, str_slice(text, at, found)), with);
        at = found + old.len;
    }
    return put(to, str_slice(text, at, text.len));
}

static Status replace_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    EACH_VALUE(i)
    {
        Str     text = arg_str(&args[0], i), old = arg_str(&args[1], i), with = arg_str(&args[2], i);
        int64_t times = occurrences(text, old);
        if (times == 0) {
            out_str(out, i, text);
            continue;
        }
        int64_t size = text.len + times * (with.len - old.len);
        if (size > RESULT_MAX)
            return call_fail(call, err, STATUS_LIMIT, "the result of REPLACE would be longer than 1 GiB");
        char *to = buf_alloc(call_buf(call), size + 1);
        if (old.len == 0)
            replace_around_chars(text, with, to);
        else
            replace_all(text, old, with, to);
        out_str(out, i, (Str){ to, size });
    }
    return STATUS_OK;
}

/* ---- TRANSLATE ------------------------------------------------------------------------------------------------- */

/* What stands for the character: the one at the same place in `to`, nothing beyond its end, itself when not in
 * `from`. */
static Str translated(Str character, Str from, Str to)
{
    int64_t into = 0;
    for (int64_t at = 0; at < from.len; at += char_size(from, at)) {
        bool has = into < to.len;
        if (str_eq(str_slice(from, at, at + char_size(from, at)), character))
            return has ? str_slice(to, into, into + char_size(to, into)) : STR_EMPTY;
        into += has ? char_size(to, into) : 0;
    }
    return character;
}

static Status translate_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    for (int64_t i = 0; i < rows; i++) {
        if (column_is_null(&args[0], i)) {
            out_null(call, out, rows, i);
            continue;
        }
        Str   text = arg_str(&args[0], i);
        Str   from = column_is_null(&args[1], i) ? STR_EMPTY : arg_str(&args[1], i);
        Str   to   = column_is_null(&args[2], i) ? STR_EMPTY : arg_str(&args[2], i);
        char *into = buf_alloc(call_buf(call), text.len * 4 + 1), *end = into;
        for (int64_t at = 0, size; at < text.len; at += size) {
            size = char_size(text, at);
            end  = put(end, translated(str_slice(text, at, at + size), from, to));
        }
        out_str(out, i, (Str){ into, end - into });
    }
    return STATUS_OK;
}

static Status translate_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out,
                              Error *err)
{
    (void)arg_count;
    (void)span;
    (void)err;
    *out = type_with_null(arena, &type_string, args[0]->type->nullable);
    return STATUS_OK;
}

const Function fn_find[] = {
    { .sig = "position(string, string, [int]) -> int",
      .doc = "POSITION(x IN y): where x is in y, from 1; 0 when it is not there.", .eval = position_eval, .option = 1 },
    { .sig = "locate(string, string, [int]) -> int",
      .doc = "Where the first text is in the second, from the place given on; 0 when it is not there.",
      .eval = position_eval,
      .option = 1 },
    { .sig = "instr(string, string, [int], [int]) -> int",
      .doc = "Where the second text is in the first, from a place on (a negative one searches backwards), the nth "
             "time. "
             "Example: INSTR('Corporate Floor', 'or', 3, 2) gives 14.",
      .eval = instr_eval, .flags = FN_CAN_FAIL },
    { .sig = "startswith(string, string) -> boolean", .doc = "TRUE when the first text starts with the second.",
      .eval = starts_eval, .flags = FN_TAKES_NULL },
    { .sig = "startswith(bytes, bytes) -> boolean", .doc = "As above, of byte strings.", .eval = starts_eval,
      .flags = FN_TAKES_NULL },
    { .sig = "endswith(string, string) -> boolean", .doc = "TRUE when the first text ends with the second.",
      .eval = ends_eval, .flags = FN_TAKES_NULL },
    { .sig = "endswith(bytes, bytes) -> boolean", .doc = "As above, of byte strings.", .eval = ends_eval,
      .flags = FN_TAKES_NULL },
    { .sig = "replace(string, string, string) -> string",
      .doc = "The first text with every second one in it replaced by the third.", .eval = replace_eval,
      .flags = FN_CAN_FAIL },
    { .sig = "translate(string, string, string) -> string",
      .doc = "The text with each character of the second argument replaced by the one at the same place of the third, "
             "or taken "
             "out. Example: TRANSLATE('abca', 'ab', 'x') gives xcx.",
      .eval = translate_eval, .infer = translate_infer, .flags = FN_TAKES_NULL | FN_SEES_NULL },
    { 0 },
};
