/* connector.h: what a connector is: where rows come from and where they go.
 *
 * A connector lives in connectors/<name>/ and exports one `const Connector connector_<name>`, named in connectors.def:
 * CONNECTOR(name). Sources turn bytes into columns once, sinks turn columns into bytes once; nothing between them sees a format.
 *
 * Threads: all calls on one Source or Sink come from the task that owns it. A library that blocks gets an I/O thread of its own inside
 * the connector, behind a core/queue.h ring, and signals spec->wakeup when there is something to do again. */
#ifndef CONNECTORS_CONNECTOR_H
#define CONNECTORS_CONNECTOR_H

#include "core/env.h"
#include "core/option.h"
#include "data/batch.h"
#include "data/calendar.h"

/* ---- what a connector is told ---------------------------------------------------------------------------------- */

typedef struct TableColumn {
    Str         name;
    const Type *type;
    Str         metadata_key; /* {NULL, 0} = a physical column */
    bool        is_virtual;   /* METADATA ... VIRTUAL: not written by sinks */
} TableColumn;

/* A table as its connector sees it: computed columns are the planner's business and are left out. */
typedef struct TableSpec {
    Str                path;    /* default_catalog.default_database.t, for messages */
    Str                name;
    const TableColumn *columns;
    int32_t            column_count;
    const int32_t     *primary_key; /* indexes into columns */
    int32_t            primary_key_count;
    const int32_t     *partition_keys; /* PARTITIONED BY */
    int32_t            partition_key_count;
    const Map         *options; /* all of WITH, hints merged in; without nothing but 'connector' removed */
    Span               span;    /* of the table's name where it is used, for errors */
} TableSpec;

/* What becomes of a row of a table that cannot be read, computed or written: 'scan.error-policy'. */
typedef enum ErrorPolicy {
    ERROR_POLICY_FAIL,       /* the job ends with the error */
    ERROR_POLICY_SKIP,       /* the row is dropped and counted */
    ERROR_POLICY_NULL,       /* the value is NULL and counted; a record that is none at all is dropped */
    ERROR_POLICY_DEAD_LETTER /* the row goes to the dead-letter table (connectors/reject.h) and is counted */
} ErrorPolicy;
/* Of the options of a table, which have been checked. */
ErrorPolicy error_policy_of(const Map *options);

/* Counters of one source or sink, written by its task once per batch, read by anybody (relaxed). */
typedef enum BadReason { BAD_SYNTAX, BAD_TYPE, BAD_RANGE, BAD_MISSING, BAD_UTF8, BAD_TOO_LARGE, BAD_TOO_DEEP, BAD_REASON_COUNT } BadReason;
const char *bad_reason_text(BadReason reason);
typedef struct IoCounters {
    _Atomic int64_t rows;
    _Atomic int64_t bytes;
    _Atomic int64_t bad[BAD_REASON_COUNT];
    _Atomic int64_t pending; /* source: records or bytes known to wait; -1 = unknown */
    _Atomic int64_t total;   /* bounded source: rows or bytes in all, for progress; -1 = unknown */
    _Atomic int64_t done;    /* ... and how much of it is read */
    _Atomic int64_t has_checksum; /* sink: 1 = it keeps the checksum below, a sum over tasks too */
    _Atomic int64_t checksum;
} IoCounters;

/* Only the owning task writes, so a plain load and store are enough. */
static inline void io_add(_Atomic int64_t *counter, int64_t more)
{
    __atomic_store_n((int64_t *)counter, __atomic_load_n((int64_t *)counter, __ATOMIC_RELAXED) + more, __ATOMIC_RELAXED);
}
static inline void io_set(_Atomic int64_t *counter, int64_t value)
{
    __atomic_store_n((int64_t *)counter, value, __ATOMIC_RELAXED);
}

typedef struct PushChannel PushChannel; /* connectors/push/push.h */
typedef struct KafkaEmbedded KafkaEmbedded; /* connectors/kafka/kafka_embedded.h */

/* Services of the engine that owns the job. */
typedef struct ConnectorHost {
    void *state;
    /* The channel behind a table WITH ('connector' = 'push'); created at first use. */
    PushChannel *(*push_channel)(void *state, Str table_path);
    /* Not empty: every kafka table talks to these bootstrap servers (--embedded-kafka). */
    Str   kafka_servers;
    /* The broker behind them when it is in this process: tables create their topics on it. May be NULL. */
    KafkaEmbedded *kafka_embedded;
    /* One line for the person: "kafka 127.0.0.1:9092: connection refused, trying again". Rate limiting is the caller's. */
    void (*notice)(void *state, Str line);
} ConnectorHost;

typedef struct IoSpec {
    const TableSpec     *table;
    Arena               *arena;      /* lives as long as the source or sink */
    const int32_t       *columns;    /* source: the wanted table columns, in the order of the batch's columns.
                                        sink: table column of each column of the batches */
    int32_t              column_count;
    const FieldSet      *fields;     /* source: of a ROW among columns, the fields that somebody reads; the others may be NULL (constant,
                                        say). NULL = all of every column */
    int32_t              task_index; /* this task among task_count that share the table's splits */
    int32_t              task_count;
    bool                 is_batch;   /* execution.runtime-mode = batch */
    const Clock         *clock;
    const Zone          *zone;
    Wakeup              *wakeup;     /* of the worker that steps the task */
    IoCounters          *counters;
    const ConnectorHost *host;
    Str                  job_name;
    int32_t              rowtime;    /* sink: column with event time for record timestamps, -1 = none */
    bool                 has_epochs; /* the job takes checkpoints: sinks are asked to seal and commit */
    Str                  job_id;     /* has_epochs: the same for every run of the job from its state directory: [0-9a-f]{32} */
    int32_t              sink_number; /* has_epochs: which sink of the job; the same in every run of it */
    /* Sink with epochs: the open epoch has grown large, a checkpoint should come early. Any thread; may be called again. */
    void               (*hurry)(void *context);
    void                *hurry_context;
    ErrorPolicy          error_policy; /* source */
    bool                 is_general;   /* source: no faster ways for usual records; tests compare */
} IoSpec;

/* ---- sources --------------------------------------------------------------------------------------------------- */

typedef enum PollState {
    POLL_ROWS,  /* the batch has rows (or splits ended) */
    POLL_EMPTY, /* nothing at hand; spec->wakeup will be signalled, or poll again after wait_ms */
    POLL_END    /* bounded and all read: no more polls */
} PollState;

/* Rows of one split stand together in a batch; a split may have several runs. */
typedef struct SplitRun {
    int32_t split; /* 0 .. split_count-1: dense, per source instance */
    int32_t rows;
    bool    is_end; /* the split ends behind these rows: it no longer holds the watermark back */
} SplitRun;

#define POLL_RUNS_MAX 256

typedef struct Poll {
    PollState state;
    int64_t   wait_ms;      /* POLL_EMPTY: poll again at the latest after this; -1 = only when woken */
    int32_t   split_count;  /* splits this instance has been given so far; may grow. 0 and not ended: none yet, or none for this instance */
    bool      has_no_splits; /* certain: no split belongs to this instance (now): it must not hold the watermark back */
    int32_t   run_count;
    SplitRun  runs[POLL_RUNS_MAX];
    /* The watermark of a split as the input itself says it (values tables): applied behind the run; TIME_MIN = nothing said. */
    Time      run_watermark[POLL_RUNS_MAX];
    /* With ERROR_POLICY_DEAD_LETTER the records that were refused, as connectors/reject.h lays them out; the caller's from then on. NULL: none.
     * The batch itself then says where its rows come from (batch->origins), if the connector knows. */
    Batch    *rejected;
} Poll;

typedef struct Source Source; /* each connector's own struct */

/* The place of one split in a checkpoint. */
typedef struct SplitPosition {
    Str split;    /* its name, the same in every run: "topic/3", a path. Not empty */
    Str position; /* behind the last polled row (or: all read), in the connector's own words */
} SplitPosition;

typedef struct SourceType {
    /* No network waits here: connect in the background and report through poll. */
    Status (*open)(const IoSpec *spec, Source **out, Error *err);
    /* Fills batch (created by the caller with column_count columns, 0 rows) with up to rows_max rows and says what came. Never blocks. */
    Status (*poll)(Source *source, int64_t rows_max, Batch *batch, Poll *poll, Error *err);
    /* Appends the name and the position of split 0 .. split_count-1 of the last poll. Asked for all of them at a barrier, and for the name
     * alone (position NULL) when a split is first seen: the runtime keeps its watermark under it. */
    void   (*save)(Source *source, int32_t split, Text *name, Text *position);
    /* Between open and the first poll: the positions of all splits of the table, whichever instance saved them, at whichever parallelism:
     * each instance takes those that are its own now. They are copied if they are kept. save and load are NULL for a source that cannot go
     * back: what it had given since the checkpoint is lost (its docs say so). */
    Status (*load)(Source *source, const SplitPosition *positions, int32_t count, Error *err);
    /* The checkpoint that holds the last saved positions is durable (commit offsets to the group). May be NULL. */
    void   (*confirm)(Source *source);
    void   (*close)(Source *source);
    /* Does the table end by itself? */
    bool   (*is_bounded)(const TableSpec *table);
    /* Rows without event time pass (Flink pushes the watermark down into this source), or stop the job (Flink puts a watermark assigner
     * behind it, which also sends no watermark before 1970). */
    bool   pushes_watermark;
    /* Rows may carry kinds other than +I. NULL: never. */
    bool   (*is_changelog)(const TableSpec *table);
} SourceType;

/* ---- sinks ----------------------------------------------------------------------------------------------------- */

typedef struct Sink Sink;

typedef enum SinkMode { SINK_APPEND, SINK_UPSERT, SINK_ALL /* wants -U too */ } SinkMode;

/* Epochs: how a sink gives every result exactly once.
 *
 *     write write seal(7) write ... [checkpoint 7 is durable] commit(7) commit(7) ... done   write ... seal(8)
 *
 * What is written between two seals is one epoch. It must stay invisible outside until commit. The rule is roll-forward: the number of the
 * epoch travels in the same atomic write as its data, and the checkpoint keeps the output of an epoch that is not known to be committed, so
 * that any later process can ask the other side which epoch it holds and write again what it lacks. At most one sealed epoch is not
 * committed: the next checkpoint begins only when all sinks are done. A sink that holds more than it wants to calls spec->hurry; while a
 * sealed epoch is not committed it may also take no rows (write gives *taken = 0). */
typedef struct SinkEpoch {
    int64_t epoch;
    int32_t instance; /* the task index of the instance that sealed it: its identity outside (transactional id, epoch row) */
    Str     output;   /* what seal wrote */
} SinkEpoch;

typedef struct SinkRecovery {
    int64_t          restored;   /* epoch of the checkpoint that the job goes on from; 0 = the job's first start: nothing was ever written */
    int64_t          confirmed;  /* the epoch before it that this sink had committed when it was sealed; 0 = none. A sink that has lost its own
                                    marker (expired, dropped) and finds this > 0 cannot know: it says so and fails */
    bool             may_rewind; /* the person chose a checkpoint: a sink that holds a later epoch is no error, its rows will come again */
    const SinkEpoch *epochs;     /* of this instance and of those that it takes over from (another parallelism) */
    int32_t          count;
} SinkRecovery;

typedef struct SinkType {
    Status (*open)(const IoSpec *spec, Sink **out, Error *err);
    /* Takes rows [start, batch->rows), says how many in *taken. Fewer than all: full; the rest is offered again when spec->wakeup is
     * signalled or after a few ms. Never blocks. The batch stays the caller's.
     * STATUS_REFUSED: the rows behind those taken hold one that the other side can never take; none of them was taken. Written again
     * without that row, they go on. A sink that knows which it is takes all rows before it. */
    Status (*write)(Sink *sink, const Batch *batch, int64_t start, int64_t *taken, Error *err);
    /* The column for which write has just refused a row; {NULL, 0} = it was not one column. NULL: that is never known. */
    Str    (*refused_column)(const Sink *sink);
    /* Called again and again until *done: everything written so far has been accepted by the other side. Never blocks. */
    Status (*flush)(Sink *sink, bool *done, Error *err);
    /* After the last flush of a bounded job or a clean stop: make results visible (close and rename files). May be NULL. */
    Status (*finish)(Sink *sink, Error *err);
    void   (*close)(Sink *sink);
    SinkMode (*mode)(const TableSpec *table);
    /* Called by the task between batches (rolling, partial batches, poll of the client library). May be NULL. */
    Status (*tick)(Sink *sink, int64_t now_ms, Error *err);

    /* May one job write both, each by a sink of its own? The two may be the same. NULL: always. */
    Status (*check_beside)(const TableSpec *table, const TableSpec *other, Error *err);

    /* ---- epochs: all NULL, or all there. Asked of only when spec->has_epochs and is_exactly_once(table); every other sink is flushed
     * before an epoch completes, so it is at-least-once. A table that wants exactly-once without has_epochs fails in open. None blocks. */
    bool   (*is_exactly_once)(const TableSpec *table);
    /* Called again and again until *done, after open, before the first write, at every start: shuts out earlier owners of this identity
     * (zombies), asks the other side which epoch it holds, commits those of `recovery` that it lacks. *held: the epoch that it holds then (0 =
     * none). One that is later than recovery->restored is an error unless may_rewind. */
    Status (*recover)(Sink *sink, const SinkRecovery *recovery, bool *done, int64_t *held, Error *err);
    /* At a barrier: what was written since the last seal is this epoch. Appends to out what the checkpoint must hold (nothing = there was
     * nothing, no commit needed). */
    Status (*seal)(Sink *sink, int64_t epoch, Text *out, Error *err);
    /* What seal writes can only be read by a sink with the same columns. */
    bool     saves_columns;
    /* The checkpoint with the sealed epoch is durable: make it visible. Called again and again until *done; rows of the next epoch
     * may be written meanwhile. */
    Status (*commit)(Sink *sink, int64_t epoch, bool *done, Error *err);
} SinkType;

/* ---- the descriptor --------------------------------------------------------------------------------------------- */

typedef struct MetadataColumn {
    const char *key;
    const Type *type;
    bool        is_writable;
    const char *doc;
} MetadataColumn;

typedef struct Connector {
    const char           *name;
    const char           *doc;
    const Option         *options;   /* own keys; those of formats are checked by the format */
    const MetadataColumn *metadata;  /* ends with { 0 }; may be NULL */
    bool                  has_format; /* 'format', 'key.format', 'value.format' */
    bool                  takes_any_format_option; /* keys that the format does not know are passed over, as in the dialect */
    /* What option rows alone cannot say (exclusive keys, offsets syntax). Options are already checked one by one. For a source
     * (is_sink false) or a sink. May be NULL. */
    Status (*check)(const TableSpec *table, bool is_sink, Error *err);
    const SourceType     *source; /* NULL: cannot be read */
    const SinkType       *sink;   /* NULL: cannot be written */
} Connector;

const Connector *connector_find(Str name);
const Connector *connector_at(int64_t index);
int64_t          connector_count(void);
/* Connector's and formats' options, metadata columns and types, for reading or writing: everything that can be said without opening.
 * Done when a statement uses the table, as in the dialect, not at CREATE TABLE. */
Status connector_check(const TableSpec *table, bool is_sink, Error *err);
/* May the key's value be shown? (SHOW CREATE TABLE, EXPLAIN, errors): by the option rows, and by name for pass-through keys. */
bool   option_key_is_secret(Str connector, Str key);
/* Overwrites with '*', byte for byte, what URLs in a text say of secrets: the user-info, and properties with names of secrets
 * (?password=...&...). Whatever shows an option's value or a part of a script calls it. */
void   urls_hide_secrets(char *text, int64_t size);
/* docs/options.md, connectors' half. */
void   connectors_document(Text *out);

#endif
