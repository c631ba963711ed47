/* A child that SIGSTOP stopped stays stopped until SIGCONT, and the parent hears of both exactly once. */
#include "app.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    int report[2], status;
    CHECK(pipe2(report, O_CLOEXEC) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        close(report[0]);
        for (;;) alive(report[1]);
    }
    close(report[1]);
    for (;;) {
        expect_alive(report[0]);
        CHECK(kill(child, SIGSTOP) == 0);
        CHECK(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
        fcntl(report[0], F_SETFL, O_NONBLOCK);
        char rest[64];
        while (read(report[0], rest, sizeof rest) > 0) {
        }
        for (int i = 0; i < 25; i++) {
            CHECK(state_of(child) == 'T');
            CHECK(waitpid(child, &status, WUNTRACED | WCONTINUED | WNOHANG) == 0);
            CHECK(read(report[0], rest, sizeof rest) == -1 && errno == EAGAIN);
            beat();
        }
        fcntl(report[0], F_SETFL, 0);
        CHECK(kill(child, SIGCONT) == 0);
        CHECK(waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status));
        expect_alive(report[0]);
    }
}
