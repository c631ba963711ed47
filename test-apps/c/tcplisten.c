/* TCP sockets that listen: connections not accepted yet, in their order, one closed before; a connect in progress; bound and fresh sockets;
   an attempt that was refused; options. tcplisten LOG. */
#include "app.h"
#include "inet.h"

struct option {
    int level, name, value;
};
static const struct option OPTIONS[] = {
    {SOL_SOCKET, SO_KEEPALIVE, 1}, {SOL_SOCKET, SO_OOBINLINE, 1}, {SOL_SOCKET, SO_PRIORITY, 4}, {SOL_SOCKET, SO_RCVBUF, 40000}, {SOL_SOCKET, SO_SNDBUF, 50000}, {SOL_SOCKET, SO_RCVLOWAT, 3},
    {IPPROTO_IP, IP_TOS, 0x10}, {IPPROTO_IP, IP_TTL, 33}, {IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT}, {IPPROTO_IP, IP_RECVERR, 1}, {IPPROTO_IP, IP_MINTTL, 2},
    {IPPROTO_TCP, TCP_NODELAY, 1}, {IPPROTO_TCP, TCP_KEEPIDLE, 77}, {IPPROTO_TCP, TCP_KEEPINTVL, 7}, {IPPROTO_TCP, TCP_KEEPCNT, 3}, {IPPROTO_TCP, TCP_SYNCNT, 4}, {IPPROTO_TCP, TCP_LINGER2, 20},
    {IPPROTO_TCP, TCP_USER_TIMEOUT, 12345}, {IPPROTO_TCP, TCP_NOTSENT_LOWAT, 9999}, {IPPROTO_TCP, TCP_CORK, 1}, {IPPROTO_TCP, TCP_INQ, 1}, {IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 1}};
static const struct option SIX[] = {{IPPROTO_IPV6, IPV6_UNICAST_HOPS, 9}, {IPPROTO_IPV6, IPV6_TCLASS, 0x20}, {IPPROTO_IPV6, IPV6_RECVTCLASS, 1}, {IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1}};
enum { MOST = 22, COUNT = sizeof OPTIONS / sizeof *OPTIONS };

static int get(int fd, const struct option *option) {
    int value = -1;
    CHECK(getsockopt(fd, option->level, option->name, &value, &(socklen_t){sizeof value}) == 0);
    return value;
}

/* Sets them all; what they read then is what they are to read for ever. */
static void set(int fd, const struct option *options, int count, int *now) {
    for (int i = 0; i < count; i++) CHECK(setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof(int)) == 0);
    for (int i = 0; i < count; i++) now[i] = get(fd, &options[i]);
}

static void same(int fd, const struct option *options, int count, const int *before) {
    for (int i = 0; i < count; i++)
        if (get(fd, &options[i]) != before[i]) say("FAIL option %d/%d was %d and is %d", options[i].level, options[i].name, before[i], get(fd, &options[i]));
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int now[5][MOST], six[4], pair[2], fresh = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), bound = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    struct sockaddr_storage name, at, full_name, where;
    socklen_t size = loopback(AF_INET, &where);
    CHECK(setsockopt(bound, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 && bind(bound, (struct sockaddr *)&where, size) == 0);
    name_of(bound, &where);
    int server = listener(AF_INET6, 8, &name), full = listener(AF_INET, 0, &full_name), plain = listener(AF_INET, 7, &at);
    connect_pair(AF_INET, AF_INET6, pair);
    set(fresh, OPTIONS, COUNT, now[0]), set(bound, OPTIONS, COUNT, now[1]), set(plain, OPTIONS, COUNT, now[2]), set(pair[0], OPTIONS, COUNT, now[3]), set(pair[1], OPTIONS, COUNT, now[4]);
    set(fresh, SIX, 4, six);
    struct linger linger = {1, 6}, kept;
    struct timeval wait = {3, 500000}, waits;
    char algorithm[16] = "reno", used[16];
    CHECK(setsockopt(bound, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) == 0 && setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0);
    CHECK(setsockopt(pair[1], IPPROTO_TCP, TCP_CONGESTION, algorithm, 4) == 0 && setsockopt(fresh, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0);
    for (int turn = 0;; turn++) {
        int client[4], waiting, refused = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), late = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), accepted;
        struct sockaddr_storage names[4], from, nowhere = where;
        for (int i = 0; i < 4; i++, tick(12)) client[i] = connected(i % 2 ? AF_INET6 : AF_INET, &name), name_of(client[i], &names[i]);
        CHECK(close(client[1]) == 0 && shutdown(client[2], SHUT_WR) == 0);
        waiting = connected(AF_INET, &full_name); /* as many as there is room for */
        CHECK(connect(late, (struct sockaddr *)&full_name, size) == -1 && errno == EINPROGRESS && poll_of(late, POLLOUT) == 0);
        ((struct sockaddr_in *)&nowhere)->sin_port = htons(1);
        CHECK(connect(refused, (struct sockaddr *)&nowhere, size) == -1 && errno == EINPROGRESS && (poll_of(refused, POLLOUT) & POLLERR));
        for (int i = 0; i < 10; i++) {
            same(fresh, OPTIONS, COUNT, now[0]), same(bound, OPTIONS, COUNT, now[1]), same(plain, OPTIONS, COUNT, now[2]), same(pair[0], OPTIONS, COUNT, now[3]), same(pair[1], OPTIONS, COUNT, now[4]);
            same(fresh, SIX, 4, six);
            CHECK(same_name(bound, &where) && same_name(plain, &at) && same_name(server, &name) && same_name(client[0], &names[0]) && (fcntl(bound, F_GETFL) & O_NONBLOCK) && (fcntl(fresh, F_GETFD) & FD_CLOEXEC));
            CHECK(getsockopt(bound, SOL_SOCKET, SO_LINGER, &kept, &(socklen_t){sizeof kept}) == 0 && memcmp(&linger, &kept, sizeof kept) == 0);
            CHECK(getsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &waits, &(socklen_t){sizeof waits}) == 0 && waits.tv_sec == 3 && waits.tv_usec == 500000);
            CHECK(getsockopt(pair[1], IPPROTO_TCP, TCP_CONGESTION, used, &(socklen_t){sizeof used}) == 0 && strcmp(used, "reno") == 0 && get(fresh, &(struct option){IPPROTO_IPV6, IPV6_V6ONLY, 0}) == 1);
            CHECK(get(plain, &(struct option){SOL_SOCKET, SO_ACCEPTCONN, 0}) == 1 && get(bound, &(struct option){SOL_SOCKET, SO_ACCEPTCONN, 0}) == 0 && poll_of(plain, POLLIN) == 0);
            beat();
        }
        for (int i = 0; i < 4; i++) {
            char text[8];
            CHECK((accepted = accept(server, (struct sockaddr *)&from, &(socklen_t){sizeof from})) >= 0 && ((struct sockaddr_in *)&from)->sin_port == ((struct sockaddr_in *)&names[i])->sin_port);
            CHECK(get(accepted, &(struct option){SOL_SOCKET, SO_REUSEADDR, 0}) == 1);
            if (i == 1 || i == 2) CHECK(recv(accepted, text, 8, 0) == 0);
            else CHECK(send(client[i], "hello", 5, 0) == 5 && recv(accepted, text, 5, MSG_WAITALL) == 5 && send(accepted, text, 5, 0) == 5 && recv(client[i], text, 5, MSG_WAITALL) == 5);
            if (i == 2) CHECK(send(accepted, text, 1, 0) == 1 && recv(client[i], text, 1, 0) == 1);
            CHECK(close(accepted) == 0 && (i == 1 || close(client[i]) == 0));
        }
        CHECK(poll_of(server, POLLIN) == 0 && get(refused, &(struct option){SOL_SOCKET, SO_ERROR, 0}) == ECONNREFUSED && close(refused) == 0);
        CHECK((accepted = accept(full, NULL, NULL)) >= 0 && close(accepted) == 0 && close(waiting) == 0);
        struct pollfd done = {.fd = late, .events = POLLOUT}; /* now there is room */
        CHECK(poll(&done, 1, 20000) == 1 && done.revents == POLLOUT && get(late, &(struct option){SOL_SOCKET, SO_ERROR, 0}) == 0 && (accepted = accept(full, NULL, NULL)) >= 0);
        CHECK(send(late, "late", 4, 0) == 4 && recv(accepted, used, 4, MSG_WAITALL) == 4 && close(late) == 0 && close(accepted) == 0);
    }
}
