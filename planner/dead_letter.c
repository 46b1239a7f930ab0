/* dead_letter.c: what becomes of rows that cannot be read, computed or written ('scan.error-policy').
 *
 *   1. The policy of a table goes up from its scan through nodes that make each of their rows from one row of theirs: filters, projections,
 *      window functions, UNNEST, LIMIT, a union of inputs with one policy. An aggregation or a sort still refuses rows of its input by it
 *      (late ones); of what it gives nobody can say which record made it: from there on an error stops the job.
 *   2. For every dead-letter table that is named, one more sink is added to the job: Sink(letters) <- Project <- Rejects. Every node that
 *      refuses rows by the policy knows its Rejects node (plan->rejects).
 *
 * It is written like by an INSERT, so all that INSERT checks is checked. */
#include "planner/sink.h"
#include "planner/rewrites/rewrite.h"

#include "connectors/reject.h"

static Status refuse_options(const Plan *scan, Error *err)
{
    const Map *options = scan->scan.table->options;
    bool       drops = scan->errors == ERROR_POLICY_SKIP || scan->errors == ERROR_POLICY_DEAD_LETTER;
    bool       has_table = option_is_set(options, "scan.dead-letter.table");
    if (scan->errors == ERROR_POLICY_DEAD_LETTER && !has_table) /* the other way round a hint has changed the policy */
        return error_set(err, STATUS_OPTION, scan->span, "'scan.error-policy' = 'dead-letter' needs 'scan.dead-letter.table'");
    for (int64_t i = 0; drops && i < options->count; i++) {
        const MapEntry *entry = &options->entries[i];
        if (!str_ends_with(entry->key, STR("ignore-parse-errors")) || !str_is_nocase(map_entry_str(entry), "true"))
            continue;
        error_set(err, STATUS_OPTION, scan->span, "'%.*s' makes bad values NULL before 'scan.error-policy' = '%.*s' can see them",
                  STR_FMT(entry->key), STR_FMT(map_get_str(options, STR("scan.error-policy"))));
        return error_hint(err, "set one of the two");
    }
    return STATUS_OK;
}

/* ---- 1: whose rows are they? ----------------------------------------------------------------------------------------- */

static bool keeps_rows_apart(const Plan *plan)
{
    switch (plan->kind) {
    case PLAN_FILTER:
    case PLAN_PROJECT:
    case PLAN_UNNEST:
    case PLAN_LIMIT:
    case PLAN_UNION:
    case PLAN_SINK: return true;
    case PLAN_WINDOW: return plan->window.window.kind != WINDOW_SESSION;
    default: return false;
    }
}

static bool has_same_policy(const Plan *left, const Plan *right)
{
    return left->errors_above == right->errors_above && left->rejects == right->rejects;
}

static void take_policy(Plan *plan)
{
    const Plan *input = plan->inputs[0];
    for (int32_t i = 1; i < plan->input_count; i++)
        if (!has_same_policy(input, plan->inputs[i]))
            return;
    plan->errors = input->errors_above;
    plan->rejects = plan->errors == ERROR_POLICY_DEAD_LETTER ? input->rejects : NULL;
    plan->errors_above = keeps_rows_apart(plan) ? plan->errors : ERROR_POLICY_FAIL;
}

/* ---- 2: the added sinks ---------------------------------------------------------------------------------------------- */

typedef struct DeadLetters {
    Binder *binder;
    LIST(Plan *) sinks;
    LIST(Plan *) rejects; /* of each */
} DeadLetters;

/* As it stands in the option, from the database of the table that is read. */
static Status letter_name(Binder *binder, const Plan *scan, Name *out, Error *err)
{
    Node *node;
    Str   text = map_get_str(scan->scan.table->options, STR("scan.dead-letter.table"));
    if (parse_expression(binder->arena, text, &node, err) != STATUS_OK || node->kind != NODE_COLUMN) {
        error_clear(err);
        return error_set(err, STATUS_OPTION, scan->span, "'scan.dead-letter.table' = '%.*s' is no name of a table", STR_FMT(text));
    }
    Str rest = scan->scan.table->path, part;
    *out = (Name){ .span = scan->span };
    for (int64_t i = node->column.parts.count; i < 3 && str_split(&rest, '.', &part); i++)
        list_push(binder->arena, &out->parts, (Ident){ .text = part, .span = scan->span });
    for (int64_t i = 0; i < node->column.parts.count; i++)
        list_push(binder->arena, &out->parts, (Ident){ .text = node->column.parts.items[i].text, .span = scan->span });
    return STATUS_OK;
}

static int32_t reject_column(Str name)
{
    for (int32_t i = 0; i < REJECT_COLUMN_COUNT; i++)
        if (str_eq(reject_fields()[i].name, name))
            return i;
    return -1;
}

static Status unknown_column(const TableSpec *letters, Str name, Span span, Error *err)
{
    Text text = TEXT_EMPTY;
    for (int32_t i = 0; i < REJECT_COLUMN_COUNT; i++)
        text_printf(&text, "%s%.*s", i ? ", " : "", STR_FMT(reject_fields()[i].name));
    error_set(err, STATUS_OPTION, span, "the dead-letter table %.*s has a column `%.*s`, which no refused row has", STR_FMT(letters->path),
              STR_FMT(name));
    error_hint(err, "a refused row has: %s", text_cstr(&text));
    text_free(&text);
    return err->status;
}

/* The columns of the table that are written, as INSERT names them, and what they are written with. */
static Status letter_columns(Binder *binder, const TableSpec *letters, Plan *rejects, Statement *insert, Plan **out, Error *err)
{
    Expr **exprs = arena_new(binder->arena, Expr *, REJECT_COLUMN_COUNT);
    Str   *names = arena_new(binder->arena, Str, REJECT_COLUMN_COUNT);
    int32_t count = 0;
    for (int32_t i = 0; i < letters->column_count; i++) {
        const TableColumn *column = &letters->columns[i];
        int32_t            from = reject_column(column->name);
        if (column->metadata_key.ptr)
            continue;
        if (from < 0)
            return unknown_column(letters, column->name, rejects->span, err);
        Name name = { .span = rejects->span };
        list_push(binder->arena, &name.parts, (Ident){ .text = column->name, .span = rejects->span });
        list_push(binder->arena, &insert->insert.columns, name);
        exprs[count] = build_column_expr(binder->arena, rejects, from, rejects->span);
        if (type_is_bytes(exprs[count]->type) && type_is_string(column->type)) /* for people to read */
            exprs[count] = expr_cast(binder->arena, exprs[count], &type_string, false, rejects->span);
        names[count++] = column->name;
    }
    if (count == 0)
        return error_set(err, STATUS_OPTION, rejects->span, "the dead-letter table %.*s has no column to write", STR_FMT(letters->path));
    return build_project(binder, rejects, exprs, names, count, rejects->span, out, err);
}

static Status rejects_node(Binder *binder, Span span, Plan **out, Error *err)
{
    TRY(build_plan_node(binder, PLAN_REJECTS, NULL, span, out, err));
    (*out)->fields = reject_fields();
    (*out)->field_count = REJECT_COLUMN_COUNT;
    (*out)->changelog = CHANGELOG_INSERT;
    return STATUS_OK;
}

static Status letter_sink(Binder *binder, const Plan *scan, Name name, Plan **rejects, Plan **out, Error *err)
{
    CatalogTable    *table;
    const TableSpec *letters;
    Statement       *insert = arena_new(binder->arena, Statement, 1);
    Plan            *query;
    *insert = (Statement){ .kind = STATEMENT_INSERT, .span = scan->span, .name = name };
    TRY(catalog_get_table(binder->context->catalog, name, &table, err));
    if (table->is_view)
        return error_set(err, STATUS_INVALID, scan->span, "`%.*s` is a view: it cannot be written", STR_FMT(table->name));
    TRY(table_spec(binder->context, table, NULL, scan->span, &letters, err));
    if (str_eq(letters->path, scan->scan.table->path))
        return error_set(err, STATUS_OPTION, scan->span, "a table cannot be its own dead-letter table");
    TRY(rejects_node(binder, scan->span, rejects, err));
    TRY(letter_columns(binder, letters, *rejects, insert, &query, err));
    TRY(bind_insert_plan(binder, insert, query, out, err));
    (*out)->sink.is_dead_letter = true;
    return STATUS_OK;
}

/* The Rejects node of the scan's dead-letter table: one for all tables that name it. */
static Status find_rejects(DeadLetters *letters, const Plan *scan, Plan **out, Error *err)
{
    Binder *binder = letters->binder;
    Name    name;
    Plan   *sink;
    TRY(letter_name(binder, scan, &name, err));
    CatalogPath path;
    TRY(catalog_path(binder->context->catalog, name, &path, err));
    Str text = catalog_path_text(binder->arena, path);
    for (int64_t i = 0; i < letters->sinks.count; i++)
        if (str_eq(letters->sinks.items[i]->sink.table->path, text)) {
            *out = letters->rejects.items[i];
            return STATUS_OK;
        }
    if (letter_sink(binder, scan, name, out, &sink, err) != STATUS_OK) {
        err->span = scan->span;
        return error_prefix(err, "'scan.dead-letter.table' of %.*s", STR_FMT(scan->scan.table->path));
    }
    list_push(binder->arena, &letters->sinks, sink);
    list_push(binder->arena, &letters->rejects, *out);
    return STATUS_OK;
}

/* ---- the plan -------------------------------------------------------------------------------------------------------- */

/* Inputs first. A shared scan is met again: what is known of it stays. */
static Status visit(DeadLetters *letters, Plan *plan, Error *err)
{
    for (int32_t i = 0; i < plan->input_count; i++)
        TRY(visit(letters, plan->inputs[i], err));
    if (plan->kind != PLAN_SCAN) {
        if (plan->input_count > 0)
            take_policy(plan);
        return STATUS_OK;
    }
    plan->errors = plan->errors_above = error_policy_of(plan->scan.table->options);
    TRY(refuse_options(plan, err));
    if (plan->errors == ERROR_POLICY_DEAD_LETTER && !plan->rejects)
        TRY(find_rejects(letters, plan, &plan->rejects, err));
    return STATUS_OK;
}

Status dead_letters_add(Binder *binder, Plan ***sinks, int32_t *sink_count, Error *err)
{
    DeadLetters letters = { .binder = binder };
    for (int32_t i = 0; i < *sink_count; i++)
        TRY(visit(&letters, (*sinks)[i], err));
    if (letters.sinks.count == 0)
        return STATUS_OK;
    Plan **all = arena_new(binder->arena, Plan *, *sink_count + letters.sinks.count);
    memcpy(all, *sinks, (size_t)*sink_count * sizeof(Plan *));
    for (int64_t i = 0; i < letters.sinks.count; i++)
        all[(*sink_count)++] = letters.sinks.items[i];
    *sinks = all;
    return rewrite_merge_projects(binder, all + *sink_count - letters.sinks.count, (int32_t)letters.sinks.count, err);
}
