/* like.c: LIKE and SIMILAR TO, over code points.
 *
 * A LIKE pattern becomes a list of tokens: a byte, any one character (_), any characters (%). It is matched without
 * recursion: at a mismatch the last % takes one character more. Patterns such as 'abc%' or '%abc%' with no other
 * wildcard are compared as plain text. SIMILAR TO goes by a regular expression. */
#include "functions/args.h"
#include "functions/regex.h"

typedef enum TokenKind { TOKEN_BYTE, TOKEN_ONE, TOKEN_MANY } TokenKind;

typedef enum LikeShape { LIKE_GENERAL, LIKE_EXACT, LIKE_PREFIX, LIKE_SUFFIX, LIKE_CONTAINS } LikeShape;

typedef struct LikePattern {
    char     *bytes;
    uint8_t  *kinds;
    int64_t   count;
    LikeShape shape;
    Str       plain; /* the text of all shapes but GENERAL */
} LikePattern;

/* ---- LIKE: compiling ------------------------------------------------------------------------------------------- */

static void put_token(LikePattern *pattern, TokenKind kind, char byte)
{
    pattern->kinds[pattern->count]   = (uint8_t)kind;
    pattern->bytes[pattern->count++] = byte;
}

static LikeShape shape_of(const LikePattern *pattern)
{
    int64_t count = pattern->count, inner_wild = 0;
    bool    starts = count > 0 && pattern->kinds[0] == TOKEN_MANY;
    bool    ends   = count > 1 && pattern->kinds[count - 1] == TOKEN_MANY;
    for (int64_t i = starts; i < count - ends; i++)
        inner_wild += pattern->kinds[i] != TOKEN_BYTE;
    if (inner_wild)
        return LIKE_GENERAL;
    return starts && ends ? LIKE_CONTAINS : starts ? LIKE_SUFFIX : ends ? LIKE_PREFIX : LIKE_EXACT;
}

static void find_shape(LikePattern *pattern)
{
    pattern->shape = shape_of(pattern);
    int64_t from   = pattern->shape == LIKE_SUFFIX || pattern->shape == LIKE_CONTAINS;
    int64_t to     = pattern->count - (pattern->shape == LIKE_PREFIX || pattern->shape == LIKE_CONTAINS);
    pattern->plain = (Str){ pattern->bytes + from, to - from };
}

/* The escape character must stand before %, _ or itself. */
static Status compile_like(Call *call, Str text, Str escape, LikePattern *pattern, Error *err)
{
    if (escape.len && char_count(escape) != 1)
        return call_fail(call, err, STATUS_INVALID, "the ESCAPE of LIKE must be one character, not '%.*s'",
                         STR_FMT(escape));
    for (int64_t at = 0; at < text.len;) {
        bool is_escaped = escape.len && str_starts_with(str_slice(text, at, text.len), escape);
        if (is_escaped) {
            Str  rest = str_slice(text, at + escape.len, text.len);
            bool ok   = rest.len && (rest.ptr[0] == '%' || rest.ptr[0] == '_' || str_starts_with(rest, escape));
            if (!ok)
                return call_fail(call, err, STATUS_INVALID,
                                 "invalid escape sequence in the LIKE pattern '%.*s' at %lld",
                                 STR_FMT(text), (long long)at + 1);
            at += escape.len;
            for (int64_t end = at + char_size(text, at); at < end; at++)
                put_token(pattern, TOKEN_BYTE, text.ptr[at]);
            continue;
        }
        char byte = text.ptr[at++];
        if (byte == '%' && pattern->count && pattern->kinds[pattern->count - 1] == TOKEN_MANY)
            continue;
        put_token(pattern, byte == '%' ? TOKEN_MANY : byte == '_' ? TOKEN_ONE : TOKEN_BYTE, byte);
    }
    find_shape(pattern);
    return STATUS_OK;
}

/* ---- LIKE: matching -------------------------------------------------------------------------------------------- */

static bool matches_general(const LikePattern *pattern, Str text)
{
    int64_t at = 0, token = 0, many = -1, retry = 0;
    while (at < text.len) {
        uint8_t kind = token < pattern->count ? pattern->kinds[token] : 255;
        if (kind == TOKEN_MANY) {
            many  = token++;
            retry = at;
        } else if (kind == TOKEN_ONE) {
            at += char_size(text, at);
            token++;
        } else if (kind == TOKEN_BYTE && pattern->bytes[token] == text.ptr[at]) {
            at++;
            token++;
        } else if (many >= 0) {
            retry += char_size(text, retry);
            at    = retry;
            token = many + 1;
        } else {
            return false;
        }
    }
    while (token < pattern->count && pattern->kinds[token] == TOKEN_MANY)
        token++;
    return token == pattern->count;
}

static bool matches(const LikePattern *pattern, Str text)
{
    switch (pattern->shape) {
    case LIKE_EXACT:
        return str_eq(text, pattern->plain);
    case LIKE_PREFIX:
        return str_starts_with(text, pattern->plain);
    case LIKE_SUFFIX:
        return str_ends_with(text, pattern->plain);
    case LIKE_CONTAINS:
        return find_text(text, pattern->plain, 0) >= 0;
    default:
        return matches_general(pattern, text);
    }
}

static LikePattern *pattern_in(Buf *buf, int64_t size)
{
    LikePattern *pattern = buf_zalloc(buf, sizeof(LikePattern));
    pattern->bytes       = buf_alloc(buf, size + 1);
    pattern->kinds       = buf_alloc(buf, size + 1);
    return pattern;
}

static bool pattern_is_constant(const Column *args, int32_t count)
{
    return args[1].constant && (count < 3 || args[2].constant);
}

static Status like_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    int32_t      count    = call_expr(call)->arg_count;
    bool         is_fixed = pattern_is_constant(args, count);
    LikePattern *pattern  = NULL;
    EACH_VALUE(i)
    {
        if (!pattern || !is_fixed) {
            Str text = arg_str(&args[1], i);
            pattern  = pattern_in(call_buf(call), text.len);
            TRY(compile_like(call, text, count > 2 ? arg_str(&args[2], i) : STR_EMPTY, pattern, err));
        }
        COLUMN_DATA(out, uint8_t)[i] = matches(pattern, arg_str(&args[0], i));
    }
    return STATUS_OK;
}

/* ---- SIMILAR TO ------------------------------------------------------------------------------------------------ */

typedef struct NamedClass {
    const char *name;
    const char *regex; /* inside brackets */
} NamedClass;

static const NamedClass named_classes[] = {
    { "[:ALPHA:]", "a-zA-Z" },   { "[:alpha:]", "a-zA-Z" },       { "[:UPPER:]", "A-Z" },   { "[:upper:]", "A-Z" },
    { "[:LOWER:]", "a-z" },      { "[:lower:]", "a-z" },          { "[:DIGIT:]", "0-9" },   { "[:digit:]", "0-9" },
    { "[:SPACE:]", " " },        { "[:space:]", " " },            { "[:ALNUM:]", "a-zA-Z0-9" },
    { "[:alnum:]", "a-zA-Z0-9" }, { "[:WHITESPACE:]", "\\s" },     { "[:whitespace:]", "\\s" },
};

/* Copies a bracket expression from `at` on, which is at its "["; returns the place behind it, or -1. */
static int64_t similar_class(Str pattern, int64_t at, Text *out)
{
    text_put(out, '[');
    for (at++; at < pattern.len && pattern.ptr[at] != ']';) {
        bool is_named = false;
        for (size_t i = 0; i < sizeof(named_classes) / sizeof(*named_classes) && !is_named; i++) {
            if (!str_starts_with(str_slice(pattern, at, pattern.len), str_from(named_classes[i].name)))
                continue;
            text_puts(out, named_classes[i].regex);
            at += (int64_t)strlen(named_classes[i].name);
            is_named = true;
        }
        if (!is_named)
            text_put(out, pattern.ptr[at++]);
    }
    text_put(out, ']');
    return at < pattern.len ? at + 1 : -1;
}

/* %: any characters, _ or .: any one; | * + ? { } ( ) [ ] ^ as in regular expressions; all else stands for itself. */
static bool similar_to_regex(Str pattern, Str escape, Text *out)
{
    text_puts(out, "\\A(?:");
    for (int64_t at = 0; at < pattern.len;) {
        char byte = pattern.ptr[at];
        if (escape.len && str_starts_with(str_slice(pattern, at, pattern.len), escape)) {
            at += escape.len;
            if (at >= pattern.len)
                return false;
            text_put(out, '\\');
            text_put(out, pattern.ptr[at++]);
        } else if (byte == '[') {
            at = similar_class(pattern, at, out);
            if (at < 0)
                return false;
        } else {
            if (byte == '%')
                text_puts(out, "(?s:.*)");
            else if (byte == '_')
                text_put(out, '.');
            else if (byte == '$' || byte == '\\')
                text_printf(out, "\\%c", byte);
            else
                text_put(out, byte);
            at++;
        }
    }
    text_puts(out, ")\\z");
    return true;
}

static Status similar_prepare(Call *call, Arena *arena, const Expr *expr, void **state, Error *err)
{
    (void)call;
    (void)expr;
    (void)err;
    *state = regex_cache_create(arena);
    return STATUS_OK;
}

static Status similar_row(Call *call, Str text, Str pattern, Str escape, Text *regex_text, uint8_t *out, Error *err)
{
    RegexMatch match;
    text_clear(regex_text);
    Regex *regex = similar_to_regex(pattern, escape, regex_text)
        ? regex_cached(call_state(call), text_str(regex_text)) : NULL;
    if (!regex)
        return call_fail(call, err, STATUS_INVALID, "'%.*s' is no pattern of SIMILAR TO", STR_FMT(pattern));
    RegexResult found = regex_find(regex, text, 0, &match);
    if (found == REGEX_LIMIT)
        return call_fail(call, err, STATUS_LIMIT, "the pattern of SIMILAR TO needs too many steps on this text");
    *out = found == REGEX_FOUND;
    return STATUS_OK;
}

static Status similar_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    bool   has_escape = call_expr(call)->arg_count > 2;
    Text   regex_text = TEXT_EMPTY;
    Status status     = STATUS_OK;
    for (int64_t i = 0; i < rows && status == STATUS_OK; i++)
        if (!out->valid || out->valid[i])
            status = similar_row(call, arg_str(&args[0], i), arg_str(&args[1], i), has_escape
                                 ? arg_str(&args[2], i) : STR_EMPTY,
                                 &regex_text, &COLUMN_DATA(out, uint8_t)[i], err);
    text_free(&regex_text);
    return status;
}

const Function fn_like[] = {
    { .sig = "like(string, string, [string]) -> boolean",
      .doc = "TRUE when the text fits the pattern: % stands for any characters, _ for one; the ESCAPE character takes "
             "their meaning.",
      .eval = like_eval, .flags = FN_CAN_FAIL | FN_SAFE_LITERALS | FN_HIDDEN },
    { .sig = "similar to(string, string, [string]) -> boolean",
      .doc = "TRUE when the whole text fits the pattern: % and _ as in LIKE, and | * + ? {n,m} ( ) [ ] as in regular "
             "expressions.",
      .eval = similar_eval, .prepare = similar_prepare, .flags = FN_CAN_FAIL | FN_HIDDEN },
    { 0 },
};
