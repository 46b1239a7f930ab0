/* generate.c: writes taxi trips as JSON lines to standard output: the same ones for the same seed.
 *
 *     generate [trips] [seed]         10000 trips, seed 1
 *
 * Trips come about ten seconds of event time apart in order of their pickup, give or take three seconds. Out of every thousand, ten are
 * late (10 minutes, beyond the watermark's 5 s), two are early (one minute ahead), and five lines are no trips: cut JSON, text for a
 * number, a missing time, an empty object, plain text. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t state;

/* SplitMix64: small, and the same everywhere. */
static uint64_t next_random(void)
{
    uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static int64_t between(int64_t low, int64_t high)
{
    return low + (int64_t)(next_random() % (uint64_t)(high - low + 1));
}

static void print_time(int64_t ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    printf("%04d-%02d-%02d %02d:%02d:%02d.%03d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
           parts.tm_sec, (int)(ms % 1000));
}

static void print_trip(int64_t number, int64_t pickup_ms)
{
    static const char *const companies[] = { "Flash Cab", "Taxi Affiliation Services", "Sun Taxi", "City Service", "Chicago Independents" };
    int64_t meters = between(600, 24000);
    int64_t cents = 325 + meters * 14 / 100 + between(0, 900);
    printf("{\"trip_id\":\"trip-%06" PRId64 "\",\"pickup_datetime\":\"", number);
    print_time(pickup_ms);
    printf("\",\"pickup_area_id\":%" PRId64 ",\"company\":\"%s\",\"fare_amount\":%" PRId64 ".%02" PRId64 ",\"trip_distance\":%" PRId64
           ".%02" PRId64 "}\n",
           between(1, 8), companies[between(0, 4)], cents / 100, cents % 100, meters / 1000, meters % 1000 / 10);
}

static void print_bad(int64_t number)
{
    switch (number % 5) {
    case 0: printf("{\"trip_id\":\"trip-%06" PRId64 "\",\"pickup_datetime\":\"2024-03-01 0\n", number); return;
    case 1: printf("{\"trip_id\":\"trip-%06" PRId64 "\",\"pickup_datetime\":\"yesterday\",\"pickup_area_id\":\"north\"}\n", number); return;
    case 2: printf("{\"trip_id\":\"trip-%06" PRId64 "\",\"pickup_area_id\":3,\"fare_amount\":12.50}\n", number); return;
    case 3: puts("{}"); return;
    default: puts("the meter was off"); return;
    }
}

int main(int argc, char **argv)
{
    int64_t trips = argc > 1 ? strtoll(argv[1], NULL, 10) : 10000;
    state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    const int64_t start_ms = 1709251200000; /* 2024-03-01 00:00:00 UTC */
    for (int64_t i = 0; i < trips; i++) {
        int64_t pickup_ms = start_ms + i * 10000 + between(0, 3000);
        int64_t luck = between(0, 999);
        if (luck < 5)
            print_bad(i);
        else if (luck < 15)
            print_trip(i, pickup_ms - 600000);
        else
            print_trip(i, luck < 17 ? pickup_ms + 60000 : pickup_ms);
    }
    return 0;
}
