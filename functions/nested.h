/* nested.h: building columns of arrays, maps and rows. */
#ifndef FUNCTIONS_NESTED_H
#define FUNCTIONS_NESTED_H

#include "data/batch.h"

/* One value of `in` into row out_row of a flat column of the same layout (text keeps pointing at its bytes). */
void value_copy(const Column *in, int64_t in_row, Buf *buf, Column *out, int64_t out_row);

/* out[i * count + k] = columns[k][i]: the entries of arrays of `count` elements. out gets type. */
void columns_interleave(const Column *columns, int32_t count, int64_t rows, const Type *type, Buf *buf, Column *out);

/* Child `index` of a list column becomes the values of entries: out[i] = child[entries[i]]. */
void list_set_child(Column *list, int32_t index, const Column *child, const int32_t *entries, int64_t count, Buf *buf);

/* Entries of a list row: [start, start + count); none of a NULL. */
static inline ListView list_at(const Column *list, int64_t row)
{
    return COLUMN_DATA(list, ListView)[column_index(list, row)];
}

/* Picks entries for the result lists of one batch: pick_entry for each, pick_end after each row. The child index may
 * be that of any column. */
typedef struct ListPick {
    Buf     *buf;
    int32_t *entries;
    int64_t  count;
    int64_t  room;
    int64_t  row_start;
} ListPick;

void     pick_entry(ListPick *pick, int32_t entry);
ListView pick_end(ListPick *pick);

#endif
