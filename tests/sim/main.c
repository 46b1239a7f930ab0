/* main.c: runs seeds.
 *
 *     sim SEED               one seed, with its trace
 *     sim --seeds N [--from F] [--jobs J] [--twice]
 *                            seeds F .. F+N-1 in J processes; with --twice each runs twice and must give the same trace
 *     sim --knob NAME ...    with a simulated part that is wrong on purpose: the checker must find it (README.md names them)
 *
 * Exits with 1 when a seed fails, and says how to run it again. */
#include "tests/sim/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { JOBS_MAX = 64, FAILURES_SHOWN = 5 };

typedef struct Arguments {
    int64_t from, seeds;
    int64_t jobs;
    bool    is_twice, is_single, is_quiet;
    Knob    knob;
} Arguments;

/* What many seeds did, in all. */
typedef struct Totals {
    int64_t seeds, failed, events, steps, starts, deaths, power_losses, zombies, restarts, checkpoints, file_calls, simulated_ms;
} Totals;

static void add(Totals *totals, const Outcome *outcome)
{
    totals->seeds++;
    totals->failed += outcome->violation[0] != 0;
    totals->events += outcome->events;
    totals->steps += outcome->steps;
    totals->starts += outcome->starts;
    totals->deaths += outcome->deaths;
    totals->power_losses += outcome->power_losses;
    totals->zombies += outcome->zombies;
    totals->restarts += outcome->restarts;
    totals->checkpoints += outcome->checkpoints;
    totals->file_calls += outcome->file_calls;
    totals->simulated_ms += outcome->simulated_ms;
}

static void add_all(Totals *totals, const Totals *more)
{
    int64_t       *to = (int64_t *)totals;
    const int64_t *from = (const int64_t *)more;
    for (size_t i = 0; i < sizeof(Totals) / sizeof(int64_t); i++)
        to[i] += from[i];
}

static void say_failure(const Arguments *arguments, uint64_t seed, const Outcome *outcome)
{
    bool has_knob = arguments->knob != KNOB_NONE;
    printf("FAIL seed %llu (%s)\n  %s\n  again: tests/sim/run %s%s%s%llu\n", (unsigned long long)seed, outcome->scenario, outcome->violation,
           has_knob ? "--knob " : "", has_knob ? knob_names[arguments->knob] : "", has_knob ? " " : "", (unsigned long long)seed);
    fflush(stdout);
}

/* A second run must be the first once more. */
static void compare(const Arguments *arguments, uint64_t seed, Outcome *outcome)
{
    Outcome second;
    world_run(seed, arguments->knob, false, &second);
    if (second.hash != outcome->hash || second.events != outcome->events)
        snprintf(outcome->violation, sizeof(outcome->violation), "the second run was another one: trace %016llx, then %016llx",
                 (unsigned long long)outcome->hash, (unsigned long long)second.hash);
}

static void run_one(const Arguments *arguments)
{
    Outcome  outcome;
    uint64_t seed = (uint64_t)arguments->from;
    world_run(seed, arguments->knob, !arguments->is_quiet, &outcome);
    printf("seed %llu: %s\n", (unsigned long long)seed, outcome.scenario);
    printf("trace %016llx, %lld events, %lld steps, %lld starts, %lld deaths, %lld power losses, %lld checkpoints\n",
           (unsigned long long)outcome.hash, (long long)outcome.events, (long long)outcome.steps, (long long)outcome.starts,
           (long long)outcome.deaths, (long long)outcome.power_losses, (long long)outcome.checkpoints);
    if (outcome.violation[0])
        say_failure(arguments, seed, &outcome);
    exit(outcome.violation[0] ? 1 : 0);
}

/* Every jobs-th seed. */
static Totals run_share(const Arguments *arguments, int64_t share)
{
    Totals totals = { 0 };
    for (int64_t i = share; i < arguments->seeds; i += arguments->jobs) {
        Outcome  outcome;
        uint64_t seed = (uint64_t)(arguments->from + i);
        world_run(seed, arguments->knob, false, &outcome);
        if (arguments->is_twice && !outcome.violation[0])
            compare(arguments, seed, &outcome);
        if (outcome.violation[0] && totals.failed < FAILURES_SHOWN && !arguments->is_quiet)
            say_failure(arguments, seed, &outcome);
        add(&totals, &outcome);
    }
    return totals;
}

/* A share that dies counts as failed. */
static int start_share(const Arguments *arguments, int64_t share)
{
    int ends[2];
    if (pipe(ends) != 0 || fflush(stdout) != 0)
        exit(2);
    pid_t child = fork();
    if (child < 0)
        exit(2);
    if (child == 0) {
        Totals totals = run_share(arguments, share);
        _exit(write(ends[1], &totals, sizeof(totals)) == (ssize_t)sizeof(totals) ? 0 : 2);
    }
    close(ends[1]);
    return ends[0];
}

static Totals run_shares(const Arguments *arguments)
{
    Totals totals = { 0 };
    int    ends[JOBS_MAX];
    for (int64_t share = 0; share < arguments->jobs; share++)
        ends[share] = start_share(arguments, share);
    for (int64_t share = 0; share < arguments->jobs; share++) {
        Totals part;
        if (read(ends[share], &part, sizeof(part)) != (ssize_t)sizeof(part)) {
            printf("FAIL the process with seeds %lld, %lld and so on died\n", (long long)(arguments->from + share),
                   (long long)(arguments->from + share + arguments->jobs));
            part = (Totals){ .failed = 1 };
        }
        add_all(&totals, &part);
        close(ends[share]);
    }
    while (wait(NULL) > 0)
        continue;
    return totals;
}

static _Noreturn void usage(void)
{
    fprintf(stderr, "usage: sim SEED | sim --seeds N [--from F] [--jobs J] [--twice], each with [--knob NAME] [--quiet]\nknobs:");
    for (int i = 1; i < KNOB_COUNT; i++)
        fprintf(stderr, " %s", knob_names[i]);
    fprintf(stderr, "\n");
    exit(2);
}

static Knob find_knob(const char *name)
{
    for (int i = 0; i < KNOB_COUNT; i++)
        if (strcmp(name, knob_names[i]) == 0)
            return (Knob)i;
    usage();
}

static int64_t number_of(const char *text)
{
    int64_t number;
    if (!text || !str_to_i64(str_from(text), &number) || number < 0)
        usage();
    return number;
}

static Arguments read_arguments(char **words)
{
    Arguments arguments = { .jobs = 1 };
    for (char **word = words + 1; *word; word++) {
        if (strcmp(*word, "--seeds") == 0)
            arguments.seeds = number_of(*++word);
        else if (strcmp(*word, "--from") == 0)
            arguments.from = number_of(*++word);
        else if (strcmp(*word, "--jobs") == 0)
            arguments.jobs = number_of(*++word);
        else if (strcmp(*word, "--knob") == 0 && word[1])
            arguments.knob = find_knob(*++word);
        else if (strcmp(*word, "--twice") == 0)
            arguments.is_twice = true;
        else if (strcmp(*word, "--quiet") == 0)
            arguments.is_quiet = true;
        else {
            arguments.from = number_of(*word);
            arguments.is_single = true;
        }
    }
    if (arguments.jobs < 1 || arguments.jobs > JOBS_MAX || arguments.is_single == (arguments.seeds > 0))
        usage();
    return arguments;
}

int main(int count, char **words)
{
    (void)count;
    Arguments arguments = read_arguments(words);
    if (arguments.is_single)
        run_one(&arguments);
    Totals totals = run_shares(&arguments);
    printf("%lld seeds, %lld failed: %lld starts, %lld deaths, %lld power losses, %lld zombies, %lld restarts, %lld checkpoints, %lld file calls, "
           "%lld steps, %lld s simulated\n",
           (long long)totals.seeds, (long long)totals.failed, (long long)totals.starts, (long long)totals.deaths, (long long)totals.power_losses,
           (long long)totals.zombies, (long long)totals.restarts, (long long)totals.checkpoints, (long long)totals.file_calls,
           (long long)totals.steps, (long long)(totals.simulated_ms / 1000));
    return totals.failed > 0;
}
