/* save_state.c: what a barrier costs: a table of states saved whole, saved again, saved after some of its keys changed, and loaded.
 *
 *     bench_save_state [MiB of state] [rounds]        64 7
 *
 * BIGINT keys, 32 bytes of flat state each. Prints the best and the worst of the rounds in ms of CPU, and how long a plain copy of as many
 * bytes into fresh memory takes. */
#include "core/env.h"
#include "data/key.h"
#include "runtime/state/table_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BLOCK = 32, BYTES_OF_KEY = 64, RUN = 1024 };

typedef struct Figure {
    const char *name;
    double      best_ms, worst_ms;
    int64_t     written; /* bytes */
} Figure;

static double cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void note(Figure *figure, double start_ms, int64_t written)
{
    double took_ms = cpu_ms() - start_ms;
    if (figure->best_ms == 0 || took_ms < figure->best_ms)
        figure->best_ms = took_ms;
    if (took_ms > figure->worst_ms)
        figure->worst_ms = took_ms;
    figure->written = written;
}

/* Keys first .. first + count - 1 are updated. */
static void update(KeyTable *table, int64_t first, int64_t count)
{
    int64_t       values[RUN];
    Str           keys[RUN];
    uint64_t      hashes[RUN];
    void         *blocks[RUN];
    int32_t       new_rows[RUN];
    Column        column = { .type = &type_bigint_not_null, .data = values };
    const Column *columns[] = { &column };
    for (int64_t at = first; at < first + count; at += RUN) {
        int64_t rows = first + count - at < RUN ? first + count - at : RUN;
        Buf    *buf = buf_create();
        for (int64_t i = 0; i < rows; i++)
            values[i] = (at + i) * 7919;
        keys_encode(columns, 1, rows, buf, keys, hashes);
        key_table_add(table, keys, hashes, rows, blocks, new_rows);
        for (int64_t i = 0; i < rows; i++)
            ++*(int64_t *)blocks[i];
        buf_release(buf);
    }
}

static void save_into(Snapshot *snapshot, KeyTable *table, const TableCodec *codec, Figure *figure)
{
    Error  err = ERROR_NONE;
    double start = cpu_ms();
    if (table_state_save(table, codec, 0, snapshot, &err) != STATUS_OK)
        abort();
    note(figure, start, snapshot_size(snapshot));
}

static Snapshot *save(KeyTable *table, const TableCodec *codec, Figure *figure)
{
    Snapshot *snapshot = snapshot_create(1);
    save_into(snapshot, table, codec, figure);
    return snapshot;
}

/* As a job does from its second checkpoint on. */
static void save_again(Snapshot *snapshot, KeyTable *table, const TableCodec *codec, int64_t keys, Figure *figure)
{
    update(table, 0, keys);
    snapshot_reset(snapshot, 2);
    save_into(snapshot, table, codec, figure);
}

static void load(const Snapshot *snapshot, const TableCodec *codec, Figure *figure)
{
    Error     err = ERROR_NONE;
    KeyTable *table = key_table_create(BLOCK);
    double    start = cpu_ms();
    for (int64_t i = 0; i < snapshot->count; i++)
        if (table_state_load(table, codec, text_str(&snapshot->parts[i].bytes), 0, 1, &err) != STATUS_OK)
            abort();
    note(figure, start, snapshot_size(snapshot));
    key_table_destroy(table);
}

static void copy(const Snapshot *snapshot, Figure *figure)
{
    double start = cpu_ms();
    char  *to = malloc((size_t)snapshot_size(snapshot)), *at = to;
    for (int64_t i = 0; i < snapshot->count; i++) {
        memcpy(at, snapshot->parts[i].bytes.ptr, (size_t)snapshot->parts[i].bytes.len);
        at += snapshot->parts[i].bytes.len;
    }
    note(figure, start, at - to);
    free(to);
}

int main(int argc, char **argv)
{
    int64_t           size = (argc > 1 ? atoll(argv[1]) : 64) << 20;
    int64_t           rounds = argc > 2 ? atoll(argv[2]) : 7;
    int64_t           keys = size / BYTES_OF_KEY;
    const Type *const types[] = { &type_bigint_not_null };
    TableCodec        codec = { .key_types = types, .key_count = 1, .block_size = BLOCK, .is_flat = true, .name = "a table" };
    Figure            all = { .name = "all" }, again = { .name = "nothing changed" }, some = { .name = "1 % of the keys changed, side by side" },
                      loaded = { .name = "loaded" },
                      reused = { .name = "all, changed, into the snapshot before" }, copied = { .name = "a copy of the bytes" };
    for (int64_t i = 0; i < rounds; i++) {
        KeyTable *table = key_table_create(BLOCK);
        update(table, 0, keys);
        Snapshot *snapshot = save(table, &codec, &all);
        snapshot_free(save(table, &codec, &again));
        update(table, keys / 2, keys / 100);
        snapshot_free(save(table, &codec, &some));
        save_again(snapshot, table, &codec, keys, &reused);
        copy(snapshot, &copied);
        load(snapshot, &codec, &loaded);
        snapshot_free(snapshot);
        key_table_destroy(table);
    }
    const Figure *figures[] = { &all, &reused, &again, &some, &copied, &loaded };
    printf("%lld keys, %lld bytes of table each\n", (long long)keys, (long long)BYTES_OF_KEY);
    for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
        printf("  %-38s %8.2f to %8.2f ms  %6.1f MiB\n", figures[i]->name, figures[i]->best_ms, figures[i]->worst_ms,
               (double)figures[i]->written / 1048576);
    return 0;
}
