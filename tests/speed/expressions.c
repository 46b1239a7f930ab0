/* expressions.c: what expressions, casts and functions of text cost per row, beside a loop that reads the same values (of a text every byte) and
 * writes a number.
 *
 *     bench_expressions [seconds per measurement]       0.2 */
#include "functions/function.h"

#include "core/hash.h"
#include "data/decimal.h"
#include "tests/speed/measure.h"

#include <stdlib.h>

enum { ROWS = BATCH_ROWS, ARGS_MAX = 3, COLUMNS = 8, TEXT_MAX = 128 };

/* Columns by letter; "#5" is a literal INT, "'x" a literal STRING. cast: the type instead of a function. */
typedef struct Case {
    const char *what;
    const char *function;
    const Type *cast;
    const char *args[ARGS_MAX];
} Case;

static const Type decimal_10_2 = { .kind = TYPE_DECIMAL, .nullable = true, .precision = 10, .scale = 2 };
static const Type decimal_38_10 = { .kind = TYPE_DECIMAL, .nullable = true, .precision = 38, .scale = 10 };

static const struct {
    char        letter;
    const Type *type;
} columns[COLUMNS] = {
    { 'a', &type_bigint }, { 'b', &type_bigint }, { 'd', &type_double }, { 'm', &decimal_10_2 }, { 'w', &decimal_38_10 },
    { 't', &type_timestamp3 }, { 's', &type_string }, { 'u', &type_string },
};

static const Case cases[] = {
    { "BIGINT + BIGINT", "+", NULL, { "a", "b" } },
    { "BIGINT % 123", "%", NULL, { "a", "#123" } },
    { "BIGINT > BIGINT", ">", NULL, { "a", "b" } },
    { "DOUBLE * DOUBLE", "*", NULL, { "d", "d" } },
    { "DECIMAL(10,2) * DECIMAL(10,2)", "*", NULL, { "m", "m" } },
    { "DECIMAL(38,10) + DECIMAL(38,10)", "+", NULL, { "w", "w" } },
    { "DECIMAL(38,10) * DECIMAL(10,2)", "*", NULL, { "w", "m" } },
    { "text = text", "=", NULL, { "s", "u" } },
    { "CAST(BIGINT AS STRING)", NULL, &type_string, { "a" } },
    { "CAST(BIGINT AS DECIMAL(38,10))", NULL, &decimal_38_10, { "a" } },
    { "CAST(DOUBLE AS STRING)", NULL, &type_string, { "d" } },
    { "CAST(TIMESTAMP(3) AS STRING)", NULL, &type_string, { "t" } },
    { "CAST(TIMESTAMP(3) AS DATE)", NULL, &type_date, { "t" } },
    { "CHAR_LENGTH(text of 70)", "char_length", NULL, { "u" } },
    { "LOWER(text of 8 to 19)", "lower", NULL, { "s" } },
    { "UPPER(text of 70)", "upper", NULL, { "u" } },
    { "SUBSTRING(text of 70, 9, 20)", "substring", NULL, { "u", "#9", "#20" } },
    { "SPLIT_INDEX(text of 70, '/', 3)", "split_index", NULL, { "u", "'/", "#3" } },
    { "REPLACE(text of 70, 'c', '')", "replace", NULL, { "u", "'c", "'" } },
    { "text of 70 LIKE '%channel%'", "like", NULL, { "u", "'%channel%" } },
    { "REGEXP_EXTRACT(text of 70, as in q21, 2)", "regexp_extract", NULL, { "u", "'(&|^)id=([^&]*)", "#2" } },
    { "DATE_FORMAT(TIMESTAMP(3), 'yyyy-MM-dd')", "date_format", NULL, { "t", "'yyyy-MM-dd" } },
};

typedef struct Bench {
    Arena      *arena;
    Buf        *buf;     /* of the columns */
    Buf        *results; /* emptied for each pass */
    EvalContext context;
    Batch       batch;
    Column      columns[COLUMNS];
    Program    *program;
    int64_t    *sums;
} Bench;

/* ---- input ---------------------------------------------------------------------------------------------------------- */

static View make_text(Buf *buf, int64_t row, bool is_url)
{
    char    *text = buf_alloc(buf, TEXT_MAX);
    uint64_t random = hash_u64((uint64_t)row);
    int      size = is_url ? snprintf(text, TEXT_MAX, "https://www.nexmark.com/shop/item.htm?query=1&channel&id=%010llu%07llu",
                                      (unsigned long long)(random % 10000000000u), (unsigned long long)(random % 9999999))
                           : snprintf(text, TEXT_MAX, "Channel%llu", (unsigned long long)(random >> random % 56));
    return view_of((Str){ text, size < 20 || is_url ? size : 19 });
}

static void fill(Bench *bench, int32_t index)
{
    Column *column = &bench->columns[index];
    column_init(column, bench->buf, columns[index].type, ROWS);
    for (int64_t row = 0; row < ROWS; row++) {
        int64_t number = (int64_t)(hash_u64((uint64_t)(row + index * ROWS)) % 100000000);
        switch (columns[index].letter) {
        case 'd': COLUMN_DATA(column, double)[row] = (double)number / 100; break;
        case 'w': COLUMN_DATA(column, int128_t)[row] = number; break;
        case 't': COLUMN_DATA(column, int64_t)[row] = 1700000000000 + number; break;
        case 's':
        case 'u': COLUMN_DATA(column, View)[row] = make_text(bench->buf, row, columns[index].letter == 'u'); break;
        default: COLUMN_DATA(column, int64_t)[row] = number;
        }
    }
}

static int32_t column_of(const char *arg)
{
    for (int32_t i = 0; i < COLUMNS; i++)
        if (columns[i].letter == arg[0] && !arg[1])
            return i;
    return -1;
}

static Expr *make_arg(Bench *bench, const char *arg)
{
    int32_t column = column_of(arg);
    if (column >= 0)
        return expr_column(bench->arena, column, columns[column].type, SPAN_NONE);
    if (arg[0] == '#')
        return expr_literal_i64(bench->arena, atoll(arg + 1), &type_int_not_null, SPAN_NONE);
    return expr_literal_str(bench->arena, str_from(arg + 1), &type_string_not_null, SPAN_NONE);
}

static void stop(const char *what, const Error *err)
{
    fprintf(stderr, "%s: %s\n", what, err->message);
    exit(1);
}

static void prepare(Bench *bench, const Case *one)
{
    Expr   *args[ARGS_MAX], *expr;
    int32_t count = 0;
    Error   err = ERROR_NONE;
    for (; count < ARGS_MAX && one->args[count]; count++)
        args[count] = make_arg(bench, one->args[count]);
    if (one->cast)
        expr = expr_cast(bench->arena, args[0], one->cast, false, SPAN_NONE);
    else if (function_resolve(bench->arena, str_from(one->function), args, count, SPAN_NONE, &expr, &err) != STATUS_OK)
        stop(one->what, &err);
    if (program_create(bench->arena, expr, &bench->context, &bench->program, &err) != STATUS_OK)
        stop(one->what, &err);
}

/* ---- passes --------------------------------------------------------------------------------------------------------- */

static void run_program(void *context)
{
    Bench *bench = context;
    Column out;
    Error  err = ERROR_NONE;
    buf_reset(bench->results);
    if (program_run(bench->program, &bench->batch, bench->results, &out, &err) != STATUS_OK)
        stop("run", &err);
}

typedef struct Floor {
    Bench      *bench;
    const Case *one;
} Floor;

static void read_column(const Column *column, int64_t *sums)
{
    const int64_t *numbers = column->data;
    int32_t        words = layout_size(type_layout(column->type)) / (int32_t)sizeof(int64_t);
    for (int64_t row = 0; row < ROWS; row++)
        sums[row] += numbers[row * words];
    if (type_layout(column->type) != LAYOUT_VIEW)
        return;
    for (int64_t row = 0; row < ROWS; row++) {
        Str text = view_str(&COLUMN_DATA(column, View)[row]);
        sums[row] += memchr(text.ptr, 0x7F, (size_t)text.len) != NULL;
    }
}

static void run_floor(void *context)
{
    const Floor *floor = context;
    memset(floor->bench->sums, 0, ROWS * sizeof(int64_t));
    for (int32_t i = 0; i < ARGS_MAX && floor->one->args[i]; i++)
        if (column_of(floor->one->args[i]) >= 0)
            read_column(&floor->bench->columns[column_of(floor->one->args[i])], floor->bench->sums);
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? atof(argv[1]) : 0.2;
    Bench  bench = { .arena = arena_create(), .buf = buf_create(), .results = buf_create() };
    bench.context = (EvalContext){ .zone = zone_utc, .clock = &env_clock, .database = STR("db"), .watermark = TIME_MIN };
    bench.batch = (Batch){ .rows = ROWS, .columns = bench.columns, .column_count = COLUMNS };
    bench.sums = buf_new(bench.buf, int64_t, ROWS);
    for (int32_t i = 0; i < COLUMNS; i++)
        fill(&bench, i);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        Floor floor = { &bench, &cases[i] };
        prepare(&bench, &cases[i]);
        measure_print(cases[i].what, measure_ns(run_program, &bench, ROWS, seconds), measure_ns(run_floor, &floor, ROWS, seconds));
    }
    buf_release(bench.results);
    buf_release(bench.buf);
    arena_destroy(bench.arena);
    return 0;
}
