/* pause.c: what a checkpoint every second costs a job with much state: rows a second beside the same job without checkpoints, and how long
 * its task stands still for each.
 *
 *     bench_pause [MiB of state] [seconds] [rows per second]        64 20, as fast as it goes
 *
 * Rows with random BIGINT keys into GROUP BY key with COUNT and SUM, 64 bytes a key: all keys are there soon, and between two
 * checkpoints every block of the state changes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/figures.h"
#include "include/tidemark.h"

enum { BYTES_OF_KEY = 64, POLL_MS = 20, PAUSES_MAX = 10000, RATE_MAX = 1000000000 };

typedef struct Bench {
    int64_t keys, rate, seconds;
    double  pauses_ms[PAUSES_MAX];
    int     count;
    double  first_ms; /* of the first checkpoint with all its memory new */
} Bench;

static int fail(tide_error *err)
{
    fprintf(stderr, "%s\n", tide_error_render(err));
    return 1;
}

static int run(tide_session *session, const char *sql)
{
    tide_result *result;
    tide_error  *err = NULL;
    if (tide_execute(session, sql, TIDE_NUL_TERMINATED, &result, &err))
        return fail(err);
    tide_result_close(result);
    return 0;
}

static void note_pause(Bench *bench, double pause_ms)
{
    if (bench->first_ms == 0)
        bench->first_ms = pause_ms;
    else if (bench->count < PAUSES_MAX)
        bench->pauses_ms[bench->count++] = pause_ms;
}

static void watch(Bench *bench, const tide_job *job, tide_job_stats *stats)
{
    int64_t seen = 0;
    for (int64_t polls = 0; polls < bench->seconds * 1000 / POLL_MS; polls++) {
        nanosleep(&(struct timespec){ 0, POLL_MS * 1000000 }, NULL);
        tide_job_stats_of(job, stats);
        if (stats->epoch <= seen)
            continue;
        seen = stats->epoch;
        note_pause(bench, (double)stats->pause_us / 1e3);
    }
}

static int run_job(Bench *bench, tide_session *session, tide_job_stats *stats)
{
    tide_result *result;
    tide_error  *err = NULL;
    char         sql[400];
    snprintf(sql, sizeof(sql), "CREATE TABLE load (k BIGINT NOT NULL, v BIGINT NOT NULL) WITH ('connector' = 'datagen', 'rows-per-second' = '%" PRId64
             "', 'fields.k.min' = '1', 'fields.k.max' = '%" PRId64 "')", bench->rate, bench->keys);
    if (run(session, sql) || run(session, "CREATE TABLE nowhere (k BIGINT, n BIGINT, s BIGINT) WITH ('connector' = 'blackhole')") ||
        run(session, "SET 'parallelism.default' = '1'"))
        return 1;
    if (tide_execute(session, "INSERT INTO nowhere SELECT k, COUNT(*), SUM(v) FROM load GROUP BY k", TIDE_NUL_TERMINATED, &result, &err))
        return fail(err);
    tide_job *job = tide_job_hold(tide_result_job(result));
    watch(bench, job, stats);
    tide_job_cancel(job);
    tide_job_wait(job, -1, NULL);
    tide_job_release(job);
    tide_result_close(result);
    return 0;
}

/* CPU seconds of a job with a state directory, or without (NULL). */
static int measure(Bench *bench, const char *directory, double *cpu, tide_job_stats *stats)
{
    tide_engine  *engine;
    tide_session *session;
    tide_error   *err = NULL;
    char          sql[200];
    double        start = figures_cpu_s();
    if (tide_open(NULL, &engine, &err) || tide_session_open(engine, &session, &err))
        return fail(err);
    snprintf(sql, sizeof(sql), "SET 'execution.checkpointing.dir' = '%s'", directory ? directory : "");
    int status = directory && (run(session, sql) || run(session, "SET 'execution.checkpointing.interval' = '1 s'"));
    if (!status)
        status = run_job(bench, session, stats);
    tide_session_close(session);
    tide_close(engine);
    *cpu = figures_cpu_s() - start;
    return status;
}

static double rows_per_second(const tide_job_stats *stats)
{
    return (double)stats->rows_in * 1e3 / (double)stats->elapsed_ms;
}

int main(int argc, char **argv)
{
    static Bench   bench;
    tide_job_stats with = { .struct_size = sizeof(with) }, without = { .struct_size = sizeof(without) };
    double         cpu_with, cpu_without;
    char           directory[] = "/tmp/bench-pause-XXXXXX", remove[64];
    bench.keys = (argc > 1 ? atoll(argv[1]) : 64) * 1048576 / BYTES_OF_KEY;
    bench.seconds = argc > 2 ? atoll(argv[2]) : 20;
    bench.rate = argc > 3 ? atoll(argv[3]) : RATE_MAX;
    if (!mkdtemp(directory) || measure(&bench, NULL, &cpu_without, &without) || measure(&bench, directory, &cpu_with, &with))
        return 1;
    snprintf(remove, sizeof(remove), "rm -rf %s", directory);
    if (system(remove) != 0 || bench.count == 0)
        return fprintf(stderr, "no checkpoint was seen\n"), 1;
    figures_sort(bench.pauses_ms, bench.count);
    printf("%" PRId64 " keys, %.0f MB of state\n"
           "rows a second: %.2f M (%.1f s CPU), with a checkpoint every second %.2f M (%.1f s CPU): %.1f %% fewer\n",
           bench.keys, (double)with.state_bytes / 1e6, rows_per_second(&without) / 1e6, cpu_without, rows_per_second(&with) / 1e6, cpu_with,
           100 * (1 - rows_per_second(&with) / rows_per_second(&without)));
    printf("the task stood still: p50 %.1f, p99 %.1f, most %.1f ms over %d checkpoints; for the first %.1f ms\n",
           figures_percentile(bench.pauses_ms, bench.count, .5), figures_percentile(bench.pauses_ms, bench.count, .99),
           figures_percentile(bench.pauses_ms, bench.count, 1), bench.count, bench.first_ms);
    return 0;
}
