/* env_step.c: dying at a named point, for tests that prove that nothing is lost or doubled then. */
#include "core/env.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* How often the point that TIDE_KILL_AT names was passed: it names one, so one counter is enough. */
static _Atomic int64_t passed;

/* "name" or "name:n", 1 when n is left out; 0: it is another point. */
static int64_t passings_wanted(const char *wish, const char *name)
{
    size_t  length = strlen(name);
    int64_t count;
    if (strncmp(wish, name, length) != 0)
        return 0;
    if (wish[length] == '\0')
        return 1;
    return wish[length] == ':' && str_to_i64(str_from(wish + length + 1), &count) ? count : 0;
}

static void die_as_wished(const char *name)
{
    const char *wish = getenv("TIDE_KILL_AT");
    if (!wish)
        return;
    int64_t wanted = passings_wanted(wish, name);
    if (wanted > 0 && atomic_fetch_add(&passed, 1) + 1 == wanted)
        raise(SIGKILL);
}

static void (*at_step)(const char *name) = die_as_wished;

void env_use_steps(void (*step)(const char *name))
{
    at_step = step ? step : die_as_wished;
}

void env_step(const char *name)
{
    at_step(name);
}
