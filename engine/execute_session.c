/* execute_session.c: USE, SET, RESET, and the words that only a shell acts on. */
#include "engine/executors.h"

Status execute_use_catalog(Execution *execution, const Statement *statement, Error *err)
{
    return catalog_use(execution->session->catalog, statement->name.parts.items[0].text, statement->name.span, err);
}

Status execute_use(Execution *execution, const Statement *statement, Error *err)
{
    Catalog *catalog = execution->session->catalog;
    Status   status = catalog_use_database(catalog, statement->name, err);
    if (status == STATUS_OK || !execution->plan.language_only)
        return status;
    /* Under check --language-only: a catalog that lives elsewhere has whatever database is asked for. */
    const IdentList *parts = &statement->name.parts;
    Str in = parts->count == 2 ? parts->items[0].text : catalog_current(catalog);
    const Map *options = catalog_options(catalog, in);
    if (!options || !map_has(options, STR(CATALOG_ELSEWHERE)))
        return status;
    error_clear(err);
    Str database = parts->items[parts->count - 1].text;
    Span span = statement->name.span;
    TRY(catalog_create_database(catalog, in, database, map_create(execution->arena), STR_EMPTY, span, err));
    return catalog_use_database(catalog, statement->name, err);
}

static void list_settings(Execution *execution)
{
    static const char *const names[] = { "key", "value" };
    Map *merged = settings_merge(execution->arena, session_settings(execution->session));
    TableBuilder table = table_builder(execution->arena, names, 2);
    for (int64_t i = 0; i < merged->count; i++) {
        bool is_secret = option_key_is_secret(STR_EMPTY, merged->entries[i].key);
        table_builder_add(&table, merged->entries[i].key);
        table_builder_add(&table, is_secret ? STR("******") : map_entry_str(&merged->entries[i]));
    }
    result_set_table(execution->result, &table);
}

Status execute_set(Execution *execution, const Statement *statement, Error *err)
{
    if (!statement->setting.key.ptr) {
        list_settings(execution);
        return STATUS_OK;
    }
    return session_put_setting(execution->session, statement->setting.key, statement->setting.value, statement->setting.key_span,
                               statement->setting.value_span, err);
}

Status execute_reset(Execution *execution, const Statement *statement, Error *err)
{
    (void)err;
    tide_session *session = execution->session;
    if (statement->setting.key.ptr)
        map_remove(session->settings, statement->setting.key);
    else
        session->settings = map_create(session->arena);
    return STATUS_OK;
}

Status execute_client(Execution *execution, const Statement *statement, Error *err)
{
    (void)err;
    execution->result->kind = TIDE_RESULT_CLIENT;
    execution->result->text = str_from(statement_kind_text(statement->kind));
    return STATUS_OK;
}
