/* test_connector.c: what is said about a table before it is opened, and the generated documentation. */
#include "tests/connectors/table.h"

#include <check.h>

static void check_said(const char *columns, const char *metadata, const char *options, bool is_sink,
                       const char *message)
{
    Table *table = table_open(columns, metadata, "", options);
    ck_assert_str_eq(table_check(table, is_sink), message);
    table_close(table);
}

START_TEST(connectors_and_formats_are_found_by_name)
{
    Table *table = table_open("i INT", "", "", "connector=sockets");
    ck_assert(strstr(table_check(table, false), "there is no connector 'sockets'; there are: ") == table->err.message);
    ck_assert(strstr(table->err.message, "filesystem") != NULL);
    ck_assert_str_eq(table->err.hint, "did you mean 'socket'?");
    table_close(table);
    check_said("i INT", "", "format=json", false, "table default_catalog.default_database.t has no option 'connector'");
    check_said("i INT", "", "connector=socket;hostname=h;port=1;format=jsom", false,
               "there is no format 'jsom'; there are: csv, json, raw");
    for (int64_t i = 0; i < connector_count(); i++)
        ck_assert_ptr_eq(connector_find(str_from(connector_at(i)->name)), connector_at(i));
    for (int64_t i = 0; i < format_count(); i++)
        ck_assert_ptr_eq(format_find(str_from(format_at(i)->name)), format_at(i));
}
END_TEST

#define SOCKET "connector=socket;hostname=h;port=1;"

START_TEST(options_of_connector_and_format_are_checked)
{
    check_said("i INT", "", SOCKET "format=json;json.ignore-parse-errors=yes", false,
               "option 'json.ignore-parse-errors' = 'yes': expected true or false");
    check_said("i INT", "", SOCKET "format=json;json.ignore-errors=true", false,
               "format 'json' has no option 'ignore-errors'; supported are: fail-on-missing-field, "
               "ignore-parse-errors, timestamp-format.standard, map-null-key.mode, map-null-key.literal, "
               "encode.decimal-as-plain-number, encode.ignore-null-fields, decode.json-parser.enabled");
    Table *table = table_open("i INT", "", "", SOCKET "format=json;csv.field-delimiter=,");
    ck_assert(strstr(table_check(table, false),
                     "connector 'socket' has no option 'csv.field-delimiter'; supported are: hostname, port, "
                                                "format, byte-delimiter, delimiter, socket.reconnect, connector, ") == table->err.message);
    table_close(table);
    check_said("i INT", "", SOCKET "format=json;scan.parallelism=2;scan.watermark.idle-timeout=5 s;property-version=1",
               false, "");
    check_said("m MAP<INT,INT>", "", SOCKET "format=json", false,
               "JSON format doesn't support non-string as key type of map: column m");
    check_said("i INT, j INT", "", SOCKET "format=raw", false,
               "The 'raw' format only supports single physical column. However the defined schema contains 2 physical "
               "columns");
    check_said("i INT", "", SOCKET "format=json;port=x", false, "option 'port' = 'x': expected a whole number");
}
END_TEST

START_TEST(metadata_columns_are_checked)
{
    check_said("i INT, p ARRAY<INT>", "p=file.path", "connector=filesystem;path=/x;format=json", false,
               "column 'p': metadata 'file.path' is STRING NOT NULL and cannot be cast to ARRAY<INT>");
    check_said("i INT, p STRING", "p=topic", SOCKET "format=json", false,
               "column 'p': connector 'socket' has no metadata key 'topic' for reading; it has: none");
    Table *table = table_open("i INT, p STRING", "p=file.path", "", "connector=filesystem;path=/x;format=json");
    ((TableColumn *)table->spec.columns)[1].is_virtual = true;
    ck_assert_str_eq(table_check(table, true), "");
    table_close(table);
}
END_TEST

START_TEST(secrets_are_known_by_row_and_by_name)
{
    ck_assert(option_key_is_secret(STR("kafka"), STR("properties.sasl.jaas.config")));
    ck_assert(option_key_is_secret(STR("no-such"), STR("my.Password")));
    ck_assert(option_key_is_secret(STR("jdbc"), STR("access_token")));
    ck_assert(!option_key_is_secret(STR("socket"), STR("hostname")));
    ck_assert(!option_key_is_secret(STR("kafka"), STR("properties.group.id")));
}
END_TEST

START_TEST(the_documentation_names_every_option)
{
    Text text = TEXT_EMPTY;
    connectors_document(&text);
    const char *document = text_cstr(&text);
    for (int64_t i = 0; i < connector_count(); i++)
        for (const Option *row = connector_at(i)->options; row && row->key; row++) {
            ck_assert_msg(strstr(document, row->key) != NULL, "%s", row->key);
            ck_assert_msg(row->doc && row->doc[0], "%s: no doc", row->key);
        }
    ck_assert_ptr_nonnull(strstr(document, "| `json.timestamp-format.standard` | `SQL`, `ISO-8601` | `SQL` |"));
    ck_assert_ptr_nonnull(strstr(document, "| `file.size` | BIGINT NOT NULL | read |"));
    ck_assert_ptr_nonnull(strstr(document, "| `hostname` | text | required | the server's name or address |"));
    text_free(&text);
}
END_TEST

START_TEST(defaults_are_good_values)
{
    Error err = ERROR_NONE;
    for (int64_t i = 0; i < connector_count() + format_count(); i++) {
        const Option *rows = i < connector_count() ? connector_at(i)->options
            : format_at(i - connector_count())->options;
        for (const Option *row = rows; row && row->key; row++)
            if (row->default_value)
                ck_assert_msg(option_check(row, str_from(row->key), str_from(row->default_value), SPAN_NONE,
                                           &err) == STATUS_OK, "%s",
                              row->key);
    }
}
END_TEST

Suite *suite_connector(void);
Suite *suite_connector(void)
{
    Suite *suite = suite_create("connector");
    TCase *tcase = tcase_create("connector");
    tcase_add_test(tcase, connectors_and_formats_are_found_by_name);
    tcase_add_test(tcase, options_of_connector_and_format_are_checked);
    tcase_add_test(tcase, metadata_columns_are_checked);
    tcase_add_test(tcase, secrets_are_known_by_row_and_by_name);
    tcase_add_test(tcase, the_documentation_names_every_option);
    tcase_add_test(tcase, defaults_are_good_values);
    suite_add_tcase(suite, tcase);
    return suite;
}
