/* catalog.h: catalogs, databases, tables and views of a session, all in memory.
 *
 * Names are case-sensitive. A temporary object hides a permanent one of the same path. Objects live in the catalog's arena; a replaced
 * object stays readable for the plans that use it. Not thread-safe: the engine serialises statements. */
#ifndef PLANNER_CATALOG_H
#define PLANNER_CATALOG_H

#include "connectors/connector.h"
#include "data/type.h"
#include "parser/parser.h"

typedef enum CatalogColumnKind { CATALOG_PHYSICAL, CATALOG_METADATA, CATALOG_COMPUTED } CatalogColumnKind;

typedef struct CatalogColumn {
    Str               name;
    CatalogColumnKind kind;
    const Type       *type;         /* computed: derived from the expression */
    Str               metadata_key; /* METADATA: the FROM key, or the name */
    bool              is_virtual;
    Str               expression;   /* COMPUTED: canonical SQL text, parsed again by every use */
    Str               comment;      /* {NULL, 0} = none */
} CatalogColumn;

typedef struct CatalogTable {
    Str            catalog, database, name;
    bool           is_temporary;
    bool           is_view;
    CatalogColumn *columns;
    int32_t        column_count;
    /* tables */
    Str            watermark_column;     /* {NULL, 0} = none */
    Str            watermark_expression; /* canonical SQL text */
    const Type    *watermark_type;
    Str            primary_key_name;     /* "PK_id" or as given */
    const int32_t *primary_key;          /* indexes into columns */
    int32_t        primary_key_count;
    const int32_t *partition_keys;
    int32_t        partition_key_count;
    Str            distribution;         /* canonical "DISTRIBUTED BY HASH(`a`) INTO 4 BUCKETS"; {NULL, 0} = none */
    const Map     *options;              /* 'connector' included */
    Str            comment;
    /* views */
    Str            query;                /* canonical SQL text with full names */
    Str            original_query;       /* as written */
} CatalogTable;

/* A function that a statement created: in C and loaded, or one that lives elsewhere (a Java class), is known by name and fails when
 * it is called. */
typedef struct CatalogFunction {
    Str  catalog, database, name; /* a temporary system function has no catalog */
    Str  class_name, language;
    bool is_temporary, is_system;
    const struct Function *rows;  /* LANGUAGE C: its overloads; NULL: it lives elsewhere */
} CatalogFunction;

typedef struct Catalog Catalog; /* all catalogs of one session */

Catalog *catalog_create(Arena *arena);

Str  catalog_current(const Catalog *catalog);
Str  catalog_current_database(const Catalog *catalog);
Status catalog_use(Catalog *catalog, Str name, Span span, Error *err);
Status catalog_use_database(Catalog *catalog, Name name, Error *err);

/* The three parts of a name, the current catalog and database filled in. */
typedef struct CatalogPath {
    Str catalog, database, name;
} CatalogPath;
Status catalog_path(const Catalog *catalog, Name name, CatalogPath *out, Error *err);
/* "default_catalog.default_database.t" */
Str catalog_path_text(Arena *arena, CatalogPath path);

/* NULL when there is none; temporary ones first. */
CatalogTable *catalog_find_table(const Catalog *catalog, CatalogPath path);
/* The same with an error and a "did you mean". */
Status catalog_get_table(const Catalog *catalog, Name name, CatalogTable **out, Error *err);
/* The same where a view is asked for: the error speaks of views. What has the name may still be a table. */
Status catalog_get_view(const Catalog *catalog, Name name, CatalogTable **out, Error *err);
const CatalogFunction *catalog_find_function(const Catalog *catalog, Name name);
bool catalog_has(const Catalog *catalog, Str name);
bool catalog_has_database(const Catalog *catalog, Str name, Str database);

/* The catalog keeps the object (allocated in catalog_arena). Replaces one of the same path and temporariness. */
Arena *catalog_arena(Catalog *catalog);
void   catalog_put_table(Catalog *catalog, CatalogTable *table);
bool   catalog_remove_table(Catalog *catalog, CatalogPath path, bool is_temporary);
void   catalog_put_function(Catalog *catalog, CatalogFunction *function);
bool   catalog_remove_function(Catalog *catalog, const CatalogFunction *function);

/* Option of a catalog that check --language-only takes as present: its tables are not known. */
#define CATALOG_ELSEWHERE "$elsewhere"
Status catalog_create_catalog(Catalog *catalog, Str name, const Map *options, Str comment, Span span, Error *err);
/* ALTER CATALOG: instead of the options it has, as they stand behind CREATE CATALOG. */
Status catalog_set_options(Catalog *catalog, Str name, const Map *options, Span span, Error *err);
Status catalog_set_comment(Catalog *catalog, Str name, Str comment, Span span, Error *err);
Status catalog_drop_catalog(Catalog *catalog, Str name, Span span, Error *err);
Status catalog_create_database(Catalog *catalog, Str name, Str database, const Map *options, Str comment, Span span, Error *err);
/* not empty and not cascade: an error */
Status catalog_drop_database(Catalog *catalog, Str name, Str database, bool cascade, Span span, Error *err);
Status catalog_set_database_options(Catalog *catalog, Str name, Str database, const Map *options, Span span, Error *err);
const Map *catalog_options(const Catalog *catalog, Str name);
Str        catalog_comment(const Catalog *catalog, Str name);

/* Sorted lists, in arena. */
typedef LIST(Str) StrList;
void catalog_list_catalogs(const Catalog *catalog, Arena *arena, StrList *out);
void catalog_list_databases(const Catalog *catalog, Str name, Arena *arena, StrList *out);
void catalog_list_tables(const Catalog *catalog, Str name, Str database, bool views_only, Arena *arena, StrList *out);
void catalog_list_functions(const Catalog *catalog, Str name, Str database, Arena *arena, StrList *out);

#endif
