/* row_store.h: rows that an operator keeps: columns of its own that grow, text copied. */
#ifndef RUNTIME_STATE_ROW_STORE_H
#define RUNTIME_STATE_ROW_STORE_H

#include "core/error.h"
#include "data/batch.h"

typedef struct RowStore {
    const Field *fields;
    int32_t      field_count;
    Buf         *buf;
    Column      *columns;
    int64_t      rows;
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

#endif
