/* value_list.h: what aggregates have in common that keep every value (ARRAY_AGG, FIRST_VALUE and LAST_VALUE over updates): their state is one
 * StateBytes list, and all but the result is the same. The functions fit the rows of an Aggregate. */
#ifndef FUNCTIONS_VALUE_LIST_H
#define FUNCTIONS_VALUE_LIST_H

#include "functions/state_bytes.h"

Status value_list_add(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows, int64_t count,
                      void *const *states, Error *err);
/* Removes the earliest value that is the same. */
Status value_list_retract(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows, int64_t count,
                          void *const *states, Error *err);
Status value_list_merge(const AggregateCall *call, StateMemory *memory, void *const *into, void *const *from, int64_t count,
                        Error *err);
void   value_list_drop(const AggregateCall *call, StateMemory *memory, void *state);
void   value_list_encode(const AggregateCall *call, const void *state, Text *out);
bool   value_list_decode(const AggregateCall *call, StateMemory *memory, const char **cursor, const char *end, void *state);

#endif
