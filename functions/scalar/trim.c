/* trim.c: TRIM, LTRIM, RTRIM, BTRIM: characters of a set are taken off the ends of a text. Without a set it is the
 * blank. */
#include "functions/args.h"

enum { TRIM_LEFT = 1, TRIM_RIGHT = 2, TRIM_BOTH = 3 };

static bool set_has(Str set, Str character)
{
    for (int64_t at = 0; at < set.len; at += char_size(set, at))
        if (str_eq(str_slice(set, at, at + char_size(set, at)), character))
            return true;
    return false;
}

static int64_t last_char(Str text)
{
    int64_t at = text.len - 1;
    while (at > 0 && ((unsigned char)text.ptr[at] & 0xC0) == 0x80)
        at--;
    return at;
}

static Str trim(Str text, Str set, int32_t sides)
{
    if (sides & TRIM_LEFT)
        while (text.len && set_has(set, str_slice(text, 0, char_size(text, 0))))
            text = str_slice(text, char_size(text, 0), text.len);
    if (sides & TRIM_RIGHT)
        while (text.len && set_has(set, str_slice(text, last_char(text), text.len)))
            text = str_slice(text, 0, last_char(text));
    return text;
}

/* TRIM(side c FROM x) is (side, c, x). */
static Status trim_from_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)call;
    (void)err;
    EACH_VALUE(i)
    {
        Str     side  = arg_str(&args[0], i);
        int32_t sides = str_is_nocase(side, "LEADING") ? TRIM_LEFT : str_is_nocase(side, "TRAILING")
            ? TRIM_RIGHT : TRIM_BOTH;
        out_str(out, i, trim(arg_str(&args[2], i), arg_str(&args[1], i), sides));
    }
    return STATUS_OK;
}

static Status trim_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    bool has_set = call_expr(call)->arg_count > 1;
    EACH_VALUE(i)
        out_str(out, i, trim(arg_str(&args[0], i), has_set ? arg_str(&args[1], i) : STR(" "),
                             call_function(call)->option));
    return STATUS_OK;
}

const Function fn_trim[] = {
    { .sig = "trim(string) -> text$1", .doc = "The text without blanks at both ends.", .eval = trim_eval,
      .option = TRIM_BOTH },
    { .sig = "trim(string, string, string) -> text$3",
      .doc = "TRIM(BOTH | LEADING | TRAILING c FROM x): x without the characters of c at its ends.",
      .eval = trim_from_eval },
    { .sig = "ltrim(string, [string]) -> text$1",
      .doc = "The text without blanks, or the characters of the second argument, at its start.", .eval = trim_eval,
      .option = TRIM_LEFT },
    { .sig = "rtrim(string, [string]) -> text$1",
      .doc = "The text without blanks, or the characters of the second argument, at its end.", .eval = trim_eval,
      .option = TRIM_RIGHT },
    { .sig = "btrim(string, [string]) -> string",
      .doc = "The text without blanks, or the characters of the second argument, at both ends.", .eval = trim_eval,
      .option = TRIM_BOTH, .flags = FN_TAKES_NULL },
    { 0 },
};
