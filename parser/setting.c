/* setting.c: SET key = value and RESET key without quotes, as the dialect's client reads them: before the grammar.
 *
 *     SET key = value      key: no space, no apostrophe, no semicolon; value: no space, no semicolon
 *     SET key = 'value'    value: anything but an apostrophe
 *
 * A "=" inside the key is possible: the last one that leaves a value is the one that counts ("a=b=c" sets a=b to c). */
#include "parser/grammar.h"
#include "parser/run.h"

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f' || byte == '\v';
}

static const char *skip_space(const char *at, const char *limit)
{
    while (at < limit && is_space(*at))
        at++;
    return at;
}

static const char *skip_word(const char *at, const char *limit, bool may_have_quote)
{
    while (at < limit && !is_space(*at) && *at != ';' && (may_have_quote || *at != '\''))
        at++;
    return at;
}

static Token slice(Lexer *lexer, const char *start, const char *end)
{
    lexer_advance(lexer, start);
    return (Token){
        .kind = TK_STRING,
        .span = { (int32_t)(start - lexer->start), (int32_t)(end - lexer->start), lexer->line, lexer->column },
        .text = { start, end - start },
    };
}

/* The value at `at`; *end is behind it. False when there is none. */
static bool find_value(const char *at, const char *limit, const char **start, const char **stop, const char **end)
{
    at = skip_space(at, limit);
    *start = at;
    if (at < limit && *at == '\'') {
        const char *quote = memchr(at + 1, '\'', (size_t)(limit - at - 1));
        *start = at + 1;
        *stop = quote;
        *end = quote ? quote + 1 : limit;
        return quote != NULL;
    }
    *stop = skip_word(at, limit, true);
    *end = *stop;
    return *stop > at;
}

/* The "=" that ends the key: behind the word, or the last one in it that leaves a value. */
static const char *find_equal(const char *word, const char *end, const char *limit)
{
    const char *behind = skip_space(end, limit);
    if (behind < limit && *behind == '=')
        return behind;
    for (const char *at = end - 1; at > word; at--) {
        const char *start;
        const char *stop;
        const char *rest;
        if (*at == '=' && find_value(at + 1, limit, &start, &stop, &rest))
            return at;
    }
    return NULL;
}

bool setting_scan(Lexer *lexer, bool is_reset, Setting *setting)
{
    const char *limit = lexer->limit;
    const char *word = skip_space(lexer->cursor, limit);
    const char *word_end = skip_word(word, limit, false);
    Str text = { word, word_end - word };
    if (word == lexer->cursor || text.len == 0 || str_starts_with(text, STR("--")) || str_starts_with(text, STR("/*")))
        return false;
    if (is_reset) {
        setting->key = slice(lexer, word, word_end);
        setting->value = (Token){ 0 };
        lexer_advance(lexer, word_end);
        return true;
    }
    const char *equal = find_equal(word, word_end, limit);
    const char *start;
    const char *stop;
    const char *end;
    if (!equal || !find_value(equal + 1, limit, &start, &stop, &end))
        return false;
    setting->key = slice(lexer, word, equal < word_end ? equal : word_end);
    setting->value = slice(lexer, start, stop);
    lexer_advance(lexer, end);
    return true;
}
