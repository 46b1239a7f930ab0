/* row_order.h: ORDER BY over the rows of a store: a stable merge sort of row numbers. */
#ifndef RUNTIME_OPERATORS_ROW_ORDER_H
#define RUNTIME_OPERATORS_ROW_ORDER_H

#include "planner/plan.h"
#include "runtime/state/row_store.h"

/* < 0: left comes first. Rows that are equal by all keys keep their order. */
int  row_order_compare(const RowStore *store, const SortKey *keys, int32_t key_count, int32_t left, int32_t right);
/* Sorts rows in place; scratch has room for count. */
void row_order_sort(const RowStore *store, const SortKey *keys, int32_t key_count, int32_t *rows, int32_t *scratch,
                    int64_t count);

#endif
