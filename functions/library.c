/* library.c: functions of a shared object. A row of theirs becomes a Function whose eval hands the columns over:
 *
 *   arguments   fixed values as they lie; texts as pointer and size
 *   result      into memory of ours; then checked, since we trust our own columns: UTF-8, days and times in range, no NULL
 *               where the signature promised none
 *   errors      the lowest failed row makes the error; who wants to know the others asks for fewer rows */
#include "functions/library.h"

#include "core/utf8.h"
#include "functions/args.h"
#include "functions/signature.h"
#include "include/tidemark_function.h"

#include <limits.h>
#include <stdio.h>

typedef struct ColumnType {
    const char *word;
    TypeKind    kind;
    int32_t     type; /* tide_column_type */
} ColumnType;

static const ColumnType column_types[] = {
    { "boolean", TYPE_BOOLEAN, TIDE_COLUMN_BOOLEAN }, { "tinyint", TYPE_TINYINT, TIDE_COLUMN_TINYINT },
    { "smallint", TYPE_SMALLINT, TIDE_COLUMN_SMALLINT }, { "int", TYPE_INT, TIDE_COLUMN_INT },
    { "bigint", TYPE_BIGINT, TIDE_COLUMN_BIGINT }, { "float", TYPE_FLOAT, TIDE_COLUMN_FLOAT },
    { "double", TYPE_DOUBLE, TIDE_COLUMN_DOUBLE }, { "string", TYPE_VARCHAR, TIDE_COLUMN_STRING },
    { "string", TYPE_CHAR, TIDE_COLUMN_STRING }, { "bytes", TYPE_VARBINARY, TIDE_COLUMN_BYTES },
    { "bytes", TYPE_BINARY, TIDE_COLUMN_BYTES }, { "date", TYPE_DATE, TIDE_COLUMN_DATE },
    { "time", TYPE_TIME, TIDE_COLUMN_TIME },
};
enum { COLUMN_TYPE_COUNT = sizeof(column_types) / sizeof(*column_types) };

static int32_t column_type_of(const Type *type)
{
    for (int i = 0; i < COLUMN_TYPE_COUNT; i++)
        if (column_types[i].kind == type->kind)
            return column_types[i].type;
    return 0;
}

/* ---- calling --------------------------------------------------------------------------------------------------------- */

/* One call in one program. */
typedef struct Instance {
    const tide_function *function;
    void                *state;
} Instance;

/* One run over a batch; the function sees its first member. */
typedef struct Run {
    tide_function_call call;
    Call              *place;
    int64_t            rows;
    int64_t            failed_row; /* the lowest, or -1 */
    bool               is_out_of_memory;
    char               message[256];
} Run;

/* Memory that ends must not unwind through frames of others. */
static void *run_alloc(tide_function_call *call, int64_t size)
{
    Run     *run = call->engine;
    EnvGuard guard;
    if (size < 0 || run->is_out_of_memory)
        return NULL;
    if (setjmp(env_guard_enter(&guard)->unwind)) {
        run->is_out_of_memory = true;
        return NULL;
    }
    void *memory = buf_alloc(call_buf(run->place), size > 0 ? size : 1);
    env_guard_leave(&guard);
    return memory;
}

static void run_fail(tide_function_call *call, int64_t row, const char *message)
{
    Run *run = call->engine;
    if (row < 0 || row >= run->rows || (run->failed_row >= 0 && run->failed_row <= row))
        return;
    run->failed_row = row;
    snprintf(run->message, sizeof(run->message), "%s", message ? message : "");
}

static const tide_text *texts_of(Call *call, const Column *column, int64_t rows)
{
    int64_t     count = column->constant ? 1 : rows;
    tide_text  *texts = buf_new(call_buf(call), tide_text, count);
    const View *views = COLUMN_DATA(column, View);
    for (int64_t i = 0; i < count; i++)
        texts[i] = (tide_text){ view_ptr(&views[i]), views[i].size };
    return texts;
}

static tide_column column_for(Call *call, const Column *column, int64_t rows)
{
    bool is_text = type_layout(column->type) == LAYOUT_VIEW;
    return (tide_column){ .type = column_type_of(column->type), .is_constant = column->constant, .valid = column->valid,
                          .data = is_text ? texts_of(call, column, rows) : column->data };
}

/* ---- what came back -------------------------------------------------------------------------------------------------- */

static void take_texts(Run *run, const tide_text *texts, Column *out)
{
    bool  is_string = type_is_string(out->type);
    View *views = COLUMN_DATA(out, View);
    for (int64_t row = 0; row < run->rows; row++) {
        Str text = { texts[row].ptr, texts[row].size };
        views[row] = view_of(STR_EMPTY);
        if (!out->valid[row] || text.len == 0)
            continue;
        if (!text.ptr || text.len < 0 || text.len > INT_MAX)
            run_fail(&run->call, row, "the result is no text: its pointer is NULL or its size is not one");
        else if (is_string && !utf8_is_valid(text))
            run_fail(&run->call, row, "the result is not valid UTF-8");
        else
            views[row] = view_of(text);
    }
}

/* Of DATE the years 1 to 9999, of TIME one day. */
static void check_range(Run *run, const Column *out, int32_t first, int32_t last, const char *message)
{
    const int32_t *data = COLUMN_DATA(out, int32_t);
    for (int64_t row = 0; row < run->rows; row++)
        if (out->valid[row] && (data[row] < first || data[row] > last))
            run_fail(&run->call, row, message);
}

static void check_values(Run *run, Column *out)
{
    enum { FIRST_DAY = -719162, LAST_DAY = 2932896, LAST_MS = 86399999 };
    uint8_t *bools = COLUMN_DATA(out, uint8_t);
    switch (out->type->kind) {
    case TYPE_BOOLEAN:
        for (int64_t row = 0; row < run->rows; row++)
            bools[row] = bools[row] != 0;
        break;
    case TYPE_DATE:
        check_range(run, out, FIRST_DAY, LAST_DAY, "the result is no DATE of the years 1 to 9999");
        break;
    case TYPE_TIME: check_range(run, out, 0, LAST_MS, "the result is no TIME of a day"); break;
    default: break;
    }
    for (int64_t row = 0; row < run->rows && !out->type->nullable; row++)
        if (!out->valid[row])
            run_fail(&run->call, row, "the result is NULL, and its signature does not say so with \"?\"");
}

static Status run_status(const Run *run, Error *err)
{
    Str name = function_name(call_function(run->place));
    if (run->is_out_of_memory)
        return call_fail(run->place, err, STATUS_NO_MEMORY, "memory ran out in function %.*s", STR_FMT(name));
    if (run->failed_row >= 0)
        return call_fail(run->place, err, STATUS_DATA, "function %.*s: %s", STR_FMT(name), run->message);
    return STATUS_OK;
}

static Status library_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    const Instance *instance = call_state(call);
    tide_column     columns[SIGNATURE_PARAMS_MAX + 1];
    bool            is_text = type_layout(out->type) == LAYOUT_VIEW;
    Run run = { .call = { .state = instance->state, .alloc = run_alloc, .fail = run_fail }, .place = call, .rows = rows,
                .failed_row = -1 };
    run.call.engine = &run;
    for (int32_t i = 0; i < call_expr(call)->arg_count; i++)
        columns[i] = column_for(call, &args[i], rows);
    column_need_valid(out, call_buf(call), rows);
    tide_output output = { column_type_of(out->type), out->valid, out->data };
    if (is_text)
        output.data = buf_zalloc(call_buf(call), rows * (int64_t)sizeof(tide_text));
    instance->function->call(&run.call, columns, rows, &output);
    if (is_text)
        take_texts(&run, output.data, out);
    check_values(&run, out);
    return run_status(&run, err);
}

/* ---- instances ------------------------------------------------------------------------------------------------------- */

static void close_instance(void *object)
{
    Instance *instance = object;
    if (instance->function->close)
        instance->function->close(instance->state);
}

static Status library_prepare(Call *call, Arena *arena, const Expr *expr, void **state, Error *err)
{
    Instance *instance = arena_new(arena, Instance, 1);
    instance->function = expr->function->library;
    *state = instance;
    if (instance->function->open && instance->function->open(&instance->state) != 0)
        return call_fail(call, err, STATUS_RUNTIME, "function %.*s cannot be opened", STR_FMT(function_name(expr->function)));
    arena_defer(arena, close_instance, instance);
    return STATUS_OK;
}

/* ---- descriptions ---------------------------------------------------------------------------------------------------- */

static bool is_word(Str text)
{
    for (int64_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!is_letter && !(i > 0 && c >= '0' && c <= '9'))
            return false;
    }
    return text.len > 0;
}

static bool is_column_word(Str text)
{
    for (int i = 0; i < COLUMN_TYPE_COUNT; i++)
        if (str_is(text, column_types[i].word))
            return true;
    return false;
}

static Status bad_signature(Str file, const char *signature, const char *reason, Error *err)
{
    error_set(err, STATUS_INVALID, SPAN_NONE, "%.*s: the signature \"%s\" %s", STR_FMT(file), signature, reason);
    return error_hint(err, "\"name(type, type) -> type\" of boolean, tinyint, smallint, int, bigint, float, double, string, bytes, "
                           "date, time");
}

/* Text between name and end: " (int , string) -> int? ". Everything is looked at, since what comes is not ours. */
static Status check_signature(Str file, const char *signature, Error *err)
{
    Str  text = str_from(signature), word;
    Str  name = signature_name(signature);
    int64_t close = str_find(text, ')');
    int32_t count = 0;
    if (!is_word(name) || name.len == text.len || close < name.len)
        return bad_signature(file, signature, "is not one", err);
    Str params = str_trim(str_slice(text, name.len + 1, close));
    while (str_split(&params, ',', &word)) {
        if (!is_column_word(str_trim(word)))
            return bad_signature(file, signature, "has a parameter of a type that functions in C do not take", err);
        if (++count > SIGNATURE_PARAMS_MAX)
            return bad_signature(file, signature, "has more than 12 parameters", err);
    }
    Str result = str_slice(text, close + 1, text.len);
    if (!str_starts_with(result, STR(" -> ")))
        return bad_signature(file, signature, "is not one", err);
    result = str_slice(result, 4, result.len);
    if (str_ends_with(result, STR("?")))
        result.len--;
    return is_column_word(result) ? STATUS_OK
                                  : bad_signature(file, signature, "has a result of a type that functions in C do not give", err);
}

static int32_t flags_of(const tide_function *function)
{
    return FN_CAN_FAIL | (function->flags & TIDE_FUNCTION_SEES_NULL ? FN_SEES_NULL : 0) |
           (function->flags & TIDE_FUNCTION_NOT_DETERMINISTIC ? FN_NOT_DETERMINISTIC : 0);
}

static Function row_of(Arena *arena, const tide_function *function, Str sql_name)
{
    Str rest = str_from(function->signature + signature_name(function->signature).len);
    return (Function){ .sig = arena_format(arena, "%.*s%.*s", STR_FMT(sql_name), STR_FMT(rest)).ptr,
                       .doc = arena_cstr(arena, str_from(function->doc ? function->doc : "")), .eval = library_eval,
                       .prepare = library_prepare, .flags = flags_of(function), .library = function };
}

/* The name that is meant: as wanted, as the SQL function, or the only one there is. */
static Status choose_name(const tide_function *functions, Str file, Str wanted, Str sql_name, Str *out, Error *err)
{
    bool has_one_name = functions->signature != NULL;
    *out = wanted.ptr ? wanted : sql_name;
    for (const tide_function *function = functions; function->signature; function++) {
        if (str_eq_nocase(signature_name(function->signature), *out))
            return STATUS_OK;
        has_one_name = has_one_name && str_eq_nocase(signature_name(function->signature), signature_name(functions->signature));
    }
    if (!wanted.ptr && has_one_name) {
        *out = signature_name(functions->signature);
        return STATUS_OK;
    }
    error_set(err, STATUS_INVALID, SPAN_NONE, "%.*s has no function %.*s", STR_FMT(file), STR_FMT(*out));
    Text names = TEXT_EMPTY;
    for (const tide_function *function = functions; function->signature; function++)
        text_printf(&names, "%s%.*s", names.len ? ", " : "", STR_FMT(signature_name(function->signature)));
    error_hint(err, "it has: %s; choose one with AS '%.*s:name'", text_cstr(&names), STR_FMT(file));
    text_free(&names);
    return err->status;
}

Status library_functions(Arena *arena, const void *description, Str file, Str wanted, Str sql_name, const Function **out,
                         Error *err)
{
    const tide_function_library_v1 *library = description;
    int32_t count = 0, kept = 0;
    Str     name;
    if (library->version != TIDE_FUNCTION_VERSION || !library->functions)
        return error_set(err, STATUS_INVALID, SPAN_NONE, "%.*s is built for version %u of tidemark_function.h; this program has %d",
                         STR_FMT(file), library->version, TIDE_FUNCTION_VERSION);
    if (!is_word(sql_name))
        return error_set(err, STATUS_INVALID, SPAN_NONE, "the name of a function in C is made of letters, digits and _");
    for (; library->functions[count].signature; count++) {
        TRY(check_signature(file, library->functions[count].signature, err));
        if (!library->functions[count].call)
            return bad_signature(file, library->functions[count].signature, "has no call", err);
    }
    TRY(choose_name(library->functions, file, wanted, sql_name, &name, err));
    Function *rows = arena_new(arena, Function, count + 1);
    for (int32_t i = 0; i < count; i++)
        if (str_eq_nocase(signature_name(library->functions[i].signature), name))
            rows[kept++] = row_of(arena, &library->functions[i], sql_name);
    *out = rows;
    return STATUS_OK;
}
