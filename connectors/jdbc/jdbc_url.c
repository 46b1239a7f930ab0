/* jdbc_url.c: takes a URL apart: user@host:port, the database, and properties by the rows of jdbc_properties.def.
 *
 * A URL may hold a password. So messages name a property or a part, never the text of the URL. */
#include "connectors/jdbc/jdbc_url.h"

#include "core/text.h"

enum { PORT_DEFAULT = 3306, PORT_MAX = 65535, CONNECT_TIMEOUT_MS = 5000 };

/* What properties say of TLS, in two ways; put together at the end. */
typedef struct TlsWords {
    bool    has_mode;
    JdbcTls mode;
    bool    is_off;      /* useSSL=false */
    bool    is_required; /* requireSSL=true */
    bool    is_verified; /* verifyServerCertificate=true */
    Str     store_type;
} TlsWords;

typedef struct UrlReader {
    Arena      *arena;
    Span        span;
    JdbcServer *server;
    TlsWords    tls;
} UrlReader;

/* Takes a property's value; false when it is no good value. */
typedef bool (*SetProperty)(UrlReader *reader, Str value);

typedef struct Property {
    const char *name;
    SetProperty set;
    const char *refusal;
} Property;

/* ---- properties -------------------------------------------------------------------------------------------------- */

static bool set_user(UrlReader *reader, Str value)
{
    reader->server->user = value;
    return true;
}

static bool set_password(UrlReader *reader, Str value)
{
    reader->server->password = value;
    return true;
}

static bool set_ssl_mode(UrlReader *reader, Str value)
{
    static const char *const names[] = { "DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY" };
    for (int i = 0; i < (int)(sizeof(names) / sizeof(*names)); i++) {
        if (!str_is_nocase(value, names[i]))
            continue;
        reader->tls.mode = (JdbcTls)i;
        reader->tls.has_mode = true;
        return true;
    }
    return false;
}

static bool to_bool(Str value, bool *out)
{
    *out = str_is_nocase(value, "true") || str_is_nocase(value, "yes");
    return *out || str_is_nocase(value, "false") || str_is_nocase(value, "no");
}

static bool set_use_ssl(UrlReader *reader, Str value)
{
    bool uses = false;
    bool is_good = to_bool(value, &uses);
    reader->tls.is_off = !uses;
    return is_good;
}

static bool set_require_ssl(UrlReader *reader, Str value)
{
    return to_bool(value, &reader->tls.is_required);
}

static bool set_verify(UrlReader *reader, Str value)
{
    return to_bool(value, &reader->tls.is_verified);
}

static bool set_trust_store(UrlReader *reader, Str value)
{
    if (str_starts_with(value, STR("file://")))
        value = str_slice(value, 7, value.len);
    else if (str_starts_with(value, STR("file:")))
        value = str_slice(value, 5, value.len);
    reader->server->ca_file = arena_str(reader->arena, value);
    return value.len > 0;
}

static bool set_trust_store_type(UrlReader *reader, Str value)
{
    reader->tls.store_type = value;
    return true;
}

static bool to_ms(Str value, int64_t *out)
{
    return str_to_i64(value, out) && *out >= 0 && *out <= INT32_MAX;
}

/* 0 means no limit to Connector/J; a job that is stopped must not wait for ever. */
static bool set_connect_timeout(UrlReader *reader, Str value)
{
    int64_t ms;
    if (!to_ms(value, &ms))
        return false;
    if (ms > 0)
        reader->server->connect_timeout_ms = ms;
    return true;
}

static bool set_socket_timeout(UrlReader *reader, Str value)
{
    return to_ms(value, &reader->server->socket_timeout_ms);
}

static bool set_zero_dates(UrlReader *reader, Str value)
{
    reader->server->zero_date_is_null = str_is_nocase(value, "CONVERT_TO_NULL") || str_is_nocase(value, "convertToNull");
    return reader->server->zero_date_is_null || str_is_nocase(value, "EXCEPTION");
}

static const Property properties[] = {
#define USED(name, function) { name, function, NULL },
#define PASSED(name) { name, NULL, NULL },
#define REFUSED(name, why) { name, NULL, why },
#include "connectors/jdbc/jdbc_properties.def"
#undef USED
#undef PASSED
#undef REFUSED
};

static const Property *find_property(Str name)
{
    for (size_t i = 0; i < sizeof(properties) / sizeof(*properties); i++)
        if (str_is_nocase(name, properties[i].name))
            return &properties[i];
    return NULL;
}

/* ---- parts ------------------------------------------------------------------------------------------------------- */

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte = (char)(byte | 0x20);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* %41 is A; what is no such pair stands for itself. */
static Str decode(Arena *arena, Str text)
{
    char   *bytes = arena_alloc(arena, text.len + 1);
    int64_t size = 0;
    for (int64_t at = 0; at < text.len; at++) {
        bool is_pair = text.ptr[at] == '%' && at + 2 < text.len && hex_digit(text.ptr[at + 1]) >= 0 &&
                       hex_digit(text.ptr[at + 2]) >= 0;
        bytes[size++] = is_pair ? (char)(hex_digit(text.ptr[at + 1]) * 16 + hex_digit(text.ptr[at + 2])) : text.ptr[at];
        at += is_pair ? 2 : 0;
    }
    return (Str){ bytes, size };
}

static Status read_property(UrlReader *reader, Str pair, Error *err)
{
    int64_t         equals = str_find(pair, '=');
    Str             name = equals < 0 ? pair : str_slice(pair, 0, equals);
    Str             value = equals < 0 ? STR_EMPTY : decode(reader->arena, str_slice(pair, equals + 1, pair.len));
    const Property *property = find_property(name);
    if (!property) {
        list_push(reader->arena, &reader->server->unknown, arena_str(reader->arena, name));
        return STATUS_OK;
    }
    if (property->refusal)
        return error_set(err, STATUS_OPTION, reader->span, "property '%s' of 'url' is refused: %s", property->name,
                         property->refusal);
    if (property->set && !property->set(reader, value))
        return error_set(err, STATUS_OPTION, reader->span, "property '%s' of 'url' has no good value", property->name);
    return STATUS_OK;
}

static int64_t find_last(Str text, char byte)
{
    int64_t at = text.len - 1;
    while (at >= 0 && text.ptr[at] != byte)
        at--;
    return at;
}

static void read_user(UrlReader *reader, Str text)
{
    int64_t colon = str_find(text, ':');
    reader->server->user = decode(reader->arena, colon < 0 ? text : str_slice(text, 0, colon));
    if (colon >= 0)
        reader->server->password = decode(reader->arena, str_slice(text, colon + 1, text.len));
}

static Status read_host(UrlReader *reader, Str text, Error *err)
{
    JdbcServer *server = reader->server;
    int64_t     port = PORT_DEFAULT;
    int64_t     colon = find_last(text, ':');
    if (str_find(text, ',') >= 0 || str_find(text, '(') >= 0)
        return error_set(err, STATUS_UNSUPPORTED, reader->span,
                         "'url' names several hosts; one is supported: jdbc:mysql://host:port/database");
    if (colon >= 0 && find_last(text, ']') < colon) {
        if (!str_to_i64(str_slice(text, colon + 1, text.len), &port) || port < 1 || port > PORT_MAX)
            return error_set(err, STATUS_OPTION, reader->span, "the port in 'url' is no number from 1 to 65535");
        text = str_slice(text, 0, colon);
    }
    if (text.len > 1 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']')
        text = str_slice(text, 1, text.len - 1);
    server->host = arena_str(reader->arena, text.len > 0 ? text : STR("localhost"));
    server->port = (int32_t)port;
    return STATUS_OK;
}

/* Which of the two ways TLS was asked for, as Connector/J puts them together. A CA is given to be used. */
static Status settle_tls(UrlReader *reader, Error *err)
{
    const TlsWords *tls = &reader->tls;
    JdbcServer     *server = reader->server;
    if (tls->store_type.ptr && server->ca_file.ptr && !str_is_nocase(tls->store_type, "PEM")) {
        error_set(err, STATUS_UNSUPPORTED, reader->span,
                  "'trustCertificateKeyStoreType' of 'url': only Java reads its key stores; PEM files are supported");
        return error_hint(err, "convert it: keytool -exportcert -rfc -keystore STORE -alias ALIAS > ca.pem, then "
                               "trustCertificateKeyStoreUrl=file:/.../ca.pem&trustCertificateKeyStoreType=PEM");
    }
    server->tls = tls->has_mode      ? tls->mode
                  : tls->is_off      ? JDBC_TLS_DISABLED
                  : server->ca_file.ptr ? JDBC_TLS_VERIFY_IDENTITY
                  : tls->is_verified ? JDBC_TLS_VERIFY_CA
                  : tls->is_required ? JDBC_TLS_REQUIRED
                                     : JDBC_TLS_PREFERRED;
    return STATUS_OK;
}

Status jdbc_url_parse(Arena *arena, Str url, Span span, JdbcServer *out, Error *err)
{
    UrlReader reader = { .arena = arena, .span = span, .server = out };
    Str       scheme = STR("jdbc:mysql://");
    Str       pair;
    *out = (JdbcServer){ .connect_timeout_ms = CONNECT_TIMEOUT_MS };
    if (!str_starts_with(url, scheme)) {
        error_set(err, STATUS_OPTION, span, "'url' does not start with jdbc:mysql://; other databases are not supported");
        return error_hint(err, "jdbc:mysql://host:3306/database");
    }
    Str     rest = str_slice(url, scheme.len, url.len);
    int64_t question = str_find(rest, '?');
    Str     place = question < 0 ? rest : str_slice(rest, 0, question);
    Str     pairs = question < 0 ? STR_EMPTY : str_slice(rest, question + 1, rest.len);
    int64_t at = find_last(place, '@');
    if (at >= 0)
        read_user(&reader, str_slice(place, 0, at));
    place = str_slice(place, at + 1, place.len);
    int64_t slash = str_find(place, '/');
    TRY(read_host(&reader, slash < 0 ? place : str_slice(place, 0, slash), err));
    out->database = decode(arena, slash < 0 ? STR_EMPTY : str_slice(place, slash + 1, place.len));
    while (str_split(&pairs, '&', &pair))
        if (pair.len > 0)
            TRY(read_property(&reader, pair, err));
    return settle_tls(&reader, err);
}

Str jdbc_server_label(Arena *arena, const JdbcServer *server)
{
    return arena_format(arena, "mysql %.*s:%d", STR_FMT(server->host), server->port);
}
