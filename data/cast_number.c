/* cast_number.c: among BOOLEAN, the integers, FLOAT and DOUBLE, and from integers to intervals.
 *
 * Integers wrap when they are narrowed. Floating point goes toward zero, saturates at INT or BIGINT (NaN is 0), and
 * wraps from INT to what is narrower. A loop per pair of layouts; rows that are NULL are converted like the others. */
#include "data/cast_rule.h"

static inline int32_t saturate_i32(double value)
{
    if (value != value)
        return 0;
    if (value >= 2147483647.0)
        return INT32_MAX;
    return value <= -2147483648.0 ? INT32_MIN : (int32_t)value;
}

static inline int64_t saturate_i64(double value)
{
    if (value != value)
        return 0;
    if (value >= 9223372036854775808.0)
        return INT64_MAX;
    return value <= -9223372036854775808.0 ? INT64_MIN : (int64_t)value;
}

#define AS_IT_IS(value)  (value)
#define TO_I8(value)     ((int8_t)(uint8_t)saturate_i32(value))
#define TO_I16(value)    ((int16_t)(uint16_t)saturate_i32(value))
#define WRAP_I8(value)   ((int8_t)(uint8_t)(value))
#define WRAP_I16(value)  ((int16_t)(uint16_t)(value))
#define WRAP_I32(value)  ((int32_t)(uint32_t)(value))
#define NOT_ZERO(value)  ((uint8_t)((value) != 0))
#define TO_FLOAT(value)  ((float)(value))
#define TO_DOUBLE(value) ((double)(value))

#define RULE(name, From, To, convert)                              \
    static Status name(CastRun *run)                               \
    {                                                              \
        const From *in = COLUMN_DATA(run->in, From);               \
        To         *out = COLUMN_DATA(run->out, To);               \
        for (int64_t i = 0; i < run->rows; i++)                    \
            out[i] = (To)convert(in[i]);                           \
        return STATUS_OK;                                          \
    }

/* From an integer type (or BOOLEAN, which is 0 or 1) to everything. */
#define RULES_FROM_INTEGER(From, name)                   \
    RULE(name##_to_bool, From, uint8_t, NOT_ZERO)        \
    RULE(name##_to_i8, From, int8_t, WRAP_I8)            \
    RULE(name##_to_i16, From, int16_t, WRAP_I16)         \
    RULE(name##_to_i32, From, int32_t, WRAP_I32)         \
    RULE(name##_to_i64, From, int64_t, AS_IT_IS)         \
    RULE(name##_to_f32, From, float, TO_FLOAT)           \
    RULE(name##_to_f64, From, double, TO_DOUBLE)

#define RULES_FROM_FLOAT(From, name)                     \
    RULE(name##_to_bool, From, uint8_t, NOT_ZERO)        \
    RULE(name##_to_i8, From, int8_t, TO_I8)              \
    RULE(name##_to_i16, From, int16_t, TO_I16)           \
    RULE(name##_to_i32, From, int32_t, saturate_i32)     \
    RULE(name##_to_i64, From, int64_t, saturate_i64)     \
    RULE(name##_to_f32, From, float, TO_FLOAT)           \
    RULE(name##_to_f64, From, double, TO_DOUBLE)

RULES_FROM_INTEGER(uint8_t, bool)
RULES_FROM_INTEGER(int8_t, i8)
RULES_FROM_INTEGER(int16_t, i16)
RULES_FROM_INTEGER(int32_t, i32)
RULES_FROM_INTEGER(int64_t, i64)
RULES_FROM_FLOAT(float, f32)
RULES_FROM_FLOAT(double, f64)

#define ROW_OF(name)                                                                             \
    { name##_to_bool, name##_to_i8, name##_to_i16, name##_to_i32, name##_to_i64, name##_to_f32, name##_to_f64 }

/* Layouts BOOL, I8, I16, I32, I64, F32, F64, in this order. */
static const CastRule rules[][7] = {
    ROW_OF(bool), ROW_OF(i8), ROW_OF(i16), ROW_OF(i32), ROW_OF(i64), ROW_OF(f32), ROW_OF(f64)
};
_Static_assert(LAYOUT_BOOL == 0 && LAYOUT_F64 == 6, "the table goes by layout");

static bool is_plain_number(const Type *type)
{
    return type->kind >= TYPE_BOOLEAN && type->kind <= TYPE_DOUBLE;
}

CastRule cast_rule_number(const Type *from, const Type *to)
{
    bool to_interval = type_is_integer(from) && type_is_interval(to);
    if (!is_plain_number(from) || !(is_plain_number(to) || to_interval))
        return NULL;
    return rules[type_layout(from)][type_layout(to)];
}
