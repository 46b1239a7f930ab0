/* lexer.re: bytes to tokens.
 *
 * Words are found in keywords.def; the rules here know only their shape. Strings, names and comments are taken whole,
 * so what is inside them (apostrophes, semicolons, dashes) never reaches the grammar. Nothing is decoded here. */
#include "parser/token.h"

#include "parser/grammar.h"

void lexer_init(Lexer *lexer, Str source)
{
    bool has_mark = str_starts_with(source, STR("\xef\xbb\xbf"));
    const char *start = source.ptr + (has_mark ? 3 : 0);
    *lexer = (Lexer){
        .start = source.ptr, .cursor = start, .limit = source.ptr + source.len, .counted = start, .line = 1, .column = 1
    };
}

/* Columns count code points: a UTF-8 continuation byte adds none. */
void lexer_advance(Lexer *lexer, const char *cursor)
{
    for (const char *byte = lexer->counted; byte < cursor; byte++) {
        if (*byte == '\n') {
            lexer->line++;
            lexer->column = 1;
        } else if (((unsigned char)*byte & 0xc0) != 0x80) {
            lexer->column++;
        }
    }
    lexer->counted = cursor;
    lexer->cursor = cursor;
}

static int32_t word_kind(const char *start, const char *end)
{
    const Keyword *keyword = keyword_find((Str){ start, end - start });
    return keyword ? keyword->token : TK_ID;
}

/* Finds the next token's kind and sets *start and *end to its text. */
static int32_t scan(const Lexer *lexer, const char **start, const char **end)
{
    const unsigned char *YYCURSOR = (const unsigned char *)lexer->cursor;
    const unsigned char *YYLIMIT = (const unsigned char *)lexer->limit;
    const unsigned char *YYMARKER;

#define TOKEN(kind)                      \
    do {                                 \
        *end = (const char *)YYCURSOR;   \
        return (kind);                   \
    } while (0)

    for (;;) {
        *start = (const char *)YYCURSOR;
        /*!re2c
            re2c:define:YYCTYPE = "unsigned char";
            re2c:yyfill:enable = 0;
            re2c:eof = 0;

            latin    = [\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff];
            asian    = [\u3040-\u318f\u3300-\u337f\u3400-\u3d2d\u4e00-\u9fff\uf900-\ufaff];
            high     = latin | asian;
            letter   = [A-Za-z_$] | high;
            word     = letter (letter | [0-9])*;
            digits   = [0-9]+;
            decimal  = digits "." [0-9]* | "." digits;
            quoted   = "'" ([^'] | "''")* "'";
            escaped  = "'" ([^'\\] | "''" | "\\" [^])* "'";

            [ \t\r\n\f]+                    { continue; }
            "--" [^\n]*                     { continue; }
            "//" [^\n]*                     { continue; }
            "/*+"                           { TOKEN(TK_HINT_BEGIN); }
            "/*"                            { goto comment; }
            "*/"                            { TOKEN(TK_HINT_END); }

            "$"                             { TOKEN(TK_DOLLAR); }
            word                            { TOKEN(word_kind(*start, (const char *)YYCURSOR)); }
            "`" ([^`\r\n] | "``")+ "`"      { TOKEN(TK_QUOTED_NAME); }
            "``"                            { TOKEN(TOKEN_EMPTY_NAME); }
            "`" ([^`\r\n] | "``")*          { TOKEN(TOKEN_UNCLOSED_NAME); }

            quoted                          { TOKEN(TK_STRING); }
            'u&' quoted                     { TOKEN(TK_UNICODE_STRING); }
            'e' escaped                     { TOKEN(TK_ESCAPE_STRING); }
            'x' quoted                      { TOKEN(TK_BINARY_STRING); }
            'n' quoted                      { TOKEN(TK_PREFIXED_STRING); }
            "_" [A-Za-z] [A-Za-z0-9_:.-]* quoted { TOKEN(TK_PREFIXED_STRING); }
            ('u&' | [eExXnN])? "'"          { YYCURSOR = YYLIMIT; TOKEN(TOKEN_UNCLOSED_STRING); }
            "\"" [^"\r\n]* "\""?            { TOKEN(TOKEN_DOUBLE_QUOTED); }

            digits                          { TOKEN(TK_INTEGER); }
            decimal                         { TOKEN(TK_DECIMAL_NUMBER); }
            (digits | decimal) 'e' [+-]? digits { TOKEN(TK_APPROXIMATE_NUMBER); }

            "("  { TOKEN(TK_LP); }
            ")"  { TOKEN(TK_RP); }
            "["  { TOKEN(TK_LBRACKET); }
            "]"  { TOKEN(TK_RBRACKET); }
            "{"  { TOKEN(TK_LBRACE); }
            "{-" { TOKEN(TK_LBRACE_MINUS); }
            "-}" { TOKEN(TK_MINUS_RBRACE); }
            "}"  { TOKEN(TK_RBRACE); }
            ","  { TOKEN(TK_COMMA); }
            "."  { TOKEN(TK_DOT); }
            ";"  { TOKEN(TK_SEMI); }
            ":"  { TOKEN(TK_COLON); }
            "?"  { TOKEN(TK_HOOK); }
            "="  { TOKEN(TK_EQ); }
            "<>" { TOKEN(TK_NE); }
            "!=" { TOKEN(TOKEN_BANG_EQUAL); }
            "<"  { TOKEN(TK_LT); }
            "<=" { TOKEN(TK_LE); }
            ">"  { TOKEN(TK_GT); }
            ">=" { TOKEN(TK_GE); }
            "=>" { TOKEN(TK_ARROW); }
            "+"  { TOKEN(TK_PLUS); }
            "-"  { TOKEN(TK_MINUS); }
            "*"  { TOKEN(TK_STAR); }
            "/"  { TOKEN(TK_SLASH); }
            "%"  { TOKEN(TK_PERCENT_SIGN); }
            "||" { TOKEN(TK_CONCAT); }
            "|"  { TOKEN(TK_PIPE); }
            "^"  { TOKEN(TK_CARET); }

            $                               { TOKEN(0); }
            [^]                             { TOKEN(TOKEN_BAD_CHARACTER); }
            *                               { TOKEN(TOKEN_BAD_UTF8); }
        */
    comment:
        /*!re2c
            ([^*] | "*"+ [^*/])* "*"+ "/"   { continue; }
            ""                              { YYCURSOR = YYLIMIT; TOKEN(TOKEN_UNCLOSED_COMMENT); }
            $                               { TOKEN(TOKEN_UNCLOSED_COMMENT); }
        */
    }
#undef TOKEN
}

Token lexer_next(Lexer *lexer)
{
    const char *start;
    const char *end;
    int32_t kind = scan(lexer, &start, &end);
    lexer_advance(lexer, start);
    Token token = {
        .kind = kind,
        .span = { (int32_t)(start - lexer->start), (int32_t)(end - lexer->start), lexer->line, lexer->column },
        .text = { start, end - start },
    };
    lexer_advance(lexer, end);
    return token;
}
