/* checkpoint_state.c: what operators have saved, as tables: positions of sources, rows of all others.
 *
 * Rows are read by the operator itself: the script that the checkpoint holds is planned again, in a session of its own, and the node whose
 * signature is that of the checkpoint's operator gives its columns and knows how to read its state. */
#include "engine/checkpoint_tables.h"

#include "runtime/operators/source_state.h"
#include "runtime/saved_rows.h"
#include "runtime/signature.h"

#include <stdlib.h>

enum { ROWS_MAX = 1000000 };

/* ---- positions --------------------------------------------------------------------------------------------------------- */

static const ColumnRow split_columns[] = {
    { "job", &type_string },      { "epoch", &type_bigint },                { "operator", &type_string }, { "split", &type_string },
    { "position", &type_string }, { "watermark", &type_timestamp_ltz3 },    { "idle", &type_boolean },    { "ended", &type_boolean },
};

typedef struct SplitTable {
    Inspection   *inspection;
    Str           job, op;
    int64_t       epoch;
} SplitTable;

static void put_time(Inspection *inspection, Time time)
{
    if (time == TIME_MIN || time == TIME_MAX)
        inspection_put_null(inspection, 1);
    else
        inspection_put_number(inspection, time);
}

static void put_split(void *context, const SavedSplit *split)
{
    const SplitTable *table = context;
    Inspection       *inspection = table->inspection;
    inspection_put(inspection, table->job);
    inspection_put_number(inspection, table->epoch);
    inspection_put(inspection, arena_str(inspection->arena, table->op));
    inspection_put(inspection, arena_str(inspection->arena, split->at.split));
    inspection_put(inspection, arena_str(inspection->arena, split->at.position));
    put_time(inspection, split->time.watermark);
    inspection_put(inspection, split->time.is_idle ? STR("TRUE") : STR("FALSE"));
    inspection_put(inspection, split->time.has_ended ? STR("TRUE") : STR("FALSE"));
}

static Status splits_of_op(SplitTable *table, const Checkpoint *checkpoint, int32_t op, Error *err)
{
    table->op = checkpoint->ops[op].name;
    for (int64_t i = 0; i < checkpoint->part_count; i++)
        if (checkpoint->parts[i].op == op && checkpoint->parts[i].number != SNAPSHOT_PART_HEADER)
            TRY(source_state_visit(checkpoint->parts[i].bytes, put_split, table, err));
    return STATUS_OK;
}

static Status splits_of_job(Inspection *inspection, Str job, CheckpointStore *store, Error *err)
{
    const Checkpoint *checkpoint;
    int64_t           epoch;
    TRY(inspection_epoch(inspection, store, &epoch, err));
    if (epoch == 0)
        return STATUS_OK;
    inspection->found++;
    TRY(checkpoint_store_read(store, epoch, inspection->work, &checkpoint, err));
    SplitTable table = { .inspection = inspection, .job = job, .epoch = epoch };
    for (int32_t i = 0; i < checkpoint->op_count; i++)
        if (str_ends_with(checkpoint->ops[i].name, STR(" source")))
            TRY(splits_of_op(&table, checkpoint, i, err));
    return STATUS_OK;
}

/* ---- rows -------------------------------------------------------------------------------------------------------------- */

typedef struct Search {
    Inspection       *inspection;
    const Checkpoint *checkpoint;
    tide_session     *session; /* that plans */
    Str               signature;
    bool              is_found;
    Error             error;
} Search;

/* Types outlive the plan: the rows and their fields get copies. */
static void keep_rows(Inspection *inspection, const Plan *plan, Batch *rows)
{
    Field *fields = arena_new(inspection->arena, Field, plan->field_count);
    for (int32_t i = 0; i < plan->field_count; i++) {
        fields[i] = (Field){ .name = arena_str(inspection->arena, plan->fields[i].name),
                             .type = type_copy(inspection->arena, plan->fields[i].type) };
        rows->columns[i].type = fields[i].type;
    }
    inspection->rows = rows;
    inspection->fields = fields;
    inspection->field_count = plan->field_count;
}

static void read_rows(Search *search, const PlanJob *job, const Plan *plan)
{
    EvalContext eval = { .clock = search->session->engine->clock, .watermark = TIME_MIN };
    Batch      *rows;
    Status      status = session_zone(search->session, &eval.zone, &search->error);
    search->is_found = true;
    if (status == STATUS_OK)
        status = saved_rows(job, plan, search->checkpoint, search->inspection->number, &eval, search->inspection->limit, &rows, &search->error);
    if (status == STATUS_OK)
        keep_rows(search->inspection, plan, rows);
}

static void look_at(Search *search, const PlanJob *job, const Plan *plan)
{
    Text signature = TEXT_EMPTY;
    node_signature(plan, &signature);
    bool is_it = str_eq(text_str(&signature), search->signature);
    text_free(&signature);
    if (is_it && !search->is_found)
        read_rows(search, job, plan);
    for (int32_t i = 0; i < plan->input_count && !search->is_found; i++)
        look_at(search, job, plan->inputs[i]);
}

static void look_through(void *context, const PlanJob *job)
{
    for (int32_t i = 0; i < job->sink_count; i++)
        look_at(context, job, job->sinks[i]);
}

/* What stops the script is told when the operator was not found before. */
static Status plan_again(Search *search, Error *err)
{
    tide_error  *failure = NULL;
    tide_script *script;
    Str          text = search->checkpoint->script;
    tide_status  status = tide_script_open(search->session, "the script in the checkpoint", text.ptr, (size_t)text.len, false, &script, &failure);
    if (status == TIDE_OK) {
        while (!search->is_found && (status = tide_script_check(script, false, &failure)) == TIDE_OK)
            ;
        tide_script_close(script);
    }
    if (failure && !search->is_found)
        error_set(err, STATUS_INVALID, SPAN_NONE, "the script in the checkpoint cannot be planned: %s", tide_error_message(failure));
    tide_error_free(failure);
    if (search->is_found && search->error.status != STATUS_OK)
        *err = search->error;
    if (err->status == STATUS_OK && !search->is_found)
        error_set(err, STATUS_INVALID, SPAN_NONE, "the script in the checkpoint does not give operator %d any more", search->inspection->number);
    return err->status;
}

static Status search_script(Search *search, Error *err)
{
    tide_error *failure = NULL;
    if (tide_session_open(search->inspection->session->engine, &search->session, &failure) != TIDE_OK) {
        tide_error_free(failure);
        return error_set(err, STATUS_NO_MEMORY, SPAN_NONE, "no session can be opened");
    }
    search->session->on_plan = look_through;
    search->session->on_plan_context = search;
    Status status = plan_again(search, err);
    tide_session_close(search->session);
    return status;
}

static const CheckpointOp *find_operator(const Checkpoint *checkpoint, int32_t number)
{
    for (int32_t i = 0; i < checkpoint->op_count; i++) {
        int64_t found;
        Str     name = checkpoint->ops[i].name, first;
        if (str_split(&name, ' ', &first) && str_to_i64(first, &found) && found == number)
            return &checkpoint->ops[i];
    }
    return NULL;
}

static Status rows_of_job(Inspection *inspection, Str job, CheckpointStore *store, Error *err)
{
    const Checkpoint *checkpoint;
    int64_t           epoch;
    TRY(inspection_epoch(inspection, store, &epoch, err));
    if (epoch == 0)
        return STATUS_OK;
    if (inspection->found++ > 0)
        return error_set(err, STATUS_INVALID, SPAN_NONE, "there are several jobs; name the folder of one, as %.*s", STR_FMT(job));
    TRY(checkpoint_store_read(store, epoch, inspection->work, &checkpoint, err));
    const CheckpointOp *op = find_operator(checkpoint, inspection->number);
    if (!op)
        return error_set(err, STATUS_NO_OBJECT, SPAN_NONE, "epoch %lld has no operator %d", (long long)epoch, inspection->number);
    Search search = { .inspection = inspection, .checkpoint = checkpoint, .signature = op->signature, .error = ERROR_NONE };
    return search_script(&search, err);
}

/* ---- the API -------------------------------------------------------------------------------------------------------------- */

static const Question question_splits = QUESTION(split_columns, splits_of_job);
static const ColumnRow row_columns[] = { { "row", &type_string } }; /* not shown: the operator's fields are */
static const Question question_rows = QUESTION(row_columns, rows_of_job);

tide_status tide_checkpoint_splits(tide_session *session, const char *folder, int64_t epoch, tide_result **out, tide_error **err)
{
    int64_t damaged;
    return inspect(session, &question_splits, folder, (Inspection){ .epoch = epoch }, &damaged, out, err);
}

tide_status tide_checkpoint_rows(tide_session *session, const char *folder, int64_t epoch, int32_t number, int64_t limit, tide_result **out,
                                 tide_error **err)
{
    int64_t    damaged;
    Inspection inspection = { .epoch = epoch, .number = number, .limit = limit < 0 ? 0 : limit < ROWS_MAX ? limit : ROWS_MAX };
    return inspect(session, &question_rows, folder, inspection, &damaged, out, err);
}
