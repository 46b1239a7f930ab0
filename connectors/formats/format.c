/* format.c: the list of formats, and the part of a table's options that is a format's. */
#include "connectors/formats/format.h"

#define FORMAT(name) extern const Format format_##name;
#include "connectors/formats/formats.def"
#undef FORMAT

static const Format *const formats[] = {
#define FORMAT(name) &format_##name,
#include "connectors/formats/formats.def"
#undef FORMAT
};

int64_t format_count(void)
{
    return (int64_t)(sizeof(formats) / sizeof(*formats));
}

const Format *format_at(int64_t index)
{
    return formats[index];
}

const Format *format_find(Str name)
{
    for (int64_t i = 0; i < format_count(); i++)
        if (str_is(name, formats[i]->name))
            return formats[i];
    return NULL;
}

FormatColumn format_column_of(const IoSpec *spec, int32_t table_column)
{
    const TableColumn *column = &spec->table->columns[table_column];
    FormatColumn       out = { .name = column->name, .type = column->type, .out = -1 };
    for (int32_t i = 0; i < spec->column_count && out.out < 0; i++) {
        if (spec->columns[i] != table_column)
            continue;
        out.out = i;
        out.fields = spec->fields ? spec->fields[i] : FIELDS_ALL;
    }
    return out;
}

static Str keep_text(Buf *buf, Str text)
{
    char *kept = buf_alloc(buf, text.len + 1);
    if (text.len > 0)
        memcpy(kept, text.ptr, (size_t)text.len);
    return (Str){ kept, text.len };
}

Status decoded_refuse(Decoded *decoded, Buf *buf, ErrorPolicy policy, int64_t message, BadReason reason, Str column, Error *err)
{
    if (policy != ERROR_POLICY_SKIP && policy != ERROR_POLICY_DEAD_LETTER) {
        error_hint(err, "to go on without such records, give the table 'scan.error-policy' = 'skip', 'null' "
                   "(what ignore-parse-errors does) or 'dead-letter'");
        return err->status;
    }
    if (policy == ERROR_POLICY_DEAD_LETTER) {
        if (decoded->refused_count == decoded->refused_capacity) {
            int64_t  capacity = decoded->refused_capacity ? decoded->refused_capacity * 2 : 16;
            Refused *grown = buf_new(buf, Refused, capacity);
            if (decoded->refused_count > 0)
                memcpy(grown, decoded->refused, (size_t)decoded->refused_count * sizeof(Refused));
            decoded->refused = grown;
            decoded->refused_capacity = capacity;
        }
        decoded->refused[decoded->refused_count++] = (Refused){ message, reason, column.ptr ? keep_text(buf, column) : STR_EMPTY,
                                                                keep_text(buf, str_from(err->message)) };
    }
    decoded->failed_message = -1;
    error_clear(err);
    return STATUS_OK;
}

Map *format_options(Arena *arena, const Map *options, Str prefix)
{
    Map *own = map_create(arena);
    for (int64_t i = 0; i < options->count; i++) {
        Str key = options->entries[i].key;
        if (str_starts_with(key, prefix))
            map_put_str(own, str_slice(key, prefix.len, key.len), map_entry_str(&options->entries[i]));
    }
    return own;
}
