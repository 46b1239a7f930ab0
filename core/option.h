/* option.h: options with a type, a default and a text: of connectors, formats and sessions.
 *
 * One row declares everything: checking, error texts, completion and docs/options.md come from it. */
#ifndef CORE_OPTION_H
#define CORE_OPTION_H

#include "core/error.h"
#include "core/map.h"

typedef enum OptionKind {
    OPTION_STRING,
    OPTION_INT,      /* int64 */
    OPTION_DOUBLE,
    OPTION_BOOL,
    OPTION_DURATION, /* "10 s", "1min", "500 ms": ms; a bare number is ms */
    OPTION_SIZE,     /* "128 mb": bytes */
    OPTION_ENUM,     /* one of `values`, case ignored */
    OPTION_LIST,     /* text parts separated by ';' */
    OPTION_PREFIX    /* every key that starts with `key` ("properties.") */
} OptionKind;

typedef enum OptionFlags {
    OPTION_REQUIRED = 1 << 0,
    OPTION_SECRET   = 1 << 1, /* never printed */
    OPTION_IGNORED  = 1 << 2  /* taken silently: means nothing here, or not yet; doc says which */
} OptionFlags;

typedef struct Option {
    const char *key;           /* "scan.startup.mode"; '#' stands for one name part: "fields.#.kind" */
    OptionKind  kind;
    const char *default_value; /* NULL = none */
    const char *values;        /* ENUM: "earliest-offset|latest-offset" */
    const char *doc;
    int32_t     flags;
} Option;

/* Rows end with { 0 }. NULL when no row takes the key. */
const Option *option_find(const Option *rows, Str key);
/* Is the text a good value for the row? Error STATUS_OPTION: key, value, what is expected. */
Status option_check(const Option *row, Str key, Str value, Span span, Error *err);
/* All keys of the map are known to one of the row lists and have good values, and required ones are there.
 * who: "connector 'kafka'". The error for an unknown key lists the supported ones and hints at the nearest. */
Status options_check(const Option *const *lists, int32_t list_count, const Map *options, Str who, Span span, Error *err);

/* The value in the map, else the default. The map has been checked: bad text is impossible. */
Str     option_str(const Option *rows, const Map *options, const char *key);    /* {NULL, 0} when there is neither */
int64_t option_i64(const Option *rows, const Map *options, const char *key);    /* INT, DURATION, SIZE; -1 when there is neither */
bool    option_bool(const Option *rows, const Map *options, const char *key);
double  option_double(const Option *rows, const Map *options, const char *key);
bool    option_is_set(const Map *options, const char *key);
bool    duration_parse(Str text, int64_t *ms);
bool    size_parse(Str text, int64_t *bytes);

#endif
