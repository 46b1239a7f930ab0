/* bind_values.c: VALUES (1, 'a'), (2, 'b').
 *
 * Column by column the least restrictive type of all rows. Constant rows become one PLAN_VALUES; rows that must be
 * computed when they run (CURRENT_TIMESTAMP, RAND()) become projections over single empty rows, put together by a
 * union. */
#include "planner/bind.h"

typedef struct Rows {
    Expr  ***cells; /* [row][column] */
    int64_t  count;
    int32_t  width;
    Field   *fields;
} Rows;

static Status bind_rows(Binder *binder, const Query *query, const Scope *outer, Rows *rows, Error *err)
{
    const NodeList *nodes = &query->values.rows;
    Scope           scope = { .outer = outer };
    Site            site = site_create(binder, &scope, "VALUES");
    rows->count = nodes->count;
    rows->cells = arena_new(binder->arena, Expr **, nodes->count + 1);
    rows->width = (int32_t)nodes->items[0]->collection.items.count;
    for (int64_t r = 0; r < nodes->count; r++) {
        const Node *row = nodes->items[r];
        if (row->collection.items.count != rows->width)
            return error_set(err, STATUS_INVALID, binder_span(binder, row->span),
                             "Values passed to VALUES operator must have compatible types: %lld values here, "
                             "%d in the first row",
                             (long long)row->collection.items.count, rows->width);
        TRY(bind_list(&site, &row->collection.items, &rows->cells[r], err));
        for (int32_t c = 0; c < rows->width; c++)
            if (expr_is_null_literal(rows->cells[r][c]) && rows->cells[r][c]->type->kind == TYPE_NULL) {
                error_set(err, STATUS_TYPE, rows->cells[r][c]->span,
                          "Illegal use of 'NULL': its type is not known here");
                return error_hint(err, "say which: CAST(NULL AS STRING)");
            }
    }
    return STATUS_OK;
}

static Status common_type(Binder *binder, const Rows *rows, int32_t column, const Type **out, Error *err)
{
    const Type *type = rows->cells[0][column]->type;
    for (int64_t r = 1; r < rows->count; r++) {
        const Expr *cell = rows->cells[r][column];
        const Type *common = type_common(binder->arena, type, cell->type);
        if (!common) {
            Arena *scratch = arena_create();
            error_set(err, STATUS_TYPE, cell->span,
                      "Values passed to VALUES operator must have compatible types: %.*s and %.*s",
                      STR_FMT(type_text(scratch, type)), STR_FMT(type_text(scratch, cell->type)));
            arena_destroy(scratch);
            return err->status;
        }
        type = common;
    }
    *out = type_with_time(binder->arena, type, TIME_NONE);
    return STATUS_OK;
}

/* Casts every cell to its column's type and folds what is constant. */
static Status unify(Binder *binder, Rows *rows, bool *all_constant, Error *err)
{
    Arena *arena = binder->arena;
    *all_constant = true;
    rows->fields = arena_new(arena, Field, rows->width + 1);
    for (int32_t c = 0; c < rows->width; c++) {
        const Type *type = NULL;
        TRY(common_type(binder, rows, c, &type, err));
        rows->fields[c] = (Field){ .name = arena_format(arena, "EXPR$%d", c), .type = type };
        for (int64_t r = 0; r < rows->count; r++) {
            Expr *cell = rows->cells[r][c];
            if (!type_equals(cell->type, type, false))
                cell = expr_cast(arena, cell, type_with_null(arena, type, cell->type->nullable), false, cell->span);
            if (expr_is_constant(cell))
                TRY(fold(binder, cell, &cell, err));
            *all_constant = *all_constant && expr_is_literal(cell);
            rows->cells[r][c] = cell;
        }
    }
    return STATUS_OK;
}

static void release_buf(void *buf)
{
    buf_release(buf);
}

static Status build_constant(Binder *binder, const Rows *rows, Span span, Plan **out, Error *err)
{
    Buf    *buf = buf_create();
    Column *columns = arena_new(binder->arena, Column, rows->width + 1);
    arena_defer(binder->arena, release_buf, buf);
    for (int32_t c = 0; c < rows->width; c++) {
        column_init(&columns[c], buf, rows->fields[c].type, rows->count);
        for (int64_t r = 0; r < rows->count; r++)
            column_append(&columns[c], r, &rows->cells[r][c]->value, 0, 1, buf, true);
    }
    TRY(build_plan_node(binder, PLAN_VALUES, NULL, span, out, err));
    (*out)->values = (PlanValues){ columns, rows->count };
    (*out)->fields = rows->fields;
    (*out)->field_count = rows->width;
    (*out)->changelog = CHANGELOG_INSERT;
    return STATUS_OK;
}

static Status build_computed(Binder *binder, const Rows *rows, Span span, Plan **out, Error *err)
{
    Plan **inputs = arena_new(binder->arena, Plan *, rows->count);
    Str   *names = arena_new(binder->arena, Str, rows->width + 1);
    for (int32_t c = 0; c < rows->width; c++)
        names[c] = rows->fields[c].name;
    for (int64_t r = 0; r < rows->count; r++) {
        Plan *row;
        TRY(build_plan_node(binder, PLAN_VALUES, NULL, span, &row, err));
        row->values.row_count = 1;
        row->changelog = CHANGELOG_INSERT;
        TRY(build_project(binder, row, rows->cells[r], names, rows->width, span, &inputs[r], err));
    }
    *out = inputs[0];
    return rows->count == 1 ? STATUS_OK : build_union(binder, inputs, (int32_t)rows->count, rows->fields, span, out,
                                                      err);
}

Status bind_values(Binder *binder, const Query *query, const Scope *outer, Plan **out, Error *err)
{
    Rows rows;
    bool all_constant;
    TRY(bind_rows(binder, query, outer, &rows, err));
    TRY(unify(binder, &rows, &all_constant, err));
    return all_constant ? build_constant(binder, &rows, query->span, out, err)
                        : build_computed(binder, &rows, query->span, out, err);
}
