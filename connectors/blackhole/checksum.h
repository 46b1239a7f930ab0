/* checksum.h: a number for the rows that were written: every byte of every value goes into it.
 *
 * The sum over all rows of a hash of the row's values; rows of kind -U and -D are subtracted. So the order of rows, batches and tasks does not
 * matter, and of a changelog it is that of the table which is left. */
#ifndef CONNECTORS_BLACKHOLE_CHECKSUM_H
#define CONNECTORS_BLACKHOLE_CHECKSUM_H

#include "data/batch.h"

typedef struct Checksum {
    uint64_t  sum;
    uint64_t *hashes; /* of the rows of a batch: its room is kept */
    int64_t   room;
    Text      scratch; /* bytes of a nested value */
} Checksum;

/* Rows [start, batch->rows). */
void checksum_add(Checksum *checksum, const Batch *batch, int64_t start);
void checksum_free(Checksum *checksum);

#endif
