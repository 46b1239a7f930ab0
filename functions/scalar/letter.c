/* letter.c: functions on the letters of one text: CHAR_LENGTH, UPPER, LOWER, INITCAP, REVERSE, ASCII, CHR.
 *
 * Lengths and places count code points. */
#include "functions/args.h"
#include "functions/letter_case.h"

#include "core/utf8.h"

static Status char_length_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)call;
    (void)err;
    EACH_VALUE(i)
        COLUMN_DATA(out, int32_t)[i] = (int32_t)char_count(arg_str(&args[0], i));
    return STATUS_OK;
}

/* A result of type CHAR(n) keeps n code points: UPPER('ß') is 'S'. */
static Str fit_char(const Type *type, Str text)
{
    if (type->kind != TYPE_CHAR || text.len <= type->length)
        return text;
    return str_slice(text, 0, char_offset(text, 0, type->length));
}

static Status case_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    bool is_upper = call_function(call)->option;
    EACH_VALUE(i)
    {
        Str     text = arg_str(&args[0], i);
        char   *to   = buf_alloc(call_buf(call), text.len * (text_is_ascii(text) ? 1 : LETTER_CASE_GROWTH) + 1);
        int64_t size = is_upper ? text_to_upper(text, to) : text_to_lower(text, to);
        out_str(out, i, fit_char(out->type, (Str){ to, size }));
    }
    return STATUS_OK;
}

static bool is_ascii_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* Words are runs of ASCII letters and digits; all other bytes part them and stay. */
static Status initcap_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    EACH_VALUE(i)
    {
        Str   text     = arg_str(&args[0], i);
        char *to       = buf_alloc(call_buf(call), text.len + 1);
        bool  is_start = true;
        for (int64_t k = 0; k < text.len; k++) {
            char byte      = text.ptr[k];
            bool is_letter = is_ascii_letter(byte);
            to[k]          = !is_letter ? byte : (char)(is_start ? byte & ~0x20 : byte | 0x20);
            is_start       = !is_letter && !(byte >= '0' && byte <= '9');
        }
        out_str(out, i, (Str){ to, text.len });
    }
    return STATUS_OK;
}

static Status reverse_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    EACH_VALUE(i)
    {
        Str   text = arg_str(&args[0], i);
        char *to   = buf_alloc(call_buf(call), text.len + 1);
        for (int64_t at = 0, size; at < text.len; at += size) {
            size = char_size(text, at);
            memcpy(to + text.len - at - size, text.ptr + at, (size_t)size);
        }
        out_str(out, i, (Str){ to, text.len });
    }
    return STATUS_OK;
}

static Status ascii_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)call;
    (void)err;
    EACH_VALUE(i)
    {
        Str text                     = arg_str(&args[0], i);
        COLUMN_DATA(out, int32_t)[i] = text.len ? (signed char)text.ptr[0] : 0;
    }
    return STATUS_OK;
}

static Status chr_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    EACH_VALUE(i)
    {
        int64_t code = arg_i64(&args[0], i);
        char   *to   = buf_alloc(call_buf(call), 4);
        out_str(out, i, (Str){ to, code < 0 ? 0 : utf8_encode((int32_t)(code & 0xFF), to) });
    }
    return STATUS_OK;
}

const Function fn_letter[] = {
    { .sig = "char_length(string) -> int", .doc = "The number of characters (code points).", .eval = char_length_eval },
    { .sig = "character_length(string) -> int", .doc = "The same as CHAR_LENGTH.", .eval = char_length_eval },
    { .sig = "upper(string) -> $1", .doc = "The text in capital letters.", .eval = case_eval, .option = 1 },
    { .sig = "lower(string) -> $1", .doc = "The text in small letters.", .eval = case_eval, .option = 0 },
    { .sig = "initcap(string) -> $1",
      .doc = "The text with a capital letter at the start of each word of ASCII letters and digits.",
      .eval = initcap_eval },
    { .sig = "reverse(string) -> string?", .doc = "The characters in the opposite order.", .eval = reverse_eval },
    { .sig = "ascii(string) -> int",
      .doc = "The first byte of the text as a signed number; 0 of an empty text. Example: ASCII('abc') gives 97.",
      .eval = ascii_eval },
    { .sig = "chr(bigint) -> string?",
      .doc = "The character of a number modulo 256; the empty text of a negative one. Example: CHR(97) gives a.",
      .eval = chr_eval },
    { 0 },
};
