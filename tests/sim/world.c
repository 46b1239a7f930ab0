/* world.c: see world.h.
 *
 *   a step:  some task, the coordinator, a call on its way, or the clock has its turn; the dice say which
 *   a life:  each process has a fate: it dies between two steps, in a file call, at a named point; it is stopped; or it loses its disk, is taken for
 *            dead, and goes on beside its successor for a while
 *   calm:    when the deaths are used up nothing fails any more, and the job must come to its end
 *
 * The same job runs twice: first undisturbed, which tells what must come. */
#include "tests/sim/world.h"

#include "tests/sim/broker.h"
#include "tests/sim/check.h"
#include "tests/sim/database.h"
#include "tests/sim/disk.h"
#include "tests/sim/network.h"
#include "tests/sim/process.h"
#include "tests/sim/script.h"
#include "tests/sim/shapes.h"

#include <stdio.h>

enum { STEPS_MAX = 400000, LOOK_EVERY = 400, IDLE_STEPS = 40, JUMP_MS = 30000, STEP_BACK_MS = 3000, STARVED_ONE_IN = 60 };

typedef enum Fate { FATE_NONE, FATE_BETWEEN_STEPS, FATE_IN_A_FILE_CALL, FATE_AT_A_POINT, FATE_STOPPED, FATE_ZOMBIE, FATE_COUNT } Fate;

/* What a seed has chosen for all of its run. */
typedef struct Scenario {
    const Shape *shape;
    uint64_t     script_seed;
    int32_t      partitions, keys;
    int64_t      rows, pad;
    int64_t      batch_rows, ring_events, interval_ms, pause_ms, timeout_ms, keep;
    int32_t      parallelism_max;
    int64_t      deaths, faults, disk_trouble, network_trouble;
    bool         is_restless; /* the clock jumps */
    bool         keys_are_local;
} Scenario;

typedef struct World {
    const Scenario *scenario;
    const PlanJob  *plan;
    Check          *check;
    Outcome        *outcome;
    Disk           *disk;
    Script          script;
    Process         current, zombie;
    int32_t         next_number;
    int64_t         acknowledged; /* the highest epoch that was reported durable */
    Fate            fate;
    int64_t         fate_steps;   /* until it comes */
    int64_t         deaths_left;
    int64_t         span; /* steps between two deaths, about */
    int64_t         zombie_steps;
    int64_t         idle_steps;
    int64_t         retry_steps;  /* until the next attempt to start */
    bool            is_stopping, is_over, is_calm;
} World;

/* ---- the scenario ----------------------------------------------------------------------------------------------------------------- */

static int64_t pick(Dice *dice, const int64_t *values, int64_t count)
{
    return values[dice_below(dice, count)];
}
#define PICK(dice, ...) pick(dice, (const int64_t[]){ __VA_ARGS__ }, (int64_t)(sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t)))

static Scenario choose_scenario(uint64_t seed)
{
    Dice     dice = { hash_u64(seed ^ 0x5eed) };
    Scenario scenario = {
        .shape = &shapes[dice_below(&dice, shape_count)],
        .script_seed = dice_throw(&dice),
        .partitions = (int32_t)dice_between(&dice, 1, 5),
        .keys = (int32_t)dice_between(&dice, 1, 12),
        .rows = PICK(&dice, 3, 30, 60, 100, 150),
        .pad = PICK(&dice, 0, 0, 0, 10, 300, 2000),
        .batch_rows = PICK(&dice, 1, 2, 3, 20),
        .ring_events = PICK(&dice, 1, 2, 16),
        .interval_ms = PICK(&dice, 3, 10, 40, 150, 1000),
        .pause_ms = PICK(&dice, 0, 0, 20),
        .timeout_ms = PICK(&dice, 600000, 600000, 20000),
        .keep = PICK(&dice, 2, 2, 3),
        .parallelism_max = (int32_t)dice_between(&dice, 1, 4),
        .deaths = dice_between(&dice, 0, 7),
        .faults = dice_between(&dice, 0, 12),
        .disk_trouble = PICK(&dice, 0, 10, 40, 150),
        .network_trouble = PICK(&dice, 0, 2, 8, 30),
        .is_restless = dice_one_in(&dice, 3),
    };
    if (scenario.shape->one_partition)
        scenario.partitions = 1;
    scenario.keys_are_local = scenario.shape->local_keys || dice_one_in(&dice, 2);
    return scenario;
}

static void describe(const Scenario *scenario, Outcome *out)
{
    out->shape = scenario->shape->name;
    snprintf(out->scenario, sizeof(out->scenario), "%s; %d x %lld rows, pad %lld, interval %lld ms, parallelism up to %d, %lld deaths, %lld faults",
             scenario->shape->name, scenario->partitions, (long long)scenario->rows, (long long)scenario->pad, (long long)scenario->interval_ms,
             scenario->parallelism_max, (long long)scenario->deaths, (long long)scenario->faults);
}

/* Nothing goes wrong, and rows come one by one. */
static Scenario undisturbed(const Scenario *scenario)
{
    Scenario quiet = *scenario;
    quiet.batch_rows = 1;
    quiet.parallelism_max = 1;
    quiet.deaths = quiet.faults = quiet.disk_trouble = quiet.network_trouble = 0;
    quiet.is_restless = false;
    quiet.timeout_ms = 0;
    return quiet;
}

/* ---- files that can be seen ------------------------------------------------------------------------------------------------------- */

static void look_at_file(void *context, Str path, Str bytes)
{
    Str name = path, line;
    while (str_find(name, '/') >= 0)
        name = str_slice(name, str_find(name, '/') + 1, name.len);
    if (name.ptr[0] == '.' || name.ptr[0] == '_')
        return;
    while (str_split(&bytes, '\n', &line))
        check_row(context, STR("files"), STR_EMPTY, line);
}

static void look_at_files(World *world)
{
    check_begin_look(world->check, STR("files"));
    disk_visit(world->disk, STR(SHAPE_FILES), look_at_file, world->check);
}

/* ---- lives ------------------------------------------------------------------------------------------------------------------------- */

static void choose_fate(World *world)
{
    Dice *dice = &machine->dice;
    world->fate = world->deaths_left > 0 ? (Fate)dice_between(dice, FATE_BETWEEN_STEPS, FATE_COUNT - 1) : FATE_NONE;
    world->fate_steps = 0;
    machine->point_countdown = 0;
    disk_plan_death(world->disk, 0);
    switch (world->fate) {
    case FATE_BETWEEN_STEPS:
    case FATE_STOPPED:
    case FATE_ZOMBIE:
        world->fate_steps = dice_between(dice, 1, dice_one_in(dice, 3) ? 40 : world->span);
        break;
    case FATE_IN_A_FILE_CALL:
        disk_plan_death(world->disk, dice_between(dice, 1, dice_one_in(dice, 2) ? 15 : 60));
        break;
    case FATE_AT_A_POINT:
        machine->point_countdown = dice_between(dice, 1, 15);
        break;
    case FATE_NONE:
    case FATE_COUNT:
        break;
    }
    world->deaths_left -= world->fate != FATE_NONE;
}

static void calm_down(World *world)
{
    if (world->is_calm || world->fate != FATE_NONE || world->zombie.number)
        return;
    trace("from here on nothing goes wrong");
    world->is_calm = true;
    machine->faults_left = 0;
    disk_set_trouble(world->disk, 0);
}

static void try_later(World *world, const Error *err)
{
    trace("process %d does not start: %s", world->current.number, err->message);
    if (!status_is_retriable(err->status) && !process_is_dead())
        violate("process %d cannot start: %s", world->current.number, err->message);
    world->retry_steps = dice_between(&machine->dice, 1, 20);
}

static void start_process(World *world)
{
    const Scenario *scenario = world->scenario;
    Error           err = ERROR_NONE;
    Process        *process = &world->current;
    if (world->next_number + 1 >= PROCESSES_MAX) {
        violate("more than %d processes", PROCESSES_MAX);
        return;
    }
    *process = (Process){ .number = ++world->next_number, .plan = world->plan, .starved = -1 };
    machine->process = process->number;
    process->options = (JobOptions){
        .parallelism = (int32_t)dice_between(&machine->dice, 1, scenario->parallelism_max), .worker_count = 1,
        .batch_rows = scenario->batch_rows, .ring_events = scenario->ring_events, .clock = &machine->clock,
        .eval = { .zone = zone_utc, .clock = &machine->clock, .database = STR("default_database"), .watermark = TIME_MIN },
    };
    process->checkpoints = (JobCheckpoints){
        .is_aligned = !scenario->shape->at_least_once, .interval_ms = scenario->interval_ms, .pause_ms = scenario->pause_ms,
        .timeout_ms = scenario->timeout_ms, .keep = scenario->keep, .job_id = STR("0123456789abcdef0123456789abcdef"), .script = STR("INSERT ..."),
    };
    choose_fate(world);
    calm_down(world);
    world->is_stopping = false;
    world->outcome->starts++;
    script_begin();
    if (process_start(process, world->acknowledged, &err) != STATUS_OK)
        try_later(world, &err);
    script->is_at_rest = false;
}

/* The process is dead, or its job has ended well. */
static void bury(World *world)
{
    Process *process = &world->current;
    bool     was_killed = machine->is_dead[process->number];
    process_end(process);
    machine->is_dead[process->number] = true;
    disk_forget_process(world->disk, process->number);
    process->number = 0;
    if (was_killed && !world->zombie.number && dice_one_in(&machine->dice, 2)) {
        disk_lose_power(world->disk);
        world->outcome->power_losses++;
    }
    look_at_files(world);
}

static void bury_zombie(World *world)
{
    trace("zombie %d is gone", world->zombie.number);
    machine->is_dead[world->zombie.number] = true;
    process_end(&world->zombie);
    world->zombie.number = 0;
    machine->process = world->current.number;
}

/* It has lost its disk; others take it for dead. */
static void let_go(World *world)
{
    Process *process = &world->current;
    trace("process %d has lost its disk and goes on", process->number);
    machine->is_cut_off[process->number] = true;
    disk_forget_process(world->disk, process->number);
    world->zombie = *process;
    world->zombie_steps = dice_between(&machine->dice, 20, 400);
    process->number = 0;
    process->job = NULL;
    world->outcome->zombies++;
}

/* A job that has ended by itself: done, stopped, or failed. */
static void end_job(World *world)
{
    Process *process = &world->current;
    Error    err = ERROR_NONE;
    job_steps_end(process->job);
    JobState state = job_state(process->job);
    trace("the job of process %d is %s", process->number, job_state_text(state));
    if (state == JOB_FINISHED) {
        world->is_over = !world->is_stopping;
        script->is_at_rest = true;
        bury(world);
        return;
    }
    const Error *why = job_error(process->job);
    trace("because %s", why->message);
    if (state == JOB_FAILED && machine->is_displaced[process->number]) {
        bury(world); /* the worst that a late call or a zombie may do to it */
        return;
    }
    if (state != JOB_FAILED || !status_is_retriable(why->status)) {
        violate("the job is %s: %s", job_state_text(state), why->message);
        return;
    }
    if (world->is_stopping) { /* who is told to stop does not start again */
        bury(world);
        return;
    }
    world->outcome->restarts++;
    script_begin();
    if (process_restart(process, world->acknowledged, &err) != STATUS_OK) {
        try_later(world, &err);
        process_end(process);
    }
}

static void meet_fate(World *world)
{
    if (world->fate_steps == 0 || --world->fate_steps > 0 || !world->current.job)
        return;
    switch (world->fate) {
    case FATE_BETWEEN_STEPS:
        process_dies("between two steps");
        break;
    case FATE_STOPPED:
        trace("process %d is told to stop", world->current.number);
        world->is_stopping = true;
        job_stop(world->current.job, false);
        break;
    case FATE_ZOMBIE:
        if (!world->zombie.number)
            let_go(world);
        break;
    default:
        break;
    }
}

/* ---- steps --------------------------------------------------------------------------------------------------------------------------- */

/* A sync that failed inside of the step, and the epoch is durable all the same? */
static void check_syncs(const World *world, int64_t failed_before, int64_t durable_before)
{
    int64_t durable = checkpoint_store_last(world->current.checkpoints.store);
    if (disk_failed_syncs(world->disk) > failed_before && durable > durable_before)
        violate("epoch %lld was reported durable, although a sync failed while it was written", (long long)durable);
}

static bool step_coordinator(Process *process)
{
    int64_t before = checkpoint_store_last(process->checkpoints.store);
    int64_t wait_ms = job_step_coordinator(process->job);
    process->coordinator_ms = wait_ms < 0 ? TIME_MAX : machine->now_ms + wait_ms;
    if (checkpoint_store_last(process->checkpoints.store) != before)
        trace("process %d: epoch %lld is durable", process->number, (long long)checkpoint_store_last(process->checkpoints.store));
    return wait_ms == 0;
}

static bool step_current_coordinator(World *world)
{
    Process *process = &world->current;
    int64_t  failed = disk_failed_syncs(world->disk), durable = checkpoint_store_last(process->checkpoints.store);
    bool     has_progress = step_coordinator(process);
    int64_t  now = checkpoint_store_last(process->checkpoints.store);
    if (process_is_dead())
        return true;
    check_syncs(world, failed, durable);
    if (now > durable)
        world->outcome->checkpoints++;
    if (now > world->acknowledged)
        world->acknowledged = now;
    return has_progress;
}

static int32_t choose_task(const Process *process)
{
    int32_t count = job_task_count(process->job);
    int32_t task = (int32_t)dice_below(&machine->dice, count);
    if (task == process->starved && !dice_one_in(&machine->dice, STARVED_ONE_IN))
        task = (task + 1) % count;
    return task;
}

static bool step_task(Process *process)
{
    TaskState state;
    int32_t   task = choose_task(process);
    trace_number(task);
    job_step_task(process->job, task, &state, &process->wake_ms[task < TASKS_MAX ? task : 0]);
    if (dice_one_in(&machine->dice, 500))
        process->starved = (int32_t)dice_between(&machine->dice, -1, job_task_count(process->job) - 1);
    return state == TASK_PROGRESS;
}

/* In the task's step a sync failed: its job must not go on. */
static bool step_current_task(World *world)
{
    int64_t failed = disk_failed_syncs(world->disk);
    bool    has_progress = step_task(&world->current);
    if (disk_failed_syncs(world->disk) > failed && !process_is_dead() && !job_steps_are_over(world->current.job))
        violate("a sync failed in a step of a task, and the job goes on");
    return has_progress;
}

static void step_zombie(World *world)
{
    Process *zombie = &world->zombie;
    machine->process = zombie->number;
    if (dice_one_in(&machine->dice, 5))
        step_coordinator(zombie);
    else
        step_task(zombie);
    machine->process = world->current.number;
    if (job_steps_are_over(zombie->job) || --world->zombie_steps <= 0)
        bury_zombie(world);
}

static void move_clock(World *world)
{
    Dice   *dice = &machine->dice;
    int64_t ms = dice_between(dice, 0, 8);
    if (world->scenario->is_restless && !world->is_calm && dice_one_in(dice, 60))
        ms = dice_one_in(dice, 3) ? -dice_between(dice, 1, STEP_BACK_MS) : dice_between(dice, 1, JUMP_MS);
    machine->now_ms += ms;
    if (ms > 0)
        machine->elapsed_ms += ms;
    trace_number(machine->now_ms);
}

/* Nothing moves: what is next in time? */
static void pass_time(World *world)
{
    if (++world->idle_steps < IDLE_STEPS)
        return;
    int64_t ms = world->idle_steps - IDLE_STEPS;
    machine->now_ms += ms;
    machine->elapsed_ms += ms;
    trace_number(machine->now_ms);
}

static void step_current(World *world)
{
    bool has_progress = dice_one_in(&machine->dice, 6) ? step_current_coordinator(world) : step_current_task(world);
    if (has_progress)
        world->idle_steps = 0;
    else
        pass_time(world);
    if (process_is_dead())
        bury(world);
    else if (job_steps_are_over(world->current.job))
        end_job(world);
}

/* No process runs a job: start one, now or soon. */
static void revive(World *world)
{
    if (world->current.number && machine->is_dead[world->current.number]) {
        bury(world);
        return;
    }
    if (world->retry_steps > 0 && --world->retry_steps > 0)
        return;
    if (world->current.number)
        bury(world);
    start_process(world);
}

static void step(World *world)
{
    machine->process = world->current.number;
    if (world->zombie.number && dice_one_in(&machine->dice, 3)) {
        step_zombie(world);
        return;
    }
    switch (dice_below(&machine->dice, 12)) {
    case 0:
        move_clock(world);
        broker_step();
        return;
    case 1:
    case 2:
        network_step();
        return;
    default:
        break;
    }
    if (!world->current.job) {
        revive(world);
        return;
    }
    meet_fate(world);
    if (world->current.job && !process_is_dead())
        step_current(world);
    else if (world->current.number)
        bury(world);
}

/* ---- a run ----------------------------------------------------------------------------------------------------------------------------- */

static void run_to_the_end(World *world)
{
    int64_t steps = 0;
    while (!world->is_over && !machine->violation[0]) {
        step(world);
        if (++steps % LOOK_EVERY == 0)
            look_at_files(world);
        if (steps > STEPS_MAX)
            violate("the job does not come to its end");
    }
    world->outcome->steps += steps;
}

/* Whatever is on its way arrives, and nothing of it shows any more. */
static void settle(World *world)
{
    if (world->zombie.number)
        bury_zombie(world);
    while (!network_is_quiet())
        network_step();
    machine->elapsed_ms += TRANSACTION_MS + 1;
    broker_step();
    look_at_files(world);
}

typedef struct Left {
    int64_t manifests, hidden;
} Left;

static void count_left(void *context, Str path, Str bytes)
{
    Left *left = context;
    (void)bytes;
    left->manifests += str_ends_with(path, STR(".manifest"));
    left->hidden += str_ends_with(path, STR(".inprogress")) || str_ends_with(path, STR(".new"));
}

/* In the folders of a job that has ended well; what could not be removed stays for the next start. */
static void check_left(const World *world)
{
    Left left = { 0 };
    disk_visit(world->disk, STR("/"), count_left, &left);
    if (left.hidden > 0 && world->is_calm)
        violate("%lld unfinished files are left", (long long)left.hidden);
    if (left.manifests < (world->outcome->checkpoints < 2 ? world->outcome->checkpoints : 2))
        violate("%lld checkpoints were taken, and %lld are left", (long long)world->outcome->checkpoints, (long long)left.manifests);
}

static void clean_up(World *world)
{
    if (world->current.number) {
        machine->is_dead[world->current.number] = true;
        process_end(&world->current);
    }
    if (world->zombie.number)
        bury_zombie(world);
}

static void run(const Scenario *scenario, uint64_t seed, int64_t span, Knob knob, bool is_shown, Check *check, Outcome *out)
{
    Machine here;
    Network calls;
    Arena  *arena = arena_create();
    World   world = { .scenario = scenario, .check = check, .outcome = out, .deaths_left = scenario->deaths, .span = span };
    machine_start(&here, seed, knob, is_shown);
    network_start(&calls);
    broker_start(check);
    database_start(check);
    world.disk = disk_create();
    world.plan = shape_plan(scenario->shape, arena);
    world.script = (Script){ .seed = scenario->script_seed, .partitions = scenario->partitions, .rows = scenario->rows, .keys = scenario->keys,
                             .keys_are_local = scenario->keys_are_local, .pad = scenario->pad, .start_ms = here.now_ms,
                             .is_read_once = !scenario->shape->reads_twice };
    script = &world.script;
    here.faults_left = scenario->faults;
    network->trouble_one_in = scenario->network_trouble;
    disk_set_trouble(world.disk, scenario->disk_trouble);
    run_to_the_end(&world);
    if (!here.violation[0])
        settle(&world);
    if (!here.violation[0])
        check_left(&world);
    clean_up(&world);
    out->hash = hash_combine(out->hash, here.hash);
    out->events += here.events;
    out->deaths += here.deaths;
    out->read_again += script->read_again;
    out->file_calls += disk_calls(world.disk);
    out->simulated_ms += here.elapsed_ms;
    memcpy(out->violation, here.violation, sizeof(out->violation));
    disk_destroy(world.disk);
    database_end();
    broker_end();
    network_end(&calls);
    machine_end(&here);
    arena_destroy(arena);
}

static void judge(Check *check, int64_t read_again, Outcome *out)
{
    Machine here;
    machine_start(&here, 0, KNOB_NONE, false);
    check_end(check, read_again);
    memcpy(out->violation, here.violation, sizeof(out->violation));
    machine_end(&here);
}

void world_run(uint64_t seed, Knob knob, bool is_shown, Outcome *out)
{
    Scenario scenario = choose_scenario(seed), quiet = undisturbed(&scenario);
    Check   *check = check_create(shape_guarantee);
    *out = (Outcome){ 0 };
    describe(&scenario, out);
    run(&quiet, seed, 0, KNOB_NONE, false, check, out);
    if (!out->violation[0]) {
        int64_t span = 1 + out->steps / (scenario.deaths + 1);
        *out = (Outcome){ .hash = out->hash };
        describe(&scenario, out);
        check_begin(check);
        run(&scenario, seed, span, knob, is_shown, check, out);
    }
    if (!out->violation[0])
        judge(check, out->read_again, out);
    check_destroy(check);
}
