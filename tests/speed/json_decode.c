/* json_decode.c: rows per second of the JSON decoder over 312-byte bids, beside a loop that only looks for the line
 * ends.
 *
 *   bench_json_decode [seconds per measurement]
 *
 * Each line: what, ns per row, million rows per second, and the ratio to the floor (memchr over the same bytes). */
#include "connectors/formats/json.h"

#include <stdio.h>
#include <stdlib.h>

enum { BIDS = 16384, BID_SIZE = 312, MESSAGES_MAX = BATCH_ROWS };

typedef struct Input {
    char *bytes;
    Str   messages[BIDS];
} Input;

static void fill(Input *input)
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
}

static int64_t now_ns(void)
{
    return clock_monotonic_ns(&env_clock);
}

static double report(const char *what, double ns, double floor_ns)
{
    printf("%-28s %7.1f ns/row %7.2f M rows/s  %5.1f x floor\n", what, ns, 1e3 / ns, ns / floor_ns);
    return ns;
}

/* The best of many passes: the machine is shared. */
static double floor_pass(const Input *input, int64_t budget_ns)
{
    double  best = 1e9;
    int64_t lines = 0;
    for (int64_t start = now_ns(); now_ns() - start < budget_ns;) {
        int64_t     begin = now_ns();
        const char *at = input->bytes;
        const char *end = at + (int64_t)BIDS * (BID_SIZE + 1);
        while (at < end) {
            at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
            lines++;
        }
        double ns = (double)(now_ns() - begin) / BIDS;
        best = ns < best ? ns : best;
    }
    return lines > 0 ? best : 1;
}

static double decode_pass(const Input *input, const FormatColumn *columns, int32_t count, bool is_fast,
                          int64_t budget_ns)
{
    Arena     *arena = arena_create();
    FormatSpec spec = { .columns = columns, .column_count = count, .options = map_create(arena), .arena = arena,
                        .zone = zone_utc, .span = SPAN_NONE, .policy = ERROR_POLICY_FAIL };
    Decoder   *decoder;
    Error      err = ERROR_NONE;
    int32_t    wanted = 0;
    double     best = 1e9;
    for (int32_t i = 0; i < count; i++)
        wanted += columns[i].out >= 0;
    if (json_decoder_create(&spec, &decoder, &err) != STATUS_OK)
        exit(1);
    ((JsonDecoder *)decoder)->is_fast &= is_fast;
    Batch *batch = batch_create(wanted);
    for (int64_t start = now_ns(); now_ns() - start < budget_ns;) {
        int64_t begin = now_ns();
        for (int32_t at = 0; at < BIDS; at += MESSAGES_MAX) {
            Decoded decoded;
            batch_release(batch);
            batch = batch_create(wanted);
            if (json_decode(decoder, input->messages + at, MESSAGES_MAX, batch, &decoded, &err) != STATUS_OK ||
                decoded.rows != MESSAGES_MAX) {
                fprintf(stderr, "%s\n", err.message);
                exit(1);
            }
        }
        double ns = (double)(now_ns() - begin) / BIDS;
        best = ns < best ? ns : best;
    }
    batch_release(batch);
    arena_destroy(arena);
    return best;
}

int main(int argc, char **argv)
{
    static Input input;
    int64_t      budget_ns = (int64_t)((argc > 1 ? atof(argv[1]) : 0.5) * 1e9);
    FormatColumn three[] = {
        { STR("auction"), &type_bigint, 0, FIELDS_ALL },     { STR("bidder"), &type_bigint, -1, FIELDS_NONE },
        { STR("price"), &type_bigint, 1, FIELDS_ALL },       { STR("channel"), &type_string, -1, FIELDS_NONE },
        { STR("url"), &type_string, -1, FIELDS_NONE },       { STR("dateTime"), &type_timestamp3, 2, FIELDS_ALL },
        { STR("extra"), &type_string, -1, FIELDS_NONE },
    };
    FormatColumn all[sizeof(three) / sizeof(*three)];
    memcpy(all, three, sizeof(three));
    for (int32_t i = 0; i < 7; i++)
        all[i].out = i;
    fill(&input);
    double floor_ns = floor_pass(&input, budget_ns);
    report("floor: memchr of line ends", floor_ns, floor_ns);
    report("3 of 7 fields", decode_pass(&input, three, 7, true, budget_ns), floor_ns);
    report("7 of 7 fields", decode_pass(&input, all, 7, true, budget_ns), floor_ns);
    report("3 of 7, general path", decode_pass(&input, three, 7, false, budget_ns), floor_ns);
    report("7 of 7, general path", decode_pass(&input, all, 7, false, budget_ns), floor_ns);
    env_free(input.bytes);
    return 0;
}
