/* signalfd: masks, waiting signals of process and thread, values, non-blocking, shared with a child, watched with epoll. */
#include "app.h"
#include <sys/epoll.h>
#include <sys/signalfd.h>

static sigset_t set_of(int a, int b) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, a);
    if (b) sigaddset(&set, b);
    return set;
}

static int made(int a, int b, int flags) {
    sigset_t set = set_of(a, b);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    int fd = signalfd(-1, &set, flags);
    CHECK(fd >= 0);
    return fd;
}

static void expect(int fd, int signal, int value) {
    struct signalfd_siginfo info;
    CHECK(read(fd, &info, sizeof info) == sizeof info && (int)info.ssi_signo == signal && info.ssi_int == value);
}

static void send(int signal, int value) { CHECK(sigqueue(getpid(), signal, (union sigval){.sival_int = value}) == 0); }

static int ready(int ep) {
    struct epoll_event event;
    return epoll_wait(ep, &event, 1, 0);
}

static void *blocked_reader(void *fd) {
    for (int n = 1; n < 1 << 30; n++) expect((int)(intptr_t)fd, SIGRTMIN + 5, n); /* sleeps in read most of the time */
    return fd;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int plain = made(SIGUSR1, SIGUSR2, 0), quick = made(SIGRTMIN + 1, SIGRTMIN + 2, SFD_NONBLOCK | SFD_CLOEXEC), silent = made(SIGHUP, 0, SFD_NONBLOCK), awaited = made(SIGRTMIN + 5, 0, 0), changed = made(SIGWINCH, 0, SFD_NONBLOCK), to[2], from[2];
    sigset_t other = set_of(SIGRTMIN + 7, 0);
    CHECK(sigprocmask(SIG_BLOCK, &other, NULL) == 0 && signalfd(changed, &other, 0) == changed && pipe(to) == 0 && pipe(from) == 0);
    int ep = epoll_create1(0);
    struct epoll_event watch = {.events = EPOLLIN};
    CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, plain, &watch) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) { /* the same signalfd hands out the child's own signals */
        char c;
        close(to[1]);
        while (read(to[0], &c, 1) == 1) {
            struct signalfd_siginfo info;
            CHECK(read(quick, &info, sizeof info) == -1 && errno == EAGAIN);
            send(SIGRTMIN + 1, c);
            expect(quick, SIGRTMIN + 1, c);
            CHECK(write(from[1], &c, 1) == 1);
        }
        exit(0);
    }
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, blocked_reader, (void *)(intptr_t)awaited) == 0);
    for (int turn = 1;; turn++) {
        char c = 'a' + turn % 26;
        send(SIGUSR1, turn);
        send(SIGRTMIN + 1, turn);
        send(SIGRTMIN + 2, turn + 1);
        send(SIGRTMIN + 1, turn + 2); /* the lower signal first */
        send(SIGRTMIN + 7, turn + 3);
        for (int i = 0; i < 12; i++) {
            struct signalfd_siginfo info;
            CHECK(ready(ep) == 1 && read(silent, &info, sizeof info) == -1 && errno == EAGAIN);
            CHECK((fcntl(quick, F_GETFL) & O_NONBLOCK) && !(fcntl(plain, F_GETFL) & O_NONBLOCK) && fcntl(quick, F_GETFD) == FD_CLOEXEC && fcntl(plain, F_GETFD) == 0);
            CHECK(write(to[1], &c, 1) == 1 && read(from[0], &c, 1) == 1);
            beat();
        }
        expect(plain, SIGUSR1, turn);
        expect(quick, SIGRTMIN + 1, turn);
        expect(quick, SIGRTMIN + 1, turn + 2);
        expect(quick, SIGRTMIN + 2, turn + 1);
        expect(changed, SIGRTMIN + 7, turn + 3);
        send(SIGRTMIN + 5, turn);
        CHECK(ready(ep) == 0);
    }
}
