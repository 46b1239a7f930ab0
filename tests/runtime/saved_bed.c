/* saved_bed.c: see saved_bed.h. */
#include "tests/runtime/saved_bed.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

void saved_expect_unbroken(Bed *bed, Plan *plan)
{
    bed->options.parallelism = 1;
    bed->options.batch_rows = BATCH_ROWS;
    char *expected = bed_run(bed, plan);
    ck_assert_msg(strstr(expected, "+I"), "%s", expected);
    bed_expect_broken(bed, plan, expected);
    free(expected);
}

/* The bytes lie in a block of their own, so that reading beyond them shows. */
static char *run_damaged(Bed *bed, Plan *plan, BedBreak at, const char *op_name, const SavedState *state, int64_t part, int64_t byte, int mask)
{
    SavedPart *parts = malloc((size_t)state->count * sizeof(SavedPart));
    int64_t    size = mask ? state->parts[part].bytes.len : byte;
    char      *bytes = malloc((size_t)(size > 0 ? size : 1));
    memcpy(parts, state->parts, (size_t)state->count * sizeof(SavedPart));
    memcpy(bytes, state->parts[part].bytes.ptr, (size_t)size);
    if (mask)
        bytes[byte] = (char)(bytes[byte] ^ mask);
    parts[part].bytes = (Str){ bytes, size };
    SavedState damaged = { parts, state->count, state->instances };
    char      *lines = bed_run_loaded(bed, plan, at, op_name, &damaged);
    free(bytes);
    free(parts);
    return lines;
}

void saved_expect_survives(Bed *bed, Plan *plan, BedBreak at, const char *op_name, int mask)
{
    SavedState state = bed_saved(bed, plan, at, op_name);
    int64_t    refused = 0;
    for (int64_t part = 0; part < state.count; part++) {
        for (int64_t byte = 0; byte < state.parts[part].bytes.len; byte++) {
            char *lines = run_damaged(bed, plan, at, op_name, &state, part, byte, mask);
            bool  is_refused = strncmp(lines, "error: the saved state of ", 26) == 0 && strstr(lines, " is damaged\n");
            ck_assert_msg(mask || is_refused, "part %d cut at %d of %d: %s", (int)part, (int)byte, (int)state.parts[part].bytes.len, lines);
            refused += is_refused;
            free(lines);
        }
    }
    ck_assert_int_gt(refused, 0);
}
