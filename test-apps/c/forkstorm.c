/* Forks without pause, several generations deep; every child does some work and exits with a status that its parent checks. */
#include "app.h"
#define WORKERS 3

static int work(uint64_t seed) {
    uint64_t *block = malloc(16384);
    CHECK(block != NULL);
    fill(block, 16384, seed);
    int good = filled(block, 16384, seed);
    free(block);
    return good ? (int)(seed % 100) : 101;
}

static int status_of(pid_t child) {
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void storm(int fd) {
    double next = now();
    for (uint64_t seed = getpid();; seed++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            pid_t grandchild = fork();
            CHECK(grandchild >= 0);
            if (grandchild == 0) _exit(work(seed + 1));
            CHECK(status_of(grandchild) == (int)((seed + 1) % 100));
            _exit(work(seed));
        }
        CHECK(status_of(child) == (int)(seed % 100));
        if (now() < next) continue;
        next = now() + 0.04;
        CHECK(write(fd, "x", 1) == 1);
    }
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int report[WORKERS][2];
    for (int i = 0; i < WORKERS; i++) {
        CHECK(pipe2(report[i], O_CLOEXEC) == 0);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            for (int j = 0; j <= i; j++) close(report[j][0]);
            storm(report[i][1]);
        }
        close(report[i][1]);
    }
    for (;;) {
        for (int i = 0; i < WORKERS; i++) expect_alive(report[i][0]);
        CHECK(waitpid(-1, NULL, WNOHANG) == 0);
        beat();
    }
}
