/* head.y: what lemon needs to know before the rules: context, precedence, names that are also keywords.
 *
 * The files of this folder are one grammar, put together in the order that cmake/parser.cmake names. Rules only build
 * nodes, one short action each; meaning is found by the planner. */
%name Grammar
%token_prefix TK_
%token_type {Token}
%default_type {Node *}
%extra_context {Builder *builder}
%stack_size 0

/* Words that no rule uses but that may not be names. */
%token RESERVED.

%include {
/* The trace of lemon's template is a mutable global, and its stack must grow in our own memory, which nobody frees. */
#ifndef NDEBUG
#define NDEBUG
#endif
#define YYNOERRORRECOVERY
#define Grammar_ENGINEALWAYSONSTACK
/* Used in yyGrowStack alone, where p is the parser. The old stack stays in the arena until the run is over. */
#define malloc(size) arena_alloc(p->builder->scratch, (int64_t)(size))
#define realloc(memory, size) grow_stack(p->builder->scratch, (memory), p->yystksz * sizeof(yyStackEntry), (size))
#define free(memory) ((void)(memory))

#include "parser/build.h"
#include "parser/run.h"

#include <assert.h>

int  GrammarFallback(int token);
void GrammarFinalize(void *grammar);

static void *grow_stack(Arena *scratch, const void *old, size_t old_size, size_t size)
{
    void *stack = arena_alloc(scratch, (int64_t)size);
    if (old)
        memcpy(stack, old, old_size);
    return stack;
}
}

/* Nodes belong to the arena: there is nothing to destroy. */
%destructor statement {
    (void)builder;
    (void)$$;
}

%syntax_error {
    (void)yymajor;
    (void)TOKEN;
    builder->found_error = true;
}
%stack_overflow {
    builder->found_error = true;
}

/* What GrammarInit sets up; the caller provides the memory. */
%code {
int32_t grammar_token_count(void)
{
    return YYNTOKEN;
}

int64_t grammar_size(void)
{
    return (int64_t)sizeof(yyParser);
}

int64_t grammar_depth(const void *grammar)
{
    const yyParser *parser = grammar;
    return parser->yytos - parser->yystack;
}

static bool shifts_itself(int32_t token, YYACTIONTYPE state)
{
    return state <= YY_MAX_SHIFT && yy_lookahead[yy_shift_ofst[state] + token] == token;
}

/* Replays lemon's loop for one token on a copy of the stack of states, from which only reductions take away. */
bool grammar_accepts(const void *grammar, int32_t token, uint16_t *states)
{
    const yyParser *parser = grammar;
    int64_t top = parser->yytos - parser->yystack;
    for (int64_t i = 0; i <= top; i++)
        states[i] = parser->yystack[i].stateno;
    for (int64_t steps = 0; steps < 10 * (top + 100); steps++) {
        YYACTIONTYPE action = yy_find_shift_action((YYCODETYPE)token, (YYACTIONTYPE)states[top]);
        if (action == YY_ACCEPT_ACTION)
            return true;
        if (action == YY_ERROR_ACTION || action == YY_NO_ACTION)
            return false;
        if (action <= YY_MAX_SHIFTREDUCE)
            return shifts_itself(token, (YYACTIONTYPE)states[top]);
        int rule = action - YY_MIN_REDUCE;
        top += yyRuleInfoNRhs[rule];
        YYACTIONTYPE next = yy_find_reduce_action((YYACTIONTYPE)states[top], yyRuleInfoLhs[rule]);
        states[++top] = next;
    }
    return false;
}
}

/* Weakest first. LOWEST marks rules that give way to a shift: a name before "(" is a call, before "." a path. */
%nonassoc LOWEST.
%nonassoc COMMA.
%nonassoc ORDER.
%left     UNION EXCEPT.
%left     INTERSECT.
%left     OR.
%left     AND.
%right    NOT.
%left     IS.
%left     EQ NE LT LE GT GE OVERLAPS.
%left     BETWEEN IN LIKE SIMILAR.
%nonassoc ESCAPE.
%left     PLUS MINUS.
%left     STAR SLASH PERCENT_SIGN CONCAT.
%right    UNARY.
%nonassoc STRING.
%left     LP RP LBRACKET DOT ARROW MODEL IGNORE RESPECT VALUE WITH WITHOUT TO.

/* Words that are keywords only where the grammar asks for them. */
%fallback ID
    ABSENT ADD AFTER ANALYZE ARTIFACT ASC C CASCADE CATALOG CHANGELOG_MODE CLEAR COLUMNS COMPILE COMPUTE CONDITIONAL
    CONFLICT CONNECTION CONSTRAINTS DATABASE DEDUPLICATE DESC DO DRAIN ENFORCED ERROR ESTIMATED_COST EXCLUDING EXIT
    FINAL FIRST FOLLOWING FORMAT GENERATED HELP IF IGNORE INCLUDING INPUT JAR JARS JOB JOBS JAVA JSON
    JSON_EXECUTION_PLAN KEY LAST LOAD METADATA NOTHING NULLS OBJECT OPTIONS ORDINALITY OUTPUT
    OVERWRITE OVERWRITING PARTITIONED PARTITIONS PAST PLACING PLAN PLAN_ADVICE PRECEDING PYTHON QUIT REMOVE
    REPEATABLE REPLACE RESPECT RESTRICT RETURNING SCALAR SETS START_MODE STATISTICS STOP TEMPORARY UNBOUNDED
    UNCONDITIONAL UNIT_NAME UNLOAD VIEW VIRTUAL WRAPPER ZONE.
