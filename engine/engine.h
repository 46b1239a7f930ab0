/* engine.h: what stands behind the handles of include/tidemark.h.
 *
 * Lifetimes: the engine outlives its sessions; a session's memory (catalog, settings) is counted, because running jobs read
 * names and options of its catalog; a statement's arena holds its trees and its plan, and belongs to its result or, when it
 * started a job, to the job. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "engine/settings.h"
#include "include/tidemark.h"
#include "planner/planner.h"
#include "runtime/job.h"

#include <stdatomic.h>

struct tide_error {
    Error   error;
    Text    rendered;
    int64_t end_line, end_column; /* where the span ends, in code points */
};

struct tide_config {
    Arena *arena;
    Map   *settings;
    void (*notice)(void *context, const char *line);
    void  *notice_context;
};

typedef struct PushEntry {
    Str          path;    /* of the table; "" when the table was defined anew since */
    PushChannel *channel;
    bool         has_writer;
} PushEntry;

struct tide_engine {
    Arena         *arena;
    Map           *settings;
    const Clock   *clock;
    ConnectorHost  host;           /* what all sessions offer: the embedded broker */
    struct KafkaEmbedded *kafka;   /* NULL unless tidemark.embedded-kafka */
    Str            function_dir;   /* absolute; {NULL, 0}: no functions in C */
    void         (*notice)(void *context, const char *line);
    void          *notice_context;
    EnvMutex      *mutex;          /* guards what follows */
    LIST(tide_job *) jobs;         /* one hold each */
    int32_t        state_folders;  /* handed out so far */
    Map           *documents;      /* generated pages by name */
};

/* Memory that sessions and their jobs share. */
typedef struct SessionMemory {
    Arena        *arena;
    atomic_int    holders;
    tide_engine  *engine;
    ConnectorHost host;
    EnvMutex     *mutex;         /* guards what follows */
    Arena        *channel_arena;
    LIST(PushEntry *) channels;
} SessionMemory;

struct tide_session {
    tide_engine   *engine;
    SessionMemory *memory;
    Arena         *arena;     /* memory->arena */
    Catalog       *catalog;
    Map           *settings;  /* what SET changed */
    Map           *variables;
    const Zone    *zone;      /* of zone_name */
    Str            zone_name;
    Text           scratch;   /* of the last call that returned a text */
    void         (*on_plan)(void *context, const PlanJob *plan); /* told of every plan that is only checked; NULL: nobody */
    void          *on_plan_context;
};

struct tide_job {
    tide_engine   *engine;
    SessionMemory *memory;
    Arena         *arena;   /* the statement's: plan, names */
    struct Runner *runner;
    char           id[33];
    Str            name;
    Str            file, source; /* the script, for errors of the running job */
    Str            state_folder;  /* "STATE_DIR/job-1"; empty = it keeps no state */
    Str            savepoint_dir; /* as it was set when the job was started */
    int64_t        started_ms;
    bool           is_query; /* its rows go to a reader, which may not read */
    atomic_int     holders;
    Text           report;
};

struct tide_batch {
    Batch         *batch;
    const Zone    *zone;
    bool           is_changelog;
    SessionMemory *memory;  /* the zone lives there */
    Text           text;
};

struct tide_result {
    SessionMemory   *memory;
    Arena           *arena;     /* owned, unless job owns it */
    tide_result_kind kind;
    Str              text;
    const Field     *fields;
    int32_t          field_count;
    const char     **field_types; /* NUL-terminated texts */
    bool             is_changelog;
    bool             is_batch;
    bool             is_ended;
    Batch           *rows;      /* TABLE: handed out once */
    const Zone      *zone;      /* of its texts: the session's when it was made */
    tide_job        *job;
};

/* ---- errors: error.c ------------------------------------------------------------------------------------------------ */

tide_status status_public(Status status);
/* Hands an Error to the caller's err (if it wants one), with the text its span counts in; returns the public status. */
tide_status error_public(const Error *error, Str file, Str source, tide_error **err);

/* Stars in place of the values of secret options in a script's text: secrets.c. Read once per script, however many errors it has. */
typedef struct Secrets {
    char   *text; /* the script with stars */
    int64_t size;
    LIST(Span) hidden; /* in order */
} Secrets;

/* Lives in arena, which source need not. */
void secrets_hide(Arena *arena, Str source, Secrets *out);
/* In the message of an error whose span counts in that script. */
void secrets_hide_in(const Secrets *secrets, Error *error);
/* As error_public, for one of many errors of a script. */
tide_status error_public_in(const Error *error, Str file, const Secrets *secrets, tide_error **err);

/* ---- engine, sessions: engine.c, session.c ----------------------------------------------------------------------------- */

void session_memory_hold(SessionMemory *memory);
void session_memory_release(SessionMemory *memory);
Settings session_settings(const tide_session *session);
Status session_zone(tide_session *session, const Zone **out, Error *err);
bool   session_is_batch(const tide_session *session);
Status session_put_setting(tide_session *session, Str key, Str value, Span key_span, Span value_span, Error *err);

/* ---- what connectors are offered: channels.c --------------------------------------------------------------------------- */

void session_channels_open(SessionMemory *memory, tide_engine *engine);
void session_channels_close(SessionMemory *memory);
/* The channel of the push table with this path; lives as long as the memory. */
PushEntry *session_channel(SessionMemory *memory, Str path);
/* The table with this path is another one from now on. */
void session_renew_channel(SessionMemory *memory, Str path);

/* ---- jobs: jobs.c -------------------------------------------------------------------------------------------------------- */

/* Starts a plan; the job takes the arena. On an error the arena stays the caller's. */
Status engine_start_job(tide_session *session, Arena *arena, const PlanJob *plan, Str file, Str source, tide_job **out, Error *err);
/* Lets go of the engine's hold at once: what the job reads is free again when its last holder goes. */
void engine_forget_job(tide_job *job);
/* The job with this id, held; NULL when there is none. */
tide_job *engine_find_job(tide_engine *engine, Str id);
tide_status job_status_public(tide_job *job, tide_error **err);

/* ---- statements: statement.c and execute_*.c ------------------------------------------------------------------------------- */

/* What a statement is executed with. */
typedef struct Execution {
    tide_session *session;
    Arena        *arena;         /* of the statement */
    Str           file, source;  /* script name and text */
    PlanContext   plan;
    bool          is_check;      /* plan only; definitions take effect */
    tide_result  *result;        /* to fill */
} Execution;

typedef Status (*Executor)(Execution *execution, const Statement *statement, Error *err);
/* NULL: this version does not execute the statement. */
Executor executor_of(StatementKind kind);

/* Executes (or checks) one parsed statement; takes the arena on success (it moves into the result), leaves it on an error. */
typedef struct StatementMode {
    bool is_check;
    bool language_only;
} StatementMode;
Status statement_execute(tide_session *session, Arena *arena, const Statement *statement, Str file, Str source, StatementMode mode,
                         tide_result **out, Error *err);

/* ---- results: result.c -------------------------------------------------------------------------------------------------------- */

/* A TABLE result, built row by row: all columns are STRING unless said otherwise. */
typedef struct TableBuilder {
    Arena  *arena;
    Field  *fields;
    int32_t field_count;
    LIST(Str) cells; /* row after row; {NULL, 0} is NULL */
} TableBuilder;
TableBuilder table_builder(Arena *arena, const char *const *names, int32_t count);
/* The cells of this column are texts of another type: BOOLEAN (TRUE, FALSE), BIGINT, TIMESTAMP_LTZ(3) (ms since 1970). */
void table_builder_type(TableBuilder *builder, int32_t column, const Type *type);
void table_builder_add(TableBuilder *builder, Str cell);
void result_set_table(tide_result *result, const TableBuilder *builder);
/* TABLE: these rows, which the result takes. Fields lie in its arena. */
void result_set_rows(tide_result *result, const Field *fields, int32_t field_count, Batch *rows);
void result_set_fields(tide_result *result, const Field *fields, int32_t field_count);

#endif
