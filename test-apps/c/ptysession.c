/* Sessions on pseudo-terminals of the program's own: controlling terminal, foreground and background groups, /dev/tty, stops. */
#include "app.h"
#include <sys/ioctl.h>
#include <termios.h>

static volatile sig_atomic_t interrupts, resizes;

static void count(int signal) { *(signal == SIGINT ? &interrupts : &resizes) += 1; }

static void on(int signal) {
    struct sigaction action = {.sa_handler = count, .sa_flags = SA_RESTART};
    CHECK(sigaction(signal, &action, NULL) == 0);
}

/* In the foreground: answers each line with how often it was interrupted and resized. */
static void foreground(int tty, int ready) {
    char line[64], answer[64];
    while (tcgetpgrp(tty) != getpgid(0)) tick(1);
    on(SIGINT), on(SIGWINCH);
    CHECK(write(ready, "r", 1) == 1);
    for (;;) {
        ssize_t n = read(tty, line, sizeof line);
        if (n <= 0) exit(0); /* the tester is gone */
        CHECK(tcgetpgrp(tty) == getpgid(0));
        if (strncmp(line, "end", 3) == 0) exit(0);
        n = snprintf(answer, sizeof answer, "%.*s:%d:%d;", (int)n - 1, line, interrupts, resizes);
        CHECK(write(tty, answer, n) == n);
    }
}

/* In the background: a read stops it. */
static void background(int tty) {
    char c;
    exit(read(tty, &c, 1) == 1);
}

/* Gave the terminal up, and has none. */
static void without(int fd) {
    for (;;) {
        CHECK(open("/dev/tty", O_RDWR) == -1 && errno == ENXIO);
        alive(fd);
    }
}

static pid_t group(int own) {
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (own) CHECK(setpgid(pid, pid) == 0 || errno == EACCES);
    return pid;
}

/* Leads a session; keeps the terminal open by the name /dev/tty alone where it may. */
static void leader(const char *name, int fd) {
    CHECK(setsid() == getpid());
    int slave = open(name, O_RDWR), tty = open("/dev/tty", O_RDWR | O_CLOEXEC), status, give_up[2];
    CHECK(slave >= 0 && tty >= 0 && pipe2(give_up, O_CLOEXEC) == 0 && tcgetsid(slave) == getpid() && close(slave) == 0);
    on(SIGINT), signal(SIGTTOU, SIG_IGN);
    pid_t job = group(1), stopped, detached;
    if (job == 0) foreground(tty, give_up[1]);
    CHECK(tcsetpgrp(tty, job) == 0);
    expect_alive(give_up[0]);
    CHECK((stopped = group(1)) >= 0);
    if (stopped == 0) background(tty);
    if ((detached = group(0)) == 0) {
        CHECK(ioctl(tty, TIOCNOTTY) == 0 && close(tty) == 0 && close(give_up[0]) == 0);
        without(give_up[1]);
    }
    CHECK(waitpid(stopped, &status, WUNTRACED) == stopped && WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTIN);
    CHECK(setpgid(0, 0) == -1 && errno == EPERM);
    for (;;) {
        struct stat file;
        CHECK(tcgetsid(tty) == getpid() && getsid(0) == getpid() && tcgetpgrp(tty) == job && !interrupts);
        CHECK(fstat(tty, &file) == 0 && file.st_rdev == 5 << 8 && strcmp(ttyname(tty), "/dev/tty") == 0 && strcmp(ctermid(NULL), "/dev/tty") == 0);
        int again = open("/dev/tty", O_RDWR), direct = open(name, O_RDWR | O_NOCTTY);
        if (direct < 0) exit(0); /* the tester is gone */
        CHECK(again >= 0 && tcgetpgrp(direct) == job && close(again) == 0 && close(direct) == 0);
        for (int k = 0; k < 100 && state_of(stopped) != 'T'; k++) tick(10); /* a tracer's leaving wakes it for a moment */
        CHECK(waitpid(job, &status, WNOHANG) == 0 && state_of(stopped) == 'T');
        expect_alive(give_up[0]), alive(fd);
    }
}

int main(int argc, char **argv) {
    begin(argc, argv);
    enum { TERMINALS = 2 };
    int master[TERMINALS], lives[TERMINALS][2];
    for (int i = 0; i < TERMINALS; i++) {
        CHECK((master[i] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) >= 0 && unlockpt(master[i]) == 0 && pipe2(lives[i], O_CLOEXEC) == 0);
        struct termios settings;
        CHECK(tcgetattr(master[i], &settings) == 0);
        settings.c_lflag &= ~ECHO;
        CHECK(tcsetattr(master[i], TCSANOW, &settings) == 0);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            char *name = ptsname(master[i]);
            for (int k = 0; k <= i; k++) CHECK(close(master[k]) == 0 && close(lives[k][0]) == 0);
            leader(name, lives[i][1]);
        }
        expect_alive(lives[i][0]);
    }
    for (int turn = 1;; turn++) {
        for (int i = 0; i < TERMINALS; i++) {
            char expected[64], seen[64] = {0};
            struct winsize size = {20 + turn % 50, 70, 0, 0};
            CHECK(ioctl(master[i], TIOCSWINSZ, &size) == 0 && write(master[i], "\x03", 1) == 1 && write(master[i], "go\n", 3) == 3);
            snprintf(expected, sizeof expected, "go:%d:%d;", turn, turn);
            for (size_t n = 0; n < strlen(expected); n = strlen(seen)) CHECK(read(master[i], seen + n, sizeof seen - 1 - n) > 0);
            CHECK(strcmp(seen, expected) == 0);
        }
        for (int i = 0; i < TERMINALS; i++) expect_alive(lives[i][0]);
        beat();
    }
}
