/* checkpoints.c: see checkpoints.h. */
#include "engine/checkpoints.h"

#include "core/env.h"
#include "engine/documents.h"

enum { DEFAULT_INTERVAL_MS = 10000, JOB_ID_SIZE = 32 };

/* file:///var/lib/x or a path; any other scheme is of a system that is not here. */
static Status local_folder(Str value, Str *out, Error *err)
{
    int64_t scheme = str_find(value, ':');
    *out = value;
    if (scheme < 0 || scheme + 1 >= value.len || value.ptr[scheme + 1] != '/')
        return STATUS_OK;
    if (!str_is_nocase(str_slice(value, 0, scheme), "file")) {
        error_set(err, STATUS_OPTION, SPAN_NONE, "execution.checkpointing.dir is '%.*s', expected a local folder", STR_FMT(value));
        return error_hint(err, "a path, or file:///path; --state-dir DIR wins over the script");
    }
    *out = str_slice(value, scheme + 1, value.len);
    while (out->len > 1 && out->ptr[0] == '/' && out->ptr[1] == '/')
        *out = str_slice(*out, 1, out->len);
    return STATUS_OK;
}

static int32_t next_job_number(tide_engine *engine)
{
    env_mutex_lock(engine->mutex);
    int32_t number = ++engine->state_folders;
    env_mutex_unlock(engine->mutex);
    return number;
}

static bool takes_queries(const tide_engine *engine)
{
    return option_bool(engine_option_rows(), engine->settings, "tidemark.checkpoint-queries");
}

static void read_options(Settings settings, JobCheckpoints *out)
{
    bool has_interval = settings_str(settings, "execution.checkpointing.interval").ptr != NULL;
    out->is_aligned = str_is_nocase(settings_str(settings, "execution.checkpointing.mode"), "EXACTLY_ONCE");
    out->interval_ms = has_interval ? settings_i64(settings, "execution.checkpointing.interval") : DEFAULT_INTERVAL_MS;
    out->pause_ms = settings_i64(settings, "execution.checkpointing.min-pause");
    out->timeout_ms = settings_i64(settings, "execution.checkpointing.timeout");
    out->keep = settings_i64(settings, "execution.checkpointing.num-retained");
}

static void say(void *context, Str line)
{
    const ConnectorHost *host = context;
    if (host->notice)
        host->notice(host->state, line);
}

static void say_what_is_restored(const StateFolder *folder)
{
    Text line = TEXT_EMPTY;
    text_printf(&line, "%.*s: going on from checkpoint %lld", STR_FMT(folder->path), (long long)folder->options.restore->epoch);
    say((void *)(uintptr_t)folder->host, text_str(&line));
    text_free(&line);
}

Status state_folder_reread(StateFolder *folder, Error *err)
{
    if (folder->restored)
        arena_destroy(folder->restored);
    folder->restored = arena_create();
    TRY(checkpoint_store_newest(folder->store, folder->restored, say, (void *)(uintptr_t)folder->host, &folder->options.restore, err));
    if (folder->options.restore)
        say_what_is_restored(folder);
    return STATUS_OK;
}

/* ---- the job's id ------------------------------------------------------------------------------------------------------- */

/* false: there is none, or none that was written whole. */
static bool read_job_id(Str path, Arena *arena, Str *out)
{
    Text    text = TEXT_EMPTY;
    Error   ignored = ERROR_NONE;
    EnvStat found;
    bool    is_there = env_file_stat(path, &found) && env_file_read_all(path, JOB_ID_SIZE + 1, &text, &ignored) == STATUS_OK &&
        text.len == JOB_ID_SIZE + 1;
    if (is_there)
        *out = arena_str(arena, str_slice(text_str(&text), 0, JOB_ID_SIZE));
    text_free(&text);
    return is_there;
}

static Status write_job_id(Str path, Str id, Arena *arena, Error *err)
{
    int fd;
    TRY(env_file_open(path, ENV_CREATE, &fd, err));
    Status status = env_file_write(fd, arena_format(arena, "%.*s\n", STR_FMT(id)), err);
    if (status == STATUS_OK)
        status = env_file_sync(fd, err);
    env_file_close(fd);
    return status;
}

/* The id is in every checkpoint; until there is one it is in a file of its own: what a process that died early has left in its sinks under
 * its id is then its heir's to clear away. */
static Status keep_job_id(StateFolder *folder, Str fresh, Error *err)
{
    Str path = arena_format(folder->arena, "%.*s/job-id", STR_FMT(folder->path));
    if (folder->options.restore)
        folder->options.job_id = arena_str(folder->arena, folder->options.restore->job_id);
    else if (!read_job_id(path, folder->arena, &folder->options.job_id)) {
        folder->options.job_id = arena_str(folder->arena, fresh);
        TRY(write_job_id(path, fresh, folder->arena, err));
    }
    return STATUS_OK;
}

/* ---- the folder --------------------------------------------------------------------------------------------------------- */

static Status open_store(StateFolder *folder, Str fresh_id, Error *err)
{
    TRY(checkpoint_store_open(folder->path, CHECKPOINT_OWN, &folder->store, err));
    folder->options.store = folder->store;
    TRY(state_folder_reread(folder, err));
    return keep_job_id(folder, fresh_id, err);
}

Status state_folder_open(tide_session *session, bool is_query, Str script, Str fresh_id, StateFolder **out, Error *err)
{
    Settings settings = session_settings(session);
    Str      directory = settings_str(settings, "execution.checkpointing.dir"), path;
    *out = NULL;
    if (!directory.ptr || directory.len == 0 || (is_query && !takes_queries(session->engine)))
        return STATUS_OK;
    TRY(local_folder(directory, &path, err));
    Arena       *arena = arena_create();
    StateFolder *folder = arena_new(arena, StateFolder, 1);
    folder->arena = arena;
    Secrets      secrets;
    secrets_hide(arena, script, &secrets);
    folder->options.script = (Str){ secrets.text, secrets.size };
    read_options(settings, &folder->options);
    folder->host = &session->memory->host;
    folder->path = arena_format(arena, "%.*s/job-%d", STR_FMT(path), next_job_number(session->engine));
    Status status = open_store(folder, fresh_id, err);
    if (status == STATUS_OK)
        *out = folder;
    else
        state_folder_close(folder);
    return status;
}

void state_folder_close(StateFolder *folder)
{
    if (!folder)
        return;
    if (folder->store)
        checkpoint_store_close(folder->store);
    if (folder->restored)
        arena_destroy(folder->restored);
    arena_destroy(folder->arena);
}
