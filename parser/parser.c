/* parser.c: statements out of a source, one after another (parser/parser.h).
 *
 * Tokens are read once and fed as they come; a failed statement is then read on to its semicolon. Only an error makes
 * the statement's tokens be read a second time, to find out what would have fitted (expect.c). */
#include "parser/parser.h"

#include "core/utf8.h"
#include "parser/grammar.h"
#include "parser/run.h"

/* Words at the start of a statement that are remembered to guess its kind. */
enum { LEAD_MAX = 8 };

struct Parser {
    Arena          *arena;
    Arena          *scratch; /* of the statement being read */
    Str             source;
    Lexer           lexer;
    ParserStatement statement;
};

/* Java reads broken UTF-8 as U+FFFD; so do we, and the rest of the script stays readable. */
static Str clean_copy(Arena *arena, Str source)
{
    if (utf8_is_valid(source))
        return arena_str(arena, source);
    char *out = arena_new(arena, char, 3 * source.len + 1);
    int64_t len = 0;
    for (int64_t at = 0; at < source.len;) {
        int32_t size = 1;
        int32_t code = utf8_decode(source, at, &size);
        len += utf8_encode(code == UTF8_INVALID ? UTF8_REPLACEMENT : code, out + len);
        at += size;
    }
    return (Str){ out, len };
}

static void destroy_scratch(void *parser)
{
    arena_destroy(((Parser *)parser)->scratch);
}

Parser *parser_create(Arena *arena, Str source)
{
    Parser *parser = arena_new(arena, Parser, 1);
    parser->arena = arena;
    arena_defer(arena, destroy_scratch, parser);
    parser->scratch = arena_create();
    parser->source = clean_copy(arena, source);
    parser->statement.kind = STATEMENT_KIND_COUNT;
    lexer_init(&parser->lexer, parser->source);
    return parser;
}

Str parser_source(const Parser *parser)
{
    return parser->source;
}

ParserStatement parser_statement(const Parser *parser)
{
    return parser->statement;
}

Str node_source(Str source, Span span)
{
    return str_slice(source, span.start, span.end);
}

/* ---- guessing the kind of a statement that failed ---------------------------------------------------------------- */

typedef struct Lead {
    Str     words[LEAD_MAX];
    int32_t count;
} Lead;

/* Words that stand between those of a kind's text: CREATE TEMPORARY TABLE, CREATE OR REPLACE TABLE. */
static bool is_between(const Lead *lead, Str word)
{
    static const char *const between[] = { "TEMPORARY", "SYSTEM", "OR", "REPLACE", "USER", "FULL" };
    for (size_t i = 0; i < sizeof(between) / sizeof(between[0]); i++)
        if (lead->count > 0 && str_is_nocase(word, between[i]))
            return true;
    return false;
}

static void lead_add(Lead *lead, Token token)
{
    if (lead->count < LEAD_MAX && !is_between(lead, token.text))
        lead->words[lead->count++] = token.text;
}

/* Number of words of `text` when the lead begins with all of them, else 0. */
static int32_t match_words(const Lead *lead, Str text)
{
    int32_t count = 0;
    Str word;
    while (str_split(&text, ' ', &word)) {
        if (count == lead->count || !str_eq_nocase(lead->words[count], word))
            return 0;
        count++;
    }
    return count;
}

typedef struct LeadAlias {
    const char   *words;
    StatementKind kind;
} LeadAlias;

static const LeadAlias lead_aliases[] = {
    { "EXECUTE STATEMENT SET", STATEMENT_STATEMENT_SET },
    { "BEGIN STATEMENT SET", STATEMENT_STATEMENT_SET },
    { "EXECUTE INSERT", STATEMENT_INSERT },
    { "EXECUTE SELECT", STATEMENT_SELECT },
    { "WITH", STATEMENT_SELECT },
    { "VALUES", STATEMENT_SELECT },
    { "(", STATEMENT_SELECT },
    { "DESC", STATEMENT_DESCRIBE_TABLE },
    { "REPLACE TABLE", STATEMENT_CREATE_TABLE },
    { "EXIT", STATEMENT_QUIT },
};

static StatementKind guess_kind(const Lead *lead)
{
    StatementKind best = STATEMENT_KIND_COUNT;
    int32_t best_count = 0;
    for (int32_t kind = 0; kind < STATEMENT_KIND_COUNT; kind++) {
        int32_t count = match_words(lead, str_from(statement_kind_text(kind)));
        if (count > best_count) {
            best = kind;
            best_count = count;
        }
    }
    for (size_t i = 0; i < sizeof(lead_aliases) / sizeof(lead_aliases[0]); i++) {
        int32_t count = match_words(lead, str_from(lead_aliases[i].words));
        if (count > best_count) {
            best = lead_aliases[i].kind;
            best_count = count;
        }
    }
    return best;
}

/* ---- one statement --------------------------------------------------------------------------------------------- */

static Token first_token(Lexer *lexer)
{
    Token token;
    do {
        token = lexer_next(lexer);
    } while (token.kind == TK_SEMI);
    return token;
}

/* After SET k = v only the end may follow. */
static Status parse_setting(Parser *parser, Arena *arena, Token keyword, const Setting *setting, Statement **out,
                            Error *err)
{
    Builder builder = { .arena = arena, .err = err };
    bool is_set = keyword.kind == TK_SET;
    Token next = lexer_next(&parser->lexer);
    parser->statement.kind = is_set ? STATEMENT_SET : STATEMENT_RESET;
    parser->statement.span = span_join(keyword.span, is_set ? setting->value.span : setting->key.span);
    parser->statement.is_terminated = next.kind == TK_SEMI;
    if (next.kind == TK_SEMI || next.kind == 0) {
        *out = build_setting(&builder, parser->statement.kind, keyword, &setting->key, is_set ? &setting->value : NULL);
        (*out)->span = parser->statement.span;
        return STATUS_OK;
    }
    error_set(err, STATUS_SYNTAX, next.span, "found \"%.*s\", expected \";\"", STR_FMT(next.text));
    error_hint(err, "%s", is_set ? "a value with spaces is written in apostrophes: SET 'key' = 'value'"
                                 : "RESET takes one key");
    while (next.kind != TK_SEMI && next.kind != 0)
        next = lexer_next(&parser->lexer);
    parser->statement.is_terminated = next.kind == TK_SEMI;
    return err->status;
}

static bool is_too_long(const Run *run, Span start)
{
    return run->token.span.end - start.start > PARSER_STATEMENT_MAX;
}

/* Feeds the whole statement. False on an error, which is set. */
static bool feed_statement(Run *run, Token token, Lead *lead, Lexer before)
{
    Span start = token.span;
    lead_add(lead, token);
    while (run_feed(run, token)) {
        if (is_too_long(run, start)) {
            error_set(run->builder.err, STATUS_LIMIT, start, "the statement is longer than %d MiB",
                      PARSER_STATEMENT_MAX / (1024 * 1024));
            return false;
        }
        token = lexer_next(run->lexer);
        lead_add(lead, token);
    }
    if (run->builder.err->status == STATUS_OK && run->builder.found_error)
        expect_explain(run, before, run->builder.err);
    return run->builder.err->status == STATUS_OK;
}

/* Reads on to the end of the statement; its tokens are not looked at. */
static void skip_statement(Run *run)
{
    bool is_over = run->is_ended || run->token.kind == 0;
    while (!is_over) {
        Token token = lexer_next(run->lexer);
        is_over = token.kind == 0 || splitter_ends(&run->splitter, token);
        run->previous = run->token;
        run->token = token;
    }
    run->is_ended = true;
}

static bool is_unclosed(int32_t kind)
{
    return kind == TOKEN_UNCLOSED_STRING || kind == TOKEN_UNCLOSED_COMMENT;
}

Status parser_next(Parser *parser, Arena *arena, Statement **out, Error *err)
{
    *out = NULL;
    parser->statement = (ParserStatement){ .kind = STATEMENT_KIND_COUNT };
    Token token = first_token(&parser->lexer);
    if (token.kind == 0)
        return STATUS_OK;
    Setting setting;
    bool may_be_setting = token.kind == TK_SET || token.kind == TK_RESET;
    if (may_be_setting && setting_scan(&parser->lexer, token.kind == TK_RESET, &setting))
        return parse_setting(parser, arena, token, &setting, out, err);

    Lexer before = parser->lexer;
    before.cursor = token.text.ptr;
    before.counted = token.text.ptr;
    before.line = token.span.line;
    before.column = token.span.column;
    Run run;
    Lead lead = { .count = 0 };
    arena_reset(parser->scratch);
    run_begin(&run, arena, parser->scratch, &parser->lexer, 0, err);
    if (feed_statement(&run, token, &lead, before)) {
        *out = run.builder.statement;
        (*out)->span = span_join(token.span, run.previous.span);
        parser->statement.kind = (*out)->kind;
    } else {
        bool is_cut = run.builder.found_error && run.token.kind == 0;
        parser->statement.is_incomplete = is_cut || is_unclosed(run.token.kind);
        parser->statement.kind = guess_kind(&lead);
        skip_statement(&run);
    }
    parser->statement.is_terminated = run.token.kind == TK_SEMI;
    parser->statement.span = span_join(token.span, run.previous.kind ? run.previous.span : token.span);
    return err->status;
}

/* ---- single expressions, queries, types ------------------------------------------------------------------------ */

static Status parse_part(Arena *arena, Str source, int32_t start_token, Builder *out, Error *err)
{
    Str text = clean_copy(arena, source);
    if (text.len > PARSER_STATEMENT_MAX)
        return error_set(err, STATUS_LIMIT, SPAN_NONE, "the text is longer than %d MiB",
                         PARSER_STATEMENT_MAX / (1024 * 1024));
    Lexer lexer;
    lexer_init(&lexer, text);
    Lexer before = lexer;
    Run run;
    Lead lead = { .count = 0 };
    run_begin(&run, arena, arena, &lexer, start_token, err);
    bool is_good = feed_statement(&run, lexer_next(&lexer), &lead, before);
    if (is_good && run.token.kind == TK_SEMI)
        error_set(err, STATUS_SYNTAX, run.token.span, "found \";\", expected the end of the text");
    *out = run.builder;
    return err->status;
}

Status parse_expression(Arena *arena, Str source, Node **out, Error *err)
{
    Builder builder;
    *out = NULL;
    TRY(parse_part(arena, source, TK_START_EXPRESSION, &builder, err));
    *out = builder.expression;
    return STATUS_OK;
}

Status parse_query(Arena *arena, Str source, Query **out, Error *err)
{
    Builder builder;
    *out = NULL;
    TRY(parse_part(arena, source, TK_START_QUERY, &builder, err));
    *out = builder.query;
    return STATUS_OK;
}

Status parse_type(Arena *arena, Str source, TypeNode **out, Error *err)
{
    Builder builder;
    *out = NULL;
    TRY(parse_part(arena, source, TK_START_TYPE, &builder, err));
    *out = builder.type;
    return STATUS_OK;
}

/* ---- for a shell ----------------------------------------------------------------------------------------------- */

bool sql_is_complete(Str source)
{
    Arena *arena = arena_create();
    Lexer lexer;
    lexer_init(&lexer, clean_copy(arena, source));
    Splitter splitter = { .count = 0 };
    bool is_complete = true;
    for (;;) {
        Token token = lexer_next(&lexer);
        if (token.kind == 0)
            break;
        if (is_unclosed(token.kind)) {
            is_complete = false;
            break;
        }
        Setting setting;
        bool is_setting = is_complete && (token.kind == TK_SET || token.kind == TK_RESET);
        if (is_setting)
            setting_scan(&lexer, token.kind == TK_RESET, &setting);
        is_complete = splitter_ends(&splitter, token) || (is_complete && token.kind == TK_SEMI);
        if (is_complete)
            splitter = (Splitter){ .count = 0 };
    }
    arena_destroy(arena);
    return is_complete;
}
