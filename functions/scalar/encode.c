/* encode.c: texts and bytes as other texts and bytes: TO_BASE64, FROM_BASE64, ENCODE, DECODE, URL_ENCODE, URL_DECODE,
 * HEX, UNHEX, BIN. */
#include "functions/args.h"

#include "core/charset.h"

/* ---- base64 ---------------------------------------------------------------------------------------------------- */

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static Status to_base64_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    EACH_VALUE(i)
    {
        Str   in = arg_str(&args[0], i);
        char *to = buf_alloc(call_buf(call), (in.len + 2) / 3 * 4 + 1), *at = to;
        for (int64_t k = 0; k < in.len; k += 3) {
            uint32_t group = (uint32_t)(unsigned char)in.ptr[k] << 16;
            group |= k + 1 < in.len ? (uint32_t)(unsigned char)in.ptr[k + 1] << 8 : 0;
            group |= k + 2 < in.len ? (uint32_t)(unsigned char)in.ptr[k + 2] : 0;
            *at++ = base64_digits[group >> 18];
            *at++ = base64_digits[group >> 12 & 63];
            *at++ = k + 1 < in.len ? base64_digits[group >> 6 & 63] : '=';
            *at++ = k + 2 < in.len ? base64_digits[group & 63] : '=';
        }
        out_str(out, i, (Str){ to, at - to });
    }
    return STATUS_OK;
}

static int base64_value(char byte)
{
    const char *found = byte ? strchr(base64_digits, byte) : NULL;
    return found ? (int)(found - base64_digits) : -1;
}

/* Padding may be missing; anything else that is no digit is an error. Returns the size, or -1. */
static int64_t base64_decode(Str in, char *to)
{
    uint32_t bits  = 0;
    int      count = 0;
    int64_t  size  = 0, digits = in.len;
    while (digits > 0 && in.len - digits < 2 && in.ptr[digits - 1] == '=')
        digits--;
    for (int64_t i = 0; i < digits; i++) {
        int value = base64_value(in.ptr[i]);
        if (value < 0)
            return -1;
        bits = bits << 6 | (uint32_t)value;
        count += 6;
        if (count >= 8) {
            count -= 8;
            to[size++] = (char)(bits >> count);
        }
    }
    return digits % 4 == 1 ? -1 : size;
}

static Status from_base64_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    EACH_VALUE(i)
    {
        Str     in   = arg_str(&args[0], i);
        char   *to   = buf_alloc(call_buf(call), in.len + 1);
        int64_t size = base64_decode(in, to);
        if (size < 0)
            return call_fail(call, err, STATUS_DATA, "'%.*s' is not base64", STR_FMT(in));
        out_str(out, i, (Str){ to, size });
    }
    return STATUS_OK;
}

/* ---- character sets -------------------------------------------------------------------------------------------- */

static Status charset_named(const Call *call, Str name, Charset *out, Error *err)
{
    if (charset_find(name, out))
        return STATUS_OK;
    call_fail(call, err, STATUS_DATA, "the character set '%.*s' is not known", STR_FMT(name));
    return error_hint(err, CHARSETS_KNOWN);
}

static Status encode_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    EACH_VALUE(i)
    {
        Charset charset;
        Str     in = arg_str(&args[0], i);
        TRY(charset_named(call, arg_str(&args[1], i), &charset, err));
        char *to = buf_alloc(call_buf(call), CHARSET_ENCODED_SIZE_MAX(in.len));
        out_str(out, i, (Str){ to, charset_encode(charset, in, to) });
    }
    return STATUS_OK;
}

static Status decode_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    EACH_VALUE(i)
    {
        Charset charset;
        Str     in = arg_str(&args[0], i);
        TRY(charset_named(call, arg_str(&args[1], i), &charset, err));
        char *to = buf_alloc(call_buf(call), CHARSET_DECODED_SIZE_MAX(in.len));
        out_str(out, i, (Str){ to, charset_decode(charset, in, to) });
    }
    return STATUS_OK;
}

/* ---- URL ------------------------------------------------------------------------------------------------------- */

static bool is_url_plain(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           (byte && strchr("*-_.", byte));
}

static Status url_encode_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    static const char hex[] = "0123456789ABCDEF";
    EACH_VALUE(i)
    {
        Str   in = arg_str(&args[0], i);
        char *to = buf_alloc(call_buf(call), in.len * 3 + 1), *at = to;
        for (int64_t k = 0; k < in.len; k++) {
            char byte = in.ptr[k];
            if (is_url_plain(byte) || byte == ' ') {
                *at++ = byte == ' ' ? '+' : byte;
                continue;
            }
            *at++ = '%';
            *at++ = hex[(unsigned char)byte >> 4];
            *at++ = hex[(unsigned char)byte & 15];
        }
        out_str(out, i, (Str){ to, at - to });
    }
    return STATUS_OK;
}

static int hex_value(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* Returns the size, or -1 for a % without two digits. */
static int64_t url_decode(Str in, char *to)
{
    int64_t size = 0;
    for (int64_t k = 0; k < in.len; k++) {
        char byte = in.ptr[k];
        if (byte == '%') {
            int high = k + 2 < in.len ? hex_value(in.ptr[k + 1]) : -1;
            int low  = k + 2 < in.len ? hex_value(in.ptr[k + 2]) : -1;
            if (high < 0 || low < 0)
                return -1;
            byte = (char)(high << 4 | low);
            k += 2;
        } else if (byte == '+') {
            byte = ' ';
        }
        to[size++] = byte;
    }
    return size;
}

static Status url_decode_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    EACH_VALUE(i)
    {
        Str     in   = arg_str(&args[0], i);
        char   *raw  = buf_alloc(call_buf(call), in.len + 1);
        int64_t size = url_decode(in, raw);
        if (size < 0) {
            out_null(call, out, rows, i);
            continue;
        }
        char *to = buf_alloc(call_buf(call), CHARSET_DECODED_SIZE_MAX(size));
        out_str(out, i, (Str){ to, charset_decode(CHARSET_UTF8, (Str){ raw, size }, to) });
    }
    return STATUS_OK;
}

/* ---- HEX, UNHEX, BIN ------------------------------------------------------------------------------------------- */

static Status hex_text_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    static const char hex[] = "0123456789ABCDEF";
    EACH_VALUE(i)
    {
        Str   in = arg_str(&args[0], i);
        char *to = buf_alloc(call_buf(call), in.len * 2 + 1);
        for (int64_t k = 0; k < in.len; k++) {
            to[2 * k]     = hex[(unsigned char)in.ptr[k] >> 4];
            to[2 * k + 1] = hex[(unsigned char)in.ptr[k] & 15];
        }
        out_str(out, i, (Str){ to, in.len * 2 });
    }
    return STATUS_OK;
}

/* option: bits per digit. */
static Status digits_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    static const char hex[] = "0123456789ABCDEF";
    int32_t bits = call_function(call)->option;
    EACH_VALUE(i)
    {
        uint64_t value = (uint64_t)arg_i64(&args[0], i);
        char    *to    = buf_alloc(call_buf(call), 64), *at = to + 64;
        do {
            *--at = hex[value & ((1u << bits) - 1)];
            value >>= bits;
        } while (value);
        out_str(out, i, (Str){ at, to + 64 - at });
    }
    return STATUS_OK;
}

/* Of an odd number of digits the first one counts for nothing, but must be one: UNHEX('ABC') is 00 BC. */
static Status unhex_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    EACH_VALUE(i)
    {
        Str     in  = arg_str(&args[0], i);
        int64_t odd = in.len % 2, size = (in.len + odd) / 2;
        char   *to  = buf_alloc(call_buf(call), size + 1);
        bool    is_good = !odd || hex_value(in.ptr[0]) >= 0;
        to[0] = 0;
        for (int64_t k = odd; k < size && is_good; k++) {
            int high = hex_value(in.ptr[2 * k - odd]), low = hex_value(in.ptr[2 * k - odd + 1]);
            is_good  = high >= 0 && low >= 0;
            to[k]    = (char)((high & 15) << 4 | (low & 15));
        }
        if (is_good)
            out_str(out, i, (Str){ to, size });
        else
            out_null(call, out, rows, i);
    }
    return STATUS_OK;
}

const Function fn_encode[] = {
    { .sig = "to_base64(string) -> string", .doc = "The text in base64.", .eval = to_base64_eval },
    { .sig = "to_base64(bytes) -> string", .doc = "The bytes in base64.", .eval = to_base64_eval },
    { .sig = "from_base64(string) -> string", .doc = "The text that the base64 text stands for.",
      .eval = from_base64_eval,
      .flags = FN_CAN_FAIL },
    { .sig = "from_base64(bytes) -> string", .doc = "As above, of bytes.", .eval = from_base64_eval,
      .flags = FN_CAN_FAIL },
    { .sig = "encode(string, string) -> bytes",
      .doc = "The text as bytes of a character set: US-ASCII, ISO-8859-1, UTF-8, UTF-16, UTF-16BE or UTF-16LE.",
      .eval = encode_eval, .flags = FN_CAN_FAIL },
    { .sig = "decode(bytes, string) -> string", .doc = "The text of bytes in a character set.", .eval = decode_eval,
      .flags = FN_CAN_FAIL },
    { .sig = "url_encode(string) -> string?", .doc = "The text as application/x-www-form-urlencoded.",
      .eval = url_encode_eval, .flags = FN_TAKES_NULL },
    { .sig = "url_decode(string) -> string?", .doc = "The text that URL_ENCODE was given; NULL when it is broken.",
      .eval = url_decode_eval, .flags = FN_TAKES_NULL },
    { .sig = "hex(bigint) -> string", .doc = "The number in hexadecimal digits. Example: HEX(255) gives FF.",
      .eval = digits_eval, .option = 4 },
    { .sig = "hex(string) -> string", .doc = "The bytes of the text in hexadecimal digits.", .eval = hex_text_eval },
    { .sig = "unhex(string) -> bytes?", .doc = "The bytes of hexadecimal digits; NULL when they are none.",
      .eval = unhex_eval, .flags = FN_TAKES_NULL },
    { .sig = "bin(bigint) -> string", .doc = "The number in binary digits. Example: BIN(4) gives 100.",
      .eval = digits_eval,
      .option = 1 },
    { 0 },
};
