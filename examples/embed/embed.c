/* embed.c: Tidemark inside a C program: rows go in through a push table, windows come out as batches.
 *
 *     cmake -S . -B build -DCMAKE_PREFIX_PATH=/where/tidemark/is/installed && cmake --build build && build/embed
 * or  cc embed.c $(pkg-config --cflags --libs tidemark) -o embed && ./embed */
#include <inttypes.h>
#include <stdio.h>

#include <tidemark.h>

static int fail(tide_error *err)
{
    fprintf(stderr, "%s\n", tide_error_render(err));
    tide_error_free(err);
    return 1;
}

static int run(tide_session *session, const char *sql, tide_result **out)
{
    tide_error *err = NULL;
    return tide_execute(session, sql, TIDE_NUL_TERMINATED, out, &err) == TIDE_OK ? 0 : fail(err);
}

static int define_table(tide_session *session)
{
    tide_result *result;
    if (run(session,
            "CREATE TABLE readings (sensor STRING, celsius DOUBLE, ts TIMESTAMP(3),"
            "  WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)"
            " WITH ('connector' = 'push')",
            &result))
        return 1;
    tide_result_close(result);
    return 0;
}

static int push_readings(tide_session *session)
{
    static const char *const rows[][3] = {
        { "attic", "21.5", "2024-06-01 12:00:01.000" }, { "cellar", "12.0", "2024-06-01 12:00:02.000" },
        { "attic", "22.5", "2024-06-01 12:00:04.500" }, { "cellar", "12.4", "2024-06-01 12:00:11.000" },
        { "attic", "23.0", "2024-06-01 12:00:12.000" }, { "attic", NULL, "2024-06-01 12:00:13.000" },
    };
    tide_error *err = NULL;
    tide_writer *writer;
    if (tide_writer_open(session, "readings", &writer, &err))
        return fail(err);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (tide_writer_row(writer, TIDE_INSERT, rows[i], 3, &err)) {
            tide_writer_close(writer);
            return fail(err);
        }
    }
    tide_writer_close(writer); /* flushes, and ends the input */
    return 0;
}

static int print_windows(tide_result *result)
{
    tide_error *err = NULL;
    tide_batch *batch;
    tide_status status;
    while ((status = tide_result_next(result, -1, &batch, &err)) == TIDE_ROWS) {
        for (int64_t row = 0; row < tide_batch_rows(batch); row++) {
            for (int32_t column = 0; column < tide_result_column_count(result); column++) {
                const char *text = tide_batch_text(batch, row, column, TIDE_TEXT_CAST, NULL);
                printf("%s%s", column ? " | " : "", text ? text : "NULL");
            }
            putchar('\n');
        }
        tide_batch_release(batch);
    }
    return status == TIDE_DONE ? 0 : fail(err);
}

static int run_all(tide_session *session)
{
    tide_result *result;
    if (define_table(session)
        || run(session,
               "SELECT window_start, sensor, COUNT(*) AS readings, AVG(celsius) AS celsius"
               " FROM TABLE(TUMBLE(TABLE readings, DESCRIPTOR(ts), INTERVAL '10' SECOND))"
               " GROUP BY window_start, window_end, sensor",
               &result))
        return 1;
    int status = push_readings(session) || print_windows(result);
    tide_result_close(result);
    return status;
}

int main(void)
{
    tide_engine *engine;
    tide_session *session;
    tide_error *err = NULL;
    if (tide_open(NULL, &engine, &err))
        return fail(err);
    if (tide_session_open(engine, &session, &err))
        return fail(err);
    int status = run_all(session);
    tide_session_close(session);
    tide_close(engine);
    return status;
}
