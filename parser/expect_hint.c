/* expect_hint.c: the likely repair of a syntax error: a word spelled wrong, a comma too many or too few, a reserved word
 * that was meant as a name. The first guess that fits is taken; no guess is better than a wild one. */
#include "parser/expect.h"

#include "parser/grammar.h"

#include <stddef.h>

/* The expected keyword that looks most like the word; NULL when none does. */
static const char *nearest_keyword(const Expected *expected, Str word)
{
    Str words[EXPECT_TOKEN_MAX];
    int64_t count = 0;
    for (int32_t i = 0; i < keyword_count() && count < EXPECT_TOKEN_MAX; i++) {
        const Keyword *keyword = keyword_at(i);
        int32_t token = keyword->token;
        bool is_shared = token == TK_FUNCTION_WORD || token == TK_NILADIC || token == TK_UNIT_NAME;
        if (!is_shared && token < EXPECT_TOKEN_MAX && expected->tokens[token])
            words[count++] = str_from(keyword->text);
    }
    Str near = error_nearest(word, words, count);
    int64_t distance_max = word.len < 6 ? 1 : 2;
    bool is_near = near.ptr && word.len > 2 && str_distance(near, word) <= distance_max;
    return is_near && !str_eq_nocase(near, word) ? near.ptr : NULL;
}

/* Words of clauses are rarely meant as names. */
static bool may_be_meant_as_name(Token token)
{
    static const int32_t clauses[] = {
        TK_SELECT, TK_FROM, TK_WHERE, TK_ON, TK_INTO, TK_VALUES, TK_WITH, TK_AS, TK_AND, TK_BY,
    };
    for (size_t i = 0; i < sizeof(clauses) / sizeof(clauses[0]); i++)
        if (token.kind == clauses[i])
            return false;
    return true;
}

static bool is_word(Token token)
{
    const Keyword *keyword = token.kind > 0 && token.text.len ? keyword_find(token.text) : NULL;
    return token.kind == TK_ID || (keyword && !keyword->is_reserved);
}

static bool is_literal(int32_t token)
{
    return token == TK_INTEGER || token == TK_DECIMAL_NUMBER || token == TK_TRUE || token == TK_FALSE;
}

/* 'key' = 8, WITH (key = 'v'): a value or a name where a string belongs. */
static bool lacks_quotes(const Run *run)
{
    int32_t before = run->previous.kind;
    bool is_name = run->token.kind == TK_ID && (before == TK_EQ || before == TK_LP || before == TK_COMMA);
    return is_literal(run->token.kind) || is_name;
}

static bool starts_value(Token token)
{
    static const int32_t starters[] = {
        TK_STRING, TK_QUOTED_NAME, TK_INTERVAL, TK_DATE, TK_TIMESTAMP, TK_CASE, TK_CAST, TK_FUNCTION_WORD, TK_NILADIC,
    };
    for (size_t i = 0; i < sizeof(starters) / sizeof(starters[0]); i++)
        if (token.kind == starters[i])
            return true;
    return is_word(token) || is_literal(token.kind);
}

/* Each guess returns true when it has set the hint. */

static bool guess_misspelled(const Run *run, const Expected *at, Error *err)
{
    bool is_long_keyword = run->token.text.len > 3 && keyword_find(run->token.text);
    if (run->token.kind <= 0 || (!is_word(run->token) && !is_long_keyword))
        return false;
    const char *near = nearest_keyword(at, run->token.text);
    if (near)
        error_hint(err, "did you mean %s?", near);
    return near != NULL;
}

/* SELECT a FORM t: FORM was taken for an alias. */
static bool guess_previous_misspelled(const Run *run, const Expected *before, Error *err)
{
    if (!is_word(run->previous))
        return false;
    const char *near = nearest_keyword(before, run->previous.text);
    if (near)
        error_hint(err, "did you mean %s instead of \"%.*s\"?", near, STR_FMT(run->previous.text));
    return near != NULL;
}

static bool guess_minus(const Run *run, const Expected *at, Error *err)
{
    if (!at->tokens[TK_EXCEPT] || !str_is_nocase(run->token.text, "MINUS"))
        return false;
    error_hint(err, "this dialect says EXCEPT");
    return true;
}

static bool guess_comma_too_many(const Run *run, Error *err)
{
    int32_t kind = run->token.kind;
    bool is_end = run->is_ended || kind == TK_RP || kind == TK_RBRACKET || kind == TK_FROM;
    if (run->previous.kind != TK_COMMA || !is_end)
        return false;
    error_hint(err, "the comma before it is one too many");
    return true;
}

static bool guess_type(const Run *run, const Expected *at, Error *err)
{
    if (!at->tokens[TK_TIMESTAMP] || !str_is_nocase(run->token.text, "DATETIME"))
        return false;
    error_hint(err, "write TIMESTAMP(3)");
    return true;
}

static bool guess_reserved_name(const Run *run, const Expected *at, Error *err)
{
    const Keyword *keyword = run->token.kind > 0 ? keyword_find(run->token.text) : NULL;
    if (!keyword || !keyword->is_reserved || !at->tokens[TK_ID] || !may_be_meant_as_name(run->token))
        return false;
    error_hint(err, "%s is a reserved word; to use it as a name, write it in backticks: `%.*s`", keyword->text,
               STR_FMT(run->token.text));
    return true;
}

static void guess_sign(const Run *run, const Expected *at, Error *err)
{
    Token token = run->token;
    if (run->closes_nothing)
        error_hint(err, "nothing is open that it could close");
    else if (token.kind == TK_EQ && run->previous.kind == TK_EQ)
        error_hint(err, "a single = compares");
    else if (token.kind == TK_COMMA && run->previous.kind == TK_INTEGER && at->tokens[TK_OFFSET])
        error_hint(err, "write LIMIT count OFFSET start");
    else if (lacks_quotes(run) && at->tokens[TK_STRING] && !at->tokens[TK_INTEGER])
        error_hint(err, "write it as a string: '%.*s'", STR_FMT(token.text));
    else if (run->is_ended && run->open_count > 0 && run->open_count <= RUN_OPEN_MAX)
        error_hint(err, "what is opened at line %d, column %d, is not closed", run->open[run->open_count - 1].line,
                   run->open[run->open_count - 1].column);
    else if (at->tokens[TK_COMMA] && starts_value(token))
        error_hint(err, "is a comma missing before it?");
}

void expect_hint(const Run *run, const Expected *before, const Expected *at, Error *err)
{
    bool is_set = guess_misspelled(run, at, err) || guess_previous_misspelled(run, before, err) ||
                  guess_minus(run, at, err) || guess_comma_too_many(run, err) ||
                  guess_type(run, at, err) || guess_reserved_name(run, at, err);
    if (!is_set)
        guess_sign(run, at, err);
}
