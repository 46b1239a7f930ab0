/* hash.h: XXH3, 64 bits. Stable across machines and releases: partitioning and files depend on it. */
#ifndef CORE_HASH_H
#define CORE_HASH_H

#include <stdint.h>

uint64_t hash_bytes(const void *bytes, int64_t size);
uint64_t hash_bytes_seed(const void *bytes, int64_t size, uint64_t seed);

/* A full-avalanche mix of one word (the finaliser of SplitMix64). */
static inline uint64_t hash_u64(uint64_t value)
{
    value ^= value >> 30;
    value *= 0xbf58476d1ce4e5b9u;
    value ^= value >> 27;
    value *= 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

static inline uint64_t hash_combine(uint64_t left, uint64_t right)
{
    return hash_u64(left ^ (right + 0x9e3779b97f4a7c15u + (left << 6) + (left >> 2)));
}

#endif
