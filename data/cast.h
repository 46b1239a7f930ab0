/* cast.h: values from one type to another, and values as text: CAST, TRY_CAST and printing (reference 3d). */
#ifndef DATA_CAST_H
#define DATA_CAST_H

#include "data/batch.h"
#include "data/calendar.h"

typedef struct CastContext {
    Buf        *buf;  /* results */
    const Zone *zone; /* session zone */
    bool        is_try; /* a value that cannot be cast becomes NULL */
} CastContext;

/* Casts rows values; out gets type `to` (nullable if the cast can give NULL). constant in, constant out.
 * Error: STATUS_DATA with the value and both types in the message. */
Status column_cast(const CastContext *cast, const Column *in, int64_t rows, const Type *to, Column *out, Error *err);

/* How text of values looks. */
typedef enum ValueStyle {
    STYLE_CAST,  /* CAST(x AS STRING): TRUE, timestamps with p digits, [a, b], {k=v}, (a, b), NULL inside nested */
    STYLE_CELL,  /* a cell of the result table: as CAST, BYTES x'..' */
    STYLE_PRINT  /* the print connector: Java toString: true, 2024-01-01T00:00, null */
} ValueStyle;

/* Appends the text of one value; NULL at the top appends "NULL" (STYLE_CAST), "<NULL>" (STYLE_CELL), "null" (STYLE_PRINT). */
void value_print(const Column *column, int64_t row, ValueStyle style, const Zone *zone, Text *out);

/* A constant column of one value from its SQL text, for literals and option values. */
Status value_parse(const CastContext *cast, Str text, const Type *to, Column *out, Error *err);

#endif
