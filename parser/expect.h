/* expect.h: what fits in the place of a token that does not fit, and the hint that is made of it. */
#ifndef PARSER_EXPECT_H
#define PARSER_EXPECT_H

#include "parser/run.h"

/* More than the grammar has tokens. */
#define EXPECT_TOKEN_MAX 512

typedef struct Expected {
    bool tokens[EXPECT_TOKEN_MAX];
} Expected;

/* The likely repair, if there is one. `at`: what was expected in the place of run->token; `before`: in that of the token
 * before it, which the grammar took, perhaps for something that was not meant. */
void expect_hint(const Run *run, const Expected *before, const Expected *at, Error *err);

#endif
