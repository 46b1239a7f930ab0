/* kafka_client.h: one connection to a cluster: the library's handle, and what is told about its troubles.
 *
 * Used by the task that owns the source or sink. The library's callbacks run inside the task's own polls, so nothing
 * here is locked. */
#ifndef CONNECTORS_KAFKA_KAFKA_CLIENT_H
#define CONNECTORS_KAFKA_KAFKA_CLIENT_H

#include "connectors/kafka/kafka_config.h"

typedef struct KafkaClient {
    const IoSpec *spec;
    rd_kafka_t   *handle;
    Str           servers;
    bool          was_reached; /* some broker has answered something that matters: from now on trouble is waited out */
    int64_t       opened_ns;
    int64_t       connect_limit_ms; /* how long to try before that */
    int64_t       noticed_ns;       /* 0 = nothing was said yet */
    bool          has_news;         /* trouble was reported since then */
    char          reason[512];      /* the last trouble, "" = none since it was last fine */
    Error         failure;          /* what ends the job */
} KafkaClient;

/* Takes conf. dr_msg: may be NULL. The callbacks' opaque is the client. Returns at once; the library connects in the
 * background. */
Status kafka_client_open(KafkaClient *client, const IoSpec *spec, bool is_sink, rd_kafka_conf_t *conf, Error *err);
void   kafka_client_close(KafkaClient *client);
/* To be called after each poll of the library: an error of the kind that ends the job; says what is being waited for.
 */
Status kafka_client_check(KafkaClient *client, Error *err);
/* Answers came: trouble is over. */
void   kafka_client_reached(KafkaClient *client);
/* Sorts an error of the library out: fails the client, or is remembered as the reason to wait. */
void   kafka_client_trouble(KafkaClient *client, rd_kafka_resp_err_t code, const char *reason);
/* Is it a matter of waiting and trying again? */
bool   kafka_error_is_passing(rd_kafka_resp_err_t code);
/* STATUS_AUTH, CONNECT, TIMEOUT, ... of an error of the library. */
Status kafka_error_status(rd_kafka_resp_err_t code);
/* The next step, when there is one. */
void   kafka_error_hint(rd_kafka_resp_err_t code, Error *err);
/* One line for the person. */
void   kafka_notice(const IoSpec *spec, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
