/* expect.c: why a token did not fit: what was found, what was expected, and the likely repair.
 *
 * When the grammar refuses a token it has already done reductions that depend on no lookahead, so its state no longer
 * knows all that could have come. So the statement is read again up to the bad token, and for every token of the
 * grammar the loop is replayed on a copy of the stack (grammar_accepts). This costs only where there is an error.
 * Sets of tokens that a reader knows by one name ("an expression") are shown as that name. */
#include "parser/expect.h"

#include "parser/grammar.h"

enum { EXPECTED_MAX = 7, FOUND_MAX = 40 };

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
      { TK_CREATE, TK_DROP, TK_SHOW, TK_ALTER, TK_INSERT, TK_SELECT, TK_VALUES, TK_WITH, TK_TABLE, TK_LP,
        TK_EXECUTE, TK_BEGIN, TK_UPDATE, TK_DELETE, TK_TRUNCATE, TK_EXPLAIN, TK_COMPILE, TK_ANALYZE, TK_CALL,
        TK_DESCRIBE, TK_DESC, TK_USE, TK_LOAD, TK_UNLOAD, TK_SET, TK_RESET, TK_ADD, TK_REMOVE, TK_STOP, TK_HELP,
        TK_QUIT, TK_EXIT, TK_CLEAR, TK_REPLACE } },
    { "an expression",
      { TK_INTEGER, TK_CASE, TK_MINUS },
      { NAMES, STRINGS, TK_INTEGER, TK_DECIMAL_NUMBER, TK_APPROXIMATE_NUMBER, TK_BINARY_STRING, TK_TRUE,
        TK_FALSE, TK_UNKNOWN, TK_NULL, TK_DATE, TK_TIME, TK_TIMESTAMP, TK_INTERVAL, TK_LP, TK_DEFAULT, TK_NOT,
        TK_MINUS, TK_PLUS, TK_EXISTS, TK_CASE, TK_CAST, TK_TRY_CAST, TK_ROW, TK_ARRAY, TK_MULTISET, TK_NILADIC,
        TK_FUNCTION_WORD, TK_UNIT_WORD, TK_LEFT, TK_RIGHT, TK_TRUNCATE, TK_GROUPING, TK_EXTRACT, TK_ROUND_TIME,
        TK_POSITION, TK_SUBSTRING, TK_OVERLAY, TK_TRIM, TK_JSON_VALUE, TK_JSON_EXISTS, TK_JSON_QUERY,
        TK_JSON_OBJECT, TK_JSON_OBJECTAGG, TK_JSON_ARRAY, TK_JSON_ARRAYAGG, TK_STAR, TK_DISTINCT, TK_ALL } },
    { "an operator",
      { TK_PLUS, TK_STAR, TK_EQ },
      { TK_OR, TK_AND, TK_NOT, TK_IS, TK_EQ, TK_NE, TK_LT, TK_LE, TK_GT, TK_GE, TK_OVERLAPS, TK_BETWEEN, TK_IN,
        TK_LIKE, TK_SIMILAR, TK_PLUS, TK_MINUS, TK_STAR, TK_SLASH, TK_PERCENT_SIGN, TK_CONCAT, TK_LBRACKET,
        TK_DOT, TK_LP } },
    { "a type",
      { TK_TYPE_WORD, TK_LENGTH_TYPE },
      { NAMES, TK_TYPE_WORD, TK_LENGTH_TYPE, TK_DECIMAL_TYPE, TK_DOUBLE, TK_DATE, TK_TIME, TK_TIMESTAMP,
        TK_TIMESTAMP_LTZ, TK_INTERVAL, TK_ARRAY, TK_MULTISET, TK_ROW, TK_RAW, TK_STRUCTURED } },
    { "a query", { TK_SELECT, TK_VALUES }, { TK_SELECT, TK_VALUES, TK_WITH, TK_TABLE, TK_LP } },
    { "a table",
      { TK_ID, TK_UNNEST },
      { NAMES, TK_UNNEST, TK_LATERAL, TK_TABLE, TK_LP, TK_NILADIC, TK_FUNCTION_WORD, TK_UNIT_WORD, TK_LEFT,
        TK_RIGHT, TK_TRUNCATE, TK_GROUPING, TK_EXTRACT, TK_ROUND_TIME, TK_POSITION, TK_SUBSTRING, TK_OVERLAY,
        TK_TRIM, TK_JSON_VALUE, TK_JSON_EXISTS, TK_JSON_QUERY, TK_JSON_OBJECT, TK_JSON_OBJECTAGG, TK_JSON_ARRAY,
        TK_JSON_ARRAYAGG } },
    { "a name", { TK_ID }, { NAMES } },
    { "a string", { TK_STRING }, { STRINGS } },
    { "a time unit", { TK_UNIT_WORD }, { TK_UNIT_WORD, TK_UNIT_NAME } },
    { "JOIN", { TK_JOIN, TK_CROSS }, { TK_JOIN, TK_INNER, TK_LEFT, TK_RIGHT, TK_FULL, TK_CROSS, TK_NATURAL } },
    { "UNION", { TK_UNION, TK_EXCEPT }, { TK_UNION, TK_EXCEPT, TK_INTERSECT } },
    { "LIMIT", { TK_LIMIT, TK_OFFSET }, { TK_LIMIT, TK_OFFSET, TK_FETCH } },
};

/* Never worth a place in the list. */
static const int32_t hidden[] = {
    TK_HINT_BEGIN, TK_TABLESAMPLE, TK_MATCH_RECOGNIZE, TK_UESCAPE, TK_RESPECT, TK_IGNORE, TK_WITHIN, TK_DOT,
    TK_FOR, TK_ARRAY, TK_MULTISET, TK_NULL,
};

/* What readers miss most comes first; the rest follows in the order of the grammar. */
static const int32_t favourites[] = {
    TK_COMMA, TK_RP, TK_RBRACKET, TK_AS, TK_FROM, TK_WHERE, TK_GROUP, TK_ON, TK_BY, TK_END, TK_THEN, TK_WITH,
    TK_EQ, TK_ORDER, TK_TABLE, TK_VIEW, TK_TABLES, TK_VIEWS, TK_DATABASE, TK_DATABASES, TK_FUNCTION,
    TK_FUNCTIONS, TK_CATALOG, TK_CATALOGS,
};

/* ---- the set of expected tokens -------------------------------------------------------------------------------- */

static void collect(Run *run, Expected *out)
{
    uint16_t *states = arena_new(run->builder.scratch, uint16_t, grammar_depth(run->grammar) + 2);
    int32_t count = grammar_token_count();
    for (int32_t token = 0; token < count && token < EXPECT_TOKEN_MAX; token++)
        out->tokens[token] = grammar_accepts(run->grammar, token, states);
}

/* Reads the statement again; `at` is what could stand in the place of the bad token, `before` in that of the token
 * before it. */
static void replay(const Run *failed, Lexer lexer, Expected *before, Expected *at)
{
    Run run;
    Arena *scratch = failed->builder.scratch;
    Error ignored = ERROR_NONE;
    run_begin(&run, scratch, scratch, &lexer, failed->start_token, &ignored);
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

static Str describe_found(const Run *run)
{
    Arena *arena = run->builder.scratch;
    Str text = run->token.text;
    if (run->token.kind == 0)
        return STR("found the end of the text");
    if (text.len <= FOUND_MAX)
        return arena_format(arena, "found \"%.*s\"", STR_FMT(text));
    int64_t cut = FOUND_MAX;
    while (cut > 0 && ((unsigned char)text.ptr[cut] & 0xc0) == 0x80)
        cut--;
    return arena_format(arena, "found \"%.*s...\"", (int)cut, text.ptr);
}

/* found x, expected a, b or c */
static Str describe(const Run *run, const ShownList *list)
{
    Str message = describe_found(run);
    bool is_cut = list->count > EXPECTED_MAX;
    int32_t count = is_cut ? EXPECTED_MAX : list->count;
    for (int32_t i = 0; i < count; i++) {
        bool is_last = i == count - 1;
        const char *gap = i == 0 ? ", expected " : is_last && !is_cut ? " or " : ", ";
        message = arena_format(run->builder.scratch, "%.*s%s%s", STR_FMT(message), gap, list->items[i]);
    }
    return is_cut ? arena_format(run->builder.scratch, "%.*s, ...", STR_FMT(message)) : message;
}

Status expect_explain(const Run *run, Lexer first, Error *err)
{
    Expected *before = arena_new(run->builder.scratch, Expected, 2);
    Expected *at = before + 1;
    replay(run, first, before, at);
    ShownList list = choose(at, run->start_token ? "the end of the text" : "\";\"");
    error_set(err, STATUS_SYNTAX, run->token.span, "%.*s", STR_FMT(describe(run, &list)));
    expect_hint(run, before, at, err);
    return err->status;
}
