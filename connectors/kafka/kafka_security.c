/* kafka_security.c: TLS and SASL.
 *
 *   sasl.jaas.config   "...PlainLoginModule required username="u" password="p";" gives user and password; of the login
 *                      module only the kind is looked at, nothing is ever loaded
 *   ssl.truststore.*   certificates as PEM, in a file or in the text
 *   ssl.keystore.*     PEM or PKCS12
 *
 * Java's default store type, JKS, can only be read by Java: the error says how to convert it. Values are never part of
 * a message. */
#include "connectors/kafka/kafka_security.h"

#include "core/text.h"

/* ---- the login module -------------------------------------------------------------------------------------------- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The value of name="..." or name='...' or name=word, with backslashes taken off. */
static bool jaas_value(Str text, Str name, Text *out)
{
    for (int64_t at = 1; at + name.len < text.len; at++) {
        if (!is_space(text.ptr[at - 1]) || !str_eq(str_slice(text, at, at + name.len), name) ||
            text.ptr[at + name.len] != '=')
            continue;
        at += name.len + 1;
        char quote = at < text.len && (text.ptr[at] == '"' || text.ptr[at] == '\'') ? text.ptr[at++] : 0;
        while (at < text.len && (quote ? text.ptr[at] != quote : !is_space(text.ptr[at]) && text.ptr[at] != ';')) {
            if (text.ptr[at] == '\\' && at + 1 < text.len)
                at++;
            text_put(out, text.ptr[at++]);
        }
        return !quote || at < text.len;
    }
    return false;
}

static bool jaas_has_module(Str text, const char *name)
{
    Str first = str_trim(text);
    for (int64_t i = 0; i < first.len; i++)
        if (is_space(first.ptr[i]))
            first.len = i;
    return str_ends_with(first, str_from(name));
}

static Status set_secret(rd_kafka_conf_t *conf, const TableSpec *table, const char *name, Text *value, Error *err)
{
    Status status =
        conf ? kafka_config_set(conf, table, STR("sasl.jaas.config"), name, text_str(value), err) : STATUS_OK;
    if (value->ptr)
        memset(value->ptr, 0, (size_t)value->len);
    text_free(value);
    return status;
}

static Status apply_jaas(const TableSpec *table, Str text, rd_kafka_conf_t *conf, Error *err)
{
    if (!jaas_has_module(text, "PlainLoginModule") && !jaas_has_module(text, "ScramLoginModule")) {
        error_set(err, STATUS_UNSUPPORTED, table->span,
                  "'properties.sasl.jaas.config' names a login module that is not supported");
        return error_hint(err, "there are: org.apache.kafka.common.security.plain.PlainLoginModule, "
                               "org.apache.kafka.common.security.scram.ScramLoginModule");
    }
    Text user = TEXT_EMPTY, password = TEXT_EMPTY;
    if (!jaas_value(text, STR("username"), &user) || !jaas_value(text, STR("password"), &password)) {
        text_free(&user);
        text_free(&password);
        return error_set(
            err, STATUS_OPTION, table->span,
            "'properties.sasl.jaas.config' has no username=\"...\" password=\"...\" behind its login module");
    }
    Status status = set_secret(conf, table, "sasl.username", &user, err);
    Status second = set_secret(conf, table, "sasl.password", &password, err);
    return status != STATUS_OK ? status : second;
}

/* ---- SASL -------------------------------------------------------------------------------------------------------- */

static Status apply_mechanism(const TableSpec *table, rd_kafka_conf_t *conf, Error *err)
{
    static const char *const known[] = { "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512" };
    Str mechanism = kafka_property(table, "sasl.mechanism");
    if (!mechanism.ptr)
        mechanism = kafka_property(table, "sasl.mechanisms");
    if (!mechanism.ptr)
        return error_set(
            err, STATUS_OPTION, table->span,
            "'properties.security.protocol' wants SASL: 'properties.sasl.mechanism' must be PLAIN, SCRAM-SHA-256 or "
            "SCRAM-SHA-512");
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (str_is_nocase(mechanism, known[i]))
            return conf
                       ? kafka_config_set(conf, table, STR("sasl.mechanism"), "sasl.mechanism", str_from(known[i]), err)
                       : STATUS_OK;
    error_set(err, STATUS_UNSUPPORTED, table->span, "'properties.sasl.mechanism' = '%.*s' is not supported",
              STR_FMT(mechanism));
    return error_hint(err, "there are: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512");
}

static Status apply_login(const TableSpec *table, rd_kafka_conf_t *conf, Error *err)
{
    static const char *const names[] = { "sasl.username", "sasl.password" };
    Str jaas = kafka_property(table, "sasl.jaas.config");
    if (jaas.ptr)
        return apply_jaas(table, jaas, conf, err);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        Str value = kafka_property(table, names[i]);
        if (!value.ptr)
            return error_set(err, STATUS_OPTION, table->span,
                             "SASL needs a user and a password: set 'properties.sasl.jaas.config', or "
                             "'properties.sasl.username' and "
                             "'properties.sasl.password'");
        if (conf)
            TRY(kafka_config_set(conf, table, str_from(names[i]), names[i], value, err));
    }
    return STATUS_OK;
}

/* ---- TLS --------------------------------------------------------------------------------------------------------- */

static Status set_if_given(const TableSpec *table, rd_kafka_conf_t *conf, const char *property, const char *name,
                           Error *err)
{
    Str value = kafka_property(table, property);
    return value.ptr && conf ? kafka_config_set(conf, table, str_from(property), name, value, err) : STATUS_OK;
}

static Status java_store(const TableSpec *table, const char *store, Str type, const char *hint, Error *err)
{
    Str shown = type.ptr ? type : STR("JKS, Java's default");
    error_set(err, STATUS_UNSUPPORTED, table->span,
              "'properties.ssl.%s.location' is a store of type %.*s, which only Java can read", store, STR_FMT(shown));
    return error_hint(err, "%s", hint);
}

static Status apply_truststore(const TableSpec *table, rd_kafka_conf_t *conf, Error *err)
{
    Str type = kafka_property(table, "ssl.truststore.type");
    if (kafka_property(table, "ssl.truststore.location").ptr && !str_is_nocase(type, "PEM"))
        return java_store(table, "truststore", type,
                          "export it: keytool -exportcert -rfc -alias NAME -keystore STORE > ca.pem; then set "
                          "'properties.ssl.truststore.type' = 'PEM' and the location of ca.pem",
                          err);
    TRY(set_if_given(table, conf, "ssl.truststore.location", "ssl.ca.location", err));
    return set_if_given(table, conf, "ssl.truststore.certificates", "ssl.ca.pem", err);
}

static Status apply_keystore(const TableSpec *table, rd_kafka_conf_t *conf, Error *err)
{
    Str  type = kafka_property(table, "ssl.keystore.type");
    bool has_file = kafka_property(table, "ssl.keystore.location").ptr != NULL;
    TRY(set_if_given(table, conf, "ssl.keystore.certificate.chain", "ssl.certificate.pem", err));
    TRY(set_if_given(table, conf, "ssl.keystore.key", "ssl.key.pem", err));
    TRY(set_if_given(table, conf, "ssl.key.password", "ssl.key.password", err));
    if (!has_file)
        return STATUS_OK;
    if (str_is_nocase(type, "PEM")) {
        TRY(set_if_given(table, conf, "ssl.keystore.location", "ssl.certificate.location", err));
        return set_if_given(table, conf, "ssl.keystore.location", "ssl.key.location", err);
    }
    if (!str_is_nocase(type, "PKCS12"))
        return java_store(table, "keystore", type,
                          "convert it: keytool -importkeystore -srckeystore STORE -destkeystore store.p12 "
                          "-deststoretype PKCS12; then set "
                          "'properties.ssl.keystore.type' = 'PKCS12'",
                          err);
    TRY(set_if_given(table, conf, "ssl.keystore.location", "ssl.keystore.location", err));
    return set_if_given(table, conf, "ssl.keystore.password", "ssl.keystore.password", err);
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

typedef struct Protocol {
    const char *name;
    const char *client_name;
    bool        has_sasl;
    bool        has_tls;
} Protocol;

static const Protocol protocols[] = {
    { "PLAINTEXT", "plaintext", false, false },
    { "SSL", "ssl", false, true },
    { "SASL_PLAINTEXT", "sasl_plaintext", true, false },
    { "SASL_SSL", "sasl_ssl", true, true },
};

static const Protocol *find_protocol(Str name)
{
    for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++)
        if (str_is_nocase(name, protocols[i].name))
            return &protocols[i];
    return NULL;
}

Status kafka_security_apply(const TableSpec *table, rd_kafka_conf_t *conf, Error *err)
{
    Str name = kafka_property(table, "security.protocol");
    if (!name.ptr)
        return STATUS_OK;
    const Protocol *protocol = find_protocol(name);
    if (!protocol)
        return error_set(err, STATUS_OPTION, table->span,
                         "'properties.security.protocol' = '%.*s': expected PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL",
                         STR_FMT(name));
    if (conf)
        TRY(kafka_config_set(conf, table, STR("security.protocol"), "security.protocol",
                             str_from(protocol->client_name), err));
    if (protocol->has_sasl) {
        TRY(apply_mechanism(table, conf, err));
        TRY(apply_login(table, conf, err));
    }
    if (!protocol->has_tls)
        return STATUS_OK;
    TRY(apply_truststore(table, conf, err));
    return apply_keystore(table, conf, err);
}
