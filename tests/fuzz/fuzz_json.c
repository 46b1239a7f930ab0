/* fuzz_json.c: any bytes as a JSON record. Both paths must agree, nothing may be read or written past the record, and
 * what was read must be written as JSON that is read as the same again.
 *
 * The first byte picks the options, the rest is the record. */
#include "connectors/formats/json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const Type type_ints = { .kind = TYPE_ARRAY, .nullable = true, .element = &type_int };
static const Type type_decimals = { .kind = TYPE_DECIMAL, .nullable = true, .precision = 10, .scale = 2 };
static const Type type_wide_decimals = { .kind = TYPE_DECIMAL, .nullable = true, .precision = 38, .scale = 18 };
static const Type type_texts = { .kind = TYPE_MAP, .nullable = true, .key = &type_string, .element = &type_string };
static const Field row_fields[] = { { STR("a"), &type_int, { NULL, 0 } }, { STR("b"), &type_texts, { NULL, 0 } } };
static const Type type_rows = { .kind = TYPE_ROW, .nullable = true, .fields = row_fields, .field_count = 2 };

static const FormatColumn flat_columns[] = {
    { STR("i"), &type_int, 0, FIELDS_ALL },           { STR("l"), &type_bigint, 1, FIELDS_ALL },        { STR("s"), &type_string, 2, FIELDS_ALL },
    { STR("d"), &type_double, 3, FIELDS_ALL },        { STR("f"), &type_float, 4, FIELDS_ALL },         { STR("e"), &type_decimals, 5, FIELDS_ALL },
    { STR("t"), &type_timestamp3, 6, FIELDS_ALL },    { STR("z"), &type_timestamp_ltz3, 7, FIELDS_ALL }, { STR("b"), &type_boolean, 8, FIELDS_ALL },
    { STR("w"), &type_wide_decimals, 9, FIELDS_ALL }, { STR("not"), &type_string, -1, FIELDS_ALL },
};
static const FormatColumn nested_columns[] = {
    { STR("i"), &type_int, 0, FIELDS_ALL },  { STR("a"), &type_ints, 1, FIELDS_ALL },  { STR("m"), &type_texts, 2, FIELDS_ALL },
    { STR("r"), &type_rows, 3, FIELDS_ALL },
    { STR("y"), &type_bytes, 4, FIELDS_ALL }, { STR("D"), &type_date, 5, FIELDS_ALL }, { STR("T"), &type_time, 6, FIELDS_ALL },
};

typedef struct Run {
    Arena   *arena;
    Decoder *decoder;
    Encoder *encoder;
    Batch   *batch;
    Decoded  decoded;
    Status   status;
    Text     text;
} Run;

static Run run_open(const FormatColumn *columns, int32_t count, uint8_t choice)
{
    Run        run = { .arena = arena_create() };
    Error      err = ERROR_NONE;
    Map       *options = map_create(run.arena);
    FormatSpec spec = { .columns = columns, .column_count = count, .options = options, .arena = run.arena, .zone = zone_utc };
    if (choice & 1)
        map_put_str(options, STR("ignore-parse-errors"), STR("true"));
    if (choice & 2)
        map_put_str(options, STR("timestamp-format.standard"), STR("ISO-8601"));
    if (choice & 4)
        map_put_str(options, STR("decode.json-parser.enabled"), STR("false"));
    json_decoder_create(&spec, &run.decoder, &err);
    return run;
}

static void run_decode(Run *run, Str message, int32_t columns)
{
    Error err = ERROR_NONE;
    batch_release(run->batch);
    run->batch = batch_create(columns);
    run->status = json_decode(run->decoder, &message, 1, run->batch, &run->decoded, &err);
    run->batch->rows = run->status == STATUS_OK ? run->decoded.rows : 0;
}

/* The rows as JSON, one array. */
static void run_encode(Run *run, const FormatColumn *columns, int32_t count)
{
    Error      err = ERROR_NONE;
    Record    *records = arena_new(run->arena, Record, run->batch->rows + 1);
    FormatSpec spec = { .columns = columns, .column_count = count, .options = map_create(run->arena), .arena = run->arena, .zone = zone_utc };
    Text       bytes = TEXT_EMPTY;
    text_clear(&run->text);
    json_encoder_create(&spec, &run->encoder, &err);
    if (json_encode(run->encoder, run->batch, 0, run->batch->rows, &bytes, records, &err) != STATUS_OK)
        abort();
    text_put(&run->text, '[');
    for (int64_t i = 0; i < run->batch->rows; i++) {
        if (i > 0)
            text_put(&run->text, ',');
        text_append(&run->text, str_slice(text_str(&bytes), records[i].start, records[i].end));
    }
    text_put(&run->text, ']');
    text_free(&bytes);
}

static void run_close(Run *run)
{
    batch_release(run->batch);
    text_free(&run->text);
    arena_destroy(run->arena);
}

static void check_same(Str left, Str right)
{
    if (!str_eq(left, right))
        abort();
}

/* The last column of the flat ones is not in the batch. */
static void check_flat(Str message, uint8_t choice)
{
    enum { COUNT = sizeof(flat_columns) / sizeof(*flat_columns), WANTED = COUNT - 1 };
    Run fast = run_open(flat_columns, COUNT, choice & 3);
    Run general = run_open(flat_columns, COUNT, choice & 3);
    ((JsonDecoder *)general.decoder)->is_fast = false;
    for (int32_t i = 0; i < 2; i++) { /* the second time the names are known */
        run_decode(&fast, message, WANTED);
        run_decode(&general, message, WANTED);
        run_encode(&fast, flat_columns, WANTED);
        run_encode(&general, flat_columns, WANTED);
        if (fast.status != general.status || memcmp(fast.decoded.bad, general.decoded.bad,
                                                    sizeof(fast.decoded.bad)) != 0)
            abort();
        check_same(text_str(&fast.text), text_str(&general.text));
    }
    run_close(&fast);
    run_close(&general);
}

static void check_again(Str message, uint8_t choice)
{
    enum { COUNT = sizeof(nested_columns) / sizeof(*nested_columns) };
    Run first = run_open(nested_columns, COUNT, choice & 5);
    Run second = run_open(nested_columns, COUNT, choice & 5);
    run_decode(&first, message, COUNT);
    run_encode(&first, nested_columns, COUNT);
    if (first.text.len <= RECORD_SIZE_MAX) {
        run_decode(&second, text_str(&first.text), COUNT);
        run_encode(&second, nested_columns, COUNT);
        check_same(text_str(&first.text), text_str(&second.text));
    }
    run_close(&first);
    run_close(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 1)
        return 0;
    Str message = { (const char *)bytes + 1, (int64_t)size - 1 };
    if (bytes[0] & 8)
        check_again(message, bytes[0]);
    else
        check_flat(message, bytes[0]);
    return 0;
}
