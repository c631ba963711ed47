/* What the programs about IP sockets share. */
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#define CHECKED(call) checked(call, __LINE__, #call)

/* A result that may not be an error or an end. */
__attribute__((unused)) static ssize_t checked(ssize_t result, int line, const char *what) {
    if (result <= 0) lost(line, what);
    return result;
}

/* The loopback address of a family, any port. */
__attribute__((unused)) static socklen_t loopback(int family, struct sockaddr_storage *address) {
    memset(address, 0, sizeof *address);
    address->ss_family = family;
    if (family == AF_INET) ((struct sockaddr_in *)address)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else ((struct sockaddr_in6 *)address)->sin6_addr = in6addr_loopback;
    return family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

__attribute__((unused)) static socklen_t name_of(int fd, struct sockaddr_storage *name) {
    socklen_t size = sizeof *name;
    memset(name, 0, sizeof *name);
    CHECK(getsockname(fd, (struct sockaddr *)name, &size) == 0);
    return size;
}

__attribute__((unused)) static socklen_t peer_of(int fd, struct sockaddr_storage *name) {
    socklen_t size = sizeof *name;
    memset(name, 0, sizeof *name);
    CHECK(getpeername(fd, (struct sockaddr *)name, &size) == 0);
    return size;
}

__attribute__((unused)) static int same_name(int fd, const struct sockaddr_storage *name) {
    struct sockaddr_storage now;
    name_of(fd, &now);
    return memcmp(&now, name, sizeof now) == 0;
}

__attribute__((unused)) static int same_peer(int fd, const struct sockaddr_storage *name) {
    struct sockaddr_storage now;
    peer_of(fd, &now);
    return memcmp(&now, name, sizeof now) == 0;
}

/* A socket that listens on the loopback address, at a free port; of AF_INET6, on all addresses of both families. */
__attribute__((unused)) static int listener(int family, int backlog, struct sockaddr_storage *name) {
    int on = 1, fd = socket(family, SOCK_STREAM, 0);
    socklen_t size = loopback(family, name);
    if (family == AF_INET6) ((struct sockaddr_in6 *)name)->sin6_addr = in6addr_any;
    CHECK(fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
    CHECK(bind(fd, (struct sockaddr *)name, size) == 0 && listen(fd, backlog) == 0);
    name_of(fd, name);
    return fd;
}

/* Connects a socket of a family to a listening one. */
__attribute__((unused)) static int connected(int family, const struct sockaddr_storage *to) {
    struct sockaddr_storage address;
    socklen_t size = loopback(family, &address);
    ((struct sockaddr_in *)&address)->sin_port = ((struct sockaddr_in *)to)->sin_port;
    int fd = socket(family, SOCK_STREAM, 0);
    CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&address, size) == 0);
    return fd;
}

/* A connection: pair[0] has made it, pair[1] was accepted. */
__attribute__((unused)) static void connect_pair(int client, int server, int *pair) {
    struct sockaddr_storage name;
    int listening = listener(server, 1, &name);
    pair[0] = connected(client, &name);
    pair[1] = accept(listening, NULL, NULL);
    CHECK(pair[1] >= 0 && close(listening) == 0);
}

__attribute__((unused)) static int poll_of(int fd, short events) {
    struct pollfd one = {.fd = fd, .events = events};
    CHECK(poll(&one, 1, 0) >= 0);
    return one.revents;
}
