/* key_table.c: looking up the state of a key: ns per row for 1 K to 10 M keys, beside a floor that adds to an array at the same random places.
 *
 *     bench_key_table [million rows]       8 */
#include "core/hash.h"
#include "data/key.h"
#include "runtime/state/key_table.h"
#include "tests/speed/measure.h"

#include <stdlib.h>

enum { ROWS = 2048, BLOCK = 32 };

static void fill(int64_t *values, int64_t first, int64_t keys)
{
    for (int64_t i = 0; i < ROWS; i++)
        values[i] = (int64_t)(hash_u64((uint64_t)(first + i)) % (uint64_t)keys);
}

/* Encode, look up, add: what GROUP BY one BIGINT does with a batch. */
static int64_t add_batch(KeyTable *table, Buf *buf, int64_t *values)
{
    static void   *blocks[ROWS];
    static int32_t new_rows[ROWS];
    Column         column = { .type = &type_bigint, .data = values };
    const Column  *columns[1] = { &column };
    buf_reset(buf);
    Str      *keys = buf_new(buf, Str, ROWS);
    uint64_t *hashes = buf_new(buf, uint64_t, ROWS);
    keys_encode(columns, 1, ROWS, buf, keys, hashes);
    int64_t added = key_table_add(table, keys, hashes, ROWS, blocks, new_rows);
    for (int64_t i = 0; i < ROWS; i++)
        ++*(int64_t *)blocks[i];
    return added;
}

static double measure_table(int64_t rows, int64_t keys)
{
    static int64_t values[ROWS];
    KeyTable      *table = key_table_create(BLOCK);
    Buf           *buf = buf_create();
    for (int64_t first = 0; first < 4 * keys; first += ROWS) { /* most keys are there before the clock starts */
        fill(values, first, keys);
        add_batch(table, buf, values);
    }
    double start = measure_cpu_seconds();
    for (int64_t first = 0; first < rows; first += ROWS) {
        fill(values, first, keys);
        add_batch(table, buf, values);
    }
    double seconds = measure_cpu_seconds() - start;
    key_table_destroy(table);
    buf_release(buf);
    return seconds;
}

static double measure_floor(int64_t rows, int64_t keys)
{
    static int64_t values[ROWS];
    int64_t       *counts = calloc((size_t)keys, sizeof(int64_t)), sum = 0;
    for (int64_t i = 0; i < keys; i++)
        counts[i] = i;
    double start = measure_cpu_seconds();
    for (int64_t first = 0; first < rows; first += ROWS) {
        fill(values, first, keys);
        for (int64_t i = 0; i < ROWS; i++)
            counts[values[i]]++;
    }
    double seconds = measure_cpu_seconds() - start;
    for (int64_t i = 0; i < keys; i++)
        sum += counts[i];
    free(counts);
    return sum > 0 ? seconds : -1;
}

int main(int argc, char **argv)
{
    int64_t rows = (argc > 1 ? strtoll(argv[1], NULL, 10) : 8) * 1000000;
    for (int64_t keys = 1000; keys <= 10000000; keys *= 10) {
        char what[64];
        snprintf(what, sizeof(what), "GROUP BY BIGINT, %lld keys", (long long)keys);
        measure_print(what, measure_table(rows, keys) / (double)rows * 1e9, measure_floor(rows, keys) / (double)rows * 1e9);
    }
    return 0;
}
