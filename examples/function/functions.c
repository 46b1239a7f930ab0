/* functions.c: scalar functions in C for SQL.
 *
 *     cc -O2 -shared -fPIC -I include -o DIR/functions.so examples/function/functions.c -lm
 *     tidemark run --function-dir DIR examples/function/function.sql
 *
 * Numbers, with an error by row (distance_km); text made anew (initials); a function that matters for what it does, not for
 * what it gives (spend_ms); one that looks at NULL (or_text). */
#include <tidemark_function.h>

#include <math.h>
#include <string.h>
#include <time.h>

static double number(const tide_column *column, int64_t row)
{
    return ((const double *)column->data)[TIDE_INDEX(column, row)];
}

static tide_text text(const tide_column *column, int64_t row)
{
    return ((const tide_text *)column->data)[TIDE_INDEX(column, row)];
}

/* Great-circle distance of two places given by latitude and longitude in degrees. */
static void distance_km(tide_function_call *call, const tide_column *args, int64_t rows, tide_output *out)
{
    const double radian = 3.14159265358979323846 / 180, earth_km = 6371;
    double      *result = out->data;
    for (int64_t row = 0; row < rows; row++) {
        if (!out->valid[row])
            continue;
        double from = number(&args[0], row), to = number(&args[2], row);
        if (fabs(from) > 90 || fabs(to) > 90) {
            call->fail(call, row, "a latitude lies between -90 and 90");
            continue;
        }
        double high = sin((to - from) * radian / 2), wide = sin((number(&args[3], row) - number(&args[1], row)) * radian / 2);
        double square = high * high + cos(from * radian) * cos(to * radian) * wide * wide;
        result[row] = 2 * earth_km * asin(sqrt(square));
    }
}

/* 'Ada King Lovelace' -> 'AKL': the first byte of each word that is an ASCII letter. */
static void initials(tide_function_call *call, const tide_column *args, int64_t rows, tide_output *out)
{
    tide_text *result = out->data;
    for (int64_t row = 0; row < rows; row++) {
        if (!out->valid[row])
            continue;
        tide_text name = text(&args[0], row);
        char     *letters = call->alloc(call, name.size);
        int64_t   count = 0;
        if (!letters)
            return;
        for (int64_t i = 0; i < name.size; i++) {
            char letter = (char)(name.ptr[i] & ~0x20);
            if ((i == 0 || name.ptr[i - 1] == ' ') && letter >= 'A' && letter <= 'Z')
                letters[count++] = letter;
        }
        result[row] = (tide_text){ letters, count };
        out->valid[row] = count > 0;
    }
}

/* Stands for work: the value comes back when that many milliseconds have passed. */
static void spend_ms(tide_function_call *call, const tide_column *args, int64_t rows, tide_output *out)
{
    (void)call;
    tide_text     *result = out->data;
    const int32_t *ms = args[1].data;
    for (int64_t row = 0; row < rows; row++) {
        if (!out->valid[row])
            continue;
        int32_t         wait = ms[TIDE_INDEX(&args[1], row)];
        struct timespec time = { wait / 1000, wait % 1000 * 1000000L };
        if (wait > 0)
            nanosleep(&time, NULL);
        result[row] = text(&args[0], row);
    }
}

static void or_text(tide_function_call *call, const tide_column *args, int64_t rows, tide_output *out)
{
    (void)call;
    tide_text *result = out->data;
    for (int64_t row = 0; row < rows; row++)
        result[row] = TIDE_IS_NULL(&args[0], row) ? (tide_text){ "nothing", 7 } : text(&args[0], row);
}

static const tide_function rows[] = {
    { "distance_km(double, double, double, double) -> double", "Kilometres between two places, by latitude and longitude.",
      distance_km, NULL, NULL, 0 },
    { "initials(string) -> string?", "The first letters of the words.", initials, NULL, NULL, 0 },
    { "spend_ms(string, int) -> string", "The text, after so many milliseconds.", spend_ms, NULL, NULL,
      TIDE_FUNCTION_NOT_DETERMINISTIC },
    { "or_text(string) -> string", "The text, or 'nothing'.", or_text, NULL, NULL, TIDE_FUNCTION_SEES_NULL },
    TIDE_FUNCTION_END
};
TIDE_FUNCTION_LIBRARY(rows);
