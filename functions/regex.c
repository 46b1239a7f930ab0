/* regex.c: compiling and matching by PCRE2, in UTF-8 mode. */
#include "functions/regex.h"

#include "functions/letter_case.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { MATCH_LIMIT = 5000000, HEAP_LIMIT_KIB = 65536 };

struct Regex {
    pcre2_code          *code;
    pcre2_match_data    *data;
    pcre2_match_context *context;
    uint32_t             groups;
};

static void regex_free(void *object)
{
    Regex *regex = object;
    pcre2_match_context_free(regex->context);
    pcre2_match_data_free(regex->data);
    pcre2_code_free(regex->code);
}

static pcre2_code *compile(Str pattern)
{
    int                    error;
    PCRE2_SIZE             offset;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    pcre2_set_newline(context, PCRE2_NEWLINE_ANYCRLF);
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern.ptr, (PCRE2_SIZE)pattern.len, PCRE2_UTF, &error, &offset,
                                     context);
    pcre2_compile_context_free(context);
    return code;
}

Regex *regex_compile(Arena *arena, Str pattern)
{
    Text translated = TEXT_EMPTY;
    bool is_good    = regex_translate(pattern, &translated) && !translated.overflow;
    pcre2_code *code = is_good ? compile(text_str(&translated)) : NULL;
    text_free(&translated);
    if (!code)
        return NULL;
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    Regex *regex   = arena_new(arena, Regex, 1);
    regex->code    = code;
    regex->data    = pcre2_match_data_create_from_pattern(code, NULL);
    regex->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(regex->context, MATCH_LIMIT);
    pcre2_set_heap_limit(regex->context, HEAP_LIMIT_KIB);
    pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &regex->groups);
    arena_defer(arena, regex_free, regex);
    return regex;
}

int32_t regex_group_count(const Regex *regex)
{
    return (int32_t)regex->groups;
}

RegexResult regex_find(Regex *regex, Str subject, int64_t start, RegexMatch *match)
{
    /* A subject that is no UTF-8 is found out by PCRE2, and then has no match. */
    uint32_t options = text_is_ascii(subject) ? PCRE2_NO_UTF_CHECK : 0;
    int      rc      = pcre2_match(regex->code, (PCRE2_SPTR)subject.ptr, (PCRE2_SIZE)subject.len, (PCRE2_SIZE)start,
                                   options,
                                   regex->data, regex->context);
    match->at        = pcre2_get_ovector_pointer(regex->data);
    match->groups    = (int32_t)regex->groups;
    if (rc == PCRE2_ERROR_MATCHLIMIT || rc == PCRE2_ERROR_HEAPLIMIT || rc == PCRE2_ERROR_DEPTHLIMIT ||
        rc == PCRE2_ERROR_JIT_STACKLIMIT)
        return REGEX_LIMIT;
    return rc > 0 ? REGEX_FOUND : REGEX_NOT_FOUND;
}

/* ---- cache ----------------------------------------------------------------------------------------------------- */

static void cache_free(void *object)
{
    arena_destroy(((RegexCache *)object)->arena);
}

RegexCache *regex_cache_create(Arena *arena)
{
    RegexCache *cache = arena_new(arena, RegexCache, 1);
    cache->arena      = arena_create();
    arena_defer(arena, cache_free, cache);
    return cache;
}

Regex *regex_cached(RegexCache *cache, Str pattern)
{
    if (cache->is_filled && str_eq(cache->pattern, pattern))
        return cache->regex;
    arena_reset(cache->arena);
    cache->pattern   = arena_str(cache->arena, pattern);
    cache->regex     = regex_compile(cache->arena, cache->pattern);
    cache->is_filled = true;
    return cache->regex;
}
