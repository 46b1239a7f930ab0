/* literal.h: values of literal arguments, for infer, coerce and prepare. */
#ifndef FUNCTIONS_LITERAL_H
#define FUNCTIONS_LITERAL_H

#include "functions/expr.h"

/* The value of an integer literal (a cast around it is looked through); false when it is none, or NULL. */
bool literal_i64(const Expr *expr, int64_t *out);
/* The same for a text. */
bool literal_str(const Expr *expr, Str *out);
/* A literal number that is zero. */
bool literal_is_zero(const Expr *expr);

#endif
