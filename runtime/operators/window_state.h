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
    const Type   **key_types;
    bool           saves_count; /* rows may be taken back, or states: the count of rows decides what is emitted */
    bool           keeps_total; /* HOP: states of a slice can be taken out of those of a window again */
} WindowState;

/* count_rows: every state knows how many rows are in it. */
void   window_state_open(WindowState *state, Op *op, bool count_rows);
void   window_state_free(WindowState *state);
/* Adds the rows that are not late. Does not release the batch. */
Status window_state_add(WindowState *state, Op *op, Batch *batch, Error *err);
/* Part 0 says which slices there are; the pieces of their tables follow, those of sealed slices unchanged. */
Status window_state_save(WindowState *state, const Op *op, bool is_local, Snapshot *out, Error *err);
/* Of the half that has the keys to itself. It takes what a local half has saved as well. */
Status window_state_load(WindowState *state, const Op *op, const SavedState *saved, Error *err);
/* Of the local half: the slices of whole instances. */
Status window_state_load_local(WindowState *state, const Op *op, const SavedState *saved, Error *err);
void   window_state_count(const WindowState *state, OpCounters *counters);

#endif
