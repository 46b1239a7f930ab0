/* env_clock.c: clock, randomness, and what the machine says about itself. */
#include "core/env.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S ((int64_t)1000000000)

static int64_t read_clock_ns(clockid_t id)
{
    struct timespec time;
    clock_gettime(id, &time);
    return time.tv_sec * NS_PER_S + time.tv_nsec;
}

static int64_t machine_now_ms(const Clock *clock)
{
    (void)clock;
    return read_clock_ns(CLOCK_REALTIME) / 1000000;
}

static int64_t machine_monotonic_ns(const Clock *clock)
{
    (void)clock;
    return read_clock_ns(CLOCK_MONOTONIC);
}

const Clock env_clock = { machine_now_ms, machine_monotonic_ns };

int64_t env_cpu_ns(void)
{
    return read_clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

/* /proc/self/statm: total pages, resident pages, ... */
int64_t env_resident_size(void)
{
    char      text[128];
    long long resident_pages = 0;
    int       fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t got = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (got <= 0)
        return 0;
    text[got] = '\0';
    if (sscanf(text, "%*s %lld", &resident_pages) != 1)
        return 0;
    return resident_pages * sysconf(_SC_PAGESIZE);
}

/* Without randomness nothing safe can be done: the kernel's call fails only on a machine that lacks it. */
static void machine_random(void *bytes, int64_t size)
{
    for (int64_t at = 0; at < size;) {
        ssize_t got = getrandom((char *)bytes + at, (size_t)(size - at), 0);
        if (got < 0 && errno != EINTR)
            abort();
        if (got > 0)
            at += got;
    }
}

static void (*random_source)(void *bytes, int64_t size) = machine_random;

void env_use_random(void (*fill)(void *bytes, int64_t size))
{
    random_source = fill ? fill : machine_random;
}

void env_random(void *bytes, int64_t size)
{
    random_source(bytes, size);
}

void env_sleep_ms(int64_t ms)
{
    struct timespec left = { ms / 1000, (ms % 1000) * 1000000 };
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

/* Cores that this process may use, not those that the machine has. */
int32_t env_cpu_count(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) != 0)
        return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? count : 1;
}

Str env_variable(const char *name)
{
    const char *value = getenv(name);
    return value ? str_from(value) : (Str){ NULL, 0 };
}
