/* test_env_socket.c: outgoing connections, against a listener of the test's own. */
#include "core/env.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static int listen_on_free_port(int32_t *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t          size = sizeof(address);
    int                fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(listen(fd, 1), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

START_TEST(reads_until_the_peer_closes)
{
    Error   err = ERROR_NONE;
    char    bytes[16];
    int64_t got = -1;
    int32_t port;
    int     fd;
    int     listener = listen_on_free_port(&port);
    ck_assert_int_eq(env_tcp_connect(STR("127.0.0.1"), port, 1000, &fd, &err), STATUS_OK);
    int peer = accept(listener, NULL, NULL);
    ck_assert_int_eq(env_tcp_read(fd, bytes, 16, 20, &got, &err), STATUS_TIMEOUT);
    ck_assert_int_eq(err.status, STATUS_OK);
    ck_assert_int_eq(send(peer, "line\n", 5, 0), 5);
    ck_assert_int_eq(env_tcp_read(fd, bytes, 16, 1000, &got, &err), STATUS_OK);
    ck_assert_int_eq(got, 5);
    ck_assert_mem_eq(bytes, "line\n", 5);
    close(peer);
    ck_assert_int_eq(env_tcp_read(fd, bytes, 16, 1000, &got, &err), STATUS_OK);
    ck_assert_int_eq(got, 0);
    env_tcp_close(fd);
    close(listener);
}
END_TEST

START_TEST(says_who_refused)
{
    Error   err = ERROR_NONE;
    int32_t port;
    int     fd;
    char    expected[128];
    close(listen_on_free_port(&port));
    ck_assert_int_eq(env_tcp_connect(STR("127.0.0.1"), port, 1000, &fd, &err), STATUS_CONNECT);
    snprintf(expected, sizeof(expected), "cannot connect to 127.0.0.1:%d: Connection refused", port);
    ck_assert_str_eq(err.message, expected);
    error_clear(&err);
    ck_assert_int_eq(env_tcp_connect(STR("no such host."), 1, 1000, &fd, &err), STATUS_CONNECT);
}
END_TEST

Suite *suite_env_socket(void)
{
    Suite *suite = suite_create("env_socket");
    TCase *tests = tcase_create("env_socket");
    tcase_add_test(tests, reads_until_the_peer_closes);
    tcase_add_test(tests, says_who_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
