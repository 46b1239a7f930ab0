/* split.c: where a statement ends (parser/run.h, Splitter). */
#include "parser/grammar.h"
#include "parser/run.h"

static bool last_are(const Splitter *splitter, int32_t first, int32_t second, int32_t third)
{
    return splitter->last[0] == first && splitter->last[1] == second && splitter->last[2] == third;
}

bool splitter_ends(Splitter *splitter, Token token)
{
    splitter->last[0] = splitter->last[1];
    splitter->last[1] = splitter->last[2];
    splitter->last[2] = token.kind;
    splitter->count++;
    bool begins_old = splitter->count == 3 && last_are(splitter, TK_BEGIN, TK_STATEMENT, TK_SET);
    if (begins_old || last_are(splitter, TK_STATEMENT, TK_SET, TK_BEGIN)) {
        splitter->in_block = true;
        splitter->cases = 0;
    }
    switch (token.kind) {
    case TK_CASE:
        splitter->cases++;
        return false;
    case TK_END:
        if (splitter->cases > 0)
            splitter->cases--;
        else
            splitter->in_block = false;
        return false;
    case TK_SEMI:
        splitter->cases = 0;
        return !splitter->in_block;
    default:
        return false;
    }
}
