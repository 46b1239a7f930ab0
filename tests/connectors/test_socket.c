/* test_socket.c: the socket connector against a listener thread on the loopback. */
#include "tests/connectors/table.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* Sends parts[0], closes, accepts again and sends parts[1], ... */
typedef struct Server {
    int                listener;
    int32_t            port;
    const char *const *parts;
    int64_t            repeat; /* each part so many times */
    EnvThread         *thread;
} Server;

static void serve(void *context)
{
    Server *server = context;
    for (const char *const *part = server->parts; *part; part++) {
        int fd = accept(server->listener, NULL, NULL);
        if (fd < 0)
            return;
        for (int64_t i = 0; i < server->repeat; i++)
            if (send(fd, *part, strlen(*part), MSG_NOSIGNAL) < 0)
                break;
        close(fd);
    }
}

static void server_listen(Server *server)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t          size = sizeof(address);
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(server->listener, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(listen(server->listener, 4), 0);
    ck_assert_int_eq(getsockname(server->listener, (struct sockaddr *)&address, &size), 0);
    server->port = ntohs(address.sin_port);
}

static void server_start(Server *server, const char *const *parts, int64_t repeat)
{
    Error err = ERROR_NONE;
    server_listen(server);
    server->parts = parts;
    server->repeat = repeat;
    ck_assert_int_eq(env_thread_start(&server->thread, "server", serve, server, &err), STATUS_OK);
}

static void server_stop(Server *server)
{
    shutdown(server->listener, SHUT_RDWR);
    env_thread_join(server->thread);
    close(server->listener);
}

static Table *open_table(const Server *server, const char *columns, const char *options)
{
    char all[256];
    snprintf(all, sizeof(all), "connector=socket;hostname=127.0.0.1;port=%d;%s", server->port, options);
    return table_open(columns, "", "", all);
}

/* Polls, waiting for the wake-up in between, until the rows have come or the input has ended. */
static void read_rows(Table *table, int64_t rows)
{
    Poll poll = { .state = POLL_ROWS };
    if (!table->source)
        ck_assert_int_eq(table_start_source(table), STATUS_OK);
    for (int32_t turns = 0; table->counters.rows < rows && poll.state != POLL_END && turns < 100000; turns++) {
        ck_assert_msg(table_poll(table, 500, &poll) == STATUS_OK, "%s", table->err.message);
        if (poll.state == POLL_EMPTY)
            wakeup_wait(table->wakeup, 1000);
    }
}

START_TEST(lines_are_rows_and_the_end_is_the_end_when_told)
{
    static const char *const parts[] = { "{\"i\":1}\n{\"i\":2}\r\n\n{\"i\":3}", NULL };
    Server server;
    server_start(&server, parts, 1);
    Table *table = open_table(&server, "i INT", "format=json;socket.reconnect=false");
    ck_assert_str_eq(table_check(table, false), "");
    read_rows(table, INT64_MAX);
    ck_assert_str_eq(text_cstr(&table->text), "{\"i\":1}\n{\"i\":2}\n{\"i\":3}\n");
    ck_assert_int_eq(table->counters.rows, 3);
    table_close(table);
    server_stop(&server);
}
END_TEST

START_TEST(a_lost_connection_is_made_again)
{
    static const char *const parts[] = { "one\nhal", "two\n", "three\n", NULL };
    Server server;
    server_start(&server, parts, 1);
    Table *table = open_table(&server, "s STRING", "format=raw");
    read_rows(table, 4);
    ck_assert_str_eq(text_cstr(&table->text), "{\"s\":\"one\"}\n{\"s\":\"hal\"}\n{\"s\":\"two\"}\n{\"s\":\"three\"}\n");
    ck_assert(strstr(text_cstr(&table->notices), "the other side closed the connection; connecting again") != NULL);
    table_close(table);
    server_stop(&server);
}
END_TEST

START_TEST(a_server_that_is_not_there_yet_is_waited_for)
{
    static const char *const parts[] = { "x\n", NULL };
    Server server;
    Error  err = ERROR_NONE;
    Poll   poll;
    server_listen(&server);
    close(server.listener); /* its port is now free: nobody listens */
    Table *table = open_table(&server, "s STRING", "format=raw");
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    for (int32_t i = 0; i < 100 && table->notices.len == 0; i++) {
        wakeup_wait(table->wakeup, 100);
        ck_assert_int_eq(table_poll(table, 10, &poll), STATUS_OK);
        ck_assert_int_eq(poll.state, POLL_EMPTY);
    }
    ck_assert(strstr(text_cstr(&table->notices), "Connection refused; trying again") != NULL);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) },
                                   .sin_port = htons((uint16_t)server.port) };
    server.listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(server.listener, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
    ck_assert_int_eq(bind(server.listener, (struct sockaddr *)&address, sizeof(address)), 0);
    ck_assert_int_eq(listen(server.listener, 4), 0);
    server.parts = parts;
    server.repeat = 1;
    ck_assert_int_eq(env_thread_start(&server.thread, "server", serve, &server, &err), STATUS_OK);
    read_rows(table, 1);
    ck_assert_str_eq(text_cstr(&table->text), "{\"s\":\"x\"}\n");
    table_close(table);
    server_stop(&server);
}
END_TEST

START_TEST(many_lines_pass_in_order)
{
    static const char *const parts[] = { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,1\nb,2\n", NULL };
    enum { REPEAT = 50000 };
    Server server;
    server_start(&server, parts, REPEAT);
    Table *table = open_table(&server, "s STRING, i INT", "format=csv;socket.reconnect=false");
    read_rows(table, INT64_MAX);
    ck_assert_int_eq(table->counters.rows, 2 * REPEAT);
    ck_assert_int_eq(table->counters.bytes, REPEAT * (int64_t)strlen(parts[0]));
    table_close(table);
    server_stop(&server);
}
END_TEST

START_TEST(another_delimiter)
{
    static const char *const parts[] = { "a\nb|c|", NULL };
    static const char *const options[] = { "format=raw;delimiter=|;socket.reconnect=false",
                                           "format=raw;byte-delimiter=124;socket.reconnect=false" };
    for (int32_t i = 0; i < 2; i++) {
        Server server;
        server_start(&server, parts, 1);
        Table *table = open_table(&server, "s STRING", options[i]);
        read_rows(table, INT64_MAX);
        ck_assert_str_eq(text_cstr(&table->text), "{\"s\":\"a\\nb\"}\n{\"s\":\"c\"}\n");
        table_close(table);
        server_stop(&server);
    }
}
END_TEST

START_TEST(a_reader_can_be_closed_while_the_ring_is_full)
{
    static const char *const parts[] = { "0123456789012345678901234567890123456789\n", NULL };
    Server server;
    Poll   poll;
    server_start(&server, parts, 1000000);
    Table *table = open_table(&server, "s STRING", "format=raw");
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    wakeup_wait(table->wakeup, 1000);
    env_sleep_ms(50);
    ck_assert_int_eq(table_poll(table, 10, &poll), STATUS_OK);
    table_close(table);
    server_stop(&server);
}
END_TEST

START_TEST(only_one_task_reads)
{
    Poll   poll;
    Table *table = table_open("s STRING", "", "", "connector=socket;hostname=127.0.0.1;port=1;format=raw");
    table->io.task_index = 1;
    table->io.task_count = 2;
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    ck_assert_int_eq(table_poll(table, 10, &poll), STATUS_OK);
    ck_assert(poll.state == POLL_END && poll.has_no_splits);
    table_close(table);
}
END_TEST

START_TEST(a_bad_line_names_its_table)
{
    static const char *const parts[] = { "{\"i\":1}\nnope\n", NULL };
    Server server;
    Poll   poll = { .state = POLL_EMPTY };
    server_start(&server, parts, 1);
    Table *table = open_table(&server, "i INT", "format=json");
    ck_assert_int_eq(table_start_source(table), STATUS_OK);
    while (poll.state == POLL_EMPTY && table->err.status == STATUS_OK) {
        wakeup_wait(table->wakeup, 1000);
        table_poll(table, 10, &poll);
    }
    ck_assert_str_eq(table->err.message,
                     "table default_catalog.default_database.t: Failed to deserialize JSON: at byte 0: expected an "
                                         "object or an array of objects, found 'n'");
    table_close(table);
    server_stop(&server);
}
END_TEST

static void check_refused(const char *options, bool is_sink, const char *message)
{
    Table *table = table_open("s STRING", "", "", options);
    ck_assert_str_eq(table_check(table, is_sink), message);
    table_close(table);
}

START_TEST(bad_tables_are_refused)
{
    check_refused("connector=socket;port=1;format=raw", false,
                  "connector 'socket' needs the option 'hostname': the server's name or address");
    check_refused("connector=socket;hostname=h;port=70000;format=raw", false,
                  "option 'port' = '70000': expected 1 to 65535");
    check_refused("connector=socket;hostname=h;port=1;format=raw;byte-delimiter=300", false,
                  "option 'byte-delimiter' = '300': expected 0 to 255");
    check_refused("connector=socket;hostname=h;port=1;format=raw;delimiter=||", false,
                  "option 'delimiter' = '||': expected one byte, or \\n, \\t, \\0");
    check_refused("connector=socket;hostname=h;port=1;format=raw;delimiter=|;byte-delimiter=10", false,
                  "options 'delimiter' and 'byte-delimiter' say the same: set one of them");
    check_refused("connector=socket;hostname=h;port=1;format=raw", true,
                  "connector 'socket' can only be used as a source; it cannot be used as a sink (table "
                  "default_catalog.default_database.t)");
}
END_TEST

Suite *suite_socket(void);
Suite *suite_socket(void)
{
    Suite *suite = suite_create("socket");
    TCase *tcase = tcase_create("socket");
    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, lines_are_rows_and_the_end_is_the_end_when_told);
    tcase_add_test(tcase, a_lost_connection_is_made_again);
    tcase_add_test(tcase, a_server_that_is_not_there_yet_is_waited_for);
    tcase_add_test(tcase, many_lines_pass_in_order);
    tcase_add_test(tcase, another_delimiter);
    tcase_add_test(tcase, a_reader_can_be_closed_while_the_ring_is_full);
    tcase_add_test(tcase, only_one_task_reads);
    tcase_add_test(tcase, a_bad_line_names_its_table);
    tcase_add_test(tcase, bad_tables_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
