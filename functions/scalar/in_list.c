/* in_list.c: x IN (v, ...).
 *
 * A list of more than a few literals becomes a hash set once per program; a short one, or one with values that are
 * computed, is compared value by value, each over the whole column.
 * Three-valued: TRUE when a value is the same, else NULL when x or a value of the list is NULL, else FALSE. */
#include "functions/coerce.h"
#include "functions/comparison.h"
#include "functions/function.h"

#include "core/hash.h"

#define IN_HASH_MIN 8

/* Open addressing over 16-byte keys: a number widened to 128 bits, or a view. */
typedef union InKey {
    int128_t number;
    View     view;
} InKey;

typedef struct InSet {
    InKey   *keys;
    uint8_t *used;
    uint64_t mask;
    bool     is_text;
    bool     has_null;
} InSet;

static bool key_from(const Column *column, int64_t row, InKey *out)
{
    int64_t index = column_index(column, row);
    if (column->valid && !column->valid[index])
        return false;
    switch (type_layout(column->type)) {
    case LAYOUT_I8:
        out->number = COLUMN_DATA(column, int8_t)[index];
        return true;
    case LAYOUT_I16:
        out->number = COLUMN_DATA(column, int16_t)[index];
        return true;
    case LAYOUT_I32:
        out->number = COLUMN_DATA(column, int32_t)[index];
        return true;
    case LAYOUT_I64:
        out->number = COLUMN_DATA(column, int64_t)[index];
        return true;
    case LAYOUT_I128:
        out->number = COLUMN_DATA(column, int128_t)[index];
        return true;
    default:
        out->view = COLUMN_DATA(column, View)[index];
        return true;
    }
}

static uint64_t key_hash(const InSet *set, const InKey *key)
{
    if (!set->is_text)
        return hash_combine((uint64_t)key->number, (uint64_t)(key->number >> 64));
    return hash_bytes(view_ptr(&key->view), key->view.size);
}

static bool key_equals(const InSet *set, const InKey *left, const InKey *right)
{
    return set->is_text ? view_equals(&left->view, &right->view) : left->number == right->number;
}

/* The slot of the key, or the free one where it belongs. */
static uint64_t set_slot(const InSet *set, const InKey *key)
{
    uint64_t slot = key_hash(set, key) & set->mask;
    while (set->used[slot] && !key_equals(set, &set->keys[slot], key))
        slot = (slot + 1) & set->mask;
    return slot;
}

static bool can_hash(const Type *type)
{
    Layout layout = type_layout(type);
    return layout == LAYOUT_VIEW || (layout >= LAYOUT_I8 && layout <= LAYOUT_I64) || layout == LAYOUT_I128;
}

static Status in_prepare(Call *call, Arena *arena, const Expr *expr, void **state, Error *err)
{
    (void)call;
    (void)err;
    int32_t count = expr->arg_count - 1;
    *state        = NULL;
    if (count < IN_HASH_MIN || !can_hash(expr->args[0]->type))
        return STATUS_OK;
    for (int32_t i = 0; i < count; i++)
        if (!expr_is_literal(expr->args[i + 1]))
            return STATUS_OK;
    InSet *set = arena_new(arena, InSet, 1);
    set->mask  = 15;
    while (set->mask < (uint64_t)count * 2)
        set->mask = set->mask * 2 + 1;
    set->keys    = arena_new(arena, InKey, (int64_t)set->mask + 1);
    set->used    = arena_new(arena, uint8_t, (int64_t)set->mask + 1);
    set->is_text = type_layout(expr->args[0]->type) == LAYOUT_VIEW;
    for (int32_t i = 0; i < count; i++) {
        InKey key;
        if (!key_from(&expr->args[i + 1]->value, 0, &key)) {
            set->has_null = true;
            continue;
        }
        uint64_t slot   = set_slot(set, &key);
        set->keys[slot] = key;
        set->used[slot] = 1;
    }
    *state = set;
    return STATUS_OK;
}

/* found[i], and unknown[i] where a NULL of the list leaves it open. */
static void look_up(const InSet *set, const Column *x, int64_t rows, uint8_t *found, uint8_t *unknown)
{
    for (int64_t i = 0; i < rows; i++) {
        InKey key;
        found[i]   = key_from(x, i, &key) && set->used[set_slot(set, &key)];
        unknown[i] = set->has_null;
    }
}

static void compare_each(Call *call, const Column *args, int32_t count, int64_t rows, uint8_t *found, uint8_t *unknown)
{
    uint8_t *equal = buf_alloc(call_buf(call), rows);
    memset(found, 0, (size_t)rows);
    memset(unknown, 0, (size_t)rows);
    for (int32_t k = 1; k < count; k++) {
        const Column *member = &args[k];
        compare_columns(COMPARE_EQUAL, &args[0], member, rows, equal);
        for (int64_t i = 0; i < rows; i++) {
            bool null = column_is_null(member, i);
            found[i] |= equal[i] & !null;
            unknown[i] |= null;
        }
    }
}

static Status in_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    int32_t  count   = call_expr(call)->arg_count;
    uint8_t *found   = COLUMN_DATA(out, uint8_t);
    uint8_t *unknown = buf_alloc(call_buf(call), rows);
    if (call_state(call))
        look_up(call_state(call), &args[0], rows, found, unknown);
    else
        compare_each(call, args, count, rows, found, unknown);
    if (!call_type(call)->nullable)
        return STATUS_OK;
    column_need_valid(out, call_buf(call), rows);
    for (int64_t i = 0; i < rows; i++) {
        bool x_null   = column_is_null(&args[0], i);
        out->valid[i] = !x_null && (found[i] || !unknown[i]);
    }
    return STATUS_OK;
}

static Status in_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out, Error *err)
{
    (void)span;
    (void)err;
    bool nullable = false;
    for (int32_t i = 0; i < arg_count; i++)
        nullable = nullable || args[i]->type->nullable;
    *out = type_with_null(arena, &type_boolean, nullable);
    return STATUS_OK;
}

const Function fn_in_list[] = {
    { .sig = "in(any, any...) -> boolean",
      .doc = "TRUE when the first value is one of the others; NULL when it is none of them and one of them is NULL.",
      .eval = in_eval, .prepare = in_prepare, .coerce = coerce_members, .infer = in_infer,
      .flags = FN_SEES_NULL | FN_HIDDEN },
    { 0 },
};
