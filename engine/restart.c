/* restart.c: see restart.h. */
#include "engine/restart.h"

static RestartKind kind_of(Str type, bool has_checkpoints, bool *is_known)
{
    static const struct {
        const char *name;
        RestartKind kind;
    } kinds[] = {
        { "none", RESTART_NONE }, { "off", RESTART_NONE }, { "disable", RESTART_NONE },
        { "fixed-delay", RESTART_FIXED_DELAY }, { "fixeddelay", RESTART_FIXED_DELAY },
        { "failure-rate", RESTART_FAILURE_RATE }, { "failurerate", RESTART_FAILURE_RATE },
        { "exponential-delay", RESTART_EXPONENTIAL_DELAY }, { "exponentialdelay", RESTART_EXPONENTIAL_DELAY },
    };
    *is_known = true;
    if (!type.ptr)
        return has_checkpoints ? RESTART_EXPONENTIAL_DELAY : RESTART_NONE;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (str_is_nocase(type, kinds[i].name))
            return kinds[i].kind;
    *is_known = false;
    return RESTART_NONE;
}

static int64_t attempts_before_reset(Settings settings)
{
    Str     text = settings_str(settings, "restart-strategy.exponential-delay.attempts-before-reset-backoff");
    int64_t attempts;
    return str_to_i64(text, &attempts) ? attempts : -1;
}

Status restart_strategy(Settings settings, bool has_checkpoints, RestartStrategy *out, Error *err)
{
    bool is_known;
    Str  type = settings_str(settings, "restart-strategy.type");
    *out = (RestartStrategy){ .kind = kind_of(type, has_checkpoints, &is_known) };
    if (!is_known) {
        error_set(err, STATUS_OPTION, SPAN_NONE, "restart-strategy.type is '%.*s'", STR_FMT(type));
        return error_hint(err, "none, fixed-delay, failure-rate or exponential-delay");
    }
    switch (out->kind) {
    case RESTART_NONE:
        break;
    case RESTART_FIXED_DELAY:
        out->attempts = settings_i64(settings, "restart-strategy.fixed-delay.attempts");
        out->delay_ms = settings_i64(settings, "restart-strategy.fixed-delay.delay");
        break;
    case RESTART_FAILURE_RATE:
        out->failures_max = settings_i64(settings, "restart-strategy.failure-rate.max-failures-per-interval");
        out->interval_ms = settings_i64(settings, "restart-strategy.failure-rate.failure-rate-interval");
        out->delay_ms = settings_i64(settings, "restart-strategy.failure-rate.delay");
        if (out->failures_max >= RESTART_FAILURES_MAX)
            return error_set(err, STATUS_OPTION, SPAN_NONE, "restart-strategy.failure-rate.max-failures-per-interval must be below %d",
                             RESTART_FAILURES_MAX);
        break;
    case RESTART_EXPONENTIAL_DELAY:
        out->attempts = attempts_before_reset(settings);
        out->delay_ms = settings_i64(settings, "restart-strategy.exponential-delay.initial-backoff");
        out->delay_max_ms = settings_i64(settings, "restart-strategy.exponential-delay.max-backoff");
        out->multiplier = settings_f64(settings, "restart-strategy.exponential-delay.backoff-multiplier");
        out->jitter = settings_f64(settings, "restart-strategy.exponential-delay.jitter-factor");
        out->calm_ms = settings_i64(settings, "restart-strategy.exponential-delay.reset-backoff-threshold");
        break;
    }
    return STATUS_OK;
}

static int64_t fixed_delay(const RestartStrategy *strategy, const RestartHistory *history)
{
    return history->failures <= strategy->attempts ? strategy->delay_ms : -1;
}

/* More than failures_max in interval_ms: the one that many failures ago is too young. */
static int64_t failure_rate(const RestartStrategy *strategy, RestartHistory *history, int64_t now_ms)
{
    int64_t failures = history->failures;
    history->times_ms[failures % RESTART_FAILURES_MAX] = now_ms;
    if (failures <= strategy->failures_max)
        return strategy->delay_ms;
    int64_t then_ms = history->times_ms[(failures - strategy->failures_max) % RESTART_FAILURES_MAX];
    return now_ms - then_ms > strategy->interval_ms ? strategy->delay_ms : -1;
}

static int64_t exponential_delay(const RestartStrategy *strategy, RestartHistory *history, int64_t now_ms, double random)
{
    bool is_calm = history->last_ms == 0 || now_ms - history->last_ms >= strategy->calm_ms + history->delay_ms;
    if (is_calm)
        history->failures = 1;
    if (strategy->attempts >= 0 && history->failures > strategy->attempts)
        return -1;
    double grown = is_calm ? (double)strategy->delay_ms : (double)history->delay_ms * strategy->multiplier;
    history->delay_ms = grown < (double)strategy->delay_max_ms ? (int64_t)grown : strategy->delay_max_ms;
    return history->delay_ms + (int64_t)((double)history->delay_ms * strategy->jitter * (2 * random - 1));
}

int64_t restart_delay(const RestartStrategy *strategy, RestartHistory *history, int64_t now_ms, double random)
{
    int64_t delay_ms = -1;
    history->failures++;
    switch (strategy->kind) {
    case RESTART_NONE:
        break;
    case RESTART_FIXED_DELAY:
        delay_ms = fixed_delay(strategy, history);
        break;
    case RESTART_FAILURE_RATE:
        delay_ms = failure_rate(strategy, history, now_ms);
        break;
    case RESTART_EXPONENTIAL_DELAY:
        delay_ms = exponential_delay(strategy, history, now_ms, random);
        break;
    }
    history->last_ms = now_ms;
    return delay_ms;
}
