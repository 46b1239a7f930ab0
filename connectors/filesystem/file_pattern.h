/* file_pattern.h: the regular expression of source.path.regex-pattern, which must match a whole path. */
#ifndef CONNECTORS_FILESYSTEM_FILE_PATTERN_H
#define CONNECTORS_FILESYSTEM_FILE_PATTERN_H

#include "core/arena.h"
#include "core/error.h"

typedef struct FilePattern FilePattern;

/* Lives as long as the arena. */
Status file_pattern_create(Arena *arena, Str regex, Span span, FilePattern **out, Error *err);
bool   file_pattern_matches(const FilePattern *pattern, Str path);

#endif
