/* UNIX sockets: pairs of all types, within and between processes, half-closed, one end gone, named, abstract, options, credentials. unixsockets LOG FOLDER. */
#include "app.h"
#include "sockets.h"
#include <poll.h>

static char data[40000], got[40000];

static int option(int fd, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    CHECK(getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0);
    return value;
}

static void set(int fd, int name, int value) { CHECK(setsockopt(fd, SOL_SOCKET, name, &value, sizeof value) == 0); }

static void pair(int type, int *ends) { CHECK(socketpair(AF_UNIX, type, 0, ends) == 0); }

int main(int argc, char **argv) {
    begin(argc, argv);
    CHECK(argc > 2 && chdir(argv[2]) == 0);
    fill(data, sizeof data, 5);
    signal(SIGPIPE, SIG_IGN);
    int stream[2], datagram[2], packet[2], half[2], orphan[2], reset[2], lone[2], shared[2], child_end;
    pair(SOCK_STREAM | SOCK_CLOEXEC, stream), pair(SOCK_DGRAM, datagram), pair(SOCK_SEQPACKET | SOCK_NONBLOCK, packet), pair(SOCK_STREAM, half);
    pair(SOCK_STREAM, orphan), pair(SOCK_STREAM, reset), pair(SOCK_DGRAM, lone), pair(SOCK_STREAM, shared);
    CHECK(close(lone[1]) == 0);
    CHECK(write(half[0], "half", 4) == 4 && shutdown(half[0], SHUT_WR) == 0);
    CHECK(write(orphan[1], "last words", 10) == 10 && close(orphan[1]) == 0);
    CHECK(write(reset[0], "unread", 6) == 6 && close(reset[1]) == 0); /* ECONNRESET waits */
    pid_t parent = getpid(), child = fork();
    CHECK(child >= 0);
    if (child == 0) { /* answers on the other end of a pair */
        char c;
        while (read(shared[1], &c, 1) == 1 && getppid() == parent) CHECK(write(shared[1], &c, 1) == 1);
        exit(0);
    }
    child_end = dup(shared[0]);
    struct sockaddr_un path = un("here/../sock"), abstract = un("");
    CHECK(mkdir("here", 0755) == 0 || errno == EEXIST);
    unlink("sock");
    memcpy(abstract.sun_path, "\0jdmtcp\0\377", 9);
    snprintf(abstract.sun_path + 9, 20, "%d", parent);
    int named = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0), hidden = socket(AF_UNIX, SOCK_DGRAM, 0), to = socket(AF_UNIX, SOCK_DGRAM, 0), fresh = socket(AF_UNIX, SOCK_STREAM, 0);
    socklen_t abstract_size = sizeof(sa_family_t) + 20;
    CHECK(bind(named, (void *)&path, sizeof path) == 0 && chmod("sock", 0640) == 0 && bind(hidden, (void *)&abstract, abstract_size) == 0);
    CHECK(connect(to, (void *)&path, sizeof path) == 0 && bind(to, (void *)&(struct sockaddr_un){.sun_family = AF_UNIX}, sizeof(sa_family_t)) == 0);
    struct sockaddr_un automatic;
    socklen_t automatic_size = sizeof automatic, size;
    CHECK(getsockname(to, (void *)&automatic, &automatic_size) == 0);
    set(stream[0], SO_SNDBUF, 30000);
    set(stream[1], SO_RCVBUF, 50000);
    set(datagram[1], SO_PASSCRED, 1);
    struct timeval patience = {.tv_sec = 77, .tv_usec = 40000}, timeout;
    struct linger linger = {.l_onoff = 1, .l_linger = 9}, lingering;
    CHECK(setsockopt(packet[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 && setsockopt(packet[0], SOL_SOCKET, SO_LINGER, &linger, sizeof linger) == 0);
    int sndbuf = option(stream[0], SO_SNDBUF), rcvbuf = option(stream[1], SO_RCVBUF);
    for (int turn = 0;; turn++) {
        int length = 1 + turn * 1777 % 9000;
        set(stream[0], SO_PEEK_OFF, 3); /* what is read moves it back */
        CHECK(write(stream[0], data + 1, length) == length && write(stream[1], data + 2, 33) == 33);
        for (int i = 1; i <= 5; i++) CHECK(send(datagram[0], data + i, i * 300, 0) == i * 300 && send(packet[1], data + i, i * 200, 0) == i * 200);
        CHECK(send(packet[1], "", 0, 0) == 0 && sendto(hidden, data, 55, 0, (void *)&path, sizeof path) == 55 && send(to, data + 9, 66, 0) == 66);
        CHECK(sendto(named, data, 77, 0, (void *)&abstract, abstract_size) == 77);
        for (int i = 0; i < 12; i++) {
            struct ucred ids;
            CHECK((size = sizeof ids, getsockopt(stream[0], SOL_SOCKET, SO_PEERCRED, &ids, &size) == 0) && ids.pid == parent && ids.uid == geteuid() && ids.gid == getegid());
            CHECK(option(stream[0], SO_SNDBUF) == sndbuf && option(stream[1], SO_RCVBUF) == rcvbuf && option(datagram[1], SO_PASSCRED) == 1 && option(datagram[0], SO_PASSCRED) == 0);
            CHECK(option(stream[0], SO_PEEK_OFF) == 3 && option(stream[1], SO_PEEK_OFF) == -1);
            CHECK((size = sizeof timeout, getsockopt(packet[0], SOL_SOCKET, SO_RCVTIMEO, &timeout, &size) == 0) && timeout.tv_sec == 77 && timeout.tv_usec == 40000);
            CHECK((size = sizeof lingering, getsockopt(packet[0], SOL_SOCKET, SO_LINGER, &lingering, &size) == 0) && lingering.l_onoff == 1 && lingering.l_linger == 9);
            CHECK(fcntl(stream[0], F_GETFD) == FD_CLOEXEC && fcntl(half[0], F_GETFD) == 0 && (fcntl(packet[0], F_GETFL) & O_NONBLOCK) && !(fcntl(half[0], F_GETFL) & O_NONBLOCK));
            struct sockaddr_un name;
            struct stat status;
            CHECK((size = sizeof name, getsockname(named, (void *)&name, &size) == 0) && strcmp(name.sun_path, "here/../sock") == 0);
            CHECK((size = sizeof name, getsockname(hidden, (void *)&name, &size) == 0) && size == abstract_size && memcmp(&name, &abstract, size) == 0);
            CHECK((size = sizeof name, getsockname(to, (void *)&name, &size) == 0) && size == automatic_size && memcmp(&name, &automatic, size) == 0);
            CHECK((size = sizeof name, getpeername(to, (void *)&name, &size) == 0) && strcmp(name.sun_path, "here/../sock") == 0);
            CHECK(stat("sock", &status) == 0 && S_ISSOCK(status.st_mode) && (status.st_mode & 0777) == 0640);
            CHECK(write(half[0], "x", 1) == -1 && errno == EPIPE && write(half[1], "back", 4) == 4 && read(half[0], got, 9) == 4);
            CHECK(write(lone[0], "x", 1) == -1 && (errno == ECONNREFUSED || errno == ENOTCONN));
            CHECK(write(orphan[0], "x", 1) == -1 && errno == EPIPE && recv(orphan[0], got, 20, MSG_PEEK) == 10 && memcmp(got, "last words", 10) == 0);
            struct pollfd ready[] = {{.fd = reset[0], .events = POLLIN}, {.fd = fresh, .events = POLLIN}, {.fd = half[1], .events = POLLIN | POLLRDHUP}};
            CHECK(poll(ready, 3, 0) == 3 && (ready[0].revents & POLLERR) && (ready[0].revents & POLLHUP) && (ready[1].revents & POLLHUP) && ready[2].revents == (POLLIN | POLLRDHUP));
            CHECK(write(child_end, "c", 1) == 1 && read(shared[0], got, 1) == 1 && *got == 'c');
            beat();
        }
        int sum = 0;
        while (sum < length) sum += CHECKED(read(stream[1], got + sum, sizeof got - sum));
        CHECK(sum == length && memcmp(got, data + 1, length) == 0 && read(stream[0], got, sizeof got) == 33 && memcmp(got, data + 2, 33) == 0);
        for (int i = 1; i <= 5; i++) {
            struct ucred from = {0};
            CHECK(receive(datagram[1], got, sizeof got, NULL, NULL, &from) == i * 300 && memcmp(got, data + i, i * 300) == 0 && from.pid == parent && from.uid == geteuid());
            CHECK(read(packet[0], got, sizeof got) == i * 200 && memcmp(got, data + i, i * 200) == 0);
        }
        CHECK(read(packet[0], got, sizeof got) == 0 && read(packet[0], got, 1) == -1 && errno == EAGAIN);
        struct sockaddr_un from;
        CHECK((size = sizeof from, recvfrom(named, got, sizeof got, 0, (void *)&from, &size) == 55) && size == abstract_size && memcmp(&from, &abstract, size) == 0);
        CHECK((size = sizeof from, recvfrom(named, got, sizeof got, 0, (void *)&from, &size) == 66) && size == automatic_size && memcmp(&from, &automatic, size) == 0 && memcmp(got, data + 9, 66) == 0);
        CHECK((size = sizeof from, recvfrom(hidden, got, sizeof got, 0, (void *)&from, &size) == 77) && strcmp(from.sun_path, "here/../sock") == 0 && recv(named, got, 1, 0) == -1 && errno == EAGAIN);
    }
}
