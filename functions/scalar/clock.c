/* clock.c: the time now, and where we are: CURRENT_TIMESTAMP and friends, PROCTIME, UNIX_TIMESTAMP(),
 * CURRENT_WATERMARK, CURRENT_DATABASE, UUID.
 *
 * In streaming the clock is read for each batch, in batch mode it stands still at the start of the query. */
#include "functions/args.h"
#include "functions/time_field.h"

static int64_t now_ms(const Call *call)
{
    const EvalContext *context = call_context(call);
    return context->query_start_ms ? context->query_start_ms : clock_now_ms(context->clock);
}

static int64_t local_ms(const Call *call)
{
    return zone_to_local(call_context(call)->zone, now_ms(call));
}

/* One value for the whole batch. */
static Status put_timestamp(Column *out, int64_t ms)
{
    timestamp_put(out, 0, (Timestamp){ .ms = ms });
    out->constant = true;
    return STATUS_OK;
}

static Status put_i32(Column *out, int64_t value)
{
    COLUMN_DATA(out, int32_t)[0] = (int32_t)value;
    out->constant                = true;
    return STATUS_OK;
}

static Status now_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)args;
    (void)rows;
    (void)err;
    return put_timestamp(out, now_ms(call));
}

/* Per row even in batch mode. */
static Status row_now_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)args;
    (void)rows;
    (void)err;
    return put_timestamp(out, clock_now_ms(call_context(call)->clock));
}

static Status local_now_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)args;
    (void)rows;
    (void)err;
    return put_timestamp(out, local_ms(call));
}

static Status date_now_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)args;
    (void)rows;
    (void)err;
    return put_i32(out, floor_div(local_ms(call), DAY_MS));
}

/* TIME(0). */
static Status time_now_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)args;
    (void)rows;
    (void)err;
    return put_i32(out, floor_mod(local_ms(call), DAY_MS) / 1000 * 1000);
}

static Status unix_now_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)args;
    (void)rows;
    (void)err;
    COLUMN_DATA(out, int64_t)[0] = floor_div(now_ms(call), 1000);
    out->constant                = true;
    return STATUS_OK;
}

static Status watermark_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)args;
    (void)rows;
    (void)err;
    Time watermark = call_context(call)->watermark;
    put_timestamp(out, watermark);
    if (watermark == TIME_MIN)
        column_set_null(out, call_buf(call), 0);
    return STATUS_OK;
}

/* The type of the time column, without its attribute. */
static Status watermark_infer(Arena *arena, Expr *const *args, int32_t arg_count, Span span, const Type **out,
                              Error *err)
{
    (void)arg_count;
    const Type *type = args[0]->type;
    if (type->time != TIME_ROWTIME)
        return error_set(err, STATUS_TYPE, span, "CURRENT_WATERMARK takes a rowtime column");
    *out = type_temporal(arena, type->kind, 3, true);
    return STATUS_OK;
}

static Status database_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)args;
    (void)rows;
    (void)err;
    out_str(out, 0, call_context(call)->database);
    out->constant = true;
    return STATUS_OK;
}

/* ---- UUID ------------------------------------------------------------------------------------------------------ */

/* 122 random bits (version 4), of SplitMix64 seeded once per program. */
typedef struct UuidState {
    uint64_t next;
} UuidState;

static Status uuid_prepare(Call *call, Arena *arena, const Expr *expr, void **state, Error *err)
{
    (void)expr;
    (void)err;
    UuidState *uuid = arena_new(arena, UuidState, 1);
    env_random(&uuid->next, sizeof(uuid->next));
    uuid->next ^= call_context(call)->random_seed;
    *state = uuid;
    return STATUS_OK;
}

static uint64_t uuid_next(UuidState *state)
{
    uint64_t value = state->next += 0x9E3779B97F4A7C15ULL;
    value          = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
    value          = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
    return value ^ (value >> 31);
}

static void uuid_print(uint64_t high, uint64_t low, char *out)
{
    static const char hex[] = "0123456789abcdef";
    high = (high & ~0xF000ULL) | 0x4000;
    low  = (low & ~(3ULL << 62)) | (1ULL << 63);
    for (int digit = 0, at = 0; digit < 32; digit++) {
        if (digit == 8 || digit == 12 || digit == 16 || digit == 20)
            out[at++] = '-';
        uint64_t half = digit < 16 ? high : low;
        out[at++]     = hex[(half >> (60 - 4 * (digit % 16))) & 15];
    }
}

static Status uuid_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)args;
    (void)err;
    UuidState *state = call_state(call);
    char      *text  = buf_alloc(call_buf(call), rows * 36);
    for (int64_t i = 0; i < rows; i++) {
        uint64_t high = uuid_next(state);
        uuid_print(high, uuid_next(state), text + i * 36);
        out_str(out, i, (Str){ text + i * 36, 36 });
    }
    return STATUS_OK;
}

#define NOW_ROW(name, type, text, evaluate) \
    { .sig = name "() -> " type "!", .doc = text, .eval = evaluate, .flags = FN_NOT_DETERMINISTIC }

const Function fn_clock[] = {
    NOW_ROW("current_timestamp", "timestamp_ltz", "The time now.", now_eval),
    NOW_ROW("now", "timestamp_ltz", "The same as CURRENT_TIMESTAMP.", now_eval),
    NOW_ROW("current_row_timestamp", "timestamp_ltz", "The time now, for each row also in batch mode.", row_now_eval),
    NOW_ROW("proctime", "timestamp_ltz", "The processing time, as a time attribute.", row_now_eval),
    NOW_ROW("localtimestamp", "timestamp", "The time now on the clock of the session zone.", local_now_eval),
    NOW_ROW("current_date", "date", "The date today in the session zone.", date_now_eval),
    NOW_ROW("current_time", "time", "The time of day in the session zone.", time_now_eval),
    NOW_ROW("localtime", "time", "The time of day in the session zone.", time_now_eval),
    NOW_ROW("unix_timestamp", "bigint", "Seconds since 1970.", unix_now_eval),
    { .sig = "current_watermark(temporal) -> $1?",
      .doc = "The watermark of a rowtime column at this place of the query; NULL while there is none.",
      .eval = watermark_eval,
      .infer = watermark_infer, .flags = FN_NOT_DETERMINISTIC | FN_SEES_NULL },
    { .sig = "current_database() -> string!", .doc = "The name of the current database.", .eval = database_eval,
      .flags = FN_NOT_DETERMINISTIC },
    { .sig = "uuid() -> char(36)!", .doc = "A random UUID (version 4).", .eval = uuid_eval, .prepare = uuid_prepare,
      .flags = FN_NOT_DETERMINISTIC },
    { 0 },
};
