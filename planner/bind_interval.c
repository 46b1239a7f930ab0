/* bind_interval.c: INTERVAL '1 10:20' DAY TO MINUTE and its like.
 *
 * The text holds one number per unit of the range. The first has at most `precision` digits (2 when not written); the
 * others are below 12 months, 24 hours, 60 minutes, 60 seconds; SECOND may have a fraction, of which milliseconds are
 * kept. */
#include "planner/bind.h"

#include "data/calendar.h"

typedef struct Part {
    TimeUnit unit;
    char     separator; /* before it, in a range */
    int64_t  limit;     /* of a part that is not the first */
    int64_t  months;    /* per one */
    int64_t  ms;
} Part;

static const Part parts[] = {
    { UNIT_YEAR, 0, 0, 12, 0 },
    { UNIT_QUARTER, 0, 0, 3, 0 },
    { UNIT_MONTH, '-', 12, 1, 0 },
    { UNIT_WEEK, 0, 0, 0, 7 * DAY_MS },
    { UNIT_DAY, 0, 0, 0, DAY_MS },
    { UNIT_HOUR, ' ', 24, 0, 3600000 },
    { UNIT_MINUTE, ':', 60, 0, 60000 },
    { UNIT_SECOND, ':', 60, 0, 1000 },
};
#define PART_COUNT ((int)(sizeof(parts) / sizeof(parts[0])))

static int part_of(TimeUnit unit)
{
    for (int i = 0; i < PART_COUNT; i++)
        if (parts[i].unit == unit)
            return i;
    return -1;
}

typedef struct Interval {
    int64_t months;
    int64_t ms;
    bool    is_months;
} Interval;

static Status illegal(const Node *node, Str text, Error *err)
{
    return error_set(err, STATUS_TYPE, node->span, "illegal interval '%.*s' for %s%s%s", STR_FMT(text),
                     unit_text(node->interval.qualifier.from), node->interval.qualifier.to ? " TO " : "",
                     node->interval.qualifier.to ? unit_text(node->interval.qualifier.to) : "");
}

/* Digits at *at, at most 10; false when there is none. */
static bool read_number(Str text, int64_t *at, int64_t *out)
{
    int64_t start = *at;
    for (*out = 0; *at < text.len && text.ptr[*at] >= '0' && text.ptr[*at] <= '9'; (*at)++) {
        if (*at - start >= 10)
            return false;
        *out = *out * 10 + (text.ptr[*at] - '0');
    }
    return *at > start;
}

static bool read_fraction(Str text, int64_t *at, int32_t digits_max, int64_t *ms)
{
    *ms = 0;
    if (*at >= text.len || text.ptr[*at] != '.')
        return true;
    int64_t scale = 100;
    int32_t digits = 0;
    for ((*at)++; *at < text.len && text.ptr[*at] >= '0' && text.ptr[*at] <= '9'; (*at)++, digits++) {
        *ms += (text.ptr[*at] - '0') * scale;
        scale /= 10;
    }
    return digits > 0 && digits <= digits_max;
}

static Status too_long(const Node *node, int64_t value, int32_t precision, Error *err)
{
    const char *unit = unit_text(node->interval.qualifier.from);
    error_set(err, STATUS_TYPE, node->span, "interval value %lld exceeds the precision of %s(%d)", (long long)value,
              unit, precision);
    return error_hint(err, "write %s(%d)", unit, value >= 1000000 ? 10 : value >= 1000 ? 6 : 3);
}

static int64_t power10(int32_t exponent)
{
    int64_t power = 1;
    for (int32_t i = 0; i < exponent && i < 12; i++)
        power *= 10;
    return power;
}

static Status parse_interval(const Node *node, Str text, Interval *out, Error *err)
{
    const IntervalQualifier *qualifier = &node->interval.qualifier;
    int     first = part_of(qualifier->from);
    int     last = qualifier->to == UNIT_NONE ? first : part_of(qualifier->to);
    int32_t precision = qualifier->precision < 0 ? 2 : qualifier->precision;
    int32_t fraction = qualifier->fraction < 0 ? 6 : qualifier->fraction;
    Str     body = str_trim(text);
    int64_t at = body.len > 0 && (body.ptr[0] == '-' || body.ptr[0] == '+');
    int64_t sign = at && body.ptr[0] == '-' ? -1 : 1;
    *out = (Interval){ .is_months = parts[first].months > 0 };
    for (int i = first; i <= last; i++) {
        int64_t value;
        int64_t ms = 0;
        if (i > first && parts[i].separator == 0)
            continue; /* YEAR TO MONTH has no quarters */
        if (i > first && (at >= body.len || body.ptr[at++] != parts[i].separator))
            return illegal(node, text, err);
        if (!read_number(body, &at, &value) || (i > first && value >= parts[i].limit))
            return illegal(node, text, err);
        if (i == first && value >= power10(precision))
            return too_long(node, value, precision, err);
        if (parts[i].unit == UNIT_SECOND && !read_fraction(body, &at, fraction, &ms))
            return illegal(node, text, err);
        out->months += sign * value * parts[i].months;
        out->ms += sign * (value * parts[i].ms + ms);
    }
    return at == body.len ? STATUS_OK : illegal(node, text, err);
}

static Status interval_literal(Site *site, const Node *node, Str text, Expr **out, Error *err)
{
    Arena   *arena = site->binder->arena;
    Interval interval;
    TRY(parse_interval(node, text, &interval, err));
    int64_t value = interval.is_months ? interval.months : interval.ms;
    if (interval.is_months && value != (int32_t)value)
        return illegal(node, text, err);
    const Type *type = type_with_null(arena, interval.is_months ? &type_interval_month : &type_interval_time, false);
    *out = expr_literal_i64(arena, node->interval.is_negative ? -value : value, type,
                            binder_span(site->binder, node->span));
    return STATUS_OK;
}

/* INTERVAL n DAY with a computed n: n times INTERVAL '1' DAY. */
static Status computed_interval(Site *site, const Node *node, Expr **out, Error *err)
{
    Expr *args[2];
    TRY(bind_expression(site, node->interval.value, &args[0], err));
    TRY(interval_literal(site, node, STR("1"), &args[1], err));
    return bind_function(site, "*", args, 2, node->span, out, err);
}

Status bind_interval(Site *site, const Node *node, Expr **out, Error *err)
{
    const IntervalQualifier *qualifier = &node->interval.qualifier;
    const Type              *checked;
    TRY(interval_type_from(site->binder->arena, qualifier, false, &checked, err));
    const Node *value = node->interval.value;
    if (value->kind == NODE_LITERAL && (value->literal.kind == LITERAL_STRING ||
                                        value->literal.kind == LITERAL_INTEGER))
        return interval_literal(site, node, value->literal.text, out, err);
    return computed_interval(site, node, out, err);
}
