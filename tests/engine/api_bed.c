/* api_bed.c: see api_bed.h. */
#include "tests/engine/api_bed.h"

#include <check.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

ApiBed api_open(void)
{
    ApiBed bed = { 0 };
    ck_assert_int_eq(tide_open(NULL, &bed.engine, NULL), TIDE_OK);
    ck_assert_int_eq(tide_session_open(bed.engine, &bed.session, NULL), TIDE_OK);
    ck_assert_int_eq(tide_session_set(bed.session, "table.local-time-zone", "UTC", NULL), TIDE_OK);
    return bed;
}

void api_close(ApiBed *bed)
{
    free(bed->text);
    tide_session_close(bed->session);
    tide_close(bed->engine);
}

tide_result *api_execute(ApiBed *bed, const char *sql)
{
    tide_result *result = NULL;
    tide_error  *err = NULL;
    tide_status  status = tide_execute(bed->session, sql, TIDE_NUL_TERMINATED, &result, &err);
    ck_assert_msg(status == TIDE_OK, "%s\n%s", sql, err ? tide_error_render(err) : tide_status_name(status));
    return result;
}

void api_run(ApiBed *bed, const char *sql)
{
    tide_result_close(api_execute(bed, sql));
}

static void print_row(tide_batch *batch, int64_t row, int32_t columns, bool has_kinds, FILE *out)
{
    static const char *const kinds[] = { "+I", "-U", "+U", "-D" };
    fprintf(out, "%s[", has_kinds ? kinds[tide_batch_op(batch, row)] : "");
    for (int32_t i = 0; i < columns; i++) {
        const char *text = tide_batch_text(batch, row, i, TIDE_TEXT_CAST, NULL);
        fprintf(out, "%s%s", i > 0 ? ", " : "", text ? text : "NULL");
    }
    fputs("]\n", out);
}

const char *api_rows_of(ApiBed *bed, tide_result *result)
{
    free(bed->text);
    size_t size;
    FILE  *out = open_memstream(&bed->text, &size);
    tide_batch *batch;
    tide_status status;
    tide_error *err = NULL;
    while ((status = tide_result_next(result, 10000, &batch, &err)) == TIDE_ROWS) {
        for (int64_t row = 0; row < tide_batch_rows(batch); row++)
            print_row(batch, row, tide_result_column_count(result), tide_result_is_changelog(result), out);
        tide_batch_release(batch);
    }
    if (status != TIDE_DONE)
        fprintf(out, "%s%s%s", tide_status_name(status), err ? ": " : "", err ? tide_error_message(err) : "");
    tide_error_free(err);
    fclose(out);
    return bed->text;
}

const char *api_rows(ApiBed *bed, const char *sql)
{
    tide_result *result = api_execute(bed, sql);
    const char  *rows = api_rows_of(bed, result);
    tide_result_close(result);
    return rows;
}

const char *api_take_error(ApiBed *bed, tide_error *err)
{
    ck_assert_ptr_nonnull(err);
    free(bed->text);
    size_t size;
    FILE  *out = open_memstream(&bed->text, &size);
    fprintf(out, "%s: %s", tide_status_name(tide_error_status(err)), tide_error_message(err));
    fclose(out);
    tide_error_free(err);
    return bed->text;
}

const char *api_error(ApiBed *bed, const char *sql)
{
    tide_result *result = NULL;
    tide_error  *err = NULL;
    tide_status  status = tide_execute(bed->session, sql, TIDE_NUL_TERMINATED, &result, &err);
    ck_assert_msg(status >= TIDE_E_FIRST, "%s: %s", sql, tide_status_name(status));
    ck_assert_ptr_null(result);
    ck_assert_int_eq(tide_error_status(err), status);
    return api_take_error(bed, err);
}

tide_writer *api_writer(ApiBed *bed, const char *table)
{
    tide_writer *writer = NULL;
    tide_error  *err = NULL;
    ck_assert_msg(tide_writer_open(bed->session, table, &writer, &err) == TIDE_OK, "%s", err ? tide_error_message(err) : "");
    return writer;
}

void api_write(tide_writer *writer, const char *first, const char *second)
{
    const char *const values[] = { first, second };
    ck_assert_int_eq(tide_writer_row(writer, TIDE_INSERT, values, 2, NULL), TIDE_OK);
}
