/* keyword.c: the table of keywords.def and the search in it. */
#include "parser/token.h"

#include "parser/grammar.h"

#include <stddef.h>

enum { KEYWORD_MAX = 32 };

static const Keyword keywords[] = {
#define KEYWORD(word, token, is_reserved) { #word, TK_##token, is_reserved },
#include "parser/keywords.def"
#undef KEYWORD
};

enum { KEYWORD_COUNT = sizeof(keywords) / sizeof(keywords[0]) };

int32_t keyword_count(void)
{
    return KEYWORD_COUNT;
}

const Keyword *keyword_at(int32_t index)
{
    return &keywords[index];
}

/* Halving: about nine comparisons of a few bytes, cheaper than hashing short words. */
const Keyword *keyword_find(Str word)
{
    char upper[KEYWORD_MAX + 1];
    if (word.len > KEYWORD_MAX)
        return NULL;
    for (int64_t i = 0; i < word.len; i++) {
        char byte = word.ptr[i];
        upper[i] = (char)(byte >= 'a' && byte <= 'z' ? byte - 'a' + 'A' : byte);
    }
    upper[word.len] = '\0';
    int32_t low = 0;
    int32_t high = KEYWORD_COUNT;
    while (low < high) {
        int32_t middle = (low + high) / 2;
        int order = strcmp(keywords[middle].text, upper);
        if (order == 0)
            return &keywords[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const char *keyword_of_token(int32_t token)
{
    const char *text = NULL;
    for (int32_t i = 0; i < KEYWORD_COUNT; i++) {
        if (keywords[i].token != token)
            continue;
        if (text)
            return NULL;
        text = keywords[i].text;
    }
    return text;
}
