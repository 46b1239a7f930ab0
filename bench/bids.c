/* bids.c: bids as lines, for the Kafka benchmark: bench_bids MILLIONS */
#include <stdlib.h>

#include "bench/bid.h"

int main(int argc, char **argv)
{
    char    text[BID_SIZE_MAX];
    int64_t events = (argc > 1 ? strtoll(argv[1], NULL, 10) : 1) * 1000000;
    for (int64_t i = 0; i < events; i++) {
        bid_print(text, i, i / 100, 10000); /* 100,000 events a second */
        puts(text);
    }
    return 0;
}
