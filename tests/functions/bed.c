/* bed.c: small batches and expressions for the tests of functions/. */
#include "tests/functions/bed.h"

#include "data/cast.h"

static int64_t stopped_now(const Clock *clock)
{
    (void)clock;
    return 1709202030000; /* 2024-02-29 10:20:30 */
}

static const Clock stopped_clock = { stopped_now, stopped_now };

void bed_open(Bed *bed, int64_t rows)
{
    *bed         = (Bed){ .arena = arena_create(), .buf = buf_create() };
    bed->context = (EvalContext){ .zone = zone_utc, .clock = &stopped_clock, .database = STR("db"),
                                  .watermark = TIME_MIN };
    bed->batch   = (Batch){ .rows = rows, .columns = bed->columns };
}

void bed_close(Bed *bed)
{
    buf_release(bed->buf);
    arena_destroy(bed->arena);
}

static Expr *add_column(Bed *bed, const Type *type, const char *null_at)
{
    Column *column = &bed->columns[bed->batch.column_count++];
    column_init(column, bed->buf, type, bed->batch.rows);
    for (int64_t i = 0; null_at && i < bed->batch.rows; i++)
        if (null_at[i] == '1')
            column_set_null(column, bed->buf, i);
    return expr_column(bed->arena, bed->batch.column_count - 1, type, SPAN_NONE);
}

Expr *bed_i32(Bed *bed, const int32_t *values, const char *null_at)
{
    Expr   *expr   = add_column(bed, &type_int, null_at);
    Column *column = &bed->columns[expr->column];
    for (int64_t i = 0; i < bed->batch.rows; i++)
        if (!column_is_null(column, i))
            COLUMN_DATA(column, int32_t)[i] = values[i];
    return expr;
}

Expr *bed_text(Bed *bed, const char *const *values, const char *null_at)
{
    Expr   *expr   = add_column(bed, &type_string, null_at);
    Column *column = &bed->columns[expr->column];
    for (int64_t i = 0; i < bed->batch.rows; i++)
        if (!column_is_null(column, i))
            COLUMN_DATA(column, View)[i] = view_of(str_from(values[i]));
    return expr;
}

Expr *bed_int(Bed *bed, int64_t value)
{
    return expr_literal_i64(bed->arena, value, &type_int_not_null, SPAN_NONE);
}

Expr *bed_string(Bed *bed, const char *text)
{
    return expr_literal_str(bed->arena, str_from(text), &type_string_not_null, SPAN_NONE);
}

Expr *bed_call(Bed *bed, const char *name, ...)
{
    Expr   *args[16], *out = NULL;
    int32_t count = 0;
    Error   err   = ERROR_NONE;
    va_list list;
    va_start(list, name);
    for (Expr *arg = va_arg(list, Expr *); arg; arg = va_arg(list, Expr *))
        args[count++] = arg;
    va_end(list);
    Status status = function_resolve(bed->arena, str_from(name), args, count, SPAN_NONE, &out, &err);
    ck_assert_msg(status == STATUS_OK, "%s: %s", name, err.message);
    return out;
}

const char *bed_run(Bed *bed, const Expr *expr)
{
    Program *program;
    Column   out;
    Error    err  = ERROR_NONE;
    Text     text = TEXT_EMPTY;
    Status   status = program_create(bed->arena, expr, &bed->context, &program, &err);
    if (status == STATUS_OK)
        status = program_run(program, &bed->batch, bed->buf, &out, &err);
    if (status != STATUS_OK)
        return arena_format(bed->arena, "! %s", err.message).ptr;
    for (int64_t i = 0; i < bed->batch.rows; i++) {
        text_puts(&text, i ? " " : "");
        value_print(&out, i, STYLE_CAST, zone_utc, &text);
    }
    const char *result = arena_cstr(bed->arena, text_str(&text));
    text_free(&text);
    return result;
}
