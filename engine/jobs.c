/* jobs.c: running plans behind counted handles. The engine keeps one hold on each job until it has ended and nobody else holds it. */
#include "engine/documents.h"
#include "engine/runner.h"

static void job_free(tide_job *job)
{
    SessionMemory *memory = job->memory;
    runner_destroy(job->runner);
    text_free(&job->report);
    arena_destroy(job->arena); /* job lies in it */
    session_memory_release(memory);
}

tide_job *tide_job_hold(tide_job *job)
{
    atomic_fetch_add(&job->holders, 1);
    return job;
}

void tide_job_release(tide_job *job)
{
    if (job && atomic_fetch_sub(&job->holders, 1) == 1)
        job_free(job);
}

/* Lets go of ended jobs that only the engine holds. */
static void forget_ended(tide_engine *engine)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < engine->jobs.count; i++) {
        tide_job *job = engine->jobs.items[i];
        if (atomic_load(&job->holders) == 1 && job_state_is_final(runner_state(job->runner)))
            tide_job_release(job);
        else
            engine->jobs.items[kept++] = job;
    }
    engine->jobs.count = kept;
}

void engine_forget_job(tide_job *job)
{
    tide_engine *engine = job->engine;
    bool was_listed = false;
    env_mutex_lock(engine->mutex);
    for (int64_t i = 0; i < engine->jobs.count && !was_listed; i++) {
        was_listed = engine->jobs.items[i] == job;
        if (was_listed)
            engine->jobs.items[i] = engine->jobs.items[--engine->jobs.count];
    }
    env_mutex_unlock(engine->mutex);
    if (was_listed)
        tide_job_release(job);
}

static void make_id(char *id)
{
    unsigned char bytes[16];
    env_random(bytes, sizeof(bytes));
    for (int i = 0; i < 16; i++) {
        id[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        id[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    id[32] = 0;
}

static Status job_faults(Settings settings, JobFaults *out, Error *err)
{
    out->mean_records = settings_i64(settings, "tidemark.test.fault.mean-records");
    if (out->mean_records < 0)
        return error_set(err, STATUS_OPTION, SPAN_NONE, "tidemark.test.fault.mean-records is %lld, expected 0 or more",
                         (long long)out->mean_records);
    out->place = str_is_nocase(settings_str(settings, "tidemark.test.fault.place"), "after") ? FAULT_AFTER : FAULT_BEFORE;
    Str seed = settings_str(settings, "tidemark.test.fault.seed");
    if (seed.ptr)
        out->seed = (uint64_t)settings_i64(settings, "tidemark.test.fault.seed");
    else
        env_random(&out->seed, sizeof(out->seed));
    return STATUS_OK;
}

static Status job_options(tide_session *session, bool is_batch, JobOptions *out, Error *err)
{
    Settings settings = session_settings(session);
    int64_t parallelism = settings_i64(settings, "table.exec.resource.default-parallelism");
    if (parallelism <= 0)
        parallelism = settings_i64(settings, "parallelism.default");
    if (parallelism < 1 || parallelism > 128)
        return error_set(err, STATUS_OPTION, SPAN_NONE, "parallelism.default is %lld, expected 1 to 128", (long long)parallelism);
    const tide_engine *engine = session->engine;
    *out = (JobOptions){ .parallelism = (int32_t)parallelism, .clock = engine->clock,
                          .host = &session->memory->host };
    Str batch_rows = map_get_str(engine->settings, STR("tidemark.batch-rows"));
    Str workers = map_get_str(engine->settings, STR("tidemark.workers"));
    int64_t number;
    if (batch_rows.ptr && str_to_i64(batch_rows, &number))
        out->batch_rows = number < 1 ? 1 : number > BATCH_ROWS ? BATCH_ROWS : number;
    if (workers.ptr && str_to_i64(workers, &number))
        out->worker_count = (int32_t)(number < 0 ? 0 : number > 128 ? 128 : number);
    out->eval.is_general = option_bool(engine_option_rows(), engine->settings, "tidemark.test.general-paths");
    out->eval.clock = engine->clock;
    out->eval.query_start_ms = is_batch ? clock_now_ms(engine->clock) : 0;
    out->eval.database = catalog_current_database(session->catalog);
    out->eval.watermark = TIME_MIN;
    env_random(&out->eval.random_seed, sizeof(out->eval.random_seed));
    TRY(job_faults(settings, &out->faults, err));
    return session_zone(session, &out->eval.zone, err);
}

/* A job that goes on in its state folder is the same job. */
static void take_id(tide_job *job, const StateFolder *state)
{
    Str id = state->options.job_id;
    if (id.len == sizeof(job->id) - 1)
        memcpy(job->id, id.ptr, sizeof(job->id) - 1);
}

Status engine_start_job(tide_session *session, Arena *arena, const PlanJob *plan, Str file, Str source, tide_job **out, Error *err)
{
    RunnerOptions options = { .name = plan->name };
    TRY(job_options(session, plan->is_batch, &options.job, err));
    tide_engine *engine = session->engine;
    tide_job *job = arena_new(arena, tide_job, 1);
    job->is_query = !plan->sinks[0]->sink.table;
    make_id(job->id);
    TRY(state_folder_open(session, job->is_query, source, str_from(job->id), &options.state, err));
    if (options.state)
        take_id(job, options.state);
    Status status = restart_strategy(session_settings(session), options.state && !job->is_query, &options.restart, err);
    if (status == STATUS_OK)
        status = runner_start(plan, &options, &job->runner, err);
    if (status != STATUS_OK) {
        state_folder_close(options.state);
        return status;
    }
    job->engine = engine;
    job->memory = session->memory;
    session_memory_hold(session->memory);
    job->arena = arena;
    job->name = arena_str(arena, plan->name);
    job->file = arena_str(arena, file);
    job->source = arena_str(arena, source);
    job->state_folder = arena_str(arena, options.state ? options.state->path : STR_EMPTY);
    job->savepoint_dir = arena_str(arena, settings_str(session_settings(session), "execution.checkpointing.savepoint-dir"));
    job->started_ms = clock_now_ms(engine->clock);
    atomic_init(&job->holders, 2); /* the engine's and the result's */

    env_mutex_lock(engine->mutex);
    forget_ended(engine);
    list_push(engine->arena, &engine->jobs, job);
    env_mutex_unlock(engine->mutex);
    *out = job;
    return STATUS_OK;
}

tide_job *engine_find_job(tide_engine *engine, Str id)
{
    tide_job *found = NULL;
    env_mutex_lock(engine->mutex);
    for (int64_t i = 0; i < engine->jobs.count && !found; i++)
        if (str_is(id, engine->jobs.items[i]->id))
            found = tide_job_hold(engine->jobs.items[i]);
    env_mutex_unlock(engine->mutex);
    return found;
}

int64_t tide_job_list(tide_engine *engine, tide_job **out, int64_t capacity)
{
    env_mutex_lock(engine->mutex);
    forget_ended(engine);
    int64_t count = engine->jobs.count;
    for (int64_t i = 0; i < count && i < capacity; i++)
        out[i] = tide_job_hold(engine->jobs.items[i]);
    env_mutex_unlock(engine->mutex);
    return count;
}

const char *tide_job_id(const tide_job *job)
{
    return job->id;
}

const char *tide_job_name(const tide_job *job)
{
    return job->name.ptr;
}

tide_job_state tide_job_state_of(const tide_job *job)
{
    return (tide_job_state)runner_state(job->runner);
}

_Static_assert((int)TIDE_JOB_CREATED == (int)JOB_CREATED && (int)TIDE_JOB_FAILED == (int)JOB_FAILED, "states agree");

const char *tide_job_state_name(tide_job_state state)
{
    return job_state_text((JobState)state);
}

int64_t tide_job_started_ms(const tide_job *job)
{
    return job->started_ms;
}

tide_status job_status_public(tide_job *job, tide_error **err)
{
    switch (runner_state(job->runner)) {
    case JOB_FINISHED:
        return TIDE_OK;
    case JOB_CANCELLED:
        return TIDE_CANCELLED;
    case JOB_FAILED:
        return error_public(runner_error(job->runner), job->file, job->source, err);
    default:
        return TIDE_TIMEOUT;
    }
}

tide_status tide_job_wait(tide_job *job, int64_t timeout_ms, tide_error **err)
{
    runner_wait(job->runner, timeout_ms);
    return job_status_public(job, err);
}

void tide_job_cancel(tide_job *job)
{
    runner_cancel(job->runner);
}

void tide_job_stop(tide_job *job, bool drain)
{
    runner_stop(job->runner, drain);
}

/* ---- counts -------------------------------------------------------------------------------------------------------- */

void tide_job_stats_of(const tide_job *job, tide_job_stats *out)
{
    Arena *scratch = arena_create();
    JobStats stats;
    runner_stats(job->runner, scratch, &stats);
    tide_job_stats made = { .struct_size = out->struct_size, .rows_in = stats.rows_in, .rows_out = stats.rows_out, .late = stats.late,
                            .bad = stats.bad, .state_bytes = stats.state_bytes, .elapsed_ms = stats.elapsed_ms,
                            .watermark_ms = stats.watermark, .done = -1, .total = -1, .failed = stats.failed,
                            .refused = stats.refused,
                            .future = stats.future, .dead_letters = stats.dead_letters,
                            .epoch = stats.has_checkpoints ? stats.checkpoints.epoch : -1, .final_rows = stats.final_rows,
                            .pause_us = stats.checkpoints.pause_us };
    for (int32_t i = 0; i < stats.table_count; i++) {
        const JobTableStats *table = &stats.tables[i];
        if (table->is_sink || table->total < 0)
            continue;
        made.done = (made.done < 0 ? 0 : made.done) + table->done;
        made.total = (made.total < 0 ? 0 : made.total) + table->total;
    }
    memcpy(out, &made, out->struct_size < sizeof(made) ? out->struct_size : sizeof(made));
    arena_destroy(scratch);
}

/* epoch: the last complete one; -1: the job takes no checkpoints. */
static void report_table(const JobTableStats *table, int64_t epoch, Text *out)
{
    const char *role = table->is_dead_letter ? "bad" : table->is_sink ? "out" : "in ";
    text_printf(out, "  %s %.*s: %lld rows", role, STR_FMT(table->path), (long long)table->rows);
    if (table->bytes > 0)
        text_printf(out, ", %lld bytes", (long long)table->bytes);
    if (table->is_sink && epoch >= 0)
        text_printf(out, ", %lld of them final (epoch %lld)", (long long)table->final_rows, (long long)epoch);
    if (table->bad > 0) {
        text_printf(out, ", %lld bad (", (long long)table->bad);
        const char *separator = "";
        for (int reason = 0; reason < BAD_REASON_COUNT; reason++) {
            if (table->bad_by[reason] == 0)
                continue;
            text_printf(out, "%s%s %lld", separator, bad_reason_text((BadReason)reason), (long long)table->bad_by[reason]);
            separator = ", ";
        }
        text_put(out, ')');
    }
    if (table->null_rowtime > 0)
        text_printf(out, ", %lld without event time", (long long)table->null_rowtime);
    if (table->future > 0)
        text_printf(out, ", %lld from the future", (long long)table->future);
    if (table->late > 0)
        text_printf(out, ", %lld behind the watermark by %lld ms at most, %lld ms on average", (long long)table->late,
                    (long long)table->late_max_ms, (long long)(table->late_sum_ms / table->late));
    if (table->has_checksum)
        text_printf(out, ", checksum %016llx", (unsigned long long)table->checksum);
    if (table->failed > 0)
        text_printf(out, ", %lld failed", (long long)table->failed);
    if (table->refused > 0)
        text_printf(out, ", %lld refused", (long long)table->refused);
    text_put(out, '\n');
}

/* What does not happen in most jobs is only said where it did. */
static void report_count(int64_t count, const char *what, Text *out)
{
    if (count > 0)
        text_printf(out, ", %lld %s", (long long)count, what);
}

const char *tide_job_report(tide_job *job)
{
    Arena *scratch = arena_create();
    JobStats stats;
    runner_stats(job->runner, scratch, &stats);
    text_clear(&job->report);
    text_printf(&job->report, "%.*s %s: %lld rows in, %lld rows out, %lld late, %lld bad", STR_FMT(job->name),
                tide_job_state_name(tide_job_state_of(job)), (long long)stats.rows_in, (long long)stats.rows_out,
                (long long)stats.late, (long long)stats.bad);
    report_count(stats.failed, "failed", &job->report);
    report_count(stats.refused, "refused", &job->report);
    report_count(stats.future, "from the future", &job->report);
    report_count(stats.dead_letters, "dead letters", &job->report);
    text_printf(&job->report, ", %.3f s\n", (double)stats.elapsed_ms / 1000.0);
    for (int32_t i = 0; i < stats.table_count; i++)
        report_table(&stats.tables[i], stats.has_checkpoints ? stats.checkpoints.epoch : -1, &job->report);
    for (int32_t i = 0; i < stats.operator_count; i++) {
        const JobOperatorStats *op = &stats.operators[i];
        if (op->late > 0)
            text_printf(&job->report, "  late %.*s: %lld rows, by %lld ms at most, %lld ms on average\n", STR_FMT(op->name),
                        (long long)op->late, (long long)op->late_max_ms, (long long)(op->late_sum_ms / op->late));
        if (op->failed > 0)
            text_printf(&job->report, "  failed %.*s: %lld rows\n", STR_FMT(op->name), (long long)op->failed);
    }
    arena_destroy(scratch);
    return text_cstr(&job->report);
}
