/* number.h: text of numbers, as Java's: what the dialect prints and accepts. */
#ifndef DATA_NUMBER_H
#define DATA_NUMBER_H

#include "data/type.h"

#define DOUBLE_TEXT_MAX 32

/* Double.toString and Float.toString (JDK 19+: shortest): "1.0E10", "0.001", "NaN", "-Infinity". Returns the length. */
int32_t double_print(double value, char *out);
int32_t float_print(float value, char *out);
int32_t i64_print(int64_t value, char *out); /* up to 20 bytes */

/* Double.parseDouble after trimming: "1e3", "NaN", "Infinity", "0x1p3", trailing d/f; false when it is none. */
bool double_parse(Str text, double *out);
bool float_parse(Str text, float *out);
/* Sign and digits only, no blanks; false when it is none or does not fit. */
bool i64_parse(Str text, int64_t *out);

#endif
