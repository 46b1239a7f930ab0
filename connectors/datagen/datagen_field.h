/* datagen_field.h: the values of one column: a pure function of the seed and the row's number.
 *
 * So what a table gives does not depend on batches, speed or parallelism. Nested values are columns of their own whose
 * "rows" are numbered by the entry they are. */
#ifndef CONNECTORS_DATAGEN_DATAGEN_FIELD_H
#define CONNECTORS_DATAGEN_DATAGEN_FIELD_H

#include "connectors/connector.h"

typedef struct DatagenField {
    const Type *type;
    uint64_t    seed;        /* of this field */
    bool        is_sequence;
    double      null_rate;
    int64_t     min, max;    /* integers, both included; a sequence's start and end */
    double      min_double, max_double; /* FLOAT, DOUBLE, DECIMAL */
    int64_t     max_past_ms; /* timestamps */
    int64_t     length;      /* texts, bytes, collections */
    bool        is_var_len;
    struct DatagenField *children; /* ARRAY: 1; MAP: key, value; ROW: one per field */
} DatagenField;

/* What values may depend on besides. */
typedef struct DatagenNow {
    int64_t     utc_ms;
    const Zone *zone;
} DatagenNow;

/* From the options fields.<name>.*. Keys that were used are added to `used`. */
Status datagen_field_init(DatagenField *field, const TableSpec *table, Str name, const Type *type, Arena *arena,
                          Map *used, Error *err);
/* Derives the seeds of the field and all below it. */
void   datagen_field_seed(DatagenField *field, uint64_t seed);
/* Number of values of a sequence; INT64_MAX for a random field. */
int64_t datagen_field_count(const DatagenField *field);
/* Bytes that one value takes at most, roughly. */
int64_t datagen_field_size(const DatagenField *field);
/* Values of the rows with the given numbers. */
void datagen_field_fill(const DatagenField *field, const uint64_t *numbers, int64_t rows, const DatagenNow *now,
                        Buf *buf, Column *out);

extern const Option datagen_options[];

#endif
