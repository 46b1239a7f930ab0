/* window_partial.h: aggregate states of slices as rows, on their way from the local half of a window aggregation to the
 * other.
 *
 * Columns: the keys, then end and from of the slice (BIGINT), then the states (BYTES). Exchanged by the keys. */
#ifndef RUNTIME_OPERATORS_WINDOW_PARTIAL_H
#define RUNTIME_OPERATORS_WINDOW_PARTIAL_H

#include "runtime/operators/window_state.h"

/* op->config of op_window_aggregate whose input is such rows; NULL for plain rows. */
typedef struct WindowAggregateConfig {
    bool takes_partials;
} WindowAggregateConfig;

/* The next states of a slice, at most BATCH_ROWS; *position as for key_table_next. NULL when there are no more. */
Batch *window_partial_rows(const WindowState *state, const Op *op, const Slice *slice, int64_t *position);
/* Puts such rows into the states here. What has been fired here in the meantime is late. Does not release the batch. */
Status window_partial_add(WindowState *state, Op *op, Batch *batch, Error *err);

#endif
