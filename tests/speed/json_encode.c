/* json_encode.c: bids of columns to JSON, beside a copy of the bytes that come out.
 *
 *     bench_json_encode [seconds per measurement]       0.2 */
#include "connectors/formats/format.h"

#include "core/hash.h"
#include "tests/speed/measure.h"

#include <stdlib.h>

enum { ROWS = BATCH_ROWS, COLUMNS = 7 };

typedef struct Bench {
    const Format *format;
    Encoder      *encoder;
    Batch        *batch;
    Text          out;
    char         *copy;
    Record        records[ROWS];
} Bench;

static void encode(void *context)
{
    Bench *bench = context;
    Error  err = ERROR_NONE;
    text_clear(&bench->out);
    if (bench->format->encode(bench->encoder, bench->batch, 0, ROWS, &bench->out, bench->records, &err) != STATUS_OK)
        exit(1);
}

static void copy_bytes(void *context)
{
    Bench *bench = context;
    memcpy(bench->copy, bench->out.ptr, (size_t)bench->out.len);
}

static void fill(Batch *batch, const FormatColumn *columns)
{
    for (int32_t i = 0; i < COLUMNS; i++) {
        Column *column = &batch->columns[i];
        column_init(column, batch->buf, columns[i].type, ROWS);
        for (int64_t row = 0; row < ROWS; row++) {
            const Str url = STR("https://www.nexmark.com/item.htm?query=1&channel_id=12345");
            if (columns[i].type == &type_string)
                COLUMN_DATA(column, View)[row] = view_of(i == 3 ? STR("channel-1234") : url);
            else
                COLUMN_DATA(column, int64_t)[row] = (int64_t)(hash_u64((uint64_t)row) % 100000) + (i == 5 ? 1700000000000 : 0);
        }
    }
    batch->rows = ROWS;
}

/* The first `count` fields of a bid. */
static void measure(Arena *arena, const char *what, const char *format, int32_t count, double seconds)
{
    const FormatColumn columns[COLUMNS] = {
        { STR("auction"), &type_bigint, 0, FIELDS_ALL }, { STR("bidder"), &type_bigint, 1, FIELDS_ALL },
        { STR("price"), &type_bigint, 2, FIELDS_ALL },   { STR("channel"), &type_string, 3, FIELDS_ALL },
        { STR("url"), &type_string, 4, FIELDS_ALL },     { STR("dateTime"), &type_timestamp3, 5, FIELDS_ALL },
        { STR("extra"), &type_string, 6, FIELDS_ALL },
    };
    static Bench bench;
    Error        err = ERROR_NONE;
    FormatSpec   spec = { .columns = columns, .column_count = count, .options = map_create(arena), .arena = arena, .zone = zone_utc };
    bench = (Bench){ .format = format_find(str_from(format)), .batch = batch_create(COLUMNS) };
    fill(bench.batch, columns);
    if (bench.format->encoder_create(&spec, &bench.encoder, &err) != STATUS_OK)
        exit(1);
    encode(&bench);
    bench.copy = env_alloc_raw(bench.out.len);
    measure_print(what, measure_ns(encode, &bench, ROWS, seconds), measure_ns(copy_bytes, &bench, ROWS, seconds));
    env_free(bench.copy);
    text_free(&bench.out);
    batch_release(bench.batch);
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? atof(argv[1]) : 0.2;
    Arena *arena = arena_create();
    measure(arena, "JSON encoding, 3 BIGINTs", "json", 3, seconds);
    measure(arena, "JSON encoding, 7 fields of a bid", "json", 7, seconds);
    measure(arena, "CSV encoding, 7 fields of a bid", "csv", 7, seconds);
    arena_destroy(arena);
    return 0;
}
