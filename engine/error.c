/* error.c: errors as the caller sees them. */
#include "engine/engine.h"

static const tide_status public_of[STATUS_COUNT] = {
    [STATUS_OK] = TIDE_OK,
    [STATUS_SYNTAX] = TIDE_E_PARSE,
    [STATUS_INVALID] = TIDE_E_VALIDATE,
    [STATUS_NO_COLUMN] = TIDE_E_VALIDATE,
    [STATUS_NO_TABLE] = TIDE_E_VALIDATE,
    [STATUS_NO_FUNCTION] = TIDE_E_VALIDATE,
    [STATUS_NO_OBJECT] = TIDE_E_VALIDATE,
    [STATUS_EXISTS] = TIDE_E_VALIDATE,
    [STATUS_TYPE] = TIDE_E_VALIDATE,
    [STATUS_OPTION] = TIDE_E_VALIDATE,
    [STATUS_UNSUPPORTED] = TIDE_E_UNSUPPORTED,
    [STATUS_LIMIT] = TIDE_E_LIMIT,
    [STATUS_DATA] = TIDE_E_EXECUTE,
    [STATUS_RUNTIME] = TIDE_E_EXECUTE,
    [STATUS_ARITHMETIC] = TIDE_E_EXECUTE,
    [STATUS_IO] = TIDE_E_IO,
    [STATUS_CONNECT] = TIDE_E_CONNECT,
    [STATUS_AUTH] = TIDE_E_CONNECT,
    [STATUS_CANCELLED] = TIDE_CANCELLED,
    [STATUS_TIMEOUT] = TIDE_TIMEOUT,
    [STATUS_NO_MEMORY] = TIDE_E_NO_MEMORY,
    [STATUS_MISUSE] = TIDE_E_MISUSE,
    [STATUS_INTERNAL] = TIDE_E_INTERNAL,
    [STATUS_REFUSED] = TIDE_E_EXECUTE,
    [STATUS_FAULT] = TIDE_E_EXECUTE,
};

tide_status status_public(Status status)
{
    return status < STATUS_COUNT ? public_of[status] : TIDE_E_INTERNAL;
}

/* Line and column of a byte of the text, counted from the start of the span. */
static void walk_to(Str source, int64_t from, int64_t to, int64_t *line, int64_t *column)
{
    for (int64_t i = from; i < to && i < source.len; i++) {
        unsigned char byte = (unsigned char)source.ptr[i];
        if (byte == '\n') {
            *line += 1;
            *column = 1;
        } else if ((byte & 0xc0) != 0x80) {
            *column += 1;
        }
    }
}

tide_status error_public_in(const Error *error, Str file, const Secrets *secrets, tide_error **err)
{
    tide_status status = status_public(error->status);
    if (!err || status < TIDE_E_FIRST)
        return status;
    Str         source = { secrets->text, secrets->size };
    Span        span = error->span;
    tide_error *made = env_alloc(sizeof(*made));
    made->error = *error;
    made->end_line = span.line;
    made->end_column = span.column;
    if (span.line > 0)
        walk_to(source, span.start, span.end, &made->end_line, &made->end_column);
    secrets_hide_in(secrets, &made->error);
    error_render(&made->error, file, source, &made->rendered);
    *err = made;
    return status;
}

tide_status error_public(const Error *error, Str file, Str source, tide_error **err)
{
    Arena  *scratch = arena_create();
    Secrets secrets;
    secrets_hide(scratch, source, &secrets);
    tide_status status = error_public_in(error, file, &secrets, err);
    arena_destroy(scratch);
    return status;
}

tide_status tide_error_status(const tide_error *err)
{
    return status_public(err->error.status);
}

const char *tide_error_message(const tide_error *err)
{
    return err->error.message;
}

const char *tide_error_hint(const tide_error *err)
{
    return err->error.hint;
}

void tide_error_position(const tide_error *err, tide_position *out)
{
    Span span = err->error.span;
    tide_position at = { .struct_size = out->struct_size, .line = span.line, .column = span.column, .end_line = err->end_line,
                         .end_column = err->end_column, .start = span.start, .end = span.end };
    memcpy(out, &at, out->struct_size < sizeof(at) ? out->struct_size : sizeof(at));
}

const char *tide_error_render(const tide_error *err)
{
    return text_cstr((Text *)(uintptr_t)&err->rendered); /* only ends it with a zero */
}

void tide_error_free(tide_error *err)
{
    if (!err)
        return;
    text_free(&err->rendered);
    env_free(err);
}

const char *tide_status_name(tide_status status)
{
    switch (status) {
    case TIDE_OK: return "TIDE_OK";
    case TIDE_ROWS: return "TIDE_ROWS";
    case TIDE_DONE: return "TIDE_DONE";
    case TIDE_TIMEOUT: return "TIDE_TIMEOUT";
    case TIDE_CANCELLED: return "TIDE_CANCELLED";
    case TIDE_E_PARSE: return "TIDE_E_PARSE";
    case TIDE_E_VALIDATE: return "TIDE_E_VALIDATE";
    case TIDE_E_UNSUPPORTED: return "TIDE_E_UNSUPPORTED";
    case TIDE_E_EXECUTE: return "TIDE_E_EXECUTE";
    case TIDE_E_IO: return "TIDE_E_IO";
    case TIDE_E_CONNECT: return "TIDE_E_CONNECT";
    case TIDE_E_NO_MEMORY: return "TIDE_E_NO_MEMORY";
    case TIDE_E_LIMIT: return "TIDE_E_LIMIT";
    case TIDE_E_MISUSE: return "TIDE_E_MISUSE";
    case TIDE_E_INTERNAL: return "TIDE_E_INTERNAL";
    }
    return "TIDE_E_UNKNOWN";
}
