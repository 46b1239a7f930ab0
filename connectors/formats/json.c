/* json.c: the json format: its options, what it cannot carry, its descriptor. */
#include "connectors/formats/json.h"

const Option json_options[] = {
    { "fail-on-missing-field", OPTION_BOOL, "false", NULL, "a missing field is an error instead of NULL", 0 },
    { "ignore-parse-errors", OPTION_BOOL, "false", NULL,
      "a bad field becomes NULL and a bad record is skipped, both counted, instead of failing the job", 0 },
    { "timestamp-format.standard", OPTION_ENUM, "SQL", "SQL|ISO-8601",
      "SQL: 2024-02-29 10:20:30.123 (TIMESTAMP_LTZ with Z); ISO-8601: 2024-02-29T10:20:30.123", 0 },
    { "map-null-key.mode", OPTION_ENUM, "FAIL", "FAIL|DROP|LITERAL", "writing a map entry whose key is NULL", 0 },
    { "map-null-key.literal", OPTION_STRING, "null", NULL, "the name of such an entry with LITERAL", 0 },
    { "encode.decimal-as-plain-number", OPTION_BOOL, "false", NULL, "0.000000027 instead of 2.7E-8", 0 },
    { "encode.ignore-null-fields", OPTION_BOOL, "false", NULL, "leave fields that are NULL out", 0 },
    { "decode.json-parser.enabled", OPTION_BOOL, "true", NULL,
      "a record is done with when as many fields were found as are wanted, so that duplicates can hide a later field; "
      "false: the last duplicate wins and every field is found", 0 },
    { 0 },
};

static Status check_type(const FormatSpec *spec, Str column, const Type *type, Error *err)
{
    switch (type->kind) {
    case TYPE_MAP:
        if (!type_is_string(type->key))
            return error_set(err, STATUS_TYPE, spec->span,
                             "JSON format doesn't support non-string as key type of map: column %.*s", STR_FMT(column));
        return check_type(spec, column, type->element, err);
    case TYPE_ARRAY:
        return check_type(spec, column, type->element, err);
    case TYPE_ROW:
        for (int32_t i = 0; i < type->field_count; i++)
            TRY(check_type(spec, column, type->fields[i].type, err));
        return STATUS_OK;
    default:
        return STATUS_OK;
    }
}

static Status json_check(const FormatSpec *spec, Error *err)
{
    if (option_bool(json_options, spec->options, "fail-on-missing-field") &&
        option_bool(json_options, spec->options, "ignore-parse-errors"))
        return error_set(err, STATUS_OPTION, spec->span,
                         "fail-on-missing-field and ignore-parse-errors shouldn't both be true");
    for (int32_t i = 0; i < spec->column_count; i++)
        TRY(check_type(spec, spec->columns[i].name, spec->columns[i].type, err));
    return STATUS_OK;
}

const Format format_json = {
    .name = "json",
    .doc = "One JSON object per record (or an array of objects: a row each).",
    .options = json_options,
    .check = json_check,
    .decoder_create = json_decoder_create,
    .decode = json_decode,
    .encoder_create = json_encoder_create,
    .encode = json_encode,
    .is_line_based = true,
};
