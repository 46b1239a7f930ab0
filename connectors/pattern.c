/* pattern.c: PCRE2, whose syntax holds Java's but for rarities; each match is limited in its steps. */
#include "connectors/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { MATCH_STEPS_MAX = 1000000 };

struct Pattern {
    pcre2_code          *code;
    pcre2_match_data    *match;
    pcre2_match_context *context;
};

static void pattern_free(void *object)
{
    Pattern *pattern = object;
    pcre2_match_context_free(pattern->context);
    pcre2_match_data_free(pattern->match);
    pcre2_code_free(pattern->code);
}

Status pattern_create(Arena *arena, const char *option, Str regex, Span span, Pattern **out, Error *err)
{
    int        code;
    PCRE2_SIZE at;
    Pattern   *pattern = arena_new(arena, Pattern, 1);
    uint32_t   options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED;
    arena_defer(arena, pattern_free, pattern);
    pattern->code = pcre2_compile((PCRE2_SPTR)regex.ptr, (PCRE2_SIZE)regex.len, options, &code, &at, NULL);
    if (!pattern->code) {
        PCRE2_UCHAR reason[128];
        pcre2_get_error_message(code, reason, sizeof(reason));
        return error_set(err, STATUS_OPTION, span, "'%s' = '%.*s' is no regular expression: %s at character %lld", option,
                         STR_FMT(regex), (const char *)reason, (long long)at);
    }
    pattern->match = pcre2_match_data_create(1, NULL);
    pattern->context = pcre2_match_context_create(NULL);
    if (!pattern->match || !pattern->context)
        return error_set(err, STATUS_NO_MEMORY, span, "out of memory");
    pcre2_set_match_limit(pattern->context, MATCH_STEPS_MAX);
    *out = pattern;
    return STATUS_OK;
}

bool pattern_matches(const Pattern *pattern, Str name)
{
    return pcre2_match(pattern->code, (PCRE2_SPTR)name.ptr, (PCRE2_SIZE)name.len, 0, 0, pattern->match,
                       pattern->context) >= 0;
}
