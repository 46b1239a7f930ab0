/* op.h: what an operator is, and how rows and watermarks pass from one to the next.
 *
 * A task is a tree of operators on one thread: op_emit is a function call into the next operator. All that travels is
 * an Event, and events reach an operator in the order in which they were sent. An operator leaves out what it does not
 * need; left out means "pass it on". One that has its own on_watermark, on_end or on_batch sends on what must go on
 * itself.
 *
 * Nothing here blocks. An operator that cannot go on (a full ring, a busy sink, or a long result of which the next
 * operator has had enough) calls op_block; until its resume has called op_unblock, its events wait in its inbox and the
 * task takes no new input. That is the back-pressure. An operator that emits many batches for one event asks
 * op_can_emit between them. */
#ifndef RUNTIME_OP_H
#define RUNTIME_OP_H

#include "planner/plan.h"
#include "runtime/epochs.h"

typedef struct Op Op;
typedef struct Task Task;
typedef struct Result Result;
typedef struct AlignmentGroup AlignmentGroup;

typedef enum EventKind {
    EVENT_BATCH,
    EVENT_WATERMARK,
    EVENT_BARRIER, /* cuts the stream: every operator saves its state between what is before and what is behind */
    EVENT_IDLE,    /* the sender has nothing to send for now and must not hold the watermark back; any other event ends that */
    EVENT_END      /* the last one */
} EventKind;

typedef struct Event {
    EventKind kind;
    Batch    *batch;     /* BATCH: owned by whoever holds the event */
    Time      watermark; /* WATERMARK */
    int64_t   epoch;     /* BARRIER */
} Event;

/* Counts of one operator instance: written by its task, at most once per batch, read by anybody. */
typedef struct OpCounters {
    _Atomic int64_t late;         /* rows dropped because their window had closed; a source: behind their split's watermark */
    _Atomic int64_t late_max_ms;  /* watermark - time of the row that was latest */
    _Atomic int64_t late_sum_ms;
    _Atomic int64_t null_rowtime; /* rows dropped because they have no event time */
    _Atomic int64_t future;       /* source: rows too far ahead to move the watermark */
    _Atomic int64_t failed;       /* rows dropped, and values made NULL, because an expression failed for them */
    _Atomic int64_t refused;      /* rows that a sink may not take: a NULL for a NOT NULL column */
    _Atomic int64_t state_bytes;
    _Atomic int64_t state_rows;
    _Atomic int64_t watermark;    /* source: the last one sent */
    _Atomic int64_t final_rows;   /* sink of a job with checkpoints: rows of this run that no restart writes again or takes back */
} OpCounters;

/* Only the owning task adds, so a plain load and store are enough. */
static inline void counter_add(_Atomic int64_t *counter, int64_t more)
{
    __atomic_store_n((int64_t *)counter, __atomic_load_n((int64_t *)counter, __ATOMIC_RELAXED) + more,
                     __ATOMIC_RELAXED);
}
static inline void counter_set(_Atomic int64_t *counter, int64_t value)
{
    __atomic_store_n((int64_t *)counter, value, __ATOMIC_RELAXED);
}
static inline int64_t counter_get(const _Atomic int64_t *counter)
{
    return __atomic_load_n((const int64_t *)counter, __ATOMIC_RELAXED);
}

typedef struct OpType {
    const char *name;
    int64_t     state_size; /* op->state: zeroed, lives as long as the operator */
    /* Programs, tables, connections. What must be undone later goes to close, which is called only after open was. */
    Status (*open)(Op *op, Error *err);
    /* A source: brings at most one batch. *progress = false: nothing at hand (op->timer_ms says when to look again). */
    Status (*step)(Op *op, bool *progress, Error *err);
    /* A source: does it know what it is to save? Asked again at every step while it does not; left out: always. */
    bool   (*may_save)(const Op *op);
    Status (*on_batch)(Op *op, Batch *batch, Error *err); /* owns the batch, also when it fails */
    Status (*on_watermark)(Op *op, Time watermark, Error *err);
    Status (*on_timer)(Op *op, int64_t now_ms, Error *err); /* op->timer_ms has come; it is TIME_MAX again */
    Status (*on_idle)(Op *op, Error *err);
    /* Before the state is saved: whatever must be out by then. Calls op_pass_barrier when that is done, here or in resume. */
    Status (*on_barrier)(Op *op, int64_t epoch, Error *err);
    Status (*on_end)(Op *op, Error *err); /* emit what is left, then op_emit_end */
    /* Goes on with what made it block; calls op_unblock when that is done. */
    Status (*resume)(Op *op, Error *err);
    /* State as bytes at a barrier, between what came before and what comes behind; and back, after open and before the first event. NULL: there is
     * none. See runtime/state/snapshot.h. What is saved must do for load at any parallelism; a timer that is needed is set again in load. */
    Status (*save)(Op *op, Snapshot *out, Error *err);
    Status (*load)(Op *op, const SavedState *saved, Error *err);
    /* The checkpoint that holds this state is on disk. */
    Status (*on_durable)(Op *op, int64_t epoch, Error *err);
    /* Sends what is in the state as rows that are added, for people who look at a checkpoint. NULL: the last watermark and the end bring it out. */
    Status (*show)(Op *op, Error *err);
    /* At another parallelism a plan may need fewer operators. What this one had saved for the same plan node comes to load too, behind the
     * operator's own parts, when the job has no such operator any more. NULL: nothing does. */
    const struct OpType *takes_over;
    void   (*close)(Op *op);
} OpType;

typedef enum StopRequest { STOP_NOT, STOP_SOURCES, STOP_DRAIN, STOP_NOW } StopRequest;

/* What all operators of a job share; only `stop` changes while it runs. */
typedef struct OpShared {
    const PlanJob       *plan;
    const Clock         *clock;
    EvalContext          eval;
    const ConnectorHost *host;
    int64_t              batch_rows;
    bool                 is_watermark_read; /* some expression asks for CURRENT_WATERMARK: every batch says what its rows have seen */
    Result              *result;            /* NULL: no sink is the client's */
    Epochs              *epochs;            /* NULL: no checkpoints are taken */
    AlignmentGroup     **alignment;
    int32_t              alignment_count;
    _Atomic int32_t      stop; /* StopRequest */
} OpShared;

struct Op {
    const OpType *type;
    const Plan   *plan;   /* the node it runs */
    const void   *config; /* what the builder tells it besides; see the operator */
    void         *state;
    Task         *task;
    Arena        *arena;  /* the task's */
    OpShared     *shared;
    EvalContext   eval;   /* its own copy: watermark and random seed differ */
    Wakeup       *wakeup; /* of the worker that steps the task */
    OpCounters   *counters;
    IoCounters   *io;     /* what a source or sink counts */
    int32_t       index;                  /* in its task */
    int32_t       number;                 /* of the plan node: what checkpoints and sinks know it by, the same in every run of the job */
    int32_t       task_index, task_count; /* which of how many instances */
    Op          **next;
    int32_t       next_count;
    Op           *rejects;   /* takes the rows that this one refuses, to a dead-letter table (op_reject); NULL: nobody does */
    Time          watermark; /* the last one that reached it */
    int64_t       now_ms;    /* the clock, read once per step */
    int64_t       timer_ms;  /* when on_timer is wanted; TIME_MAX = never */
    bool          is_blocked;
    bool          has_ended; /* END has reached it */
    bool          awaits_epoch; /* a sink behind its END: blocked until a checkpoint says so; barriers pass nevertheless */
    bool          is_open;
    bool          is_reject; /* it is the rejects of another one */
    Event        *inbox;     /* ring of events that arrived while it was blocked */
    int32_t       inbox_first, inbox_count, inbox_capacity;
};

/* To the next operators, in order. op_emit owns the batch; one without rows is dropped. */
Status op_emit(Op *op, Batch *batch, Error *err);
Status op_emit_watermark(Op *op, Time watermark, Error *err);
Status op_emit_idle(Op *op, Error *err);
Status op_emit_end(Op *op, Error *err);
Status op_emit_event(Op *op, const Event *event, Error *err);
/* Saves the operator's state for the epoch and sends the barrier on. */
Status op_pass_barrier(Op *op, int64_t epoch, Error *err);
/* Rows of a dead-letter table (connectors/reject.h): to it, and away when there is none. Barriers and the end follow them by themselves. Owns
 * the batch; NULL is fine. */
Status op_reject(Op *op, Batch *batch, Error *err);
/* false: something below is blocked; stop emitting, op_block, and go on in resume. */
bool   op_can_emit(const Op *op);

/* What was saved of it says that it had ended: it sends END again and takes nothing in. */
Status op_end_again(Op *op, Error *err);

void op_block(Op *op);
void op_unblock(Op *op);

/* Gives the event to the operator now, or puts it behind those that wait. */
Status op_deliver(Op *op, const Event *event, Error *err);
/* Has it something to do that is not a new event? Does it (one resume or one waiting event). */
bool   op_has_work(const Op *op);
Status op_work(Op *op, Error *err);
/* ... and must others wait for it? Not for one that has ended and only waits for a checkpoint: that needs the others to go on. */
static inline bool op_holds_up(const Op *op)
{
    return (op->is_blocked || op->inbox_count > 0) && !op->awaits_epoch;
}
/* Releases waiting batches and closes. */
void   op_close(Op *op);

static inline StopRequest op_stop_request(const Op *op)
{
    return (StopRequest)__atomic_load_n((const int32_t *)&op->shared->stop, __ATOMIC_ACQUIRE);
}

#endif
