/* kafka_epochs.c: a job in small around one exactly-once kafka sink, for tests that kill it.
 *
 *   kafka_epochs OPTIONS STATE EPOCHS ROWS [INSTANCE [STATE...]]
 *
 * OPTIONS are those of the table (k STRING, n BIGINT), "key=value;key=value" without the connector's. STATE is its
 * checkpoint: a file that is replaced whole. It goes on from there: opens the sink, recovers, then writes ROWS rows an
 * epoch, seals, replaces the file, commits, with rows of the next epoch in between, until EPOCHS are committed. Row
 * number n has key k<n % 7>-<instance>. Checkpoints of other instances that this one takes over from may follow.
 * REWIND=1 in the environment: the person chose this checkpoint. DAYS=1: a day passes between any two looks at the clock.
 * FORGET=1: what the checkpoint holds is not given to the sink, as a broken engine would do.
 * Exit code 3: an error of the sink, printed. */
#include "core/bytes.h"
#include "tests/connectors/table.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { KEYS = 7, STATES_MAX = 8, STATE_MAX = 1 << 30 };

typedef struct State {
    int64_t epoch;    /* of the checkpoint; 0 = none */
    int64_t next_row; /* behind the rows of that epoch */
    Text    output;
} State;

typedef struct Job {
    Table          *table;
    const SinkType *type;
    const char     *path;
    State           states[STATES_MAX]; /* this instance's, then those that it takes over from */
    int             state_count;
    int64_t         next_row; /* to be written */
    int64_t         in_epoch; /* rows written to the open epoch */
} Job;

static void check(const Job *job, Status status)
{
    if (status == STATUS_OK)
        return;
    printf("error: %s\n", job->table->err.message);
    if (job->table->err.hint[0])
        printf("hint: %s\n", job->table->err.hint);
    exit(3);
}

/* ---- the checkpoint ---------------------------------------------------------------------------------------------- */

static void load(State *state, const char *path)
{
    Text  bytes = TEXT_EMPTY;
    Error err = ERROR_NONE;
    Str   output;
    if (access(path, F_OK) != 0)
        return;
    ck_assert_int_eq(env_file_read_all(str_from(path), STATE_MAX, &bytes, &err), STATUS_OK);
    const char *cursor = bytes.ptr, *end = bytes.ptr + bytes.len;
    ck_assert(decode_i64(&cursor, end, &state->epoch));
    ck_assert(decode_i64(&cursor, end, &state->next_row));
    ck_assert(decode_str(&cursor, end, &output));
    text_append(&state->output, output);
    text_free(&bytes);
}

static void save(const State *state, const char *path)
{
    char  part[1024];
    int   fd;
    Text  bytes = TEXT_EMPTY;
    Error err = ERROR_NONE;
    snprintf(part, sizeof(part), "%s.part", path);
    encode_i64(state->epoch, &bytes);
    encode_i64(state->next_row, &bytes);
    encode_str(text_str(&state->output), &bytes);
    ck_assert_int_eq(env_file_open(str_from(part), ENV_CREATE, &fd, &err), STATUS_OK);
    ck_assert_int_eq(env_file_write(fd, text_str(&bytes), &err), STATUS_OK);
    env_file_close(fd);
    ck_assert_int_eq(env_file_rename(str_from(part), str_from(path), &err), STATUS_OK);
    text_free(&bytes);
}

/* ---- the sink ---------------------------------------------------------------------------------------------------- */

static void print_notice(void *state, Str line)
{
    (void)state;
    fprintf(stderr, "%.*s\n", STR_FMT(line));
}

/* As fast as a day per look. */
static int64_t days_ns(const Clock *clock)
{
    static int64_t now_ns;
    (void)clock;
    return __atomic_add_fetch(&now_ns, (int64_t)86400 * 1000000000, __ATOMIC_RELAXED);
}

static void open_sink(Job *job, const char *options, int32_t instance)
{
    static const Clock days = { NULL, days_ns };
    char               all[2048];
    snprintf(all, sizeof(all), "connector=kafka;format=json;%s", options);
    job->table = table_open("k STRING, n BIGINT", "", "", all);
    IoSpec *io = &job->table->io;
    io->has_epochs = true;
    io->job_id = STR("0123456789abcdef0123456789abcdef");
    io->task_index = instance;
    io->task_count = instance + 1;
    job->table->host.notice = print_notice;
    if (getenv("DAYS"))
        io->clock = &days;
    job->type = table_connector_of(job->table)->sink;
    connector_check(&job->table->spec, true, &job->table->err);
    check(job, job->table->err.status);
    check(job, job->type->open(io, &job->table->sink, &job->table->err));
}

static void wait_a_little(const Job *job)
{
    wakeup_wait(job->table->wakeup, 100);
}

static void recover(Job *job, int32_t first_instance)
{
    SinkEpoch    epochs[STATES_MAX];
    SinkRecovery recovery = { .restored = job->states[0].epoch, .may_rewind = getenv("REWIND") != NULL, .epochs = epochs };
    int64_t      held = 0;
    for (int i = 0; i < job->state_count; i++) {
        int32_t instance = i == 0 ? first_instance : i - (i <= first_instance);
        if (job->states[i].output.len > 0 && !getenv("FORGET"))
            epochs[recovery.count++] = (SinkEpoch){ job->states[i].epoch, instance, text_str(&job->states[i].output) };
    }
    for (bool done = false; !done; wait_a_little(job))
        check(job, job->type->recover(job->table->sink, &recovery, &done, &held, &job->table->err));
    printf("recovered at epoch %lld, the cluster holds %lld\n", (long long)job->states[0].epoch, (long long)held);
}

static void write_rows(Job *job, int64_t rows)
{
    Text   lines = TEXT_EMPTY;
    Codec *codec;
    for (int64_t i = 0; i < rows; i++)
        text_printf(&lines, "{\"k\":\"k%lld-%d\",\"n\":%lld}\n", (long long)(job->next_row + i) % KEYS,
                    job->table->io.task_index, (long long)(job->next_row + i));
    Batch *batch = table_batch(job->table, text_cstr(&lines), &codec);
    for (int64_t start = 0, taken; start < batch->rows; start += taken) {
        check(job, job->type->write(job->table->sink, batch, start, &taken, &job->table->err));
        if (taken == 0)
            wait_a_little(job);
    }
    codec_close(codec);
    text_free(&lines);
    job->next_row += rows;
    job->in_epoch += rows;
}

static void run_epoch(Job *job, int64_t rows)
{
    State *state = &job->states[0];
    write_rows(job, rows - job->in_epoch);
    text_clear(&state->output);
    state->epoch++;
    check(job, job->type->seal(job->table->sink, state->epoch, &state->output, &job->table->err));
    state->next_row = job->next_row;
    job->in_epoch = 0;
    env_step("job.before_checkpoint");
    save(state, job->path);
    env_step("job.after_checkpoint");
    for (bool done = false; !done; wait_a_little(job)) {
        check(job, job->type->commit(job->table->sink, state->epoch, &done, &job->table->err));
        if (job->in_epoch == 0 && !done)
            write_rows(job, rows / 2);
    }
    printf("epoch %lld\n", (long long)state->epoch);
}

static int    count;
static char **words;

/* The tests' tables assert, which they may only within a test. */
START_TEST(run)
{
    static Job job;
    int64_t    epochs = atoll(words[3]), rows = atoll(words[4]);
    int32_t    instance = count > 5 ? atoi(words[5]) : 0;
    job.path = words[2];
    load(&job.states[job.state_count++], words[2]);
    for (int i = 6; i < count; i++)
        load(&job.states[job.state_count++], words[i]);
    job.next_row = job.states[0].next_row;
    open_sink(&job, words[1], instance);
    recover(&job, instance);
    while (job.states[0].epoch < epochs)
        run_epoch(&job, rows);
    if (getenv("DAYS"))
        env_sleep_ms(3000);
    table_close(job.table);
}
END_TEST

int main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    count = argc;
    words = argv;
    setvbuf(stdout, NULL, _IOLBF, 0);
    Suite   *suite = suite_create("kafka_epochs");
    TCase   *tests = tcase_create("kafka_epochs");
    SRunner *runner = srunner_create(suite);
    tcase_add_test(tests, run);
    suite_add_tcase(suite, tests);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    if (failed)
        srunner_print(runner, CK_NORMAL);
    srunner_free(runner);
    return failed;
}
