/* TCP over IPv4, IPv6 and both mixed: megabytes in flight both ways between processes, half-closed either way, closed by the peer with data left,
   connections that have ended, non-blocking sockets. tcpstreams LOG. */
#include "app.h"
#include "inet.h"

enum { PLENTY = 2 << 20 };

/* Writes numbered bytes until nothing more goes in; how many went. */
static long stuff(int fd, uint64_t seed, long most) {
    static uint64_t words[8192];
    long sum = 0;
    for (uint64_t part = 0; sum < most; part++) {
        fill(words, sizeof words, seed + part * 8192);
        for (size_t at = 0; at < sizeof words;) {
            ssize_t n = send(fd, (char *)words + at, sizeof words - at, MSG_DONTWAIT);
            if (n < 0) {
                CHECK(errno == EAGAIN);
                return sum;
            }
            at += n, sum += n;
        }
    }
    return sum;
}

/* Reads exactly those bytes. */
static void drain(int fd, uint64_t seed, long size) {
    static uint64_t words[8192], want[8192];
    for (uint64_t part = 0; size > 0; part++) {
        size_t piece = size < (long)sizeof words ? size : (long)sizeof words;
        fill(want, sizeof want, seed + part * 8192);
        for (size_t at = 0; at < piece;) at += CHECKED(recv(fd, (char *)words + at, piece - at, 0));
        CHECK(memcmp(words, want, piece) == 0);
        size -= piece;
    }
}

static int ends(int fd) { char c; return recv(fd, &c, 1, 0) == 0; }

int main(int argc, char **argv) {
    begin(argc, argv);
    signal(SIGPIPE, SIG_IGN);
    int four[2], six[2], mixed[2], talk[2];
    connect_pair(AF_INET, AF_INET, talk);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) { /* an echo in another process */
        uint64_t value;
        close(talk[0]);
        while (recv(talk[1], &value, 8, MSG_WAITALL) == 8) value++, CHECK(send(talk[1], &value, 8, 0) == 8);
        exit(0);
    }
    close(talk[1]);
    for (uint64_t turn = 1;; turn++) {
        connect_pair(AF_INET, AF_INET, four), connect_pair(AF_INET6, AF_INET6, six), connect_pair(AF_INET, AF_INET6, mixed);
        struct sockaddr_storage names[4];
        for (int i = 0; i < 2; i++) name_of(mixed[i], &names[i]), peer_of(mixed[i], &names[2 + i]);
        long there = stuff(four[0], turn, PLENTY), back = stuff(four[1], turn + 1, PLENTY), six_there = stuff(six[0], turn + 2, 100000 + turn);
        int sending[2], ending[2], left[2], over[2], reset[2];
        connect_pair(AF_INET, AF_INET, sending), connect_pair(AF_INET6, AF_INET6, ending), connect_pair(AF_INET, AF_INET, left), connect_pair(AF_INET, AF_INET, over), connect_pair(AF_INET, AF_INET, reset);
        CHECK(send(sending[0], "last words", 10, 0) == 10 && shutdown(sending[0], SHUT_WR) == 0 && shutdown(ending[1], SHUT_WR) == 0);
        long last = stuff(left[0], turn + 3, PLENTY / 4); /* more than the receiver has room for: then its sender is gone */
        CHECK(close(left[0]) == 0);
        CHECK(send(over[0], "bye", 3, 0) == 3 && shutdown(over[0], SHUT_WR) == 0 && shutdown(over[1], SHUT_WR) == 0 && ends(over[0]));
        CHECK(send(reset[0], "unread", 6, 0) == 6 && recv(reset[1], &(char){0}, 1, MSG_PEEK) == 1 && close(reset[1]) == 0); /* resets */
        CHECK(fcntl(six[0], F_SETFL, O_NONBLOCK) == 0);
        for (int i = 0; i < 10; i++) {
            uint64_t value = turn;
            CHECK(send(talk[0], &value, 8, 0) == 8 && recv(talk[0], &value, 8, MSG_WAITALL) == 8 && value == turn + 1);
            CHECK(recv(six[0], &value, 1, 0) == -1 && errno == EAGAIN && (fcntl(six[1], F_GETFL) & O_NONBLOCK) == 0);
            CHECK(recv(ending[1], &value, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN && ends(ending[0]));
            CHECK(poll_of(sending[1], POLLRDHUP) & POLLRDHUP && poll_of(reset[0], POLLIN) & POLLERR && poll_of(four[0], POLLERR) == 0);
            beat();
        }
        for (int i = 0; i < 2; i++) CHECK(same_name(mixed[i], &names[i]) && same_peer(mixed[i], &names[2 + i]));
        drain(four[1], turn, there), drain(four[0], turn + 1, back), drain(six[1], turn + 2, six_there);
        CHECK(send(ending[0], "answer", 6, 0) == 6 && shutdown(ending[0], SHUT_WR) == 0);
        char text[16];
        CHECK(recv(ending[1], text, 16, MSG_WAITALL) == 6 && recv(sending[1], text, 16, MSG_WAITALL) == 10 && memcmp(text, "last words", 10) == 0);
        CHECK(send(sending[1], "ok", 2, 0) == 2 && recv(sending[0], text, 2, MSG_WAITALL) == 2);
        drain(left[1], turn + 3, last);
        CHECK(ends(left[1]) && recv(over[1], text, 16, MSG_WAITALL) == 3 && ends(over[1]) && ends(over[0]));
        CHECK(send(reset[0], "x", 1, 0) == -1 && errno == ECONNRESET && recv(reset[0], text, 1, 0) == 0);
        CHECK(send(mixed[0], "to six", 6, 0) == 6 && recv(mixed[1], text, 6, MSG_WAITALL) == 6 && send(mixed[1], "to four", 7, 0) == 7 && recv(mixed[0], text, 7, MSG_WAITALL) == 7);
        close(left[1]);
        close(reset[0]);
        for (int i = 0; i < 2; i++) close(four[i]), close(six[i]), close(mixed[i]), close(sending[i]), close(ending[i]), close(over[i]);
    }
}
