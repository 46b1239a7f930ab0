/* document.h: docs/functions.md from the rows. */
#ifndef FUNCTIONS_DOCUMENT_H
#define FUNCTIONS_DOCUMENT_H

#include "core/text.h"

/* Markdown: functions by family, then aggregates; a row per signature. */
void functions_document(Text *out);

#endif
