/* row_errors.c: see row_errors.h. */
#include "runtime/operators/row_errors.h"

#include "connectors/reject.h"

/* ---- letters --------------------------------------------------------------------------------------------------------- */

static Str table_path(const Op *op)
{
    return op->plan->kind == PLAN_SCAN ? op->plan->scan.table->path : STR_EMPTY;
}

static void put_text(Batch *letters, RejectColumn column, Str text)
{
    Column *out = &letters->columns[column];
    if (text.len == 0) {
        column_init_null(out, letters->buf, reject_fields()[column].type);
        return;
    }
    column_init(out, letters->buf, reject_fields()[column].type, 1);
    COLUMN_DATA(out, View)[0] = view_copy(letters->buf, text);
    out->constant = true;
}

Status row_errors_send(Op *op, const Batch *batch, const int32_t *rows, int64_t count, const char *stage, const char *reason, Str column,
                       const char *message, Error *err)
{
    if (!op->rejects || count == 0)
        return STATUS_OK;
    Batch *letters = reject_rows(batch, table_path(op), rows, count);
    put_text(letters, REJECT_STAGE, str_from(stage));
    put_text(letters, REJECT_REASON, str_from(reason));
    put_text(letters, REJECT_COLUMN_NAME, column);
    put_text(letters, REJECT_MESSAGE, str_from(message));
    return op_reject(op, letters, err);
}

/* ---- failed rows ----------------------------------------------------------------------------------------------------- */

/* Of each row the first program that failed for it, or none. */
typedef struct Failed {
    const RowFailure **of_row;
    const Field      **fields;
    int64_t            count;
} Failed;

static const char *reason_of(const RowFailure *failure)
{
    return failure->status == STATUS_ARITHMETIC ? "arithmetic" : "bad value";
}

static Status send_failed(Op *op, const Batch *batch, const Failed *failed, Error *err)
{
    if (!op->rejects || failed->count == 0)
        return STATUS_OK;
    int32_t *rows = buf_new(batch->buf, int32_t, failed->count);
    int64_t  count = 0;
    for (int64_t i = 0; i < batch->rows; i++)
        if (failed->of_row[i])
            rows[count++] = (int32_t)i;
    Batch *letters = reject_rows(batch, table_path(op), rows, count);
    put_text(letters, REJECT_STAGE, STR("expression"));
    for (RejectColumn column = REJECT_REASON; column <= REJECT_MESSAGE; column++)
        column_init(&letters->columns[column], letters->buf, reject_fields()[column].type, count);
    column_need_valid(&letters->columns[REJECT_COLUMN_NAME], letters->buf, count);
    for (int64_t i = 0; i < count; i++) {
        const RowFailure *failure = failed->of_row[rows[i]];
        const Field      *field = failed->fields[rows[i]];
        COLUMN_DATA(&letters->columns[REJECT_REASON], View)[i] = view_of(str_from(reason_of(failure)));
        COLUMN_DATA(&letters->columns[REJECT_COLUMN_NAME], View)[i] = view_copy(letters->buf, field ? field->name : STR_EMPTY);
        COLUMN_DATA(&letters->columns[REJECT_MESSAGE], View)[i] = view_copy(letters->buf, failure->message);
        letters->columns[REJECT_COLUMN_NAME].valid[i] = field != NULL;
    }
    return op_reject(op, letters, err);
}

static void failed_init(Failed *failed, const Batch *batch)
{
    failed->of_row = buf_zalloc(batch->buf, (batch->rows + 1) * (int64_t)sizeof(*failed->of_row));
    failed->fields = buf_zalloc(batch->buf, (batch->rows + 1) * (int64_t)sizeof(*failed->fields));
    failed->count = 0;
}

static void failed_add(Failed *failed, const RowFailures *failures, const Field *field)
{
    for (int64_t i = 0; i < failures->count; i++) {
        int32_t row = failures->items[i].row;
        if (failed->of_row[row])
            continue;
        failed->of_row[row] = &failures->items[i];
        failed->fields[row] = field;
        failed->count++;
    }
}

/* Takes them out of the batch; *kept tells which are left. */
static Status drop_failed(Op *op, Batch *batch, const Failed *failed, KeptRows *kept, Error *err)
{
    int32_t *rows = buf_new(batch->buf, int32_t, batch->rows);
    int64_t  count = 0;
    TRY(send_failed(op, batch, failed, err));
    counter_add(&op->counters->failed, failed->count);
    for (int64_t i = 0; i < batch->rows; i++)
        if (!failed->of_row[i])
            rows[count++] = (int32_t)i;
    batch_select(batch, rows, count);
    *kept = (KeptRows){ rows, count };
    return STATUS_OK;
}

/* ---- NULL ------------------------------------------------------------------------------------------------------------ */

/* The column with NULLs where the program fails, values elsewhere. */
static Status run_around(Program *program, const Type *type, const Batch *batch, const RowFailures *failures, Column *out, Error *err)
{
    int32_t *good = buf_new(batch->buf, int32_t, batch->rows);
    int32_t *place = buf_new(batch->buf, int32_t, batch->rows);
    int64_t  count = 0;
    for (int64_t row = 0, next = 0; row < batch->rows; row++) {
        bool fails = next < failures->count && failures->items[next].row == row;
        next += fails;
        place[row] = fails ? 0 : (int32_t)count;
        good[count] = (int32_t)row;
        count += !fails;
    }
    if (count == 0) {
        column_init_null(out, batch->buf, type);
        return STATUS_OK;
    }
    Column values;
    TRY(program_run_rows(program, batch, good, count, batch->buf, &values, err));
    column_flatten(&values, batch->buf, count);
    column_gather(&values, place, batch->rows, batch->buf, out);
    column_need_valid(out, batch->buf, batch->rows);
    for (int64_t i = 0; i < failures->count; i++)
        column_set_null(out, batch->buf, failures->items[i].row);
    return STATUS_OK;
}

Status row_errors_null(Op *op, Program *program, const Field *field, const Batch *batch, Column *out, Error *err)
{
    RowFailures failures;
    TRY(program_failures(program, batch, batch->buf, &failures, err));
    counter_add(&op->counters->failed, failures.count);
    return run_around(program, field->type, batch, &failures, out, err);
}

/* ---- programs -------------------------------------------------------------------------------------------------------- */

/* err: of the program's run. Its column has NULLs where it fails, for now or for good: rows that must go are noted. */
static Status take_failure(Op *op, Program *program, const Field *field, const Batch *batch, Column *out, Failed *failed, Error *err)
{
    RowFailures failures;
    if (op->plan->errors == ERROR_POLICY_NULL && field->type->nullable)
        return row_errors_null(op, program, field, batch, out, err);
    TRY(program_failures(program, batch, batch->buf, &failures, err));
    failed_add(failed, &failures, field);
    return run_around(program, field->type, batch, &failures, out, err);
}

static void keep_values(Column *out, int32_t count, const KeptRows *kept, Buf *buf)
{
    for (int32_t i = 0; i < count; i++) {
        Column all = out[i];
        if (!all.constant)
            column_gather(&all, kept->rows, kept->count, buf, &out[i]);
    }
}

Status row_errors_run(Op *op, Program *const *programs, const Field *fields, int32_t count, Batch *batch, Column *out, KeptRows *kept,
                      Error *err)
{
    Failed   failed = { 0 };
    KeptRows left = { 0 };
    if (kept)
        *kept = left;
    for (int32_t i = 0, done; i < count; i++) {
        if (programs_run(programs + i, count - i, batch, batch->buf, out + i, &done, err) == STATUS_OK)
            break;
        i += done;
        if (op->plan->errors == ERROR_POLICY_FAIL)
            return err->status;
        if (!failed.of_row)
            failed_init(&failed, batch);
        TRY(take_failure(op, programs[i], &fields[i], batch, &out[i], &failed, err));
    }
    if (failed.count == 0)
        return STATUS_OK;
    TRY(drop_failed(op, batch, &failed, &left, err));
    keep_values(out, count, &left, batch->buf);
    if (kept)
        *kept = left;
    return STATUS_OK;
}

Status row_errors_filter(Op *op, Program *predicate, Batch *batch, Error *err)
{
    RowFailures failures;
    Failed      failed;
    KeptRows    kept;
    if (op->plan->errors == ERROR_POLICY_FAIL)
        return err->status;
    TRY(program_failures(predicate, batch, batch->buf, &failures, err));
    failed_init(&failed, batch);
    failed_add(&failed, &failures, NULL);
    return drop_failed(op, batch, &failed, &kept, err);
}
