/* nexmark_rules.h: the rules by which the suite's official generator makes events: which event is what, its id, its time, and which
 * people and auctions it may speak of.
 *
 * Every PERIOD = person + auction + bid events repeat: first people, then auctions, then bids. Ids count up without gaps. All of it is
 * arithmetic on the event's id; what is left to chance is a hash of (seed, field, id), so an event is the same whoever makes it. */
#ifndef CONNECTORS_NEXMARK_NEXMARK_RULES_H
#define CONNECTORS_NEXMARK_NEXMARK_RULES_H

#include "core/hash.h"
#include "data/batch.h"

/* The official generator counts from event 1 with event ids from 1: its first event has the id 2. Kept, because it decides which kind of
 * event comes first. */
#define NEXMARK_FIRST_ID 2

enum {
    NEXMARK_FIRST_PERSON = 1000,
    NEXMARK_FIRST_AUCTION = 1000,
    NEXMARK_FIRST_CATEGORY = 10,
    NEXMARK_CATEGORIES = 5,
    NEXMARK_IN_FLIGHT = 100,      /* auctions that bids are spread over */
    NEXMARK_ACTIVE_PEOPLE = 1000, /* ... and people */
    NEXMARK_LEAD = 10,            /* ids that do not exist yet may be meant too */
    NEXMARK_HOT_BLOCK = 100,      /* one of so many people or auctions is hot */
    NEXMARK_CHANNELS = 10000,
    NEXMARK_HOT_CHANNELS = 4
};

typedef enum NexmarkKind { NEXMARK_PERSON, NEXMARK_AUCTION, NEXMARK_BID, NEXMARK_KINDS } NexmarkKind;

typedef struct NexmarkRules {
    uint64_t seed;
    int64_t  people, auctions, bids, period; /* of each so many in a period */
    int64_t  hot_auctions, hot_bidders, hot_sellers; /* all but one of so many are hot */
    int64_t  size[NEXMARK_KINDS]; /* average idealised size of an event in bytes */
    double   delay_us; /* between events */
    int64_t  base_ms;  /* time of event number 0 */
} NexmarkRules;

/* Events [row, row_end) of a batch that lie in one period and are of one kind. */
typedef struct NexmarkSpan {
    NexmarkKind kind;
    int32_t     row, row_end;
    int64_t     id;           /* of the event in row */
    int64_t     last_person;  /* newest person (from 0) when the event in row is made; grows by one per row in spans of people, */
    int64_t     last_auction; /* newest auction; ... in spans of auctions. -1 = none yet */
} NexmarkSpan;

/* Spans of the events with ids [id, id + rows); spans has room for 3 * (rows / period + 2). Returns how many. */
int32_t nexmark_spans(const NexmarkRules *rules, int64_t id, int64_t rows, NexmarkSpan *spans);

/* ms since 1970 */
static inline int64_t nexmark_time(const NexmarkRules *rules, int64_t id)
{
    return rules->base_ms + (int64_t)((double)(id - 1) * rules->delay_us) / 1000;
}

/* ---- chance ------------------------------------------------------------------------------------------------------- */

/* Fields draw apart: a stream of numbers for each. */
typedef enum NexmarkDraw {
    DRAW_NAME, DRAW_EMAIL, DRAW_CARD, DRAW_CITY, DRAW_STATE, DRAW_PERSON_EXTRA,
    DRAW_ITEM, DRAW_DESCRIPTION, DRAW_INITIAL_BID, DRAW_RESERVE, DRAW_EXPIRES, DRAW_SELLER, DRAW_CATEGORY, DRAW_AUCTION_EXTRA,
    DRAW_AUCTION, DRAW_BIDDER, DRAW_PRICE, DRAW_CHANNEL, DRAW_BID_EXTRA
} NexmarkDraw;

static inline uint64_t nexmark_stream(const NexmarkRules *rules, NexmarkDraw draw)
{
    return hash_u64(rules->seed + (uint64_t)draw + 1) | 1;
}

static inline uint64_t nexmark_draw(uint64_t stream, int64_t id)
{
    return hash_u64(stream + (uint64_t)id * 0x9e3779b97f4a7c15u);
}

/* 0 .. count-1 from 32 of the random bits. */
static inline int64_t nexmark_pick(uint32_t bits, int64_t count)
{
    return (int64_t)(((uint64_t)bits * (uint64_t)count) >> 32);
}

static inline uint32_t low_half(uint64_t bits)
{
    return (uint32_t)bits;
}
static inline uint32_t high_half(uint64_t bits)
{
    return (uint32_t)(bits >> 32);
}

/* round(100 * 10^(6 u)), u uniform in [0, 1). */
void nexmark_prices(uint64_t stream, int64_t id, int64_t rows, int64_t *out);

#endif
