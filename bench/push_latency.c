/* push_latency.c: from the row that closes a window to the window's result in the reader's hands, for rows that come one at a time.
 *
 *     bench_push_latency [windows]       500
 *
 * Prints p50 and p99 in milliseconds, beside the time of a condition-variable hand-over between two threads (the floor). */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench/figures.h"
#include "include/tidemark.h"

static double now_ms(void)
{
    return (double)figures_now_ns() / 1e6;
}

static void report(const char *what, double *times, int count)
{
    figures_sort(times, count);
    printf("%s: p50 %.3f ms, p99 %.3f ms, most %.3f ms over %d\n", what, figures_percentile(times, count, .5),
           figures_percentile(times, count, .99), figures_percentile(times, count, 1), count);
}

/* ---- the floor: one thread wakes another ------------------------------------------------------------------------------------ */

typedef struct Baton {
    pthread_mutex_t mutex;
    pthread_cond_t  moved;
    int             turn; /* 0 the program, 1 the other thread */
    int             rounds;
} Baton;

static void take_turn(Baton *baton, int me)
{
    pthread_mutex_lock(&baton->mutex);
    while (baton->turn != me)
        pthread_cond_wait(&baton->moved, &baton->mutex);
    baton->turn = 1 - me;
    pthread_cond_signal(&baton->moved);
    pthread_mutex_unlock(&baton->mutex);
}

static void *answer(void *context)
{
    Baton *baton = context;
    for (int i = 0; i < baton->rounds; i++)
        take_turn(baton, 1);
    return NULL;
}

static void measure_floor(double *times, int count)
{
    Baton baton = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, count };
    pthread_t thread;
    pthread_create(&thread, NULL, answer, &baton);
    for (int i = 0; i < count; i++) {
        double start = now_ms();
        take_turn(&baton, 0);
        pthread_mutex_lock(&baton.mutex);
        while (baton.turn != 0)
            pthread_cond_wait(&baton.moved, &baton.mutex);
        pthread_mutex_unlock(&baton.mutex);
        times[i] = now_ms() - start;
    }
    pthread_join(thread, NULL);
}

/* ---- the engine ---------------------------------------------------------------------------------------------------------------- */

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

/* Window i is [i, i + 1) seconds; the row at i + 1 closes it. */
static int measure(tide_writer *writer, tide_result *result, double *times, int count)
{
    tide_error *err = NULL;
    for (int i = 0; i <= count; i++) {
        char at[40];
        snprintf(at, sizeof(at), "2024-01-01 %02d:%02d:%02d.000", i / 3600, i / 60 % 60, i % 60);
        const char *row[2] = { "k", at };
        struct timespec pause = { 0, 2000000 };
        nanosleep(&pause, NULL);
        double start = now_ms();
        if (tide_writer_row(writer, TIDE_INSERT, row, 2, &err) || tide_writer_flush(writer, -1, &err))
            return fail(err);
        tide_batch *batch;
        if (i == 0)
            continue;
        if (tide_result_next(result, 5000, &batch, &err) != TIDE_ROWS)
            return fprintf(stderr, "no result for window %d\n", i), 1;
        times[i - 1] = now_ms() - start;
        tide_batch_release(batch);
    }
    return 0;
}

static int run_all(tide_session *session, double *times, int count)
{
    tide_result *result;
    tide_writer *writer;
    tide_error *err = NULL;
    if (run(session, "CREATE TABLE ticks (k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'push')", &result))
        return 1;
    tide_result_close(result);
    if (run(session, "SELECT window_end, k, COUNT(*) FROM TABLE(TUMBLE(TABLE ticks, DESCRIPTOR(ts), INTERVAL '1' SECOND))"
                     " GROUP BY window_start, window_end, k", &result))
        return 1;
    if (tide_writer_open(session, "ticks", &writer, &err))
        return fail(err);
    int status = measure(writer, result, times, count);
    tide_writer_close(writer);
    tide_result_close(result);
    return status;
}

int main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : 500;
    double *times = calloc((size_t)count, sizeof(double));
    tide_engine *engine;
    tide_session *session;
    tide_error *err = NULL;
    if (!times || tide_open(NULL, &engine, &err) || tide_session_open(engine, &session, &err))
        return fail(err);
    int status = run_all(session, times, count);
    if (status == 0) {
        report("row that closes a window -> result", times, count);
        measure_floor(times, count);
        report("floor: there and back between two threads", times, count);
    }
    tide_session_close(session);
    tide_close(engine);
    free(times);
    return status;
}
