/* variables.h: ${NAME} and ${NAME:-default} in scripts, replaced in the text before it is parsed. */
#ifndef ENGINE_VARIABLES_H
#define ENGINE_VARIABLES_H

#include "core/error.h"
#include "core/map.h"
#include "core/text.h"

/* Values come from variables, then the environment, then the default. $${ stands for ${ itself. An undefined name is an error at its
 * place in source. */
Status variables_replace(const Map *variables, Str source, Text *out, Error *err);

#endif
