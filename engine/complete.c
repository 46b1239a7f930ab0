/* complete.c: candidates for the word before a position.
 *
 * Inside a quoted text: option keys (of the connector that the same WITH names, of formats, or of SET). Otherwise keywords, functions, tables of
 * the current database and their columns. All of it is a matter of prefixes, case ignored; keywords keep the case of what was typed. */
#include "engine/engine.h"

#include "connectors/formats/format.h"
#include "engine/documents.h"
#include "functions/aggregate.h"
#include "functions/function.h"
#include "parser/token.h"

#define CANDIDATES_MAX 500

typedef struct Completion {
    tide_session *session;
    Arena        *arena;
    Str           prefix;
    Map          *seen;  /* each candidate once */
    Text         *out;
} Completion;

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (unsigned char)c >= 0x80;
}

static void offer(Completion *completion, Str candidate)
{
    Str head = str_slice(candidate, 0, candidate.len < completion->prefix.len ? candidate.len : completion->prefix.len);
    if (!str_eq_nocase(head, completion->prefix) || map_has(completion->seen, candidate) || completion->seen->count >= CANDIDATES_MAX)
        return;
    map_put(completion->seen, candidate, completion);
    text_append(completion->out, candidate);
    text_put(completion->out, '\n');
}

/* Key words and built-in functions are written small when the person types small. */
static void offer_word(Completion *completion, Str word, bool is_small)
{
    char *copy = arena_alloc(completion->arena, word.len + 1);
    for (int64_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        if (is_small && c >= 'A' && c <= 'Z')
            c = (char)(c + 32);
        else if (!is_small && c >= 'a' && c <= 'z')
            c = (char)(c - 32);
        copy[i] = c;
    }
    offer(completion, (Str){ copy, word.len });
}

static bool is_small(Str prefix)
{
    for (int64_t i = 0; i < prefix.len; i++)
        if (prefix.ptr[i] >= 'A' && prefix.ptr[i] <= 'Z')
            return false;
    return prefix.len > 0;
}

static void offer_words(Completion *completion)
{
    bool small = is_small(completion->prefix);
    for (int32_t i = 0; i < keyword_count(); i++)
        offer_word(completion, str_from(keyword_at(i)->text), small);
    for (int64_t i = 0; i < function_count(); i++)
        offer_word(completion, function_name(function_at(i)), small);
    for (int64_t i = 0; i < aggregate_count(); i++)
        offer_word(completion, aggregate_name(aggregate_at(i)), small);
}

static void offer_tables(Completion *completion)
{
    const Catalog *catalog = completion->session->catalog;
    Str in = catalog_current(catalog), database = catalog_current_database(catalog);
    StrList tables = { 0 };
    catalog_list_tables(catalog, in, database, false, completion->arena, &tables);
    for (int64_t i = 0; i < tables.count; i++)
        offer(completion, tables.items[i]);
    for (int64_t i = 0; i < tables.count; i++) {
        const CatalogTable *table = catalog_find_table(catalog, (CatalogPath){ in, database, tables.items[i] });
        for (int32_t c = 0; table && c < table->column_count; c++)
            offer(completion, table->columns[c].name);
    }
}

/* ---- inside quotes ---------------------------------------------------------------------------------------------------------- */

static void offer_rows(Completion *completion, const char *prefix, const Option *rows)
{
    for (; rows && rows->key; rows++)
        offer(completion, arena_format(completion->arena, "%s%s", prefix, rows->key));
}

static void offer_values(Completion *completion)
{
    for (int64_t i = 0; i < connector_count(); i++)
        offer(completion, str_from(connector_at(i)->name));
    for (int64_t i = 0; i < format_count(); i++)
        offer(completion, str_from(format_at(i)->name));
}

/* 'connector' = 'kafka' somewhere before: its own keys; else those of all. */
static void offer_keys(Completion *completion, Str before)
{
    for (int64_t i = 0; i < connector_count(); i++) {
        Str quoted = arena_format(completion->arena, "'%s'", connector_at(i)->name);
        bool is_named = false;
        for (int64_t at = 0; at + quoted.len <= before.len && !is_named; at++)
            is_named = memcmp(before.ptr + at, quoted.ptr, (size_t)quoted.len) == 0;
        if (is_named)
            offer_rows(completion, "", connector_at(i)->options);
    }
    for (int64_t i = 0; i < format_count(); i++)
        offer_rows(completion, arena_format(completion->arena, "%s.", format_at(i)->name).ptr, format_at(i)->options);
    offer(completion, STR("connector"));
    offer(completion, STR("format"));
    offer_rows(completion, "", setting_rows);
}

/* Is the position inside an open quoted text, and where does that begin? */
static int64_t open_quote(Str text)
{
    int64_t open = -1;
    for (int64_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\'')
            open = open < 0 ? i : -1;
    return open;
}

static bool follows_equals(Str text, int64_t at)
{
    while (at > 0 && (text.ptr[at - 1] == ' ' || text.ptr[at - 1] == '\n' || text.ptr[at - 1] == '\t'))
        at--;
    return at > 0 && text.ptr[at - 1] == '=';
}

static void complete(Completion *completion, Str before)
{
    int64_t quote = open_quote(before);
    if (quote >= 0) {
        completion->prefix = str_slice(before, quote + 1, before.len);
        if (follows_equals(before, quote))
            offer_values(completion);
        else
            offer_keys(completion, before);
        return;
    }
    int64_t start = before.len;
    while (start > 0 && is_word_byte(before.ptr[start - 1]))
        start--;
    completion->prefix = str_slice(before, start, before.len);
    offer_tables(completion);
    offer_words(completion);
}

const char *tide_complete(tide_session *session, const char *sql, size_t size, size_t position)
{
    Str text = size == TIDE_NUL_TERMINATED ? str_from(sql) : (Str){ sql, (int64_t)size };
    int64_t end = (int64_t)position < text.len ? (int64_t)position : text.len;
    Arena *arena = arena_create();
    Completion completion = { .session = session, .arena = arena, .seen = map_create(arena), .out = &session->scratch };
    text_clear(&session->scratch);
    complete(&completion, str_slice(text, 0, end));
    arena_destroy(arena);
    return text_cstr(&session->scratch);
}
