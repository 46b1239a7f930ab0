/* parse.c: lexing and parsing one script of 1 MB, beside a search for a byte that is not there over the same bytes.
 *
 *     bench_parse [runs]       20 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/text.h"
#include "parser/parser.h"

enum { SCRIPT_SIZE = 1000000 };

static double cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Statements of the usual kind: a definition, a windowed INSERT, a view. */
static void make_script(Text *out)
{
    for (int i = 0; out->len < SCRIPT_SIZE; i++) {
        text_printf(out,
                    "CREATE TABLE orders_%d (id BIGINT NOT NULL, amount DECIMAL(10, 2), note STRING COMMENT 'it''s a note', "
                    "ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'kafka', "
                    "'topic' = 'orders-%d', 'properties.bootstrap.servers' = 'broker:9092', 'format' = 'json');\n",
                    i, i);
        text_printf(out,
                    "-- per minute\nINSERT INTO totals SELECT window_start, id %% 10 AS bucket, COUNT(*), SUM(amount * 1.19), "
                    "MAX(CASE WHEN amount > %d AND note LIKE 'x%%' THEN 'large' ELSE LOWER(TRIM(note)) END) FROM TABLE(TUMBLE(TABLE "
                    "orders_%d, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) WHERE id BETWEEN 1 AND %d GROUP BY window_start, "
                    "window_end, id %% 10 HAVING COUNT(*) > 3;\n",
                    i, i, i);
        text_printf(out, "CREATE VIEW joined_%d AS SELECT a.id, b.note FROM orders_%d AS a JOIN orders_0 AS b ON a.id = b.id;\n", i, i);
    }
}

/* The number of statements. */
static int parse_all(Str script)
{
    Arena     *arena = arena_create();
    Parser    *parser = parser_create(arena, script);
    Statement *statement;
    Error      err = ERROR_NONE;
    int        count = 0;
    while (parser_next(parser, arena, &statement, &err) == STATUS_OK && statement)
        count++;
    if (err.status != STATUS_OK) {
        fprintf(stderr, "%s\n", err.message);
        exit(1);
    }
    arena_destroy(arena);
    return count;
}

int main(int argc, char **argv)
{
    int    runs = argc > 1 ? atoi(argv[1]) : 20, statements = 0;
    double best = 1e9, floor_best = 1e9;
    Text   script = TEXT_EMPTY;
    make_script(&script);
    for (int run = 0; run < runs; run++) {
        double start = cpu_ms();
        statements = parse_all(text_str(&script));
        double middle = cpu_ms();
        const void *volatile found = memchr(script.ptr, 1, (size_t)script.len);
        (void)found;
        double end = cpu_ms();
        best = middle - start < best ? middle - start : best;
        floor_best = end - middle < floor_best ? end - middle : floor_best;
    }
    printf("lexing and parsing %d statements, %.2f MB: %.1f ms CPU at best of %d; memchr %.3f ms\n", statements,
           (double)script.len / 1e6, best, runs, floor_best);
    text_free(&script);
    return 0;
}
