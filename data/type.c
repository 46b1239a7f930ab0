/* type.c: the static types, constructors, layouts, equality and copies. Rules are in type_rules.c, text in
 * type_print.c. */
#include "data/type.h"

#include <assert.h>

#define PLAIN(kind_) { .kind = TYPE_##kind_, .nullable = true }
#define PLAIN_NOT_NULL(kind_) { .kind = TYPE_##kind_, .nullable = false }

const Type type_null = PLAIN(NULL);
const Type type_boolean = PLAIN(BOOLEAN);
const Type type_tinyint = PLAIN(TINYINT);
const Type type_smallint = PLAIN(SMALLINT);
const Type type_int = PLAIN(INT);
const Type type_bigint = PLAIN(BIGINT);
const Type type_float = PLAIN(FLOAT);
const Type type_double = PLAIN(DOUBLE);
const Type type_string = { .kind = TYPE_VARCHAR, .nullable = true, .length = LENGTH_MAX };
const Type type_bytes = { .kind = TYPE_VARBINARY, .nullable = true, .length = LENGTH_MAX };
const Type type_date = PLAIN(DATE);
const Type type_time = PLAIN(TIME);
const Type type_timestamp3 = { .kind = TYPE_TIMESTAMP, .nullable = true, .precision = 3 };
const Type type_timestamp_ltz3 = { .kind = TYPE_TIMESTAMP_LTZ, .nullable = true, .precision = 3 };
const Type type_timestamp6 = { .kind = TYPE_TIMESTAMP, .nullable = true, .precision = 6 };
const Type type_interval_month = {
    .kind = TYPE_INTERVAL_MONTH, .nullable = true, .unit_first = INTERVAL_MONTH, .unit_last = INTERVAL_MONTH
};
const Type type_interval_time = {
    .kind = TYPE_INTERVAL_TIME, .nullable = true, .precision = 3,
    .unit_first = INTERVAL_SECOND, .unit_last = INTERVAL_SECOND
};

const Type type_boolean_not_null = PLAIN_NOT_NULL(BOOLEAN);
const Type type_int_not_null = PLAIN_NOT_NULL(INT);
const Type type_bigint_not_null = PLAIN_NOT_NULL(BIGINT);
const Type type_double_not_null = PLAIN_NOT_NULL(DOUBLE);
const Type type_string_not_null = { .kind = TYPE_VARCHAR, .nullable = false, .length = LENGTH_MAX };
const Type type_timestamp3_not_null = { .kind = TYPE_TIMESTAMP, .nullable = false, .precision = 3 };
const Type type_timestamp_ltz3_not_null = { .kind = TYPE_TIMESTAMP_LTZ, .nullable = false, .precision = 3 };

/* ---- constructors ---------------------------------------------------------------------------------------------- */

static Type *type_new(Arena *arena, TypeKind kind, bool nullable)
{
    Type *type = arena_new(arena, Type, 1);
    type->kind = kind;
    type->nullable = nullable;
    return type;
}

const Type *type_decimal(Arena *arena, int32_t precision, int32_t scale, bool nullable)
{
    assert(precision >= 1 && precision <= PRECISION_MAX && scale >= 0 && scale <= precision);
    Type *type = type_new(arena, TYPE_DECIMAL, nullable);
    type->precision = precision;
    type->scale = scale;
    return type;
}

const Type *type_text_of(Arena *arena, TypeKind kind, int32_t length, bool nullable)
{
    assert(kind >= TYPE_CHAR && kind <= TYPE_VARBINARY && length >= 0);
    Type *type = type_new(arena, kind, nullable);
    type->length = length;
    return type;
}

const Type *type_temporal(Arena *arena, TypeKind kind, int32_t precision, bool nullable)
{
    assert(kind >= TYPE_TIME && kind <= TYPE_TIMESTAMP_LTZ && precision >= 0 && precision <= 9);
    Type *type = type_new(arena, kind, nullable);
    type->precision = precision;
    return type;
}

const Type *type_interval(Arena *arena, IntervalUnit first, IntervalUnit last, int32_t fraction, bool nullable)
{
    Type *type = type_new(arena, last <= INTERVAL_MONTH ? TYPE_INTERVAL_MONTH : TYPE_INTERVAL_TIME, nullable);
    type->unit_first = first;
    type->unit_last = last;
    type->precision = fraction;
    return type;
}

const Type *type_array(Arena *arena, const Type *element, bool nullable)
{
    Type *type = type_new(arena, TYPE_ARRAY, nullable);
    type->element = element;
    return type;
}

const Type *type_map(Arena *arena, const Type *key, const Type *value, bool nullable)
{
    Type *type = type_new(arena, TYPE_MAP, nullable);
    type->key = key;
    type->element = value;
    return type;
}

const Type *type_row(Arena *arena, const Field *fields, int32_t field_count, bool nullable)
{
    Type *type = type_new(arena, TYPE_ROW, nullable);
    type->fields = fields;
    type->field_count = field_count;
    return type;
}

const Type *type_with_null(Arena *arena, const Type *type, bool nullable)
{
    if (type->nullable == nullable)
        return type;
    Type *copy = arena_new(arena, Type, 1);
    *copy = *type;
    copy->nullable = nullable;
    return copy;
}

const Type *type_with_time(Arena *arena, const Type *type, TimeAttribute time)
{
    if (type->time == time)
        return type;
    Type *copy = arena_new(arena, Type, 1);
    *copy = *type;
    copy->time = time;
    return copy;
}

static const Field *fields_copy(Arena *arena, const Field *fields, int32_t count)
{
    Field *copy = arena_new(arena, Field, count);
    for (int32_t i = 0; i < count; i++) {
        copy[i].name = arena_str(arena, fields[i].name);
        copy[i].type = type_copy(arena, fields[i].type);
        if (fields[i].comment.ptr)
            copy[i].comment = arena_str(arena, fields[i].comment);
    }
    return copy;
}

const Type *type_copy(Arena *arena, const Type *type)
{
    Type *copy = arena_new(arena, Type, 1);
    *copy = *type;
    if (type->element)
        copy->element = type_copy(arena, type->element);
    if (type->key)
        copy->key = type_copy(arena, type->key);
    if (type->kind == TYPE_ROW)
        copy->fields = fields_copy(arena, type->fields, type->field_count);
    return copy;
}

/* ---- layout ---------------------------------------------------------------------------------------------------- */

const Layout layout_of_kind[TYPE_KIND_COUNT] = {
#define TYPE(kind, name, layout) LAYOUT_##layout,
#include "data/type.def"
#undef TYPE
};

const int32_t layout_sizes[LAYOUT_COUNT] = {
    [LAYOUT_BOOL] = 1, [LAYOUT_I8] = 1, [LAYOUT_I16] = 2, [LAYOUT_I32] = 4, [LAYOUT_I64] = 8, [LAYOUT_F32] = 4,
    [LAYOUT_F64] = 8, [LAYOUT_I128] = 16, [LAYOUT_TIMESTAMP] = 16, [LAYOUT_VIEW] = 16, [LAYOUT_LIST] = 8,
    [LAYOUT_ROW] = 0,
};

const char *type_kind_name(TypeKind kind)
{
    static const char *const names[TYPE_KIND_COUNT] = {
#define TYPE(kind_, name, layout) name,
#include "data/type.def"
#undef TYPE
    };
    return names[kind];
}

/* ---- equality -------------------------------------------------------------------------------------------------- */

static bool fields_equal(const Type *left, const Type *right, bool with_null)
{
    if (left->field_count != right->field_count)
        return false;
    for (int32_t i = 0; i < left->field_count; i++)
        if (!str_eq(left->fields[i].name, right->fields[i].name) ||
            !type_equals(left->fields[i].type, right->fields[i].type, with_null))
            return false;
    return true;
}

/* Parameters that matter for the kind; the units of an interval only matter for printing. */
static bool parameters_equal(const Type *left, const Type *right, bool with_null)
{
    switch (left->kind) {
    case TYPE_CHAR:
    case TYPE_VARCHAR:
    case TYPE_BINARY:
    case TYPE_VARBINARY:
        return left->length == right->length;
    case TYPE_DECIMAL:
        return left->precision == right->precision && left->scale == right->scale;
    case TYPE_TIME:
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ:
        return left->precision == right->precision;
    case TYPE_ARRAY:
        return type_equals(left->element, right->element, with_null);
    case TYPE_MAP:
        return type_equals(left->key, right->key, with_null) && type_equals(left->element, right->element, with_null);
    case TYPE_ROW:
        return fields_equal(left, right, with_null);
    default:
        return true;
    }
}

bool type_equals(const Type *left, const Type *right, bool with_null)
{
    if (left == right)
        return true;
    return left->kind == right->kind && (!with_null || left->nullable == right->nullable) &&
           parameters_equal(left, right, with_null);
}
