/* row_store.h: rows that an operator keeps: columns of its own that grow, text copied. */
#ifndef RUNTIME_STATE_ROW_STORE_H
#define RUNTIME_STATE_ROW_STORE_H

#include "core/error.h"
#include "data/batch.h"
#include "runtime/state/snapshot.h"

typedef struct RowStore {
    const Field *fields;
    int32_t      field_count;
    Buf         *buf;
    Column      *columns;
    int64_t      rows;
    int64_t      rows_saved; /* the first so many are as they were saved */
} RowStore;

#define ROW_STORE_MAX INT32_MAX

void   row_store_init(RowStore *store, const Field *fields, int32_t field_count);
void   row_store_free(RowStore *store);
/* Fails with STATUS_LIMIT beyond ROW_STORE_MAX rows. */
Status row_store_append(RowStore *store, const Batch *batch, Error *err);
/* Keeps only the given rows, in the given order, and gives back the memory of the others. */
void   row_store_keep(RowStore *store, const int32_t *rows, int64_t count);
/* A batch of the given rows; it keeps the store's memory alive. */
Batch *row_store_batch(const RowStore *store, const int32_t *rows, int64_t count);
int64_t row_store_size(const RowStore *store); /* bytes */

/* ---- for snapshots: runs of 1,024 rows, of which a full one that was saved is not written again ----------------------- */

/* Parts first, first + 1, ... = [rows: int64] and per row its values, then extra_size bytes per row out of `extra`. */
Status row_store_save(RowStore *store, const void *extra, int64_t extra_size, int64_t first, Snapshot *out, Error *err);
/* Appends the rows of a part, and what belongs to them to `extra`. name: for errors, "a sort". */
Status row_store_load(RowStore *store, Str part, int64_t extra_size, Text *extra, const char *name, Error *err);

#endif
