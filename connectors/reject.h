/* reject.h: rows that were refused, on their way to a dead-letter table: where they came from and why they are here.
 *
 * The columns of reject_columns.def, in this order, are those of a rejected row; the first ORIGIN_COLUMN_COUNT say where it came from, and
 * travel beside the rows of a table whose policy is dead-letter (batch->origins), so that whoever refuses a row later knows its record. */
#ifndef CONNECTORS_REJECT_H
#define CONNECTORS_REJECT_H

#include "connectors/formats/format.h"

typedef enum RejectColumn {
#define REJECT_COLUMN(name, text, type, doc) REJECT_##name,
#include "connectors/reject_columns.def"
#undef REJECT_COLUMN
    REJECT_COLUMN_COUNT
} RejectColumn;
#define ORIGIN_COLUMN_COUNT (REJECT_RAW + 1)

/* Name and type (nullable, static) of the columns. */
const Field *reject_fields(void);

/* The records of one poll, side by side; what is NULL is not known. */
typedef struct Records {
    Str            table;
    const Str     *topics; /* or paths */
    const int32_t *partitions;
    const int64_t *offsets;
    const Str     *keys;
    const Str     *values;
    bool           are_lines; /* values may have their line ends */
    int64_t        count;
} Records;

/* batch->origins for the rows that were decoded; bytes are copied into batch->buf. */
void   reject_note_origins(Batch *batch, const Records *records, const Decoded *decoded);
/* A batch of the refused records of `decoded`; NULL when there is none. */
Batch *reject_records(const Records *records, const Decoded *decoded);
/* A batch of the given rows of a batch, with the rest left to the caller: columns behind the origins are uninitialised. Rows without known
 * origins have NULLs, but for the table. */
Batch *reject_rows(const Batch *batch, Str table, const int32_t *rows, int64_t count);

#endif
