/* POSIX timers: ids with gaps, signals with values to process and thread, none, SIGEV_THREAD, overruns, clocks of processor time. */
#include "app.h"
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static __thread double stood_still;
static __thread int stops;
static volatile int called;
static timer_t directed, own_time;
static pthread_barrier_t ready;

static timer_t make(clockid_t clock, int notify, int signal, void *value, pid_t tid) {
    struct sigevent event = {.sigev_notify = notify, .sigev_signo = signal, .sigev_value.sival_ptr = value};
    timer_t timer;
    if (notify & SIGEV_THREAD_ID) event.sigev_notify_thread_id = tid;
    CHECK(timer_create(clock, &event, &timer) == 0);
    return timer;
}

static struct timespec span(double s) { return (struct timespec){(time_t)s, (long)((s - (time_t)s) * 1e9)}; }
static void arm(timer_t timer, int flags, double value, double interval) { CHECK(timer_settime(timer, flags, &(struct itimerspec){span(interval), span(value)}, NULL) == 0); }

static double left(timer_t timer, double interval) {
    struct itimerspec t;
    CHECK(timer_gettime(timer, &t) == 0 && span(interval).tv_sec == t.it_interval.tv_sec && span(interval).tv_nsec == t.it_interval.tv_nsec);
    return t.it_value.tv_sec + t.it_value.tv_nsec / 1e9;
}

/* The next signal, at most so long: its overruns, or -1. It belongs to the timer and carries its value. */
static int take(int signal, timer_t timer, void *value, double seconds) {
    sigset_t set;
    siginfo_t info;
    sigemptyset(&set), sigaddset(&set, signal);
    for (double end = now() + seconds;;) { /* in short turns, which tell how long the program stood still */
        double start = now();
        int got = sigtimedwait(&set, &info, &(struct timespec){0, seconds > 0 ? 20000000 : 0});
        double still = now() - start - 0.02;
        if (still > 0.08) stood_still += still, stops++, end += still;
        if (got == signal) break;
        CHECK(errno == EAGAIN);
        if (now() >= end) return -1;
    }
    CHECK(info.si_code == SI_TIMER && info.si_value.sival_ptr == value && info.si_timerid == (int)(intptr_t)timer);
    return info.si_overrun;
}

static void *receiver(void *unused) { /* gets what is directed at this thread, and nothing else does */
    directed = make(CLOCK_BOOTTIME, SIGEV_SIGNAL | SIGEV_THREAD_ID, SIGRTMIN + 3, &directed, gettid());
    own_time = make(CLOCK_THREAD_CPUTIME_ID, SIGEV_NONE, 0, NULL, 0);
    arm(own_time, 0, 500, 0);
    pthread_barrier_wait(&ready);
    for (int turn = 0;; turn++) {
        double seconds = 0.05 + 0.13 * (turn % 9), start = now(), still = stood_still;
        arm(directed, 0, seconds, 0);
        CHECK(take(SIGRTMIN + 3, directed, &directed, 10) == 0);
        double took = now() - start;
        if (took < seconds) say("FAIL the thread's timer of %.3f s ended after %.6f", seconds, took);
        if (took - seconds - (stood_still - still) > 1.5) say("FAIL the thread's timer of %.3f s took %.3f", seconds, took);
        CHECK(left(directed, 0) == 0 && take(SIGRTMIN + 3, directed, &directed, 0) == -1);
    }
    return unused;
}

static void call(union sigval value) { called += value.sival_int; }

int main(int argc, char **argv) {
    begin(argc, argv);
    sigset_t set;
    sigemptyset(&set);
    for (int i = 1; i <= 4; i++) sigaddset(&set, SIGRTMIN + i);
    sigprocmask(SIG_BLOCK, &set, NULL);
    timer_t t[20];
    for (int i = 0; i < 20; i++) t[i] = make(i == 12 ? CLOCK_REALTIME : CLOCK_MONOTONIC, i == 17 ? SIGEV_NONE : SIGEV_SIGNAL, SIGRTMIN + (i == 3 ? 2 : i == 12 ? 4 : 1), (void *)(0xabcdef0000 + i), 0);
    for (int i = 0; i < 20; i++)
        if (i != 3 && i != 7 && i != 12 && i != 17) CHECK(timer_delete(t[i]) == 0);
    pthread_t thread;
    pthread_barrier_init(&ready, NULL, 2);
    CHECK(pthread_create(&thread, NULL, receiver, NULL) == 0);
    pthread_barrier_wait(&ready);
    struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = call, .sigev_value.sival_int = 1};
    timer_t calls, cpu = make(CLOCK_PROCESS_CPUTIME_ID, SIGEV_SIGNAL, SIGRTMIN + 1, NULL, 0);
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &calls) == 0);
    arm(calls, 0, 0.1, 0.1), arm(cpu, 0, 1000, 3), arm(t[7], 0, 0.25, 0.25), arm(t[3], 0, 0.01, 0.01), arm(t[17], 0, 0.3, 0.3);
    double start = now(), process_rest = 1000, thread_rest = 500;
    long slow = 0, fast = 0;
    for (int told = 0;;) {
        double before = now(), most;
        beat();
        double still = now() - before - 0.05;
        if (still > 0.08) stood_still += still, stops++;
        for (int n; (n = take(SIGRTMIN + 1, t[7], (void *)0xabcdef0007, 0)) >= 0;) slow += 1 + n;
        for (int n; (n = take(SIGRTMIN + 2, t[3], (void *)0xabcdef0003, 0)) >= 0;) fast += 1 + n;
        most = now() - start; /* of the waiting signal's overruns those before the checkpoint are not known: up to a beat's */
        if (slow * 0.25 > most || fast * 0.01 > most) say("FAIL %ld and %ld expirations in %.3f s", slow, fast, most);
        if (slow * 0.25 < most - stood_still - 0.6 - 0.3 * stops || fast * 0.01 < most - stood_still - 0.3 - 0.25 * stops) say("FAIL %ld and %ld expirations only in %.3f s", slow, fast, most - stood_still);
        if (called * 0.1 > most || called * 0.1 < most - stood_still - 1 - 0.3 * stops) say("FAIL %d calls in %.3f s", called, most - stood_still);
        double rest = left(t[17], 0.3), process = left(cpu, 3), thread_left = left(own_time, 0);
        CHECK(rest > 0 && rest <= 0.3);
        CHECK(process > 900 && process <= process_rest && thread_left > 400 && thread_left <= thread_rest);
        process_rest = process, thread_rest = thread_left;
        if (app_beats % 40 == 1) { /* so many expirations missed: told until the next */
            struct timespec real;
            clock_gettime(CLOCK_REALTIME, &real);
            told = 1 + app_beats / 40 % 9;
            arm(t[12], TIMER_ABSTIME, real.tv_sec - 1000.0 * told - 500, 1000);
            CHECK(take(SIGRTMIN + 4, t[12], (void *)0xabcdef000c, 5) == told);
        }
        CHECK(timer_getoverrun(t[12]) == told && left(t[12], 1000) > 300);
        CHECK(timer_gettime((timer_t)0, &(struct itimerspec){}) == -1 && errno == EINVAL); /* a gap stays one */
    }
}
