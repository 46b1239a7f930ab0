/* window_input.h: from the rows of a batch to their slices.
 *
 * A row that has lost all its windows is late: counted and left out. One that has lost some goes to a slice beside the
 * usual one, which only the windows that are still open will see (runtime/state/slices.h). Lost is what the row's own
 * split says (seen_watermark) or what this operator has fired already (a split that was idle and came back). */
#ifndef RUNTIME_OPERATORS_WINDOW_INPUT_H
#define RUNTIME_OPERATORS_WINDOW_INPUT_H

#include "runtime/op.h"
#include "runtime/time/window.h"

typedef struct WindowInput {
    const PlanWindowSpec *spec;
    WindowGrid            grid;
    const Zone           *zone;   /* of local windows; NULL otherwise */
    Time                  closed; /* windows whose fire time is at or before this have been fired */
} WindowInput;

/* Per row that is left in the batch. */
typedef struct WindowRows {
    Time *ends;  /* of the slice */
    Time *froms; /* see Slice */
    bool  is_one; /* all rows lie in one slice */
} WindowRows;

void window_input_open(WindowInput *input, const PlanWindowSpec *spec, const Zone *zone);
/* Leaves out late rows and rows without a window (batch_select), and says where the others go. */
Status window_input_rows(const WindowInput *input, Op *op, Batch *batch, WindowRows *out, Error *err);
/* Rows [start, end) of one slice. */
int64_t window_rows_run(const WindowRows *rows, int64_t start, int64_t count);
/* The slice that states aggregated elsewhere belong to by now: their first windows may have been fired. false: all of them. */
bool window_input_place(const WindowInput *input, Time end, Time *from, Time *next_end);
/* The window that a new slice is needed for first. */
static inline Time window_rows_next_end(const WindowInput *input, const WindowRows *rows, int64_t row)
{
    return input->spec->kind == WINDOW_ATTACHED ? rows->ends[row] : rows->froms[row];
}

#endif
