/* documents.h: reference pages made from the tables of the code. */
#ifndef ENGINE_DOCUMENTS_H
#define ENGINE_DOCUMENTS_H

#include "core/option.h"
#include "core/text.h"

/* "functions", "options", "keywords"; false for another name. */
bool document_write(Str name, Text *out);
/* The engine's own configuration keys; rows end with { 0 }. */
const Option *engine_option_rows(void);

#endif
