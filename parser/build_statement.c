/* build_statement.c: whole statements but ALTER. Their spans run from the first to the last token: the parser sets the
 * end when it has seen it. */
#include "parser/build.h"

#include "parser/grammar.h"

Statement *build_statement(Builder *builder, StatementKind kind, Token keyword)
{
    Statement *statement = arena_new(builder->arena, Statement, 1);
    statement->kind = kind;
    statement->span = keyword.span;
    return statement;
}

Statement *build_named(Builder *builder, StatementKind kind, Token keyword, Name name)
{
    Statement *statement = build_statement(builder, kind, keyword);
    statement->name = name;
    statement->span = span_join(keyword.span, name.span);
    return statement;
}

/* ---- CREATE, DROP ---------------------------------------------------------------------------------------------- */

Statement *build_create(Builder *builder, StatementKind kind, Creation create, Temporary temporary, bool if_not_exists,
                        Name name)
{
    Statement *statement = build_named(builder, kind, (Token){ .span = create.span }, name);
    statement->is_temporary = temporary.is_temporary;
    statement->is_system = temporary.is_system;
    statement->if_not_exists = if_not_exists;
    bool is_materialized = kind == STATEMENT_CREATE_MATERIALIZED_TABLE;
    bool may_be_system = kind == STATEMENT_CREATE_FUNCTION || kind == STATEMENT_CREATE_CONNECTION;
    if ((create.is_bare && kind != STATEMENT_CREATE_TABLE) || (create.is_replace && is_materialized))
        build_error(builder, STATUS_SYNTAX, create.span, "REPLACE works only with TABLE .. AS");
    if (create.or_alter && !is_materialized)
        build_error(builder, STATUS_SYNTAX, create.span, "OR ALTER works only with CREATE MATERIALIZED TABLE");
    if (temporary.is_system && !may_be_system)
        build_error(builder, STATUS_SYNTAX, create.span, "%s cannot be TEMPORARY SYSTEM", statement_kind_text(kind));
    return statement;
}

/* Names without a type choose and order the columns of the query, all or none of them. */
static void check_columns(Builder *builder, const CreateTable *table, bool has_query)
{
    if (!has_query)
        build_check_types(builder, &table->columns);
    for (int64_t i = 0; i < table->columns.count; i++) {
        const ColumnNode *column = &table->columns.items[i];
        bool is_name = column->kind == COLUMN_NODE_NAME;
        if (column->path.parts.count > 1)
            build_error(builder, STATUS_SYNTAX, column->path.span, "a column of a table has a name of one part");
        if (is_name != (table->columns.items[0].kind == COLUMN_NODE_NAME))
            build_error(builder, STATUS_SYNTAX, column->span, "either all columns have a type or none has");
    }
}

void build_table(Builder *builder, Statement *statement, Creation create, CreateTable *table, Query *query)
{
    check_columns(builder, table, query != NULL);
    if (create.is_bare && !query)
        build_error(builder, STATUS_SYNTAX, create.span, "REPLACE TABLE needs AS and a query");
    statement->table = *table;
    statement->table.query = query;
    statement->table.is_replace = create.is_replace && query;
}

void build_table_like(Builder *builder, Statement *statement, Creation create, CreateTable *table, Name source,
                      LikeOptionList options)
{
    build_table(builder, statement, create, table, NULL);
    statement->table.like = source;
    statement->table.like_options = options;
}

typedef struct StartMode {
    const char *name;
    bool        may_take; /* an argument */
    bool        must_take;
} StartMode;

static const StartMode start_modes[] = {
    { "FROM_BEGINNING", false, false },
    { "FROM_NOW", true, false },
    { "FROM_TIMESTAMP", true, true },
    { "RESUME_OR_FROM_BEGINNING", false, false },
    { "RESUME_OR_FROM_NOW", true, false },
    { "RESUME_OR_FROM_TIMESTAMP", true, true },
};

Str build_start_mode(Builder *builder, Ident mode, const Node *argument)
{
    for (size_t i = 0; i < sizeof(start_modes) / sizeof(start_modes[0]); i++) {
        const StartMode *row = &start_modes[i];
        if (!str_is_nocase(mode.text, row->name))
            continue;
        if (argument ? !row->may_take : row->must_take)
            build_error(builder, STATUS_SYNTAX, mode.span, "%s takes %s argument", row->name, argument ? "no" : "one");
        return mode.text;
    }
    build_error(builder, STATUS_SYNTAX, mode.span,
                "START_MODE is one of FROM_BEGINNING, FROM_NOW, FROM_TIMESTAMP, RESUME_OR_FROM_BEGINNING, "
                "RESUME_OR_FROM_NOW, RESUME_OR_FROM_TIMESTAMP");
    return mode.text;
}

void build_materialized(Builder *builder, Statement *statement, Creation create, CreateTable *table, Node *freshness,
                        Str refresh_mode, Str start_mode, Query *query)
{
    check_columns(builder, table, true);
    statement->table = *table;
    statement->table.query = query;
    statement->table.or_alter = create.or_alter;
    statement->table.freshness = freshness;
    statement->table.refresh_mode = refresh_mode;
    statement->table.start_mode = start_mode;
}

void build_view(Statement *statement, IdentList columns, Str comment, Query *query)
{
    statement->view.columns = columns;
    statement->view.comment = comment;
    statement->view.query = query;
}

void build_object(Statement *statement, Str comment, Options options)
{
    statement->object.comment = comment;
    statement->object.options = options.list;
}

void build_model(Builder *builder, Statement *statement, CreateTable *inputs, CreateTable *outputs, Str comment,
                 Options options, Query *query)
{
    if (inputs) {
        check_columns(builder, inputs, false);
        statement->model.inputs = inputs->columns;
    }
    if (outputs) {
        check_columns(builder, outputs, false);
        statement->model.outputs = outputs->columns;
    }
    statement->model.comment = comment;
    statement->model.options = options.list;
    statement->model.query = query;
}

Statement *build_drop(Builder *builder, StatementKind kind, Token keyword, Temporary temporary, bool if_exists,
                      Name name)
{
    Statement *statement = build_named(builder, kind, keyword, name);
    statement->is_temporary = temporary.is_temporary;
    statement->is_system = temporary.is_system;
    statement->if_exists = if_exists;
    if (temporary.is_system && kind != STATEMENT_DROP_FUNCTION && kind != STATEMENT_DROP_CONNECTION)
        build_error(builder, STATUS_SYNTAX, keyword.span, "%s cannot be TEMPORARY SYSTEM", statement_kind_text(kind));
    return statement;
}

/* ---- queries and changes --------------------------------------------------------------------------------------- */

Statement *build_query_statement(Builder *builder, Query *query)
{
    Statement *statement = build_statement(builder, STATEMENT_SELECT, (Token){ .span = query->span });
    statement->query = query;
    return statement;
}

Statement *build_insert_target(Builder *builder, Token keyword, Name name, HintList hints, OptionList partition,
                               bool is_overwrite)
{
    Statement *statement = build_named(builder, STATEMENT_INSERT, keyword, name);
    statement->insert.hints = hints;
    statement->insert.partition = partition;
    statement->insert.is_overwrite = is_overwrite;
    return statement;
}

Statement *build_insert(Statement *statement, NameList columns, Query *query, AstConflict conflict)
{
    statement->insert.columns = columns;
    statement->insert.query = query;
    statement->insert.conflict = conflict;
    statement->span = span_join(statement->span, query->span);
    return statement;
}

Statement *build_change(Builder *builder, StatementKind kind, Token keyword, Name name, Ident alias,
                        AssignmentList assignments, Node *where)
{
    Statement *statement = build_named(builder, kind, keyword, name);
    statement->change.alias = alias;
    statement->change.assignments = assignments;
    statement->change.where = where;
    return statement;
}

Statement *build_statement_set(Builder *builder, Token keyword, StatementList items)
{
    Statement *statement = build_statement(builder, STATEMENT_STATEMENT_SET, keyword);
    statement->set.items = items;
    return statement;
}

/* ---- plans, DESCRIBE, SHOW ------------------------------------------------------------------------------------- */

Statement *build_plan(Builder *builder, StatementKind kind, Token keyword, Statement *target)
{
    Statement *statement = build_statement(builder, kind, keyword);
    statement->plan.target = target;
    return statement;
}

Statement *build_analyze(Builder *builder, Token keyword, Name name, bool has_partition, OptionList partition,
                         AnalyzeColumns columns)
{
    Statement *statement = build_named(builder, STATEMENT_ANALYZE_TABLE, keyword, name);
    statement->analyze.has_partition = has_partition;
    statement->analyze.partition = partition;
    statement->analyze.columns = columns.columns;
    statement->analyze.all_columns = columns.all;
    return statement;
}

Statement *build_describe(Builder *builder, StatementKind kind, Token keyword, bool is_extended, Name name)
{
    Statement *statement = build_named(builder, kind, keyword, name);
    statement->is_extended = is_extended;
    return statement;
}

Statement *build_show(Builder *builder, StatementKind kind, Token keyword, ShowFrom from, ShowLike like)
{
    Statement *statement = build_statement(builder, kind, keyword);
    statement->name = from.name;
    statement->show.has_from = from.is_given;
    statement->show.pattern = like.pattern;
    statement->show.is_negated = like.is_negated;
    statement->show.is_ilike = like.is_ilike;
    return statement;
}

/* ---- session, jobs --------------------------------------------------------------------------------------------- */

Statement *build_setting(Builder *builder, StatementKind kind, Token keyword, const Token *key, const Token *value)
{
    Statement *statement = build_statement(builder, kind, keyword);
    if (key) {
        statement->setting.key = key->text;
        statement->setting.key_span = key->span;
    }
    if (value) {
        statement->setting.value = value->text;
        statement->setting.value_span = value->span;
    }
    return statement;
}

Statement *build_stop(Builder *builder, Token keyword, Token id, bool with_savepoint, bool with_drain)
{
    Statement *statement = build_statement(builder, STATEMENT_STOP_JOB, keyword);
    statement->job.id = id.text;
    statement->job.with_savepoint = with_savepoint;
    statement->job.with_drain = with_drain;
    return statement;
}
