/* build_alter.c: ALTER statements: the grammar makes the statement when it knows the object, then sets the action. */
#include "parser/build.h"

Statement *build_alter(Builder *builder, StatementKind kind, Token keyword, bool if_exists, Name name)
{
    Statement *statement = build_named(builder, kind, keyword, name);
    statement->if_exists = if_exists;
    return statement;
}

Statement *build_alter_for(Builder *builder, Statement *statement, StatementKind kind)
{
    if (statement->kind != kind)
        build_error(builder, STATUS_SYNTAX, statement->span, "%s cannot do this, only %s can",
                    statement_kind_text(statement->kind), statement_kind_text(kind));
    return statement;
}

Statement *build_alter_action(Statement *statement, AlterAction action)
{
    statement->alter.action = action;
    return statement;
}

Statement *build_alter_rename(Statement *statement, Name name)
{
    statement->alter.new_name = name;
    return build_alter_action(statement, ALTER_RENAME);
}

Statement *build_alter_rename_column(Statement *statement, Name column, Name name)
{
    statement->alter.column = column;
    statement->alter.new_name = name;
    return build_alter_action(statement, ALTER_RENAME_COLUMN);
}

Statement *build_alter_options(Statement *statement, AlterAction action, OptionList options)
{
    statement->alter.options = options;
    return build_alter_action(statement, action);
}

Statement *build_alter_parts(Builder *builder, Statement *statement, AlterAction action, CreateTable *parts)
{
    build_check_types(builder, &parts->columns);
    statement->alter.parts = *parts;
    return build_alter_action(statement, action);
}

Statement *build_alter_partitions(Statement *statement, AlterAction action, bool if_action_exists, PartitionList list)
{
    statement->alter.partitions = list;
    statement->alter.if_action_exists = if_action_exists;
    return build_alter_action(statement, action);
}

Statement *build_alter_drop(Builder *builder, Statement *statement, AlterAction action, Name name)
{
    statement->alter.column = name;
    if (action == ALTER_DROP_COLUMNS)
        list_push(builder->arena, &statement->alter.names, name);
    return build_alter_action(statement, action);
}

Statement *build_alter_drop_list(Statement *statement, NameList names)
{
    statement->alter.names = names;
    return build_alter_action(statement, ALTER_DROP_COLUMNS);
}

Statement *build_alter_refresh(Builder *builder, Statement *statement, OptionList partition)
{
    if (partition.count)
        list_push(builder->arena, &statement->alter.partitions, (PartitionSpec){ .values = partition });
    return build_alter_action(statement, ALTER_REFRESH);
}

Statement *build_alter_freshness(Statement *statement, Node *interval)
{
    statement->alter.parts.freshness = interval;
    return build_alter_action(statement, ALTER_FRESHNESS);
}

Statement *build_alter_refresh_mode(Statement *statement, Token mode)
{
    statement->alter.parts.refresh_mode = mode.text;
    return build_alter_action(statement, ALTER_REFRESH_MODE);
}

Statement *build_alter_comment(Statement *statement, Token comment)
{
    statement->alter.comment = comment.text;
    return build_alter_action(statement, ALTER_COMMENT);
}

Statement *build_alter_query(Statement *statement, Query *query)
{
    statement->alter.query = query;
    return build_alter_action(statement, ALTER_QUERY);
}

Statement *build_alter_function(Statement *statement, Temporary temporary, Token class_name, Str language)
{
    statement->is_temporary = temporary.is_temporary;
    statement->is_system = temporary.is_system;
    statement->alter.function.class_name = class_name.text;
    statement->alter.function.language = language;
    return build_alter_action(statement, ALTER_FUNCTION_CLASS);
}
