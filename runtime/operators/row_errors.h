/* row_errors.h: rows that a node cannot take, by the policy of their table (plan->errors). Nothing here runs before something has failed. */
#ifndef RUNTIME_OPERATORS_ROW_ERRORS_H
#define RUNTIME_OPERATORS_ROW_ERRORS_H

#include "runtime/op.h"

/* Values of the programs, which were created together, for the batch, one column each; fields name them. An error under the policy FAIL, or one
 * that is not of a row, is returned. Else rows for which some program fails are dropped from the batch, counted, and sent to the dead-letter
 * table; under the policy NULL the value is NULL if its type allows. kept, unless NULL: the rows that are left, by their numbers before. */
typedef struct KeptRows {
    int32_t *rows; /* NULL: all */
    int64_t  count;
} KeptRows;
Status row_errors_run(Op *op, Program *const *programs, const Field *fields, int32_t count, Batch *batch, Column *out, KeptRows *kept,
                      Error *err);

/* The column of a program whose run has failed with err: NULL (counted) where it fails, under any policy but FAIL. */
Status row_errors_null(Op *op, Program *program, const Field *field, const Batch *batch, Column *out, Error *err);

/* Takes the rows for which the predicate fails out of the batch, likewise. */
Status row_errors_filter(Op *op, Program *predicate, Batch *batch, Error *err);

/* Sends rows to the dead-letter table, if there is one: all for one reason. The batch stays as it is. */
Status row_errors_send(Op *op, const Batch *batch, const int32_t *rows, int64_t count, const char *stage, const char *reason, Str column,
                       const char *message, Error *err);

#endif
