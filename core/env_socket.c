/* env_socket.c: outgoing TCP for connectors that own an I/O thread. Sockets are non-blocking inside; every wait is a
 * poll with a time limit, so that a thread can always be told to stop. */
#include "core/env.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOST_SIZE_MAX = 256 };

/* 1 = ready, 0 = time is up, -1 = failed (errno). Waits again with the time that is left after a signal. */
static int wait_for(int fd, short events, int64_t timeout_ms)
{
    struct pollfd wanted = { .fd = fd, .events = events };
    int64_t       end_ns = clock_monotonic_ns(&env_clock) + timeout_ms * 1000000;
    for (;;) {
        int64_t left_ms = (end_ns - clock_monotonic_ns(&env_clock) + 999999) / 1000000;
        int     count = poll(&wanted, 1, left_ms > 0 ? (int)left_ms : 0);
        if (count >= 0 || errno != EINTR)
            return count;
    }
}

/* Returns a connected socket or -1 with errno set. */
static int connect_address(const struct addrinfo *address, int64_t timeout_ms)
{
    int fd = socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address->ai_protocol);
    if (fd < 0)
        return -1;
    int       code = 0;
    socklen_t code_size = sizeof(code);
    if (connect(fd, address->ai_addr, address->ai_addrlen) != 0) {
        int ready = errno == EINPROGRESS ? wait_for(fd, POLLOUT, timeout_ms) : -1;
        if (ready < 0)
            code = errno;
        else if (ready == 0)
            code = ETIMEDOUT;
        else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &code_size) != 0)
            code = errno;
    }
    if (code != 0) {
        close(fd);
        errno = code;
        return -1;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
    return fd;
}

static Status fail(Error *err, Str host, int32_t port, const char *reason)
{
    return error_set(err, STATUS_CONNECT, SPAN_NONE, "cannot connect to %.*s:%d: %s", STR_FMT(host), port, reason);
}

Status env_tcp_connect(Str host, int32_t port, int64_t timeout_ms, int *fd, Error *err)
{
    char             name[HOST_SIZE_MAX];
    char             service[16];
    char             reason[128];
    struct addrinfo  wanted = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
    struct addrinfo *addresses;
    if (host.len >= HOST_SIZE_MAX || str_find(host, '\0') >= 0)
        return fail(err, host, port, "not a host name");
    snprintf(name, sizeof(name), "%.*s", STR_FMT(host));
    snprintf(service, sizeof(service), "%d", port);
    int resolved = getaddrinfo(name, service, &wanted, &addresses);
    if (resolved != 0)
        return fail(err, host, port, gai_strerror(resolved));
    *fd = -1;
    int code = 0;
    for (const struct addrinfo *address = addresses; address && *fd < 0; address = address->ai_next) {
        *fd = connect_address(address, timeout_ms);
        code = errno;
    }
    freeaddrinfo(addresses);
    return *fd >= 0 ? STATUS_OK : fail(err, host, port, strerror_r(code, reason, sizeof(reason)));
}

Status env_tcp_read(int fd, void *bytes, int64_t size, int64_t timeout_ms, int64_t *got, Error *err)
{
    char reason[128];
    for (;;) {
        int     ready = wait_for(fd, POLLIN, timeout_ms);
        ssize_t count = ready > 0 ? recv(fd, bytes, (size_t)size, 0) : -1;
        if (ready == 0)
            return STATUS_TIMEOUT;
        if (count >= 0) {
            *got = count;
            return STATUS_OK;
        }
        if (errno != EINTR && errno != EAGAIN)
            return error_set(err, STATUS_IO, SPAN_NONE, "cannot read from the connection: %s",
                             strerror_r(errno, reason, sizeof(reason)));
    }
}

void env_tcp_close(int fd)
{
    close(fd);
}

void env_tcp_shutdown(int fd)
{
    shutdown(fd, SHUT_RDWR);
}
