/* cast_nested.c: ARRAY to ARRAY, MAP to MAP, ROW to ROW: what they hold is cast as columns.
 *
 * Only values that a row really has may fail a cast, so entries that no list names are left behind first, and a field of a
 * NULL row is taken as NULL. */
#include "data/cast_rule.h"

static Status cast_entries(CastRun *run, const Column *in, const Type *to, int64_t rows, Column *out)
{
    return column_cast(run->context, in, rows, to, out, run->err);
}

/* The lists again, with their entries one behind the other. */
static void compact(const CastRun *run, Column *out)
{
    column_init(out, run->context->buf, run->in->type, run->rows);
    column_append(out, 0, run->in, 0, run->rows, run->context->buf, false);
}

static Status cast_list(CastRun *run)
{
    const Type *to = run->out->type;
    Buf        *buf = run->context->buf;
    Column      in;
    compact(run, &in);
    run->out->data = in.data;
    run->out->child_rows = in.child_rows;
    run->out->children = buf_new(buf, Column, 2);
    if (to->kind == TYPE_ARRAY)
        return cast_entries(run, &in.children[0], to->element, in.child_rows, &run->out->children[0]);
    TRY(cast_entries(run, &in.children[0], to->key, in.child_rows, &run->out->children[0]));
    return cast_entries(run, &in.children[1], to->element, in.child_rows, &run->out->children[1]);
}

/* A field that is NULL where its row is. */
static Column field_of_valid_rows(const CastRun *run, int32_t index)
{
    Column         field = run->in->children[index];
    const uint8_t *parent = run->in->valid;
    if (!parent || field.constant)
        return field;
    uint8_t *valid = buf_new(run->context->buf, uint8_t, run->rows);
    for (int64_t i = 0; i < run->rows; i++)
        valid[i] = parent[i] & (field.valid ? field.valid[i] : 1);
    field.valid = valid;
    return field;
}

static Status cast_row(CastRun *run)
{
    const Type *to = run->out->type;
    run->out->children = buf_new(run->context->buf, Column, to->field_count);
    for (int32_t i = 0; i < to->field_count; i++) {
        Column field = field_of_valid_rows(run, i);
        TRY(cast_entries(run, &field, to->fields[i].type, run->rows, &run->out->children[i]));
    }
    return STATUS_OK;
}

CastRule cast_rule_nested(const Type *from, const Type *to)
{
    if (from->kind != to->kind)
        return NULL;
    return from->kind == TYPE_ROW ? cast_row : cast_list;
}
