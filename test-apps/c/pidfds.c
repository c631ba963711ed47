/* pidfd of this process, of children that live, have ended and are gone, of a thread; shared with a child, watched with epoll. */
#include "app.h"
#include <poll.h>
#include <sys/epoll.h>

#define PIDFD_THREAD O_EXCL

static int opened(pid_t pid, unsigned flags) { return (int)syscall(SYS_pidfd_open, pid, flags); }
static int sent(int fd, int signal) { return (int)syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0); }

static int ended(int fd) {
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    CHECK(poll(&poller, 1, 0) >= 0);
    return (poller.revents & POLLIN) != 0;
}

static pid_t child_that(int ends, int code) {
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        if (ends) _exit(code);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) pause();
    }
    return pid;
}

static volatile int tid;

static void *sleeper(void *unused) {
    tid = (int)syscall(SYS_gettid);
    for (;;) pause();
    return unused;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, sleeper, NULL) == 0);
    while (!tid) sched_yield();
    pid_t live = child_that(0, 0), zombie = child_that(1, 33), reaped = child_that(1, 5);
    int self = opened(getpid(), 0), of_live = opened(live, 0), of_zombie = opened(zombie, O_NONBLOCK), of_reaped = opened(reaped, 0), twin = dup(of_live);
    int of_thread = opened(tid, PIDFD_THREAD); /* Linux 6.9 */
    CHECK(self >= 0 && of_live >= 0 && of_zombie >= 0 && of_reaped >= 0 && twin >= 0);
    CHECK(of_thread >= 0 || errno == EINVAL);
    siginfo_t info;
    CHECK(waitid(P_PIDFD, of_reaped, &info, WEXITED) == 0 && info.si_status == 5 && waitid(P_PID, zombie, &info, WEXITED | WNOWAIT) == 0);
    pid_t mortal = child_that(0, 0);
    int ep = epoll_create1(0), to[2], from[2], of_mortal = opened(mortal, 0);
    struct epoll_event watch = {.events = EPOLLIN, .data.u64 = 7};
    CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, of_live, &watch) == 0 && epoll_ctl(ep, EPOLL_CTL_ADD, of_mortal, &(struct epoll_event){.events = EPOLLIN, .data.u64 = 8}) == 0 && pipe(to) == 0 && pipe(from) == 0);
    pid_t partner = fork();
    CHECK(partner >= 0);
    if (partner == 0) {
        char c;
        close(to[1]);
        close(of_mortal);
        while (read(to[0], &c, 1) == 1) {
            CHECK(sent(of_live, 0) == 0 && sent(self, 0) == 0 && !ended(of_live));
            CHECK(fcntl(of_live, F_SETFL, c == 'n' ? O_NONBLOCK : 0) == 0 && write(from[1], &c, 1) == 1);
        }
        _exit(0);
    }
    for (int i = 0;; i++) {
        char c = i % 2 ? 'n' : 'b';
        CHECK(sent(self, 0) == 0 && !ended(self));
        CHECK(sent(of_live, 0) == 0 && !ended(of_live) && !ended(twin) && epoll_wait(ep, &watch, 1, 0) == 0);
        CHECK(sent(of_zombie, 0) == 0 || errno == ESRCH);
        CHECK(ended(of_zombie) && waitid(P_PIDFD, of_zombie, &info, WEXITED | WNOWAIT) == 0 && info.si_status == 33 && info.si_pid == zombie);
        CHECK(sent(of_reaped, 0) == -1 && errno == ESRCH && ended(of_reaped));
        CHECK(waitid(P_PIDFD, of_reaped, &info, WEXITED) == -1 && errno == ECHILD);
        CHECK((fcntl(of_zombie, F_GETFL) & O_NONBLOCK) && fcntl(self, F_GETFD) == FD_CLOEXEC && fcntl(twin, F_GETFD) == 0);
        CHECK(write(to[1], &c, 1) == 1 && read(from[0], &c, 1) == 1); /* one open file: the child's flags are ours */
        CHECK(!(fcntl(twin, F_GETFL) & O_NONBLOCK) == (c == 'b'));
        if (of_thread >= 0) CHECK(sent(of_thread, 0) == 0 && !ended(of_thread) && (fcntl(of_thread, F_GETFL) & PIDFD_THREAD));
        if (i % 10 == 9) { /* a child's end is noticed, through the descriptor that came back */
            CHECK(sent(of_mortal, SIGTERM) == 0);
            CHECK(epoll_wait(ep, &watch, 1, 10000) == 1 && ended(of_mortal) && watch.data.u64 == 8 && waitid(P_PIDFD, of_mortal, &info, WEXITED) == 0 && info.si_status == SIGTERM && info.si_pid == mortal && close(of_mortal) == 0);
            of_mortal = opened(mortal = child_that(0, 0), 0);
            CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, of_mortal, &(struct epoll_event){.events = EPOLLIN, .data.u64 = 8}) == 0);
        }
        beat();
    }
}
