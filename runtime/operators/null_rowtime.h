/* null_rowtime.h: rows without event time: some operators fail at them, some leave them out (reference 5.2). */
#ifndef RUNTIME_OPERATORS_NULL_ROWTIME_H
#define RUNTIME_OPERATORS_NULL_ROWTIME_H

#include "runtime/operators/row_errors.h"

/* Error STATUS_DATA with the dialect's own text. */
Status null_rowtime_error(const Op *op, Error *err);
/* Leaves them out, counts them, and sends them to the dead-letter table if there is one. kept may be NULL. */
Status null_rowtime_drop(Op *op, Batch *batch, int32_t column, KeptRows *kept, Error *err);

#endif
