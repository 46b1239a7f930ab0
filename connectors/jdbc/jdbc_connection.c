/* jdbc_connection.c: connecting, running statements, and the sorting of errors by the rows of jdbc_errors.def.
 *
 * The library is told everything: it reads no option files, sends no local files, loads no plugin but those for logging in with a
 * hashed password, and always uses TCP (for "localhost" it would take a socket file). Where TLS is required it does not look whether
 * it got it (measured with 3.3.20: without verification it goes on in plain text when the server has none), so that is done here,
 * before anything but the login is sent.
 *
 * A session is strict, as Connector/J makes it: a value that does not fit is an error, never cut. */
#include "connectors/jdbc/jdbc_connection.h"

#include "connectors/jdbc/jdbc_library.h"

#include <string.h>

enum { PAUSE_FIRST_MS = 100, PAUSE_MAX_MS = 2000, QUIET_MS = 300 };

/* ---- errors ------------------------------------------------------------------------------------------------------ */

typedef struct ErrorCode {
    unsigned    code;
    Status      status;
    JdbcTrouble trouble;
} ErrorCode;

static const ErrorCode error_codes[] = {
#define ERROR_CODE(number, status, trouble) { number, STATUS_##status, trouble },
#include "connectors/jdbc/jdbc_errors.def"
#undef ERROR_CODE
};

static ErrorCode sort_code(unsigned code)
{
    for (size_t i = 0; i < sizeof(error_codes) / sizeof(*error_codes); i++)
        if (error_codes[i].code == code)
            return error_codes[i];
    return (ErrorCode){ code, STATUS_DATA, JDBC_WRONG };
}

/* A server that dies in the middle of a TLS record, or of its handshake, looks like a TLS error. The client library has no number of its own
 * for that: before a first login has worked, only the text tells it from a certificate that is refused. */
static bool is_cut_off(const JdbcConnection *connection)
{
    static const char *const texts[] = { "unexpected eof", "Connection reset", "Broken pipe" };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        if (strstr(mysql_error(connection->handle), texts[i]))
            return true;
    return connection->was_reached;
}

static Status report(JdbcConnection *connection, Error *err)
{
    const TableSpec *table = connection->spec->table;
    connection->code = mysql_errno(connection->handle);
    ErrorCode sorted = sort_code(connection->code);
    if (sorted.code == 2026 && is_cut_off(connection))
        sorted = (ErrorCode){ 2026, STATUS_CONNECT, JDBC_LOST };
    connection->trouble = sorted.trouble;
    if (jdbc_connection_is_stopping(connection))
        connection->trouble = JDBC_STOPPED;
    error_set(err, sorted.status, table->span, "table %.*s, %.*s: %s (%u)", STR_FMT(table->path),
              STR_FMT(connection->options->label), mysql_error(connection->handle), connection->code);
    if (connection->code == 1146 && str_find(connection->options->table, '.') >= 0)
        error_hint(err, "'table-name' is one name; the database belongs into 'url': jdbc:mysql://host:port/database");
    return sorted.status;
}

static Status stopped(JdbcConnection *connection, Error *err)
{
    connection->trouble = JDBC_STOPPED;
    return error_set(err, STATUS_CANCELLED, connection->spec->table->span, "stopped");
}

void jdbc_notice(const IoSpec *spec, const char *format, ...)
{
    if (!spec->host || !spec->host->notice)
        return;
    Text    line = TEXT_EMPTY;
    va_list args;
    va_start(args, format);
    text_vprintf(&line, format, args);
    va_end(args);
    spec->host->notice(spec->host->state, text_str(&line));
    text_free(&line);
}

void jdbc_tell_unknown(const IoSpec *spec, const JdbcOptions *options)
{
    for (int64_t i = 0; i < options->server.unknown.count && spec->task_index == 0; i++)
        jdbc_notice(spec, "table %.*s: property '%.*s' of 'url' is not known and does nothing", STR_FMT(spec->table->path),
                    STR_FMT(options->server.unknown.items[i]));
}

/* ---- stopping ---------------------------------------------------------------------------------------------------- */

bool jdbc_connection_is_stopping(JdbcConnection *connection)
{
    env_mutex_lock(connection->mutex);
    bool is_stopping = connection->is_stopping;
    env_mutex_unlock(connection->mutex);
    return is_stopping;
}

bool jdbc_connection_pause(JdbcConnection *connection, int64_t ms)
{
    int64_t end_ns = clock_monotonic_ns(&env_clock) + ms * 1000000;
    while (!jdbc_connection_is_stopping(connection)) {
        int64_t left_ms = (end_ns - clock_monotonic_ns(&env_clock)) / 1000000;
        if (left_ms <= 0)
            return true;
        wakeup_wait(connection->wakeup, left_ms);
    }
    return false;
}

void jdbc_connection_interrupt(JdbcConnection *connection)
{
    env_mutex_lock(connection->mutex);
    connection->is_stopping = true;
    if (connection->fd >= 0)
        env_tcp_shutdown(connection->fd);
    env_mutex_unlock(connection->mutex);
    wakeup_signal(connection->wakeup);
}

/* From here on the socket can be shut down, or (-1) it can be closed. false: the thread must end. */
static bool publish_socket(JdbcConnection *connection, int fd)
{
    env_mutex_lock(connection->mutex);
    bool is_stopping = connection->is_stopping;
    connection->fd = is_stopping ? -1 : fd;
    env_mutex_unlock(connection->mutex);
    return !is_stopping;
}

/* ---- connecting -------------------------------------------------------------------------------------------------- */

static unsigned to_seconds(int64_t ms)
{
    return (unsigned)((ms + 999) / 1000);
}

static void set_tls(MYSQL *handle, const JdbcServer *server)
{
    my_bool uses_tls = server->tls != JDBC_TLS_DISABLED;
    /* Without a CA the library checks nothing unless it is told to; then it checks the name, too. */
    my_bool verifies = server->tls == JDBC_TLS_VERIFY_IDENTITY || (server->tls == JDBC_TLS_VERIFY_CA && !server->ca_file.ptr);
    if (!uses_tls)
        return;
    mysql_options(handle, MYSQL_OPT_SSL_ENFORCE, &uses_tls);
    if (server->ca_file.ptr)
        mysql_options(handle, MYSQL_OPT_SSL_CA, server->ca_file.ptr);
    mysql_options(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verifies);
}

static void set_options(MYSQL *handle, const JdbcServer *server)
{
    unsigned protocol = MYSQL_PROTOCOL_TCP, local_infile = 0;
    unsigned connect_s = to_seconds(server->connect_timeout_ms), socket_s = to_seconds(server->socket_timeout_ms);
    mysql_options(handle, MYSQL_OPT_PROTOCOL, &protocol);
    mysql_options(handle, MYSQL_OPT_LOCAL_INFILE, &local_infile);
    mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    mysql_options(handle, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
    if (socket_s > 0) {
        mysql_options(handle, MYSQL_OPT_READ_TIMEOUT, &socket_s);
        mysql_options(handle, MYSQL_OPT_WRITE_TIMEOUT, &socket_s);
    }
    mysql_optionsv(handle, MARIADB_OPT_RESTRICTED_AUTH, "mysql_native_password,caching_sha2_password,client_ed25519");
    set_tls(handle, server);
}

static Status check_tls(JdbcConnection *connection, Error *err)
{
    if (connection->options->server.tls < JDBC_TLS_REQUIRED || mysql_get_ssl_cipher(connection->handle))
        return STATUS_OK;
    connection->trouble = JDBC_WRONG;
    return error_set(err, STATUS_AUTH, connection->spec->table->span,
                     "table %.*s, %.*s: TLS is required ('sslMode' of 'url'), but the server has none",
                     STR_FMT(connection->spec->table->path), STR_FMT(connection->options->label));
}

/* A reader may be slow for as long as it likes: it is held back by those who take its rows. */
static Status set_session(JdbcConnection *connection, Error *err)
{
    TRY(jdbc_connection_run(connection, STR("SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_TRANS_TABLES')"), NULL, err));
    if (connection->is_for_reading)
        return jdbc_connection_run(connection, STR("SET SESSION net_write_timeout = 86400"), NULL, err);
    return jdbc_connection_run(connection, STR("SET SESSION autocommit = 0"), NULL, err);
}

static Status connect_once(JdbcConnection *connection, Error *err)
{
    const JdbcServer *server = &connection->options->server;
    connection->handle = mysql_init(NULL);
    if (!connection->handle)
        return error_set(err, STATUS_NO_MEMORY, SPAN_NONE, "out of memory while connecting");
    set_options(connection->handle, server);
    if (!mysql_real_connect(connection->handle, server->host.ptr, server->user.ptr, server->password.ptr,
                            server->database.len > 0 ? server->database.ptr : NULL, (unsigned)server->port, NULL, 0))
        return report(connection, err);
    if (!publish_socket(connection, (int)mysql_get_socket(connection->handle)))
        return stopped(connection, err);
    TRY(check_tls(connection, err));
    return set_session(connection, err);
}

void jdbc_connection_drop(JdbcConnection *connection)
{
    publish_socket(connection, -1);
    jdbc_connection_end_query(connection);
    if (connection->handle)
        mysql_close(connection->handle);
    connection->handle = NULL;
}

static Status give_up(JdbcConnection *connection, const Error *why, Error *err)
{
    return error_set(err, why->status, why->span, "%s; tried for %lld s ('connection.max-retry-timeout')", why->message,
                     (long long)connection->options->reconnect_ms / 1000);
}

Status jdbc_connection_open(JdbcConnection *connection, Error *err)
{
    int64_t begun_ns = clock_monotonic_ns(&env_clock), end_ns = begun_ns + connection->options->reconnect_ms * 1000000;
    bool    was_told = false;
    if (connection->handle)
        return STATUS_OK;
    for (int64_t pause_ms = PAUSE_FIRST_MS;; pause_ms = pause_ms * 2 > PAUSE_MAX_MS ? PAUSE_MAX_MS : pause_ms * 2) {
        Error why = ERROR_NONE;
        if (jdbc_connection_is_stopping(connection))
            return stopped(connection, err);
        connection->trouble = JDBC_FINE;
        if (connect_once(connection, &why) == STATUS_OK)
            break;
        JdbcTrouble trouble = connection->trouble;
        jdbc_connection_drop(connection);
        if (trouble == JDBC_STOPPED)
            return stopped(connection, err);
        connection->trouble = trouble;
        if (trouble != JDBC_LOST)
            return error_set(err, why.status, why.span, "%s", why.message);
        int64_t now_ns = clock_monotonic_ns(&env_clock);
        if (now_ns > end_ns)
            return give_up(connection, &why, err);
        if (!was_told && now_ns - begun_ns >= (int64_t)QUIET_MS * 1000000) {
            jdbc_notice(connection->spec, "%s, trying again", why.message);
            was_told = true;
        }
        jdbc_connection_pause(connection, pause_ms);
    }
    if (was_told)
        jdbc_notice(connection->spec, "%.*s: answers again", STR_FMT(connection->options->label));
    connection->was_reached = true;
    return STATUS_OK;
}

/* ---- statements -------------------------------------------------------------------------------------------------- */

Status jdbc_connection_run(JdbcConnection *connection, Str sql, int64_t *changed, Error *err)
{
    connection->trouble = JDBC_FINE;
    if (mysql_real_query(connection->handle, sql.ptr, (unsigned long)sql.len) != 0)
        return report(connection, err);
    if (changed)
        *changed = (int64_t)mysql_affected_rows(connection->handle);
    return STATUS_OK;
}

Status jdbc_connection_query(JdbcConnection *connection, Str sql, Error *err)
{
    TRY(jdbc_connection_run(connection, sql, NULL, err));
    connection->result = mysql_use_result(connection->handle);
    return connection->result ? STATUS_OK : report(connection, err);
}

Status jdbc_connection_fetch(JdbcConnection *connection, char *const **values, const unsigned long **sizes, Error *err)
{
    *values = mysql_fetch_row(connection->result);
    if (!*values && mysql_errno(connection->handle) != 0)
        return report(connection, err);
    *sizes = *values ? mysql_fetch_lengths(connection->result) : NULL;
    return STATUS_OK;
}

/* Freeing reads what is left of the result: only the socket's end keeps it from that. */
void jdbc_connection_end_query(JdbcConnection *connection)
{
    if (!connection->result)
        return;
    bool is_read = mysql_eof(connection->result);
    if (!is_read)
        env_tcp_shutdown((int)mysql_get_socket(connection->handle));
    mysql_free_result(connection->result);
    connection->result = NULL;
    if (!is_read)
        jdbc_connection_drop(connection);
}

/* ---- create and free --------------------------------------------------------------------------------------------- */

void jdbc_connection_init(JdbcConnection *connection, const IoSpec *spec, const JdbcOptions *options)
{
    *connection = (JdbcConnection){ .spec = spec, .options = options, .fd = -1 };
    connection->wakeup = wakeup_create();
    connection->mutex = env_mutex_create();
}

void jdbc_connection_free(JdbcConnection *connection)
{
    if (!connection->mutex)
        return;
    jdbc_connection_drop(connection);
    wakeup_destroy(connection->wakeup);
    env_mutex_destroy(connection->mutex);
    connection->mutex = NULL;
}
