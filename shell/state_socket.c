/* state_socket.c: see state_socket.h. The address of a socket is short and paths are long: it is reached through the directory's descriptor. */
#include "state_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

enum { LINE_MAX_SIZE = 16384 };
#define SOCKET_NAME "control.sock"

static struct sockaddr_un address_of(int directory_fd)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/" SOCKET_NAME, directory_fd);
    return address;
}

static int listen_in(int directory_fd)
{
    struct sockaddr_un address = address_of(directory_fd);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unlinkat(directory_fd, SOCKET_NAME, 0); /* of a process that was killed */
    bool is_open = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
                   fchmodat(directory_fd, SOCKET_NAME, 0600, 0) == 0 && listen(fd, 4) == 0;
    if (!is_open && fd >= 0)
        close(fd);
    return is_open ? fd : -1;
}

int state_socket_listen(const char *directory, int *lock_fd)
{
    int directory_fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory_fd < 0)
        return -1;
    int fd = flock(directory_fd, LOCK_EX | LOCK_NB) == 0 ? listen_in(directory_fd) : -1;
    if (fd >= 0)
        *lock_fd = directory_fd;
    else
        close(directory_fd);
    return fd;
}

void state_socket_close(int listen_fd, int lock_fd)
{
    unlinkat(lock_fd, SOCKET_NAME, 0);
    close(listen_fd);
    close(lock_fd);
}

int state_socket_connect(const char *directory)
{
    int directory_fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory_fd < 0)
        return -1;
    struct sockaddr_un address = address_of(directory_fd);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        close(fd);
        fd = -1;
    }
    close(directory_fd);
    return fd;
}

static bool await_bytes(int fd, int seconds)
{
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    int ready;
    do
        ready = poll(&wait, 1, seconds > 0 ? seconds * 1000 : -1);
    while (ready < 0 && errno == EINTR);
    return ready > 0;
}

bool state_socket_read_line(int fd, int seconds, Buffer *line)
{
    char byte;
    buffer_clear(line);
    while (line->size < LINE_MAX_SIZE && await_bytes(fd, seconds) && read(fd, &byte, 1) == 1) {
        if (byte == '\n')
            return true;
        buffer_put(line, byte);
    }
    return false;
}

bool state_socket_write(int fd, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t put = send(fd, text, size, MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        text += put;
        size -= (size_t)put;
    }
    return true;
}

/* Looked up where the kernel lists locks: to try it would be to hold it, just when a job wants to start. */
bool state_folder_is_locked(const char *folder)
{
    Buffer path = BUFFER_EMPTY;
    struct stat found;
    char line[256], wanted[64];
    bool is_locked = false;
    buffer_printf(&path, "%s/lock", folder);
    bool is_there = stat(buffer_text(&path), &found) == 0;
    buffer_free(&path);
    FILE *locks = is_there ? fopen("/proc/locks", "re") : NULL;
    if (!locks)
        return false;
    snprintf(wanted, sizeof(wanted), " %02x:%02x:%llu ", major(found.st_dev), minor(found.st_dev), (unsigned long long)found.st_ino);
    while (!is_locked && fgets(line, sizeof(line), locks))
        is_locked = strstr(line, " FLOCK ") && strstr(line, wanted);
    fclose(locks);
    return is_locked;
}
