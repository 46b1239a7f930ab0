/* token.h: the words of the language: tokens, the lexer, keywords.
 *
 * Kinds above 0 are the TK_ constants that lemon writes to parser/grammar.h; 0 is the end of the text; kinds below 0
 * are text that is no token (TokenProblem). Text is a slice of the source, quotes included. The source must be followed
 * by a NUL byte. */
#ifndef PARSER_TOKEN_H
#define PARSER_TOKEN_H

#include "core/error.h"

typedef enum TokenProblem {
    TOKEN_UNCLOSED_STRING  = -1,
    TOKEN_UNCLOSED_NAME    = -2,
    TOKEN_UNCLOSED_COMMENT = -3,
    TOKEN_EMPTY_NAME       = -4, /* `` */
    TOKEN_DOUBLE_QUOTED    = -5, /* "name" */
    TOKEN_BANG_EQUAL       = -6, /* != */
    TOKEN_BAD_CHARACTER    = -7,
    TOKEN_BAD_UTF8         = -8
} TokenProblem;

typedef struct Token {
    int32_t kind;
    Span    span;
    Str     text;
} Token;

typedef struct Lexer {
    const char *start;
    const char *cursor;
    const char *limit;
    const char *counted; /* line and column are those of this byte */
    int32_t     line;
    int32_t     column;
} Lexer;

/* source.ptr[source.len] must be NUL. */
void  lexer_init(Lexer *lexer, Str source);
/* kind 0 at the end. White space and comments are skipped; hint comments are tokens. */
Token lexer_next(Lexer *lexer);
/* Moves over the bytes up to `cursor` and counts lines and columns. */
void  lexer_advance(Lexer *lexer, const char *cursor);

typedef struct Keyword {
    const char *text;
    int32_t     token;
    bool        is_reserved; /* no name unless in backticks */
} Keyword;

/* All keywords, sorted. */
int32_t        keyword_count(void);
const Keyword *keyword_at(int32_t index);
/* By any case; NULL when the word is a plain name. */
const Keyword *keyword_find(Str word);
/* The spelling, when exactly one keyword has this token; else NULL. */
const char *keyword_of_token(int32_t token);

#endif
