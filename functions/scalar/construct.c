/* construct.c: ROW, ARRAY, MAP; access to fields, elements and values of a key; CARDINALITY, ELEMENT. */
#include "functions/call.h"
#include "functions/comparison.h"
#include "functions/literal.h"
#include "functions/nested.h"

/* ---- constructors ---------------------------------------------------------------------------------------------- */

static Status row_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out, Error *err)
{
    Field *fields = arena_new(arena, Field, arg_count);
    for (int32_t i = 0; i < arg_count; i++) {
        if (args[i]->type->kind == TYPE_NULL)
            return error_set(err, STATUS_TYPE, span, "an untyped NULL cannot be a field of ROW: CAST it");
        fields[i] = (Field){ .name = arena_format(arena, "EXPR$%d", i), .type = args[i]->type };
    }
    *out = type_row(arena, fields, arg_count, false);
    return STATUS_OK;
}

static Status row_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    for (int32_t i = 0; i < call_expr(call)->arg_count; i++) {
        const Type *type = out->children[i].type;
        out->children[i] = args[i];
        column_flatten(&out->children[i], call_buf(call), rows);
        out->children[i].type = type;
    }
    return STATUS_OK;
}

static Status array_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    int32_t count = call_expr(call)->arg_count;
    columns_interleave(args, count, rows, out->type->element, call_buf(call), &out->children[0]);
    out->child_rows = rows * count;
    for (int64_t i = 0; i < rows; i++)
        COLUMN_DATA(out, ListView)[i] = (ListView){ (int32_t)(i * count), count };
    return STATUS_OK;
}

/* A key that comes again replaces the value of the first. */
static void map_pick_last(const Column *keys, int64_t start, int32_t pairs, ListPick *pick)
{
    for (int32_t i = 0; i < pairs; i++) {
        bool is_replaced = false;
        for (int32_t k = i + 1; k < pairs && !is_replaced; k++)
            is_replaced = values_are_equal(keys, start + i, keys, start + k);
        if (!is_replaced)
            pick_entry(pick, (int32_t)(start + i));
    }
}

static Status map_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    Buf     *buf   = call_buf(call);
    int32_t  pairs = call_expr(call)->arg_count / 2;
    Column  *parts = buf_new(buf, Column, pairs * 2), keys, values;
    ListPick pick  = { .buf = buf };
    for (int32_t i = 0; i < pairs; i++) {
        parts[i]         = args[2 * i];
        parts[pairs + i] = args[2 * i + 1];
    }
    columns_interleave(parts, pairs, rows, out->type->key, buf, &keys);
    columns_interleave(parts + pairs, pairs, rows, out->type->element, buf, &values);
    for (int64_t i = 0; i < rows; i++) {
        map_pick_last(&keys, i * pairs, pairs, &pick);
        COLUMN_DATA(out, ListView)[i] = pick_end(&pick);
    }
    list_set_child(out, 0, &keys, pick.entries, pick.count, buf);
    list_set_child(out, 1, &values, pick.entries, pick.count, buf);
    return STATUS_OK;
}

/* ---- access ---------------------------------------------------------------------------------------------------- */

static Status field_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    uint8_t *row_valid = out->valid;
    *out               = args[0].children[call_expr(call)->option];
    out->type          = call_type(call);
    if (args[0].constant)
        out->constant = true;
    if (!row_valid)
        return STATUS_OK;
    column_flatten(out, call_buf(call), rows);
    if (out->valid)
        for (int64_t i = 0; i < rows; i++)
            row_valid[i] &= out->valid[i];
    out->valid = row_valid;
    return STATUS_OK;
}

/* out[i] = child[entries[i]], NULL where the entry is -1. */
static void fetch_entries(Call *call, const Column *child, int64_t child_rows, int32_t *entries, int64_t rows,
                          Column *out)
{
    Buf *buf = call_buf(call);
    if (child_rows == 0) {
        column_init_null(out, buf, call_type(call));
        return;
    }
    uint8_t *found = buf_new(buf, uint8_t, rows);
    for (int64_t i = 0; i < rows; i++) {
        found[i] = entries[i] >= 0;
        if (entries[i] < 0)
            entries[i] = 0;
    }
    column_gather(child, entries, rows, buf, out);
    out->type = call_type(call);
    column_need_valid(out, buf, rows);
    for (int64_t i = 0; i < rows; i++)
        out->valid[i] &= found[i];
}

static Status element_at_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    const int64_t *index   = COLUMN_DATA(&args[1], int64_t);
    int32_t       *entries = buf_new(call_buf(call), int32_t, rows);
    for (int64_t i = 0; i < rows; i++) {
        bool     is_null = out->valid && !out->valid[i];
        ListView list    = is_null ? (ListView){ 0, 0 } : list_at(&args[0], i);
        int64_t  at      = is_null ? 0 : index[column_index(&args[1], i)];
        entries[i]       = at >= 1 && at <= list.count ? list.start + (int32_t)at - 1 : -1;
    }
    fetch_entries(call, &args[0].children[0], args[0].child_rows, entries, rows, out);
    return STATUS_OK;
}

static Status element_at_coerce(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    (void)arg_count;
    (void)span;
    int64_t index;
    if (literal_i64(args[1], &index) && index < 1)
        return error_set(err, STATUS_INVALID, args[1]->span, "array indexes start at 1");
    args[1] = expr_cast(arena, args[1], &type_bigint, false, args[1]->span);
    return STATUS_OK;
}

static Status value_of_key_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    const Column *keys    = &args[0].children[0];
    int32_t      *entries = buf_new(call_buf(call), int32_t, rows);
    for (int64_t i = 0; i < rows; i++) {
        entries[i] = -1;
        if (out->valid && !out->valid[i])
            continue;
        ListView map = list_at(&args[0], i);
        for (int32_t k = 0; k < map.count && entries[i] < 0; k++)
            if (values_are_equal(keys, map.start + k, &args[1], i))
                entries[i] = map.start + k;
    }
    fetch_entries(call, &args[0].children[1], args[0].child_rows, entries, rows, out);
    return STATUS_OK;
}

/* The key must be of the map's key type. */
static Status value_of_key_coerce(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    (void)arg_count;
    const Type *key = args[0]->type->key, *arg = args[1]->type;
    if (type_is_string(key) && type_is_string(arg))
        return STATUS_OK;
    if (arg->kind != TYPE_NULL && !type_casts_implicitly(arg, key))
        return error_set(err, STATUS_TYPE, span, "the keys of the map are %s, not %s", type_kind_name(key->kind),
                         type_kind_name(arg->kind));
    args[1] = expr_cast(arena, args[1], key, false, args[1]->span);
    return STATUS_OK;
}

static Status cardinality_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)call;
    (void)err;
    for (int64_t i = 0; i < rows; i++)
        COLUMN_DATA(out, int32_t)[i] = list_at(&args[0], i).count;
    return STATUS_OK;
}

static Status element_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    int32_t *entries = buf_new(call_buf(call), int32_t, rows);
    for (int64_t i = 0; i < rows; i++) {
        bool     is_null = out->valid && !out->valid[i];
        ListView list    = is_null ? (ListView){ 0, 0 } : list_at(&args[0], i);
        if (list.count > 1)
            return call_fail(call, err, STATUS_DATA, "ELEMENT of an array with %d elements", list.count);
        entries[i] = list.count == 1 ? list.start : -1;
    }
    fetch_entries(call, &args[0].children[0], args[0].child_rows, entries, rows, out);
    return STATUS_OK;
}

const Function fn_construct[] = {
    { .sig = "field(row) -> any", .doc = "A field of a row.", .eval = field_eval, .flags = FN_HIDDEN },
    { .sig = "row(any...) -> row!", .doc = "A row of the values.", .eval = row_eval, .infer = row_infer,
      .flags = FN_SEES_NULL | FN_HIDDEN },
    { .sig = "array(T...) -> array<T>!", .doc = "An array of the values.", .eval = array_eval,
      .flags = FN_SEES_NULL | FN_HIDDEN },
    { .sig = "map(K, V, [K, V]...) -> map<K, V>!",
      .doc = "A map of keys and values in turn; the last value of a key counts.",
      .eval = map_eval, .flags = FN_SEES_NULL | FN_HIDDEN },
    { .sig = "[](array, integer) -> element$1?", .doc = "The element at an index from 1; NULL beyond the end.",
      .eval = element_at_eval, .coerce = element_at_coerce, .flags = FN_HIDDEN },
    { .sig = "[](map, any) -> element$1?", .doc = "The value of a key; NULL when the key is not there.",
      .eval = value_of_key_eval, .coerce = value_of_key_coerce, .flags = FN_HIDDEN },
    { .sig = "cardinality(array) -> int", .doc = "The number of elements. Example: CARDINALITY(ARRAY[1, 2]) gives 2.",
      .eval = cardinality_eval },
    { .sig = "cardinality(map) -> int", .doc = "The number of entries.", .eval = cardinality_eval },
    { .sig = "element(array) -> element$1",
      .doc = "The only element; NULL of an empty array. An array with more elements ends the job.",
      .eval = element_eval, .flags = FN_CAN_FAIL },
    { 0 },
};

const Function *field_function(void)
{
    return &fn_construct[0];
}
