/* control.h: answers who asks this process for savepoints (state_socket.h): a thread of its own, for as long as there may be jobs. */
#ifndef SHELL_CONTROL_H
#define SHELL_CONTROL_H

#include "tidemark.h"

typedef struct Control Control;

/* directory: where jobs keep their state, as the setting says; it need not be there yet. NULL: no thread could be had. */
Control *control_open(const char *directory, tide_engine *engine);
/* Waits for an answer that is being given. NULL is allowed. */
void     control_close(Control *control);

#endif
