/* file_epochs.h: exactly once: which bytes of which hidden files belong to a checkpoint, and which are to be shown.
 *
 *   seal:     open files are synced; their lengths go to the checkpoint, and the names of those that were ended since
 *   commit:   the ended ones are renamed, directories synced, then the marker says: all files of this epoch are shown
 *   recover:  every file of the checkpoint is cut to its length and shown; hidden files of this job that are left were begun behind it
 *             and are removed
 *
 * A recovered file is not gone on with: whoever takes it over shows it and begins new ones, so another parallelism is no other case.
 * Names that a job makes carry its id, the sink's number and the instance's: ".tidemark-<job>-<sink>-<instance>." and then
 * "part-....inprogress", or "epoch" for the marker. Calls block for the time of an fsync. */
#ifndef CONNECTORS_FILESYSTEM_FILE_EPOCHS_H
#define CONNECTORS_FILESYSTEM_FILE_EPOCHS_H

#include "connectors/connector.h"
#include "connectors/filesystem/part_file.h"

/* The directory below the root has a file more that can be seen, or waits for its mark since since_ms (0 = only now). */
typedef void (*FileShown)(void *context, Str below, int64_t since_ms);

/* Of what file_epochs_seal writes. */
enum { FILE_OUTPUT_VERSION = 1 };

typedef struct FileEpochs {
    const IoSpec *spec;
    Str           root;
    Str           prefix;      /* of this instance's names */
    Str           family;      /* without the instance */
    FileShown     shown;
    void         *context;
    Text          open;        /* records of the epoch that is being sealed */
    Text          ended;       /* records of files that are to be shown */
    int64_t       sealed_size; /* bytes of `ended` that the sealed epoch holds */
    int64_t       marked;      /* the marker's epoch; 0 = there is none */
    bool          was_hurried;
} FileEpochs;

/* root lives as long as spec->arena. */
void   file_epochs_init(FileEpochs *epochs, const IoSpec *spec, Str root, FileShown shown, void *context);
void   file_epochs_free(FileEpochs *epochs);
/* As SinkType.recover, at once; each file that is shown then, and each partition that waits, is told to `shown`. */
Status file_epochs_recover(FileEpochs *epochs, const SinkRecovery *recovery, int64_t *held, Error *err);
/* The file was ended; the next commit behind the next seal shows it. below: its directory, below the root. */
void   file_epochs_ended(FileEpochs *epochs, Str below, const PartFile *file);
/* Sealing: each open file, then all the rest; waiting: partitions without their mark, as file_epochs_put_waiting lays them out. A
 * directory in which files were begun is synced before. */
Status file_epochs_sync_directory(const FileEpochs *epochs, Str below, Error *err);
Status file_epochs_seal_file(FileEpochs *epochs, Str below, PartFile *file, Error *err);
void   file_epochs_put_waiting(Text *waiting, Str below, int64_t since_ms);
void   file_epochs_seal(FileEpochs *epochs, Str waiting, Text *out);
/* Of records of files that were renamed: their directories, once for files in a row that are in one. */
Status file_epochs_sync_shown(const FileEpochs *epochs, Arena *arena, Str records, Error *err);
Status file_epochs_commit(FileEpochs *epochs, int64_t epoch, Error *err);
/* The end, behind the last commit: shows what was ended since. */
Status file_epochs_finish(FileEpochs *epochs, int64_t epoch, Error *err);

#endif
