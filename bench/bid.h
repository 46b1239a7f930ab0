/* bid.h: a bid of the Nexmark kind as JSON of about 312 bytes; bid number i is always the same. */
#ifndef BENCH_BID_H
#define BENCH_BID_H

#include <inttypes.h>
#include <stdio.h>

enum { BID_SIZE_MAX = 512 };

/* One of `auctions` auctions, made at `ms` of 2024-01-01. Returns the length. */
static inline int bid_print(char text[BID_SIZE_MAX], int64_t i, int64_t ms, int64_t auctions)
{
    uint64_t z = (uint64_t)i * 0x9e3779b97f4a7c15u;
    z ^= z >> 32;
    return snprintf(text, BID_SIZE_MAX,
                    "{\"event_type\":2,\"person\":null,\"auction\":null,\"bid\":{\"auction\":%" PRIu64 ",\"bidder\":%" PRIu64
                    ",\"price\":%" PRIu64 ",\"channel\":\"channel-%04" PRIu64
                    "\",\"url\":\"https://www.nexmark.com/item.htm?query=1&channel_id=%010" PRIu64
                    "\",\"dateTime\":\"2024-01-01 %02" PRId64 ":%02" PRId64 ":%02" PRId64 ".%03" PRId64
                    "\",\"extra\":\"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabc\"}}",
                    1000 + z % (uint64_t)auctions, 1000 + (z >> 20) % 100000, 100 + (z >> 12) % 100000, z % 10000,
                    (z >> 8) % 10000000000u, ms / 3600000 % 24, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
}

#endif
