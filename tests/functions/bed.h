/* bed.h: small batches and expressions for the tests of functions/. */
#ifndef TESTS_FUNCTIONS_BED_H
#define TESTS_FUNCTIONS_BED_H

#include "functions/function.h"

#include <check.h>

typedef struct Bed {
    Arena      *arena;
    Buf        *buf;
    EvalContext context;
    Batch       batch;
    Column      columns[4];
} Bed;

void bed_open(Bed *bed, int64_t rows);
void bed_close(Bed *bed);

/* Adds a column; null_at says which rows are NULL ("0110"; NULL = none). Returns an expression that reads it. */
Expr *bed_i32(Bed *bed, const int32_t *values, const char *null_at);
Expr *bed_text(Bed *bed, const char *const *values, const char *null_at);

Expr *bed_int(Bed *bed, int64_t value);           /* a literal INT */
Expr *bed_string(Bed *bed, const char *text);     /* a literal STRING */
/* Resolves name(args ..); ends with NULL. Fails the test when it cannot. */
Expr *bed_call(Bed *bed, const char *name, ...);

/* Values of the expression for the batch, each as CAST(x AS STRING) has it, joined by blanks: "1 NULL 3". An error is
 * "! message". */
const char *bed_run(Bed *bed, const Expr *expr);

#endif
