/* test_aggregate_set.c: aggregates in their set: results, FILTER, DISTINCT, taking back, merging, bytes. */
#include "data/cast.h"
#include "functions/aggregate.h"
#include "tests/functions/bed.h"

enum { CALLS_MAX = 80, GROUPS = 3, ROWS = 60 };

typedef struct Groups {
    AggregateSet *set;
    StateMemory  *memory;
    void         *blocks[GROUPS];
} Groups;

static Bed           bed;
static AggregateCall calls[CALLS_MAX];
static int32_t       call_count;

static void open_bed(void)
{
    bed_open(&bed, ROWS);
    call_count = 0;
}

static void close_bed(void)
{
    bed_close(&bed);
}

/* ---- calls and groups ------------------------------------------------------------------------------------------ */

/* Columns of the input: 0 INT a, 1 STRING s, 2 DOUBLE d, 3 BOOLEAN f. */
static void input_init(void)
{
    static const Type *const types[4] = { &type_int, &type_string, &type_double, &type_boolean };
    static const char *const words[5] = { "pear", "a word that is much longer than a view", "fig", "", "apple" };
    uint32_t seed = 12345;
    bed.batch.column_count = 4;
    for (int32_t k = 0; k < 4; k++)
        column_init(&bed.columns[k], bed.buf, types[k], ROWS);
    for (int64_t i = 0; i < ROWS; i++) {
        seed = seed * 1103515245 + 12345;
        uint32_t random = seed >> 8;
        COLUMN_DATA(&bed.columns[0], int32_t)[i] = (int32_t)(random % 7) - 2;
        COLUMN_DATA(&bed.columns[1], View)[i]    = view_of(str_from(words[random / 7 % 5]));
        COLUMN_DATA(&bed.columns[2], double)[i]  = (double)(random % 1000) / 8;
        COLUMN_DATA(&bed.columns[3], uint8_t)[i] = random / 3 % 2;
        for (int32_t k = 0; k < 4; k++)
            if (random / 11 % 6 == (uint32_t)k)
                column_set_null(&bed.columns[k], bed.buf, i);
    }
}

static AggregateCall *add_call(const char *name, int32_t column, bool needs_retract)
{
    AggregateCall *call     = &calls[call_count++];
    const Type   **types    = arena_new(bed.arena, const Type *, 1);
    const Type    *casts[1] = { NULL };
    int32_t       *args     = arena_new(bed.arena, int32_t, 1);
    Error          err      = ERROR_NONE;
    bool           is_star  = column < 0;
    args[0]  = column;
    types[0] = is_star ? NULL : bed.columns[column].type;
    *call    = (AggregateCall){ .args = args, .arg_types = types, .arg_count = !is_star, .filter = -1,
                                .text = str_from(name) };
    Status status = aggregate_resolve(bed.arena, str_from(name), types, !is_star, is_star, needs_retract, SPAN_NONE,
                                      &call->aggregate, &call->type, casts, &err);
    ck_assert_msg(status == STATUS_OK, "%s: %s", name, err.message);
    return call;
}

static void groups_open_calls(Groups *groups, int32_t first, int32_t count, bool counts_rows)
{
    const AggregateCall *pointers[CALLS_MAX];
    for (int32_t i = 0; i < count; i++)
        pointers[i] = &calls[first + i];
    groups->set    = aggregate_set_create(bed.arena, pointers, count, counts_rows);
    groups->memory = state_memory_create();
    for (int g = 0; g < GROUPS; g++) {
        groups->blocks[g] = arena_alloc(bed.arena, aggregate_set_size(groups->set));
        aggregate_set_init(groups->set, groups->blocks[g]);
    }
}

static void groups_open(Groups *groups, bool counts_rows)
{
    groups_open_calls(groups, 0, call_count, counts_rows);
}

static void groups_close(Groups *groups)
{
    for (int g = 0; g < GROUPS; g++)
        aggregate_set_drop(groups->set, groups->memory, groups->blocks[g]);
    ck_assert_int_eq(state_memory_size(groups->memory), 0);
    state_memory_destroy(groups->memory);
}

/* Rows [start, start + count) of the input, as a batch; row i belongs to group i % GROUPS. */
static void feed(Groups *groups, int64_t start, int64_t count, const uint8_t *kinds)
{
    Batch    part = { .rows = count, .columns = buf_new(bed.buf, Column, 4), .column_count = 4 };
    int32_t *rows = buf_new(bed.buf, int32_t, count);
    void   **blocks = buf_new(bed.buf, void *, count);
    Error    err    = ERROR_NONE;
    for (int64_t i = 0; i < count; i++) {
        rows[i]   = (int32_t)(start + i);
        blocks[i] = groups->blocks[(start + i) % GROUPS];
    }
    for (int32_t k = 0; k < 4; k++)
        column_gather(&bed.columns[k], rows, count, bed.buf, &part.columns[k]);
    part.kinds = kinds ? buf_alloc(bed.buf, count) : NULL;
    if (kinds)
        memcpy(part.kinds, kinds, (size_t)count);
    ck_assert_int_eq(aggregate_set_update(groups->set, groups->memory, &part, blocks, &err), STATUS_OK);
}

/* All results of all groups, as text. */
static const char *results(Groups *groups)
{
    Column *out = buf_new(bed.buf, Column, call_count);
    Text    text = TEXT_EMPTY;
    Error   err  = ERROR_NONE;
    ck_assert_int_eq(aggregate_set_results(groups->set, groups->blocks, GROUPS, bed.buf, out, &err), STATUS_OK);
    for (int g = 0; g < GROUPS; g++)
        for (int32_t k = 0; k < call_count; k++) {
            text_printf(&text, "%s%.*s=", g || k ? " " : "", STR_FMT(calls[k].text));
            value_print(&out[k], g, STYLE_CAST, zone_utc, &text);
        }
    const char *result = arena_cstr(bed.arena, text_str(&text));
    text_free(&text);
    return result;
}

/* Some of them over the same values, alike or with another filter. */
static void add_distinct_calls(bool needs_retract)
{
    static const int32_t columns[] = { 1, 0, 1, 0, 0, 2, 0 }, filters[] = { -1, -1, 3, 3, -1, 3, -1 };
    static const char *const names[] = { "count", "sum", "count", "count", "max", "count", "count" };
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        AggregateCall *call = add_call(names[i], columns[i], needs_retract);
        call->is_distinct = true;
        call->filter = filters[i];
    }
}

static void add_many_calls(bool needs_retract)
{
    static const char *const plain[] = { "count", "sum", "avg", "min", "max", "stddev", "var_pop", "first_value",
                                         "last_value", "array_agg" };
    input_init();
    add_call("count", -1, needs_retract);
    for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
        add_call(plain[i], 0, needs_retract);
    add_call("min", 1, needs_retract);
    add_call("max", 1, needs_retract);
    add_call("listagg", 1, needs_retract);
    add_call("last_value", 1, needs_retract);
    add_call("sum", 2, needs_retract);
    add_call("max", 2, needs_retract)->filter = 3;
    add_distinct_calls(needs_retract);
    add_call("json_arrayagg", 1, needs_retract);
}

/* ---- tests ----------------------------------------------------------------------------------------------------- */

/* Whose results do not depend on the order of rows. */
static void add_unordered_calls(void)
{
    static const char *const plain[] = { "count", "sum", "avg", "min", "max", "stddev", "var_pop" };
    input_init();
    add_call("count", -1, true);
    for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
        add_call(plain[i], 0, true);
    add_call("min", 1, true);
    add_call("max", 1, true);
    add_call("sum", 2, true);
    add_call("max", 2, true)->filter           = 3;
    add_distinct_calls(true);
}

START_TEST(results_do_not_depend_on_the_size_of_batches)
{
    Groups whole, parts;
    add_many_calls(false);
    groups_open(&whole, true);
    groups_open(&parts, true);
    feed(&whole, 0, ROWS, NULL);
    for (int64_t start = 0; start < ROWS; start += 7)
        feed(&parts, start, ROWS - start < 7 ? ROWS - start : 7, NULL);
    ck_assert_str_eq(results(&whole), results(&parts));
    ck_assert_int_eq(aggregate_set_row_count(whole.set, whole.blocks[1]), ROWS / GROUPS);
    ck_assert(!aggregate_set_is_mergeable(whole.set));
    groups_close(&whole);
    groups_close(&parts);
}
END_TEST

static const char *row_text(const Column *out, int64_t row)
{
    Text text = TEXT_EMPTY;
    for (int32_t k = 0; k < call_count; k++) {
        text_puts(&text, k ? " " : "");
        value_print(&out[k], row, STYLE_CAST, zone_utc, &text);
    }
    const char *result = arena_cstr(bed.arena, text_str(&text));
    text_free(&text);
    return result;
}

START_TEST(rows_that_are_followed_give_the_result_behind_each)
{
    Groups followed, fed;
    void  *blocks[ROWS];
    Column now[CALLS_MAX], all[CALLS_MAX];
    Error  err = ERROR_NONE;
    add_unordered_calls();
    add_call("listagg", 1, true);
    add_call("last_value", 1, true);
    add_call("count", 1, true)->is_distinct  = true;
    calls[call_count - 1].filter             = 3;
    groups_open(&followed, true);
    groups_open(&fed, true);
    for (int64_t i = 0; i < ROWS; i++)
        blocks[i] = followed.blocks[i % GROUPS];
    ck_assert(aggregate_set_can_follow(followed.set));
    ck_assert_int_eq(aggregate_set_follow(followed.set, followed.memory, &bed.batch, blocks, bed.buf, all, &err), STATUS_OK);
    for (int64_t i = 0; i < ROWS; i++) {
        feed(&fed, i, 1, NULL);
        ck_assert_int_eq(aggregate_set_results(fed.set, &fed.blocks[i % GROUPS], 1, bed.buf, now, &err), STATUS_OK);
        ck_assert_str_eq(row_text(all, i), row_text(now, 0));
    }
    ck_assert_str_eq(results(&followed), results(&fed));
    ck_assert_int_eq(aggregate_set_row_count(followed.set, followed.blocks[0]), ROWS / GROUPS);
    groups_close(&followed);
    groups_close(&fed);
}
END_TEST

START_TEST(lists_cannot_be_followed)
{
    Groups groups;
    add_many_calls(false);
    groups_open(&groups, false);
    ck_assert(!aggregate_set_can_follow(groups.set));
    groups_close(&groups);
}
END_TEST

START_TEST(what_is_taken_back_leaves_no_trace)
{
    Groups   once, more;
    uint8_t  taken[ROWS];
    add_unordered_calls();
    groups_open(&once, true);
    groups_open(&more, true);
    feed(&once, 0, 30, NULL);
    feed(&more, 0, 30, NULL);
    const char *before = results(&more);
    feed(&more, 30, 30, NULL);
    ck_assert_str_ne(results(&more), before);
    memset(taken, ROW_DELETE, sizeof(taken));
    feed(&more, 30, 30, taken);
    ck_assert_int_eq(aggregate_set_row_count(more.set, more.blocks[0]), 10);
    ck_assert_str_eq(results(&more), before);
    ck_assert_str_eq(results(&once), before);
    feed(&more, 0, 30, taken);
    Groups empty;
    groups_open(&empty, true);
    ck_assert_str_eq(results(&more), results(&empty));
    groups_close(&once);
    groups_close(&more);
    groups_close(&empty);
}
END_TEST

START_TEST(an_update_is_a_retraction_and_an_addition)
{
    Groups  one, two;
    uint8_t kinds[ROWS];
    add_many_calls(true);
    groups_open(&one, true);
    groups_open(&two, true);
    for (int i = 0; i < ROWS; i++)
        kinds[i] = i % 2 ? ROW_UPDATE_AFTER : ROW_UPDATE_BEFORE;
    feed(&one, 0, ROWS, NULL);
    feed(&one, 0, ROWS, kinds);
    feed(&two, 0, ROWS, NULL);
    for (int64_t i = 0; i < ROWS; i++)
        feed(&two, i, 1, kinds + i);
    ck_assert_str_eq(results(&one), results(&two));
    groups_close(&one);
    groups_close(&two);
}
END_TEST

START_TEST(states_built_apart_are_merged)
{
    Groups whole, left, right;
    Error  err = ERROR_NONE;
    input_init();
    add_call("count", 0, false);
    add_call("sum", 0, false);
    add_call("avg", 0, false);
    add_call("min", 1, false);
    add_call("max", 0, false);
    add_distinct_calls(false);
    groups_open(&whole, true);
    groups_open(&left, true);
    groups_open(&right, true);
    feed(&whole, 0, ROWS, NULL);
    feed(&left, 0, 33, NULL);
    feed(&right, 33, ROWS - 33, NULL);
    ck_assert(aggregate_set_is_mergeable(whole.set));
    ck_assert_int_eq(aggregate_set_merge(left.set, left.memory, left.blocks, right.blocks, GROUPS, &err), STATUS_OK);
    ck_assert_str_eq(results(&whole), results(&left));
    ck_assert_int_eq(aggregate_set_row_count(left.set, left.blocks[0]), ROWS / GROUPS);
    groups_close(&whole);
    groups_close(&left);
    groups_close(&right);
}
END_TEST

static void check_bytes(bool needs_retract)
{
    Groups before, after;
    add_many_calls(needs_retract);
    groups_open(&before, needs_retract);
    groups_open(&after, needs_retract);
    feed(&before, 0, 40, NULL);
    for (int g = 0; g < GROUPS; g++) {
        Text bytes = TEXT_EMPTY;
        aggregate_set_encode(before.set, before.blocks[g], &bytes);
        const char *cursor = bytes.ptr;
        ck_assert(aggregate_set_decode(after.set, after.memory, &cursor, bytes.ptr + bytes.len, after.blocks[g]));
        ck_assert_ptr_eq(cursor, bytes.ptr + bytes.len);
        text_free(&bytes);
    }
    ck_assert_str_eq(results(&before), results(&after));
    feed(&before, 40, 20, NULL);
    feed(&after, 40, 20, NULL);
    ck_assert_str_eq(results(&before), results(&after));
    groups_close(&before);
    groups_close(&after);
}

START_TEST(states_come_back_from_bytes)
{
    check_bytes(false);
}
END_TEST

START_TEST(retracting_states_come_back_from_bytes)
{
    check_bytes(true);
}
END_TEST

/* Before calls shared their values, each had a set of its own: what was saved then is read, and what is saved now is as long. */
START_TEST(shared_values_are_saved_as_those_of_each_call)
{
    Groups shared, read, alone[CALLS_MAX];
    input_init();
    add_distinct_calls(true);
    groups_open(&shared, false);
    groups_open(&read, false);
    feed(&shared, 0, ROWS, NULL);
    for (int32_t k = 0; k < call_count; k++) {
        groups_open_calls(&alone[k], k, 1, false);
        feed(&alone[k], 0, ROWS, NULL);
    }
    for (int g = 0; g < GROUPS; g++) {
        Text bytes = TEXT_EMPTY, now = TEXT_EMPTY;
        for (int32_t k = 0; k < call_count; k++)
            aggregate_set_encode(alone[k].set, alone[k].blocks[g], &bytes);
        aggregate_set_encode(shared.set, shared.blocks[g], &now);
        ck_assert_int_eq(bytes.len, now.len);
        const char *cursor = bytes.ptr;
        ck_assert(aggregate_set_decode(read.set, read.memory, &cursor, bytes.ptr + bytes.len, read.blocks[g]));
        text_free(&bytes);
        text_free(&now);
    }
    ck_assert_str_eq(results(&shared), results(&read));
    for (int32_t k = 0; k < call_count; k++)
        groups_close(&alone[k]);
    groups_close(&shared);
    groups_close(&read);
}
END_TEST

/* More calls than a set has bits for. */
START_TEST(many_distinct_calls_take_several_sets)
{
    Groups groups;
    input_init();
    for (int32_t k = 0; k < CALLS_MAX; k++) {
        add_call("count", 0, false)->is_distinct = true;
        calls[k].filter = k % 2 ? 3 : -1;
    }
    groups_open(&groups, false);
    feed(&groups, 0, ROWS, NULL);
    Column out[CALLS_MAX];
    Error  err = ERROR_NONE;
    ck_assert_int_eq(aggregate_set_results(groups.set, groups.blocks, GROUPS, bed.buf, out, &err), STATUS_OK);
    for (int32_t k = 2; k < CALLS_MAX; k++)
        for (int g = 0; g < GROUPS; g++)
            ck_assert_int_eq(COLUMN_DATA(&out[k], int64_t)[g], COLUMN_DATA(&out[k % 2], int64_t)[g]);
    groups_close(&groups);
}
END_TEST

START_TEST(cut_bytes_are_refused)
{
    Groups groups;
    Text   bytes = TEXT_EMPTY;
    add_many_calls(true);
    groups_open(&groups, true);
    feed(&groups, 0, ROWS, NULL);
    aggregate_set_encode(groups.set, groups.blocks[0], &bytes);
    for (int64_t size = 0; size < bytes.len; size++) {
        StateMemory *memory = state_memory_create();
        const char  *cursor = bytes.ptr;
        void        *block  = arena_alloc(bed.arena, aggregate_set_size(groups.set));
        ck_assert(!aggregate_set_decode(groups.set, memory, &cursor, bytes.ptr + size, block));
        state_memory_destroy(memory);
    }
    text_free(&bytes);
    groups_close(&groups);
}
END_TEST

/* As real Flink computes them for 1.5, 2.5, 4.25, 9.75. */
START_TEST(variances_are_those_of_the_dialect)
{
    static const double values[4] = { 1.5, 2.5, 4.25, 9.75 };
    static const char *const names[4] = { "stddev", "stddev_pop", "var_pop", "var_samp" };
    Groups groups;
    input_init();
    for (int32_t i = 0; i < 4; i++)
        add_call(names[i], 2, false);
    groups_open(&groups, false);
    for (int64_t i = 0; i < 4; i++)
        COLUMN_DATA(&bed.columns[2], double)[GROUPS * i] = values[i];
    bed.columns[2].valid = NULL;
    for (int64_t i = 0; i < 4; i++)
        feed(&groups, GROUPS * i, 1, NULL);
    ck_assert_ptr_nonnull(strstr(results(&groups),
                                 "stddev=3.679900360969936 stddev_pop=3.1868871959954905 var_pop=10.15625 "
                                                   "var_samp=13.541666666666666"));
    groups_close(&groups);
}
END_TEST

START_TEST(an_empty_group_counts_zero_and_sums_null)
{
    Groups groups;
    input_init();
    add_call("count", -1, false);
    add_call("count", 0, false);
    add_call("sum", 0, false);
    add_call("listagg", 1, false);
    groups_open(&groups, false);
    ck_assert_ptr_nonnull(strstr(results(&groups), "count=0 count=0 sum=NULL listagg=NULL"));
    groups_close(&groups);
}
END_TEST

Suite *suite_aggregate_set(void)
{
    Suite *suite = suite_create("aggregate_set");
    TCase *tests = tcase_create("groups");
    tcase_add_checked_fixture(tests, open_bed, close_bed);
    tcase_add_test(tests, results_do_not_depend_on_the_size_of_batches);
    tcase_add_test(tests, rows_that_are_followed_give_the_result_behind_each);
    tcase_add_test(tests, lists_cannot_be_followed);
    tcase_add_test(tests, what_is_taken_back_leaves_no_trace);
    tcase_add_test(tests, an_update_is_a_retraction_and_an_addition);
    tcase_add_test(tests, states_built_apart_are_merged);
    tcase_add_test(tests, states_come_back_from_bytes);
    tcase_add_test(tests, retracting_states_come_back_from_bytes);
    tcase_add_test(tests, shared_values_are_saved_as_those_of_each_call);
    tcase_add_test(tests, many_distinct_calls_take_several_sets);
    tcase_add_test(tests, cut_bytes_are_refused);
    tcase_add_test(tests, variances_are_those_of_the_dialect);
    tcase_add_test(tests, an_empty_group_counts_zero_and_sums_null);
    suite_add_tcase(suite, tests);
    return suite;
}
