/* check.c: see check.h. */
#include "tests/sim/check.h"

typedef struct Row {
    Str     value;
    int64_t seen;    /* how often it came */
    int64_t wanted;  /* NOT_LESS: the number */
    int64_t largest;
} Row;

typedef struct Key {
    LIST(Row) rows;
    Map    *by_value; /* value -> its row */
    int64_t next;     /* EXACTLY_ONCE: the row that is to come */
} Key;

typedef struct Table {
    Map      *keys;
    Guarantee guarantee;
    int64_t   doubled;
} Table;

struct Check {
    Arena  *arena;
    Map    *tables;
    bool    is_learning;
    Guarantee (*guarantee)(Str table);
    int64_t expected;
};

Check *check_create(Guarantee (*guarantee)(Str table))
{
    Arena *arena = arena_create();
    Check *check = arena_new(arena, Check, 1);
    *check = (Check){ .arena = arena, .guarantee = guarantee, .tables = map_create(arena), .is_learning = true };
    return check;
}

void check_destroy(Check *check)
{
    arena_destroy(check->arena);
}

void check_begin(Check *check)
{
    check->is_learning = false;
}

int64_t check_expected(const Check *check)
{
    return check->expected;
}

static Table *find_table(Check *check, Str name)
{
    Table *table = map_get(check->tables, name);
    if (table)
        return table;
    table = arena_new(check->arena, Table, 1);
    table->keys = map_create(check->arena);
    table->guarantee = check->guarantee(name);
    map_put(check->tables, name, table);
    return table;
}

static Key *find_key(Check *check, Table *table, Str name)
{
    Key *key = map_get(table->keys, name);
    if (key || !check->is_learning)
        return key;
    key = arena_new(check->arena, Key, 1);
    key->by_value = map_create(check->arena);
    map_put(table->keys, name, key);
    return key;
}

/* "part|number": the part, and the number. */
static Str split_number(Str value, int64_t *number)
{
    int64_t bar = value.len;
    while (bar > 0 && value.ptr[bar - 1] != '|')
        bar--;
    *number = 0;
    str_to_i64(str_slice(value, bar, value.len), number);
    return str_slice(value, 0, bar);
}

static void learn(Check *check, Key *key, Guarantee guarantee, Str value)
{
    int64_t number = 0;
    Row    *row = arena_new(check->arena, Row, 1);
    Str     part = guarantee == NOT_LESS ? split_number(value, &number) : value;
    *row = (Row){ .value = arena_str(check->arena, part), .wanted = number };
    if (guarantee == EXACTLY_ONCE)
        list_push(check->arena, &key->rows, *row);
    else
        map_put(key->by_value, row->value, row);
    check->expected++;
}

static void expect_next(Key *key, Str table, Str name, Str value)
{
    if (key->next >= key->rows.count) {
        violate("table %.*s, key %.*s: all %lld rows were there, and %.*s comes besides", STR_FMT(table), STR_FMT(name),
                (long long)key->rows.count, STR_FMT(shortened(value)));
        return;
    }
    Str wanted = key->rows.items[key->next].value;
    if (!str_eq(wanted, value))
        violate("table %.*s, key %.*s: row %lld is %.*s, and %.*s was due", STR_FMT(table), STR_FMT(name), (long long)key->next,
                STR_FMT(shortened(value)), STR_FMT(shortened(wanted)));
    key->next++;
}

static void count_row(Table *table, Key *key, Str name, Str value)
{
    int64_t number = 0;
    Str     part = table->guarantee == NOT_LESS ? split_number(value, &number) : value;
    Row    *row = map_get(key->by_value, part);
    if (!row) {
        violate("table %.*s: %.*s is no row of any run", STR_FMT(name), STR_FMT(shortened(value)));
        return;
    }
    row->seen++;
    if (row->seen > 1 && table->guarantee == EACH_ONCE)
        violate("table %.*s: %.*s is there twice", STR_FMT(name), STR_FMT(shortened(value)));
    table->doubled += row->seen > 1;
    if (number > row->largest)
        row->largest = number;
}

void check_row(Check *check, Str table_name, Str name, Str value)
{
    Table *table = find_table(check, table_name);
    Key   *key = find_key(check, table, name);
    if (check->is_learning)
        learn(check, key, table->guarantee, value);
    else if (!key)
        violate("table %.*s: key %.*s of %.*s is in no run", STR_FMT(table_name), STR_FMT(name), STR_FMT(shortened(value)));
    else if (table->guarantee == EXACTLY_ONCE)
        expect_next(key, table_name, name, value);
    else
        count_row(table, key, table_name, value);
}

void check_begin_look(Check *check, Str name)
{
    Table *table = find_table(check, name);
    for (int64_t k = 0; k < table->keys->count; k++) {
        Key *key = table->keys->entries[k].value;
        for (int64_t i = 0; i < key->by_value->count; i++)
            ((Row *)key->by_value->entries[i].value)->seen = 0;
    }
}

static void end_key(const Table *table, Str table_name, Str name, const Key *key)
{
    if (table->guarantee == EXACTLY_ONCE && key->next < key->rows.count)
        violate("table %.*s, key %.*s: %lld of %lld rows have come; %.*s is lost", STR_FMT(table_name), STR_FMT(name), (long long)key->next,
                (long long)key->rows.count, STR_FMT(shortened(key->rows.items[key->next].value)));
    for (int64_t i = 0; i < key->by_value->count; i++) {
        const Row *row = key->by_value->entries[i].value;
        if (row->seen == 0)
            violate("table %.*s: %.*s is lost", STR_FMT(table_name), STR_FMT(shortened(row->value)));
        else if (table->guarantee == NOT_LESS && row->largest < row->wanted)
            violate("table %.*s: %.*s is %lld, and was to be at least %lld", STR_FMT(table_name), STR_FMT(shortened(row->value)),
                    (long long)row->largest, (long long)row->wanted);
    }
}

void check_end(Check *check, int64_t read_again)
{
    for (int64_t t = 0; t < check->tables->count; t++) {
        const Table *table = check->tables->entries[t].value;
        Str          name = check->tables->entries[t].key;
        for (int64_t k = 0; k < table->keys->count; k++)
            end_key(table, name, table->keys->entries[k].key, table->keys->entries[k].value);
        if (table->guarantee == AT_LEAST_ONCE && table->doubled > read_again)
            violate("table %.*s: %lld rows came twice, and only %lld were read again", STR_FMT(name), (long long)table->doubled,
                    (long long)read_again);
    }
}
