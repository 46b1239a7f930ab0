/* scope.c: names of columns at one place of a query.
 *
 * a.b.c is read as in the dialect: the longest prefix that names a table of FROM (alias, or [catalog.][database.]name
 * of a table without alias) followed by one of its columns; else `a` is a column and the rest are fields of it. A name
 * that no column has may be a field of a column that is a ROW. Names are case-sensitive. What is not found here is looked for in the query around. */
#include "planner/bind.h"

Scope *scope_of_fields(Arena *arena, const Field *fields, int32_t field_count, Str name, const Scope *outer)
{
    ScopeTable *table = arena_new(arena, ScopeTable, 1);
    table->name = name;
    table->count = field_count;
    Scope *scope = arena_new(arena, Scope, 1);
    *scope = (Scope){ .fields = fields, .field_count = field_count, .tables = table, .table_count = 1, .outer = outer };
    return scope;
}

static const bool *join_flags(Arena *arena, const bool *left, int32_t left_count, const bool *right,
                              int32_t right_count)
{
    bool *flags = arena_new(arena, bool, left_count + right_count + 1);
    if (left)
        memcpy(flags, left, sizeof(bool) * (size_t)left_count);
    if (right)
        memcpy(flags + left_count, right, sizeof(bool) * (size_t)right_count);
    return flags;
}

Scope *scope_join(Arena *arena, const Scope *left, const Scope *right, const Field *fields)
{
    int32_t     table_count = left->table_count + right->table_count;
    ScopeTable *tables = arena_new(arena, ScopeTable, table_count);
    memcpy(tables, left->tables, sizeof(*tables) * (size_t)left->table_count);
    for (int32_t i = 0; i < right->table_count; i++) {
        tables[left->table_count + i] = right->tables[i];
        tables[left->table_count + i].first += left->field_count;
    }
    int32_t field_count = left->field_count + right->field_count;
    Scope  *scope = arena_new(arena, Scope, 1);
    *scope = (Scope){ .fields = fields, .field_count = field_count, .tables = tables, .table_count = table_count,
                      .is_merged = join_flags(arena, left->is_merged, left->field_count, right->is_merged,
                                              right->field_count),
                      .is_shared = join_flags(arena, left->is_shared, left->field_count, right->is_shared,
                                              right->field_count),
                      .outer = left->outer };
    return scope;
}

Status scope_check_join(const Scope *left, const Scope *right, Span span, Error *err)
{
    for (int32_t i = 0; i < right->table_count; i++)
        for (int32_t j = 0; j < left->table_count && right->tables[i].name.ptr; j++)
            if (left->tables[j].name.ptr && str_eq(left->tables[j].name, right->tables[i].name)) {
                error_set(err, STATUS_INVALID, span, "Duplicate relation name '%.*s' in FROM clause",
                          STR_FMT(right->tables[i].name));
                return error_hint(err, "give one of them another name with AS");
            }
    return STATUS_OK;
}

static bool names_table(const ScopeTable *table, const Ident *parts, int64_t count)
{
    if (count == 1)
        return table->name.ptr && str_eq(parts[0].text, table->name);
    if (!table->path.name.ptr || !str_eq(parts[count - 1].text, table->path.name) ||
        !str_eq(parts[count - 2].text, table->path.database))
        return false;
    return count == 2 || (count == 3 && str_eq(parts[0].text, table->path.catalog));
}

const ScopeTable *scope_find_table(const Scope *scope, const Ident *parts, int64_t count)
{
    for (int32_t i = 0; i < scope->table_count; i++)
        if (names_table(&scope->tables[i], parts, count))
            return &scope->tables[i];
    return NULL;
}

typedef struct Found {
    int32_t column; /* -1 = none */
    bool    is_ambiguous;
} Found;

static Found find_among(const Scope *scope, int32_t first, int32_t count, Str name, bool with_merged)
{
    Found found = { .column = -1 };
    for (int32_t i = first; i < first + count; i++) {
        if (!str_eq(scope->fields[i].name, name) || (!with_merged && scope->is_merged && scope->is_merged[i]))
            continue;
        if (found.column >= 0)
            found.is_ambiguous = true;
        else
            found.column = i;
    }
    return found;
}

static bool has_field(const Type *type, Str name)
{
    for (int32_t i = 0; type->kind == TYPE_ROW && i < type->field_count; i++)
        if (str_eq(type->fields[i].name, name))
            return true;
    return false;
}

/* The column whose type is a ROW with that field. */
static Found find_inside(const Scope *scope, int32_t first, int32_t count, Str name)
{
    Found found = { .column = -1 };
    for (int32_t i = first; i < first + count; i++) {
        if (!has_field(scope->fields[i].type, name) || (scope->is_merged && scope->is_merged[i]))
            continue;
        found.is_ambiguous = found.column >= 0;
        if (!found.is_ambiguous)
            found.column = i;
        else
            break;
    }
    return found;
}

static Status ambiguous(const Ident *column, Error *err)
{
    error_set(err, STATUS_NO_COLUMN, column->span, "column `%.*s` is ambiguous", STR_FMT(column->text));
    return error_hint(err, "say which table's it is: t.%.*s", STR_FMT(column->text));
}

static Status no_column(const Scope *scope, const ScopeTable *table, const Ident *column, Error *err)
{
    int32_t first = table ? table->first : 0;
    int32_t count = table ? table->count : scope->field_count;
    if (table && table->name.ptr)
        error_set(err, STATUS_NO_COLUMN, column->span, "column `%.*s` not found in table `%.*s`", STR_FMT(column->text),
                  STR_FMT(table->name));
    else
        error_set(err, STATUS_NO_COLUMN, column->span, "column `%.*s` not found%s", STR_FMT(column->text),
                  scope->field_count ? " in any table" : "");
    Arena *scratch = arena_create();
    Str   *names = arena_new(scratch, Str, count + 1);
    for (int32_t i = 0; i < count; i++)
        names[i] = scope->fields[first + i].name;
    Str nearest = error_nearest(column->text, names, count);
    if (nearest.ptr)
        error_hint(err, "did you mean `%.*s`?", STR_FMT(nearest));
    arena_destroy(scratch);
    return err->status;
}

/* *out stays without scope when the name is not of this scope. */
static Status find_here(const Scope *scope, const Name *name, ScopeMatch *out, Error *err)
{
    const Ident *parts = name->parts.items;
    for (int64_t prefix = name->parts.count - 1; prefix > 0; prefix--) {
        const ScopeTable *table = prefix <= 3 ? scope_find_table(scope, parts, prefix) : NULL;
        if (!table)
            continue;
        Found   found = find_among(scope, table->first, table->count, parts[prefix].text, true);
        int32_t found_parts = (int32_t)prefix + 1;
        if (found.column < 0) {
            found = find_inside(scope, table->first, table->count, parts[prefix].text);
            found_parts = (int32_t)prefix;
        }
        if (found.is_ambiguous)
            return ambiguous(&parts[prefix], err);
        if (found.column < 0 && !table->is_unknown)
            return no_column(scope, table, &parts[prefix], err);
        *out = (ScopeMatch){ scope, found.column, found_parts };
        return STATUS_OK;
    }
    Found   found = find_among(scope, 0, scope->field_count, parts[0].text, false);
    int32_t found_parts = 1;
    if (found.column < 0) {
        found = find_inside(scope, 0, scope->field_count, parts[0].text);
        found_parts = 0;
    }
    if (found.is_ambiguous)
        return ambiguous(&parts[0], err);
    if (found.column >= 0)
        *out = (ScopeMatch){ scope, found.column, found_parts };
    return STATUS_OK;
}

/* Some table that is in scope may well have the column. */
static bool find_unknown(const Scope *scope, ScopeMatch *out)
{
    for (int32_t i = 0; scope && i < scope->table_count; i++) {
        if (!scope->tables[i].is_unknown)
            continue;
        *out = (ScopeMatch){ scope, -1, 1 };
        return true;
    }
    return false;
}

static Status no_table(const Scope *scope, const Ident *name, Error *err)
{
    error_set(err, STATUS_NO_TABLE, name->span, "table `%.*s` not found", STR_FMT(name->text));
    Arena *scratch = arena_create();
    Str   *names = arena_new(scratch, Str, scope->table_count + 1);
    for (int32_t i = 0; i < scope->table_count; i++)
        names[i] = scope->tables[i].name.ptr ? scope->tables[i].name : STR_EMPTY;
    Str nearest = error_nearest(name->text, names, scope->table_count);
    if (nearest.ptr)
        error_hint(err, "did you mean `%.*s`?", STR_FMT(nearest));
    arena_destroy(scratch);
    return err->status;
}

Status scope_find(const Scope *scope, const Name *name, ScopeMatch *out, Error *err)
{
    *out = (ScopeMatch){ 0 };
    for (const Scope *around = scope; around; around = around->outer) {
        TRY(find_here(around, name, out, err));
        if (out->scope)
            return STATUS_OK;
    }
    for (const Scope *around = scope; around; around = around->outer)
        if (find_unknown(around, out))
            return STATUS_OK;
    return name->parts.count > 1 ? no_table(scope, &name->parts.items[0], err)
                                 : no_column(scope, NULL, &name->parts.items[0], err);
}
