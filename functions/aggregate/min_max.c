/* min_max.c: MIN and MAX. On rows that only come, the best value so far; on rows that are taken back, all values with
 * their counts (value_tree.h).
 *
 * The best value is replaced by one that is < (or >) it, so a NaN that came first stays. */
#include "functions/state_bytes.h"
#include "functions/value_tree.h"

typedef struct Extreme {
    Cell value;
    uint8_t has; /* no bool: it may come from a file */
} Extreme;

static bool wants_greatest(const AggregateCall *call)
{
    return call->aggregate->option != 0;
}

/* ---- the best so far ------------------------------------------------------------------------------------------- */

#define EXTREME_LOOP(CType, field)                                                                    \
    for (int64_t i = 0; i < count; i++) {                                                             \
        Extreme *best  = states[i];                                                                   \
        CType    value = COLUMN_DATA(arg, CType)[column_index(arg, rows ? rows[i] : i)];              \
        if (!best->has || (is_greatest ? value > best->value.field : value < best->value.field)) {    \
            best->value.field = value;                                                                \
            best->has         = true;                                                                 \
        }                                                                                             \
    }                                                                                                 \
    break

static void replace_cell(StateMemory *memory, Layout layout, Extreme *best, const Cell *cell)
{
    if (best->has)
        cell_drop(memory, layout, &best->value);
    best->value = *cell;
    best->has   = true;
    cell_own(memory, layout, &best->value);
}

static void offer_cell(StateMemory *memory, Layout layout, bool is_greatest, Extreme *best, const Cell *cell)
{
    int order = best->has ? cell_compare(layout, cell, &best->value) : 0;
    if (!best->has || (is_greatest ? order > 0 : order < 0))
        replace_cell(memory, layout, best, cell);
}

static void extreme_cells(StateMemory *memory, const Column *arg, const int32_t *rows, int64_t count,
                          void *const *states, bool is_greatest)
{
    Layout  layout = type_layout(arg->type);
    int64_t size   = layout_size(layout);
    for (int64_t i = 0; i < count; i++) {
        Cell cell;
        cell_load(arg, column_index(arg, rows ? rows[i] : i), size, &cell);
        offer_cell(memory, layout, is_greatest, states[i], &cell);
    }
}

static Status extreme_add(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,
                          int64_t count, void *const *states, Error *err)
{
    (void)err;
    const Column *arg         = &args[0];
    bool          is_greatest = wants_greatest(call);
    switch (type_layout(arg->type)) {
    case LAYOUT_I8:
        EXTREME_LOOP(int8_t, i8);
    case LAYOUT_I16:
        EXTREME_LOOP(int16_t, i16);
    case LAYOUT_I32:
        EXTREME_LOOP(int32_t, i32);
    case LAYOUT_I64:
        EXTREME_LOOP(int64_t, i64);
    case LAYOUT_F32:
        EXTREME_LOOP(float, f32);
    case LAYOUT_F64:
        EXTREME_LOOP(double, f64);
    default:
        extreme_cells(memory, arg, rows, count, states, is_greatest);
        break;
    }
    return STATUS_OK;
}

static Status extreme_merge(const AggregateCall *call, StateMemory *memory, void *const *into, void *const *from,
                            int64_t count, Error *err)
{
    (void)err;
    Layout layout = type_layout(call->arg_types[0]);
    for (int64_t i = 0; i < count; i++) {
        const Extreme *more = from[i];
        if (more->has)
            offer_cell(memory, layout, wants_greatest(call), into[i], &more->value);
    }
    return STATUS_OK;
}

/* Long text is copied: the state may go before the result does. */
static void store_result(const Cell *cell, Buf *buf, Column *out, int64_t row)
{
    Layout layout = type_layout(out->type);
    if (!cell)
        column_set_null(out, buf, row);
    else if (layout == LAYOUT_VIEW)
        COLUMN_DATA(out, View)[row] = view_copy(buf, view_str(&cell->view));
    else
        cell_store(cell, layout_size(layout), out, row);
}

static Status extreme_result(const AggregateCall *call, void *const *states, int64_t count, Buf *buf, Column *out,
                             Error *err)
{
    (void)call;
    (void)err;
    for (int64_t i = 0; i < count; i++) {
        const Extreme *best = states[i];
        store_result(best->has ? &best->value : NULL, buf, out, i);
    }
    return STATUS_OK;
}

static void extreme_drop(const AggregateCall *call, StateMemory *memory, void *state)
{
    Extreme *best = state;
    if (best->has)
        cell_drop(memory, type_layout(call->arg_types[0]), &best->value);
    best->has = false;
}

static void extreme_encode(const AggregateCall *call, const void *state, Text *out)
{
    const Extreme *best = state;
    text_put(out, best->has);
    if (best->has)
        cell_encode(type_layout(call->arg_types[0]), &best->value, out);
}

static bool extreme_decode(const AggregateCall *call, StateMemory *memory, const char **cursor, const char *end,
                           void *state)
{
    Extreme *best = state;
    if (*cursor >= end)
        return false;
    best->has = *(*cursor)++ != 0;
    return !best->has || cell_decode(memory, type_layout(call->arg_types[0]), cursor, end, &best->value);
}

/* ---- all values ------------------------------------------------------------------------------------------------ */

static void count_values(const AggregateCall *call, StateMemory *memory, const Column *arg, const int32_t *rows,
                         int64_t count, void *const *states, int64_t by)
{
    Layout  layout = type_layout(call->arg_types[0]);
    int64_t size   = layout_size(layout);
    for (int64_t i = 0; i < count; i++) {
        Cell cell;
        cell_load(arg, column_index(arg, rows ? rows[i] : i), size, &cell);
        value_tree_add(states[i], memory, layout, &cell, by);
    }
}

static Status values_add(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,
                         int64_t count, void *const *states, Error *err)
{
    (void)err;
    count_values(call, memory, &args[0], rows, count, states, 1);
    return STATUS_OK;
}

static Status values_retract(const AggregateCall *call, StateMemory *memory, const Column *args, const int32_t *rows,
                             int64_t count, void *const *states, Error *err)
{
    (void)err;
    count_values(call, memory, &args[0], rows, count, states, -1);
    return STATUS_OK;
}

typedef struct MergeTarget {
    StateMemory *memory;
    ValueTree   *tree;
    Layout       layout;
} MergeTarget;

static void merge_node(void *context, const ValueNode *node)
{
    MergeTarget *target = context;
    value_tree_add(target->tree, target->memory, target->layout, &node->value, node->count);
}

static Status values_merge(const AggregateCall *call, StateMemory *memory, void *const *into, void *const *from,
                           int64_t count, Error *err)
{
    (void)err;
    for (int64_t i = 0; i < count; i++) {
        MergeTarget target = { .memory = memory, .tree = into[i], .layout = type_layout(call->arg_types[0]) };
        value_tree_visit(from[i], merge_node, &target);
    }
    return STATUS_OK;
}

static Status values_result(const AggregateCall *call, void *const *states, int64_t count, Buf *buf, Column *out,
                            Error *err)
{
    (void)err;
    for (int64_t i = 0; i < count; i++)
        store_result(value_tree_extreme(states[i], wants_greatest(call)), buf, out, i);
    return STATUS_OK;
}

static void values_drop(const AggregateCall *call, StateMemory *memory, void *state)
{
    value_tree_drop(state, memory, type_layout(call->arg_types[0]));
}

typedef struct NodeWriter {
    Layout layout;
    Text  *out;
} NodeWriter;

static void write_node(void *context, const ValueNode *node)
{
    NodeWriter *writer = context;
    encode_i64(node->count, writer->out);
    cell_encode(writer->layout, &node->value, writer->out);
}

static void values_encode(const AggregateCall *call, const void *state, Text *out)
{
    const ValueTree *tree   = state;
    NodeWriter       writer = { .layout = type_layout(call->arg_types[0]), .out = out };
    encode_i64(tree->nodes, out);
    value_tree_visit(tree, write_node, &writer);
}

static bool values_decode(const AggregateCall *call, StateMemory *memory, const char **cursor, const char *end,
                          void *state)
{
    Layout  layout = type_layout(call->arg_types[0]);
    int64_t nodes, count;
    if (!decode_i64(cursor, end, &nodes))
        return false;
    for (int64_t i = 0; i < nodes; i++) {
        Cell cell;
        if (!decode_i64(cursor, end, &count) || count == 0 || !cell_decode(memory, layout, cursor, end, &cell))
            return false;
        value_tree_add(state, memory, layout, &cell, count);
        cell_drop(memory, layout, &cell);
    }
    return true;
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

#define RETRACTING_ROW(signature, greatest)                                                                      \
    {                                                                                                            \
        .sig = signature, .doc = "", .state_size = sizeof(ValueTree), .option = greatest, .add = values_add,     \
        .retract = values_retract, .merge = values_merge, .result = values_result, .drop = values_drop,          \
        .encode = values_encode, .decode = values_decode                                                         \
    }

static const Aggregate min_retracting = RETRACTING_ROW("min(any) -> $1 retracting", 0);
static const Aggregate max_retracting = RETRACTING_ROW("max(any) -> $1 retracting", 1);

#define FLAT_ROW(signature, text, greatest, other)                                                            \
    {                                                                                                         \
        .sig = signature, .doc = text, .state_size = sizeof(Extreme), .flags = AGG_FLAT, .option = greatest,  \
        .add = extreme_add, .retracting = other, .merge = extreme_merge, .result = extreme_result             \
    }

#define TEXT_ROW(signature, text, greatest, other)                                                            \
    {                                                                                                         \
        .sig = signature, .doc = text, .state_size = sizeof(Extreme), .option = greatest, .add = extreme_add, \
        .retracting = other, .merge = extreme_merge, .result = extreme_result, .drop = extreme_drop,          \
        .encode = extreme_encode, .decode = extreme_decode                                                    \
    }

#define MIN_DOC "The least value; NULL when there is none."
#define MAX_DOC "The greatest value; NULL when there is none."

const Aggregate agg_min_max[] = {
    TEXT_ROW("min(string) -> $1", MIN_DOC, 0, &min_retracting),
    TEXT_ROW("min(bytes) -> $1", MIN_DOC, 0, &min_retracting),
    FLAT_ROW("min(boolean) -> $1", MIN_DOC, 0, &min_retracting),
    FLAT_ROW("min(numeric) -> $1", MIN_DOC, 0, &min_retracting),
    FLAT_ROW("min(temporal) -> $1", MIN_DOC, 0, &min_retracting),
    FLAT_ROW("min(interval) -> $1", MIN_DOC, 0, &min_retracting),
    TEXT_ROW("max(string) -> $1", MAX_DOC, 1, &max_retracting),
    TEXT_ROW("max(bytes) -> $1", MAX_DOC, 1, &max_retracting),
    FLAT_ROW("max(boolean) -> $1", MAX_DOC, 1, &max_retracting),
    FLAT_ROW("max(numeric) -> $1", MAX_DOC, 1, &max_retracting),
    FLAT_ROW("max(temporal) -> $1", MAX_DOC, 1, &max_retracting),
    FLAT_ROW("max(interval) -> $1", MAX_DOC, 1, &max_retracting),
    { 0 },
};
