/* comparison.h: comparing columns of values; types have been made to meet (coerce.h). */
#ifndef FUNCTIONS_COMPARISON_H
#define FUNCTIONS_COMPARISON_H

#include "data/batch.h"

typedef enum CompareOp {
    COMPARE_EQUAL,
    COMPARE_NOT_EQUAL,
    COMPARE_LESS,
    COMPARE_LESS_EQUAL,
    COMPARE_GREATER,
    COMPARE_GREATER_EQUAL
} CompareOp;

/* out[i] = 1 where left[i] op right[i], else 0; of NULL rows anything. NaN is unlike everything and in no order.
 * Nested values know only EQUAL and NOT_EQUAL, with NULL inside equal to NULL. */
void compare_columns(CompareOp op, const Column *left, const Column *right, int64_t rows, uint8_t *out);

/* Two values as "=" sees them, NULL equal to NULL. Maps are equal in any order. */
bool values_are_equal(const Column *left, int64_t left_row, const Column *right, int64_t right_row);

/* ROW = ROW: 1, 0, or -1 for NULL: a field that differs decides, else a NULL field leaves it open. */
int rows_are_equal(const Column *left, int64_t left_row, const Column *right, int64_t right_row);

/* Negative, 0 or positive, for types that have an order; doubles as Java's Double.compare (NaN highest). Not NULL. */
int values_compare(const Column *left, int64_t left_row, const Column *right, int64_t right_row);

#endif
