/* cast_to_text.c: everything to CHAR, VARCHAR, BINARY and VARBINARY.
 *
 * The text is cut to the target's length (code points, or bytes) and, for CHAR and BINARY, filled up to it with blanks
 * or zeros. Text that is only cut keeps pointing at the input's bytes; new text goes densely into pieces of the buffer,
 * so that a batch of short numbers costs one allocation or none. */
#include "data/cast_rule.h"

#include "core/utf8.h"

enum { PIECE_SIZE = 16 * 1024 };

/* ---- where new text goes --------------------------------------------------------------------------------------- */

typedef struct TextSpace {
    Buf  *buf;
    char *at;
    char *end;
} TextSpace;

static char *space_take(TextSpace *space, int64_t size)
{
    if (space->end - space->at < size) {
        int64_t piece = size > PIECE_SIZE ? size : PIECE_SIZE;
        space->at = buf_alloc(space->buf, piece);
        space->end = space->at + piece;
    }
    char *taken = space->at;
    space->at += size;
    return taken;
}

static View space_copy(TextSpace *space, Str text)
{
    if (text.len <= VIEW_INLINE)
        return view_of(text);
    char *bytes = space_take(space, text.len);
    memcpy(bytes, text.ptr, (size_t)text.len);
    return view_of((Str){ bytes, text.len });
}

static View space_fill_up(TextSpace *space, Str text, int64_t more, char with)
{
    char *bytes = space_take(space, text.len + more);
    if (text.len > 0)
        memcpy(bytes, text.ptr, (size_t)text.len);
    memset(bytes + text.len, with, (size_t)more);
    return view_of((Str){ bytes, text.len + more });
}

/* ---- length ---------------------------------------------------------------------------------------------------- */

/* Bytes of the first `max` code points; *count: how many there are. */
static int64_t prefix_size(Str text, int64_t max, int64_t *count)
{
    int64_t at = 0;
    int64_t seen = 0;
    while (at < text.len && seen < max) {
        int32_t size = 1;
        if ((unsigned char)text.ptr[at] >= 0x80)
            utf8_decode(text, at, &size);
        at += size;
        seen++;
    }
    *count = seen;
    return at;
}

/* is_kept: the bytes live as long as the result. */
static View limited(TextSpace *space, Str text, bool is_kept, const Type *to)
{
    bool    is_text = type_is_string(to);
    bool    fills_up = to->kind == TYPE_CHAR || to->kind == TYPE_BINARY;
    int64_t length = text.len;
    if (is_text && (fills_up || text.len > to->length))
        text.len = prefix_size(text, to->length, &length);
    else if (text.len > to->length)
        text.len = length = to->length;
    if (fills_up && length < to->length)
        return space_fill_up(space, text, to->length - length, is_text ? ' ' : 0);
    return is_kept ? view_of(text) : space_copy(space, text);
}

/* ---- rules ----------------------------------------------------------------------------------------------------- */

static Status scalar_to_text(CastRun *run)
{
    View     *out = COLUMN_DATA(run->out, View);
    TextSpace space = { .buf = run->context->buf };
    char      text[SCALAR_TEXT_MAX];
    for (int64_t i = 0; i < run->rows; i++) {
        if (!cast_has_value(run, i)) {
            out[i] = (View){ 0 };
            continue;
        }
        int32_t length = scalar_print(run->in, i, run->context->zone, text);
        out[i] = limited(&space, (Str){ text, length }, false, run->out->type);
    }
    return STATUS_OK;
}

/* Characters to characters or bytes, and bytes to bytes. */
static Status text_to_text(CastRun *run)
{
    const View *in = COLUMN_DATA(run->in, View);
    View       *out = COLUMN_DATA(run->out, View);
    TextSpace   space = { .buf = run->context->buf };
    for (int64_t i = 0; i < run->rows; i++)
        out[i] = cast_has_value(run, i) ? limited(&space, view_str(&in[i]), true, run->out->type) : (View){ 0 };
    return STATUS_OK;
}

/* What is no UTF-8 becomes U+FFFD. */
static void put_valid(Str bytes, Text *out)
{
    int32_t size;
    for (int64_t at = 0; at < bytes.len; at += size) {
        bool is_good = utf8_decode(bytes, at, &size) != UTF8_INVALID;
        text_append(out, is_good ? str_slice(bytes, at, at + size) : STR("\xEF\xBF\xBD"));
    }
}

static Status bytes_to_characters(CastRun *run)
{
    const View *in = COLUMN_DATA(run->in, View);
    View       *out = COLUMN_DATA(run->out, View);
    TextSpace   space = { .buf = run->context->buf };
    Text        repaired = TEXT_EMPTY;
    for (int64_t i = 0; i < run->rows; i++) {
        Str bytes = cast_has_value(run, i) ? view_str(&in[i]) : STR_EMPTY;
        if (!cast_has_value(run, i)) {
            out[i] = (View){ 0 };
        } else if (utf8_is_valid(bytes)) {
            out[i] = limited(&space, bytes, true, run->out->type);
        } else {
            text_clear(&repaired);
            put_valid(bytes, &repaired);
            out[i] = limited(&space, text_str(&repaired), false, run->out->type);
        }
    }
    text_free(&repaired);
    return STATUS_OK;
}

static Status nested_to_text(CastRun *run)
{
    View     *out = COLUMN_DATA(run->out, View);
    TextSpace space = { .buf = run->context->buf };
    Text      text = TEXT_EMPTY;
    Status    status = STATUS_OK;
    for (int64_t i = 0; i < run->rows && status == STATUS_OK; i++) {
        out[i] = (View){ 0 };
        if (!cast_has_value(run, i))
            continue;
        text_clear(&text);
        value_print(run->in, i, STYLE_CAST, run->context->zone, &text);
        if (text.overflow)
            status = error_set(run->err, STATUS_LIMIT, SPAN_NONE, "a value is too large to be cast to text");
        else
            out[i] = limited(&space, text_str(&text), false, run->out->type);
    }
    text_free(&text);
    return status;
}

CastRule cast_rule_to_text(const Type *from, const Type *to)
{
    if (type_is_bytes(from))
        return type_is_string(to) ? bytes_to_characters : text_to_text;
    if (type_is_string(from))
        return text_to_text;
    if (!type_is_string(to))
        return NULL;
    return from->kind >= TYPE_ARRAY ? nested_to_text : scalar_to_text;
}
