/* cast_temporal.c: among DATE, TIME, TIMESTAMP and TIMESTAMP_LTZ.
 *
 * Every pair is "read as a local clock's timestamp, write from it": only TIMESTAMP_LTZ is an instant and goes through
 * the session zone on its way in or out. Two halves so: a loop that reads into Timestamps, and one that writes. A part
 * that is dropped is dropped toward 1970, as the dialect does: 1969-12-31 12:00 AS DATE is 1970-01-01; only from
 * TIMESTAMP_LTZ to DATE and TIME it is the calendar's day. */
#include "data/cast_rule.h"

/* ---- reading --------------------------------------------------------------------------------------------------- */

static void read_dates(const CastRun *run, Timestamp *values)
{
    const int32_t *days = COLUMN_DATA(run->in, int32_t);
    for (int64_t i = 0; i < run->rows; i++)
        values[i] = (Timestamp){ days[i] * DAY_MS, 0, 0 };
}

/* On 1970-01-01. */
static void read_times(const CastRun *run, Timestamp *values)
{
    const int32_t *times = COLUMN_DATA(run->in, int32_t);
    for (int64_t i = 0; i < run->rows; i++)
        values[i] = (Timestamp){ times[i], 0, 0 };
}

static void read_timestamps(const CastRun *run, Timestamp *values)
{
    Layout layout = type_layout(run->in->type);
    for (int64_t i = 0; i < run->rows; i++)
        values[i] = timestamp_load(run->in->data, layout, i);
}

static void shift_to_local(const CastRun *run, Timestamp *values)
{
    for (int64_t i = 0; i < run->rows; i++)
        if (cast_has_value(run, i))
            values[i].ms = zone_to_local(run->context->zone, values[i].ms);
}

static void shift_to_utc(const CastRun *run, Timestamp *values)
{
    for (int64_t i = 0; i < run->rows; i++)
        if (cast_has_value(run, i))
            values[i].ms = zone_to_utc(run->context->zone, values[i].ms);
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

static void write_dates(CastRun *run, const Timestamp *values)
{
    int32_t *days = COLUMN_DATA(run->out, int32_t);
    bool     is_floor = run->in->type->kind == TYPE_TIMESTAMP_LTZ;
    for (int64_t i = 0; i < run->rows; i++)
        days[i] = (int32_t)(is_floor ? floor_div(values[i].ms, DAY_MS) : values[i].ms / DAY_MS);
}

static void write_times(CastRun *run, const Timestamp *values)
{
    int32_t *times = COLUMN_DATA(run->out, int32_t);
    bool     is_floor = run->in->type->kind == TYPE_TIMESTAMP_LTZ;
    int32_t  unit = time_unit_ms(run->out->type->precision);
    for (int64_t i = 0; i < run->rows; i++) {
        int64_t ms = is_floor ? floor_mod(values[i].ms, DAY_MS) : values[i].ms % DAY_MS;
        times[i] = (int32_t)floor_mod(ms - ms % unit, DAY_MS);
    }
}

static void write_timestamps(CastRun *run, const Timestamp *values)
{
    Layout  layout = type_layout(run->out->type);
    int32_t precision = run->out->type->precision;
    for (int64_t i = 0; i < run->rows; i++)
        timestamp_store(run->out->data, layout, i, timestamp_truncate(values[i], precision));
}

static Status cast_temporal(CastRun *run)
{
    TypeKind   from = run->in->type->kind, to = run->out->type->kind;
    Timestamp *values = buf_new(run->context->buf, Timestamp, run->rows);
    if (from == TYPE_DATE)
        read_dates(run, values);
    else if (from == TYPE_TIME)
        read_times(run, values);
    else
        read_timestamps(run, values);

    if (from == TYPE_TIMESTAMP_LTZ && to != TYPE_TIMESTAMP_LTZ)
        shift_to_local(run, values);
    else if (from != TYPE_TIMESTAMP_LTZ && to == TYPE_TIMESTAMP_LTZ)
        shift_to_utc(run, values);

    if (to == TYPE_DATE)
        write_dates(run, values);
    else if (to == TYPE_TIME)
        write_times(run, values);
    else
        write_timestamps(run, values);
    return STATUS_OK;
}

CastRule cast_rule_temporal(const Type *from, const Type *to)
{
    return type_is_temporal(from) && type_is_temporal(to) ? cast_temporal : NULL;
}
