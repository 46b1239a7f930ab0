/* json_scan.c: the tokenizer.
 *
 *   value:     by its first byte; literals and numbers are checked to the byte behind them
 *   string:    runs of plain bytes are skipped 16 at a time (SSE2, else one by one) up to a quote, a backslash or a
 *              byte of a longer UTF-8 sequence
 *   container: one loop with a stack of bits (object or array), at most RECORD_DEPTH_MAX deep: no recursion
 */
#include "connectors/formats/json_scan.h"

#include "connectors/formats/format.h"
#include "core/utf8.h"

#include <assert.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

bool json_fail(JsonScan *scan, BadReason reason, const char *expected)
{
    if (!scan->expected) {
        scan->reason = reason;
        scan->expected = expected;
    }
    return false;
}

void json_failure_text(const JsonScan *scan, Text *out)
{
    text_printf(out, "at byte %lld: expected %s, found ", (long long)(scan->at - scan->start),
                scan->expected ? scan->expected : "a value");
    if (scan->at >= scan->end)
        text_puts(out, "the end of the record");
    else if ((unsigned char)*scan->at >= 0x20 && (unsigned char)*scan->at < 0x7F)
        text_printf(out, "'%c'", *scan->at);
    else
        text_printf(out, "byte 0x%02X", (unsigned)(unsigned char)*scan->at);
}

/* ---- strings --------------------------------------------------------------------------------------------------- */

static bool is_special(char byte)
{
    return byte == '"' || byte == '\\' || (unsigned char)byte >= 0x80;
}

const char *json_find_special(const char *at, const char *end)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    for (; end - at >= 16; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
        int     found = _mm_movemask_epi8(_mm_or_si128(marks, bytes)); /* the top bit of a byte >= 0x80 is its mark */
        if (found)
            return at + __builtin_ctz((unsigned)found);
    }
#endif
    while (at < end && !is_special(*at))
        at++;
    return at;
}

/* Bytes of the sequence that starts with this byte; 0 = none does. */
static int32_t sequence_size(unsigned char lead)
{
    if ((lead & 0xE0) == 0xC0)
        return 2;
    if ((lead & 0xF0) == 0xE0)
        return 3;
    return (lead & 0xF8) == 0xF0 ? 4 : 0;
}

static bool skip_sequence(JsonScan *scan)
{
    int32_t size = sequence_size((unsigned char)*scan->at);
    if (size == 0 || scan->end - scan->at < size)
        return json_fail(scan, BAD_UTF8, "UTF-8");
    for (int32_t i = 1; i < size; i++)
        if (((unsigned char)scan->at[i] & 0xC0) != 0x80)
            return json_fail(scan, BAD_UTF8, "UTF-8");
    scan->at += size;
    return true;
}

static int32_t hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    char lower = (char)(byte | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool skip_escape(JsonScan *scan)
{
    if (scan->end - scan->at < 2)
        return json_fail(scan, BAD_SYNTAX, "a closing quote");
    switch (scan->at[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        scan->at += 2;
        return true;
    case 'u':
        break;
    default:
        return json_fail(scan, BAD_SYNTAX, "an escape");
    }
    for (int32_t i = 2; i < 6; i++)
        if (scan->end - scan->at <= i || hex_digit(scan->at[i]) < 0)
            return json_fail(scan, BAD_SYNTAX, "\\u and four hexadecimal digits");
    scan->at += 6;
    return true;
}

bool json_scan_string(JsonScan *scan, JsonValue *out)
{
    const char *start = scan->at;
    *out = (JsonValue){ .token = JSON_STRING, .is_plain = true };
    for (;;) {
        scan->at = json_find_special(scan->at, scan->end);
        if (scan->at == scan->end)
            return json_fail(scan, BAD_SYNTAX, "a closing quote");
        if (*scan->at == '"')
            break;
        out->is_plain = false;
        if (*scan->at == '\\' ? !skip_escape(scan) : !skip_sequence(scan))
            return false;
    }
    out->text = (Str){ start, scan->at - start };
    scan->at++;
    return true;
}

/* ---- scalars --------------------------------------------------------------------------------------------------- */

static bool scan_literal(JsonScan *scan, const char *word, int64_t size, JsonToken token, JsonValue *out)
{
    const char *start = scan->at;
    if (scan->end - start < size || memcmp(start, word, (size_t)size) != 0)
        return json_fail(scan, BAD_SYNTAX, "a value");
    scan->at += size;
    *out = (JsonValue){ token, { start, size }, true };
    return true;
}

static bool skip_digits(JsonScan *scan)
{
    const char *start = scan->at;
    while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
        scan->at++;
    return scan->at > start || json_fail(scan, BAD_SYNTAX, "a digit");
}

static bool is_next(const JsonScan *scan, char byte)
{
    return scan->at < scan->end && *scan->at == byte;
}

/* A number or literal must not run into other letters: 12abc, nulls. */
static bool ends_here(JsonScan *scan)
{
    if (scan->at == scan->end)
        return true;
    switch (*scan->at) {
    case ' ':
    case '\t':
    case '\n':
    case '\r':
    case ',':
    case '}':
    case ']':
        return true;
    default:
        return json_fail(scan, BAD_SYNTAX, "',' or the end of the value");
    }
}

static bool scan_number(JsonScan *scan, JsonValue *out)
{
    const char *start = scan->at;
    JsonToken   token = JSON_INTEGER;
    if (is_next(scan, '-'))
        scan->at++;
    if (is_next(scan, '0'))
        scan->at++;
    else if (!skip_digits(scan))
        return false;
    if (is_next(scan, '.')) {
        token = JSON_FLOAT;
        scan->at++;
        if (!skip_digits(scan))
            return false;
    }
    if (scan->at < scan->end && (*scan->at | 0x20) == 'e') {
        token = JSON_FLOAT;
        scan->at++;
        if (scan->at < scan->end && (*scan->at == '+' || *scan->at == '-'))
            scan->at++;
        if (!skip_digits(scan))
            return false;
    }
    *out = (JsonValue){ token, { start, scan->at - start }, true };
    return ends_here(scan);
}

/* ---- structure ------------------------------------------------------------------------------------------------- */

bool json_scan_key(JsonScan *scan, JsonValue *name)
{
    if (!json_take(scan, '"'))
        return json_fail(scan, BAD_SYNTAX, "a field name in double quotes");
    if (!json_scan_string(scan, name))
        return false;
    if (!json_take(scan, ':'))
        return json_fail(scan, BAD_SYNTAX, "':'");
    return true;
}

bool json_scan_next(JsonScan *scan, char close, bool *more)
{
    *more = json_take(scan, ',');
    if (*more || json_take(scan, close))
        return true;
    return json_fail(scan, BAD_SYNTAX, close == '}' ? "',' or '}'" : "',' or ']'");
}

static bool scan_scalar(JsonScan *scan, JsonValue *out)
{
    switch (*scan->at) {
    case '"':
        scan->at++;
        return json_scan_string(scan, out);
    case 't': return scan_literal(scan, "true", 4, JSON_TRUE, out) && ends_here(scan);
    case 'f': return scan_literal(scan, "false", 5, JSON_FALSE, out) && ends_here(scan);
    case 'n': return scan_literal(scan, "null", 4, JSON_NULL, out) && ends_here(scan);
    default:
        if (*scan->at == '-' || (*scan->at >= '0' && *scan->at <= '9'))
            return scan_number(scan, out);
        return json_fail(scan, BAD_SYNTAX, "a value");
    }
}

/* The open containers inside the one being skipped: a bit each, 1 = object. */
typedef struct Stack {
    uint64_t bits[RECORD_DEPTH_MAX / 64];
    int32_t  count;
} Stack;

static bool stack_top(const Stack *stack)
{
    int32_t top = stack->count - 1;
    return (stack->bits[top / 64] >> (top % 64)) & 1;
}

static bool stack_push(JsonScan *scan, Stack *stack, bool is_object)
{
    if (scan->depth + stack->count >= RECORD_DEPTH_MAX)
        return json_fail(scan, BAD_TOO_DEEP, "at most 128 levels of nesting");
    int32_t  top = stack->count++;
    uint64_t bit = (uint64_t)1 << (top % 64);
    stack->bits[top / 64] = is_object ? stack->bits[top / 64] | bit : stack->bits[top / 64] & ~bit;
    return true;
}

/* Behind a value: closes what ends here. Leaves scan->at before the next value of the innermost open container, its
 * name skipped, or behind the whole when none is open. */
static bool skip_to_next_value(JsonScan *scan, Stack *stack)
{
    while (stack->count > 0) {
        JsonValue name;
        bool      is_object = stack_top(stack);
        bool      more;
        if (!json_scan_next(scan, is_object ? '}' : ']', &more))
            return false;
        if (more)
            return !is_object || json_scan_key(scan, &name);
        stack->count--;
    }
    return true;
}

/* At '{' or '['. *is_empty: it was closed at once and is not on the stack. */
static bool open_container(JsonScan *scan, Stack *stack, bool *is_empty)
{
    JsonValue name;
    bool      is_object = *scan->at == '{';
    scan->at++;
    *is_empty = json_take(scan, is_object ? '}' : ']');
    if (*is_empty)
        return scan->depth + stack->count < RECORD_DEPTH_MAX ||
               json_fail(scan, BAD_TOO_DEEP, "at most 128 levels of nesting");
    return stack_push(scan, stack, is_object) && (!is_object || json_scan_key(scan, &name));
}

static bool scan_container(JsonScan *scan, JsonValue *out)
{
    const char *start = scan->at;
    Stack       stack = { .count = 0 };
    do {
        JsonValue ignored;
        bool      is_value_done = true;
        json_skip_space(scan);
        if (scan->at == scan->end)
            return json_fail(scan, BAD_SYNTAX, "a value");
        if (*scan->at == '{' || *scan->at == '[') {
            if (!open_container(scan, &stack, &is_value_done))
                return false;
        } else if (!scan_scalar(scan, &ignored)) {
            return false;
        }
        if (is_value_done && !skip_to_next_value(scan, &stack))
            return false;
    } while (stack.count > 0);
    *out = (JsonValue){ *start == '{' ? JSON_OBJECT : JSON_ARRAY, { start, scan->at - start }, true };
    return true;
}

bool json_scan_value(JsonScan *scan, JsonValue *out)
{
    json_skip_space(scan);
    if (scan->at == scan->end)
        return json_fail(scan, BAD_SYNTAX, "a value");
    return *scan->at == '{' || *scan->at == '[' ? scan_container(scan, out) : scan_scalar(scan, out);
}

/* ---- text of strings ------------------------------------------------------------------------------------------- */

static void put_code_point(Text *out, int32_t code_point)
{
    char bytes[4];
    text_append(out, (Str){ bytes, utf8_encode(code_point, bytes) });
}

static bool is_high_surrogate(int32_t unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low_surrogate(int32_t unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

static void flush_pending(Text *out, int32_t *pending)
{
    if (*pending)
        text_put(out, '?');
    *pending = 0;
}

/* UTF-16 units come one by one, from escapes and from sequences alike; a pair makes one code point, a half alone
 * '?'. */
static void put_unit(Text *out, int32_t unit, int32_t *pending)
{
    if (*pending && is_low_surrogate(unit)) {
        put_code_point(out, 0x10000 + ((*pending - 0xD800) << 10) + (unit - 0xDC00));
        *pending = 0;
        return;
    }
    flush_pending(out, pending);
    if (is_high_surrogate(unit))
        *pending = unit;
    else if (is_low_surrogate(unit))
        text_put(out, '?');
    else
        put_code_point(out, unit);
}

static int32_t escape_unit(const char *at, int32_t *size)
{
    *size = 2;
    switch (at[1]) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'u': break;
    default: return (unsigned char)at[1];
    }
    *size = 6;
    return hex_digit(at[2]) << 12 | hex_digit(at[3]) << 8 | hex_digit(at[4]) << 4 | hex_digit(at[5]);
}

/* The number that the bits of a sequence say, however it is written. */
static int32_t sequence_value(const char *at, int32_t size)
{
    int32_t value = (unsigned char)at[0] & (0xFF >> (size + 1));
    for (int32_t i = 1; i < size; i++)
        value = value << 6 | ((unsigned char)at[i] & 0x3F);
    return value;
}

static void put_units_of(Text *out, int32_t value, int32_t *pending)
{
    if (value < 0x10000) {
        put_unit(out, value, pending);
        return;
    }
    put_unit(out, 0xD800 | ((value - 0x10000) >> 10), pending);
    put_unit(out, 0xDC00 | ((value - 0x10000) & 0x3FF), pending);
}

void json_scan_unescape(Str text, Text *out)
{
    const char *at = text.ptr;
    const char *end = text.ptr + text.len;
    int32_t     pending = 0;
    while (at < end) {
        int32_t     size;
        const char *next = json_find_special(at, end);
        if (next > at) {
            flush_pending(out, &pending);
            text_append(out, (Str){ at, next - at });
            at = next;
            continue;
        }
        if (*at == '\\') {
            put_unit(out, escape_unit(at, &size), &pending);
        } else {
            size = sequence_size((unsigned char)*at);
            assert(size > 0 && end - at >= size);
            put_units_of(out, sequence_value(at, size), &pending);
        }
        at += size;
    }
    flush_pending(out, &pending);
}
