/* nested.c: building columns of arrays, maps and rows.
 *
 * A function over arrays mostly picks and orders entries: it notes their indexes row by row (ListPick) and moves all
 * values at the end in one gather. */
#include "functions/nested.h"

void value_copy(const Column *in, int64_t in_row, Buf *buf, Column *out, int64_t out_row)
{
    int64_t index = column_index(in, in_row);
    if (in->valid && !in->valid[index]) {
        column_set_null(out, buf, out_row);
        return;
    }
    int64_t size = layout_size(type_layout(out->type));
    memcpy((char *)out->data + out_row * size, (const char *)in->data + index * size, (size_t)size);
    if (out->valid)
        out->valid[out_row] = 1;
}

static bool is_flat(const Type *type)
{
    return type_layout(type) != LAYOUT_LIST && type_layout(type) != LAYOUT_ROW;
}

/* Nested values: all columns behind each other, then fetched in the order wanted. */
static void interleave_nested(const Column *columns, int32_t count, int64_t rows, const Type *type, Buf *buf,
                              Column *out)
{
    Column   all;
    int32_t *order = buf_new(buf, int32_t, rows * count);
    column_init(&all, buf, type, rows * count);
    for (int32_t k = 0; k < count; k++) {
        Column part = columns[k];
        column_flatten(&part, buf, rows);
        column_append(&all, k * rows, &part, 0, rows, buf, false);
        for (int64_t i = 0; i < rows; i++)
            order[i * count + k] = (int32_t)(k * rows + i);
    }
    column_gather(&all, order, rows * count, buf, out);
    out->type = type;
}

void columns_interleave(const Column *columns, int32_t count, int64_t rows, const Type *type, Buf *buf, Column *out)
{
    if (!is_flat(type)) {
        interleave_nested(columns, count, rows, type, buf, out);
        return;
    }
    column_init(out, buf, type, rows * count);
    for (int32_t k = 0; k < count; k++)
        for (int64_t i = 0; i < rows; i++)
            value_copy(&columns[k], i, buf, out, i * count + k);
}

void list_set_child(Column *list, int32_t index, const Column *child, const int32_t *entries, int64_t count, Buf *buf)
{
    const Type *type = list->children[index].type;
    if (count == 0)
        column_init(&list->children[index], buf, type, 0);
    else
        column_gather(child, entries, count, buf, &list->children[index]);
    list->children[index].type = type;
    list->child_rows           = count;
}

void pick_entry(ListPick *pick, int32_t entry)
{
    if (pick->count == pick->room) {
        int64_t  room = pick->room ? pick->room * 2 : 256;
        int32_t *more = buf_new(pick->buf, int32_t, room);
        if (pick->count)
            memcpy(more, pick->entries, (size_t)pick->count * sizeof(int32_t));
        pick->entries = more;
        pick->room    = room;
    }
    pick->entries[pick->count++] = entry;
}

ListView pick_end(ListPick *pick)
{
    ListView view   = { (int32_t)pick->row_start, (int32_t)(pick->count - pick->row_start) };
    pick->row_start = pick->count;
    return view;
}
