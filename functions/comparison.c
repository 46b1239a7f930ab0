/* comparison.c: comparing columns of values.
 *
 * One loop per C type and operator, with a constant side taken out of the loop. Texts are compared for equality by
 * their first 8 bytes (size and prefix) before anything else. Nested values go value by value. */
#include "functions/comparison.h"

#include "data/decimal.h"

#include <assert.h>
#include <math.h>

/* ---- fixed layouts --------------------------------------------------------------------------------------------- */

#define COMPARE_LOOP(op)                                         \
    if (left_constant)                                           \
        for (int64_t i = 0; i < rows; i++)                       \
            out[i] = left[0] op right[i];                        \
    else if (right_constant)                                     \
        for (int64_t i = 0; i < rows; i++)                       \
            out[i] = left[i] op right[0];                        \
    else                                                         \
        for (int64_t i = 0; i < rows; i++)                       \
            out[i] = left[i] op right[i];                        \
    break

#define COMPARE_TYPE(name, CType)                                                                                   \
    static void compare_##name(CompareOp op, const CType *left, bool left_constant, const CType *right,             \
                               bool right_constant, int64_t rows, uint8_t *out)                                     \
    {                                                                                                               \
        switch (op) {                                                                                               \
        case COMPARE_EQUAL:                                                                                         \
            COMPARE_LOOP(==);                                                                                       \
        case COMPARE_NOT_EQUAL:                                                                                     \
            COMPARE_LOOP(!=);                                                                                       \
        case COMPARE_LESS:                                                                                          \
            COMPARE_LOOP(<);                                                                                        \
        case COMPARE_LESS_EQUAL:                                                                                    \
            COMPARE_LOOP(<=);                                                                                       \
        case COMPARE_GREATER:                                                                                       \
            COMPARE_LOOP(>);                                                                                        \
        case COMPARE_GREATER_EQUAL:                                                                                 \
            COMPARE_LOOP(>=);                                                                                       \
        }                                                                                                           \
    }

COMPARE_TYPE(u8, uint8_t)
COMPARE_TYPE(i8, int8_t)
COMPARE_TYPE(i16, int16_t)
COMPARE_TYPE(i32, int32_t)
COMPARE_TYPE(i64, int64_t)
COMPARE_TYPE(f32, float)
COMPARE_TYPE(f64, double)
COMPARE_TYPE(i128, int128_t)

static inline uint8_t holds(CompareOp op, int order)
{
    switch (op) {
    case COMPARE_EQUAL:
        return order == 0;
    case COMPARE_NOT_EQUAL:
        return order != 0;
    case COMPARE_LESS:
        return order < 0;
    case COMPARE_LESS_EQUAL:
        return order <= 0;
    case COMPARE_GREATER:
        return order > 0;
    default:
        return order >= 0;
    }
}

/* ---- text ------------------------------------------------------------------------------------------------------ */

static inline bool views_equal(const View *left, const View *right)
{
    uint64_t left_head, right_head, left_rest, right_rest;
    memcpy(&left_head, left, 8);
    memcpy(&right_head, right, 8);
    if (left_head != right_head)
        return false;
    memcpy(&left_rest, (const char *)left + 8, 8);
    memcpy(&right_rest, (const char *)right + 8, 8);
    if (left_rest == right_rest)
        return true;
    return left->size > VIEW_INLINE && memcmp(left->ptr, right->ptr, left->size) == 0;
}

static void compare_views(CompareOp op, const Column *left, const Column *right, int64_t rows, uint8_t *out)
{
    const View *l = COLUMN_DATA(left, View), *r = COLUMN_DATA(right, View);
    int64_t     left_step = !left->constant, right_step = !right->constant;
    if (op == COMPARE_EQUAL || op == COMPARE_NOT_EQUAL) {
        for (int64_t i = 0; i < rows; i++)
            out[i] = views_equal(&l[i * left_step], &r[i * right_step]) == (op == COMPARE_EQUAL);
        return;
    }
    for (int64_t i = 0; i < rows; i++)
        out[i] = holds(op, view_compare(&l[i * left_step], &r[i * right_step]));
}

/* ---- value by value -------------------------------------------------------------------------------------------- */

static int128_t decimal_at(const Column *column, int64_t row)
{
    return decimal_load(column->data, decimal_is_wide(column->type), column_index(column, row));
}

#define ORDER(left_value, right_value) (((left_value) > (right_value)) - ((left_value) < (right_value)))

static int compare_doubles(double left, double right)
{
    if (left < right || left > right)
        return left < right ? -1 : 1;
    int left_rank  = isnan(left) ? 2 : !signbit(left);
    int right_rank = isnan(right) ? 2 : !signbit(right);
    return left == right && left != 0 ? 0 : ORDER(left_rank, right_rank);
}

static int compare_timestamps(const Timestamp *left, const Timestamp *right)
{
    return left->ms != right->ms ? ORDER(left->ms, right->ms) : ORDER(left->ns, right->ns);
}

#define COMPARE_AT(CType) ORDER(COLUMN_DATA(left, CType)[l], COLUMN_DATA(right, CType)[r])

int values_compare(const Column *left, int64_t left_row, const Column *right, int64_t right_row)
{
    int64_t l = column_index(left, left_row), r = column_index(right, right_row);
    if (left->type->kind == TYPE_DECIMAL)
        return decimal_compare(decimal_at(left, l), left->type->scale, decimal_at(right, r), right->type->scale);
    switch (type_layout(left->type)) {
    case LAYOUT_BOOL:
        return COMPARE_AT(uint8_t);
    case LAYOUT_I8:
        return COMPARE_AT(int8_t);
    case LAYOUT_I16:
        return COMPARE_AT(int16_t);
    case LAYOUT_I32:
        return COMPARE_AT(int32_t);
    case LAYOUT_I64:
        return COMPARE_AT(int64_t);
    case LAYOUT_F32:
        return compare_doubles((double)COLUMN_DATA(left, float)[l], (double)COLUMN_DATA(right, float)[r]);
    case LAYOUT_F64:
        return compare_doubles(COLUMN_DATA(left, double)[l], COLUMN_DATA(right, double)[r]);
    case LAYOUT_TIMESTAMP:
        return compare_timestamps(&COLUMN_DATA(left, Timestamp)[l], &COLUMN_DATA(right, Timestamp)[r]);
    case LAYOUT_VIEW:
        return view_compare(&COLUMN_DATA(left, View)[l], &COLUMN_DATA(right, View)[r]);
    default:
        return column_value_compare(left, left_row, right, right_row);
    }
}

static bool arrays_are_equal(const Column *left, ListView l, const Column *right, ListView r)
{
    for (int32_t i = 0; i < l.count; i++)
        if (!values_are_equal(&left->children[0], l.start + i, &right->children[0], r.start + i))
            return false;
    return true;
}

static bool maps_are_equal(const Column *left, ListView l, const Column *right, ListView r)
{
    for (int32_t i = 0; i < l.count; i++) {
        bool found = false;
        for (int32_t k = 0; k < r.count && !found; k++)
            found = values_are_equal(&left->children[0], l.start + i, &right->children[0], r.start + k) &&
                    values_are_equal(&left->children[1], l.start + i, &right->children[1], r.start + k);
        if (!found)
            return false;
    }
    return true;
}

static bool lists_are_equal(const Column *left, int64_t left_row, const Column *right, int64_t right_row)
{
    ListView l = COLUMN_DATA(left, ListView)[column_index(left, left_row)];
    ListView r = COLUMN_DATA(right, ListView)[column_index(right, right_row)];
    if (l.count != r.count)
        return false;
    return left->type->kind == TYPE_MAP ? maps_are_equal(left, l, right, r) : arrays_are_equal(left, l, right, r);
}

bool values_are_equal(const Column *left, int64_t left_row, const Column *right, int64_t right_row)
{
    bool left_null = column_is_null(left, left_row), right_null = column_is_null(right, right_row);
    if (left_null || right_null)
        return left_null && right_null;
    int64_t l = column_index(left, left_row), r = column_index(right, right_row);
    switch (type_layout(left->type)) {
    case LAYOUT_LIST:
        return lists_are_equal(left, l, right, r);
    case LAYOUT_ROW:
        for (int32_t i = 0; i < left->type->field_count; i++)
            if (!values_are_equal(&left->children[i], l, &right->children[i], r))
                return false;
        return true;
    case LAYOUT_F32:
        return COLUMN_DATA(left, float)[l] == COLUMN_DATA(right, float)[r];
    case LAYOUT_F64:
        return COLUMN_DATA(left, double)[l] == COLUMN_DATA(right, double)[r];
    default:
        return values_compare(left, l, right, r) == 0;
    }
}

int rows_are_equal(const Column *left, int64_t left_row, const Column *right, int64_t right_row)
{
    if (column_is_null(left, left_row) || column_is_null(right, right_row))
        return -1;
    int64_t l = column_index(left, left_row), r = column_index(right, right_row);
    int     all = 1;
    for (int32_t i = 0; i < left->type->field_count; i++) {
        const Column *a = &left->children[i], *b = &right->children[i];
        int field;
        if (a->type->kind == TYPE_ROW)
            field = rows_are_equal(a, l, b, r);
        else if (column_is_null(a, l) || column_is_null(b, r))
            field = -1;
        else
            field = values_are_equal(a, l, b, r);
        if (field == 0)
            return 0;
        all = field < 0 ? -1 : all;
    }
    return all;
}

/* ---- columns --------------------------------------------------------------------------------------------------- */

static void compare_one_by_one(CompareOp op, const Column *left, const Column *right, int64_t rows, uint8_t *out)
{
    bool is_nested = type_layout(left->type) == LAYOUT_LIST || type_layout(left->type) == LAYOUT_ROW;
    for (int64_t i = 0; i < rows; i++) {
        if (column_is_null(left, i) || column_is_null(right, i))
            out[i] = 0;
        else if (is_nested)
            out[i] = values_are_equal(left, i, right, i) == (op == COMPARE_EQUAL);
        else
            out[i] = holds(op, values_compare(left, i, right, i));
    }
}

/* Two decimals of different scales that fit 64 bits at the larger one. */
static bool compare_scaled(CompareOp op, const Column *left, const Column *right, int64_t rows, uint8_t *out)
{
    const Type *l = left->type, *r = right->type;
    int32_t     scale = l->scale > r->scale ? l->scale : r->scale;
    if (l->precision + scale - l->scale > 18 || r->precision + scale - r->scale > 18)
        return false;
    int64_t left_by = (int64_t)decimal_power10(scale - l->scale), right_by = (int64_t)decimal_power10(scale - r->scale);
    int64_t left_step = !left->constant, right_step = !right->constant;
    const int64_t *left_data = left->data, *right_data = right->data;
    for (int64_t i = 0; i < rows; i++) {
        /* Of NULL rows the data may be anything: multiply as unsigned. */
        int64_t a = (int64_t)((uint64_t)left_data[i * left_step] * (uint64_t)left_by);
        int64_t b = (int64_t)((uint64_t)right_data[i * right_step] * (uint64_t)right_by);
        out[i]    = holds(op, (a > b) - (a < b));
    }
    return true;
}

/* A constant decimal as one of another type, whose scale is not smaller: *room has its value. false: it does not fit. */
static bool constant_as(const Column *constant, const Type *type, int128_t *room, Column *out)
{
    int128_t value;
    if (!constant->constant || column_is_null(constant, 0) || constant->type->scale > type->scale ||
        !decimal_rescale(decimal_at(constant, 0), constant->type->scale, type->scale, &value) ||
        (!decimal_is_wide(type) && value != (int64_t)value))
        return false;
    decimal_store(room, decimal_is_wide(type), 0, value);
    *out = (Column){ .type = type, .data = room, .constant = true };
    return true;
}

/* Decimals of different types. */
static void compare_decimals(CompareOp op, const Column *left, const Column *right, int64_t rows, uint8_t *out)
{
    Column   same;
    int128_t room;
    assert(left->type->kind == TYPE_DECIMAL && right->type->kind == TYPE_DECIMAL);
    if (constant_as(right, left->type, &room, &same))
        compare_columns(op, left, &same, rows, out);
    else if (constant_as(left, right->type, &room, &same))
        compare_columns(op, &same, right, rows, out);
    else if (!compare_scaled(op, left, right, rows, out))
        compare_one_by_one(op, left, right, rows, out);
}

#define COMPARE_COLUMNS(name, CType)                                                                           \
    compare_##name(op, COLUMN_DATA(left, CType), left->constant, COLUMN_DATA(right, CType), right->constant,   \
                   rows, out);                                                                                 \
    break

void compare_columns(CompareOp op, const Column *left, const Column *right, int64_t rows, uint8_t *out)
{
    Layout layout = type_layout(left->type);
    if (layout != type_layout(right->type) || left->type->scale != right->type->scale) {
        compare_decimals(op, left, right, rows, out);
        return;
    }
    switch (layout) {
    case LAYOUT_BOOL:
        COMPARE_COLUMNS(u8, uint8_t);
    case LAYOUT_I8:
        COMPARE_COLUMNS(i8, int8_t);
    case LAYOUT_I16:
        COMPARE_COLUMNS(i16, int16_t);
    case LAYOUT_I32:
        COMPARE_COLUMNS(i32, int32_t);
    case LAYOUT_I64:
        COMPARE_COLUMNS(i64, int64_t);
    case LAYOUT_F32:
        COMPARE_COLUMNS(f32, float);
    case LAYOUT_F64:
        COMPARE_COLUMNS(f64, double);
    case LAYOUT_I128:
        COMPARE_COLUMNS(i128, int128_t);
    case LAYOUT_VIEW:
        compare_views(op, left, right, rows, out);
        break;
    default:
        compare_one_by_one(op, left, right, rows, out);
        break;
    }
}
