/* bed_break.h: runs that are broken: every operator is saved, and a new job, at any parallelism, goes on from what was saved.
 *
 * The tasks are stepped by the test itself until nothing moves, so that a break falls exactly behind a row of the script. */
#ifndef TESTS_RUNTIME_BED_BREAK_H
#define TESTS_RUNTIME_BED_BREAK_H

#include "runtime/op.h"
#include "tests/runtime/bed.h"

/* After so many rows of the script; and the parallelism up to there. */
typedef struct BedBreak {
    int64_t rows;
    int32_t parallelism;
} BedBreak;

/* As bed_run; the part behind the last break runs at bed->options.parallelism. */
char *bed_run_broken(Bed *bed, Plan *root, const BedBreak *breaks, int32_t count);
/* The rows are these whatever the breaks: at many rows, from and to parallelism 1, 2 and 4, and at two of them. */
void  bed_expect_broken(Bed *bed, Plan *root, const char *expected);

/* The parts of the operators of that name at a break; in bed->arena. */
SavedState bed_saved(Bed *bed, Plan *root, BedBreak at, const char *op_name);
/* As the last part of bed_run_broken, but the operators of that name get `state`. Gives "error: message" when that fails. */
char *bed_run_loaded(Bed *bed, Plan *root, BedBreak at, const char *op_name, const SavedState *state);
/* How many parts were only named at the second of two saves, and how many were written. */
void  bed_count_parts(Bed *bed, Plan *root, BedBreak first, BedBreak second, const char *op_name, int64_t *kept, int64_t *written);

#endif
