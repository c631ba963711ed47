/* timerfd: relative and absolute, one-shot and periodic, unread expirations, cancel-on-set, epoll, shared by fork and dup. */
#include "app.h"
#include <sys/epoll.h>
#include <sys/timerfd.h>

static double stood_still;
static int stops;

static struct timespec span(double s) { return (struct timespec){(time_t)s, (long)((s - (time_t)s) * 1e9)}; }
static void arm(int fd, int flags, double value, double interval) { CHECK(timerfd_settime(fd, flags, &(struct itimerspec){span(interval), span(value)}, NULL) == 0); }

static double left(int fd, double interval) {
    struct itimerspec t;
    CHECK(timerfd_gettime(fd, &t) == 0 && t.it_interval.tv_sec == span(interval).tv_sec && t.it_interval.tv_nsec == span(interval).tv_nsec);
    return t.it_value.tv_sec + t.it_value.tv_nsec / 1e9;
}

static uint64_t expired(int fd) {
    uint64_t n;
    if (read(fd, &n, 8) == 8) return n;
    CHECK(errno == EAGAIN);
    return 0;
}

static double at(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static int ready(int ep, int fd) {
    struct epoll_event events[4];
    int n = epoll_wait(ep, events, 4, 0);
    CHECK(n >= 0);
    while (n-- > 0) if (events[n].data.fd == fd) return 1;
    return 0;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    const int flags = TFD_NONBLOCK | TFD_CLOEXEC;
    int relative = timerfd_create(CLOCK_MONOTONIC, flags), rhythm = timerfd_create(CLOCK_MONOTONIC, flags), boot = timerfd_create(CLOCK_BOOTTIME, flags), once = timerfd_create(CLOCK_REALTIME, flags);
    int unread = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), cancel = timerfd_create(CLOCK_REALTIME, flags), off = timerfd_create(CLOCK_BOOTTIME, flags), shared = timerfd_create(CLOCK_MONOTONIC, 0), twin = dup(shared);
    int ep = epoll_create1(0), back[2];
    struct epoll_event watch_once = {.events = EPOLLIN, .data.fd = once}, watch_unread = {.events = EPOLLIN, .data.fd = unread};
    CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, once, &watch_once) == 0 && epoll_ctl(ep, EPOLL_CTL_ADD, unread, &watch_unread) == 0 && pipe2(back, O_NONBLOCK) == 0);
    struct itimerspec never = {.it_value.tv_sec = 1L << 40};
    CHECK(timerfd_settime(cancel, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    for (uint64_t n; child == 0;) /* waits in a read for what its parent arms */
        CHECK(read(shared, &n, 8) == 8 && n == 1 && write(back[1], "x", 1) == 1 && getppid() != 1);
    double start = now(), first = now() + 0.01, boot_first = at(CLOCK_BOOTTIME) + 0.02, target = 0, shared_start = 0, shared_length = 0, shared_still = 0;
    arm(relative, 0, 0.04, 0.04), arm(rhythm, TFD_TIMER_ABSTIME, first, 0.07), arm(boot, TFD_TIMER_ABSTIME, boot_first, 0.003), arm(unread, 0, 0.001, 0);
    uint64_t relative_ticks = 0, rhythm_ticks = 0, boot_ticks = 0;
    for (;;) {
        double before = now();
        beat();
        double still = now() - before - 0.05;
        if (still > 0.08) stood_still += still, stops++;
        if (app_beats % 13 == 12) { /* by the clock: not one expiration more or less, however long the program stood still */
            double low = now(), boot_low = at(CLOCK_BOOTTIME);
            rhythm_ticks += expired(rhythm), boot_ticks += expired(boot);
            double high = now(), boot_high = at(CLOCK_BOOTTIME);
            if (rhythm_ticks < (uint64_t)((low - first - 2e-5 * stops - 1e-4) / 0.07) + 1 || rhythm_ticks > (uint64_t)((high - first) / 0.07) + 1) say("FAIL %lu expirations in %.6f s", rhythm_ticks, low - first);
            if (boot_ticks < (uint64_t)((boot_low - boot_first - 1e-3 - 1e-3 * stops) / 0.003) + 1 || boot_ticks > (uint64_t)((boot_high - boot_first) / 0.003) + 1) say("FAIL %lu expirations of boot time in %.6f s", boot_ticks, boot_low - boot_first);
            relative_ticks += expired(relative);
            double own = now() - start - stood_still;
            if (relative_ticks * 0.04 > now() - start || relative_ticks * 0.04 < own - 0.1 - 0.1 * stops) say("FAIL %lu expirations in %.3f s, %d stops", relative_ticks, own, stops);
        }
        if (target == 0) target = at(CLOCK_REALTIME) + 0.02 + app_beats % 10 * 0.09, arm(once, TFD_TIMER_ABSTIME, target, 0);
        if (ready(ep, once)) {
            CHECK(at(CLOCK_REALTIME) >= target - 1e-6 && expired(once) == 1 && expired(once) == 0 && left(once, 0) == 0);
            target = 0;
        } else if (at(CLOCK_REALTIME) > target + 1.5) say("FAIL nothing at %.3f, and it is %.3f", target, at(CLOCK_REALTIME));
        CHECK(ready(ep, unread) && left(unread, 0) == 0);
        if (app_beats % 50 == 49) CHECK(expired(unread) == 1 && expired(unread) == 0), arm(unread, 0, 0.001, 0);
        CHECK(left(cancel, 0) > 1e9 && expired(cancel) == 0 && left(off, 0) == 0 && expired(off) == 0);
        char c;
        if (shared_length == 0) shared_length = 0.03 + app_beats % 7 * 0.08, shared_start = now(), shared_still = stood_still, arm(twin, 0, shared_length, 0);
        else if (read(back[0], &c, 1) == 1) CHECK(now() - shared_start >= shared_length && left(shared, 0) == 0), shared_length = 0;
        else if (now() - shared_start - shared_length > 2 + stood_still - shared_still) say("FAIL the shared timer never expired");
        CHECK((fcntl(relative, F_GETFL) & O_NONBLOCK) && !(fcntl(shared, F_GETFL) & O_NONBLOCK) && (fcntl(boot, F_GETFD) & FD_CLOEXEC) && fcntl(unread, F_GETFD) == 0);
    }
}
