/* bind_literal.c: literals to typed constants.
 *
 *   1                INT, BIGINT when it does not fit; beyond that an error
 *   1.50             DECIMAL(digits, digits behind the point)
 *   1e0              DOUBLE
 *   'abc'            CHAR(3), '' CHAR(0)
 *   TIMESTAMP '...'  TIMESTAMP(digits of the fraction); TIME, TIMESTAMP_LTZ the same
 * All are NOT NULL. A minus before a number belongs to it. */
#include "planner/bind.h"

#include "core/utf8.h"
#include "data/calendar.h"
#include "data/decimal.h"
#include "data/number.h"

#include <limits.h>

/* A constant column of the type with its one value still zero. */
static Column constant_column(Arena *arena, const Type *type)
{
    return (Column){ .type = type, .data = arena_alloc(arena, layout_size(type_layout(type))), .constant = true };
}

static Status out_of_range(Str text, Span span, Error *err)
{
    return error_set(err, STATUS_TYPE, span, "numeric literal %.*s is out of range", STR_FMT(text));
}

static Status bind_integer(Arena *arena, Str text, bool is_negative, Span span, Expr **out, Error *err)
{
    int64_t value;
    Str     whole = is_negative ? arena_format(arena, "-%.*s", STR_FMT(text)) : text;
    if (!str_to_i64(whole, &value))
        return out_of_range(text, span, err);
    bool is_int = value >= INT_MIN && value <= INT_MAX;
    *out = expr_literal_i64(arena, value, is_int ? &type_int_not_null : &type_bigint_not_null, span);
    return STATUS_OK;
}

static Status bind_decimal(Arena *arena, Str text, bool is_negative, Span span, Expr **out, Error *err)
{
    int64_t point = str_find(text, '.');
    int64_t scale = text.len - point - 1;
    int64_t precision = text.len - 1;
    if (scale == 0)
        return bind_integer(arena, str_slice(text, 0, point), is_negative, span, out, err);
    if (precision > PRECISION_MAX)
        return out_of_range(text, span, err);
    const Type *type = type_decimal(arena, (int32_t)precision, (int32_t)scale, false);
    Column      column = constant_column(arena, type);
    int128_t    value;
    if (decimal_parse(text, type->precision, type->scale, &value) != DECIMAL_OK)
        return out_of_range(text, span, err);
    decimal_store(column.data, decimal_is_wide(type), 0, is_negative ? -value : value);
    *out = expr_literal(arena, column, span);
    return STATUS_OK;
}

static Status bind_double(Arena *arena, Str text, bool is_negative, Span span, Expr **out, Error *err)
{
    double value;
    if (!double_parse(text, &value))
        return out_of_range(text, span, err);
    Column column = constant_column(arena, &type_double_not_null);
    *COLUMN_DATA(&column, double) = is_negative ? -value : value;
    *out = expr_literal(arena, column, span);
    return STATUS_OK;
}

static Expr *bind_bytes(Arena *arena, Str bytes, Span span)
{
    Column column = constant_column(arena, type_text_of(arena, TYPE_BINARY, (int32_t)bytes.len, false));
    *COLUMN_DATA(&column, View) = view_of(arena_str(arena, bytes));
    return expr_literal(arena, column, span);
}

/* ---- dates and times --------------------------------------------------------------------------------------------- */

/* Digits behind the point, at most 9; -1 when something else than digits follows it. */
static int32_t fraction_digits(Str text)
{
    int64_t point = str_find(text, '.');
    if (point < 0)
        return 0;
    for (int64_t i = point + 1; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return -1;
    return (int32_t)(text.len - point - 1 < 9 ? text.len - point - 1 : 9);
}

static Status illegal(const char *type, Str text, const char *layout, Span span, Error *err)
{
    return error_set(err, STATUS_TYPE, span, "Illegal %s literal '%.*s': not in format '%s'", type, STR_FMT(text),
                     layout);
}

/* y[yyy]-m[m]-d[d] and nothing else, a day that exists. */
static bool parse_date(Str text, int32_t *days)
{
    Str     rest = text;
    Str     part;
    int64_t parts[3];
    for (int i = 0; i < 3; i++)
        if (!str_split(&rest, '-', &part) || part.len == 0 || part.len > (i ? 2 : 4) || part.ptr[0] == '+' ||
            !str_to_i64(part, &parts[i]))
            return false;
    if (rest.len > 0 || !date_is_valid((int32_t)parts[0], (int32_t)parts[1], (int32_t)parts[2]))
        return false;
    *days = date_from_civil((int32_t)parts[0], (int32_t)parts[1], (int32_t)parts[2]);
    return true;
}

static Status bind_date(Arena *arena, Str text, Span span, Expr **out, Error *err)
{
    int32_t days;
    if (!parse_date(text, &days))
        return illegal("DATE", text, "yyyy-MM-dd", span, err);
    *out = expr_literal_i64(arena, days, type_with_null(arena, &type_date, false), span);
    return STATUS_OK;
}

static Status bind_time(Arena *arena, Str text, Span span, Expr **out, Error *err)
{
    int32_t ms;
    int32_t digits = fraction_digits(text);
    if (digits < 0 || str_find(text, ':') < 0 || !time_parse(text, &ms))
        return illegal("TIME", text, "HH:mm:ss", span, err);
    *out = expr_literal_i64(arena, ms, type_temporal(arena, TYPE_TIME, digits, false), span);
    return STATUS_OK;
}

static Status bind_timestamp(Binder *binder, Str text, TypeKind kind, Span span, Expr **out, Error *err)
{
    Timestamp value;
    int32_t   days;
    int32_t   digits = fraction_digits(text);
    int64_t   space = str_find(text, ' ');
    if (digits < 0 || !parse_date(str_slice(text, 0, space < 0 ? text.len : space), &days) ||
        !timestamp_parse(text, &value))
        return illegal("TIMESTAMP", text, "yyyy-MM-dd HH:mm:ss", span, err);
    if (kind == TYPE_TIMESTAMP_LTZ && binder->context->eval.zone)
        value.ms = zone_to_utc(binder->context->eval.zone, value.ms);
    const Type *type = type_temporal(binder->arena, kind, digits, false);
    Column      column = constant_column(binder->arena, type);
    if (type_layout(type) == LAYOUT_TIMESTAMP)
        *COLUMN_DATA(&column, Timestamp) = value;
    else
        *COLUMN_DATA(&column, int64_t) = value.ms;
    *out = expr_literal(binder->arena, column, span);
    return STATUS_OK;
}

/* ---- dispatch ---------------------------------------------------------------------------------------------------- */

static Status bind_signed(Site *site, const Node *node, bool is_negative, Expr **out, Error *err)
{
    Arena *arena = site->binder->arena;
    Span   span = binder_span(site->binder, node->span);
    Str    text = node->literal.text;
    switch (node->literal.kind) {
    case LITERAL_NULL:
        *out = expr_null(arena, node->literal.is_unknown ? &type_boolean : &type_null, span);
        return STATUS_OK;
    case LITERAL_BOOLEAN: *out = expr_literal_bool(arena, node->literal.boolean, span); return STATUS_OK;
    case LITERAL_INTEGER: return bind_integer(arena, text, is_negative, span, out, err);
    case LITERAL_DECIMAL: return bind_decimal(arena, text, is_negative, span, out, err);
    case LITERAL_APPROXIMATE: return bind_double(arena, text, is_negative, span, out, err);
    case LITERAL_STRING:
        *out = expr_literal_str(arena, text, type_text_of(arena, TYPE_CHAR, (int32_t)utf8_count(text), false), span);
        return STATUS_OK;
    case LITERAL_BINARY: *out = bind_bytes(arena, text, span); return STATUS_OK;
    case LITERAL_DATE: return bind_date(arena, text, span, out, err);
    case LITERAL_TIME: return bind_time(arena, text, span, out, err);
    case LITERAL_TIMESTAMP: return bind_timestamp(site->binder, text, TYPE_TIMESTAMP, span, out, err);
    case LITERAL_TIMESTAMP_LTZ: return bind_timestamp(site->binder, text, TYPE_TIMESTAMP_LTZ, span, out, err);
    }
    return error_set(err, STATUS_INTERNAL, span, "unknown kind of literal");
}

Status bind_literal(Site *site, const Node *node, Expr **out, Error *err)
{
    return bind_signed(site, node, false, out, err);
}

Status bind_negative_literal(Site *site, const Node *node, Expr **out, Error *err)
{
    return bind_signed(site, node, true, out, err);
}
