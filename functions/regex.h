/* regex.h: Java's regular expressions on PCRE2.
 *
 * A pattern is translated (regex_translate.c) and compiled with JIT. Every match has a limit of steps, so that no
 * pattern can hang a task. */
#ifndef FUNCTIONS_REGEX_H
#define FUNCTIONS_REGEX_H

#include "functions/function.h"

typedef struct Regex Regex;

/* Where group g lies in the subject: [at[2g], at[2g + 1]); -1 when it took no part. */
typedef struct RegexMatch {
    const size_t *at;
    int32_t       groups; /* of the pattern, the whole match not counted */
} RegexMatch;

typedef enum RegexResult { REGEX_FOUND, REGEX_NOT_FOUND, REGEX_LIMIT } RegexResult;

/* Lives in arena; NULL when the pattern is none. */
Regex      *regex_compile(Arena *arena, Str pattern);
RegexResult regex_find(Regex *regex, Str subject, int64_t start, RegexMatch *match);
int32_t     regex_group_count(const Regex *regex);

static inline bool regex_group(Str subject, const RegexMatch *match, int32_t group, Str *out)
{
    size_t start = match->at[2 * group], end = match->at[2 * group + 1];
    if (start == (size_t)-1 || end < start)
        return false;
    *out = (Str){ subject.ptr + start, (int64_t)(end - start) };
    return true;
}

/* The pattern in PCRE2's language; false for what it cannot say. */
bool regex_translate(Str pattern, Text *out);

/* A call's compiled patterns: the literal one, or the one used last. */
typedef struct RegexCache {
    Arena *arena; /* of the pattern used last; reset with each new one */
    Str    pattern;
    Regex *regex;
    bool   is_filled;
} RegexCache;

/* For prepare. */
RegexCache *regex_cache_create(Arena *arena);
/* NULL when the pattern is none. */
Regex *regex_cached(RegexCache *cache, Str pattern);

#endif
