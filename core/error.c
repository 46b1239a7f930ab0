/* error.c: filling an Error. Texts are cut at their maximum, at a code point, and end in "..." then.
 * How an Error is shown to people is error_render.c. */
#include "core/error.h"

#include "core/utf8.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

typedef struct StatusRow {
    const char *name;
    const char *text;
    bool        is_retriable;
} StatusRow;

static const StatusRow status_rows[] = {
#define STATUS(name, text, retriable) { #name, text, retriable },
#include "core/status.def"
#undef STATUS
};

_Static_assert(sizeof(status_rows) / sizeof(status_rows[0]) == STATUS_COUNT, "one row per status");

static const StatusRow *row_of(Status status)
{
    assert(status >= 0 && status < STATUS_COUNT);
    return &status_rows[status];
}

const char *status_text(Status status)
{
    return row_of(status)->text;
}

const char *status_name(Status status)
{
    return row_of(status)->name;
}

bool status_is_retriable(Status status)
{
    return row_of(status)->is_retriable;
}

Span span_join(Span first, Span last)
{
    if (first.line == 0)
        return last;
    if (last.line == 0)
        return first;
    if (last.end > first.end)
        first.end = last.end;
    return first;
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Room holds size bytes, of which size - 1 are text that goes on: ends it in "...". */
static void end_in_dots(char *room, int64_t size)
{
    int64_t at = size - 4;
    while (at > 0 && is_continuation(room[at]))
        at--;
    memcpy(room + at, "...", 4);
}

static void format_into(char *room, int64_t size, const char *format, va_list args)
{
    int len = vsnprintf(room, (size_t)size, format, args);
    if (len < 0)
        room[0] = '\0';
    else if (len >= size)
        end_in_dots(room, size);
}

Status error_set(Error *err, Status status, Span span, const char *format, ...)
{
    assert(err && status != STATUS_OK);
    if (err->status != STATUS_OK)
        return err->status;
    va_list args;
    va_start(args, format);
    format_into(err->message, (int64_t)sizeof(err->message), format, args);
    va_end(args);
    err->status = status;
    err->span = span;
    err->hint[0] = '\0';
    return status;
}

Status error_hint(Error *err, const char *format, ...)
{
    assert(err);
    if (err->status == STATUS_OK || err->hint[0])
        return err->status;
    va_list args;
    va_start(args, format);
    format_into(err->hint, (int64_t)sizeof(err->hint), format, args);
    va_end(args);
    return err->status;
}

Status error_prefix(Error *err, const char *format, ...)
{
    assert(err);
    if (err->status == STATUS_OK)
        return STATUS_OK;
    Error   whole;
    int64_t room = (int64_t)sizeof(whole.message);
    va_list args;
    va_start(args, format);
    format_into(whole.message, room, format, args);
    va_end(args);
    int64_t context = (int64_t)strlen(whole.message);
    int     len = snprintf(whole.message + context, (size_t)(room - context), ": %s", err->message);
    if (len >= room - context)
        end_in_dots(whole.message, room);
    memcpy(err->message, whole.message, sizeof(err->message));
    return err->status;
}

Status error_at(Error *err, Span span)
{
    assert(err);
    if (err->status != STATUS_OK && err->span.line == 0)
        err->span = span;
    return err->status;
}

void error_clear(Error *err)
{
    err->status = STATUS_OK;
    err->span = SPAN_NONE;
    err->message[0] = '\0';
    err->hint[0] = '\0';
}

Str error_nearest(Str name, const Str *candidates, int64_t count)
{
    int64_t near = name.len < 4 ? 1 : name.len < 6 ? (name.len + 1) / 2 : name.len / 3;
    Str     best = { NULL, 0 };
    for (int64_t i = 0; i < count; i++) {
        int64_t distance = str_distance(name, candidates[i]);
        if (distance < name.len && (best.ptr ? distance < near : distance <= near)) {
            near = distance;
            best = candidates[i];
        }
    }
    return best;
}
