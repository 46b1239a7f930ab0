/* checkpoints.c: see checkpoints.h. */
#include "engine/checkpoints.h"

#include "core/env.h"
#include "engine/documents.h"

#include <stdarg.h>

enum { DEFAULT_INTERVAL_MS = 10000, KEEP_MIN = 2, JOB_ID_SIZE = 32 };

Status local_folder(const char *key, Str value, Str *out, Error *err)
{
    int64_t scheme = str_find(value, ':');
    *out = value;
    if (scheme < 0 || scheme + 1 >= value.len || value.ptr[scheme + 1] != '/')
        return STATUS_OK;
    if (!str_is_nocase(str_slice(value, 0, scheme), "file")) {
        error_set(err, STATUS_OPTION, SPAN_NONE, "%s is '%.*s', expected a local folder", key, STR_FMT(value));
        return error_hint(err, "a path, or file:///path");
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
    out->keep = out->keep < KEEP_MIN ? KEEP_MIN : out->keep;
    out->ignores_unclaimed = settings_bool(settings, "execution.state-recovery.ignore-unclaimed-state");
}

static void say(void *context, Str line)
{
    const ConnectorHost *host = context;
    if (host->notice)
        host->notice(host->state, line);
}

static void say_of(const StateFolder *folder, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say_of(const StateFolder *folder, const char *format, ...)
{
    Text    line = TEXT_EMPTY;
    va_list arguments;
    text_printf(&line, "%.*s: ", STR_FMT(folder->path));
    va_start(arguments, format);
    text_vprintf(&line, format, arguments);
    va_end(arguments);
    say((void *)(uintptr_t)folder->host, text_str(&line));
    text_free(&line);
}

/* ---- what a person chose ------------------------------------------------------------------------------------------------ */

static Status not_a_checkpoint(const StateFolder *folder, Error *err)
{
    error_set(err, STATUS_NO_OBJECT, SPAN_NONE, "execution.state-recovery.path: there is no checkpoint in \"%.*s\"", STR_FMT(folder->chosen));
    return error_hint(err, "the folder of a savepoint, of one job (DIR/job-1), or the path of an epoch-N.manifest");
}

/* DIR/epoch-000042.manifest: that one of DIR. */
static bool names_manifest(Str path, Str *directory, int64_t *epoch)
{
    Str     prefix = STR("epoch-"), suffix = STR(".manifest");
    int64_t name = path.len;
    while (name > 0 && path.ptr[name - 1] != '/')
        name--;
    Str file = str_slice(path, name, path.len);
    *directory = name > 1 ? str_slice(path, 0, name - 1) : name == 1 ? STR("/") : STR(".");
    return str_starts_with(file, prefix) && str_ends_with(file, suffix) && file.len > prefix.len + suffix.len &&
        str_to_i64(str_slice(file, prefix.len, file.len - suffix.len), epoch);
}

static Status read_from(const StateFolder *folder, CheckpointStore *store, int64_t epoch, const Checkpoint **out, Error *err)
{
    if (epoch > 0)
        return checkpoint_store_read(store, epoch, folder->restored, out, err);
    TRY(checkpoint_store_newest(store, folder->restored, say, (void *)(uintptr_t)folder->host, out, err));
    return *out ? STATUS_OK : not_a_checkpoint(folder, err);
}

static Status read_chosen(StateFolder *folder, Error *err)
{
    CheckpointStore *store;
    Str              directory = folder->chosen;
    int64_t          epoch = 0;
    EnvStat          found;
    if (!(env_file_stat(folder->chosen, &found) && found.is_directory) && !names_manifest(folder->chosen, &directory, &epoch))
        return not_a_checkpoint(folder, err);
    TRY(checkpoint_store_open(directory, CHECKPOINT_LOOK, &store, err));
    Status status = read_from(folder, store, epoch, &folder->options.restore, err);
    checkpoint_store_close(store);
    if (status != STATUS_OK)
        return error_prefix(err, "execution.state-recovery.path");
    folder->chosen_directory = directory;
    return STATUS_OK;
}

static RestoreEdits edits_of(Str value, RestoreEdits otherwise)
{
    if (!value.ptr)
        return otherwise;
    return str_is_nocase(value, "FORCE") ? RESTORE_FORCE : str_is_nocase(value, "MIGRATE") ? RESTORE_MIGRATE : RESTORE_KEEP;
}

/* What a job has saved itself wins: it is later, or the job would go back after a crash. */
static Status read_what_to_restore(StateFolder *folder, Error *err)
{
    JobCheckpoints *options = &folder->options;
    options->may_rewind = false;
    options->edits = edits_of(folder->edits, RESTORE_KEEP);
    TRY(checkpoint_store_newest(folder->store, folder->restored, say, (void *)(uintptr_t)folder->host, &options->restore, err));
    options->tells_verdict = options->restore && !str_eq(options->restore->script, options->script);
    if (options->restore)
        say_of(folder, "going on from checkpoint %lld%s", (long long)options->restore->epoch,
               folder->chosen.len > 0 ? " of its own, not from execution.state-recovery.path" : "");
    if (options->restore || folder->chosen.len == 0)
        return STATUS_OK;
    TRY(read_chosen(folder, err));
    say_of(folder, "beginning from %s %lld in %.*s", options->restore->kind == CHECKPOINT_SAVEPOINT ? "savepoint" : "checkpoint",
           (long long)options->restore->epoch, STR_FMT(folder->chosen));
    options->may_rewind = options->tells_verdict = true;
    options->edits = edits_of(folder->edits, RESTORE_MIGRATE);
    if (folder->claims) {
        options->claimed_directory = folder->chosen_directory;
        options->claimed_epoch = options->restore->epoch;
    }
    return STATUS_OK;
}

Status state_folder_reread(StateFolder *folder, Error *err)
{
    if (folder->restored)
        arena_destroy(folder->restored);
    folder->restored = arena_create();
    return read_what_to_restore(folder, err);
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

/* The settings that say what to begin from. */
static Status choose(StateFolder *folder, Settings settings, Error *err)
{
    Str path = settings_str(settings, "execution.state-recovery.path"), local;
    if (!path.ptr || path.len == 0)
        return STATUS_OK;
    TRY(local_folder("execution.state-recovery.path", path, &local, err));
    folder->chosen = arena_str(folder->arena, local);
    folder->claims = str_is_nocase(settings_str(settings, "execution.state-recovery.claim-mode"), "CLAIM");
    return STATUS_OK;
}

/* A job that goes on from somewhere must be able to go on from itself. */
static Status refuse_choice(Settings settings, Error *err)
{
    Str path = settings_str(settings, "execution.state-recovery.path");
    if (!path.ptr || path.len == 0)
        return STATUS_OK;
    error_set(err, STATUS_OPTION, SPAN_NONE, "execution.state-recovery.path is set, but the job has no state directory of its own");
    return error_hint(err, "--state-dir DIR, or SET 'execution.checkpointing.dir' = 'DIR'");
}

Status state_folder_open(tide_session *session, bool is_query, Str script, Str fresh_id, StateFolder **out, Error *err)
{
    Settings settings = session_settings(session);
    Str      directory = settings_str(settings, "execution.checkpointing.dir"), path;
    *out = NULL;
    if (is_query && !takes_queries(session->engine))
        return STATUS_OK;
    if (!directory.ptr || directory.len == 0)
        return refuse_choice(settings, err);
    TRY(local_folder("execution.checkpointing.dir", directory, &path, err));
    Arena       *arena = arena_create();
    StateFolder *folder = arena_new(arena, StateFolder, 1);
    folder->arena = arena;
    Secrets      secrets;
    secrets_hide(arena, script, &secrets);
    folder->options.script = (Str){ secrets.text, secrets.size };
    read_options(settings, &folder->options);
    folder->host = &session->memory->host;
    folder->edits = settings_str(settings, "execution.state-recovery.edited-script");
    folder->edits = folder->edits.ptr ? arena_str(arena, folder->edits) : folder->edits;
    folder->path = arena_format(arena, "%.*s/job-%d", STR_FMT(path), next_job_number(session->engine));
    Status status = choose(folder, settings, err);
    if (status == STATUS_OK)
        status = open_store(folder, fresh_id, err);
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
