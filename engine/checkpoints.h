/* checkpoints.h: where the checkpoints of a job live, and what it goes on from. */
#ifndef ENGINE_CHECKPOINTS_H
#define ENGINE_CHECKPOINTS_H

#include "engine/engine.h"

/* The state of one job: STATE_DIR/job-N, N being the job's place among those of the engine. */
typedef struct StateFolder {
    Arena            *arena;
    Arena            *restored; /* what options.restore lies in */
    const ConnectorHost *host; /* for notices */
    Str               path;
    CheckpointStore  *store;
    Str               chosen;  /* execution.state-recovery.path; empty = none */
    Str               chosen_directory; /* the folder that its checkpoint is in */
    Str               edits;   /* execution.state-recovery.edited-script; {NULL, 0} = not set */
    bool              claims;  /* it is the job's to remove */
    JobCheckpoints    options; /* for job_create */
} StateFolder;

/* The path of a value of `key`: file:///var/lib/x or a path; any other scheme is of a system that is not here. */
Status local_folder(const char *key, Str value, Str *out, Error *err);
/* Opens and locks the folder as the session's settings say, and reads the newest checkpoint that verifies, or else the one that the settings
 * name. *out = NULL: no checkpoints are to be taken (no directory is set, or the job is a query). script: of the job; secrets are masked here.
 * fresh_id: the job's, unless the folder or what it begins from has one already; options.job_id is the one that counts. */
Status state_folder_open(tide_session *session, bool is_query, Str script, Str fresh_id, StateFolder **out, Error *err);
/* The newest checkpoint again, for another start; the job before is over. */
Status state_folder_reread(StateFolder *folder, Error *err);
/* Of a job that is gone. NULL is allowed. */
void   state_folder_close(StateFolder *folder);

#endif
