/* connector.c: the list of connectors, and everything about a table that can be said before it is opened:
 *
 *   options    its connector's, its formats' (json.*, key.json.*, value.json.*), and those every table takes
 *   columns    metadata keys and their types; types that the format cannot carry
 *   direction  can it be read, can it be written */
#include "connectors/connector.h"

#include "connectors/formats/format.h"
#include "connectors/table_options.h"

/* A test that simulates the outside world has a list of its own. */
#ifndef CONNECTORS_DEF
#define CONNECTORS_DEF "connectors/connectors.def"
#endif

#define CONNECTOR(name) extern const Connector connector_##name;
#include CONNECTORS_DEF
#undef CONNECTOR

static const Connector *const connectors[] = {
#define CONNECTOR(name) &connector_##name,
#include CONNECTORS_DEF
#undef CONNECTOR
};

enum { LISTS_MAX = 5 };

/* ---- the list -------------------------------------------------------------------------------------------------- */

int64_t connector_count(void)
{
    return (int64_t)(sizeof(connectors) / sizeof(*connectors));
}

const Connector *connector_at(int64_t index)
{
    return connectors[index];
}

const Connector *connector_find(Str name)
{
    for (int64_t i = 0; i < connector_count(); i++)
        if (str_is(name, connectors[i]->name))
            return connectors[i];
    return NULL;
}

const char *bad_reason_text(BadReason reason)
{
    static const char *const texts[] = {
        [BAD_SYNTAX] = "syntax",   [BAD_TYPE] = "type",           [BAD_RANGE] = "out of range", [BAD_MISSING] =
        "missing field",
        [BAD_UTF8] = "bad UTF-8", [BAD_TOO_LARGE] = "too large", [BAD_TOO_DEEP] = "too deep",
    };
    _Static_assert(sizeof(texts) / sizeof(*texts) == BAD_REASON_COUNT, "a text for each reason");
    return texts[reason];
}

/* ---- names ----------------------------------------------------------------------------------------------------- */

/* "csv, json, raw" of count names. */
static Str join_names(Arena *arena, const Str *names, int64_t count)
{
    Text all = TEXT_EMPTY;
    for (int64_t i = 0; i < count; i++)
        text_printf(&all, "%s%.*s", i ? ", " : "", STR_FMT(names[i]));
    Str joined = arena_str(arena, text_str(&all));
    text_free(&all);
    return joined;
}

/* what: "connector". The names it could be are listed, the nearest is hinted at. */
static Status unknown_name(const char *what, Str name, const Str *names, int64_t count, Arena *arena, Span span,
                           Error *err)
{
    error_set(err, STATUS_OPTION, span, "there is no %s '%.*s'; there are: %.*s", what, STR_FMT(name),
              STR_FMT(join_names(arena, names, count)));
    Str nearest = error_nearest(name, names, count);
    if (nearest.ptr)
        error_hint(err, "did you mean '%.*s'?", STR_FMT(nearest));
    return STATUS_OPTION;
}

static Status find_connector(const TableSpec *table, Arena *arena, const Connector **out, Error *err)
{
    Str name = map_get_str(table->options, STR("connector"));
    if (!name.ptr)
        return error_set(err, STATUS_OPTION, table->span, "table %.*s has no option 'connector'", STR_FMT(table->path));
    *out = connector_find(name);
    if (*out)
        return STATUS_OK;
    Str *names = arena_new(arena, Str, connector_count() + 1);
    for (int64_t i = 0; i < connector_count(); i++)
        names[i] = str_from(connectors[i]->name);
    return unknown_name("connector", name, names, connector_count(), arena, table->span, err);
}

static Status find_format(const TableSpec *table, Str name, Arena *arena, const Format **out, Error *err)
{
    *out = format_find(name);
    if (*out)
        return STATUS_OK;
    Str *names = arena_new(arena, Str, format_count() + 1);
    for (int64_t i = 0; i < format_count(); i++)
        names[i] = str_from(format_at(i)->name);
    return unknown_name("format", name, names, format_count(), arena, table->span, err);
}

/* ---- formats --------------------------------------------------------------------------------------------------- */

/* One use of a format by a table: 'value.format' = 'json' has options value.json.* */
typedef struct FormatUse {
    const Format *format;
    Str           prefix; /* "value.json." */
} FormatUse;

enum { FORMAT_USES_MAX = 3 };

typedef struct FormatUses {
    FormatUse items[FORMAT_USES_MAX];
    int32_t   count;
} FormatUses;

static Status find_formats(const TableSpec *table, const Connector *connector, Arena *arena, FormatUses *out,
                           Error *err)
{
    static const char *const keys[FORMAT_USES_MAX] = { "format", "key.format", "value.format" };
    out->count = 0;
    for (int32_t i = 0; connector->has_format && i < FORMAT_USES_MAX; i++) {
        Str name = map_get_str(table->options, str_from(keys[i]));
        if (!name.ptr)
            continue;
        FormatUse *use = &out->items[out->count++];
        TRY(find_format(table, name, arena, &use->format, err));
        Str group = str_slice(str_from(keys[i]), 0, (int64_t)strlen(keys[i]) - (int64_t)strlen("format"));
        use->prefix = arena_format(arena, "%.*s%s.", STR_FMT(group), use->format->name);
    }
    return STATUS_OK;
}

/* The columns that a record of a table without key fields holds: physical ones that are not in the directory's name. */
static int32_t record_columns(const TableSpec *table, FormatColumn *out)
{
    int32_t count = 0;
    for (int32_t i = 0; i < table->column_count; i++) {
        bool is_key = false;
        for (int32_t k = 0; k < table->partition_key_count; k++)
            is_key |= table->partition_keys[k] == i;
        if (!is_key && !table->columns[i].metadata_key.ptr)
            out[count++] = (FormatColumn){ .name = table->columns[i].name, .type = table->columns[i].type, .out = -1 };
    }
    return count;
}

/* Tables with key fields check the types themselves: which columns are in which part is the connector's business. */
static bool has_key_fields(const TableSpec *table)
{
    return option_is_set(table->options, "key.fields") || option_is_set(table->options, "key.format");
}

static void drop_unknown(const Format *format, Map *options)
{
    for (int64_t i = options->count - 1; i >= 0; i--)
        if (!option_find(format->options, options->entries[i].key))
            map_remove(options, options->entries[i].key);
}

/* Under the keys that the table has them with. */
static Status check_format_values(const FormatUse *use, const Map *options, Arena *arena, Span span, Error *err)
{
    for (int64_t i = 0; i < options->count; i++) {
        const MapEntry *entry = &options->entries[i];
        const Option   *row = option_find(use->format->options, entry->key);
        Str             key = arena_format(arena, "%.*s%.*s", STR_FMT(use->prefix), STR_FMT(entry->key));
        if (row)
            TRY(option_check(row, key, map_entry_str(entry), span, err));
    }
    return STATUS_OK;
}

static Status check_format(const TableSpec *table, const Connector *connector, const FormatUse *use, Arena *arena,
                           Error *err)
{
    FormatColumn *columns = arena_new(arena, FormatColumn, table->column_count + 1);
    Map          *options = format_options(arena, table->options, use->prefix);
    FormatSpec    spec = {
        .columns = columns,
        .column_count = record_columns(table, columns),
        .options = options,
        .arena = arena,
        .zone = zone_utc,
        .span = table->span,
    };
    if (connector->takes_any_format_option)
        drop_unknown(use->format, options);
    TRY(check_format_values(use, options, arena, table->span, err));
    const Option *lists[] = { use->format->options };
    TRY(options_check(lists, 1, options, arena_format(arena, "format '%s'", use->format->name), table->span, err));
    return use->format->check && !has_key_fields(table) ? use->format->check(&spec, err) : STATUS_OK;
}

/* ---- options --------------------------------------------------------------------------------------------------- */

/* The table's options without those of its formats. */
static Map *own_options(const TableSpec *table, const FormatUses *uses, Arena *arena)
{
    Map *own = map_create(arena);
    for (int64_t i = 0; i < table->options->count; i++) {
        const MapEntry *entry = &table->options->entries[i];
        bool            is_format = false;
        for (int32_t k = 0; k < uses->count; k++)
            is_format |= str_starts_with(entry->key, uses->items[k].prefix);
        if (!is_format)
            map_put_str(own, entry->key, map_entry_str(entry));
    }
    return own;
}

static Status check_options(const TableSpec *table, const Connector *connector, Arena *arena, Error *err)
{
    const Option *lists[LISTS_MAX] = { connector->options ? connector->options : table_options, table_options };
    int32_t       count = 2;
    FormatUses    uses;
    TRY(find_formats(table, connector, arena, &uses, err));
    if (connector->source)
        lists[count++] = source_options;
    if (connector->sink)
        lists[count++] = sink_options;
    if (connector->has_format)
        lists[count++] = format_key_options;
    TRY(options_check(lists, count, own_options(table, &uses, arena), arena_format(arena, "connector '%s'",
                                                                                   connector->name),
                      table->span, err));
    for (int32_t i = 0; i < uses.count; i++)
        TRY(check_format(table, connector, &uses.items[i], arena, err));
    return STATUS_OK;
}

/* ---- columns --------------------------------------------------------------------------------------------------- */

static const MetadataColumn *metadata_find(const Connector *connector, Str key)
{
    for (const MetadataColumn *row = connector->metadata; row && row->key; row++)
        if (str_is(key, row->key))
            return row;
    return NULL;
}

static Str metadata_keys(const Connector *connector, bool is_sink, Arena *arena)
{
    LIST(Str) keys = { 0 };
    for (const MetadataColumn *row = connector->metadata; row && row->key; row++)
        if (!is_sink || row->is_writable)
            list_push(arena, &keys, str_from(row->key));
    return keys.count ? join_names(arena, keys.items, keys.count) : STR("none");
}

static Status check_metadata(const TableSpec *table, const Connector *connector, const TableColumn *column,
                             bool is_sink,
                             Arena *arena, Error *err)
{
    const MetadataColumn *metadata = metadata_find(connector, column->metadata_key);
    const char           *use = is_sink ? "writing" : "reading";
    if (!metadata || (is_sink && !metadata->is_writable))
        return error_set(err, STATUS_INVALID, table->span,
                         "column '%.*s': connector '%s' has no metadata key '%.*s' for %s; it has: %.*s",
                         STR_FMT(column->name),
                         connector->name, STR_FMT(column->metadata_key), use,
                         STR_FMT(metadata_keys(connector, is_sink, arena)));
    const Type *from = is_sink ? column->type : metadata->type;
    const Type *to = is_sink ? metadata->type : column->type;
    if (!type_casts_explicitly(from, to))
        return error_set(err, STATUS_TYPE, table->span,
                         "column '%.*s': metadata '%.*s' is %.*s and cannot be cast %s %.*s",
                         STR_FMT(column->name), STR_FMT(column->metadata_key),
                         STR_FMT(type_text(arena, metadata->type)),
                         is_sink ? "from" : "to", STR_FMT(type_text(arena, column->type)));
    return STATUS_OK;
}

static Status check_columns(const TableSpec *table, const Connector *connector, bool is_sink, Arena *arena, Error *err)
{
    for (int32_t i = 0; i < table->column_count; i++) {
        const TableColumn *column = &table->columns[i];
        if (column->metadata_key.ptr && !(is_sink && column->is_virtual))
            TRY(check_metadata(table, connector, column, is_sink, arena, err));
    }
    return STATUS_OK;
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

static Status check_direction(const TableSpec *table, const Connector *connector, bool is_sink, Error *err)
{
    if (is_sink ? connector->sink != NULL : connector->source != NULL)
        return STATUS_OK;
    return error_set(err, STATUS_INVALID, table->span,
                     "connector '%s' can only be used as a %s; it cannot be used as a %s (table %.*s)", connector->name,
                     is_sink ? "source" : "sink", is_sink ? "sink" : "source", STR_FMT(table->path));
}

static Status check_in(const TableSpec *table, bool is_sink, Arena *arena, Error *err)
{
    const Connector *connector;
    TRY(find_connector(table, arena, &connector, err));
    TRY(check_direction(table, connector, is_sink, err));
    TRY(check_options(table, connector, arena, err));
    TRY(check_columns(table, connector, is_sink, arena, err));
    return connector->check ? connector->check(table, is_sink, err) : STATUS_OK;
}

Status connector_check(const TableSpec *table, bool is_sink, Error *err)
{
    Arena *arena = arena_create();
    Status status = check_in(table, is_sink, arena, err);
    arena_destroy(arena);
    return status;
}

/* Parts of names behind which secrets are kept, whatever takes the key. */
static const char *const secret_words[] = {
    "password", "secret",     "apikey",  "api-key", "auth-params", "service-key",  "token",
    "basic-auth", "jaas.config", "http-headers", "account.key", "credential", "private.key", "ssl.key.pem",
};

static bool has_word(Str key, const char *word)
{
    int64_t size = (int64_t)strlen(word);
    for (int64_t at = 0; at + size <= key.len; at++)
        if (str_is_nocase(str_slice(key, at, at + size), word))
            return true;
    return false;
}

bool option_key_is_secret(Str connector, Str key)
{
    const Connector *found = connector_find(connector);
    const Option    *row = found ? option_find(found->options, key) : NULL;
    if (row && row->kind != OPTION_PREFIX && (row->flags & OPTION_SECRET))
        return true;
    for (size_t i = 0; i < sizeof(secret_words) / sizeof(*secret_words); i++)
        if (has_word(key, secret_words[i]))
            return true;
    return false;
}

static void hide(char *text, int64_t start, int64_t end)
{
    for (int64_t i = start; i < end; i++)
        if (text[i] != '\'')
            text[i] = '*';
}

/* The last '@' before the properties ends the user-info: a password may hold any other byte. */
static void hide_user_info(char *text, int64_t start, int64_t end)
{
    int64_t at = end - 1;
    while (at >= start && text[at] != '@')
        at--;
    hide(text, start, at);
}

static void hide_properties(char *text, int64_t start, int64_t end)
{
    Str rest = { text + start, end - start };
    Str pair;
    while (str_split(&rest, '&', &pair)) {
        int64_t equals = str_find(pair, '=');
        int64_t at = pair.ptr - text;
        if (equals > 0 && option_key_is_secret(STR_EMPTY, str_slice(pair, 0, equals)))
            hide(text, at + equals + 1, at + pair.len);
    }
}

/* Where the URL that holds `at` must have ended: a quote that is not doubled, or the end of the line. Blanks do not end it: there may be
 * some in a password, and stars too many are no harm. */
static int64_t url_end(const char *text, int64_t at, int64_t size)
{
    for (; at < size && text[at] != '\n' && text[at] != '"'; at++) {
        if (text[at] != '\'')
            continue;
        if (at + 1 >= size || text[at + 1] != '\'')
            break;
        at++;
    }
    return at < size ? at : size;
}

void urls_hide_secrets(char *text, int64_t size)
{
    for (int64_t at = 0; at + 3 <= size; at++) {
        if (memcmp(text + at, "://", 3) != 0)
            continue;
        int64_t end = url_end(text, at, size);
        int64_t question = str_find((Str){ text + at, end - at }, '?');
        int64_t place_end = question < 0 ? end : at + question;
        hide_user_info(text, at + 3, place_end);
        if (question >= 0)
            hide_properties(text, place_end + 1, end);
        at = end;
    }
}
