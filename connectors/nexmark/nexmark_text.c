/* nexmark_text.c: pools of letters, and what is put together from them. */
#include "connectors/nexmark/nexmark_text.h"

#include "core/text.h"

#include <stdio.h>

enum { POOL_SIZE = 256 * 1024, LETTERS_PER_NUMBER = 6, WORDS_MAX = 128 };

/* ---- pools ------------------------------------------------------------------------------------------------------- */

/* Java's remainder has the sign of the dividend; so has C's. */
static void fill_letters(char *out, int64_t size, uint64_t seed)
{
    for (int64_t i = 0; i < size;) {
        int32_t number = (int32_t)high_half(nexmark_draw(seed, i));
        for (int left = LETTERS_PER_NUMBER; left > 0 && i < size; left--, number /= 26)
            out[i++] = (char)('a' + number % 26);
    }
}

static char random_letter(uint64_t bits, char special)
{
    return nexmark_pick(high_half(bits), 13) == 0 ? special : (char)('a' + nexmark_pick(low_half(bits), 26));
}

static void fill_words(char *out, int64_t size, uint64_t seed)
{
    for (int64_t i = 0; i < size; i++)
        out[i] = random_letter(nexmark_draw(seed, i), ' ');
}

/* ---- channels ---------------------------------------------------------------------------------------------------- */

/* abs(Integer.reverse(number)) */
static int64_t reversed_bits(uint32_t number)
{
    uint32_t out = 0;
    for (int bit = 0; bit < 32; bit++)
        out |= (number >> bit & 1) << (31 - bit);
    int64_t value = (int32_t)out;
    return value < 0 ? -value : value;
}

/* https://www.nexmark.com/abc/de_f/ghi/item.htm?query=1 */
static void put_url(Text *text, uint64_t seed)
{
    text_puts(text, "https://www.nexmark.com/");
    for (int64_t part = 0; part < 3; part++) {
        int64_t size = 3 + nexmark_pick(high_half(nexmark_draw(seed, part)), 2);
        for (int64_t i = 0; i < size; i++)
            text_put(text, random_letter(nexmark_draw(seed, 16 * (part + 1) + i), '_'));
        text_put(text, '/');
    }
    text_puts(text, "item.htm?query=1");
}

static void init_channels(NexmarkTexts *texts, uint64_t seed)
{
    static const char *const hot[NEXMARK_HOT_CHANNELS] = { "Google", "Facebook", "Baidu", "Apple" };
    Text text = TEXT_EMPTY;
    texts->channels = buf_new(texts->buf, View, NEXMARK_CHANNELS + NEXMARK_HOT_CHANNELS);
    texts->urls = buf_new(texts->buf, View, NEXMARK_CHANNELS + NEXMARK_HOT_CHANNELS);
    for (int64_t i = 0; i < NEXMARK_CHANNELS + NEXMARK_HOT_CHANNELS; i++) {
        uint64_t bits = nexmark_draw(seed, i);
        text_clear(&text);
        if (i >= NEXMARK_CHANNELS)
            text_puts(&text, hot[i - NEXMARK_CHANNELS]);
        else
            text_printf(&text, "channel-%d", (int)i);
        texts->channels[i] = view_copy(texts->buf, text_str(&text));
        text_clear(&text);
        put_url(&text, bits);
        if (i < NEXMARK_CHANNELS && nexmark_pick(low_half(bits), 10) > 0)
            text_printf(&text, "&channel_id=%lld", (long long)reversed_bits((uint32_t)i));
        texts->urls[i] = view_copy(texts->buf, text_str(&text));
    }
    text_free(&text);
}

void nexmark_texts_init(NexmarkTexts *texts, uint64_t seed, bool with_channels)
{
    int64_t letters = POOL_SIZE + 2 * NEXMARK_AVG_SIZE_MAX;
    texts->buf = buf_create();
    texts->letters = buf_alloc(texts->buf, letters);
    texts->words = buf_alloc(texts->buf, POOL_SIZE + WORDS_MAX);
    fill_letters(texts->letters, letters, hash_u64(seed + 101));
    fill_words(texts->words, POOL_SIZE + WORDS_MAX, hash_u64(seed + 102));
    if (with_channels)
        init_channels(texts, hash_u64(seed + 103));
}

/* ---- texts ------------------------------------------------------------------------------------------------------- */

View nexmark_extra(const NexmarkTexts *texts, uint64_t bits, int64_t used, int64_t average)
{
    int64_t left = average - used;
    int64_t delta = left < 0 ? 0 : (left * 2 + 5) / 10; /* round(left * 0.2) */
    if (left <= 0)
        return view_of(STR_EMPTY);
    int64_t size = left - delta + nexmark_pick(high_half(bits), 2 * delta);
    return view_of((Str){ texts->letters + (bits & (POOL_SIZE - 1)), size });
}

Str nexmark_words(const NexmarkTexts *texts, uint64_t bits, int64_t max)
{
    Str text = { texts->words + (bits & (POOL_SIZE - 1)), 3 + nexmark_pick(high_half(bits), max - 3) };
    while (text.len > 0 && text.ptr[0] == ' ')
        text = (Str){ text.ptr + 1, text.len - 1 };
    while (text.len > 0 && text.ptr[text.len - 1] == ' ')
        text.len--;
    return text;
}

/* ---- people ------------------------------------------------------------------------------------------------------ */

static View pick_text(const char *const *list, int64_t count, uint64_t bits)
{
    return view_of(str_from(list[nexmark_pick(low_half(bits), count)]));
}

static View joined(Buf *buf, Str first, const char *between, Str second, const char *end)
{
    char  bytes[96];
    int   size = snprintf(bytes, sizeof(bytes), "%.*s%s%.*s%s", STR_FMT(first), between, STR_FMT(second), end);
    return view_copy(buf, (Str){ bytes, size });
}

View nexmark_name(const NexmarkTexts *texts, Buf *buf, uint64_t bits)
{
    static const char *const first[] = { "Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter", "Walter" };
    static const char *const last[] = { "Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris" };
    (void)texts;
    return joined(buf, str_from(first[nexmark_pick(low_half(bits), 11)]), " ", str_from(last[nexmark_pick(high_half(bits), 9)]), "");
}

View nexmark_email(const NexmarkTexts *texts, Buf *buf, uint64_t bits)
{
    return joined(buf, nexmark_words(texts, bits, 7), "@", nexmark_words(texts, hash_u64(bits), 5), ".com");
}

View nexmark_card(const NexmarkTexts *texts, Buf *buf, uint64_t bits)
{
    char     bytes[32];
    uint64_t more = hash_u64(bits);
    (void)texts;
    int size = snprintf(bytes, sizeof(bytes), "%04d %04d %04d %04d", (int)nexmark_pick(low_half(bits), 10000),
                        (int)nexmark_pick(high_half(bits), 10000), (int)nexmark_pick(low_half(more), 10000),
                        (int)nexmark_pick(high_half(more), 10000));
    return view_copy(buf, (Str){ bytes, size });
}

View nexmark_city(const NexmarkTexts *texts, Buf *buf, uint64_t bits)
{
    static const char *const cities[] = { "Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond", "Seattle",
                                          "Kent", "Cheyenne" };
    (void)texts, (void)buf;
    return pick_text(cities, 10, bits);
}

View nexmark_state(const NexmarkTexts *texts, Buf *buf, uint64_t bits)
{
    static const char *const states[] = { "AZ", "CA", "ID", "OR", "WA", "WY" };
    (void)texts, (void)buf;
    return pick_text(states, 6, bits);
}
