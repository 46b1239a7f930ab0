/* window_output.h: results of windows on their way out: rows are collected over several windows and emitted in full
 * batches. */
#ifndef RUNTIME_OPERATORS_WINDOW_OUTPUT_H
#define RUNTIME_OPERATORS_WINDOW_OUTPUT_H

#include "runtime/op.h"

typedef struct WindowOutput {
    AggregateSet *set;
    const Zone   *zone;     /* of local windows; NULL otherwise */
    int64_t       count, capacity;
    Str          *keys;     /* these point into tables: flush before those change */
    void        **blocks;
    Time         *starts, *ends;
    const Type  **key_types;
} WindowOutput;

void window_output_open(WindowOutput *output, Op *op, AggregateSet *set);
static inline bool window_output_is_full(const WindowOutput *output)
{
    return output->count == output->capacity;
}
static inline void window_output_add(WindowOutput *output, Str key, void *block, Time start, Time end)
{
    output->keys[output->count] = key;
    output->blocks[output->count] = block;
    output->starts[output->count] = start;
    output->ends[output->count++] = end;
}
/* Emits what is collected. */
Status window_output_flush(WindowOutput *output, Op *op, Error *err);

/* A column for one property of windows: constant when all rows have the same window. */
void window_property_column(WindowProperty property, const Type *type, const Zone *zone, int64_t now_ms,
                            const Time *starts,
                            const Time *ends, int64_t count, Buf *buf, Column *out);

#endif
