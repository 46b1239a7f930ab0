/* sample.h: types and columns made at random from a seed, nested ones included. */
#ifndef TESTS_DATA_SAMPLE_H
#define TESTS_DATA_SAMPLE_H

#include "data/batch.h"

typedef struct Sample {
    uint64_t state; /* the seed, not 0 */
} Sample;

uint64_t sample_next(Sample *sample);
/* Below limit. */
int64_t  sample_below(Sample *sample, int64_t limit);
/* depth: how far it may nest. */
const Type *sample_type(Sample *sample, Arena *arena, int depth);
/* Flat, with NULLs about one time in null_every (0 = none). */
void sample_column(Sample *sample, Buf *buf, const Type *type, int64_t rows, int null_every, Column *out);

#endif
