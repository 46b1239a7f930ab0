/* row_view.h: neighbouring rows of a batch as a batch of their own, without copying: for calls that only read. */
#ifndef RUNTIME_OPERATORS_ROW_VIEW_H
#define RUNTIME_OPERATORS_ROW_VIEW_H

#include "data/batch.h"

bool rows_are_consecutive(const int32_t *rows, int64_t count);
/* out lives as long as batch, takes its small arrays from batch->buf, and is not released. */
void batch_view(const Batch *batch, int64_t start, int64_t count, Batch *out);

#endif
