/* env.h: the one door to the outside: allocation, clock, randomness, files, shared objects, sockets, threads and wake-ups.
 *
 * Nothing else in our objects calls the system for these (tests/tidy checks the symbols). A simulation replaces the
 * clock by handing out another Clock, and files, randomness and named points by env_use_files and its like; allocation and
 * file calls can be made to fail one after another (env_fail_alloc_after, env_fail_file_after). Every function is
 * thread-safe unless it says otherwise. */
#ifndef CORE_ENV_H
#define CORE_ENV_H

#include "core/error.h"

#include <setjmp.h>
#include <stddef.h>

/* ---- allocation ------------------------------------------------------------------------------------------------ */

/* Zeroed, aligned to 16. Never NULL: when memory is out, unwinds to the innermost guard of this thread; with no
 * guard the process ends with a message. */
void *env_alloc(int64_t size);
/* As env_alloc; not zeroed. */
void *env_alloc_raw(int64_t size);
/* Keeps the contents, the new part is not zeroed. */
/* As env_alloc_raw, for memory of megabytes that is touched here and there: from 2 MiB on in huge pages, where the system has them: a miss in a
 * table of small pages costs a walk through the page tables besides. */
void *env_alloc_huge(int64_t size);
void *env_realloc(void *memory, int64_t size);
void  env_free(void *memory);

/* Out-of-memory guard: statement and task boundaries set one.
 *     EnvGuard guard;
 *     if (setjmp(env_guard_enter(&guard)->unwind)) { ... memory ran out inside; the guard is gone ... }
 *     ...
 *     env_guard_leave(&guard); */
typedef struct EnvGuard {
    jmp_buf          unwind;
    struct EnvGuard *outer;
} EnvGuard;
EnvGuard *env_guard_enter(EnvGuard *guard);
void      env_guard_leave(EnvGuard *guard);

/* Test hook: the allocation that is `count` calls away fails, once (0 = off). */
void env_fail_alloc_after(int64_t count);
/* The same for calls that touch a file: open, read, write, seek, sync, rename, remove, create. */
void env_fail_file_after(int64_t count);
/* From the call that is `count` calls away on all of them fail, until this is called with 0: what a folder looks like then is what a
 * process leaves in it that dies there. */
void env_fail_file_from(int64_t count);

/* Test hook: a named point that work on an epoch passes, "kafka.after_produce". With TIDE_KILL_AT=name:n in the environment
 * the process dies there as by kill -9 at the n-th passing ("name" alone: the first). Costs one getenv: call it per epoch,
 * not per row. The folder whose code passes a point names it in its README. */
void env_step(const char *name);
/* A simulation's own way with named points: it may end the process that it simulates. NULL: as above again. Not thread-safe. */
void env_use_steps(void (*step)(const char *name));

/* ---- clock and randomness -------------------------------------------------------------------------------------- */

/* now_ms: wall clock, ms since 1970 UTC. monotonic_ns: never goes back. */
typedef struct Clock {
    int64_t (*now_ms)(const struct Clock *clock);
    int64_t (*monotonic_ns)(const struct Clock *clock);
} Clock;
extern const Clock env_clock; /* the machine's */

static inline int64_t clock_now_ms(const Clock *clock)
{
    return clock->now_ms(clock);
}
static inline int64_t clock_monotonic_ns(const Clock *clock)
{
    return clock->monotonic_ns(clock);
}

/* CPU time of the whole process, ns. */
int64_t env_cpu_ns(void);
/* Resident memory of the process, bytes. */
int64_t env_resident_size(void);
void    env_random(void *bytes, int64_t size);
/* Randomness of a simulation, which may come from a seed; NULL: the machine's again. Not thread-safe. */
void    env_use_random(void (*fill)(void *bytes, int64_t size));
void    env_sleep_ms(int64_t ms);
int32_t env_cpu_count(void);
/* The value of an environment variable, or {NULL, 0}. */
Str env_variable(const char *name);

/* ---- files ----------------------------------------------------------------------------------------------------- */

/* ENV_CREATE empties what is there; ENV_CREATE_NEW fails when something is. */
typedef enum EnvOpen { ENV_READ, ENV_CREATE, ENV_CREATE_NEW, ENV_APPEND } EnvOpen;

typedef struct EnvStat {
    int64_t size;
    int64_t modified_ms;
    bool    is_directory;
} EnvStat;

struct Text;
/* Whole file into *out. */
Status env_file_read_all(Str path, int64_t size_max, struct Text *out, Error *err);
Status env_file_open(Str path, EnvOpen mode, int *fd, Error *err);
/* Up to size bytes; *got = 0 at the end. */
Status env_file_read(int fd, void *bytes, int64_t size, int64_t *got, Error *err);
/* size bytes from offset on, wherever the file stands; *got is less only where the file ends. */
Status env_file_read_at(int fd, int64_t offset, void *bytes, int64_t size, int64_t *got, Error *err);
Status env_file_write(int fd, Str bytes, Error *err); /* all of it */
/* Room on the disk for the first size bytes, which then cannot be missing; the file's size stays. Nothing where the file system knows no such
 * thing. */
Status env_file_reserve(int fd, int64_t size, Error *err);
Status env_file_seek(int fd, int64_t offset, Error *err);
/* Cuts off what is behind the first size bytes; a shorter file grows by zeroes. */
Status env_file_truncate(int fd, int64_t size, Error *err);
Status env_file_sync(int fd, Error *err);
void   env_file_close(int fd);
/* Creates the file and locks it until it is closed or this process ends, however it ends: STATUS_INVALID when somebody else, this process
 * included, has it locked. The file holds the id of the process, for people. */
Status env_file_lock(Str path, int *fd, Error *err);
/* false when it is not there. */
bool   env_file_stat(Str path, EnvStat *stat);
/* Where a symbolic link points, appended to *target; false when the path is none. */
bool   env_file_link(Str path, struct Text *target);
Status env_file_rename(Str from, Str to, Error *err);
Status env_file_remove(Str path, Error *err);
/* With parents; fine when it is there already. */
Status env_directory_create(Str path, Error *err);
Status env_directory_sync(Str path, Error *err);
/* Calls visit for every entry but . and .., in name order. STATUS_NO_MEMORY when visit ran out of it. */
Status env_directory_list(Str path, void (*visit)(void *context, Str name), void *context, Error *err);

/* Files of a simulated machine: each does what the function of that name does (env_file_open, env_directory_create). */
typedef struct EnvFiles {
    Status (*open)(Str path, EnvOpen mode, int *fd, Error *err);
    Status (*read)(int fd, void *bytes, int64_t size, int64_t *got, Error *err);
    Status (*read_at)(int fd, int64_t offset, void *bytes, int64_t size, int64_t *got, Error *err);
    Status (*write)(int fd, Str bytes, Error *err);
    Status (*reserve)(int fd, int64_t size, Error *err);
    Status (*seek)(int fd, int64_t offset, Error *err);
    Status (*truncate)(int fd, int64_t size, Error *err);
    Status (*sync)(int fd, Error *err);
    void   (*close)(int fd);
    Status (*lock)(Str path, int *fd, Error *err);
    bool   (*stat)(Str path, EnvStat *stat);
    bool   (*link)(Str path, struct Text *target);
    Status (*rename)(Str from, Str to, Error *err);
    Status (*remove)(Str path, Error *err);
    Status (*create_directory)(Str path, Error *err);
    Status (*sync_directory)(Str path, Error *err);
    Status (*list)(Str path, void (*visit)(void *context, Str name), void *context, Error *err);
} EnvFiles;
/* All calls above go there from now on; NULL: to the machine again. Not thread-safe: before anything is opened. */
void env_use_files(const EnvFiles *files);

/* ---- shared objects -------------------------------------------------------------------------------------------- */

/* The absolute path of a folder that may hold code, appended: it belongs to us or root and not everybody may write it. */
Status env_library_folder(Str path, struct Text *absolute, Error *err);
/* Loads folder/name (no separators in it, no link), under the same conditions. Its initialisers run. STATUS_INVALID says why not. */
typedef struct EnvLibrary EnvLibrary;
Status env_library_open(Str folder, Str name, EnvLibrary **out, Error *err);
void  *env_library_symbol(EnvLibrary *library, const char *name); /* NULL: not there */
void   env_library_close(EnvLibrary *library);

/* ---- sockets: blocking, for connectors that own an I/O thread -------------------------------------------------- */

Status env_tcp_connect(Str host, int32_t port, int64_t timeout_ms, int *fd, Error *err);
/* Up to size bytes; *got = 0 when the peer closed; STATUS_TIMEOUT after timeout_ms without data (err untouched). */
Status env_tcp_read(int fd, void *bytes, int64_t size, int64_t timeout_ms, int64_t *got, Error *err);
void   env_tcp_close(int fd);
/* Ends both directions: a thread that waits for this socket, of whatever library, goes on at once. */
void   env_tcp_shutdown(int fd);

/* ---- threads --------------------------------------------------------------------------------------------------- */

typedef struct EnvThread EnvThread;
Status env_thread_start(EnvThread **out, const char *name, void (*run)(void *context), void *context, Error *err);
void   env_thread_join(EnvThread *thread); /* and frees it */

typedef struct EnvMutex EnvMutex;
EnvMutex *env_mutex_create(void);
void      env_mutex_destroy(EnvMutex *mutex);
void      env_mutex_lock(EnvMutex *mutex);
void      env_mutex_unlock(EnvMutex *mutex);

/* A wake-up: a sleeping thread and any number of wakers. A wake before the wait is not lost; several are one. */
typedef struct Wakeup Wakeup;
Wakeup *wakeup_create(void);
void    wakeup_destroy(Wakeup *wakeup);
void    wakeup_signal(Wakeup *wakeup);
/* Returns at a signal or after timeout_ms (-1 = no limit); true at a signal. */
bool    wakeup_wait(Wakeup *wakeup, int64_t timeout_ms);

#endif
