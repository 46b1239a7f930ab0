/* extract.c: EXTRACT and its short forms (YEAR, MONTH ...), FLOOR and CEIL of times to a unit.
 *
 * A TIMESTAMP_LTZ is read on the clock of the session zone. */
#include "functions/args.h"
#include "functions/literal.h"
#include "functions/time_field.h"

/* ---- EXTRACT --------------------------------------------------------------------------------------------------- */

static int64_t extract_clock(int64_t ms, int32_t ns, TimeField field)
{
    switch (field) {
    case FIELD_EPOCH:
        return floor_div(ms, 1000);
    case FIELD_HOUR:
        return floor_mod(ms, DAY_MS) / 3600000;
    case FIELD_MINUTE:
        return floor_mod(ms, 3600000) / 60000;
    case FIELD_SECOND:
        return floor_mod(ms, 60000) / 1000;
    case FIELD_MILLISECOND:
        return floor_mod(ms, 1000);
    case FIELD_MICROSECOND:
        return floor_mod(ms, 1000) * 1000 + ns / 1000;
    case FIELD_NANOSECOND:
        return floor_mod(ms, 1000) * 1000000 + ns;
    default:
        return date_extract((int32_t)floor_div(ms, DAY_MS), field);
    }
}

static int64_t extract_date(int32_t days, TimeField field)
{
    return field == FIELD_EPOCH ? (int64_t)days * 86400 : field > FIELD_EPOCH ? 0 : date_extract(days, field);
}

static int64_t extract_months(int32_t months, TimeField field)
{
    switch (field) {
    case FIELD_YEAR:
        return months / 12;
    case FIELD_QUARTER:
        return months % 12 / 3 + 1;
    case FIELD_MONTH:
        return months % 12;
    default:
        return months / time_field_months(field);
    }
}

/* Parts of an interval have its sign. */
static int64_t extract_interval(int64_t ms, TimeField field)
{
    switch (field) {
    case FIELD_DAY:
        return ms / DAY_MS;
    case FIELD_HOUR:
        return ms % DAY_MS / 3600000;
    case FIELD_MINUTE:
        return ms % 3600000 / 60000;
    case FIELD_SECOND:
        return ms % 60000 / 1000;
    case FIELD_MILLISECOND:
        return ms % 1000;
    case FIELD_MICROSECOND:
        return ms % 1000 * 1000;
    case FIELD_NANOSECOND:
        return ms % 1000 * 1000000;
    default:
        return ms / 1000;
    }
}

static int64_t extract_value(const Call *call, const Column *value, int64_t row, TimeField field)
{
    Timestamp at;
    switch (value->type->kind) {
    case TYPE_DATE:
        return extract_date(arg_i32(value, row), field);
    case TYPE_TIME:
        return extract_clock(arg_i32(value, row), 0, field);
    case TYPE_INTERVAL_MONTH:
        return extract_months(arg_i32(value, row), field);
    case TYPE_INTERVAL_TIME:
        return extract_interval(arg_i64(value, row), field);
    case TYPE_TIMESTAMP_LTZ:
        at = timestamp_at(value, row);
        if (field != FIELD_EPOCH)
            at.ms = zone_to_local(call_context(call)->zone, at.ms);
        return extract_clock(at.ms, at.ns, field);
    default:
        at = timestamp_at(value, row);
        return extract_clock(at.ms, at.ns, field);
    }
}

static void extract_rows(Call *call, const Column *value, TimeField field, int64_t rows, Column *out)
{
    EACH_VALUE(i)
        COLUMN_DATA(out, int64_t)[i] = extract_value(call, value, i, field);
}

static Status extract_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    TimeField field;
    TRY(time_field_arg(call_expr(call), 0, &field, err));
    extract_rows(call, &args[1], field, rows, out);
    return STATUS_OK;
}

/* option: the field. */
static Status field_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    extract_rows(call, &args[0], (TimeField)call_function(call)->option, rows, out);
    return STATUS_OK;
}

static bool has_field(const Type *type, TimeField field)
{
    bool is_of_day = field >= FIELD_HOUR;
    switch (type->kind) {
    case TYPE_TIME:
        return is_of_day;
    case TYPE_INTERVAL_MONTH:
        return time_field_months(field) > 0;
    case TYPE_INTERVAL_TIME:
        return is_of_day || field == FIELD_DAY || field == FIELD_EPOCH;
    default:
        return true;
    }
}

static Status check_field(const Expr *value, TimeField field, Span span, Error *err)
{
    if (has_field(value->type, field))
        return STATUS_OK;
    return error_set(err, STATUS_TYPE, span, "a value of type %s has no %s", type_kind_name(value->type->kind),
                     time_field_name(field));
}

static Status extract_coerce(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    (void)arena;
    (void)arg_count;
    TimeField field;
    Expr      call = { .args = args };
    TRY(time_field_arg(&call, 0, &field, err));
    return check_field(args[1], field, span, err);
}

/* ---- FLOOR, CEIL TO unit --------------------------------------------------------------------------------------- */

static int64_t floor_ms(int64_t ms, int64_t unit, bool is_ceil)
{
    int64_t floor = ms - floor_mod(ms, unit);
    return is_ceil && floor < ms ? floor + unit : floor;
}

/* On a clock without zone. Units from WEEK up look at the date only: CEIL of a first of January at noon TO YEAR is
 * that day. */
static Timestamp whole_timestamp(Timestamp value, TimeField field, bool is_ceil)
{
    if (field == FIELD_MICROSECOND || field == FIELD_NANOSECOND)
        return field == FIELD_NANOSECOND ? value : (Timestamp){ .ms = value.ms, .ns = value.ns / 1000 * 1000 };
    if (field == FIELD_DAY || field >= FIELD_HOUR) {
        bool has_rest = is_ceil && value.ns > 0;
        return (Timestamp){ .ms = floor_ms(value.ms + has_rest, time_field_ms(field), is_ceil) };
    }
    int32_t days = (int32_t)floor_div(value.ms, DAY_MS);
    return (Timestamp){ .ms = (int64_t)date_floor(days, field, is_ceil) * DAY_MS };
}

static Timestamp whole_local(const Zone *zone, Timestamp value, TimeField field, bool is_ceil)
{
    Timestamp local = { .ms = zone_to_local(zone, value.ms), .ns = value.ns };
    local           = whole_timestamp(local, field, is_ceil);
    /* Up to the hour the offset is the value's own, so that a doubled hour stays the one it was. */
    if (field >= FIELD_HOUR)
        local.ms -= zone_offset_at(zone, value.ms);
    else
        local.ms = zone_to_utc(zone, local.ms);
    return local;
}

static Status whole_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    TimeField field;
    bool      is_ceil = call_function(call)->option;
    TRY(time_field_arg(call_expr(call), 1, &field, err));
    EACH_VALUE(i)
    {
        switch (out->type->kind) {
        case TYPE_DATE:
            COLUMN_DATA(out, int32_t)[i] = field > FIELD_EPOCH ? arg_i32(&args[0], i)
                                                               : date_floor(arg_i32(&args[0], i), field, is_ceil);
            break;
        case TYPE_TIME:
            COLUMN_DATA(out, int32_t)[i] =
                (int32_t)(floor_ms(arg_i32(&args[0], i), time_field_ms(field), is_ceil) % DAY_MS);
            break;
        case TYPE_TIMESTAMP_LTZ:
            timestamp_put(out, i, whole_local(call_context(call)->zone, timestamp_at(&args[0], i), field, is_ceil));
            break;
        default:
            timestamp_put(out, i, whole_timestamp(timestamp_at(&args[0], i), field, is_ceil));
            break;
        }
    }
    return STATUS_OK;
}

static Status whole_coerce(Arena *arena, Expr **args, int32_t arg_count, Span span, Error *err)
{
    (void)arena;
    (void)arg_count;
    TimeField field;
    Expr      call = { .args = args };
    TRY(time_field_arg(&call, 1, &field, err));
    if (field >= FIELD_DOW && field <= FIELD_EPOCH)
        return error_set(err, STATUS_TYPE, span, "a time cannot be rounded to %s", time_field_name(field));
    if (args[0]->type->kind == TYPE_TIME && !time_field_ms(field))
        return error_set(err, STATUS_TYPE, span, "a value of type TIME cannot be rounded to %s",
                         time_field_name(field));
    return check_field(args[0], field, span, err);
}

static Status whole_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out, Error *err)
{
    (void)arena;
    (void)arg_count;
    (void)span;
    (void)err;
    *out = args[0]->type;
    return STATUS_OK;
}

#define FIELD_ROW(name, text, field)                                                                                   \
    { .sig = name "(date) -> bigint", .doc = text, .eval = field_eval, .option = field },                              \
    { .sig = name "(timestamp) -> bigint", .doc = text, .eval = field_eval, .option = field },                         \
    { .sig = name "(timestamp_ltz) -> bigint", .doc = text, .eval = field_eval, .option = field }

#define CLOCK_ROW(name, text, field)                                                                                   \
    { .sig = name "(time) -> bigint", .doc = text, .eval = field_eval, .option = field },                              \
    FIELD_ROW(name, text, field)

#define WHOLE_ROW(name, text, is_ceil)                                                                                 \
    { .sig = name "(temporal, string) -> $1", .doc = text, .eval = whole_eval, .coerce = whole_coerce,                 \
      .infer = whole_infer, .option = is_ceil }

const Function fn_extract[] = {
    { .sig = "extract(string, temporal) -> bigint",
      .doc = "EXTRACT(unit FROM x): a part of a date or time. Units: MILLENNIUM CENTURY DECADE YEAR QUARTER MONTH "
             "WEEK DAY DOW "
             "ISODOW DOY ISOYEAR EPOCH HOUR MINUTE SECOND MILLISECOND MICROSECOND NANOSECOND.",
      .eval = extract_eval, .coerce = extract_coerce },
    { .sig = "extract(string, interval) -> bigint", .doc = "A part of an interval.", .eval = extract_eval,
      .coerce = extract_coerce },
    FIELD_ROW("year", "The year.", FIELD_YEAR),
    FIELD_ROW("quarter", "The quarter, 1 to 4.", FIELD_QUARTER),
    FIELD_ROW("month", "The month, 1 to 12.", FIELD_MONTH),
    FIELD_ROW("week", "The ISO week of the year, 1 to 53.", FIELD_WEEK),
    FIELD_ROW("dayofyear", "The day of the year, 1 to 366.", FIELD_DOY),
    FIELD_ROW("dayofmonth", "The day of the month, 1 to 31.", FIELD_DAY),
    FIELD_ROW("dayofweek", "The day of the week, Sunday = 1.", FIELD_DOW),
    CLOCK_ROW("hour", "The hour, 0 to 23.", FIELD_HOUR),
    CLOCK_ROW("minute", "The minute, 0 to 59.", FIELD_MINUTE),
    CLOCK_ROW("second", "The second, 0 to 59.", FIELD_SECOND),
    WHOLE_ROW("floor", "FLOOR(x TO unit): the start of the unit that x lies in. Weeks start on Sunday.", 0),
    WHOLE_ROW("ceil", "CEIL(x TO unit): the start of the next unit.", 1),
    WHOLE_ROW("ceiling", "The same as CEIL.", 1),
    { 0 },
};
