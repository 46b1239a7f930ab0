/* run.c: executes the steps of a case and compares what comes with what the file says. */
#include "tests/sql/runner/run.h"

#include "include/tidemark.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WAIT_MS = 60000 }; /* no case takes this long: past it, something hangs */

/* What the steps of a case gave in the first half of a run in two. */
typedef struct Half {
    Lines rows;
    long  late, bad;
} Half;

typedef struct Run {
    const Case   *at;
    const Setup  *setup;
    tide_session *session;
    Buffer       *reason;
    Half         *halves;   /* a step each; NULL = the run is in one */
    bool          is_first; /* ... the first half */
} Run;

static bool differ(Run *run, const Step *step, const char *format, const char *expected, const char *found)
{
    char line[64];
    snprintf(line, sizeof(line), "line %d: ", step->line);
    buffer_puts(run->reason, line);
    buffer_puts(run->reason, format);
    buffer_puts(run->reason, "\n  expected: ");
    buffer_puts(run->reason, expected);
    buffer_puts(run->reason, "\n  found:    ");
    buffer_puts(run->reason, found);
    return false;
}

/* ---- files: rows below CREATE TABLE ... WITH ('path' = '$FILE', ...) are the lines of one ----------------------------------- */

enum { PATH_MAX_SIZE = 64 };

static const char file_mark[] = "$FILE";

static bool has_file(const Step *step)
{
    return step->has_rows && strstr(step->sql, file_mark);
}

/* One for each process: the same tests may run elsewhere at this moment. */
static const char *file_path(const Step *step, char path[PATH_MAX_SIZE])
{
    snprintf(path, PATH_MAX_SIZE, "/tmp/tide-sql-%ld-%d", (long)getpid(), step->line);
    return path;
}

static void replace(Buffer *out, const char *text, const char *from, const char *to)
{
    for (const char *found; (found = strstr(text, from)) != NULL; text = found + strlen(from)) {
        buffer_add(out, text, (size_t)(found - text));
        buffer_puts(out, to);
    }
    buffer_puts(out, text);
}

static bool write_file(const Step *step)
{
    char path[PATH_MAX_SIZE];
    FILE *file = fopen(file_path(step, path), "w");
    if (!file)
        return false;
    bool is_good = fputs(step->rows.text ? step->rows.text : "", file) >= 0;
    return fclose(file) == 0 && is_good;
}

static void remove_files(const Case *at)
{
    char path[PATH_MAX_SIZE];
    for (size_t i = 0; i < at->step_count; i++)
        if (has_file(&at->steps[i]))
            unlink(file_path(&at->steps[i], path));
}

/* The message with "$FILE" for each path of the case. */
static void add_message(const Case *at, const char *message, Buffer *out)
{
    Buffer text = { 0 };
    buffer_puts(&text, message);
    for (size_t i = 0; i < at->step_count; i++) {
        if (!has_file(&at->steps[i]))
            continue;
        char path[PATH_MAX_SIZE];
        Buffer replaced = { 0 };
        replace(&replaced, text.text, file_path(&at->steps[i], path), file_mark);
        buffer_free(&text);
        text = replaced;
    }
    buffer_puts(out, text.text);
    buffer_free(&text);
}

/* ---- rows as lines --------------------------------------------------------------------------------------------------------- */

static bool needs_quotes(const char *text)
{
    return *text == 0 || strcmp(text, "NULL") == 0 || strpbrk(text, "\",\n") || text[0] == ' ' || text[strlen(text) - 1] == ' ';
}

static void add_cell(Buffer *line, const char *text)
{
    if (!text) {
        buffer_puts(line, "NULL");
    } else if (!needs_quotes(text)) {
        buffer_puts(line, text);
    } else {
        buffer_puts(line, "\"");
        for (; *text; text++) {
            buffer_puts(line, *text == '"' ? "\"\"" : *text == '\n' ? "\\n" : (char[]){ *text, 0 });
        }
        buffer_puts(line, "\"");
    }
}

static void add_rows(const tide_result *result, tide_batch *batch, Lines *out)
{
    static const char *const kinds[] = { "+I ", "-U ", "+U ", "-D " };
    int columns = tide_result_column_count(result);
    for (int64_t row = 0; row < tide_batch_rows(batch); row++) {
        Buffer line = { 0 };
        buffer_puts(&line, kinds[tide_batch_op(batch, row)]);
        for (int column = 0; column < columns; column++) {
            buffer_puts(&line, column > 0 ? ", " : "");
            add_cell(&line, tide_batch_text(batch, row, column, TIDE_TEXT_CAST, NULL));
        }
        lines_add(out, line.text);
        buffer_free(&line);
    }
}

/* Applies the changelog: what is left, each as "+I ...". */
static void fold(Lines *lines)
{
    Lines kept = { 0 };
    for (size_t i = 0; i < lines->count; i++) {
        const char *line = lines->items[i];
        if (line[0] == '+') {
            Buffer added = { 0 };
            buffer_puts(&added, "+I");
            buffer_puts(&added, line + 2);
            lines_add(&kept, added.text);
            buffer_free(&added);
            continue;
        }
        for (size_t k = kept.count; k-- > 0;) {
            if (strcmp(kept.items[k] + 2, line + 2) == 0) {
                free(kept.items[k]);
                memmove(&kept.items[k], &kept.items[k + 1], (kept.count - k - 1) * sizeof(char *));
                kept.count--;
                break;
            }
        }
    }
    lines_free(lines);
    *lines = kept;
}

static void join(const Lines *lines, Buffer *out)
{
    for (size_t i = 0; i < lines->count; i++) {
        buffer_puts(out, i > 0 ? "\n            " : "");
        buffer_puts(out, lines->items[i]);
    }
    if (lines->count == 0)
        buffer_puts(out, "(no rows)");
}

static bool compare_rows(Run *run, const Step *step, Lines *found)
{
    Lines expected = { 0 };
    for (size_t i = 0; i < step->expected.count; i++)
        lines_add(&expected, step->expected.items[i]);
    if (run->at->is_folded) {
        fold(&expected);
        fold(found);
    }
    if (!run->at->is_ordered) {
        lines_sort(&expected);
        lines_sort(found);
    }
    Buffer left = { 0 }, right = { 0 };
    join(&expected, &left);
    join(found, &right);
    bool is_same = strcmp(left.text, right.text) == 0;
    if (!is_same)
        differ(run, step, "other rows", left.text, right.text);
    buffer_free(&left);
    buffer_free(&right);
    lines_free(&expected);
    return is_same;
}

static bool compare_columns(Run *run, const Step *step, const tide_result *result)
{
    if (!step->columns)
        return true;
    Buffer found = { 0 };
    for (int i = 0; i < tide_result_column_count(result); i++) {
        buffer_puts(&found, i > 0 ? ", " : "");
        buffer_puts(&found, tide_result_column_name(result, i));
        buffer_puts(&found, " ");
        buffer_puts(&found, tide_result_column_type(result, i));
    }
    bool is_same = found.text && strcmp(found.text, step->columns) == 0;
    if (!is_same)
        differ(run, step, "other columns", step->columns, found.text ? found.text : "");
    buffer_free(&found);
    return is_same;
}

static Half *half_of(const Run *run, const Step *step)
{
    return run->halves ? &run->halves[step - run->at->steps] : NULL;
}

static bool compare_counts(Run *run, const Step *step, const tide_job *job)
{
    if (!job || (step->late < 0 && step->bad < 0))
        return true;
    tide_job_stats stats = { .struct_size = sizeof(stats) };
    tide_job_stats_of(job, &stats);
    const Half *half = half_of(run, step);
    if (half) {
        stats.late += half->late;
        stats.bad += half->bad;
    }
    char expected[64], found[64];
    snprintf(expected, sizeof(expected), "late %ld, bad %ld", step->late, step->bad);
    snprintf(found, sizeof(found), "late %ld, bad %ld", step->late < 0 ? -1 : (long)stats.late, step->bad < 0 ? -1 : (long)stats.bad);
    return strcmp(expected, found) == 0 || differ(run, step, "other counts (-1: not said)", expected, found);
}

/* ---- steps ------------------------------------------------------------------------------------------------------------------------ */

/* "3:8 message" */
static bool compare_error(Run *run, const Step *step, tide_error *err)
{
    tide_position at = { .struct_size = sizeof(at) };
    tide_error_position(err, &at);
    char place[48];
    snprintf(place, sizeof(place), "%lld:%lld ", (long long)at.line, (long long)at.column);
    Buffer found = { 0 };
    buffer_puts(&found, place);
    add_message(run->at, tide_error_message(err), &found);
    bool is_same = true;
    if (!step->error)
        is_same = differ(run, step, "it failed", "success", tide_error_render(err));
    else if (strcmp(found.text, step->error) != 0)
        is_same = differ(run, step, "another error", step->error, found.text);
    else if (step->hint && strcmp(step->hint, tide_error_hint(err)) != 0)
        is_same = differ(run, step, "another hint", step->hint, tide_error_hint(err));
    buffer_free(&found);
    tide_error_free(err);
    return is_same;
}

static void add_pause(const Step *step, int cut_at, Buffer *sql)
{
    int  lines = 0;
    char option[64];
    for (const char *c = step->rows.text ? step->rows.text : ""; *c; c = strchr(c, '\n') ? strchr(c, '\n') + 1 : "")
        lines++;
    snprintf(option, sizeof(option), ", 'pause-at-line' = '%d'", 1 + lines * cut_at / 4);
    buffer_puts(sql, option);
}

/* CREATE TABLE t (...); with rows: the same WITH a values connector that holds them. */
static char *statement_text(const Run *run, const Step *step)
{
    Buffer sql = { 0 };
    char path[PATH_MAX_SIZE];
    if (has_file(step)) {
        replace(&sql, step->sql, file_mark, file_path(step, path));
        return sql.text;
    }
    buffer_puts(&sql, step->sql);
    if (!step->has_rows)
        return sql.text;
    sql.text[--sql.size] = 0; /* the semicolon */
    buffer_puts(&sql, " WITH ('connector' = 'values', 'rows' = '");
    bool has_kinds = false;
    const char *rows = step->rows.text ? step->rows.text : "";
    for (const char *c = rows; *c; c++)
        buffer_puts(&sql, *c == '\'' ? "''" : (char[]){ *c, 0 });
    for (const char *line = rows; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        has_kinds = has_kinds || strncmp(line, "-U ", 3) == 0 || strncmp(line, "-D ", 3) == 0 || strncmp(line, "+U ", 3) == 0;
    buffer_puts(&sql, has_kinds ? "', 'changelog-mode' = 'all'" : "'");
    if (run->is_first)
        add_pause(step, run->setup->cut_at, &sql);
    buffer_puts(&sql, ");");
    return sql.text;
}

static tide_status read_result(tide_result *result, Lines *found, tide_error **err)
{
    tide_batch *batch;
    tide_status status;
    while ((status = tide_result_next(result, WAIT_MS, &batch, err)) == TIDE_ROWS) {
        add_rows(result, batch, found);
        tide_batch_release(batch);
    }
    if (status == TIDE_DONE && tide_result_kind_of(result) == TIDE_RESULT_JOB)
        status = tide_job_wait(tide_result_job(result), WAIT_MS, err);
    return status;
}

/* The first half: reads until the job has had time to read its rows, then has it stop with a checkpoint and reads the rest. */
static bool read_first_half(const Step *step, tide_result *result, Half *half)
{
    enum { READ_MS = 2, READS = 10 };
    tide_batch *batch;
    tide_error *err = NULL;
    tide_status status = TIDE_TIMEOUT;
    tide_job   *job = tide_result_job(result);
    for (int i = 0; i < READS && (status == TIDE_ROWS || status == TIDE_TIMEOUT); i++) {
        status = tide_result_next(result, READ_MS, &batch, &err);
        if (status == TIDE_ROWS) {
            add_rows(result, batch, &half->rows);
            tide_batch_release(batch);
        }
    }
    if (job)
        tide_job_stop(job, false);
    if (status < TIDE_E_FIRST)
        status = read_result(result, &half->rows, &err);
    if (job) {
        tide_job_stats stats = { .struct_size = sizeof(stats) };
        tide_job_stats_of(job, &stats);
        half->late = (long)stats.late;
        half->bad = (long)stats.bad;
    }
    tide_error_free(err);
    return status < TIDE_E_FIRST ? status != TIDE_TIMEOUT : step->error != NULL;
}

static bool check_result(Run *run, const Step *step, tide_result *result)
{
    Lines found = { 0 };
    tide_error *err = NULL;
    const Half *half = half_of(run, step);
    if (run->is_first)
        return read_first_half(step, result, half_of(run, step)) || differ(run, step, "the first half", "a stop", "a failure, or no end");
    for (size_t i = 0; half && i < half->rows.count; i++)
        lines_add(&found, half->rows.items[i]);
    tide_status status = read_result(result, &found, &err);
    bool is_good;
    if (status >= TIDE_E_FIRST)
        is_good = compare_error(run, step, err);
    else if (status == TIDE_TIMEOUT)
        is_good = differ(run, step, "it does not end", "an end", "none within a minute");
    else if (step->error)
        is_good = differ(run, step, "it did not fail", step->error, "success");
    else
        is_good = compare_columns(run, step, result) && (!step->has_expected || compare_rows(run, step, &found))
                  && compare_counts(run, step, tide_result_job(result));
    lines_free(&found);
    return is_good;
}

static bool run_step(Run *run, const Step *step)
{
    if (has_file(step) && !write_file(step))
        return differ(run, step, "its file cannot be written", "a file below /tmp", "none");
    char *sql = statement_text(run, step);
    tide_error *err = NULL;
    tide_result *result = NULL;
    tide_status status = tide_execute(run->session, sql, TIDE_NUL_TERMINATED, &result, &err);
    free(sql);
    if (status != TIDE_OK)
        return compare_error(run, step, err);
    bool is_good = check_result(run, step, result);
    tide_result_close(result);
    return is_good;
}

static bool run_steps(Run *run)
{
    for (size_t i = 0; i < run->at->step_count; i++)
        if (!run_step(run, &run->at->steps[i]))
            return false;
    return true;
}

static bool run_engine(Run *run, const char *parallelism, const char *state)
{
    const Setup *setup = run->setup;
    tide_config *config = tide_config_new();
    tide_config_set(config, "tidemark.batch-rows", setup->batch_rows, NULL);
    tide_config_set(config, "parallelism.default", parallelism, NULL);
    tide_config_set(config, "tidemark.test.general-paths", setup->is_general ? "true" : "false", NULL);
    tide_config_set(config, "table.local-time-zone", "UTC", NULL);
    if (state) {
        tide_config_set(config, "execution.checkpointing.dir", state, NULL);
        tide_config_set(config, "execution.checkpointing.interval", "0 ms", NULL);
        tide_config_set(config, "tidemark.checkpoint-queries", "true", NULL);
        tide_config_set(config, "execution.state-recovery.edited-script", "MIGRATE", NULL); /* tables lose their pause */
    }
    tide_engine *engine = NULL;
    bool is_good = tide_open(config, &engine, NULL) == TIDE_OK && tide_session_open(engine, &run->session, NULL) == TIDE_OK;
    if (!is_good)
        buffer_puts(run->reason, "the engine does not open");
    is_good = is_good && run_steps(run);
    tide_session_close(run->session);
    run->session = NULL;
    tide_close(engine);
    tide_config_free(config);
    return is_good;
}

/* Only what a person would cut: queries over rows that stand in the case. */
static bool can_be_cut(const Case *at)
{
    bool has_rows = false;
    for (size_t i = 0; i < at->step_count; i++) {
        const Step *step = &at->steps[i];
        has_rows = has_rows || (step->has_rows && !has_file(step) && step->rows.text);
        if (strstr(step->sql, "INSERT ") || strstr(step->sql, "STATEMENT SET"))
            return false;
    }
    return has_rows;
}

/* In memory if there is such a place: these are thousands of checkpoints, and what a disk does with them is shown elsewhere. */
static const char *state_folder(void)
{
    const char *wanted = getenv("TMPDIR");
    if (wanted)
        return wanted;
    return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

static int remove_entry(const char *path, const struct stat *stat, int kind, struct FTW *place)
{
    (void)stat, (void)kind, (void)place;
    return remove(path);
}

static bool run_halves(Run *run)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/tide-sql-state-XXXXXX", state_folder());
    if (!mkdtemp(path))
        return false;
    run->halves = calloc(run->at->step_count, sizeof(Half));
    run->is_first = true;
    bool is_good = run_engine(run, run->setup->parallelism, path);
    run->is_first = false;
    is_good = is_good && run_engine(run, run->setup->parallelism_later, path);
    for (size_t i = 0; i < run->at->step_count; i++)
        lines_free(&run->halves[i].rows);
    free(run->halves);
    return nftw(path, remove_entry, 8, FTW_DEPTH | FTW_PHYS) == 0 && is_good;
}

bool case_run(const Case *at, const Setup *setup, Buffer *reason)
{
    Run  run = { .at = at, .setup = setup, .reason = reason };
    bool is_good = true;
    if (!setup->parallelism_later)
        is_good = run_engine(&run, setup->parallelism, NULL);
    else if (can_be_cut(at))
        is_good = run_halves(&run);
    remove_files(at);
    return is_good;
}
