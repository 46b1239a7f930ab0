/* number.h: text of numbers, as Java's: what the dialect prints and accepts. */
#ifndef DATA_NUMBER_H
#define DATA_NUMBER_H

#include "data/type.h"

#define DOUBLE_TEXT_MAX 32

/* Double.toString and Float.toString: "1.0E10", "0.001", "NaN", "-Infinity". Returns the length. The digits are the fewest that
 * read back as the same value (as in JDK 19+), those of large integers apart (as in all before, and in the dialect's usual
 * JDK 17): "1.23456794E9". JDK 17 shows a needless digit also in some very large and very small values; that is left out. */
int32_t double_print(double value, char *out);
int32_t float_print(float value, char *out);
int32_t i64_print(int64_t value, char *out); /* up to 20 bytes */

/* The digits behind double_print: |value| = digits * 10^exponent, no trailing zeros but for 0. Of a finite value. */
typedef struct Shortest {
    uint64_t digits;
    int32_t  exponent;
} Shortest;
Shortest double_shortest(double value);
Shortest float_shortest(float value);

/* Double.parseDouble after trimming: "1e3", "NaN", "Infinity", "0x1p3", trailing d/f; false when it is none. */
bool double_parse(Str text, double *out);
bool float_parse(Str text, float *out);
/* Sign and digits only, no blanks; false when it is none or does not fit. */
bool i64_parse(Str text, int64_t *out);

#endif
