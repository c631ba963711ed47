/* eventfd (count, semaphore, shared by fork) and epoll (level, edge, one-shot, nested, duplicated descriptors, data). */
#include "app.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>

static int watch(int ep, int fd, uint32_t events, uint64_t data) {
    struct epoll_event event = {.events = events, .data.u64 = data};
    return epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event);
}

/* The events that are ready now, as the sum of their data. */
static uint64_t ready(int ep) {
    struct epoll_event events[16];
    uint64_t sum = 0;
    int n = epoll_wait(ep, events, 16, 0);
    CHECK(n >= 0);
    while (n-- > 0) sum += events[n].data.u64;
    return sum;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int plain = eventfd(0, EFD_CLOEXEC), semaphore = eventfd(5, EFD_SEMAPHORE | EFD_NONBLOCK), large = eventfd(0, EFD_NONBLOCK), shared = eventfd(0, 0), back = eventfd(0, 0);
    int quiet[2], edge[2], once[2], level[2];
    CHECK(pipe(quiet) == 0 && pipe(edge) == 0 && pipe(once) == 0 && pipe(level) == 0);
    uint64_t count = 41, huge = 0xfffffffffffffff0, value;
    CHECK(write(plain, &count, 8) == 8 && write(large, &huge, 8) == 8);
    int inner = epoll_create1(EPOLL_CLOEXEC), edges = epoll_create1(0), outer = epoll_create1(0), reused = dup(level[0]);
    CHECK(watch(inner, quiet[0], EPOLLIN, 1) == 0 && watch(edges, edge[0], EPOLLIN | EPOLLET, 10) == 0);
    CHECK(watch(inner, once[0], EPOLLIN | EPOLLONESHOT, 100) == 0 && watch(inner, level[0], EPOLLIN, 1000) == 0);
    CHECK(watch(inner, reused, EPOLLIN, 10000) == 0 && watch(outer, inner, EPOLLIN, 0xabcdef0123456789) == 0);
    int twin = dup(outer);
    int closed = dup(level[0]);
    CHECK(watch(outer, closed, EPOLLIN | EPOLLPRI | EPOLLRDHUP, 1ULL << 33) == 0 && close(closed) == 0); /* still watched: the file lives on */
    CHECK(open("/dev/null", O_RDWR) == closed);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) /* shares the eventfds and the epoll */
        while (read(shared, &value, 8) == 8) {
            if (getppid() == 1) exit(0);
            CHECK(ready(twin) == 0xabcdef0123456789 + (1ULL << 33) && write(back, &value, 8) == 8);
        }
    CHECK(write(level[1], "l", 1) == 1);
    for (uint64_t turn = 1;; turn++) {
        CHECK(write(edge[1], "e", 1) == 1 && write(once[1], "o", 1) == 1);
        CHECK(ready(inner) == 11100 && ready(inner) == 11000); /* the one-shot disarmed, the level stays */
        CHECK(ready(edges) == 10);
        for (int i = 0; i < 12; i++) {
            CHECK(ready(inner) == 11000 && ready(edges) == 0); /* a restart causes no edge, and arms nothing */
            CHECK(ready(outer) == 0xabcdef0123456789 + (1ULL << 33) && ready(twin) == ready(outer));
            CHECK(write(plain, &count, 8) == 8 && read(plain, &value, 8) == 8 && value == 82 && write(plain, &count, 8) == 8);
            CHECK(read(semaphore, &value, 8) == 8 && value == 1); /* a semaphore gives one at a time, five in all */
            for (int left = 4; left > 0; left--) CHECK(read(semaphore, &value, 8) == 8 && value == 1);
            CHECK(read(semaphore, &value, 8) == -1 && errno == EAGAIN && (value = 5, write(semaphore, &value, 8) == 8));
            CHECK(read(large, &value, 8) == 8 && value == huge && write(large, &huge, 8) == 8);
            CHECK((value = 16, write(large, &value, 8) == -1) && errno == EAGAIN);
            CHECK(write(shared, &turn, 8) == 8 && read(back, &value, 8) == 8 && value == turn);
            CHECK((fcntl(plain, F_GETFD) & FD_CLOEXEC) && (fcntl(inner, F_GETFD) & FD_CLOEXEC) && fcntl(outer, F_GETFD) == 0 && (fcntl(semaphore, F_GETFL) & O_NONBLOCK));
            beat();
        }
        char c;
        CHECK(read(edge[0], &c, 1) == 1 && read(once[0], &c, 1) == 1);
        struct epoll_event again = {.events = EPOLLIN | EPOLLONESHOT, .data.u64 = 100};
        CHECK(epoll_ctl(inner, EPOLL_CTL_MOD, once[0], &again) == 0 && ready(inner) == 11000);
        CHECK(watch(inner, quiet[0], EPOLLIN, 1) == -1 && errno == EEXIST); /* registered exactly as before */
    }
}
