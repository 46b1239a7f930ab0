/* env_memory.c: allocation, and the way out when there is none.
 *
 * A thread has a stack of guards; out of memory means longjmp to the innermost. What was allocated inside the guard
 * must hang from an arena or job that its owner destroys afterwards.
 *
 * The two variables here are the only mutable state of the house outside an object: the guard is per thread by
 * nature, the fault counter belongs to tests. */
#include "core/env.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 2 << 20 };

static _Thread_local EnvGuard *innermost_guard;
static _Atomic int64_t         alloc_countdown;

EnvGuard *env_guard_enter(EnvGuard *guard)
{
    guard->outer = innermost_guard;
    innermost_guard = guard;
    return guard;
}

void env_guard_leave(EnvGuard *guard)
{
    assert(innermost_guard == guard);
    innermost_guard = guard->outer;
}

void env_fail_alloc_after(int64_t count)
{
    atomic_store_explicit(&alloc_countdown, count, memory_order_relaxed);
}

static bool is_made_to_fail(void)
{
    if (atomic_load_explicit(&alloc_countdown, memory_order_relaxed) <= 0)
        return false;
    return atomic_fetch_sub_explicit(&alloc_countdown, 1, memory_order_relaxed) == 1;
}

static _Noreturn void out_of_memory(int64_t size)
{
    EnvGuard *guard = innermost_guard;
    if (!guard) {
        fprintf(stderr, "tidemark: out of memory (%lld bytes wanted)\n", (long long)size);
        abort();
    }
    innermost_guard = guard->outer;
    longjmp(guard->unwind, 1);
}

/* malloc(0) may return NULL, which would read as "out of memory". */
static size_t size_to_ask(int64_t size)
{
    assert(size >= 0);
    return size > 0 ? (size_t)size : 1;
}

void *env_alloc(int64_t size)
{
    void *memory = is_made_to_fail() ? NULL : calloc(1, size_to_ask(size));
    if (!memory)
        out_of_memory(size);
    return memory;
}

void *env_alloc_raw(int64_t size)
{
    void *memory = is_made_to_fail() ? NULL : malloc(size_to_ask(size));
    if (!memory)
        out_of_memory(size);
    return memory;
}

void *env_alloc_huge(int64_t size)
{
    if (size < HUGE_PAGE)
        return env_alloc_raw(size);
    int64_t rounded = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    void   *memory = is_made_to_fail() ? NULL : aligned_alloc(HUGE_PAGE, (size_t)rounded);
    if (!memory)
        out_of_memory(size);
    madvise(memory, (size_t)rounded, MADV_HUGEPAGE); /* advice: without it the pages are small */
    return memory;
}

void *env_realloc(void *memory, int64_t size)
{
    void *moved = is_made_to_fail() ? NULL : realloc(memory, size_to_ask(size));
    if (!moved)
        out_of_memory(size);
    return moved;
}

void env_free(void *memory)
{
    free(memory);
}
