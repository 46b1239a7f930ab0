/* run.c: feeds the tokens of one statement to the grammar and watches the limits (parser/run.h). */
#include "parser/run.h"

#include "parser/grammar.h"
#include "parser/parser.h"

/* The grammar's stack holds a few entries per level of nesting. */
enum { STACK_MAX = 16 * AST_DEPTH_MAX };

void run_begin(Run *run, Arena *arena, Arena *scratch, Lexer *lexer, int32_t start_token, Error *err)
{
    *run = (Run){ .lexer = lexer, .start_token = start_token };
    run->builder.arena = arena;
    run->builder.scratch = scratch;
    run->builder.err = err;
    run->grammar = arena_alloc(scratch, grammar_size());
    GrammarInit(run->grammar, &run->builder);
    if (start_token)
        Grammar(run->grammar, start_token, (Token){ .kind = start_token });
}

/* Counts what is open; what closes without a partner is the grammar's business. */
static bool track_open(Run *run, Token token)
{
    bool opens = token.kind == TK_LP || token.kind == TK_LBRACKET || token.kind == TK_CASE;
    bool closes = token.kind == TK_RP || token.kind == TK_RBRACKET || token.kind == TK_END;
    run->closes_nothing = closes && run->open_count == 0 && token.kind != TK_END;
    if (closes && run->open_count > 0)
        run->open_count--;
    if (!opens)
        return true;
    if (run->open_count == AST_DEPTH_MAX)
        return false;
    if (run->open_count < RUN_OPEN_MAX)
        run->open[run->open_count] = token.span;
    run->open_count++;
    return true;
}

static bool is_within_limits(Run *run, Token token)
{
    if (!track_open(run, token) || grammar_depth(run->grammar) > STACK_MAX) {
        build_error(&run->builder, STATUS_LIMIT, token.span, "nested more than %d deep", AST_DEPTH_MAX);
        return false;
    }
    return true;
}

bool run_feed(Run *run, Token token)
{
    run->previous = run->token;
    run->token = token;
    if (token.kind < 0) {
        expect_problem(token, run->builder.err);
        return false;
    }
    run->is_ended = token.kind == 0 || splitter_ends(&run->splitter, token);
    if (!is_within_limits(run, token))
        return false;
    Grammar(run->grammar, run->is_ended ? 0 : token.kind, token);
    return !run->builder.found_error && run->builder.err->status == STATUS_OK && !run->is_ended;
}
