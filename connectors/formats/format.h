/* format.h: bytes of a record to columns, and columns to bytes.
 *
 * A format is a leaf in connectors/formats/ that exports `const Format format_<name>`, named in formats.def:
 * FORMAT(name). Decoders are schema-driven: only wanted columns are built, straight from the record's bytes. */
#ifndef CONNECTORS_FORMATS_FORMAT_H
#define CONNECTORS_FORMATS_FORMAT_H

#include "connectors/connector.h"

#define RECORD_SIZE_MAX (8 << 20)
#define RECORD_DEPTH_MAX 128

typedef struct FormatColumn {
    Str         name; /* as in the record (key.fields-prefix removed) */
    const Type *type;
    int32_t     out;  /* column of the batch, -1 = not wanted (decoding) */
    FieldSet    fields; /* decoding a ROW: the fields that are read; others may be one NULL. FIELDS_NONE = not known, all */
} FormatColumn;

typedef struct FormatSpec {
    const FormatColumn *columns; /* all that the record holds, in order */
    int32_t             column_count;
    const Map          *options; /* keys without the format's prefix: "ignore-parse-errors" */
    Arena              *arena;
    const Zone         *zone;
    Span                span;
    bool                is_general; /* as in IoSpec */
    ErrorPolicy         policy;  /* decoding; the format's own ignore-parse-errors is as ERROR_POLICY_NULL */
} FormatSpec;

typedef struct Decoder Decoder;
typedef struct Encoder Encoder;

/* A record that a decoder dropped. Texts lie in batch->buf. */
typedef struct Refused {
    int64_t   message;
    BadReason reason;
    Str       column; /* empty: not of one column */
    Str       text;   /* of the error */
} Refused;

/* What a call of decode did. */
typedef struct Decoded {
    int64_t  rows;
    int32_t *message_of_row; /* in batch->buf; NULL: row i comes from message i */
    int64_t  bad[BAD_REASON_COUNT]; /* fields or records that were made NULL or skipped */
    int64_t  failed_message; /* with an error: the message it is in */
    Refused *refused;        /* ERROR_POLICY_DEAD_LETTER: in order of messages; in batch->buf */
    int64_t  refused_count, refused_capacity;
} Decoded;

/* For decoders: what becomes of a bad record under the policy. FAIL: the error stands and is returned. SKIP and DEAD_LETTER: it is cleared, the
 * record noted if need be, and the decoder goes on without it (STATUS_OK). column may be {NULL, 0}. */
Status decoded_refuse(Decoded *decoded, Buf *buf, ErrorPolicy policy, int64_t message, BadReason reason, Str column, Error *err);

/* One encoded record. */
typedef struct Record {
    int64_t start, end; /* in the Text */
    bool    is_null;    /* no bytes at all (a tombstone, raw NULL) */
} Record;

typedef struct Format {
    const char   *name;
    const char   *doc;
    const Option *options;
    /* Types that the format cannot carry, option pairs. May be NULL. */
    Status (*check)(const FormatSpec *spec, Error *err);
    Status (*decoder_create)(const FormatSpec *spec, Decoder **out, Error *err);
    /* Decodes messages into the wanted columns of the batch (initialising them in batch->buf; batch->rows is set by the
     * caller). A message with ptr NULL is a null message. Long text is copied to batch->buf, so messages need not
     * outlive the call. Errors: STATUS_DATA with column and reason; decoded->failed_message says which. */
    Status (*decode)(Decoder *decoder, const Str *messages, int64_t count, Batch *batch, Decoded *decoded, Error *err);
    Status (*encoder_create)(const FormatSpec *spec, Encoder **out, Error *err);
    /* Appends one record per row of rows [start, start + count): spec->columns[i] is batch column spec->columns[i].out.
     * records has room for count. */
    Status (*encode)(Encoder *encoder, const Batch *batch, int64_t start, int64_t count, Text *out, Record *records,
                     Error *err);
    bool   is_line_based; /* files and sockets: a record is a line */
    /* Line-based formats whose records may hold line ends (quoted CSV fields): the size of the first record of bytes,
     * its line end included (and so handed to decode), or -1 when more bytes are needed to tell. is_last: there are no
     * more. NULL: a record ends at '\n', and neither that nor a '\r' before it belongs to it. */
    int64_t (*record_size)(const Decoder *decoder, Str bytes, bool is_last);
} Format;

/* A column of the table as its source decodes it, or its sink encodes it: not wanted when it is not among spec->columns. */
FormatColumn format_column_of(const IoSpec *spec, int32_t table_column);

const Format *format_find(Str name);
const Format *format_at(int64_t index);
int64_t       format_count(void);
/* Options of `options` that start with prefix ("json.", "value.json."), with the prefix removed. */
Map *format_options(Arena *arena, const Map *options, Str prefix);

#endif
