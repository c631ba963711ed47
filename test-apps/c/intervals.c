/* alarm and setitimer: periodic real time, one-shots of all lengths, processor time; no expiration early, twice, or not at all.
   Each kind in a process of its own. */
#include "app.h"
#include <sys/time.h>

static double stood_still;
static int stops;

/* Waits for a signal, at most so long; whether it came. In short turns, which tell how long the program stood still. */
static int take(int signal, double seconds) {
    sigset_t set;
    sigemptyset(&set), sigaddset(&set, signal);
    for (double end = now() + seconds;;) {
        double start = now();
        int got = sigtimedwait(&set, NULL, &(struct timespec){0, seconds > 0 ? 20000000 : 0});
        double still = now() - start - 0.02;
        if (still > 0.08) stood_still += still, stops++, end += still;
        CHECK(got == signal || errno == EAGAIN);
        if (got == signal || now() >= end) return got == signal;
    }
}

static void set(int which, double value, double interval) {
    struct itimerval t = {{(time_t)interval, (long)((interval - (time_t)interval) * 1e6)}, {(time_t)value, (long)((value - (time_t)value) * 1e6)}};
    CHECK(setitimer(which, &t, NULL) == 0);
}

static double left(int which, double interval) {
    struct itimerval t;
    CHECK(getitimer(which, &t) == 0 && t.it_interval.tv_sec + t.it_interval.tv_usec / 1e6 - interval < 1e-9);
    return t.it_value.tv_sec + t.it_value.tv_usec / 1e6;
}

static void periodic(int fd) { /* the rhythm is kept over any number of lives, but for what the program stood still */
    set(ITIMER_REAL, 0.2, 0.2);
    double start = now();
    for (long ticks = 1;; ticks++) {
        CHECK(take(SIGALRM, 5) && left(ITIMER_REAL, 0.2) <= 0.200001);
        double took = now() - start, own = took - stood_still;
        if (ticks * 0.2 > took + 1e-3 || ticks * 0.2 < own - 0.3 - 0.3 * stops) say("FAIL %ld ticks in %.3f s (own time %.3f, %d stops)", ticks, took, own, stops);
        CHECK(write(fd, "x", 1) == 1);
    }
}

static void once(int fd) {
    for (int turn = 0;; turn++) {
        double seconds = turn % 10 == 9 ? 1 : 0.05 + 0.11 * (turn % 8), start = now(), still = stood_still;
        if (seconds == 1) CHECK(alarm(1) == 0);
        else set(ITIMER_REAL, seconds, 0);
        tick(10);
        CHECK(left(ITIMER_REAL, 0) <= seconds);
        CHECK(take(SIGALRM, 10));
        double took = now() - start;
        if (took < seconds) say("FAIL one-shot of %.3f s ended after %.6f", seconds, took);
        if (took - seconds - (stood_still - still) > 1.5) say("FAIL one-shot of %.3f s took %.3f", seconds, took);
        CHECK(left(ITIMER_REAL, 0) == 0 && take(SIGALRM, 0) == 0); /* once, and not armed again */
        CHECK(write(fd, "x", 1) == 1);
    }
}

static void busy(int fd) { /* processor time starts anew in a reborn process, what is left does not */
    set(ITIMER_VIRTUAL, 0.05, 0.05), set(ITIMER_PROF, 1000, 7);
    double rest = left(ITIMER_PROF, 7), spent = 0, last = 0;
    for (long ticks = 0;;) {
        double start = now();
        while (now() - start < 0.004);
        tick(20);
        CHECK(left(ITIMER_VIRTUAL, 0.05) <= 0.06 && left(ITIMER_PROF, 7) <= rest && (rest = left(ITIMER_PROF, 7)) > 500);
        double cpu = clock() / (double)CLOCKS_PER_SEC;
        spent += cpu > last ? cpu - last : 0, last = cpu;
        ticks += take(SIGVTALRM, 0);
        if (ticks * 0.05 > spent + 0.2 || spent > 3 + ticks * 0.05 * 3) say("FAIL %ld ticks in %.3f s of processor time", ticks, spent);
        CHECK(write(fd, "x", 1) == 1);
    }
}

int main(int argc, char **argv) {
    begin(argc, argv);
    void (*const roles[])(int) = {periodic, once, busy};
    int fds[3][2];
    sigset_t set;
    sigemptyset(&set), sigaddset(&set, SIGALRM), sigaddset(&set, SIGVTALRM), sigaddset(&set, SIGPROF), sigprocmask(SIG_BLOCK, &set, NULL);
    for (int i = 0; i < 3; i++) {
        CHECK(pipe(fds[i]) == 0);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) close(fds[i][0]), roles[i](fds[i][1]);
    }
    for (;; beat())
        for (int i = 0; i < 3; i++) if (app_beats % 60 == 59) expect_alive(fds[i][0]);
}
