/* build_name.c: names, strings, numbers, intervals: the leaves of the tree, decoded.
 *
 * A token's text is a slice of the source. What needs no decoding stays a slice; the rest is written to the arena. */
#include "parser/build.h"

#include "core/utf8.h"
#include "parser/grammar.h"

/* The bytes between the quotes, with doubled quotes made single. */
static Str unquote(Arena *arena, Str quoted, char quote)
{
    Str body = str_slice(quoted, 1, quoted.len - 1);
    if (str_find(body, quote) < 0)
        return body;
    char *out = arena_new(arena, char, body.len);
    int64_t len = 0;
    for (int64_t i = 0; i < body.len; i++) {
        out[len++] = body.ptr[i];
        if (body.ptr[i] == quote)
            i++;
    }
    return (Str){ out, len };
}

Ident build_ident(Builder *builder, Token token)
{
    bool is_quoted = token.kind == TK_QUOTED_NAME;
    Str text = is_quoted ? unquote(builder->arena, token.text, '`') : token.text;
    return (Ident){ .text = text, .span = token.span, .is_quoted = is_quoted };
}

Name build_name(Builder *builder, Ident first)
{
    Name name = { .span = first.span };
    name.parts.items = arena_new(builder->arena, Ident, 1);
    name.parts.items[0] = first;
    name.parts.count = 1;
    name.parts.capacity = 1;
    return name;
}

Name build_name_more(Builder *builder, Name name, Ident next)
{
    list_push(builder->arena, &name.parts, next);
    name.span = span_join(name.span, next.span);
    if (name.parts.count > AST_DEPTH_MAX)
        build_error(builder, STATUS_LIMIT, name.span, "a name has more than %d parts", AST_DEPTH_MAX);
    return name;
}

Token build_name_token(Builder *builder, Name name)
{
    Str text = name.parts.items[0].text;
    for (int64_t i = 1; i < name.parts.count; i++)
        text = arena_format(builder->arena, "%.*s.%.*s", STR_FMT(text), STR_FMT(name.parts.items[i].text));
    return (Token){ .kind = TK_ID, .span = name.span, .text = text };
}

/* ---- strings --------------------------------------------------------------------------------------------------- */

static int32_t hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F')
        return byte - 'A' + 10;
    return -1;
}

/* Reads up to `max` digits of `base` (8 or 16) at *at; -1 when there is none. */
static int32_t read_digits(Str text, int64_t *at, int32_t max, int32_t base)
{
    int32_t value = -1;
    for (int32_t i = 0; i < max && *at < text.len; i++) {
        int32_t digit = hex_digit(text.ptr[*at]);
        if (digit < 0 || digit >= base)
            break;
        value = (value < 0 ? 0 : value) * base + digit;
        ++*at;
    }
    return value;
}

/* Appends UTF-16 units as they come: a low surrogate joins the high one before it, a lone one becomes U+FFFD. */
typedef struct Utf16 {
    char   *out;
    int64_t len;
    int32_t high;
} Utf16;

static void utf16_put(Utf16 *to, int32_t unit)
{
    if (to->high && unit >= 0xdc00 && unit <= 0xdfff) {
        int32_t code = 0x10000 + ((to->high - 0xd800) << 10) + (unit - 0xdc00);
        to->len += utf8_encode(code, to->out + to->len);
        to->high = 0;
        return;
    }
    if (to->high) {
        to->len += utf8_encode(UTF8_REPLACEMENT, to->out + to->len);
        to->high = 0;
    }
    if (unit >= 0xd800 && unit <= 0xdbff)
        to->high = unit;
    else if (unit >= 0)
        to->len += utf8_encode(unit >= 0xdc00 && unit <= 0xdfff ? UTF8_REPLACEMENT : unit, to->out + to->len);
}

/* Closes a waiting surrogate, then copies one byte of plain text. */
static void utf16_put_byte(Utf16 *to, char byte)
{
    utf16_put(to, -1);
    to->out[to->len++] = byte;
}

/* E'..': \b \f \n \r \t, \o to \ooo, \xh to \xhh, \uhhhh, \Uhhhhhhhh; any other character after \ is itself. */
static Str decode_escapes(Builder *builder, Token token)
{
    Str body = str_slice(token.text, 2, token.text.len - 1);
    Utf16 to = { .out = arena_new(builder->arena, char, 3 * body.len + 4) };
    int64_t at = 0;
    while (at < body.len) {
        char byte = body.ptr[at++];
        if (byte != '\\' || at == body.len) {
            utf16_put_byte(&to, byte);
            at += byte == '\'' ? 1 : 0; /* written twice */
            continue;
        }
        char mark = body.ptr[at++];
        int32_t code = -1;
        switch (mark) {
        case 'b': code = '\b'; break;
        case 'f': code = '\f'; break;
        case 'n': code = '\n'; break;
        case 'r': code = '\r'; break;
        case 't': code = '\t'; break;
        case 'x': code = read_digits(body, &at, 2, 16); break;
        case 'u': code = read_digits(body, &at, 4, 16); break;
        case 'U': code = read_digits(body, &at, 8, 16); break;
        default:
            if (mark >= '0' && mark <= '7') {
                at--;
                code = read_digits(body, &at, 3, 8);
                break;
            }
            utf16_put_byte(&to, mark);
            continue;
        }
        if (code < 0 || code > 0x10ffff)
            build_error(builder, STATUS_SYNTAX, token.span, "\\%c in an E'...' string needs %s", mark,
                        code < 0 ? "hexadecimal digits behind it" : "a code of at most 10FFFF");
        else if (code > 0xffff)
            to.len += utf8_encode(code, to.out + to.len);
        else
            utf16_put(&to, code);
    }
    utf16_put(&to, -1);
    return (Str){ to.out, to.len };
}

Token build_string(Builder *builder, Token token)
{
    if (token.kind == TK_ESCAPE_STRING) {
        token.text = decode_escapes(builder, token);
        return token;
    }
    int64_t quote = str_find(token.text, '\''); /* behind the N or _charset of a prefixed string */
    token.text = unquote(builder->arena, str_slice(token.text, quote, token.text.len), '\'');
    return token;
}

/* U&'..': an escape character and four hexadecimal digits; the first may be a plus sign. */
Token build_unicode_string(Builder *builder, Token token, const Token *escape)
{
    Str body = unquote(builder->arena, str_slice(token.text, 2, token.text.len), '\'');
    char mark = '\\';
    if (escape) {
        Str text = unquote(builder->arena, escape->text, '\'');
        if (text.len != 1 || hex_digit(text.ptr[0]) >= 0 || strchr("+'\" \t\n", text.ptr[0]))
            build_error(builder, STATUS_SYNTAX, escape->span,
                        "UESCAPE takes one character that is no digit, sign or space");
        else
            mark = text.ptr[0];
    }
    Utf16 to = { .out = arena_new(builder->arena, char, 3 * body.len + 4) };
    int64_t at = 0;
    while (at < body.len) {
        char byte = body.ptr[at++];
        if (byte != mark) {
            utf16_put_byte(&to, byte);
            continue;
        }
        if (at < body.len && body.ptr[at] == mark) {
            utf16_put_byte(&to, mark);
            at++;
            continue;
        }
        int64_t end = at + 4;
        if (at < body.len && body.ptr[at] == '+')
            at++;
        int32_t code = read_digits(body, &at, (int32_t)(end - at), 16);
        if (code < 0 || at != end) {
            build_error(builder, STATUS_SYNTAX, token.span,
                        "an escape in a U&'...' string has four hexadecimal digits");
            break;
        }
        utf16_put(&to, code);
    }
    utf16_put(&to, -1);
    token.text = (Str){ to.out, to.len };
    if (escape)
        token.span = span_join(token.span, escape->span);
    return token;
}

Token build_string_join(Builder *builder, Token left, Token right)
{
    if (right.span.line == left.span.line && builder->err->status == STATUS_OK) {
        build_error(builder, STATUS_SYNTAX, right.span, "a string goes on only in a string on the next line");
        error_hint(builder->err, "is a comma missing before it?");
    }
    left.text = arena_format(builder->arena, "%.*s%.*s", STR_FMT(left.text), STR_FMT(right.text));
    left.span = span_join(left.span, right.span);
    return left;
}

/* ---- literals -------------------------------------------------------------------------------------------------- */

int32_t build_int(Builder *builder, Token token)
{
    int64_t value = 0;
    if (str_to_i64(token.text, &value) && value <= INT32_MAX)
        return (int32_t)value;
    build_error(builder, STATUS_LIMIT, token.span, "%.*s is too large here", STR_FMT(token.text));
    return 0;
}

Node *build_literal(Builder *builder, LiteralKind kind, Token token)
{
    Node *node = build_node(builder, NODE_LITERAL, token.span);
    node->literal.kind = kind;
    node->literal.text = token.text;
    return node;
}

Node *build_typed_literal(Builder *builder, LiteralKind kind, Token keyword, Token text)
{
    text.span = span_join(keyword.span, text.span);
    return build_literal(builder, kind, text);
}

Node *build_binary(Builder *builder, Token token)
{
    Str digits = str_slice(token.text, 2, token.text.len - 1);
    char *bytes = arena_new(builder->arena, char, digits.len / 2 + 1);
    bool is_good = digits.len % 2 == 0;
    for (int64_t i = 0; is_good && i < digits.len; i += 2) {
        int32_t high = hex_digit(digits.ptr[i]);
        int32_t low = hex_digit(digits.ptr[i + 1]);
        is_good = high >= 0 && low >= 0;
        bytes[i / 2] = (char)(high * 16 + low);
    }
    if (!is_good)
        build_error(builder, STATUS_SYNTAX, token.span, "a binary literal has an even number of hexadecimal digits");
    token.text = (Str){ bytes, digits.len / 2 };
    return build_literal(builder, LITERAL_BINARY, token);
}

Node *build_boolean(Builder *builder, bool value, Token token)
{
    Node *node = build_literal(builder, LITERAL_BOOLEAN, token);
    node->literal.boolean = value;
    return node;
}

Node *build_null(Builder *builder, bool is_unknown, Token token)
{
    Node *node = build_literal(builder, LITERAL_NULL, token);
    node->literal.is_unknown = is_unknown;
    return node;
}

/* ---- intervals ------------------------------------------------------------------------------------------------- */

/* YEAR to SECOND count; a range goes from a unit to a smaller one of the same family (years and months, or days on). */
static bool is_interval_unit(TimeUnit unit)
{
    return unit >= UNIT_YEAR && unit <= UNIT_SECOND;
}

static bool is_interval_range(TimeUnit from, TimeUnit to)
{
    if (from == UNIT_YEAR)
        return to == UNIT_MONTH;
    return from >= UNIT_DAY && from < to && to <= UNIT_SECOND;
}

IntervalQualifier build_qualifier(Builder *builder, Token from, int32_t precision, const Token *to, int32_t fraction)
{
    TimeUnit first = unit_from(from.text);
    if (!is_interval_unit(first))
        build_error(builder, STATUS_SYNTAX, from.span, "an interval cannot count in %.*s", STR_FMT(from.text));
    else if (to && !is_interval_range(first, unit_from(to->text)))
        build_error(builder, STATUS_SYNTAX, span_join(from.span, to->span), "there is no interval %.*s TO %.*s",
                    STR_FMT(from.text), STR_FMT(to->text));
    return (IntervalQualifier){
        .from = unit_from(from.text),
        .to = to ? unit_from(to->text) : UNIT_NONE,
        .precision = precision,
        .fraction = fraction,
        .span = to ? span_join(from.span, to->span) : from.span,
    };
}

Node *build_interval(Builder *builder, Token keyword, bool is_negative, Node *value, IntervalQualifier qualifier)
{
    Node *node = build_node(builder, NODE_INTERVAL, span_join(keyword.span, qualifier.span));
    node->interval.value = value;
    node->interval.is_negative = is_negative;
    node->interval.qualifier = qualifier;
    build_child(builder, node, value);
    return node;
}
