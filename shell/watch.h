/* watch.h: a thread beside the main one that takes the signals and draws the live line.
 *
 * All signals of interest are blocked in every thread and taken with sigwait, so nothing runs in a signal handler and
 * the engine may be called. That works even while the main thread is inside the engine or in a write that blocks.
 *
 *   script:  the first SIGINT, SIGTERM or SIGHUP stops the jobs (what was read is worked off and flushed) and cancels
 *            the running query; a second one ends the process at once, and so does a stop that takes too long.
 *   shell:   SIGINT cancels the query or statement in the foreground; jobs in the background go on. SIGTERM and SIGHUP
 *            end the shell. */
#ifndef SHELL_WATCH_H
#define SHELL_WATCH_H

#include "console.h"
#include "jobs.h"

#include <stdbool.h>

typedef struct Watch Watch;

typedef struct WatchConfig {
    Console *console;
    Jobs    *background;
    bool     is_shell;
    bool     shows_progress;
    int      stop_timeout_s; /* script: from the first signal on */
} WatchConfig;

/* Call before the engine is opened: its threads inherit the blocked signals. */
Watch *watch_open(const WatchConfig *config);
void   watch_close(Watch *watch);
/* The engine whose jobs are meant; NULL before it is closed. */
void watch_engine(Watch *watch, tide_engine *engine);

/* Between these, statements run: SIGINT is for them and the live line is drawn. */
void watch_begin(Watch *watch);
void watch_end(Watch *watch);
/* The query whose rows the main thread reads, NULL: none. */
void watch_query(Watch *watch, tide_job *query);

/* The signal that was caught, 0: none. */
int  watch_signal(const Watch *watch);
/* Shell: SIGINT has done its work. */
void watch_forget_interrupt(Watch *watch);
/* True once after the terminal changed its size, or after the process was stopped and continued. */
bool watch_take_resize(Watch *watch);
/* Readable (an eventfd) when one of these has happened. */
int  watch_fd(const Watch *watch);

#endif
