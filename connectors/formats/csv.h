/* csv.h: what the files of the csv format share.
 *
 * Reading order: csv (options, descriptor), csv_split (bytes to fields), csv_decode (fields to columns), csv_encode. */
#ifndef CONNECTORS_FORMATS_CSV_H
#define CONNECTORS_FORMATS_CSV_H

#include "connectors/formats/cell.h"
#include "connectors/formats/format.h"

typedef struct CsvOptions {
    Str     delimiter; /* one character: 1 to 4 bytes */
    Str     element_delimiter;
    Str     null_literal; /* ptr NULL = none */
    int32_t quote;        /* a byte, -1 = none */
    int32_t escape;       /* a byte, -1 = none */
    bool    takes_comments;
    bool    ignores_errors;
    bool    trims;
    bool    ignores_extra_fields;
    bool    takes_trailing_delimiter;
    bool    fails_on_missing;
    bool    empty_is_null;
    bool    is_scientific;
} CsvOptions;

CsvOptions csv_options_of(const Map *options, Arena *arena);

/* One field of a record. */
typedef struct CsvField {
    Str  text;      /* without quotes; escapes and doubled quotes still in it */
    bool is_quoted;
    bool is_coded;  /* has escapes or doubled quotes: csv_uncode gives the value */
} CsvField;

typedef struct CsvRecord {
    CsvField *fields; /* room for fields_max */
    int64_t   fields_max;
    int64_t   count;  /* of all fields, also those beyond fields_max */
    CsvField  extra;  /* the first beyond fields_max */
    int64_t   size;   /* in bytes, its line end included */
    bool      has_line_end; /* else the bytes ended first */
    const char *error;      /* NULL = none: what is wrong with the record */
} CsvRecord;

/* Splits the first record of bytes. */
void csv_split(const CsvOptions *options, Str bytes, CsvRecord *record);
/* Is the line at the start of bytes a comment, or blank where comments are taken? */
bool csv_is_comment(const CsvOptions *options, Str bytes);
/* Size of the first record, or -1 when more bytes are needed. */
int64_t csv_record_size(const CsvOptions *options, Str bytes, bool is_last);
/* Appends the value of a coded field. */
void csv_uncode(const CsvOptions *options, const CsvField *field, Text *out);

Status  csv_decoder_create(const FormatSpec *spec, Decoder **out, Error *err);
Status  csv_decode(Decoder *opaque, const Str *messages, int64_t count, Batch *batch, Decoded *decoded, Error *err);
int64_t csv_decoder_record_size(const Decoder *opaque, Str bytes, bool is_last);
Status  csv_encoder_create(const FormatSpec *spec, Encoder **out, Error *err);
Status  csv_encode(Encoder *opaque, const Batch *batch, int64_t start, int64_t count, Text *out, Record *records,
                   Error *err);

#endif
