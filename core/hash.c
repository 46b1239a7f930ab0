/* hash.c: XXH3 from libxxhash, whose output is frozen since 0.8.0. */
#include "core/hash.h"

#include <stddef.h>
#include <xxhash.h>

uint64_t hash_bytes(const void *bytes, int64_t size)
{
    return XXH3_64bits(bytes, (size_t)size);
}

uint64_t hash_bytes_seed(const void *bytes, int64_t size, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes, (size_t)size, seed);
}
