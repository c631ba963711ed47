/* Data flows without pause through a ring of four processes and five pipes: not a byte is lost, doubled or out of order. */
#include "app.h"
#define STAGES 4

static void must_read(int fd, void *to, size_t bytes) {
    for (size_t n = 0; n < bytes;) {
        ssize_t some = read(fd, (char *)to + n, bytes - n);
        CHECK(some > 0);
        n += some;
    }
}

static void must_write(int fd, const void *from, size_t bytes) {
    for (size_t n = 0; n < bytes;) {
        ssize_t some = write(fd, (const char *)from + n, bytes - n);
        CHECK(some > 0);
        n += some;
    }
}

static void *pour(void *fd) {
    uint64_t block[3000];
    for (uint64_t n = 0;; n++) {
        fill(block, sizeof block, n * 3000);
        must_write((int)(intptr_t)fd, block, sizeof block);
        if (n % 8 == 0) tick(3);
    }
    return NULL;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int pipes[STAGES + 1][2];
    for (int i = 0; i <= STAGES; i++) CHECK(pipe(pipes[i]) == 0);
    for (int i = 0; i < STAGES; i++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child != 0) continue;
        for (int j = 0; j <= STAGES; j++) {
            if (j != i) close(pipes[j][0]);
            if (j != i + 1) close(pipes[j][1]);
        }
        char block[10007];
        for (ssize_t n; (n = read(pipes[i][0], block, sizeof block)) > 0;) must_write(pipes[i + 1][1], block, n);
        exit(0);
    }
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, pour, (void *)(intptr_t)pipes[0][1]) == 0);
    for (uint64_t n = 0;;) {
        uint64_t block[3000];
        for (double end = now() + 0.03; now() < end; n++) {
            must_read(pipes[STAGES][0], block, sizeof block);
            CHECK(filled(block, sizeof block, n * 3000));
        }
        beat();
    }
}
