/* row_order.c: see row_order.h. NULLs go where the key says, whatever the direction. */
#include "runtime/operators/row_order.h"

static int compare_key(const Column *column, const SortKey *key, int32_t left, int32_t right)
{
    bool is_left_null = column_is_null(column, left);
    bool is_right_null = column_is_null(column, right);
    if (is_left_null || is_right_null) {
        int left_first = key->nulls_last ? 1 : -1;
        return is_left_null == is_right_null ? 0 : is_left_null ? left_first : -left_first;
    }
    int order = column_value_compare(column, left, column, right);
    return key->is_descending ? -order : order;
}

int row_order_compare(const RowStore *store, const SortKey *keys, int32_t key_count, int32_t left, int32_t right)
{
    for (int32_t i = 0; i < key_count; i++) {
        int order = compare_key(&store->columns[keys[i].column], &keys[i], left, right);
        if (order != 0)
            return order;
    }
    return 0;
}

static void merge(const RowStore *store, const SortKey *keys, int32_t key_count, const int32_t *from, int32_t *to,
                  int64_t start,
                  int64_t middle, int64_t end)
{
    int64_t left = start;
    int64_t right = middle;
    for (int64_t at = start; at < end; at++) {
        bool takes_left = right == end ||
            (left < middle && row_order_compare(store, keys, key_count, from[left], from[right]) <= 0);
        to[at] = takes_left ? from[left++] : from[right++];
    }
}

void row_order_sort(const RowStore *store, const SortKey *keys, int32_t key_count, int32_t *rows, int32_t *scratch,
                    int64_t count)
{
    int32_t *from = rows;
    int32_t *to = scratch;
    for (int64_t width = 1; width < count; width *= 2) {
        for (int64_t start = 0; start < count; start += width * 2) {
            int64_t middle = start + width < count ? start + width : count;
            int64_t end = start + width * 2 < count ? start + width * 2 : count;
            merge(store, keys, key_count, from, to, start, middle, end);
        }
        int32_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != rows)
        memcpy(rows, from, (size_t)count * sizeof(int32_t));
}
