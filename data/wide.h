/* wide.h: unsigned numbers of 256 bits, for what lies between two decimals of 38 digits and their result. */
#ifndef DATA_WIDE_H
#define DATA_WIDE_H

#include "data/type.h"

typedef struct Wide {
    uint128_t high;
    uint128_t low;
} Wide;

Wide wide_multiply(uint128_t left, uint128_t right);
/* Modulo 2^256. */
Wide wide_add(Wide left, Wide right);
Wide wide_subtract(Wide left, Wide right);
int  wide_compare(Wide left, Wide right);
/* value * 10^n for n of 0..38; false when it does not fit. */
bool wide_scale_up(Wide *value, int32_t n);
/* value / divisor, truncated; the divisor is not 0. */
Wide wide_divide(Wide value, uint128_t divisor, uint128_t *rest);

#endif
