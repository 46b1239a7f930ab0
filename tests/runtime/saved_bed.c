/* saved_bed.c: see saved_bed.h. */
#include "tests/runtime/saved_bed.h"

#include "core/bytes.h"

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

/* The instance's watermark is far ahead. */
static char *run_ahead(Bed *bed, Plan *plan, BedBreak at, const char *op_name, const SavedState *state, int32_t instance, int64_t offset)
{
    SavedPart *parts = malloc((size_t)state->count * sizeof(SavedPart));
    Text       bytes = TEXT_EMPTY;
    memcpy(parts, state->parts, (size_t)state->count * sizeof(SavedPart));
    for (int64_t i = 0; i < state->count; i++) {
        if (parts[i].number != 0 || parts[i].instance != instance)
            continue;
        text_append(&bytes, str_slice(parts[i].bytes, 0, offset));
        encode_i64(1000000, &bytes);
        text_append(&bytes, str_slice(parts[i].bytes, bytes.len, parts[i].bytes.len));
        parts[i].bytes = text_str(&bytes);
    }
    char *lines = bed_run_loaded(bed, plan, at, op_name, &(SavedState){ parts, state->count, state->instances });
    text_free(&bytes);
    free(parts);
    return lines;
}

void saved_expect_own_watermarks(Bed *bed, Plan *plan, BedBreak at, const char *op_name, int64_t offset)
{
    SavedState state = bed_saved(bed, plan, at, op_name);
    ck_assert_int_eq(state.instances, 2);
    for (int32_t parallelism = 1; parallelism <= 4; parallelism *= 2) {
        bed->options.parallelism = parallelism;
        char *expected = bed_run_loaded(bed, plan, at, op_name, &state);
        char *lines[] = { run_ahead(bed, plan, at, op_name, &state, 0, offset), run_ahead(bed, plan, at, op_name, &state, 1, offset) };
        Str   rest = str_from(expected), line;
        ck_assert_ptr_nonnull(strstr(expected, "+I"));
        while (str_split(&rest, '\n', &line)) {
            Text text = TEXT_EMPTY;
            text_append(&text, line);
            const char *wanted = text_cstr(&text);
            bool in_both = strstr(lines[0], wanted) && strstr(lines[1], wanted), in_one = strstr(lines[0], wanted) || strstr(lines[1], wanted);
            ck_assert_msg(parallelism == 2 ? in_one : in_both, "at parallelism %d \"%s\" is lost", parallelism, wanted);
            text_free(&text);
        }
        free(lines[0]);
        free(lines[1]);
        free(expected);
    }
}
