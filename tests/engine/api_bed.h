/* api_bed.h: an engine with a session, and statements in one line each, through the public interface only. */
#ifndef TESTS_ENGINE_API_BED_H
#define TESTS_ENGINE_API_BED_H

#include "include/tidemark.h"

typedef struct ApiBed {
    tide_engine  *engine;
    tide_session *session;
    char         *text; /* of the last api_rows or api_error */
} ApiBed;

/* UTC, so that texts do not depend on the machine. */
ApiBed api_open(void);
void   api_close(ApiBed *bed);

/* Must succeed; the result is the caller's. */
tide_result *api_execute(ApiBed *bed, const char *sql);
/* Must succeed; the result is closed. */
void         api_run(ApiBed *bed, const char *sql);
/* Rows until the end: "+I[1, NULL]\n", without the kind when the result has none. Until the next call on the bed. */
const char  *api_rows(ApiBed *bed, const char *sql);
const char  *api_rows_of(ApiBed *bed, tide_result *result);
/* Must fail when executed: "TIDE_E_PARSE: message". Until the next call on the bed. */
const char  *api_error(ApiBed *bed, const char *sql);
/* The text of an error, which is freed. */
const char  *api_take_error(ApiBed *bed, tide_error *err);

/* A push table and its writer. */
tide_writer *api_writer(ApiBed *bed, const char *table);
/* One row of two texts; must succeed. */
void         api_write(tide_writer *writer, const char *first, const char *second);

#endif
