/* What every test program shares: a log of heartbeats that the tests read, and checks that speak up at the slightest loss. */
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int app_log = -1;
static long app_beats;
static const char *app_name = "?";

/* One line, one write: lines of several processes never mix. */
__attribute__((unused, format(printf, 1, 2))) static void say(const char *format, ...) {
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    if (n > (int)sizeof line - 2) n = sizeof line - 2;
    line[n++] = '\n';
    if (write(app_log, line, n) != n) _exit(98);
}

__attribute__((unused, noreturn, cold)) static void lost(int line, const char *what) {
    say("FAIL %s:%d %s (errno %d, pid %d)", app_name, line, what, errno, (int)getpid());
    _exit(99);
}

#define CHECK(condition) ((condition) ? (void)0 : lost(__LINE__, #condition))

/* The log is the first argument of every program. */
__attribute__((unused)) static void begin(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: %s LOG [arguments]\n", argv[0]);
        exit(2);
    }
    app_name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
    app_log = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (app_log < 0) {
        perror(argv[1]);
        exit(2);
    }
    app_log = fcntl(app_log, F_DUPFD_CLOEXEC, 200);
}

/* Sleeps; an interrupted sleep is a failure, for nothing in these programs interrupts one. */
__attribute__((unused)) static void tick(int milliseconds) {
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    CHECK(nanosleep(&time, NULL) == 0);
}

/* Says that everything is well; ends the program by itself after some ten minutes, so that no test leaves a stray. */
__attribute__((unused)) static void beat(void) {
    say("%ld ok", ++app_beats);
    if (app_beats > 12000) exit(0);
    tick(50);
}

__attribute__((unused)) static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

/* A byte of the endless pseudo-random text that belongs to a seed. */
__attribute__((unused)) static uint64_t mix(uint64_t x) {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

__attribute__((unused, noinline)) static void fill(void *at, size_t bytes, uint64_t seed) {
    uint64_t *word = at;
    for (size_t i = 0; i < bytes / 8; i++) word[i] = mix(seed + i);
}

__attribute__((unused, noinline)) static int filled(const void *at, size_t bytes, uint64_t seed) {
    const uint64_t *word = at;
    for (size_t i = 0; i < bytes / 8; i++)
        if (word[i] != mix(seed + i)) return 0;
    return 1;
}

/* A member of the program's family proves through a pipe of its own that it lives; it dies by SIGPIPE with its reader. */
__attribute__((unused)) static void alive(int fd) {
    CHECK(write(fd, "x", 1) == 1);
    tick(40);
}

__attribute__((unused)) static void expect_alive(int fd) {
    char bytes[65536];
    CHECK(read(fd, bytes, sizeof bytes) > 0);
}

/* Reads a small file whole, as text. */
__attribute__((unused)) static char *slurp(const char *path, char *text, size_t size) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0);
    ssize_t n = 0, some;
    while ((some = read(fd, text + n, size - 1 - n)) > 0) n += some;
    CHECK(some == 0);
    close(fd);
    text[n] = 0;
    return text;
}

/* State letter of a process: R, S, T, Z ... */
__attribute__((unused)) static char state_of(pid_t pid) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    return strrchr(slurp(path, text, sizeof text), ')')[2];
}
