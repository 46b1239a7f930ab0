/* json_path_step.h: a parsed path, for json_path.c (parsing), json_path_find.c (evaluation) and json_filter.c. */
#ifndef FUNCTIONS_JSON_PATH_STEP_H
#define FUNCTIONS_JSON_PATH_STEP_H

#include "functions/json/json_path.h"

typedef enum StepKind { STEP_MEMBERS, STEP_INDEXES, STEP_SLICE, STEP_WILDCARD, STEP_FILTER, STEP_FUNCTION } StepKind;

typedef enum PathFunction { PATH_LENGTH, PATH_MIN, PATH_MAX, PATH_SUM, PATH_AVG, PATH_FUNCTION_COUNT } PathFunction;

typedef struct JsonFilter JsonFilter;

typedef struct JsonStep {
    StepKind          kind;
    bool              is_deep;   /* behind ..: of every value below, too */
    const Str        *names;     /* MEMBERS */
    const int64_t    *indexes;   /* INDEXES; SLICE: from, to */
    int32_t           count;
    bool              has_from, has_to; /* SLICE */
    PathFunction      function;
    const JsonFilter *filter;
} JsonStep;

struct JsonPath {
    bool            is_lax;
    bool            is_single; /* names one value */
    const JsonStep *steps;
    int32_t         count;
};

/* A text being read. */
typedef struct PathReader {
    Arena  *arena;
    Str     text;
    int64_t at;
} PathReader;

static inline char path_peek(const PathReader *reader, int64_t ahead)
{
    return reader->at + ahead < reader->text.len ? reader->text.ptr[reader->at + ahead] : 0;
}

static inline bool path_take(PathReader *reader, char byte)
{
    if (path_peek(reader, 0) != byte)
        return false;
    reader->at++;
    return true;
}

static inline void path_skip_blanks(PathReader *reader)
{
    while (path_peek(reader, 0) == ' ')
        reader->at++;
}

/* 'text' or "text", with backslash escapes. */
bool path_read_quoted(PathReader *reader, Str *out);
/* Steps until the end, or in a filter until something else stands there. */
bool path_read_steps(PathReader *reader, bool in_filter, JsonPath *out);
/* Walks from root; values[0..count) in order of the document. */
JsonFind path_find(const JsonPath *path, Buf *buf, const JsonValue *root, JsonValue *out);

/* json_filter.c: behind "?(", up to and with ")". */
const JsonFilter *json_filter_parse(PathReader *reader);
bool              json_filter_holds(const JsonFilter *filter, Buf *buf, const JsonValue *root, const JsonValue *item);

#endif
