/* csv_split.c: bytes to fields.
 *
 *   field:   quoted when its first byte (behind blanks, with trim-spaces) is the quote; it then ends at the next quote
 *            that is neither doubled nor escaped, and only blanks may follow. Otherwise it ends at a delimiter or a
 *            line end, and a quote inside is text
 *   record:  fields up to "\n", "\r\n" or "\r" outside quotes
 *
 * The first byte that matters is searched 16 at a time (SSE2), else one by one. */
#include "connectors/formats/csv.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { MARKS = 4 };

/* Bytes to stop at; unused places repeat another. */
typedef struct Marks {
    char bytes[MARKS];
} Marks;

static const char *find_mark(const char *at, const char *end, Marks marks)
{
#ifdef __SSE2__
    const __m128i first = _mm_set1_epi8(marks.bytes[0]);
    const __m128i second = _mm_set1_epi8(marks.bytes[1]);
    const __m128i third = _mm_set1_epi8(marks.bytes[2]);
    const __m128i fourth = _mm_set1_epi8(marks.bytes[3]);
    for (; end - at >= 16; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i found = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, first), _mm_cmpeq_epi8(bytes, second)),
                                     _mm_or_si128(_mm_cmpeq_epi8(bytes, third), _mm_cmpeq_epi8(bytes, fourth)));
        int     mask = _mm_movemask_epi8(found);
        if (mask)
            return at + __builtin_ctz((unsigned)mask);
    }
#endif
    for (; at < end; at++)
        if (*at == marks.bytes[0] || *at == marks.bytes[1] || *at == marks.bytes[2] || *at == marks.bytes[3])
            return at;
    return end;
}

typedef struct Splitter {
    const CsvOptions *options;
    const char       *at;
    const char       *end;
    Marks             plain;  /* delimiter, line ends, escape */
    Marks             quoted; /* quote, escape */
} Splitter;

static Splitter splitter_start(const CsvOptions *options, Str bytes)
{
    char first = options->delimiter.ptr[0];
    char escape = options->escape >= 0 ? (char)options->escape : first;
    char quote = (char)options->quote;
    char quoted_escape = options->escape >= 0 ? (char)options->escape : quote;
    return (Splitter){
        .options = options,
        .at = bytes.ptr,
        .end = bytes.ptr + bytes.len,
        .plain = { { first, '\n', '\r', escape } },
        .quoted = { { quote, quoted_escape, quote, quote } },
    };
}

static bool is_delimiter(const Splitter *splitter)
{
    Str delimiter = splitter->options->delimiter;
    return splitter->end - splitter->at >= delimiter.len &&
           memcmp(splitter->at, delimiter.ptr, (size_t)delimiter.len) == 0;
}

static bool is_line_end(const Splitter *splitter)
{
    return *splitter->at == '\n' || *splitter->at == '\r';
}

static void skip_blanks(Splitter *splitter)
{
    while (splitter->at < splitter->end && (unsigned char)*splitter->at <= ' ' && !is_line_end(splitter) &&
           !is_delimiter(splitter))
        splitter->at++;
}

static bool is_escape(const Splitter *splitter)
{
    return splitter->options->escape >= 0 && (unsigned char)*splitter->at == splitter->options->escape;
}

/* The escape and the byte behind it, which may be missing at the very end. */
static void skip_escaped(Splitter *splitter)
{
    splitter->at += splitter->end - splitter->at >= 2 ? 2 : 1;
}

/* At the byte behind the opening quote. False: no closing one. */
static bool take_quoted(Splitter *splitter, CsvField *field)
{
    const char *start = splitter->at;
    char        quote = (char)splitter->options->quote;
    *field = (CsvField){ .is_quoted = true };
    for (;;) {
        splitter->at = find_mark(splitter->at, splitter->end, splitter->quoted);
        if (splitter->at == splitter->end)
            return false;
        if (is_escape(splitter)) {
            skip_escaped(splitter);
        } else if (splitter->end - splitter->at >= 2 && splitter->at[1] == quote) {
            splitter->at += 2;
        } else {
            break;
        }
        field->is_coded = true;
    }
    field->text = (Str){ start, splitter->at - start };
    splitter->at++;
    skip_blanks(splitter);
    return true;
}

static void take_plain(Splitter *splitter, CsvField *field)
{
    const char *start = splitter->at;
    *field = (CsvField){ 0 };
    for (;;) {
        splitter->at = find_mark(splitter->at, splitter->end, splitter->plain);
        if (splitter->at == splitter->end || is_line_end(splitter) || is_delimiter(splitter))
            break;
        if (is_escape(splitter)) {
            skip_escaped(splitter);
            field->is_coded = true;
        } else {
            splitter->at++; /* the first byte of the delimiter, but not the rest */
        }
    }
    field->text = (Str){ start, splitter->at - start };
    while (splitter->options->trims && field->text.len > 0 &&
           (unsigned char)field->text.ptr[field->text.len - 1] <= ' ')
        field->text.len--;
}

/* What is wrong with the field, or NULL. */
static const char *take_field(Splitter *splitter, CsvField *field)
{
    if (splitter->options->trims)
        skip_blanks(splitter);
    bool is_quoted = splitter->options->quote >= 0 && splitter->at < splitter->end &&
                     (unsigned char)*splitter->at == splitter->options->quote;
    if (!is_quoted) {
        take_plain(splitter, field);
        return NULL;
    }
    splitter->at++;
    if (!take_quoted(splitter, field))
        return "Missing closing quote for value";
    if (splitter->at == splitter->end || is_line_end(splitter) || is_delimiter(splitter))
        return NULL;
    CsvField rest;
    take_plain(splitter, &rest);
    return "Expected column separator character or end-of-line behind a closing quote";
}

static void take_line_end(Splitter *splitter)
{
    bool is_return = *splitter->at == '\r';
    splitter->at++;
    if (is_return && splitter->at < splitter->end && *splitter->at == '\n')
        splitter->at++;
}

void csv_split(const CsvOptions *options, Str bytes, CsvRecord *record)
{
    Splitter splitter = splitter_start(options, bytes);
    record->count = 0;
    record->error = NULL;
    record->has_line_end = false;
    for (;;) {
        CsvField  unwanted;
        CsvField *field = &unwanted;
        if (record->count <= record->fields_max)
            field = record->count < record->fields_max ? &record->fields[record->count] : &record->extra;
        const char *error = take_field(&splitter, field);
        record->count++;
        if (error && !record->error)
            record->error = error;
        if (splitter.at == splitter.end)
            break;
        if (is_line_end(&splitter)) {
            record->has_line_end = true;
            take_line_end(&splitter);
            break;
        }
        splitter.at += options->delimiter.len;
    }
    record->size = splitter.at - bytes.ptr;
}

bool csv_is_comment(const CsvOptions *options, Str bytes)
{
    int64_t at = 0;
    if (!options->takes_comments)
        return false;
    while (at < bytes.len && (unsigned char)bytes.ptr[at] <= ' ')
        at++;
    return at == bytes.len || bytes.ptr[at] == '#';
}

/* To behind the line end at `at`, or -1 when a "\r" is all there is and a "\n" may follow. */
static int64_t line_size(Str bytes, int64_t at, bool is_last)
{
    if (bytes.ptr[at] == '\n')
        return at + 1;
    if (at + 1 == bytes.len)
        return is_last ? bytes.len : -1;
    return bytes.ptr[at + 1] == '\n' ? at + 2 : at + 1;
}

int64_t csv_record_size(const CsvOptions *options, Str bytes, bool is_last)
{
    const char *end = bytes.ptr + bytes.len;
    Marks       marks = { { '\n', '\r', '\n', '\n' } };
    if (options->quote >= 0)
        marks.bytes[2] = (char)options->quote;
    if (options->escape >= 0)
        marks.bytes[3] = (char)options->escape;
    const char *mark = find_mark(bytes.ptr, end, marks);
    if (mark == end)
        return is_last ? bytes.len : -1;
    Str line = { bytes.ptr, mark - bytes.ptr + 1 };
    if (*mark == '\n' || *mark == '\r')
        return line_size(bytes, mark - bytes.ptr, is_last);
    if (csv_is_comment(options, line)) {
        mark = find_mark(mark, end, (Marks){ { '\n', '\r', '\n', '\n' } });
        return mark == end ? (is_last ? bytes.len : -1) : line_size(bytes, mark - bytes.ptr, is_last);
    }
    CsvRecord record = { .fields_max = 0 };
    csv_split(options, bytes, &record);
    bool is_open = !record.has_line_end || (record.size == bytes.len && bytes.ptr[bytes.len - 1] == '\r');
    return is_open && !is_last ? -1 : record.size;
}

/* ---- values ---------------------------------------------------------------------------------------------------- */

static char escaped_byte(char byte)
{
    switch (byte) {
    case '0': return '\0';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return byte;
    }
}

void csv_uncode(const CsvOptions *options, const CsvField *field, Text *out)
{
    const char *at = field->text.ptr;
    const char *end = at + field->text.len;
    while (at < end) {
        bool is_escape = options->escape >= 0 && (unsigned char)*at == options->escape;
        bool is_quote = field->is_quoted && (unsigned char)*at == options->quote;
        if ((is_escape || is_quote) && at + 1 < end) {
            at++;
            text_put(out, is_escape ? escaped_byte(*at) : *at);
        } else {
            text_put(out, *at);
        }
        at++;
    }
}
