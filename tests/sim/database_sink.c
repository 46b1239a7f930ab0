/* database_sink.c: the jdbc sink's protocol, without threads, on the simulated store: see connectors/jdbc/jdbc_writer.c, whose rules these are.
 *
 *   recover:  claim our row; each epoch of the checkpoint that the store lacks is written, another instance's after a claim of its row
 *   commit:   rows and the new number of the row, from the one before, in one transaction */
#include "tests/sim/sink_rows.h"

#include "core/text.h"
#include "tests/sim/database.h"

typedef struct Sink {
    const IoSpec *spec;
    int64_t       owner;
    Text          open, sealed;
    int64_t       held;    /* what the store holds of us */
    int32_t       at;      /* recover: the epoch of the checkpoint that is looked at; -1 = our own claim */
    int64_t       at_held; /* ... what its row holds; -1 = not asked */
    DatabaseCall *call;
} DatabaseSink;

static Status database_sink_open(const IoSpec *spec, Sink **out, Error *err)
{
    (void)err;
    DatabaseSink *sink = arena_new(spec->arena, DatabaseSink, 1);
    sink->spec = spec;
    sink->at = -1;
    sink->at_held = -1;
    env_random(&sink->owner, sizeof(sink->owner));
    *out = sink;
    return STATUS_OK;
}

static void database_sink_close(Sink *sink)
{
    text_free(&sink->open);
    text_free(&sink->sealed);
}

static Status database_write(Sink *sink, const Batch *batch, int64_t start, int64_t *taken, Error *err)
{
    (void)err;
    *taken = batch->rows - start;
    sink_rows_put(sink->spec, batch, start, *taken, &sink->open);
    return STATUS_OK;
}

static Status database_flush(Sink *sink, bool *done, Error *err)
{
    (void)sink, (void)err;
    *done = true;
    return STATUS_OK;
}

/* ---- calls ------------------------------------------------------------------------------------------------------------------------ */

static void ask(DatabaseSink *sink, DatabaseKind kind, int32_t instance, int64_t from, int64_t to, Str rows)
{
    sink->call = database_send(&(DatabaseCall){ .kind = kind, .table = sink->spec->table->name, .instance = instance, .owner = sink->owner,
                                                .from = from, .to = to, .rows = rows });
}

/* The answer to what was asked; NULL: not there yet, or nothing was asked (*is_free). */
static Status take_answer(DatabaseSink *sink, const DatabaseCall **answer, bool *is_unclear, Error *err)
{
    const DatabaseCall *call = sink->call;
    *answer = NULL;
    *is_unclear = false;
    if (!call || !call->call.is_answered)
        return STATUS_OK;
    sink->call = NULL;
    if (call->call.answer == ANSWER_REFUSED)
        return error_set(err, STATUS_RUNTIME, sink->spec->table->span, "%.*s: another process has taken over instance %d: epoch %lld stays out",
                         STR_FMT(sink->spec->table->name), call->instance, (long long)call->to);
    *is_unclear = call->call.answer == ANSWER_UNCLEAR;
    *answer = call;
    return STATUS_OK;
}

/* ---- epochs ----------------------------------------------------------------------------------------------------------------------- */

static Status check_claim(const DatabaseSink *sink, const SinkRecovery *recovery, const DatabaseCall *claim, Error *err)
{
    if (claim->newest < recovery->confirmed)
        return error_set(err, STATUS_RUNTIME, sink->spec->table->span, "%.*s has lost epoch %lld", STR_FMT(sink->spec->table->name),
                         (long long)recovery->confirmed);
    if (claim->held > recovery->restored && machine->knob != KNOB_NO_FENCE && machine->knob != KNOB_MARKER_APART)
        return error_set(err, STATUS_RUNTIME, sink->spec->table->span, "%.*s holds epoch %lld, and the job goes on from %lld",
                         STR_FMT(sink->spec->table->name), (long long)claim->held, (long long)recovery->restored);
    return STATUS_OK;
}

/* One more step behind an answer: the next epoch that is lacking. */
static Status take_recovery_answer(DatabaseSink *sink, const SinkRecovery *recovery, const DatabaseCall *answer, Error *err)
{
    if (answer->kind == DATABASE_CLAIM)
        TRY(check_claim(sink, recovery, answer, err));
    if (sink->at < 0) {
        sink->held = answer->held;
        sink->at = 0;
    } else if (answer->kind == DATABASE_CLAIM) {
        sink->at_held = answer->held;
    } else {
        if (answer->instance == sink->spec->task_index)
            sink->held = answer->to;
        sink->at++;
        sink->at_held = -1;
    }
    return STATUS_OK;
}

/* Is something to be asked? */
static bool ask_next(DatabaseSink *sink, const SinkRecovery *recovery)
{
    int32_t own = sink->spec->task_index;
    if (sink->at < 0) {
        ask(sink, DATABASE_CLAIM, own, 0, 0, STR_EMPTY);
        return true;
    }
    for (; sink->at < recovery->count; sink->at++, sink->at_held = -1) {
        const SinkEpoch *epoch = &recovery->epochs[sink->at];
        bool             is_own = epoch->instance == own;
        int64_t          held = is_own ? sink->held : sink->at_held;
        if (held < 0) {
            ask(sink, DATABASE_CLAIM, epoch->instance, 0, 0, STR_EMPTY);
            return true;
        }
        if (held < epoch->epoch) {
            ask(sink, DATABASE_COMMIT, epoch->instance, held, epoch->epoch, epoch->output);
            return true;
        }
    }
    return false;
}

static Status database_recover(Sink *sink, const SinkRecovery *recovery, bool *done, int64_t *held, Error *err)
{
    const DatabaseCall *answer;
    bool                is_unclear;
    *done = false;
    TRY(take_answer(sink, &answer, &is_unclear, err));
    if (is_unclear) /* all of it again */
        sink->at = -1, sink->at_held = -1;
    else if (answer)
        TRY(take_recovery_answer(sink, recovery, answer, err));
    *done = !sink->call && !ask_next(sink, recovery);
    *held = sink->held;
    return STATUS_OK;
}

static Status database_commit(Sink *sink, int64_t epoch, bool *done, Error *err)
{
    const DatabaseCall *answer;
    bool                is_unclear;
    TRY(take_answer(sink, &answer, &is_unclear, err));
    *done = answer && !is_unclear;
    if (*done) {
        sink->held = epoch;
        text_clear(&sink->sealed);
    } else if (!sink->call) {
        ask(sink, DATABASE_COMMIT, sink->spec->task_index, sink->held, epoch, text_str(&sink->sealed));
    }
    return STATUS_OK;
}

static Status database_seal(Sink *sink, int64_t epoch, Text *out, Error *err)
{
    Text swap = sink->sealed;
    if (sink->sealed.len > 0) {
        violate("epoch %lld is sealed before the one before is committed", (long long)epoch);
        return error_set(err, STATUS_INTERNAL, SPAN_NONE, "sealed twice");
    }
    text_append(out, text_str(&sink->open));
    sink->sealed = sink->open;
    sink->open = swap;
    trace("%.*s %d seals epoch %lld: %lld bytes", STR_FMT(sink->spec->table->name), sink->spec->task_index, (long long)epoch,
          (long long)sink->sealed.len);
    if (machine->knob == KNOB_EARLY_COMMIT && sink->sealed.len > 0)
        ask(sink, DATABASE_COMMIT, sink->spec->task_index, sink->held, epoch, text_str(&sink->sealed));
    return STATUS_OK;
}

static const SinkType database_sink = {
    .open = database_sink_open,
    .write = database_write,
    .flush = database_flush,
    .close = database_sink_close,
    .mode = sink_rows_mode,
    .is_exactly_once = sink_rows_is_exactly_once,
    .recover = database_recover,
    .seal = database_seal,
    .commit = database_commit,
};

const Connector connector_sim_database = { .name = "sim_database", .doc = "exactly once into a store", .options = sim_sink_options,
                                           .sink = &database_sink };
