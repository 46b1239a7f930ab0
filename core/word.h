/* word.h: eight bytes of text at once, in one integer (little-endian: byte 0 is the lowest).
 *
 * Answers about bytes are words, too: the top bit of each byte says yes. */
#ifndef CORE_WORD_H
#define CORE_WORD_H

#include <stdint.h>
#include <string.h>

#define WORD_SIZE 8
#define WORD_ALL(byte) (UINT64_C(0x0101010101010101) * (uint64_t)(byte)) /* the same byte eight times */
#define WORD_TOPS WORD_ALL(0x80)

static inline uint64_t word_load(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    return word;
}

/* The first `size` bytes (1 to 7), the others 0: two loads that overlap, or three bytes, some of them twice. */
static inline uint64_t word_load_part(const char *at, int64_t size)
{
    if (size >= 4) {
        uint32_t first, last;
        memcpy(&first, at, sizeof(first));
        memcpy(&last, at + size - 4, sizeof(last));
        return first | (uint64_t)last << 8 * (size - 4);
    }
    return (unsigned char)at[0] | (uint64_t)(unsigned char)at[size / 2] << 8 * (size / 2) |
           (uint64_t)(unsigned char)at[size - 1] << 8 * (size - 1);
}

/* Writes the first `size` bytes (1 to 7). */
static inline void word_store_part(char *at, uint64_t word, int64_t size)
{
    if (size >= 4) {
        uint32_t first = (uint32_t)word, last = (uint32_t)(word >> 8 * (size - 4));
        memcpy(at, &first, sizeof(first));
        memcpy(at + size - 4, &last, sizeof(last));
        return;
    }
    for (int64_t i = 0; i < size; i++)
        at[i] = (char)(word >> 8 * i);
}

/* Which bytes are ASCII from first to last? */
static inline uint64_t word_between(uint64_t word, unsigned char first, unsigned char last)
{
    uint64_t low = word & ~WORD_TOPS;
    uint64_t from = low + WORD_ALL(0x80 - first);
    uint64_t behind = low + WORD_ALL(0x7F - last);
    return ~word & (from ^ behind) & WORD_TOPS;
}

/* Which bytes are this one? */
static inline uint64_t word_equal(uint64_t word, unsigned char byte)
{
    uint64_t differs = word ^ WORD_ALL(byte);
    return ~(((differs & ~WORD_TOPS) + WORD_ALL(0x7F)) | differs) & WORD_TOPS;
}

/* The answer for the first `size` bytes only (1 to 7). */
static inline uint64_t word_first(uint64_t tops, int64_t size)
{
    return tops & ((UINT64_C(1) << 8 * size) - 1);
}

/* The byte with the index-th yes (from 0); there are more than index. */
static inline int64_t word_nth(uint64_t tops, int64_t index)
{
    while (index-- > 0)
        tops &= tops - 1;
    return __builtin_ctzll(tops) / 8;
}

/* How many bytes the answer is yes for. */
static inline int64_t word_count(uint64_t tops)
{
    return (int64_t)((tops >> 7) * WORD_ALL(1) >> 56);
}

#endif
