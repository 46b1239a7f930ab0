/* functions.c: the clock, and work of a given length, as functions of SQL.
 *
 *     cc -O2 -shared -fPIC -I include -o DIR/experiment.so examples/at-least-once/functions.c
 *
 * The two clocks of a row are read around its work. spend_ms takes what now_ms gave, so that they cannot be read in another order. */
#include <tidemark_function.h>

#include <time.h>

static int64_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void now_ms(tide_function_call *call, const tide_column *args, int64_t rows, tide_output *out)
{
    (void)call;
    (void)args;
    int64_t *result = out->data;
    for (int64_t row = 0; row < rows; row++)
        result[row] = clock_ms();
}

static void spend_ms(tide_function_call *call, const tide_column *args, int64_t rows, tide_output *out)
{
    (void)call;
    const int32_t *ms = args[1].data;
    int64_t       *result = out->data;
    for (int64_t row = 0; row < rows; row++) {
        if (!out->valid[row])
            continue;
        int32_t         wait = ms[TIDE_INDEX(&args[1], row)];
        struct timespec time = { wait / 1000, wait % 1000 * 1000000L };
        if (wait > 0)
            nanosleep(&time, NULL);
        result[row] = clock_ms();
    }
}

static const tide_function rows[] = {
    { "now_ms() -> bigint", "The clock, in milliseconds since 1970.", now_ms, NULL, NULL, TIDE_FUNCTION_NOT_DETERMINISTIC },
    { "spend_ms(bigint, int) -> bigint", "The clock when so many milliseconds of work are done; the first argument only says what comes before.",
      spend_ms, NULL, NULL, TIDE_FUNCTION_NOT_DETERMINISTIC },
    TIDE_FUNCTION_END
};
TIDE_FUNCTION_LIBRARY(rows);
