/* temporal.c: arithmetic of dates, times and intervals; TIMESTAMPADD, TIMESTAMPDIFF, OVERLAPS.
 *
 * Months go by the calendar: the same day, or the last of the month. Milliseconds are added as they are; a DATE takes
 * whole days of them, a TIME goes round the day. */
#include "functions/args.h"
#include "functions/literal.h"
#include "functions/time_field.h"

/* ---- + and - --------------------------------------------------------------------------------------------------- */

enum { SIGN_PLUS = 1, SIGN_MINUS = -1, SWAPPED = 4 }; /* SWAPPED: interval + x */

/* months or milliseconds of an interval of either kind */
static int64_t interval_at(const Column *column, int64_t row)
{
    int64_t index = column_index(column, row);
    return column->type->kind == TYPE_INTERVAL_MONTH ? COLUMN_DATA(column, int32_t)[index] : COLUMN_DATA(column,
            int64_t)[index];
}

static int64_t add_wrapping(int64_t left, int64_t right)
{
    return (int64_t)((uint64_t)left + (uint64_t)right);
}

/* Months onto a clock time in ms. */
static int64_t ms_add_months(int64_t ms, int64_t months)
{
    int64_t days = floor_div(ms, DAY_MS);
    return date_add_months((int32_t)days, (int32_t)months) * DAY_MS + floor_mod(ms, DAY_MS);
}

/* A TIMESTAMP_LTZ takes months on the clock of UTC, as the dialect has it. */
static Timestamp timestamp_add(Timestamp value, int64_t amount, bool is_months)
{
    value.ms = is_months ? ms_add_months(value.ms, amount) : add_wrapping(value.ms, amount);
    return value;
}

static void add_amount(const Column *in, int64_t row, int64_t amount, bool is_months, Column *out)
{
    int64_t index = column_index(in, row);
    switch (out->type->kind) {
    case TYPE_DATE: {
        int32_t days = COLUMN_DATA(in, int32_t)[index];
        COLUMN_DATA(out, int32_t)[row] = is_months ? date_add_months(days, (int32_t)amount)
                                                   : (int32_t)((uint32_t)days + (uint32_t)(amount / DAY_MS));
        break;
    }
    case TYPE_TIME: {
        int64_t ms = COLUMN_DATA(in, int32_t)[index];
        COLUMN_DATA(out, int32_t)[row] = (int32_t)(is_months ? ms : floor_mod(ms + amount % DAY_MS, DAY_MS));
        break;
    }
    default:
        timestamp_put(out, row, timestamp_add(timestamp_at(in, row), amount, is_months));
        break;
    }
}

static Status shift_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    int32_t       option   = call_function(call)->option;
    const Column *value    = &args[option == SWAPPED], *interval = &args[option != SWAPPED];
    bool          is_months = interval->type->kind == TYPE_INTERVAL_MONTH;
    EACH_VALUE(i)
    {
        int64_t amount = interval_at(interval, i);
        add_amount(value, i, option == SIGN_MINUS ? add_wrapping(0, -amount) : amount, is_months, out);
    }
    return STATUS_OK;
}

static Status interval_sum_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    int64_t sign = call_function(call)->option;
    EACH_VALUE(i)
    {
        int64_t sum = add_wrapping(interval_at(&args[0], i), sign * interval_at(&args[1], i));
        if (out->type->kind == TYPE_INTERVAL_MONTH)
            COLUMN_DATA(out, int32_t)[i] = (int32_t)sum;
        else
            COLUMN_DATA(out, int64_t)[i] = sum;
    }
    return STATUS_OK;
}

/* option: which argument is the interval. */
static Status interval_product_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    int32_t which = call_function(call)->option;
    EACH_VALUE(i)
    {
        int64_t product = (int64_t)((uint64_t)interval_at(&args[which], i) * (uint64_t)arg_i64(&args[1 - which], i));
        if (out->type->kind == TYPE_INTERVAL_MONTH)
            COLUMN_DATA(out, int32_t)[i] = (int32_t)product;
        else
            COLUMN_DATA(out, int64_t)[i] = product;
    }
    return STATUS_OK;
}

/* ---- TIMESTAMPADD ---------------------------------------------------------------------------------------------- */

static bool is_sub_day(TimeField field)
{
    return field == FIELD_HOUR || field == FIELD_MINUTE || field == FIELD_SECOND || field == FIELD_MILLISECOND;
}

/* A DATE plus hours is a TIMESTAMP. */
static Status timestampadd_coerce(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    (void)arg_count;
    TimeField field;
    Expr      call = { .args = args };
    TRY(time_field_arg(&call, 0, &field, err));
    if (!time_field_ms(field) && !time_field_months(field))
        return error_set(err, STATUS_UNSUPPORTED, span, "TIMESTAMPADD does not know the unit %s",
                         time_field_name(field));
    if (args[2]->type->kind == TYPE_DATE && is_sub_day(field))
        args[2] = expr_cast(arena, args[2], &type_timestamp6, false, args[2]->span);
    return STATUS_OK;
}

static Status timestampadd_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out,
                                 Error *err)
{
    (void)arg_count;
    (void)span;
    (void)err;
    *out = type_with_null(arena, args[2]->type, args[1]->type->nullable || args[2]->type->nullable);
    return STATUS_OK;
}

static Status timestampadd_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    TimeField field;
    TRY(time_field_arg(call_expr(call), 0, &field, err));
    int64_t months = time_field_months(field), unit = months ? months : time_field_ms(field);
    EACH_VALUE(i)
        add_amount(&args[2], i, (int64_t)((uint64_t)arg_i64(&args[1], i) * (uint64_t)unit), months > 0, out);
    return STATUS_OK;
}

/* ---- TIMESTAMPDIFF --------------------------------------------------------------------------------------------- */

static int64_t clock_ms(const Column *column, int64_t row)
{
    if (column->type->kind == TYPE_DATE)
        return (int64_t)arg_i32(column, row) * DAY_MS;
    if (column->type->kind == TYPE_TIME)
        return arg_i32(column, row);
    return timestamp_at(column, row).ms;
}

/* Whole months from one day to another, toward zero; the last day of a short month counts as whole. */
static int64_t months_of_days(int32_t from, int32_t to)
{
    if (to < from)
        return -months_of_days(to, from);
    CivilDate a = date_to_civil(from), b = date_to_civil(to);
    int64_t   months = (int64_t)(b.year - a.year) * 12 + (b.month - a.month);
    while (months > 0 && date_add_months(from, (int32_t)months) > to)
        months--;
    return months;
}

/* One less where the days fit and the time of day does not, also backwards: that is the dialect's arithmetic. */
static int64_t months_between(int64_t from, int64_t to)
{
    int32_t from_day = (int32_t)floor_div(from, DAY_MS), to_day = (int32_t)floor_div(to, DAY_MS);
    int64_t months   = months_of_days(from_day, to_day);
    bool    days_fit = date_add_months(from_day, (int32_t)months) == to_day;
    return months - (days_fit && floor_mod(to, DAY_MS) < floor_mod(from, DAY_MS));
}

static Status timestampdiff_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    TimeField field;
    TRY(time_field_arg(call_expr(call), 0, &field, err));
    int64_t months = time_field_months(field), unit = time_field_ms(field);
    EACH_VALUE(i)
    {
        int64_t from = clock_ms(&args[1], i), to = clock_ms(&args[2], i);
        int64_t difference           = months ? months_between(from, to) / months : (to - from) / unit;
        COLUMN_DATA(out, int32_t)[i] = (int32_t)difference;
    }
    return STATUS_OK;
}

static Status timestampdiff_coerce(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    (void)arena;
    (void)arg_count;
    TimeField field;
    Expr      call = { .args = args };
    TRY(time_field_arg(&call, 0, &field, err));
    if (!time_field_ms(field) && !time_field_months(field))
        return error_set(err, STATUS_UNSUPPORTED, span, "TIMESTAMPDIFF does not know the unit %s",
                         time_field_name(field));
    bool is_instant = args[1]->type->kind == TYPE_TIMESTAMP_LTZ;
    if (is_instant == (args[2]->type->kind == TYPE_TIMESTAMP_LTZ))
        return STATUS_OK;
    error_set(err, STATUS_TYPE, span, "TIMESTAMP_LTZ only supports diff between the same type.");
    return error_hint(err, "CAST one of the two to the type of the other");
}

/* ---- OVERLAPS -------------------------------------------------------------------------------------------------- */

/* (a, b) OVERLAPS (c, d): an interval b means a + b; ends count as inside. */
static Status overlaps_coerce(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    (void)arg_count;
    for (int32_t i = 1; i < 4; i += 2)
        if (type_is_interval(args[i]->type))
            TRY(function_resolve(arena, STR("+"), (Expr *[]){ args[i - 1], args[i] }, 2, span, &args[i], err));
    for (int32_t i = 0; i < 4; i++)
        if (!type_is_temporal(args[i]->type))
            return error_set(err, STATUS_TYPE, args[i]->span, "OVERLAPS takes dates, times and intervals, not %s",
                             type_kind_name(args[i]->type->kind));
    return STATUS_OK;
}

static Status overlaps_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)call;
    (void)err;
    EACH_VALUE(i)
    {
        int64_t a = clock_ms(&args[0], i), b = clock_ms(&args[1], i), c = clock_ms(&args[2], i),
            d = clock_ms(&args[3], i);
        int64_t first_start = a < b ? a : b, first_end = a < b ? b : a;
        int64_t second_start = c < d ? c : d, second_end = c < d ? d : c;
        COLUMN_DATA(out, uint8_t)[i] = first_start <= second_end && second_start <= first_end;
    }
    return STATUS_OK;
}

#define SHIFT(value, interval, name)                                                                                   \
    { .sig = "+(" value ", " interval ") -> $1", .doc = "A " name " later.", .eval = shift_eval, .flags = FN_HIDDEN,   \
      .option = SIGN_PLUS },                                                                                           \
    { .sig = "+(" interval ", " value ") -> $2", .doc = "A " name " later.", .eval = shift_eval, .flags = FN_HIDDEN,   \
      .option = SWAPPED },                                                                                             \
    { .sig = "-(" value ", " interval ") -> $1", .doc = "A " name " earlier.", .eval = shift_eval, .flags = FN_HIDDEN, \
      .option = SIGN_MINUS }

#define INTERVAL(type)                                                                                                 \
    { .sig = "+(" type ", " type ") -> $1", .doc = "Sum of intervals.", .eval = interval_sum_eval, .flags = FN_HIDDEN, \
      .option = SIGN_PLUS },                                                                                           \
    { .sig = "-(" type ", " type ") -> $1", .doc = "Difference of intervals.", .eval = interval_sum_eval,              \
      .flags = FN_HIDDEN, .option = SIGN_MINUS },                                                                      \
    { .sig = "*(" type ", bigint) -> $1", .doc = "An interval n times.", .eval = interval_product_eval,                \
      .flags = FN_HIDDEN, .option = 0 },                                                                               \
    { .sig = "*(bigint, " type ") -> $2", .doc = "An interval n times.", .eval = interval_product_eval,                \
      .flags = FN_HIDDEN, .option = 1 }

const Function fn_temporal[] = {
    SHIFT("date", "interval_month", "date"),
    SHIFT("date", "interval_time", "date"),
    SHIFT("time", "interval_month", "time"),
    SHIFT("time", "interval_time", "time"),
    SHIFT("timestamp", "interval_month", "timestamp"),
    SHIFT("timestamp", "interval_time", "timestamp"),
    SHIFT("timestamp_ltz", "interval_month", "timestamp"),
    SHIFT("timestamp_ltz", "interval_time", "timestamp"),
    INTERVAL("interval_month"),
    INTERVAL("interval_time"),
    { .sig = "timestampadd(string, bigint, temporal) -> $3",
      .doc = "n units later: TIMESTAMPADD(WEEK, 1, DATE '2024-02-29') gives 2024-03-07.", .eval = timestampadd_eval,
      .coerce = timestampadd_coerce, .infer = timestampadd_infer },
    { .sig = "timestampdiff(string, temporal, temporal) -> int",
      .doc = "Whole units from the second argument to the third: TIMESTAMPDIFF(DAY, DATE '2024-01-01', DATE "
             "'2024-02-01') "
             "gives 31.",
      .eval = timestampdiff_eval, .coerce = timestampdiff_coerce },
    { .sig = "overlaps(temporal, any, temporal, any) -> boolean",
      .doc = "(a, b) OVERLAPS (c, d): TRUE when the two periods have a moment in common; an interval b is a + b.",
      .eval = overlaps_eval, .coerce = overlaps_coerce, .flags = FN_HIDDEN },
    { 0 },
};
