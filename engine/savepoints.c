/* savepoints.c: see savepoints.h. */
#include "engine/savepoints.h"

#include "engine/checkpoints.h"
#include "engine/runner.h"

enum { ID_SHOWN = 6, RANDOM_BYTES = 6 };

static const char setting_name[] = "execution.checkpointing.savepoint-dir";

static Status has_directory(Str directory, Error *err)
{
    if (directory.len > 0)
        return STATUS_OK;
    error_set(err, STATUS_OPTION, SPAN_NONE, "where is the savepoint to go? %s is not set", setting_name);
    return error_hint(err, "SET '%s' = '/path', or name a folder", setting_name);
}

Status savepoint_folder(Str directory, Str job_id, Arena *arena, Str *out, Error *err)
{
    unsigned char bytes[RANDOM_BYTES];
    Str           local, start = str_slice(job_id, 0, job_id.len < ID_SHOWN ? job_id.len : ID_SHOWN);
    Text          name = TEXT_EMPTY;
    TRY(has_directory(directory, err));
    TRY(local_folder(setting_name, directory, &local, err));
    TRY(env_directory_create(local, err));
    while (local.len > 1 && local.ptr[local.len - 1] == '/')
        local.len--;
    env_random(bytes, sizeof(bytes));
    text_printf(&name, "%.*s/savepoint-%.*s-", STR_FMT(local), STR_FMT(start));
    for (int i = 0; i < RANDOM_BYTES; i++)
        text_printf(&name, "%02x", bytes[i]);
    *out = arena_str(arena, text_str(&name));
    text_free(&name);
    return STATUS_OK;
}

/* The job's memory may be used by another savepoint, too. */
static Str keep_in_job(tide_job *job, Str text)
{
    env_mutex_lock(job->engine->mutex);
    Str kept = arena_str(job->arena, text);
    env_mutex_unlock(job->engine->mutex);
    return kept;
}

Status savepoint_take(tide_job *job, Str directory, SavepointThen then, Str *path, Error *err)
{
    Arena *scratch = arena_create();
    Str    folder;
    Status status = savepoint_folder(directory, str_from(job->id), scratch, &folder, err);
    if (status == STATUS_OK)
        status = runner_savepoint(job->runner, folder, then, err);
    if (status == STATUS_OK)
        *path = keep_in_job(job, folder);
    arena_destroy(scratch);
    return status;
}

/* ---- the API -------------------------------------------------------------------------------------------------------------- */

static tide_status take(tide_job *job, const char *directory, SavepointThen then, const char **path, tide_error **err)
{
    EnvGuard guard;
    Error    error = ERROR_NONE;
    Str      folder = STR_EMPTY;
    if (setjmp(env_guard_enter(&guard)->unwind)) {
        error_set(&error, STATUS_NO_MEMORY, SPAN_NONE, "memory ran out while a savepoint was taken");
    } else {
        savepoint_take(job, directory ? str_from(directory) : job->savepoint_dir, then, &folder, &error);
        env_guard_leave(&guard);
    }
    if (error.status != STATUS_OK)
        return error_public(&error, STR_EMPTY, STR_EMPTY, err);
    *path = folder.ptr;
    return TIDE_OK;
}

tide_status tide_job_savepoint(tide_job *job, const char *directory, const char **path, tide_error **err)
{
    return take(job, directory, SAVEPOINT_GO_ON, path, err);
}

tide_status tide_job_stop_with_savepoint(tide_job *job, bool drain, const char *directory, const char **path, tide_error **err)
{
    tide_status status = take(job, directory, drain ? SAVEPOINT_DRAIN : SAVEPOINT_STOP, path, err);
    if (status == TIDE_OK)
        runner_wait(job->runner, -1);
    return status;
}

const char *tide_job_state_folder(const tide_job *job)
{
    return job->state_folder.ptr;
}
