/* session_input.h: times and keys of a batch's rows, for the two session operators. */
#ifndef RUNTIME_OPERATORS_SESSION_INPUT_H
#define RUNTIME_OPERATORS_SESSION_INPUT_H

#include "runtime/op.h"
#include "runtime/state/sessions.h"

typedef struct SessionInput {
    Time     *instants; /* as in the rows */
    Time     *times;    /* for windows: of the local clock where they are local */
    Str      *keys;
    uint64_t *hashes;
    void    **entries;  /* of each row's key in the table of sessions */
} SessionInput;

/* Drops rows without a time (counted), as the dialect does for sessions; legacy windows read 0. key_columns: scratch.
 * */
Status session_input_rows(Op *op, Sessions *sessions, const PlanWindowSpec *spec, const int32_t *keys, int32_t key_count,
                        const Column **key_columns, Batch *batch, SessionInput *out, Error *err);

/* What has closed for the row: what its split had seen, or what was fired here. */
static inline Time session_row_watermark(const Batch *batch, int64_t row, Time closed)
{
    Time seen = batch->seen_watermark ? batch->seen_watermark[row] : TIME_MIN;
    return seen > closed ? seen : closed;
}

#endif
