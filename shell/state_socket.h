/* state_socket.h: how a program that runs jobs is asked for savepoints: a socket in the state directory.
 *
 *     DIR/control.sock     listened at by the process that runs the jobs of DIR, while it runs; owner only. Who listens has the directory
 *                          locked (flock), so that there is one, and the next finds its way free however it ended
 *
 *     asks:     savepoint TAB JOB TAB TARGET TAB THEN LF     JOB: job-1, or empty for all; TARGET: a folder, or empty for that of the
 *                                                            job's settings; THEN: go-on, stop, drain
 *     answers:  saved TAB PATH LF                            for each job, in order
 *               failed TAB a line of the error LF            ...
 *               code TAB exit code LF                        the last line */
#ifndef SHELL_STATE_SOCKET_H
#define SHELL_STATE_SOCKET_H

#include "buffer.h"

#include <stdbool.h>

/* A listening socket of the directory, -1: it is not there yet, or somebody else has it. *lock_fd is held until it is closed. */
int  state_socket_listen(const char *directory, int *lock_fd);
void state_socket_close(int listen_fd, int lock_fd);
/* A connection to who listens; -1: nobody. */
int  state_socket_connect(const char *directory);
/* A line without its LF, at most so long that an honest one fits; false: it ended, or was silent for seconds (0 = no limit). */
bool state_socket_read_line(int fd, int seconds, Buffer *line);
bool state_socket_write(int fd, const char *text, size_t size);
/* Does a process hold the lock of the job's folder? */
bool state_folder_is_locked(const char *folder);

#endif
