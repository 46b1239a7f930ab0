/* cell.h: one flat value on its own, 16 bytes: what MIN and MAX keep. */
#ifndef FUNCTIONS_CELL_H
#define FUNCTIONS_CELL_H

#include "functions/aggregate.h"

typedef union Cell {
    uint8_t   boolean;
    int8_t    i8;
    int16_t   i16;
    int32_t   i32;
    int64_t   i64;
    float     f32;
    double    f64;
    int128_t  i128;
    Timestamp timestamp;
    View      view;
} Cell;
_Static_assert(sizeof(Cell) == 16, "a Cell is 16 bytes");

static inline void cell_load(const Column *column, int64_t index, int64_t size, Cell *out)
{
    memset(out, 0, sizeof(*out));
    memcpy(out, (const char *)column->data + index * size, (size_t)size);
}

static inline void cell_store(const Cell *cell, int64_t size, Column *column, int64_t index)
{
    memcpy((char *)column->data + index * size, cell, (size_t)size);
}

/* Negative, 0, positive. Floating point as Java's Double.compare: -0.0 before 0.0, NaN behind all. */
int cell_compare(Layout layout, const Cell *left, const Cell *right);

/* A text of more than 12 bytes gets bytes of its own, and loses them. */
void cell_own(StateMemory *memory, Layout layout, Cell *cell);
void cell_drop(StateMemory *memory, Layout layout, Cell *cell);

void cell_encode(Layout layout, const Cell *cell, Text *out);
bool cell_decode(StateMemory *memory, Layout layout, const char **cursor, const char *end, Cell *out);

#endif
