/* kafka_latency.c: sends bids to a topic at a fixed rate and measures when the windows they close come back in another.
 *
 *     bench_kafka_latency SERVERS IN OUT RATE SECONDS WHAT
 *
 * Open loop: event i is due at start + i / RATE, whatever became of those before it; a latency begins when the event that closes
 * the window was due, not when it was sent, so that nothing that waited is left out (no coordinated omission). It ends when a
 * record of the window is read from OUT, by this process: one clock. A window or a row that never comes back fails the run.
 *
 * Windows are WINDOW_MS long; the event that is the first behind a window's end closes it (watermark = event time - 1 ms). That
 * event has a key, which is the window as a record of OUT would name it: what a bare copy of it looks like.
 *
 * RATE 0: as fast as the chain of producer, broker and job goes; prints that rate alone, per second. */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "bench/bid.h"
#include "bench/figures.h"
#include "bench/kafka_client.h"

enum { WINDOW_MS = 100, WARM_WINDOWS = 100, AUCTIONS = 100, MOST_RATE = 200000, GIVE_UP_S = 30, WINDOWS_MAX = 36000 };

typedef struct Bench {
    const char     *servers, *out;
    int64_t         rate, events;
    int64_t         windows;              /* that are closed by an event */
    int64_t         start_ns;             /* when event 0 is due */
    int64_t         due_ns[WINDOWS_MAX];  /* of the event that closes the window; written before it is sent */
    int64_t         rows[WINDOWS_MAX];    /* sent into the window, and not yet counted in OUT */
    int64_t         results[WINDOWS_MAX]; /* records of the window that came back */
    double         *latencies;            /* ms, of every record behind the warm-up */
    int64_t         count, capacity;
    int64_t         last_ns; /* when the last record came */
    double          behind_ms; /* the sender, at most */
    _Atomic int64_t missing;   /* windows of which something is missing */
} Bench;

/* ---- sending ---------------------------------------------------------------------------------------------------------------------- */

static int64_t event_ms(const Bench *bench, int64_t i)
{
    return i * 1000 / (bench->rate > 0 ? bench->rate : MOST_RATE);
}

static void send_event(Bench *bench, rd_kafka_t *producer, rd_kafka_topic_t *topic, int64_t i, int64_t due_ns)
{
    char    value[BID_SIZE_MAX], key[64];
    int64_t ms = event_ms(bench, i), window = ms / WINDOW_MS;
    int     key_len = 0, len = bid_print(value, i, ms, AUCTIONS);
    if (i > 0 && window != event_ms(bench, i - 1) / WINDOW_MS) {
        int64_t closed = (window - 1) * WINDOW_MS;
        bench->due_ns[window - 1] = due_ns;
        key_len = snprintf(key, sizeof(key), "{\"window_start\":\"2024-01-01 %02d:%02d:%02d.%03d\"}", (int)(closed / 3600000),
                           (int)(closed / 60000 % 60), (int)(closed / 1000 % 60), (int)(closed % 1000));
    }
    int64_t give_up_ns = 0;
    while (rd_kafka_produce(topic, 0, RD_KAFKA_MSG_F_COPY, value, (size_t)len, key_len ? key : NULL, (size_t)key_len, NULL)) {
        if (!give_up_ns)
            give_up_ns = figures_now_ns() + GIVE_UP_S * (int64_t)1000000000;
        if (figures_now_ns() > give_up_ns)
            exit(fprintf(stderr, "the broker has taken nothing for %d s\n", GIVE_UP_S) > 0);
        rd_kafka_poll(producer, 1);
    }
}

static void send_all(Bench *bench, rd_kafka_t *producer, rd_kafka_topic_t *topic)
{
    for (int64_t i = 0; i < bench->events;) {
        int64_t elapsed_ns = figures_now_ns() - bench->start_ns;
        int64_t due = bench->rate > 0 ? (int64_t)((double)elapsed_ns * (double)bench->rate / 1e9) + 1 : i + 1000;
        for (; i < due && i < bench->events; i++) {
            int64_t due_ns = bench->rate > 0 ? (int64_t)((double)i * 1e9 / (double)bench->rate) : elapsed_ns;
            double  behind_ms = (double)(elapsed_ns - due_ns) / 1e6;
            bench->behind_ms = behind_ms > bench->behind_ms ? behind_ms : bench->behind_ms;
            send_event(bench, producer, topic, i, bench->start_ns + due_ns);
        }
        rd_kafka_poll(producer, 0);
        if (bench->rate > 0)
            nanosleep(&(struct timespec){ 0, 500000 }, NULL);
    }
}

/* ---- receiving -------------------------------------------------------------------------------------------------------------------- */

static int64_t number_behind(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    return at ? strtoll(at + strlen(name), NULL, 10) : -1;
}

/* The window of a record, -1: of none that an event closes. */
static int64_t window_of(const Bench *bench, const char *text)
{
    int         hours, minutes;
    double      seconds; /* as JSON has them: 7.8 */
    const char *at = strstr(text, "\"window_start\":\"2024-01-01 ");
    if (!at || sscanf(at + 27, "%d:%d:%lf", &hours, &minutes, &seconds) != 3)
        return -1;
    int64_t window = ((hours * 60L + minutes) * 60000L + (int64_t)(seconds * 1000 + .5)) / WINDOW_MS;
    return window < bench->windows ? window : -1;
}

/* A copied record has no count: it stands for all rows of its window. */
static void take_record(Bench *bench, const char *text, int64_t at_ns)
{
    int64_t window = window_of(bench, text), bids = number_behind(text, "\"bids\":");
    if (window < 0)
        return;
    bench->last_ns = at_ns;
    bench->results[window]++;
    bench->rows[window] -= bids < 0 ? bench->rows[window] : bids;
    if (bench->rows[window] == 0)
        bench->missing--;
    if (window >= WARM_WINDOWS && bench->count < bench->capacity)
        bench->latencies[bench->count++] = (double)(at_ns - bench->due_ns[window]) / 1e6;
}

static void *receive_all(void *context)
{
    Bench      *bench = context;
    rd_kafka_t *consumer = consumer_new(bench->servers, bench->out);
    while (bench->missing > 0) {
        char                text[256];
        rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer, 100);
        int64_t             at_ns = figures_now_ns();
        if (!message)
            continue;
        if (!message->err && message->len < sizeof(text)) {
            memcpy(text, message->payload, message->len);
            text[message->len] = 0;
            take_record(bench, text, at_ns);
        }
        rd_kafka_message_destroy(message);
    }
    rd_kafka_destroy(consumer);
    return NULL;
}

/* ---- the run ---------------------------------------------------------------------------------------------------------------------- */

static void report(Bench *bench, const char *what)
{
    int64_t at = 0;
    figures_sort(bench->latencies, bench->count);
    printf("%-9s %7" PRId64 "/s  p50 %7.2f  p90 %7.2f  p99 %7.2f  p99.9 %7.2f  most %7.2f ms  (%" PRId64 " records; sender %.1f ms behind at most)\n",
           what, bench->rate, figures_percentile(bench->latencies, bench->count, .5),
           figures_percentile(bench->latencies, bench->count, .9),
           figures_percentile(bench->latencies, bench->count, .99), figures_percentile(bench->latencies, bench->count, .999),
           figures_percentile(bench->latencies, bench->count, 1), bench->count, bench->behind_ms);
    printf("          ");
    for (double bound = 0.5; at < bench->count; bound *= 2) {
        int64_t before = at;
        while (at < bench->count && bench->latencies[at] <= bound)
            at++;
        if (at > before)
            printf(" <= %g ms: %" PRId64, bound, at - before);
    }
    printf("\n");
}

static void prepare(Bench *bench, double seconds)
{
    int64_t rate = bench->rate > 0 ? bench->rate : MOST_RATE;
    bench->events = (int64_t)((double)rate * seconds);
    bench->windows = event_ms(bench, bench->events - 1) / WINDOW_MS;
    if (bench->windows > WINDOWS_MAX || bench->windows <= WARM_WINDOWS) {
        fprintf(stderr, "from %g to %d seconds\n", WARM_WINDOWS * WINDOW_MS / 1e3 + 1, WINDOWS_MAX * WINDOW_MS / 1000);
        exit(2);
    }
    for (int64_t i = 0; i < bench->events; i++)
        if (event_ms(bench, i) / WINDOW_MS < bench->windows)
            bench->rows[event_ms(bench, i) / WINDOW_MS]++;
    bench->missing = bench->windows;
    bench->capacity = bench->windows * AUCTIONS * 2;
    bench->latencies = calloc((size_t)bench->capacity, sizeof(double));
}

static int wait_for_all(const Bench *bench)
{
    for (int64_t tenths = 0; bench->missing > 0 && tenths < GIVE_UP_S * 10; tenths++)
        nanosleep(&(struct timespec){ 0, 100000000 }, NULL);
    if (bench->missing > 0)
        fprintf(stderr, "%" PRId64 " of %" PRId64 " windows did not come back whole\n", bench->missing, bench->windows);
    return bench->missing > 0;
}

int main(int argc, char **argv)
{
    if (argc != 7)
        return fprintf(stderr, "usage: bench_kafka_latency SERVERS IN OUT RATE SECONDS WHAT\n"), 2;
    static Bench bench;
    pthread_t    receiver;
    bench.servers = argv[1];
    bench.out = argv[3];
    bench.rate = strtoll(argv[4], NULL, 10);
    prepare(&bench, strtod(argv[5], NULL));
    rd_kafka_t       *producer = producer_new(bench.servers);
    rd_kafka_topic_t *topic = rd_kafka_topic_new(producer, argv[2], NULL);
    bench.start_ns = figures_now_ns();
    pthread_create(&receiver, NULL, receive_all, &bench);
    send_all(&bench, producer, topic);
    if (wait_for_all(&bench))
        return 1;
    pthread_join(receiver, NULL);
    if (bench.rate > 0)
        report(&bench, argv[6]);
    else
        printf("%.0f\n", (double)bench.events / ((double)(bench.last_ns - bench.start_ns) / 1e9));
    return 0;
}
