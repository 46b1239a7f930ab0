/* machine.c: see machine.h. */
#include "tests/sim/machine.h"

#include <stdarg.h>
#include <stdio.h>

Machine *machine;

const char *const knob_names[KNOB_COUNT] = {
    [KNOB_NONE] = "none",
    [KNOB_DISK_LIES] = "disk-lies",
    [KNOB_NAMES_LIE] = "names-lie",
    [KNOB_EARLY_COMMIT] = "early-commit",
    [KNOB_NO_FENCE] = "no-fence",
    [KNOB_MARKER_APART] = "marker-apart",
    [KNOB_FORGETFUL_SINK] = "forgetful-sink",
    [KNOB_SOURCE_SKIPS] = "source-skips",
    [KNOB_CLOCK_IN_TRACE] = "clock-in-trace",
};

static int64_t now_ms(const Clock *clock)
{
    return ((const Machine *)clock)->now_ms;
}

static int64_t monotonic_ns(const Clock *clock)
{
    return ((const Machine *)clock)->elapsed_ms * 1000000;
}

static void fill_random(void *bytes, int64_t size)
{
    char *byte = bytes;
    for (int64_t i = 0; i < size; i++)
        byte[i] = (char)dice_throw(&machine->dice);
}

static void pass_point(const char *name)
{
    if (process_is_dead() || machine->is_cut_off[machine->process])
        return;
    trace("passes %s", name);
    if (machine->point_countdown > 0 && --machine->point_countdown == 0)
        process_dies(name);
}

void machine_start(Machine *self, uint64_t seed, Knob knob, bool is_shown)
{
    *self = (Machine){ .clock = { now_ms, monotonic_ns }, .now_ms = 1700000000000, .dice = { hash_u64(seed) }, .knob = knob,
                       .is_shown = is_shown };
    machine = self;
    env_use_random(fill_random);
    env_use_steps(pass_point);
}

void machine_end(Machine *self)
{
    (void)self;
    env_use_random(NULL);
    env_use_steps(NULL);
    machine = NULL;
}

void process_dies(const char *where)
{
    trace("process %d dies: %s", machine->process, where);
    machine->is_dead[machine->process] = true;
    machine->point_countdown = 0;
    machine->deaths++;
}

bool fault(int64_t one_in)
{
    if (machine->faults_left <= 0 || one_in <= 0 || !dice_one_in(&machine->dice, one_in))
        return false;
    machine->faults_left--;
    return true;
}

void trace_number(int64_t number)
{
    machine->hash = hash_combine(machine->hash, (uint64_t)number);
}

void trace(const char *format, ...)
{
    char    line[1000];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (size >= (int)sizeof(line))
        size = (int)sizeof(line) - 1;
    machine->events++;
    machine->hash = hash_bytes_seed(line, size, machine->hash);
    if (machine->knob == KNOB_CLOCK_IN_TRACE)
        trace_number(clock_monotonic_ns(&env_clock));
    if (machine->is_shown)
        printf("%10lld  %s\n", (long long)(machine->now_ms - 1700000000000), line);
}

void violate(const char *format, ...)
{
    va_list args;
    if (machine->violation[0])
        return;
    va_start(args, format);
    vsnprintf(machine->violation, sizeof(machine->violation), format, args);
    va_end(args);
    trace("VIOLATION: %s", machine->violation);
}
