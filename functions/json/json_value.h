/* json_value.h: JSON texts as trees, and trees as text: for the JSON functions (formats have readers of their own).
 *
 * Trees live in a Buf and point into the text they were read from. */
#ifndef FUNCTIONS_JSON_VALUE_H
#define FUNCTIONS_JSON_VALUE_H

#include "data/batch.h"

#define JSON_DEPTH_MAX 128

typedef enum JsonKind { JSON_IS_NULL, JSON_IS_BOOLEAN, JSON_IS_NUMBER, JSON_IS_STRING, JSON_IS_ARRAY,
                        JSON_IS_OBJECT } JsonKind;

typedef struct JsonValue {
    JsonKind          kind;
    bool              boolean;
    Str               text;  /* number as written; string without escapes */
    /* elements of an array have no keys; those of an object are sorted by key, each key once (the last one) */
    struct JsonMember *members;
    int64_t           count;
} JsonValue;

typedef struct JsonMember {
    Str       key;
    JsonValue value;
} JsonMember;

/* Reads the first value of the text; what follows it is not looked at. false when it is none, or is nested too deep. */
bool json_parse(Buf *buf, Str text, JsonValue *out);

/* NULL when the key is not there. */
const JsonValue *json_member(const JsonValue *object, Str key);

static inline bool json_is_scalar(const JsonValue *value)
{
    return value->kind != JSON_IS_ARRAY && value->kind != JSON_IS_OBJECT;
}

/* Compact text; keys sorted. */
void json_print(const JsonValue *value, Text *out);
/* A number as Java's BigDecimal (or integer) prints it: 1e3 is 1E+3, 1.50 stays. */
void json_print_number(Str number, Text *out);
/* A string with its quotes; only what must be is escaped. */
void json_print_string(Str text, Text *out);

/* Sorts by key, and of equal keys keeps the last. Returns how many are left. */
int64_t json_sort_members(Buf *buf, JsonMember *members, int64_t count);

/* Text of the JSON string literal's inside (between the quotes) without escapes into `to` (room for its size);
 * the size, or -1 when an escape is wrong. is_lenient: bare quotes and control characters are let through. */
int64_t json_unescape(Str inside, bool is_lenient, char *to);

#endif
