/* exchange.c: what it costs per row to hand batches to other tasks, beside a copy of the bytes, and to find the slices of times, beside a
 * copy of the times.
 *
 *     bench_exchange [seconds per measurement]       0.2 */
#include "core/hash.h"
#include "runtime/exchange.h"
#include "runtime/time/window.h"
#include "tests/speed/measure.h"

#include <stdlib.h>

enum { ROWS = BATCH_ROWS, COLUMNS = 7, CONSUMERS = 2, EDGE_EVENTS = 16 };

typedef struct Bench {
    Batch *batch;
    Edge  *edges[CONSUMERS];
    Op     op;
    char  *copy;
} Bench;

static void drain(Bench *bench)
{
    Event event;
    for (int32_t i = 0; i < CONSUMERS; i++)
        while (edge_receive(bench->edges[i], &event))
            batch_release(event.batch);
}

static void hand_over(void *context)
{
    Bench *bench = context;
    Error  err = ERROR_NONE;
    if (bench->op.type->on_batch(&bench->op, batch_share(bench->batch), &err) != STATUS_OK)
        exit(1);
    drain(bench);
}

static void copy_columns(void *context)
{
    Bench *bench = context;
    for (int32_t i = 0; i < COLUMNS; i++)
        memcpy(bench->copy + i * ROWS * (int64_t)sizeof(int64_t), bench->batch->columns[i].data, ROWS * sizeof(int64_t));
}

static void fill(Batch *batch)
{
    for (int32_t i = 0; i < COLUMNS; i++) {
        column_init(&batch->columns[i], batch->buf, &type_bigint, ROWS);
        for (int64_t row = 0; row < ROWS; row++)
            COLUMN_DATA(&batch->columns[i], int64_t)[row] = (int64_t)(hash_u64((uint64_t)row) % 10000);
    }
    batch->rows = ROWS;
}

static void measure_exchange(Arena *arena, const char *what, Distribution distribution, double seconds)
{
    static const int32_t keys[1] = { 0 };
    Bench                bench = { .batch = batch_create(COLUMNS), .copy = env_alloc_raw(COLUMNS * ROWS * (int64_t)sizeof(int64_t)) };
    Error                err = ERROR_NONE;
    Wakeup              *wakeup = wakeup_create();
    fill(bench.batch);
    for (int32_t i = 0; i < CONSUMERS; i++)
        bench.edges[i] = edge_create(EDGE_EVENTS, wakeup, wakeup);
    ExchangeConfig config = { .distribution = distribution, .keys = keys, .key_count = 1, .edges = bench.edges,
                              .edge_count = distribution == DISTRIBUTE_HASH ? CONSUMERS : 1 };
    bench.op = (Op){ .type = &op_exchange, .config = &config, .state = arena_alloc(arena, op_exchange.state_size), .arena = arena };
    memset(bench.op.state, 0, (size_t)op_exchange.state_size);
    if (op_exchange.open(&bench.op, &err) != STATUS_OK)
        exit(1);
    measure_print(what, measure_ns(hand_over, &bench, ROWS, seconds), measure_ns(copy_columns, &bench, ROWS, seconds));
    op_exchange.close(&bench.op);
    for (int32_t i = 0; i < CONSUMERS; i++)
        edge_destroy(bench.edges[i]);
    wakeup_destroy(wakeup);
    batch_release(bench.batch);
    env_free(bench.copy);
}

/* ---- slices --------------------------------------------------------------------------------------------------------- */

typedef struct Slicing {
    WindowGrid grid;
    Time       times[ROWS], ends[ROWS];
} Slicing;

static void find_slices(void *context)
{
    Slicing *slicing = context;
    slice_ends_of(&slicing->grid, slicing->times, ROWS, slicing->ends);
}

static void copy_times(void *context)
{
    Slicing *slicing = context;
    memcpy(slicing->ends, slicing->times, sizeof(slicing->ends));
}

/* step_ms: event time from row to row. */
static void measure_slices(const char *what, const PlanWindowSpec *spec, int64_t step_ms, double seconds)
{
    static Slicing slicing;
    slicing.grid = window_grid(spec, NULL);
    for (int64_t i = 0; i < ROWS; i++)
        slicing.times[i] = 1700000000000 + i * step_ms;
    measure_print(what, measure_ns(find_slices, &slicing, ROWS, seconds), measure_ns(copy_times, &slicing, ROWS, seconds));
}

int main(int argc, char **argv)
{
    double               seconds = argc > 1 ? atof(argv[1]) : 0.2;
    Arena               *arena = arena_create();
    const PlanWindowSpec tumble = { .kind = WINDOW_TUMBLE, .size = 10000, .slide = 10000 };
    const PlanWindowSpec hop = { .kind = WINDOW_HOP, .size = 10000, .slide = 2000 };
    measure_exchange(arena, "exchange, to one task: 7 BIGINTs", DISTRIBUTE_FORWARD, seconds);
    measure_exchange(arena, "exchange, by hash to two tasks: 7 BIGINTs", DISTRIBUTE_HASH, seconds);
    measure_slices("slices of TUMBLE 10 s, a row each ms", &tumble, 1, seconds);
    measure_slices("slices of HOP 10 s by 2 s, a row each ms", &hop, 1, seconds);
    measure_slices("slices of HOP 10 s by 2 s, a row each second", &hop, 1000, seconds);
    arena_destroy(arena);
    return 0;
}
