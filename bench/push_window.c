/* push_window.c: events from memory through TUMBLE 10 s, COUNT by key, into blackhole, beside a floor loop that only reads the same columns.
 *
 *     bench_push_window [million events] [keys]       20, 10000
 *
 * Prints events per second of CPU of the whole process, and the ratio to the floor. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "include/tidemark.h"

enum { ROWS = 2048 };

typedef struct Columns {
    int64_t auction[ROWS];
    int64_t price[ROWS];
    int64_t at[ROWS];
} Columns;

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Ten million events of event time per second, in order. */
static void fill(Columns *columns, int64_t first, int64_t keys)
{
    for (int i = 0; i < ROWS; i++) {
        uint64_t z = (uint64_t)(first + i) * 0x9e3779b97f4a7c15u;
        columns->auction[i] = (int64_t)((z ^ (z >> 32)) % (uint64_t)keys);
        columns->price[i] = (int64_t)(z >> 40);
        columns->at[i] = 1700000000000 + (first + i) / 10000;
    }
}

static void keep(struct ArrowArray *array)
{
    array->release = NULL; /* the memory is the program's */
}

static int fail(tide_error *err)
{
    fprintf(stderr, "%s\n", tide_error_render(err));
    return 1;
}

static int run(tide_session *session, const char *sql, tide_result **out)
{
    tide_error *err = NULL;
    return tide_execute(session, sql, TIDE_NUL_TERMINATED, out, &err) ? fail(err) : 0;
}

static int push_all(tide_writer *writer, const struct ArrowSchema *schema, int64_t events, int64_t keys)
{
    static Columns columns;
    tide_error *err = NULL;
    for (int64_t first = 0; first < events; first += ROWS) {
        fill(&columns, first, keys);
        const void *buffers[3][2] = { { NULL, columns.auction }, { NULL, columns.price }, { NULL, columns.at } };
        struct ArrowArray children[3], *pointers[3];
        for (int c = 0; c < 3; c++) {
            children[c] = (struct ArrowArray){ .length = ROWS, .n_buffers = 2, .buffers = buffers[c], .release = keep };
            pointers[c] = &children[c];
        }
        const void *no_buffer[1] = { NULL };
        struct ArrowArray batch = { .length = ROWS, .n_buffers = 1, .buffers = no_buffer, .n_children = 3, .children = pointers, .release = keep };
        if (tide_writer_batch(writer, &batch, schema, &err))
            return fail(err);
    }
    return 0;
}

static double floor_loop(int64_t events, int64_t keys)
{
    static Columns columns;
    double start = cpu_seconds();
    volatile int64_t sink = 0;
    for (int64_t first = 0; first < events; first += ROWS) {
        fill(&columns, first, keys);
        int64_t sum = 0;
        for (int i = 0; i < ROWS; i++)
            sum += columns.auction[i] ^ columns.price[i] ^ columns.at[i];
        sink = sink + sum;
    }
    return cpu_seconds() - start;
}

static int measure(tide_session *session, int64_t events, int64_t keys)
{
    tide_result *result, *query;
    struct ArrowSchema schema;
    tide_writer *writer;
    tide_error *err = NULL;
    if (run(session, "CREATE TABLE bids (auction BIGINT, price BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND)"
                     " WITH ('connector' = 'push')", &result))
        return 1;
    tide_result_close(result);
    if (run(session, "CREATE TABLE out_counts (window_start TIMESTAMP(3), auction BIGINT, bids BIGINT) WITH ('connector' = 'blackhole')", &result))
        return 1;
    tide_result_close(result);
    if (run(session, "SELECT * FROM bids", &query)) /* for the schema only */
        return 1;
    tide_result_schema(query, &schema, NULL);
    tide_result_close(query);
    double start = cpu_seconds();
    if (run(session, "INSERT INTO out_counts SELECT window_start, auction, COUNT(*) FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(ts),"
                     " INTERVAL '10' SECOND)) GROUP BY window_start, window_end, auction", &result))
        return 1;
    if (tide_writer_open(session, "bids", &writer, &err))
        return fail(err);
    if (push_all(writer, &schema, events, keys))
        return 1;
    tide_writer_close(writer);
    tide_status status = tide_job_wait(tide_result_job(result), -1, &err);
    if (status != TIDE_OK)
        return fail(err);
    double seconds = cpu_seconds() - start, floor = floor_loop(events, keys);
    printf("push -> TUMBLE 10 s COUNT by key -> blackhole: %" PRId64 " events, %" PRId64 " keys\n", events, keys);
    printf("  engine %.2f s CPU = %.2f M events per core-second; floor loop %.2f s; ratio %.1f\n", seconds, (double)events / seconds / 1e6, floor,
           seconds / floor);
    tide_result_close(result);
    schema.release(&schema);
    return 0;
}

int main(int argc, char **argv)
{
    int64_t events = (argc > 1 ? strtoll(argv[1], NULL, 10) : 20) * 1000000 / ROWS * ROWS;
    int64_t keys = argc > 2 ? strtoll(argv[2], NULL, 10) : 10000;
    tide_engine *engine;
    tide_session *session;
    tide_error *err = NULL;
    if (tide_open(NULL, &engine, &err) || tide_session_open(engine, &session, &err))
        return fail(err);
    int status = measure(session, events, keys);
    tide_session_close(session);
    tide_close(engine);
    return status;
}
