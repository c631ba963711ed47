/* What the programs about sockets share. */
#pragma once
#include <sys/socket.h>
#include <sys/un.h>

#define CHECKED(call) checked(call, __LINE__, #call)

/* A result that may not be an error or an end. */
__attribute__((unused)) static ssize_t checked(ssize_t result, int line, const char *what) {
    if (result <= 0) lost(line, what);
    return result;
}

__attribute__((unused)) static struct sockaddr_un un(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, path);
    return address;
}

/* Sends data with descriptors. */
__attribute__((unused)) static ssize_t give(int socket, const void *data, size_t size, const int *fds, int count) {
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(16 * sizeof(int))];
    } control = {0};
    struct iovec vector = {(void *)data, size};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_SPACE(count * sizeof(int))};
    control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(count * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.header), fds, count * sizeof(int));
    return sendmsg(socket, &message, 0);
}

/* Receives data with up to 16 descriptors and the sender's ids. */
__attribute__((unused)) static ssize_t receive(int socket, void *data, size_t size, int *fds, int *count, struct ucred *from) {
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(16 * sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
    } control;
    struct iovec vector = {data, size};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t n = recvmsg(socket, &message, 0);
    if (count) *count = 0;
    for (struct cmsghdr *c = n < 0 ? NULL : CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
        if (c->cmsg_type == SCM_CREDENTIALS && from) memcpy(from, CMSG_DATA(c), sizeof *from);
        if (c->cmsg_type == SCM_RIGHTS && fds) memcpy(fds, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0)), *count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    }
    return n;
}
