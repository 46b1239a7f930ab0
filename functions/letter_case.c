/* letter_case.c: upper and lower case of texts.
 *
 * ASCII goes by arithmetic, all else by binary search in the ranges of letter_case.def. Two rules need more: one
 * letter may become several (ß -> SS), and a capital sigma at the end of a word becomes the final one. */
#include "functions/letter_case.h"

#include "core/utf8.h"
#include "core/word.h"

typedef struct CaseRange {
    int32_t first, last, step, distance;
} CaseRange;

typedef struct CaseMany {
    int32_t from, to[3];
} CaseMany;

#define UPPER(first, last, step, distance) { first, last, step, distance },
#define UPPER_MANY(from, a, b, c)
#define LOWER(first, last, step, distance)
#define LOWER_MANY(from, a, b, c)
static const CaseRange upper_ranges[] = {
#include "functions/letter_case.def"
};
#undef UPPER
#undef LOWER
#define UPPER(first, last, step, distance)
#define LOWER(first, last, step, distance) { first, last, step, distance },
static const CaseRange lower_ranges[] = {
#include "functions/letter_case.def"
};
#undef UPPER_MANY
#undef LOWER
#define UPPER_MANY(from, a, b, c) { from, { a, b, c } },
#define LOWER(first, last, step, distance)
static const CaseMany upper_many[] = {
#include "functions/letter_case.def"
};
#undef UPPER_MANY
#undef LOWER_MANY
#define UPPER_MANY(from, a, b, c)
#define LOWER_MANY(from, a, b, c) { from, { a, b, c } },
static const CaseMany lower_many[] = {
#include "functions/letter_case.def"
};

typedef struct CaseTable {
    const CaseRange *ranges;
    int64_t          range_count;
    const CaseMany  *many;
    int64_t          many_count;
} CaseTable;

#define COUNT_OF(array) ((int64_t)(sizeof(array) / sizeof(*(array))))
static const CaseTable upper_table = { upper_ranges, COUNT_OF(upper_ranges), upper_many, COUNT_OF(upper_many) };
static const CaseTable lower_table = { lower_ranges, COUNT_OF(lower_ranges), lower_many, COUNT_OF(lower_many) };

bool text_is_ascii(Str text)
{
    uint64_t seen = 0;
    int64_t  at = 0;
    for (; text.len - at >= WORD_SIZE; at += WORD_SIZE)
        seen |= word_load(text.ptr + at);
    if (at < text.len)
        seen |= word_load_part(text.ptr + at, text.len - at);
    return !(seen & WORD_TOPS);
}

static int32_t map_one(const CaseTable *table, int32_t code)
{
    int64_t low = 0, high = table->range_count;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (table->ranges[middle].first <= code)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return code;
    const CaseRange *range = &table->ranges[low - 1];
    return code <= range->last && (code - range->first) % range->step == 0 ? code + range->distance : code;
}

static const CaseMany *map_many(const CaseTable *table, int32_t code)
{
    int64_t low = 0, high = table->many_count;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (table->many[middle].from < code)
            low = middle + 1;
        else
            high = middle;
    }
    return low < table->many_count && table->many[low].from == code ? &table->many[low] : NULL;
}

static int64_t put_mapped(const CaseTable *table, int32_t code, char *out)
{
    const CaseMany *many = map_many(table, code);
    if (!many)
        return utf8_encode(map_one(table, code), out);
    int64_t size = 0;
    for (int i = 0; i < 3 && many->to[i]; i++)
        size += utf8_encode(many->to[i], out + size);
    return size;
}

static bool is_cased(int32_t code)
{
    if (code < 0x80)
        return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
    return map_one(&upper_table, code) != code || map_one(&lower_table, code) != code || map_many(&upper_table, code);
}

/* The sigma at `at` ends a word: a letter before it, none behind. */
static bool is_final_sigma(Str text, int64_t at, int32_t size)
{
    int32_t next_size;
    int64_t before = at;
    if (at == 0)
        return false;
    do
        before--;
    while (before > 0 && ((unsigned char)text.ptr[before] & 0xC0) == 0x80);
    if (!is_cased(utf8_decode(text, before, &next_size)))
        return false;
    return at + size >= text.len || !is_cased(utf8_decode(text, at + size, &next_size));
}

static int64_t map_text(const CaseTable *table, Str text, char *out)
{
    enum { CAPITAL_SIGMA = 0x03A3, FINAL_SIGMA = 0x03C2 };
    int64_t written = 0;
    for (int64_t at = 0; at < text.len;) {
        int32_t size, code = utf8_decode(text, at, &size);
        if (code == UTF8_INVALID) {
            memcpy(out + written, text.ptr + at, (size_t)size);
            written += size;
        } else if (code == CAPITAL_SIGMA && table == &lower_table && is_final_sigma(text, at, size)) {
            written += utf8_encode(FINAL_SIGMA, out + written);
        } else if (code < 0x80) {
            bool is_upper = table == &upper_table;
            bool changes  = is_upper ? code >= 'a' && code <= 'z' : code >= 'A' && code <= 'Z';
            out[written++] = (char)(changes ? code ^ 0x20 : code);
        } else {
            written += put_mapped(table, code, out + written);
        }
        at += size;
    }
    return written;
}

/* The case of ASCII letters is one bit, 0x20. */
static void change_letters(Str text, unsigned char first, unsigned char last, char *out)
{
    int64_t at = 0;
    for (; text.len - at >= WORD_SIZE; at += WORD_SIZE) {
        uint64_t word = word_load(text.ptr + at);
        word ^= word_between(word, first, last) >> 2;
        memcpy(out + at, &word, WORD_SIZE);
    }
    if (at == text.len)
        return;
    uint64_t word = word_load_part(text.ptr + at, text.len - at);
    word ^= word_between(word, first, last) >> 2;
    word_store_part(out + at, word, text.len - at);
}

int64_t text_to_upper(Str text, char *out)
{
    if (!text_is_ascii(text))
        return map_text(&upper_table, text, out);
    change_letters(text, 'a', 'z', out);
    return text.len;
}

int64_t text_to_lower(Str text, char *out)
{
    if (!text_is_ascii(text))
        return map_text(&lower_table, text, out);
    change_letters(text, 'A', 'Z', out);
    return text.len;
}
