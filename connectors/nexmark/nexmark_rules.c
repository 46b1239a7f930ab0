/* nexmark_rules.c: spans of like events, and prices. */
#include "connectors/nexmark/nexmark_rules.h"

/* What the event `offset` into its period is, and where the run of its kind ends. */
static NexmarkKind kind_at(const NexmarkRules *rules, int64_t offset, int64_t *end)
{
    if (offset < rules->people) {
        *end = rules->people;
        return NEXMARK_PERSON;
    }
    if (offset < rules->people + rules->auctions) {
        *end = rules->people + rules->auctions;
        return NEXMARK_AUCTION;
    }
    *end = rules->period;
    return NEXMARK_BID;
}

static NexmarkSpan span_at(const NexmarkRules *rules, int64_t period, int64_t offset, NexmarkKind kind)
{
    NexmarkSpan span = {
        .kind = kind,
        .last_person = period * rules->people + rules->people - 1,
        .last_auction = period * rules->auctions + rules->auctions - 1,
    };
    if (kind == NEXMARK_PERSON) {
        span.last_person = period * rules->people + offset;
        span.last_auction = period * rules->auctions - 1;
    } else if (kind == NEXMARK_AUCTION) {
        span.last_auction = period * rules->auctions + offset - rules->people;
    }
    return span;
}

int32_t nexmark_spans(const NexmarkRules *rules, int64_t id, int64_t rows, NexmarkSpan *spans)
{
    int64_t period = id / rules->period, offset = id % rules->period;
    int32_t count = 0;
    for (int64_t row = 0; row < rows;) {
        int64_t     end;
        NexmarkKind kind = kind_at(rules, offset, &end);
        int64_t     row_end = row + end - offset < rows ? row + end - offset : rows;
        NexmarkSpan span = span_at(rules, period, offset, kind);
        span.row = (int32_t)row;
        span.row_end = (int32_t)row_end;
        span.id = id + row;
        spans[count++] = span;
        offset += row_end - row;
        row = row_end;
        if (offset == rules->period) {
            offset = 0;
            period++;
        }
    }
    return count;
}

/* ---- prices ------------------------------------------------------------------------------------------------------ */

/* 2^x for 0 <= x < 1, to about 1e-9: the error is far below half a cent in ten million. */
static inline double exp2_fraction(double x)
{
    return 1.0 + x * (0.69314718055994531 + x * (0.24022650695910071 + x * (0.055504108664821580 +
           x * (0.0096181291076284772 + x * (0.0013333558146428443 + x * (0.00015403530393381610 +
           x * (0.000015252733804059841 + x * 0.0000013215486790144307)))))));
}

void nexmark_prices(uint64_t stream, int64_t id, int64_t rows, int64_t *out)
{
    static const double per_bit = 6 * 3.32192809488736235 / 4294967296.0; /* 6 * log2(10), from 32 random bits */
    for (int64_t i = 0; i < rows; i++) {
        double  exponent = (double)low_half(nexmark_draw(stream, id + i)) * per_bit;
        int32_t whole = (int32_t)exponent;
        double  power = exp2_fraction(exponent - whole) * (double)(1 << whole);
        out[i] = (int64_t)(power * 100.0 + 0.5);
    }
}
