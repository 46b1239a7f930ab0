/* eval.c: programs: expressions made ready to run, and their evaluation over a batch, column by column.
 *
 *   program_create   one Call per node; patterns compiled, zones loaded (prepare)
 *   program_run      arguments first, then the node's eval over all rows at once
 *
 * NULL: unless a function says FN_SEES_NULL, a row with a NULL argument is NULL and its eval does not look at it.
 * Constant: a deterministic call whose arguments are constant runs for one row and gives a constant column.
 * Lazy functions decide in eval_lazy.c which rows their arguments see. Equal calls are run once (eval_shared.c). */
#include "functions/call.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

struct Program {
    Call    *root;
    Sharing *sharing; /* with the programs it was created with */
};

const Call *program_root(const Program *program)
{
    return program->root;
}

/* ---- for functions --------------------------------------------------------------------------------------------- */

const EvalContext *call_context(const Call *call)
{
    return call->context;
}

void *call_state(const Call *call)
{
    return call->state;
}

const Type *call_type(const Call *call)
{
    return call->expr->type;
}

const Function *call_function(const Call *call)
{
    return call->expr->function;
}

const Expr *call_expr(const Call *call)
{
    return call->expr;
}

Buf *call_buf(const Call *call)
{
    return call->buf;
}

Status call_fail(const Call *call, Error *err, Status status, const char *format, ...)
{
    char    message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    return error_set(err, status, call->expr->span, "%s", message);
}

void call_null(const Call *call, Column *out)
{
    column_init_null(out, call->buf, call->expr->type);
}

/* ---- creation -------------------------------------------------------------------------------------------------- */

typedef struct Builder {
    Arena             *arena;
    const EvalContext *context;
    Sharing           *sharing;
    int32_t            column_count; /* of the widest column index used */
    bool              *used;
} Builder;

static int32_t columns_needed(const Expr *expr)
{
    int32_t needed = expr->kind == EXPR_COLUMN ? expr->column + 1 : 0;
    for (int32_t i = 0; i < expr->arg_count; i++) {
        int32_t below = columns_needed(expr->args[i]);
        needed        = below > needed ? below : needed;
    }
    return needed;
}

/* Sorted union of what the arguments read. */
static void collect_columns(Builder *builder, Call *call)
{
    memset(builder->used, 0, (size_t)builder->column_count);
    int32_t most = 0;
    for (int32_t i = 0; i < call->expr->arg_count; i++) {
        const Call *arg = call->args[i];
        most += arg->column_count;
        for (int32_t k = 0; k < arg->column_count; k++)
            builder->used[arg->columns[k]] = true;
    }
    call->columns = arena_new(builder->arena, int32_t, most + 1);
    for (int32_t i = 0; i < builder->column_count; i++)
        if (builder->used[i])
            call->columns[call->column_count++] = i;
}

static Status call_create(Builder *builder, const Expr *expr, Call **out, Error *err)
{
    Call *call    = arena_new(builder->arena, Call, 1);
    call->expr    = expr;
    call->context = builder->context;
    *out          = call;
    if (expr->kind == EXPR_COLUMN) {
        call->columns      = arena_new(builder->arena, int32_t, 1);
        call->columns[0]   = expr->column;
        call->column_count = 1;
    }
    if (expr->kind != EXPR_CALL) {
        sharing_add(builder->sharing, call);
        return STATUS_OK;
    }
    call->args     = arena_new(builder->arena, Call *, expr->arg_count + 1);
    call->values   = arena_new(builder->arena, Column, expr->arg_count + 1);
    call->can_fail = function_can_fail(expr);
    for (int32_t i = 0; i < expr->arg_count; i++) {
        TRY(call_create(builder, expr->args[i], &call->args[i], err));
        call->can_fail = call->can_fail || call->args[i]->can_fail;
    }
    collect_columns(builder, call);
    sharing_add(builder->sharing, call);
    if (expr->function->prepare)
        if (expr->function->prepare(call, builder->arena, expr, &call->state, err) != STATUS_OK)
            return error_at(err, expr->span);
    return STATUS_OK;
}

static Status create_sharing(Arena *arena, const Expr *expr, const EvalContext *context, Sharing *sharing, Program **out, Error *err)
{
    Builder builder = { .arena = arena, .context = context, .sharing = sharing, .column_count = columns_needed(expr) };
    builder.used    = arena_new(arena, bool, builder.column_count + 1);
    *out            = arena_new(arena, Program, 1);
    (*out)->sharing = sharing;
    return call_create(&builder, expr, &(*out)->root, err);
}

Status program_create(Arena *arena, const Expr *expr, const EvalContext *context, Program **out, Error *err)
{
    return create_sharing(arena, expr, context, sharing_create(arena, !context->is_general), out, err);
}

Status programs_create(Arena *arena, Expr *const *exprs, int32_t count, const EvalContext *context, Program **out, Error *err)
{
    Sharing *sharing = sharing_create(arena, !context->is_general);
    for (int32_t i = 0; i < count; i++)
        TRY(create_sharing(arena, exprs[i], context, sharing, &out[i], err));
    return STATUS_OK;
}

/* ---- running --------------------------------------------------------------------------------------------------- */

static bool all_constant(const Column *args, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        if (!args[i].constant)
            return false;
    return true;
}

static bool has_constant_null(const Column *args, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        if (args[i].constant && args[i].valid && !args[i].valid[0])
            return true;
    return false;
}

/* A row is there when all its arguments are. */
static void valid_from_args(Call *call, const Column *args, int32_t count, int64_t rows, Column *out)
{
    out->valid = NULL;
    for (int32_t i = 0; i < count; i++) {
        if (!args[i].valid || args[i].constant)
            continue;
        if (!out->valid) {
            out->valid = buf_new(call->buf, uint8_t, rows);
            memcpy(out->valid, args[i].valid, (size_t)rows);
            continue;
        }
        for (int64_t row = 0; row < rows; row++)
            out->valid[row] &= args[i].valid[row];
    }
}

/* A NULL text or list has size 0, whatever eval left there. `own` is the memory that eval was given: values elsewhere are an argument's,
 * which others may read, and are copied before one is cleared. */
static void clear_null_values(Column *out, int64_t rows, const void *own, Buf *buf)
{
    static const char zero[sizeof(View)];
    Layout            layout = type_layout(out->type);
    if (!out->valid || !out->data || (layout != LAYOUT_VIEW && layout != LAYOUT_LIST))
        return;
    size_t size = (size_t)layout_size(layout);
    assert(size <= sizeof(zero));
    for (int64_t row = 0; row < rows; row++) {
        int64_t at = row * (int64_t)size;
        if (out->valid[row] || memcmp((char *)out->data + at, zero, size) == 0)
            continue;
        if (out->data != own)
            own = out->data = memcpy(buf_alloc(buf, rows * (int64_t)size), out->data, (size_t)rows * size);
        memset((char *)out->data + at, 0, size);
    }
}

static Status run_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    const Function *function = call->expr->function;
    int32_t         count    = call->expr->arg_count;
    bool            constant = !(function->flags & FN_NOT_DETERMINISTIC) && all_constant(args, count);
    bool            is_strict = !(function->flags & FN_SEES_NULL);
    if (is_strict && has_constant_null(args, count)) {
        call_null(call, out);
        return STATUS_OK;
    }
    if (constant)
        rows = 1;
    column_init(out, call->buf, call->expr->type, rows);
    if (is_strict)
        valid_from_args(call, args, count, rows, out);
    const void *own = out->data;
    if (function->eval(call, args, rows, out, err) != STATUS_OK)
        return error_at(err, call->expr->span);
    out->constant = out->constant || constant;
    clear_null_values(out, out->constant ? 1 : rows, own, call->buf);
    return STATUS_OK;
}

static Status run_call(Call *call, const Scope *scope, Column *out, Error *err)
{
    const Expr *expr = call->expr;
    if (expr->function->flags & FN_LAZY)
        return call_run_lazy(call, scope, out, err);
    for (int32_t i = 0; i < expr->arg_count; i++)
        TRY(call_run(call->args[i], scope, &call->values[i], err));
    return run_eval(call, call->values, scope->batch->rows, out, err);
}

Status call_run(Call *call, const Scope *scope, Column *out, Error *err)
{
    const Expr *expr = call->expr;
    if (expr->kind == EXPR_CALL) {
        if (call_recall(call, scope, out))
            return STATUS_OK;
        TRY(run_call(call, scope, out, err));
        call_remember(call, scope, out);
        return STATUS_OK;
    }
    *out      = expr->kind == EXPR_COLUMN ? scope->batch->columns[expr->column] : expr->value;
    out->type = expr->type;
    return STATUS_OK;
}

static void set_buf(Call *call, Buf *buf)
{
    call->buf = buf;
    for (int32_t i = 0; i < call->expr->arg_count; i++)
        set_buf(call->args[i], buf);
}

static Status run_scope(Program *program, const Scope *scope, Buf *buf, Column *out, Error *err)
{
    set_buf(program->root, buf);
    if (scope->batch->rows == 0) {
        column_init(out, buf, program->root->expr->type, 0);
        return STATUS_OK;
    }
    return call_run(program->root, scope, out, err);
}

Status program_run(Program *program, const Batch *batch, Buf *buf, Column *out, Error *err)
{
    Scope scope = { .batch = batch, .id = sharing_next_scope(program->sharing) };
    return run_scope(program, &scope, buf, out, err);
}

Status programs_run(Program *const *programs, int32_t count, const Batch *batch, Buf *buf, Column *out, int32_t *done, Error *err)
{
    Scope scope = { .batch = batch, .id = count > 0 ? sharing_next_scope(programs[0]->sharing) : 0 };
    for (*done = 0; *done < count; ++*done) {
        assert(programs[*done]->sharing == programs[0]->sharing);
        TRY(run_scope(programs[*done], &scope, buf, &out[*done], err));
    }
    return STATUS_OK;
}

Status program_select(Program *program, const Batch *batch, Buf *buf, int32_t *rows, int64_t *count, Error *err)
{
    Column keep;
    assert(program->root->expr->type->kind == TYPE_BOOLEAN);
    *count = 0;
    if (batch->rows == 0)
        return STATUS_OK;
    TRY(program_run(program, batch, buf, &keep, err));
    const uint8_t *data  = COLUMN_DATA(&keep, uint8_t);
    int64_t        found = 0;
    if (keep.constant) {
        bool is_true = data[0] && (!keep.valid || keep.valid[0]);
        for (int64_t row = 0; is_true && row < batch->rows; row++)
            rows[found++] = (int32_t)row;
    } else if (keep.valid) {
        for (int64_t row = 0; row < batch->rows; row++) {
            rows[found] = (int32_t)row;
            found += data[row] & keep.valid[row];
        }
    } else {
        for (int64_t row = 0; row < batch->rows; row++) {
            rows[found] = (int32_t)row;
            found += data[row];
        }
    }
    *count = found;
    return STATUS_OK;
}

/* ---- folding --------------------------------------------------------------------------------------------------- */

static void release_buf(void *buf)
{
    buf_release(buf);
}

/* A value that lies in buf, moved into the arena when it is flat; nested ones keep their buf until the arena ends. */
static Column value_to_arena(Arena *arena, const Column *in, Buf *buf)
{
    Column  out    = *in;
    Layout  layout = type_layout(in->type);
    int64_t size   = layout_size(layout);
    if (layout == LAYOUT_LIST || layout == LAYOUT_ROW) {
        column_copy(in, 1, buf, &out);
        out.constant = true;
        arena_defer(arena, release_buf, buf_hold(buf));
        return out;
    }
    out.data = arena_alloc(arena, size > 0 ? size : 1);
    memcpy(out.data, in->data, (size_t)size);
    if (in->valid) {
        out.valid    = arena_new(arena, uint8_t, 1);
        out.valid[0] = in->valid[0];
    }
    if (layout == LAYOUT_VIEW && !column_is_null(in, 0)) {
        View view = view_of(arena_str(arena, view_str(in->data)));
        memcpy(out.data, &view, sizeof(view));
    }
    return out;
}

Status expr_fold(Arena *arena, const Expr *expr, const EvalContext *context, Expr **out, Error *err)
{
    assert(expr_is_constant(expr));
    Program *program;
    Batch    batch = { .rows = 1 };
    Column   value;
    TRY(program_create(arena, expr, context, &program, err));
    Buf   *buf    = buf_create();
    Status status = program_run(program, &batch, buf, &value, err);
    if (status == STATUS_OK) {
        value.constant = true;
        *out           = expr_literal(arena, value_to_arena(arena, &value, buf), expr->span);
        (*out)->type   = expr->type;
    }
    buf_release(buf);
    return status;
}
