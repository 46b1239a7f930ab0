/* map.c: functions on maps: MAP_KEYS, MAP_VALUES, MAP_ENTRIES, MAP_UNION, MAP_FROM_ARRAYS, STR_TO_MAP. */
#include "functions/args.h"
#include "functions/comparison.h"
#include "functions/nested.h"
#include "functions/regex.h"

/* ---- parts of a map -------------------------------------------------------------------------------------------- */

/* option 0: keys, 1: values */
static Status part_infer(Arena *arena, const Type *part, const Type *map, const Type **out)
{
    *out = type_array(arena, part, map->nullable);
    return STATUS_OK;
}

static Status keys_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out, Error *err)
{
    (void)arg_count;
    (void)span;
    (void)err;
    return part_infer(arena, args[0]->type->key, args[0]->type, out);
}

static Status values_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out, Error *err)
{
    (void)arg_count;
    (void)span;
    (void)err;
    return part_infer(arena, args[0]->type->element, args[0]->type, out);
}

static Status entries_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out, Error *err)
{
    (void)arg_count;
    (void)span;
    (void)err;
    Field *fields = arena_new(arena, Field, 2);
    fields[0]     = (Field){ .name = STR("key"), .type = args[0]->type->key };
    fields[1]     = (Field){ .name = STR("value"), .type = args[0]->type->element };
    return part_infer(arena, type_row(arena, fields, 2, true), args[0]->type, out);
}

/* The entries stay where they are: the array looks at the same child rows. */
static void share_lists(const Column *map, int64_t rows, Column *out)
{
    EACH_VALUE(i)
        COLUMN_DATA(out, ListView)[i] = list_at(map, i);
    out->child_rows = map->child_rows;
}

static Status part_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    const Type *type = out->children[0].type;
    share_lists(&args[0], rows, out);
    out->children[0]      = args[0].children[call_function(call)->option];
    out->children[0].type = type;
    return STATUS_OK;
}

static Status entries_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    Column *row = &out->children[0];
    share_lists(&args[0], rows, out);
    column_init(row, call_buf(call), out->type->element, 0);
    row->children[0] = args[0].children[0];
    row->children[1] = args[0].children[1];
    row->room        = 0;
    return STATUS_OK;
}

/* ---- MAP_UNION ------------------------------------------------------------------------------------------------- */

/* Keys and values of all arguments behind each other. */
typedef struct MapPool {
    Column   keys, values;
    int32_t *base;
    int64_t  count;
} MapPool;

static void pool_fill(MapPool *pool, Buf *buf, const Type *type, const Column *args, int32_t arg_count)
{
    column_init(&pool->keys, buf, type->key, 0);
    column_init(&pool->values, buf, type->element, 0);
    pool->base = buf_new(buf, int32_t, arg_count);
    for (int32_t k = 0; k < arg_count; k++) {
        int64_t more  = args[k].child_rows;
        pool->base[k] = (int32_t)pool->count;
        if (more > 0) {
            column_append(&pool->keys, pool->count, &args[k].children[0], 0, more, buf, false);
            column_append(&pool->values, pool->count, &args[k].children[1], 0, more, buf, false);
        }
        pool->count += more;
    }
}

/* A key that is there already takes the new value. */
static void pick_pair(const MapPool *pool, ListPick *pick, int32_t entry)
{
    for (int64_t k = pick->row_start; k < pick->count; k++) {
        if (!values_are_equal(&pool->keys, pick->entries[k], &pool->keys, entry))
            continue;
        pick->entries[k] = entry;
        return;
    }
    pick_entry(pick, entry);
}

static Status map_union_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    Buf     *buf   = call_buf(call);
    int32_t  count = call_expr(call)->arg_count;
    MapPool  pool  = { .count = 0 };
    ListPick pick  = { .buf = buf };
    pool_fill(&pool, buf, out->type, args, count);
    EACH_VALUE(i)
    {
        for (int32_t k = 0; k < count; k++) {
            ListView list = list_at(&args[k], i);
            for (int32_t entry = list.start; entry < list.start + list.count; entry++)
                pick_pair(&pool, &pick, pool.base[k] + entry);
        }
        COLUMN_DATA(out, ListView)[i] = pick_end(&pick);
    }
    list_set_child(out, 0, &pool.keys, pick.entries, pick.count, buf);
    list_set_child(out, 1, &pool.values, pick.entries, pick.count, buf);
    return STATUS_OK;
}

/* ---- MAP_FROM_ARRAYS ------------------------------------------------------------------------------------------- */

static Status from_arrays_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out,
                                Error *err)
{
    (void)arg_count;
    (void)span;
    (void)err;
    *out = type_map(arena, args[0]->type->element, args[1]->type->element, args[0]->type->nullable ||
                    args[1]->type->nullable);
    return STATUS_OK;
}

static Status from_arrays_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    Buf     *buf  = call_buf(call);
    ListPick keys = { .buf = buf }, values = { .buf = buf };
    EACH_VALUE(i)
    {
        ListView left = list_at(&args[0], i), right = list_at(&args[1], i);
        if (left.count != right.count)
            return call_fail(call, err, STATUS_DATA, "MAP_FROM_ARRAYS has %d keys but %d values", left.count,
                             right.count);
        for (int32_t k = 0; k < left.count; k++) {
            pick_entry(&keys, left.start + k);
            pick_entry(&values, right.start + k);
        }
        COLUMN_DATA(out, ListView)[i] = pick_end(&keys);
    }
    list_set_child(out, 0, &args[0].children[0], keys.entries, keys.count, buf);
    list_set_child(out, 1, &args[1].children[0], values.entries, values.count, buf);
    return STATUS_OK;
}

/* ---- STR_TO_MAP ------------------------------------------------------------------------------------------------ */

typedef struct SplitState {
    RegexCache *pairs;
    RegexCache *sides;
} SplitState;

static Status str_to_map_prepare(Call *call, Arena *arena, const Expr *expr, void **state, Error *err)
{
    (void)call;
    (void)expr;
    (void)err;
    SplitState *split = arena_new(arena, SplitState, 1);
    split->pairs      = regex_cache_create(arena);
    split->sides      = regex_cache_create(arena);
    *state            = split;
    return STATUS_OK;
}

/* Keys and values of all rows; a value may be NULL. */
typedef struct PairList {
    Column  keys, values;
    int64_t count, row_start;
} PairList;

static void put_pair(Buf *buf, PairList *list, Str key, Str value, bool has_value)
{
    int64_t at = list->row_start;
    while (at < list->count && !str_eq(view_str(&COLUMN_DATA(&list->keys, View)[at]), key))
        at++;
    if (at == list->count) {
        column_need_room(&list->keys, buf, list->count, 1);
        column_need_room(&list->values, buf, list->count, 1);
        COLUMN_DATA(&list->keys, View)[at] = view_of(key);
        list->count++;
    }
    COLUMN_DATA(&list->values, View)[at] = has_value ? view_of(value) : (View){ 0 };
    if (!has_value)
        column_set_null(&list->values, buf, at);
    else if (list->values.valid)
        list->values.valid[at] = 1;
}

/* Finds the delimiter at or behind `from`. A delimiter is a regular expression, as in Java's split. */
static Status find_delimiter(Call *call, Regex *regex, Str text, int64_t from, bool *found, int64_t *start,
                             int64_t *end, Error *err)
{
    RegexMatch  match;
    RegexResult result = regex_find(regex, text, from, &match);
    if (result == REGEX_LIMIT)
        return call_fail(call, err, STATUS_LIMIT, "the delimiter of STR_TO_MAP needs too many steps on this text");
    *found = result == REGEX_FOUND && match.at[1] > match.at[0];
    *start = *found ? (int64_t)match.at[0] : text.len;
    *end   = *found ? (int64_t)match.at[1] : text.len;
    return STATUS_OK;
}

static Status add_pair(Call *call, Regex *sides, Str pair, PairList *list, Error *err)
{
    bool    found;
    int64_t start, end;
    TRY(find_delimiter(call, sides, pair, 0, &found, &start, &end, err));
    put_pair(call_buf(call), list, str_slice(pair, 0, start), str_slice(pair, end, pair.len), found);
    return STATUS_OK;
}

/* Empty parts at the end do not count. */
static Status split_pairs(Call *call, Regex *pairs, Regex *sides, Str text, PairList *list, Error *err)
{
    int64_t at = 0, empty = 0;
    bool    more = text.len > 0;
    while (more) {
        int64_t start, end;
        TRY(find_delimiter(call, pairs, text, at, &more, &start, &end, err));
        Str pair = str_slice(text, at, start);
        at       = end;
        if (pair.len == 0) {
            empty++;
            continue;
        }
        for (; empty > 0; empty--)
            TRY(add_pair(call, sides, STR_EMPTY, list, err));
        TRY(add_pair(call, sides, pair, list, err));
    }
    return STATUS_OK;
}

static Status str_to_map_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    SplitState *split    = call_state(call);
    bool        has_both = call_expr(call)->arg_count == 3;
    PairList    list     = { .keys = out->children[0], .values = out->children[1] };
    EACH_VALUE(i)
    {
        Regex *pairs = regex_cached(split->pairs, has_both ? arg_str(&args[1], i) : STR(","));
        Regex *sides = regex_cached(split->sides, has_both ? arg_str(&args[2], i) : STR("="));
        if (!pairs || !sides)
            return call_fail(call, err, STATUS_DATA, "a delimiter of STR_TO_MAP is no regular expression");
        list.row_start = list.count;
        TRY(split_pairs(call, pairs, sides, arg_str(&args[0], i), &list, err));
        COLUMN_DATA(out, ListView)[i] = (ListView){ (int32_t)list.row_start, (int32_t)(list.count - list.row_start) };
    }
    out->children[0] = list.keys;
    out->children[1] = list.values;
    out->child_rows  = list.count;
    return STATUS_OK;
}

const Function fn_map[] = {
    { .sig = "map_keys(map) -> array", .doc = "The keys as an array.", .eval = part_eval, .infer = keys_infer,
      .option = 0 },
    { .sig = "map_values(map) -> array", .doc = "The values as an array.", .eval = part_eval, .infer = values_infer,
      .option = 1 },
    { .sig = "map_entries(map) -> array", .doc = "The entries as an array of rows of key and value.",
      .eval = entries_eval,
      .infer = entries_infer },
    { .sig = "map_union(map<K, V>...) -> map<K, V>", .doc = "The entries of all maps; the last value of a key counts.",
      .eval = map_union_eval },
    { .sig = "map_from_arrays(array, array) -> map", .doc = "A map of an array of keys and one of values.",
      .eval = from_arrays_eval, .infer = from_arrays_infer, .flags = FN_CAN_FAIL },
    { .sig = "str_to_map(string) -> map<string, string>?",
      .doc = "A map of a text k=v,k=v. A key without = has no value.", .eval = str_to_map_eval,
      .prepare = str_to_map_prepare,
      .flags = FN_CAN_FAIL },
    { .sig = "str_to_map(string, string, string) -> map<string, string>?",
      .doc = "As above, with regular expressions that part the pairs, and key and value.", .eval = str_to_map_eval,
      .prepare = str_to_map_prepare, .flags = FN_CAN_FAIL },
    { 0 },
};
