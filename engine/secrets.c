/* secrets.c: the values of secret options in a script, hidden before a line of it is shown.
 *
 * The text is read word by word, as the parser reads it, and not from the parsed statement: what is shown is mostly a
 * statement that could not be parsed, with other statements on its line. What follows a string such as
 * 'properties.sasl.password' is hidden whatever it is, up to the comma or parenthesis behind it; so a value that is not
 * closed, not quoted, or has lost its "=" does not show either. Behind a plain word such as password only a string
 * after "=" is hidden (SET password = 'x'). An apostrophe too many turns strings inside out: 'key' = 'value' is looked
 * for among the bytes, too. URLs keep neither users nor passwords. A byte becomes a star, so that places stay right. */
#include "connectors/connector.h"
#include "engine/engine.h"
#include "parser/token.h"

static bool is_string(const Token *token)
{
    return token->kind == TOKEN_UNCLOSED_STRING ||
           (token->kind > 0 && token->text.len > 1 && token->text.ptr[token->text.len - 1] == '\'');
}

static bool is_secret_key(const Token *token)
{
    int64_t quote = is_string(token) ? str_find(token->text, '\'') : -1;
    return option_key_is_secret(STR_EMPTY, quote < 0 ? token->text : str_slice(token->text, quote, token->text.len));
}

static bool is_sign(const Token *token, const char *signs)
{
    return token->kind > 0 && token->text.len == 1 && strchr(signs, token->text.ptr[0]);
}

/* The quotes stay, as far as there are some. */
static void put_stars(Text *text, int64_t from, int64_t to)
{
    int64_t quote = str_find(str_slice(text_str(text), from, to), '\'');
    if (quote >= 0)
        from += quote + 1;
    if (quote >= 0 && to > from && text->ptr[to - 1] == '\'')
        to--;
    for (int64_t i = from; i < to; i++)
        if (text->ptr[i] != '\n')
            text->ptr[i] = '*';
}

/* ---- among the bytes ------------------------------------------------------------------------------------------------------ */

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* The 'key' that ends before `at`; empty when there is none. */
static Str key_before(const Text *text, int64_t at)
{
    while (at > 0 && is_blank(text->ptr[at - 1]))
        at--;
    if (at == 0 || text->ptr[at - 1] != '\'')
        return STR_EMPTY;
    int64_t last = at - 1, first = last;
    while (first > 0 && text->ptr[first - 1] != '\'' && text->ptr[first - 1] != '\n')
        first--;
    return (Str){ text->ptr + first, last - first };
}

static void hide_pairs(Text *text)
{
    for (int64_t i = 0; i < text->len; i++) {
        if (text->ptr[i] != '=' || !option_key_is_secret(STR_EMPTY, key_before(text, i)))
            continue;
        int64_t from = i + 1;
        while (from < text->len && is_blank(text->ptr[from]))
            from++;
        int64_t to = from + 1;
        while (to < text->len && text->ptr[to] != '\'' && text->ptr[to] != '\n')
            to++;
        if (from < text->len && text->ptr[from] == '\'')
            put_stars(text, from, to);
    }
}

/* ---- word by word --------------------------------------------------------------------------------------------------------- */

/* The message of a syntax error repeats what was found, its hint may say how to write it. */
static void hide_in(char *message, const char *before, const char *behind)
{
    char *found = strstr(message, before);
    char *first = found ? found + strlen(before) : NULL;
    char *last = first ? strstr(first, behind) : NULL;
    if (last)
        memset(first, '*', (size_t)(last - first));
}

static void hide(const Token *token, Text *text, Error *error)
{
    Span span = token->span;
    if (token->kind == TOKEN_UNCLOSED_STRING)
        span.end = (int32_t)text->len;
    put_stars(text, span.start, span.end);
    if (error->span.line == 0 || error->span.start >= span.end || error->span.end <= span.start)
        return;
    hide_in(error->message, "found \"", "\", expected");
    error->hint[0] = 0;
}

void secrets_hide(Text *text, Error *error)
{
    Text copy = TEXT_EMPTY; /* read while stars are put into the other */
    text_append(&copy, text_str(text));
    hide_pairs(text);
    urls_hide_secrets(text->ptr, text->len);
    urls_hide_secrets(error->message, (int64_t)strlen(error->message));
    urls_hide_secrets(error->hint, (int64_t)strlen(error->hint));
    Lexer lexer;
    lexer_init(&lexer, (Str){ text_cstr(&copy), copy.len });
    bool  is_behind_key = false, is_behind_word = false, has_equal = false;
    for (Token token = lexer_next(&lexer); token.kind != 0; token = lexer_next(&lexer)) {
        if (is_sign(&token, ",();")) {
            is_behind_key = is_behind_word = false;
        } else if (is_sign(&token, "=")) {
            has_equal = true;
            continue;
        } else if (is_behind_key || (is_behind_word && has_equal && is_string(&token))) {
            hide(&token, text, error);
        } else {
            is_behind_word = is_secret_key(&token);
            is_behind_key = is_behind_word && is_string(&token);
        }
        has_equal = false;
    }
    text_free(&copy);
}
