/* state_bytes.h: bytes that grow in StateMemory, and lists of values in them: what text and collecting aggregates
 * keep. */
#ifndef FUNCTIONS_STATE_BYTES_H
#define FUNCTIONS_STATE_BYTES_H

#include "core/bytes.h"
#include "functions/aggregate.h"

/* All zero is empty. */
typedef struct StateBytes {
    char   *ptr;
    int64_t size;
    int64_t capacity;
    int64_t count; /* of values, for lists */
} StateBytes;

/* Error STATUS_LIMIT beyond 1 GiB. */
Status state_bytes_append(const AggregateCall *call, StateMemory *memory, StateBytes *bytes, Str more, Error *err);
Status state_bytes_set(const AggregateCall *call, StateMemory *memory, StateBytes *bytes, Str value, Error *err);
void   state_bytes_drop(StateMemory *memory, StateBytes *bytes);
void   state_bytes_encode(const StateBytes *bytes, Text *out);
bool   state_bytes_decode(StateMemory *memory, const char **cursor, const char *end, StateBytes *bytes);

/* A list: each value as its size (uint32) and its bytes (value_encode), in order of arrival. */
Status value_list_append(const AggregateCall *call, StateMemory *memory, StateBytes *list, Str value, Error *err);
/* Removes the first value that is the same; nothing when there is none. */
void   value_list_remove(StateBytes *list, Str value);
/* state_bytes_decode of a list: false also when it does not hold as many values as it says. */
bool   value_list_read(StateMemory *memory, const char **cursor, const char *end, StateBytes *list);
/* The value at *offset, which moves on; false at the end. */
bool   value_list_next(const StateBytes *list, int64_t *offset, Str *value);

#endif
