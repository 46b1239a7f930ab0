/* machine.h: the world that a simulated job lives in: one clock, one chain of throws, one trace, and who is alive.
 *
 * There is one machine at a time, and callbacks without a context (files, named points) find it in `machine`. Everything that happens is
 * traced; the hash over the trace says whether two runs were the same. */
#ifndef TESTS_SIM_MACHINE_H
#define TESTS_SIM_MACHINE_H

#include "core/env.h"
#include "tests/sim/dice.h"

enum { PROCESSES_MAX = 64, VIOLATION_SIZE = 6000 };

/* What the simulated parts do wrong on purpose, so that the checker is seen to find it. */
typedef enum Knob {
    KNOB_NONE,
    KNOB_DISK_LIES,        /* a sync answers at once and writes nothing */
    KNOB_NAMES_LIE,        /* ... one of a directory */
    KNOB_EARLY_COMMIT,     /* sinks commit when they seal, before the checkpoint is durable */
    KNOB_NO_FENCE,         /* the other side lets an old producer go on, and the sink does not look at what it holds */
    KNOB_MARKER_APART,     /* the number of the epoch is written behind its rows, not with them */
    KNOB_FORGETFUL_SINK,   /* at-least-once: flush does not wait for what is on its way */
    KNOB_SOURCE_SKIPS,     /* a source goes on one row too far behind a restore */
    KNOB_CLOCK_IN_TRACE,   /* the machine's own clock gets into the trace: no run is like another */
    KNOB_COUNT
} Knob;
extern const char *const knob_names[KNOB_COUNT];

typedef struct Machine {
    Clock    clock;
    int64_t  now_ms;     /* by the wall clock, which may be set back */
    int64_t  elapsed_ms; /* by the other */
    Dice     dice;
    Knob     knob;
    uint64_t hash;     /* of all that was traced */
    int64_t  events;
    bool     is_shown; /* the trace is printed */
    int32_t  process;  /* whose code runs */
    bool     is_dead[PROCESSES_MAX];    /* nothing that it does has an effect any more */
    bool     is_cut_off[PROCESSES_MAX]; /* it has lost its disk and does not know it */
    bool     is_displaced[PROCESSES_MAX]; /* a call that was late has taken its place at another side: it may stop */
    int64_t  faults_left; /* calls that may still be made to fail */
    int64_t  deaths;      /* of processes, so far */
    int64_t  point_countdown; /* the process dies when it passes so many named points; 0 = at none */
    char     violation[VIOLATION_SIZE]; /* the first; "" = none */
} Machine;
extern Machine *machine;

void machine_start(Machine *machine, uint64_t seed, Knob knob, bool is_shown);
void machine_end(Machine *machine);

static inline bool process_is_dead(void)
{
    return machine->is_dead[machine->process];
}
/* The process whose code runs dies here. */
void process_dies(const char *where);

/* Once in `one_in` calls, as long as there are faults left; 0 = never. */
bool fault(int64_t one_in);

/* The start of a long value, for texts. */
static inline Str shortened(Str value)
{
    return str_slice(value, 0, value.len < 90 ? value.len : 90);
}
void trace(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Into the hash only, for what happens all the time. */
void trace_number(int64_t number);
/* Something was lost, doubled, or shown and taken back. */
void violate(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
