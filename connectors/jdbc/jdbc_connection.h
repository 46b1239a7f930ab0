/* jdbc_connection.h: one connection to the server, used by one I/O thread; and its errors sorted by what helps.
 *
 * jdbc_connection_interrupt may be called by another thread, everything else only by the one that owns the connection. */
#ifndef CONNECTORS_JDBC_JDBC_CONNECTION_H
#define CONNECTORS_JDBC_JDBC_CONNECTION_H

#include "connectors/jdbc/jdbc_options.h"


typedef enum JdbcTrouble {
    JDBC_FINE,
    JDBC_AGAIN, /* the transaction was rolled back (deadlock, lock wait): the same again may do */
    JDBC_LOST,  /* the connection is gone or of no use: a new one may do */
    JDBC_WRONG, /* no waiting helps */
    JDBC_STOPPED
} JdbcTrouble;

typedef struct JdbcConnection {
    const IoSpec      *spec;
    const JdbcOptions *options;
    struct st_mysql     *handle;    /* the library's MYSQL; NULL = not connected */
    struct st_mysql_res *result;    /* of the query that is being read */
    JdbcTrouble        trouble;     /* of the last call */
    unsigned           code;        /* the server's or the library's number of the last error */
    bool               was_reached; /* some login has worked */
    bool               is_for_reading;
    Wakeup            *wakeup;      /* ends pauses */
    EnvMutex          *mutex;       /* guards what follows */
    int                fd;          /* -1 = none that could be shut down */
    bool               is_stopping;
} JdbcConnection;

/* Nothing is opened yet. spec and options are kept. */
void   jdbc_connection_init(JdbcConnection *connection, const IoSpec *spec, const JdbcOptions *options);
void   jdbc_connection_free(JdbcConnection *connection);
/* Connects unless it is connected: again and again for options->reconnect_ms, with a notice. */
Status jdbc_connection_open(JdbcConnection *connection, Error *err);
/* Closes; the next open makes a new one. */
void   jdbc_connection_drop(JdbcConnection *connection);
/* A statement without a result. *changed: the rows it changed; may be NULL. An error says what the server said, behind the table's
 * name; `trouble` says what may help. */
Status jdbc_connection_run(JdbcConnection *connection, Str sql, int64_t *changed, Error *err);
/* A query whose rows are streamed: jdbc_connection_fetch gives one after the other (*values = NULL behind the last), and
 * jdbc_connection_end_query must be called before anything else is run. A row lives until the next is fetched; a NULL value is NULL. */
Status jdbc_connection_query(JdbcConnection *connection, Str sql, Error *err);
Status jdbc_connection_fetch(JdbcConnection *connection, char *const **values, const unsigned long **sizes, Error *err);
/* Not read to its end, the query is cut off with its connection. */
void   jdbc_connection_end_query(JdbcConnection *connection);
/* false: the thread must end. */
bool   jdbc_connection_pause(JdbcConnection *connection, int64_t ms);
bool   jdbc_connection_is_stopping(JdbcConnection *connection);
/* From another thread: what the connection waits for ends at once, all later calls fail with JDBC_STOPPED. */
void   jdbc_connection_interrupt(JdbcConnection *connection);
/* Properties of the URL that nobody knows, told by one of the table's tasks. */
void   jdbc_tell_unknown(const IoSpec *spec, const JdbcOptions *options);
/* One line for the person. */
void   jdbc_notice(const IoSpec *spec, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
