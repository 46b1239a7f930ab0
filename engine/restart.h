/* restart.h: whether and when a failed job starts again: the dialect's restart strategies. */
#ifndef ENGINE_RESTART_H
#define ENGINE_RESTART_H

#include "engine/settings.h"

typedef enum RestartKind { RESTART_NONE, RESTART_FIXED_DELAY, RESTART_FAILURE_RATE, RESTART_EXPONENTIAL_DELAY } RestartKind;

typedef struct RestartStrategy {
    RestartKind kind;
    int64_t     attempts;       /* FIXED_DELAY: in all; EXPONENTIAL_DELAY: without a calm in between; -1 = no limit */
    int64_t     delay_ms;       /* FIXED_DELAY, FAILURE_RATE; EXPONENTIAL_DELAY: the first */
    int64_t     delay_max_ms;   /* EXPONENTIAL_DELAY, and what follows */
    double      multiplier;
    double      jitter;         /* of the delay, to both sides */
    int64_t     calm_ms;        /* so long without a failure, and counting begins anew */
    int64_t     failures_max;   /* FAILURE_RATE: in any interval_ms */
    int64_t     interval_ms;
} RestartStrategy;

/* As restart-strategy.* says. Nothing set: EXPONENTIAL_DELAY for a job that takes checkpoints, else none, as in the dialect. */
Status restart_strategy(Settings settings, bool has_checkpoints, RestartStrategy *out, Error *err);

#define RESTART_FAILURES_MAX 128

/* What one job has lived through. */
typedef struct RestartHistory {
    int64_t failures;      /* that count */
    int64_t last_ms;       /* of the last; 0 = none */
    int64_t delay_ms;      /* EXPONENTIAL_DELAY: the last one */
    int64_t times_ms[RESTART_FAILURES_MAX]; /* FAILURE_RATE: of the last ones, a ring */
} RestartHistory;

/* The job failed at now_ms: after how many ms it starts again; -1 = it does not. random: 0 .. 1. */
int64_t restart_delay(const RestartStrategy *strategy, RestartHistory *history, int64_t now_ms, double random);

#endif
