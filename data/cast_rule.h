/* cast_rule.h: how the files of CAST work together. For cast*.c and value_print.c only.
 *
 * column_cast picks a rule by the two types; the rule fills run->out, which has room for run->rows values, all valid
 * where the input is. It skips rows that are NULL (out->valid says so) and reports a value that cannot be cast by
 * cast_fail. */
#ifndef DATA_CAST_RULE_H
#define DATA_CAST_RULE_H

#include "data/cast.h"

typedef struct CastRun {
    const CastContext *context;
    const Column      *in;  /* never constant: of a constant, its one row */
    int64_t            rows;
    Column            *out; /* type, data and valid are ready; children are not */
    uint8_t           *failed; /* 1 for rows that TRY_CAST made NULL; NULL = nobody asks */
    Error             *err;
} CastRun;

typedef Status (*CastRule)(CastRun *run);

/* The value of this row cannot be cast: TRY_CAST makes it NULL, CAST is an error that says why ("not a number"). */
Status cast_fail(CastRun *run, int64_t row, const char *why);
/* The row becomes NULL under CAST, too. */
void cast_to_null(CastRun *run, int64_t row);
static inline bool cast_has_value(const CastRun *run, int64_t row)
{
    return !run->out->valid || run->out->valid[row];
}

/* As column_cast, for what is inside of a value; failed: rows flags, cleared, or NULL. */
Status cast_inner(const CastContext *context, const Column *in, int64_t rows, const Type *to, Column *out,
                  uint8_t *failed, Error *err);

/* Each gives the rule for its family, or NULL. */
CastRule cast_rule_number(const Type *from, const Type *to);   /* BOOLEAN, numbers, integers to intervals */
CastRule cast_rule_decimal(const Type *from, const Type *to);  /* from or to DECIMAL, text apart */
CastRule cast_rule_temporal(const Type *from, const Type *to); /* among DATE, TIME, timestamps */
CastRule cast_rule_from_text(const Type *from, const Type *to);
CastRule cast_rule_to_text(const Type *from, const Type *to);  /* to characters or bytes */
CastRule cast_rule_nested(const Type *from, const Type *to);

/* Reads and writes a timestamp of either layout. */
static inline Timestamp timestamp_load(const void *data, Layout layout, int64_t index)
{
    if (layout == LAYOUT_TIMESTAMP)
        return ((const Timestamp *)data)[index];
    return (Timestamp){ ((const int64_t *)data)[index], 0, 0 };
}
static inline void timestamp_store(void *data, Layout layout, int64_t index, Timestamp value)
{
    if (layout == LAYOUT_TIMESTAMP)
        ((Timestamp *)data)[index] = value;
    else
        ((int64_t *)data)[index] = value.ms;
}

/* What TIME(p) counts in. */
static inline int32_t time_unit_ms(int32_t precision)
{
    static const int32_t units[] = { 1000, 100, 10, 1 };
    return units[precision < 3 ? precision : 3];
}

/* Text of a value that is not NULL, of a type with at most SCALAR_TEXT_MAX bytes of text (no text, bytes, nested), as
 * CAST has it. */
#define SCALAR_TEXT_MAX 64
int32_t scalar_print(const Column *column, int64_t index, const Zone *zone, char *out);

#endif
