/* expect.c: why a token did not fit: what was found, what was expected, and the likely repair.
 *
 * When the grammar refuses a token it has already done reductions that depend on no lookahead, so its state no longer
 * knows all that could have come. So the statement is read again up to the bad token, and for every token of the
 * grammar the loop is replayed on a copy of the stack (grammar_accepts). This costs only where there is an error.
 * Sets of tokens that a reader knows by one name ("an expression") are shown as that name. */
#include "core/text.h"
#include "parser/grammar.h"
#include "parser/run.h"

enum { EXPECTED_MAX = 7, FOUND_MAX = 40, TOKEN_MAX = 512 };

/* ---- texts of tokens ------------------------------------------------------------------------------------------- */

typedef struct TokenText {
    int32_t     token;
    const char *text;
} TokenText;

static const TokenText texts[] = {
    { TK_ID, "a name" },
    { TK_STRING, "a string" },
    { TK_INTEGER, "a whole number" },
    { TK_DECIMAL_NUMBER, "a number" },
    { TK_APPROXIMATE_NUMBER, "a number" },
    { TK_TYPE_WORD, "a type" },
    { TK_UNIT_WORD, "a time unit" },
    { TK_FUNCTION_WORD, "a function" },
    { TK_EQ, "\"=\"" },
    { TK_NE, "\"<>\"" },
    { TK_LT, "\"<\"" },
    { TK_GT, "\">\"" },
    { TK_PLUS, "\"+\"" },
    { TK_MINUS, "\"-\"" },
    { TK_STAR, "\"*\"" },
    { TK_LP, "\"(\"" },
    { TK_RP, "\")\"" },
    { TK_LBRACKET, "\"[\"" },
    { TK_RBRACKET, "\"]\"" },
    { TK_LBRACE, "\"{\"" },
    { TK_RBRACE, "\"}\"" },
    { TK_MINUS_RBRACE, "\"-}\"" },
    { TK_COMMA, "\",\"" },
    { TK_DOT, "\".\"" },
    { TK_SEMI, "\";\"" },
    { TK_COLON, "\":\"" },
    { TK_ARROW, "\"=>\"" },
    { TK_PIPE, "\"|\"" },
    { TK_HINT_END, "\"*/\"" },
};

/* NULL: too rare to be shown. */
static const char *token_text(int32_t token)
{
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i].token == token)
            return texts[i].text;
    return keyword_of_token(token);
}

/* ---- groups ---------------------------------------------------------------------------------------------------- */

/* When all of `needs` are expected, `text` is shown instead of all of `covers`. 0 ends a list. */
typedef struct TokenGroup {
    const char *text;
    int32_t     needs[4];
    int32_t     covers[64];
} TokenGroup;

#define NAMES   TK_ID, TK_QUOTED_NAME, TK_MAP, TK_MODEL, TK_TIMESTAMP_STEP
#define STRINGS TK_STRING, TK_ESCAPE_STRING, TK_PREFIXED_STRING, TK_UNICODE_STRING

static const TokenGroup groups[] = {
    { "a statement",
      { TK_CREATE, TK_DROP, TK_SHOW },
      { TK_CREATE, TK_DROP, TK_SHOW, TK_ALTER, TK_INSERT, TK_SELECT, TK_VALUES, TK_WITH, TK_TABLE, TK_LP, TK_EXECUTE, TK_BEGIN,
        TK_UPDATE, TK_DELETE, TK_TRUNCATE, TK_EXPLAIN, TK_COMPILE, TK_ANALYZE, TK_CALL, TK_DESCRIBE, TK_DESC, TK_USE, TK_LOAD,
        TK_UNLOAD, TK_SET, TK_RESET, TK_ADD, TK_REMOVE, TK_STOP, TK_HELP, TK_QUIT, TK_EXIT, TK_CLEAR, TK_REPLACE } },
    { "an expression",
      { TK_INTEGER, TK_CASE, TK_MINUS },
      { NAMES, STRINGS, TK_INTEGER, TK_DECIMAL_NUMBER, TK_APPROXIMATE_NUMBER, TK_BINARY_STRING, TK_TRUE, TK_FALSE, TK_UNKNOWN,
        TK_NULL, TK_DATE, TK_TIME, TK_TIMESTAMP, TK_INTERVAL, TK_LP, TK_DEFAULT, TK_NOT, TK_MINUS, TK_PLUS, TK_EXISTS, TK_CASE,
        TK_CAST, TK_TRY_CAST, TK_ROW, TK_ARRAY, TK_MULTISET, TK_NILADIC, TK_FUNCTION_WORD, TK_UNIT_WORD, TK_LEFT, TK_RIGHT,
        TK_TRUNCATE, TK_GROUPING, TK_EXTRACT, TK_ROUND_TIME, TK_POSITION, TK_SUBSTRING, TK_OVERLAY, TK_TRIM, TK_JSON_VALUE,
        TK_JSON_EXISTS, TK_JSON_QUERY, TK_JSON_OBJECT, TK_JSON_OBJECTAGG, TK_JSON_ARRAY, TK_JSON_ARRAYAGG, TK_STAR,
        TK_DISTINCT, TK_ALL } },
    { "an operator",
      { TK_PLUS, TK_STAR, TK_EQ },
      { TK_OR, TK_AND, TK_NOT, TK_IS, TK_EQ, TK_NE, TK_LT, TK_LE, TK_GT, TK_GE, TK_OVERLAPS, TK_BETWEEN, TK_IN, TK_LIKE,
        TK_SIMILAR, TK_PLUS, TK_MINUS, TK_STAR, TK_SLASH, TK_PERCENT_SIGN, TK_CONCAT, TK_LBRACKET, TK_DOT, TK_LP } },
    { "a type",
      { TK_TYPE_WORD, TK_LENGTH_TYPE },
      { NAMES, TK_TYPE_WORD, TK_LENGTH_TYPE, TK_DECIMAL_TYPE, TK_DOUBLE, TK_DATE, TK_TIME, TK_TIMESTAMP, TK_TIMESTAMP_LTZ,
        TK_INTERVAL, TK_ARRAY, TK_MULTISET, TK_ROW, TK_RAW, TK_STRUCTURED } },
    { "a query", { TK_SELECT, TK_VALUES }, { TK_SELECT, TK_VALUES, TK_WITH, TK_TABLE, TK_LP } },
    { "a table",
      { TK_ID, TK_UNNEST },
      { NAMES, TK_UNNEST, TK_LATERAL, TK_TABLE, TK_LP, TK_NILADIC, TK_FUNCTION_WORD, TK_UNIT_WORD, TK_LEFT, TK_RIGHT, TK_TRUNCATE,
        TK_GROUPING, TK_EXTRACT, TK_ROUND_TIME, TK_POSITION, TK_SUBSTRING, TK_OVERLAY, TK_TRIM, TK_JSON_VALUE, TK_JSON_EXISTS,
        TK_JSON_QUERY, TK_JSON_OBJECT, TK_JSON_OBJECTAGG, TK_JSON_ARRAY, TK_JSON_ARRAYAGG } },
    { "a name", { TK_ID }, { NAMES } },
    { "a string", { TK_STRING }, { STRINGS } },
    { "a time unit", { TK_UNIT_WORD }, { TK_UNIT_WORD, TK_UNIT_NAME } },
    { "JOIN", { TK_JOIN, TK_CROSS }, { TK_JOIN, TK_INNER, TK_LEFT, TK_RIGHT, TK_FULL, TK_CROSS, TK_NATURAL } },
    { "UNION", { TK_UNION, TK_EXCEPT }, { TK_UNION, TK_EXCEPT, TK_INTERSECT } },
    { "LIMIT", { TK_LIMIT, TK_OFFSET }, { TK_LIMIT, TK_OFFSET, TK_FETCH } },
};

/* Never worth a place in the list. */
static const int32_t hidden[] = {
    TK_HINT_BEGIN, TK_TABLESAMPLE, TK_MATCH_RECOGNIZE, TK_UESCAPE, TK_RESPECT, TK_IGNORE, TK_WITHIN, TK_DOT, TK_FOR,
    TK_ARRAY, TK_MULTISET, TK_NULL,
};

/* What readers miss most comes first; the rest follows in the order of the grammar. */
static const int32_t favourites[] = {
    TK_COMMA, TK_RP, TK_RBRACKET, TK_AS, TK_FROM, TK_WHERE, TK_GROUP, TK_ON, TK_BY, TK_END, TK_THEN, TK_WITH, TK_EQ, TK_ORDER,
    TK_TABLE, TK_VIEW, TK_TABLES, TK_VIEWS, TK_DATABASE, TK_DATABASES, TK_FUNCTION, TK_FUNCTIONS, TK_CATALOG, TK_CATALOGS,
};

/* ---- the set of expected tokens -------------------------------------------------------------------------------- */

typedef struct Expected {
    bool tokens[TOKEN_MAX];
} Expected;

static void collect(Run *run, Expected *out)
{
    uint16_t *states = arena_new(run->arena, uint16_t, grammar_depth(run->grammar) + 2);
    int32_t count = grammar_token_count();
    for (int32_t token = 0; token < count && token < TOKEN_MAX; token++)
        out->tokens[token] = grammar_accepts(run->grammar, token, states);
}

/* Reads the statement again; `at` is what could stand in the place of the bad token, `before` in that of the token
 * before it. */
static void replay(const Run *failed, Lexer lexer, Arena *arena, Expected *before, Expected *at)
{
    Run run;
    Error ignored = ERROR_NONE;
    run_begin(&run, arena, &lexer, failed->start_token, &ignored);
    for (;;) {
        Token token = lexer_next(&lexer);
        if (token.span.start == failed->previous.span.start && token.span.end == failed->previous.span.end)
            collect(&run, before);
        if (token.span.start >= failed->token.span.start) {
            collect(&run, at);
            break;
        }
        if (!run_feed(&run, token))
            break;
    }
    run_end(&run);
}

/* ---- the message ----------------------------------------------------------------------------------------------- */

static bool has_all(const Expected *expected, const int32_t *needs)
{
    for (int i = 0; i < 4 && needs[i]; i++)
        if (!expected->tokens[needs[i]])
            return false;
    return true;
}

static void take_away(Expected *expected, const int32_t *tokens, int64_t count)
{
    for (int64_t i = 0; i < count && tokens[i]; i++)
        expected->tokens[tokens[i]] = false;
}

typedef struct ShownList {
    const char *items[EXPECTED_MAX + 1];
    int32_t     count;
} ShownList;

static void show(ShownList *list, const char *text)
{
    for (int32_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], text) == 0)
            return;
    if (list->count <= EXPECTED_MAX)
        list->items[list->count++] = text;
}

static void show_token(ShownList *list, Expected *rest, int32_t token)
{
    const char *text = rest->tokens[token] ? token_text(token) : NULL;
    rest->tokens[token] = false;
    if (text)
        show(list, text);
}

/* Unless nothing else is expected. */
static void hide_rare(Expected *expected)
{
    Expected rest = *expected;
    take_away(&rest, hidden, (int64_t)(sizeof(hidden) / sizeof(hidden[0])));
    for (int32_t token = 0; token < grammar_token_count(); token++) {
        if (!rest.tokens[token])
            continue;
        *expected = rest;
        return;
    }
}

static ShownList choose(const Expected *expected, const char *end)
{
    Expected rest = *expected;
    ShownList list = { .count = 0 };
    hide_rare(&rest);
    bool may_end = rest.tokens[0] || rest.tokens[TK_SEMI];
    rest.tokens[0] = false;
    rest.tokens[TK_SEMI] = false;
    const char *grouped[sizeof(groups) / sizeof(groups[0])];
    int32_t grouped_count = 0;
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        if (!has_all(&rest, groups[i].needs))
            continue;
        take_away(&rest, groups[i].covers, 64);
        grouped[grouped_count++] = groups[i].text;
    }
    for (size_t i = 0; i < sizeof(favourites) / sizeof(favourites[0]); i++)
        show_token(&list, &rest, favourites[i]);
    for (int32_t i = 0; i < grouped_count; i++)
        show(&list, grouped[i]);
    if (may_end)
        show(&list, end);
    for (int32_t token = 1; token < grammar_token_count(); token++)
        show_token(&list, &rest, token);
    return list;
}

static void describe_found(const Run *run, Text *out)
{
    Str text = run->token.text;
    if (run->token.kind == 0) {
        text_puts(out, "found the end of the text");
        return;
    }
    text_puts(out, "found \"");
    if (text.len <= FOUND_MAX) {
        text_append(out, text);
    } else {
        int64_t cut = FOUND_MAX;
        while (cut > 0 && ((unsigned char)text.ptr[cut] & 0xc0) == 0x80)
            cut--;
        text_append(out, str_slice(text, 0, cut));
        text_puts(out, "...");
    }
    text_put(out, '"');
}

static void describe_expected(const ShownList *list, Text *out)
{
    bool is_cut = list->count > EXPECTED_MAX;
    int32_t count = is_cut ? EXPECTED_MAX : list->count;
    for (int32_t i = 0; i < count; i++) {
        bool is_last = i == count - 1;
        text_puts(out, i == 0 ? ", expected " : is_last && !is_cut ? " or " : ", ");
        text_puts(out, list->items[i]);
    }
    if (is_cut)
        text_puts(out, ", ...");
}

/* ---- the hint -------------------------------------------------------------------------------------------------- */

/* The expected keyword that looks most like the word; NULL when none does. */
static const char *nearest_keyword(const Expected *expected, Str word)
{
    Str words[TOKEN_MAX];
    int64_t count = 0;
    for (int32_t i = 0; i < keyword_count() && count < TOKEN_MAX; i++) {
        const Keyword *keyword = keyword_at(i);
        bool is_shared = keyword->token == TK_FUNCTION_WORD || keyword->token == TK_NILADIC || keyword->token == TK_UNIT_NAME;
        if (!is_shared && keyword->token < TOKEN_MAX && expected->tokens[keyword->token])
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
    static const int32_t clauses[] = { TK_SELECT, TK_FROM, TK_WHERE, TK_ON, TK_INTO, TK_VALUES, TK_WITH, TK_AS, TK_AND, TK_BY };
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

static bool hint_words(const Run *run, const Expected *before, const Expected *at, Error *err)
{
    Token token = run->token;
    const Keyword *keyword = token.kind > 0 ? keyword_find(token.text) : NULL;
    if (is_word(token) || (keyword && token.text.len > 3)) {
        const char *near = nearest_keyword(at, token.text);
        if (near)
            return error_hint(err, "did you mean %s?", near), true;
    }
    if (is_word(run->previous)) {
        const char *near = nearest_keyword(before, run->previous.text);
        if (near)
            return error_hint(err, "did you mean %s instead of \"%.*s\"?", near, STR_FMT(run->previous.text)), true;
    }
    if (keyword && str_is_nocase(token.text, "MINUS") && at->tokens[TK_EXCEPT])
        return error_hint(err, "this dialect says EXCEPT"), true;
    bool has_comma_before = run->previous.kind == TK_COMMA;
    if (has_comma_before && (run->is_ended || token.kind == TK_RP || token.kind == TK_RBRACKET || token.kind == TK_FROM))
        return error_hint(err, "the comma before it is one too many"), true;
    if (keyword && keyword->is_reserved && at->tokens[TK_ID] && may_be_meant_as_name(token))
        return error_hint(err, "%s is a reserved word; to use it as a name, write it in backticks: `%.*s`", keyword->text,
                          STR_FMT(token.text)),
               true;
    return false;
}

static void hint(const Run *run, const Expected *before, const Expected *at, Error *err)
{
    Token token = run->token;
    if (hint_words(run, before, at, err))
        return;
    if (run->closes_nothing)
        error_hint(err, "nothing is open that it could close");
    else if (token.kind == TK_EQ && run->previous.kind == TK_EQ)
        error_hint(err, "a single = compares");
    else if (token.kind == TK_COMMA && run->previous.kind == TK_INTEGER && at->tokens[TK_OFFSET])
        error_hint(err, "write LIMIT count OFFSET start");
    else if (lacks_quotes(run) && at->tokens[TK_STRING] && !at->tokens[TK_INTEGER])
        error_hint(err, "write it as a string: '%.*s'", STR_FMT(token.text));
    else if (run->is_ended && run->open_count > 0)
        error_hint(err, "what is opened at line %d, column %d, is not closed", run->open[run->open_count - 1].line,
                   run->open[run->open_count - 1].column);
    else if (at->tokens[TK_COMMA] && starts_value(token))
        error_hint(err, "is a comma missing before it?");
    else if (run->is_ended && token.kind != 0 && at->tokens[TK_SEMI] && run->splitter.in_block)
        error_hint(err, "close the statement set with END;");
}

Status expect_explain(const Run *run, Lexer first, Error *err)
{
    Arena *arena = arena_create();
    Expected *before = arena_new(arena, Expected, 2);
    Expected *at = before + 1;
    replay(run, first, arena, before, at);
    ShownList list = choose(at, run->start_token ? "the end of the text" : "\";\"");
    Text message = TEXT_EMPTY;
    describe_found(run, &message);
    describe_expected(&list, &message);
    error_set(err, STATUS_SYNTAX, run->token.span, "%s", text_cstr(&message));
    hint(run, before, at, err);
    text_free(&message);
    arena_destroy(arena);
    return err->status;
}

/* ---- text that is no token ------------------------------------------------------------------------------------- */

/* Typed by an input method or pasted from a page, and easily overlooked. */
typedef struct LookAlike {
    const char *text;
    const char *instead;
} LookAlike;

static const LookAlike look_alikes[] = {
    { "\uff0c", "," },  { "\uff1b", ";" },  { "\uff08", "(" },  { "\uff09", ")" },     { "\uff1d", "=" },
    { "\u2018", "'" },  { "\u2019", "'" },  { "\u201c", "'" },  { "\u201d", "'" },     { "\uff0e", "." },
    { "\u00a0", " " },  { "\u3000", " " },  { "\u2013", "-" },  { "\u2014", "-" },     { "\u200b", "" },
};

static void hint_character(Str character, Error *err)
{
    for (size_t i = 0; i < sizeof(look_alikes) / sizeof(look_alikes[0]); i++) {
        if (!str_is(character, look_alikes[i].text))
            continue;
        if (look_alikes[i].instead[0] > ' ')
            error_hint(err, "it only looks like %s", look_alikes[i].instead);
        else
            error_hint(err, "it looks like a plain space or like nothing; delete it");
    }
}

Status expect_problem(Token token, Error *err)
{
    Span span = token.span;
    switch (token.kind) {
    case TOKEN_UNCLOSED_STRING:
        span.end = span.start + 1;
        error_set(err, STATUS_SYNTAX, span, "the string that starts here is not closed");
        return error_hint(err, "an apostrophe inside a string is written twice: ''");
    case TOKEN_UNCLOSED_NAME:
        return error_set(err, STATUS_SYNTAX, span, "the name that starts here has no closing backtick on its line");
    case TOKEN_UNCLOSED_COMMENT:
        span.end = span.start + 2;
        return error_set(err, STATUS_SYNTAX, span, "the comment that starts here is not closed by */");
    case TOKEN_EMPTY_NAME:
        return error_set(err, STATUS_SYNTAX, span, "a name cannot be empty");
    case TOKEN_DOUBLE_QUOTED:
        error_set(err, STATUS_SYNTAX, span, "double quotes have no meaning here");
        return error_hint(err, "names are quoted with backticks (`name`), strings with apostrophes ('text')");
    case TOKEN_BANG_EQUAL:
        error_set(err, STATUS_SYNTAX, span, "!= is not allowed");
        return error_hint(err, "write <>");
    case TOKEN_BAD_UTF8:
        return error_set(err, STATUS_SYNTAX, span, "this byte is not valid UTF-8");
    default:
        error_set(err, STATUS_SYNTAX, span, "the character %.*s has no meaning here", STR_FMT(token.text));
        hint_character(token.text, err);
        return err->status;
    }
}
