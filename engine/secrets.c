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
static void put_stars(char *text, int64_t from, int64_t to)
{
    int64_t quote = str_find((Str){ text + from, to - from }, '\'');
    if (quote >= 0)
        from += quote + 1;
    if (quote >= 0 && to > from && text[to - 1] == '\'')
        to--;
    for (int64_t i = from; i < to; i++)
        if (text[i] != '\n')
            text[i] = '*';
}

/* ---- among the bytes ------------------------------------------------------------------------------------------------------ */

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* The 'key' that ends before `at`; empty when there is none. */
static Str key_before(const char *text, int64_t at)
{
    while (at > 0 && is_blank(text[at - 1]))
        at--;
    if (at == 0 || text[at - 1] != '\'')
        return STR_EMPTY;
    int64_t last = at - 1, first = last;
    while (first > 0 && text[first - 1] != '\'' && text[first - 1] != '\n')
        first--;
    return (Str){ text + first, last - first };
}

static void hide_pairs(char *text, int64_t size)
{
    for (int64_t i = 0; i < size; i++) {
        if (text[i] != '=' || !option_key_is_secret(STR_EMPTY, key_before(text, i)))
            continue;
        int64_t from = i + 1;
        while (from < size && is_blank(text[from]))
            from++;
        int64_t to = from + 1;
        while (to < size && text[to] != '\'' && text[to] != '\n')
            to++;
        if (from < size && text[from] == '\'')
            put_stars(text, from, to);
    }
}

/* ---- word by word --------------------------------------------------------------------------------------------------------- */

static void hide(Secrets *secrets, Arena *arena, const Token *token)
{
    Span span = token->span;
    if (token->kind == TOKEN_UNCLOSED_STRING)
        span.end = (int32_t)secrets->size;
    put_stars(secrets->text, span.start, span.end);
    list_push(arena, &secrets->hidden, span);
}

static void hide_words(Secrets *secrets, Arena *arena, Str source)
{
    Lexer lexer;
    lexer_init(&lexer, source);
    bool is_behind_key = false, is_behind_word = false, has_equal = false;
    for (Token token = lexer_next(&lexer); token.kind != 0; token = lexer_next(&lexer)) {
        if (is_sign(&token, ",();")) {
            is_behind_key = is_behind_word = false;
        } else if (is_sign(&token, "=")) {
            has_equal = true;
            continue;
        } else if (is_behind_key || (is_behind_word && has_equal && is_string(&token))) {
            hide(secrets, arena, &token);
        } else {
            is_behind_word = is_secret_key(&token);
            is_behind_key = is_behind_word && is_string(&token);
        }
        has_equal = false;
    }
}

void secrets_hide(Arena *arena, Str source, Secrets *out)
{
    *out = (Secrets){ .text = arena_alloc(arena, source.len + 1), .size = source.len };
    memcpy(out->text, source.ptr, (size_t)source.len);
    hide_pairs(out->text, out->size);
    urls_hide_secrets(out->text, out->size);
    hide_words(out, arena, arena_str(arena, source)); /* read from another: stars are put into the text meanwhile */
}

/* ---- in errors ------------------------------------------------------------------------------------------------------------ */

/* The first hidden place that ends behind `at`. */
static int64_t first_behind(const Secrets *secrets, int32_t at)
{
    int64_t low = 0, high = secrets->hidden.count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (secrets->hidden.items[middle].end > at)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static void hide_between(char *message, const char *before, const char *behind)
{
    char *found = strstr(message, before);
    char *first = found ? found + strlen(before) : NULL;
    char *last = first ? strstr(first, behind) : NULL;
    if (last)
        memset(first, '*', (size_t)(last - first));
}

void secrets_hide_in(const Secrets *secrets, Error *error)
{
    urls_hide_secrets(error->message, (int64_t)strlen(error->message));
    urls_hide_secrets(error->hint, (int64_t)strlen(error->hint));
    int64_t place = first_behind(secrets, error->span.start);
    if (error->span.line == 0 || place == secrets->hidden.count || secrets->hidden.items[place].start >= error->span.end)
        return;
    hide_between(error->message, "found \"", "\", expected");
    error->hint[0] = 0;
}
