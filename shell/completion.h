/* completion.h: what Tab does with a list of candidates. */
#ifndef SHELL_COMPLETION_H
#define SHELL_COMPLETION_H

#include "buffer.h"

typedef struct Completion {
    int    count;
    size_t typed;      /* bytes at the end of the text that the candidates begin with */
    Buffer common;     /* what all candidates begin with */
} Completion;

/* candidates: separated by newlines; text: what stands before the cursor. Case is ignored. */
void completion_find(const char *candidates, const char *text, size_t size, Completion *out);
void completion_free(Completion *completion);
/* The candidates in columns of a terminal that is width wide. */
void completion_list(const char *candidates, int count, size_t width, Buffer *out);

#endif
