/* test_batch.c: memory with owners, columns that move their values, batches that are shared and cut. */
#include "data/batch.h"
#include "tests/data/sample.h"
#include "tests/data/type_named.h"

#include <check.h>

static Arena *arena;
static Buf   *buf;

static void open_memory(void)
{
    arena = arena_create();
    buf = buf_create();
}

static void close_memory(void)
{
    buf_release(buf);
    arena_destroy(arena);
}

/* ---- Buf ------------------------------------------------------------------------------------------------------- */

START_TEST(a_buffer_hands_out_aligned_memory_and_keeps_it_on_reset)
{
    for (int round = 0; round < 3; round++) {
        for (int64_t size = 0; size < 3000; size += 7) {
            char *memory = buf_alloc(buf, size);
            ck_assert_int_eq((uintptr_t)memory % 16, 0);
            memset(memory, 0xAB, (size_t)size);
        }
        memset(buf_alloc(buf, 3 << 20), 1, 3 << 20);
        int64_t size = buf_size(buf);
        buf_reset(buf);
        ck_assert_int_eq(buf_size(buf), size);
    }
    int64_t *zeros = buf_zalloc(buf, 800);
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(zeros[i], 0);
}
END_TEST

START_TEST(a_buffer_lives_as_long_as_its_last_owner)
{
    Buf *own = buf_create();
    ck_assert(!buf_is_shared(own));
    char *memory = buf_alloc(own, 4);
    memcpy(memory, "abc", 4);
    ck_assert_ptr_eq(buf_hold(own), own);
    ck_assert(buf_is_shared(own));
    buf_release(own);
    ck_assert(!buf_is_shared(own));
    ck_assert_str_eq(memory, "abc");
    buf_release(own);
    buf_release(NULL);
}
END_TEST

/* ---- views ----------------------------------------------------------------------------------------------------- */

START_TEST(views_compare_by_bytes)
{
    static const char *const texts[] = { "", "a", "ab", "abcdefghijkl", "abcdefghijklm", "abcdefghijklz", "abd", "b",
                                         "\xC3\xA4" };
    int                      count = (int)(sizeof(texts) / sizeof(texts[0]));
    for (int i = 0; i < count; i++) {
        View left = view_of(str_from(texts[i]));
        View copy = view_copy(buf, str_from(texts[i]));
        ck_assert(view_equals(&left, &copy) && view_compare(&left, &copy) == 0);
        ck_assert(str_eq(view_str(&left), str_from(texts[i])));
        for (int j = 0; j < count; j++) {
            View right = view_of(str_from(texts[j]));
            ck_assert((view_compare(&left, &right) < 0) == (i < j));
            ck_assert(view_equals(&left, &right) == (i == j));
        }
    }
}
END_TEST

/* ---- columns --------------------------------------------------------------------------------------------------- */

static void assert_same_rows(const Column *left, int64_t left_start, const Column *right, int64_t right_start,
                             int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        ck_assert(column_value_equals(left, left_start + i, right, right_start + i));
        ck_assert_int_eq(column_value_compare(left, left_start + i, right, right_start + i), 0);
    }
}

enum { ROWS = 40, ROUNDS = 150 };

START_TEST(gather_append_and_copy_keep_every_value)
{
    Sample sample = { 4711 };
    for (int round = 0; round < ROUNDS; round++) {
        Buf        *own = buf_create(), *other = buf_create();
        const Type *type = sample_type(&sample, arena, 3);
        Column      in, gathered, copy, out;
        int32_t     rows[ROWS];
        sample_column(&sample, own, type, ROWS, round % 3, &in);
        for (int i = 0; i < ROWS; i++)
            rows[i] = (int32_t)sample_below(&sample, ROWS);
        column_gather(&in, rows, ROWS, own, &gathered);
        for (int i = 0; i < ROWS; i++)
            ck_assert(column_value_equals(&gathered, i, &in, rows[i]));

        column_init(&out, other, type, 0);
        column_append(&out, 0, &gathered, 3, 5, other, true);
        column_append(&out, 5, &in, 0, ROWS, other, true);
        column_append(&out, 5 + ROWS, &gathered, 0, ROWS, other, true);
        assert_same_rows(&out, 0, &gathered, 3, 5);
        assert_same_rows(&out, 5, &in, 0, ROWS);
        assert_same_rows(&out, 5 + ROWS, &gathered, 0, ROWS);

        column_copy(&gathered, ROWS, other, &copy);
        assert_same_rows(&copy, 0, &out, 5 + ROWS, ROWS);
        buf_release(own); /* the copies must not need it */
        assert_same_rows(&copy, 0, &out, 5 + ROWS, ROWS);
        buf_release(other);
    }
}
END_TEST

START_TEST(a_constant_stands_for_all_rows)
{
    Sample sample = { 815 };
    for (int round = 0; round < ROUNDS; round++) {
        const Type *type = sample_type(&sample, arena, 2);
        Column      in, flat, out, null;
        sample_column(&sample, buf, type, 1, round % 2, &in);
        in.constant = true;
        flat = in;
        column_flatten(&flat, buf, ROWS);
        ck_assert(!flat.constant && in.constant);
        column_init(&out, buf, type, 0);
        column_append(&out, 0, &in, 0, ROWS, buf, false);
        for (int64_t i = 0; i < ROWS; i++) {
            ck_assert(column_value_equals(&flat, i, &in, i));
            ck_assert(column_value_equals(&out, i, &in, 0));
        }
        column_init_null(&null, buf, type);
        column_append(&out, ROWS, &null, 0, 2, buf, false);
        ck_assert(column_is_null(&null, 17) && column_is_null(&out, ROWS + 1));
        column_flatten(&null, buf, 3);
        ck_assert(column_is_null(&null, 2));
    }
}
END_TEST

START_TEST(order_is_total)
{
    Sample sample = { 99 };
    for (int round = 0; round < 40; round++) {
        Column column;
        sample_column(&sample, buf, sample_type(&sample, arena, 2), 12, 4, &column);
        for (int64_t a = 0; a < 12; a++) {
            for (int64_t b = 0; b < 12; b++) {
                int order = column_value_compare(&column, a, &column, b);
                int back = column_value_compare(&column, b, &column, a);
                ck_assert((order < 0) == (back > 0));
                ck_assert((order == 0) == column_value_equals(&column, a, &column, b));
                for (int64_t c = 0; c < 12 && order <= 0; c++)
                    if (column_value_compare(&column, b, &column, c) <= 0)
                        ck_assert(column_value_compare(&column, a, &column, c) <= 0);
            }
        }
    }
}
END_TEST

START_TEST(null_comes_first_and_nan_last)
{
    Column column;
    column_init(&column, buf, &type_double, 5);
    double values[] = { __builtin_nan(""), 1, -0.0, 0.0, 0 };
    memcpy(column.data, values, sizeof(values));
    column_set_null(&column, buf, 4);
    int64_t order[] = { 4, 2, 3, 1, 0 };
    for (int i = 0; i < 4; i++)
        ck_assert_int_lt(column_value_compare(&column, order[i], &column, order[i + 1]), 0);
    ck_assert(column_value_equals(&column, 0, &column, 0) && !column_value_equals(&column, 2, &column, 3));
}
END_TEST

START_TEST(a_column_grows_row_by_row)
{
    Column column;
    column_init(&column, buf, type_named(arena, "ROW<a BIGINT, b STRING>"), 0);
    for (int64_t i = 0; i < 1000; i++) {
        column_need_room(&column, buf, i, 1);
        COLUMN_DATA(&column.children[0], int64_t)[i] = i;
        COLUMN_DATA(&column.children[1], View)[i] = view_of(STR("x"));
        if (i % 10 == 3)
            column_set_null(&column, buf, i);
    }
    for (int64_t i = 0; i < 1000; i++) {
        ck_assert_int_eq(column_is_null(&column, i), i % 10 == 3);
        if (i % 10 != 3)
            ck_assert_int_eq(COLUMN_DATA(&column.children[0], int64_t)[i], i);
    }
}
END_TEST

/* ---- batches --------------------------------------------------------------------------------------------------- */

static Batch *numbers(int64_t rows)
{
    Batch *batch = batch_create(1);
    batch->rows = rows;
    column_init(&batch->columns[0], batch->buf, &type_bigint, rows);
    batch->kinds = buf_new(batch->buf, uint8_t, rows);
    batch->seen_watermark = buf_new(batch->buf, Time, rows);
    for (int64_t i = 0; i < rows; i++) {
        COLUMN_DATA(&batch->columns[0], int64_t)[i] = i;
        batch->kinds[i] = (uint8_t)(i % 4);
        batch->seen_watermark[i] = i * 10;
    }
    return batch;
}

START_TEST(a_shared_batch_may_be_cut_and_released_alone)
{
    Batch  *batch = numbers(100);
    Batch  *share = batch_share(batch);
    int32_t rows[] = { 3, 50, 99 };
    batch_select(share, rows, 3);
    share->kinds[0] = ROW_DELETE;
    ck_assert_int_eq(share->rows, 3);
    ck_assert_int_eq(COLUMN_DATA(&share->columns[0], int64_t)[1], 50);
    ck_assert_int_eq(share->seen_watermark[2], 990);
    ck_assert_int_eq(batch->rows, 100);
    ck_assert_int_eq(batch->kinds[3], 3);
    batch_release(batch);
    ck_assert_int_eq(COLUMN_DATA(&share->columns[0], int64_t)[2], 99);
    ck_assert_int_eq(share->kinds[1], 2);
    batch_release(share);
    batch_release(NULL);
}
END_TEST

START_TEST(a_batch_holds_what_its_columns_point_into)
{
    Batch *source = numbers(10);
    Batch *batch = batch_create(2);
    for (int i = 0; i < 20; i++)
        batch_hold_all(batch, source);
    ck_assert_int_eq(batch->held_count, 1);
    batch->columns[0] = source->columns[0];
    batch->rows = 10;
    for (int i = 0; i < 20; i++) {
        Buf *more = buf_create();
        batch_hold(batch, more);
        buf_release(more);
    }
    batch_hold(batch, batch->buf);
    ck_assert_int_eq(batch->held_count, 21);
    batch_release(source);
    ck_assert_int_eq(COLUMN_DATA(&batch->columns[0], int64_t)[9], 9);
    batch_release(batch);
}
END_TEST

START_TEST(row_kinds_have_their_texts)
{
    ck_assert_str_eq(row_kind_text(ROW_INSERT), "+I");
    ck_assert_str_eq(row_kind_text(ROW_UPDATE_BEFORE), "-U");
    ck_assert_str_eq(row_kind_text(ROW_UPDATE_AFTER), "+U");
    ck_assert_str_eq(row_kind_text(ROW_DELETE), "-D");
    ck_assert(row_kind_is_add(ROW_UPDATE_AFTER) && !row_kind_is_add(ROW_DELETE));
}
END_TEST

Suite *suite_batch(void)
{
    Suite *suite = suite_create("batch");
    TCase *tests = tcase_create("batch");
    tcase_add_checked_fixture(tests, open_memory, close_memory);
    tcase_add_test(tests, a_buffer_hands_out_aligned_memory_and_keeps_it_on_reset);
    tcase_add_test(tests, a_buffer_lives_as_long_as_its_last_owner);
    tcase_add_test(tests, views_compare_by_bytes);
    tcase_add_test(tests, gather_append_and_copy_keep_every_value);
    tcase_add_test(tests, a_constant_stands_for_all_rows);
    tcase_add_test(tests, order_is_total);
    tcase_add_test(tests, null_comes_first_and_nan_last);
    tcase_add_test(tests, a_column_grows_row_by_row);
    tcase_add_test(tests, a_shared_batch_may_be_cut_and_released_alone);
    tcase_add_test(tests, a_batch_holds_what_its_columns_point_into);
    tcase_add_test(tests, row_kinds_have_their_texts);
    suite_add_tcase(suite, tests);
    return suite;
}
