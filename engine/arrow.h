/* arrow.h: columns through the Arrow C data interface, both ways.
 *
 * Types (docs/columnar/CDataInterface of Apache Arrow): see arrow_format. Offsets are 32 bits: a batch with 2 GiB of text in one column
 * does not fit. */
#ifndef ENGINE_ARROW_H
#define ENGINE_ARROW_H

#include "data/batch.h"
#include "include/tidemark.h"

/* Schema of a struct with these fields, a first column "$op" if has_op. */
void   arrow_export_schema(const Field *fields, int32_t field_count, bool has_op, struct ArrowSchema *out);
/* The batch as a struct array of that schema. Takes the batch (released with the array); on an error it stays the caller's. */
Status arrow_export_batch(Batch *batch, bool has_op, struct ArrowArray *out, Error *err);
/* Copies a struct array with exactly these fields in order into the columns of batch, and sets its rows. */
Status arrow_import_batch(const struct ArrowArray *array, const struct ArrowSchema *schema, const Field *fields, int32_t field_count,
                          Batch *batch, Error *err);

#define ARROW_FORMAT_MAX 32
/* "i", "u", "d:10,2", "tsm:UTC", "+l" ... */
void   arrow_format(const Type *type, char out[ARROW_FORMAT_MAX]);

#endif
