/* Every way to wait, each in a thread of its own: none is ever interrupted, none ends early, and none ends late by more than
   the program itself stood still (which the main thread measures). sleepers LOG [FACTOR]: waits are FACTOR times as long. */
#include "app.h"
#include <linux/futex.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>

static volatile double stood_still;
static double factor = 1;
static volatile long rounds[20];
static int silent[2], fed[2];
static volatile uint32_t never, word;

#define WAIT_ID(id) static void wait_##id(double s, struct timespec t)
#define MS ((int)(s * 1000))

WAIT_ID(nanosleep) { (void)s; CHECK(nanosleep(&t, NULL) == 0); }
WAIT_ID(nanosleep_rem) { (void)s; struct timespec rem; CHECK(nanosleep(&t, &rem) == 0); }
WAIT_ID(clock_relative) { (void)s; CHECK(clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL) == 0); }
WAIT_ID(clock_realtime) { (void)s; CHECK(clock_nanosleep(CLOCK_REALTIME, 0, &t, NULL) == 0); }
WAIT_ID(clock_absolute) {
    (void)t;
    double end = now() + s;
    struct timespec at = {(time_t)end, (long)((end - (time_t)end) * 1e9)};
    CHECK(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == 0);
}
WAIT_ID(poll) { (void)t; struct pollfd p = {silent[0], POLLIN, 0}; CHECK(poll(&p, 1, MS) == 0); }
WAIT_ID(ppoll) { (void)s; sigset_t m; sigemptyset(&m); struct pollfd p = {silent[0], POLLIN, 0}; CHECK(ppoll(&p, 1, &t, &m) == 0); }
WAIT_ID(select) { (void)s; fd_set f; FD_ZERO(&f); FD_SET(silent[0], &f); struct timeval v = {t.tv_sec, t.tv_nsec / 1000}; CHECK(select(silent[0] + 1, &f, 0, 0, &v) == 0); }
WAIT_ID(pselect) { (void)s; sigset_t m; sigemptyset(&m); fd_set f; FD_ZERO(&f); FD_SET(silent[0], &f); CHECK(pselect(silent[0] + 1, &f, 0, 0, &t, &m) == 0); }
WAIT_ID(epoll) {
    (void)t;
    static int ep = -1;
    struct epoll_event e = {.events = EPOLLIN};
    if (ep < 0) CHECK((ep = epoll_create1(EPOLL_CLOEXEC)) >= 0 && epoll_ctl(ep, EPOLL_CTL_ADD, silent[0], &e) == 0);
    CHECK(epoll_wait(ep, &e, 1, MS) == 0);
}
WAIT_ID(futex) { (void)s; errno = 0; CHECK(syscall(SYS_futex, &never, FUTEX_WAIT_PRIVATE, 0, &t, 0, 0) == -1 && errno == ETIMEDOUT); }
WAIT_ID(sigtimedwait) { (void)s; sigset_t m; sigemptyset(&m); sigaddset(&m, SIGRTMAX); errno = 0; CHECK(sigtimedwait(&m, NULL, &t) == -1 && errno == EAGAIN); }
WAIT_ID(waitpid) {
    (void)s;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) _exit(nanosleep(&t, NULL) == 0 ? 7 : 8);
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 7);
}
WAIT_ID(futex_woken) { (void)s, (void)t; uint32_t seen = word; CHECK(syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, seen, 0, 0, 0) == 0 || errno == EAGAIN); }
WAIT_ID(read) { (void)s, (void)t; char c; CHECK(read(fed[0], &c, 1) == 1 && c == 'f'); }

/* Some ends are decided by the clock (timed), some by the main thread, some by another process. */
static const struct { const char *name; void (*wait)(double, struct timespec); int timed; } WAYS[] = {
#define WAY(id, timed) {#id, wait_##id, timed}
    WAY(nanosleep, 1), WAY(nanosleep_rem, 1), WAY(clock_relative, 1), WAY(clock_realtime, 2), WAY(clock_absolute, 1), WAY(poll, 1), WAY(ppoll, 1), WAY(select, 1),
    WAY(pselect, 1), WAY(epoll, 1), WAY(futex, 1), WAY(sigtimedwait, 1), WAY(waitpid, 1), WAY(futex_woken, 0), WAY(read, 0)};
#define COUNT (sizeof WAYS / sizeof *WAYS)

static void *sleeper(void *number) {
    uintptr_t n = (uintptr_t)number;
    for (int turn = 0;; turn++) {
        double seconds = factor * (0.3 + 0.17 * ((turn + n) % 5)), start = now(), still = stood_still;
        struct timespec t = {(time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9)};
        WAYS[n].wait(seconds, t);
        double took = now() - start;
        for (long beats = app_beats; app_beats < beats + 2;) tick(10); /* the main thread knows by then how long we stood still */
        double late = took - seconds - (stood_still - still);
        if (WAYS[n].timed && took < seconds - 0.005) say("FAIL %s ended early: %.3f of %.3f s", WAYS[n].name, took, seconds);
        if (WAYS[n].timed && late > 1) say("FAIL %s ended late: %.3f instead of %.3f s", WAYS[n].name, took, seconds);
        rounds[n]++;
    }
    return NULL;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    if (argc > 2 && atof(argv[2]) > 0) factor = atof(argv[2]);
    CHECK(pipe2(silent, O_CLOEXEC) == 0 && pipe2(fed, O_CLOEXEC) == 0);
    sigset_t real_time;
    sigemptyset(&real_time), sigaddset(&real_time, SIGRTMAX);
    sigprocmask(SIG_BLOCK, &real_time, NULL);
    pthread_t thread;
    for (uintptr_t i = 0; i < COUNT; i++) CHECK(pthread_create(&thread, NULL, sleeper, (void *)i) == 0);
    long seen[20] = {0}, quiet[20] = {0};
    for (;;) {
        double start = now();
        if (app_beats % 8 == 0) {
            word++;
            syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
            CHECK(write(fed[1], "f", 1) == 1);
        }
        beat();
        if (now() - start > 0.15) stood_still += now() - start - 0.05;
        for (unsigned i = 0; i < COUNT; i++) { /* 200 heartbeats are 10 s of the program's own time */
            quiet[i] = rounds[i] == seen[i] ? quiet[i] + 1 : 0;
            seen[i] = rounds[i];
            if (quiet[i] == 200) say("FAIL %s never ended", WAYS[i].name);
        }
    }
}
