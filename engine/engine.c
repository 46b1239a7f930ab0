/* engine.c: configuration, the engine, and generated documents. */
#include "engine/engine.h"

#include "connectors/kafka/kafka_abort.h"
#include "connectors/kafka/kafka_embedded.h"
#include "engine/documents.h"
#include "engine/runner.h"

const char *tide_version(void)
{
#define TEXT_OF(number) #number
#define VERSION_TEXT(major, minor, patch) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(patch)
    return VERSION_TEXT(TIDE_VERSION_MAJOR, TIDE_VERSION_MINOR, TIDE_VERSION_PATCH);
}

/* ---- configuration ------------------------------------------------------------------------------------------------- */

tide_config *tide_config_new(void)
{
    Arena *arena = arena_create();
    tide_config *config = arena_new(arena, tide_config, 1);
    config->arena = arena;
    config->settings = map_create(arena);
    return config;
}

static const Option engine_rows[] = {
    { "tidemark.embedded-kafka", OPTION_BOOL, "false", NULL, "start a broker in the process; every kafka table uses it", 0 },
    { "tidemark.function-dir", OPTION_STRING, NULL, NULL,
      "CREATE FUNCTION ... LANGUAGE C loads shared objects from this directory, and from no other; unset: none", 0 },
    { "tidemark.batch-rows", OPTION_INT, "2048", NULL, "rows that a source hands on at a time", 0 },
    { "tidemark.checkpoint-queries", OPTION_BOOL, "false", NULL,
      "queries whose rows go to the client take checkpoints, too: started again, they give only the rows that are missing", 0 },
    { "tidemark.test.general-paths", OPTION_BOOL, "false", NULL,
      "what has a faster way for usual cases takes the general way, which gives the same answers: for tests that compare", 0 },
    { "tidemark.workers", OPTION_INT, "0", NULL, "threads per job; 0: one per core, at most the parallelism", 0 },
    { 0 },
};

const Option *engine_option_rows(void)
{
    return engine_rows;
}

tide_status tide_config_set(tide_config *config, const char *key, const char *value, tide_error **err)
{
    Error error = ERROR_NONE;
    Str name = str_from(key), text = str_from(value);
    const Option *row = option_find(engine_rows, name);
    Status status = row ? option_check(row, name, text, SPAN_NONE, &error) : setting_check(name, text, SPAN_NONE, &error);
    if (status != STATUS_OK)
        return error_public(&error, STR_EMPTY, STR_EMPTY, err);
    if (!row && str_starts_with(name, STR("tidemark.")) && !option_find(setting_rows, name)) {
        error_set(&error, STATUS_MISUSE, SPAN_NONE, "no configuration key '%s'", key);
        return error_public(&error, STR_EMPTY, STR_EMPTY, err);
    }
    map_put_str(config->settings, name, text);
    return TIDE_OK;
}

void tide_config_on_notice(tide_config *config, void (*notice)(void *context, const char *line), void *context)
{
    config->notice = notice;
    config->notice_context = context;
}

void tide_config_free(tide_config *config)
{
    if (config)
        arena_destroy(config->arena);
}

/* ---- engine ------------------------------------------------------------------------------------------------------------ */

static Status start_embedded_kafka(tide_engine *engine, Error *err)
{
    if (!option_bool(engine_rows, engine->settings, "tidemark.embedded-kafka"))
        return STATUS_OK;
    TRY(kafka_embedded_start(&engine->kafka, err));
    engine->host.kafka_servers = arena_str(engine->arena, kafka_embedded_servers(engine->kafka));
    engine->host.kafka_embedded = engine->kafka;
    return STATUS_OK;
}

/* Looked at now, so that nobody can change later what is meant. */
static Status open_function_dir(tide_engine *engine, Error *err)
{
    Str path = option_str(engine_rows, engine->settings, "tidemark.function-dir");
    if (!path.ptr)
        return STATUS_OK;
    Text   absolute = TEXT_EMPTY;
    Status status = env_library_folder(path, &absolute, err);
    if (status == STATUS_OK)
        engine->function_dir = arena_str(engine->arena, text_str(&absolute));
    text_free(&absolute);
    return status == STATUS_OK ? STATUS_OK : error_prefix(err, "function directory");
}

tide_status tide_open(const tide_config *config, tide_engine **out, tide_error **err)
{
    Arena *arena = arena_create();
    tide_engine *engine = arena_new(arena, tide_engine, 1);
    engine->arena = arena;
    engine->settings = config ? map_copy_str(arena, config->settings) : map_create(arena);
    engine->clock = &env_clock;
    engine->notice = config ? config->notice : NULL;
    engine->notice_context = config ? config->notice_context : NULL;
    engine->mutex = env_mutex_create();
    engine->documents = map_create(arena);

    Error error = ERROR_NONE;
    if (open_function_dir(engine, &error) != STATUS_OK || start_embedded_kafka(engine, &error) != STATUS_OK) {
        tide_close(engine);
        return error_public(&error, STR_EMPTY, STR_EMPTY, err);
    }
    *out = engine;
    return TIDE_OK;
}

void tide_close(tide_engine *engine)
{
    if (!engine)
        return;
    for (int64_t i = 0; i < engine->jobs.count; i++) {
        tide_job *job = engine->jobs.items[i];
        tide_job_cancel(job);
        runner_wait(job->runner, -1); /* it may be held, but uses what goes now */
        tide_job_release(job);
    }
    if (engine->kafka)
        kafka_embedded_stop(engine->kafka);
    env_mutex_destroy(engine->mutex);
    arena_destroy(engine->arena);
}

const char *tide_embedded_kafka(const tide_engine *engine)
{
    return engine->host.kafka_servers.ptr ? engine->host.kafka_servers.ptr : "";
}

/* A page is made when it is first asked for, and kept. */
static const char *make_document(tide_engine *engine, Str name)
{
    Text page = TEXT_EMPTY;
    bool is_known = document_write(name, &page);
    if (is_known)
        map_put_str(engine->documents, name, text_str(&page));
    text_free(&page);
    return is_known ? map_get_str(engine->documents, name).ptr : NULL;
}

const char *tide_document(tide_engine *engine, const char *name)
{
    env_mutex_lock(engine->mutex);
    const char *kept = map_get_str(engine->documents, str_from(name)).ptr;
    if (!kept)
        kept = make_document(engine, str_from(name));
    env_mutex_unlock(engine->mutex);
    return kept;
}

static void notice_of_engine(void *state, Str line)
{
    const tide_engine *engine = state;
    Text               text = TEXT_EMPTY;
    text_append(&text, line);
    if (engine->notice)
        engine->notice(engine->notice_context, text_cstr(&text));
    text_free(&text);
}

tide_status tide_kafka_abort(tide_engine *engine, const char *prefix, int32_t count, const char *const *properties,
                             tide_error **err)
{
    Arena        *arena = arena_create();
    Map          *map = map_create(arena);
    Error         error = ERROR_NONE;
    ConnectorHost host = { .state = engine, .notice = notice_of_engine };
    for (; properties[0]; properties += 2)
        map_put_str(map, arena_format(arena, "properties.%s", properties[0]), str_from(properties[1]));
    if (!prefix[0] || count < 1)
        error_set(&error, STATUS_MISUSE, SPAN_NONE, "a prefix and a positive count of instances are expected");
    else if (map_get_str(map, STR("properties.bootstrap.servers")).len == 0)
        error_set(&error, STATUS_OPTION, SPAN_NONE, "bootstrap.servers is missing");
    else
        (void)kafka_abort_transactions(str_from(prefix), count, map, &host, &error);
    arena_destroy(arena);
    return error.status == STATUS_OK ? TIDE_OK : error_public(&error, STR_EMPTY, STR_EMPTY, err);
}
