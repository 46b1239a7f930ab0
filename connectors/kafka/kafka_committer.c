/* kafka_committer.c: roll forward until it is done or can never be.
 *
 *   for ever:  connect when not connected (shuts out others, reads the marker)
 *              marker says it is there     -> done
 *              marker says it is missing   -> write it in one transaction -> done
 *              marker says anything else   -> fatal: somebody else was here, or the marker is lost
 *              retry                       -> close, wait a little longer each time, say so
 *
 * The same steps serve a commit whose answer was lost, and the recovery of another process: what was asked for may have
 * happened or not, and the marker knows. A log carries a nonce, so that an epoch of that number from another run of the
 * job is not taken for ours, and the epoch that was there when it was sealed, so that a marker that went away is seen.
 *
 * A marker that is not rewritten is forgotten after offsets.retention.minutes (7 days by default): a sink with nothing to
 * write says it again from time to time. */
#include "connectors/kafka/kafka_committer.h"

#include "connectors/kafka/kafka_log.h"
#include "connectors/kafka/kafka_transaction.h"

#include <setjmp.h>

enum { BACKOFF_MS = 100, BACKOFF_MAX_MS = 5000, NOTICE_MS = 10000, IDLE_MS = 1000 };
#define REFRESH_NS ((int64_t)12 * 3600 * 1000000000)

typedef enum RequestKind { REQUEST_NONE, REQUEST_RECOVER, REQUEST_COMMIT } RequestKind;

/* What the cluster should hold. */
typedef struct Goal {
    int64_t     epoch;    /* of the log */
    int64_t     nonce;    /* of the log */
    int64_t     previous; /* what it should hold before */
    int64_t     restored; /* it may hold nothing later */
    Str         records;
    int64_t     count;
    bool        has_log;
    bool        may_rewind;
} Goal;

struct KafkaCommitter {
    const IoSpec       *spec;
    KafkaTransactions   shared;
    Arena              *arena; /* the thread's */
    KafkaTransactional *id;    /* of this instance */
    EnvMutex           *mutex; /* of what follows */
    RequestKind         request;
    bool                is_answered, is_stopping;
    const SinkRecovery *recovery;
    int64_t             epoch, nonce;
    Str                 log;
    Error               failure;
    KafkaMarker         marker;
    Wakeup             *wakeup;
    EnvThread          *thread;
    /* the thread's */
    int64_t             noticed_ns;
};

/* ---- what a marker says ------------------------------------------------------------------------------------------ */

typedef enum Verdict { VERDICT_DONE, VERDICT_WRITE, VERDICT_REWIND, VERDICT_LOST, VERDICT_AHEAD, VERDICT_OTHER } Verdict;

static Verdict verdict_of(const KafkaMarker *marker, const Goal *goal)
{
    int64_t last = goal->has_log && goal->count > 0 ? goal->epoch : goal->restored;
    if (goal->count > 0 && marker->epoch == goal->epoch && marker->nonce == goal->nonce)
        return VERDICT_DONE;
    if (marker->epoch > last || (goal->count > 0 && marker->epoch == goal->epoch))
        return goal->may_rewind ? VERDICT_REWIND : marker->epoch > last ? VERDICT_AHEAD : VERDICT_OTHER;
    if (goal->has_log && marker->epoch != goal->previous && !goal->may_rewind)
        return marker->epoch < goal->previous ? VERDICT_LOST : VERDICT_OTHER;
    return goal->count > 0 ? VERDICT_WRITE : VERDICT_DONE;
}

static KafkaOutcome marker_is_lost(const KafkaTransactional *id, const Goal *goal, Error *err)
{
    const TableSpec *table = id->shared->spec->table;
    if (id->marker.other_job[0])
        error_set(err, STATUS_RUNTIME, table->span,
                  "table %.*s: job %s has written to kafka %.*s as '%s' since: which epoch of this job is there is not known",
                  STR_FMT(table->path), id->marker.other_job, STR_FMT(id->client.servers), id->id);
    else
        error_set(err, STATUS_RUNTIME, table->span,
                  "table %.*s: kafka %.*s held epoch %lld of '%s' and holds %lld now: its offsets of group '%s' have expired "
                  "or were lost",
                  STR_FMT(table->path), STR_FMT(id->client.servers), (long long)goal->previous, id->id,
                  (long long)id->marker.epoch, id->group);
    error_hint(err, "whether epoch %lld was written cannot be known; choose the checkpoint to restore by hand to write it "
                    "(again)", (long long)goal->epoch);
    return KAFKA_FATAL;
}

static KafkaOutcome marker_is_ahead(const KafkaTransactional *id, const Goal *goal, Error *err)
{
    const TableSpec *table = id->shared->spec->table;
    error_set(err, STATUS_RUNTIME, table->span,
              "table %.*s: kafka %.*s holds epoch %lld of '%s', this job is at epoch %lld: rows would be there twice",
              STR_FMT(table->path), STR_FMT(id->client.servers), (long long)id->marker.epoch, id->id,
              (long long)(goal->has_log ? goal->epoch : goal->restored));
    error_hint(err, "another process has gone on with the job, or newer checkpoints were lost; to go back on purpose, "
                    "choose the checkpoint to restore by hand");
    return KAFKA_FATAL;
}

static KafkaOutcome marker_is_another(const KafkaTransactional *id, const Goal *goal, Error *err)
{
    const TableSpec *table = id->shared->spec->table;
    error_set(err, STATUS_RUNTIME, table->span,
              "table %.*s: another process has written epoch %lld of '%s' to kafka %.*s while this job was at epoch %lld: "
              "this one stops",
              STR_FMT(table->path), (long long)id->marker.epoch, id->id, STR_FMT(id->client.servers),
              (long long)goal->epoch);
    return KAFKA_FATAL;
}

/* ---- rolling forward --------------------------------------------------------------------------------------------- */

/* Going back on purpose: the cluster is told, so that a crash before the next epoch finds what it expects. */
static KafkaOutcome rewind_marker(KafkaTransactional *id, const Goal *goal, Error *err)
{
    KafkaMarker marker = { .epoch = goal->count > 0 ? goal->epoch : goal->has_log ? goal->previous : goal->restored,
                           .nonce = goal->nonce };
    kafka_notice(id->shared->spec, "table %.*s: '%s' goes back from epoch %lld to %lld", STR_FMT(id->shared->spec->table->path),
                 id->id, (long long)id->marker.epoch, (long long)marker.epoch);
    return kafka_transactional_write(id, &marker, (Str){ "", 0 }, 0, err);
}

static KafkaOutcome step(KafkaTransactional *id, const Goal *goal, Error *err)
{
    KafkaMarker marker = { .epoch = goal->epoch, .nonce = goal->nonce };
    if (!kafka_transactional_is_connected(id)) {
        id->may_be_open = goal->count > 0; /* whoever had the id before may have begun with this epoch */
        KafkaOutcome outcome = kafka_transactional_connect(id, err);
        if (outcome != KAFKA_DONE)
            return outcome;
    }
    switch (verdict_of(&id->marker, goal)) {
    case VERDICT_DONE: id->may_be_open = false; return KAFKA_DONE;
    case VERDICT_WRITE: return kafka_transactional_write(id, &marker, goal->records, goal->count, err);
    case VERDICT_REWIND: return rewind_marker(id, goal, err);
    case VERDICT_LOST: return marker_is_lost(id, goal, err);
    case VERDICT_AHEAD: return marker_is_ahead(id, goal, err);
    case VERDICT_OTHER: break;
    }
    return marker_is_another(id, goal, err);
}

static bool is_stopping(void *context)
{
    KafkaCommitter *committer = context;
    env_mutex_lock(committer->mutex);
    bool is = committer->is_stopping;
    env_mutex_unlock(committer->mutex);
    return is;
}

/* The first time at once, then not too often. */
static void tell_retry(KafkaCommitter *committer, const Error *err)
{
    int64_t now_ns = clock_monotonic_ns(&env_clock);
    if (committer->noticed_ns > 0 && now_ns - committer->noticed_ns < (int64_t)NOTICE_MS * 1000000)
        return;
    committer->noticed_ns = now_ns;
    kafka_notice(committer->spec, "%s, trying again", err->message);
}

static KafkaOutcome settle(KafkaCommitter *committer, KafkaTransactional *id, const Goal *goal, Error *err)
{
    for (int64_t backoff_ms = BACKOFF_MS;; backoff_ms = backoff_ms * 2 < BACKOFF_MAX_MS ? backoff_ms * 2 : BACKOFF_MAX_MS) {
        KafkaOutcome outcome = step(id, goal, err);
        if (outcome != KAFKA_RETRY || is_stopping(committer))
            return outcome;
        tell_retry(committer, err);
        error_clear(err);
        kafka_transactional_close(id);
        wakeup_wait(committer->wakeup, backoff_ms);
    }
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

static KafkaOutcome recover_epoch(KafkaCommitter *committer, const SinkRecovery *recovery, const SinkEpoch *epoch,
                                  Error *err)
{
    KafkaLogHeader header;
    Goal           goal = { .epoch = epoch->epoch, .restored = recovery->restored, .has_log = true,
                            .may_rewind = recovery->may_rewind };
    if (!kafka_log_open(epoch->output, &header, &goal.records)) {
        error_set(err, STATUS_DATA, committer->spec->table->span,
                  "table %.*s: the records that the checkpoint holds cannot be read", STR_FMT(committer->spec->table->path));
        return KAFKA_FATAL;
    }
    goal.nonce = header.nonce;
    goal.previous = header.previous;
    goal.count = header.count;
    if (epoch->instance == committer->id->instance)
        return settle(committer, committer->id, &goal, err);
    KafkaTransactional *id = kafka_transactional_create(&committer->shared, epoch->instance, committer->arena);
    KafkaOutcome        outcome = settle(committer, id, &goal, err);
    kafka_transactional_close(id);
    return outcome;
}

/* Each instance that the checkpoint knows under its own id; this one in any case. */
static KafkaOutcome recover(KafkaCommitter *committer, const SinkRecovery *recovery, Error *err)
{
    bool has_own = false;
    for (int32_t i = 0; i < recovery->count; i++) {
        KafkaOutcome outcome = recover_epoch(committer, recovery, &recovery->epochs[i], err);
        has_own |= recovery->epochs[i].instance == committer->id->instance;
        if (outcome != KAFKA_DONE)
            return outcome;
    }
    Goal goal = { .restored = recovery->restored, .may_rewind = recovery->may_rewind };
    return has_own ? KAFKA_DONE : settle(committer, committer->id, &goal, err);
}

static KafkaOutcome commit(KafkaCommitter *committer, Error *err)
{
    KafkaLogHeader header = { 0 };
    Goal           goal = { .epoch = committer->epoch, .restored = committer->epoch, .nonce = committer->nonce, .has_log = true };
    if (!kafka_log_open(committer->log, &header, &goal.records))
        return KAFKA_FATAL;
    goal.previous = header.previous;
    goal.count = header.count;
    return settle(committer, committer->id, &goal, err);
}

static KafkaOutcome serve(KafkaCommitter *committer, RequestKind request, Error *err)
{
    EnvGuard guard;
    if (setjmp(env_guard_enter(&guard)->unwind)) {
        error_set(err, STATUS_NO_MEMORY, committer->spec->table->span, "out of memory");
        return KAFKA_FATAL;
    }
    KafkaOutcome outcome = request == REQUEST_RECOVER ? recover(committer, committer->recovery, err) : commit(committer, err);
    env_guard_leave(&guard);
    return outcome;
}

static void answer(KafkaCommitter *committer, KafkaOutcome outcome, const Error *err)
{
    if (outcome == KAFKA_DONE && committer->noticed_ns > 0) {
        committer->noticed_ns = 0;
        kafka_notice(committer->spec, "table %.*s: kafka answers again, nothing was lost", STR_FMT(committer->spec->table->path));
    }
    env_mutex_lock(committer->mutex);
    committer->request = REQUEST_NONE;
    committer->is_answered = true;
    committer->marker = committer->id->marker;
    if (outcome != KAFKA_DONE)
        committer->failure = *err;
    env_mutex_unlock(committer->mutex);
    wakeup_signal(committer->spec->wakeup);
}

static bool is_old(const KafkaCommitter *committer)
{
    const KafkaTransactional *id = committer->id;
    return kafka_transactional_is_connected(id) && id->marker.epoch > 0 &&
           clock_monotonic_ns(committer->spec->clock) - id->marked_ns > REFRESH_NS;
}

/* What fails here is found by the next commit: it connects again. */
static void idle(KafkaCommitter *committer)
{
    Error       err = ERROR_NONE;
    KafkaMarker marker = committer->id->marker;
    kafka_transactional_poll(committer->id);
    if (is_old(committer) && kafka_transactional_write(committer->id, &marker, (Str){ "", 0 }, 0, &err) != KAFKA_DONE)
        kafka_transactional_close(committer->id);
    wakeup_wait(committer->wakeup, IDLE_MS);
}

static void run(void *context)
{
    KafkaCommitter *committer = context;
    while (!is_stopping(committer)) {
        Error err = ERROR_NONE;
        env_mutex_lock(committer->mutex);
        RequestKind request = committer->request;
        env_mutex_unlock(committer->mutex);
        if (request == REQUEST_NONE) {
            idle(committer);
            continue;
        }
        KafkaOutcome outcome = serve(committer, request, &err);
        answer(committer, outcome, &err);
    }
    kafka_transactional_close(committer->id);
}

/* ---- the task's side --------------------------------------------------------------------------------------------- */

static Status start(KafkaCommitter *committer, const KafkaOptions *options, Error *err)
{
    TRY(kafka_transactions_open(&committer->shared, committer->spec, options, err));
    committer->shared.is_stopping = is_stopping;
    committer->shared.context = committer;
    committer->id = kafka_transactional_create(&committer->shared, committer->spec->task_index, committer->arena);
    return env_thread_start(&committer->thread, "kafka-commit", run, committer, err);
}

Status kafka_committer_start(const IoSpec *spec, const KafkaOptions *options, KafkaCommitter **out, Error *err)
{
    KafkaCommitter *committer = arena_new(spec->arena, KafkaCommitter, 1);
    committer->spec = spec;
    committer->arena = arena_create();
    committer->mutex = env_mutex_create();
    committer->wakeup = wakeup_create();
    Status status = start(committer, options, err);
    if (status != STATUS_OK)
        kafka_committer_stop(committer);
    else
        *out = committer;
    return status;
}

const rd_kafka_conf_t *kafka_committer_config(const KafkaCommitter *committer)
{
    return committer->shared.producer_conf;
}

static void ask(KafkaCommitter *committer, RequestKind request)
{
    committer->request = request;
    committer->is_answered = false;
    env_mutex_unlock(committer->mutex);
    wakeup_signal(committer->wakeup);
}

void kafka_committer_recover(KafkaCommitter *committer, const SinkRecovery *recovery)
{
    env_mutex_lock(committer->mutex);
    committer->recovery = recovery;
    ask(committer, REQUEST_RECOVER);
}

void kafka_committer_commit(KafkaCommitter *committer, int64_t epoch, int64_t nonce, Str log)
{
    env_mutex_lock(committer->mutex);
    committer->epoch = epoch;
    committer->nonce = nonce;
    committer->log = log;
    ask(committer, REQUEST_COMMIT);
}

Status kafka_committer_answer(KafkaCommitter *committer, bool *done, KafkaMarker *marker, Error *err)
{
    env_mutex_lock(committer->mutex);
    *done = committer->is_answered && committer->failure.status == STATUS_OK;
    *marker = committer->marker;
    Status status = committer->failure.status;
    if (status != STATUS_OK)
        *err = committer->failure;
    env_mutex_unlock(committer->mutex);
    return status;
}

void kafka_committer_stop(KafkaCommitter *committer)
{
    if (!committer)
        return;
    env_mutex_lock(committer->mutex);
    committer->is_stopping = true;
    env_mutex_unlock(committer->mutex);
    wakeup_signal(committer->wakeup);
    if (committer->thread)
        env_thread_join(committer->thread);
    kafka_transactions_close(&committer->shared);
    wakeup_destroy(committer->wakeup);
    env_mutex_destroy(committer->mutex);
    arena_destroy(committer->arena);
}
