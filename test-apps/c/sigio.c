/* Signal-driven files: O_ASYNC with F_SETOWN (process, thread, group), F_SETSIG; an owner alone; the signal of a lease. sigio LOG FOLDER. */
#include "app.h"
#include <sys/socket.h>

static int pair[2], tube[2], grouped[2], idle[2], leased;
static volatile pid_t tid;

static void own(int fd, int type, pid_t id, int signal, int on) {
    struct f_owner_ex owner = {type, id};
    CHECK(fcntl(fd, F_SETOWN_EX, &owner) == 0 && fcntl(fd, F_SETSIG, signal) == 0 && fcntl(fd, F_SETFL, (fcntl(fd, F_GETFL) & ~O_ASYNC) | (on ? O_ASYNC : 0)) == 0);
}

static int owned(int fd, int type, pid_t id, int signal, int on) {
    struct f_owner_ex owner = {-1, -1};
    return fcntl(fd, F_GETOWN_EX, &owner) == 0 && (int)owner.type == type && owner.pid == id && fcntl(fd, F_GETSIG) == signal && !(fcntl(fd, F_GETFL) & O_ASYNC) == !on;
}

/* The signal that comes, with the descriptor that it is about. */
static void told(int signal, int fd) {
    sigset_t set;
    siginfo_t info;
    struct timespec limit = {10, 0};
    sigemptyset(&set);
    sigaddset(&set, signal);
    CHECK(sigtimedwait(&set, &info, &limit) == signal && info.si_fd == fd);
}

static void *threaded(void *unused) {
    tid = (pid_t)syscall(SYS_gettid);
    for (;;) {
        char c;
        told(SIGRTMIN + 2, tube[0]);
        CHECK(read(tube[0], &c, 1) == 1 && write(idle[1], &c, 1) == 1);
    }
    return unused;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    CHECK(argc > 2 && chdir(argv[2]) == 0);
    sigset_t all;
    sigfillset(&all);
    CHECK(sigprocmask(SIG_BLOCK, &all, NULL) == 0 && setpgid(0, 0) == 0);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && pipe(tube) == 0 && pipe(grouped) == 0 && pipe(idle) == 0);
    CHECK(close(open("leased", O_RDWR | O_CREAT, 0600)) == 0 && (leased = open("leased", O_RDONLY)) >= 0 && fcntl(leased, F_SETLEASE, F_RDLCK) == 0);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, threaded, NULL) == 0);
    while (!tid) sched_yield();
    own(pair[0], F_OWNER_PID, getpid(), SIGRTMIN + 1, 1);
    own(tube[0], F_OWNER_TID, tid, SIGRTMIN + 2, 1);
    own(grouped[0], F_OWNER_PGRP, getpgrp(), SIGRTMIN + 3, 1);
    own(idle[0], F_OWNER_PID, getpid(), 0, 0); /* to be switched on some time */
    CHECK(fcntl(leased, F_SETSIG, SIGRTMIN + 4) == 0);
    for (;;) {
        char c = 'x';
        CHECK(write(pair[1], &c, 1) == 1);
        told(SIGRTMIN + 1, pair[0]);
        CHECK(read(pair[0], &c, 1) == 1 && write(tube[1], &c, 1) == 1 && read(idle[0], &c, 1) == 1);
        CHECK(write(grouped[1], &c, 1) == 1);
        told(SIGRTMIN + 3, grouped[0]);
        CHECK(read(grouped[0], &c, 1) == 1);
        CHECK(owned(idle[0], F_OWNER_PID, getpid(), 0, 0) && owned(pair[0], F_OWNER_PID, getpid(), SIGRTMIN + 1, 1) && owned(tube[0], F_OWNER_TID, tid, SIGRTMIN + 2, 1));
        CHECK(fcntl(leased, F_GETLEASE) == F_RDLCK && owned(leased, F_OWNER_PID, getpid(), SIGRTMIN + 4, 1));
        beat();
    }
}
