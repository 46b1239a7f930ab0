/* checkpoint_tables.c: what stands in a folder of checkpoints, as tables. Reads it only, and takes no lock: the folder may belong to a running job.
 *
 * A folder is one job's, or a state directory in which each job has a folder job-1, job-2, ... The first column names the job's folder. */
#include "engine/checkpoint_tables.h"

#include "core/env.h"
#include "engine/savepoints.h"

#include <stdlib.h>

typedef struct JobFolder {
    Str     path;
    Str     name;
    int64_t number;
} JobFolder;

typedef struct JobFolders {
    Arena *arena;
    Str    directory;
    LIST(JobFolder) folders;
} JobFolders;

/* ---- cells ---------------------------------------------------------------------------------------------------------------- */

void inspection_put(Inspection *inspection, Str cell)
{
    table_builder_add(&inspection->table, cell);
}

void inspection_put_number(Inspection *inspection, int64_t number)
{
    inspection_put(inspection, arena_format(inspection->arena, "%lld", (long long)number));
}

void inspection_put_null(Inspection *inspection, int count)
{
    for (int i = 0; i < count; i++)
        inspection_put(inspection, (Str){ NULL, 0 });
}

static Str kind_text(CheckpointKind kind)
{
    switch (kind) {
    case CHECKPOINT_PERIODIC: return STR("periodic");
    case CHECKPOINT_LAST: return STR("last");
    case CHECKPOINT_SAVEPOINT: return STR("savepoint");
    }
    return STR_EMPTY;
}

static void begin_table(Inspection *inspection, const ColumnRow *columns, int32_t count)
{
    const char **names = arena_new(inspection->arena, const char *, count);
    for (int32_t i = 0; i < count; i++)
        names[i] = columns[i].name;
    inspection->table = table_builder(inspection->arena, names, count);
    for (int32_t i = 0; i < count; i++)
        table_builder_type(&inspection->table, i, columns[i].type);
}

/* ---- the questions -------------------------------------------------------------------------------------------------------- */

static const ColumnRow list_columns[] = {
    { "job", &type_string },   { "epoch", &type_bigint },   { "kind", &type_string },    { "taken", &type_timestamp_ltz3 },
    { "size", &type_bigint },  { "written", &type_bigint }, { "job_name", &type_string }, { "problem", &type_string },
};

static Status list_job(Inspection *inspection, Str job, CheckpointStore *store, Error *err)
{
    const CheckpointEntry *entries;
    int64_t                count;
    TRY(checkpoint_store_list(store, inspection->work, &entries, &count, err));
    inspection->found += count;
    for (int64_t i = 0; i < count; i++) {
        const CheckpointEntry *entry = &entries[i];
        inspection_put(inspection, job);
        inspection_put_number(inspection, entry->epoch);
        if (entry->problem.len > 0) {
            inspection_put_null(inspection, 5);
            inspection_put(inspection, arena_str(inspection->arena, entry->problem));
            continue;
        }
        inspection_put(inspection, kind_text(entry->kind));
        inspection_put_number(inspection, entry->created_ms);
        inspection_put_number(inspection, entry->size);
        inspection_put_number(inspection, entry->new_size);
        inspection_put(inspection, arena_str(inspection->arena, entry->job_name));
        inspection_put_null(inspection, 1);
    }
    return STATUS_OK;
}

static const ColumnRow show_columns[] = {
    { "job", &type_string },      { "epoch", &type_bigint }, { "operator", &type_string }, { "signature", &type_string },
    { "instances", &type_bigint }, { "parts", &type_bigint }, { "size", &type_bigint },     { "written", &type_bigint },
};

/* Of a signature: what people know the operator by. */
static Str first_line(Str text)
{
    int64_t end = str_find(text, '\n');
    return end < 0 ? text : str_slice(text, 0, end);
}

static void show_op(Inspection *inspection, Str job, const Checkpoint *checkpoint, int32_t op)
{
    int64_t parts = 0;
    int64_t size = 0;
    int64_t written = 0;
    for (int64_t i = 0; i < checkpoint->part_count; i++) {
        const CheckpointPart *part = &checkpoint->parts[i];
        if (part->op != op)
            continue;
        parts++;
        size += part->bytes.len;
        written += part->is_unchanged ? 0 : part->bytes.len;
    }
    inspection_put(inspection, job);
    inspection_put_number(inspection, checkpoint->epoch);
    inspection_put(inspection, arena_str(inspection->arena, checkpoint->ops[op].name));
    inspection_put(inspection, arena_str(inspection->arena, first_line(checkpoint->ops[op].signature)));
    inspection_put_number(inspection, checkpoint->ops[op].instances);
    inspection_put_number(inspection, parts);
    inspection_put_number(inspection, size);
    inspection_put_number(inspection, written);
}

Status inspection_epoch(const Inspection *inspection, CheckpointStore *store, int64_t *epoch, Error *err)
{
    const CheckpointEntry *entries;
    int64_t                count;
    *epoch = 0;
    TRY(checkpoint_store_list(store, inspection->work, &entries, &count, err));
    for (int64_t i = 0; i < count; i++) {
        if (inspection->epoch != 0 && entries[i].epoch != inspection->epoch)
            continue;
        *epoch = entries[i].epoch;
        return entries[i].problem.len == 0 ? STATUS_OK : error_set(err, STATUS_DATA, SPAN_NONE, "%.*s", STR_FMT(entries[i].problem));
    }
    return STATUS_OK;
}

static Status show_job(Inspection *inspection, Str job, CheckpointStore *store, Error *err)
{
    const Checkpoint *checkpoint;
    int64_t           epoch;
    TRY(inspection_epoch(inspection, store, &epoch, err));
    if (epoch == 0)
        return STATUS_OK;
    inspection->found++;
    TRY(checkpoint_store_describe(store, epoch, inspection->work, &checkpoint, err));
    for (int32_t i = 0; i < checkpoint->op_count; i++)
        show_op(inspection, job, checkpoint, i);
    return STATUS_OK;
}

static const ColumnRow verify_columns[] = {
    { "job", &type_string }, { "epoch", &type_bigint }, { "size", &type_bigint }, { "verifies", &type_boolean }, { "problem", &type_string },
};

static Status verify_job(Inspection *inspection, Str job, CheckpointStore *store, Error *err)
{
    const CheckpointEntry *entries;
    int64_t                count;
    TRY(checkpoint_store_list(store, inspection->work, &entries, &count, err));
    for (int64_t i = 0; i < count; i++) {
        const CheckpointEntry *entry = &entries[i];
        Error  why = ERROR_NONE;
        if (inspection->epoch != 0 && entry->epoch != inspection->epoch)
            continue;
        Status status = checkpoint_store_verify(store, entry->epoch, &why);
        if (status == STATUS_NO_OBJECT) /* the job has removed it */
            continue;
        bool is_good = status == STATUS_OK;
        inspection->found++;
        inspection->damaged += !is_good;
        inspection_put(inspection, job);
        inspection_put_number(inspection, entry->epoch);
        if (entry->problem.len > 0)
            inspection_put_null(inspection, 1);
        else
            inspection_put_number(inspection, entry->size);
        inspection_put(inspection, is_good ? STR("TRUE") : STR("FALSE"));
        inspection_put(inspection, is_good ? (Str){ NULL, 0 } : arena_str(inspection->arena, str_from(why.message)));
    }
    return STATUS_OK;
}

static const ColumnRow export_columns[] = {
    { "job", &type_string }, { "epoch", &type_bigint }, { "savepoint path", &type_string },
};

/* The wanted one, or the newest that verifies; *epoch = 0: there is none. */
static Status choose_sound(const Inspection *inspection, CheckpointStore *store, const CheckpointEntry **out, Error *err)
{
    const CheckpointEntry *entries;
    int64_t                count;
    *out = NULL;
    TRY(checkpoint_store_list(store, inspection->work, &entries, &count, err));
    for (int64_t i = 0; i < count && !*out; i++) {
        Error why = ERROR_NONE;
        if (inspection->epoch != 0 ? entries[i].epoch == inspection->epoch
                                   : entries[i].problem.len == 0 && checkpoint_store_verify(store, entries[i].epoch, &why) == STATUS_OK)
            *out = &entries[i];
    }
    if (!*out && count > 0 && inspection->epoch == 0)
        return error_set(err, STATUS_DATA, SPAN_NONE, "none of the %lld checkpoints verifies", (long long)count);
    return STATUS_OK;
}

static Status export_job(Inspection *inspection, Str job, CheckpointStore *store, Error *err)
{
    const CheckpointEntry *entry;
    Str                    path;
    TRY(choose_sound(inspection, store, &entry, err));
    if (!entry)
        return STATUS_OK;
    TRY(savepoint_folder(inspection->target, entry->job_id, inspection->arena, &path, err));
    TRY(checkpoint_store_export(store, entry->epoch, path, err));
    inspection->found++;
    inspection_put(inspection, job);
    inspection_put_number(inspection, entry->epoch);
    inspection_put(inspection, path);
    return STATUS_OK;
}

static const Question question_list = QUESTION(list_columns, list_job);
static const Question question_show = QUESTION(show_columns, show_job);
static const Question question_verify = QUESTION(verify_columns, verify_job);
static const Question question_export = QUESTION(export_columns, export_job);

/* ---- folders -------------------------------------------------------------------------------------------------------------- */

static void note_folder(void *context, Str name)
{
    JobFolders *folders = context;
    Str         prefix = STR("job-");
    JobFolder   folder;
    if (!str_starts_with(name, prefix) || !str_to_i64(str_slice(name, prefix.len, name.len), &folder.number))
        return;
    folder.name = arena_str(folders->arena, name);
    folder.path = arena_format(folders->arena, "%.*s/%.*s", STR_FMT(folders->directory), STR_FMT(name));
    list_push(folders->arena, &folders->folders, folder);
}

static int by_number(const void *left_item, const void *right_item)
{
    const JobFolder *left = left_item;
    const JobFolder *right = right_item;
    return left->number < right->number ? -1 : left->number > right->number;
}

/* "/var/lib/job-1/" is "job-1". */
static Str last_word(Str path)
{
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    int64_t start = path.len;
    while (start > 0 && path.ptr[start - 1] != '/')
        start--;
    return str_slice(path, start, path.len);
}

static void close_store(void *store)
{
    checkpoint_store_close(store);
}

static Status open_store(const Inspection *inspection, Str path, CheckpointStore **out, Error *err)
{
    TRY(checkpoint_store_open(path, CHECKPOINT_LOOK, out, err));
    arena_defer(inspection->work, close_store, *out);
    return STATUS_OK;
}

static Status ask_folder(const Question *question, Inspection *inspection, Str path, Str name, Error *err)
{
    CheckpointStore *store;
    TRY(open_store(inspection, path, &store, err));
    return question->ask(inspection, name, store, err);
}

static Status ask_state_directory(const Question *question, Inspection *inspection, Str directory, Error *err)
{
    JobFolders found = { .arena = inspection->arena, .directory = directory }; /* names stand in the table */
    TRY(env_directory_list(directory, note_folder, &found, err));
    if (found.folders.count > 0)
        qsort(found.folders.items, (size_t)found.folders.count, sizeof(JobFolder), by_number);
    for (int64_t i = 0; i < found.folders.count; i++)
        TRY(ask_folder(question, inspection, found.folders.items[i].path, found.folders.items[i].name, err));
    return STATUS_OK;
}

static Status nothing_found(const Inspection *inspection, Str directory, Error *err)
{
    if (inspection->epoch != 0)
        return error_set(err, STATUS_NO_OBJECT, SPAN_NONE, "there is no checkpoint of epoch %lld in \"%.*s\"", (long long)inspection->epoch,
                         STR_FMT(directory));
    return error_set(err, STATUS_NO_OBJECT, SPAN_NONE, "there are no checkpoints in \"%.*s\", and none in folders job-1, job-2, ... of it",
                     STR_FMT(directory));
}

static Status ask(const Question *question, Inspection *inspection, Str directory, Error *err)
{
    CheckpointStore *store;
    begin_table(inspection, question->columns, question->column_count);
    TRY(open_store(inspection, directory, &store, err));
    if (checkpoint_store_highest(store) > 0)
        TRY(question->ask(inspection, last_word(directory), store, err));
    else
        TRY(ask_state_directory(question, inspection, directory, err));
    return inspection->found > 0 ? STATUS_OK : nothing_found(inspection, directory, err);
}

/* ---- the API -------------------------------------------------------------------------------------------------------------- */

static Status answer(tide_session *session, const Question *question, Inspection *inspection, const char *folder, tide_result **out, Error *err)
{
    Arena       *arena = inspection->arena;
    tide_result *result = arena_new(arena, tide_result, 1);
    result->memory = session->memory;
    result->arena = arena;
    TRY(session_zone(session, &result->zone, err));
    TRY(ask(question, inspection, arena_str(arena, str_from(folder)), err));
    if (inspection->rows)
        result_set_rows(result, inspection->fields, inspection->field_count, inspection->rows);
    else
        result_set_table(result, &inspection->table);
    session_memory_hold(session->memory);
    *out = result;
    return STATUS_OK;
}

tide_status inspect(tide_session *session, const Question *question, const char *folder, Inspection inspection, int64_t *damaged,
                           tide_result **out, tide_error **err)
{
    EnvGuard guard;
    Error    error = ERROR_NONE;
    inspection.session = session;
    inspection.arena = arena_create();
    inspection.work = arena_create();
    if (setjmp(env_guard_enter(&guard)->unwind)) {
        error_set(&error, STATUS_NO_MEMORY, SPAN_NONE, "memory ran out while checkpoints were looked at");
    } else {
        answer(session, question, &inspection, folder, out, &error);
        env_guard_leave(&guard);
    }
    arena_destroy(inspection.work);
    if (error.status == STATUS_OK) {
        *damaged = inspection.damaged;
        return TIDE_OK;
    }
    if (inspection.rows)
        batch_release(inspection.rows);
    arena_destroy(inspection.arena);
    return error_public(&error, STR_EMPTY, STR_EMPTY, err);
}

tide_status tide_checkpoint_list(tide_session *session, const char *folder, tide_result **out, tide_error **err)
{
    int64_t damaged;
    return inspect(session, &question_list, folder, (Inspection){ 0 }, &damaged, out, err);
}

tide_status tide_checkpoint_show(tide_session *session, const char *folder, int64_t epoch, tide_result **out, tide_error **err)
{
    int64_t damaged;
    return inspect(session, &question_show, folder, (Inspection){ .epoch = epoch }, &damaged, out, err);
}

tide_status tide_checkpoint_verify(tide_session *session, const char *folder, int64_t epoch, int64_t *damaged, tide_result **out,
                                   tide_error **err)
{
    return inspect(session, &question_verify, folder, (Inspection){ .epoch = epoch }, damaged, out, err);
}

tide_status tide_checkpoint_export(tide_session *session, const char *folder, int64_t epoch, const char *directory, tide_result **out,
                                   tide_error **err)
{
    int64_t damaged;
    return inspect(session, &question_export, folder, (Inspection){ .epoch = epoch, .target = str_from(directory) }, &damaged, out, err);
}
