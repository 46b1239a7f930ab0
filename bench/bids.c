/* bids.c: Nexmark-like bids as JSON lines of about 312 bytes, for the Kafka benchmark: bench_bids MILLIONS */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    int64_t events = (argc > 1 ? strtoll(argv[1], NULL, 10) : 1) * 1000000;
    for (int64_t i = 0; i < events; i++) {
        uint64_t z = (uint64_t)i * 0x9e3779b97f4a7c15u;
        z ^= z >> 32;
        int64_t ms = i / 100; /* 100,000 events a second */
        printf("{\"event_type\":2,\"person\":null,\"auction\":null,\"bid\":{\"auction\":%" PRIu64 ",\"bidder\":%" PRIu64 ",\"price\":%" PRIu64
               ",\"channel\":\"channel-%04" PRIu64 "\",\"url\":\"https://www.nexmark.com/item.htm?query=1&channel_id=%010" PRIu64
               "\",\"dateTime\":\"2024-01-01 %02" PRId64 ":%02" PRId64 ":%02" PRId64 ".%03" PRId64
               "\",\"extra\":\"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabc\"}}\n",
               1000 + z % 10000, 1000 + (z >> 20) % 100000, 100 + (z >> 12) % 100000, z % 10000, (z >> 8) % 10000000000u, ms / 3600000 % 24,
               ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
    }
    return 0;
}
