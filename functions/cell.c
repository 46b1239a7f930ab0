/* cell.c: one flat value on its own. */
#include "functions/cell.h"

#include <math.h>

#define ORDER(field) ((left->field > right->field) - (left->field < right->field))

static int compare_doubles(double left, double right)
{
    if (left < right)
        return -1;
    if (left > right)
        return 1;
    int left_rank  = isnan(left) ? 2 : !signbit(left);
    int right_rank = isnan(right) ? 2 : !signbit(right);
    return left == right && left != 0 ? 0 : (left_rank > right_rank) - (left_rank < right_rank);
}

int cell_compare(Layout layout, const Cell *left, const Cell *right)
{
    switch (layout) {
    case LAYOUT_BOOL:
        return ORDER(boolean);
    case LAYOUT_I8:
        return ORDER(i8);
    case LAYOUT_I16:
        return ORDER(i16);
    case LAYOUT_I32:
        return ORDER(i32);
    case LAYOUT_I64:
        return ORDER(i64);
    case LAYOUT_F32:
        return compare_doubles((double)left->f32, (double)right->f32);
    case LAYOUT_F64:
        return compare_doubles(left->f64, right->f64);
    case LAYOUT_I128:
        return ORDER(i128);
    case LAYOUT_TIMESTAMP:
        return ORDER(timestamp.ms) ? ORDER(timestamp.ms) : ORDER(timestamp.ns);
    default:
        return view_compare(&left->view, &right->view);
    }
}

void cell_own(StateMemory *memory, Layout layout, Cell *cell)
{
    if (layout != LAYOUT_VIEW || cell->view.size <= VIEW_INLINE)
        return;
    char *copy = state_alloc(memory, cell->view.size);
    memcpy(copy, cell->view.ptr, cell->view.size);
    cell->view.ptr = copy;
}

void cell_drop(StateMemory *memory, Layout layout, Cell *cell)
{
    if (layout != LAYOUT_VIEW || cell->view.size <= VIEW_INLINE)
        return;
    /* The pointer is ours: cell_own made it. */
    state_free(memory, (void *)(uintptr_t)cell->view.ptr, cell->view.size);
    cell->view = (View){ 0 };
}

void cell_encode(Layout layout, const Cell *cell, Text *out)
{
    if (layout != LAYOUT_VIEW) {
        text_append(out, (Str){ (const char *)cell, layout_size(layout) });
        return;
    }
    text_append(out, (Str){ (const char *)&cell->view.size, sizeof(uint32_t) });
    text_append(out, view_str(&cell->view));
}

bool cell_decode(StateMemory *memory, Layout layout, const char **cursor, const char *end, Cell *out)
{
    uint32_t size = (uint32_t)layout_size(layout);
    memset(out, 0, sizeof(*out));
    if (layout == LAYOUT_VIEW) {
        if (end - *cursor < (int64_t)sizeof(size))
            return false;
        memcpy(&size, *cursor, sizeof(size));
        *cursor += sizeof(size);
    }
    if (size > end - *cursor)
        return false;
    if (layout == LAYOUT_VIEW)
        out->view = view_of((Str){ *cursor, size });
    else
        memcpy(out, *cursor, size);
    cell_own(memory, layout, out);
    *cursor += size;
    return true;
}
