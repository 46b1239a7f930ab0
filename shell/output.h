/* output.h: results as text. A format is one OutputType, named in outputs.def. */
#ifndef SHELL_OUTPUT_H
#define SHELL_OUTPUT_H

#include "buffer.h"
#include "console.h"
#include "tidemark.h"

typedef enum OutputEnd {
    OUTPUT_COMPLETE,
    OUTPUT_TERMINATED, /* by the person */
    OUTPUT_FAILED      /* an error message follows */
} OutputEnd;

/* What is shown. */
typedef struct OutputView {
    const tide_result *result;
    bool    is_listing; /* SHOW, DESCRIBE, SET: no changes, NULL is empty, nothing is cut, no time */
    int32_t width_max;  /* of a column of the table layout */
    bool    shows_time;
} OutputView;

typedef struct Output Output;

typedef struct OutputType {
    const char *name;
    void (*begin)(Output *output);
    void (*rows)(Output *output, tide_batch *batch);
    void (*end)(Output *output, OutputEnd how);
} OutputType;

struct Output {
    const OutputType *type;
    OutputView view;
    Console   *console;
    int32_t    columns;
    int64_t    rows;       /* so far */
    int64_t    started_ms;
    Buffer     text;       /* what the next write sends */
    void      *state;      /* of the format, freed with the output */
};

/* NULL when there is none. */
const OutputType *output_find(const char *name);
const OutputType *output_at(int index);

Output *output_open(const OutputType *type, const OutputView *view, Console *console);
/* false: stdout takes no more. */
bool output_rows(Output *output, tide_batch *batch);
bool output_close(Output *output, OutputEnd how);

/* For formats: ends a line of text, and sends what has gathered when it is much. */
void output_end_line(Output *output);
/* "+I" */
const char *output_op_text(tide_op op);

#endif
