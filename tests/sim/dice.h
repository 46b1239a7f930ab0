/* dice.h: chance from a seed: the same seed, the same throws (SplitMix64). */
#ifndef TESTS_SIM_DICE_H
#define TESTS_SIM_DICE_H

#include "core/hash.h"

#include <stdbool.h>

typedef struct Dice {
    uint64_t state;
} Dice;

static inline uint64_t dice_throw(Dice *dice)
{
    dice->state += 0x9e3779b97f4a7c15u;
    return hash_u64(dice->state);
}

/* 0 .. count-1; 0 when there is nothing to choose from. */
static inline int64_t dice_below(Dice *dice, int64_t count)
{
    return count > 1 ? (int64_t)(dice_throw(dice) % (uint64_t)count) : 0;
}

static inline int64_t dice_between(Dice *dice, int64_t low, int64_t high)
{
    return low + dice_below(dice, high - low + 1);
}

static inline bool dice_one_in(Dice *dice, int64_t count)
{
    return dice_below(dice, count) == 0;
}

#endif
