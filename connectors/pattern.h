/* pattern.h: the regular expression of an option, which must match a whole name: a topic, a path. */
#ifndef CONNECTORS_PATTERN_H
#define CONNECTORS_PATTERN_H

#include "core/arena.h"
#include "core/error.h"

typedef struct Pattern Pattern;

/* option: "topic-pattern", for the error, which stands at span. Lives as long as the arena; for one thread at a time. */
Status pattern_create(Arena *arena, const char *option, Str regex, Span span, Pattern **out, Error *err);
/* false as well when the answer takes too many steps. */
bool   pattern_matches(const Pattern *pattern, Str name);

#endif
