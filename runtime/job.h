/* job.h: a running plan: what the engine starts, watches and stops.
 *
 * A job owns its workers (threads), tasks and rings. All functions may be called from any thread unless they say
 * otherwise. */
#ifndef RUNTIME_JOB_H
#define RUNTIME_JOB_H

#include "planner/plan.h"
#include "runtime/checkpoint/checkpoint.h"

typedef struct Job Job;

/* What a job may go on from that does not have the operators of the checkpoint any more: see runtime/verdict.h. */
typedef enum RestoreEdits {
    RESTORE_KEEP,    /* everything must be kept */
    RESTORE_MIGRATE, /* or migrate */
    RESTORE_FORCE    /* what is refused begins anew */
} RestoreEdits;

/* How a job takes checkpoints and what it goes on from. */
typedef struct JobCheckpoints {
    CheckpointStore  *store;       /* the job's alone until it is destroyed; owned by the caller */
    const Checkpoint *restore;     /* NULL = a first start; needed until job_create returns */
    bool              may_rewind;  /* the person chose `restore`: sinks may hold later epochs */
    RestoreEdits      edits;
    bool              tells_verdict; /* of `restore`, even when all is kept */
    bool              ignores_unclaimed; /* state of operators that the job does not have is left behind */
    Str               claimed_directory; /* this checkpoint of another folder is removed when `keep` of the job's own are there; empty = none */
    int64_t           claimed_epoch;
    bool              is_aligned;  /* exactly-once mode */
    int64_t           interval_ms; /* from one begin to the next; 0 = only when a sink asks, and at the end */
    int64_t           pause_ms;    /* from the end of one to the begin of the next, at least */
    int64_t           timeout_ms;  /* a checkpoint that is not complete by then fails the job (retriable) */
    int64_t           keep;        /* checkpoints in the store */
    Str               job_id;      /* [0-9a-f]{32} */
    Str               script;      /* of the job, secrets masked; copied */
} JobCheckpoints;

/* A test of what depends on the job: it fails on purpose, as a Poisson process over the records of each task that reads or writes a table. Such a
 * failure may pass, so the job starts again where it may. */
typedef enum FaultPlace {
    FAULT_BEFORE, /* the record was read, nothing has been done with it */
    FAULT_AFTER   /* it was handed to the sink */
} FaultPlace;

typedef struct JobFaults {
    int64_t    mean_records; /* from one fault to the next; 0 = none: then nothing of this is in the job */
    FaultPlace place;
    uint64_t   seed;         /* the same seed, start and records: the same faults */
    int64_t    start;        /* which start of the job this is, from 0: each draws anew, or none would come past the first fault */
} JobFaults;

typedef struct JobOptions {
    int32_t      parallelism;  /* tasks per keyed operator, >= 1 */
    int32_t      worker_count; /* threads; 0 = min(cores, parallelism) */
    int64_t      batch_rows;   /* rows per source poll; 0 = BATCH_ROWS */
    int64_t      ring_events;  /* events between two tasks; 0 = 16 */
    const Clock *clock;
    EvalContext  eval;         /* zone, clock, query start, database */
    const ConnectorHost *host;
    const JobCheckpoints *checkpoints; /* NULL = none; copied */
    JobFaults    faults;
    /* Called once by a worker thread when the job reaches a final state. May be NULL. */
    void       (*on_end)(void *context, Job *job);
    void        *context;
} JobOptions;

typedef enum JobState { JOB_CREATED, JOB_RUNNING, JOB_STOPPING, JOB_FINISHED, JOB_CANCELLED, JOB_FAILED } JobState;
const char *job_state_text(JobState state); /* "RUNNING" as in SHOW JOBS */
bool job_state_is_final(JobState state);

/* Opens sources and sinks and builds the tasks; nothing runs yet. The plan must outlive the job. */
Status job_create(const PlanJob *plan, const JobOptions *options, Job **out, Error *err);
Status job_start(Job *job, Error *err);
JobState job_state(const Job *job);
/* true when the job is final; false after timeout_ms (-1 = no limit). */
bool   job_wait(Job *job, int64_t timeout_ms);
/* Why it failed: valid when the state is FAILED. */
const Error *job_error(const Job *job);
/* At once, nothing more is written. */
void   job_cancel(Job *job);
/* Sources stop, what they gave is worked off, sinks are flushed and finished. drain: also a final watermark, so that
 * open windows give their results. A job that takes checkpoints takes a last one: with drain it holds a job that has ended, without
 * one that can be gone on with (nothing is worked off or finished then: it is all in the checkpoint, and committed). */
void   job_stop(Job *job, bool drain);

/* What a job does when its savepoint is there. */
typedef enum SavepointThen {
    SAVEPOINT_GO_ON,
    SAVEPOINT_STOP, /* it ends as FINISHED; nothing was read behind the savepoint, and it can be gone on with from there */
    SAVEPOINT_DRAIN /* as job_stop with drain: all windows have given their results; the savepoint is of a job that has ended */
} SavepointThen;
/* Takes a checkpoint, lets the sinks commit it, and writes it once more as a savepoint: into `directory`, which is created and must hold no
 * checkpoints. Waits until all that is done; STOP and DRAIN: the job may not yet be final then. One at a time. When the savepoint cannot be
 * written the job goes on, but for a drained one, which has ended and has its last checkpoint. */
Status job_savepoint(Job *job, Str directory, SavepointThen then, Error *err);
/* Waits for the threads of a job that is final: then nothing of it runs or writes any more. */
void   job_join(Job *job);
/* Cancels if running, waits for the threads, frees. */
void   job_destroy(Job *job);

/* The rows of a SELECT (a PLAN_SINK without table): the next batch, owned by the caller. STATUS_OK with *out = NULL:
 * the end. STATUS_TIMEOUT after timeout_ms (-1 = no limit). One reader at a time. A reader that does not read stops the
 * job by back-pressure. */
Status job_next(Job *job, int64_t timeout_ms, Batch **out, Error *err);

/* One moment's counts, for progress lines, reports and tests. */
typedef struct JobTableStats {
    Str     path;
    bool    is_sink;
    int64_t rows, bytes;
    int64_t bad;                       /* all reasons */
    int64_t bad_by[BAD_REASON_COUNT];
    int64_t null_rowtime;              /* rows without event time that were let through or dropped */
    int64_t future;                    /* rows beyond scan.watermark.max-future */
    int64_t failed;                    /* rows and values that expressions of the scan failed for */
    int64_t refused;                   /* sink: rows it may not take */
    bool    is_dead_letter;            /* sink: of what was refused */
    int64_t final_rows;                /* sink of a job with checkpoints: those that no restart writes again or takes back */
    int64_t late;                      /* rows behind the watermark of their split; an open window may have taken them */
    int64_t late_max_ms, late_sum_ms;  /* by how much */
    int64_t pending, done, total;      /* -1 = unknown */
    bool    has_checksum;              /* a sink that reads every value */
    uint64_t checksum;
    bool    has_watermark;             /* a source with WATERMARK FOR */
    Time    watermark;                 /* the lowest of what is not idle; TIME_MIN = none yet */
} JobTableStats;

typedef struct JobOperatorStats {
    Str     name;       /* "WindowAggregate(id=4)" */
    int64_t late;       /* rows dropped because their window had closed */
    int64_t late_max_ms; /* by how much at most the latest of them was behind */
    int64_t late_sum_ms;
    int64_t failed;     /* rows dropped and values made NULL because an expression failed */
    int64_t state_bytes;
    int64_t state_rows;
} JobOperatorStats;

typedef struct JobCheckpointStats {
    int64_t epoch;       /* the last complete one; 0 = none */
    int64_t count;       /* completed by this run */
    int64_t size;        /* bytes written by the last one */
    int64_t duration_ms; /* of the last one, from begin to committed */
    int64_t failures;    /* writes that had to be tried again */
    int64_t pause_us;    /* for the last one: how long the task that stood still longest did so, to save its state */
} JobCheckpointStats;

typedef struct JobStats {
    bool               has_checkpoints;
    JobCheckpointStats checkpoints;
    int64_t           rows_in, rows_out, late, bad;
    int64_t           final_rows; /* of rows_out */
    int64_t           failed, refused, future, dead_letters; /* rows_out is without the last */
    int64_t           state_bytes;
    int64_t           elapsed_ms;
    Time              watermark;     /* lowest of all sources; TIME_MIN = none */
    JobTableStats    *tables;        /* in arena */
    int32_t           table_count;
    JobOperatorStats *operators;
    int32_t           operator_count;
} JobStats;
void job_stats(const Job *job, Arena *arena, JobStats *out);

#endif
