/* stopwatch.h: time that passes, for footers and the progress line. */
#ifndef SHELL_STOPWATCH_H
#define SHELL_STOPWATCH_H

#include <stdint.h>

/* Milliseconds since some moment in the past; never goes back. */
int64_t stopwatch_ms(void);
/* Milliseconds since 1970. */
int64_t wall_clock_ms(void);

#endif
