/* json.h: what the files of the json format share: the compiled schema and the decoder.
 *
 * Reading order: json_scan (bytes), json_value (one scalar into one cell), json_general (any record), json_fast (the
 * usual record), json_decode (a batch of messages), json_text (nested JSON as text), json_encode, json (the
 * descriptor). */
#ifndef CONNECTORS_FORMATS_JSON_H
#define CONNECTORS_FORMATS_JSON_H

#include "connectors/formats/cell.h"
#include "connectors/formats/format.h"
#include "connectors/formats/java_time.h"
#include "connectors/formats/json_scan.h"

typedef struct JsonOptions {
    bool fails_on_missing;
    bool ignores_errors;
    bool is_iso;
    bool stops_early;  /* an object is done with when as many fields were found as are wanted: duplicates count */
    bool has_decimals; /* somewhere in the schema: fractions in nested text then keep all their digits */
} JsonOptions;

/* A field name as it stands in records, quotes included, and which one came next the last time. */
typedef struct JsonKey {
    Str             raw;
    uint64_t        words[2]; /* the first 16 bytes of raw, and which bits of them count */
    uint64_t        masks[2];
    int32_t         field; /* index into the object's children, -1 = none of them */
    struct JsonKey *next;
} JsonKey;

#define JSON_KEYS_MAX 256 /* names the fast path learns of an object; records with more go the general way */
#define JSON_FAST_FIELDS_MAX 64

/* A wanted value: a column, or an element, value or field inside one. */
typedef struct JsonField {
    Str               name;
    const Type       *type;
    const TimeLayout *layout;      /* timestamps */
    struct JsonField *children;    /* ARRAY: the element; MAP: the value; ROW: one per field */
    int32_t           child_count;
    Map              *names;       /* ROW: name -> child */
    int64_t           seen;        /* mark of the object in which it was found last */
    int32_t           out;         /* column of the batch; of a ROW's field, its number */
    int32_t           depth;       /* containers around it, if none of them is an ARRAY */
    bool              is_skipped;  /* a ROW's field that nobody reads: found and counted, but not converted */

    /* ROW, the fast path */
    JsonKey start; /* start.next: the first name */
    Map    *keys;  /* raw -> JsonKey */
} JsonField;

typedef struct JsonDecoder {
    JsonOptions options;
    ErrorPolicy policy;
    JsonField   root; /* a ROW of the wanted columns */
    Arena      *arena;
    Arena      *scratch_arena; /* emptied after each use */
    int64_t     mark; /* of the newest object */
    Text        scratch;

    /* the fast path */
    bool    is_fast;
    bool    has_slow_fields; /* some wanted values are left to the general path */
    char    memo_date[10]; /* the last date that was read, and its first ms */
    int64_t memo_ms;

    /* one call of decode */
    Batch    *batch;
    TextPool  pool;
    int64_t   row; /* to be filled next */
    int64_t   room; /* rows that every column has room for */
    Decoded  *decoded;
    BadReason reason;    /* why the last value or record was bad */
    Text      detail;    /* ... in words */
    Str       bad_field; /* top-level field with the bad value; empty when the record itself is bad */
} JsonDecoder;

typedef enum JsonRead {
    JSON_READ_OK,
    JSON_READ_BAD_VALUE, /* well-formed, but not for this type; the scan stands behind it */
    JSON_READ_BAD_RECORD /* the scan stands where it is broken */
} JsonRead;

/* A token that is neither NULL nor to be taken apart, into one cell. Never JSON_READ_BAD_RECORD. */
JsonRead json_value_read(JsonDecoder *decoder, const JsonField *field, const JsonValue *value, Column *column,
                         int64_t row);
/* The text of a string token; lives until the next call. */
Str      json_value_text(JsonDecoder *decoder, const JsonValue *value);
/* Notes what was found instead of a good value; returns JSON_READ_BAD_VALUE. */
JsonRead json_value_bad(JsonDecoder *decoder, BadReason reason, const Type *type, Str found);

/* One record of any shape at decoder->row and on, which moves by the rows it gave. In an array the rows before a bad
 * element stay. */
JsonRead json_general_read(JsonDecoder *decoder, Str record);
/* The value at scan->at into a row of a column; a bad value inside a container may be forgiven and counted. */
JsonRead json_general_value(JsonDecoder *decoder, JsonScan *scan, JsonField *field, Column *column, int64_t row);
/* One object with known names into decoder->row; false when anything is unusual: then nothing is settled and the
 * general path must read the record. */
bool     json_fast_read(JsonDecoder *decoder, Str record);

/* Does the fast path read the value itself? Of a ROW: its braces and names; what is inside may again be slow. */
bool json_fast_takes(const JsonField *field);

/* Room for one more row in every column of the batch. */
void json_decoder_reserve(JsonDecoder *decoder);

Status json_decoder_create(const FormatSpec *spec, Decoder **out, Error *err);
Status json_decode(Decoder *opaque, const Str *messages, int64_t count, Batch *batch, Decoded *decoded, Error *err);
Status json_encoder_create(const FormatSpec *spec, Encoder **out, Error *err);
Status json_encode(Encoder *opaque, const Batch *batch, int64_t start, int64_t count, Text *out, Record *records,
                   Error *err);

extern const Option json_options[];

/* A container's text as the dialect's tree prints it: no white space, names once (the last value wins), numbers as Java
 * prints them. The text is well-formed. scratch is emptied. */
void json_compact(Str text, bool has_decimals, Arena *scratch, Text *out);
/* In quotes, escaped as the dialect's writers do; invalid UTF-8 becomes U+FFFD. Records (is_record) have code points
 * beyond U+FFFF as two \u escapes, text made of nested values has them as they are. */
void json_put_string(Str value, bool is_record, Text *out);
/* BigDecimal(text).stripTrailingZeros().toString() of a well-formed JSON number. */
void json_put_stripped(Str number, Text *out);

#endif
