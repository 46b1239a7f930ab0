/* result.h: the rows of a SELECT on their way from the task to the client.
 *
 * A bounded ring of batches: one writer (the result operator, a single task), one reader. A full ring blocks the
 * operator, so a client that does not read stops the job. */
#ifndef RUNTIME_RESULT_H
#define RUNTIME_RESULT_H

#include "core/env.h"
#include "data/batch.h"

typedef struct Result Result;

Result *result_create(void);
/* Releases what nobody read. */
void    result_destroy(Result *result);
/* Who is woken when the reader has made room. */
void    result_set_writer(Result *result, Wakeup *writer);
/* false: full, the batch stays the caller's. */
bool    result_write(Result *result, Batch *batch);
/* NULL: nothing there now. */
Batch  *result_read(Result *result);
/* Waits for a row, or for the job to end (result_wake). */
void    result_wait(Result *result, int64_t timeout_ms);
void    result_wake(Result *result);

#endif
