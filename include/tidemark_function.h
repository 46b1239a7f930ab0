/* tidemark_function.h: scalar functions in C for Tidemark's SQL.
 *
 * A library is a shared object that describes its functions; nothing of Tidemark is linked:
 *
 *     #include <tidemark_function.h>
 *
 *     static void twice(tide_function_call *call, const tide_column *args, int64_t rows, tide_output *out)
 *     {
 *         const int64_t *in = (const int64_t *)args[0].data;
 *         int64_t       *result = (int64_t *)out->data;
 *         (void)call;
 *         for (int64_t row = 0; row < rows; row++)
 *             if (out->valid[row])
 *                 result[row] = 2 * in[TIDE_INDEX(&args[0], row)];
 *     }
 *
 *     static const tide_function rows[] = {
 *         { "twice(bigint) -> bigint", "Two times the number.", twice, NULL, NULL, 0 },
 *         TIDE_FUNCTION_END
 *     };
 *     TIDE_FUNCTION_LIBRARY(rows);
 *
 *     cc -shared -fPIC -o DIR/twice.so twice.c
 *     tidemark --function-dir DIR
 *     CREATE FUNCTION twice AS 'twice' LANGUAGE C;
 *
 * A function is called with whole columns, never per row. It runs in the engine's process and thread: what it breaks is
 * broken, and while it waits the tasks of its thread wait. Instances (open to close) are used by one thread at a time, and several
 * at once when a job is parallel.
 *
 * This header compiles as C99 and C++. Structures only grow at their end; what would break a library that is built raises
 * TIDE_FUNCTION_VERSION, and a library of another version is refused. */
#ifndef TIDEMARK_FUNCTION_H
#define TIDEMARK_FUNCTION_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TIDE_FUNCTION_VERSION 1

/* What data points at: one item per row. The comment is the word for it in a signature. */
typedef enum tide_column_type {
    TIDE_COLUMN_BOOLEAN = 1, /* boolean: uint8_t, 0 or 1 */
    TIDE_COLUMN_TINYINT,     /* tinyint: int8_t */
    TIDE_COLUMN_SMALLINT,    /* smallint: int16_t */
    TIDE_COLUMN_INT,         /* int: int32_t */
    TIDE_COLUMN_BIGINT,      /* bigint: int64_t */
    TIDE_COLUMN_FLOAT,       /* float: float */
    TIDE_COLUMN_DOUBLE,      /* double: double */
    TIDE_COLUMN_STRING,      /* string: tide_text of valid UTF-8 */
    TIDE_COLUMN_BYTES,       /* bytes: tide_text */
    TIDE_COLUMN_DATE,        /* date: int32_t, days since 1970-01-01 */
    TIDE_COLUMN_TIME         /* time: int32_t, milliseconds of the day */
} tide_column_type;

typedef struct tide_text {
    const char *ptr; /* no NUL at the end */
    int64_t     size;
} tide_text;

/* One argument. Read item TIDE_INDEX(column, row); of a row that is not valid it must not be looked at. */
typedef struct tide_column {
    int32_t        type;        /* tide_column_type */
    int32_t        is_constant; /* item 0 stands for all rows */
    const uint8_t *valid;       /* 1: there is a value, 0: NULL; NULL pointer: no row is NULL */
    const void    *data;
} tide_column;

#define TIDE_INDEX(column, row) ((column)->is_constant ? 0 : (row))
#define TIDE_IS_NULL(column, row) ((column)->valid && !(column)->valid[TIDE_INDEX(column, row)])

/* The result: room for `rows` items. valid comes set: 0 where an argument is NULL (such rows are NULL, whatever is put there),
 * else 1; with TIDE_FUNCTION_SEES_NULL all ones. Put 0 for a NULL. Text may point into arguments, into memory of alloc, or
 * at what lives as long as the library. */
typedef struct tide_output {
    int32_t  type;
    uint8_t *valid;
    void    *data;
} tide_output;

/* One run over a batch of rows. */
typedef struct tide_function_call {
    void *state; /* of this instance: what open gave */
    /* Memory that lives until the results have been used; not zeroed, aligned to 16. NULL when there is none: then return. */
    void *(*alloc)(struct tide_function_call *call, int64_t size);
    /* This row has no result: an error at the call's place, with this message (copied). What becomes of the row is the
     * table's error policy. Go on with the others. */
    void (*fail)(struct tide_function_call *call, int64_t row, const char *message);
    void *engine; /* the engine's own */
} tide_function_call;

typedef enum tide_function_flags {
    TIDE_FUNCTION_SEES_NULL = 1,         /* it wants rows with NULL arguments, too */
    TIDE_FUNCTION_NOT_DETERMINISTIC = 2  /* equal arguments may give other results, or the call itself matters (it waits, it
                                            counts): run for every row, never folded to a constant */
} tide_function_flags;

/* One function. Several rows of one name are overloads: the nearest fits. */
typedef struct tide_function {
    /* "name(type, type) -> type", types as words of tide_column_type, 12 parameters at most. "?" behind the result: may be NULL
     * without a NULL argument; nothing: NULL only where an argument is. */
    const char *signature;
    const char *doc; /* a sentence for DESCRIBE FUNCTION */
    void (*call)(tide_function_call *call, const tide_column *args, int64_t rows, tide_output *out);
    /* May be NULL. Once per place of the call and task, in the thread that plans or starts the job: *state is handed to every
     * call. Not 0: the query fails. */
    int (*open)(void **state);
    void (*close)(void *state); /* may be NULL */
    uint32_t flags;
} tide_function;

#define TIDE_FUNCTION_END { 0, 0, 0, 0, 0, 0 }

/* The one symbol that the engine looks for. */
typedef struct tide_function_library_v1 {
    uint32_t             version; /* TIDE_FUNCTION_VERSION */
    const tide_function *functions; /* closed by TIDE_FUNCTION_END */
} tide_function_library_v1;

#if defined(__GNUC__)
#define TIDE_FUNCTION_EXPORT __attribute__((visibility("default")))
#else
#define TIDE_FUNCTION_EXPORT
#endif

extern TIDE_FUNCTION_EXPORT const tide_function_library_v1 tide_function_library;

#define TIDE_FUNCTION_LIBRARY(rows) const tide_function_library_v1 tide_function_library = { TIDE_FUNCTION_VERSION, rows }

#ifdef __cplusplus
}
#endif

#endif
