/* run.h: one run of the grammar over the tokens of one statement, and what it may tell about the next token.
 *
 * Splitter knows where a statement ends; Run feeds tokens up to there; expect_explain says why a token did not fit. */
#ifndef PARSER_RUN_H
#define PARSER_RUN_H

#include "parser/build.h"

/* ---- the grammar that lemon generates (grammar/head.y) --------------------------------------------------------- */

void GrammarInit(void *grammar, Builder *builder);
void Grammar(void *grammar, int token_kind, Token token);
int64_t grammar_size(void);
int32_t grammar_token_count(void);
/* Entries on the stack. */
int64_t grammar_depth(const void *grammar);
/* Would the grammar take this token next, as itself and not as a name? states has room for grammar_depth + 2. */
bool grammar_accepts(const void *grammar, int32_t token, uint16_t *states);

/* ---- where a statement ends: split.c --------------------------------------------------------------------------- */

/* A statement ends at a semicolon, but one with BEGIN .. END holds others; CASE has an END of its own. */
typedef struct Splitter {
    int32_t last[3];
    int32_t count;
    int32_t cases;
    bool    in_block;
} Splitter;

/* True for the semicolon that ends the statement. */
bool splitter_ends(Splitter *splitter, Token token);

/* ---- SET k = v without quotes: setting.c ----------------------------------------------------------------------- */

typedef struct Setting {
    Token key;
    Token value; /* RESET: kind 0 */
} Setting;

/* Called behind the word SET or RESET. True when the unquoted form follows: the lexer is then behind the value. */
bool setting_scan(Lexer *lexer, bool is_reset, Setting *setting);

/* ---- one run: run.c -------------------------------------------------------------------------------------------- */

enum { RUN_OPEN_MAX = 32 };

typedef struct Run {
    Lexer   *lexer;
    Builder  builder;
    void    *grammar;
    Splitter splitter;
    int32_t  start_token; /* START_EXPRESSION and the like, or 0 */
    int32_t  open_count;  /* "(", "[" and CASE that wait for their partner */
    Span     open[RUN_OPEN_MAX]; /* where the outer ones are */
    Token    previous;
    Token    token; /* the one being looked at */
    bool     is_ended; /* token is the end of the statement */
    bool     closes_nothing; /* token is a ")" or "]" without a partner */
} Run;

/* Nodes go to `arena`; `scratch` is needed until the last use of the run. */
void run_begin(Run *run, Arena *arena, Arena *scratch, Lexer *lexer, int32_t start_token, Error *err);
/* Feeds the token; false when the run is over: the statement has ended, or err is set, or the grammar refused it. */
bool run_feed(Run *run, Token token);

/* ---- error texts: expect.c ------------------------------------------------------------------------------------- */

/* The grammar refused run->token: says what was found, what was expected, and the next step. `first` is the lexer
 * before the first token of the statement. */
Status expect_explain(const Run *run, Lexer first, Error *err);
/* The lexer found no token. */
Status expect_problem(Token token, Error *err);

#endif
