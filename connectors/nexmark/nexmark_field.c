/* nexmark_field.c: values of every field, for the spans of its kind. */
#include "connectors/nexmark/nexmark_field.h"

#define EACH_SPAN(events, span, kind_)                                                                            \
    for (const NexmarkSpan *span = (events)->spans, *end_ = span + (events)->span_count; span < end_; span++) \
        if (span->kind == (kind_))

/* ---- of every kind ----------------------------------------------------------------------------------------------- */

static void fill_times(const NexmarkEvents *events, NexmarkKind kind, int64_t *out)
{
    const NexmarkRules *rules = events->rules;
    EACH_SPAN(events, span, kind)
        for (int32_t row = span->row; row < span->row_end; row++)
            out[row] = nexmark_time(rules, span->id + row - span->row);
}

static void person_time(const NexmarkEvents *events, void *data)
{
    fill_times(events, NEXMARK_PERSON, data);
}

static void auction_time(const NexmarkEvents *events, void *data)
{
    fill_times(events, NEXMARK_AUCTION, data);
}

static void bid_time(const NexmarkEvents *events, void *data)
{
    fill_times(events, NEXMARK_BID, data);
}

/* Any of the active people (from 0), or of those to come. */
static int64_t some_person(uint32_t bits, int64_t last_person)
{
    int64_t people = last_person + 1;
    int64_t active = people < NEXMARK_ACTIVE_PEOPLE ? people : NEXMARK_ACTIVE_PEOPLE;
    return people - active + nexmark_pick(bits, active + NEXMARK_LEAD);
}

static int64_t hot_of(int64_t last)
{
    return last / NEXMARK_HOT_BLOCK * NEXMARK_HOT_BLOCK;
}

/* ---- people ------------------------------------------------------------------------------------------------------ */

static void person_id(const NexmarkEvents *events, void *data)
{
    int64_t *out = data;
    EACH_SPAN(events, span, NEXMARK_PERSON)
        for (int32_t row = span->row; row < span->row_end; row++)
            out[row] = NEXMARK_FIRST_PERSON + span->last_person + row - span->row;
}

typedef View (*PersonText)(const NexmarkTexts *texts, Buf *buf, uint64_t bits);

static void person_texts(const NexmarkEvents *events, PersonText make, NexmarkDraw draw, View *out)
{
    uint64_t stream = nexmark_stream(events->rules, draw);
    EACH_SPAN(events, span, NEXMARK_PERSON)
        for (int32_t row = span->row; row < span->row_end; row++)
            out[row] = make(events->texts, events->buf, nexmark_draw(stream, span->id + row - span->row));
}

/* In the order of the fields; what is left to `extra` depends on all of them. */
static const struct {
    PersonText  make;
    NexmarkDraw draw;
} person_parts[] = {
    { nexmark_name, DRAW_NAME }, { nexmark_email, DRAW_EMAIL }, { nexmark_card, DRAW_CARD },
    { nexmark_city, DRAW_CITY }, { nexmark_state, DRAW_STATE },
};
enum { PERSON_PARTS = sizeof(person_parts) / sizeof(person_parts[0]) };

#define PERSON_TEXT(name, part)                                                                    \
    static void name(const NexmarkEvents *events, void *data)                                      \
    {                                                                                              \
        person_texts(events, person_parts[part].make, person_parts[part].draw, data);              \
    }
PERSON_TEXT(person_name, 0)
PERSON_TEXT(person_email, 1)
PERSON_TEXT(person_card, 2)
PERSON_TEXT(person_city, 3)
PERSON_TEXT(person_state, 4)

static int64_t person_size(const NexmarkEvents *events, int64_t id)
{
    int64_t size = 8;
    for (int part = 0; part < PERSON_PARTS; part++)
        size += person_parts[part].make(events->texts, events->buf,
                                        nexmark_draw(nexmark_stream(events->rules, person_parts[part].draw), id)).size;
    return size;
}

static void person_extra(const NexmarkEvents *events, void *data)
{
    View    *out = data;
    uint64_t stream = nexmark_stream(events->rules, DRAW_PERSON_EXTRA);
    EACH_SPAN(events, span, NEXMARK_PERSON)
        for (int32_t row = span->row; row < span->row_end; row++) {
            int64_t id = span->id + row - span->row;
            out[row] = nexmark_extra(events->texts, nexmark_draw(stream, id), person_size(events, id),
                                     events->rules->size[NEXMARK_PERSON]);
        }
}

/* ---- auctions ---------------------------------------------------------------------------------------------------- */

static void auction_id(const NexmarkEvents *events, void *data)
{
    int64_t *out = data;
    EACH_SPAN(events, span, NEXMARK_AUCTION)
        for (int32_t row = span->row; row < span->row_end; row++)
            out[row] = NEXMARK_FIRST_AUCTION + span->last_auction + row - span->row;
}

static Str item_name(const NexmarkEvents *events, int64_t id)
{
    return nexmark_words(events->texts, nexmark_draw(nexmark_stream(events->rules, DRAW_ITEM), id), 20);
}

static Str description(const NexmarkEvents *events, int64_t id)
{
    return nexmark_words(events->texts, nexmark_draw(nexmark_stream(events->rules, DRAW_DESCRIPTION), id), 100);
}

static void auction_item(const NexmarkEvents *events, void *data)
{
    View *out = data;
    EACH_SPAN(events, span, NEXMARK_AUCTION)
        for (int32_t row = span->row; row < span->row_end; row++)
            out[row] = view_of(item_name(events, span->id + row - span->row));
}

static void auction_description(const NexmarkEvents *events, void *data)
{
    View *out = data;
    EACH_SPAN(events, span, NEXMARK_AUCTION)
        for (int32_t row = span->row; row < span->row_end; row++)
            out[row] = view_of(description(events, span->id + row - span->row));
}

static void auction_initial_bid(const NexmarkEvents *events, void *data)
{
    int64_t *out = data;
    uint64_t stream = nexmark_stream(events->rules, DRAW_INITIAL_BID);
    EACH_SPAN(events, span, NEXMARK_AUCTION)
        nexmark_prices(stream, span->id, span->row_end - span->row, out + span->row);
}

static void auction_reserve(const NexmarkEvents *events, void *data)
{
    int64_t *out = data;
    uint64_t first = nexmark_stream(events->rules, DRAW_INITIAL_BID), second = nexmark_stream(events->rules, DRAW_RESERVE);
    EACH_SPAN(events, span, NEXMARK_AUCTION)
        for (int32_t row = span->row; row < span->row_end; row++) {
            int64_t id = span->id + row - span->row, initial, more;
            nexmark_prices(first, id, 1, &initial);
            nexmark_prices(second, id, 1, &more);
            out[row] = initial + more;
        }
}

/* Up to twice the time in which as many auctions are made as are in flight. */
static void auction_expires(const NexmarkEvents *events, void *data)
{
    int64_t            *out = data;
    const NexmarkRules *rules = events->rules;
    uint64_t            stream = nexmark_stream(rules, DRAW_EXPIRES);
    int64_t             ahead = NEXMARK_IN_FLIGHT * rules->period / rules->auctions;
    EACH_SPAN(events, span, NEXMARK_AUCTION)
        for (int32_t row = span->row; row < span->row_end; row++) {
            int64_t  id = span->id + row - span->row;
            int64_t  now = nexmark_time(rules, id);
            uint64_t most = (uint64_t)(nexmark_time(rules, id + ahead) - now) * 2;
            out[row] = now + 1 + (int64_t)(nexmark_draw(stream, id) % (most > 0 ? most : 1));
        }
}

static void auction_seller(const NexmarkEvents *events, void *data)
{
    int64_t *out = data;
    int64_t  ratio = events->rules->hot_sellers;
    uint64_t stream = nexmark_stream(events->rules, DRAW_SELLER);
    EACH_SPAN(events, span, NEXMARK_AUCTION)
        for (int32_t row = span->row; row < span->row_end; row++) {
            uint64_t bits = nexmark_draw(stream, span->id + row - span->row);
            out[row] = NEXMARK_FIRST_PERSON + (nexmark_pick(high_half(bits), ratio) > 0 ? hot_of(span->last_person) :
                                               some_person(low_half(bits), span->last_person));
        }
}

static void auction_category(const NexmarkEvents *events, void *data)
{
    int64_t *out = data;
    uint64_t stream = nexmark_stream(events->rules, DRAW_CATEGORY);
    EACH_SPAN(events, span, NEXMARK_AUCTION)
        for (int32_t row = span->row; row < span->row_end; row++)
            out[row] = NEXMARK_FIRST_CATEGORY +
                nexmark_pick(low_half(nexmark_draw(stream, span->id + row - span->row)), NEXMARK_CATEGORIES);
}

static void auction_extra(const NexmarkEvents *events, void *data)
{
    View    *out = data;
    uint64_t stream = nexmark_stream(events->rules, DRAW_AUCTION_EXTRA);
    EACH_SPAN(events, span, NEXMARK_AUCTION)
        for (int32_t row = span->row; row < span->row_end; row++) {
            int64_t id = span->id + row - span->row;
            int64_t used = 6 * 8 + item_name(events, id).len + description(events, id).len;
            out[row] = nexmark_extra(events->texts, nexmark_draw(stream, id), used, events->rules->size[NEXMARK_AUCTION]);
        }
}

/* ---- bids -------------------------------------------------------------------------------------------------------- */

/* The first auction of the newest block of 100, or any that is in flight or to come. */
static void bid_auction(const NexmarkEvents *events, void *data)
{
    int64_t *out = data;
    int64_t  ratio = events->rules->hot_auctions;
    uint64_t stream = nexmark_stream(events->rules, DRAW_AUCTION);
    EACH_SPAN(events, span, NEXMARK_BID) {
        int64_t hot = NEXMARK_FIRST_AUCTION + hot_of(span->last_auction);
        int64_t oldest = span->last_auction > NEXMARK_IN_FLIGHT ? span->last_auction - NEXMARK_IN_FLIGHT : 0;
        int64_t count = span->last_auction - oldest + 1 + NEXMARK_LEAD;
        for (int32_t row = span->row; row < span->row_end; row++) {
            uint64_t bits = nexmark_draw(stream, span->id + row - span->row);
            int64_t  other = NEXMARK_FIRST_AUCTION + oldest + nexmark_pick(low_half(bits), count);
            out[row] = nexmark_pick(high_half(bits), ratio) > 0 ? hot : other;
        }
    }
}

/* The second person of the newest block of 100, or any active one. The official generator adds the first person's id twice, so no bidder is
 * the person of that id: kept, because joins and counts depend on it. */
static void bid_bidder(const NexmarkEvents *events, void *data)
{
    int64_t *out = data;
    int64_t  ratio = events->rules->hot_bidders;
    uint64_t stream = nexmark_stream(events->rules, DRAW_BIDDER);
    EACH_SPAN(events, span, NEXMARK_BID) {
        int64_t hot = 2 * NEXMARK_FIRST_PERSON + hot_of(span->last_person) + 1;
        int64_t first = 2 * NEXMARK_FIRST_PERSON + some_person(0, span->last_person);
        int64_t count = span->last_person + 1 < NEXMARK_ACTIVE_PEOPLE ? span->last_person + 1 : NEXMARK_ACTIVE_PEOPLE;
        for (int32_t row = span->row; row < span->row_end; row++) {
            uint64_t bits = nexmark_draw(stream, span->id + row - span->row);
            int64_t  other = first + nexmark_pick(low_half(bits), count + NEXMARK_LEAD);
            out[row] = nexmark_pick(high_half(bits), ratio) > 0 ? hot : other;
        }
    }
}

static void bid_price(const NexmarkEvents *events, void *data)
{
    int64_t *out = data;
    uint64_t stream = nexmark_stream(events->rules, DRAW_PRICE);
    EACH_SPAN(events, span, NEXMARK_BID)
        nexmark_prices(stream, span->id, span->row_end - span->row, out + span->row);
}

static void pick_channels(const NexmarkEvents *events, const View *views, View *out)
{
    uint64_t stream = nexmark_stream(events->rules, DRAW_CHANNEL);
    EACH_SPAN(events, span, NEXMARK_BID)
        for (int32_t row = span->row; row < span->row_end; row++)
            out[row] = views[nexmark_channel(nexmark_draw(stream, span->id + row - span->row))];
}

static void bid_channel(const NexmarkEvents *events, void *data)
{
    pick_channels(events, events->texts->channels, data);
}

static void bid_url(const NexmarkEvents *events, void *data)
{
    pick_channels(events, events->texts->urls, data);
}

static void bid_extra(const NexmarkEvents *events, void *data)
{
    View    *out = data;
    int64_t  average = events->rules->size[NEXMARK_BID];
    uint64_t stream = nexmark_stream(events->rules, DRAW_BID_EXTRA);
    EACH_SPAN(events, span, NEXMARK_BID)
        for (int32_t row = span->row; row < span->row_end; row++)
            out[row] = nexmark_extra(events->texts, nexmark_draw(stream, span->id + row - span->row), 4 * 8, average);
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static const NexmarkField person_fields[] = {
    { "id", &type_bigint, person_id },
    { "name", &type_string, person_name },
    { "emailAddress", &type_string, person_email },
    { "creditCard", &type_string, person_card },
    { "city", &type_string, person_city },
    { "state", &type_string, person_state },
    { "dateTime", &type_timestamp3, person_time },
    { "extra", &type_string, person_extra },
    { 0 },
};

static const NexmarkField auction_fields[] = {
    { "id", &type_bigint, auction_id },
    { "itemName", &type_string, auction_item },
    { "description", &type_string, auction_description },
    { "initialBid", &type_bigint, auction_initial_bid },
    { "reserve", &type_bigint, auction_reserve },
    { "dateTime", &type_timestamp3, auction_time },
    { "expires", &type_timestamp3, auction_expires },
    { "seller", &type_bigint, auction_seller },
    { "category", &type_bigint, auction_category },
    { "extra", &type_string, auction_extra },
    { 0 },
};

static const NexmarkField bid_fields[] = {
    { "auction", &type_bigint, bid_auction },
    { "bidder", &type_bigint, bid_bidder },
    { "price", &type_bigint, bid_price },
    { "channel", &type_string, bid_channel },
    { "url", &type_string, bid_url },
    { "dateTime", &type_timestamp3, bid_time },
    { "extra", &type_string, bid_extra },
    { 0 },
};

const char *const         nexmark_columns[NEXMARK_KINDS] = { "person", "auction", "bid" };
const NexmarkField *const nexmark_fields[NEXMARK_KINDS] = { person_fields, auction_fields, bid_fields };

const NexmarkField *nexmark_field(NexmarkKind kind, Str name)
{
    for (const NexmarkField *field = nexmark_fields[kind]; field->name; field++)
        if (str_eq(name, str_from(field->name)))
            return field;
    return NULL;
}
