/* variables.c: one pass over the text; what a variable holds is not looked at again, so values cannot nest or loop. */
#include "engine/variables.h"

#include "core/env.h"

static bool is_name_byte(char c, bool is_first)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (!is_first && c >= '0' && c <= '9');
}

static Span place_of(Str source, int64_t start, int64_t end)
{
    Span span = { .start = (int32_t)start, .end = (int32_t)end, .line = 1, .column = 1 };
    for (int64_t i = 0; i < start; i++) {
        if (source.ptr[i] == '\n') {
            span.line++;
            span.column = 1;
        } else if (((unsigned char)source.ptr[i] & 0xc0) != 0x80) {
            span.column++;
        }
    }
    return span;
}

static Str environment(Str name)
{
    Text text = TEXT_EMPTY;
    text_append(&text, name);
    Str value = env_variable(text_cstr(&text));
    text_free(&text);
    return value;
}

/* One reference that starts at "${"; *end is set behind its "}". */
static Status replace_one(const Map *variables, Str source, int64_t start, int64_t *end, Text *out, Error *err)
{
    int64_t at = start + 2;
    while (at < source.len && is_name_byte(source.ptr[at], at == start + 2))
        at++;
    Str name = str_slice(source, start + 2, at);
    Str fallback = { 0 };
    if (at + 1 < source.len && source.ptr[at] == ':' && source.ptr[at + 1] == '-') {
        int64_t from = at + 2;
        for (at = from; at < source.len && source.ptr[at] != '}' && source.ptr[at] != '\n';)
            at++;
        fallback = str_slice(source, from, at);
    }
    if (name.len == 0 || at >= source.len || source.ptr[at] != '}')
        return error_set(err, STATUS_SYNTAX, place_of(source, start, at), "expected ${NAME} or ${NAME:-default}; $${ stands for ${ itself");
    *end = at + 1;
    Str value = map_get_str(variables, name);
    if (!value.ptr)
        value = environment(name);
    if (!value.ptr)
        value = fallback;
    if (!value.ptr) {
        error_set(err, STATUS_INVALID, place_of(source, start, *end), "the variable %.*s is not defined", STR_FMT(name));
        return error_hint(err, "give it with --var %.*s=..., in the environment, or write ${%.*s:-default}", STR_FMT(name), STR_FMT(name));
    }
    text_append(out, value);
    return STATUS_OK;
}

Status variables_replace(const Map *variables, Str source, Text *out, Error *err)
{
    int64_t copied = 0;
    for (int64_t i = 0; i + 1 < source.len;) {
        if (source.ptr[i] != '$' || source.ptr[i + 1] != '{') {
            i++;
            continue;
        }
        bool is_escaped = i > 0 && source.ptr[i - 1] == '$';
        text_append(out, str_slice(source, copied, is_escaped ? i - 1 : i));
        if (is_escaped) {
            copied = i;
            i += 2;
        } else {
            TRY(replace_one(variables, source, i, &i, out, err));
            copied = i;
        }
    }
    text_append(out, str_slice(source, copied, source.len));
    return STATUS_OK;
}
