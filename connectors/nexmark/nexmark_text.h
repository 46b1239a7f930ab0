/* nexmark_text.h: the texts of events: letters from a pool, names from lists, channels with their urls.
 *
 * Long random texts are views into a pool of letters made once, at a random place: reading them costs what reading text costs, making them
 * does not. The pool has POOL_SIZE places, and every length; so a text of 54 to 81 letters comes twice in a stream of millions. */
#ifndef CONNECTORS_NEXMARK_NEXMARK_TEXT_H
#define CONNECTORS_NEXMARK_NEXMARK_TEXT_H

#include "connectors/nexmark/nexmark_rules.h"

enum { NEXMARK_AVG_SIZE_MAX = 64 * 1024 };

typedef struct NexmarkTexts {
    Buf  *buf;
    char *letters;  /* of extra: six from each random number, as the official generator has them: half of the numbers are negative,
                       so that half of the letters lie in 'H' .. 'a' */
    char *words;    /* of names: one in 13 is a blank */
    View *channels; /* of NEXMARK_CHANNELS; then the hot ones */
    View *urls;
} NexmarkTexts;

/* Pools and channels, in texts->buf, which the caller releases. with_channels: 10,000 urls are some work. */
void nexmark_texts_init(NexmarkTexts *texts, uint64_t seed, bool with_channels);

/* A text such that an event of `used` other bytes has `average` bytes on average; empty when it is that large already. */
View nexmark_extra(const NexmarkTexts *texts, uint64_t bits, int64_t used, int64_t average);
/* 3 to max - 1 letters, blanks at the ends removed. */
Str  nexmark_words(const NexmarkTexts *texts, uint64_t bits, int64_t max);
/* Index into channels and urls. */
static inline int64_t nexmark_channel(uint64_t bits)
{
    bool is_hot = bits >> 63;
    return is_hot ? NEXMARK_CHANNELS + (int64_t)(bits & 3) : nexmark_pick(low_half(bits), NEXMARK_CHANNELS);
}

/* "Peter Jones"; texts of people. */
View nexmark_name(const NexmarkTexts *texts, Buf *buf, uint64_t bits);
View nexmark_email(const NexmarkTexts *texts, Buf *buf, uint64_t bits);
View nexmark_card(const NexmarkTexts *texts, Buf *buf, uint64_t bits);
View nexmark_city(const NexmarkTexts *texts, Buf *buf, uint64_t bits);
View nexmark_state(const NexmarkTexts *texts, Buf *buf, uint64_t bits);

#endif
