/* test_kafka_options.c: what kafka tables refuse before anything is opened, and what is passed on to the client
 * library. */
#include "tests/connectors/kafka_broker.h"

#include "connectors/kafka/kafka_config.h"
#include "connectors/kafka/kafka_topics.h"

#include <check.h>

#define SERVERS "properties.bootstrap.servers=h:1|"
#define READ SERVERS "scan.startup.mode=earliest-offset|"

typedef struct Refusal {
    const char *options;
    const char *message; /* "" = fine */
} Refusal;

static void check_all(const Refusal *cases, size_t count, bool is_sink)
{
    for (size_t i = 0; i < count; i++) {
        Table *table = kafka_table(NULL, "i INT, k_s STRING", "", cases[i].options);
        ck_assert_str_eq(table_check(table, is_sink), cases[i].message);
        table_close(table);
    }
}
#define CHECK_ALL(cases, is_sink) check_all(cases, sizeof(cases) / sizeof(*(cases)), is_sink)

START_TEST(topics)
{
    static const Refusal cases[] = {
        { READ, "" },
        { READ "topic=", "Either 'topic' or 'topic-pattern' must be set." },
        { READ "topic-pattern=a", "Option 'topic' and 'topic-pattern' shouldn't be set together." },
        { READ "topic=|topic-pattern=a(",
          "'topic-pattern' = 'a(' is no regular expression: missing closing parenthesis at character 2" },
        { READ "topic=a b", "'topic' = 'a b' cannot be the name of a topic" },
        { READ "topic=a;b;", "" },
        { READ "format=", "Could not find required scan format 'value.format'." },
        { READ "value.format=json", "" },
    };
    CHECK_ALL(cases, false);
}
END_TEST

START_TEST(where_to_start_and_end)
{
    static const Refusal cases[] = {
        { SERVERS, "Property group.id is required when using committed offset for offsets initializer" },
        { SERVERS "properties.group.id=g", "" },
        { SERVERS "properties.group.id=g|properties.auto.offset.reset=foo",
          "auto.offset.reset can not be set to foo. Valid values: [latest,earliest,none]" },
        { SERVERS "scan.startup.mode=timestamp",
          "'scan.startup.timestamp-millis' is required in 'timestamp' startup mode but missing." },
        { SERVERS "scan.startup.mode=specific-offsets",
          "'scan.startup.specific-offsets' is required in 'specific-offsets' startup mode but missing." },
        { SERVERS "scan.startup.mode=specific-offsets|scan.startup.specific-offsets=0:1",
          "Invalid properties 'scan.startup.specific-offsets' should follow the format "
          "'partition:0,offset:42;partition:1,offset:300', but is '0:1'." },
        { SERVERS
          "scan.startup.mode=specific-offsets|scan.startup.specific-offsets=partition:0,offset:1;partition:1,offset:x",
          "Invalid properties 'scan.startup.specific-offsets' should follow the format "
          "'partition:0,offset:42;partition:1,offset:300', but is 'partition:0,offset:1;partition:1,offset:x'." },
        { SERVERS "topic=a;b|scan.startup.mode=specific-offsets|scan.startup.specific-offsets=partition:0,offset:1",
          "Currently Kafka source only supports specific offset for single topic." },
        { READ "scan.bounded.mode=timestamp",
          "'scan.bounded.timestamp-millis' is required in 'timestamp' bounded mode but missing." },
        { READ "scan.bounded.mode=specific-offsets",
          "'scan.bounded.specific-offsets' is required in 'specific-offsets' bounded mode but missing." },
        { READ "scan.bounded.mode=group-offsets",
          "Property group.id is required when using committed offset for offsets initializer" },
    };
    CHECK_ALL(cases, false);
}
END_TEST

START_TEST(keys)
{
    static const Refusal cases[] = {
        { READ "key.fields=i",
          "The option 'key.fields' can only be declared if a key format is defined using 'key.format'." },
        { READ "key.format=raw",
          "A key format 'key.format' requires the declaration of one or more of key fields using 'key.fields'." },
        { READ "key.format=json|key.fields=x",
          "Could not find the field 'x' in the table schema for usage in the key format. A key field must be a "
          "regular, physical "
          "column. The following columns can be selected in the 'key.fields' option:\n[i, k_s]" },
        { READ "key.format=raw|key.fields=k_s|key.fields-prefix=k_",
          "A key prefix is not allowed when option 'value.fields-include' is set to 'ALL'. Set it to 'EXCEPT_KEY' "
          "instead to avoid "
          "field overlaps." },
        { READ "key.format=json|key.fields=k_s;i|key.fields-prefix=k_|value.fields-include=EXCEPT_KEY",
          "All fields in 'key.fields' must be prefixed with 'k_' when option 'key.fields-prefix' is set but field 'i' "
          "is not prefixed." },
        { READ "key.format=raw|key.fields=k_s|key.fields-prefix=k_|value.fields-include=EXCEPT_KEY", "" },
        { READ "key.format=json|key.fields=i;i", "'key.fields' names 'i' twice" },
    };
    CHECK_ALL(cases, false);
    Table *table =
        kafka_table(NULL, "i INT", "", READ "key.format=raw|key.fields=i|value.fields-include=EXCEPT_KEY|format=raw");
    ck_assert_str_ne(table_check(table, false), "");
    table_close(table);
}
END_TEST

START_TEST(writing)
{
    static const Refusal cases[] = {
        { SERVERS, "" },
        { SERVERS "topic=a;b", "writing to table default_catalog.default_database.t needs a single 'topic', or a "
                               "column that says which one" },
        { SERVERS "sink.partitioner=org.me.Mine",
          "'sink.partitioner' = 'org.me.Mine': partitioners that are Java classes cannot run here" },
        { SERVERS "sink.partitioner=round-robin|key.format=raw|key.fields=k_s",
          "Currently 'round-robin' partitioner only works when option 'key.fields' is not specified." },
        { SERVERS "sink.delivery-guarantee=exactly-once",
          "sink.transactional-id-prefix must be specified when using DeliveryGuarantee.EXACTLY_ONCE." },
        { SERVERS "sink.semantic=exactly-once",
          "sink.transactional-id-prefix must be specified when using DeliveryGuarantee.EXACTLY_ONCE." },
        { SERVERS "sink.delivery-guarantee=exactly-once|sink.transactional-id-prefix=p", "" },
        { SERVERS "sink.delivery-guarantee=none", "" },
    };
    CHECK_ALL(cases, true);
    Table *table = kafka_table(NULL, "i INT, topic STRING", "topic=topic", SERVERS);
    ck_assert_str_eq(table_check(table, true),
                     "column 'topic': the table has a single topic, so that 'topic' cannot be written");
    table_close(table);
}
END_TEST

START_TEST(primary_key)
{
    static const int32_t key[] = { 0 };
    Table *table = kafka_table(NULL, "i INT", "", READ);
    table->spec.primary_key = key;
    table->spec.primary_key_count = 1;
    ck_assert_str_eq(
        table_check(table, false),
        "The Kafka table 'default_catalog.default_database.t' with 'json' format doesn't support defining PRIMARY KEY "
        "constraint on the table, because it can't guarantee the semantic of primary key.");
    table_close(table);
}
END_TEST

/* ---- properties -------------------------------------------------------------------------------------------------- */

START_TEST(dangerous_properties_are_refused)
{
    static const char *const names[] = {
        "plugin.library.paths",
        "sasl.kerberos.kinit.cmd",
        "ssl.engine.location",
        "ssl.providers",
        "interceptor.classes",
        "sasl.oauthbearer.token.endpoint.url",
        "test.mock.num.brokers",
        "sasl.login.callback.handler.class",
        "debug",
        "partitioner.class",
        "enable.sasl.oauthbearer.unsecure.jwt",
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        Text options = TEXT_EMPTY, start = TEXT_EMPTY;
        text_printf(&options, READ "properties.%s=anything", names[i]);
        text_printf(&start, "'properties.%s' is refused: ", names[i]);
        Table      *table = kafka_table(NULL, "i INT", "", text_cstr(&options));
        const char *message = table_check(table, false);
        ck_assert_msg(str_starts_with(str_from(message), text_str(&start)), "%s", message);
        table_close(table);
        text_free(&options);
        text_free(&start);
    }
}
END_TEST

#define SASL READ "properties.security.protocol=SASL_PLAINTEXT|"
#define JAAS "properties.sasl.jaas.config=org.apache.kafka.common.security."

START_TEST(security)
{
    static const Refusal cases[] = {
        { READ "properties.security.protocol=TLS",
          "'properties.security.protocol' = 'TLS': expected PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL" },
        { SASL, "'properties.security.protocol' wants SASL: 'properties.sasl.mechanism' must be PLAIN, SCRAM-SHA-256 "
                "or SCRAM-SHA-512" },
        { SASL "properties.sasl.mechanism=GSSAPI", "'properties.sasl.mechanism' = 'GSSAPI' is not supported" },
        { SASL "properties.sasl.mechanism=PLAIN",
          "SASL needs a user and a password: set 'properties.sasl.jaas.config', or 'properties.sasl.username' and "
          "'properties.sasl.password'" },
        { SASL "properties.sasl.mechanism=PLAIN|" JAAS "plain.PlainLoginModule required username=\"u\" password=\"p\";",
          "" },
        { SASL "properties.sasl.mechanism=SCRAM-SHA-512|" JAAS
               "scram.ScramLoginModule required username='u' password='p';",
          "" },
        { SASL "properties.sasl.mechanism=PLAIN|" JAAS "plain.PlainLoginModule required username=\"u\";",
          "'properties.sasl.jaas.config' has no username=\"...\" password=\"...\" behind its login module" },
        { SASL "properties.sasl.mechanism=PLAIN|properties.sasl.jaas.config=com.evil.JndiLoginModule required;",
          "'properties.sasl.jaas.config' names a login module that is not supported" },
        { READ "properties.security.protocol=SSL|properties.ssl.truststore.location=/a.jks",
          "'properties.ssl.truststore.location' is a store of type JKS, Java's default, which only Java can read" },
        { READ "properties.security.protocol=SSL|properties.ssl.truststore.location=/"
               "a.pem|properties.ssl.truststore.type=PEM",
          "" },
        { READ
          "properties.security.protocol=SSL|properties.ssl.keystore.location=/a.jks|properties.ssl.keystore.type=JKS",
          "'properties.ssl.keystore.location' is a store of type JKS, which only Java can read" },
        { READ "properties.security.protocol=SSL|properties.ssl.ca.location=/a.pem", "" },
    };
    CHECK_ALL(cases, false);
}
END_TEST

/* The value of a client property after all of the table's options were applied; "?" when it is not set. */
static void check_conf(const char *options, bool is_sink, const char *name, const char *expected)
{
    KafkaOptions     read;
    rd_kafka_conf_t *conf;
    char             value[256] = "?";
    size_t           size = sizeof(value);
    Table           *table = kafka_table(NULL, "i INT", "", options);
    ck_assert_int_eq(kafka_options_read(&table->spec, is_sink, table->arena, &read, &table->err), STATUS_OK);
    ck_assert_int_eq(kafka_config_create(&table->io, &read, is_sink, &conf, &table->err), STATUS_OK);
    rd_kafka_conf_get(conf, name, value, &size);
    ck_assert_str_eq(value, expected);
    rd_kafka_conf_destroy(conf);
    table_close(table);
}

START_TEST(properties_reach_the_client)
{
    check_conf(READ, false, "bootstrap.servers", "h:1");
    check_conf(READ, false, "group.id", "KafkaSource-default_catalog.default_database.t");
    check_conf(READ "properties.group.id=g", false, "group.id", "g");
    check_conf(READ, false, "isolation.level", "read_uncommitted");
    check_conf(READ "properties.isolation.level=read_committed", false, "isolation.level", "read_committed");
    check_conf(READ, false, "enable.auto.commit", "false");
    check_conf(READ "properties.fetch.max.wait.ms=7", false, "fetch.wait.max.ms", "7");
    check_conf(READ "properties.receive.buffer.bytes=-1", false, "socket.receive.buffer.bytes", "0");
    check_conf(READ, false, "ssl.endpoint.identification.algorithm", "https");
    check_conf(READ, false, "auto.offset.reset", "smallest");
    check_conf(SERVERS "properties.group.id=g", false, "auto.offset.reset", "error");
    check_conf(SERVERS, true, "enable.idempotence", "true");
    check_conf(SERVERS "properties.acks=1", true, "enable.idempotence", "false");
    check_conf(SERVERS "properties.buffer.memory=1048576", true, "queue.buffering.max.kbytes", "1024");
    check_conf(SERVERS "properties.compression.type=lz4", true, "compression.codec", "lz4");
    check_conf(SERVERS, true, "queue.buffering.max.ms", "0.3");
    check_conf(SERVERS "properties.linger.ms=20", true, "queue.buffering.max.ms", "20");
    check_conf(SERVERS "properties.fetch.min.bytes=5", true, "fetch.min.bytes", "1");
    check_conf(SASL "properties.sasl.mechanism=PLAIN|" JAAS
                    "plain.PlainLoginModule required username=\"u\" password=\"p \\\"1\\\"\";",
               false, "sasl.password", "p \"1\"");
    check_conf(READ "properties.security.protocol=SSL|properties.ssl.truststore.type=PEM|properties.ssl.truststore."
                    "location=/ca.pem",
               false, "ssl.ca.location", "/ca.pem");
}
END_TEST

START_TEST(values_of_secrets_are_never_shown)
{
    KafkaOptions     read;
    rd_kafka_conf_t *conf;
    Table           *table =
        kafka_table(NULL, "i INT", "", READ "properties.ssl.key.pem=hidden|properties.fetch.min.bytes=shown");
    ck_assert_int_eq(kafka_options_read(&table->spec, false, table->arena, &read, &table->err), STATUS_OK);
    ck_assert_int_eq(kafka_config_create(&table->io, &read, false, &conf, &table->err), STATUS_OPTION);
    ck_assert_ptr_null(strstr(table->err.message, "hidden"));
    ck_assert_ptr_nonnull(strstr(table->err.message, "'properties.fetch.min.bytes' cannot be used: "));
    ck_assert(option_key_is_secret(STR("kafka"), STR("properties.sasl.jaas.config")));
    ck_assert(option_key_is_secret(STR("kafka"), STR("properties.ssl.keystore.key")));
    ck_assert(option_key_is_secret(STR("kafka"), STR("properties.sasl.password")));
    ck_assert(!option_key_is_secret(STR("kafka"), STR("properties.bootstrap.servers")));
    table_close(table);
}
END_TEST

/* ---- topics and tasks -------------------------------------------------------------------------------------------- */

START_TEST(partitions_have_one_owner)
{
    ck_assert_int_eq(kafka_partition_owner(STR("orders"), 3, 1), 0);
    for (int32_t tasks = 1; tasks < 6; tasks++) {
        int32_t counts[6] = { 0 };
        for (int32_t partition = 0; partition < tasks * 4; partition++)
            counts[kafka_partition_owner(STR("some-long-topic-name"), partition, tasks)]++;
        for (int32_t task = 0; task < tasks; task++)
            ck_assert_int_eq(counts[task], 4);
    }
}
END_TEST

Suite *suite_kafka_options(void)
{
    Suite *suite = suite_create("kafka_options");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, topics);
    tcase_add_test(tests, where_to_start_and_end);
    tcase_add_test(tests, keys);
    tcase_add_test(tests, writing);
    tcase_add_test(tests, primary_key);
    tcase_add_test(tests, dangerous_properties_are_refused);
    tcase_add_test(tests, security);
    tcase_add_test(tests, properties_reach_the_client);
    tcase_add_test(tests, values_of_secrets_are_never_shown);
    tcase_add_test(tests, partitions_have_one_owner);
    suite_add_tcase(suite, tests);
    return suite;
}
