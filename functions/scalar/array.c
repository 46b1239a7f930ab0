/* array.c: functions on arrays.
 *
 * The elements of all arguments are put behind each other once per batch (Pool); each row then picks from them by
 * index, and one gather moves all picked values (nested.h). Elements are compared as "=" does, with NULL equal to
 * NULL. */
#include "functions/args.h"
#include "functions/comparison.h"
#include "functions/nested.h"

/* ---- types ----------------------------------------------------------------------------------------------------- */

/* The value must have the type of the elements. */
static Status element_coerce(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    (void)arg_count;
    const Type *element = args[0]->type->element, *arg = args[1]->type;
    if (arg->kind != TYPE_NULL && !type_casts_implicitly(arg, element) &&
        !(type_is_string(arg) && type_is_string(element)))
        return error_set(err, STATUS_TYPE, span, "the array has elements of type %s, not %s",
                         type_kind_name(element->kind),
                         type_kind_name(arg->kind));
    args[1] = expr_cast(arena, args[1], element, false, args[1]->span);
    return STATUS_OK;
}

/* NULL only when the array is: the value may be NULL. */
static Status boolean_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out, Error *err)
{
    (void)arg_count;
    (void)span;
    (void)err;
    *out = type_with_null(arena, &type_boolean, args[0]->type->nullable);
    return STATUS_OK;
}

static Status same_array_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out,
                               Error *err)
{
    (void)arena;
    (void)arg_count;
    (void)span;
    (void)err;
    *out = args[0]->type;
    return STATUS_OK;
}

/* With a NULL-able value the elements can be NULL. */
static Status grown_array_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out,
                                Error *err)
{
    (void)arg_count;
    (void)span;
    (void)err;
    const Type *element = args[0]->type->element;
    element             = type_with_null(arena, element, element->nullable || args[1]->type->nullable);
    *out                = type_array(arena, element, args[0]->type->nullable || args[1]->type->nullable);
    return STATUS_OK;
}

/* ---- pools ----------------------------------------------------------------------------------------------------- */

/* Elements of all arguments in one column; base[k] is where those of argument k start. An argument that is no array is
 * an element itself. */
typedef struct Pool {
    Column  elements;
    int32_t base[2];
    int64_t count;
} Pool;

static void pool_init(Pool *pool, Buf *buf, const Type *element)
{
    *pool = (Pool){ 0 };
    column_init(&pool->elements, buf, element, 0);
}

static int32_t pool_add(Pool *pool, Buf *buf, const Column *values, int64_t count)
{
    int32_t base = (int32_t)pool->count;
    if (count > 0)
        column_append(&pool->elements, pool->count, values, 0, count, buf, false);
    pool->count += count;
    return base;
}

static void pool_add_array(Pool *pool, Buf *buf, int32_t arg, const Column *array)
{
    pool->base[arg] = pool_add(pool, buf, &array->children[0], array->child_rows);
}

/* One element per row, also of a constant. */
static void pool_add_values(Pool *pool, Buf *buf, int32_t arg, const Column *values, int64_t rows)
{
    Column flat = *values;
    column_flatten(&flat, buf, rows);
    pool->base[arg] = pool_add(pool, buf, &flat, rows);
}

/* Entries of array `arg` in row. */
static ListView pool_list(const Pool *pool, int32_t arg, const Column *array, int64_t row)
{
    ListView list = list_at(array, row);
    list.start += pool->base[arg];
    return list;
}

static bool pool_same(const Pool *pool, int64_t left, int64_t right)
{
    return values_are_equal(&pool->elements, left, &pool->elements, right);
}

static bool pool_has(const Pool *pool, ListView list, int64_t entry)
{
    for (int32_t i = 0; i < list.count; i++)
        if (pool_same(pool, list.start + i, entry))
            return true;
    return false;
}

static void pool_finish(const Pool *pool, ListPick *pick, Column *out, Buf *buf)
{
    list_set_child(out, 0, &pool->elements, pick->entries, pick->count, buf);
}

/* ---- searching ------------------------------------------------------------------------------------------------- */

static int32_t place_of(const Column *args, int64_t row)
{
    ListView list = list_at(&args[0], row);
    for (int32_t i = 0; i < list.count; i++)
        if (values_are_equal(&args[0].children[0], list.start + i, &args[1], row))
            return i + 1;
    return 0;
}

static Status array_contains_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    for (int64_t i = 0; i < rows; i++) {
        if (column_is_null(&args[0], i))
            out_null(call, out, rows, i);
        else
            COLUMN_DATA(out, uint8_t)[i] = place_of(args, i) > 0;
    }
    return STATUS_OK;
}

static Status array_position_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)call;
    (void)err;
    EACH_VALUE(i)
        COLUMN_DATA(out, int32_t)[i] = place_of(args, i);
    return STATUS_OK;
}

/* ---- picking from one array ------------------------------------------------------------------------------------ */

typedef void (*PickRow)(const Call *call, const Column *args, int64_t row, ListPick *pick);

static Status pick_rows(Call *call, const Column *args, int64_t rows, Column *out, PickRow pick_row)
{
    ListPick pick = { .buf = call_buf(call) };
    for (int64_t i = 0; i < rows; i++) {
        bool is_there = !column_is_null(&args[0], i) && (!out->valid || out->valid[i]);
        if (is_there)
            pick_row(call, args, i, &pick);
        COLUMN_DATA(out, ListView)[i] = pick_end(&pick);
        if (!is_there)
            out_null(call, out, rows, i);
    }
    list_set_child(out, 0, &args[0].children[0], pick.entries, pick.count, call_buf(call));
    return STATUS_OK;
}

static void pick_distinct(const Call *call, const Column *args, int64_t row, ListPick *pick)
{
    (void)call;
    ListView      list   = list_at(&args[0], row);
    const Column *values = &args[0].children[0];
    for (int32_t i = 0; i < list.count; i++) {
        bool is_new = true;
        for (int64_t k = pick->row_start; k < pick->count && is_new; k++)
            is_new = !values_are_equal(values, pick->entries[k], values, list.start + i);
        if (is_new)
            pick_entry(pick, list.start + i);
    }
}

static void pick_reversed(const Call *call, const Column *args, int64_t row, ListPick *pick)
{
    (void)call;
    ListView list = list_at(&args[0], row);
    for (int32_t i = list.count; i > 0; i--)
        pick_entry(pick, list.start + i - 1);
}

static void pick_others(const Call *call, const Column *args, int64_t row, ListPick *pick)
{
    (void)call;
    ListView list = list_at(&args[0], row);
    for (int32_t i = 0; i < list.count; i++)
        if (!values_are_equal(&args[0].children[0], list.start + i, &args[1], row))
            pick_entry(pick, list.start + i);
}

/* A place from 1 on; 0 is 1, a negative one counts from the end. */
static int64_t slice_place(int64_t place, int64_t count)
{
    return place < 0 ? count + 1 + place : place == 0 ? 1 : place;
}

static void pick_slice(const Call *call, const Column *args, int64_t row, ListPick *pick)
{
    ListView list  = list_at(&args[0], row);
    int64_t  first = slice_place(arg_i32(&args[1], row), list.count);
    int64_t  last  = call_expr(call)->arg_count > 2 ? slice_place(arg_i32(&args[2], row), list.count) : list.count;
    first          = first < 1 ? 1 : first;
    last           = last > list.count ? list.count : last;
    for (int64_t place = first; place <= last; place++)
        pick_entry(pick, (int32_t)(list.start + place - 1));
}

#define PICK_EVAL(name, pick_row)                                                                              \
    static Status name(Call *call, const Column *args, int64_t rows, Column *out, Error *err)                  \
    {                                                                                                          \
        (void)err;                                                                                             \
        return pick_rows(call, args, rows, out, pick_row);                                                     \
    }

PICK_EVAL(array_distinct_eval, pick_distinct)
PICK_EVAL(array_reverse_eval, pick_reversed)
PICK_EVAL(array_remove_eval, pick_others)
PICK_EVAL(array_slice_eval, pick_slice)

/* ---- ARRAY_SORT, ARRAY_MAX, ARRAY_MIN -------------------------------------------------------------------------- */

typedef struct SortOrder {
    const Column *values;
    bool          is_descending, nulls_first;
} SortOrder;

static int compare_entries(const SortOrder *order, int32_t left, int32_t right)
{
    bool left_null = column_is_null(order->values, left), right_null = column_is_null(order->values, right);
    if (left_null || right_null)
        return left_null == right_null ? 0 : left_null == order->nulls_first ? -1 : 1;
    int result = values_compare(order->values, left, order->values, right);
    return order->is_descending ? -result : result;
}

/* Merge sort: stable, and no worse than n log n. */
static void sort_entries(const SortOrder *order, int32_t *entries, int32_t *work, int64_t count)
{
    if (count < 2)
        return;
    int64_t half = count / 2;
    sort_entries(order, entries, work, half);
    sort_entries(order, entries + half, work, count - half);
    memcpy(work, entries, (size_t)half * sizeof(int32_t));
    for (int64_t left = 0, right = half, to = 0; left < half; to++) {
        bool takes_right = right < count && compare_entries(order, entries[right], work[left]) < 0;
        entries[to]      = takes_right ? entries[right++] : work[left++];
    }
}

static Status array_sort_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    int32_t  count = call_expr(call)->arg_count;
    Buf     *buf   = call_buf(call);
    ListPick pick  = { .buf = buf };
    EACH_VALUE(i)
    {
        ListView  list  = list_at(&args[0], i);
        SortOrder order = { .values = &args[0].children[0], .is_descending = count > 1 && !arg_bool(&args[1], i) };
        order.nulls_first = count > 2 ? arg_bool(&args[2], i) : !order.is_descending;
        for (int32_t k = 0; k < list.count; k++)
            pick_entry(&pick, list.start + k);
        sort_entries(&order, pick.entries + pick.row_start, buf_new(buf, int32_t, list.count + 1), list.count);
        COLUMN_DATA(out, ListView)[i] = pick_end(&pick);
    }
    list_set_child(out, 0, &args[0].children[0], pick.entries, pick.count, buf);
    return STATUS_OK;
}

static Status array_extreme_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    int           sign   = call_function(call)->option;
    const Column *values = &args[0].children[0];
    EACH_VALUE(i)
    {
        ListView list = list_at(&args[0], i);
        int64_t  best = -1;
        for (int64_t entry = list.start; entry < list.start + list.count; entry++)
            if (!column_is_null(values, entry) && (best < 0 || values_compare(values, entry, values, best) * sign > 0))
                best = entry;
        if (best < 0)
            out_null(call, out, rows, i);
        else
            value_copy(values, best, call_buf(call), out, i);
    }
    return STATUS_OK;
}

static Status ordered_coerce(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    (void)arena;
    (void)arg_count;
    TypeKind kind = args[0]->type->element->kind;
    if (kind == TYPE_ARRAY || kind == TYPE_MAP || kind == TYPE_ROW)
        return error_set(err, STATUS_TYPE, span, "elements of type %s have no order", type_kind_name(kind));
    return STATUS_OK;
}

/* ---- ARRAY_JOIN ------------------------------------------------------------------------------------------------ */

static Status array_join_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    bool          has_null = call_expr(call)->arg_count > 2;
    const Column *values   = &args[0].children[0];
    Text          text     = TEXT_EMPTY;
    EACH_VALUE(i)
    {
        ListView list     = list_at(&args[0], i);
        bool     is_first = true;
        text_clear(&text);
        for (int64_t entry = list.start; entry < list.start + list.count; entry++) {
            bool is_null = column_is_null(values, entry);
            if (is_null && !has_null)
                continue;
            if (!is_first)
                text_append(&text, arg_str(&args[1], i));
            is_first = false;
            text_append(&text, is_null ? arg_str(&args[2], i) : arg_str(values, entry));
        }
        COLUMN_DATA(out, View)[i] = view_copy(call_buf(call), text_str(&text));
    }
    text_free(&text);
    return STATUS_OK;
}

static Status join_coerce(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    (void)arena;
    (void)arg_count;
    if (!type_is_string(args[0]->type->element))
        return error_set(err, STATUS_TYPE, span, "ARRAY_JOIN takes an array of texts");
    return STATUS_OK;
}

/* ---- several arrays -------------------------------------------------------------------------------------------- */

static Status array_concat_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    int32_t  count = call_expr(call)->arg_count;
    Buf     *buf   = call_buf(call);
    int32_t *base  = buf_new(buf, int32_t, count);
    ListPick pick  = { .buf = buf };
    Pool     pool;
    (void)err;
    pool_init(&pool, buf, out->type->element);
    for (int32_t k = 0; k < count; k++)
        base[k] = pool_add(&pool, buf, &args[k].children[0], args[k].child_rows);
    EACH_VALUE(i)
    {
        for (int32_t k = 0; k < count; k++) {
            ListView list = list_at(&args[k], i);
            for (int32_t entry = list.start; entry < list.start + list.count; entry++)
                pick_entry(&pick, base[k] + entry);
        }
        COLUMN_DATA(out, ListView)[i] = pick_end(&pick);
    }
    pool_finish(&pool, &pick, out, buf);
    return STATUS_OK;
}

/* option: the value stands in front. */
static Status array_grow_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    bool     in_front = call_function(call)->option;
    Buf     *buf      = call_buf(call);
    ListPick pick     = { .buf = buf };
    Pool     pool;
    pool_init(&pool, buf, out->type->element);
    pool_add_array(&pool, buf, 0, &args[0]);
    pool_add_values(&pool, buf, 1, &args[1], rows);
    for (int64_t i = 0; i < rows; i++) {
        if (column_is_null(&args[0], i)) {
            COLUMN_DATA(out, ListView)[i] = (ListView){ 0, 0 };
            out_null(call, out, rows, i);
            continue;
        }
        ListView list = pool_list(&pool, 0, &args[0], i);
        if (in_front)
            pick_entry(&pick, pool.base[1] + (int32_t)i);
        for (int32_t k = 0; k < list.count; k++)
            pick_entry(&pick, list.start + k);
        if (!in_front)
            pick_entry(&pick, pool.base[1] + (int32_t)i);
        COLUMN_DATA(out, ListView)[i] = pick_end(&pick);
    }
    pool_finish(&pool, &pick, out, buf);
    return STATUS_OK;
}

typedef enum SetOp { SET_UNION, SET_EXCEPT, SET_INTERSECT } SetOp;

/* Each value once, in order of its first appearance. */
static void pick_set(const Pool *pool, SetOp op, ListView left, ListView right, ListPick *pick)
{
    int32_t both = op == SET_UNION ? left.count + right.count : left.count;
    for (int32_t i = 0; i < both; i++) {
        int32_t entry  = i < left.count ? left.start + i : right.start + i - left.count;
        bool    is_new = op == SET_UNION || pool_has(pool, right, entry) == (op == SET_INTERSECT);
        for (int64_t k = pick->row_start; k < pick->count && is_new; k++)
            is_new = !pool_same(pool, pick->entries[k], entry);
        if (is_new)
            pick_entry(pick, entry);
    }
}

static Status array_set_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    Buf     *buf  = call_buf(call);
    ListPick pick = { .buf = buf };
    Pool     pool;
    pool_init(&pool, buf, out->type->element);
    pool_add_array(&pool, buf, 0, &args[0]);
    pool_add_array(&pool, buf, 1, &args[1]);
    EACH_VALUE(i)
    {
        pick_set(&pool, (SetOp)call_function(call)->option, pool_list(&pool, 0, &args[0], i),
                 pool_list(&pool, 1, &args[1], i),
                 &pick);
        COLUMN_DATA(out, ListView)[i] = pick_end(&pick);
    }
    pool_finish(&pool, &pick, out, buf);
    return STATUS_OK;
}

const Function fn_array[] = {
    { .sig = "array_contains(array, any) -> boolean", .doc = "TRUE when the value is an element.",
      .eval = array_contains_eval,
      .coerce = element_coerce, .infer = boolean_infer, .flags = FN_SEES_NULL },
    { .sig = "array_position(array, any) -> int",
      .doc = "Where the value is in the array, from 1; 0 when it is not there.",
      .eval = array_position_eval, .coerce = element_coerce },
    { .sig = "array_distinct(array) -> $1", .doc = "Each element once.", .eval = array_distinct_eval },
    { .sig = "array_reverse(array) -> $1", .doc = "The elements in the opposite order.", .eval = array_reverse_eval },
    { .sig = "array_remove(array, any) -> $1", .doc = "The array without the elements that are the value.",
      .eval = array_remove_eval, .coerce = element_coerce, .infer = same_array_infer, .flags = FN_SEES_NULL },
    { .sig = "array_slice(array, int, [int]) -> $1",
      .doc = "The elements from a place to a place, these included; negative ones count from the end.",
      .eval = array_slice_eval },
    { .sig = "array_sort(array, [boolean], [boolean]) -> $1",
      .doc = "The elements in order: ascending unless the second argument is FALSE; NULLs first when ascending, else "
             "last, unless the "
             "third argument says.",
      .eval = array_sort_eval, .coerce = ordered_coerce },
    { .sig = "array_max(array) -> element$1?", .doc = "The greatest element.", .eval = array_extreme_eval,
      .coerce = ordered_coerce, .option = 1 },
    { .sig = "array_min(array) -> element$1?", .doc = "The least element.", .eval = array_extreme_eval,
      .coerce = ordered_coerce, .option = -1 },
    { .sig = "array_join(array, string, [string]) -> string",
      .doc = "The texts of an array with the second argument between them; NULLs are left out, or stand as the third "
             "argument.",
      .eval = array_join_eval, .coerce = join_coerce },
    { .sig = "array_concat(array<T>...) -> array<T>", .doc = "The elements of all arrays behind each other.",
      .eval = array_concat_eval },
    { .sig = "array_append(array, any) -> $1", .doc = "The array with the value behind it.", .eval = array_grow_eval,
      .coerce = element_coerce, .infer = grown_array_infer, .flags = FN_SEES_NULL, .option = 0 },
    { .sig = "array_prepend(array, any) -> $1", .doc = "The array with the value in front of it.",
      .eval = array_grow_eval,
      .coerce = element_coerce, .infer = grown_array_infer, .flags = FN_SEES_NULL, .option = 1 },
    { .sig = "array_union(array<T>, array<T>) -> array<T>", .doc = "The elements of both arrays, each once.",
      .eval = array_set_eval,
      .option = SET_UNION },
    { .sig = "array_except(array<T>, array<T>) -> array<T>",
      .doc = "The elements of the first array that are not in the second, each once.",
      .eval = array_set_eval, .option = SET_EXCEPT },
    { .sig = "array_intersect(array<T>, array<T>) -> array<T>",
      .doc = "The elements that are in both arrays, each once.", .eval = array_set_eval,
      .option = SET_INTERSECT },
    { 0 },
};
