/* window_state.h: rows of a batch into the states of their slices: the half that the two window aggregations have in
 * common. */
#ifndef RUNTIME_OPERATORS_WINDOW_STATE_H
#define RUNTIME_OPERATORS_WINDOW_STATE_H

#include "runtime/operators/window_input.h"
#include "runtime/state/slices.h"

typedef struct WindowState {
    WindowInput    input;
    AggregateSet  *set;
    Slices         slices;
    const Column **key_columns;
} WindowState;

/* count_rows: every state knows how many rows are in it. */
void   window_state_open(WindowState *state, Op *op, bool count_rows);
void   window_state_free(WindowState *state);
/* Adds the rows that are not late. Does not release the batch. */
Status window_state_add(WindowState *state, Op *op, Batch *batch, Error *err);
void   window_state_count(const WindowState *state, OpCounters *counters);

#endif
