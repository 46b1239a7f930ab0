/* test_window_model.c: windows of random rows against a model that does them one by one, as the dialect does.
 *
 * The model walks the rows of each split with the split's own watermark; a row counts in every window of its time that
 * this watermark has not closed. The runtime gets the same rows with splits at different speeds, in batches, on several
 * tasks. */
#include "tests/runtime/bed.h"

#include "runtime/time/window.h"

#include <check.h>
#include <stdlib.h>

enum { ROWS = 300, SPLITS = 3, KEYS = 4, GROUPS_MAX = 20000 };

static const char *const names[KEYS] = { "a", "b", "c", "a key of many letters" };
static const int32_t     by_key[] = { BED_KEY };

typedef struct Group {
    const char *key;
    Time        start, end;
    int64_t     count, sum;
} Group;

static Group  groups[GROUPS_MAX];
static int    group_count;
static BedRow rows[ROWS];

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* How far rows lie behind the newest of their split: below `disorder`; and the watermark: `delay` and up to 15 more. */
typedef struct Order {
    uint64_t disorder;
    int64_t  delay;
} Order;

static const Order with_late_rows = { 40, 0 };
static const Order all_in_time = { 10, 12 };

/* Event time creeps on. */
static void make_rows(uint64_t seed, int32_t splits, Order order)
{
    uint64_t random = seed * 7919 + 1;
    int64_t  delay = order.delay + (int64_t)(next_random(&random) % 16);
    int64_t  now[SPLITS] = { -100, -90, -60 };
    for (int i = 0; i < ROWS; i++) {
        int32_t split = (int32_t)(next_random(&random) % (uint64_t)splits);
        now[split] += (int64_t)(next_random(&random) % 7);
        int64_t late = next_random(&random) % 4 == 0 ? (int64_t)(next_random(&random) % order.disorder) : 0;
        rows[i] = (BedRow){ .split = split, .key = names[next_random(&random) % KEYS],
                            .value = (int64_t)(next_random(&random) % 1000),
                            .time = now[split] - late, .watermark = now[split] - late - delay };
    }
}

static Group *group_of(const char *key, Time start, Time end)
{
    for (int i = 0; i < group_count; i++)
        if (groups[i].key == key && groups[i].start == start && groups[i].end == end)
            return &groups[i];
    groups[group_count] = (Group){ key, start, end, 0, 0 };
    return &groups[group_count++];
}

static int compare_lines(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void print_groups(Text *out)
{
    static char *lines[GROUPS_MAX];
    for (int i = 0; i < group_count; i++) {
        Text line = TEXT_EMPTY;
        text_printf(&line, "+I %s %lld %lld %lld %lld\n", groups[i].key, (long long)groups[i].count,
                    (long long)groups[i].sum,
                    (long long)groups[i].start, (long long)groups[i].end);
        lines[i] = strdup(text_cstr(&line));
        text_free(&line);
    }
    qsort(lines, (size_t)group_count, sizeof(lines[0]), compare_lines);
    for (int i = 0; i < group_count; i++) {
        text_puts(out, lines[i]);
        free(lines[i]);
    }
}

/* All windows of a time; a window that has a row gives one result. */
static void model_windows(PlanWindowSpec spec)
{
    WindowGrid grid = window_grid(&spec, NULL);
    Time       watermarks[SPLITS] = { TIME_MIN, TIME_MIN, TIME_MIN };
    group_count = 0;
    for (int i = 0; i < ROWS; i++) {
        const BedRow *row = &rows[i];
        Time          first;
        int64_t       count = window_count(&grid, row->time, &first);
        for (int64_t n = 0; n < count; n++) {
            Time end = first + n * grid.step;
            if (end - 1 <= watermarks[row->split])
                continue;
            Group *group = group_of(row->key, window_start_of(&grid, end), end);
            group->count++;
            group->sum += row->value;
        }
        if (row->watermark > watermarks[row->split])
            watermarks[row->split] = row->watermark;
    }
}

/* Sessions in the order of rows. Rows of several splits that are all in time need no watermark: then the order does not
 * matter. */
static void model_sessions(int64_t gap, bool has_watermark)
{
    Time watermark = TIME_MIN;
    group_count = 0;
    for (int i = 0; i < ROWS; i++) {
        Group merged = { rows[i].key, rows[i].time, rows[i].time + gap, 1, rows[i].value };
        for (int g = 0; g < group_count; g++) {
            Group *group = &groups[g];
            bool   touches = group->key == merged.key && group->end - 1 > watermark && group->start <= rows[i].time + gap &&
                           rows[i].time <= group->end;
            if (!touches)
                continue;
            merged.start = group->start < merged.start ? group->start : merged.start;
            merged.end = group->end > merged.end ? group->end : merged.end;
            merged.count += group->count;
            merged.sum += group->sum;
            *group = groups[--group_count];
            g--;
        }
        if (merged.end - 1 > watermark)
            groups[group_count++] = merged;
        if (has_watermark && rows[i].watermark > watermark)
            watermark = rows[i].watermark;
    }
}

static void expect_groups(Bed *bed, PlanWindowSpec window)
{
    Text            expected = TEXT_EMPTY;
    Plan           *scan = bed_scan(bed, true);
    AggregateCall **calls = arena_new(bed->arena, AggregateCall *, 2);
    calls[0] = bed_call(bed, scan, "count", -1);
    calls[1] = bed_call(bed, scan, "sum", BED_VALUE);
    print_groups(&expected);
    bed_expect(bed, bed_window_aggregate(bed, scan, window, by_key, 1, calls, 2), text_cstr(&expected));
    text_free(&expected);
}

START_TEST(grids)
{
    static const int64_t shapes[][3] = { { WINDOW_TUMBLE, 10, 0 }, { WINDOW_HOP, 20, 5 }, { WINDOW_HOP, 13, 4 },
                                         { WINDOW_HOP, 6, 9 },
                                         { WINDOW_CUMULATE, 60, 20 } };
    Bed bed;
    bed_open(&bed);
    bed.table.rows = rows;
    bed.table.row_count = ROWS;
    for (size_t s = 0; s < sizeof(shapes) / sizeof(shapes[0]); s++) {
        bed.table.split_count = 1 + (_i + (int)s) % SPLITS;
        bed.table.lag = _i % 2 ? 40 : 0;
        make_rows((uint64_t)_i + 1, bed.table.split_count, with_late_rows);
        PlanWindowSpec window = bed_window((WindowKind)shapes[s][0], shapes[s][1], shapes[s][2]);
        model_windows(window);
        expect_groups(&bed, window);
    }
    bed_close(&bed);
}
END_TEST

START_TEST(sessions)
{
    Bed bed;
    bed_open(&bed);
    bed.table.rows = rows;
    bed.table.row_count = ROWS;
    make_rows((uint64_t)_i + 200, 1, with_late_rows);
    model_sessions(6 + _i, true);
    expect_groups(&bed, bed_window(WINDOW_SESSION, 6 + _i, 0));
    bed_close(&bed);
}
END_TEST

/* Splits that are read at different speeds give one answer as long as their rows are ahead of their watermarks. */
START_TEST(sessions_of_splits)
{
    Bed bed;
    bed_open(&bed);
    bed.table.rows = rows;
    bed.table.row_count = ROWS;
    bed.table.split_count = SPLITS;
    bed.table.lag = _i % 2 ? 40 : 0;
    make_rows((uint64_t)_i + 300, SPLITS, all_in_time);
    model_sessions(3 + _i, false);
    expect_groups(&bed, bed_window(WINDOW_SESSION, 3 + _i, 0));
    bed_close(&bed);
}
END_TEST

Suite *suite_window_model(void)
{
    Suite *suite = suite_create("window_model");
    TCase *tcase = tcase_create("window_model");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, grids, 0, 6);
    tcase_add_loop_test(tcase, sessions, 0, 6);
    tcase_add_loop_test(tcase, sessions_of_splits, 0, 6);
    suite_add_tcase(suite, tcase);
    return suite;
}
