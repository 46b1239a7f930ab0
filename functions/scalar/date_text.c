/* date_text.c: dates and times from text and to text: DATE_FORMAT, TO_TIMESTAMP, TO_TIMESTAMP_LTZ, TO_DATE,
 * UNIX_TIMESTAMP, FROM_UNIXTIME, CONVERT_TZ.
 *
 * Which function reads patterns strictly (DateTimeFormatter) and which leniently (SimpleDateFormat), and what text
 * that does not fit gives (NULL, or the least BIGINT), is the dialect's. */
#include "functions/args.h"
#include "functions/date_pattern.h"
#include "functions/literal.h"
#include "functions/time_field.h"

#include "data/decimal.h"

#define TIMESTAMP_PATTERN "yyyy-MM-dd HH:mm:ss"
#define MS_MIN            (-62167219200000LL) /* 0000-01-01 */
#define MS_MAX            253402300799999LL   /* 9999-12-31 23:59:59.999 */

/* ---- patterns of a call ---------------------------------------------------------------------------------------- */

/* The pattern used last (the literal one, mostly), and zones by name. */
typedef struct DateState {
    Arena             *arena; /* of what is below; reset when the pattern changes */
    Str                text;
    const DatePattern *pattern;
    Str                problem;
    bool               is_filled;
    const DatePattern *standard; /* TIMESTAMP_PATTERN */
    Arena             *zone_arena;
    Str                zone_names[2];
    const Zone        *zones[2];
    Text               written; /* the text of one row */
} DateState;

static void state_free(void *object)
{
    DateState *dates = object;
    arena_destroy(dates->arena);
    arena_destroy(dates->zone_arena);
    text_free(&dates->written);
}

static Status date_prepare(Call *call, Arena *arena, const Expr *expr, void **state, Error *err)
{
    (void)call;
    (void)expr;
    (void)err;
    DateState *dates  = arena_new(arena, DateState, 1);
    dates->arena      = arena_create();
    dates->zone_arena = arena_create();
    dates->standard   = date_pattern_parse(arena, STR(TIMESTAMP_PATTERN), SIMPLE_DATE_FORMAT, &dates->problem);
    arena_defer(arena, state_free, dates);
    *state = dates;
    return STATUS_OK;
}

/* NULL when the text is no pattern. */
static const DatePattern *pattern_of(DateState *dates, Str text, DateDialect dialect)
{
    if (dates->is_filled && str_eq(dates->text, text))
        return dates->pattern;
    arena_reset(dates->arena);
    dates->text      = arena_str(dates->arena, text);
    dates->pattern   = date_pattern_parse(dates->arena, text, dialect, &dates->problem);
    dates->is_filled = true;
    return dates->pattern;
}

/* The second argument, or TIMESTAMP_PATTERN where it is left out. */
static Status pattern_at(Call *call, const Column *args, int64_t row, DateDialect dialect, const DatePattern **out,
                         Error *err)
{
    DateState *dates = call_state(call);
    if (call_expr(call)->arg_count < 2) {
        *out = dates->standard;
        return STATUS_OK;
    }
    Str text = arg_str(&args[1], row);
    *out = pattern_of(dates, text, dialect);
    if (*out)
        return STATUS_OK;
    return call_fail(call, err, STATUS_DATA, "'%.*s' is no pattern of dates: %.*s", STR_FMT(text),
                     STR_FMT(dates->problem));
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

static Status put_formatted(Call *call, const DatePattern *pattern, DateMoment moment, Column *out, int64_t row, Error *err)
{
    DateState *dates = call_state(call);
    text_clear(&dates->written);
    if (!date_pattern_format(pattern, moment, &dates->written))
        return call_fail(call, err, STATUS_DATA, "a TIMESTAMP has no zone, but the pattern asks for one");
    COLUMN_DATA(out, View)[row] = view_copy(call_buf(call), text_str(&dates->written));
    return STATUS_OK;
}

static DateMoment moment_in(const Zone *zone, int64_t utc_ms)
{
    int64_t offset = zone_offset_at(zone, utc_ms);
    return (DateMoment){ .local_ms = utc_ms + offset, .zone = zone, .offset_ms = offset };
}

/* Rows that follow each other are mostly of the same day or minute, and then of the same text. */
static Status date_format_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    bool    is_local = args[0].type->kind == TYPE_TIMESTAMP_LTZ;
    bool    is_one_pattern = call_expr(call)->arg_count < 2 || args[1].constant;
    int64_t last_row = 0, last_start = 0, last_end = 0;
    EACH_VALUE(i)
    {
        const DatePattern *pattern;
        TRY(pattern_at(call, args, i, DATE_FORMATTER, &pattern, err));
        Timestamp  value  = timestamp_at(&args[0], i);
        DateMoment moment = { .local_ms = is_local ? zone_to_local(call_context(call)->zone, value.ms) : value.ms,
                              .ns = value.ns };
        if (moment.local_ms >= last_start && moment.local_ms < last_end) {
            COLUMN_DATA(out, View)[i] = COLUMN_DATA(out, View)[last_row];
            continue;
        }
        TRY(put_formatted(call, pattern, moment, out, i, err));
        if (!is_one_pattern || pattern->unit_ms == 0)
            continue;
        last_row   = i;
        last_start = floor_div(moment.local_ms, pattern->unit_ms) * pattern->unit_ms;
        last_end   = last_start + pattern->unit_ms;
    }
    return STATUS_OK;
}

static int64_t clock_now(const Call *call)
{
    return clock_now_ms(call_context(call)->clock);
}

/* From one text to another, both by SimpleDateFormat. */
static Status date_format_text_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    const DateState *dates = call_state(call);
    EACH_VALUE(i)
    {
        const DatePattern *pattern;
        int64_t            ms;
        TRY(pattern_at(call, args, i, SIMPLE_DATE_FORMAT, &pattern, err));
        if (simple_date_parse(dates->standard, arg_str(&args[0], i), zone_utc, clock_now(call), &ms))
            TRY(put_formatted(call, pattern, moment_in(zone_utc, ms), out, i, err));
        else
            out_null(call, out, rows, i);
    }
    return STATUS_OK;
}

static Status from_unixtime_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    EACH_VALUE(i)
    {
        const DatePattern *pattern;
        int64_t            seconds = arg_i64(&args[0], i);
        TRY(pattern_at(call, args, i, SIMPLE_DATE_FORMAT, &pattern, err));
        if (seconds < -60000000000000LL || seconds > 60000000000000LL)
            out_null(call, out, rows, i);
        else
            TRY(put_formatted(call, pattern, moment_in(call_context(call)->zone, seconds * 1000), out, i, err));
    }
    return STATUS_OK;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

static bool take_digits(Str text, int64_t *at, int64_t min, int64_t max, int64_t *out)
{
    int64_t start = *at;
    for (*out = 0; *at < text.len && *at - start < max && text.ptr[*at] >= '0' && text.ptr[*at] <= '9'; ++*at)
        *out = *out * 10 + (text.ptr[*at] - '0');
    return *at - start >= min;
}

static bool take_byte(Str text, int64_t *at, char byte)
{
    if (*at >= text.len || text.ptr[*at] != byte)
        return false;
    ++*at;
    return true;
}

/* What TO_TIMESTAMP falls back to: yyyy-[m]m-[d]d[ h:m:s[.f]], days and hours that are too large carrying over. */
static bool parse_loosely(Str text, Timestamp *out)
{
    int64_t at = 0, year, month, day, hour = 0, minute = 0, second = 0, fraction = 0;
    text = str_trim(text);
    if (!take_digits(text, &at, 4, 4, &year) || !take_byte(text, &at, '-') || !take_digits(text, &at, 1, 2, &month) ||
        !take_byte(text, &at, '-') || !take_digits(text, &at, 1, 2, &day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    if (take_byte(text, &at, ' ')) {
        if (!take_digits(text, &at, 1, 6, &hour) || !take_byte(text, &at, ':') ||
            !take_digits(text, &at, 1, 6, &minute) ||
            !take_byte(text, &at, ':') || !take_digits(text, &at, 1, 6, &second))
            return false;
        if (take_byte(text, &at, '.')) {
            int64_t start = at;
            if (!take_digits(text, &at, 1, 9, &fraction))
                return false;
            for (int64_t digits = at - start; digits < 9; digits++)
                fraction *= 10;
        }
    }
    int64_t days = (int64_t)date_from_civil((int32_t)year, (int32_t)month, 1) + day - 1;
    *out = (Timestamp){ .ms = ((days * 24 + hour) * 60 + minute) * 60000 + second * 1000 + fraction / 1000000,
                        .ns = (int32_t)(fraction % 1000000) };
    return at == text.len;
}

static bool parse_by_pattern(DateState *dates, Str text, Str pattern_text, Timestamp *out)
{
    const DatePattern *pattern = pattern_of(dates, pattern_text, DATE_FORMATTER);
    return pattern && (date_formatter_parse(pattern, text, out) || parse_loosely(text, out));
}

static Status to_timestamp_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    bool has_pattern = call_expr(call)->arg_count > 1;
    EACH_VALUE(i)
    {
        Timestamp value;
        Str       text  = arg_str(&args[0], i);
        bool      is_ok = has_pattern ? parse_by_pattern(call_state(call), text, arg_str(&args[1], i), &value)
                                      : timestamp_parse(text, &value);
        if (is_ok)
            timestamp_put(out, i, timestamp_truncate(value, 3));
        else
            out_null(call, out, rows, i);
    }
    return STATUS_OK;
}

/* ---- TO_TIMESTAMP_LTZ ------------------------------------------------------------------------------------------ */

static Status ltz_type(Arena *arena, int64_t digits, const Type **out)
{
    *out = type_temporal(arena, TYPE_TIMESTAMP_LTZ, digits > 3 ? (int32_t)digits : 3, true);
    return STATUS_OK;
}

static Status ltz_number_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out,
                               Error *err)
{
    int64_t digits = 3;
    if (arg_count > 1)
        literal_i64(args[1], &digits);
    if (digits < 0 || digits > 9)
        return error_set(err, STATUS_INVALID, span,
                         "the precision of TO_TIMESTAMP_LTZ must be between 0 and 9, not %lld",
                         (long long)digits);
    return ltz_type(arena, digits, out);
}

/* As many digits as the pattern has letters S. */
static Status ltz_text_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out,
                             Error *err)
{
    (void)span;
    (void)err;
    Str     pattern = STR_EMPTY;
    int64_t digits  = 0;
    if (arg_count > 1)
        literal_str(args[1], &pattern);
    for (int64_t i = 0; i < pattern.len; i++)
        digits += pattern.ptr[i] == 'S';
    return ltz_type(arena, digits < 9 ? digits : 9, out);
}

/* amount counts units of 10^-digits seconds. false outside the years 0 to 9999. */
static bool timestamp_of_units(int64_t amount, int32_t digits, Timestamp *out)
{
    int64_t per_second = 1;
    for (int32_t i = 0; i < digits; i++)
        per_second *= 10;
    int64_t seconds = floor_div(amount, per_second), rest = floor_mod(amount, per_second);
    int64_t ns = rest * (1000000000 / per_second);
    if (seconds < MS_MIN / 1000 || seconds > MS_MAX / 1000)
        return false;
    *out = (Timestamp){ .ms = seconds * 1000 + ns / 1000000, .ns = (int32_t)(ns % 1000000) };
    return true;
}

static void put_units(Call *call, Column *out, int64_t rows, int64_t row, int64_t amount, int32_t digits)
{
    Timestamp value;
    if (digits >= 0 && digits <= 9 && timestamp_of_units(amount, digits, &value))
        timestamp_put(out, row, timestamp_truncate(value, out->type->precision));
    else
        out_null(call, out, rows, row);
}

static Status ltz_integer_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    bool has_digits = call_expr(call)->arg_count > 1;
    EACH_VALUE(i)
        put_units(call, out, rows, i, arg_i64(&args[0], i), has_digits ? arg_i32(&args[1], i) : 3);
    return STATUS_OK;
}

/* The fraction is cut off. */
static Status ltz_decimal_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    bool     has_digits = call_expr(call)->arg_count > 1;
    int128_t one        = decimal_power10(args[0].type->scale);
    EACH_VALUE(i)
    {
        int128_t value = decimal_load(args[0].data, decimal_is_wide(args[0].type), column_index(&args[0], i)) / one;
        if (value >= INT64_MIN && value <= INT64_MAX)
            put_units(call, out, rows, i, (int64_t)value, has_digits ? arg_i32(&args[1], i) : 3);
        else
            out_null(call, out, rows, i);
    }
    return STATUS_OK;
}

/* Seconds of a DOUBLE count to the millisecond, other units are cut. */
static Status ltz_double_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)err;
    bool has_digits = call_expr(call)->arg_count > 1;
    EACH_VALUE(i)
    {
        double  value  = arg_f64(&args[0], i);
        int32_t digits = has_digits ? arg_i32(&args[1], i) : 3;
        if (digits == 0) {
            value *= 1000;
            digits = 3;
        }
        if (value > -9e18 && value < 9e18)
            put_units(call, out, rows, i, (int64_t)value, digits);
        else
            out_null(call, out, rows, i);
    }
    return STATUS_OK;
}

/* java.util.TimeZone would take any name for UTC; a wrong one is an error here as in the dialect. */
static Status zone_named(Call *call, Str name, int slot, const Zone **out, Error *err)
{
    DateState *dates = call_state(call);
    if (!dates->zones[slot] || !str_eq(dates->zone_names[slot], name)) {
        dates->zone_names[slot] = arena_str(dates->zone_arena, name);
        TRY(zone_load(dates->zone_arena, dates->zone_names[slot], &dates->zones[slot], err));
    }
    *out = dates->zones[slot];
    return STATUS_OK;
}

static Status ltz_text_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    int32_t count = call_expr(call)->arg_count;
    EACH_VALUE(i)
    {
        Timestamp   value;
        Str         text = arg_str(&args[0], i);
        const Zone *zone = zone_utc;
        if (count == 1 && !timestamp_parse(text, &value))
            return call_fail(call, err, STATUS_DATA, "'%.*s' is no timestamp", STR_FMT(text));
        if (count > 1 && !parse_by_pattern(call_state(call), text, arg_str(&args[1], i), &value)) {
            out_null(call, out, rows, i);
            continue;
        }
        if (count > 2)
            TRY(zone_named(call, arg_str(&args[2], i), 0, &zone, err));
        value.ms = zone_to_utc(zone, value.ms);
        timestamp_put(out, i, timestamp_truncate(value, out->type->precision));
    }
    return STATUS_OK;
}

/* ---- TO_DATE, UNIX_TIMESTAMP, CONVERT_TZ ----------------------------------------------------------------------- */

static Status to_date_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    bool has_pattern = call_expr(call)->arg_count > 1;
    EACH_VALUE(i)
    {
        Str                text = arg_str(&args[0], i);
        const DatePattern *pattern;
        int32_t            days = 0;
        int64_t            ms = 0;
        TRY(pattern_at(call, args, i, SIMPLE_DATE_FORMAT, &pattern, err));
        bool is_ok = has_pattern ? simple_date_parse(pattern, text, zone_utc, clock_now(call), &ms) : date_parse(text, &days);
        COLUMN_DATA(out, int32_t)[i] = has_pattern ? (int32_t)floor_div(ms, DAY_MS) : days;
        if (!is_ok)
            out_null(call, out, rows, i);
    }
    return STATUS_OK;
}

static Status unix_timestamp_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    EACH_VALUE(i)
    {
        const DatePattern *pattern;
        int64_t            ms;
        TRY(pattern_at(call, args, i, SIMPLE_DATE_FORMAT, &pattern, err));
        bool is_ok = simple_date_parse(pattern, arg_str(&args[0], i), call_context(call)->zone, clock_now(call), &ms);
        COLUMN_DATA(out, int64_t)[i] = is_ok ? ms / 1000 : INT64_MIN;
    }
    return STATUS_OK;
}

/* As java.util.TimeZone: an offset counts only behind GMT; a name that is none is GMT. */
static const Zone *zone_or_gmt(Call *call, Str name, int slot)
{
    const Zone *zone;
    Error       ignored = ERROR_NONE;
    bool        is_bare_offset = name.len && (strchr("+-", name.ptr[0]) ||
                                              (str_starts_with(name, STR("UTC")) && name.len > 3));
    Str         wanted = str_is(name, "PST") ? STR("America/Los_Angeles") : name;
    if (is_bare_offset || zone_named(call, wanted, slot, &zone, &ignored) != STATUS_OK)
        return zone_utc;
    return zone;
}

static Status convert_tz_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    const DateState *dates = call_state(call);
    EACH_VALUE(i)
    {
        const Zone *from = zone_or_gmt(call, arg_str(&args[1], i), 0), *to = zone_or_gmt(call, arg_str(&args[2], i), 1);
        int64_t     ms;
        if (simple_date_parse(dates->standard, arg_str(&args[0], i), from, clock_now(call), &ms))
            TRY(put_formatted(call, dates->standard, moment_in(to, ms), out, i, err));
        else
            out_null(call, out, rows, i);
    }
    return STATUS_OK;
}

#define FAILS_BY_PATTERN (FN_CAN_FAIL | FN_SAFE_LITERALS)

const Function fn_date_text[] = {
    { .sig = "date_format(timestamp, string) -> string?",
      .doc = "The timestamp by a pattern of Java's DateTimeFormatter: DATE_FORMAT(ts, 'yyyy-MM-dd HH:mm').",
      .eval = date_format_eval, .prepare = date_prepare, .flags = FAILS_BY_PATTERN },
    { .sig = "date_format(timestamp_ltz, string) -> string?", .doc = "As above, on the clock of the session zone.",
      .eval = date_format_eval, .prepare = date_prepare, .flags = FAILS_BY_PATTERN },
    { .sig = "date_format(string, string) -> string?",
      .doc = "A text yyyy-MM-dd HH:mm:ss by a pattern of Java's SimpleDateFormat; NULL when it is none.",
      .eval = date_format_text_eval, .prepare = date_prepare, .flags = FAILS_BY_PATTERN },
    { .sig = "to_timestamp(string, [string]) -> timestamp?",
      .doc = "The text as TIMESTAMP(3), by a pattern of Java's DateTimeFormatter or as yyyy-MM-dd HH:mm:ss; NULL when "
             "it does not fit.",
      .eval = to_timestamp_eval, .prepare = date_prepare },
    { .sig = "to_timestamp_ltz(bigint, [int]) -> timestamp_ltz?",
      .doc = "A number since 1970 as TIMESTAMP_LTZ: seconds with precision 0, milliseconds with 3 (the default), "
             "microseconds with 6.",
      .eval = ltz_integer_eval, .prepare = date_prepare, .infer = ltz_number_infer },
    { .sig = "to_timestamp_ltz(decimal, [int]) -> timestamp_ltz?", .doc = "As above, of the integer part of a DECIMAL.",
      .eval = ltz_decimal_eval, .prepare = date_prepare, .infer = ltz_number_infer },
    { .sig = "to_timestamp_ltz(double, [int]) -> timestamp_ltz?", .doc = "As above, of a DOUBLE.",
      .eval = ltz_double_eval,
      .prepare = date_prepare, .infer = ltz_number_infer },
    { .sig = "to_timestamp_ltz(string) -> timestamp_ltz?",
      .doc = "The text yyyy-MM-dd HH:mm:ss, read as UTC; another text ends the job.", .eval = ltz_text_eval,
      .prepare = date_prepare, .infer = ltz_text_infer, .flags = FN_CAN_FAIL },
    { .sig = "to_timestamp_ltz(string, string, [string]) -> timestamp_ltz?",
      .doc = "The text by a pattern, in the zone given or UTC; NULL when it does not fit.", .eval = ltz_text_eval,
      .prepare = date_prepare, .infer = ltz_text_infer, .flags = FAILS_BY_PATTERN },
    { .sig = "to_date(string, [string]) -> date?",
      .doc = "The text as DATE, by a pattern of Java's SimpleDateFormat or as yyyy-MM-dd; NULL when it does not fit.",
      .eval = to_date_eval, .prepare = date_prepare, .flags = FAILS_BY_PATTERN },
    { .sig = "unix_timestamp(string, [string]) -> bigint",
      .doc = "Seconds since 1970 of a text in the session zone, by a pattern of Java's SimpleDateFormat or as "
             "yyyy-MM-dd HH:mm:ss; "
             "the least BIGINT when it does not fit.",
      .eval = unix_timestamp_eval, .prepare = date_prepare, .flags = FAILS_BY_PATTERN },
    { .sig = "from_unixtime(bigint, [string]) -> string?",
      .doc = "Seconds since 1970 as text in the session zone, by a pattern of Java's SimpleDateFormat or as "
             "yyyy-MM-dd HH:mm:ss.",
      .eval = from_unixtime_eval, .prepare = date_prepare, .flags = FAILS_BY_PATTERN },
    { .sig = "convert_tz(string, string, string) -> string?",
      .doc = "A text yyyy-MM-dd HH:mm:ss from one zone to another: CONVERT_TZ('1970-01-01 00:00:00', 'UTC', "
             "'America/Los_Angeles').",
      .eval = convert_tz_eval, .prepare = date_prepare },
    { 0 },
};
