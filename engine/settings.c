/* settings.c: one row per key. A row with OPTION_IGNORED is taken silently: scripts that set it run unchanged. */
#include "engine/settings.h"

#include "core/text.h"
#include "data/calendar.h"

#define NO_EFFECT OPTION_IGNORED

const Option setting_rows[] = {
    /* ---- what a job is ---- */
    { "execution.runtime-mode", OPTION_ENUM, "streaming", "streaming|batch|automatic",
      "streaming: results change as input arrives; batch: bounded input, one final result", 0 },
    { "parallelism.default", OPTION_INT, "1", NULL, "tasks per operator; the answer does not depend on it", 0 },
    { "table.exec.resource.default-parallelism", OPTION_INT, "-1", NULL, "wins over parallelism.default when positive", 0 },
    { "pipeline.name", OPTION_STRING, NULL, NULL, "the name of the next jobs; by default insert-into_<table>", 0 },
    { "table.dml-sync", OPTION_BOOL, "false", NULL, "an INSERT ends its job before the next statement runs", 0 },
    { "table.local-time-zone", OPTION_STRING, "default", NULL,
      "zone of TIMESTAMP_LTZ texts and windows: a name, UTC, or GMT+08:00; default: the machine's", 0 },
    { "table.dynamic-table-options.enabled", OPTION_BOOL, "true", NULL, "allow the hint OPTIONS('k'='v')", 0 },
    { "table.exec.state.ttl", OPTION_DURATION, "0 ms", NULL,
      "state of a GROUP BY without window that was not written for so long is dropped; 0 keeps it", 0 },
    { "table.exec.source.idle-timeout", OPTION_DURATION, "0 ms", NULL,
      "a source split without rows for so long no longer holds the watermark back; 0: off", 0 },
    { "table.exec.sink.not-null-enforcer", OPTION_ENUM, "ERROR", "ERROR|DROP",
      "a NULL for a NOT NULL column stops the job, or the row is dropped", 0 },
    { "table.exec.sink.require-on-conflict", OPTION_BOOL, "true", NULL,
      "an INSERT whose key is not the table's PRIMARY KEY needs ON CONFLICT", 0 },
    { "pipeline.auto-watermark-interval", OPTION_DURATION, "200 ms", NULL,
      "when watermarks are looked at; here they advance with every row, so results never depend on it", NO_EFFECT },
    /* ---- checkpoints ---- */
    { "execution.checkpointing.dir", OPTION_STRING, NULL, NULL,
      "the folder that jobs keep their state in, and go on from when they are started again; without it no checkpoints are taken", 0 },
    { "execution.checkpointing.savepoint-dir", OPTION_STRING, NULL, NULL,
      "savepoints are made below this folder, each in one of its own (savepoint-<job>-<random>)", 0 },
    { "execution.checkpointing.interval", OPTION_DURATION, NULL, NULL,
      "from one checkpoint to the next; 10 s when it is not set; 0: only at the end", 0 },
    { "execution.checkpointing.mode", OPTION_ENUM, "EXACTLY_ONCE", "EXACTLY_ONCE|AT_LEAST_ONCE",
      "AT_LEAST_ONCE: inputs do not wait for each other at a barrier; rows behind it may be in a checkpoint and come again", 0 },
    { "execution.checkpointing.min-pause", OPTION_DURATION, "0 ms", NULL, "at least so long from the end of one to the begin of the next", 0 },
    { "execution.checkpointing.timeout", OPTION_DURATION, "10 min", NULL, "one that is not complete after so long fails the job", 0 },
    { "execution.checkpointing.num-retained", OPTION_INT, "2", NULL, "checkpoints that are kept; at least 2", 0 },
    { "execution.checkpointing.max-concurrent-checkpoints", OPTION_INT, "1", NULL, "always 1", NO_EFFECT },
    { "execution.checkpointing.tolerable-failed-checkpoints", OPTION_INT, "0", NULL,
      "a checkpoint that cannot be written is tried again until execution.checkpointing.timeout", NO_EFFECT },
    { "execution.checkpointing.externalized-checkpoint-retention", OPTION_STRING, "RETAIN_ON_CANCELLATION", NULL,
      "checkpoints always stay", NO_EFFECT },
    { "execution.checkpointing.unaligned.enabled", OPTION_BOOL, "false", NULL, "barriers are aligned", NO_EFFECT },
    { "execution.checkpointing.aligned-checkpoint-timeout", OPTION_DURATION, "0 ms", NULL, "see unaligned.enabled", NO_EFFECT },
    { "execution.checkpointing.incremental", OPTION_BOOL, "true", NULL, "always", NO_EFFECT },
    { "execution.state-recovery.path", OPTION_STRING, NULL, NULL,
      "the next jobs go on from this savepoint or checkpoint (its folder, or an epoch-N.manifest), unless their state directory has checkpoints "
      "of their own", 0 },
    { "execution.state-recovery.claim-mode", OPTION_ENUM, "NO_CLAIM", "NO_CLAIM|CLAIM",
      "CLAIM: what execution.state-recovery.path names is removed when the job has enough checkpoints of its own", 0 },
    { "execution.state-recovery.edited-script", OPTION_ENUM, NULL, "KEEP|MIGRATE|FORCE",
      "what a job may go on from that an edited script has changed. KEEP: only from what is the same; MIGRATE: state whose surroundings "
      "changed, too; FORCE: what is refused begins anew. Not set: MIGRATE for execution.state-recovery.path, KEEP for the job's own state "
      "directory", 0 },
    { "execution.state-recovery.ignore-unclaimed-state", OPTION_BOOL, "false", NULL,
      "state of operators that the job does not have any more is left behind; false: that is an error", 0 },
    { "restart-strategy.type", OPTION_STRING, NULL, NULL,
      "none, fixed-delay, failure-rate, exponential-delay: how a job that takes checkpoints starts again after a failure that may pass (a broker "
      "that is away, a deadlock); exponential-delay when it is not set", 0 },
    { "restart-strategy.fixed-delay.attempts", OPTION_INT, "1", NULL, "starts in all", 0 },
    { "restart-strategy.fixed-delay.delay", OPTION_DURATION, "1 s", NULL, "before each start", 0 },
    { "restart-strategy.failure-rate.max-failures-per-interval", OPTION_INT, "1", NULL, "one more ends the job", 0 },
    { "restart-strategy.failure-rate.failure-rate-interval", OPTION_DURATION, "1 min", NULL, "in which failures are counted", 0 },
    { "restart-strategy.failure-rate.delay", OPTION_DURATION, "1 s", NULL, "before each start", 0 },
    { "restart-strategy.exponential-delay.initial-backoff", OPTION_DURATION, "1 s", NULL, "before the first start", 0 },
    { "restart-strategy.exponential-delay.max-backoff", OPTION_DURATION, "1 min", NULL, "the longest delay", 0 },
    { "restart-strategy.exponential-delay.backoff-multiplier", OPTION_DOUBLE, "1.5", NULL, "from one delay to the next", 0 },
    { "restart-strategy.exponential-delay.reset-backoff-threshold", OPTION_DURATION, "1 h", NULL,
      "so long without a failure, and it begins anew", 0 },
    { "restart-strategy.exponential-delay.jitter-factor", OPTION_DOUBLE, "0.1", NULL, "of the delay, at random, to both sides", 0 },
    { "restart-strategy.exponential-delay.attempts-before-reset-backoff", OPTION_STRING, "infinite", NULL,
      "a number: so many starts without a calm in between", 0 },
    /* ---- tests of what depends on a job ---- */
    { "tidemark.test.fault.mean-records", OPTION_INT, "0", NULL,
      "a job fails on purpose, at records that a Poisson process chooses: one in so many on average; such a failure may pass, so restart-strategy.* "
      "says what follows; 0: never, and it costs nothing", 0 },
    { "tidemark.test.fault.place", OPTION_ENUM, "before", "before|after",
      "before: the record was read and nothing done with it; after: its result was handed to the sink", 0 },
    { "tidemark.test.fault.seed", OPTION_INT, NULL, NULL, "the same faults each time; other ones when it is not set", 0 },
    /* ---- the shell ---- */
    { "sql-client.execution.result-mode", OPTION_ENUM, "tableau", "table|changelog|tableau",
      "how the shell shows a query; table and changelog are shown as tableau", 0 },
    { "sql-client.display.print-time-cost", OPTION_BOOL, "true", NULL, "the footer of a result says how long it took", 0 },
    { "sql-client.display.max-column-width", OPTION_INT, NULL, NULL, "old name of table.display.max-column-width", 0 },
    { "table.display.max-column-width", OPTION_INT, "30", NULL, "longer cells are cut in the table layout", 0 },
    { "sql-client.execution.max-table-result.rows", OPTION_INT, "1000000", NULL, "of the paged modes", NO_EFFECT },
    { "sql-client.verbose", OPTION_BOOL, "false", NULL, "errors are always shown in full here", NO_EFFECT },
    { "sql-client.display.color-schema", OPTION_STRING, "DEFAULT", NULL, "colours of the prompt", NO_EFFECT },
    { "sql-client.display.show-line-numbers", OPTION_BOOL, "false", NULL, "line numbers at the prompt", NO_EFFECT },
    /* ---- keys of a cluster that mean nothing in one process ---- */
    { "pipeline.max-parallelism", OPTION_INT, "-1", NULL, "state is kept in 128 key groups", NO_EFFECT },
    { "pipeline.object-reuse", OPTION_BOOL, "false", NULL, "rows are columns here", NO_EFFECT },
    { "pipeline.operator-chaining.enabled", OPTION_BOOL, "true", NULL, "operators are always chained", NO_EFFECT },
    { "table.exec.mini-batch.enabled", OPTION_BOOL, "false", NULL, "rows are always worked in batches", NO_EFFECT },
    { "table.exec.mini-batch.allow-latency", OPTION_DURATION, "0 ms", NULL, "see table.exec.mini-batch.enabled", NO_EFFECT },
    { "table.exec.mini-batch.size", OPTION_INT, "-1", NULL, "see table.exec.mini-batch.enabled", NO_EFFECT },
    { "table.optimizer.agg-phase-strategy", OPTION_ENUM, "AUTO", "AUTO|ONE_PHASE|TWO_PHASE", "chosen by itself", NO_EFFECT },
    { "table.optimizer.distinct-agg.split.enabled", OPTION_BOOL, "false", NULL, "chosen by itself", NO_EFFECT },
    { "execution.buffer-timeout.interval", OPTION_DURATION, "100 ms", NULL, "partial batches go on after 5 ms", NO_EFFECT },
    { "execution.target", OPTION_STRING, NULL, NULL, "jobs run in this process", NO_EFFECT },
    { "state.backend.type", OPTION_STRING, "hashmap", NULL, "state is in memory", NO_EFFECT },
    { 0 },
};

static Status check_zone(Str name, Span span, Error *err)
{
    if (str_is_nocase(name, "default"))
        return STATUS_OK;
    Arena *scratch = arena_create();
    const Zone *zone;
    Status status = zone_load(scratch, name, &zone, err);
    arena_destroy(scratch);
    return status == STATUS_OK ? STATUS_OK : error_at(err, span);
}

Status setting_check(Str key, Str value, Span span, Error *err)
{
    if (str_is(key, "table.local-time-zone"))
        return check_zone(value, span, err);
    const Option *row = option_find(setting_rows, key);
    return row ? option_check(row, key, value, span, err) : STATUS_OK;
}

Str settings_str(Settings settings, const char *key)
{
    Str name = str_from(key);
    Str value = map_get_str(settings.session, name);
    if (!value.ptr)
        value = map_get_str(settings.engine, name);
    if (value.ptr)
        return value;
    const Option *row = option_find(setting_rows, name);
    return row && row->default_value ? str_from(row->default_value) : (Str){ 0 };
}

bool settings_bool(Settings settings, const char *key)
{
    return str_is_nocase(settings_str(settings, key), "true");
}

int64_t settings_i64(Settings settings, const char *key)
{
    const Map *where = map_has(settings.session, str_from(key)) ? settings.session : settings.engine;
    return option_i64(setting_rows, where, key);
}

double settings_f64(Settings settings, const char *key)
{
    const Map *where = map_has(settings.session, str_from(key)) ? settings.session : settings.engine;
    return option_double(setting_rows, where, key);
}

Map *settings_merge(Arena *arena, Settings settings)
{
    Map *merged = map_copy_str(arena, settings.engine);
    for (int64_t i = 0; i < settings.session->count; i++)
        map_put_str(merged, settings.session->entries[i].key, map_entry_str(&settings.session->entries[i]));
    return merged;
}

void settings_document(Text *out)
{
    text_puts(out, "## Session settings\n\n`SET 'key' = 'value'`, `-D key=value`, or `tide_config_set`. A key that is not here is kept and "
                   "shown, and has no effect.\n\n| key | default | values | meaning |\n|---|---|---|---|\n");
    for (const Option *row = setting_rows; row->key; row++) {
        text_printf(out, "| `%s` | %s | ", row->key, row->default_value ? row->default_value : "");
        Str rest = row->values ? str_from(row->values) : STR_EMPTY, value;
        for (bool is_first = true; str_split(&rest, '|', &value); is_first = false)
            text_printf(out, "%s%.*s", is_first ? "" : ", ", STR_FMT(value));
        text_printf(out, " | %s%s |\n", row->flags & OPTION_IGNORED ? "No effect: " : "", row->doc);
    }
}
