/* source.h: the SQL text of a file or of standard input. */
#ifndef SHELL_SOURCE_H
#define SHELL_SOURCE_H

#include "buffer.h"

#include <stdbool.h>

#define SOURCE_SIZE_MAX ((size_t)256 << 20) /* one statement may have 16 MiB; a script many */

/* path: "-" is standard input. A byte order mark at the start is left out. false: *why says why, errno-like text. */
bool source_read(const char *path, Buffer *out, const char **why);

#endif
