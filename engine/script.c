/* script.c: statements of a text, one after another; and single statements. */
#include "engine/engine.h"
#include "engine/runner.h"

#include "engine/variables.h"

struct tide_script {
    tide_session *session;
    Arena        *arena;
    Str           file;
    Parser       *parser;
    int64_t       index;
    ParserStatement last;
    Secrets       secrets; /* of the text; text NULL: no error yet */
};

static Str text_given(const char *sql, size_t size)
{
    return size == TIDE_NUL_TERMINATED ? str_from(sql) : (Str){ sql, (int64_t)size };
}

tide_status tide_script_open(tide_session *session, const char *name, const char *sql, size_t size, bool has_variables,
                             tide_script **out, tide_error **err)
{
    Str source = text_given(sql, size);
    Text replaced = TEXT_EMPTY;
    if (has_variables) {
        Error error = ERROR_NONE;
        if (variables_replace(session->variables, source, &replaced, &error) != STATUS_OK) {
            text_free(&replaced);
            return error_public(&error, str_from(name), source, err);
        }
        source = text_str(&replaced);
    }
    Arena *arena = arena_create();
    tide_script *script = arena_new(arena, tide_script, 1);
    script->session = session;
    script->arena = arena;
    script->file = arena_str(arena, str_from(name));
    script->parser = parser_create(arena, source);
    text_free(&replaced);
    *out = script;
    return TIDE_OK;
}

void tide_script_close(tide_script *script)
{
    if (script)
        arena_destroy(script->arena);
}

static const Secrets *secrets_of(tide_script *script)
{
    if (!script->secrets.text)
        secrets_hide(script->arena, parser_source(script->parser), &script->secrets);
    return &script->secrets;
}

static tide_status next(tide_script *script, StatementMode mode, tide_result **out, tide_error **err)
{
    *out = NULL;
    Arena *arena = arena_create();
    Error error = ERROR_NONE;
    Statement *statement = NULL;
    Str source = parser_source(script->parser);
    Status status = parser_next(script->parser, arena, &statement, &error);
    script->last = parser_statement(script->parser);
    if (status == STATUS_OK && !statement) {
        arena_destroy(arena);
        return TIDE_DONE;
    }
    script->index++;
    if (status == STATUS_OK)
        status = statement_execute(script->session, arena, statement, script->file, source, mode, out, &error);
    if (status == STATUS_OK)
        return TIDE_OK;
    arena_destroy(arena);
    error_at(&error, script->last.span);
    return error_public_in(&error, script->file, secrets_of(script), err);
}

/* table.dml-sync: an INSERT ends when its job does. The result owns the job by now, so a failed one goes with it. */
static tide_status wait_if_asked(tide_session *session, tide_result **result, tide_error **err)
{
    tide_job *job = (*result)->job;
    if ((*result)->kind != TIDE_RESULT_JOB || !settings_bool(session_settings(session), "table.dml-sync"))
        return TIDE_OK;
    runner_wait(job->runner, -1);
    tide_status status = job_status_public(job, err);
    if (status < TIDE_E_FIRST)
        return TIDE_OK; /* finished, or cancelled: the job says which */
    tide_result_close(*result);
    *result = NULL;
    return status;
}

tide_status tide_script_next(tide_script *script, tide_result **out, tide_error **err)
{
    tide_status status = next(script, (StatementMode){ 0 }, out, err);
    return status == TIDE_OK ? wait_if_asked(script->session, out, err) : status;
}

tide_status tide_script_check(tide_script *script, bool language_only, tide_error **err)
{
    tide_result *result;
    tide_status status = next(script, (StatementMode){ .is_check = true, .language_only = language_only }, &result, err);
    tide_result_close(result);
    return status;
}

void tide_script_statement(const tide_script *script, tide_statement *out)
{
    StatementKind kind = script->last.kind;
    tide_statement made = { .struct_size = out->struct_size, .index = script->index, .line = script->last.span.line,
                            .column = script->last.span.column,
                            .kind = kind < STATEMENT_KIND_COUNT ? statement_kind_text(kind) : "UNKNOWN",
                            .is_incomplete = script->last.is_incomplete };
    memcpy(out, &made, out->struct_size < sizeof(made) ? out->struct_size : sizeof(made));
}

/* Nothing runs of a text with two statements: what followed the first would be lost without a word. */
static tide_status check_single(Str source, tide_error **err)
{
    Arena *scratch = arena_create();
    Error  error = ERROR_NONE, ignored = ERROR_NONE;
    Parser *parser = parser_create(scratch, source);
    Statement *first = NULL, *second = NULL;
    bool is_good = parser_next(parser, scratch, &first, &error) == STATUS_OK;
    if (is_good && !first)
        error_set(&error, STATUS_SYNTAX, SPAN_NONE, "found no statement");
    if (is_good && first && (parser_next(parser, scratch, &second, &ignored) != STATUS_OK || second))
        error_set(&error, STATUS_MISUSE, parser_statement(parser).span, "expected one statement, found more text behind it");
    arena_destroy(scratch);
    return error.status == STATUS_OK ? TIDE_OK : error_public(&error, STR_EMPTY, source, err);
}

tide_status tide_execute(tide_session *session, const char *sql, size_t size, tide_result **out, tide_error **err)
{
    *out = NULL;
    tide_script *script;
    tide_status status = check_single(text_given(sql, size), err);
    if (status != TIDE_OK)
        return status;
    status = tide_script_open(session, "", sql, size, false, &script, err);
    if (status != TIDE_OK)
        return status;
    status = tide_script_next(script, out, err);
    tide_script_close(script);
    return status;
}
