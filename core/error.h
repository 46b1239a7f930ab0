/* error.h: what went wrong, where in the SQL, and what to do next.
 *
 * What can fail returns a Status and fills its last parameter, an Error owned by the caller (often on its stack).
 * The first error wins: error_set on an Error that is already set changes nothing. */
#ifndef CORE_ERROR_H
#define CORE_ERROR_H

#include "core/str.h"

typedef enum Status {
#define STATUS(name, text, retriable) STATUS_##name,
#include "core/status.def"
#undef STATUS
    STATUS_COUNT
} Status;

const char *status_text(Status status);
/* "NO_COLUMN" */
const char *status_name(Status status);
bool status_is_retriable(Status status);

/* A place in the script: bytes [start, end), and line and column of the start (both from 1; column in code points).
 * line 0 = no place known. */
typedef struct Span {
    int32_t start;
    int32_t end;
    int32_t line;
    int32_t column;
} Span;

#define SPAN_NONE ((Span){ 0, 0, 0, 0 })
/* From the start of the first to the end of the last. A span without a place is ignored. */
Span span_join(Span first, Span last);

typedef struct Error {
    Status status;
    Span   span;
    char   message[4096]; /* one or more lines, no newline at the end; cut with "..." when longer */
    char   hint[512];     /* the next step, or "" */
} Error;

#define ERROR_NONE ((Error){ .status = STATUS_OK })

/* Returns status, so that "return error_set(...)" reads well. */
Status error_set(Error *err, Status status, Span span, const char *format, ...) __attribute__((format(printf, 4, 5)));
Status error_hint(Error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Puts "context: " before the message of an error that is set; returns its status. */
Status error_prefix(Error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Gives the error a place if it has none. */
Status error_at(Error *err, Span span);
void error_clear(Error *err);

/* "file:line:column: error: message", the source line with a caret run under the span, and the hint.
 * file and source may be empty. Appends to *out. */
struct Text;
void error_render(const Error *err, Str file, Str source, struct Text *out);

#define TRY(call)                        \
    do {                                 \
        Status try_status = (call);      \
        if (try_status != STATUS_OK)     \
            return try_status;           \
    } while (0)

/* Picks the candidate nearest to name for a "did you mean" hint, or {NULL, 0} when none is near. */
Str error_nearest(Str name, const Str *candidates, int64_t count);

#endif
