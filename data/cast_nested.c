/* cast_nested.c: ARRAY to ARRAY, MAP to MAP, ROW to ROW: what they hold is cast as columns.
 *
 * Only values that a row really has may fail a cast, so entries that no list names are left behind first, and a field
 * of a NULL row is taken as NULL. Under TRY_CAST one entry that cannot be cast makes the whole value NULL. */
#include "data/cast_rule.h"

/* Casts a child column; *failed: a flag per child row, or NULL when it cannot be asked for. */
static Status cast_child(CastRun *run, const Column *in, int64_t rows, const Type *to, Column *out, uint8_t **failed)
{
    *failed = run->context->is_try ? buf_zalloc(run->context->buf, rows > 0 ? rows : 1) : NULL;
    return cast_inner(run->context, in, rows, to, out, *failed, run->err);
}

/* Only the flag: what the value holds may be shared with the input. */
static void fail_row(CastRun *run, int64_t row)
{
    if (run->failed)
        run->failed[row] = 1;
    column_need_valid(run->out, run->context->buf, run->rows);
    run->out->valid[row] = 0;
}

/* ---- lists ----------------------------------------------------------------------------------------------------- */

static void fail_lists(CastRun *run, const uint8_t *failed)
{
    const ListView *lists = COLUMN_DATA(run->out, ListView);
    for (int64_t i = 0; failed && i < run->rows; i++)
        if (cast_has_value(run, i) && lists[i].count > 0 &&
            memchr(failed + lists[i].start, 1, (size_t)lists[i].count))
            fail_row(run, i);
}

static Status cast_list(CastRun *run)
{
    const Type *to = run->out->type;
    Buf        *buf = run->context->buf;
    bool        is_map = to->kind == TYPE_MAP;
    Column      in; /* the lists again, with their entries one behind the other */
    uint8_t    *failed;
    column_init(&in, buf, run->in->type, run->rows);
    column_append(&in, 0, run->in, 0, run->rows, buf, false);
    run->out->data = in.data;
    run->out->child_rows = in.child_rows;
    run->out->children = buf_new(buf, Column, is_map ? 2 : 1);
    TRY(cast_child(run, &in.children[0], in.child_rows, is_map ? to->key : to->element, &run->out->children[0],
                   &failed));
    fail_lists(run, failed);
    if (!is_map)
        return STATUS_OK;
    TRY(cast_child(run, &in.children[1], in.child_rows, to->element, &run->out->children[1], &failed));
    fail_lists(run, failed);
    return STATUS_OK;
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

/* A field that is NULL where its row is. */
static Column field_of_valid_rows(const CastRun *run, int32_t index)
{
    Column         field = run->in->children[index];
    const uint8_t *parent = run->in->valid;
    if (!parent)
        return field;
    uint8_t *valid = buf_new(run->context->buf, uint8_t, run->rows);
    column_flatten(&field, run->context->buf, run->rows);
    for (int64_t i = 0; i < run->rows; i++)
        valid[i] = parent[i] & (field.valid ? field.valid[i] : 1);
    field.valid = valid;
    return field;
}

static Status cast_row(CastRun *run)
{
    const Type *to = run->out->type;
    Column     *fields = buf_new(run->context->buf, Column, to->field_count);
    uint8_t   **failed = buf_new(run->context->buf, uint8_t *, to->field_count);
    for (int32_t i = 0; i < to->field_count; i++) {
        Column field = field_of_valid_rows(run, i);
        TRY(cast_child(run, &field, run->rows, to->fields[i].type, &fields[i], &failed[i]));
        column_flatten(&fields[i], run->context->buf, run->rows);
    }
    run->out->children = fields;
    for (int32_t field = 0; field < to->field_count; field++)
        for (int64_t i = 0; failed[field] && i < run->rows; i++)
            if (failed[field][i])
                fail_row(run, i);
    return STATUS_OK;
}

CastRule cast_rule_nested(const Type *from, const Type *to)
{
    if (from->kind != to->kind)
        return NULL;
    return from->kind == TYPE_ROW ? cast_row : cast_list;
}
