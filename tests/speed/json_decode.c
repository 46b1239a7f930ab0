/* json_decode.c: the JSON decoder over 312-byte bids, flat and as a ROW in an event, beside a loop that only looks for the line ends.
 *
 *   bench_json_decode [seconds per measurement]       0.5 */
#include "connectors/formats/json.h"

#include "bench/bid.h"
#include "tests/speed/measure.h"

#include <stdlib.h>

enum { BIDS = 16384, BID_SIZE = 312, MESSAGES_MAX = BATCH_ROWS };

/* Lines, one behind the other. */
typedef struct Input {
    char   *bytes;
    int64_t size;
    Str     messages[BIDS];
} Input;

static void fill_flat(Input *input)
{
    char     line[BID_SIZE + 64];
    uint64_t state = 1;
    input->bytes = env_alloc_raw((int64_t)BIDS * (BID_SIZE + 1));
    for (int32_t i = 0; i < BIDS; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        uint32_t random = (uint32_t)(state >> 40);
        int      used = snprintf(line, sizeof(line),
                                 "{\"auction\":%u,\"bidder\":%u,\"price\":%u,\"channel\":\"channel-%u\","
                                      "\"url\":\"https://www.nexmark.com/item.htm?query=1&channel_id=%u\","
                                      "\"dateTime\":\"2024-02-%02u %02u:%02u:%02u.%03u\",\"extra\":\"",
                                 1000 + random % 1000, 2000 + random % 9999, 100 + random % 100000, random % 10000,
                                 random, 1 + i / 4096 % 28,
                                 i / 3600 % 24, i / 60 % 60, i % 60, random % 1000);
        memset(line + used, 'x', (size_t)(BID_SIZE - 2 - used));
        memcpy(line + BID_SIZE - 2, "\"}", 2);
        char *at = input->bytes + (int64_t)i * (BID_SIZE + 1);
        memcpy(at, line, BID_SIZE);
        at[BID_SIZE] = '\n';
        input->messages[i] = (Str){ at, BID_SIZE };
    }
    input->size = (int64_t)BIDS * (BID_SIZE + 1);
}

static void fill_nested(Input *input)
{
    char text[BID_SIZE_MAX];
    input->bytes = env_alloc_raw((int64_t)BIDS * BID_SIZE_MAX);
    for (int32_t i = 0; i < BIDS; i++) {
        int   size = bid_print(text, i, i, 10000);
        char *at = input->bytes + input->size;
        memcpy(at, text, (size_t)size);
        at[size] = '\n';
        input->messages[i] = (Str){ at, size };
        input->size += size + 1;
    }
}

static void find_line_ends(void *context)
{
    const Input *input = context;
    const char  *at = input->bytes;
    const char  *end = at + input->size;
    int64_t      lines = 0;
    for (; at < end; lines++)
        at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
    if (lines != BIDS)
        exit(1);
}

typedef struct Decoding {
    const Input *input;
    Decoder     *decoder;
    int32_t      wanted;
} Decoding;

static void decode(void *context)
{
    const Decoding *decoding = context;
    Error           err = ERROR_NONE;
    for (int32_t at = 0; at < BIDS; at += MESSAGES_MAX) {
        Decoded decoded;
        Batch  *batch = batch_create(decoding->wanted);
        if (json_decode(decoding->decoder, decoding->input->messages + at, MESSAGES_MAX, batch, &decoded, &err) != STATUS_OK ||
            decoded.rows != MESSAGES_MAX) {
            fprintf(stderr, "%s\n", err.message);
            exit(1);
        }
        batch_release(batch);
    }
}

static void measure(const char *what, Input *input, const FormatColumn *columns, int32_t count, bool is_fast, double seconds)
{
    Arena     *arena = arena_create();
    FormatSpec spec = { .columns = columns, .column_count = count, .options = map_create(arena), .arena = arena,
                        .zone = zone_utc, .span = SPAN_NONE, .policy = ERROR_POLICY_FAIL };
    Decoding   decoding = { .input = input };
    Error      err = ERROR_NONE;
    for (int32_t i = 0; i < count; i++)
        decoding.wanted += columns[i].out >= 0;
    if (json_decoder_create(&spec, &decoding.decoder, &err) != STATUS_OK)
        exit(1);
    ((JsonDecoder *)decoding.decoder)->is_fast &= is_fast;
    measure_print(what, measure_ns(decode, &decoding, BIDS, seconds), measure_ns(find_line_ends, input, BIDS, seconds));
    arena_destroy(arena);
}

enum { FIELDS = 7 };

static void measure_flat(Input *input, double seconds)
{
    FormatColumn three[FIELDS] = {
        { STR("auction"), &type_bigint, 0, FIELDS_ALL },     { STR("bidder"), &type_bigint, -1, FIELDS_NONE },
        { STR("price"), &type_bigint, 1, FIELDS_ALL },       { STR("channel"), &type_string, -1, FIELDS_NONE },
        { STR("url"), &type_string, -1, FIELDS_NONE },       { STR("dateTime"), &type_timestamp3, 2, FIELDS_ALL },
        { STR("extra"), &type_string, -1, FIELDS_NONE },
    };
    FormatColumn all[FIELDS];
    memcpy(all, three, sizeof(three));
    for (int32_t i = 0; i < FIELDS; i++)
        all[i].out = i;
    measure("JSON decoding, 3 of 7 fields", input, three, FIELDS, true, seconds);
    measure("JSON decoding, 7 of 7 fields", input, all, FIELDS, true, seconds);
    measure("JSON decoding, 3 of 7 fields, any order", input, three, FIELDS, false, seconds);
    measure("JSON decoding, 7 of 7 fields, any order", input, all, FIELDS, false, seconds);
}

static void measure_nested(Input *input, double seconds)
{
    const Field fields[FIELDS] = {
        { STR("auction"), &type_bigint, { NULL, 0 } }, { STR("bidder"), &type_bigint, { NULL, 0 } },
        { STR("price"), &type_bigint, { NULL, 0 } },   { STR("channel"), &type_string, { NULL, 0 } },
        { STR("url"), &type_string, { NULL, 0 } },     { STR("dateTime"), &type_timestamp3, { NULL, 0 } },
        { STR("extra"), &type_string, { NULL, 0 } },
    };
    const Type   bid = { .kind = TYPE_ROW, .nullable = true, .fields = fields, .field_count = FIELDS };
    FormatColumn columns[] = { { STR("event_type"), &type_int, -1, FIELDS_NONE }, { STR("bid"), &bid, 0, 1 << 0 | 1 << 5 } };
    measure("JSON decoding, 2 of 7 fields of a ROW", input, columns, 2, true, seconds);
    columns[1].fields = FIELDS_ALL;
    measure("JSON decoding, 7 of 7 fields of a ROW", input, columns, 2, true, seconds);
}

int main(int argc, char **argv)
{
    static Input flat, nested;
    double       seconds = argc > 1 ? atof(argv[1]) : 0.5;
    fill_flat(&flat);
    fill_nested(&nested);
    measure_flat(&flat, seconds);
    measure_nested(&nested, seconds);
    env_free(flat.bytes);
    env_free(nested.bytes);
    return 0;
}
