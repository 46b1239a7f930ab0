/* type_rules.c: which casts exist, the least restrictive type, and the types of decimal arithmetic.
 *
 * The cast table was read off a running Flink 2.3, pair by pair: a row per source, a column per target;
 * I = implicit (assignment, arguments), E = only by CAST, . = not at all. Nested types ask again for what they hold. */
#include "data/type.h"

/* Columns: NULL BOOLEAN TINYINT SMALLINT INT BIGINT FLOAT DOUBLE DECIMAL CHAR VARCHAR BINARY VARBINARY DATE TIME
 * TIMESTAMP TIMESTAMP_LTZ INTERVAL_MONTH INTERVAL_TIME ARRAY MAP ROW. */
static const char cast_table[TYPE_KIND_COUNT][TYPE_KIND_COUNT + 1] = {
    [TYPE_NULL] =           "IIIIIIIIIIIIIIIIIIIIII",
    [TYPE_BOOLEAN] =        ".IEEEEEEEEE...........",
    [TYPE_TINYINT] =        ".EIIIIIIIEE......EE...",
    [TYPE_SMALLINT] =       ".EEIIIIIIEE......EE...",
    [TYPE_INT] =            ".EEEIIIIIEE......EE...",
    [TYPE_BIGINT] =         ".EEEEIIIIEE......EE...",
    [TYPE_FLOAT] =          ".EEEEEIIIEE...........",
    [TYPE_DOUBLE] =         ".EEEEEEIIEE...........",
    [TYPE_DECIMAL] =        ".EEEEEIIIEE...........",
    [TYPE_CHAR] =           ".EEEEEEEEIIEEEEEE.....",
    [TYPE_VARCHAR] =        ".EEEEEEEEEIEEEEEE.....",
    [TYPE_BINARY] =         ".........EEII.........",
    [TYPE_VARBINARY] =      ".........EEEI.........",
    [TYPE_DATE] =           ".........EE..I.EE.....",
    [TYPE_TIME] =           ".........EE...IEE.....",
    [TYPE_TIMESTAMP] =      ".........EE..IIII.....",
    [TYPE_TIMESTAMP_LTZ] =  ".........EE..EEII.....",
    [TYPE_INTERVAL_MONTH] = ".........EE......I....",
    [TYPE_INTERVAL_TIME] =  ".........EE.......I...",
    [TYPE_ARRAY] =          ".........EE........I..",
    [TYPE_MAP] =            ".........EE.........I.",
    [TYPE_ROW] =            ".........EE..........I",
};
_Static_assert(TYPE_NULL == 0 && TYPE_ROW == 21 && TYPE_KIND_COUNT == 22,
               "the table has a column per kind, in this order");

/* ---- casts ----------------------------------------------------------------------------------------------------- */

typedef bool (*CastRule)(const Type *from, const Type *to);

static bool fields_cast(const Type *from, const Type *to, CastRule rule)
{
    if (from->field_count != to->field_count)
        return false;
    for (int32_t i = 0; i < from->field_count; i++)
        if (!rule(from->fields[i].type, to->fields[i].type))
            return false;
    return true;
}

/* Both of the same nested kind: may the parts be cast by the rule? */
static bool parts_cast(const Type *from, const Type *to, CastRule rule)
{
    switch (from->kind) {
    case TYPE_ARRAY:
        return rule(from->element, to->element);
    case TYPE_MAP:
        return rule(from->key, to->key) && rule(from->element, to->element);
    case TYPE_ROW:
        return fields_cast(from, to, rule);
    default:
        return true;
    }
}

bool type_casts_implicitly(const Type *from, const Type *to)
{
    if (cast_table[from->kind][to->kind] != 'I')
        return false;
    return from->kind != to->kind || parts_cast(from, to, type_casts_implicitly);
}

bool type_casts_explicitly(const Type *from, const Type *to)
{
    if (cast_table[from->kind][to->kind] == '.')
        return false;
    return from->kind != to->kind || parts_cast(from, to, type_casts_explicitly);
}

/* ---- decimal arithmetic ---------------------------------------------------------------------------------------- */

static int32_t max_i32(int32_t left, int32_t right)
{
    return left > right ? left : right;
}

static int32_t min_i32(int32_t left, int32_t right)
{
    return left < right ? left : right;
}

/* Beyond 38 digits the integer digits stay and the scale shrinks, but not below 6. */
static const Type *decimal_adjusted(Arena *arena, int32_t precision, int32_t scale, bool nullable)
{
    if (precision <= PRECISION_MAX)
        return type_decimal(arena, precision, scale, nullable);
    int32_t left = PRECISION_MAX - (precision - scale);
    return type_decimal(arena, PRECISION_MAX, max_i32(left, min_i32(scale, 6)), nullable);
}

const Type *type_as_decimal(Arena *arena, const Type *type)
{
    switch (type->kind) {
    case TYPE_TINYINT:
        return type_decimal(arena, 3, 0, type->nullable);
    case TYPE_SMALLINT:
        return type_decimal(arena, 5, 0, type->nullable);
    case TYPE_INT:
        return type_decimal(arena, 10, 0, type->nullable);
    case TYPE_BIGINT:
        return type_decimal(arena, 19, 0, type->nullable);
    default:
        return type;
    }
}

const Type *type_decimal_result(Arena *arena, DecimalOp op, const Type *left, const Type *right)
{
    bool        nullable = left->nullable || right->nullable;
    const Type *divisor = right;
    left = type_as_decimal(arena, left);
    right = type_as_decimal(arena, right);
    int32_t p1 = left->precision, s1 = left->scale;
    int32_t p2 = right->precision, s2 = right->scale;
    int32_t scale = max_i32(s1, s2);
    switch (op) {
    case DECIMAL_ADD:
        return decimal_adjusted(arena, max_i32(p1 - s1, p2 - s2) + scale + 1, scale, nullable);
    case DECIMAL_MULTIPLY:
        return decimal_adjusted(arena, p1 + p2 + 1, s1 + s2, nullable);
    case DECIMAL_DIVIDE:
        scale = max_i32(6, s1 + p2 + 1);
        return decimal_adjusted(arena, p1 - s1 + s2 + scale, scale, nullable);
    case DECIMAL_MOD:
    default:
        if (s1 == 0 && s2 == 0)
            return type_with_null(arena, divisor, nullable); /* also an integer type */
        return decimal_adjusted(arena, min_i32(p1 - s1, p2 - s2) + scale, scale, nullable);
    }
}

/* ---- the least restrictive type -------------------------------------------------------------------------------- */

static const Type *common_decimal(Arena *arena, const Type *left, const Type *right, bool nullable)
{
    left = type_as_decimal(arena, left);
    right = type_as_decimal(arena, right);
    int32_t digits = max_i32(left->precision - left->scale, right->precision - right->scale);
    int32_t scale = max_i32(left->scale, right->scale);
    if (digits + scale > PRECISION_MAX)
        scale = PRECISION_MAX - digits;
    return type_decimal(arena, digits + scale, scale, nullable);
}

static const Type *common_number(Arena *arena, const Type *left, const Type *right, bool nullable)
{
    bool has_decimal = left->kind == TYPE_DECIMAL || right->kind == TYPE_DECIMAL;
    bool has_float = type_is_approximate(left) || type_is_approximate(right);
    if (has_decimal && has_float)
        return type_with_null(arena, &type_double, nullable);
    if (has_decimal)
        return common_decimal(arena, left, right, nullable);
    /* the kinds are in order of width */
    return type_with_null(arena, left->kind > right->kind ? left : right, nullable);
}

/* Of different lengths: the VAR one with the larger, so that nothing is padded. */
static const Type *common_text(Arena *arena, const Type *left, const Type *right, TypeKind fixed, TypeKind var,
                               bool nullable)
{
    bool    stays_fixed = left->kind == fixed && right->kind == fixed && left->length == right->length;
    int32_t length = max_i32(left->length, right->length);
    return type_text_of(arena, stays_fixed ? fixed : var, length, nullable);
}

/* As the dialect has it: the kind of the left one if both have the same precision, else of the right one. */
static const Type *common_timestamp(Arena *arena, const Type *left, const Type *right, bool nullable)
{
    TypeKind kind = left->precision == right->precision ? left->kind : right->kind;
    return type_temporal(arena, kind, max_i32(left->precision, right->precision), nullable);
}

/* Names are those of the left row. */
static const Type *common_row(Arena *arena, const Type *left, const Type *right, bool nullable)
{
    if (left->field_count != right->field_count)
        return NULL;
    Field *fields = arena_new(arena, Field, left->field_count);
    for (int32_t i = 0; i < left->field_count; i++) {
        fields[i] = left->fields[i];
        fields[i].type = type_common(arena, left->fields[i].type, right->fields[i].type);
        if (!fields[i].type)
            return NULL;
    }
    return type_row(arena, fields, left->field_count, nullable);
}

static const Type *common_map(Arena *arena, const Type *left, const Type *right, bool nullable)
{
    const Type *key = type_common(arena, left->key, right->key);
    const Type *value = type_common(arena, left->element, right->element);
    return key && value ? type_map(arena, key, value, nullable) : NULL;
}

static const Type *common_same_kind(Arena *arena, const Type *left, const Type *right, bool nullable)
{
    const Type *element;
    switch (left->kind) {
    case TYPE_TIME:
        return type_temporal(arena, TYPE_TIME, max_i32(left->precision, right->precision), nullable);
    case TYPE_ARRAY:
        element = type_common(arena, left->element, right->element);
        return element ? type_array(arena, element, nullable) : NULL;
    case TYPE_MAP:
        return common_map(arena, left, right, nullable);
    case TYPE_ROW:
        return common_row(arena, left, right, nullable);
    default:
        return type_with_null(arena, left, nullable);
    }
}

const Type *type_common(Arena *arena, const Type *left, const Type *right)
{
    bool nullable = left->nullable || right->nullable;
    if (left->kind == TYPE_NULL)
        return type_with_null(arena, right, true);
    if (right->kind == TYPE_NULL)
        return type_with_null(arena, left, true);
    if (type_equals(left, right, false) && left->kind < TYPE_ARRAY)
        return type_with_null(arena, left->time == right->time ? left : type_with_time(arena, left, TIME_NONE),
                              nullable);
    if (type_is_numeric(left) && type_is_numeric(right))
        return common_number(arena, left, right, nullable);
    if (type_is_string(left) && type_is_string(right))
        return common_text(arena, left, right, TYPE_CHAR, TYPE_VARCHAR, nullable);
    if (type_is_bytes(left) && type_is_bytes(right))
        return common_text(arena, left, right, TYPE_BINARY, TYPE_VARBINARY, nullable);
    if (type_is_timestamp(left) && type_is_timestamp(right))
        return common_timestamp(arena, left, right, nullable);
    return left->kind == right->kind ? common_same_kind(arena, left, right, nullable) : NULL;
}
