/* jdbc_url.h: 'jdbc:mysql://host:port/database?property=value&...' as MySQL Connector/J reads it. */
#ifndef CONNECTORS_JDBC_JDBC_URL_H
#define CONNECTORS_JDBC_JDBC_URL_H

#include "core/arena.h"
#include "core/error.h"

typedef enum JdbcTls {
    JDBC_TLS_DISABLED,
    JDBC_TLS_PREFERRED,      /* when the server has it; the certificate is not looked at */
    JDBC_TLS_REQUIRED,       /* never without; the certificate is not looked at */
    JDBC_TLS_VERIFY_CA,      /* ... and an authority that we know has signed it */
    JDBC_TLS_VERIFY_IDENTITY /* ... for this host */
} JdbcTls;

/* Texts are NUL-terminated besides. No secret of it may become part of a message: jdbc_server_label says who it is. */
typedef struct JdbcServer {
    Str       host;
    int32_t   port;
    Str       database; /* "" = none */
    Str       user;     /* {NULL, 0} = not said */
    Str       password;
    JdbcTls   tls;
    Str       ca_file;  /* PEM; {NULL, 0} = the system's authorities */
    int64_t   connect_timeout_ms;
    int64_t   socket_timeout_ms; /* 0 = none */
    bool      zero_date_is_null; /* else an error */
    LIST(Str) unknown;           /* properties that nobody knows */
} JdbcServer;

Status jdbc_url_parse(Arena *arena, Str url, Span span, JdbcServer *out, Error *err);
/* "mysql host:3306" */
Str    jdbc_server_label(Arena *arena, const JdbcServer *server);

#endif
