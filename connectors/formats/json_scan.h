/* json_scan.h: JSON as bytes: where a value starts and ends, and whether it is well-formed. No meaning, no columns.
 *
 * Strictness is that of the dialect's own parser: RFC 8259, except that control characters may stand unescaped in
 * strings and that UTF-8 is checked by its lead and continuation bytes only (overlong forms and surrogates pass; the
 * text made of them is repaired when it is read). Nothing is ever read at or past `end`. */
#ifndef CONNECTORS_FORMATS_JSON_SCAN_H
#define CONNECTORS_FORMATS_JSON_SCAN_H

#include "connectors/connector.h"

typedef enum JsonToken {
    JSON_NONE,
    JSON_NULL,
    JSON_TRUE,
    JSON_FALSE,
    JSON_INTEGER,
    JSON_FLOAT,
    JSON_STRING,
    JSON_OBJECT,
    JSON_ARRAY
} JsonToken;

/* One value. text: the token as it stands; of a string what is between its quotes; of a container all of it. */
typedef struct JsonValue {
    JsonToken token;
    Str       text;
    bool      is_plain; /* string: no escapes, nothing but ASCII: the text is the value */
} JsonValue;

typedef struct JsonScan {
    const char *start;
    const char *at;
    const char *end;
    int32_t     depth; /* containers that are open around `at` */
    BadReason   reason;   /* of the first failure */
    const char *expected; /* NULL: no failure yet */
} JsonScan;

static inline void json_skip_space(JsonScan *scan)
{
    while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\t' || *scan->at == '\r'))
        scan->at++;
}

/* Skips white space; true, and past it, when the byte is next. Not finding it is no failure. */
static inline bool json_take(JsonScan *scan, char byte)
{
    json_skip_space(scan);
    if (scan->at == scan->end || *scan->at != byte)
        return false;
    scan->at++;
    return true;
}

/* Notes what should have stood at scan->at; returns false. The first failure stays. */
bool json_fail(JsonScan *scan, BadReason reason, const char *expected);
/* "at byte 17: expected ',' or '}', found 'x'" */
void json_failure_text(const JsonScan *scan, Text *out);

/* The first of `"`, `\` or a byte >= 0x80 in [at, end), or end. */
const char *json_find_special(const char *at, const char *end);
/* From behind the opening quote to behind the closing one. */
bool json_scan_string(JsonScan *scan, JsonValue *out);
/* The next value, white space before it skipped; scan->at is behind it. Containers are checked to their end. */
bool json_scan_value(JsonScan *scan, JsonValue *out);
/* "name" : and leaves scan->at before the value. */
bool json_scan_key(JsonScan *scan, JsonValue *name);
/* After a value: true at ',' (*more) or at the closing byte. */
bool json_scan_next(JsonScan *scan, char close, bool *more);

/* Appends the text of a string value: escapes resolved, what is no code point replaced by '?' as the dialect does. */
void json_scan_unescape(Str text, Text *out);

#endif
