/* progress.c: numbers in three digits, so that the line keeps its width while it changes ten times a second. */
#include "progress.h"

#include "stopwatch.h"

enum { SAMPLE_COUNT = 10, SHOWN_AFTER_MS = 400, BAR_WIDTH = 10 };

/* 12.4 M; a space before the unit, none without one */
static void put_number(Buffer *out, double number, const char *const *units, double step)
{
    int unit = 0;
    while (number >= (unit == 0 ? step : step * 0.9995) && units[unit + 1]) { /* 999.95 k would be written as 1000 k */
        number /= step;
        unit++;
    }
    int decimals = unit == 0 || number >= 99.95 ? 0 : number >= 9.995 ? 1 : 2;
    buffer_printf(out, "%.*f%s", decimals, number, units[unit]);
}

static void put_count(Buffer *out, double count)
{
    static const char *const units[] = { "", " k", " M", " G", " T", NULL };
    put_number(out, count, units, 1000);
}

static void put_bytes(Buffer *out, double bytes)
{
    static const char *const units[] = { " B", " kB", " MB", " GB", " TB", NULL };
    put_number(out, bytes, units, 1000);
}

static void put_clock(Buffer *out, int64_t ms)
{
    long long seconds = (long long)(ms / 1000);
    if (seconds >= 3600)
        buffer_printf(out, "%lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60, seconds % 60);
    else
        buffer_printf(out, "%02lld:%02lld", seconds / 60, seconds % 60);
}

static void put_lag(Buffer *out, int64_t ms)
{
    double seconds = (double)(ms > 0 ? ms : 0) / 1000.0;
    if (seconds < 120)
        buffer_printf(out, "%.1f s", seconds);
    else if (seconds < 7200)
        buffer_printf(out, "%.0f min", seconds / 60);
    else if (seconds < 48 * 3600)
        buffer_printf(out, "%.0f h", seconds / 3600);
    else
        buffer_printf(out, "%.0f d", seconds / 86400);
}

static tide_job_stats sum_of(tide_job *const *jobs, int count)
{
    tide_job_stats sum = { .watermark_ms = INT64_MIN, .done = -1, .total = -1 };
    for (int i = 0; i < count; i++) {
        tide_job_stats one = { .struct_size = sizeof(one) };
        tide_job_stats_of(jobs[i], &one);
        bool is_bounded = one.total > 0;
        sum.rows_in += one.rows_in;
        sum.rows_out += one.rows_out;
        sum.late += one.late;
        sum.bad += one.bad;
        sum.failed += one.failed;
        sum.refused += one.refused;
        sum.future += one.future;
        sum.dead_letters += one.dead_letters;
        sum.state_bytes += one.state_bytes;
        if (i == 0 || one.epoch < sum.epoch)
            sum.epoch = one.epoch;
        if (one.elapsed_ms > sum.elapsed_ms)
            sum.elapsed_ms = one.elapsed_ms;
        if (one.watermark_ms != INT64_MIN && (sum.watermark_ms == INT64_MIN || one.watermark_ms < sum.watermark_ms))
            sum.watermark_ms = one.watermark_ms;
        if (i == 0 || (is_bounded && sum.total > 0)) {
            sum.done = is_bounded ? (i ? sum.done : 0) + one.done : -1;
            sum.total = is_bounded ? (i ? sum.total : 0) + one.total : -1;
        } else {
            sum.done = sum.total = -1; /* an end that not all jobs have is none */
        }
    }
    return sum;
}

static double rate(Progress *progress, int64_t rows)
{
    int64_t now = stopwatch_ms();
    int64_t last = progress->sample_count - 1;
    if (last >= 0 && progress->samples[last % SAMPLE_COUNT].rows > rows)
        progress->sample_count = 0; /* a job has ended: begin again */
    int64_t at = progress->sample_count++;
    progress->samples[at % SAMPLE_COUNT].at_ms = now;
    progress->samples[at % SAMPLE_COUNT].rows = rows;
    int64_t oldest = at < SAMPLE_COUNT ? 0 : at - SAMPLE_COUNT + 1;
    int64_t passed = now - progress->samples[oldest % SAMPLE_COUNT].at_ms;
    return passed > 0 ? (double)(rows - progress->samples[oldest % SAMPLE_COUNT].rows) * 1000.0 / (double)passed : 0;
}

static void put_bar(Buffer *out, const tide_job_stats *sum, bool is_utf8)
{
    double share = (double)sum->done / (double)sum->total;
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    int full = (int)(share * BAR_WIDTH);
    buffer_put(out, '[');
    for (int i = 0; i < BAR_WIDTH; i++)
        buffer_puts(out, i < full ? (is_utf8 ? "█" : "#") : (is_utf8 ? "░" : "."));
    buffer_printf(out, "] %d %%", (int)(share * 100));
    if (share > 0.01 && share < 1) {
        buffer_puts(out, is_utf8 ? " · ETA " : " | ETA ");
        put_clock(out, (int64_t)((double)sum->elapsed_ms * (1 - share) / share));
    }
}

/* Only what there is. */
static void put_trouble(Buffer *out, const tide_job_stats *sum, const char *dot)
{
    const struct {
        int64_t     rows;
        const char *what;
    } counts[] = { { sum->late, "late" }, { sum->bad, "bad" }, { sum->failed, "failed" }, { sum->refused, "refused" },
                   { sum->future, "from the future" }, { sum->dead_letters, "dead letters" } };
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        if (counts[i].rows == 0)
            continue;
        buffer_puts(out, dot);
        put_count(out, (double)counts[i].rows);
        buffer_printf(out, " %s", counts[i].what);
    }
}

void progress_line(Progress *progress, tide_job *const *jobs, int count, bool is_utf8, Buffer *out)
{
    const char *dot = is_utf8 ? " · " : " | ";
    buffer_clear(out);
    tide_job_stats sum = sum_of(jobs, count);
    double rows_per_second = rate(progress, sum.rows_in);
    if (count == 0 || sum.elapsed_ms < SHOWN_AFTER_MS)
        return;
    buffer_puts(out, is_utf8 ? "⏵ " : "> ");
    put_count(out, (double)sum.rows_in);
    buffer_printf(out, " in%s", dot);
    put_count(out, (double)sum.rows_out);
    buffer_printf(out, " out%s", dot);
    put_count(out, rows_per_second);
    buffer_puts(out, " rows/s");
    put_trouble(out, &sum, dot);
    if (sum.watermark_ms != INT64_MIN && sum.watermark_ms != INT64_MAX) {
        buffer_printf(out, "%swm lag ", dot);
        put_lag(out, wall_clock_ms() - sum.watermark_ms);
    }
    if (sum.state_bytes > 0) {
        buffer_printf(out, "%sstate ", dot);
        put_bytes(out, (double)sum.state_bytes);
    }
    if (sum.epoch > 0)
        buffer_printf(out, "%sepoch %lld", dot, (long long)sum.epoch);
    buffer_puts(out, dot);
    put_clock(out, sum.elapsed_ms);
    if (sum.total > 0) {
        buffer_puts(out, dot);
        put_bar(out, &sum, is_utf8);
    }
}
