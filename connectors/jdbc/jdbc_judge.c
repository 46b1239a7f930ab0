/* jdbc_judge.c: a rule per kind of value and class of column says what is to be checked; a column gets the checks that its values can fail at
 * all (INT into INT: none), each a plain loop over the column.
 *
 *   numbers  are rounded by the server to the column's digits, away from zero, and refused when they are out of range then
 *   text     too long is refused, unless only blanks are: these are cut; a character that the column's character set lacks is refused
 *   ENUM     its members, by any collation: only text that is plain ASCII is judged, without regard to case. Text that begins like a number
 *            may be a member's number
 *   dates    text that begins with no digit, or as YYYY-MM-DD with a month or day that there is not
 *
 * A number goes as decimal or, from 10,000,000 and below 0.001 on, as a double: servers round the two differently when they are just between two
 * whole numbers, and take a little below zero for an unsigned 0 only of doubles. */
#include "connectors/jdbc/jdbc_judge.h"

#include "core/utf8.h"
#include "data/calendar.h"
#include "data/decimal.h"
#include "data/number.h"

#include <float.h>
#include <math.h>

enum { DOUBLE_LITERALS_FROM = 10000000, YEAR_MAX = 9999, SHOWN_SIZE_MAX = 200, UNICODE_MAX = 0x10FFFF };

#define INT128_MAX ((int128_t)(~(uint128_t)0 >> 1))
#define INT128_MIN (-INT128_MAX - 1)

/* ---- loops ------------------------------------------------------------------------------------------------------- */

#define FIND(name, CType, is_refused)                                                                    \
    static int64_t name(const JdbcCheck *check, const Column *column, int64_t row, int64_t end)         \
    {                                                                                                    \
        const CType *values = column->data;                                                             \
        for (; row < end; row++) {                                                                       \
            const CType *value = &values[column_index(column, row)];                                     \
            if (!column_is_null(column, row) && (is_refused))                                            \
                break;                                                                                   \
        }                                                                                                \
        return row;                                                                                      \
    }

static bool is_out(const JdbcCheck *check, int64_t value)
{
    return value < check->least || value > check->most;
}

FIND(find_bool, uint8_t, is_out(check, *value))
FIND(find_i8, int8_t, is_out(check, *value))
FIND(find_i16, int16_t, is_out(check, *value))
FIND(find_i32, int32_t, is_out(check, *value))
FIND(find_i64, int64_t, is_out(check, *value))
FIND(find_timestamp, Timestamp, is_out(check, value->ms))

static const JdbcFind whole_finds[LAYOUT_COUNT] = {
    [LAYOUT_BOOL] = find_bool, [LAYOUT_I8] = find_i8,   [LAYOUT_I16] = find_i16,
    [LAYOUT_I32] = find_i32,   [LAYOUT_I64] = find_i64, [LAYOUT_TIMESTAMP] = find_timestamp,
};

/* NaN is not between either. */
static bool is_between(const JdbcCheck *check, double value)
{
    return value > check->float_least && value < check->float_most;
}

FIND(find_float, float, !is_between(check, (double)*value))
FIND(find_double, double, !is_between(check, *value))

static int64_t find_decimal(const JdbcCheck *check, const Column *column, int64_t row, int64_t end)
{
    bool is_wide = decimal_is_wide(column->type);
    for (; row < end; row++) {
        int128_t value = decimal_load(column->data, is_wide, column_index(column, row));
        if (!column_is_null(column, row) && (value < check->decimal_least || value > check->decimal_most))
            break;
    }
    return row;
}

static int64_t find_null(const JdbcCheck *check, const Column *column, int64_t row, int64_t end)
{
    (void)check;
    if (!column->valid)
        return end;
    while (row < end && !column_is_null(column, row))
        row++;
    return row;
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

/* Unscaled: low/10^scale to high/10^scale. */
typedef struct Range {
    int128_t low, high;
    int32_t  scale;
} Range;

/* false: there is none, or it has more digits than our decimals. */
static bool range_of(const JdbcColumn *target, Range *out)
{
    int64_t bits = target->size;
    int32_t beyond;
    *out = (Range){ 0 };
    switch (target->class_of) {
    case JDBC_INTEGER:
        out->high = ((int128_t)1 << (target->is_unsigned ? bits : bits - 1)) - 1;
        out->low = target->is_unsigned ? 0 : -out->high - 1;
        return true;
    case JDBC_BIT:
        out->high = ((int128_t)1 << bits) - 1;
        out->low = bits == 64 ? INT64_MIN : 0; /* negative numbers are bits, too */
        return true;
    case JDBC_DECIMAL: /* digits behind those that ours have at most cannot matter */
        beyond = target->size > DECIMAL_DIGITS_MAX ? (int32_t)target->size - DECIMAL_DIGITS_MAX : 0;
        if (beyond > target->scale)
            return false;
        out->high = decimal_powers[target->size - beyond] - 1;
        out->low = target->is_unsigned ? 0 : -out->high;
        out->scale = target->scale - beyond;
        return true;
    default:
        out->high = decimal_powers[DECIMAL_DIGITS_MAX];
        out->low = target->is_unsigned ? 0 : -out->high;
        return true;
    }
}

/* The last values at this scale, up and down, that are rounded into the range. */
static void scale_limits(JdbcCheck *check, const Range *range, int32_t scale)
{
    int32_t  more = scale - range->scale;
    int128_t half = more > 0 ? 5 * decimal_powers[more - 1] : 0;
    if (more <= 0) {
        check->decimal_most = range->high / decimal_powers[-more];
        check->decimal_least = range->low / decimal_powers[-more];
        return;
    }
    bool is_most = decimal_rescale(range->high, range->scale, scale, &check->decimal_most);
    bool is_least = decimal_rescale(range->low, range->scale, scale, &check->decimal_least);
    check->decimal_most = is_most ? check->decimal_most + half - 1 : INT128_MAX;
    check->decimal_least = !is_least ? INT128_MIN : range->low == 0 ? 0 : check->decimal_least - half + 1;
}

static int64_t to_i64(int128_t value)
{
    return value > INT64_MAX ? INT64_MAX : value < INT64_MIN ? INT64_MIN : (int64_t)value;
}

static bool check_whole(JdbcCheck *check, const Type *type, Arena *arena)
{
    (void)arena;
    Range   range;
    Layout  layout = type_layout(type);
    int32_t bits = layout_size(layout) * 8;
    int64_t most = layout == LAYOUT_BOOL ? 1 : INT64_MAX >> (64 - bits), least = layout == LAYOUT_BOOL ? 0 : -most - 1;
    if (!range_of(check->target, &range))
        return false;
    scale_limits(check, &range, 0);
    check->most = to_i64(check->decimal_most);
    check->least = to_i64(check->decimal_least);
    check->find = whole_finds[layout];
    return least < check->least || most > check->most;
}

static bool check_decimal(JdbcCheck *check, const Type *type, Arena *arena)
{
    (void)arena;
    Range range;
    if (!range_of(check->target, &range))
        return false;
    scale_limits(check, &range, type->scale);
    check->find = find_decimal;
    int128_t most = decimal_powers[type->precision] - 1;
    return most > check->decimal_most || -most < check->decimal_least;
}

/* The number just between the last one of the range and the next: "127" gives 127.5, "999.99" 999.995. */
static double between(int128_t last, int32_t scale, bool is_float)
{
    char   room[DECIMAL_TEXT_MAX + 2];
    Str    text = { room, decimal_print(last, scale, room) };
    double value = 0;
    float  narrow = 0;
    if (scale == 0)
        room[text.len++] = '.';
    room[text.len++] = '5';
    if (!is_float)
        return double_parse(text, &value) ? value : 0;
    return float_parse(text, &narrow) ? (double)narrow : 0;
}

/* Both are refused. Nothing but what is finite can be sent at all. */
static void float_limits(JdbcCheck *check, bool is_float)
{
    Range     range;
    JdbcClass class_of = check->target->class_of;
    check->float_most = (double)INFINITY;
    if (class_of == JDBC_FLOAT) /* the text of the last float is a little above it */
        check->float_most = is_float ? (double)FLT_MAX : nextafter((double)FLT_MAX, (double)INFINITY);
    check->float_least = -check->float_most;
    if ((class_of == JDBC_INTEGER || class_of == JDBC_DECIMAL) && range_of(check->target, &range)) {
        check->float_most = between(range.high, range.scale, is_float);
        check->float_least = between(range.low, range.scale, is_float);
    }
    if (class_of == JDBC_INTEGER && check->float_most >= DOUBLE_LITERALS_FROM) {
        check->float_most = nextafter(check->float_most, (double)INFINITY);
        check->float_least = nextafter(check->float_least, (double)-INFINITY);
    }
    if (check->target->is_unsigned)
        check->float_least = -0.001;
}

static bool check_float(JdbcCheck *check, const Type *type, Arena *arena)
{
    (void)arena;
    bool is_float = type->kind == TYPE_FLOAT;
    check->find = is_float ? find_float : find_double;
    float_limits(check, is_float);
    return true;
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

static bool is_blank(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static Str without_blanks_behind(Str text)
{
    while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

typedef struct ServerCharset {
    const char *name;
    int32_t     last;      /* code point */
    bool        is_utf8;   /* its bytes are ours */
    bool        is_narrow; /* a byte per character */
    bool        is_latin1; /* as MySQL has it: Windows-1252 */
} ServerCharset;

static const ServerCharset charsets[] = {
    { .name = "utf8mb4", .last = UNICODE_MAX, .is_utf8 = true },
    { .name = "utf8mb3", .last = 0xFFFF, .is_utf8 = true },
    { .name = "utf8", .last = 0xFFFF, .is_utf8 = true },
    { .name = "ucs2", .last = 0xFFFF },
    { .name = "latin1", .last = 0xFF, .is_narrow = true, .is_latin1 = true },
    { .name = "ascii", .last = 0x7F, .is_narrow = true },
};

static const ServerCharset *charset_of(const JdbcColumn *target)
{
    static const ServerCharset unknown = { .name = "", .last = UNICODE_MAX };
    for (size_t i = 0; i < sizeof(charsets) / sizeof(*charsets); i++)
        if (str_is_nocase(target->charset, charsets[i].name))
            return &charsets[i];
    return &unknown;
}

static bool is_longer(const JdbcCheck *check, Str text)
{
    if (text.len <= check->most)
        return false;
    text = without_blanks_behind(text);
    return (check->counts_characters ? utf8_count(text) : text.len) > check->most;
}

FIND(find_long_text, View, is_longer(check, view_str(value)))
FIND(find_long_bytes, View, value->size > check->most)

static bool check_length(JdbcCheck *check, const Type *type, Arena *arena)
{
    (void)type;
    (void)arena;
    JdbcClass      class_of = check->target->class_of;
    const ServerCharset *charset = charset_of(check->target);
    check->find = class_of == JDBC_BYTES ? find_long_bytes : find_long_text;
    check->most = check->target->size;
    check->counts_characters = class_of == JDBC_CHARS || charset->is_narrow;
    return class_of != JDBC_TEXT || charset->is_utf8 || charset->is_narrow;
}

static bool is_windows_1252(int32_t code_point)
{
    static const int32_t others[] = { 0x152, 0x153, 0x160, 0x161, 0x178, 0x17D, 0x17E, 0x192, 0x2C6, 0x2DC, 0x2013, 0x2014, 0x2018, 0x2019,
                                      0x201A, 0x201C, 0x201D, 0x201E, 0x2020, 0x2021, 0x2022, 0x2026, 0x2030, 0x2039, 0x203A, 0x20AC, 0x2122 };
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        if (others[i] == code_point)
            return true;
    return false;
}

static bool has_foreign(const JdbcCheck *check, Str text)
{
    for (int64_t at = 0; at < text.len;) {
        int32_t size = 1, code_point = (unsigned char)text.ptr[at];
        if (code_point > 0x7F)
            code_point = utf8_decode(text, at, &size);
        if (code_point > check->most && !(check->is_latin1 && is_windows_1252(code_point)))
            return true;
        at += size;
    }
    return false;
}

FIND(find_foreign, View, has_foreign(check, view_str(value)))

static bool check_charset(JdbcCheck *check, const Type *type, Arena *arena)
{
    (void)type;
    (void)arena;
    const ServerCharset *charset = charset_of(check->target);
    check->find = find_foreign;
    check->most = charset->last;
    check->is_latin1 = charset->is_latin1;
    return charset->last < UNICODE_MAX;
}

/* ---- ENUM -------------------------------------------------------------------------------------------------------- */

static bool is_plain(Str text)
{
    for (int64_t i = 0; i < text.len; i++)
        if (text.ptr[i] < ' ' || text.ptr[i] > '~' || text.ptr[i] == '\\')
            return false;
    return true;
}

static bool may_be_number(Str text)
{
    return text.len > 0 && strchr(" +-0123456789", text.ptr[0]);
}

static bool is_member_by_collation(const JdbcCheck *check, Str text)
{
    text = without_blanks_behind(text);
    if (!is_plain(text) || may_be_number(text))
        return true;
    for (int64_t i = 0; i < check->member_count; i++)
        if (str_eq_nocase(text, view_str(&check->members[i])))
            return true;
    return false;
}

static bool is_no_member(const JdbcCheck *check, const View *value)
{
    for (int64_t i = 0; i < check->member_count; i++)
        if (view_equals(value, &check->members[i]))
            return false;
    return !is_member_by_collation(check, view_str(value));
}

FIND(find_no_member, View, is_no_member(check, value))

/* The next of 'x','it''s' from *at on, to *room; both are moved behind it. false: there is none. */
static bool next_member(Str list, int64_t *at, char **room, Str *out)
{
    char   *start = *room;
    int64_t i = *at;
    while (i < list.len && list.ptr[i] != '\'')
        i++;
    for (i++; i < list.len; i++) {
        if (list.ptr[i] == '\'' && (i + 1 == list.len || list.ptr[i + 1] != '\''))
            break;
        i += list.ptr[i] == '\'';
        *(*room)++ = list.ptr[i];
    }
    *at = i + 1;
    *out = without_blanks_behind((Str){ start, *room - start });
    return i < list.len;
}

static bool check_members(JdbcCheck *check, const Type *type, Arena *arena)
{
    (void)type;
    Str   list = check->target->type, member;
    View *members = NULL;
    char *room = arena_alloc(arena, list.len + 1);
    for (int64_t at = 0, capacity = 0; next_member(list, &at, &room, &member);) {
        if (check->member_count == capacity)
            members = arena_grow(arena, members, &capacity, sizeof(*members));
        members[check->member_count++] = view_of(member);
    }
    check->members = members;
    check->find = find_no_member;
    return is_plain(list);
}

/* ---- text for numbers and dates ---------------------------------------------------------------------------------- */

static int64_t pass_digits(Str text, int64_t at)
{
    while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
        at++;
    return at;
}

static bool is_one_of(Str text, int64_t at, const char *bytes)
{
    return at < text.len && text.ptr[at] != 0 && strchr(bytes, text.ptr[at]);
}

static bool is_number(Str text)
{
    int64_t whole = is_one_of(text, 0, "+-"), end = pass_digits(text, whole), digits = end - whole;
    if (is_one_of(text, end, ".")) {
        int64_t start = end + 1;
        end = pass_digits(text, start);
        digits += end - start;
    }
    if (digits > 0 && is_one_of(text, end, "eE")) {
        int64_t start = end + 1 + is_one_of(text, end + 1, "+-");
        end = pass_digits(text, start);
        digits = end - start;
    }
    return digits > 0 && end == text.len;
}

static bool is_no_number(const JdbcCheck *check, Str text)
{
    double value;
    text = str_trim(text);
    return !is_number(text) || !double_parse(text, &value) || value < check->float_least || value > check->float_most;
}

FIND(find_no_number, View, is_no_number(check, view_str(value)))

/* Text is rounded before its sign counts. */
static bool check_number_text(JdbcCheck *check, const Type *type, Arena *arena)
{
    (void)type;
    (void)arena;
    check->find = find_no_number;
    float_limits(check, false);
    if (check->target->is_unsigned)
        check->float_least = -0.5;
    return true;
}

static int32_t two_digits(const char *at)
{
    return (at[0] - '0') * 10 + at[1] - '0';
}

static bool is_no_date(const JdbcCheck *check, Str text)
{
    text = str_trim(text);
    if (pass_digits(text, 0) == 0)
        return true;
    if (text.len < 10 || pass_digits(text, 0) != 4 || text.ptr[4] != '-' || pass_digits(text, 5) != 7 || text.ptr[7] != '-' ||
        pass_digits(text, 8) != 10)
        return false;
    int32_t year = two_digits(text.ptr) * 100 + two_digits(text.ptr + 2), month = two_digits(text.ptr + 5), day = two_digits(text.ptr + 8);
    if (month == 0)
        return false;
    return month > 12 || day > (check->allows_invalid_dates ? 31 : date_days_in_month(year, month));
}

FIND(find_no_date, View, is_no_date(check, view_str(value)))

static bool check_date_text(JdbcCheck *check, const Type *type, Arena *arena)
{
    (void)type;
    (void)arena;
    check->find = find_no_date;
    return true;
}

/* ---- dates ------------------------------------------------------------------------------------------------------- */

/* A TIMESTAMP holds seconds since 1970 in 31 or, with newer servers, 32 bits; and the session's time zone is up to a day away. */
static bool check_date(JdbcCheck *check, const Type *type, Arena *arena)
{
    (void)arena;
    bool is_timestamp = check->target->class_of == JDBC_TIMESTAMP;
    check->least = is_timestamp ? date_from_civil(1969, 12, 31) : date_from_civil(0, 1, 1);
    check->most = is_timestamp ? date_from_civil(2106, 2, 8) : date_from_civil(YEAR_MAX, 12, 31);
    check->find = whole_finds[type_layout(type)];
    if (type->kind == TYPE_TIMESTAMP) {
        check->least *= DAY_MS;
        check->most = (check->most + 1) * DAY_MS - 1;
    }
    return true;
}

/* ---- rules ------------------------------------------------------------------------------------------------------- */

typedef enum Group { WHOLE = 1, DECIMAL = 2, FLOATING = 4, TEXT = 8, BYTES = 16, DATE = 32 } Group;

static const Group group_of[TYPE_KIND_COUNT] = {
    [TYPE_BOOLEAN] = WHOLE, [TYPE_TINYINT] = WHOLE, [TYPE_SMALLINT] = WHOLE,  [TYPE_INT] = WHOLE,    [TYPE_BIGINT] = WHOLE,
    [TYPE_FLOAT] = FLOATING, [TYPE_DOUBLE] = FLOATING, [TYPE_DECIMAL] = DECIMAL, [TYPE_CHAR] = TEXT, [TYPE_VARCHAR] = TEXT,
    [TYPE_VARBINARY] = BYTES, [TYPE_DATE] = DATE,   [TYPE_TIMESTAMP] = DATE,
};

enum {
    OF_NUMBERS = 1 << JDBC_INTEGER | 1 << JDBC_DECIMAL | 1 << JDBC_FLOAT | 1 << JDBC_DOUBLE,
    OF_TEXT = 1 << JDBC_CHARS | 1 << JDBC_TEXT,
    OF_DATES = 1 << JDBC_DATE | 1 << JDBC_TIMESTAMP
};

typedef struct Rule {
    int         groups;  /* of values */
    int         classes; /* of columns */
    const char *reason;
    /* Fills in what the check needs; false: no value of the type can fail, or it cannot be told. */
    bool      (*prepare)(JdbcCheck *check, const Type *type, Arena *arena);
} Rule;

static const Rule rules[] = {
    { WHOLE, OF_NUMBERS | 1 << JDBC_BIT, "out of range of", check_whole },
    { DECIMAL, OF_NUMBERS, "out of range of", check_decimal },
    { FLOATING, ~0, "out of range of", check_float },
    { TEXT, OF_NUMBERS, "no number for", check_number_text },
    { TEXT, OF_TEXT, "too long for", check_length },
    { TEXT, OF_TEXT, "a character that is none of", check_charset },
    { TEXT | BYTES, 1 << JDBC_BYTES, "too long for", check_length },
    { TEXT, 1 << JDBC_ENUM, "no member of", check_members },
    { TEXT, OF_DATES, "no date for", check_date_text },
    { DATE, OF_DATES, "out of range of", check_date },
};

enum { RULE_COUNT = sizeof(rules) / sizeof(*rules), CHECKS_MAX = RULE_COUNT + 1 };

static const JdbcColumn *find_column(const JdbcColumns *columns, Str name)
{
    for (int32_t i = 0; i < columns->count; i++)
        if (str_eq_nocase(columns->items[i].name, name))
            return &columns->items[i];
    return NULL;
}

static void add_rules(JdbcJudge *judge, const JdbcCheck *first, const Type *type, const JdbcColumns *columns, Arena *arena)
{
    for (int i = 0; i < RULE_COUNT; i++) {
        JdbcCheck check = *first;
        if (!(rules[i].groups & (int)group_of[type->kind]) || !(rules[i].classes >> check.target->class_of & 1))
            continue;
        check.reason = rules[i].reason;
        check.allows_invalid_dates = columns->allows_invalid_dates;
        if (rules[i].prepare(&check, type, arena))
            judge->checks[judge->count++] = check;
    }
}

static Status no_column(const JdbcLayout *layout, Str name, Error *err)
{
    const TableSpec *table = layout->spec->table;
    return error_set(err, STATUS_NO_OBJECT, table->span, "table %.*s: the table in the database has no column '%.*s'", STR_FMT(table->path),
                     STR_FMT(name));
}

Status jdbc_judge_create(const JdbcLayout *layout, const JdbcColumns *columns, Arena *arena, JdbcJudge *out, Error *err)
{
    const IoSpec *spec = layout->spec;
    *out = (JdbcJudge){ .layout = layout };
    out->checks = arena_new(arena, JdbcCheck, spec->column_count * CHECKS_MAX + 1);
    for (int32_t i = 0; i < spec->column_count; i++) {
        const TableColumn *column = &spec->table->columns[spec->columns[i]];
        JdbcCheck          check = { .column = i, .target = find_column(columns, column->name), .reason = "a NULL for", .find = find_null };
        if (!check.target && columns->count > 0 && is_plain(column->name))
            return no_column(layout, column->name, err);
        if (!check.target)
            continue;
        if (check.target->refuses_null)
            out->checks[out->count++] = check;
        add_rules(out, &check, column->type, columns, arena);
    }
    return STATUS_OK;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static bool is_delete(const Batch *batch, int64_t row)
{
    return batch->kinds && batch->kinds[row] == ROW_DELETE;
}

int64_t jdbc_judge_find(const JdbcJudge *judge, const Batch *batch, int64_t row, int64_t end, const JdbcCheck **why)
{
    for (int32_t i = 0; i < judge->count; i++) {
        const JdbcCheck *check = &judge->checks[i];
        const Column    *column = &batch->columns[check->column];
        int64_t          found = check->find(check, column, row, end);
        while (found < end && is_delete(batch, found))
            found = check->find(check, column, found + 1, end);
        if (found == end)
            continue;
        *why = check;
        end = found;
    }
    return end;
}

/* Its key, or all of it; nothing when it has a value that cannot be sent. */
static void put_row_name(const JdbcLayout *layout, const Batch *batch, int64_t row, Text *out)
{
    Error  ignored = ERROR_NONE;
    bool   has_key = layout->key_count > 0;
    Text   shown = TEXT_EMPTY;
    Status status = (has_key ? jdbc_put_key : jdbc_put_row)(layout, batch, row, &shown, &ignored);
    bool   is_long = shown.len > SHOWN_SIZE_MAX;
    if (status == STATUS_OK)
        text_printf(out, "; the row%s %.*s%s", has_key ? "'s key is" : " is", (int)(is_long ? SHOWN_SIZE_MAX : shown.len), text_cstr(&shown),
                    is_long ? "..." : "");
    text_free(&shown);
}

Status jdbc_judge_refuse(const JdbcJudge *judge, const Batch *batch, int64_t row, const JdbcCheck *why, Error *err)
{
    const TableSpec *table = judge->layout->spec->table;
    Text             name = TEXT_EMPTY;
    put_row_name(judge->layout, batch, row, &name);
    error_set(err, STATUS_REFUSED, table->span, "table %.*s, column '%.*s': %s %.*s%s%s", STR_FMT(table->path), STR_FMT(why->target->name),
              why->reason, STR_FMT(why->target->type), why->find == find_null ? " NOT NULL" : "", text_cstr(&name));
    text_free(&name);
    return error_hint(err, "change the column or the row; or give the table that is read 'scan.error-policy' = 'dead-letter' or 'skip'");
}
