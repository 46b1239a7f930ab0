/* tidemark.h: the C API of Tidemark, a continuous query engine that runs Flink SQL inside your process.
 *
 * A first program:
 *
 *     tide_engine *engine;
 *     tide_session *session;
 *     tide_error *err = NULL;
 *     if (tide_open(NULL, &engine, &err) || tide_session_open(engine, &session, &err))
 *         return fprintf(stderr, "%s\n", tide_error_message(err)), 1;
 *
 *     tide_result *result;
 *     if (tide_execute(session, "SELECT 1 + 1 AS two", TIDE_NUL_TERMINATED, &result, &err))
 *         ...
 *     tide_batch *batch;
 *     while (tide_result_next(result, -1, &batch, &err) == TIDE_ROWS) {
 *         for (int64_t row = 0; row < tide_batch_rows(batch); row++)
 *             puts(tide_batch_text(batch, row, 0, TIDE_TEXT_CAST, NULL));
 *         tide_batch_release(batch);
 *     }
 *     tide_result_close(result);
 *     tide_session_close(session);
 *     tide_close(engine);
 *
 * Rules that hold everywhere
 *   Errors    What can fail returns a tide_status and takes a last parameter tide_error **err. err may be NULL; else it is set when
 *             the status is an error (>= TIDE_E_FIRST) and untouched otherwise. Free it with tide_error_free. One error object
 *             belongs to one call: there is no "last error".
 *   Threads   tide_engine and tide_job: any thread. A session, script, result, batch or writer: one thread at a time. Two engines in one
 *             process do not know of each other: there is no global state. Not usable in a child after fork().
 *   Memory    Handles are opaque and owned by the caller, who closes them; children before parents. Strings that a function returns
 *             belong to the handle and live until the handle is closed or, where said, until the next call on it.
 *   Text      UTF-8. Sizes are in bytes, time in milliseconds unless a name says otherwise, row and column numbers from 0; lines and
 *             columns of SQL text from 1, columns counted in code points.
 *   Growth    Structures that the caller allocates start with struct_size = sizeof(structure). Later releases only add. */
#ifndef TIDEMARK_H
#define TIDEMARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(TIDE_BUILD)
#define TIDE_API __attribute__((visibility("default")))
#else
#define TIDE_API
#endif

#define TIDE_VERSION_MAJOR 0
#define TIDE_VERSION_MINOR 1
#define TIDE_VERSION_PATCH 0
#define TIDE_NUL_TERMINATED ((size_t)-1) /* as a text size: up to the NUL */

/* "0.1.0": of the library that is loaded. */
TIDE_API const char *tide_version(void);

/* ---- status and errors ------------------------------------------------------------------------------------------- */

typedef enum tide_status {
    TIDE_OK        = 0,
    TIDE_ROWS      = 1, /* a batch was handed out */
    TIDE_DONE      = 2, /* no more: end of rows, of statements */
    TIDE_TIMEOUT   = 3, /* nothing within the time given */
    TIDE_CANCELLED = 4, /* the query was cancelled */

    TIDE_E_FIRST       = 16,
    TIDE_E_PARSE       = 16, /* the text is not SQL of the dialect */
    TIDE_E_VALIDATE    = 17, /* unknown names, wrong types, bad options: found while planning */
    TIDE_E_UNSUPPORTED = 18, /* good SQL that this version does not execute */
    TIDE_E_EXECUTE     = 19, /* a job failed: bad data, arithmetic, a constraint */
    TIDE_E_IO          = 20, /* a file, a socket, a broker failed */
    TIDE_E_CONNECT     = 21, /* a server cannot be reached, or refuses us */
    TIDE_E_NO_MEMORY   = 22,
    TIDE_E_LIMIT       = 23, /* a documented maximum */
    TIDE_E_MISUSE      = 24, /* a call that the rules above forbid, an unknown configuration key */
    TIDE_E_INTERNAL    = 25  /* a bug of ours */
} tide_status;

/* "TIDE_E_PARSE" */
TIDE_API const char *tide_status_name(tide_status status);

typedef struct tide_error tide_error;

TIDE_API tide_status tide_error_status(const tide_error *err);
/* One or more lines: what was found, what was expected. */
TIDE_API const char *tide_error_message(const tide_error *err);
/* The next step, such as: did you mean `user_id`?  "" when there is none. */
TIDE_API const char *tide_error_hint(const tide_error *err);

typedef struct tide_position {
    size_t  struct_size;
    int64_t line, column;         /* of the first character, from 1; 0 = no place in the SQL */
    int64_t end_line, end_column; /* behind the last character */
    int64_t start, end;           /* bytes of the text */
} tide_position;
TIDE_API void tide_error_position(const tide_error *err, tide_position *out);
/* "file:line:column: error: message", the source line with a caret run, and the hint, ready to print. */
TIDE_API const char *tide_error_render(const tide_error *err);
/* NULL is allowed. */
TIDE_API void tide_error_free(tide_error *err);

/* ---- configuration and engine -------------------------------------------------------------------------------------- */

typedef struct tide_config  tide_config;
typedef struct tide_engine  tide_engine;
typedef struct tide_session tide_session;

TIDE_API tide_config *tide_config_new(void);
/* Any key of docs/options.md: session keys become the defaults of every session ("parallelism.default"); the engine's own are
 *     tidemark.embedded-kafka   true: start a broker inside the process; every kafka table uses it, whatever its servers
 *     tidemark.batch-rows       rows a source hands on at a time (2048)
 *     tidemark.workers          threads per job (0 = one per core, at most the parallelism) */
TIDE_API tide_status tide_config_set(tide_config *config, const char *key, const char *value, tide_error **err);
/* Called from engine threads with one line for a person (a broker that is away, a retry). Default: nothing. */
TIDE_API void tide_config_on_notice(tide_config *config, void (*notice)(void *context, const char *line), void *context);
TIDE_API void tide_config_free(tide_config *config);

/* config may be NULL, and may be freed afterwards. */
TIDE_API tide_status tide_open(const tide_config *config, tide_engine **out, tide_error **err);
/* Cancels what still runs. Sessions and results must be closed and jobs released before. */
TIDE_API void tide_close(tide_engine *engine);
/* Bootstrap servers of the embedded broker, "" when there is none. */
TIDE_API const char *tide_embedded_kafka(const tide_engine *engine);

/* ---- sessions and statements --------------------------------------------------------------------------------------- */

/* A session has its catalog (tables, views), its settings, its current catalog and database. */
TIDE_API tide_status tide_session_open(tide_engine *engine, tide_session **out, tide_error **err);
TIDE_API void        tide_session_close(tide_session *session);
/* As SET 'key' = 'value'. */
TIDE_API tide_status tide_session_set(tide_session *session, const char *key, const char *value, tide_error **err);
/* The value in force, default included; NULL for a key without one. Until the next call on the session. */
TIDE_API const char *tide_session_get(tide_session *session, const char *key);
/* ${NAME} in scripts; without it the environment is asked, then ${NAME:-default} gives the default. */
TIDE_API void tide_session_variable(tide_session *session, const char *name, const char *value);

typedef struct tide_result tide_result;
typedef struct tide_script tide_script;
typedef struct tide_job    tide_job;
typedef struct tide_batch  tide_batch;

/* One statement, with or without its semicolon. A query or INSERT returns at once, its job running. */
TIDE_API tide_status tide_execute(tide_session *session, const char *sql, size_t size, tide_result **out, tide_error **err);

/* Many statements: pull them one by one. name is for error messages ("job.sql"); the text is copied, with ${...} replaced
 * when has_variables. */
TIDE_API tide_status tide_script_open(tide_session *session, const char *name, const char *sql, size_t size, bool has_variables,
                                      tide_script **out, tide_error **err);
/* Executes the next statement: TIDE_OK with its result, TIDE_DONE behind the last, or its error (the next call goes on behind it). */
TIDE_API tide_status tide_script_next(tide_script *script, tide_result **out, tide_error **err);
/* Parses and plans the next statement without running it; definitions take effect in the session, so that later statements find their
 * tables. language_only: connectors, formats, catalogs and functions that live elsewhere are planned as if they were here. */
TIDE_API tide_status tide_script_check(tide_script *script, bool language_only, tide_error **err);

typedef struct tide_statement {
    size_t      struct_size;
    int64_t     index;  /* from 1; a statement set is one statement */
    int64_t     line, column;
    const char *kind;   /* "CREATE TABLE"; "UNKNOWN" when its text could not be parsed that far */
    bool        is_incomplete; /* its error is only that the text ended */
} tide_statement;
/* About the statement of the last tide_script_next or tide_script_check. */
TIDE_API void tide_script_statement(const tide_script *script, tide_statement *out);
TIDE_API void tide_script_close(tide_script *script);

/* Is every statement in the text closed by its semicolon? For shells. */
TIDE_API bool tide_is_complete(const char *sql, size_t size);

/* ---- results --------------------------------------------------------------------------------------------------------- */

typedef enum tide_result_kind {
    TIDE_RESULT_OK,    /* a definition or setting: done, no rows */
    TIDE_RESULT_TABLE, /* SHOW, DESCRIBE, EXPLAIN, SET: rows that are there already */
    TIDE_RESULT_QUERY, /* SELECT: rows come from a running job */
    TIDE_RESULT_JOB,   /* INSERT: a job was started, no rows */
    TIDE_RESULT_CLIENT /* HELP, QUIT, CLEAR: for the shell to act on; see tide_result_text */
} tide_result_kind;

TIDE_API tide_result_kind tide_result_kind_of(const tide_result *result);
/* QUERY: the changelog may hold more than inserts, so batches have kinds. */
TIDE_API bool             tide_result_is_changelog(const tide_result *result);
/* QUERY: execution.runtime-mode was batch. */
TIDE_API bool             tide_result_is_batch(const tide_result *result);
/* CLIENT: "HELP", "QUIT", "CLEAR". OK: "" or a note for the person. */
TIDE_API const char      *tide_result_text(const tide_result *result);
TIDE_API int32_t          tide_result_column_count(const tide_result *result);
TIDE_API const char      *tide_result_column_name(const tide_result *result, int32_t column);
/* "DECIMAL(10, 2) NOT NULL" */
TIDE_API const char      *tide_result_column_type(const tide_result *result, int32_t column);
/* Width of the column in the dialect's table layout (name and widest value of the type), for unbounded results. */
TIDE_API int32_t          tide_result_column_width(const tide_result *result, int32_t column, int32_t width_max);
/* QUERY and JOB: the job, valid while the result is open (tide_job_hold to keep it); else NULL. */
TIDE_API tide_job        *tide_result_job(const tide_result *result);

/* TIDE_ROWS with a batch that the caller releases; TIDE_DONE at the end; TIDE_TIMEOUT after timeout_ms (-1 = wait);
 * TIDE_CANCELLED; or the error that stopped the job. A reader that does not read slows the query down; nothing grows. */
TIDE_API tide_status tide_result_next(tide_result *result, int64_t timeout_ms, tide_batch **out, tide_error **err);
/* Cancels a QUERY that still runs; a JOB goes on. */
TIDE_API void tide_result_close(tide_result *result);

/* The kinds of a changelog row. */
typedef enum tide_op { TIDE_INSERT = 0, TIDE_UPDATE_BEFORE = 1, TIDE_UPDATE_AFTER = 2, TIDE_DELETE = 3 } tide_op;

typedef enum tide_text_style {
    TIDE_TEXT_CAST, /* CAST(value AS STRING) */
    TIDE_TEXT_CELL, /* a cell of the table layout: as CAST, bytes as x'..' */
    TIDE_TEXT_JSON  /* a JSON value: numbers (NaN and infinities as strings), true, false; ARRAY, MAP and ROW as arrays and objects;
                     * else a string, as CAST */
} tide_text_style;

TIDE_API int64_t tide_batch_rows(const tide_batch *batch);
TIDE_API tide_op tide_batch_op(const tide_batch *batch, int64_t row);
TIDE_API bool    tide_batch_is_null(const tide_batch *batch, int64_t row, int32_t column);
/* The value as text, NULL for NULL; until the next call on the batch. size may be NULL. */
TIDE_API const char *tide_batch_text(tide_batch *batch, int64_t row, int32_t column, tide_text_style style, size_t *size);
TIDE_API void    tide_batch_release(tide_batch *batch);

/* ---- Arrow C data interface (https://arrow.apache.org/docs/format/CDataInterface.html) ---------------------------------- */

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE           2
#define ARROW_FLAG_MAP_KEYS_SORTED    4
struct ArrowSchema {
    const char          *format;
    const char          *name;
    const char          *metadata;
    int64_t              flags;
    int64_t              n_children;
    struct ArrowSchema **children;
    struct ArrowSchema  *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};
struct ArrowArray {
    int64_t             length;
    int64_t             null_count;
    int64_t             offset;
    int64_t             n_buffers;
    int64_t             n_children;
    const void        **buffers;
    struct ArrowArray **children;
    struct ArrowArray  *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};
#endif

/* The columns as an Arrow struct type. A changelog has a first column "$op" (int8: tide_op). Texts are utf8 ("u"), DECIMAL is
 * decimal128, TIMESTAMP(p) is timestamp[ms] for p <= 3, [us] for p <= 6, [ns] else (out of range: TIDE_E_EXECUTE at export);
 * TIMESTAMP_LTZ carries the zone "UTC". */
TIDE_API tide_status tide_result_schema(const tide_result *result, struct ArrowSchema *out, tide_error **err);
/* The rows of the batch as an Arrow struct array of that schema. The array is the caller's (call its release); it stays valid after
 * tide_batch_release. Fixed-width values are handed over without a copy. */
TIDE_API tide_status tide_batch_export(tide_batch *batch, struct ArrowArray *out, tide_error **err);

/* ---- feeding rows: a table WITH ('connector' = 'push') ------------------------------------------------------------------- */

typedef struct tide_writer tide_writer;

/* table: a name as in SQL. One writer per table at a time; readers of the table see end of input when it is closed. */
TIDE_API tide_status tide_writer_open(tide_session *session, const char *table, tide_writer **out, tide_error **err);
/* One row as texts, NULL for NULL, each read as CAST(text AS type of the column) when gathered rows are handed on: by
 * tide_writer_flush, or here, waiting for room, when 2048 are gathered. A text that cannot be read is an error then; the rows
 * gathered with it are dropped. */
TIDE_API tide_status tide_writer_row(tide_writer *writer, tide_op op, const char *const *values, int32_t count, tide_error **err);
/* Many rows: an Arrow struct array with the table's columns in order, types as tide_result_schema gives them. The array is moved in
 * (released by the engine) unless an error is returned. */
TIDE_API tide_status tide_writer_batch(tide_writer *writer, struct ArrowArray *rows, const struct ArrowSchema *schema, tide_error **err);
/* Event time has come to this: no earlier rows will follow. ms since 1970. Only for tables without WATERMARK. */
TIDE_API tide_status tide_writer_watermark(tide_writer *writer, int64_t watermark_ms, tide_error **err);
/* Hands gathered rows to the engine. TIDE_TIMEOUT when the queue stays full for timeout_ms (-1 = wait): call again. */
TIDE_API tide_status tide_writer_flush(tide_writer *writer, int64_t timeout_ms, tide_error **err);
/* Flushes and ends the input. Waits for room while the table is read; what finds no room and no reader is dropped. */
TIDE_API void tide_writer_close(tide_writer *writer);

/* ---- jobs ------------------------------------------------------------------------------------------------------------------ */

typedef enum tide_job_state {
    TIDE_JOB_CREATED, TIDE_JOB_RUNNING, TIDE_JOB_STOPPING, TIDE_JOB_FINISHED, TIDE_JOB_CANCELLED, TIDE_JOB_FAILED
} tide_job_state;

/* Jobs of the engine, running ones and ended ones that are still held: up to capacity handles into out, each to be released.
 * Returns how many there are. */
TIDE_API int64_t tide_job_list(tide_engine *engine, tide_job **out, int64_t capacity);
TIDE_API tide_job *tide_job_hold(tide_job *job);
TIDE_API void tide_job_release(tide_job *job);
/* 32 hex digits. */
TIDE_API const char *tide_job_id(const tide_job *job);
TIDE_API const char *tide_job_name(const tide_job *job);
TIDE_API tide_job_state tide_job_state_of(const tide_job *job);
TIDE_API const char *tide_job_state_name(tide_job_state state);
/* Milliseconds since 1970. */
TIDE_API int64_t tide_job_started_ms(const tide_job *job);
/* TIDE_OK: finished. TIDE_TIMEOUT: still running. TIDE_CANCELLED. Else the error it failed with. */
TIDE_API tide_status tide_job_wait(tide_job *job, int64_t timeout_ms, tide_error **err);
/* At once. */
TIDE_API void tide_job_cancel(tide_job *job);
/* Sources stop, what was read is worked off and flushed; drain: open windows give their results too. Does not wait. */
TIDE_API void tide_job_stop(tide_job *job, bool drain);

/* The folder that the job keeps its checkpoints in, "DIR/job-1"; "" for a job without a state directory. Until the job is released. */
TIDE_API const char *tide_job_state_folder(const tide_job *job);
/* Takes a savepoint: a whole checkpoint in a folder of its own below directory (created when it is not there; NULL: what
 * execution.checkpointing.savepoint-dir was when the job was started), which nothing removes and a job can begin from
 * (execution.state-recovery.path). Exactly-once sinks have committed its epoch. *path: its folder, until the job is released. The job goes
 * on; also when an error is returned. Waits; one savepoint of a job at a time. Needs a state directory. */
TIDE_API tide_status tide_job_savepoint(tide_job *job, const char *directory, const char **path, tide_error **err);
/* The same, and the job ends as FINISHED with nothing behind the savepoint read or written. drain: first all input that was read is worked
 * off and all open windows give their results; a job that begins from that savepoint has nothing to do. Waits until the job has ended. On
 * an error the job goes on, but for a drained one, which has ended with a last checkpoint. */
TIDE_API tide_status tide_job_stop_with_savepoint(tide_job *job, bool drain, const char *directory, const char **path, tide_error **err);

typedef struct tide_job_stats {
    size_t  struct_size;
    int64_t rows_in, rows_out, late, bad;
    int64_t state_bytes;
    int64_t elapsed_ms;
    int64_t watermark_ms;  /* INT64_MIN: none yet */
    int64_t done, total;   /* of bounded input, in one unit; -1 = unknown */
    int64_t failed;        /* rows dropped, and values made NULL, because an expression failed for them ('scan.error-policy') */
    int64_t refused;       /* rows that a sink may not take: a NULL for a NOT NULL column */
    int64_t future;        /* rows too far ahead of the clock to move the watermark */
    int64_t dead_letters;  /* rows written to dead-letter tables; not in rows_out */
    int64_t epoch;         /* of the last complete checkpoint; 0: none yet, -1: the job takes none */
    int64_t final_rows;    /* epoch >= 0: of rows_out, those that no restart writes again or takes back */
    int64_t pause_us;      /* microseconds that a task stood still to save its state for the last checkpoint: of those, the longest */
} tide_job_stats;
TIDE_API void tide_job_stats_of(const tide_job *job, tide_job_stats *out);
/* A short report in lines: rows per table, late and bad rows by reason. Until the job is released. */
TIDE_API const char *tide_job_report(tide_job *job);

/* ---- checkpoints ------------------------------------------------------------------------------------------------------------ */

/* What stands in a folder of checkpoints, as a TABLE: one job's folder, or a state directory with a folder job-1, job-2, ... for each. Nothing is
 * changed and nothing locked, so the folder may belong to a running job. Epoch 0: none given.
 *
 * list: newest first; `written` are the bytes that are new in it, `problem` says why its manifest cannot be used. */
TIDE_API tide_status tide_checkpoint_list(tide_session *session, const char *folder, tide_result **out, tide_error **err);
/* The operators in one, or in the newest of each job. */
TIDE_API tide_status tide_checkpoint_show(tide_session *session, const char *folder, int64_t epoch, tide_result **out, tide_error **err);
/* Positions of the sources in one, or in the newest of each job: a row per split, its position in the connector's own words. */
TIDE_API tide_status tide_checkpoint_splits(tide_session *session, const char *folder, int64_t epoch, tide_result **out, tide_error **err);
/* What operator `number` (tide_checkpoint_show names it first) keeps, as the rows that it would give if its input ended now: groups with their
 * results so far, open windows, rows that wait. At most limit; the columns are the operator's. folder: of one job. The script in the
 * checkpoint is planned for it, so that it must define its tables itself. */
TIDE_API tide_status tide_checkpoint_rows(tide_session *session, const char *folder, int64_t epoch, int32_t number, int64_t limit,
                                          tide_result **out, tide_error **err);
/* Reads every byte of one, or of all. *damaged: how many do not verify; the result says why. */
TIDE_API tide_status tide_checkpoint_verify(tide_session *session, const char *folder, int64_t epoch, int64_t *damaged, tide_result **out,
                                            tide_error **err);

/* Makes a savepoint of one, or of the newest of each job that verifies, below directory: for jobs that do not run. A row per savepoint: job, epoch,
 * savepoint path. */
TIDE_API tide_status tide_checkpoint_export(tide_session *session, const char *folder, int64_t epoch, const char *directory,
                                            tide_result **out, tide_error **err);

/* ---- for tools --------------------------------------------------------------------------------------------------------------- */

/* Candidates for the word at a byte position: keywords, tables, columns, functions, option keys, separated by newlines. Until the
 * next call on the session. */
TIDE_API const char *tide_complete(tide_session *session, const char *sql, size_t size, size_t position);
/* Ends what a job that is gone left open in Kafka: transactions of exactly-once sinks with this 'sink.transactional-id-prefix', of
 * instances 0 .. count-1. Readers of committed records then go on at once, not when the broker gives up on them. Nothing is lost: a job
 * that is started again writes what is missing. A job that is alive is shut out by this and stops. properties: names and values in turn,
 * as after 'properties.' in a table, NULL at the end; "bootstrap.servers" is needed. Waits for the broker. */
TIDE_API tide_status tide_kafka_abort(tide_engine *engine, const char *prefix, int32_t count, const char *const *properties,
                                      tide_error **err);
/* Generated reference pages in Markdown: "functions", "options", "keywords"; NULL for another name. Until the engine closes. */
TIDE_API const char *tide_document(tide_engine *engine, const char *name);

#ifdef __cplusplus
}
#endif
#endif
