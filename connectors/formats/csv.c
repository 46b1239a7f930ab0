/* csv.c: the csv format: its options, what it cannot carry, its descriptor. */
#include "connectors/formats/csv.h"

#include "core/utf8.h"

static const Option csv_options[] = {
    { "field-delimiter", OPTION_STRING, ",", NULL, "one character; Java escapes such as \\t and \\u0001 are understood",
      0 },
    { "disable-quote-character", OPTION_BOOL, "false", NULL, "quotes are text like any other", 0 },
    { "quote-character", OPTION_STRING, "\"", NULL, "one character", 0 },
    { "allow-comments", OPTION_BOOL, "false", NULL, "lines that start with # are skipped, and so are blank ones", 0 },
    { "ignore-parse-errors", OPTION_BOOL, "false", NULL,
      "a bad or missing field becomes NULL and an unreadable line is skipped, both counted, instead of failing the job",
      0 },
    { "array-element-delimiter", OPTION_STRING, ";", NULL, "one character, between the parts of an ARRAY or ROW cell",
      0 },
    { "escape-character", OPTION_STRING, NULL, NULL,
      "one character; the next one is taken as it is (n, r, t, 0: the control character)",
      0 },
    { "null-literal", OPTION_STRING, NULL, NULL, "this text is NULL, and NULL is written so", 0 },
    { "write-bigdecimal-in-scientific-notation", OPTION_BOOL, "true", NULL, "1E+3 instead of 1000", 0 },
    { "trim-spaces", OPTION_BOOL, "false", NULL, "leave out blanks around fields that are not quoted", 0 },
    { "ignore-trailing-unmappable", OPTION_BOOL, "false", NULL, "fields beyond the last column are ignored", 0 },
    { "allow-trailing-comma", OPTION_BOOL, "true", NULL, "one delimiter may stand behind the last field", 0 },
    { "fail-on-missing-columns", OPTION_BOOL, "false", NULL, "a line with too few fields is unreadable", 0 },
    { "empty-string-as-null", OPTION_BOOL, "false", NULL, "an empty field is NULL", 0 },
    { 0 },
};

/* ---- characters as options ------------------------------------------------------------------------------------- */

static int32_t hex_value(Str text)
{
    int32_t value = 0;
    for (int64_t i = 0; i < text.len; i++) {
        char lower = (char)(text.ptr[i] | 0x20);
        if (text.ptr[i] >= '0' && text.ptr[i] <= '9')
            value = value * 16 + (text.ptr[i] - '0');
        else if (lower >= 'a' && lower <= 'f')
            value = value * 16 + (lower - 'a' + 10);
        else
            return -1;
    }
    return value;
}

/* What a Java escape stands for; the text itself when it is none. */
static Str unescape_java(Str text, Arena *arena)
{
    static const char from[] = "tnrbf\\\"'";
    static const char to[] = "\t\n\r\b\f\\\"'";
    if (text.len == 2 && text.ptr[0] == '\\') {
        const char *found = strchr(from, text.ptr[1]);
        if (found && *found)
            return arena_str(arena, (Str){ to + (found - from), 1 });
    }
    if (text.len == 6 && text.ptr[0] == '\\' && text.ptr[1] == 'u' && hex_value(str_slice(text, 2, 6)) >= 0) {
        char bytes[4];
        return arena_str(arena, (Str){ bytes, utf8_encode(hex_value(str_slice(text, 2, 6)), bytes) });
    }
    return text;
}

static bool is_one_character(Str text)
{
    return utf8_is_valid(text) && utf8_count(text) == 1;
}

static int32_t byte_option(const Map *options, const char *key)
{
    Str text = option_str(csv_options, options, key);
    return text.len == 1 ? (unsigned char)text.ptr[0] : -1;
}

CsvOptions csv_options_of(const Map *options, Arena *arena)
{
    CsvOptions csv = {
        .delimiter = unescape_java(option_str(csv_options, options, "field-delimiter"), arena),
        .element_delimiter = option_str(csv_options, options, "array-element-delimiter"),
        .null_literal = option_str(csv_options, options, "null-literal"),
        .quote = byte_option(options, "quote-character"),
        .escape = byte_option(options, "escape-character"),
        .takes_comments = option_bool(csv_options, options, "allow-comments"),
        .ignores_errors = option_bool(csv_options, options, "ignore-parse-errors"),
        .trims = option_bool(csv_options, options, "trim-spaces"),
        .ignores_extra_fields = option_bool(csv_options, options, "ignore-trailing-unmappable"),
        .takes_trailing_delimiter = option_bool(csv_options, options, "allow-trailing-comma"),
        .fails_on_missing = option_bool(csv_options, options, "fail-on-missing-columns"),
        .empty_is_null = option_bool(csv_options, options, "empty-string-as-null"),
        .is_scientific = option_bool(csv_options, options, "write-bigdecimal-in-scientific-notation"),
    };
    if (option_bool(csv_options, options, "disable-quote-character"))
        csv.quote = -1;
    return csv;
}

/* ---- checks ---------------------------------------------------------------------------------------------------- */

static Status check_character(const FormatSpec *spec, const char *key, bool is_byte, Error *err)
{
    Str text = option_str(csv_options, spec->options, key);
    if (!text.ptr)
        return STATUS_OK;
    if (str_is(str_from(key), "field-delimiter"))
        text = unescape_java(text, spec->arena);
    if (!is_one_character(text))
        return error_set(err, STATUS_OPTION, spec->span,
                         "Option 'csv.%s' must be a string with single character, but was: %.*s",
                         key, STR_FMT(text));
    if (is_byte && text.len > 1)
        return error_set(err, STATUS_UNSUPPORTED, spec->span,
                         "option 'csv.%s' = '%.*s': only ASCII characters are supported", key,
                         STR_FMT(text));
    return STATUS_OK;
}

static Status check_simple(const FormatSpec *spec, Str column, const Type *type, Error *err)
{
    if (type->kind != TYPE_ARRAY && type->kind != TYPE_MAP && type->kind != TYPE_ROW)
        return STATUS_OK;
    return error_set(err, STATUS_TYPE, spec->span,
                     "Only simple types are supported in the second level nesting of fields '%.*s' but was: %.*s",
                     STR_FMT(column),
                     STR_FMT(type_text(spec->arena, type)));
}

static Status check_column(const FormatSpec *spec, const FormatColumn *column, Error *err)
{
    const Type *type = column->type;
    if (type->kind == TYPE_MAP)
        return error_set(err, STATUS_TYPE, spec->span, "Unsupported type '%.*s' for field '%.*s'.",
                         STR_FMT(type_text(spec->arena, type)), STR_FMT(column->name));
    if (type->kind == TYPE_ARRAY)
        return check_simple(spec, column->name, type->element, err);
    for (int32_t i = 0; type->kind == TYPE_ROW && i < type->field_count; i++)
        TRY(check_simple(spec, column->name, type->fields[i].type, err));
    return STATUS_OK;
}

static Status csv_check(const FormatSpec *spec, Error *err)
{
    if (option_bool(csv_options, spec->options, "disable-quote-character") &&
        option_is_set(spec->options, "quote-character"))
        return error_set(err, STATUS_OPTION, spec->span,
                         "Format cannot define a quote character and disabled quote character at the same time.");
    TRY(check_character(spec, "field-delimiter", false, err));
    TRY(check_character(spec, "array-element-delimiter", false, err));
    TRY(check_character(spec, "quote-character", true, err));
    TRY(check_character(spec, "escape-character", true, err));
    for (int32_t i = 0; i < spec->column_count; i++)
        TRY(check_column(spec, &spec->columns[i], err));
    return STATUS_OK;
}

const Format format_csv = {
    .name = "csv",
    .doc = "Fields by position (RFC 4180); no header line.",
    .options = csv_options,
    .check = csv_check,
    .decoder_create = csv_decoder_create,
    .decode = csv_decode,
    .encoder_create = csv_encoder_create,
    .encode = csv_encode,
    .is_line_based = true,
    .record_size = csv_decoder_record_size,
};
