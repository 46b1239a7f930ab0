/* eval_lazy.c: AND, OR, CASE, IF, COALESCE: what decides which rows its arguments see.
 *
 *   AND       row keeps looking until an argument is FALSE        OR   ... is TRUE
 *   CASE, IF  a row sees the conditions up to the first TRUE one, and that branch
 *   COALESCE  a row sees the arguments up to the first that is there
 *
 * A branch that cannot fail is run over the whole batch: wasted values cost less than moving rows. One that can fail
 * sees only the rows that reach it: the columns it reads are gathered for them, and its values are put back in their
 * places. */
#include "functions/call.h"

#include <assert.h>

/* Rows of a batch, ascending. */
typedef struct RowSet {
    int32_t *rows;
    int64_t  count;
} RowSet;

/* Values of a branch: for all rows of the batch, or (is_packed) for those of a RowSet, in its order. */
typedef struct Branch {
    Column column;
    bool   is_packed;
} Branch;

static RowSet rowset_all(Buf *buf, int64_t rows)
{
    RowSet all = { .rows = buf_new(buf, int32_t, rows), .count = rows };
    for (int64_t i = 0; i < rows; i++)
        all.rows[i] = (int32_t)i;
    return all;
}

static void batch_of_rows(const Call *arg, const Batch *batch, RowSet set, Buf *buf, Batch *out)
{
    *out = (Batch){ .rows = set.count, .column_count = batch->column_count };
    out->columns = buf_zalloc(buf, (batch->column_count + 1) * (int64_t)sizeof(Column));
    for (int32_t i = 0; i < arg->column_count; i++) {
        int32_t column = arg->columns[i];
        if (batch->columns[column].constant)
            out->columns[column] = batch->columns[column];
        else
            column_gather(&batch->columns[column], set.rows, set.count, buf, &out->columns[column]);
    }
}

/* Few rows of many are worth gathering even where nothing can fail. */
static bool wants_packing(const Call *arg, const Batch *batch, RowSet set)
{
    if (set.count == batch->rows || arg->expr->kind != EXPR_CALL)
        return false;
    return arg->can_fail || set.count * 8 < batch->rows;
}

/* What an equal call has left for all rows of the scope is taken. */
static Status branch_run(Call *arg, const Scope *scope, RowSet set, Buf *buf, Branch *out, Error *err)
{
    out->is_packed = false;
    if (call_recall(arg, scope, &out->column))
        return STATUS_OK;
    if (!wants_packing(arg, scope->batch, set))
        return call_run(arg, scope, &out->column, err);
    Batch packed;
    Scope inner = { .batch = &packed, .id = sharing_next_scope(arg->sharing), .outer = scope, .rows = set.rows };
    out->is_packed = true;
    batch_of_rows(arg, scope->batch, set, buf, &packed);
    return call_run(arg, &inner, &out->column, err);
}

/* Where the value of the i-th row of the set lies. */
static inline int64_t branch_index(const Branch *branch, RowSet set, int64_t i)
{
    if (branch->column.constant)
        return 0;
    return branch->is_packed ? i : set.rows[i];
}

/* ---- AND, OR --------------------------------------------------------------------------------------------------- */

/* Per row: some argument has decided; some argument was NULL. */
typedef struct Truth {
    uint8_t *decided;
    uint8_t *unknown;
    uint8_t  deciding; /* 0 for AND, 1 for OR */
} Truth;

static void truth_add_dense(Truth *truth, const Column *arg, int64_t rows)
{
    const uint8_t *data  = COLUMN_DATA(arg, uint8_t);
    uint8_t       *dec   = truth->decided;
    const uint8_t  flip  = !truth->deciding;
    if (arg->valid) {
        for (int64_t i = 0; i < rows; i++) {
            dec[i] |= (data[i] ^ flip) & arg->valid[i];
            truth->unknown[i] |= !arg->valid[i];
        }
    } else {
        for (int64_t i = 0; i < rows; i++)
            dec[i] |= data[i] ^ flip;
    }
}

static void truth_add_rows(Truth *truth, const Branch *branch, RowSet set)
{
    const uint8_t *data  = COLUMN_DATA(&branch->column, uint8_t);
    const uint8_t *valid = branch->column.valid;
    for (int64_t i = 0; i < set.count; i++) {
        int64_t index = branch_index(branch, set, i);
        int32_t row   = set.rows[i];
        if (valid && !valid[index])
            truth->unknown[row] = 1;
        else
            truth->decided[row] |= data[index] == truth->deciding;
    }
}

static RowSet undecided(const Truth *truth, Buf *buf, int64_t rows)
{
    RowSet set = { .rows = buf_new(buf, int32_t, rows) };
    for (int64_t i = 0; i < rows; i++) {
        set.rows[set.count] = (int32_t)i;
        set.count += !truth->decided[i];
    }
    return set;
}

static Status truth_add(Truth *truth, Call *call, Call *arg, const Scope *scope, Error *err)
{
    Branch branch;
    if (!arg->can_fail) {
        TRY(call_run(arg, scope, &branch.column, err));
        if (!branch.column.constant) {
            truth_add_dense(truth, &branch.column, scope->batch->rows);
            return STATUS_OK;
        }
        branch.is_packed = false;
        truth_add_rows(truth, &branch, rowset_all(call->buf, scope->batch->rows));
        return STATUS_OK;
    }
    RowSet set = undecided(truth, call->buf, scope->batch->rows);
    if (set.count == 0)
        return STATUS_OK;
    TRY(branch_run(arg, scope, set, call->buf, &branch, err));
    truth_add_rows(truth, &branch, set);
    return STATUS_OK;
}

static Status run_logical(Call *call, const Scope *scope, bool is_or, Column *out, Error *err)
{
    int64_t rows  = scope->batch->rows;
    Truth   truth = { .decided = buf_zalloc(call->buf, rows), .unknown = buf_zalloc(call->buf, rows),
                      .deciding = is_or };
    for (int32_t i = 0; i < call->expr->arg_count; i++)
        TRY(truth_add(&truth, call, call->args[i], scope, err));
    column_init(out, call->buf, call->expr->type, rows);
    uint8_t *data        = COLUMN_DATA(out, uint8_t);
    uint8_t  any_unknown = 0;
    for (int64_t i = 0; i < rows; i++) {
        data[i] = is_or ? truth.decided[i] : !truth.decided[i];
        truth.unknown[i] &= !truth.decided[i];
        any_unknown |= truth.unknown[i];
    }
    if (any_unknown) {
        column_need_valid(out, call->buf, rows);
        for (int64_t i = 0; i < rows; i++)
            out->valid[i] = !truth.unknown[i];
    }
    return STATUS_OK;
}

/* ---- putting branches together --------------------------------------------------------------------------------- */

/* The result of CASE and COALESCE while its branches come in. Flat values go straight to their places; nested ones are
 * first appended to `parts` and fetched from there by `places`. */
typedef struct Merge {
    Call    *call;
    int64_t  rows;
    Column   out;
    bool     is_nested;
    Column   parts;
    int64_t  part_rows;
    int32_t *places;
} Merge;

static void merge_init(Merge *merge, Call *call, int64_t rows)
{
    Layout layout = type_layout(call->expr->type);
    *merge        = (Merge){ .call = call, .rows = rows, .is_nested = layout == LAYOUT_LIST || layout == LAYOUT_ROW };
    column_init(merge->is_nested ? &merge->parts : &merge->out, call->buf, call->expr->type, rows);
    if (merge->is_nested)
        merge->places = buf_new(call->buf, int32_t, rows);
}

#define SCATTER(CType)                                                                          \
    for (int64_t i = 0; i < set.count; i++)                                                     \
        COLUMN_DATA(out, CType)[set.rows[i]] = COLUMN_DATA(in, CType)[branch_index(branch, set, i)]

static void scatter_data(Column *out, const Branch *branch, RowSet set)
{
    const Column *in = &branch->column;
    assert(type_layout(in->type) == type_layout(out->type));
    switch (layout_size(type_layout(out->type))) {
    case 1:
        SCATTER(uint8_t);
        break;
    case 2:
        SCATTER(uint16_t);
        break;
    case 4:
        SCATTER(uint32_t);
        break;
    case 8:
        SCATTER(uint64_t);
        break;
    default:
        SCATTER(View);
        break;
    }
}

static void scatter_valid(Merge *merge, const Branch *branch, RowSet set)
{
    const uint8_t *valid = branch->column.valid;
    if (!valid && !merge->out.valid)
        return;
    column_need_valid(&merge->out, merge->call->buf, merge->rows);
    for (int64_t i = 0; i < set.count; i++)
        merge->out.valid[set.rows[i]] = valid ? valid[branch_index(branch, set, i)] : 1;
}

static void append_nested(Merge *merge, const Branch *branch, RowSet set)
{
    Buf   *buf = merge->call->buf;
    Column part = branch->column;
    if (part.constant) {
        column_flatten(&part, buf, set.count);
    } else if (!branch->is_packed) {
        Column all = part;
        column_gather(&all, set.rows, set.count, buf, &part);
    }
    column_append(&merge->parts, merge->part_rows, &part, 0, set.count, buf, false);
    for (int64_t i = 0; i < set.count; i++)
        merge->places[set.rows[i]] = (int32_t)(merge->part_rows + i);
    merge->part_rows += set.count;
}

static void merge_add(Merge *merge, const Branch *branch, RowSet set)
{
    if (merge->is_nested) {
        append_nested(merge, branch, set);
        return;
    }
    scatter_data(&merge->out, branch, set);
    scatter_valid(merge, branch, set);
}

static void merge_finish(Merge *merge, Column *out)
{
    if (merge->is_nested)
        column_gather(&merge->parts, merge->places, merge->rows, merge->call->buf, &merge->out);
    *out      = merge->out;
    out->type = merge->call->expr->type;
}

/* ---- CASE ------------------------------------------------------------------------------------------------------ */

/* Splits set by a BOOLEAN branch: its rows where it is TRUE, and the others. */
static void split(const Branch *when, RowSet set, Buf *buf, RowSet *taken, RowSet *rest)
{
    *taken = (RowSet){ .rows = buf_new(buf, int32_t, set.count) };
    *rest  = (RowSet){ .rows = buf_new(buf, int32_t, set.count) };
    const uint8_t *data  = COLUMN_DATA(&when->column, uint8_t);
    const uint8_t *valid = when->column.valid;
    for (int64_t i = 0; i < set.count; i++) {
        int64_t index   = branch_index(when, set, i);
        bool    is_true = data[index] && (!valid || valid[index]);
        RowSet *to      = is_true ? taken : rest;
        to->rows[to->count++] = set.rows[i];
    }
}

/* Runs the branch for the rows and puts its values in. *is_whole: it was for all rows, and *out is the result. */
static Status take_branch(Merge *merge, Call *arg, const Scope *scope, RowSet set, bool *is_whole, Column *out,
                          Error *err)
{
    if (set.count == 0)
        return STATUS_OK;
    Branch branch;
    TRY(branch_run(arg, scope, set, merge->call->buf, &branch, err));
    *is_whole = set.count == scope->batch->rows;
    if (*is_whole) {
        *out      = branch.column;
        out->type = merge->call->expr->type;
        return STATUS_OK;
    }
    merge_add(merge, &branch, set);
    return STATUS_OK;
}

static Status run_case(Call *call, const Scope *scope, Column *out, Error *err)
{
    Merge   merge;
    Branch  when;
    RowSet  rest = rowset_all(call->buf, scope->batch->rows), taken;
    int32_t last = call->expr->arg_count - 1;
    bool    is_whole = false;
    merge_init(&merge, call, scope->batch->rows);
    for (int32_t i = 0; i < last && rest.count > 0; i += 2) {
        RowSet set = rest;
        TRY(branch_run(call->args[i], scope, set, call->buf, &when, err));
        split(&when, set, call->buf, &taken, &rest);
        TRY(take_branch(&merge, call->args[i + 1], scope, taken, &is_whole, out, err));
        if (is_whole)
            return STATUS_OK;
    }
    TRY(take_branch(&merge, call->args[last], scope, rest, &is_whole, out, err));
    if (!is_whole)
        merge_finish(&merge, out);
    return STATUS_OK;
}

/* ---- COALESCE -------------------------------------------------------------------------------------------------- */

static void split_null(const Branch *branch, RowSet set, Buf *buf, RowSet *rest)
{
    *rest = (RowSet){ .rows = buf_new(buf, int32_t, set.count) };
    const uint8_t *valid = branch->column.valid;
    for (int64_t i = 0; valid && i < set.count; i++)
        if (!valid[branch_index(branch, set, i)])
            rest->rows[rest->count++] = set.rows[i];
}

static Status run_coalesce(Call *call, const Scope *scope, Column *out, Error *err)
{
    Merge  merge;
    RowSet rest = rowset_all(call->buf, scope->batch->rows);
    merge_init(&merge, call, scope->batch->rows);
    for (int32_t i = 0; i < call->expr->arg_count && rest.count > 0; i++) {
        RowSet set = rest;
        Branch branch;
        TRY(branch_run(call->args[i], scope, set, call->buf, &branch, err));
        split_null(&branch, set, call->buf, &rest);
        if (set.count == scope->batch->rows && rest.count == 0) {
            *out      = branch.column;
            out->type = call->expr->type;
            return STATUS_OK;
        }
        merge_add(&merge, &branch, set);
    }
    merge_finish(&merge, out);
    return STATUS_OK;
}

Status call_run_lazy(Call *call, const Scope *scope, Column *out, Error *err)
{
    switch ((LazyKind)call->expr->function->option) {
    case LAZY_AND:
        return run_logical(call, scope, false, out, err);
    case LAZY_OR:
        return run_logical(call, scope, true, out, err);
    case LAZY_CASE:
        return run_case(call, scope, out, err);
    default:
        return run_coalesce(call, scope, out, err);
    }
}
