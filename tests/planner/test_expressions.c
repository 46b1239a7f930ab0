/* test_expressions.c: expressions against the answers of a real Flink: tests/functions/expressions.txt, and where we differ on purpose,
 * expression_differences.txt.
 *
 * Each line is checked twice: as it stands, so that all of it is constant, and with its literals in columns of several rows of which one
 * is NULL, so that the loops over columns are run, too. */
#include "core/env.h"
#include "data/cast.h"
#include "parser/parser.h"
#include "planner/bind.h"

#include <check.h>

enum { ROWS = 5, NULL_ROW = 2, COLUMNS_MAX = 64, FIELDS_MAX = 6 };

static int64_t stopped_now(const Clock *clock)
{
    (void)clock;
    return 1795253023450; /* 2026-11-21 09:23:43.45 */
}

static const Clock stopped_clock = { stopped_now, stopped_now };

typedef struct Checked {
    Arena      *arena;
    Buf        *buf;
    PlanContext context;
    Column      columns[COLUMNS_MAX];
    int32_t     column_count;
    Text        type, value; /* of the answer */
} Checked;

static void checked_open(Checked *checked)
{
    *checked = (Checked){ .arena = arena_create(), .buf = buf_create() };
    checked->context = (PlanContext){ .arena = checked->arena, .catalog = catalog_create(checked->arena),
                                      .settings = map_create(checked->arena) };
    checked->context.eval = (EvalContext){ .zone = zone_utc, .clock = &stopped_clock, .database = STR("default_database"),
                                           .watermark = TIME_MIN };
}

static void checked_close(Checked *checked)
{
    text_free(&checked->type);
    text_free(&checked->value);
    buf_release(checked->buf);
    arena_destroy(checked->arena);
}

static Status bind_text(Checked *checked, Str text, Expr **out, Error *err)
{
    Node *node;
    checked->context.source = text;
    TRY(parse_expression(checked->arena, text, &node, err));
    return bind_over_fields(&checked->context, NULL, 0, node, "a test", out, err);
}

static void put_value(Checked *checked, const Column *column, int64_t row)
{
    text_clear(&checked->value);
    if (column_is_null(column, row))
        text_puts(&checked->value, "<NULL>");
    else
        value_print(column, row, STYLE_CELL, zone_utc, &checked->value);
}

static Status run(Checked *checked, const Expr *expr, int64_t rows, Column *out, Error *err)
{
    Program *program;
    Batch    batch = { .rows = rows, .columns = checked->columns, .column_count = checked->column_count };
    TRY(program_create(checked->arena, expr, &checked->context.eval, &program, err));
    return program_run(program, &batch, checked->buf, out, err);
}

/* ---- literals as columns --------------------------------------------------------------------------------------- */

/* Words of the grammar stay literals: a unit, BOTH, what JSON functions do ON ERROR. */
static bool is_word(const Expr *expr)
{
    if (!type_is_string(expr->type) || expr_is_null_literal(expr))
        return false;
    Str text = view_str(expr->value.data);
    for (int64_t i = 0; i < text.len; i++)
        if ((text.ptr[i] < 'A' || text.ptr[i] > 'Z') && text.ptr[i] != ' ')
            return false;
    return text.len > 2;
}

static Expr *with_columns(Checked *checked, Expr *expr)
{
    if (expr->kind == EXPR_CALL) {
        Expr *copy = arena_new(checked->arena, Expr, 1);
        *copy      = *expr;
        copy->args = arena_new(checked->arena, Expr *, expr->arg_count + 1);
        for (int32_t i = 0; i < expr->arg_count; i++)
            copy->args[i] = with_columns(checked, expr->args[i]);
        return copy;
    }
    if (is_word(expr) || expr_is_null_literal(expr) || checked->column_count == COLUMNS_MAX)
        return expr;
    Column *column = &checked->columns[checked->column_count];
    *column        = expr->value;
    column_flatten(column, checked->buf, ROWS);
    column_set_null(column, checked->buf, NULL_ROW);
    return expr_column(checked->arena, checked->column_count++, expr->type, expr->span);
}

/* The first row in place of the NULL. */
static void fill_nulls(Checked *checked)
{
    for (int32_t i = 0; i < checked->column_count; i++) {
        Column *column = &checked->columns[i];
        int64_t size   = layout_size(type_layout(column->type));
        memcpy((char *)column->data + NULL_ROW * size, column->data, (size_t)size);
        column->valid = NULL;
    }
}

static bool is_deterministic(const Expr *expr)
{
    if (expr->kind == EXPR_CALL && (expr->function->flags & FN_NOT_DETERMINISTIC))
        return false;
    for (int32_t i = 0; i < expr->arg_count; i++)
        if (!is_deterministic(expr->args[i]))
            return false;
    return true;
}

/* ---- lines ----------------------------------------------------------------------------------------------------- */

static void check_value(Checked *checked, Str text, const Column *out, int64_t row, Str type, Str value)
{
    put_value(checked, out, row);
    ck_assert_msg(str_eq(text_str(&checked->type), type) && str_eq(text_str(&checked->value), value),
                  "%.*s\n  gives %.*s %.*s\n  not   %.*s %.*s (row %d)", STR_FMT(text), STR_FMT(text_str(&checked->type)),
                  STR_FMT(text_str(&checked->value)), STR_FMT(type), STR_FMT(value), (int)row);
}

static void check_line(Str text, Str type, Str value)
{
    Checked checked;
    Expr   *expr;
    Column  out;
    Error   err = ERROR_NONE;
    checked_open(&checked);
    Status status = bind_text(&checked, arena_str(checked.arena, text), &expr, &err);
    if (status == STATUS_OK)
        status = run(&checked, expr, 1, &out, &err);
    if (str_is(type, "ERROR")) {
        ck_assert_msg(status != STATUS_OK, "%.*s is accepted", STR_FMT(text));
        checked_close(&checked);
        return;
    }
    ck_assert_msg(status == STATUS_OK, "%.*s: %s", STR_FMT(text), err.message);
    type_print(expr->type, false, &checked.type);
    check_value(&checked, text, &out, 0, type, value);
    if (is_deterministic(expr)) {
        Expr *loose = with_columns(&checked, expr);
        status      = run(&checked, loose, ROWS, &out, &err);
        if (status != STATUS_OK) {
            /* A NULL itself may be wrong, as the key of JSON_OBJECT. */
            fill_nulls(&checked);
            error_clear(&err);
            status = run(&checked, loose, ROWS, &out, &err);
        }
        ck_assert_msg(status == STATUS_OK, "%.*s, in columns: %s", STR_FMT(text), err.message);
        for (int64_t row = 0; row < ROWS; row++)
            if (row != NULL_ROW)
                check_value(&checked, text, &out, row, type, value);
    }
    checked_close(&checked);
}

/* Lines of the file; fields are parted by tabs. */
static int check_file(const char *name, int type_field)
{
    Text  file  = TEXT_EMPTY;
    Error err   = ERROR_NONE;
    Str   here  = STR(__FILE__);
    int   lines = 0;
    Arena *arena = arena_create();
    here.len -= (int64_t)strlen("planner/test_expressions.c");
    Str path = arena_format(arena, "%.*sfunctions/%s", STR_FMT(here), name);
    ck_assert_msg(env_file_read_all(path, 16 << 20, &file, &err) == STATUS_OK, "%s", err.message);
    Str rest = text_str(&file), line;
    while (str_split(&rest, '\n', &line)) {
        Str fields[FIELDS_MAX] = { { NULL, 0 } }, left = line;
        int count = 0;
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        while (count < FIELDS_MAX && str_split(&left, '\t', &fields[count]))
            count++;
        check_line(fields[0], fields[type_field], fields[type_field + 1]);
        lines++;
    }
    text_free(&file);
    arena_destroy(arena);
    return lines;
}

START_TEST(answers_are_those_of_a_real_flink)
{
    ck_assert_int_gt(check_file("expressions.txt", 1), 600);
}
END_TEST

START_TEST(other_answers_are_the_ones_we_say)
{
    ck_assert_int_gt(check_file("expression_differences.txt", 3), 0);
}
END_TEST

Suite *suite_expressions(void)
{
    Suite *suite = suite_create("expressions");
    TCase *tests = tcase_create("lines");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, answers_are_those_of_a_real_flink);
    tcase_add_test(tests, other_answers_are_the_ones_we_say);
    suite_add_tcase(suite, tests);
    return suite;
}
