/* error_render.c: an Error as text for people.
 *
 *     orders.sql:3:8: error: no column "pric" here
 *       3 | SELECT pric, qty FROM orders
 *         |        ^^^^
 *       hint: did you mean "price"?
 *
 * Only the first line of the span is shown. The caret run starts under the span's first character and ends with the
 * span or the line; tabs are repeated in the padding, so that it lines up whatever a tab is worth. Of a very long
 * line, the part around the span is shown. */
#include "core/error.h"
#include "core/text.h"
#include "core/utf8.h"

#include <stdio.h>

enum { SHOWN_BEFORE = 100, SHOWN_AFTER = 100 };

typedef struct Excerpt {
    int64_t start; /* bytes of the source: [start, end) is shown, */
    int64_t end;
    int64_t mark_start; /* [mark_start, mark_end) gets carets */
    int64_t mark_end;
    bool    is_cut_before;
    bool    is_cut_after;
} Excerpt;

static int64_t to_code_point_start(Str source, int64_t at)
{
    while (at > 0 && at < source.len && ((unsigned char)source.ptr[at] & 0xC0) == 0x80)
        at--;
    return at;
}

static Excerpt find_excerpt(Str source, Span span)
{
    int64_t start = span.start;
    int64_t end = span.start;
    while (start > 0 && source.ptr[start - 1] != '\n' && span.start - start <= SHOWN_BEFORE)
        start--;
    while (end < source.len && source.ptr[end] != '\n' && end - span.start <= SHOWN_AFTER)
        end++;
    if (end > span.start && source.ptr[end - 1] == '\r')
        end--;
    Excerpt excerpt = { start, end, span.start, span.end < end ? span.end : end, false, false };
    if (span.start - start > SHOWN_BEFORE) {
        excerpt.start = to_code_point_start(source, span.start - SHOWN_BEFORE);
        excerpt.is_cut_before = true;
    }
    if (end - span.start > SHOWN_AFTER) {
        excerpt.end = to_code_point_start(source, span.start + SHOWN_AFTER);
        excerpt.is_cut_after = true;
        if (excerpt.mark_end > excerpt.end)
            excerpt.mark_end = excerpt.end;
    }
    return excerpt;
}

static void put_padding(Text *out, Str before)
{
    int32_t size;
    for (int64_t at = 0; at < before.len; at += size) {
        int32_t code_point = utf8_decode(before, at, &size);
        if (code_point == '\t')
            text_put(out, '\t');
        else
            text_repeat(out, ' ', utf8_width(code_point));
    }
}

static int64_t width_of(Str text)
{
    int64_t width = 0;
    int32_t size;
    for (int64_t at = 0; at < text.len; at += size)
        width += utf8_width(utf8_decode(text, at, &size));
    return width;
}

static void put_excerpt(Text *out, Str source, Span span)
{
    Excerpt excerpt = find_excerpt(source, span);
    char    line[16];
    int     line_width = snprintf(line, sizeof(line), "%d", span.line);
    int64_t carets = width_of(str_slice(source, excerpt.mark_start, excerpt.mark_end));
    text_printf(out, "  %s | %s", line, excerpt.is_cut_before ? "..." : "");
    text_append(out, str_slice(source, excerpt.start, excerpt.end));
    text_puts(out, excerpt.is_cut_after ? "...\n  " : "\n  ");
    text_repeat(out, ' ', line_width);
    text_printf(out, " | %s", excerpt.is_cut_before ? "   " : "");
    put_padding(out, str_slice(source, excerpt.start, excerpt.mark_start));
    text_repeat(out, '^', carets > 0 ? carets : 1);
    text_put(out, '\n');
}

static bool has_place_in(Span span, Str source)
{
    return span.line > 0 && source.len > 0 && span.start >= 0 && span.start <= source.len && span.end >= span.start;
}

void error_render(const Error *err, Str file, Str source, Text *out)
{
    if (file.len > 0) {
        text_append(out, file);
        text_put(out, ':');
    }
    if (err->span.line > 0)
        text_printf(out, "%d:%d:", err->span.line, err->span.column);
    if (file.len > 0 || err->span.line > 0)
        text_put(out, ' ');
    text_printf(out, "error: %s\n", err->message);
    if (has_place_in(err->span, source))
        put_excerpt(out, source, err->span);
    if (err->hint[0])
        text_printf(out, "  hint: %s\n", err->hint);
}
