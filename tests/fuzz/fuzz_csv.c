/* fuzz_csv.c: any bytes as a CSV file, cut into records and decoded; nothing may be read past the file, every cut must
 * go forward, and cutting must not depend on how much of the file is at hand.
 *
 * The first byte picks the options, the rest is the file. */
#include "connectors/formats/csv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { MESSAGES_MAX = 4096 };

static const Type type_ints = { .kind = TYPE_ARRAY, .nullable = true, .element = &type_int };
static const Type type_decimals = { .kind = TYPE_DECIMAL, .nullable = true, .precision = 10, .scale = 2 };
static const Field row_fields[] = { { STR("a"), &type_int, { NULL, 0 } }, { STR("b"), &type_string, { NULL, 0 } } };
static const Type type_rows = { .kind = TYPE_ROW, .nullable = true, .fields = row_fields, .field_count = 2 };

static const FormatColumn columns[] = {
    { STR("i"), &type_int, 0, FIELDS_ALL },   { STR("s"), &type_string, 1, FIELDS_ALL },    { STR("d"), &type_double, 2, FIELDS_ALL },
    { STR("t"), &type_timestamp3, 3, FIELDS_ALL },
    { STR("a"), &type_ints, 4, FIELDS_ALL },  { STR("r"), &type_rows, 5, FIELDS_ALL },      { STR("e"), &type_decimals, 6, FIELDS_ALL },
    { STR("y"), &type_bytes, 7, FIELDS_ALL },
    { STR("D"), &type_date, 8, FIELDS_ALL },  { STR("n"), &type_string, -1, FIELDS_ALL },
};
enum { COLUMNS = sizeof(columns) / sizeof(*columns), WANTED = COLUMNS - 1 };

static const char *const choices[][2] = {
    { "ignore-parse-errors", "true" },         { "escape-character", "\\" }, { "allow-comments", "true" },
    { "trim-spaces", "true" },
    { "disable-quote-character", "true" },     { "null-literal", "NULL" },   { "ignore-trailing-unmappable", "true" },
    { "field-delimiter", "\xC2\xA7" },
};

/* Cuts like a reader that has `step` more bytes each time it is told that there are too few. */
static int64_t cut(const Format *format, const Decoder *decoder, Str file, int64_t step, Str *records)
{
    int64_t count = 0;
    int64_t start = 0;
    int64_t end = 0;
    while (start < file.len && count < MESSAGES_MAX) {
        bool    is_last = end >= file.len;
        int64_t size = format->record_size(decoder, str_slice(file, start, is_last ? file.len : end), is_last);
        if (size < 0 && is_last)
            abort();
        if (size == 0 && end > start)
            abort();
        if (size <= 0) {
            end += step;
            continue;
        }
        records[count++] = str_slice(file, start, start + size);
        start += size;
        if (end < start)
            end = start;
    }
    return count;
}

static void decode(const Format *format, Decoder *decoder, const Str *records, int64_t count)
{
    Error   err = ERROR_NONE;
    Decoded decoded;
    Batch  *batch = batch_create(WANTED);
    if (format->decode(decoder, records, count, batch, &decoded, &err) == STATUS_OK && decoded.rows > count)
        abort();
    batch_release(batch);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static Str whole[MESSAGES_MAX];
    static Str stepped[MESSAGES_MAX];
    const Format *format = format_find(STR("csv"));
    Error         err = ERROR_NONE;
    Decoder      *decoder;
    if (size < 1)
        return 0;
    Arena     *arena = arena_create();
    Map       *options = map_create(arena);
    FormatSpec spec = { .columns = columns, .column_count = COLUMNS, .options = options, .arena = arena, .zone = zone_utc };
    for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++)
        if (bytes[0] >> i & 1)
            map_put_str(options, str_from(choices[i][0]), str_from(choices[i][1]));
    format->decoder_create(&spec, &decoder, &err);
    Str     file = { (const char *)bytes + 1, (int64_t)size - 1 };
    int64_t count = cut(format, decoder, file, file.len + 1, whole);
    if (cut(format, decoder, file, 1, stepped) != count)
        abort();
    for (int64_t i = 0; i < count; i++)
        if (whole[i].ptr != stepped[i].ptr || whole[i].len != stepped[i].len)
            abort();
    decode(format, decoder, whole, count);
    arena_destroy(arena);
    return 0;
}
