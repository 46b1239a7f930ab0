/* file_path.h: paths as the options write them, and directories that carry a value: dt=2024-01-01. */
#ifndef CONNECTORS_FILESYSTEM_FILE_PATH_H
#define CONNECTORS_FILESYSTEM_FILE_PATH_H

#include "core/arena.h"
#include "core/error.h"
#include "core/text.h"

/* The local path of "/a", "a", "file:/a" or "file:///a", without a '/' at its end. Other schemes are an error. */
Status file_path_local(Arena *arena, Str option, Span span, Str *out, Error *err);
/* What follows the last '/'. */
Str    file_path_name(Str path);
Str    file_path_join(Arena *arena, Str directory, Str name);
/* Names that start with '.' or '_' hold no data. */
bool   file_name_is_hidden(Str name);

/* Appends a value as part of a directory's name: what could be taken for something else becomes %XX. */
void   partition_escape(Str value, Text *out);
/* The inverse; %XX that is none stays. */
Str    partition_unescape(Arena *arena, Str text);

#endif
