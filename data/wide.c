/* wide.c: 256-bit arithmetic out of 64-bit limbs.
 *
 * Division is the schoolbook one in base 2^64 (Knuth, volume 2, algorithm 4.3.1 D), by one or two limbs. */
#include "data/wide.h"

#include "data/decimal.h"

#include <assert.h>

enum { LIMBS = 4 };

static uint64_t low_limb(uint128_t value)
{
    return (uint64_t)value;
}

static uint64_t high_limb(uint128_t value)
{
    return (uint64_t)(value >> 64);
}

static void to_limbs(Wide value, uint64_t *limbs)
{
    limbs[0] = low_limb(value.low);
    limbs[1] = high_limb(value.low);
    limbs[2] = low_limb(value.high);
    limbs[3] = high_limb(value.high);
}

static Wide from_limbs(const uint64_t *limbs)
{
    return (Wide){ (uint128_t)limbs[3] << 64 | limbs[2], (uint128_t)limbs[1] << 64 | limbs[0] };
}

Wide wide_multiply(uint128_t left, uint128_t right)
{
    uint128_t low = (uint128_t)low_limb(left) * low_limb(right);
    uint128_t middle = (uint128_t)high_limb(left) * low_limb(right) + high_limb(low); /* cannot overflow */
    uint128_t other = (uint128_t)low_limb(left) * high_limb(right) + low_limb(middle);
    uint128_t high = (uint128_t)high_limb(left) * high_limb(right) + high_limb(middle) + high_limb(other);
    return (Wide){ high, other << 64 | low_limb(low) };
}

Wide wide_add(Wide left, Wide right)
{
    uint128_t low = left.low + right.low;
    return (Wide){ left.high + right.high + (low < left.low), low };
}

Wide wide_subtract(Wide left, Wide right)
{
    return (Wide){ left.high - right.high - (left.low < right.low), left.low - right.low };
}

int wide_compare(Wide left, Wide right)
{
    if (left.high != right.high)
        return left.high > right.high ? 1 : -1;
    return (left.low > right.low) - (left.low < right.low);
}

bool wide_scale_up(Wide *value, int32_t n)
{
    uint128_t factor = (uint128_t)decimal_power10(n);
    Wide      low = wide_multiply(value->low, factor);
    Wide      high = wide_multiply(value->high, factor);
    Wide      sum = { low.high + high.low, low.low };
    if (high.high != 0 || sum.high < low.high)
        return false;
    *value = sum;
    return true;
}

static Wide divide_by_limb(const uint64_t *limbs, uint64_t divisor, uint128_t *rest)
{
    uint64_t  quotient[LIMBS];
    uint128_t left = 0;
    for (int i = LIMBS - 1; i >= 0; i--) {
        left = left << 64 | limbs[i];
        quotient[i] = (uint64_t)(left / divisor);
        left %= divisor;
    }
    *rest = left;
    return from_limbs(quotient);
}

/* One digit of the quotient: window (three limbs, highest first) / (high, low), where the result fits one limb and the
 * top bit of high is set. Takes the product off the window. */
static uint64_t divide_step(uint64_t *window, uint64_t high, uint64_t low)
{
    uint128_t top = (uint128_t)window[2] << 64 | window[1];
    uint128_t guess = window[2] >= high ? UINT64_MAX : top / high;
    uint128_t rest = top - guess * high;
    while (high_limb(rest) == 0 && guess * low > (rest << 64 | window[0])) {
        guess--;
        rest += high;
    }
    Wide product = wide_multiply((uint128_t)high << 64 | low, guess);
    Wide left = wide_subtract((Wide){ window[2], (uint128_t)window[1] << 64 | window[0] }, product);
    window[0] = low_limb(left.low);
    window[1] = high_limb(left.low);
    window[2] = low_limb(left.high);
    return (uint64_t)guess;
}

/* The divisor has two limbs: both are shifted until its top bit is set, so that a guess is at most two too large. */
static Wide divide_by_two_limbs(const uint64_t *limbs, uint128_t divisor, uint128_t *rest)
{
    int       shift = __builtin_clzll(high_limb(divisor));
    uint128_t shifted = divisor << shift;
    uint64_t  window[LIMBS + 1];
    uint64_t  quotient[LIMBS] = { 0 };
    window[LIMBS] = shift ? limbs[LIMBS - 1] >> (64 - shift) : 0;
    for (int i = LIMBS - 1; i > 0; i--)
        window[i] = limbs[i] << shift | (shift ? limbs[i - 1] >> (64 - shift) : 0);
    window[0] = limbs[0] << shift;
    for (int i = LIMBS - 2; i >= 0; i--)
        quotient[i] = divide_step(&window[i], high_limb(shifted), low_limb(shifted));
    *rest = ((uint128_t)window[1] << 64 | window[0]) >> shift;
    return from_limbs(quotient);
}

Wide wide_divide(Wide value, uint128_t divisor, uint128_t *rest)
{
    assert(divisor != 0);
    if (value.high == 0) {
        *rest = value.low % divisor;
        return (Wide){ 0, value.low / divisor };
    }
    uint64_t limbs[LIMBS];
    to_limbs(value, limbs);
    if (high_limb(divisor) == 0)
        return divide_by_limb(limbs, low_limb(divisor), rest);
    return divide_by_two_limbs(limbs, divisor, rest);
}
