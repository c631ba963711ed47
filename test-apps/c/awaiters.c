/* Processes waiting for a signal in pause, sigsuspend, sigwaitinfo and signalless waits: they return for that signal and for nothing else. */
#include "app.h"

static volatile sig_atomic_t handled;

static void handler(int number) {
    (void)number;
    handled++;
}

/* Each waits once per order of the parent, reports the wait's end, and must see exactly as many signals as were sent. */
static void in_pause(void) {
    CHECK(pause() == -1 && errno == EINTR);
}

static void in_sigsuspend(void) {
    sigset_t none;
    sigemptyset(&none);
    CHECK(sigsuspend(&none) == -1 && errno == EINTR);
}

static void in_sigwaitinfo(void) {
    sigset_t set;
    siginfo_t info;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK(sigwaitinfo(&set, &info) == SIGUSR1);
    CHECK(info.si_code == SI_USER && info.si_pid == getppid());
    handled++;
}

static void in_sigwait(void) {
    sigset_t set;
    int number;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK(sigwait(&set, &number) == 0 && number == SIGUSR1);
    handled++;
}

static void (*const WAYS[])(void) = {in_pause, in_sigsuspend, in_sigwaitinfo, in_sigwait};
#define COUNT 4

int main(int argc, char **argv) {
    begin(argc, argv);
    pid_t child[COUNT];
    int order[COUNT][2], report[COUNT][2];
    for (int i = 0; i < COUNT; i++) {
        CHECK(pipe2(order[i], O_CLOEXEC) == 0 && pipe2(report[i], O_CLOEXEC) == 0);
        CHECK((child[i] = fork()) >= 0);
        if (child[i] != 0) {
            close(order[i][0]), close(report[i][1]);
            continue;
        }
        for (int j = 0; j <= i; j++) close(order[j][1]);
        CHECK(signal(SIGUSR1, handler) != SIG_ERR);
        sigset_t set;
        sigemptyset(&set), sigaddset(&set, SIGUSR1);
        if (i > 0) CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
        char c;
        for (int expected = 1; read(order[i][0], &c, 1) == 1; expected++) {
            CHECK(write(report[i][1], "w", 1) == 1);
            WAYS[i]();
            CHECK(handled == expected);
            CHECK(write(report[i][1], "d", 1) == 1);
        }
        exit(0);
    }
    char c;
    for (;;) {
        for (int i = 0; i < COUNT; i++) {
            CHECK(write(order[i][1], "o", 1) == 1);
            CHECK(read(report[i][0], &c, 1) == 1 && c == 'w');
        }
        for (int n = 0; n < 10; n++) { /* they wait, and none of them has returned */
            beat();
            for (int i = 0; i < COUNT; i++) {
                /* One that was just let go has to get a processor before it can sleep again. */
                for (int tries = 0; tries < 200 && state_of(child[i]) != 'S'; tries++) tick(10);
                CHECK(state_of(child[i]) == 'S');
            }
        }
        for (int i = 0; i < COUNT; i++) {
            CHECK(kill(child[i], SIGUSR1) == 0);
            CHECK(read(report[i][0], &c, 1) == 1 && c == 'd');
        }
    }
}
