/* column_compare.c: are two values the same, and which comes first. Views, then values of any type.
 *
 * NaN is one value, whatever its bits, and comes after all numbers; -0.0 comes before 0.0 and is not the same. */
#include "data/batch.h"

View view_copy(Buf *buf, Str text)
{
    if (text.len <= VIEW_INLINE)
        return view_of(text);
    char *bytes = buf_alloc(buf, text.len);
    memcpy(bytes, text.ptr, (size_t)text.len);
    return view_of((Str){ bytes, text.len });
}

bool view_equals(const View *left, const View *right)
{
    if (memcmp(left, right, 8) != 0) /* size and prefix */
        return false;
    if (left->size <= VIEW_INLINE)
        return memcmp(left->rest, right->rest, sizeof(left->rest)) == 0;
    return memcmp(left->ptr, right->ptr, left->size) == 0;
}

int view_compare(const View *left, const View *right)
{
    uint32_t size = left->size < right->size ? left->size : right->size;
    int      order = memcmp(view_ptr(left), view_ptr(right), size);
    if (order != 0)
        return order;
    return (left->size > right->size) - (left->size < right->size);
}

#define IS_NAN(value) ((value) != (value))

/* ---- equality -------------------------------------------------------------------------------------------------- */

static bool lists_equal(const Column *left, int64_t left_index, const Column *right, int64_t right_index)
{
    ListView a = COLUMN_DATA(left, ListView)[left_index];
    ListView b = COLUMN_DATA(right, ListView)[right_index];
    int32_t  children = left->type->kind == TYPE_MAP ? 2 : 1;
    if (a.count != b.count)
        return false;
    for (int32_t child = 0; child < children; child++)
        for (int32_t i = 0; i < a.count; i++)
            if (!column_value_equals(&left->children[child], a.start + i, &right->children[child], b.start + i))
                return false;
    return true;
}

static bool rows_equal(const Column *left, int64_t left_index, const Column *right, int64_t right_index)
{
    for (int32_t i = 0; i < left->type->field_count; i++)
        if (!column_value_equals(&left->children[i], left_index, &right->children[i], right_index))
            return false;
    return true;
}

#define SAME(CType) (COLUMN_DATA(left, CType)[left_index] == COLUMN_DATA(right, CType)[right_index])
#define SAME_BITS(CType) \
    (memcmp(&COLUMN_DATA(left, CType)[left_index], &COLUMN_DATA(right, CType)[right_index], sizeof(CType)) == 0)
#define BOTH_NAN(CType) \
    (IS_NAN(COLUMN_DATA(left, CType)[left_index]) && IS_NAN(COLUMN_DATA(right, CType)[right_index]))

bool column_value_equals(const Column *left, int64_t left_row, const Column *right, int64_t right_row)
{
    bool left_null = column_is_null(left, left_row);
    bool right_null = column_is_null(right, right_row);
    if (left_null || right_null)
        return left_null && right_null;
    int64_t left_index = column_index(left, left_row);
    int64_t right_index = column_index(right, right_row);
    switch (type_layout(left->type)) {
    case LAYOUT_BOOL:
    case LAYOUT_I8:
        return SAME(int8_t);
    case LAYOUT_I16:
        return SAME(int16_t);
    case LAYOUT_I32:
        return SAME(int32_t);
    case LAYOUT_I64:
        return SAME(int64_t);
    case LAYOUT_F32:
        return SAME_BITS(float) || BOTH_NAN(float);
    case LAYOUT_F64:
        return SAME_BITS(double) || BOTH_NAN(double);
    case LAYOUT_I128:
        return SAME(int128_t);
    case LAYOUT_TIMESTAMP:
        return SAME_BITS(Timestamp);
    case LAYOUT_VIEW:
        return view_equals(&COLUMN_DATA(left, View)[left_index], &COLUMN_DATA(right, View)[right_index]);
    case LAYOUT_LIST:
        return lists_equal(left, left_index, right, right_index);
    case LAYOUT_ROW:
    default:
        return rows_equal(left, left_index, right, right_index);
    }
}

/* ---- order ----------------------------------------------------------------------------------------------------- */

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

/* Numbers by value, equal ones by sign (so -0.0 first), NaN last. */
static int compare_f64(double left, double right)
{
    if (IS_NAN(left) || IS_NAN(right))
        return (int)IS_NAN(left) - (int)IS_NAN(right);
    if (left != right)
        return ORDER(left, right);
    return !!__builtin_signbit(right) - !!__builtin_signbit(left);
}

static int compare_timestamps(const Timestamp *left, const Timestamp *right)
{
    return left->ms != right->ms ? ORDER(left->ms, right->ms) : ORDER(left->ns, right->ns);
}

/* Entry by entry (of a map: key, then value); the shorter list first when it starts the longer one. */
static int compare_lists(const Column *left, int64_t left_index, const Column *right, int64_t right_index)
{
    ListView a = COLUMN_DATA(left, ListView)[left_index];
    ListView b = COLUMN_DATA(right, ListView)[right_index];
    int32_t  children = left->type->kind == TYPE_MAP ? 2 : 1;
    for (int32_t i = 0; i < a.count && i < b.count; i++) {
        for (int32_t child = 0; child < children; child++) {
            int order = column_value_compare(&left->children[child], a.start + i, &right->children[child], b.start + i);
            if (order != 0)
                return order;
        }
    }
    return ORDER(a.count, b.count);
}

static int compare_rows(const Column *left, int64_t left_index, const Column *right, int64_t right_index)
{
    for (int32_t i = 0; i < left->type->field_count; i++) {
        int order = column_value_compare(&left->children[i], left_index, &right->children[i], right_index);
        if (order != 0)
            return order;
    }
    return 0;
}

#define COMPARE(CType) ORDER(COLUMN_DATA(left, CType)[left_index], COLUMN_DATA(right, CType)[right_index])

int column_value_compare(const Column *left, int64_t left_row, const Column *right, int64_t right_row)
{
    bool left_null = column_is_null(left, left_row);
    bool right_null = column_is_null(right, right_row);
    if (left_null || right_null)
        return (int)right_null - (int)left_null;
    int64_t left_index = column_index(left, left_row);
    int64_t right_index = column_index(right, right_row);
    switch (type_layout(left->type)) {
    case LAYOUT_BOOL:
    case LAYOUT_I8:
        return COMPARE(int8_t);
    case LAYOUT_I16:
        return COMPARE(int16_t);
    case LAYOUT_I32:
        return COMPARE(int32_t);
    case LAYOUT_I64:
        return COMPARE(int64_t);
    case LAYOUT_F32:
        return compare_f64(COLUMN_DATA(left, float)[left_index], COLUMN_DATA(right, float)[right_index]);
    case LAYOUT_F64:
        return compare_f64(COLUMN_DATA(left, double)[left_index], COLUMN_DATA(right, double)[right_index]);
    case LAYOUT_I128:
        return COMPARE(int128_t);
    case LAYOUT_TIMESTAMP:
        return compare_timestamps(&COLUMN_DATA(left, Timestamp)[left_index],
                                  &COLUMN_DATA(right, Timestamp)[right_index]);
    case LAYOUT_VIEW:
        return view_compare(&COLUMN_DATA(left, View)[left_index], &COLUMN_DATA(right, View)[right_index]);
    case LAYOUT_LIST:
        return compare_lists(left, left_index, right, right_index);
    case LAYOUT_ROW:
    default:
        return compare_rows(left, left_index, right, right_index);
    }
}
