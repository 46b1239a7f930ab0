/* saved_bed.h: what the tests of saved operators have in common: a table of rows, and bytes that are damaged. */
#ifndef TESTS_RUNTIME_SAVED_BED_H
#define TESTS_RUNTIME_SAVED_BED_H

#include "tests/runtime/bed_break.h"

#define SAVED_TABLE(bed, array)                                              \
    do {                                                                     \
        (bed).table.rows = (array);                                          \
        (bed).table.row_count = (int64_t)(sizeof(array) / sizeof((array)[0])); \
    } while (0)

#define LONG_KEY "a key that does not fit into an entry of the table"

/* The rows of bed_run, whatever the breaks. */
void saved_expect_unbroken(Bed *bed, Plan *plan);
/* Loads the state of the operators of that name with every byte damaged (xor mask; 0: cut off there) and runs on: an error that says so, or
 * rows. What is cut off is always an error. */
void saved_expect_survives(Bed *bed, Plan *plan, BedBreak at, const char *op_name, int mask);
/* At-least-once: the instances of an operator are saved at watermarks of their own, which stand in part 0 behind `offset` bytes. One of two that is
 * far ahead of the other takes only its own rows for given; at another parallelism nothing is taken for given that one had not seen. */
void saved_expect_own_watermarks(Bed *bed, Plan *plan, BedBreak at, const char *op_name, int64_t offset);

#endif
