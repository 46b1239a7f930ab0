/* savepoints.h: savepoints of running jobs, for statements and the API. */
#ifndef ENGINE_SAVEPOINTS_H
#define ENGINE_SAVEPOINTS_H

#include "engine/engine.h"

/* Takes one in a folder of its own below `directory` (execution.checkpointing.savepoint-dir: empty is an error that says so), and waits for it; see
 * job_savepoint. *path lies in the job's memory. Any thread. */
Status savepoint_take(tide_job *job, Str directory, SavepointThen then, Str *path, Error *err);
/* DIRECTORY/savepoint-<first of the job's id>-<random>, as in the dialect; the directory is there when this returns STATUS_OK. */
Status savepoint_folder(Str directory, Str job_id, Arena *arena, Str *out, Error *err);

#endif
