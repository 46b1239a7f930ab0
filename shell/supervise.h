/* supervise.h: a tiny parent that starts the worker again whatever killed it: `tidemark run --supervise`. */
#ifndef SHELL_SUPERVISE_H
#define SHELL_SUPERVISE_H

#include <stdbool.h>

/* Called before anything is opened and any thread is there. Returns true in every worker, which goes on as if nothing had been; false in
 * the parent, when the last worker has ended in a way that starting again does not mend: *exit_code is the worker's. */
bool supervise(int *exit_code);

#endif
